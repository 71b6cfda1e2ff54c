//! Means and standard deviations of each class.

use ndarray::{Array3, Axis};

use crate::stats::moments::mean_and_deviation;

/// How far means and standard deviations of a class are from the real ones.
///
/// # Example
/// ```
/// let found = latentlab::stats::ClassDifference { class: 1, real: 90, synthetic: 90, mean: 0.01, deviation: 0.02 };
/// assert!(found.mean < found.deviation);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClassDifference {
    /// The label.
    pub class: i64,
    /// Real series of the class.
    pub real: usize,
    /// Synthetic series of the class.
    pub synthetic: usize,
    /// The mean over the channels of |mean of the synthetic values − mean of the real ones|, all days and series of the class taken together.
    pub mean: f64,
    /// The same of the standard deviations (1/n).
    pub deviation: f64,
}

/// The differences of every class that both have.
pub(super) fn class_differences(
    real: &Array3<f64>,
    real_labels: &[i64],
    synthetic: &Array3<f64>,
    synthetic_labels: &[i64],
) -> Vec<ClassDifference> {
    let of = |series: &Array3<f64>, labels: &[i64], class: i64| {
        let rows: Vec<usize> = (0..labels.len()).filter(|row| labels[*row] == class).collect();
        series.select(Axis(0), &rows)
    };
    let mut classes: Vec<i64> = real_labels.to_vec();
    classes.sort_unstable();
    classes.dedup();
    classes.retain(|class| synthetic_labels.contains(class));
    let difference = |class: i64| {
        let (one, other) = (of(real, real_labels, class), of(synthetic, synthetic_labels, class));
        let moments = |series: &Array3<f64>| -> Vec<(f64, f64)> {
            series
                .axis_iter(Axis(1))
                .map(|channel| mean_and_deviation(channel.iter().copied()))
                .collect()
        };
        let (real, synthetic) = (moments(&one), moments(&other));
        let channels = real.len() as f64;
        let mean =
            real.iter().zip(&synthetic).map(|(a, b)| (a.0 - b.0).abs()).sum::<f64>() / channels;
        let deviation =
            real.iter().zip(&synthetic).map(|(a, b)| (a.1 - b.1).abs()).sum::<f64>() / channels;
        ClassDifference {
            class,
            real: one.shape()[0],
            synthetic: other.shape()[0],
            mean,
            deviation,
        }
    };
    classes.into_iter().map(difference).collect()
}
