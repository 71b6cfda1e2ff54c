//! Whether probabilities mean what they say.

use ndarray::ArrayView1;
use polars::prelude::{Column, DataFrame};

use super::scored;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};
use crate::plot::{Matrix, Numbers};
use crate::{Error, Result};

/// Cases whose confidence lies in a range.
///
/// # Example
/// ```
/// let bin = latentlab::stats::CalibrationBin { low: 0.8, high: 0.9, confidence: 0.85, accuracy: 0.7, count: 10 };
/// assert!(bin.confidence > bin.accuracy, "too sure");
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct CalibrationBin {
    /// Confidences above this.
    pub low: f64,
    /// Up to and with this.
    pub high: f64,
    /// The mean confidence of the cases; NaN without any.
    pub confidence: f64,
    /// The share of them that is right; NaN without any.
    pub accuracy: f64,
    /// How many.
    pub count: usize,
}

/// Whether a classifier's probabilities mean what they say.
///
/// | Measure | What it is |
/// |---|---|
/// | [`curve`](Self::curve) | the reliability curve: accuracy by confidence, the probability of the likeliest class, in equally wide bins |
/// | [`expected_error`](Self::expected_error) | the expected calibration error: their mean distance, each bin counting as it has cases (Guo and others, On calibration of modern neural networks, 2017) |
/// | [`brier`](Self::brier) | the mean over the cases of Σₖ (pₖ − 1{k is true})², from 0 to 2 (Brier, Monthly Weather Review 78, 1950) |
/// | [`log_loss`](Self::log_loss) | the mean of −ln p of the true class; p counts as at least 2.2 · 10⁻¹⁶ |
///
/// # Example
/// ```
/// use latentlab::stats::Calibration;
///
/// let calibration = Calibration::new([0, 1], [[0.8, 0.2], [0.4, 0.6]], 10)?;
/// assert!((calibration.expected_error() - 0.3).abs() < 1e-12);
/// assert!((calibration.brier() - 0.2).abs() < 1e-12);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Calibration {
    curve: Vec<CalibrationBin>,
    brier: f64,
    log_loss: f64,
}

impl Calibration {
    /// Compares true classes, numbers from 0, with probabilities, n × classes, in so many bins; 10 or 15 are usual.
    ///
    /// # Errors
    /// [`Error::Invalid`] for different numbers of cases, none, a number that is no class, rows that are no probabilities (below 0, or with a
    /// sum that differs from 1 by more than 0.001), and no bin.
    ///
    /// # Example
    /// See [`Calibration`].
    pub fn new(truth: impl Numbers, probabilities: impl Matrix, bins: usize) -> Result<Self> {
        let (truth, rows) = scored(truth, probabilities)?;
        if bins == 0 || bins > 10_000 {
            return Err(Error::invalid(format!("bins = {bins}"), "from 1 to 10,000 are possible"));
        }
        for (number, row) in rows.rows().into_iter().enumerate() {
            if row.iter().any(|value| *value < 0.0) || (row.sum() - 1.0).abs() > 1e-3 {
                let problem = format!(
                    "{row:.4} are no probabilities, which sum to 1; apply softmax to logits first"
                );
                return Err(Error::invalid(format!("row {number} of {}", rows.nrows()), problem));
            }
        }
        let count = truth.len() as f64;
        let chance = |(row, class): (usize, &usize)| rows[[row, *class]].max(f64::EPSILON).ln();
        let log_loss = -truth.iter().enumerate().map(chance).sum::<f64>() / count;
        let square = |(row, class): (ArrayView1<f64>, &usize)| {
            row.indexed_iter()
                .map(|(k, value)| (value - f64::from(u8::from(k == *class))).powi(2))
                .sum::<f64>()
        };
        let brier = rows.rows().into_iter().zip(&truth).map(square).sum::<f64>() / count;
        let cases = rows.rows().into_iter().zip(&truth).map(|(row, class)| {
            let (best, confidence) = row.indexed_iter().fold((0, -1.0), |best, (k, value)| {
                if *value > best.1 { (k, *value) } else { best }
            });
            (confidence, best == *class)
        });
        Ok(Self { curve: curve(cases, bins), brier, log_loss })
    }

    /// Accuracy by confidence; bins without cases too.
    pub fn curve(&self) -> &[CalibrationBin] {
        &self.curve
    }

    /// The mean distance of confidence and accuracy.
    pub fn expected_error(&self) -> f64 {
        let total: usize = self.curve.iter().map(|bin| bin.count).sum();
        let filled = self.curve.iter().filter(|bin| bin.count > 0);
        filled.map(|bin| bin.count as f64 * (bin.confidence - bin.accuracy).abs()).sum::<f64>()
            / total as f64
    }

    /// The mean squared distance of the probabilities from the truth.
    pub fn brier(&self) -> f64 {
        self.brier
    }

    /// The mean of −ln p of the true class.
    pub fn log_loss(&self) -> f64 {
        self.log_loss
    }

    /// One row for each bin with cases.
    ///
    /// # Errors
    /// [`Error::Frame`] where polars refuses.
    ///
    /// # Example
    /// ```
    /// # use latentlab::stats::Calibration;
    /// let calibration = Calibration::new([0, 1], [[0.8, 0.2], [0.4, 0.6]], 10)?;
    /// assert_eq!(calibration.frame()?.height(), 2);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let bins: Vec<&CalibrationBin> = self.curve.iter().filter(|bin| bin.count > 0).collect();
        let column = |name: &str, value: fn(&CalibrationBin) -> f64| {
            Column::new(name.into(), bins.iter().map(|bin| value(bin)).collect::<Vec<f64>>())
        };
        let counts: Vec<u64> = bins.iter().map(|bin| bin.count as u64).collect();
        let columns = vec![
            column("above", |bin| bin.low),
            column("up to", |bin| bin.high),
            column("confidence", |bin| bin.confidence),
            column("accuracy", |bin| bin.accuracy),
            Column::new("cases".into(), counts),
        ];
        Ok(DataFrame::new(bins.len(), columns)?)
    }

    fn title(&self) -> String {
        format!(
            "Expected calibration error {:.4}, Brier score {:.4}, log loss {:.4}",
            self.expected_error(),
            self.brier,
            self.log_loss
        )
    }
}

fn curve(cases: impl Iterator<Item = (f64, bool)>, bins: usize) -> Vec<CalibrationBin> {
    let edge = |place: usize| place as f64 / bins as f64;
    let mut sums = vec![(0.0, 0_usize, 0_usize); bins];
    for (confidence, right) in cases {
        // The first bin whose upper edge is not below; rounding may carry a sum of probabilities beyond the last.
        let mut place = ((confidence * bins as f64).ceil() as usize).clamp(1, bins) - 1;
        if place > 0 && confidence <= edge(place) {
            place -= 1;
        }
        let (sum, hits, count) = &mut sums[place];
        *sum += confidence;
        *hits += usize::from(right);
        *count += 1;
    }
    let bin = |(place, (sum, hits, count)): (usize, (f64, usize, usize))| CalibrationBin {
        low: edge(place),
        high: edge(place + 1),
        confidence: sum / count as f64,
        accuracy: hits as f64 / count as f64,
        count,
    };
    sums.into_iter().enumerate().map(bin).collect()
}

impl Show for Calibration {
    fn rich(&self) -> Rich {
        titled_frame(&self.title(), self.frame())
    }
}

impl Inspect for Calibration {
    fn preview(&self) -> String {
        self.title()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn classes_drawn_from_the_probabilities_are_calibrated() {
        let mut random = Random::new(4);
        let (mut truth, mut rows) = (Vec::new(), Vec::new());
        for _ in 0..20_000 {
            let first = random.share();
            rows.push([first, 1.0 - first]);
            truth.push(usize::from(random.share() >= first));
        }
        let calibration = Calibration::new(
            &truth,
            rows.as_slice().iter().map(|row| row.to_vec()).collect::<Vec<_>>(),
            10,
        )
        .unwrap();
        assert!(calibration.expected_error() < 0.02);
        // E 2p(1−p) = 1/3, E entropy = 1/2.
        assert!((calibration.brier() - 1.0 / 3.0).abs() < 0.01);
        assert!((calibration.log_loss() - 0.5).abs() < 0.015);
    }

    #[test]
    fn edges_belong_below_and_a_sure_error_has_a_finite_loss() {
        let calibration = Calibration::new([0, 1], [[0.6, 0.4], [1.0, 0.0]], 5).unwrap();
        assert_eq!(
            calibration.curve().iter().map(|bin| bin.count).collect::<Vec<_>>(),
            [0, 0, 1, 0, 1]
        );
        assert!(calibration.curve()[0].accuracy.is_nan());
        assert!(calibration.log_loss() < 20.0 && calibration.expected_error() > 0.6);
    }

    #[test]
    fn what_is_no_probability_is_refused() {
        let message =
            |row: [f64; 2], bins| Calibration::new([0], [row], bins).unwrap_err().to_string();
        assert!(message([2.0, 3.0], 10).contains("softmax"));
        assert!(message([1.5, -0.5], 10).contains("no probabilities"));
        assert!(message([0.5, 0.5], 0).contains("bins = 0"));
    }
}
