//! The graphical lasso: a sparse inverse covariance by an ℓ₁ penalty.

use std::borrow::Cow;

use ndarray::Array2;

use super::components::{block, screened_components, set_block};
use super::covariance::{check_semidefinite, correlation, sample_covariance, symmetric_covariance};
use super::fit::GraphicalLassoFit;
use super::objective::{largest_off_diagonal, objective};
use super::penalty::{Penalty, check_weights};
use super::solver::{Solution, Stopping, solve};
use crate::gaussian::linalg::Cholesky;
use crate::{Error, Result};

/// A correlation matrix with a pivot below this is singular to working precision.
const SINGULAR: f64 = 1e-12;

/// Minimises −log det Θ + tr(SΘ) + Σ_{i≠j} λ_ij |Θ_ij| over positive definite Θ (Friedman, Hastie & Tibshirani,
/// Biostatistics 9, 2008), with S the empirical covariance and λ_ij = α w_ij; without weights, λ_ij = α.
///
/// | parameter | default | purpose | range |
/// |---|---|---|---|
/// | `alpha` | none | penalty on the off-diagonal, in units of S; larger gives fewer edges | ≥ 0 |
/// | `tolerance` | 1e-4 | duality gap at which to stop | > 0 |
/// | `max_iterations` | 100 | passes over the variables and Newton steps at most, per connected component | ≥ 1 |
/// | `weights` | 1 | w_ij of each pair, p × p and symmetric: 0 leaves it free, ∞ forbids the link | ≥ 0 |
/// | `penalize_diagonal` | false | whether Σ_i α w_ii Θ_ii is added | |
///
/// The problem is first split, exactly, into the connected components of |S_ij| > λ_ij; each is solved by passes over the
/// columns of W (GLASSO), and by Newton steps where those come to a halt (QUIC: Hsieh et al., JMLR 15, 2014). α is in the units of S: standardise columns of different scales first.
///
/// # Hard inputs
/// Θ is positive definite, whatever comes in, and W is its inverse: every entry of |ΘW − I| is at most 1e-15 p times
/// Θ's condition number.
///
/// | input | outcome |
/// |---|---|
/// | near-singular S, duplicated columns, n ≤ p, with α > 0 | the solution, which is unique |
/// | the same with α = 0 | an error: there is no solution |
/// | unpenalised pairs among variables whose own covariance is singular | the solution, or an error where none was found |
/// | α at or above every abs(S_ij) | Θ = diag(1 / S_ii), exactly; what the fit shows says why there is no edge |
/// | α = 0, S positive definite | Θ = S⁻¹ |
/// | one variable | Θ = 1 / S |
/// | no variable, or fewer than two observations | an error |
/// | a constant column, or a variance of zero | an error that names the columns to drop |
/// | NaN or infinite values, squares that overflow | an error that names the entry |
/// | an asymmetric S | an error that names the entry |
/// | an S no data can have (a correlation above 1, or a block of the split with a negative eigenvalue) | an error that names the row |
/// | weights negative, NaN, asymmetric or of another shape, or infinite on a penalised diagonal | an error that names the entry |
///
/// # Example
/// ```
/// use latentlab::gaussian::GraphicalLasso;
/// use latentlab::ndarray::array;
///
/// let covariance = array![[1.0, 0.6, 0.1], [0.6, 1.0, 0.1], [0.1, 0.1, 1.0]];
/// let fit = GraphicalLasso::new(0.2).fit_covariance(&covariance)?;
/// assert!(fit.converged());
/// assert_eq!(fit.edge_count(), 1);
/// // With one link, W = S − α on it: Θ_12 = −0.4 / (1 − 0.4²).
/// assert!((fit.precision()[[0, 1]] + 0.4 / 0.84).abs() < 1e-3);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct GraphicalLasso {
    alpha: f64,
    tolerance: f64,
    max_iterations: usize,
    penalize_diagonal: bool,
    weights: Option<Array2<f64>>,
}

impl GraphicalLasso {
    /// A graphical lasso with penalty `alpha` ≥ 0, in the units of the covariance.
    ///
    /// # Example
    /// ```
    /// let lasso = latentlab::gaussian::GraphicalLasso::new(0.25);
    /// assert_eq!(lasso.alpha(), 0.25);
    /// ```
    pub fn new(alpha: f64) -> Self {
        Self {
            alpha,
            tolerance: 1e-4,
            max_iterations: 100,
            penalize_diagonal: false,
            weights: None,
        }
    }

    /// A graphical lasso with a penalty λ_ij for each pair, p × p and symmetric, in the units of the covariance: zero
    /// leaves a pair free, infinity forbids its link. The same as `new(1.0).weights(penalties)`.
    ///
    /// # Example
    /// The Gaussian model of a given graph, here the chain 0 – 1 – 2 (covariance selection):
    /// ```
    /// use latentlab::gaussian::GraphicalLasso;
    /// use latentlab::ndarray::array;
    ///
    /// let covariance = array![[1.0, 0.5, 0.4], [0.5, 1.0, 0.5], [0.4, 0.5, 1.0]];
    /// let none = f64::INFINITY;
    /// let chain = array![[0.0, 0.0, none], [0.0, 0.0, 0.0], [none, 0.0, 0.0]];
    /// let fit = GraphicalLasso::with_penalties(chain).tolerance(1e-12).fit_covariance(&covariance)?;
    /// assert_eq!(fit.precision()[[0, 2]], 0.0);
    /// // Links keep their covariance; the pair without one gets what the chain implies, 0.5 · 0.5.
    /// assert!((fit.covariance()[[0, 1]] - 0.5).abs() < 1e-6);
    /// assert!((fit.covariance()[[0, 2]] - 0.25).abs() < 1e-6);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn with_penalties(penalties: Array2<f64>) -> Self {
        Self::new(1.0).weights(penalties)
    }

    /// Sets a weight w_ij ≥ 0 for each pair, p × p and symmetric, so that λ_ij = α w_ij: zero leaves a pair free,
    /// infinity forbids its link, whatever α is. The diagonal counts only with
    /// [`penalize_diagonal`](Self::penalize_diagonal). Default: all ones.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// let covariance = array![[1.0, 0.3, 0.3], [0.3, 1.0, 0.3], [0.3, 0.3, 1.0]];
    /// let weights = array![[1.0, 0.1, 1.0], [0.1, 1.0, 1.0], [1.0, 1.0, 1.0]];
    /// let fit = GraphicalLasso::new(0.3).weights(weights).fit_covariance(&covariance)?;
    /// assert_eq!(fit.edge_count(), 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn weights(mut self, weights: Array2<f64>) -> Self {
        self.weights = Some(weights);
        self
    }

    /// Sets the duality gap at which to stop: the objective is then within this of its minimum. Default 1e-4.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// let fit = GraphicalLasso::new(0.1).tolerance(1e-9).fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?;
    /// assert!(fit.duality_gap() <= 1e-9);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn tolerance(mut self, tolerance: f64) -> Self {
        self.tolerance = tolerance;
        self
    }

    /// Sets the largest number of passes and Newton steps for one connected component. Default 100; ten is a usual
    /// need.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// let fit = GraphicalLasso::new(0.1).max_iterations(1).fit_covariance(&array![[1.0, 0.5], [0.5, 1.0]])?;
    /// assert!(fit.iterations() <= 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn max_iterations(mut self, max_iterations: usize) -> Self {
        self.max_iterations = max_iterations;
        self
    }

    /// Sets whether the diagonal of Θ is penalised as well, as R's `glasso` does by default: with α w_ii Θ_ii, where
    /// there are weights. Default false.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLasso, ndarray::array};
    /// let fit = GraphicalLasso::new(0.5).penalize_diagonal(true).fit_covariance(&array![[2.0]])?;
    /// assert!((fit.precision()[[0, 0]] - 0.4).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn penalize_diagonal(mut self, penalize_diagonal: bool) -> Self {
        self.penalize_diagonal = penalize_diagonal;
        self
    }

    /// The penalty; with [`weights`](Self::weights), the factor of them all.
    ///
    /// # Example
    /// ```
    /// assert_eq!(latentlab::gaussian::GraphicalLasso::new(0.1).alpha(), 0.1);
    /// ```
    pub fn alpha(&self) -> f64 {
        self.alpha
    }

    /// Fits to samples, n × p, one observation a row. The columns are centred here, not scaled.
    ///
    /// # Errors
    /// [`Error::Invalid`] for parameters out of range, weights of another shape, samples that have no covariance (fewer than
    /// two rows, values that are not finite, constant columns), and no penalty with a singular covariance. Reaching `max_iterations` is no error, nor
    /// is an interrupt: the fit says so.
    ///
    /// # Example
    /// ```
    /// use latentlab::gaussian::GraphicalLasso;
    /// use latentlab::ndarray::array;
    ///
    /// let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5]];
    /// let fit = GraphicalLasso::new(0.05).fit(&samples)?;
    /// assert!(fit.precision()[[0, 1]] < 0.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit(&self, samples: &Array2<f64>) -> Result<GraphicalLassoFit> {
        self.check()?;
        let covariance = sample_covariance(samples)?;
        let (rows, columns) = samples.dim();
        if self.alpha == 0.0 && self.weights.is_none() && rows <= columns {
            return Err(Error::invalid(
                format!("alpha = 0 with {rows} observations of {columns} variables"),
                "the covariance of so few observations is singular and has no inverse; choose alpha > 0",
            ));
        }
        self.solve_from(&covariance, None)
    }

    /// Fits to a covariance (or correlation) matrix, p × p.
    ///
    /// # Errors
    /// [`Error::Invalid`] for parameters out of range, a matrix that is not a covariance (not square, not symmetric,
    /// not finite, no variance, not positive semidefinite in a block of the split), weights of another shape, and no
    /// penalty with a singular one.
    ///
    /// # Example
    /// ```
    /// use latentlab::gaussian::GraphicalLasso;
    /// use latentlab::ndarray::array;
    ///
    /// let fit = GraphicalLasso::new(0.0).fit_covariance(&array![[2.0, 1.0], [1.0, 1.0]])?;
    /// assert!((fit.precision()[[0, 1]] + 1.0).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit_covariance(&self, covariance: &Array2<f64>) -> Result<GraphicalLassoFit> {
        self.check()?;
        let covariance = symmetric_covariance(covariance)?;
        // Between the blocks of the split S plays no part, so that only the blocks have to be covariances; a check of
        // the whole would take longer than the fit of a sparse graph.
        self.check_weights(covariance.nrows())?;
        let components = screened_components(&covariance, &self.penalty());
        for members in &components {
            check_semidefinite(&covariance, members)?;
        }
        self.solve_components(&covariance, components, None)
    }

    /// Parameters in range?
    pub(crate) fn check(&self) -> Result<()> {
        if !(self.alpha >= 0.0 && self.alpha.is_finite()) {
            return Err(Error::invalid(
                format!("alpha = {}", self.alpha),
                "the penalty must be a finite number, zero or positive",
            ));
        }
        if self.tolerance.is_nan() || self.tolerance <= 0.0 {
            return Err(Error::invalid(
                format!("tolerance = {}", self.tolerance),
                "the duality gap to stop at must be positive; 1e-4 is the default",
            ));
        }
        if self.max_iterations == 0 {
            return Err(Error::invalid("max_iterations = 0", "at least one step is needed"));
        }
        Ok(())
    }

    fn check_weights(&self, order: usize) -> Result<()> {
        let weights = self.weights.as_ref();
        weights.map_or(Ok(()), |weights| check_weights(weights, order, self.penalize_diagonal))
    }

    fn penalty(&self) -> Penalty {
        match &self.weights {
            None => Penalty::Same(self.alpha),
            Some(weights) => Penalty::weighted(self.alpha, weights),
        }
    }

    /// The smallest α at which the solution has no edge: max |S_ij| / w_ij.
    fn emptying_alpha(&self, covariance: &Array2<f64>) -> f64 {
        let Some(weights) = &self.weights else { return largest_off_diagonal(covariance) };
        let pairs = covariance.indexed_iter();
        let pairs = pairs.filter(|((row, column), value)| row < column && **value != 0.0);
        let needed = pairs.map(|(place, value)| value.abs() / weights[place]);
        needed.fold(0.0, f64::max)
    }

    /// S with the penalties of the diagonal added: Θ_ii is positive, so λ_ii Θ_ii is linear, as S_ii Θ_ii is.
    fn with_penalized_diagonal<'a>(&self, covariance: &'a Array2<f64>) -> Cow<'a, Array2<f64>> {
        if !self.penalize_diagonal {
            return Cow::Borrowed(covariance);
        }
        let mut raised = covariance.clone();
        match &self.weights {
            None => raised.diag_mut().mapv_inplace(|variance| variance + self.alpha),
            Some(weights) => raised.diag_mut().scaled_add(self.alpha, &weights.diag()),
        }
        Cow::Owned(raised)
    }

    /// Solves for a checked covariance, from a positive definite Θ where one is known.
    pub(crate) fn solve_from(
        &self,
        covariance: &Array2<f64>,
        start: Option<&Array2<f64>>,
    ) -> Result<GraphicalLassoFit> {
        self.check_weights(covariance.nrows())?;
        let components = screened_components(covariance, &self.penalty());
        self.solve_components(covariance, components, start)
    }

    /// The same with the components of the screened graph known.
    fn solve_components(
        &self,
        covariance: &Array2<f64>,
        components: Vec<Vec<usize>>,
        start: Option<&Array2<f64>>,
    ) -> Result<GraphicalLassoFit> {
        let penalized = self.with_penalized_diagonal(covariance);
        let penalty = self.penalty();
        let solution = if penalty.is_zero(covariance.nrows()) {
            inverse_covariance(&penalized)?
        } else {
            self.solve_blocks(&penalized, components, &penalty, start)?
        };
        Ok(GraphicalLassoFit {
            alpha: self.alpha,
            emptying_alpha: self.emptying_alpha(covariance),
            weighted: self.weights.is_some(),
            tolerance: self.tolerance,
            solution,
        })
    }

    /// Each connected component alone.
    fn solve_blocks(
        &self,
        covariance: &Array2<f64>,
        components: Vec<Vec<usize>>,
        penalty: &Penalty,
        start: Option<&Array2<f64>>,
    ) -> Result<Solution> {
        let order = covariance.nrows();
        if components.len() == 1 && order > 1 {
            // Without copies of the block: large matrices that do not split are where memory counts.
            let stopping =
                Stopping { tolerance: self.tolerance, max_iterations: self.max_iterations };
            return bounded(solve(covariance, penalty, start.cloned(), stopping), 0);
        }
        let mut whole = Solution {
            precision: Array2::zeros((order, order)),
            covariance: Array2::zeros((order, order)),
            objective: 0.0,
            log_determinant: 0.0,
            gap: 0.0,
            iterations: 0,
            interrupted: false,
        };
        for members in components {
            let part = block(covariance, &members);
            let penalty = penalty.block(&members);
            let solution = if members.len() == 1 {
                isolated(part[[0, 0]])
            } else if penalty.is_zero(members.len()) {
                inverse_covariance(&part)?
            } else {
                let stopping = Stopping {
                    // The parts' gaps add up to the whole one.
                    tolerance: self.tolerance * members.len() as f64 / order as f64,
                    max_iterations: self.max_iterations,
                };
                let start = start.map(|start| block(start, &members));
                bounded(solve(&part, &penalty, start, stopping), members[0])?
            };
            set_block(&mut whole.precision, &members, &solution.precision);
            set_block(&mut whole.covariance, &members, &solution.covariance);
            whole.objective += solution.objective;
            whole.log_determinant += solution.log_determinant;
            whole.gap += solution.gap;
            whole.iterations = whole.iterations.max(solution.iterations);
            whole.interrupted |= solution.interrupted;
        }
        Ok(whole)
    }
}

/// Refuses a solution without any bound on its distance from the minimum. Unpenalised pairs can leave the likelihood
/// without a maximum where S is singular; no feasible dual point is found then.
fn bounded(solution: Solution, member: usize) -> Result<Solution> {
    if solution.gap.is_finite() || solution.interrupted {
        return Ok(solution);
    }
    Err(Error::invalid(
        format!("pairs without a penalty in the component of variable {member} (counted from 0)"),
        "the covariance among them is singular, and no solution was found after the last step; \
         give these pairs a positive penalty, or raise max_iterations",
    ))
}

/// A variable without links: Θ = 1 / S.
fn isolated(variance: f64) -> Solution {
    Solution {
        precision: Array2::from_elem((1, 1), 1.0 / variance),
        covariance: Array2::from_elem((1, 1), variance),
        objective: 1.0 + variance.ln(),
        log_determinant: -variance.ln(),
        gap: 0.0,
        iterations: 0,
        interrupted: false,
    }
}

/// Without a penalty the solution is S⁻¹.
fn inverse_covariance(covariance: &Array2<f64>) -> Result<Solution> {
    let order = covariance.nrows();
    let pivot = Cholesky::factorize(&correlation(covariance)).map(|factor| factor.smallest_pivot());
    let factor = match (pivot, Cholesky::factorize(covariance)) {
        (Ok(pivot), Ok(factor)) if pivot > SINGULAR => factor,
        _ => {
            return Err(Error::invalid(
                format!("no penalty and a covariance, {order} × {order}"),
                "it is singular to working precision (duplicated columns, or no more observations than variables) \
                 and has no inverse; choose alpha > 0, and weights above zero",
            ));
        }
    };
    let precision = factor.inverse();
    let log_determinant = -factor.log_determinant();
    Ok(Solution {
        objective: objective(covariance, &precision, &Penalty::Same(0.0), log_determinant),
        precision,
        covariance: covariance.clone(),
        log_determinant,
        gap: 0.0,
        iterations: 0,
        interrupted: false,
    })
}

#[cfg(test)]
mod hard_inputs;
#[cfg(test)]
mod tests;
