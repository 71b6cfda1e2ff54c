//! The rotation that brings one set of points nearest to another.

use ndarray::Array2;

use super::alike;
use crate::plot::Matrix;
use crate::stats::decomposition::SingularValues;
use crate::{Error, Result};

/// The orthogonal matrix R, d × d, for which `from` · R lies nearest to `to` in squares (Schönemann, Psychometrika 31, 1966). Both
/// are n × d; R turns and may reflect, and does not stretch: [`standardize`](crate::stats::standardize()) columns of different units.
///
/// # Errors
/// [`Error::Invalid`] for different shapes and values that are not finite.
///
/// # Example
/// ```
/// use latentlab::ndarray::array;
/// use latentlab::stats::procrustes_rotation;
///
/// let points = array![[1.0, 0.0], [0.0, 2.0]];
/// let turned = array![[0.0, 1.0], [-2.0, 0.0]];
/// let rotation = procrustes_rotation(&points, &turned)?;
/// assert!((points.dot(&rotation) - turned).iter().all(|gap| gap.abs() < 1e-12));
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn procrustes_rotation(from: impl Matrix, to: impl Matrix) -> Result<Array2<f64>> {
    let (from, to) = alike(from, to, ["the points to turn", "the points to meet"])?;
    let shapes = format!("points with {} and {} coordinates", from.ncols(), to.ncols());
    if from.ncols() != to.ncols() {
        return Err(Error::invalid(shapes, "both need the same number"));
    }
    if from.iter().chain(&to).any(|value| !value.is_finite()) {
        return Err(Error::invalid(shapes, "they must be finite"));
    }
    let parts = SingularValues::new(&from.t().dot(&to))?;
    Ok(parts.left.dot(&parts.right))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_rotation_is_found_again_and_none_is_nearer(
            values in prop::collection::vec(-1.0..1.0f64, 30),
            noise in prop::collection::vec(-0.1..0.1f64, 30),
            entries in prop::collection::vec(-1.0..1.0f64, 9),
        ) {
            let points = Array2::from_shape_vec((10, 3), values).unwrap();
            let skew = Array2::from_shape_vec((3, 3), entries).unwrap();
            let rotation = procrustes_rotation(Array2::<f64>::eye(3), &skew).unwrap();
            prop_assert!((rotation.dot(&rotation.t()) - Array2::<f64>::eye(3)).iter().all(|gap| gap.abs() < 1e-10));
            let turned = points.dot(&rotation);
            let found = procrustes_rotation(&points, &turned).unwrap();
            prop_assert!((points.dot(&found) - &turned).iter().all(|gap| gap.abs() < 1e-9));
            // With noise, the rotation behind the points is no nearer than the one that is found.
            let noisy = &turned + &Array2::from_shape_vec((10, 3), noise).unwrap();
            let nearest = procrustes_rotation(&points, &noisy).unwrap();
            let distance = |turn: &Array2<f64>| (points.dot(turn) - &noisy).mapv(|gap| gap * gap).sum();
            prop_assert!(distance(&nearest) <= distance(&rotation) + 1e-12);
        }
    }

    #[test]
    fn points_that_do_not_fit_are_refused() {
        let (two, three) = (Array2::<f64>::ones((4, 2)), Array2::<f64>::ones((4, 3)));
        assert!(procrustes_rotation(&two, &three).unwrap_err().to_string().contains("2 and 3"));
        assert!(procrustes_rotation(&two, &two / 0.0).is_err());
        assert!(procrustes_rotation(&two, Array2::<f64>::ones((5, 2))).is_err());
    }
}
