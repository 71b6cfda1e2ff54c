//! The penalty by cross-validation.

use ndarray::Array2;

use super::cross_validated::{CrossValidatedPath, CrossValidatedPoint};
use super::folds::{deal, split};
use super::walk::Walk;
use crate::Result;
use crate::gaussian::graphical_lasso::covariance::sample_covariance;
use crate::gaussian::graphical_lasso::fit::GraphicalLassoFit;
use crate::gaussian::graphical_lasso::path::GraphicalLassoPath;
use crate::parallel::Workers;

/// Judges the penalties of a path by the log-likelihood of observations that the fits have not seen.
///
/// | parameter | default | purpose | range |
/// |---|---|---|---|
/// | `path` | none | the grid, and how each fit is made | |
/// | `folds` | 5 | parts of the observations; each is held out once | 2 to n / 2 |
/// | `seed` | 0 | of the shuffling | |
/// | `shuffle` | true | false: the parts are contiguous stretches, as for series whose days hang together | |
/// | `threads` | one a core | how many work at a time | ≥ 1 |
///
/// For each fold k and penalty α the fit Θ to the other folds is scored by ½(log det Θ − tr(S_k Θ) − p log 2π), the
/// log-likelihood per observation, with S_k the covariance of fold k about its own mean (as scikit-learn's
/// `GraphicalLassoCV` does). The largest penalty is max |S_ij| of all samples. Each fold goes down the path from its own
/// last solution, in step with the others; an interrupt keeps the penalties that all folds have finished. The result
/// depends on the seed, not on the number of threads.
///
/// # Example
/// ```
/// use latentlab::gaussian::{CrossValidation, GraphicalLassoPath};
/// use latentlab::ndarray::Array2;
///
/// let wave = |row: usize, column: usize| (row as f64 * 0.7).sin() + ((row * (column + 2)) as f64).cos();
/// let samples = Array2::from_shape_fn((60, 4), |(row, column)| wave(row, column));
/// let validated = CrossValidation::new(&GraphicalLassoPath::new(10)).folds(3).fit(&samples)?;
/// assert_eq!(validated.points().len(), 10);
/// assert!(validated.one_standard_error().alpha() >= validated.best().alpha());
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CrossValidation {
    path: GraphicalLassoPath,
    folds: usize,
    seed: u64,
    shuffle: bool,
    workers: Workers,
}

impl CrossValidation {
    /// Five shuffled folds for the penalties of a path.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{CrossValidation, GraphicalLassoPath};
    /// let validation = CrossValidation::new(&GraphicalLassoPath::new(30).ratio(0.05));
    /// ```
    pub fn new(path: &GraphicalLassoPath) -> Self {
        let workers = Workers::default();
        Self { path: path.clone(), folds: 5, seed: 0, shuffle: true, workers }
    }

    /// Sets the number of parts, 2 to n / 2. Default 5.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{CrossValidation, GraphicalLassoPath};
    /// let validation = CrossValidation::new(&GraphicalLassoPath::new(30)).folds(10);
    /// ```
    pub fn folds(mut self, folds: usize) -> Self {
        self.folds = folds;
        self
    }

    /// Sets the seed of the shuffling. Default 0.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{CrossValidation, GraphicalLassoPath};
    /// let validation = CrossValidation::new(&GraphicalLassoPath::new(30)).seed(42);
    /// ```
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets whether the observations are shuffled before they are dealt. Default true.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{CrossValidation, GraphicalLassoPath};
    /// let validation = CrossValidation::new(&GraphicalLassoPath::new(30)).shuffle(false);
    /// ```
    pub fn shuffle(mut self, shuffle: bool) -> Self {
        self.shuffle = shuffle;
        self
    }

    /// Sets how many threads work at a time. Default: one a core.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{CrossValidation, GraphicalLassoPath};
    /// let validation = CrossValidation::new(&GraphicalLassoPath::new(30)).threads(1);
    /// ```
    pub fn threads(mut self, threads: usize) -> Self {
        self.workers.threads = Some(threads);
        self
    }

    /// Fits and scores the path on samples, n × p, one observation a row. The columns are centred here, not scaled.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for parameters out of range, too few samples for the folds, samples without a covariance, and
    /// columns that are constant without one of the folds; [`Error::Interrupted`](crate::Error::Interrupted) before the first penalty is done.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{CrossValidation, GraphicalLassoPath}, ndarray::array};
    /// let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let validated = CrossValidation::new(&GraphicalLassoPath::new(5)).folds(2).fit(&samples)?;
    /// assert_eq!(validated.scores().dim(), (5, 2));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit(&self, samples: &Array2<f64>) -> Result<CrossValidatedPath> {
        self.workers.check()?;
        let whole = sample_covariance(samples)?;
        let observations = samples.nrows();
        let penalties = self.path.penalties(&whole, observations)?;
        let fold_of = deal(observations, self.folds, self.shuffle.then_some(self.seed))?;
        let parts = (0..self.folds).map(|fold| split(samples, &fold_of, fold));
        let (mut covariances, tests): (Vec<_>, Vec<_>) =
            parts.collect::<Result<Vec<_>>>()?.into_iter().unzip();
        // All samples go down the path as well, so that any choice is fitted already.
        covariances.push(whole.clone());

        let lassos = penalties.into_iter().map(|alpha| self.path.lasso(alpha));
        let walk = Walk::new(covariances, self.workers);
        let (fits, scores) =
            walk.along("Cross-validation", lassos, |parts| held_out(parts, &tests))?;
        self.gather(fits, &scores, fold_of, &whole)
    }

    fn gather(
        &self,
        fits: Vec<GraphicalLassoFit>,
        scores: &[Vec<f64>],
        fold_of: Vec<usize>,
        whole: &Array2<f64>,
    ) -> Result<CrossValidatedPath> {
        let observations = fold_of.len();
        let described = fits.iter().map(|fit| self.path.describe(fit, whole, observations));
        let described = described.collect::<Result<Vec<_>>>()?;
        let points = described
            .iter()
            .zip(scores)
            .map(|(point, scores)| CrossValidatedPoint::new(point, scores))
            .collect();
        let path = self.path.fitted(fits, described, observations);
        let scores =
            Array2::from_shape_fn((scores.len(), self.folds), |(row, fold)| scores[row][fold]);
        Ok(CrossValidatedPath { path, points, scores, fold_of })
    }
}

/// Each fold's fit, scored on what the fold holds out.
fn held_out(fits: &[GraphicalLassoFit], tests: &[Array2<f64>]) -> Result<Vec<f64>> {
    fits.iter().zip(tests).map(|(fit, test)| fit.log_likelihood(test)).collect()
}

#[cfg(test)]
mod tests;
