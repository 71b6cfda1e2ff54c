//! What makes samples and matrices fit for a covariance model.

use ndarray::Array2;

use super::components::block;
use crate::gaussian::linalg::{Cholesky, transpose};
use crate::stats::empirical_covariance;
use crate::{Error, Result};

/// Asymmetry and negative eigenvalues up to this share of the variances count as rounding.
const ROUNDING: f64 = 1e-8;
/// A column whose standard deviation is below this share of its largest magnitude is constant.
const CONSTANT: f64 = 1e-13;

/// The covariance of samples, n × p, with divisor n; constant columns, which no model can relate to others, are
/// refused by their index.
pub(crate) fn sample_covariance(samples: &Array2<f64>) -> Result<Array2<f64>> {
    let covariance = empirical_covariance(samples)?;
    let (rows, columns) = samples.dim();
    let constant: Vec<usize> = (0..columns)
        .filter(|&column| {
            let deviation = covariance[[column, column]].sqrt();
            let magnitude =
                samples.column(column).fold(0.0f64, |most, value| most.max(value.abs()));
            deviation <= CONSTANT * magnitude
        })
        .collect();
    if !constant.is_empty() {
        return Err(Error::invalid(
            format!("samples of shape {rows} × {columns}"),
            format!(
                "{} constant: no variance, so no relation to the others; drop {}",
                named_columns(&constant, "is", "are"),
                if constant.len() == 1 { "it" } else { "them" }
            ),
        ));
    }
    Ok(covariance)
}

/// Checks a covariance that a caller brings, and returns it exactly symmetric.
pub(crate) fn checked_covariance(covariance: &Array2<f64>) -> Result<Array2<f64>> {
    let symmetric = symmetric_covariance(covariance)?;
    check_semidefinite(&symmetric, &(0..symmetric.nrows()).collect::<Vec<_>>())?;
    Ok(symmetric)
}

/// Checks all that can be seen from single entries and pairs: shape, finite values, variances, symmetry, correlations
/// up to one. Returns the matrix exactly symmetric.
pub(crate) fn symmetric_covariance(covariance: &Array2<f64>) -> Result<Array2<f64>> {
    let (rows, columns) = covariance.dim();
    let invalid =
        |problem: String| Err(Error::invalid(format!("covariance, {rows} × {columns}"), problem));
    if rows != columns || rows == 0 {
        return invalid(
            "a covariance is a square matrix with a row for every variable; samples go to `fit`, not `fit_covariance`".into(),
        );
    }
    if let Some(((row, column), value)) =
        covariance.indexed_iter().find(|(_, value)| !value.is_finite())
    {
        return invalid(format!(
            "the entry in row {row}, column {column} (counted from 0) is {value}"
        ));
    }
    let variances = covariance.diag().to_vec();
    let flat: Vec<usize> = (0..rows).filter(|&row| variances[row] <= 0.0).collect();
    if !flat.is_empty() {
        return invalid(format!(
            "{} without positive variance on the diagonal; drop constant variables",
            named_columns(&flat, "is", "are")
        ));
    }
    // Rows beside rows: going down the columns of a large matrix would take longer than solving many a problem.
    let mut symmetric = transpose(covariance);
    let deviations: Vec<f64> = variances.iter().map(|variance| variance.sqrt()).collect();
    for row in 0..rows {
        let pairs = covariance.row(row).into_iter().zip(symmetric.row(row)).zip(&deviations);
        for (column, ((&below, &above), deviation)) in pairs.take(row).enumerate() {
            let scale = deviations[row] * deviation;
            if (below - above).abs() > ROUNDING * scale {
                return invalid(format!(
                    "not symmetric: entry ({row}, {column}) is {below} and entry ({column}, {row}) is {above}"
                ));
            }
            if below.abs() > (1.0 + ROUNDING) * scale {
                return Err(not_semidefinite(rows, row));
            }
        }
    }
    symmetric.zip_mut_with(covariance, |value, mirrored| *value = 0.5 * (*value + mirrored));
    Ok(symmetric)
}

/// Whether the block of the given variables is positive semidefinite.
pub(crate) fn check_semidefinite(covariance: &Array2<f64>, members: &[usize]) -> Result<()> {
    // One or two variables were settled by their variances and correlation.
    if members.len() < 3 {
        return Ok(());
    }
    let whole = members.len() == covariance.nrows();
    let mut raised = if whole { covariance.clone() } else { block(covariance, members) };
    raised.diag_mut().mapv_inplace(|variance| (1.0 + ROUNDING) * variance);
    match Cholesky::in_place(raised) {
        Ok(_) => Ok(()),
        Err(row) => Err(not_semidefinite(covariance.nrows(), members[row])),
    }
}

fn not_semidefinite(order: usize, row: usize) -> Error {
    Error::invalid(
        format!("covariance, {order} × {order}"),
        format!(
            "not positive semidefinite (seen at row {row}, counted from 0), so no data have this covariance; \
             covariances from pairs of columns with different missing rows do this: use complete rows"
        ),
    )
}

/// S_ij / √(S_ii S_jj).
pub(crate) fn correlation(covariance: &Array2<f64>) -> Array2<f64> {
    let scale = covariance.diag().mapv(f64::sqrt);
    Array2::from_shape_fn(covariance.dim(), |(row, column)| {
        covariance[[row, column]] / (scale[row] * scale[column])
    })
}

/// "column 3 is", "columns 1, 2 are", counted from 0.
fn named_columns(columns: &[usize], one: &str, many: &str) -> String {
    let list: Vec<String> = columns.iter().map(usize::to_string).collect();
    match columns.len() {
        1 => format!("column {} (counted from 0) {one}", list[0]),
        _ => format!("columns {} (counted from 0) {many}", list.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ndarray::array;

    use super::*;

    fn message<T: std::fmt::Debug>(result: Result<T>) -> String {
        result.unwrap_err().to_string()
    }

    #[test]
    fn constant_columns_are_named() {
        let constant = array![[0.1, 1.0, 0.3], [0.1, 2.0, 0.3], [0.1, 4.0, 0.3]];
        let text = message(sample_covariance(&constant));
        assert!(text.contains("columns 0, 2") && text.contains("drop them"), "{text}");
    }

    #[test]
    fn a_small_spread_around_a_large_mean_is_not_constant() {
        let samples = array![[1e6 + 0.01], [1e6], [1e6 - 0.01]];
        let covariance = sample_covariance(&samples).unwrap();
        assert!((covariance[[0, 0]] - 2e-4 / 3.0).abs() < 1e-9);
    }

    #[test]
    fn bad_covariances_are_named() {
        assert!(message(checked_covariance(&Array2::zeros((2, 3)))).contains("square"));
        assert!(
            message(checked_covariance(&array![[1.0, 0.1], [0.2, 1.0]])).contains("not symmetric")
        );
        assert!(
            message(checked_covariance(&array![[1.0, 2.0], [2.0, 1.0]]))
                .contains("not positive semidefinite")
        );
        assert!(message(checked_covariance(&array![[1.0, 0.0], [0.0, 0.0]])).contains("column 1"));
        assert!(message(checked_covariance(&array![[f64::NAN]])).contains("NaN"));
        assert!(checked_covariance(&Array2::from_elem((4, 4), 2.5e-4)).is_ok(), "rank one");
    }
}
