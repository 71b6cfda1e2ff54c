//! What a precision matrix must be, and the partial correlations it holds.

use ndarray::Array2;

use crate::{Error, Result};

/// −Θ_ij / √(Θ_ii Θ_jj), ones on the diagonal.
pub(crate) fn partial_correlations(precision: &Array2<f64>) -> Array2<f64> {
    Array2::from_shape_fn(precision.dim(), |(row, column)| {
        if row == column {
            return 1.0;
        }
        let scale = (precision[[row, row]] * precision[[column, column]]).sqrt();
        // 0 − x, so that zeros do not turn into −0.
        0.0 - precision[[row, column]] / scale
    })
}

/// Square, symmetric, finite, with a positive diagonal.
pub(crate) fn check_precision(precision: &Array2<f64>) -> Result<()> {
    let (rows, columns) = precision.dim();
    let invalid = |problem: String| {
        Err(Error::invalid(format!("precision matrix, {rows} × {columns}"), problem))
    };
    if rows != columns || rows == 0 {
        return invalid("a precision matrix is square, with a row for every variable".into());
    }
    for ((row, column), &value) in precision.indexed_iter() {
        if !value.is_finite() {
            return invalid(format!(
                "the entry in row {row}, column {column} (counted from 0) is {value}"
            ));
        }
        if row == column && value <= 0.0 {
            return invalid(format!(
                "the diagonal entry of row {row} (counted from 0) is {value}; it must be positive"
            ));
        }
        let scale = (precision[[row, row]] * precision[[column, column]]).abs().sqrt();
        if (value - precision[[column, row]]).abs() > 1e-8 * scale {
            return invalid(format!(
                "not symmetric: entry ({row}, {column}) is {value} and entry ({column}, {row}) is {}",
                precision[[column, row]]
            ));
        }
    }
    Ok(())
}
