//! The graphical lasso's objective, its dual, and the gap between them.

use ndarray::{Array2, ArrayView1, Axis, s};

use super::components::components_by;
use super::penalty::Penalty;
use crate::gaussian::linalg::{Cholesky, dot};

/// How often a dual point that is not positive definite is moved halfway to one that is.
const MOVES: usize = 40;

/// −log det Θ + tr(SΘ) + Σ_{i≠j} λ_ij |Θ_ij|, given log det Θ.
pub(crate) fn objective(
    covariance: &Array2<f64>,
    precision: &Array2<f64>,
    penalty: &Penalty,
    log_determinant: f64,
) -> f64 {
    inner_product(covariance, precision) + penalty.cost(precision) - log_determinant
}

/// tr(AB) for symmetric A and B.
pub(crate) fn inner_product(left: &Array2<f64>, right: &Array2<f64>) -> f64 {
    let rows = left.outer_iter().zip(right.outer_iter());
    rows.map(|(left, right)| match (left.to_slice(), right.to_slice()) {
        (Some(left), Some(right)) => dot(left, right),
        _ => left.dot(&right),
    })
    .sum()
}

/// max_{i≠j} |S_ij|: the smallest penalty at which the solution has no edge.
pub(crate) fn largest_off_diagonal(matrix: &Array2<f64>) -> f64 {
    let largest =
        |values: ArrayView1<f64>| values.fold(0.0f64, |most, value| most.max(value.abs()));
    let rows = matrix.outer_iter().enumerate();
    rows.fold(0.0, |most, (place, row)| {
        let (before, after) = row.split_at(Axis(0), place);
        most.max(largest(before)).max(largest(after.slice(s![1..])))
    })
}

/// The duality gap at Θ: its objective minus the dual value log det W̃ + p at a feasible W̃ near W = Θ⁻¹. Rounding below
/// zero counts as zero. Infinite where no feasible point is known, which only unpenalised pairs with a singular
/// covariance can cause.
pub(crate) fn duality_gap(
    covariance: &Array2<f64>,
    inverse: &Array2<f64>,
    penalty: &Penalty,
    primal: f64,
) -> f64 {
    let order = covariance.nrows() as f64;
    match feasible_near(covariance, inverse, penalty) {
        Some((_, dual)) => (primal - dual - order).max(0.0),
        None => f64::INFINITY,
    }
}

/// A feasible W̃ near W, and log det W̃.
///
/// Feasible means |W̃ − S| ≤ λ off the diagonal, W̃ = S on it, and positive definite; only then is the dual value a lower
/// bound, and the distance from it to an objective, the duality gap, bounds how far that is from its minimum. Θ⁻¹ itself
/// is not feasible before convergence, and a gap taken there can come out negative.
pub(crate) fn feasible_near(
    covariance: &Array2<f64>,
    inverse: &Array2<f64>,
    penalty: &Penalty,
) -> Option<(Array2<f64>, f64)> {
    let mut point = nearest_feasible(covariance, inverse, penalty);
    if let Ok(factor) = Cholesky::factorize(&point) {
        return Some((point, factor.log_determinant()));
    }
    let interior = interior_point(covariance, penalty);
    for _ in 0..MOVES {
        point += &interior;
        point *= 0.5;
        if let Ok(factor) = Cholesky::factorize(&point) {
            return Some((point, factor.log_determinant()));
        }
    }
    None
}

/// W with each entry moved into its interval around S.
fn nearest_feasible(
    covariance: &Array2<f64>,
    inverse: &Array2<f64>,
    penalty: &Penalty,
) -> Array2<f64> {
    let mut point = inverse.clone();
    for (row, (mut values, centre)) in
        point.outer_iter_mut().zip(covariance.outer_iter()).enumerate()
    {
        for (column, (value, &centre)) in values.iter_mut().zip(&centre).enumerate() {
            if column != row {
                let reach = penalty.at(row, column);
                *value = value.clamp(centre - reach, centre + reach);
            }
        }
        values[row] = centre[row];
    }
    point
}

/// S with its off-diagonal shrunk by as much as the penalties allow: feasible, and positive definite for any positive
/// semidefinite S with a positive diagonal. Variables joined by unpenalised pairs keep all covariances among them, so
/// that S must be positive definite on each such group.
pub(crate) fn interior_point(covariance: &Array2<f64>, penalty: &Penalty) -> Array2<f64> {
    let order = covariance.nrows();
    if let Penalty::Same(penalty) = penalty {
        let moved = (penalty / largest_off_diagonal(covariance)).min(1.0);
        let mut point = covariance * (1.0 - moved);
        point.diag_mut().assign(&covariance.diag());
        return point;
    }
    let mut group = vec![0; order];
    let groups = components_by(order, |row, column| penalty.at(row, column) == 0.0);
    for (index, members) in groups.iter().enumerate() {
        members.iter().for_each(|&member| group[member] = index);
    }
    let apart = |row: usize, column: usize| group[row] != group[column];
    let pairs = covariance.indexed_iter().filter(|((row, column), _)| apart(*row, *column));
    let moved = pairs.fold(1.0f64, |least, ((row, column), value)| {
        if *value == 0.0 { least } else { least.min(penalty.at(row, column) / value.abs()) }
    });
    Array2::from_shape_fn(covariance.dim(), |(row, column)| {
        covariance[[row, column]] * if apart(row, column) { 1.0 - moved } else { 1.0 }
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ndarray::array;

    use super::*;

    #[test]
    fn the_objective_is_the_sum_of_its_three_terms() {
        let covariance = array![[2.0, 0.5], [0.5, 1.0]];
        let precision = array![[1.0, -0.25], [-0.25, 1.0]];
        let log_determinant = (1.0 - 0.0625f64).ln();
        let value = objective(&covariance, &precision, &Penalty::Same(0.1), log_determinant);
        assert!((value - (2.75 + 0.05 - log_determinant)).abs() < 1e-14);
        assert_eq!(largest_off_diagonal(&covariance), 0.5);
    }

    #[test]
    fn the_gap_closes_at_the_solution_only() {
        // p = 2: W_12 = S_12 − α while |S_12| > α, so Θ is known in closed form.
        let covariance = array![[1.0, 0.6], [0.6, 1.0]];
        let gap_at = |link: f64| {
            let inverse = array![[1.0, link], [link, 1.0]];
            let factor = Cholesky::new(&inverse).unwrap();
            let penalty = Penalty::Same(0.2);
            let primal =
                objective(&covariance, &factor.inverse(), &penalty, -factor.log_determinant());
            duality_gap(&covariance, &inverse, &penalty, primal)
        };
        assert!(gap_at(0.4) < 1e-14);
        assert!(gap_at(0.2) > 1e-3);
        assert!(gap_at(0.7) > 1e-3);
    }

    #[test]
    fn an_indefinite_projection_still_gives_a_finite_bound() {
        // Rank one, tiny penalty, and a W far from the solution.
        let covariance = Array2::from_elem((3, 3), 1.0);
        let mut inverse = Array2::<f64>::eye(3);
        inverse[[0, 1]] = 5.0;
        inverse[[1, 0]] = 5.0;
        let clipped = nearest_feasible(&covariance, &inverse, &Penalty::Same(0.01));
        assert!(Cholesky::new(&clipped).is_err());
        let gap = duality_gap(&covariance, &inverse, &Penalty::Same(0.01), 100.0);
        assert!(gap.is_finite() && gap > 0.0);
    }

    #[test]
    fn unpenalised_groups_keep_their_covariances() {
        let covariance = array![[1.0, 0.5, 0.8], [0.5, 1.0, 0.8], [0.8, 0.8, 1.0]];
        let penalty = Penalty::Each(array![[0.0, 0.0, 0.4], [0.0, 0.0, 0.2], [0.4, 0.2, 0.0]]);
        let point = interior_point(&covariance, &penalty);
        let expected = array![[1.0, 0.5, 0.6], [0.5, 1.0, 0.6], [0.6, 0.6, 1.0]];
        assert!((&point - &expected).iter().all(|error| error.abs() < 1e-15));
    }
}
