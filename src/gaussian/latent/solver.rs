//! Sparse and low-rank parts by the alternating direction method of multipliers.

use ndarray::{Array2, Zip};

use super::certificate::{Certificate, Problem};
use crate::Result;
use crate::gaussian::eigen::SymmetricEigen;
use crate::gaussian::graphical_lasso::solver::{Stopping, WORTH_A_BAR};
use crate::gaussian::splitting::{ADAPTED_ROUNDS, BETWEEN_LOOKS, likelihood_step, rebalanced};
use crate::notebook::{Progress, interrupt};

/// What the solver found: S − L is positive definite, L semidefinite and of the rank it shows.
#[derive(Clone, Debug)]
pub(crate) struct LatentSolution {
    pub(crate) sparse: Array2<f64>,
    pub(crate) low_rank: Array2<f64>,
    pub(crate) certificate: Certificate,
    pub(crate) iterations: usize,
    pub(crate) interrupted: bool,
}

/// Ω = S − L with the scaled multiplier X of that equation.
struct Splitting<'a> {
    problem: Problem<'a>,
    sparse: Array2<f64>,
    low_rank: Array2<f64>,
    multiplier: Array2<f64>,
    step: f64,
}

/// Minimises −log det(S − L) + tr(C(S − L)) + α Σ_{i≠j} |S_ij| + μ tr L over L ⪰ 0. α and μ are positive, C has a positive
/// diagonal. An interrupt ends it at the best parts so far.
pub(crate) fn solve(problem: Problem, stopping: Stopping) -> Result<LatentSolution> {
    let mut splitting = Splitting::new(problem);
    let mut best = splitting.look()?;
    let (mut iterations, mut interrupted) = (0, false);
    let mut progress =
        Progress::unbounded("Latent graphical lasso").unit("rounds").delay(WORTH_A_BAR);
    let found = |best: &Option<LatentSolution>| {
        best.as_ref().is_some_and(|best| best.certificate.gap <= stopping.tolerance)
    };
    while !found(&best) && iterations < stopping.max_iterations {
        if interrupt::requested() {
            interrupted = true;
            break;
        }
        let (primal, dual) = splitting.round()?;
        iterations += 1;
        if iterations.is_multiple_of(BETWEEN_LOOKS) || iterations == stopping.max_iterations {
            let gap = |of: &Option<LatentSolution>| {
                of.as_ref().map_or(f64::INFINITY, |one| one.certificate.gap)
            };
            let here = splitting.look()?;
            if gap(&here) < gap(&best) {
                best = here;
            }
            progress.note(format!("duality gap {:.1e}", gap(&best)));
        }
        if iterations <= ADAPTED_ROUNDS {
            splitting.balance(primal, dual);
        }
        progress.advance(1);
    }
    // The start, diag(1 / C_ii) without a low-rank part, is positive definite, so there is always a best.
    let best = best.map(|best| LatentSolution { iterations, interrupted, ..best });
    best.ok_or_else(|| {
        crate::Error::invalid("covariance", "its variances are too far apart; scale the columns")
    })
}

impl<'a> Splitting<'a> {
    fn new(problem: Problem<'a>) -> Self {
        let sparse = Array2::from_diag(&problem.covariance.diag().mapv(f64::recip));
        let none = Array2::zeros(sparse.dim());
        // In the units of C⁻² lies the curvature of log det, so that the first step fits whatever the units are.
        let order = sparse.nrows() as f64;
        let step = (problem.covariance.diag().sum() / order).powi(2);
        Self { problem, sparse, low_rank: none.clone(), multiplier: none, step }
    }

    /// The parts as they are, where they have a density.
    fn look(&self) -> Result<Option<LatentSolution>> {
        let scaled = &self.multiplier * self.step;
        let certificate = self.problem.certify(&self.sparse, &self.low_rank, &scaled)?;
        Ok(certificate.map(|certificate| LatentSolution {
            sparse: self.sparse.clone(),
            low_rank: self.low_rank.clone(),
            certificate,
            iterations: 0,
            interrupted: false,
        }))
    }

    /// One round of Ω, S, L and multiplier; returns the norms of the primal and the dual residual.
    fn round(&mut self) -> Result<(f64, f64)> {
        let Problem { covariance, alpha, mu } = self.problem;
        let before = &self.sparse - &self.low_rank;
        let pull = &before - &self.multiplier - covariance / self.step;
        // Ω minimises −log det Ω + tr(CΩ) + ρ/2 ‖Ω − (S − L − X)‖².
        let precision = likelihood_step(&pull, self.step)?;
        let reached = &precision + &self.multiplier;
        self.sparse = shrunk(&(&reached + &self.low_rank), alpha / self.step);
        self.low_rank = SymmetricEigen::new(&(&self.sparse - &reached))?
            .mapped(|value| (value - mu / self.step).max(0.0));
        let after = &self.sparse - &self.low_rank;
        self.multiplier = reached - &after;
        Ok((norm(&precision, &after), self.step * norm(&after, &before)))
    }

    fn balance(&mut self, primal: f64, dual: f64) {
        if let Some(factor) = rebalanced(primal, dual) {
            self.step *= factor;
            self.multiplier /= factor;
        }
    }
}

/// Entries off the diagonal moved to zero by `reach`, those within it to zero.
fn shrunk(matrix: &Array2<f64>, reach: f64) -> Array2<f64> {
    let mut shrunk = matrix.mapv(|value| value - value.clamp(-reach, reach));
    shrunk.diag_mut().assign(&matrix.diag());
    shrunk
}

/// ‖A − B‖ in the Frobenius norm.
fn norm(left: &Array2<f64>, right: &Array2<f64>) -> f64 {
    Zip::from(left).and(right).fold(0.0, |sum, a, b| sum + (a - b) * (a - b)).sqrt()
}
