//! One block of a graphical lasso problem: passes over its columns, and Newton steps with a line search (QUIC) where
//! those come to a halt.

use std::time::Duration;

use ndarray::Array2;

use super::columns::Columns;
use super::newton::newton_point;
use super::objective::{duality_gap, feasible_near, inner_product, interior_point, objective};
use super::penalty::Penalty;
use crate::gaussian::linalg::Cholesky;
use crate::notebook::{Progress, interrupt};

/// Armijo's constant: a step must keep this share of the decrease that its slope promises.
const SUFFICIENT_DECREASE: f64 = 1e-3;
/// Rounds of coordinate descent and conjugate gradients for a direction that is good enough far from the solution.
const ROUNDS: usize = 2;
/// Rounds for one that is as exact as rounding error allows.
const EXACT_ROUNDS: usize = 12;
/// Relative rounding error of an objective value.
const ROUNDING: f64 = 4.0 * f64::EPSILON;
/// Halvings of a step before the solver calls it rounding error.
const HALVINGS: i32 = 40;
/// The accuracy of the first pass over the columns.
const ACCURACY: f64 = 0.02;
/// That of later ones, as a share of what the pass before moved.
const SHARPER: f64 = 0.012;
/// W is at rest when a pass moves no entry by more than this share of the variables' deviations.
const AT_REST: f64 = 1e-11;
/// A pass that leaves more than this share of the gap is slow.
const SLOW: f64 = 0.5;
/// Slow passes before Newton's method takes over.
const PATIENCE: usize = 2;
/// Blocks of fewer variables are so cheap to factorise that the gap is computed after each pass.
const SMALL: usize = 300;
/// In larger ones it is computed once a guess is below the tolerance: this many times p and the square of what moved.
const CURVATURE: f64 = 0.1;
/// Work that takes less than this needs no bar.
pub(crate) const WORTH_A_BAR: Duration = Duration::from_secs(1);

/// When to stop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stopping {
    /// Largest duality gap accepted.
    pub(crate) tolerance: f64,
    /// Passes over the columns and Newton steps at most.
    pub(crate) max_iterations: usize,
}

/// What a block's solver found. Θ is positive definite and W is its inverse, converged or not.
#[derive(Clone, Debug)]
pub(crate) struct Solution {
    pub(crate) precision: Array2<f64>,
    pub(crate) covariance: Array2<f64>,
    pub(crate) objective: f64,
    pub(crate) log_determinant: f64,
    pub(crate) gap: f64,
    pub(crate) iterations: usize,
    /// The reader asked to stop before the gap was small enough.
    pub(crate) interrupted: bool,
}

/// A positive definite Θ with all that is derived from it.
struct Point {
    precision: Array2<f64>,
    factor: Cholesky,
    objective: f64,
}

impl Point {
    /// None where Θ is not positive definite.
    fn new(covariance: &Array2<f64>, precision: Array2<f64>, penalty: &Penalty) -> Option<Self> {
        let factor = Cholesky::factorize(&precision).ok()?;
        let objective = objective(covariance, &precision, penalty, factor.log_determinant());
        Some(Self { precision, factor, objective })
    }
}

/// How far the solver has come.
struct State {
    point: Point,
    /// The largest dual value known: no objective is below it.
    bound: f64,
    /// What the last pass changed in W, as a share of the variables' deviations.
    moved: f64,
    iterations: usize,
    interrupted: bool,
}

impl State {
    /// Rounding below zero counts as zero.
    fn gap(&self) -> f64 {
        (self.point.objective - self.bound).max(0.0)
    }

    fn is_done(&self, stopping: Stopping) -> bool {
        self.interrupted
            || self.iterations >= stopping.max_iterations
            || self.has_converged(stopping)
    }

    /// A gap below rounding error says nothing, so that W must have come to rest as well where so little is asked for.
    fn has_converged(&self, stopping: Stopping) -> bool {
        let rounding = rounding(&self.point);
        self.gap() <= stopping.tolerance && (stopping.tolerance > rounding || self.moved <= AT_REST)
    }
}

/// Minimises −log det Θ + tr(SΘ) + Σ_{i≠j} λ_ij |Θ_ij| from a starting Θ, or from diag(1 / S_ii) where there is none or
/// that is not positive definite. S has a positive diagonal. An interrupt ends it at the Θ it has.
pub(crate) fn solve(
    covariance: &Array2<f64>,
    penalty: &Penalty,
    start: Option<Array2<f64>>,
    stopping: Stopping,
) -> Solution {
    let warm = start
        .and_then(|precision| Point::new(covariance, precision, penalty))
        .filter(|point| point.objective.is_finite());
    let dual = match &warm {
        None => Some(interior_point(covariance, penalty)),
        Some(point) => {
            feasible_near(covariance, &point.factor.inverse(), penalty).map(|near| near.0)
        }
    };
    let point = warm.unwrap_or_else(|| diagonal_start(covariance, penalty));
    let mut state = State {
        point,
        bound: f64::NEG_INFINITY,
        moved: f64::INFINITY,
        iterations: 0,
        interrupted: false,
    };
    let mut progress = Progress::unbounded("Graphical lasso").unit("steps").delay(WORTH_A_BAR);
    if let Some(dual) = dual {
        pass_columns(covariance, penalty, dual, &mut state, stopping, &mut progress);
    }
    let inverse = descend(covariance, penalty, &mut state, stopping, &mut progress);
    Solution {
        gap: state.gap(),
        log_determinant: state.point.factor.log_determinant(),
        precision: state.point.precision,
        covariance: inverse,
        objective: state.point.objective,
        iterations: state.iterations,
        interrupted: state.interrupted,
    }
}

/// Passes over the columns until the gap is small enough or falls slowly.
fn pass_columns(
    covariance: &Array2<f64>,
    penalty: &Penalty,
    dual: Array2<f64>,
    state: &mut State,
    stopping: Stopping,
    progress: &mut Progress,
) {
    let order = covariance.nrows();
    let mut columns = Columns::new(covariance, penalty, dual, &state.point.precision);
    let (mut accuracy, mut slow) = (ACCURACY, 0);
    while !state.is_done(stopping) && slow < PATIENCE {
        state.moved = columns.pass(accuracy);
        if interrupt::requested() {
            state.interrupted = true;
            break;
        }
        accuracy = accuracy.min(SHARPER * state.moved);
        state.iterations += 1;
        progress.advance(1);
        let guess = columns.excess().max(CURVATURE * order as f64 * state.moved.powi(2));
        let last = state.iterations == stopping.max_iterations;
        if order >= SMALL && !last && guess > stopping.tolerance {
            continue;
        }
        let before = state.gap();
        let point = || Point::new(covariance, columns.precision(), penalty);
        let factor = || Cholesky::factorize(columns.dual());
        let (point, factor) =
            if order < SMALL { (point(), factor()) } else { rayon::join(point, factor) };
        if let Some(point) = point
            && point.objective <= state.point.objective + rounding(&state.point)
        {
            // Of two that rounding does not tell apart the later is closer.
            state.point = point;
        }
        if let Ok(factor) = factor {
            state.bound = state.bound.max(factor.log_determinant() + order as f64);
        }
        progress.note(format!("duality gap {:.1e}", state.gap()));
        slow = if state.gap() >= SLOW * before { slow + 1 } else { 0 };
    }
}

/// Newton steps from a positive definite point, until the gap is small enough. Returns W = Θ⁻¹.
fn descend(
    covariance: &Array2<f64>,
    penalty: &Penalty,
    state: &mut State,
    stopping: Stopping,
    progress: &mut Progress,
) -> Array2<f64> {
    let mut inverse = state.point.factor.inverse();
    if state.bound == f64::NEG_INFINITY {
        let objective = state.point.objective;
        state.bound = objective - duality_gap(covariance, &inverse, penalty, objective);
    }
    let mut rounds = ROUNDS;
    while !state.is_done(stopping) {
        let target = newton_point(covariance, &inverse, &state.point.precision, penalty, rounds);
        // An interrupted direction is too rough to be worth the factorisations of a line search.
        if interrupt::requested() {
            state.interrupted = true;
            break;
        }
        state.iterations += 1;
        let better =
            line_search(covariance, penalty, &state.point, &inverse, target).and_then(|next| {
                let inverse = next.factor.inverse();
                let gap = duality_gap(covariance, &inverse, penalty, next.objective);
                let bound = state.bound.max(next.objective - gap);
                let progress = bound > state.bound || next.objective < state.point.objective;
                progress.then_some((next, inverse, bound))
            });
        match better {
            Some(better) => (state.point, inverse, state.bound) = better,
            // A rough direction may gain nothing where an exact one still does.
            None if rounds == ROUNDS => rounds = EXACT_ROUNDS,
            None => break,
        }
        progress.note(format!("duality gap {:.1e}", state.gap())).advance(1);
    }
    inverse
}

/// Θ = diag(1 / S_ii), which is the solution where no pair passes its penalty.
fn diagonal_start(covariance: &Array2<f64>, penalty: &Penalty) -> Point {
    let variances = covariance.diag().to_owned();
    let precision = Array2::from_diag(&variances.mapv(f64::recip));
    let factor = Cholesky::of_diagonal(&variances.mapv(f64::recip));
    let objective = objective(covariance, &precision, penalty, factor.log_determinant());
    Point { precision, factor, objective }
}

/// What rounding can do to the objective, whose terms are sums over p and p² entries.
fn rounding(point: &Point) -> f64 {
    ROUNDING * (point.precision.nrows() as f64 + point.objective.abs())
}

/// Halves the step from Θ to the target until it stays positive definite and lowers the objective enough.
/// None where rounding error leaves nothing to gain.
fn line_search(
    covariance: &Array2<f64>,
    penalty: &Penalty,
    point: &Point,
    inverse: &Array2<f64>,
    target: Array2<f64>,
) -> Option<Point> {
    let step = &target - &point.precision;
    let slope = inner_product(covariance, &step) - inner_product(inverse, &step)
        + penalty.cost(&target)
        - penalty.cost(&point.precision);
    let rounding = rounding(point);
    if slope > rounding {
        return None;
    }
    // The whole step is tried as the target itself, which keeps its exact zeros.
    let mut candidate = target;
    for halving in 0..HALVINGS {
        let size = 0.5f64.powi(halving);
        if halving > 0 {
            candidate.assign(&point.precision);
            candidate.scaled_add(size, &step);
        }
        if let Some(next) = Point::new(covariance, candidate.clone(), penalty)
            && next.objective <= point.objective + SUFFICIENT_DECREASE * size * slope + rounding
        {
            return Some(next);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::gaussian::GraphicalLasso;

    const EXACT: Stopping = Stopping { tolerance: 1e-11, max_iterations: 100 };

    /// `copies` groups of `size` variables: one factor in each group, and weak links between the groups.
    fn grouped(copies: usize, size: usize, between: f64) -> Array2<f64> {
        let order = copies * size;
        Array2::from_shape_fn((order, order), |(row, column)| {
            let loading = |place: usize| 0.5 + 0.4 * ((place * 7 % size) as f64 / size as f64);
            match (row == column, row / size == column / size) {
                (true, _) => 1.0 + loading(row) * loading(row),
                (_, true) => loading(row) * loading(column),
                _ => between,
            }
        })
    }

    fn largest_difference(left: &Array2<f64>, right: &Array2<f64>) -> f64 {
        left.iter().zip(right).fold(0.0, |most, (a, b)| most.max((a - b).abs()))
    }

    #[test]
    fn screening_changes_nothing_but_the_time() {
        let covariance = grouped(3, 7, 0.05);
        let whole = solve(&covariance, &Penalty::Same(0.1), None, EXACT);
        let screened =
            GraphicalLasso::new(0.1).tolerance(1e-11).fit_covariance(&covariance).unwrap();
        assert_eq!(screened.component_count(), 3);
        assert!(largest_difference(&whole.precision, screened.precision()) < 1e-7);
        assert!((whole.objective - screened.objective()).abs() < 1e-10);
    }

    #[test]
    fn every_start_leads_to_the_same_solution() {
        let covariance = grouped(2, 30, 0.15);
        let cold = solve(&covariance, &Penalty::Same(0.05), None, EXACT);
        let identity = solve(&covariance, &Penalty::Same(0.05), Some(Array2::eye(60)), EXACT);
        let indefinite =
            solve(&covariance, &Penalty::Same(0.05), Some(Array2::ones((60, 60))), EXACT);
        assert!(cold.gap <= 1e-11 && identity.gap <= 1e-11 && indefinite.gap <= 1e-11);
        assert!(largest_difference(&cold.precision, &identity.precision) < 1e-6);
        assert!(largest_difference(&cold.precision, &indefinite.precision) < 1e-6);
    }

    #[test]
    fn a_strong_common_factor_takes_few_steps() {
        // Correlations near 0.9 among 60 variables: the second-order model's condition number is about 10⁵.
        let covariance = Array2::from_shape_fn((60, 60), |(row, column)| {
            if row == column { 1.0 } else { 0.9 - 0.002 * row.abs_diff(column) as f64 }
        });
        let solution = solve(
            &covariance,
            &Penalty::Same(0.02),
            None,
            Stopping { tolerance: 1e-6, max_iterations: 100 },
        );
        assert!(solution.gap <= 1e-6);
        assert!(solution.iterations <= 20, "{} steps", solution.iterations);
    }
}
