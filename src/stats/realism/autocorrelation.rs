//! What a day's return says of later ones.

use ndarray::{Array3, ArrayView1, Axis};

/// Mean autocorrelations of returns and of their squares, real and synthetic. Returns of a market have next to none; their squares have some that
/// fade slowly (Cont, Empirical properties of asset returns, 2001).
///
/// # Example
/// See [`RealismReport::autocorrelation`](super::RealismReport::autocorrelation).
#[derive(Clone, Debug, PartialEq)]
pub struct AutocorrelationComparison {
    /// Of the real returns, at the lags 1, 2, …
    pub real: Vec<f64>,
    /// Of the synthetic returns.
    pub synthetic: Vec<f64>,
    /// Of the squares of the real returns, each less the mean of its series.
    pub real_squares: Vec<f64>,
    /// Of the squares of the synthetic ones.
    pub synthetic_squares: Vec<f64>,
}

impl AutocorrelationComparison {
    pub(super) fn new(
        real: &Array3<f64>,
        synthetic: &Array3<f64>,
        channel: usize,
        lags: usize,
    ) -> Self {
        let (real, real_squares) = means(real, channel, lags);
        let (synthetic, synthetic_squares) = means(synthetic, channel, lags);
        Self { real, synthetic, real_squares, synthetic_squares }
    }

    /// The mean over the lags of the distance between the returns' autocorrelations.
    pub fn difference(&self) -> f64 {
        mean_distance(&self.real, &self.synthetic)
    }

    /// The mean over the lags of the distance between the autocorrelations of the squares.
    pub fn difference_of_squares(&self) -> f64 {
        mean_distance(&self.real_squares, &self.synthetic_squares)
    }
}

fn mean_distance(one: &[f64], other: &[f64]) -> f64 {
    one.iter().zip(other).map(|(a, b)| (a - b).abs()).sum::<f64>() / one.len() as f64
}

/// The means over all series of the autocorrelations of a channel and of its squares; a series without spread has none.
fn means(series: &Array3<f64>, channel: usize, lags: usize) -> (Vec<f64>, Vec<f64>) {
    let mut sums = [vec![0.0; lags], vec![0.0; lags]];
    let mut counts = [0_usize; 2];
    for values in series.index_axis(Axis(1), channel).rows() {
        let mean = values.sum() / values.len() as f64;
        let squares = values.mapv(|value| (value - mean).powi(2));
        for (kind, found) in [autocorrelation(values, lags), autocorrelation(squares.view(), lags)]
            .into_iter()
            .enumerate()
        {
            if let Some(found) = found {
                sums[kind].iter_mut().zip(found).for_each(|(sum, value)| *sum += value);
                counts[kind] += 1;
            }
        }
    }
    let [plain, squared] = sums;
    let mean = |sums: Vec<f64>, count: usize| {
        sums.into_iter().map(|sum| sum / count.max(1) as f64).collect()
    };
    (mean(plain, counts[0]), mean(squared, counts[1]))
}

/// Σ (xₜ − m)(xₜ₊ₗ − m) / Σ (xₜ − m)² at the lags 1, 2, …; `None` where all values are equal.
fn autocorrelation(values: ArrayView1<f64>, lags: usize) -> Option<Vec<f64>> {
    let mean = values.sum() / values.len() as f64;
    let centred: Vec<f64> = values.iter().map(|value| value - mean).collect();
    let variance: f64 = centred.iter().map(|value| value * value).sum();
    let largest = values.iter().fold(0.0, |largest: f64, value| largest.max(value.abs()));
    // Rounding must not pass for a spread.
    if variance.sqrt() <= 1e-12 * largest * (values.len() as f64).sqrt() {
        return None;
    }
    let at = |lag: usize| {
        centred.iter().zip(&centred[lag..]).map(|(one, later)| one * later).sum::<f64>() / variance
    };
    Some((1..=lags).map(at).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::random::Random;

    #[test]
    fn an_autoregression_has_the_powers_of_its_coefficient() {
        let mut random = Random::new(6);
        let mut state = 0.0;
        let series = Array3::from_shape_fn((4, 1, 20_000), |_| {
            state = 0.6 * state + random.normal();
            state
        });
        let (plain, squares) = means(&series, 0, 3);
        for (lag, value) in plain.iter().enumerate() {
            assert!((value - 0.6_f64.powi(lag as i32 + 1)).abs() < 0.02);
        }
        // The squares of a Gaussian series have the squares of its autocorrelations.
        assert!((squares[0] - 0.36).abs() < 0.03);
    }

    #[test]
    fn constant_series_count_for_nothing() {
        let mut series = Array3::from_elem((2, 1, 50), 0.1);
        assert_eq!(means(&series, 0, 2).0, [0.0, 0.0]);
        (0..50).for_each(|day| series[[0, 0, day]] = f64::from(day % 2 == 0));
        assert!(means(&series, 0, 1).0[0] < -0.9);
    }
}
