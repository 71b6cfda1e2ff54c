//! How often each edge is found in subsamples.

use ndarray::Array2;

use super::edge_frequencies::EdgeFrequencies;
use super::subsamples::{covariance_of, draw};
use crate::gaussian::graphical_lasso::fit::GraphicalLassoFit;
use crate::gaussian::graphical_lasso::glasso::GraphicalLasso;
use crate::gaussian::graphical_lasso::solver::WORTH_A_BAR;
use crate::gaussian::graphs::graph::checked_names;
use crate::notebook::Progress;
use crate::parallel::Workers;
use crate::{Error, Result};

/// Fits one graphical lasso to many subsamples, and counts how often each edge is found (Meinshausen & Bühlmann, JRSS B
/// 72, 2010, without their randomised penalty).
///
/// | parameter | default | purpose | range |
/// |---|---|---|---|
/// | `lasso` | none | the penalty, and how each fit is made | |
/// | `subsamples` | 100 | subsets of the observations, drawn without replacement | ≥ 2 |
/// | `size` | ⌊n / 2⌋ | observations in each | 2 to n − 1 |
/// | `threshold` | 0 | an edge is an entry with \|Θ_ij\| above this, as in [`GraphicalLassoFit::graph_above`] | ≥ 0 |
/// | `names` | 0, 1, 2, … | of the variables | |
/// | `seed` | 0 | of the draws | |
/// | `threads` | one a core | how many work at a time | ≥ 1 |
///
/// An interrupt keeps the subsamples that are done. The result depends on the seed, not on the number of threads.
///
/// # Example
/// ```
/// use latentlab::gaussian::{EdgeStability, GraphicalLasso};
/// use latentlab::ndarray::Array2;
///
/// // The first two columns follow each other, the third does not.
/// let wave = |row: usize, column: usize| (row as f64 * [0.7, 0.72, 2.9][column]).sin();
/// let samples = Array2::from_shape_fn((40, 3), |(row, column)| wave(row, column));
/// let stability = EdgeStability::new(&GraphicalLasso::new(0.2)).subsamples(20).fit(&samples)?;
/// assert!(stability.matrix()[[0, 1]] > stability.matrix()[[0, 2]]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct EdgeStability {
    lasso: GraphicalLasso,
    subsamples: usize,
    size: Option<usize>,
    threshold: f64,
    names: Option<Vec<String>>,
    seed: u64,
    workers: Workers,
}

impl EdgeStability {
    /// A hundred subsamples of half the observations, for one graphical lasso.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{EdgeStability, GraphicalLasso};
    /// let stability = EdgeStability::new(&GraphicalLasso::new(0.4));
    /// ```
    pub fn new(lasso: &GraphicalLasso) -> Self {
        Self {
            lasso: lasso.clone(),
            subsamples: 100,
            size: None,
            threshold: 0.0,
            names: None,
            seed: 0,
            workers: Workers::default(),
        }
    }

    /// Sets the number of subsamples, at least 2. Default 100.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{EdgeStability, GraphicalLasso};
    /// let stability = EdgeStability::new(&GraphicalLasso::new(0.4)).subsamples(200);
    /// ```
    pub fn subsamples(mut self, subsamples: usize) -> Self {
        self.subsamples = subsamples;
        self
    }

    /// Sets the observations in each subsample, 2 to n − 1. Default half of them.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{EdgeStability, GraphicalLasso};
    /// let stability = EdgeStability::new(&GraphicalLasso::new(0.4)).size(150);
    /// ```
    pub fn size(mut self, size: usize) -> Self {
        self.size = Some(size);
        self
    }

    /// Sets the magnitude that an entry of Θ must exceed to count as an edge. Default 0.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{EdgeStability, GraphicalLasso};
    /// let stability = EdgeStability::new(&GraphicalLasso::new(0.4)).threshold(0.01);
    /// ```
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.threshold = threshold;
        self
    }

    /// Sets the names of the variables, in the order of the columns. Default: their numbers, from 0.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{EdgeStability, GraphicalLasso};
    /// let stability = EdgeStability::new(&GraphicalLasso::new(0.4)).names(["T", "FOX", "CMCSA"]);
    /// ```
    pub fn names(mut self, names: impl IntoIterator<Item = impl ToString>) -> Self {
        self.names = Some(names.into_iter().map(|name| name.to_string()).collect());
        self
    }

    /// Sets the seed of the draws. Default 0.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{EdgeStability, GraphicalLasso};
    /// let stability = EdgeStability::new(&GraphicalLasso::new(0.4)).seed(42);
    /// ```
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets how many threads work at a time. Default: one a core.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{EdgeStability, GraphicalLasso};
    /// let stability = EdgeStability::new(&GraphicalLasso::new(0.4)).threads(1);
    /// ```
    pub fn threads(mut self, threads: usize) -> Self {
        self.workers.threads = Some(threads);
        self
    }

    /// Fits all samples, n × p, and each subsample. The columns are centred here, not scaled.
    ///
    /// # Errors
    /// As [`GraphicalLasso::fit`], and [`Error::Invalid`] for parameters out of range, a wrong number of names and columns
    /// that are constant in a subsample; [`Error::Interrupted`] before the second subsample is done.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{EdgeStability, GraphicalLasso}, ndarray::array};
    /// let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let stability = EdgeStability::new(&GraphicalLasso::new(0.1)).size(5).fit(&samples)?;
    /// assert_eq!(stability.matrix()[[0, 1]], 1.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit(&self, samples: &Array2<f64>) -> Result<EdgeFrequencies> {
        self.check()?;
        let (observations, order) = samples.dim();
        let numbered = || (0..order).map(|column| column.to_string()).collect();
        let names = checked_names(&self.names.clone().unwrap_or_else(numbered), order)?;
        let size = self.size.unwrap_or(observations / 2);
        let drawn = draw(observations, size, self.subsamples, self.seed)?;
        let whole = self.lasso.fit(samples)?;
        let mut progress = Progress::new("Edge stability", self.subsamples as u64)
            .unit("subsamples")
            .delay(WORTH_A_BAR);
        let fits = self.workers.run(self.subsamples, &mut progress, |place| {
            let covariance = covariance_of(samples, &drawn[place], place)?;
            // Near the solution for all samples, so that few steps are left.
            self.lasso.solve_from(&covariance, Some(whole.precision()))
        });
        progress.finish();
        let fits = fits.into_iter().flatten().collect::<Result<Vec<_>>>()?;
        let done: Vec<&GraphicalLassoFit> = fits.iter().filter(|fit| !fit.interrupted()).collect();
        if done.len() < 2 || whole.interrupted() {
            return Err(Error::Interrupted);
        }
        Ok(EdgeFrequencies {
            frequencies: self.count(&done, order),
            subsamples: done.len(),
            wanted: self.subsamples,
            graph: whole.graph_above(&names, self.threshold)?,
            alpha: self.lasso.alpha(),
            size,
        })
    }

    fn check(&self) -> Result<()> {
        self.workers.check()?;
        self.lasso.check()?;
        if self.threshold.is_nan() || self.threshold < 0.0 {
            return Err(Error::invalid(
                format!("threshold = {}", self.threshold),
                "entries are compared with it by magnitude, so it must be zero or positive",
            ));
        }
        Ok(())
    }

    /// The share of fits with each edge.
    fn count(&self, fits: &[&GraphicalLassoFit], order: usize) -> Array2<f64> {
        Array2::from_shape_fn((order, order), |place| {
            let found = |fit: &&&GraphicalLassoFit| fit.precision()[place].abs() > self.threshold;
            let count = if place.0 == place.1 { 0 } else { fits.iter().filter(found).count() };
            count as f64 / fits.len() as f64
        })
    }
}

#[cfg(test)]
mod tests;
