//! The two kinds of numbers that precision matrices are made of.

use super::rational::{self, Rational};

/// The numbers a [`PrecisionMatrix`](crate::gaussian::PrecisionMatrix) can hold: `f64`, which rounds, and [`Rational`], which does
/// not. No other type can implement it.
///
/// For `f64` an entry counts as zero where rounding could have left it: below 10⁻¹⁰ on the scale of correlations.
///
/// # Example
/// ```
/// use latentlab::gaussian::{PrecisionMatrix, Scalar};
///
/// fn edges<T: Scalar>(precision: &PrecisionMatrix<T>) -> latentlab::Result<usize> {
///     Ok(precision.graph()?.edges().len())
/// }
/// assert_eq!(edges(&PrecisionMatrix::parse(&["A", "B"], "2 1; 1 2")?)?, 1);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub trait Scalar: Arithmetic {}

impl Scalar for f64 {}
impl Scalar for Rational {}

/// Correlations below this are what rounding leaves of zero.
const ROUNDING: f64 = 1e-10;
/// A pivot below this share of its diagonal entry is what rounding leaves of zero.
const SINGULAR: f64 = 1e-13;

/// What both kinds can do. It is public only in name: the module is private.
pub trait Arithmetic: Clone + PartialEq + std::fmt::Debug + Send + Sync + 'static {
    /// Whether results are free of rounding.
    const EXACT: bool;
    fn zero() -> Self;
    fn one() -> Self;
    fn plus(&self, other: &Self) -> Self;
    fn minus(&self, other: &Self) -> Self;
    fn times(&self, other: &Self) -> Self;
    fn over(&self, other: &Self) -> Self;
    fn to_f64(&self) -> f64;
    /// Whether a pivot is positive; its diagonal entry is the scale.
    fn positive(&self, diagonal: &Self) -> bool;
    /// Whether an entry is zero, beside the diagonal entries of its row and its column.
    fn vanishes(&self, row: &Self, column: &Self) -> bool;
    fn text(&self) -> String;
    fn latex(&self) -> String;
}

impl Arithmetic for f64 {
    const EXACT: bool = false;

    fn zero() -> Self {
        0.0
    }

    fn one() -> Self {
        1.0
    }

    fn plus(&self, other: &Self) -> Self {
        self + other
    }

    fn minus(&self, other: &Self) -> Self {
        self - other
    }

    fn times(&self, other: &Self) -> Self {
        self * other
    }

    fn over(&self, other: &Self) -> Self {
        self / other
    }

    fn to_f64(&self) -> f64 {
        *self
    }

    fn positive(&self, diagonal: &Self) -> bool {
        self.is_finite() && *self > SINGULAR * diagonal
    }

    fn vanishes(&self, row: &Self, column: &Self) -> bool {
        self.abs() <= ROUNDING * (row.abs() * column.abs()).sqrt()
    }

    /// Four significant digits.
    fn text(&self) -> String {
        if *self == 0.0 {
            return "0".into();
        }
        let magnitude = self.abs().log10().floor();
        if !(-4.0..6.0).contains(&magnitude) {
            return format!("{self:.3e}");
        }
        let decimals = (3.0 - magnitude).max(0.0) as usize;
        let fixed = format!("{self:.decimals$}");
        match fixed.contains('.') {
            true => fixed.trim_end_matches('0').trim_end_matches('.').to_owned(),
            false => fixed,
        }
    }

    fn latex(&self) -> String {
        let text = self.text();
        match text.split_once('e') {
            Some((digits, exponent)) => format!(r"{digits} \cdot 10^{{{exponent}}}"),
            None => text,
        }
    }
}

impl Arithmetic for Rational {
    const EXACT: bool = true;

    fn zero() -> Self {
        Self::from(0)
    }

    fn one() -> Self {
        Self::from(1)
    }

    fn plus(&self, other: &Self) -> Self {
        self + other
    }

    fn minus(&self, other: &Self) -> Self {
        self - other
    }

    fn times(&self, other: &Self) -> Self {
        self * other
    }

    fn over(&self, other: &Self) -> Self {
        self / other
    }

    fn to_f64(&self) -> f64 {
        Rational::to_f64(self)
    }

    fn positive(&self, _diagonal: &Self) -> bool {
        *self > Self::zero()
    }

    fn vanishes(&self, _row: &Self, _column: &Self) -> bool {
        rational::is_zero(self)
    }

    fn text(&self) -> String {
        self.to_string()
    }

    fn latex(&self) -> String {
        Rational::latex(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_keep_four_digits() {
        assert_eq!(1.5_f64.text(), "1.5");
        assert_eq!((1.0_f64 / 3.0).text(), "0.3333");
        assert_eq!((-2.0_f64).text(), "-2");
        assert_eq!(12345.6_f64.text(), "12346");
        assert_eq!(1e-9_f64.latex(), r"1.000 \cdot 10^{-9}");
    }
}
