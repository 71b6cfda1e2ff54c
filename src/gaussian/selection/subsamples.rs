//! Subsets of the observations.

use ndarray::{Array2, Axis};

use crate::gaussian::graphical_lasso::covariance::sample_covariance;
use crate::random::Random;
use crate::words::counted;
use crate::{Error, Result};

/// Which observations each subsample holds, and the seed's whole share in a result.
pub(crate) fn draw(
    observations: usize,
    size: usize,
    count: usize,
    seed: u64,
) -> Result<Vec<Vec<usize>>> {
    if count < 2 {
        return Err(Error::invalid(
            counted(count, "subsample"),
            "at least 2 are needed to see what changes from one to the other; 20 to 100 are usual",
        ));
    }
    if !(2..observations).contains(&size) {
        return Err(Error::invalid(
            format!("size = {size}"),
            format!(
                "a subsample of {} holds at least 2 of them and not all",
                counted(observations, "observation")
            ),
        ));
    }
    let mut random = Random::new(seed);
    Ok((0..count).map(|_| random.subset(observations, size)).collect())
}

/// The covariance of a subsample; the error of one that has none says which it is.
pub(crate) fn covariance_of(
    samples: &Array2<f64>,
    rows: &[usize],
    place: usize,
) -> Result<Array2<f64>> {
    sample_covariance(&samples.select(Axis(0), rows)).map_err(|error| match error {
        Error::Invalid { what, problem } => {
            Error::invalid(format!("subsample {}, {what}", place + 1), problem)
        }
        other => other,
    })
}

/// Samples of a Gaussian chain: each variable is 0.6 times the one before plus noise, scaled to variance 1.
#[cfg(test)]
pub(crate) fn normal_chain(observations: usize, order: usize, seed: u64) -> Array2<f64> {
    let mut random = Random::new(seed);
    // The sum of twelve uniform numbers is close enough to normal.
    let mut normal = || (0..12).map(|_| random.share()).sum::<f64>() - 6.0;
    let mut samples = Array2::zeros((observations, order));
    for mut row in samples.outer_iter_mut() {
        row[0] = normal();
        for column in 1..order {
            row[column] = 0.6 * row[column - 1] + 0.8 * normal();
        }
    }
    samples
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn subsamples_are_repeatable_and_differ() {
        let drawn = draw(100, 40, 20, 5).unwrap();
        assert_eq!(drawn, draw(100, 40, 20, 5).unwrap());
        assert_ne!(drawn, draw(100, 40, 20, 6).unwrap());
        assert!(drawn.iter().all(|rows| rows.len() == 40) && drawn[0] != drawn[1]);
    }

    #[test]
    fn sizes_and_counts_out_of_range_are_named() {
        let message = |size, count| draw(10, size, count, 0).unwrap_err().to_string();
        assert!(message(10, 20).starts_with("size = 10"));
        assert!(message(1, 20).starts_with("size = 1"));
        assert!(message(5, 1).starts_with("1 subsample"));
    }

    #[test]
    fn a_subsample_without_a_covariance_is_named() {
        let samples = ndarray::array![[1.0, 0.0], [2.0, 0.0], [3.0, 0.0], [4.0, 1.0]];
        let text = covariance_of(&samples, &[0, 1, 2], 6).unwrap_err().to_string();
        assert!(text.starts_with("subsample 7") && text.contains("column 1"), "{text}");
    }
}
