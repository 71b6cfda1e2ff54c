//! How far a mean may be off.

use super::check_level;
use crate::notebook::interrupt;
use crate::plot::{Numbers, quantile};
use crate::random::Random;
use crate::{Error, Result};

const RESAMPLES: usize = 10_000;

/// The percentile bootstrap interval of a mean (Efron, Annals of Statistics 7, 1979): between which means 10,000 samples, drawn from the
/// values with replacement, lie with the level's probability. With ones for right predictions and zeros for wrong ones it is an
/// interval for the accuracy. Equal seeds give equal intervals.
///
/// # Errors
/// [`Error::Invalid`] for fewer than two values, values that are not finite, and a level that does not lie between 0 and 1;
/// [`Error::Interrupted`].
///
/// # Example
/// ```
/// use latentlab::stats::bootstrap_interval;
///
/// let right: Vec<u8> = (0..300).map(|case| u8::from(case % 3 > 0)).collect();
/// let [low, high] = bootstrap_interval(&right, 0.95, 1)?;
/// assert!(low > 0.60 && low < 0.63 && high > 0.70 && high < 0.74);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn bootstrap_interval(values: impl Numbers, level: f64, seed: u64) -> Result<[f64; 2]> {
    check_level(level)?;
    let values = values.numbers();
    if values.len() < 2 || values.iter().any(|value| !value.is_finite()) {
        return Err(Error::invalid(
            format!("{} values", values.len()),
            "at least two are needed, all of them finite",
        ));
    }
    let mut random = Random::new(seed);
    let count = values.len() as f64;
    let mut means = Vec::with_capacity(RESAMPLES);
    for _ in 0..RESAMPLES {
        interrupt::check()?;
        let sum: f64 = (0..values.len()).map(|_| values[(random.share() * count) as usize]).sum();
        means.push(sum / count);
    }
    means.sort_by(f64::total_cmp);
    let tail = (1.0 - level) / 2.0;
    Ok([quantile(&means, tail), quantile(&means, 1.0 - tail)])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_interval_is_that_of_the_normal_distribution_where_that_holds() {
        let mut random = Random::new(8);
        let values: Vec<f64> = (0..400).map(|_| random.normal()).collect();
        let mean = values.iter().sum::<f64>() / 400.0;
        let deviation =
            (values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / 400.0).sqrt();
        let [low, high] = bootstrap_interval(&values, 0.95, 2).unwrap();
        for (found, wanted) in
            [(low, mean - 1.96 * deviation / 20.0), (high, mean + 1.96 * deviation / 20.0)]
        {
            assert!((found - wanted).abs() < 0.01, "{found} {wanted}");
        }
        assert_eq!([low, high], bootstrap_interval(&values, 0.95, 2).unwrap());
        let narrow = bootstrap_interval(&values, 0.5, 2).unwrap();
        assert!(narrow[0] > low && narrow[1] < high);
    }

    #[test]
    fn what_cannot_be_drawn_from_is_refused() {
        assert!(bootstrap_interval([1.0], 0.95, 0).is_err());
        assert!(bootstrap_interval([1.0, f64::INFINITY], 0.95, 0).is_err());
        assert!(
            bootstrap_interval([1.0, 2.0], 1.5, 0).unwrap_err().to_string().contains("level = 1.5")
        );
    }
}
