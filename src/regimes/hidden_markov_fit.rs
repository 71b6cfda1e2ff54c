//! A hidden Markov model with known parameters, and what it says of samples.

use std::f64::consts::TAU;

use ndarray::{Array1, Array2, ArrayView1, Axis};

use super::samples::finite_samples;
use crate::gaussian::Cholesky;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};
use crate::plot::Matrix;
use crate::words::counted;
use crate::{Error, Result};
use polars::prelude::{Column, DataFrame};

/// A hidden Markov model with normal emissions whose parameters are known: estimated by [`HiddenMarkov`](super::HiddenMarkov), or given.
///
/// | What it says of samples x₁ … x_n | Uses |
/// |---|---|
/// | [`filtered`](Self::filtered) | p(state at t given x₁ … x_t): the past alone, fit for forecasts |
/// | [`predicted`](Self::predicted) | p(state at t + 1 given x₁ … x_t) |
/// | [`smoothed`](Self::smoothed) | p(state at t given all): for looking back |
/// | [`most_likely_path`](Self::most_likely_path) | all (Viterbi, 1967) |
/// | [`log_likelihood`](Self::log_likelihood) | all |
///
/// # Example
/// ```
/// use latentlab::ndarray::{array, Array1, Array2};
/// use latentlab::regimes::HiddenMarkovFit;
///
/// let transition = array![[0.95, 0.05], [0.1, 0.9]];
/// let model = HiddenMarkovFit::new(
///     array![0.5, 0.5],
///     transition,
///     array![[0.0], [0.0]],
///     vec![array![[1.0]], array![[9.0]]],
/// )?;
/// let filtered = model.filtered([[0.1], [-0.3], [6.0]])?;
/// assert!(filtered[[1, 0]] > 0.5 && filtered[[2, 1]] > 0.9);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HiddenMarkovFit {
    initial: Array1<f64>,
    transition: Array2<f64>,
    means: Array2<f64>,
    covariances: Vec<Array2<f64>>,
    factors: Vec<Cholesky>,
    /// The log likelihood of the samples it was estimated from; not a number where it was given.
    pub(super) fitted: f64,
}

/// What one pass forward and one backward say.
pub(super) struct Expectations {
    /// p(state at t given all samples), n × states.
    pub(super) states: Array2<f64>,
    /// Expected numbers of moves from each state to each.
    pub(super) moves: Array2<f64>,
    pub(super) log_likelihood: f64,
}

impl HiddenMarkovFit {
    /// A model from its parameters: the probabilities of the first state (states many), those of each next one (a row for each state,
    /// which sums to 1), the means (states × p), and a covariance for each state (p × p).
    ///
    /// # Errors
    /// [`Error::Invalid`] for shapes that do not match, probabilities that are negative or do not sum to 1, and covariances that are not
    /// positive definite.
    ///
    /// # Example
    /// See [`HiddenMarkovFit`].
    pub fn new(
        initial: Array1<f64>,
        transition: Array2<f64>,
        means: Array2<f64>,
        covariances: Vec<Array2<f64>>,
    ) -> Result<Self> {
        let (states, columns) = means.dim();
        let what = || {
            format!(
                "a hidden Markov model of {} and {}",
                counted(states, "state"),
                counted(columns, "column")
            )
        };
        if initial.len() != states
            || transition.dim() != (states, states)
            || covariances.len() != states
            || covariances.iter().any(|matrix| matrix.dim() != (columns, columns))
            || states * columns == 0
        {
            let problem = "states many first probabilities and covariances p × p, states × states transitions and states × p means are needed";
            return Err(Error::invalid(what(), problem));
        }
        let rows = std::iter::once(initial.view()).chain(transition.outer_iter());
        for row in rows {
            if row.iter().any(|value| !(0.0..=1.0 + 1e-9).contains(value))
                || (row.sum() - 1.0).abs() > 1e-9
            {
                let problem = format!("probabilities {row:.4} must be from 0 to 1 and sum to 1");
                return Err(Error::invalid(what(), problem));
            }
        }
        let factors: Result<Vec<Cholesky>> = covariances.iter().map(Cholesky::new).collect();
        let factors = factors?;
        Ok(Self { initial, transition, means, covariances, factors, fitted: f64::NAN })
    }

    /// How many states it has.
    ///
    /// # Example
    /// See [`HiddenMarkovFit`].
    pub fn states(&self) -> usize {
        self.initial.len()
    }

    /// The probabilities of the first state.
    pub fn initial(&self) -> &Array1<f64> {
        &self.initial
    }

    /// The probability of each next state, a row for each state.
    pub fn transition(&self) -> &Array2<f64> {
        &self.transition
    }

    /// The means of what states emit: states × p.
    pub fn means(&self) -> &Array2<f64> {
        &self.means
    }

    /// The covariances of what states emit: p × p for each state.
    pub fn covariances(&self) -> &[Array2<f64>] {
        &self.covariances
    }

    /// The log likelihood of samples in their order, in nats.
    ///
    /// # Errors
    /// [`Error::Invalid`] for samples of another width, and values that are not finite.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, regimes::HiddenMarkovFit};
    /// let one = HiddenMarkovFit::new(array![1.0], array![[1.0]], array![[0.0]], vec![array![[1.0]]])?;
    /// let density = -0.5 * std::f64::consts::TAU.ln();
    /// assert!((one.log_likelihood([[0.0], [0.0]])? - 2.0 * density).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn log_likelihood(&self, samples: impl Matrix) -> Result<f64> {
        Ok(self.forward(&self.log_densities(&self.checked(samples)?)).1)
    }

    /// The probabilities of the states at each sample, given the samples up to it: n × states.
    ///
    /// # Errors
    /// As [`log_likelihood`](Self::log_likelihood).
    ///
    /// # Example
    /// See [`HiddenMarkovFit`].
    pub fn filtered(&self, samples: impl Matrix) -> Result<Array2<f64>> {
        Ok(self.forward(&self.log_densities(&self.checked(samples)?)).0.mapv(f64::exp))
    }

    /// The probabilities of the states one step after each sample, given the samples up to it: n × states.
    ///
    /// # Errors
    /// As [`log_likelihood`](Self::log_likelihood).
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, regimes::HiddenMarkovFit};
    /// # let model = HiddenMarkovFit::new(array![0.5, 0.5], array![[0.9, 0.1], [0.2, 0.8]], array![[0.0], [0.0]], vec![array![[1.0]], array![[4.0]]])?;
    /// let samples = [[0.5], [-0.1]];
    /// let next = model.filtered(samples)?.dot(model.transition());
    /// assert_eq!(model.predicted(samples)?, next);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn predicted(&self, samples: impl Matrix) -> Result<Array2<f64>> {
        Ok(self.filtered(samples)?.dot(&self.transition))
    }

    /// The probabilities of the states at each sample, given all samples: n × states.
    ///
    /// # Errors
    /// As [`log_likelihood`](Self::log_likelihood).
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, regimes::HiddenMarkovFit};
    /// # let model = HiddenMarkovFit::new(array![0.5, 0.5], array![[0.9, 0.1], [0.2, 0.8]], array![[0.0], [0.0]], vec![array![[1.0]], array![[4.0]]])?;
    /// // A later large value makes the wild state likelier on the day before, too.
    /// let samples = [[0.5], [7.0]];
    /// assert!(model.smoothed(samples)?[[0, 1]] > model.filtered(samples)?[[0, 1]]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn smoothed(&self, samples: impl Matrix) -> Result<Array2<f64>> {
        Ok(self.expectations(&self.checked(samples)?).states)
    }

    /// The sequence of states that has the largest probability together with the samples.
    ///
    /// # Errors
    /// As [`log_likelihood`](Self::log_likelihood).
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, regimes::HiddenMarkovFit};
    /// # let model = HiddenMarkovFit::new(array![0.5, 0.5], array![[0.9, 0.1], [0.2, 0.8]], array![[0.0], [0.0]], vec![array![[1.0]], array![[4.0]]])?;
    /// assert_eq!(model.most_likely_path([[0.1], [0.2], [0.0], [0.1], [0.2], [9.0], [-9.0]])?, [0, 0, 0, 0, 0, 1, 1]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn most_likely_path(&self, samples: impl Matrix) -> Result<Vec<usize>> {
        let densities = self.log_densities(&self.checked(samples)?);
        let moves = self.transition.mapv(f64::ln);
        let (rows, states) = densities.dim();
        let mut from = Array2::<usize>::zeros((rows, states));
        let mut best = self.initial.mapv(f64::ln) + densities.row(0);
        for row in 1..rows {
            let mut next = Array1::zeros(states);
            for state in 0..states {
                let arriving = &best + &moves.column(state);
                let origin = largest(arriving.view());
                from[[row, state]] = origin;
                next[state] = arriving[origin] + densities[[row, state]];
            }
            best = next;
        }
        let mut path = vec![largest(best.view()); rows];
        for row in (1..rows).rev() {
            path[row - 1] = from[[row, path[row]]];
        }
        Ok(path)
    }

    /// The states' lengths of stay, in steps, on average: 1 / (1 − probability to stay).
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, regimes::HiddenMarkovFit};
    /// # let model = HiddenMarkovFit::new(array![0.5, 0.5], array![[0.75, 0.25], [0.5, 0.5]], array![[0.0], [0.0]], vec![array![[1.0]], array![[4.0]]])?;
    /// assert_eq!(model.mean_stays(), [4.0, 2.0]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn mean_stays(&self) -> Vec<f64> {
        self.transition.diag().iter().map(|stay| 1.0 / (1.0 - stay)).collect()
    }

    fn checked(&self, samples: impl Matrix) -> Result<Array2<f64>> {
        let samples = finite_samples(samples)?;
        if samples.ncols() == self.means.ncols() {
            return Ok(samples);
        }
        let what = format!("samples with {} columns", samples.ncols());
        Err(Error::invalid(what, format!("{} are needed", self.means.ncols())))
    }

    /// The log density of each sample in each state: n × states.
    fn log_densities(&self, samples: &Array2<f64>) -> Array2<f64> {
        let (rows, columns) = samples.dim();
        let mut densities = Array2::zeros((rows, self.states()));
        let mut scaled = vec![0.0; columns];
        for (state, factor) in self.factors.iter().enumerate() {
            let (lower, mean) = (factor.factor(), self.means.row(state));
            let constant = factor.log_determinant() + columns as f64 * TAU.ln();
            for (row, sample) in samples.outer_iter().enumerate() {
                let mut squares = 0.0;
                // L⁻¹ (x − μ), from the top.
                for place in 0..columns {
                    let known: f64 =
                        (0..place).map(|left| lower[[place, left]] * scaled[left]).sum();
                    scaled[place] = (sample[place] - mean[place] - known) / lower[[place, place]];
                    squares += scaled[place] * scaled[place];
                }
                densities[[row, state]] = -(constant + squares) / 2.0;
            }
        }
        densities
    }

    /// Log probabilities of the states at each sample given the samples up to it, and the log likelihood.
    fn forward(&self, densities: &Array2<f64>) -> (Array2<f64>, f64) {
        let (moves, mut total) = (self.transition.mapv(f64::ln), 0.0);
        let mut filtered = Array2::zeros(densities.dim());
        let mut ahead = self.initial.mapv(f64::ln);
        for (density, mut now) in densities.outer_iter().zip(filtered.outer_iter_mut()) {
            now.assign(&(&ahead + &density));
            let evidence = log_sum(now.view());
            total += evidence;
            now -= evidence;
            for (state, value) in ahead.iter_mut().enumerate() {
                *value = log_sum((&now + &moves.column(state)).view());
            }
        }
        (filtered, total)
    }

    pub(super) fn expectations(&self, samples: &Array2<f64>) -> Expectations {
        let densities = self.log_densities(samples);
        let (filtered, log_likelihood) = self.forward(&densities);
        let (rows, states) = densities.dim();
        let moves = self.transition.mapv(f64::ln);
        let mut smoothed = filtered.clone();
        let mut counts = Array2::zeros((states, states));
        // log p(x_{t+1} … x_n given the state at t), but for a constant of each t.
        let mut behind = Array1::<f64>::zeros(states);
        for row in (0..rows.saturating_sub(1)).rev() {
            let next = &densities.row(row + 1) + &behind;
            let joint = Array2::from_shape_fn((states, states), |(from, to)| {
                filtered[[row, from]] + moves[[from, to]] + next[to]
            });
            let total = log_sum(Array1::from_iter(joint.iter().copied()).view());
            counts += &joint.mapv(|value| (value - total).exp());
            for from in 0..states {
                behind[from] = log_sum((&moves.row(from) + &next).view());
            }
            // Differences alone count; without this they drown in their sum.
            let level = behind.iter().fold(f64::NEG_INFINITY, |most, value| most.max(*value));
            behind -= level;
            let mut now = smoothed.row_mut(row);
            now += &behind;
            let sum = log_sum(now.view());
            now -= sum;
        }
        Expectations { states: smoothed.mapv(f64::exp), moves: counts, log_likelihood }
    }

    pub(super) fn calmest_first(self) -> Result<Self> {
        let mut order: Vec<usize> = (0..self.states()).collect();
        let spread = |state: usize| self.factors[state].log_determinant();
        order.sort_by(|&one, &other| spread(one).total_cmp(&spread(other)));
        let mut sorted = Self::new(
            self.initial.select(Axis(0), &order),
            self.transition.select(Axis(0), &order).select(Axis(1), &order),
            self.means.select(Axis(0), &order),
            order.iter().map(|&state| self.covariances[state].clone()).collect(),
        )?;
        sorted.fitted = self.fitted;
        Ok(sorted)
    }

    /// A row for each state: its mean stay, the probability to stay, and mean and standard deviation of each column.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, regimes::HiddenMarkovFit};
    /// # let model = HiddenMarkovFit::new(array![0.5, 0.5], array![[0.75, 0.25], [0.5, 0.5]], array![[0.0], [0.0]], vec![array![[1.0]], array![[4.0]]])?;
    /// assert_eq!(model.frame()?.shape(), (2, 5));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let states: Vec<u32> = (1..=self.states() as u32).collect();
        let mut columns = vec![
            Column::new("state".into(), states),
            Column::new("probability to stay".into(), self.transition.diag().to_vec()),
            Column::new("mean stay, steps".into(), self.mean_stays()),
        ];
        for place in 0..self.means.ncols() {
            let deviations: Vec<f64> =
                self.covariances.iter().map(|matrix| matrix[[place, place]].sqrt()).collect();
            let name = |what: &str| match self.means.ncols() {
                1 => what.to_owned(),
                _ => format!("{what} {}", place + 1),
            };
            columns.push(Column::new(name("mean").into(), self.means.column(place).to_vec()));
            columns.push(Column::new(name("standard deviation").into(), deviations));
        }
        Ok(DataFrame::new(self.states(), columns)?)
    }

    fn headline(&self) -> String {
        let states = counted(self.states(), "state");
        if self.fitted.is_nan() {
            return format!("Hidden Markov model, {states}");
        }
        format!("Hidden Markov model, {states}, log likelihood {:.2}", self.fitted)
    }
}

/// log Σ exp, which is −∞ where all terms are.
fn log_sum(values: ArrayView1<f64>) -> f64 {
    let most = values.iter().fold(f64::NEG_INFINITY, |most, value| most.max(*value));
    if most == f64::NEG_INFINITY {
        return most;
    }
    most + values.iter().map(|value| (value - most).exp()).sum::<f64>().ln()
}

fn largest(values: ArrayView1<f64>) -> usize {
    values
        .iter()
        .enumerate()
        .fold(0, |best, (place, value)| if *value > values[best] { place } else { best })
}

impl Show for HiddenMarkovFit {
    fn rich(&self) -> Rich {
        titled_frame(&self.headline(), self.frame())
    }
}

impl Inspect for HiddenMarkovFit {
    fn preview(&self) -> String {
        self.headline()
    }
}
