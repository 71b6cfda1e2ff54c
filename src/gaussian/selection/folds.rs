//! Observations dealt into parts, and what is left out of one.

use ndarray::{Array2, Axis};

use crate::gaussian::graphical_lasso::covariance::sample_covariance;
use crate::random::Random;
use crate::stats::empirical_covariance;
use crate::words::counted;
use crate::{Error, Result};

/// Observations that a part needs to have a covariance.
const LEAST: usize = 2;

/// The part of each observation, numbered from 0: parts as equal as can be, the first ones larger by one where they are
/// not. Without a seed they are contiguous stretches.
pub(crate) fn deal(observations: usize, parts: usize, seed: Option<u64>) -> Result<Vec<usize>> {
    if parts < 2 {
        return Err(Error::invalid(
            counted(parts, "fold"),
            "at least 2 are needed: one part to fit, one to judge the fit",
        ));
    }
    if observations / parts < LEAST {
        let most = observations / LEAST;
        let advice = match most {
            0 | 1 => "bring more observations".to_owned(),
            _ => format!("choose at most {most} folds, or bring more observations"),
        };
        return Err(Error::invalid(
            counted(parts, "fold"),
            format!(
                "{} leave some of them with fewer than {LEAST}, which have no covariance; {advice}",
                counted(observations, "observation")
            ),
        ));
    }
    let mut order: Vec<usize> = (0..observations).collect();
    if let Some(seed) = seed {
        Random::new(seed).shuffle(&mut order);
    }
    let (each, larger) = (observations / parts, observations % parts);
    let sizes = (0..parts).map(|part| each + usize::from(part < larger));
    let dealt = sizes.enumerate().flat_map(|(part, size)| std::iter::repeat_n(part, size));
    let mut part_of = vec![0; observations];
    for (observation, part) in order.into_iter().zip(dealt) {
        part_of[observation] = part;
    }
    Ok(part_of)
}

/// The covariances of what a fold leaves for fitting and of what it holds out, each about its own mean.
pub(crate) fn split(
    samples: &Array2<f64>,
    part_of: &[usize],
    part: usize,
) -> Result<(Array2<f64>, Array2<f64>)> {
    let rows = |held_out: bool| -> Vec<usize> {
        (0..part_of.len()).filter(|&row| (part_of[row] == part) == held_out).collect()
    };
    let train = samples.select(Axis(0), &rows(false));
    let test = samples.select(Axis(0), &rows(true));
    let named = |error: Error| match error {
        Error::Invalid { what, problem } => {
            Error::invalid(format!("{what} without fold {}", part + 1), problem)
        }
        other => other,
    };
    Ok((sample_covariance(&train).map_err(named)?, empirical_covariance(&test)?))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn contiguous_parts_are_those_of_scikit_learn() {
        assert_eq!(deal(7, 3, None).unwrap(), [0, 0, 0, 1, 1, 2, 2]);
    }

    #[test]
    fn too_many_parts_are_refused_with_a_number_that_works() {
        let message =
            |observations, parts| deal(observations, parts, None).unwrap_err().to_string();
        assert!(message(15, 10).contains("at most 7 folds"), "{}", message(15, 10));
        assert!(deal(15, 7, None).is_ok());
        assert!(message(3, 2).contains("bring more observations"));
        assert!(message(50, 1).starts_with("1 fold:"));
    }

    #[test]
    fn a_column_that_is_constant_without_one_fold_is_named_with_it() {
        let mut samples =
            Array2::from_shape_fn((8, 3), |(row, column)| (row * row + column) as f64);
        samples.column_mut(1).fill(3.0);
        samples[[7, 1]] = 4.0;
        let part_of = deal(8, 4, None).unwrap();
        assert!(split(&samples, &part_of, 0).is_ok());
        let text = split(&samples, &part_of, 3).unwrap_err().to_string();
        assert!(text.contains("without fold 4") && text.contains("column 1"), "{text}");
    }

    proptest! {
        #[test]
        fn parts_are_equal_and_repeatable(observations in 4usize..200, parts in 2usize..9, seed in any::<u64>()) {
            prop_assume!(observations / parts >= 2);
            let part_of = deal(observations, parts, Some(seed)).unwrap();
            let size = |part| part_of.iter().filter(|&&other| other == part).count();
            for part in 0..parts {
                prop_assert_eq!(size(part), observations / parts + usize::from(part < observations % parts));
            }
            prop_assert_eq!(&part_of, &deal(observations, parts, Some(seed)).unwrap());
        }
    }
}
