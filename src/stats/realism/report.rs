//! How far synthetic series are from real ones, in one table.

use polars::prelude::{Column, DataFrame};

use super::{
    AutocorrelationComparison, ClassDifference, CorrelationComparison, MarginalDistance,
    Memorization,
};
use crate::Result;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};

/// How far synthetic series are from real ones: means and deviations of each class, the distribution of each channel, autocorrelations,
/// correlations between channels, and whether they are copies. Where there are held-out series, each distance stands beside that of these, which are real: it is
/// what chance alone gives.
///
/// Small differences of means and deviations say little on scaled series: where most values lie near −1, anything near −1 passes.
///
/// # Example
/// See [`Realism`](super::Realism).
#[derive(Clone, Debug, PartialEq)]
pub struct RealismReport {
    pub(super) counts: [usize; 2],
    pub(super) classes: Vec<ClassDifference>,
    pub(super) marginals: Vec<MarginalDistance>,
    pub(super) marginals_held_out: Option<Vec<MarginalDistance>>,
    pub(super) autocorrelation: AutocorrelationComparison,
    pub(super) autocorrelation_held_out: Option<AutocorrelationComparison>,
    pub(super) correlation: CorrelationComparison,
    pub(super) correlation_held_out: Option<CorrelationComparison>,
    pub(super) memorization: Option<Memorization>,
}

/// One line of the table.
struct Line {
    measure: &'static str,
    of: String,
    synthetic: f64,
    held_out: Option<f64>,
}

impl RealismReport {
    /// Means and deviations of each class that both have; empty where no labels were given.
    pub fn classes(&self) -> &[ClassDifference] {
        &self.classes
    }

    /// The distance of each channel's values.
    pub fn marginals(&self) -> &[MarginalDistance] {
        &self.marginals
    }

    /// The same of the held-out series.
    pub fn marginals_held_out(&self) -> Option<&[MarginalDistance]> {
        self.marginals_held_out.as_deref()
    }

    /// Autocorrelations of the returns and of their squares.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let series = Tensor::from_slice(&[0.1, 0.3, 0.2, 0.5, 0.4, 0.1]).view([2, 1, 3]);
    /// let report = Realism::default().compare(&series, &series)?;
    /// assert_eq!(report.autocorrelation().real.len(), 2);
    /// assert_eq!(report.autocorrelation().difference(), 0.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn autocorrelation(&self) -> &AutocorrelationComparison {
        &self.autocorrelation
    }

    /// The same, of the held-out series.
    pub fn autocorrelation_held_out(&self) -> Option<&AutocorrelationComparison> {
        self.autocorrelation_held_out.as_ref()
    }

    /// Correlations between channels.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let series = Tensor::from_slice(&[0.1, 0.3, 0.2, 0.5, 0.4, 0.1, 0.0, 0.9]).view([2, 2, 2]);
    /// let report = Realism::default().compare(&series, &series)?;
    /// assert_eq!(report.correlation().distance(), 0.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn correlation(&self) -> &CorrelationComparison {
        &self.correlation
    }

    /// The same, of the held-out series.
    pub fn correlation_held_out(&self) -> Option<&CorrelationComparison> {
        self.correlation_held_out.as_ref()
    }

    /// Whether the synthetic series are copies; `None` without held-out series.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let training = Tensor::from_slice(&[0.1, 0.3, 0.2, 0.5]).view([2, 1, 2]);
    /// let held_out = Tensor::from_slice(&[0.4, 0.1, 0.0, 0.9]).view([2, 1, 2]);
    /// let copies = Realism::default().held_out(&held_out).compare(&training, &training)?;
    /// assert_eq!(copies.memorization().map(|found| found.ratio()), Some(0.0));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn memorization(&self) -> Option<&Memorization> {
        self.memorization.as_ref()
    }

    /// One row for each measure: what it is of, its value for the synthetic series and, where it has one, for the held-out ones.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # let series = Tensor::from_slice(&[0.1, 0.3, 0.2, 0.5, 0.4, 0.1]).view([2, 1, 3]);
    /// let frame = Realism::default().compare(&series, &series)?.frame()?;
    /// assert_eq!(frame.get_column_names(), ["measure", "of", "synthetic", "held out"]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let lines = self.lines();
        let columns = vec![
            Column::new(
                "measure".into(),
                lines.iter().map(|line| line.measure).collect::<Vec<_>>(),
            ),
            Column::new("of".into(), lines.iter().map(|line| line.of.as_str()).collect::<Vec<_>>()),
            Column::new(
                "synthetic".into(),
                lines.iter().map(|line| line.synthetic).collect::<Vec<_>>(),
            ),
            Column::new(
                "held out".into(),
                lines.iter().map(|line| line.held_out).collect::<Vec<_>>(),
            ),
        ];
        Ok(DataFrame::new(lines.len(), columns)?)
    }

    fn lines(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        for class in &self.classes {
            let of = format!("class {}", class.class);
            lines.push(Line {
                measure: "difference of means",
                of: of.clone(),
                synthetic: class.mean,
                held_out: None,
            });
            lines.push(Line {
                measure: "difference of deviations",
                of,
                synthetic: class.deviation,
                held_out: None,
            });
        }
        for measure in ["Wasserstein distance / deviation", "Kolmogorov–Smirnov"] {
            let value = |one: &MarginalDistance| match measure {
                "Kolmogorov–Smirnov" => one.kolmogorov_smirnov,
                // A channel without spread has no yardstick but itself.
                _ if one.deviation == 0.0 => one.wasserstein,
                _ => one.wasserstein / one.deviation,
            };
            for (number, one) in self.marginals.iter().enumerate() {
                let held_out = self.marginals_held_out.as_ref().map(|all| value(&all[number]));
                lines.push(Line {
                    measure,
                    of: one.channel.clone(),
                    synthetic: value(one),
                    held_out,
                });
            }
        }
        let held = self.autocorrelation_held_out.as_ref();
        let mut whole = |measure, of: &str, synthetic, held_out| {
            lines.push(Line { measure, of: of.into(), synthetic, held_out });
        };
        let (plain, squares) = (
            AutocorrelationComparison::difference,
            AutocorrelationComparison::difference_of_squares,
        );
        let difference = "difference of autocorrelations";
        whole(difference, "returns", plain(&self.autocorrelation), held.map(plain));
        whole(difference, "squared returns", squares(&self.autocorrelation), held.map(squares));
        let distance = CorrelationComparison::distance;
        let held = self.correlation_held_out.as_ref().map(distance);
        whole("distance of correlations", "channels", distance(&self.correlation), held);
        if let Some(memorization) = &self.memorization {
            let (made, real) = (
                Memorization::quantiles(&memorization.synthetic),
                Memorization::quantiles(&memorization.held_out),
            );
            for (place, of) in [(0, "5 % quantile"), (2, "median"), (4, "95 % quantile")] {
                whole("distance to nearest real series", of, made[place], Some(real[place]));
            }
        }
        lines
    }

    fn title(&self) -> String {
        let [real, synthetic] = self.counts;
        let copies = match &self.memorization {
            Some(found) => format!(
                "; nearest real series at {:.2} times the distance of held-out ones",
                found.ratio()
            ),
            None => String::new(),
        };
        format!("{synthetic} synthetic series beside {real} real ones{copies}")
    }
}

impl Show for RealismReport {
    /// The table; in text, which has no room for polars to show all of it, a line for each measure.
    fn rich(&self) -> Rich {
        let shown = titled_frame(&self.title(), self.frame());
        let mut text = self.title();
        for line in self.lines() {
            let held_out =
                line.held_out.map_or(String::new(), |value| format!(" (held out {value:.4})"));
            text.push_str(&format!(
                "\n{}, {}: {:.4}{held_out}",
                line.measure, line.of, line.synthetic
            ));
        }
        Rich::text(text).html(shown.get("text/html").unwrap_or_default().to_owned())
    }
}

impl Inspect for RealismReport {
    fn preview(&self) -> String {
        self.title()
    }
}
