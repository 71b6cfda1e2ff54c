//! What every measure of samples needs of them.

use ndarray::Array2;

use crate::{Error, Result};

/// An error about samples of this shape.
pub(super) fn invalid(samples: &Array2<f64>, problem: impl Into<String>) -> Error {
    let (rows, columns) = samples.dim();
    Error::invalid(format!("samples of shape {rows} × {columns}"), problem)
}

/// Refuses samples without spread or with values that are no numbers; `measure` begins with what needs them.
pub(super) fn check(samples: &Array2<f64>, measure: &str) -> Result<()> {
    if samples.nrows() < 2 || samples.ncols() == 0 {
        return Err(invalid(samples, format!("{measure} at least two rows and one column")));
    }
    match samples.indexed_iter().find(|(_, value)| !value.is_finite()) {
        Some(((row, column), value)) => {
            let problem = format!("row {row}, column {column} holds {value}; expected numbers");
            Err(invalid(samples, problem))
        }
        None => Ok(()),
    }
}
