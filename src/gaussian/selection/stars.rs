//! The penalty by the stability of the graph (StARS).

use ndarray::Array2;

use super::stars_path::{StarsPath, StarsPoint};
use super::subsamples::{covariance_of, draw};
use super::walk::Walk;
use crate::gaussian::graphical_lasso::covariance::sample_covariance;
use crate::gaussian::graphical_lasso::fit::GraphicalLassoFit;
use crate::gaussian::graphical_lasso::path::GraphicalLassoPath;
use crate::parallel::Workers;
use crate::{Error, Result};

/// Chooses the smallest penalty at which the graph hardly changes from one subsample to the other: the stability
/// approach to regularisation selection (Liu, Roeder & Wasserman, NeurIPS 2010).
///
/// | parameter | default | purpose | range |
/// |---|---|---|---|
/// | `path` | none | the grid, and how each fit is made | |
/// | `subsamples` | 20 | subsets of the observations, drawn without replacement | ≥ 2 |
/// | `size` | ⌊10 √n⌋, or ⌊0.8 n⌋ up to n = 144 | observations in each | 2 to n − 1 |
/// | `threshold` | 0.05 | the paper's β: most instability accepted | 0 < β < 0.5 |
/// | `seed` | 0 | of the draws | |
/// | `threads` | one a core | how many work at a time | ≥ 1 |
///
/// With θ the share of subsamples whose graph has an edge, 2θ(1 − θ) is the chance that two subsamples disagree about it.
/// The instability D(α) is its mean over all pairs of variables. It is small for nearly empty graphs, grows as α falls,
/// and may fall again where graphs are nearly full; so its running maximum from the largest penalty down is compared
/// with β. Among few variables (p < 20, say) a handful of true edges that enter at similar penalties are a large share
/// of all pairs, and can push the instability above 0.05 on their way in: look at the curve. An interrupt keeps the penalties that all subsamples have finished. The result depends on the seed, not on
/// the number of threads.
///
/// # Example
/// ```
/// use latentlab::gaussian::{GraphicalLassoPath, Stars};
/// use latentlab::ndarray::Array2;
///
/// let wave = |row: usize, column: usize| (row as f64 * 0.7).sin() + ((row * (column + 2)) as f64).cos();
/// let samples = Array2::from_shape_fn((60, 4), |(row, column)| wave(row, column));
/// let stars = Stars::new(&GraphicalLassoPath::new(10)).fit(&samples)?;
/// assert_eq!(stars.points().len(), 10);
/// assert!(stars.best().alpha() > 0.0);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Stars {
    path: GraphicalLassoPath,
    subsamples: usize,
    size: Option<usize>,
    threshold: f64,
    seed: u64,
    workers: Workers,
}

impl Stars {
    /// Twenty subsamples for the penalties of a path, and a threshold of 0.05.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{GraphicalLassoPath, Stars};
    /// let stars = Stars::new(&GraphicalLassoPath::new(30).ratio(0.05));
    /// ```
    pub fn new(path: &GraphicalLassoPath) -> Self {
        let (path, workers) = (path.clone(), Workers::default());
        Self { path, subsamples: 20, size: None, threshold: 0.05, seed: 0, workers }
    }

    /// Sets the number of subsamples, at least 2. Default 20.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{GraphicalLassoPath, Stars};
    /// let stars = Stars::new(&GraphicalLassoPath::new(30)).subsamples(100);
    /// ```
    pub fn subsamples(mut self, subsamples: usize) -> Self {
        self.subsamples = subsamples;
        self
    }

    /// Sets the observations in each subsample, 2 to n − 1. Default ⌊10 √n⌋, or ⌊0.8 n⌋ for n up to 144.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{GraphicalLassoPath, Stars};
    /// let stars = Stars::new(&GraphicalLassoPath::new(30)).size(150);
    /// ```
    pub fn size(mut self, size: usize) -> Self {
        self.size = Some(size);
        self
    }

    /// Sets the most instability accepted, between 0 and 0.5. Default 0.05.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{GraphicalLassoPath, Stars};
    /// let stars = Stars::new(&GraphicalLassoPath::new(30)).threshold(0.1);
    /// ```
    pub fn threshold(mut self, threshold: f64) -> Self {
        self.threshold = threshold;
        self
    }

    /// Sets the seed of the draws. Default 0.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{GraphicalLassoPath, Stars};
    /// let stars = Stars::new(&GraphicalLassoPath::new(30)).seed(42);
    /// ```
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets how many threads work at a time. Default: one a core.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::{GraphicalLassoPath, Stars};
    /// let stars = Stars::new(&GraphicalLassoPath::new(30)).threads(1);
    /// ```
    pub fn threads(mut self, threads: usize) -> Self {
        self.workers.threads = Some(threads);
        self
    }

    /// Fits the path to samples, n × p, and to their subsamples. The columns are centred here, not scaled.
    ///
    /// # Errors
    /// [`Error::Invalid`] for parameters out of range, samples without a covariance, and columns that are constant in a
    /// subsample; [`Error::Interrupted`] before the first penalty is done.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{GraphicalLassoPath, Stars}, ndarray::array};
    /// let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let stars = Stars::new(&GraphicalLassoPath::new(5)).subsamples(4).fit(&samples)?;
    /// assert_eq!(stars.points()[0].edges, 0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit(&self, samples: &Array2<f64>) -> Result<StarsPath> {
        self.check()?;
        let whole = sample_covariance(samples)?;
        let observations = samples.nrows();
        let penalties = self.path.penalties(&whole, observations)?;
        let size = self.size.unwrap_or_else(|| usual_size(observations));
        let drawn = draw(observations, size, self.subsamples, self.seed)?;
        let parts =
            drawn.iter().enumerate().map(|(place, rows)| covariance_of(samples, rows, place));
        let mut covariances = parts.collect::<Result<Vec<_>>>()?;
        covariances.push(whole.clone());

        let lassos = penalties.into_iter().map(|alpha| self.path.lasso(alpha));
        let walk = Walk::new(covariances, self.workers);
        let (fits, instabilities) = walk.along("StARS", lassos, |parts| Ok(instability(parts)))?;
        self.gather(fits, &instabilities, &whole, observations, size)
    }

    fn check(&self) -> Result<()> {
        self.workers.check()?;
        if !(self.threshold > 0.0 && self.threshold < 0.5) {
            return Err(Error::invalid(
                format!("threshold = {}", self.threshold),
                "two subsamples disagree about an edge with a chance of at most 0.5, so the threshold lies between 0 and 0.5",
            ));
        }
        Ok(())
    }

    fn gather(
        &self,
        fits: Vec<GraphicalLassoFit>,
        instabilities: &[f64],
        whole: &Array2<f64>,
        observations: usize,
        size: usize,
    ) -> Result<StarsPath> {
        let described = fits.iter().map(|fit| self.path.describe(fit, whole, observations));
        let described = described.collect::<Result<Vec<_>>>()?;
        let mut most = 0.0f64;
        let mut points = Vec::with_capacity(described.len());
        for (point, &instability) in described.iter().zip(instabilities) {
            most = most.max(instability);
            points.push(StarsPoint::new(point, instability, most));
        }
        let path = self.path.fitted(fits, described, observations);
        let (threshold, subsamples) = (self.threshold, self.subsamples);
        Ok(StarsPath { path, points, threshold, subsamples, size })
    }
}

/// The paper's 10 √n where that leaves enough out, else R's `huge`'s 0.8 n.
fn usual_size(observations: usize) -> usize {
    let share = if observations > 144 {
        10.0 * (observations as f64).sqrt()
    } else {
        0.8 * observations as f64
    };
    share as usize
}

/// The mean of 2θ(1 − θ) over all pairs of variables, with θ the share of fits that join the pair.
fn instability(fits: &[GraphicalLassoFit]) -> f64 {
    let order = fits.first().map_or(0, |fit| fit.precision().nrows());
    let pairs = (0..order).flat_map(|row| (row + 1..order).map(move |column| [row, column]));
    let disagreement = |pair: [usize; 2]| {
        let joined = fits.iter().filter(|fit| fit.precision()[pair] != 0.0).count();
        let share = joined as f64 / fits.len() as f64;
        2.0 * share * (1.0 - share)
    };
    let count = (order * order.saturating_sub(1) / 2).max(1) as f64;
    pairs.map(disagreement).sum::<f64>() / count
}

#[cfg(test)]
mod tests;
