//! Newton systems on a fixed set of nonzero entries, by preconditioned conjugate gradients.
//!
//! Coordinate descent finds the right zeros in a few sweeps and then creeps where variables share strong factors,
//! because the second-order model W ⊗ W is ill-conditioned. With the zeros held, the model is a plain quadratic.
//! Its inverse on all entries is Θ ⊗ Θ; restricted to the nonzero ones that is a preconditioner which brings the
//! count of iterations from hundreds to some ten.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array2, Zip};

use crate::notebook::interrupt;

/// Iterations at most: a direction that needs more is left to the next round of coordinate descent.
const MAX_ITERATIONS: usize = 25;
/// The residual's norm, as a share of its first value, at which to stop.
const REDUCTION: f64 = 0.05;

/// E with zeros outside the mask, and (W E W) ∘ mask ≈ residual. The mask holds ones and zeros and is symmetric,
/// W = Θ⁻¹, and the residual is symmetric with zeros outside the mask.
pub(crate) fn solve_on_support(
    inverse: &Array2<f64>,
    precision: &Array2<f64>,
    mask: &Array2<f64>,
    mut residual: Array2<f64>,
) -> Array2<f64> {
    let mut product = Sandwich::new(inverse.nrows());
    let mut solution = Array2::zeros(inverse.dim());
    let goal = REDUCTION * REDUCTION * product_sum(&residual, &residual);
    let mut direction = product.apply(precision, &residual, mask).clone();
    let mut power = product_sum(&residual, &direction);
    for _ in 0..MAX_ITERATIONS {
        if interrupt::requested() {
            break;
        }
        let image = product.apply(inverse, &direction, mask);
        let curvature = product_sum(&direction, image);
        if !(power > 0.0 && curvature > 0.0) {
            break;
        }
        let size = power / curvature;
        solution.scaled_add(size, &direction);
        residual.scaled_add(-size, image);
        if product_sum(&residual, &residual) <= goal {
            break;
        }
        let conditioned = product.apply(precision, &residual, mask);
        let next_power = product_sum(&residual, conditioned);
        let share = next_power / power;
        Zip::from(&mut direction).and(conditioned).for_each(|old, &new| *old = new + share * *old);
        power = next_power;
    }
    solution
}

/// Scratch space for (M R M) ∘ mask.
struct Sandwich {
    half: Array2<f64>,
    whole: Array2<f64>,
}

impl Sandwich {
    fn new(order: usize) -> Self {
        Self { half: Array2::zeros((order, order)), whole: Array2::zeros((order, order)) }
    }

    fn apply(
        &mut self,
        outer: &Array2<f64>,
        inner: &Array2<f64>,
        mask: &Array2<f64>,
    ) -> &Array2<f64> {
        general_mat_mul(1.0, inner, outer, 0.0, &mut self.half);
        general_mat_mul(1.0, outer, &self.half, 0.0, &mut self.whole);
        self.whole *= mask;
        &self.whole
    }
}

/// Σ_ij A_ij B_ij.
fn product_sum(left: &Array2<f64>, right: &Array2<f64>) -> f64 {
    Zip::from(left).and(right).fold(0.0, |sum, a, b| sum + a * b)
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn the_masked_system_is_solved() {
        let precision = array![[2.0, -0.4, 0.3], [-0.4, 1.5, 0.2], [0.3, 0.2, 1.0]];
        let Ok(factor) = crate::gaussian::Cholesky::new(&precision) else {
            panic!("positive definite")
        };
        let inverse = factor.inverse();
        let mask = array![[1.0, 1.0, 0.0], [1.0, 1.0, 1.0], [0.0, 1.0, 1.0]];
        let truth = array![[0.5, -1.0, 0.0], [-1.0, 0.2, 0.7], [0.0, 0.7, -0.3]];
        let mut remaining = inverse.dot(&truth).dot(&inverse) * &mask;
        let first = product_sum(&remaining, &remaining);
        let mut found = Array2::zeros((3, 3));
        for _ in 0..8 {
            found += &solve_on_support(&inverse, &precision, &mask, remaining);
            remaining = inverse.dot(&(&truth - &found)).dot(&inverse) * &mask;
        }
        assert!(product_sum(&remaining, &remaining) < 1e-20 * first);
        assert_eq!(found[[0, 2]], 0.0);
        assert!((&found - &truth).iter().all(|error| error.abs() < 1e-8));
    }
}
