//! A graphical lasso for each window of a series, alone or joined to its neighbours.

use chrono::NaiveDate;
use ndarray::Array2;

use super::fused::{FusedProblem, solve};
use super::sequence::GraphSequence;
use super::span::{Window, covariance_in, windows};
use crate::gaussian::graphical_lasso::glasso::GraphicalLasso;
use crate::gaussian::graphical_lasso::solver::{Stopping, WORTH_A_BAR};
use crate::gaussian::graphs::graph::checked_names;
use crate::notebook::Progress;
use crate::parallel::Workers;
use crate::stats::Returns;
use crate::{Error, Result};

/// One precision matrix Θ_k for each window of the observations: minimises
/// Σ_k [−log det Θ_k + tr(C_k Θ_k) + α Σ_{i≠j} |Θ_k,ij|] + β Σ_{k>1} Σ_{i≠j} |Θ_k,ij − Θ_{k−1,ij}|, with C_k the correlations in
/// window k (the time-varying graphical lasso of Hallac, Park, Boyd & Leskovec, KDD 2017, with their element-wise penalty on changes;
/// the fused graphical lasso of Danaher, Wang & Witten, JRSS B 76, 2014, along a line).
///
/// | parameter | default | purpose | range |
/// |---|---|---|---|
/// | `alpha` | none | penalty on links; larger gives fewer edges | ≥ 0, above 0 with `fusion` |
/// | `window` | none | observations in each window | ≥ 2 |
/// | `step` | `window` | rows from the start of one window to the next; fewer than `window` overlap | ≥ 1 |
/// | `fusion` | 0 | β, penalty on changes between neighbours; 0 fits each window alone | ≥ 0 |
/// | `standardize` | true | correlations rather than covariances, so that a stormy window has no more edges for its storm | |
/// | `tolerance` | 1e-4 | duality gap at which to stop, for each window, or for all with `fusion` | > 0 |
/// | `max_iterations` | 5000 | rounds at most, with `fusion` | ≥ 1 |
/// | `names` | 0, 1, 2, …, or the tickers | of the variables | |
/// | `threads` | one a core | windows at a time, without `fusion` | ≥ 1 |
///
/// Windows end with the last observation; what does not fill one is left out at the start. Alone, each window is a [`GraphicalLasso`],
/// and the windows are shared among all cores; joined, they are solved by the alternating direction method of multipliers.
/// With a large β all windows have one graph. An interrupt keeps the windows that are done, or, joined, the best so far.
///
/// # Example
/// ```
/// use latentlab::gaussian::TimeVaryingGraphicalLasso;
/// use latentlab::ndarray::Array2;
///
/// // The second column follows the first for half of the time.
/// let wave = |row: usize, pace: f64| (row as f64 * pace).sin();
/// let samples = Array2::from_shape_fn((200, 2), |(row, column)| match column {
///     1 if row >= 100 => wave(row, 1.3) + 0.3 * wave(row, 2.9),
///     1 => wave(row, 0.7),
///     _ => wave(row, 1.3),
/// });
/// let sequence = TimeVaryingGraphicalLasso::new(0.3, 50).fit(&samples)?;
/// assert_eq!(sequence.edge_counts(), [0, 0, 1, 1]);
/// assert_eq!(sequence.changes(), [0, 1, 0]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct TimeVaryingGraphicalLasso {
    alpha: f64,
    window: usize,
    step: Option<usize>,
    fusion: f64,
    standardize: bool,
    tolerance: f64,
    max_iterations: usize,
    names: Option<Vec<String>>,
    workers: Workers,
}

impl TimeVaryingGraphicalLasso {
    /// Windows of so many observations, side by side, each with the penalty `alpha`.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::TimeVaryingGraphicalLasso;
    /// let years = TimeVaryingGraphicalLasso::new(0.4, 252);
    /// ```
    pub fn new(alpha: f64, window: usize) -> Self {
        Self {
            alpha,
            window,
            step: None,
            fusion: 0.0,
            standardize: true,
            tolerance: 1e-4,
            max_iterations: 5000,
            names: None,
            workers: Workers::default(),
        }
    }

    /// Sets the rows from the start of one window to the start of the next. Default: the window, so that none overlap.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::TimeVaryingGraphicalLasso;
    /// let years_by_month = TimeVaryingGraphicalLasso::new(0.4, 252).step(21);
    /// ```
    pub fn step(mut self, step: usize) -> Self {
        self.step = Some(step);
        self
    }

    /// Sets β ≥ 0, the penalty on changes from one window to the next, in the units of `alpha`. Default 0: each window alone.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::TimeVaryingGraphicalLasso;
    /// let slow = TimeVaryingGraphicalLasso::new(0.3, 126).fusion(0.1);
    /// ```
    pub fn fusion(mut self, beta: f64) -> Self {
        self.fusion = beta;
        self
    }

    /// Sets whether each window's columns are scaled to variance one. Default true.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::TimeVaryingGraphicalLasso;
    /// let own_units = TimeVaryingGraphicalLasso::new(1e-5, 252).standardize(false);
    /// ```
    pub fn standardize(mut self, standardize: bool) -> Self {
        self.standardize = standardize;
        self
    }

    /// Sets the duality gap at which to stop. Default 1e-4.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::TimeVaryingGraphicalLasso;
    /// let exact = TimeVaryingGraphicalLasso::new(0.4, 252).tolerance(1e-8);
    /// ```
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the largest number of rounds with [`fusion`](Self::fusion). Default 5000; some hundred are a usual need.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::TimeVaryingGraphicalLasso;
    /// let hasty = TimeVaryingGraphicalLasso::new(0.4, 252).fusion(0.1).max_iterations(50);
    /// ```
    pub fn max_iterations(mut self, max_iterations: usize) -> Self {
        self.max_iterations = max_iterations;
        self
    }

    /// Sets the names of the variables, in the order of the columns. Default: their numbers, from 0.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::TimeVaryingGraphicalLasso;
    /// let named = TimeVaryingGraphicalLasso::new(0.4, 252).names(["T", "FOX"]);
    /// ```
    pub fn names(mut self, names: impl IntoIterator<Item = impl ToString>) -> Self {
        self.names = Some(names.into_iter().map(|name| name.to_string()).collect());
        self
    }

    /// Sets how many windows are fitted at a time, without [`fusion`](Self::fusion). Default: one a core.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::TimeVaryingGraphicalLasso;
    /// let alone = TimeVaryingGraphicalLasso::new(0.4, 252).threads(1);
    /// ```
    pub fn threads(mut self, threads: usize) -> Self {
        self.workers.threads = Some(threads);
        self
    }

    /// Fits to samples, n × p, one observation a row, oldest first.
    ///
    /// # Errors
    /// As [`GraphicalLasso::fit`], and [`Error::Invalid`] for windows that do not fit twice into the samples, columns that
    /// are constant in a window, and a wrong number of names; [`Error::Interrupted`] before the second window is done.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::TimeVaryingGraphicalLasso, ndarray::Array2};
    /// let samples = Array2::from_shape_fn((60, 2), |(row, column)| (row as f64 * [0.7, 2.9][column]).sin());
    /// let sequence = TimeVaryingGraphicalLasso::new(0.2, 20).fusion(0.1).fit(&samples)?;
    /// assert_eq!(sequence.windows().len(), 3);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit(&self, samples: &Array2<f64>) -> Result<GraphSequence> {
        let numbered = || (0..samples.ncols()).map(|column| column.to_string()).collect();
        self.fit_named(samples, self.names.clone().unwrap_or_else(numbered), None)
    }

    /// Fits to returns, with their dates, and their tickers for names.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::prelude::*;
    ///
    /// let returns = PricePanel::open()?.log_returns()?.clip(4.0, ClipScale::Pooled)?;
    /// let years = TimeVaryingGraphicalLasso::new(0.4, 252).fit_returns(&returns)?;
    /// years.density_chart().show();
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit_returns(&self, returns: &Returns) -> Result<GraphSequence> {
        let names = self.names.clone().unwrap_or_else(|| returns.tickers().to_vec());
        self.fit_named(returns.values(), names, Some(returns.dates()))
    }

    fn fit_named(
        &self,
        samples: &Array2<f64>,
        names: Vec<String>,
        dates: Option<&[NaiveDate]>,
    ) -> Result<GraphSequence> {
        self.check()?;
        let names = checked_names(&names, samples.ncols())?;
        let step = self.step.unwrap_or(self.window);
        let windows = windows(samples.nrows(), self.window, step, dates)?;
        let covariances = windows
            .iter()
            .map(|window| covariance_in(samples, window, self.standardize))
            .collect::<Result<Vec<_>>>()?;
        let fitted = if self.fusion > 0.0 {
            self.fit_together(&covariances)?
        } else {
            self.fit_alone(&covariances, &windows)?
        };
        Ok(GraphSequence {
            alpha: self.alpha,
            fusion: self.fusion,
            tolerance: self.tolerance,
            names,
            wanted: windows.len(),
            windows: windows.into_iter().take(fitted.precisions.len()).collect(),
            precisions: fitted.precisions,
            gap: fitted.gap,
            interrupted: fitted.interrupted,
        })
    }

    fn fit_together(&self, covariances: &[Array2<f64>]) -> Result<Fitted> {
        let problem = FusedProblem { covariances, alpha: self.alpha, beta: self.fusion };
        let stopping = Stopping { tolerance: self.tolerance, max_iterations: self.max_iterations };
        let solution = solve(problem, stopping)?;
        let (precisions, gap) = (solution.precisions, solution.gap);
        Ok(Fitted { precisions, gap, interrupted: solution.interrupted })
    }

    fn fit_alone(&self, covariances: &[Array2<f64>], windows: &[Window]) -> Result<Fitted> {
        let lasso = GraphicalLasso::new(self.alpha).tolerance(self.tolerance);
        let count = covariances.len();
        let mut progress =
            Progress::new("Windows", count as u64).unit("windows").delay(WORTH_A_BAR);
        let fits = self
            .workers
            .run(count, &mut progress, |window| lasso.solve_from(&covariances[window], None));
        progress.finish();
        let mut fitted = Fitted { precisions: Vec::new(), gap: 0.0, interrupted: false };
        // Later windows may be done where an earlier one is not; neighbours would then be no neighbours.
        for (fit, window) in fits.into_iter().map_while(|fit| fit).zip(windows) {
            let fit = fit.map_err(|error| {
                Error::invalid(format!("window {}", window.label()), error.to_string())
            })?;
            if fit.interrupted() {
                break;
            }
            fitted.gap = fitted.gap.max(fit.duality_gap());
            fitted.precisions.push(fit.precision().clone());
        }
        fitted.interrupted = fitted.precisions.len() < count;
        if fitted.precisions.len() < 2 {
            return Err(Error::Interrupted);
        }
        Ok(fitted)
    }

    fn check(&self) -> Result<()> {
        self.workers.check()?;
        GraphicalLasso::new(self.alpha)
            .tolerance(self.tolerance)
            .max_iterations(self.max_iterations)
            .check()?;
        if !(self.fusion >= 0.0 && self.fusion.is_finite()) {
            return Err(Error::invalid(
                format!("fusion = {}", self.fusion),
                "the penalty on changes must be a finite number, zero or positive",
            ));
        }
        if self.fusion > 0.0 && self.alpha == 0.0 {
            return Err(Error::invalid(
                "alpha = 0 with fusion",
                "without a penalty on links a window with few observations has no solution; choose alpha > 0",
            ));
        }
        Ok(())
    }
}

/// One precision matrix for each window that is done, and the largest duality gap.
struct Fitted {
    precisions: Vec<Array2<f64>>,
    gap: f64,
    interrupted: bool,
}

#[cfg(test)]
mod tests;
