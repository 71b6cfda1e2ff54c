//! The covariance of samples.

use ndarray::{Array2, Axis};

use super::samples::{check, invalid};
use crate::Result;

/// The p × p covariance of an n × p matrix of samples, one a row: the mean removed, divided by n
/// (the maximum-likelihood estimate for a Gaussian). Symmetric to the last bit.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) for fewer than two rows, no column, a value that is not finite, or values so large
/// that their squares overflow.
///
/// # Example
/// ```
/// use latentlab::{ndarray::array, stats::empirical_covariance};
///
/// let covariance = empirical_covariance(&array![[1.0, 2.0], [3.0, 6.0]])?;
/// assert_eq!(covariance, array![[1.0, 2.0], [2.0, 4.0]]);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn empirical_covariance(samples: &Array2<f64>) -> Result<Array2<f64>> {
    check(samples, "a covariance needs")?;
    let (rows, columns) = samples.dim();
    // Dividing first keeps the sums of large numbers finite.
    let count = rows as f64;
    let mean = samples.mapv(|value| value / count).sum_axis(Axis(0));
    let centred = samples - &mean;
    let mut covariance = centred.t().dot(&centred) / count;
    for row in 0..columns {
        for column in 0..row {
            covariance[[row, column]] = covariance[[column, row]];
        }
    }
    if covariance.iter().any(|value| !value.is_finite()) {
        let problem = "the squares overflow; standardize the columns first";
        return Err(invalid(samples, problem));
    }
    Ok(covariance)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_has_no_covariance_is_refused() {
        let message =
            |samples: Array2<f64>| empirical_covariance(&samples).unwrap_err().to_string();
        assert!(message(array![[1.0, 2.0]]).contains("two rows"));
        assert!(message(Array2::zeros((3, 0))).contains("one column"));
        assert!(message(array![[1.0], [f64::NAN]]).contains("row 1, column 0 holds NaN"));
        assert!(message(array![[1e200], [-1e200]]).contains("overflow"));
    }

    proptest! {
        #[test]
        fn the_matrix_product_equals_the_definition(
            values in prop::collection::vec(-5.0_f64..5.0, 42),
            shift in -1e3_f64..1e3,
        ) {
            let samples = Array2::from_shape_vec((7, 6), values).unwrap() + shift;
            let covariance = empirical_covariance(&samples).unwrap();
            let mean = samples.mean_axis(Axis(0)).unwrap();
            for row in 0..6 {
                for column in 0..6 {
                    let product = |sample: usize| {
                        (samples[[sample, row]] - mean[row]) * (samples[[sample, column]] - mean[column])
                    };
                    let plain = (0..7).map(product).sum::<f64>() / 7.0;
                    prop_assert!((covariance[[row, column]] - plain).abs() < 1e-9);
                    prop_assert_eq!(covariance[[row, column]], covariance[[column, row]]);
                }
            }
        }
    }
}
