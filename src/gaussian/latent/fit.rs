//! What a graphical lasso with hidden variables found.

use std::fmt::Write;

use ndarray::{Array1, Array2, Axis, s};

use super::solver::LatentSolution;
use crate::gaussian::eigen::SymmetricEigen;
use crate::gaussian::graphical_lasso::objective::inner_product;
use crate::gaussian::graphs::graph::ConditionalIndependenceGraph;
use crate::gaussian::linalg::Cholesky;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, escape};
use crate::words::counted;
use crate::{Error, Result};

/// Eigenvalues of L below this share of S's largest variance given the others are rounding.
const ROUNDING: f64 = 1e-10;

/// A fitted [`LatentGraphicalLasso`](super::lasso::LatentGraphicalLasso): the precision matrix is S − L, with S sparse
/// and L of low rank; the covariance is S⁻¹ + ΛΛᵀ, with the factors' loadings Λ.
///
/// # Example
/// ```
/// use latentlab::gaussian::LatentGraphicalLasso;
/// use latentlab::ndarray::Array2;
///
/// let correlations = Array2::from_shape_fn((5, 5), |(i, j)| if i == j { 1.0 } else { 0.6 });
/// let fit = LatentGraphicalLasso::new(0.1, 0.2).fit_covariance(&correlations)?;
/// let loadings = fit.loadings();
/// assert_eq!(loadings.dim(), (5, 1));
/// assert!(loadings.iter().all(|loading| *loading > 0.5));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LatentGraphicalLassoFit {
    alpha: f64,
    mu: f64,
    tolerance: f64,
    solution: LatentSolution,
    precision: Array2<f64>,
    covariance: Array2<f64>,
    loadings: Array2<f64>,
    score_weights: Array2<f64>,
}

impl LatentGraphicalLassoFit {
    pub(super) fn new(
        alpha: f64,
        mu: f64,
        tolerance: f64,
        mut solution: LatentSolution,
    ) -> Result<Self> {
        let hidden = SymmetricEigen::new(&solution.low_rank)?;
        let least =
            ROUNDING * solution.sparse.diag().fold(0.0, |most: f64, value| most.max(*value));
        solution.low_rank = hidden.mapped(|value| if value > least { value } else { 0.0 });
        let rank = hidden.values.iter().filter(|value| **value > least).count();
        let precision = &solution.sparse - &solution.low_rank;
        let covariance = solution.certificate.factor.inverse();
        // S = (S − L) + L is positive definite where S − L is, but for rounding.
        let given = Cholesky::new(&solution.sparse)?.inverse();
        let loadings = largest_roots(&SymmetricEigen::new(&(&covariance - &given))?, rank);
        let score_weights = precision.dot(&loadings);
        Ok(Self { alpha, mu, tolerance, solution, precision, covariance, loadings, score_weights })
    }

    /// The sparse part S, p × p and positive definite: the precision matrix of the variables given the hidden ones.
    /// Its zeros off the diagonal are exact.
    pub fn sparse(&self) -> &Array2<f64> {
        &self.solution.sparse
    }

    /// The low-rank part L, p × p and positive semidefinite: what the hidden variables take from the precision.
    pub fn low_rank(&self) -> &Array2<f64> {
        &self.solution.low_rank
    }

    /// The precision matrix S − L of the variables, p × p and positive definite. As a rule it has no zeros.
    pub fn precision(&self) -> &Array2<f64> {
        &self.precision
    }

    /// The covariance (S − L)⁻¹ = S⁻¹ + ΛΛᵀ, p × p.
    pub fn covariance(&self) -> &Array2<f64> {
        &self.covariance
    }

    /// The rank of L: the number of hidden variables.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::LatentGraphicalLasso, ndarray::Array2};
    /// let alone = LatentGraphicalLasso::new(0.1, 0.1).fit_covariance(&Array2::eye(3))?;
    /// assert_eq!(alone.rank(), 0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn rank(&self) -> usize {
        self.loadings.ncols()
    }

    /// The loadings Λ of the hidden variables, p × rank, the strongest factor first: the covariance is S⁻¹ + ΛΛᵀ, so
    /// that a factor of variance one moves variable i by Λ_ik. Columns are orthogonal, and their sum is positive; any
    /// rotation of them would give the same covariance. With stocks, the first column is the market, as a rule.
    pub fn loadings(&self) -> &Array2<f64> {
        &self.loadings
    }

    /// The share of all variances that each factor explains, ‖Λ_k‖² / tr Σ, the largest first.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::LatentGraphicalLasso, ndarray::Array2};
    /// let correlations = Array2::from_shape_fn((8, 8), |(i, j)| if i == j { 1.0 } else { 0.6 });
    /// let fit = LatentGraphicalLasso::new(0.05, 0.05).fit_covariance(&correlations)?;
    /// assert!((fit.explained()[0] - 0.6).abs() < 0.05);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn explained(&self) -> Array1<f64> {
        let total = self.covariance.diag().sum();
        self.loadings.map_axis(Axis(0), |column| column.dot(&column) / total)
    }

    /// The hidden variables' expected values given the samples, n × rank: E(h | x) = Λᵀ Ω x, with x about its mean.
    /// Each has a variance below one, the more so the less the variables say about the factor.
    ///
    /// # Errors
    /// [`Error::Invalid`] for samples with another number of columns, or none.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::LatentGraphicalLasso, ndarray::{Array2, array}};
    /// let correlations = Array2::from_shape_fn((4, 4), |(i, j)| if i == j { 1.0 } else { 0.6 });
    /// let fit = LatentGraphicalLasso::new(0.1, 0.1).fit_covariance(&correlations)?;
    /// let days = array![[1.0, 1.2, 0.9, 1.1], [-1.0, -1.2, -0.9, -1.1]];
    /// let market = fit.scores(&days)?;
    /// assert!(market[[0, 0]] > 0.5 && market[[1, 0]] < -0.5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn scores(&self, samples: &Array2<f64>) -> Result<Array2<f64>> {
        let (rows, columns) = samples.dim();
        let order = self.precision.nrows();
        let Some(mean) = samples.mean_axis(Axis(0)).filter(|_| columns == order) else {
            let problem =
                format!("the fit has {order} variables, so {order} columns are needed, and a row");
            return Err(Error::invalid(format!("samples of shape {rows} × {columns}"), problem));
        };
        Ok((samples - &mean).dot(&self.score_weights))
    }

    /// The number of links in S: nonzero entries above the diagonal.
    pub fn edge_count(&self) -> usize {
        let upper = self.sparse().indexed_iter().filter(|((row, column), _)| row < column);
        upper.filter(|(_, value)| **value != 0.0).count()
    }

    /// The graph of S, with one name a variable: which variables are linked beyond what the hidden ones explain.
    ///
    /// # Errors
    /// [`Error::Invalid`] where there are more or fewer names than variables, or a name appears twice.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::LatentGraphicalLasso, ndarray::Array2};
    /// let fit = LatentGraphicalLasso::new(0.1, 0.1).fit_covariance(&Array2::eye(2))?;
    /// assert_eq!(fit.graph(&["T", "FOX"])?.edges().len(), 0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn graph<S: AsRef<str>>(&self, names: &[S]) -> Result<ConditionalIndependenceGraph> {
        self.graph_above(names, 0.0)
    }

    /// The graph of the entries with |S_ij| above a threshold, in the units of S.
    ///
    /// # Errors
    /// As [`graph`](Self::graph), and for a threshold that is negative or NaN.
    pub fn graph_above<S: AsRef<str>>(
        &self,
        names: &[S],
        threshold: f64,
    ) -> Result<ConditionalIndependenceGraph> {
        ConditionalIndependenceGraph::from_precision(self.sparse(), names, threshold)
    }

    /// The penalty on links.
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// The penalty on factors.
    pub fn mu(&self) -> f64 {
        self.mu
    }

    /// How far the objective can be above its minimum, at most; zero or positive, infinite where no bound is known yet.
    pub fn duality_gap(&self) -> f64 {
        self.solution.certificate.gap
    }

    /// The minimised −log det(S − L) + tr(C(S − L)) + α Σ_{i≠j} |S_ij| + μ tr L.
    pub fn objective(&self) -> f64 {
        self.solution.certificate.objective
    }

    /// The rounds taken.
    pub fn iterations(&self) -> usize {
        self.solution.iterations
    }

    /// Whether the duality gap reached the tolerance.
    pub fn converged(&self) -> bool {
        self.duality_gap() <= self.tolerance
    }

    /// Whether the reader interrupted the cell before the duality gap reached the tolerance. The parts are then the best
    /// so far, and the duality gap says how far they came.
    pub fn interrupted(&self) -> bool {
        self.solution.interrupted && !self.converged()
    }

    /// The Gaussian log-likelihood per observation, (log det Ω − tr(CΩ) − p log 2π) / 2 in nats with Ω = S − L, of data with
    /// covariance C (p × p, divisor n, about their own mean).
    ///
    /// # Errors
    /// [`Error::Invalid`] where C has another shape than Ω.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::LatentGraphicalLasso, ndarray::array};
    /// let covariance = array![[1.0]];
    /// let fit = LatentGraphicalLasso::new(0.1, 0.1).fit_covariance(&covariance)?;
    /// let entropy = 0.5 * (2.0 * std::f64::consts::PI * std::f64::consts::E).ln();
    /// assert!((fit.log_likelihood(&covariance)? + entropy).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn log_likelihood(&self, covariance: &Array2<f64>) -> Result<f64> {
        let order = self.precision.nrows();
        if covariance.dim() != (order, order) {
            let what = format!("covariance, {} × {}", covariance.nrows(), covariance.ncols());
            let problem = format!("the fit has {order} variables, so {order} × {order} is needed");
            return Err(Error::invalid(what, problem));
        }
        let log_determinant = self.solution.certificate.factor.log_determinant();
        let constant = order as f64 * (2.0 * std::f64::consts::PI).ln();
        Ok(0.5 * (log_determinant - inner_product(covariance, &self.precision) - constant))
    }

    /// What a reader should know before using the fit, where there is something.
    fn warnings(&self) -> Vec<String> {
        let gap = format!(
            "the duality gap {:.1e} is above the tolerance {:.1e}",
            self.duality_gap(),
            self.tolerance
        );
        let mut warnings = Vec::new();
        if self.interrupted() {
            warnings.push(format!("interrupted: {gap}; run the cell again for the solution"));
        } else if !self.converged() {
            warnings.push(format!(
                "not converged: {gap}; raise max_iterations, the penalties or the tolerance"
            ));
        }
        if self.mu < self.alpha {
            warnings.push(format!(
                "no edges, because mu = {} is below alpha = {}: hidden variables explain everything; raise it",
                self.mu, self.alpha
            ));
        }
        if self.rank() == 0 && self.precision.nrows() > 1 {
            warnings.push(format!(
                "no hidden variable, so this is the graphical lasso; lower mu = {} for one",
                self.mu
            ));
        }
        warnings
    }
}

/// Λ with ΛΛᵀ the part of a matrix with the largest eigenvalues, strongest column first, each with a positive sum.
fn largest_roots(eigen: &SymmetricEigen, rank: usize) -> Array2<f64> {
    let order = eigen.values.len();
    let mut roots = eigen.vectors.slice(s![order - rank.., ..]).t().to_owned();
    roots.invert_axis(Axis(1));
    for (place, mut column) in roots.columns_mut().into_iter().enumerate() {
        let length = eigen.values[order - 1 - place].max(0.0).sqrt();
        column *= if column.sum() < 0.0 { -length } else { length };
    }
    roots
}

impl Show for LatentGraphicalLassoFit {
    fn rich(&self) -> Rich {
        let order = self.precision.nrows();
        let shares: Vec<String> = self
            .explained()
            .iter()
            .take(5)
            .map(|share| format!("{:.1} %", 100.0 * share))
            .collect();
        let explaining = match shares.len() {
            0 => String::new(),
            _ => format!(" explaining {} of the variance", shares.join(", ")),
        };
        let summary = format!(
            "{}, {}{explaining}, {} of {} possible beside; duality gap {:.1e} after {}",
            counted(order, "variable"),
            counted(self.rank(), "hidden variable"),
            counted(self.edge_count(), "edge"),
            order * (order - 1) / 2,
            self.duality_gap(),
            counted(self.iterations(), "round"),
        );
        let state = if self.converged() { "converged" } else { "NOT converged" };
        let (alpha, mu) = (self.alpha, self.mu);
        let mut text =
            format!("latent graphical lasso, alpha = {alpha}, mu = {mu}, {state}: {summary}");
        let mut html = format!(
            "<b>Latent graphical lasso</b>, α = {alpha}, μ = {mu}, {state}<br>{}",
            escape(&summary)
        );
        for warning in self.warnings() {
            let _infallible = write!(text, "\nwarning: {warning}");
            let _infallible = write!(html, "<br><b>Warning:</b> {}", escape(&warning));
        }
        Rich::text(text).html(html)
    }
}

impl Inspect for LatentGraphicalLassoFit {
    fn shape(&self) -> Option<String> {
        Inspect::shape(&self.precision)
    }

    fn dtype(&self) -> Option<String> {
        Inspect::dtype(&self.precision)
    }

    fn memory(&self) -> usize {
        let parts = [self.sparse(), self.low_rank(), &self.precision, &self.covariance];
        let matrices: usize = parts.iter().map(|part| part.memory()).sum();
        size_of_val(self) + matrices + 2 * self.loadings.memory()
    }

    fn preview(&self) -> String {
        let (edges, rank) = (self.edge_count(), self.rank());
        format!("{}, {}", counted(edges, "edge"), counted(rank, "hidden variable"))
    }
}
