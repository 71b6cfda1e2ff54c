//! Whether one of two measures on the same cases is higher.

use super::check_level;
use super::student::{quantile, two_sided};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::plot::Numbers;
use crate::random::Random;
use crate::{Error, Result};

/// Up to so many pairs all 2ⁿ ways to flip signs are tried.
const EXACT: usize = 16;
/// Beyond that, so many at random.
const FLIPS: usize = 100_000;

/// Two measures on the same cases (splits, seeds) compared: the mean of the differences, first less second, with Student's interval and
/// test, and the sign-flip permutation test, which asks only that differences be as likely as their opposites if nothing differs
/// (Fisher, The design of experiments, 1935).
///
/// The permutation test is exact up to 16 pairs; n pairs cannot give less than 2 / 2ⁿ. Beyond, it takes 100,000 random flips, the same
/// ones each time, and (k + 1) / (100,000 + 1) (Phipson and Smyth, 2010).
///
/// # Example
/// ```
/// use latentlab::stats::PairedComparison;
///
/// let with = [0.72, 0.70, 0.74, 0.73, 0.71];
/// let without = [0.69, 0.68, 0.70, 0.72, 0.69];
/// let comparison = PairedComparison::new(with, without)?;
/// assert!(comparison.interval(0.95)?[0] > 0.0);
/// assert_eq!(comparison.permutation_p_value(), 0.0625);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PairedComparison {
    differences: Vec<f64>,
    mean: f64,
    error: f64,
    permutation: f64,
}

impl PairedComparison {
    /// Compares pairs of numbers.
    ///
    /// # Errors
    /// [`Error::Invalid`] for different lengths, fewer than two pairs, and numbers that are not finite.
    ///
    /// # Example
    /// See [`PairedComparison`].
    pub fn new(first: impl Numbers, second: impl Numbers) -> Result<Self> {
        let (first, second) = (first.numbers(), second.numbers());
        let refused = |problem: &str| {
            Err(Error::invalid(format!("{} and {} numbers", first.len(), second.len()), problem))
        };
        if first.len() != second.len() || first.len() < 2 {
            return refused("pairs are compared, and at least two are needed");
        }
        let differences: Vec<f64> =
            first.iter().zip(&second).map(|(one, other)| one - other).collect();
        if differences.iter().any(|difference| !difference.is_finite()) {
            return refused("all must be finite");
        }
        let count = differences.len() as f64;
        let mean = differences.iter().sum::<f64>() / count;
        let squares: f64 = differences.iter().map(|value| (value - mean).powi(2)).sum();
        let error = (squares / (count - 1.0) / count).sqrt();
        // Equal differences must not differ by their rounding.
        let error = if error <= 1e-14 * mean.abs() { 0.0 } else { error };
        let permutation = permutation(&differences);
        Ok(Self { differences, mean, error, permutation })
    }

    /// The differences, first less second.
    pub fn differences(&self) -> &[f64] {
        &self.differences
    }

    /// Their mean.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Student's interval for the mean difference, as at the level 0.95.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a level that does not lie between 0 and 1.
    ///
    /// # Example
    /// See [`PairedComparison`].
    pub fn interval(&self, level: f64) -> Result<[f64; 2]> {
        check_level(level)?;
        let reach = quantile(level, self.freedom()) * self.error;
        Ok([self.mean - reach, self.mean + reach])
    }

    /// Student's t: the mean over its standard error; 0 where no difference differs from 0.
    pub fn t(&self) -> f64 {
        if self.mean == 0.0 { 0.0 } else { self.mean / self.error }
    }

    /// The two-sided p-value of Student's test.
    pub fn p_value(&self) -> f64 {
        two_sided(self.t(), self.freedom())
    }

    /// The two-sided p-value of the sign-flip permutation test.
    pub fn permutation_p_value(&self) -> f64 {
        self.permutation
    }

    fn freedom(&self) -> f64 {
        self.differences.len() as f64 - 1.0
    }

    fn words(&self) -> String {
        let [low, high] = self.interval(0.95).unwrap_or([f64::NAN; 2]);
        format!(
            "{} pairs: mean difference {:.4}, 95 % interval {low:.4} to {high:.4}, p = {:.4} (t test), {:.4} (sign flips)",
            self.differences.len(),
            self.mean,
            self.p_value(),
            self.permutation
        )
    }
}

/// The share of sign flips with a sum at least as far from zero.
fn permutation(differences: &[f64]) -> f64 {
    let observed = differences.iter().sum::<f64>().abs();
    let scale: f64 = differences.iter().map(|value| value.abs()).sum();
    // What differs by rounding alone is as far.
    let far = |sum: f64| sum.abs() >= observed - 1e-13 * scale;
    let count = differences.len();
    if count <= EXACT {
        let ways = 1_u32 << count;
        let sum = |flips: u32| -> f64 {
            let signed = |(place, value): (usize, &f64)| {
                if flips >> place & 1 == 1 { -value } else { *value }
            };
            differences.iter().enumerate().map(signed).sum()
        };
        return (0..ways).filter(|flips| far(sum(*flips))).count() as f64 / f64::from(ways);
    }
    let mut random = Random::new(0);
    let extreme = (0..FLIPS)
        .filter(|_| {
            let (mut bits, mut left, mut sum) = (0, 0, 0.0);
            for value in differences {
                if left == 0 {
                    (bits, left) = (random.next(), 64);
                }
                sum += if bits & 1 == 1 { *value } else { -*value };
                (bits, left) = (bits >> 1, left - 1);
            }
            far(sum)
        })
        .count();
    (extreme + 1) as f64 / (FLIPS + 1) as f64
}

impl Show for PairedComparison {
    fn rich(&self) -> Rich {
        Rich::text(self.words())
    }
}

impl Inspect for PairedComparison {
    fn preview(&self) -> String {
        self.words()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_differences_leave_no_doubt_and_none_all() {
        let none = PairedComparison::new([1.0, 2.0], [1.0, 2.0]).unwrap();
        assert_eq!(
            (none.p_value(), none.permutation_p_value(), none.interval(0.9).unwrap()),
            (1.0, 1.0, [0.0; 2])
        );
        let all = PairedComparison::new([1.1, 2.1, 3.1], [1.0, 2.0, 3.0]).unwrap();
        assert!(all.p_value() < 1e-6 && all.permutation_p_value() == 0.25, "{all:?}");
    }

    #[test]
    fn random_flips_come_near_the_exact_test() {
        let mut random = Random::new(3);
        let many: Vec<f64> = (0..16).map(|_| 0.3 + random.normal()).collect();
        let exact = permutation(&many);
        // A pair without a difference changes nothing but the way of counting.
        let mut longer = many.clone();
        longer.push(0.0);
        // Five standard errors of a share of 100,000.
        assert!(
            (permutation(&longer) - exact).abs()
                < 5.0 * (exact * (1.0 - exact) / 1e5).sqrt() + 1e-5
        );
        assert_eq!(permutation(&longer), permutation(&longer));
    }

    #[test]
    fn what_is_no_pair_is_refused() {
        assert!(
            PairedComparison::new([1.0], [2.0]).unwrap_err().to_string().contains("at least two")
        );
        assert!(PairedComparison::new([1.0, 2.0], [2.0]).is_err());
        assert!(
            PairedComparison::new([1.0, f64::NAN], [2.0, 1.0])
                .unwrap_err()
                .to_string()
                .contains("finite")
        );
        let comparison = PairedComparison::new([1.0, 2.0], [2.0, 2.5]).unwrap();
        assert!(comparison.interval(1.0).is_err() && comparison.interval(0.0).is_err());
    }

    proptest! {
        #[test]
        fn changing_the_sides_changes_the_sign_alone(
            pairs in prop::collection::vec((-1.0_f64..1.0, -1.0_f64..1.0), 2..12),
        ) {
            let (one, other): (Vec<f64>, Vec<f64>) = pairs.into_iter().unzip();
            let forth = PairedComparison::new(&one, &other).unwrap();
            let back = PairedComparison::new(&other, &one).unwrap();
            prop_assert_eq!(forth.mean(), -back.mean());
            prop_assert!((forth.p_value() - back.p_value()).abs() < 1e-12);
            prop_assert_eq!(forth.permutation_p_value(), back.permutation_p_value());
            let [low, high] = forth.interval(0.95).unwrap();
            let contains = low <= 0.0 && high >= 0.0;
            prop_assert!(contains == (forth.p_value() > 0.05) || (forth.p_value() - 0.05).abs() < 1e-9);
        }
    }
}
