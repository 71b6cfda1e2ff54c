//! How far a pair of sparse and low-rank parts is from the best, at most.

use ndarray::Array2;

use crate::Result;
use crate::gaussian::eigen::SymmetricEigen;
use crate::gaussian::graphical_lasso::objective::inner_product;
use crate::gaussian::linalg::Cholesky;

/// A covariance C with the penalties on both parts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Problem<'a> {
    pub(crate) covariance: &'a Array2<f64>,
    pub(crate) alpha: f64,
    pub(crate) mu: f64,
}

/// The objective at a pair, and the duality gap there.
#[derive(Clone, Debug)]
pub(crate) struct Certificate {
    pub(crate) factor: Cholesky,
    pub(crate) objective: f64,
    pub(crate) gap: f64,
}

impl Problem<'_> {
    /// −log det(S − L) + tr(C(S − L)) + α Σ_{i≠j} |S_ij| + μ tr L, and a bound on its distance from the minimum: with
    /// W = C + Z, the dual problem is max log det W + p over |Z_ij| ≤ α off the diagonal, Z_ii = 0, Z ⪰ −μI. Z is the
    /// multiplier of Ω = S − L, moved into that set, which contains with any Z all of the way from 0 to it. None where
    /// S − L is not positive definite.
    pub(crate) fn certify(
        &self,
        sparse: &Array2<f64>,
        low_rank: &Array2<f64>,
        multiplier: &Array2<f64>,
    ) -> Result<Option<Certificate>> {
        let precision = sparse - low_rank;
        let Ok(factor) = Cholesky::factorize(&precision) else { return Ok(None) };
        let links = off_diagonal(sparse).map(f64::abs).sum::<f64>();
        let objective = inner_product(self.covariance, &precision) - factor.log_determinant()
            + self.alpha * links
            + self.mu * low_rank.diag().sum();
        let gap = match self.dual(multiplier)? {
            Some(dual) => (objective - dual).max(0.0),
            None => f64::INFINITY,
        };
        Ok(Some(Certificate { factor, objective, gap }))
    }

    /// The dual value near a multiplier; none where W is not positive definite there.
    fn dual(&self, multiplier: &Array2<f64>) -> Result<Option<f64>> {
        let mut feasible = multiplier.mapv(|value| value.clamp(-self.alpha, self.alpha));
        feasible.diag_mut().fill(0.0);
        let lowest = SymmetricEigen::new(&feasible)?.smallest().unwrap_or(0.0);
        if lowest < -self.mu {
            feasible *= self.mu / -lowest;
        }
        let order = feasible.nrows() as f64;
        let factor = Cholesky::factorize(&(feasible + self.covariance)).ok();
        Ok(factor.map(|factor| factor.log_determinant() + order))
    }
}

/// The entries off the diagonal.
fn off_diagonal(matrix: &Array2<f64>) -> impl Iterator<Item = f64> + '_ {
    matrix.indexed_iter().filter(|((row, column), _)| row != column).map(|(_, value)| *value)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ndarray::array;

    use super::*;

    #[test]
    fn the_gap_is_zero_at_the_solution_only() {
        // Without a low-rank part, p = 2: W_12 = C_12 − α, which needs μ ≥ α.
        let covariance = array![[1.0, 0.6], [0.6, 1.0]];
        let problem = Problem { covariance: &covariance, alpha: 0.2, mu: 0.3 };
        let gap_at = |link: f64| {
            let precision = Cholesky::new(&array![[1.0, link], [link, 1.0]]).unwrap().inverse();
            let multiplier = array![[0.0, link - 0.6], [link - 0.6, 0.0]];
            let none = Array2::zeros((2, 2));
            problem.certify(&precision, &none, &multiplier).unwrap().unwrap().gap
        };
        assert!(gap_at(0.4) < 1e-14);
        assert!(gap_at(0.2) > 1e-3 && gap_at(0.55) > 1e-3);
    }

    #[test]
    fn pairs_without_a_density_have_no_certificate() {
        let covariance = Array2::eye(2);
        let problem = Problem { covariance: &covariance, alpha: 0.1, mu: 0.1 };
        let sparse = Array2::eye(2);
        let too_much = array![[2.0, 0.0], [0.0, 0.0]];
        assert!(problem.certify(&sparse, &too_much, &Array2::zeros((2, 2))).unwrap().is_none());
    }
}
