//! Matrices taken apart by libtorch's LAPACK, in `f64` on the CPU.

use ndarray::{Array1, Array2, Axis};
use tch::{Kind, Tensor};

use crate::Result;

/// A = left · diag(values) · right, the largest value first: left n × k with orthonormal columns, right k × p with orthonormal
/// rows, for k the smaller side.
#[derive(Clone, Debug)]
pub(super) struct SingularValues {
    pub(super) left: Array2<f64>,
    pub(super) values: Vec<f64>,
    pub(super) right: Array2<f64>,
}

impl SingularValues {
    pub(super) fn new(matrix: &Array2<f64>) -> Result<Self> {
        Self::of(&tensor(matrix)?)
    }

    /// The same of a tensor of kind `Double` on the CPU.
    pub(super) fn of(matrix: &Tensor) -> Result<Self> {
        let _guard = tch::no_grad_guard();
        // `linalg_svd` wants a driver of tch, which libtorch refuses on the CPU.
        let (left, values, right) = matrix.f_svd(true, true)?;
        Ok(Self { left: array(&left)?, values: values.try_into()?, right: array(&right.tr())? })
    }

    /// How many values are more than rounding.
    pub(super) fn rank(&self) -> usize {
        let largest = self.values.first().copied().unwrap_or_default();
        let sides = self.left.nrows().max(self.right.ncols()) as f64;
        let least = largest * f64::EPSILON * sides;
        self.values.iter().filter(|&&value| value > least).count()
    }
}

/// Columns with their means taken away, and these.
pub(super) fn centered(samples: &Array2<f64>) -> (Array2<f64>, Array1<f64>) {
    // Dividing first keeps the sums of large numbers finite.
    let count = samples.nrows() as f64;
    let rough = samples.mapv(|value| value / count).sum_axis(Axis(0));
    // The second pass takes away what rounding left in the first.
    let mean = &rough + &(samples - &rough).mapv(|value| value / count).sum_axis(Axis(0));
    (samples - &mean, mean)
}

pub(super) fn tensor(matrix: &Array2<f64>) -> Result<Tensor> {
    let (rows, columns) = matrix.dim();
    let values: Vec<f64> = matrix.iter().copied().collect();
    Ok(Tensor::f_from_slice(&values)?.f_view([rows as i64, columns as i64])?)
}

pub(super) fn array(tensor: &Tensor) -> Result<Array2<f64>> {
    let size = tensor.size();
    let values = Vec::<f64>::try_from(tensor.f_to_kind(Kind::Double)?.f_reshape([-1])?)?;
    Array2::from_shape_vec((size[0] as usize, size[1] as usize), values).map_err(|error| {
        crate::Error::invalid(format!("a tensor of shape {size:?}"), error.to_string())
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_parts_give_the_matrix_back() {
        for matrix in [array![[1.0, 2.0], [3.0, 4.0], [5.0, 7.0]], array![[1.0, 0.0, -2.0]]] {
            let parts = SingularValues::new(&matrix).unwrap();
            let back = (&parts.left * &Array1::from(parts.values.clone())).dot(&parts.right);
            assert!((back - &matrix).iter().all(|gap| gap.abs() < 1e-12));
        }
        assert_eq!(SingularValues::new(&array![[1.0, 2.0], [2.0, 4.0]]).unwrap().rank(), 1);
    }
}
