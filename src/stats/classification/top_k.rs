//! Whether the true class is among the best few.

use super::scored;
use crate::plot::{Matrix, Numbers};
use crate::{Error, Result};

/// The share of cases whose true class has one of the k highest scores, n × classes. Among equal scores later classes come first, as
/// in scikit-learn.
///
/// # Errors
/// [`Error::Invalid`] for different numbers of cases, none, fewer than two classes, a number that is no class, scores that are not finite, and
/// a k that is not between 1 and the number of classes.
///
/// # Example
/// ```
/// use latentlab::stats::top_k_accuracy;
///
/// let scores = [[0.5, 0.4, 0.1], [0.5, 0.4, 0.1]];
/// assert_eq!(top_k_accuracy([1, 2], scores, 2)?, 0.5);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn top_k_accuracy(truth: impl Numbers, scores: impl Matrix, k: usize) -> Result<f64> {
    let (truth, scores) = scored(truth, scores)?;
    if !(1..=scores.ncols()).contains(&k) {
        return Err(Error::invalid(
            format!("k = {k}"),
            format!("there are {} classes", scores.ncols()),
        ));
    }
    let among = |(row, class): (usize, &usize)| {
        let own = scores[[row, *class]];
        let better = scores
            .row(row)
            .indexed_iter()
            .filter(|(other, score)| **score > own || (**score == own && other > class))
            .count();
        usize::from(better < k)
    };
    Ok(truth.iter().enumerate().map(among).sum::<usize>() as f64 / truth.len() as f64)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn all_classes_hold_the_true_one() {
        let scores = [[0.1, 0.2, 0.7], [0.3, 0.3, 0.4]];
        assert_eq!([1, 2, 3].map(|k| top_k_accuracy([0, 0], scores, k).unwrap()), [0.0, 0.0, 1.0]);
        assert_eq!(top_k_accuracy([2, 1], scores, 2).unwrap(), 1.0);
    }

    #[test]
    fn what_has_no_best_is_refused() {
        let scores = [[0.1, 0.9]];
        assert!(top_k_accuracy([0], scores, 0).is_err() && top_k_accuracy([0], scores, 3).is_err());
        assert!(top_k_accuracy([2], scores, 1).unwrap_err().to_string().contains("class 2"));
        assert!(top_k_accuracy([0, 1], scores, 1).is_err());
        assert!(top_k_accuracy([0], [[f64::NAN, 1.0]], 1).unwrap_err().to_string().contains("NaN"));
    }
}
