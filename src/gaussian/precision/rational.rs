//! Fractions of whole numbers of any size, for matrices in which zero is to mean zero.

use std::fmt;
use std::ops::{Add, Div, Mul, Neg, Sub};
use std::str::FromStr;

use ndarray::Array2;
use num_rational::BigRational;
use num_traits::{Signed, ToPrimitive, Zero};

use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::{Error, Result};

/// An exact fraction, always in lowest terms. Numerator and denominator have as many digits as they need.
///
/// Written as text ("1/2", "-3", "0.25"), or made from whole numbers and pairs of them. It computes with `+ - * /`;
/// dividing by zero panics, as it does for whole numbers.
///
/// # Example
/// ```
/// use latentlab::gaussian::Rational;
///
/// let (half, third): (Rational, Rational) = ("1/2".parse()?, (1, 3).try_into()?);
/// assert_eq!((half.clone() - third.clone()).to_string(), "1/6");
/// assert_eq!((half * third).latex(), r"\frac{1}{6}");
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Rational(pub(crate) BigRational);

impl Rational {
    /// The fraction that an `f64` is: every finite one is a whole number over a power of two. Note that `1.0 / 3.0` is
    /// not ⅓ but the nearest such fraction.
    ///
    /// # Errors
    /// [`Error::Invalid`] for infinities and NaN.
    ///
    /// # Example
    /// ```
    /// use latentlab::gaussian::Rational;
    ///
    /// assert_eq!(Rational::from_f64(0.375)?.to_string(), "3/8");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn from_f64(value: f64) -> Result<Self> {
        BigRational::from_float(value).map(Self).ok_or_else(|| {
            Error::invalid(format!("the number {value}"), "only finite numbers are fractions")
        })
    }

    /// The nearest `f64`.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::Rational;
    /// assert_eq!("1/8".parse::<Rational>()?.to_f64(), 0.125);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn to_f64(&self) -> f64 {
        self.0.to_f64().unwrap_or(f64::NAN)
    }

    /// The fraction as LaTeX, without delimiters.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::Rational;
    /// assert_eq!("-1/3".parse::<Rational>()?.latex(), r"-\frac{1}{3}");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn latex(&self) -> String {
        if self.0.is_integer() {
            return self.to_string();
        }
        let sign = if self.0.is_negative() { "-" } else { "" };
        format!(r"{sign}\frac{{{}}}{{{}}}", self.0.numer().abs(), self.0.denom())
    }
}

impl fmt::Display for Rational {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl FromStr for Rational {
    type Err = Error;

    /// Reads a whole number, a fraction with a slash, or a decimal number.
    fn from_str(text: &str) -> Result<Self> {
        let refused = || {
            let problem = "not a number such as 2, -1/3 or 0.25; a denominator must not be 0";
            Error::invalid(format!("\"{text}\""), problem)
        };
        let trimmed = text.trim();
        let Some((whole, decimals)) = trimmed.split_once('.') else {
            return trimmed.parse().map(Self).map_err(|_| refused());
        };
        // The decimal point moves to the end: 0.25 is 025 over 100.
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        if decimals.is_empty() || !digits(decimals) || !digits(whole.trim_start_matches(['-', '+']))
        {
            return Err(refused());
        }
        let fraction = format!("{whole}{decimals}/1{}", "0".repeat(decimals.len()));
        fraction.parse().map(Self).map_err(|_| refused())
    }
}

impl From<i64> for Rational {
    fn from(whole: i64) -> Self {
        Self(BigRational::from_integer(whole.into()))
    }
}

impl TryFrom<(i64, i64)> for Rational {
    type Error = Error;

    /// Numerator and denominator; a denominator of 0 is refused.
    fn try_from((numerator, denominator): (i64, i64)) -> Result<Self> {
        if denominator == 0 {
            return Err(Error::invalid(format!("{numerator}/0"), "a denominator must not be 0"));
        }
        Ok(Self(BigRational::new(numerator.into(), denominator.into())))
    }
}

macro_rules! operators {
    ($($name:ident $method:ident),*) => {$(
        impl $name for Rational {
            type Output = Self;

            fn $method(self, other: Self) -> Self {
                Self(self.0.$method(other.0))
            }
        }

        impl $name for &Rational {
            type Output = Rational;

            fn $method(self, other: Self) -> Rational {
                Rational((&self.0).$method(&other.0))
            }
        }
    )*};
}

operators!(Add add, Sub sub, Mul mul, Div div);

impl Neg for Rational {
    type Output = Self;

    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Show for Rational {
    fn rich(&self) -> Rich {
        Rich::text(self.to_string()).latex(format!("${}$", self.latex()))
    }
}

impl Inspect for Rational {
    fn preview(&self) -> String {
        self.to_string()
    }
}

/// A matrix of fractions from text: rows on lines of their own or after `;`, entries apart by spaces or commas.
///
/// # Errors
/// [`Error::Invalid`] for rows of different lengths, and for an entry that is no number; the message names its place.
///
/// # Example
/// ```
/// use latentlab::gaussian::rational_matrix;
///
/// let matrix = rational_matrix("2 1/2; 1/2 2")?;
/// assert_eq!(matrix.dim(), (2, 2));
/// assert_eq!(matrix[[0, 1]].to_f64(), 0.5);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn rational_matrix(text: &str) -> Result<Array2<Rational>> {
    let lines: Vec<&str> = text.split([';', '\n']).filter(|row| !row.trim().is_empty()).collect();
    let mut values = Vec::new();
    let mut width = None;
    for (row, line) in lines.iter().enumerate() {
        let entries = line.split([' ', ',', '\t', '\r']).filter(|entry| !entry.is_empty());
        let before = values.len();
        for (column, entry) in entries.enumerate() {
            values.push(entry.parse::<Rational>().map_err(|error| {
                Error::invalid(
                    format!("row {row}, column {column} (counted from 0)"),
                    error.to_string(),
                )
            })?);
        }
        let length = values.len() - before;
        let first = *width.get_or_insert(length);
        if first != length {
            return Err(Error::invalid(
                format!("row {row} (counted from 0) with {length} entries"),
                format!("the first row has {first}, and all rows must have as many"),
            ));
        }
    }
    Array2::from_shape_vec((lines.len(), width.unwrap_or(0)), values)
        .map_err(|error| Error::invalid("matrix", error.to_string()))
}

/// Whether a fraction is zero, without rounding.
pub(crate) fn is_zero(value: &Rational) -> bool {
    value.0.is_zero()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> String {
        text.parse::<Rational>().map_or_else(|error| error.to_string(), |value| value.to_string())
    }

    #[test]
    fn numbers_are_read_as_written() {
        assert_eq!(read("6/4"), "3/2");
        assert_eq!(read(" -7 "), "-7");
        assert_eq!(read("-0.25"), "-1/4");
        assert_eq!(read("+1.5"), "3/2");
        assert_eq!(read(".5"), "1/2");
        for bad in ["", "x", "1/0", "1/2/3", "1.", "1.-5", "1e5", "-", "1.5/2", "."] {
            assert!(read(bad).contains("not a number"), "{bad}: {}", read(bad));
        }
        assert!(Rational::try_from((1, 0)).is_err());
        assert!(Rational::from_f64(f64::NAN).is_err());
    }

    #[test]
    fn a_matrix_names_the_entry_at_fault() {
        let message = |text| rational_matrix(text).unwrap_err().to_string();
        assert!(message("1 2; 3").contains("row 1 (counted from 0) with 1 entries"));
        assert!(message("1 2\n3 a").contains("row 1, column 1"));
        assert_eq!(rational_matrix("").unwrap().dim(), (0, 0));
        assert_eq!(rational_matrix("1, 2;\n 3, 4;\n").unwrap().dim(), (2, 2));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        #[test]
        fn every_finite_number_survives_the_way_there_and_back(value in -1e9..1e9f64) {
            let exact = Rational::from_f64(value).unwrap();
            prop_assert_eq!(exact.to_f64(), value);
            prop_assert_eq!(exact.to_string().parse::<Rational>().unwrap(), exact);
        }
    }
}
