//! Samples of a Gaussian with a given precision matrix.

use ndarray::Array2;

use super::precision_matrix::PrecisionMatrix;
use super::scalar::Scalar;
use crate::gaussian::linalg::Cholesky;
use crate::random::Random;
use crate::{Error, Result};

impl<T: Scalar> PrecisionMatrix<T> {
    /// Independent samples of N(0, Σ), one a row: n × p, the columns in the order of the names. Equal seeds give equal
    /// samples to the last bit.
    ///
    /// With Ω = L Lᵀ and z ~ N(0, I), x = L⁻ᵀz has the covariance L⁻ᵀL⁻¹ = Ω⁻¹, so Σ need not be computed.
    ///
    /// # Errors
    /// [`Error::Invalid`] for n = 0, and where rounding to `f64` leaves no positive definite matrix.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let precision = PrecisionMatrix::parse(&["A", "B"], "2 1; 1 2")?;
    /// let samples = precision.samples(1000, 42)?;
    /// assert_eq!(samples.dim(), (1000, 2));
    /// assert_eq!(samples, precision.samples(1000, 42)?);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn samples(&self, count: usize, seed: u64) -> Result<Array2<f64>> {
        if count == 0 {
            return Err(Error::invalid("0 samples", "at least one must be drawn"));
        }
        let order = self.names().len();
        let factor = Cholesky::new(&self.values.map(|value| value.to_f64()))?;
        let lower = factor.factor();
        let mut random = Random::new(seed);
        let mut samples = Array2::zeros((count, order));
        for mut sample in samples.outer_iter_mut() {
            // Normal numbers first, all of them, so that a sample does not depend on how the equations are solved.
            sample.iter_mut().for_each(|value| *value = random.normal());
            for row in (0..order).rev() {
                for later in row + 1..order {
                    sample[row] -= lower[[later, row]] * sample[later];
                }
                sample[row] /= lower[[row, row]];
            }
        }
        Ok(samples)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::stats::empirical_covariance;

    #[test]
    fn samples_have_the_covariance_they_should() {
        let precision =
            PrecisionMatrix::parse(&["A", "B", "C"], "2 1 0; 1 2 -1/2; 0 -1/2 1").unwrap();
        let (truth, count) = (precision.covariance().to_f64(), 200_000);
        let sampled = empirical_covariance(&precision.samples(count, 1).unwrap()).unwrap();
        for ((row, column), value) in sampled.indexed_iter() {
            let variance =
                truth[[row, row]] * truth[[column, column]] + truth[[row, column]].powi(2);
            let error = (variance / count as f64).sqrt();
            assert!(
                (value - truth[[row, column]]).abs() < 5.0 * error,
                "({row}, {column}): {value}"
            );
        }
    }

    #[test]
    fn the_first_sample_never_changes() {
        let samples =
            PrecisionMatrix::parse(&["A", "B"], "2 1; 1 2").unwrap().samples(3, 42).unwrap();
        let bits: Vec<u64> = samples.row(0).iter().map(|value| value.to_bits()).collect();
        assert_eq!(bits, FIRST);
        assert_ne!(samples.row(0), samples.row(1));
    }

    const FIRST: [u64; 2] = [4_606_025_591_672_409_512, 13_830_761_599_955_649_490];
}
