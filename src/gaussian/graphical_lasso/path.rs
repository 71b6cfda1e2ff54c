//! The graphical lasso over a grid of penalties, and the choice of one by the extended Bayesian information criterion.

use ndarray::Array2;

use super::covariance::{checked_covariance, sample_covariance};
use super::fit::GraphicalLassoFit;
use super::glasso::GraphicalLasso;
use super::objective::largest_off_diagonal;
use super::path_fit::{GraphicalLassoPathFit, PathPoint};
use super::solver::WORTH_A_BAR;
use crate::notebook::{Progress, interrupt};
use crate::words::counted;
use crate::{Error, Result};

/// Fits the graphical lasso over penalties α, log-spaced from the largest off-diagonal |S_ij|, where the last edge
/// goes, down to a share of it. Each fit starts from the one before. An interrupt ends the path with the fits so far.
///
/// | parameter | default | purpose | range |
/// |---|---|---|---|
/// | `points` | none | penalties on the grid | ≥ 2 |
/// | `ratio` | 0.01 | smallest penalty, as a share of the largest | 0 < ratio < 1 |
/// | `gamma` | 0.5 | weight of the extended part of the criterion; 0 gives the BIC | 0 to 1 |
/// | `tolerance`, `max_iterations` | 1e-4, 100 | as for [`GraphicalLasso`] | |
///
/// The criterion is −2nℓ + |E| log n + 4γ |E| log p, with ℓ the log-likelihood per observation and |E| the number of
/// edges (Foygel & Drton, NeurIPS 2010).
///
/// # Example
/// ```
/// use latentlab::gaussian::GraphicalLassoPath;
/// use latentlab::ndarray::array;
///
/// let covariance = array![[1.0, 0.5, 0.1], [0.5, 1.0, 0.2], [0.1, 0.2, 1.0]];
/// let path = GraphicalLassoPath::new(10).fit_covariance(&covariance, 200)?;
/// assert_eq!(path.fits().len(), 10);
/// assert_eq!(path.fits()[0].edge_count(), 0);
/// assert!(path.best_by_ebic().fit().edge_count() >= 1);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct GraphicalLassoPath {
    points: usize,
    ratio: f64,
    gamma: f64,
    tolerance: f64,
    max_iterations: usize,
}

impl GraphicalLassoPath {
    /// A path of `points` penalties, at least 2.
    ///
    /// # Example
    /// ```
    /// let path = latentlab::gaussian::GraphicalLassoPath::new(30).ratio(0.05);
    /// ```
    pub fn new(points: usize) -> Self {
        Self { points, ratio: 0.01, gamma: 0.5, tolerance: 1e-4, max_iterations: 100 }
    }

    /// Sets the smallest penalty as a share of the largest, between 0 and 1. Default 0.01.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(3).ratio(0.25).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
    /// assert!((path.fits()[2].alpha() - 0.1).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn ratio(mut self, ratio: f64) -> Self {
        self.ratio = ratio;
        self
    }

    /// Sets γ of the criterion, 0 (the BIC) to 1 (fewest edges). Default 0.5.
    ///
    /// # Example
    /// ```
    /// let path = latentlab::gaussian::GraphicalLassoPath::new(30).gamma(0.0);
    /// ```
    pub fn gamma(mut self, gamma: f64) -> Self {
        self.gamma = gamma;
        self
    }

    /// Sets the duality gap at which each fit stops. Default 1e-4.
    ///
    /// # Example
    /// ```
    /// let path = latentlab::gaussian::GraphicalLassoPath::new(30).tolerance(1e-8);
    /// ```
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the largest number of steps for one connected component of one fit. Default 100.
    ///
    /// # Example
    /// ```
    /// let path = latentlab::gaussian::GraphicalLassoPath::new(30).max_iterations(50);
    /// ```
    pub fn max_iterations(mut self, max_iterations: usize) -> Self {
        self.max_iterations = max_iterations;
        self
    }

    /// Fits the path to samples, n × p, one observation a row. The columns are centred here, not scaled.
    ///
    /// # Errors
    /// [`Error::Invalid`] for parameters out of range, samples without a covariance, a single column, and columns
    /// without any covariance between them.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5]];
    /// assert_eq!(GraphicalLassoPath::new(5).fit(&samples)?.points().len(), 5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit(&self, samples: &Array2<f64>) -> Result<GraphicalLassoPathFit> {
        self.fit_checked(&sample_covariance(samples)?, samples.nrows())
    }

    /// Fits the path to a covariance or correlation matrix, p × p, of n observations.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), and for a matrix that is not a covariance.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
    /// assert_eq!(path.points()[0].alpha, 0.4);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit_covariance(
        &self,
        covariance: &Array2<f64>,
        observations: usize,
    ) -> Result<GraphicalLassoPathFit> {
        self.fit_checked(&checked_covariance(covariance)?, observations)
    }

    fn fit_checked(
        &self,
        covariance: &Array2<f64>,
        observations: usize,
    ) -> Result<GraphicalLassoPathFit> {
        let penalties = self.penalties(covariance, observations)?;
        let mut fits: Vec<GraphicalLassoFit> = Vec::with_capacity(penalties.len());
        let mut points = Vec::with_capacity(penalties.len());
        let mut progress = Progress::new("Path of penalties", penalties.len() as u64)
            .unit("penalties")
            .delay(WORTH_A_BAR);
        for alpha in penalties {
            let start = fits.last().map(GraphicalLassoFit::precision);
            let fit = self.lasso(alpha)?.solve_from(covariance, start)?;
            // A fit that stopped half-way would be compared with finished ones; the first, the empty graph, is never one.
            if fit.interrupted() && !fits.is_empty() {
                break;
            }
            points.push(self.describe(&fit, covariance, observations)?);
            progress.note(counted(fit.edge_count(), "edge")).advance(1);
            fits.push(fit);
            if fits.len() < self.points && interrupt::requested() {
                break;
            }
        }
        Ok(self.fitted(fits, points, observations))
    }

    /// Fits and their descriptions as a path, which an interrupt ended where they are fewer than its penalties.
    pub(crate) fn fitted(
        &self,
        fits: Vec<GraphicalLassoFit>,
        points: Vec<PathPoint>,
        observations: usize,
    ) -> GraphicalLassoPathFit {
        let (gamma, wanted) = (self.gamma, self.points);
        let interrupted = fits.len() < wanted;
        GraphicalLassoPathFit { fits, points, gamma, observations, wanted, interrupted }
    }

    /// The graphical lasso at one penalty of the grid.
    pub(crate) fn lasso(&self, alpha: f64) -> Result<GraphicalLasso> {
        let lasso = GraphicalLasso::new(alpha)
            .tolerance(self.tolerance)
            .max_iterations(self.max_iterations);
        lasso.check()?;
        Ok(lasso)
    }

    /// The grid, in descending order.
    pub(crate) fn penalties(
        &self,
        covariance: &Array2<f64>,
        observations: usize,
    ) -> Result<Vec<f64>> {
        let invalid = |what: String, problem: &str| Err(Error::invalid(what, problem));
        if self.points < 2 {
            return invalid(format!("{} points", self.points), "a path needs at least 2 penalties");
        }
        if !(self.ratio > 0.0 && self.ratio < 1.0) {
            return invalid(
                format!("ratio = {}", self.ratio),
                "the smallest penalty's share of the largest lies between 0 and 1",
            );
        }
        if !(0.0..=1.0).contains(&self.gamma) {
            return invalid(
                format!("gamma = {}", self.gamma),
                "the criterion's weight lies between 0 and 1",
            );
        }
        if observations < 2 {
            return invalid(
                format!("{observations} observations"),
                "the criterion needs the number of observations, at least 2",
            );
        }
        let largest = largest_off_diagonal(covariance);
        if largest == 0.0 {
            return invalid(
                counted(covariance.nrows(), "variable"),
                "no two of them have any covariance, so there is no path of penalties: every graph is empty",
            );
        }
        let last = (self.points - 1) as f64;
        Ok((0..self.points).map(|point| largest * self.ratio.powf(point as f64 / last)).collect())
    }

    pub(crate) fn describe(
        &self,
        fit: &GraphicalLassoFit,
        covariance: &Array2<f64>,
        observations: usize,
    ) -> Result<PathPoint> {
        let (edges, observations) = (fit.edge_count(), observations as f64);
        let log_likelihood = fit.log_likelihood(covariance)?;
        let per_edge = observations.ln() + 4.0 * self.gamma * (covariance.nrows() as f64).ln();
        Ok(PathPoint {
            alpha: fit.alpha(),
            edges,
            components: fit.component_count(),
            log_likelihood,
            ebic: -2.0 * observations * log_likelihood + edges as f64 * per_edge,
        })
    }
}

#[cfg(test)]
mod tests;
