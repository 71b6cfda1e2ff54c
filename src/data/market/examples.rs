//! Windows of a market, before anything is fitted.

use tch::Tensor;

use super::MarketReport;
use super::config::{Band, MarketConfig};
use super::statics::StaticTable;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::plot::quantile;
use crate::words::counted;

/// Windows of a market with what followed them, not yet scaled, labelled or split.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let examples = MarketModel::default().tickers(60).sample()?.examples(&MarketConfig::default())?;
/// assert_eq!(examples.outcomes().len(), examples.len());
/// let split = examples.split(0.6, 0.2, 1)?;
/// assert_eq!(split.training.len() + split.validation.len() + split.test.len(), 60);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct MarketExamples {
    pub(super) config: MarketConfig,
    pub(super) names: Vec<String>,
    pub(super) tickers: Vec<String>,
    /// The share and the first day of each.
    pub(super) places: Vec<(usize, usize)>,
    /// n × 8 × days, `f64`, as they were read.
    pub(super) raw: Tensor,
    pub(super) statics: StaticTable,
    pub(super) outcomes: Vec<f64>,
    /// The classes of a drawn market.
    pub(super) drawn: Option<Vec<usize>>,
    pub(super) report: MarketReport,
}

impl MarketExamples {
    /// The number of examples, at least 1.
    #[allow(clippy::len_without_is_empty)] // never empty
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// What each example is called: its ticker, and the last day of its inputs where a ticker may have several.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The ticker of each example.
    pub fn tickers(&self) -> &[String] {
        &self.tickers
    }

    /// What labels are made from: the log return relative to the benchmark over the days of the rule.
    pub fn outcomes(&self) -> &[f64] {
        &self.outcomes
    }

    /// What reading and cutting came upon.
    pub fn report(&self) -> &MarketReport {
        &self.report
    }

    /// The share and the first day of each example.
    pub(super) fn places(&self) -> &[(usize, usize)] {
        &self.places
    }

    /// Between which outcomes an example is neutral, going by all of them; `None` where classes were drawn.
    pub(super) fn boundaries_of_all(&self) -> Option<[f64; 2]> {
        self.config.rule.band().map(|band| boundaries(band, self.outcomes.clone()))
    }
}

/// Between which outcomes an example is neutral.
pub(super) fn boundaries(band: Band, mut outcomes: Vec<f64>) -> [f64; 2] {
    match band {
        Band::Fixed(width) => [-width, width],
        Band::Terciles => {
            outcomes.sort_by(f64::total_cmp);
            [1.0 / 3.0, 2.0 / 3.0].map(|share| quantile(&outcomes, share))
        }
    }
}

/// The label of an outcome.
pub(super) fn label(outcome: f64, [lower, upper]: [f64; 2]) -> usize {
    usize::from(outcome >= lower) + usize::from(outcome > upper)
}

impl Show for MarketExamples {
    fn rich(&self) -> Rich {
        let title = self.preview();
        let report = self.report.rich();
        let text = report.get("text/plain").unwrap_or_default();
        let table = report.get("text/html").unwrap_or_default();
        let html = format!("<p><b>{}</b></p>\n{table}", crate::notebook::escape(&title));
        Rich::text(format!("{title}\n{text}")).html(html)
    }
}

impl Inspect for MarketExamples {
    fn shape(&self) -> Option<String> {
        Inspect::shape(&self.raw)
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.raw.memory() + self.statics.values.memory() + self.names.memory()
    }

    fn preview(&self) -> String {
        format!(
            "{} of {} days; labels: {}",
            counted(self.len(), "example"),
            self.config.days,
            self.config.rule.words()
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn boundaries_belong_to_neutral() {
        let limits = boundaries(Band::Fixed(0.1), Vec::new());
        assert_eq!(
            [-0.2, -0.1, 0.0, 0.1, 0.2].map(|outcome| label(outcome, limits)),
            [0, 1, 1, 1, 2]
        );
        let [lower, upper] = boundaries(Band::Terciles, (0..31).rev().map(f64::from).collect());
        assert!((lower - 10.0).abs() < 1e-9 && (upper - 20.0).abs() < 1e-9);
    }
}
