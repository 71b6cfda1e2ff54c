//! What two sets of variables have in common, whatever coordinates each is given in.

use ndarray::Array2;

use super::alike;
use crate::plot::Matrix;
use crate::stats::decomposition::{SingularValues, centered};
use crate::stats::samples::check;
use crate::{Error, Result};

/// The canonical correlations (Hotelling, Biometrika 28, 1936) of two sets of variables, n × a and n × b, from the largest on:
/// the largest correlation of any linear combination of the one with any of the other, then that of combinations uncorrelated with the
/// first, and so on. As many as the smaller rank of the two.
///
/// Invertible linear maps of either set change nothing. That makes them the measure for factors, which data identify only up to
/// such a map: all ones say that the true factors can be had from the found ones.
///
/// # Errors
/// [`Error::Invalid`] for different numbers of rows, fewer than two rows, values that are not finite, and a set whose rows are all
/// equal.
///
/// # Example
/// ```
/// use latentlab::stats::canonical_correlations;
///
/// let factors = [[1.0, 0.0], [2.0, 5.0], [3.0, 1.0], [0.0, 2.0]];
/// let mixed = factors.map(|[one, other]| [one + other, 3.0 * other - one]);
/// assert!(canonical_correlations(factors, mixed)?.iter().all(|value| (value - 1.0).abs() < 1e-12));
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn canonical_correlations(one: impl Matrix, other: impl Matrix) -> Result<Vec<f64>> {
    let (one, other) = alike(one, other, ["the first variables", "the second variables"])?;
    let mut bases = Vec::with_capacity(2);
    for samples in [one, other] {
        check(&samples, "canonical correlations need")?;
        bases.push(basis(&centered(&samples).0)?);
    }
    Ok(angles(&bases[0], &bases[1])?.into_iter().map(f64::cos).collect())
}

/// The principal angles (Jordan, 1875; Björck and Golub, Mathematics of Computation 27, 1973), in radians from 0 to π/2, between the
/// spaces that the columns of two matrices span, n × a and n × b, from the smallest on. As many as the smaller dimension.
///
/// # Errors
/// [`Error::Invalid`] for different numbers of rows, values that are not finite, and a matrix of zeros.
///
/// # Example
/// ```
/// use latentlab::stats::principal_angles;
///
/// // A plane and a line that stands at 45° to it.
/// let angles = principal_angles([[1.0, 0.0], [0.0, 1.0], [0.0, 0.0]], [[1.0], [0.0], [1.0]])?;
/// assert!((angles[0].to_degrees() - 45.0).abs() < 1e-9);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn principal_angles(one: impl Matrix, other: impl Matrix) -> Result<Vec<f64>> {
    let (one, other) = alike(one, other, ["the first matrix", "the second matrix"])?;
    angles(&basis(&one)?, &basis(&other)?)
}

/// Orthonormal columns that span the same space.
fn basis(matrix: &Array2<f64>) -> Result<Array2<f64>> {
    let (rows, columns) = matrix.dim();
    let what = || format!("a matrix of shape {rows} × {columns}");
    if let Some(value) = matrix.iter().find(|value| !value.is_finite()) {
        return Err(Error::invalid(what(), format!("it holds {value}; expected numbers")));
    }
    let parts = SingularValues::new(matrix)?;
    match parts.rank() {
        0 => Err(Error::invalid(what(), "its columns span nothing: they are zero or constant")),
        rank => Ok(parts.left.slice_move(ndarray::s![.., ..rank])),
    }
}

/// Small angles come from their sines and large ones from their cosines, since the other loses its digits there.
fn angles(one: &Array2<f64>, other: &Array2<f64>) -> Result<Vec<f64>> {
    let (wide, narrow) = if one.ncols() >= other.ncols() { (one, other) } else { (other, one) };
    let shadow = wide.t().dot(narrow);
    let cosines = SingularValues::new(&shadow)?.values;
    let mut sines = SingularValues::new(&(narrow - &wide.dot(&shadow)))?.values;
    sines.reverse();
    let angle = |(cosine, sine): (&f64, &f64)| {
        if *cosine > 0.7 { sine.clamp(0.0, 1.0).asin() } else { cosine.clamp(0.0, 1.0).acos() }
    };
    Ok(cosines.iter().zip(&sines).map(angle).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    use super::*;

    fn matrix(rows: usize, columns: usize, values: &[f64], phase: usize) -> Array2<f64> {
        Array2::from_shape_fn((rows, columns), |(row, column)| {
            values[(row * 29 + column * 11 + row * row * column + phase) % values.len()]
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(80))]

        #[test]
        fn maps_of_either_side_change_nothing(
            values in prop::collection::vec(-1.0..1.0f64, 101),
            mixing in prop::collection::vec(-1.0..1.0f64, 9),
        ) {
            let (one, other) = (matrix(30, 3, &values, 0), matrix(30, 4, &values, 50));
            let map = Array2::from_shape_vec((3, 3), mixing).unwrap() + 3.0 * Array2::<f64>::eye(3);
            let before = canonical_correlations(&one, &other).unwrap();
            prop_assert_eq!(before.len(), 3);
            prop_assert!(before.is_sorted_by(|one, other| one >= other));
            let moved = one.dot(&map) * 10.0 + 5.0;
            for (after, swapped) in [
                (canonical_correlations(&moved, &other).unwrap(), false),
                (canonical_correlations(&other, &moved).unwrap(), true),
            ] {
                for (one, other) in before.iter().zip(&after) {
                    prop_assert!((one - other).abs() < 1e-8, "{before:?} {after:?} {swapped}");
                }
            }
            // No single pair of variables is correlated more strongly than the best combinations.
            let table = crate::stats::cross_correlation(&one, &other).unwrap();
            prop_assert!(table.iter().all(|value| value.abs() <= before[0] + 1e-9));
        }

        #[test]
        fn a_rotation_by_an_angle_has_that_angle(angle in 0.0..1.57f64) {
            let line = array![[angle.cos()], [angle.sin()], [0.0]];
            let found = principal_angles([[1.0], [0.0], [0.0]], &line).unwrap();
            prop_assert!((found[0] - angle).abs() < 1e-12);
        }
    }

    #[test]
    fn tiny_angles_keep_their_digits() {
        let found = principal_angles([[1.0], [0.0]], [[1.0], [1e-10]]).unwrap();
        assert!((found[0] / 1e-10 - 1.0).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn dependent_columns_count_once() {
        let one = array![[1.0, 2.0], [2.0, 4.0], [4.0, 8.0]];
        assert_eq!(canonical_correlations(&one, &one).unwrap().len(), 1);
    }

    #[test]
    fn what_spans_nothing_is_refused() {
        let one = Array2::<f64>::ones((3, 2));
        assert!(
            canonical_correlations(&one, &one).unwrap_err().to_string().contains("span nothing")
        );
        assert!(principal_angles(&one, Array2::<f64>::zeros((3, 1))).is_err());
        assert!(
            principal_angles(&one, Array2::<f64>::ones((4, 1)))
                .unwrap_err()
                .to_string()
                .contains("3 × 2")
        );
        assert!(principal_angles([[1.0]], [[f64::NAN]]).unwrap_err().to_string().contains("NaN"));
    }
}
