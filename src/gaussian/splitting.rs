//! What the solvers by the alternating direction method of multipliers share (Boyd et al., Foundations and Trends in
//! Machine Learning 3, 2011).

use ndarray::Array2;

use super::eigen::SymmetricEigen;
use crate::Result;

/// Rounds between two looks at the duality gap, which costs about as much as a round.
pub(super) const BETWEEN_LOOKS: usize = 5;
/// The step size follows the residuals while they differ by more than this,
const UNBALANCED: f64 = 5.0;
/// and for so many rounds: a step size that changes for ever need not converge.
pub(super) const ADAPTED_ROUNDS: usize = 500;

/// The Ω that minimises −log det Ω + ρ/2 ‖Ω − D‖²: ρω² − ρωd − 1 = 0 for each eigenvalue d of `pull`, D.
pub(super) fn likelihood_step(pull: &Array2<f64>, step: f64) -> Result<Array2<f64>> {
    let eigen = SymmetricEigen::new(pull)?;
    Ok(eigen.mapped(|value| 0.5 * (value + (value * value + 4.0 / step).sqrt())))
}

/// The factor for the next step size: a larger step pulls the parts together, a smaller one lets them move
/// (section 3.4.1). None where the residuals are in balance.
pub(super) fn rebalanced(primal: f64, dual: f64) -> Option<f64> {
    if primal > UNBALANCED * dual {
        Some(2.0)
    } else if dual > UNBALANCED * primal {
        Some(0.5)
    } else {
        None
    }
}
