//! A precision matrix with named variables, exact or in `f64`.

use ndarray::{Array2, Axis, concatenate};

use super::elimination::{Elimination, block, check_symmetric, eliminate, mirror};
use super::named_matrix::NamedMatrix;
use super::rational::{Rational, rational_matrix};
use super::scalar::Scalar;
use super::scope::Scope;
use crate::gaussian::graphs::graph::ConditionalIndependenceGraph;
use crate::gaussian::graphs::partial_correlation::partial_correlations;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::{Error, Result};

/// The precision matrix Ω = Σ⁻¹ of a Gaussian vector X ~ N(0, Σ) with named variables, some of which may form named blocks.
///
/// With [`Rational`] entries every result is exact, so that a zero is a conditional independence and not a small
/// number; with `f64` entries, correlations below 10⁻¹⁰ count as zero. The matrix is checked to be positive definite by
/// its leading minors.
///
/// A variable called by one letter and a number ("Z1", "Z_1" or "Z₁") is found in any of these spellings, and set as Z₁.
/// Wherever variables are named, the name of a block stands for all its members.
///
/// | Question | Method |
/// |---|---|
/// | What is the distribution of some of the variables? | [`marginal`](Self::marginal), [`schur_complement`](Self::schur_complement) |
/// | … given the others? | [`conditional`](Self::conditional) |
/// | Which edges does the graph have? | [`graph`](Self::graph) |
/// | Which independences does the graph state? | [`markov`](Self::markov) |
/// | Does one particular independence hold? | [`independence`](Self::independence) |
/// | Which ones hold without being in the graph? | [`unfaithful`](Self::unfaithful) |
/// | Does a sample agree? | [`samples`](Self::samples), [`simulate`](Self::simulate) |
///
/// # Example
/// ```
/// use latentlab::gaussian::PrecisionMatrix;
///
/// // A chain: A and C are joined through B alone.
/// let chain = PrecisionMatrix::parse(&["A", "B", "C"], "2 1/2 0; 1/2 2 1/2; 0 1/2 2")?;
/// assert!(chain.independence(&["A"], &["C"], &["B"])?.holds());
/// // Without B the two are joined: the margin's entry is 0 − ½ · ½ · ½.
/// assert_eq!(chain.marginal(&["A", "C"])?.values()[[0, 1]].to_string(), "-1/8");
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PrecisionMatrix<T: Scalar> {
    pub(crate) scope: Scope,
    pub(crate) values: Array2<T>,
}

impl PrecisionMatrix<Rational> {
    /// An exact precision matrix from text: rows after `;` or on lines of their own, entries like `2`, `-1/3` or `0.25`.
    ///
    /// # Errors
    /// As for [`rational_matrix`] and [`new`](Self::new).
    ///
    /// # Example
    /// ```
    /// use latentlab::gaussian::PrecisionMatrix;
    ///
    /// let error = PrecisionMatrix::parse(&["A", "B"], "1 2; 2 1").unwrap_err().to_string();
    /// assert!(error.contains("the leading minor of order 2 is -3"));
    /// ```
    pub fn parse(names: &[&str], rows: &str) -> Result<Self> {
        Self::new(names, rational_matrix(rows)?)
    }
}

impl PrecisionMatrix<f64> {
    /// The same with each entry taken for the fraction that it is, so that what follows is exact. The entry `1.0 / 3.0`
    /// is not ⅓ but the `f64` nearest to it.
    ///
    /// # Errors
    /// [`Error::Invalid`] where rounding hid that the matrix is not positive definite.
    ///
    /// # Example
    /// ```
    /// use latentlab::{gaussian::PrecisionMatrix, ndarray::array};
    ///
    /// let exact = PrecisionMatrix::new(&["A", "B"], array![[2.0, 0.5], [0.5, 2.0]])?.to_exact()?;
    /// assert_eq!(exact.determinant().to_string(), "15/4");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn to_exact(&self) -> Result<PrecisionMatrix<Rational>> {
        let values: Result<Vec<Rational>> =
            self.values.iter().map(|value| Rational::from_f64(*value)).collect();
        let values = Array2::from_shape_vec(self.values.dim(), values?)
            .map_err(|error| Error::invalid("precision matrix", error.to_string()))?;
        PrecisionMatrix::checked(self.scope.clone(), values)
    }
}

impl<T: Scalar> PrecisionMatrix<T> {
    /// From p distinct names and a symmetric positive definite p × p matrix.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a wrong number of names, a name given twice, and a matrix that is not square, symmetric and
    /// positive definite; the message names the first leading minor that is not positive.
    ///
    /// # Example
    /// ```
    /// use latentlab::{gaussian::PrecisionMatrix, ndarray::array};
    ///
    /// let precision = PrecisionMatrix::new(&["A", "B"], array![[1.0, -0.5], [-0.5, 1.0]])?;
    /// assert_eq!(precision.names(), ["A", "B"]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(names: &[&str], values: Array2<T>) -> Result<Self> {
        Self::checked(Scope::new(names, values.nrows())?, values)
    }

    /// From two named blocks: Ω = (A B; Bᵀ C), with A of shape p₁ × p₁, B of p₁ × p₂ and C of p₂ × p₂.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the shapes do not fit together, and as for [`new`](Self::new).
    ///
    /// # Example
    /// ```
    /// use latentlab::gaussian::{PrecisionMatrix, rational_matrix};
    ///
    /// let (a, b, c) = (rational_matrix("2")?, rational_matrix("1 1/2")?, rational_matrix("2 0; 0 2")?);
    /// let precision = PrecisionMatrix::from_blocks(("Y", &["Y1"]), ("Z", &["Z1", "Z2"]), &a, &b, &c)?;
    /// assert_eq!(precision.values()[[2, 0]].to_string(), "1/2");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn from_blocks(
        first: (&str, &[&str]),
        second: (&str, &[&str]),
        a: &Array2<T>,
        b: &Array2<T>,
        c: &Array2<T>,
    ) -> Result<Self> {
        let (one, other) = (first.1.len(), second.1.len());
        for (name, matrix, shape) in
            [("A", a, (one, one)), ("B", b, (one, other)), ("C", c, (other, other))]
        {
            if matrix.dim() != shape {
                return Err(Error::invalid(
                    format!("block {name}, {} × {}", matrix.nrows(), matrix.ncols()),
                    format!(
                        "{one} and {other} variables are named, so it must be {} × {}",
                        shape.0, shape.1
                    ),
                ));
            }
        }
        let refused =
            |error: ndarray::ShapeError| Error::invalid("blocks A, B and C", error.to_string());
        let top = concatenate(Axis(1), &[a.view(), b.view()]).map_err(refused)?;
        let bottom = concatenate(Axis(1), &[b.t(), c.view()]).map_err(refused)?;
        let whole = concatenate(Axis(0), &[top.view(), bottom.view()]).map_err(refused)?;
        let names: Vec<&str> = first.1.iter().chain(second.1).copied().collect();
        Self::new(&names, whole)?.with_block(first.0, first.1)?.with_block(second.0, second.1)
    }

    /// From the covariance Σ, p × p: Ω = Σ⁻¹.
    ///
    /// # Errors
    /// As for [`new`](Self::new).
    ///
    /// # Example
    /// ```
    /// use latentlab::gaussian::{PrecisionMatrix, rational_matrix};
    ///
    /// let precision = PrecisionMatrix::from_covariance(&["A", "B"], &rational_matrix("2 1; 1 2")?)?;
    /// assert_eq!(precision.values()[[0, 1]].to_string(), "-1/3");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn from_covariance(names: &[&str], covariance: &Array2<T>) -> Result<Self> {
        let scope = Scope::new(names, covariance.nrows())?;
        check_symmetric("covariance", covariance)?;
        let values = eliminate("covariance", covariance)?.inverse();
        Self::checked(scope, values)
    }

    /// Gives some of the variables a name together.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that is taken, [`Error::Missing`] for an unknown variable.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let precision = PrecisionMatrix::parse(&["Y1", "Y2", "Z1"], "2 0 1; 0 2 1; 1 1 2")?.with_block("Y", &["Y1", "Y2"])?;
    /// assert_eq!(precision.marginal(&["Y"])?.names(), ["Y1", "Y2"]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn with_block(mut self, name: &str, members: &[&str]) -> Result<Self> {
        self.scope.add_block(name, members)?;
        Ok(self)
    }

    /// A matrix under names, if it is one that a Gaussian can have.
    pub(crate) fn checked(scope: Scope, mut values: Array2<T>) -> Result<Self> {
        check_symmetric("precision matrix", &values)?;
        mirror(&mut values);
        eliminate("precision matrix", &values)?;
        Ok(Self { scope, values })
    }

    /// The factors, which exist since the matrix was checked when it was made.
    pub(crate) fn factors(&self) -> Result<Elimination<T>> {
        eliminate("precision matrix", &self.values)
    }

    /// The names, in the order of the matrix.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// assert_eq!(PrecisionMatrix::parse(&["A", "B"], "1 0; 0 1")?.names(), ["A", "B"]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn names(&self) -> &[String] {
        &self.scope.names
    }

    /// The entries of Ω, p × p.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// assert_eq!(PrecisionMatrix::parse(&["A"], "1/2")?.values()[[0, 0]].to_f64(), 0.5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn values(&self) -> &Array2<T> {
        &self.values
    }

    /// The same in `f64`.
    ///
    /// # Errors
    /// [`Error::Invalid`] where rounding leaves no positive definite matrix.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// assert_eq!(PrecisionMatrix::parse(&["A"], "1/2")?.to_f64()?.values()[[0, 0]], 0.5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn to_f64(&self) -> Result<PrecisionMatrix<f64>> {
        PrecisionMatrix::checked(self.scope.clone(), self.values.map(|value| value.to_f64()))
    }

    /// The leading minors of order 1 to p: the determinants of the upper left corners. All are positive, which is what
    /// makes the matrix positive definite (Sylvester's criterion).
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let minors = PrecisionMatrix::parse(&["A", "B"], "2 1; 1 2")?.leading_minors();
    /// assert_eq!((minors[0].to_f64(), minors[1].to_f64()), (2.0, 3.0));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn leading_minors(&self) -> Vec<T> {
        self.factors().map_or_else(|_| Vec::new(), |factors| factors.minors())
    }

    /// det Ω.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// assert_eq!(PrecisionMatrix::parse(&["A", "B"], "2 1; 1 2")?.determinant().to_f64(), 3.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn determinant(&self) -> T {
        self.leading_minors().pop().unwrap_or_else(T::one)
    }

    /// Σ = Ω⁻¹, p × p.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let covariance = PrecisionMatrix::parse(&["A", "B"], "2 1; 1 2")?.covariance();
    /// assert_eq!(covariance.values()[[0, 0]].to_string(), "2/3");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn covariance(&self) -> NamedMatrix<T> {
        let inverse =
            self.factors().map_or_else(|_| self.values.clone(), |factors| factors.inverse());
        self.named(r"\Sigma", inverse)
    }

    /// The partial correlations −Ω_ij / √(Ω_ii Ω_jj), p × p, each given all other variables; ones on the diagonal.
    /// They are `f64` because of the root; what is zero in Ω is zero here.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let correlations = PrecisionMatrix::parse(&["A", "B"], "2 -1; -1 2")?.partial_correlations();
    /// assert_eq!(correlations.values()[[0, 1]], 0.5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn partial_correlations(&self) -> NamedMatrix<f64> {
        let side = self.side();
        NamedMatrix {
            symbol: "R".into(),
            rows: side.clone(),
            columns: side,
            values: partial_correlations(&self.cleaned()),
        }
    }

    /// The conditional independence graph: an edge for each entry of Ω off the diagonal that is not zero, weighted by the
    /// partial correlation.
    ///
    /// # Errors
    /// [`Error::Invalid`] for exact entries that no `f64` can hold.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let graph = PrecisionMatrix::parse(&["A", "B", "C"], "2 1 0; 1 2 1; 0 1 2")?.graph()?;
    /// assert_eq!(graph.edges().len(), 2);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn graph(&self) -> Result<ConditionalIndependenceGraph> {
        ConditionalIndependenceGraph::from_precision(&self.cleaned(), self.names(), 0.0)
    }

    /// Whether two different variables are joined.
    pub(crate) fn joined(&self, one: usize, other: usize) -> bool {
        let values = &self.values;
        one != other && !values[[one, other]].vanishes(&values[[one, one]], &values[[other, other]])
    }

    /// The entries in `f64`, with zeros where only rounding is left.
    fn cleaned(&self) -> Array2<f64> {
        Array2::from_shape_fn(self.values.dim(), |(row, column)| {
            let kept = row == column || self.joined(row, column);
            if kept { self.values[[row, column]].to_f64() } else { 0.0 }
        })
    }

    fn side(&self) -> super::named_matrix::Names {
        self.scope.side(&(0..self.names().len()).collect::<Vec<_>>())
    }

    /// A p × p matrix over the model's variables.
    pub(crate) fn named(&self, symbol: &str, values: Array2<T>) -> NamedMatrix<T> {
        NamedMatrix { symbol: symbol.into(), rows: self.side(), columns: self.side(), values }
    }

    /// A block over some rows and some columns.
    pub(crate) fn named_block(
        &self,
        symbol: &str,
        rows: &[usize],
        columns: &[usize],
    ) -> NamedMatrix<T> {
        NamedMatrix {
            symbol: symbol.into(),
            rows: self.scope.side(rows),
            columns: self.scope.side(columns),
            values: block(&self.values, rows, columns),
        }
    }
}

impl<T: Scalar> std::fmt::Display for PrecisionMatrix<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.named(r"\Omega", self.values.clone()).fmt(formatter)
    }
}

impl<T: Scalar> Show for PrecisionMatrix<T> {
    fn rich(&self) -> Rich {
        self.named(r"\Omega", self.values.clone()).rich()
    }
}

impl<T: Scalar> Inspect for PrecisionMatrix<T> {
    fn shape(&self) -> Option<String> {
        Some(format!("{0} × {0}", self.names().len()))
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.values.len() * size_of::<T>()
    }

    fn preview(&self) -> String {
        self.scope.names.preview()
    }
}

#[cfg(test)]
mod tests;
