//! What a graphical lasso found.

use std::fmt::Write;

use ndarray::Array2;

use super::components::connected_components;
use super::objective::inner_product;
use super::solver::Solution;
use crate::gaussian::graphs::graph::ConditionalIndependenceGraph;
use crate::gaussian::graphs::partial_correlation::partial_correlations;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, escape};
use crate::words::counted;
use crate::{Error, Result};

/// A fitted graphical lasso: a positive definite precision matrix Θ with exact zeros, and its inverse W.
///
/// It shows itself with its size, edges, duality gap, steps of the solver and, where the solver stopped early, a warning.
///
/// # Example
/// ```
/// use latentlab::gaussian::GraphicalLasso;
/// use latentlab::ndarray::array;
/// use latentlab::notebook::Show;
///
/// let fit = GraphicalLasso::new(0.1).fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?;
/// assert!(fit.rich().get("text/plain").is_some_and(|text| text.contains("1 edge")));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct GraphicalLassoFit {
    pub(crate) alpha: f64,
    /// The penalty at and above which there is no edge.
    pub(crate) emptying_alpha: f64,
    pub(crate) weighted: bool,
    pub(crate) tolerance: f64,
    pub(crate) solution: Solution,
}

impl GraphicalLassoFit {
    /// The precision matrix Θ, p × p, symmetric and positive definite, with exact zeros.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// let fit = GraphicalLasso::new(0.6).fit_covariance(&array![[2.0, 0.5], [0.5, 4.0]])?;
    /// assert_eq!(fit.precision(), &array![[0.5, 0.0], [0.0, 0.25]]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn precision(&self) -> &Array2<f64> {
        &self.solution.precision
    }

    /// The covariance W = Θ⁻¹, p × p and symmetric, from Θ's Cholesky factor: every entry of |ΘW − I| is at most
    /// 1e-15 p times the condition number of Θ.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// let fit = GraphicalLasso::new(0.1).tolerance(1e-9).fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?;
    /// assert!((fit.covariance()[[0, 1]] - 0.4).abs() < 1e-8);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn covariance(&self) -> &Array2<f64> {
        &self.solution.covariance
    }

    /// The penalty the fit was made with; with weights, the factor of them all.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// assert_eq!(GraphicalLasso::new(0.1).fit_covariance(&array![[1.0]])?.alpha(), 0.1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// How far the objective can be above its minimum, at most; zero or positive.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// let fit = GraphicalLasso::new(0.1).fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?;
    /// assert!((0.0..=1e-4).contains(&fit.duality_gap()));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn duality_gap(&self) -> f64 {
        self.solution.gap
    }

    /// The passes over the columns and Newton steps of the connected component that took most.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// let fit = GraphicalLasso::new(0.6).fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?;
    /// assert_eq!(fit.iterations(), 0, "no covariance passes the penalty: solved in closed form");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn iterations(&self) -> usize {
        self.solution.iterations
    }

    /// Whether the duality gap reached the tolerance.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// assert!(GraphicalLasso::new(0.1).fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?.converged());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn converged(&self) -> bool {
        self.solution.gap <= self.tolerance
    }

    /// Whether the reader interrupted the cell before the duality gap reached the tolerance. The fit is then the best one
    /// so far, still positive definite, and its duality gap says how far it came.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// assert!(!GraphicalLasso::new(0.1).fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?.interrupted());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn interrupted(&self) -> bool {
        self.solution.interrupted && !self.converged()
    }

    /// The minimised −log det Θ + tr(SΘ) + Σ λ_ij |Θ_ij|.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// assert_eq!(GraphicalLasso::new(0.1).fit_covariance(&array![[1.0]])?.objective(), 1.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn objective(&self) -> f64 {
        self.solution.objective
    }

    /// The number of edges: nonzero entries above the diagonal.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// assert_eq!(GraphicalLasso::new(0.1).fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?.edge_count(), 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn edge_count(&self) -> usize {
        let upper = self.precision().indexed_iter().filter(|((row, column), _)| row < column);
        upper.filter(|(_, value)| **value != 0.0).count()
    }

    /// The number of connected components of the graph, isolated variables included.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// assert_eq!(GraphicalLasso::new(0.9).fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?.component_count(), 2);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn component_count(&self) -> usize {
        connected_components(self.precision(), 0.0).len()
    }

    /// The Gaussian log-likelihood per observation, (log det Θ − tr(SΘ) − p log 2π) / 2 in nats, of data with
    /// covariance S (p × p, divisor n, about their own mean). For held-out data, S is theirs.
    ///
    /// # Errors
    /// [`Error::Invalid`] where S has another shape than Θ.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// let covariance = array![[1.0]];
    /// let fit = GraphicalLasso::new(0.1).fit_covariance(&covariance)?;
    /// let entropy = 0.5 * (2.0 * std::f64::consts::PI * std::f64::consts::E).ln();
    /// assert!((fit.log_likelihood(&covariance)? + entropy).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn log_likelihood(&self, covariance: &Array2<f64>) -> Result<f64> {
        if covariance.dim() != self.precision().dim() {
            return Err(Error::invalid(
                format!("covariance, {} × {}", covariance.nrows(), covariance.ncols()),
                format!(
                    "the fit has {0} variables, so {0} × {0} is needed",
                    self.precision().nrows()
                ),
            ));
        }
        let order = covariance.nrows() as f64;
        let constant = order * (2.0 * std::f64::consts::PI).ln();
        Ok(0.5
            * (self.solution.log_determinant
                - inner_product(covariance, self.precision())
                - constant))
    }

    /// The partial correlations −Θ_ij / √(Θ_ii Θ_jj), p × p, with ones on the diagonal.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// let fit = GraphicalLasso::new(0.0).fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?;
    /// assert!((fit.partial_correlations()[[0, 1]] - 0.5).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn partial_correlations(&self) -> Array2<f64> {
        partial_correlations(self.precision())
    }

    /// The graph of the exact nonzeros of Θ, with one name a variable.
    ///
    /// # Errors
    /// [`Error::Invalid`] where there are more or fewer names than variables, or a name appears twice.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// let fit = GraphicalLasso::new(0.1).fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?;
    /// assert_eq!(fit.graph(&["T", "FOX"])?.edges().len(), 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn graph<S: AsRef<str>>(&self, names: &[S]) -> Result<ConditionalIndependenceGraph> {
        self.graph_above(names, 0.0)
    }

    /// The graph of the entries with |Θ_ij| above a threshold, in the units of Θ.
    ///
    /// # Errors
    /// As [`graph`](Self::graph), and for a threshold that is negative or NaN.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// let fit = GraphicalLasso::new(0.1).fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?;
    /// assert_eq!(fit.graph_above(&["T", "FOX"], 5.0)?.edges().len(), 0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn graph_above<S: AsRef<str>>(
        &self,
        names: &[S],
        threshold: f64,
    ) -> Result<ConditionalIndependenceGraph> {
        ConditionalIndependenceGraph::from_precision(self.precision(), names, threshold)
    }

    /// What a reader should know before using the fit, where there is something.
    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.interrupted() {
            warnings.push(format!(
                "interrupted: the duality gap {:.1e} is above the tolerance {:.1e}; run the cell again for the solution",
                self.solution.gap, self.tolerance
            ));
        } else if !self.converged() {
            warnings.push(format!(
                "not converged: the duality gap {:.1e} is above the tolerance {:.1e}; raise max_iterations, alpha or the tolerance",
                self.solution.gap, self.tolerance
            ));
        }
        if self.precision().nrows() > 1 && self.alpha >= self.emptying_alpha {
            let largest = if self.weighted {
                "the largest ratio of a covariance to its weight"
            } else {
                "the largest covariance"
            };
            warnings.push(format!(
                "no edges, because alpha = {} is not below {largest}, {:.3e}; lower it, or standardise the columns",
                self.alpha, self.emptying_alpha
            ));
        }
        warnings
    }
}

impl Show for GraphicalLassoFit {
    fn rich(&self) -> Rich {
        let order = self.precision().nrows();
        let summary = format!(
            "{}, {} of {} possible, {}; duality gap {:.1e} after {}",
            counted(order, "variable"),
            counted(self.edge_count(), "edge"),
            order * (order - 1) / 2,
            counted(self.component_count(), "component"),
            self.duality_gap(),
            counted(self.iterations(), "step"),
        );
        let state = if self.converged() { "converged" } else { "NOT converged" };
        let mut text = format!("graphical lasso, alpha = {}, {state}: {summary}", self.alpha);
        let mut html =
            format!("<b>Graphical lasso</b>, α = {}, {state}<br>{}", self.alpha, escape(&summary));
        for warning in self.warnings() {
            let _infallible = write!(text, "\nwarning: {warning}");
            let _infallible = write!(html, "<br><b>Warning:</b> {}", escape(&warning));
        }
        Rich::text(text).html(html)
    }
}

impl Inspect for GraphicalLassoFit {
    fn shape(&self) -> Option<String> {
        Inspect::shape(self.precision())
    }

    fn dtype(&self) -> Option<String> {
        Inspect::dtype(self.precision())
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.precision().memory() + self.covariance().memory()
    }

    fn preview(&self) -> String {
        format!("alpha = {}, {}", self.alpha, counted(self.edge_count(), "edge"))
    }
}
