//! Student's t distribution.

use crate::stats::incomplete_beta::incomplete_beta;

/// The probability that |t| exceeds a value, with so many degrees of freedom: I(ν / (ν + t²); ν/2, 1/2).
pub(super) fn two_sided(value: f64, freedom: f64) -> f64 {
    if value.is_infinite() {
        return 0.0;
    }
    let (square, sum) = (value * value, freedom + value * value);
    incomplete_beta([freedom / sum, square / sum], [freedom / 2.0, 0.5])
}

/// The value that |t| stays below with a probability.
pub(super) fn quantile(level: f64, freedom: f64) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    while two_sided(high, freedom) > 1.0 - level && high < 1e300 {
        (low, high) = (high, 2.0 * high);
    }
    // Each step halves the interval; 200 leave nothing of it.
    for _ in 0..200 {
        let middle = 0.5 * (low + high);
        if two_sided(middle, freedom) > 1.0 - level { low = middle } else { high = middle }
    }
    0.5 * (low + high)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_cases_have_closed_forms() {
        // ν = 1 is Cauchy's distribution; ν = 2 has 1 − t / √(2 + t²).
        for value in [0.1_f64, 1.0, 3.0, 50.0] {
            let cauchy = 1.0 - 2.0 * value.atan() / std::f64::consts::PI;
            assert!((two_sided(value, 1.0) - cauchy).abs() < 1e-13);
            let two = 1.0 - value / (2.0 + value * value).sqrt();
            assert!((two_sided(value, 2.0) - two).abs() < 1e-13);
        }
        assert_eq!((two_sided(0.0, 5.0), two_sided(f64::INFINITY, 5.0)), (1.0, 0.0));
    }

    #[test]
    fn quantiles_and_probabilities_undo_each_other() {
        for freedom in [1.0, 4.0, 30.0, 1e5] {
            for level in [0.01, 0.5, 0.95, 0.999] {
                let value = quantile(level, freedom);
                assert!(
                    (two_sided(value, freedom) - (1.0 - level)).abs() < 1e-12,
                    "{freedom} {level}"
                );
            }
        }
    }
}
