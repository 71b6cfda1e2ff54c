//! Hidden Markov models with normal emissions: how they are estimated.

use ndarray::{Array1, Array2, Axis};

use super::hidden_markov_fit::HiddenMarkovFit;
use super::k_means::KMeans;
use super::samples::finite_samples;
use crate::gaussian::Cholesky;
use crate::notebook::{Progress, interrupt};
use crate::parallel::Workers;
use crate::plot::Matrix;
use crate::random::Random;
use crate::words::counted;
use crate::{Error, Result};

/// A hidden Markov model: a chain of states that nobody sees, of which each emits normal numbers of its own mean and covariance. Estimated by
/// expectation and maximisation (Baum and others, 1970; Rabiner, 1989), with logarithms throughout, from several starts.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | `states` | | how many, from 1 on |
/// | [`starts`](Self::starts) | 5 | times it is begun anew, each from clusters by k-means |
/// | [`iterations`](Self::iterations) | 200 | rounds of one start at most |
/// | [`tolerance`](Self::tolerance) | 1e-4 | the gain in log likelihood, in nats, at which a start ends |
/// | [`seed`](Self::seed) | 0 | the clusters |
///
/// A covariance that becomes singular, because a state has too few samples, gets a thousandth of the samples' variances on its diagonal.
/// States are numbered by the determinant of their covariance, the calmest first.
///
/// # Example
/// ```
/// use latentlab::regimes::HiddenMarkov;
///
/// let calm = (0..60).map(|day| vec![0.01 * (day as f64 * 1.7).sin()]);
/// let wild = (0..60).map(|day| vec![0.05 * (day as f64 * 1.7).sin()]);
/// let samples: Vec<Vec<f64>> = calm.chain(wild).collect();
/// let fit = HiddenMarkov::new(2).fit(&samples)?;
/// let path = fit.most_likely_path(&samples)?;
/// assert_ne!(path[5], path[100]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HiddenMarkov {
    states: usize,
    starts: usize,
    iterations: usize,
    tolerance: f64,
    seed: u64,
}

/// Of a state's covariance that became singular: the share of the samples' variances that is added.
const RIDGE: f64 = 1e-3;
/// The share of the samples' variance below which a pivot counts as zero.
const SINGULAR: f64 = 1e-9;
/// How probable the first transition matrix holds it that a state stays.
const STAY: f64 = 0.9;

impl HiddenMarkov {
    /// So many states.
    ///
    /// # Example
    /// See [`HiddenMarkov`].
    pub fn new(states: usize) -> Self {
        Self { states, starts: 5, iterations: 200, tolerance: 1e-4, seed: 0 }
    }

    /// Sets how often it is begun anew. Default 5.
    ///
    /// # Example
    /// ```
    /// let method = latentlab::regimes::HiddenMarkov::new(3).starts(20);
    /// ```
    pub fn starts(mut self, starts: usize) -> Self {
        self.starts = starts;
        self
    }

    /// Sets the most rounds of one start. Default 200.
    ///
    /// # Example
    /// ```
    /// let method = latentlab::regimes::HiddenMarkov::new(3).iterations(1000);
    /// ```
    pub fn iterations(mut self, iterations: usize) -> Self {
        self.iterations = iterations;
        self
    }

    /// Sets the gain in log likelihood, in nats, at which a start ends. Default 1e-4.
    ///
    /// # Example
    /// ```
    /// let method = latentlab::regimes::HiddenMarkov::new(3).tolerance(1e-8);
    /// ```
    pub fn tolerance(mut self, nats: f64) -> Self {
        self.tolerance = nats;
        self
    }

    /// Sets the seed of the starts. Default 0.
    ///
    /// # Example
    /// ```
    /// let method = latentlab::regimes::HiddenMarkov::new(3).seed(42);
    /// ```
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The model of samples in their order, one a row. After an interrupt: the best of what was reached.
    ///
    /// # Errors
    /// [`Error::Invalid`] for fewer samples than twice the states, a column that is constant, values that are not finite, and options
    /// out of their ranges.
    ///
    /// # Example
    /// See [`HiddenMarkov`].
    pub fn fit(&self, samples: impl Matrix) -> Result<HiddenMarkovFit> {
        let samples = finite_samples(samples)?;
        self.check(&samples)?;
        let mut random = Random::new(self.seed);
        let seeds: Vec<u64> = (0..self.starts).map(|_| random.next()).collect();
        let title = format!("Hidden Markov model, {}", counted(self.states, "state"));
        let mut bar = Progress::new(title, self.starts as u64).unit("starts");
        let done = Workers::default().run(self.starts, &mut bar, |start| {
            let first = self.first(&samples, seeds[start])?;
            self.improve(first, &samples)
        });
        // A start that fails costs the others nothing.
        let better =
            |best: Result<HiddenMarkovFit>, next: Result<HiddenMarkovFit>| match (&best, &next) {
                (Ok(one), Ok(other)) if other.fitted > one.fitted => next,
                (Err(_), Ok(_)) => next,
                _ => best,
            };
        done.into_iter()
            .flatten()
            .reduce(better)
            .unwrap_or(Err(Error::Interrupted))?
            .calmest_first()
    }

    /// The model that the rounds lead to from another one. States keep their numbers.
    ///
    /// # Errors
    /// As [`fit`](Self::fit), and [`Error::Invalid`] where the other model has another number of states or columns.
    ///
    /// # Example
    /// ```
    /// # use latentlab::regimes::HiddenMarkov;
    /// let samples: Vec<Vec<f64>> = (0..60).map(|day| vec![(day as f64 * 1.7).sin()]).collect();
    /// let rough = HiddenMarkov::new(2).iterations(1).fit(&samples)?;
    /// let fine = HiddenMarkov::new(2).fit_from(&rough, &samples)?;
    /// assert!(fine.log_likelihood(&samples)? >= rough.log_likelihood(&samples)? - 1e-9);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit_from(
        &self,
        start: &HiddenMarkovFit,
        samples: impl Matrix,
    ) -> Result<HiddenMarkovFit> {
        let samples = finite_samples(samples)?;
        self.check(&samples)?;
        if start.states() != self.states || start.means().ncols() != samples.ncols() {
            let what = format!(
                "a start of {} and {}",
                counted(start.states(), "state"),
                counted(start.means().ncols(), "column")
            );
            let problem = format!("{} and {} are needed", self.states, samples.ncols());
            return Err(Error::invalid(what, problem));
        }
        self.improve(start.clone(), &samples)
    }

    fn check(&self, samples: &Array2<f64>) -> Result<()> {
        let (rows, columns) = samples.dim();
        if self.states == 0
            || self.starts == 0
            || self.iterations == 0
            || self.tolerance.is_nan()
            || rows < 2 * self.states
        {
            let problem = format!(
                "at least one state, start and round and two samples for each state are needed; there are {}",
                counted(rows, "sample")
            );
            return Err(Error::invalid(format!("{self:?}"), problem));
        }
        let variances = samples.var_axis(Axis(0), 0.0);
        match variances.iter().position(|variance| !(*variance > 0.0 && variance.is_finite())) {
            Some(column) => {
                let what = format!("samples of shape {rows} × {columns}");
                Err(Error::invalid(what, format!("column {column} does not vary")))
            }
            None => Ok(()),
        }
    }

    /// Clusters as states that mostly stay what they are.
    fn first(&self, samples: &Array2<f64>, seed: u64) -> Result<HiddenMarkovFit> {
        let scale = samples.std_axis(Axis(0), 0.0);
        let clusters = KMeans::new(self.states).starts(1).seed(seed).fit(samples / &scale)?;
        let mut weights = Array2::zeros((samples.nrows(), self.states));
        for (row, &label) in clusters.labels().iter().enumerate() {
            weights[[row, label]] = 1.0;
        }
        let even = 1.0 / self.states as f64;
        let initial = Array1::from_elem(self.states, even);
        let transition = Array2::from_elem((self.states, self.states), (1.0 - STAY) * even)
            + Array2::<f64>::eye(self.states) * STAY;
        let (means, covariances) = emissions(samples, &weights);
        HiddenMarkovFit::new(initial, transition, means, covariances)
    }

    /// Rounds of expectation and maximisation.
    fn improve(
        &self,
        mut model: HiddenMarkovFit,
        samples: &Array2<f64>,
    ) -> Result<HiddenMarkovFit> {
        let mut before = f64::NEG_INFINITY;
        for _ in 0..self.iterations {
            let expected = model.expectations(samples);
            if expected.log_likelihood - before < self.tolerance || interrupt::requested() {
                break;
            }
            before = expected.log_likelihood;
            let (means, covariances) = emissions(samples, &expected.states);
            let first = expected.states.row(0).to_owned();
            let mut moves = expected.moves;
            for (state, mut row) in moves.outer_iter_mut().enumerate() {
                let total = row.sum();
                // A state that is never left from keeps what is known of it.
                if total > 0.0 {
                    row /= total;
                } else {
                    row.assign(&model.transition().row(state));
                }
            }
            model = HiddenMarkovFit::new(&first / first.sum(), moves, means, covariances)?;
        }
        model.fitted = model.expectations(samples).log_likelihood;
        Ok(model)
    }
}

/// Means and covariances of the states, from the probability of each state at each sample.
fn emissions(samples: &Array2<f64>, weights: &Array2<f64>) -> (Array2<f64>, Vec<Array2<f64>>) {
    let variances = samples.var_axis(Axis(0), 0.0);
    let whole = samples.mean_axis(Axis(0)).unwrap_or_else(|| Array1::zeros(samples.ncols()));
    let mut means = Array2::zeros((weights.ncols(), samples.ncols()));
    let covariances = weights.axis_iter(Axis(1)).zip(means.outer_iter_mut());
    let covariances = covariances.map(|(weight, mut mean)| {
        let total = weight.sum();
        if total < 1e-8 {
            // Nothing speaks of this state: it is any sample.
            mean.assign(&whole);
            return Array2::from_diag(&variances);
        }
        mean.assign(&(samples.t().dot(&weight) / total));
        let gaps = samples - &mean.view();
        let weighted = &gaps * &weight.insert_axis(Axis(1));
        let mut covariance = weighted.t().dot(&gaps) / total;
        covariance = (&covariance + &covariance.t()) / 2.0;
        let least = variances.iter().fold(f64::INFINITY, |least, value| least.min(*value));
        let pivot = Cholesky::factorize(&covariance).map_or(0.0, |factor| factor.smallest_pivot());
        if pivot > SINGULAR * least {
            covariance
        } else {
            covariance + Array2::from_diag(&(&variances * RIDGE))
        }
    });
    let covariances = covariances.collect();
    (means, covariances)
}
