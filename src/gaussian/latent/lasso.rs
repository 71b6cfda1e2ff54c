//! The graphical lasso with hidden variables.

use ndarray::Array2;

use super::certificate::Problem;
use super::fit::LatentGraphicalLassoFit;
use super::solver::solve;
use crate::gaussian::graphical_lasso::covariance::{checked_covariance, sample_covariance};
use crate::gaussian::graphical_lasso::solver::Stopping;
use crate::{Error, Result};

/// Minimises −log det(S − L) + tr(C(S − L)) + α Σ_{i≠j} |S_ij| + μ tr L over S − L ≻ 0, L ⪰ 0, with C the empirical
/// covariance (Chandrasekaran, Parrilo & Willsky, Annals of Statistics 40, 2012).
///
/// Where a few variables that nobody observed, such as the market, move all others, the precision matrix of the
/// observed ones is not sparse: it is S − L, with S the precision matrix *given* the hidden ones, which may be sparse,
/// and L of as low a rank as there are hidden ones. The graph of S is what links the variables beyond them.
///
/// | parameter | default | purpose | range |
/// |---|---|---|---|
/// | `alpha` | none | penalty on the links in S, in units of C; larger gives fewer edges | > 0 |
/// | `mu` | none | penalty on the trace of L, in units of C; larger gives fewer factors | > 0 |
/// | `tolerance` | 1e-4 | duality gap at which to stop | > 0 |
/// | `max_iterations` | 5000 | rounds at most | ≥ 1 |
///
/// What there is to choose lies between α and (p − 1) α: with a smaller μ the hidden variables explain all there is,
/// and S is diagonal (factor analysis); with a larger one there is none, and S is the graphical lasso's Θ. Penalties
/// treat all variables alike: standardise columns of different scales first.
///
/// Solved by the alternating direction method of multipliers in the three parts Ω = S − L, S and L (Ma, Xue & Zou,
/// Neural Computation 25, 2013; Boyd et al., Foundations and Trends in Machine Learning 3, 2011), until the duality gap
/// at a feasible point is small enough. A round takes two eigendecompositions.
///
/// # Example
/// ```
/// use latentlab::gaussian::LatentGraphicalLasso;
/// use latentlab::ndarray::Array2;
///
/// // Six variables that have nothing in common but one hidden variable: all correlations are 0.5.
/// let correlations = Array2::from_shape_fn((6, 6), |(i, j)| if i == j { 1.0 } else { 0.5 });
/// let fit = LatentGraphicalLasso::new(0.1, 0.2).fit_covariance(&correlations)?;
/// assert_eq!((fit.rank(), fit.edge_count()), (1, 0));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LatentGraphicalLasso {
    alpha: f64,
    mu: f64,
    tolerance: f64,
    max_iterations: usize,
}

impl LatentGraphicalLasso {
    /// Penalties `alpha` > 0 on links and `mu` > 0 on factors, both in the units of the covariance.
    ///
    /// # Example
    /// ```
    /// let lasso = latentlab::gaussian::LatentGraphicalLasso::new(0.1, 0.5);
    /// assert_eq!((lasso.alpha(), lasso.mu()), (0.1, 0.5));
    /// ```
    pub fn new(alpha: f64, mu: f64) -> Self {
        Self { alpha, mu, tolerance: 1e-4, max_iterations: 5000 }
    }

    /// Sets the duality gap at which to stop: the objective is then within this of its minimum. Default 1e-4.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::LatentGraphicalLasso, ndarray::array};
    /// let lasso = LatentGraphicalLasso::new(0.1, 0.2).tolerance(1e-8);
    /// assert!(lasso.fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?.duality_gap() <= 1e-8);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the largest number of rounds. Default 5000; some hundred are a usual need.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::LatentGraphicalLasso, ndarray::array};
    /// let lasso = LatentGraphicalLasso::new(0.01, 0.02).max_iterations(1);
    /// let fit = lasso.fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?;
    /// assert!(fit.iterations() == 1 && !fit.converged());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn max_iterations(mut self, max_iterations: usize) -> Self {
        self.max_iterations = max_iterations;
        self
    }

    /// The penalty on links.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The penalty on factors.
    pub fn mu(&self) -> f64 {
        self.mu
    }

    /// Fits to samples, n × p, one observation a row. The columns are centred here, not scaled.
    ///
    /// # Errors
    /// [`Error::Invalid`] for parameters out of range and samples that have no covariance (fewer than two rows, values
    /// that are not finite, constant columns). Reaching `max_iterations` is no error, nor is an interrupt: the fit says so.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::LatentGraphicalLasso, ndarray::array};
    /// let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5]];
    /// assert!(LatentGraphicalLasso::new(0.05, 0.1).fit(&samples)?.converged());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit(&self, samples: &Array2<f64>) -> Result<LatentGraphicalLassoFit> {
        self.check()?;
        self.solve(&sample_covariance(samples)?)
    }

    /// Fits to a covariance (or correlation) matrix, p × p.
    ///
    /// # Errors
    /// [`Error::Invalid`] for parameters out of range, and a matrix that is not a covariance (not square, not symmetric,
    /// not finite, no variance, not positive semidefinite).
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::LatentGraphicalLasso, ndarray::array};
    /// let fit = LatentGraphicalLasso::new(0.1, 0.5).fit_covariance(&array![[2.0]])?;
    /// assert!((fit.precision()[[0, 0]] - 0.5).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit_covariance(&self, covariance: &Array2<f64>) -> Result<LatentGraphicalLassoFit> {
        self.check()?;
        self.solve(&checked_covariance(covariance)?)
    }

    fn solve(&self, covariance: &Array2<f64>) -> Result<LatentGraphicalLassoFit> {
        let problem = Problem { covariance, alpha: self.alpha, mu: self.mu };
        let stopping = Stopping { tolerance: self.tolerance, max_iterations: self.max_iterations };
        let solution = solve(problem, stopping)?;
        LatentGraphicalLassoFit::new(self.alpha, self.mu, self.tolerance, solution)
    }

    fn check(&self) -> Result<()> {
        for (name, value) in [("alpha", self.alpha), ("mu", self.mu)] {
            if !(value > 0.0 && value.is_finite()) {
                return Err(Error::invalid(
                    format!("{name} = {value}"),
                    "both penalties must be finite and positive: without one, sparse and low-rank part are not told apart",
                ));
            }
        }
        if self.tolerance.is_nan() || self.tolerance <= 0.0 {
            return Err(Error::invalid(
                format!("tolerance = {}", self.tolerance),
                "the duality gap to stop at must be positive; 1e-4 is the default",
            ));
        }
        if self.max_iterations == 0 {
            return Err(Error::invalid("max_iterations = 0", "at least one round is needed"));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests;
