//! Newton systems on a fixed set of nonzero entries, by preconditioned conjugate gradients.
//!
//! Coordinate descent finds the right zeros in a few sweeps and then creeps where variables share strong factors,
//! because the second-order model W ⊗ W is ill-conditioned. With the zeros held, the model is a plain quadratic.
//! Its inverse on all entries is Θ ⊗ Θ; restricted to the nonzero ones that is a preconditioner which brings the
//! count of iterations from hundreds to some ten.

use ndarray::Array2;

use super::support::Support;
use crate::gaussian::linalg::{dot, product};
use crate::notebook::interrupt;

/// Iterations at most: a direction that needs more is left to the next round of coordinate descent.
const MAX_ITERATIONS: usize = 25;
/// The residual's norm, as a share of its first value, at which to stop.
const REDUCTION: f64 = 0.05;
/// Above this share of nonzero entries, products of whole matrices are faster than those on the nonzero ones.
const DENSE: f64 = 0.3;

/// E on the support with W E W ≈ residual there. W = Θ⁻¹, and the residual is symmetric.
pub(crate) fn solve_on_support(
    inverse: &Array2<f64>,
    precision: &Array2<f64>,
    support: &Support,
    mut residual: Vec<f64>,
) -> Vec<f64> {
    let (inverse, precision) = (Outer::full(inverse), Outer::sparse(precision));
    let mut solution = vec![0.0; support.len()];
    let goal = REDUCTION * REDUCTION * dot(&residual, &residual);
    let mut direction = precision.around(support, &residual);
    let mut power = dot(&residual, &direction);
    for _ in 0..MAX_ITERATIONS {
        if interrupt::requested() {
            break;
        }
        let image = inverse.around(support, &direction);
        let curvature = dot(&direction, &image);
        if !(power > 0.0 && curvature > 0.0) {
            break;
        }
        let size = power / curvature;
        for place in 0..solution.len() {
            solution[place] += size * direction[place];
            residual[place] -= size * image[place];
        }
        if dot(&residual, &residual) <= goal {
            break;
        }
        let conditioned = precision.around(support, &residual);
        let next_power = dot(&residual, &conditioned);
        let share = next_power / power;
        for (old, new) in direction.iter_mut().zip(&conditioned) {
            *old = new + share * *old;
        }
        power = next_power;
    }
    solution
}

/// A symmetric matrix that is multiplied to both sides of a sparse one.
enum Outer<'a> {
    Full(&'a Array2<f64>),
    Sparse(&'a Array2<f64>, Support, Vec<f64>),
}

impl<'a> Outer<'a> {
    fn full(matrix: &'a Array2<f64>) -> Self {
        Self::Full(matrix)
    }

    /// By its nonzero entries, where they are few.
    fn sparse(matrix: &'a Array2<f64>) -> Self {
        let support = Support::of(matrix);
        if support.len() as f64 > DENSE * matrix.len() as f64 {
            return Self::Full(matrix);
        }
        let values = support.values(|row, column| matrix[[row, column]]);
        Self::Sparse(matrix, support, values)
    }

    /// The entries of A E A on the support of E.
    fn around(&self, support: &Support, values: &[f64]) -> Vec<f64> {
        let (Self::Full(matrix) | Self::Sparse(matrix, ..)) = self;
        if support.len() as f64 > DENSE * matrix.len() as f64 {
            let whole = product(matrix, &product(&support.dense(values), matrix));
            return support.values(|row, column| whole[[row, column]]);
        }
        match self {
            Self::Full(matrix) => support.product(matrix, &support.times(values, matrix)),
            Self::Sparse(_, own, own_values) => support.sandwich(own, own_values, values),
        }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_system_on_the_support_is_solved() {
        let precision = array![[2.0, -0.4, 0.3], [-0.4, 1.5, 0.2], [0.3, 0.2, 1.0]];
        let Ok(factor) = crate::gaussian::Cholesky::new(&precision) else {
            panic!("positive definite")
        };
        let inverse = factor.inverse();
        let truth = array![[0.5, -1.0, 0.0], [-1.0, 0.2, 0.7], [0.0, 0.7, -0.3]];
        let support = Support::of(&truth);
        let image = |matrix: &Array2<f64>| {
            let whole = inverse.dot(matrix).dot(&inverse);
            support.values(|row, column| whole[[row, column]])
        };
        let mut remaining = image(&truth);
        let first = dot(&remaining, &remaining);
        let mut found = Array2::zeros((3, 3));
        for _ in 0..8 {
            found += &support.dense(&solve_on_support(&inverse, &precision, &support, remaining));
            remaining = image(&(&truth - &found));
        }
        assert!(dot(&remaining, &remaining) < 1e-20 * first);
        assert_eq!(found[[0, 2]], 0.0);
        assert!((&found - &truth).iter().all(|error| error.abs() < 1e-8));
    }
}
