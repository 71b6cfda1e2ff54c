//! The Newton step of QUIC: a lasso problem in the second-order model of the objective, by coordinate descent over
//! the active set (Hsieh, Sustik, Dhillon & Ravikumar, JMLR 15, 2014). Where that creeps, conjugate gradients on
//! the entries it left nonzero carry it on.

use ndarray::Array2;

use super::objective::inner_product;
use super::penalty::Penalty;
use super::subspace::solve_on_support;
use super::support::Support;
use crate::gaussian::linalg::{add_scaled, dot, transpose};
use crate::notebook::interrupt;

/// The step is done when a sweep moves it by less than this share of its size.
const SWEEP_TOLERANCE: f64 = 0.01;
/// Sweeps in a round at most: they are there to find the zeros, and conjugate gradients for the rest.
const MOST_SWEEPS: usize = 6;
/// Halvings of a conjugate gradient step before it is given up for this round.
const HALVINGS: i32 = 6;

/// Θ + D, where D nearly minimises tr((S − W)D) + ½ tr(WDWD) + Σ_{i≠j} λ_ij |Θ_ij + D_ij| over the active set.
/// W is Θ⁻¹. Entries that the penalty sets to zero are exact zeros. More rounds of coordinate
/// descent and conjugate gradients give a more exact D; an interrupt leaves it as it is.
pub(crate) fn newton_point(
    covariance: &Array2<f64>,
    inverse: &Array2<f64>,
    precision: &Array2<f64>,
    penalty: &Penalty,
    rounds: usize,
) -> Array2<f64> {
    let mut step = Step::new(covariance, inverse, precision, penalty);
    for round in 0..rounds {
        for _ in 0..step.sweeps_per_round() {
            if interrupt::requested() || step.sweep() <= SWEEP_TOLERANCE * step.length() {
                return step.target;
            }
        }
        if round + 1 < rounds {
            step.follow_support();
        }
    }
    step.target
}

/// The state of one Newton step.
struct Step<'a> {
    order: usize,
    penalty: &'a Penalty,
    covariance: &'a Array2<f64>,
    inverse: &'a Array2<f64>,
    precision: &'a Array2<f64>,
    /// Θ + D.
    target: Array2<f64>,
    /// D W, row-major, so that one coordinate's change touches two contiguous rows.
    product: Array2<f64>,
    /// Column i of D W, kept up to date while row i is swept.
    column: Vec<f64>,
    /// For each row i, the columns j > i that may move.
    active: Vec<Vec<u32>>,
}

impl<'a> Step<'a> {
    fn new(
        covariance: &'a Array2<f64>,
        inverse: &'a Array2<f64>,
        precision: &'a Array2<f64>,
        penalty: &'a Penalty,
    ) -> Self {
        let order = covariance.nrows();
        let may_move = |row: usize, column: usize| {
            let gradient = covariance[[row, column]] - inverse[[row, column]];
            precision[[row, column]] != 0.0 || gradient.abs() > penalty.at(row, column)
        };
        let columns_of = |row: usize| {
            (row + 1..order)
                .filter(|&other| may_move(row, other))
                .map(|other| other as u32)
                .collect()
        };
        Self {
            order,
            penalty,
            covariance,
            inverse,
            precision,
            target: precision.clone(),
            product: Array2::zeros((order, order)),
            column: vec![0.0; order],
            active: (0..order).map(columns_of).collect(),
        }
    }

    /// As many as cost about what conjugate gradients cost: few where most entries are active, many where few are.
    fn sweeps_per_round(&self) -> usize {
        let active: usize = self.active.iter().map(Vec::len).sum();
        (2 + self.order * self.order / (active + self.order)).min(MOST_SWEEPS)
    }

    /// Σ |D_ij| over the upper triangle.
    fn length(&self) -> f64 {
        let mut length = 0.0;
        for (row, columns) in self.active.iter().enumerate() {
            length += (self.target[[row, row]] - self.precision[[row, row]]).abs();
            for &column in columns {
                let place = [row, column as usize];
                length += (self.target[place] - self.precision[place]).abs();
            }
        }
        length
    }

    /// Moves towards the model's minimum with the present zeros and signs; an entry that would change its sign
    /// stops at zero, and the move is halved until it lowers the model.
    fn follow_support(&mut self) {
        let support = Support::of(&self.target);
        let bent = support.product(self.inverse, &self.product);
        let mut residual = support.values(|row, column| {
            let slope = self.inverse[[row, column]] - self.covariance[[row, column]];
            let value = self.target[[row, column]];
            if row == column || value == 0.0 {
                slope
            } else {
                slope - self.penalty.at(row, column) * value.signum()
            }
        });
        residual.iter_mut().zip(&bent).for_each(|(value, bent)| *value -= bent);
        let correction = solve_on_support(self.inverse, self.precision, &support, residual);
        let correction = support.dense(&correction);
        let before = self.model(&self.target, &self.product);
        for halving in 0..HALVINGS {
            let size = 0.5f64.powi(halving);
            let moves = support.values(|row, column| {
                let current = self.target[[row, column]];
                let value = current + size * correction[[row.min(column), row.max(column)]];
                let crosses = row != column && value.signum() != current.signum();
                if crosses { -current } else { value - current }
            });
            let candidate = &self.target + &support.dense(&moves);
            let product = &self.product + &support.times(&moves, self.inverse);
            if self.model(&candidate, &product) < before {
                self.target = candidate;
                self.product = product;
                return;
            }
        }
    }

    /// The second-order model at a target, given D W.
    fn model(&self, target: &Array2<f64>, product: &Array2<f64>) -> f64 {
        let step = target - self.precision;
        let curvature = inner_product(product, &transpose(product));
        inner_product(self.covariance, &step) - product.diag().sum()
            + 0.5 * curvature
            + self.penalty.cost(target)
    }

    /// One pass over the active set; returns Σ |change|.
    fn sweep(&mut self) -> f64 {
        let order = self.order;
        let (Some(covariance), Some(inverse), Some(target), Some(product)) = (
            self.covariance.as_slice(),
            self.inverse.as_slice(),
            self.target.as_slice_mut(),
            self.product.as_slice_mut(),
        ) else {
            return 0.0;
        };
        let column = &mut self.column;
        let mut moved = 0.0;
        for row in 0..order {
            for (value, values) in column.iter_mut().zip(product.chunks_exact(order)) {
                *value = values[row];
            }
            let w_row = &inverse[row * order..(row + 1) * order];
            let own = w_row[row];

            // The diagonal is not penalised, so its coordinate moves freely.
            let slope = covariance[row * order + row] - own + dot(column, w_row);
            let change = -slope / (own * own);
            target[row * order + row] += change;
            add_scaled(&mut product[row * order..(row + 1) * order], change, w_row);
            column[row] += change * own;
            moved += change.abs();

            for &other in &self.active[row] {
                let other = other as usize;
                let w_other = &inverse[other * order..(other + 1) * order];
                let link = w_row[other];
                let curvature = link * link + own * w_other[other];
                let slope = covariance[row * order + other] - link + dot(column, w_other);
                let current = target[row * order + other];
                let threshold = self.penalty.at(row, other) / curvature;
                let next = soft_threshold(current - slope / curvature, threshold);
                let change = next - current;
                if change == 0.0 {
                    continue;
                }
                target[row * order + other] = next;
                target[other * order + row] = next;
                add_scaled(&mut product[row * order..(row + 1) * order], change, w_other);
                add_scaled(&mut product[other * order..(other + 1) * order], change, w_row);
                column[row] += change * link;
                column[other] += change * own;
                moved += change.abs();
            }
        }
        moved
    }
}

/// sign(x) · max(|x| − threshold, 0).
#[inline(always)]
fn soft_threshold(value: f64, threshold: f64) -> f64 {
    if value > threshold {
        value - threshold
    } else if value < -threshold {
        value + threshold
    } else {
        0.0
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn soft_thresholding_shrinks_towards_zero() {
        assert_eq!(soft_threshold(1.5, 1.0), 0.5);
        assert_eq!(soft_threshold(-1.5, 1.0), -0.5);
        assert_eq!(soft_threshold(0.9, 1.0), 0.0);
    }

    #[test]
    fn without_a_penalty_the_step_solves_the_newton_equation() {
        // W D W = W − S, so D = Θ − Θ S Θ.
        let covariance = array![[1.0, 0.3, 0.1], [0.3, 1.2, -0.2], [0.1, -0.2, 0.9]];
        let precision = array![[1.1, -0.2, 0.0], [-0.2, 1.0, 0.1], [0.0, 0.1, 1.0]];
        let Ok(factor) = crate::gaussian::Cholesky::new(&precision) else {
            panic!("positive definite")
        };
        let mut step_size = 0.0f64;
        let found = {
            let inverse = factor.inverse();
            let penalty = Penalty::Same(0.0);
            let mut step = Step::new(&covariance, &inverse, &precision, &penalty);
            for _ in 0..200 {
                step_size = step.sweep();
            }
            step.target
        };
        assert!(step_size < 1e-14);
        let expected = 2.0 * &precision - precision.dot(&covariance).dot(&precision);
        let error = &found - &expected;
        assert!(inner_product(&error, &error) < 1e-24);
    }

    #[test]
    fn a_penalised_entry_becomes_an_exact_zero() {
        let covariance = array![[1.0, 0.1], [0.1, 1.0]];
        let precision = array![[1.0, -0.05], [-0.05, 1.0]];
        let Ok(factor) = crate::gaussian::Cholesky::new(&precision) else {
            panic!("positive definite")
        };
        let point =
            newton_point(&covariance, &factor.inverse(), &precision, &Penalty::Same(0.2), 2);
        assert_eq!(point[[0, 1]], 0.0);
        assert_eq!(point[[1, 0]], 0.0);
    }
}
