//! Which channels go together.

use ndarray::{Array2, Array3, Axis};

use crate::stats::moments::{is_constant, mean_and_deviation};

/// Correlations between channels, all days and series taken together, real and synthetic.
///
/// # Example
/// See [`RealismReport::correlation`](super::RealismReport::correlation).
#[derive(Clone, Debug, PartialEq)]
pub struct CorrelationComparison {
    /// Channels × channels, real; a constant channel has no correlation, which counts as 0.
    pub real: Array2<f64>,
    /// Channels × channels, synthetic.
    pub synthetic: Array2<f64>,
}

impl CorrelationComparison {
    pub(super) fn new(real: &Array3<f64>, synthetic: &Array3<f64>) -> Self {
        Self { real: correlation(real), synthetic: correlation(synthetic) }
    }

    /// The Frobenius norm of the difference of both matrices.
    pub fn distance(&self) -> f64 {
        (&self.real - &self.synthetic).mapv(|value| value * value).sum().sqrt()
    }
}

fn correlation(series: &Array3<f64>) -> Array2<f64> {
    let channels = series.shape()[1];
    let scaled: Vec<Vec<f64>> = series
        .axis_iter(Axis(1))
        .map(|channel| {
            let (mean, deviation) = mean_and_deviation(channel.iter().copied());
            let scale = if is_constant(channel.iter().copied(), deviation) {
                f64::INFINITY
            } else {
                deviation
            };
            channel.iter().map(|value| (value - mean) / scale).collect()
        })
        .collect();
    Array2::from_shape_fn((channels, channels), |(one, other)| {
        if one == other {
            return 1.0;
        }
        let (one, other) = (&scaled[one], &scaled[other]);
        one.iter().zip(other).map(|(a, b)| a * b).sum::<f64>() / one.len() as f64
    })
}
