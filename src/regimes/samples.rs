//! What every method asks of its samples.

use ndarray::Array2;

use crate::plot::Matrix;
use crate::{Error, Result};

/// Samples as a matrix of numbers, n × p, neither of them zero.
pub(super) fn finite_samples(samples: impl Matrix) -> Result<Array2<f64>> {
    let samples = samples.matrix().map_err(|problem| Error::invalid("samples", problem))?;
    let (rows, columns) = samples.dim();
    let what = || format!("samples of shape {rows} × {columns}");
    if rows == 0 || columns == 0 {
        return Err(Error::invalid(what(), "at least one row and one column are needed"));
    }
    match samples.indexed_iter().find(|(_, value)| !value.is_finite()) {
        Some(((row, column), value)) => {
            let problem = format!("row {row}, column {column} holds {value}; expected numbers");
            Err(Error::invalid(what(), problem))
        }
        None => Ok(samples),
    }
}
