//! Covariances shrunk towards a multiple of the identity, for samples that are few for their number of variables.

use ndarray::Array2;

use super::empirical_covariance;
use crate::Result;
use crate::notebook::{Rich, Show, escape};

/// A covariance (1 − s) S + s μ I: the sample covariance S, shrunk by s towards the identity times the mean variance
/// μ. Positive definite whenever s > 0 and not all columns are constant.
///
/// # Example
/// ```
/// use latentlab::{ndarray::array, stats::ledoit_wolf};
///
/// let shrunk = ledoit_wolf(&array![[1.0, 2.0], [3.0, 5.0], [4.0, 4.5]])?;
/// assert!(shrunk.shrinkage() > 0.0 && shrunk.covariance()[[0, 1]] > 0.0);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ShrunkCovariance {
    covariance: Array2<f64>,
    shrinkage: f64,
    method: &'static str,
    observations: usize,
}

impl ShrunkCovariance {
    /// The p × p covariance, symmetric to the last bit.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, stats::oracle_approximating_shrinkage};
    /// let shrunk = oracle_approximating_shrinkage(&array![[1.0, 2.0], [3.0, 5.0]])?;
    /// assert_eq!(shrunk.covariance().dim(), (2, 2));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn covariance(&self) -> &Array2<f64> {
        &self.covariance
    }

    /// How far it was shrunk, from 0 (not at all) to 1 (to the target).
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, stats::ledoit_wolf};
    /// let shrunk = ledoit_wolf(&array![[1.0, 2.0], [3.0, 5.0]])?;
    /// assert!((0.0..=1.0).contains(&shrunk.shrinkage()));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn shrinkage(&self) -> f64 {
        self.shrinkage
    }

    fn of(samples: &Array2<f64>, method: &'static str, shrinkage: Shrinkage) -> Result<Self> {
        let mut covariance = empirical_covariance(samples)?;
        let shrinkage = shrinkage(samples, &covariance).clamp(0.0, 1.0);
        let mean_variance = covariance.diag().mean().unwrap_or(0.0);
        covariance.mapv_inplace(|entry| (1.0 - shrinkage) * entry);
        covariance.diag_mut().mapv_inplace(|entry| entry + shrinkage * mean_variance);
        Ok(Self { covariance, shrinkage, method, observations: samples.nrows() })
    }
}

/// The intensity for samples and their covariance.
type Shrinkage = fn(&Array2<f64>, &Array2<f64>) -> f64;

impl Show for ShrunkCovariance {
    fn rich(&self) -> Rich {
        let text = format!(
            "{} of {} variables from {} observations: shrunk by {:.4} towards a multiple of the identity",
            self.method,
            self.covariance.nrows(),
            self.observations,
            self.shrinkage
        );
        let html = escape(&text);
        Rich::text(text).html(html)
    }
}

/// The covariance of an n × p matrix of samples with the shrinkage that minimises the expected squared error
/// asymptotically, without assuming a distribution (Ledoit and Wolf, A well-conditioned estimator for
/// large-dimensional covariance matrices, 2004; lemma 3.2 to 3.4).
///
/// # Errors
/// As [`empirical_covariance`].
///
/// # Example
/// ```
/// use latentlab::{ndarray::array, stats::ledoit_wolf};
///
/// // Two samples of three variables: the sample covariance has rank 1.
/// let shrunk = ledoit_wolf(&array![[1.0, 2.0, 0.0], [0.0, 1.0, 3.0]])?;
/// assert!(shrunk.shrinkage() <= 1.0);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn ledoit_wolf(samples: &Array2<f64>) -> Result<ShrunkCovariance> {
    ShrunkCovariance::of(samples, "Ledoit-Wolf covariance", ledoit_wolf_shrinkage)
}

/// The covariance of an n × p matrix of samples with the shrinkage for Gaussian samples that is the limit of an
/// oracle's (Chen, Wiesel, Eldar and Hero, Shrinkage algorithms for MMSE covariance estimation, 2010; equation 23,
/// with 1 in place of 1 − 2/p as in scikit-learn).
///
/// # Errors
/// As [`empirical_covariance`].
///
/// # Example
/// ```
/// use latentlab::{ndarray::array, stats::oracle_approximating_shrinkage};
///
/// // Three samples of two variables are so few that only the target is left.
/// let shrunk = oracle_approximating_shrinkage(&array![[1.0, 2.0], [3.0, 5.0], [2.0, 3.0]])?;
/// assert_eq!((shrunk.shrinkage(), shrunk.covariance()[[0, 1]]), (1.0, 0.0));
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn oracle_approximating_shrinkage(samples: &Array2<f64>) -> Result<ShrunkCovariance> {
    ShrunkCovariance::of(samples, "oracle approximating covariance", oracle_shrinkage)
}

fn ledoit_wolf_shrinkage(samples: &Array2<f64>, covariance: &Array2<f64>) -> f64 {
    let (count, order) = (samples.nrows() as f64, samples.ncols() as f64);
    if samples.ncols() == 1 {
        return 0.0;
    }
    let mean_variance = covariance.diag().sum() / order;
    let squared: f64 = covariance.iter().map(|entry| entry * entry).sum();
    // The mean over samples of the squared norm of x xᵀ, with x centred.
    let mean = samples.sum_axis(ndarray::Axis(0)) / count;
    let norms = samples.outer_iter().map(|row| {
        let squares: f64 = row.iter().zip(&mean).map(|(value, mean)| (value - mean).powi(2)).sum();
        squares * squares
    });
    let spread = norms.sum::<f64>() / count;
    let distance = (squared - order * mean_variance * mean_variance) / order;
    let error = ((spread - squared) / count / order).min(distance);
    if error <= 0.0 || distance <= 0.0 { 0.0 } else { error / distance }
}

fn oracle_shrinkage(samples: &Array2<f64>, covariance: &Array2<f64>) -> f64 {
    let (count, order) = (samples.nrows() as f64, samples.ncols() as f64);
    if samples.ncols() == 1 {
        return 0.0;
    }
    let mean_square = covariance.iter().map(|entry| entry * entry).sum::<f64>() / (order * order);
    let squared_mean = (covariance.diag().sum() / order).powi(2);
    let numerator = mean_square + squared_mean;
    let denominator = (count + 1.0) * (mean_square - squared_mean / order);
    if denominator <= 0.0 { 1.0 } else { (numerator / denominator).min(1.0) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_variable_is_not_shrunk() {
        let samples = ndarray::array![[1.0], [2.0], [4.0]];
        for shrunk in [ledoit_wolf(&samples), oracle_approximating_shrinkage(&samples)] {
            let shrunk = shrunk.unwrap();
            assert_eq!(shrunk.shrinkage(), 0.0);
            assert_eq!(shrunk.covariance(), empirical_covariance(&samples).unwrap());
        }
    }

    #[test]
    fn constant_columns_leave_a_matrix_of_numbers() {
        let samples = Array2::ones((4, 3));
        for shrunk in [ledoit_wolf(&samples), oracle_approximating_shrinkage(&samples)] {
            assert!(shrunk.unwrap().covariance().iter().all(|entry| *entry == 0.0));
        }
    }

    proptest! {
        #[test]
        fn the_trace_stays_and_the_order_of_samples_does_not_matter(
            values in prop::collection::vec(-5.0_f64..5.0, 40),
        ) {
            let samples = Array2::from_shape_vec((8, 5), values).unwrap();
            let mut reversed = samples.clone();
            reversed.invert_axis(ndarray::Axis(0));
            for estimate in [ledoit_wolf, oracle_approximating_shrinkage] {
                let shrunk = estimate(&samples).unwrap();
                let plain = empirical_covariance(&samples).unwrap();
                let trace = shrunk.covariance().diag().sum();
                prop_assert!((trace - plain.diag().sum()).abs() < 1e-9);
                prop_assert!((0.0..=1.0).contains(&shrunk.shrinkage()));
                let other = estimate(&reversed).unwrap();
                prop_assert!((other.shrinkage() - shrunk.shrinkage()).abs() < 1e-9);
            }
        }
    }
}
