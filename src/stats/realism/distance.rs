//! Distances between the distributions of two samples.

use crate::plot::Numbers;
use crate::{Error, Result};

/// How far the values of one channel are from the real ones, all days and series taken together.
///
/// # Example
/// ```
/// let distance = latentlab::stats::MarginalDistance { channel: "close".into(), wasserstein: 0.1, kolmogorov_smirnov: 0.2, deviation: 0.5 };
/// assert!(distance.wasserstein / distance.deviation < 1.0);
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MarginalDistance {
    /// The channel.
    pub channel: String,
    /// [`wasserstein`], in the channel's own units.
    pub wasserstein: f64,
    /// [`kolmogorov_smirnov`], from 0 to 1.
    pub kolmogorov_smirnov: f64,
    /// The standard deviation (1/n) of the real values, which says what is far.
    pub deviation: f64,
}

/// The Wasserstein distance of order 1 between two samples: how far values must be moved, on average, to turn one into the other;
/// ∫ |F − G|.
///
/// # Errors
/// [`Error::Invalid`] for an empty sample and values that are not finite.
///
/// # Example
/// ```
/// assert_eq!(latentlab::stats::wasserstein([0.0, 1.0, 3.0], [5.0, 6.0, 8.0])?, 5.0);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn wasserstein(one: impl Numbers, other: impl Numbers) -> Result<f64> {
    Ok(wasserstein_sorted(&sorted(one)?, &sorted(other)?))
}

/// The statistic of Kolmogorov and Smirnov for two samples: the largest distance between their distribution functions, from 0 to 1.
///
/// # Errors
/// As [`wasserstein`].
///
/// # Example
/// ```
/// assert_eq!(latentlab::stats::kolmogorov_smirnov([1.0, 2.0], [1.5, 2.5, 3.5, 4.5])?, 0.75);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn kolmogorov_smirnov(one: impl Numbers, other: impl Numbers) -> Result<f64> {
    Ok(kolmogorov_smirnov_sorted(&sorted(one)?, &sorted(other)?))
}

fn sorted(values: impl Numbers) -> Result<Vec<f64>> {
    let mut values = values.numbers();
    if values.is_empty() || values.iter().any(|value| !value.is_finite()) {
        return Err(Error::invalid(
            format!("a sample of {} values", values.len()),
            "at least one is needed, all of them finite",
        ));
    }
    values.sort_by(f64::total_cmp);
    Ok(values)
}

pub(super) fn wasserstein_sorted(one: &[f64], other: &[f64]) -> f64 {
    let mut sum = 0.0;
    walk(one, other, |gap, width| sum += gap.abs() * width);
    sum
}

pub(super) fn kolmogorov_smirnov_sorted(one: &[f64], other: &[f64]) -> f64 {
    let mut largest = 0.0_f64;
    walk(one, other, |gap, _| largest = largest.max(gap.abs()));
    largest
}

/// Visits the steps between different values of two sorted samples with the difference of their distribution functions and the
/// width of the step; the last has width 0.
fn walk(one: &[f64], other: &[f64], mut visit: impl FnMut(f64, f64)) {
    let (mut left, mut right) = (0, 0);
    while left < one.len() || right < other.len() {
        let value = match (one.get(left), other.get(right)) {
            (Some(a), Some(b)) => a.min(*b),
            (Some(a), None) | (None, Some(a)) => *a,
            (None, None) => return,
        };
        left += one[left..].iter().take_while(|next| **next <= value).count();
        right += other[right..].iter().take_while(|next| **next <= value).count();
        let next = [one.get(left), other.get(right)]
            .into_iter()
            .flatten()
            .copied()
            .fold(f64::INFINITY, f64::min);
        let width = if next.is_finite() { next - value } else { 0.0 };
        visit(left as f64 / one.len() as f64 - right as f64 / other.len() as f64, width);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_is_no_sample_is_refused() {
        assert!(wasserstein(Vec::<f64>::new(), [1.0]).is_err());
        assert!(kolmogorov_smirnov([1.0], [f64::NAN]).unwrap_err().to_string().contains("finite"));
    }

    proptest! {
        #[test]
        fn distances_are_distances(
            one in prop::collection::vec(-1.0_f64..1.0, 1..20),
            other in prop::collection::vec(-1.0_f64..1.0, 1..20),
            third in prop::collection::vec(-1.0_f64..1.0, 1..20),
            shift in 0.0_f64..3.0,
        ) {
            for distance in [|a: &[f64], b: &[f64]| wasserstein(a, b).unwrap(), |a: &[f64], b: &[f64]| kolmogorov_smirnov(a, b).unwrap()] {
                prop_assert_eq!(distance(&one, &one), 0.0);
                let between = distance(&one, &other);
                prop_assert!((between - distance(&other, &one)).abs() < 1e-12);
                prop_assert!(between <= distance(&one, &third) + distance(&third, &other) + 1e-12);
                let twice: Vec<f64> = one.iter().chain(&one).copied().collect();
                prop_assert!((distance(&twice, &other) - between).abs() < 1e-12);
            }
            let moved: Vec<f64> = one.iter().map(|value| value + shift).collect();
            prop_assert!((wasserstein(&one, &moved).unwrap() - shift).abs() < 1e-12);
            let scaled = |values: &[f64]| values.iter().map(|value| value * 7.0).collect::<Vec<f64>>();
            let statistic = kolmogorov_smirnov(scaled(&one), scaled(&other)).unwrap();
            prop_assert!((statistic - kolmogorov_smirnov(&one, &other).unwrap()).abs() < 1e-12);
        }
    }
}
