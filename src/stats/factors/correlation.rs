//! Correlations between two sets of variables.

use ndarray::Array2;

use super::alike;
use crate::Result;
use crate::plot::Matrix;
use crate::stats::standardize;

/// The correlation of each column of one matrix, n × a, with each of another, n × b: a × b.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) for different numbers of rows, a column whose values are all the same, and values that are not finite.
///
/// # Example
/// ```
/// use latentlab::stats::cross_correlation;
///
/// let table = cross_correlation([[1.0, 0.0], [2.0, 5.0], [3.0, 1.0]], [[6.0], [4.0], [2.0]])?;
/// assert_eq!(table.dim(), (2, 1));
/// assert!((table[[0, 0]] + 1.0).abs() < 1e-12);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn cross_correlation(one: impl Matrix, other: impl Matrix) -> Result<Array2<f64>> {
    let (one, other) = alike(one, other, ["the first variables", "the second variables"])?;
    let count = one.nrows() as f64;
    let products = standardize(&one)?.t().dot(&standardize(&other)?) / count;
    // Rounding must not leave a correlation whose arc cosine is not a number.
    Ok(products.mapv(|value| value.clamp(-1.0, 1.0)))
}
