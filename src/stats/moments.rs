//! Means and deviations that neither overflow nor underflow.

/// The mean of numbers of usual sizes; 0 for none.
pub(crate) fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len().max(1) as f64
}

/// Mean and standard deviation (1/n) of finite numbers; zeros for none.
pub(super) fn mean_and_deviation(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count().max(1) as f64;
    // Dividing first keeps the sum of very large numbers finite.
    let rough: f64 = values.clone().map(|value| value / count).sum();
    // The second pass takes away what rounding left in the first.
    let mean = rough + values.clone().map(|value| (value - rough) / count).sum::<f64>();
    let largest = values.clone().map(|value| (value - mean).abs()).fold(0.0, f64::max);
    if largest == 0.0 {
        return (mean, 0.0);
    }
    let squares: f64 = values.map(|value| ((value - mean) / largest).powi(2)).sum();
    (mean, largest * (squares / count).sqrt())
}

/// Whether a standard deviation is nothing but the rounding of equal numbers.
pub(super) fn is_constant(values: impl Iterator<Item = f64>, deviation: f64) -> bool {
    let largest = values.map(f64::abs).fold(0.0, f64::max);
    deviation <= 16.0 * f64::EPSILON * largest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extreme_sizes_keep_their_digits() {
        for scale in [1e-300, 1.0, 1e306] {
            let (mean, deviation) =
                mean_and_deviation([1.0, 2.0, 3.0, 6.0].map(|x| x * scale).into_iter());
            assert!((mean / scale - 3.0).abs() < 1e-12);
            assert!((deviation / scale - 3.5_f64.sqrt()).abs() < 1e-12);
        }
    }

    #[test]
    fn equal_numbers_are_constant_in_spite_of_rounding() {
        let values = [0.1; 7];
        let (mean, deviation) = mean_and_deviation(values.into_iter());
        assert!((mean - 0.1).abs() < 1e-16 && is_constant(values.into_iter(), deviation));
        assert!(!is_constant([1.0, 1.0 + 1e-9].into_iter(), 5e-10));
    }
}
