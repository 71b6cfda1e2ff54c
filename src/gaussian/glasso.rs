//! The graphical lasso: a sparse inverse covariance by an ℓ₁ penalty.

use ndarray::Array2;

use super::components::{block, connected_components, set_block};
use super::covariance::{checked_covariance, correlation, sample_covariance};
use super::fit::GraphicalLassoFit;
use super::linalg::Cholesky;
use super::objective::{largest_off_diagonal, objective};
use super::solver::{Solution, Stopping, solve};
use crate::{Error, Result};

/// A correlation matrix with a pivot below this is singular to working precision.
const SINGULAR: f64 = 1e-12;

/// Minimises −log det Θ + tr(SΘ) + α Σ_{i≠j} |Θ_ij| over positive definite Θ (Friedman, Hastie & Tibshirani,
/// Biostatistics 9, 2008), with S the empirical covariance.
///
/// | parameter | default | purpose | range |
/// |---|---|---|---|
/// | `alpha` | none | penalty on the off-diagonal, in units of S; larger gives fewer edges | ≥ 0 |
/// | `tolerance` | 1e-4 | duality gap at which to stop | > 0 |
/// | `max_iterations` | 100 | Newton steps at most, per connected component | ≥ 1 |
/// | `penalize_diagonal` | false | whether α Σ_i Θ_ii is added | |
///
/// The problem is first split, exactly, into the connected components of |S_ij| > α; each is solved by Newton steps
/// (QUIC: Hsieh et al., JMLR 15, 2014). α is in the units of S: standardise columns of different scales first.
///
/// # Example
/// ```
/// use latentlab::gaussian::GraphicalLasso;
/// use latentlab::ndarray::array;
///
/// let covariance = array![[1.0, 0.6, 0.1], [0.6, 1.0, 0.1], [0.1, 0.1, 1.0]];
/// let fit = GraphicalLasso::new(0.2).fit_covariance(&covariance)?;
/// assert!(fit.converged());
/// assert_eq!(fit.edge_count(), 1);
/// // With one link, W = S − α on it: Θ_12 = −0.4 / (1 − 0.4²).
/// assert!((fit.precision()[[0, 1]] + 0.4 / 0.84).abs() < 1e-3);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct GraphicalLasso {
    alpha: f64,
    tolerance: f64,
    max_iterations: usize,
    penalize_diagonal: bool,
}

impl GraphicalLasso {
    /// A graphical lasso with penalty `alpha` ≥ 0, in the units of the covariance.
    ///
    /// # Example
    /// ```
    /// let lasso = latentlab::gaussian::GraphicalLasso::new(0.25);
    /// assert_eq!(lasso.alpha(), 0.25);
    /// ```
    pub fn new(alpha: f64) -> Self {
        Self { alpha, tolerance: 1e-4, max_iterations: 100, penalize_diagonal: false }
    }

    /// Sets the duality gap at which to stop: the objective is then within this of its minimum. Default 1e-4.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// let fit = GraphicalLasso::new(0.1).tolerance(1e-9).fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?;
    /// assert!(fit.duality_gap() <= 1e-9);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the largest number of Newton steps for one connected component. Default 100; ten is a usual need.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// let fit = GraphicalLasso::new(0.1).max_iterations(1).fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?;
    /// assert!(fit.iterations() <= 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn max_iterations(mut self, max_iterations: usize) -> Self {
        self.max_iterations = max_iterations;
        self
    }

    /// Sets whether the diagonal of Θ is penalised as well, as R's `glasso` does by default. Default false.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// let fit = GraphicalLasso::new(0.5).penalize_diagonal(true).fit_covariance(&array![[2.0]])?;
    /// assert!((fit.precision()[[0, 0]] - 0.4).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn penalize_diagonal(mut self, penalize_diagonal: bool) -> Self {
        self.penalize_diagonal = penalize_diagonal;
        self
    }

    /// The penalty.
    ///
    /// # Example
    /// ```
    /// assert_eq!(latentlab::gaussian::GraphicalLasso::new(0.1).alpha(), 0.1);
    /// ```
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// Fits to samples, n × p, one observation a row. The columns are centred here, not scaled.
    ///
    /// # Errors
    /// [`Error::Invalid`] for parameters out of range, samples that have no covariance (fewer than two rows, values that
    /// are not finite, constant columns), and α = 0 with a singular covariance. Reaching `max_iterations` is no error, nor
    /// is an interrupt: the fit says so.
    ///
    /// # Example
    /// ```
    /// use latentlab::gaussian::GraphicalLasso;
    /// use latentlab::ndarray::array;
    ///
    /// let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5]];
    /// let fit = GraphicalLasso::new(0.05).fit(&samples)?;
    /// assert!(fit.precision()[[0, 1]] < 0.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit(&self, samples: &Array2<f64>) -> Result<GraphicalLassoFit> {
        self.check()?;
        let covariance = sample_covariance(samples)?;
        let (rows, columns) = samples.dim();
        if self.alpha == 0.0 && !self.penalize_diagonal && rows <= columns {
            return Err(Error::invalid(
                format!("alpha = 0 with {rows} observations of {columns} variables"),
                "the covariance of so few observations is singular and has no inverse; choose alpha > 0",
            ));
        }
        self.solve_from(&covariance, None)
    }

    /// Fits to a covariance (or correlation) matrix, p × p.
    ///
    /// # Errors
    /// [`Error::Invalid`] for parameters out of range, a matrix that is not a covariance (not square, not symmetric,
    /// not finite, not positive semidefinite, no variance), and α = 0 with a singular one.
    ///
    /// # Example
    /// ```
    /// use latentlab::gaussian::GraphicalLasso;
    /// use latentlab::ndarray::array;
    ///
    /// let fit = GraphicalLasso::new(0.0).fit_covariance(&array![[2.0, 1.0], [1.0, 1.0]])?;
    /// assert!((fit.precision()[[0, 1]] + 1.0).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit_covariance(&self, covariance: &Array2<f64>) -> Result<GraphicalLassoFit> {
        self.check()?;
        self.solve_from(&checked_covariance(covariance)?, None)
    }

    /// Parameters in range?
    pub(crate) fn check(&self) -> Result<()> {
        if !(self.alpha >= 0.0 && self.alpha.is_finite()) {
            return Err(Error::invalid(
                format!("alpha = {}", self.alpha),
                "the penalty must be a finite number, zero or positive",
            ));
        }
        if self.tolerance.is_nan() || self.tolerance <= 0.0 {
            return Err(Error::invalid(
                format!("tolerance = {}", self.tolerance),
                "the duality gap to stop at must be positive; 1e-4 is the default",
            ));
        }
        if self.max_iterations == 0 {
            return Err(Error::invalid("max_iterations = 0", "at least one Newton step is needed"));
        }
        Ok(())
    }

    /// Solves for a checked covariance, from a positive definite Θ where one is known.
    pub(crate) fn solve_from(
        &self,
        covariance: &Array2<f64>,
        start: Option<&Array2<f64>>,
    ) -> Result<GraphicalLassoFit> {
        let mut penalized = covariance.clone();
        if self.penalize_diagonal {
            // Θ_ii is positive, so its penalty α Θ_ii is linear: the same as a larger variance.
            penalized.diag_mut().mapv_inplace(|variance| variance + self.alpha);
        }
        let solution = if self.alpha == 0.0 {
            inverse_covariance(&penalized)?
        } else {
            self.solve_blocks(&penalized, start)
        };
        Ok(GraphicalLassoFit {
            alpha: self.alpha,
            largest_covariance: largest_off_diagonal(covariance),
            tolerance: self.tolerance,
            solution,
        })
    }

    /// Screening, then each connected component alone.
    fn solve_blocks(&self, covariance: &Array2<f64>, start: Option<&Array2<f64>>) -> Solution {
        let order = covariance.nrows();
        let mut whole = Solution {
            precision: Array2::zeros((order, order)),
            covariance: Array2::zeros((order, order)),
            objective: 0.0,
            log_determinant: 0.0,
            gap: 0.0,
            iterations: 0,
            interrupted: false,
        };
        for members in connected_components(covariance, self.alpha) {
            let part = block(covariance, &members);
            let solution = if members.len() == 1 {
                isolated(part[[0, 0]])
            } else {
                let stopping = Stopping {
                    // The parts' gaps add up to the whole one.
                    tolerance: self.tolerance * members.len() as f64 / order as f64,
                    max_iterations: self.max_iterations,
                };
                solve(&part, self.alpha, start.map(|start| block(start, &members)), stopping)
            };
            set_block(&mut whole.precision, &members, &solution.precision);
            set_block(&mut whole.covariance, &members, &solution.covariance);
            whole.objective += solution.objective;
            whole.log_determinant += solution.log_determinant;
            whole.gap += solution.gap;
            whole.iterations = whole.iterations.max(solution.iterations);
            whole.interrupted |= solution.interrupted;
        }
        whole
    }
}

/// A variable without links: Θ = 1 / S.
fn isolated(variance: f64) -> Solution {
    Solution {
        precision: Array2::from_elem((1, 1), 1.0 / variance),
        covariance: Array2::from_elem((1, 1), variance),
        objective: 1.0 + variance.ln(),
        log_determinant: -variance.ln(),
        gap: 0.0,
        iterations: 0,
        interrupted: false,
    }
}

/// Without a penalty the solution is S⁻¹.
fn inverse_covariance(covariance: &Array2<f64>) -> Result<Solution> {
    let order = covariance.nrows();
    let pivot = Cholesky::factorize(&correlation(covariance)).map(|factor| factor.smallest_pivot());
    let factor = match (pivot, Cholesky::factorize(covariance)) {
        (Ok(pivot), Ok(factor)) if pivot > SINGULAR => factor,
        _ => {
            return Err(Error::invalid(
                format!("alpha = 0 with a covariance, {order} × {order}"),
                "it is singular to working precision (duplicated columns, or no more observations than variables) \
                 and has no inverse; choose alpha > 0",
            ));
        }
    };
    let precision = factor.inverse();
    let log_determinant = -factor.log_determinant();
    Ok(Solution {
        objective: objective(covariance, &precision, 0.0, log_determinant),
        precision,
        covariance: covariance.clone(),
        log_determinant,
        gap: 0.0,
        iterations: 0,
        interrupted: false,
    })
}

#[cfg(test)]
mod tests;
