//! What a link costs: one penalty for all pairs of variables, or one for each pair.

use ndarray::Array2;

use super::components::block;
use crate::{Error, Result};

/// Weights (i, j) and (j, i) may differ by this share, as rounding does.
const ROUNDING: f64 = 1e-12;

/// λ_ij of every pair i ≠ j: at least zero, and infinite where a link is forbidden. The diagonal is never read.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Penalty {
    /// One λ for all pairs.
    Same(f64),
    /// λ_ij, p × p and symmetric.
    Each(Array2<f64>),
}

impl Penalty {
    /// λ_ij = α w_ij. An infinite weight forbids the link whatever α is, zero included.
    pub(crate) fn weighted(alpha: f64, weights: &Array2<f64>) -> Self {
        Self::Each(
            weights.mapv(|weight| if weight == f64::INFINITY { weight } else { alpha * weight }),
        )
    }

    /// λ_ij.
    #[inline(always)]
    pub(crate) fn at(&self, row: usize, column: usize) -> f64 {
        match self {
            Self::Same(value) => *value,
            Self::Each(values) => values[[row, column]],
        }
    }

    /// The penalties among some of the variables.
    pub(crate) fn block(&self, members: &[usize]) -> Self {
        match self {
            Self::Same(value) => Self::Same(*value),
            Self::Each(values) => Self::Each(block(values, members)),
        }
    }

    /// Whether no pair of `order` variables is penalised.
    pub(crate) fn is_zero(&self, order: usize) -> bool {
        match self {
            Self::Same(value) => *value == 0.0,
            Self::Each(_) => {
                (0..order).all(|row| (0..row).all(|column| self.at(row, column) == 0.0))
            }
        }
    }

    /// Σ_{i≠j} λ_ij |Θ_ij|; a zero costs nothing, even where the penalty is infinite.
    pub(crate) fn cost(&self, precision: &Array2<f64>) -> f64 {
        let row_costs = precision.outer_iter().enumerate().map(|(row, values)| match self {
            Self::Same(penalty) => {
                penalty * (values.iter().map(|value| value.abs()).sum::<f64>() - values[row].abs())
            }
            Self::Each(penalties) => {
                let costly = values.iter().zip(penalties.row(row)).enumerate();
                costly
                    .filter(|(column, (value, _))| *column != row && **value != 0.0)
                    .map(|(_, (value, penalty))| penalty * value.abs())
                    .sum()
            }
        });
        row_costs.sum()
    }
}

/// Weights that a caller brings: p × p, symmetric, at least zero, infinite where a link is forbidden.
pub(crate) fn check_weights(weights: &Array2<f64>, order: usize, diagonal: bool) -> Result<()> {
    let (rows, columns) = weights.dim();
    let invalid =
        |problem: String| Err(Error::invalid(format!("penalties, {rows} × {columns}"), problem));
    if (rows, columns) != (order, order) {
        return invalid(format!("{order} variables need one for each pair, {order} × {order}"));
    }
    for ((row, column), &value) in weights.indexed_iter() {
        let mirrored = weights[[column, row]];
        if row == column && !diagonal {
            continue;
        }
        if value.is_nan() || value < 0.0 {
            return invalid(format!(
                "the entry in row {row}, column {column} (counted from 0) is {value}; a penalty is zero (free), \
                 positive, or infinite (no link)"
            ));
        }
        if row == column && value.is_infinite() {
            return invalid(format!(
                "the diagonal entry {row} (counted from 0) is infinite; no variable has precision zero, so the \
                 diagonal's penalties must be finite"
            ));
        }
        if value != mirrored && (value - mirrored).abs() > ROUNDING * value.min(mirrored) {
            return invalid(format!(
                "not symmetric: entry ({row}, {column}) is {value} and entry ({column}, {row}) is {mirrored}"
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ndarray::array;

    use super::*;

    #[test]
    fn forbidden_links_cost_nothing_while_they_are_zero() {
        let weights = array![[9.0, f64::INFINITY, 2.0], [f64::INFINITY, 9.0, 0.0], [2.0, 0.0, 9.0]];
        let penalty = Penalty::weighted(0.5, &weights);
        let precision = array![[1.0, 0.0, -3.0], [0.0, 1.0, 7.0], [-3.0, 7.0, 1.0]];
        assert_eq!(penalty.cost(&precision), 6.0);
        assert_eq!(Penalty::weighted(0.0, &weights).at(0, 1), f64::INFINITY);
        assert_eq!(Penalty::Same(0.5).cost(&precision), 10.0);
        assert!(Penalty::weighted(0.0, &array![[3.0, 1.0], [1.0, 3.0]]).is_zero(2));
        assert!(!penalty.is_zero(3));
    }

    #[test]
    fn bad_weights_are_named() {
        let message =
            |weights: Array2<f64>| check_weights(&weights, 2, true).unwrap_err().to_string();
        assert!(message(Array2::zeros((3, 3))).contains("2 × 2"));
        assert!(message(array![[0.0, -1.0], [-1.0, 0.0]]).contains("row 0, column 1"));
        assert!(message(array![[0.0, f64::NAN], [1.0, 0.0]]).contains("NaN"));
        assert!(message(array![[0.0, 1.0], [2.0, 0.0]]).contains("not symmetric"));
        assert!(message(array![[0.0, f64::INFINITY], [2.0, 0.0]]).contains("not symmetric"));
        assert!(message(array![[f64::INFINITY, 1.0], [1.0, 0.0]]).contains("diagonal entry 0"));
        assert!(check_weights(&array![[f64::NAN, 1.0], [1.0, 0.0]], 2, false).is_ok());
    }
}
