//! Margins, conditionals, and the Schur complement that gives them.

use ndarray::Array2;

use super::elimination::{block, eliminate, mirror, others, product};
use super::named_matrix::NamedMatrix;
use super::precision_matrix::PrecisionMatrix;
use super::scalar::Scalar;
use super::symbol::symbol;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::{Error, Result};

/// The steps from Ω = (A B; Bᵀ C) to the precision matrix S = C − BᵀA⁻¹B of the variables that C belongs to.
///
/// A holds the variables that are integrated out, C those that are kept (Lauritzen, Graphical Models, 1996, section
/// 5.1.3). The inverse of Ω has the block S⁻¹ where Ω has C, and that block is the covariance of the kept variables.
///
/// # Example
/// ```
/// use latentlab::gaussian::PrecisionMatrix;
///
/// let chain = PrecisionMatrix::parse(&["A", "B", "C"], "2 1/2 0; 1/2 2 1/2; 0 1/2 2")?;
/// let complement = chain.schur_complement(&["A", "C"])?;
/// assert_eq!(complement.subtracted().values()[[0, 1]].to_string(), "1/8");
/// assert_eq!(complement.precision().values()[[0, 1]].to_string(), "-1/8");
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SchurComplement<T: Scalar> {
    a: NamedMatrix<T>,
    b: NamedMatrix<T>,
    c: NamedMatrix<T>,
    subtracted: NamedMatrix<T>,
    precision: PrecisionMatrix<T>,
    title: String,
}

impl<T: Scalar> SchurComplement<T> {
    /// A, the block of the variables that are integrated out.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let complement = PrecisionMatrix::parse(&["A", "B"], "2 1; 1 3")?.schur_complement(&["B"])?;
    /// assert_eq!(complement.a().values()[[0, 0]].to_f64(), 2.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn a(&self) -> &NamedMatrix<T> {
        &self.a
    }

    /// B, the block between the variables that are integrated out (rows) and those that are kept (columns).
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let complement = PrecisionMatrix::parse(&["A", "B"], "2 1; 1 3")?.schur_complement(&["B"])?;
    /// assert_eq!(complement.b().values()[[0, 0]].to_f64(), 1.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn b(&self) -> &NamedMatrix<T> {
        &self.b
    }

    /// C, the block of the variables that are kept: their precision matrix *given* the others.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let complement = PrecisionMatrix::parse(&["A", "B"], "2 1; 1 3")?.schur_complement(&["B"])?;
    /// assert_eq!(complement.c().values()[[0, 0]].to_f64(), 3.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn c(&self) -> &NamedMatrix<T> {
        &self.c
    }

    /// BᵀA⁻¹B, what integrating the others out takes away from C.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let complement = PrecisionMatrix::parse(&["A", "B"], "2 1; 1 3")?.schur_complement(&["B"])?;
    /// assert_eq!(complement.subtracted().values()[[0, 0]].to_f64(), 0.5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn subtracted(&self) -> &NamedMatrix<T> {
        &self.subtracted
    }

    /// S = C − BᵀA⁻¹B, the precision matrix of the kept variables.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let complement = PrecisionMatrix::parse(&["A", "B"], "2 1; 1 3")?.schur_complement(&["B"])?;
    /// assert_eq!(complement.precision().values()[[0, 0]].to_f64(), 2.5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn precision(&self) -> &PrecisionMatrix<T> {
        &self.precision
    }

    /// The computation as LaTeX, without delimiters.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let complement = PrecisionMatrix::parse(&["Y1", "Z1"], "2 1; 1 3")?.schur_complement(&["Z1"])?;
    /// assert!(complement.latex().starts_with(r"\begin{aligned} \Omega_{Z_{1}} = S &= C - B^{\mathsf T} A^{-1} B"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn latex(&self) -> String {
        let result = self.precision.named("S", self.precision.values.clone());
        format!(
            r"\begin{{aligned}} \Omega_{{{}}} = S &= C - B^{{\mathsf T}} A^{{-1}} B \\[4pt] &= {} - {} \\[4pt] &= {} \end{{aligned}}",
            self.title,
            self.c.bare_latex(),
            self.subtracted.bare_latex(),
            result.bare_latex()
        )
    }
}

impl<T: Scalar> PrecisionMatrix<T> {
    /// The precision matrix of some of the variables alone, the others integrated out: S = C − BᵀA⁻¹B.
    ///
    /// # Errors
    /// [`Error::Invalid`] where no variable is named or one twice, [`Error::Missing`] for an unknown name.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let precision = PrecisionMatrix::parse(&["A", "B"], "2 1; 1 2")?;
    /// assert_eq!(precision.marginal(&["A"])?.values()[[0, 0]].to_string(), "3/2");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn marginal(&self, kept: &[&str]) -> Result<Self> {
        self.marginal_of(&self.some("margin", kept)?)
    }

    /// The precision matrix of the variables that are left when some are given: the block of Ω that belongs to them.
    /// Which values are given changes the mean, not the precision.
    ///
    /// # Errors
    /// [`Error::Invalid`] where all variables are given or one twice, [`Error::Missing`] for an unknown name.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let precision = PrecisionMatrix::parse(&["A", "B"], "2 1; 1 2")?;
    /// assert_eq!(precision.conditional(&["B"])?.values()[[0, 0]].to_string(), "2");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn conditional(&self, given: &[&str]) -> Result<Self> {
        let left = others(self.names().len(), &self.scope.resolve(given)?);
        if left.is_empty() {
            return Err(Error::invalid("given set", "all variables are given, so none is left"));
        }
        Ok(self.conditional_of(&left))
    }

    /// The margin of some variables with the steps that lead to it.
    ///
    /// # Errors
    /// As for [`marginal`](Self::marginal); also where all variables are kept, since then there is nothing to compute.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let precision = PrecisionMatrix::parse(&["A", "B"], "2 1; 1 2")?;
    /// assert_eq!(precision.schur_complement(&["A"])?.subtracted().values()[[0, 0]].to_string(), "1/2");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn schur_complement(&self, kept: &[&str]) -> Result<SchurComplement<T>> {
        let kept = self.some("Schur complement", kept)?;
        let dropped = others(self.names().len(), &kept);
        if dropped.is_empty() {
            let problem = "all variables are kept, so none is integrated out";
            return Err(Error::invalid("Schur complement", problem));
        }
        let subtracted = NamedMatrix {
            values: self.subtracted(&kept, &dropped)?,
            ..self.named_block(r"B^{\mathsf T} A^{-1} B", &kept, &kept)
        };
        Ok(SchurComplement {
            a: self.named_block("A", &dropped, &dropped),
            b: self.named_block("B", &dropped, &kept),
            c: self.named_block("C", &kept, &kept),
            subtracted,
            precision: self.marginal_of(&kept)?,
            title: self.title_latex(&kept),
        })
    }

    /// The margin of variables given by their indices, ascending.
    pub(crate) fn marginal_of(&self, kept: &[usize]) -> Result<Self> {
        let dropped = others(self.names().len(), kept);
        let mut values = block(&self.values, kept, kept);
        if !dropped.is_empty() {
            let subtracted = self.subtracted(kept, &dropped)?;
            values.zip_mut_with(&subtracted, |entry, less| *entry = entry.minus(less));
            mirror(&mut values);
        }
        Self::checked(self.scope.restricted(kept), values)
    }

    /// The conditional of the variables left, given by their indices, ascending.
    pub(crate) fn conditional_of(&self, left: &[usize]) -> Self {
        Self { scope: self.scope.restricted(left), values: block(&self.values, left, left) }
    }

    /// BᵀA⁻¹B.
    fn subtracted(&self, kept: &[usize], dropped: &[usize]) -> Result<Array2<T>> {
        let a = eliminate("block A", &block(&self.values, dropped, dropped))?;
        let b = block(&self.values, dropped, kept);
        Ok(product(&block(&self.values, kept, dropped), &a.solve(&b)))
    }

    fn some(&self, what: &str, names: &[&str]) -> Result<Vec<usize>> {
        let members = self.scope.resolve(names)?;
        if members.is_empty() {
            return Err(Error::invalid(what, "no variable is named; at least one is needed"));
        }
        Ok(members)
    }

    fn title_latex(&self, members: &[usize]) -> String {
        let title = self.scope.title(members);
        match members {
            [single] => symbol(&self.scope.names[*single]),
            _ if title.chars().count() == 1 => title,
            _ => title.split(", ").map(symbol).collect::<Vec<_>>().join(", "),
        }
    }
}

impl<T: Scalar> Show for SchurComplement<T> {
    fn rich(&self) -> Rich {
        let text = format!("S = C − BᵀA⁻¹B\n{}", self.precision);
        if self.c.fits() {
            return Rich::text(text).latex(format!("$${}$$", self.latex()));
        }
        self.precision.rich()
    }
}

impl<T: Scalar> Inspect for SchurComplement<T> {
    fn shape(&self) -> Option<String> {
        Some(format!(
            "{} of {} variables",
            self.c.rows().len(),
            self.c.rows().len() + self.a.rows().len()
        ))
    }

    fn preview(&self) -> String {
        self.c.rows().to_vec().preview()
    }
}
