//! What a heat map takes for a matrix.

use ndarray::{Array2, ArrayBase, Data, Ix2};
use tch::Tensor;

use super::numbers::{Number, Numbers};

/// Numbers in rows and columns: `ndarray` matrices and views, tensors of two dimensions (any dtype and device), and vectors
/// or arrays of equally long rows.
///
/// # Example
/// ```
/// use latentlab::plot::Matrix;
/// use latentlab::tch::Tensor;
///
/// assert_eq!([[1, 2, 3], [4, 5, 6]].matrix()?.dim(), (2, 3));
/// assert_eq!(Tensor::from_slice(&[1.0_f32, 2.0]).view([2, 1]).matrix()?[[1, 0]], 2.0);
/// assert!(vec![vec![1.0, 2.0], vec![3.0]].matrix().is_err());
/// # Ok::<(), String>(())
/// ```
pub trait Matrix {
    /// The matrix, or what is wrong with the shape.
    fn matrix(self) -> Result<Array2<f64>, String>;
}

impl<T: Number, S: Data<Elem = T>> Matrix for &ArrayBase<S, Ix2> {
    fn matrix(self) -> Result<Array2<f64>, String> {
        Ok(self.map(|number| number.to_float()))
    }
}

impl<T: Number, S: Data<Elem = T>> Matrix for ArrayBase<S, Ix2> {
    fn matrix(self) -> Result<Array2<f64>, String> {
        (&self).matrix()
    }
}

impl Matrix for &Tensor {
    fn matrix(self) -> Result<Array2<f64>, String> {
        match self.size()[..] {
            [rows, columns] => {
                Array2::from_shape_vec((rows as usize, columns as usize), self.numbers())
                    .map_err(|error| error.to_string())
            }
            _ => Err(format!("a tensor of shape {:?}; two dimensions are needed", self.size())),
        }
    }
}

impl Matrix for Tensor {
    fn matrix(self) -> Result<Array2<f64>, String> {
        (&self).matrix()
    }
}

macro_rules! rows {
    ($([$($generics:tt)*] $type:ty),+ $(,)?) => {
        $(impl<T: Number, $($generics)*> Matrix for $type {
            fn matrix(self) -> Result<Array2<f64>, String> {
                let rows: Vec<Vec<f64>> = self.iter().map(|row| row.numbers()).collect();
                let columns = rows.first().map_or(0, Vec::len);
                if let Some(index) = rows.iter().position(|row| row.len() != columns) {
                    let found = rows[index].len();
                    return Err(format!("row 0 has {columns} numbers and row {index} has {found}"));
                }
                Array2::from_shape_vec((rows.len(), columns), rows.concat())
                    .map_err(|error| error.to_string())
            }
        })+
    };
}

rows!(
    [] Vec<Vec<T>>,
    [] &Vec<Vec<T>>,
    [] &[Vec<T>],
    [const N: usize, const M: usize] [[T; N]; M],
    [const N: usize, const M: usize] &[[T; N]; M],
);

#[cfg(test)]
mod tests {
    use ndarray::array;
    use tch::{Device, Kind};

    use super::*;

    #[test]
    fn all_forms_keep_rows_and_columns() -> Result<(), String> {
        let wanted = array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]];
        assert_eq!(vec![vec![1_u8, 2, 3], vec![4, 5, 6]].matrix()?, wanted);
        let columns = array![[1.0_f32, 4.0], [2.0, 5.0], [3.0, 6.0]];
        assert_eq!(columns.t().matrix()?, wanted);
        let tensor = Tensor::arange_start(1, 7, (Kind::Int64, Device::Cpu)).view([2, 3]);
        assert_eq!((&tensor).matrix()?, wanted);
        assert_eq!(tensor.tr().matrix()?, wanted.t());
        Ok(())
    }

    #[test]
    fn other_shapes_are_refused() {
        assert!(Tensor::from(1.0).matrix().is_err());
        let message = vec![vec![1.0], vec![]].matrix().err().unwrap_or_default();
        assert!(message.contains("row 1 has 0"), "{message}");
    }
}
