//! Precision matrices of neighbouring windows, estimated together, by the alternating direction method of multipliers.

use ndarray::{Array2, Zip};
use rayon::prelude::*;

use super::total_variation::flatten;
use crate::gaussian::graphical_lasso::objective::inner_product;
use crate::gaussian::graphical_lasso::solver::{Stopping, WORTH_A_BAR};
use crate::gaussian::linalg::Cholesky;
use crate::gaussian::splitting::{ADAPTED_ROUNDS, BETWEEN_LOOKS, likelihood_step, rebalanced};
use crate::notebook::{Progress, interrupt};
use crate::{Error, Result};

/// The windows' covariances C_k with the penalties on links (α) and on changes (β).
#[derive(Clone, Copy, Debug)]
pub(super) struct FusedProblem<'a> {
    pub(super) covariances: &'a [Array2<f64>],
    pub(super) alpha: f64,
    pub(super) beta: f64,
}

/// Positive definite precision matrices, one a window.
#[derive(Clone, Debug)]
pub(super) struct FusedSolution {
    pub(super) precisions: Vec<Array2<f64>>,
    pub(super) gap: f64,
    pub(super) iterations: usize,
    pub(super) interrupted: bool,
}

/// Ω_k = Θ_k with the scaled multipliers X_k.
struct Splitting<'a> {
    problem: FusedProblem<'a>,
    sparse: Vec<Array2<f64>>,
    multipliers: Vec<Array2<f64>>,
    step: f64,
}

/// Minimises Σ_k [−log det Θ_k + tr(C_k Θ_k) + α Σ_{i≠j} |Θ_k,ij|] + β Σ_{k>1} Σ_{i≠j} |Θ_k,ij − Θ_{k−1,ij}|. Penalties are
/// positive, variances too. An interrupt ends it at the best matrices so far.
pub(super) fn solve(problem: FusedProblem, stopping: Stopping) -> Result<FusedSolution> {
    let mut splitting = Splitting::new(problem);
    let mut best = FusedSolution {
        precisions: splitting.sparse.clone(),
        gap: f64::INFINITY,
        iterations: 0,
        interrupted: false,
    };
    let mut progress =
        Progress::unbounded("Time-varying graphical lasso").unit("rounds").delay(WORTH_A_BAR);
    while best.gap > stopping.tolerance && best.iterations < stopping.max_iterations {
        if interrupt::requested() {
            best.interrupted = true;
            break;
        }
        let (primal, dual) = splitting.round()?;
        best.iterations += 1;
        let due = best.iterations.is_multiple_of(BETWEEN_LOOKS);
        if due || best.iterations == stopping.max_iterations {
            let gap = splitting.duality_gap();
            if gap < best.gap {
                best.gap = gap;
                best.precisions.clone_from(&splitting.sparse);
            }
            progress.note(format!("duality gap {:.1e}", best.gap));
        }
        if best.iterations <= ADAPTED_ROUNDS {
            splitting.balance(primal, dual);
        }
        progress.advance(1);
    }
    Ok(best)
}

impl<'a> Splitting<'a> {
    fn new(problem: FusedProblem<'a>) -> Self {
        let covariances = problem.covariances;
        let alone =
            |covariance: &Array2<f64>| Array2::from_diag(&covariance.diag().mapv(f64::recip));
        let sparse: Vec<Array2<f64>> = covariances.iter().map(alone).collect();
        let multipliers: Vec<Array2<f64>> =
            sparse.iter().map(|matrix| Array2::zeros(matrix.dim())).collect();
        // The curvature of log det is in the units of C⁻² there.
        let variances: f64 = covariances.iter().map(|covariance| covariance.diag().sum()).sum();
        let count: usize = covariances.iter().map(Array2::nrows).sum();
        Self { problem, sparse, multipliers, step: (variances / count as f64).powi(2) }
    }

    /// One round of Ω, Θ and multipliers; returns the norms of the primal and the dual residual.
    fn round(&mut self) -> Result<(f64, f64)> {
        let (step, alpha, beta) = (self.step, self.problem.alpha, self.problem.beta);
        let (sparse, multipliers) = (&self.sparse, &self.multipliers);
        let precision = |window: usize| {
            let pull =
                &sparse[window] - &multipliers[window] - &self.problem.covariances[window] / step;
            likelihood_step(&pull, step)
        };
        let precisions: Vec<Array2<f64>> =
            (0..sparse.len()).into_par_iter().map(precision).collect::<Result<_, Error>>()?;
        let targets: Vec<Array2<f64>> =
            precisions.iter().zip(multipliers).map(|(precision, lead)| precision + lead).collect();
        let before = std::mem::replace(&mut self.sparse, targets.clone());
        penalize(&mut self.sparse, alpha / step, beta / step);
        for ((multiplier, target), sparse) in
            self.multipliers.iter_mut().zip(targets).zip(&self.sparse)
        {
            *multiplier = target - sparse;
        }
        Ok((distance(&precisions, &self.sparse), step * distance(&self.sparse, &before)))
    }

    /// The objective at Θ minus the dual value at the multipliers Z_k = ρX_k, Σ log det(C_k + Z_k) + p: they come from a
    /// proximal step, so that they are feasible as they are. Infinite where either has no density.
    fn duality_gap(&self) -> f64 {
        let mut gap = self.problem.penalty(&self.sparse);
        let windows = self.problem.covariances.iter().zip(&self.sparse).zip(&self.multipliers);
        for ((covariance, precision), multiplier) in windows {
            let dual = covariance + &(multiplier * self.step);
            let (Ok(primal), Ok(dual)) =
                (Cholesky::factorize(precision), Cholesky::factorize(&dual))
            else {
                return f64::INFINITY;
            };
            gap += inner_product(covariance, precision)
                - primal.log_determinant()
                - dual.log_determinant()
                - precision.nrows() as f64;
        }
        gap.max(0.0)
    }

    fn balance(&mut self, primal: f64, dual: f64) {
        if let Some(factor) = rebalanced(primal, dual) {
            self.step *= factor;
            self.multipliers.iter_mut().for_each(|multiplier| *multiplier /= factor);
        }
    }
}

impl FusedProblem<'_> {
    /// α Σ |Θ_k,ij| + β Σ |Θ_k,ij − Θ_{k−1,ij}| off the diagonal.
    fn penalty(&self, precisions: &[Array2<f64>]) -> f64 {
        let none = |matrix: &Array2<f64>| Array2::zeros(matrix.dim());
        let links: f64 =
            precisions.iter().map(|matrix| off_diagonal_norm(matrix, &none(matrix))).sum();
        let changes: f64 =
            precisions.windows(2).map(|pair| off_diagonal_norm(&pair[1], &pair[0])).sum();
        self.alpha * links + self.beta * changes
    }
}

/// The proximal step of both penalties: the changes first, then the links (Friedman, Hastie, Höfling & Tibshirani, Annals
/// of Applied Statistics 1, 2007, proposition 1).
fn penalize(matrices: &mut [Array2<f64>], alpha: f64, beta: f64) {
    let order = matrices.first().map_or(0, Array2::nrows);
    let mut course = vec![0.0; matrices.len()];
    for row in 0..order {
        for column in 0..row {
            for (value, matrix) in course.iter_mut().zip(&*matrices) {
                *value = matrix[[row, column]];
            }
            flatten(&mut course, beta);
            for (value, matrix) in course.iter().zip(&mut *matrices) {
                let kept = value - value.clamp(-alpha, alpha);
                matrix[[row, column]] = kept;
                matrix[[column, row]] = kept;
            }
        }
    }
}

/// Σ_{i≠j} |A_ij − B_ij|.
fn off_diagonal_norm(left: &Array2<f64>, right: &Array2<f64>) -> f64 {
    let all = Zip::from(left).and(right).fold(0.0, |sum, a, b| sum + (a - b).abs());
    let diagonal =
        Zip::from(left.diag()).and(right.diag()).fold(0.0, |sum, a, b| sum + (a - b).abs());
    all - diagonal
}

/// The Frobenius distance of two sequences of matrices.
fn distance(left: &[Array2<f64>], right: &[Array2<f64>]) -> f64 {
    let squares = |(left, right): (&Array2<f64>, &Array2<f64>)| {
        Zip::from(left).and(right).fold(0.0, |sum, a, b| sum + (a - b) * (a - b))
    };
    left.iter().zip(right).map(squares).sum::<f64>().sqrt()
}
