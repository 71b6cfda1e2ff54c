//! A matrix that knows what its rows and columns are, for reading.

use ndarray::Array2;
use polars::prelude::{Column, DataFrame};

use super::scalar::Scalar;
use super::symbol::symbol;
use crate::Result;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};

/// Rows and columns that a formula has room for.
const LARGEST_FORMULA: usize = 12;
/// Entries below this share of the largest one are shown as zero: they are what rounding leaves.
const ROUNDING: f64 = 1e-14;

/// A matrix with a name for each row and column: a covariance, partial correlations, the blocks of a Schur complement.
///
/// It shows itself as a formula, with lines between the blocks of variables; beyond 12 rows or columns, as a table.
///
/// # Example
/// ```
/// use latentlab::gaussian::PrecisionMatrix;
///
/// let covariance = PrecisionMatrix::parse(&["A1", "A2"], "2 1; 1 2")?.covariance();
/// assert_eq!(covariance.values()[[0, 1]].to_string(), "-1/3");
/// assert!(covariance.latex().contains(r"A_{1} & \frac{2}{3} & -\frac{1}{3}"));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct NamedMatrix<T: Scalar> {
    pub(crate) symbol: String,
    pub(crate) rows: Names,
    pub(crate) columns: Names,
    pub(crate) values: Array2<T>,
}

/// Names along one side, and how many of them there are before each line between blocks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Names {
    pub(crate) names: Vec<String>,
    pub(crate) lines: Vec<usize>,
}

impl<T: Scalar> NamedMatrix<T> {
    /// The entries.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let covariance = PrecisionMatrix::parse(&["A"], "4")?.covariance();
    /// assert_eq!(covariance.values()[[0, 0]].to_string(), "1/4");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn values(&self) -> &Array2<T> {
        &self.values
    }

    /// The entries as `f64`.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let covariance = PrecisionMatrix::parse(&["A"], "4")?.covariance();
    /// assert_eq!(covariance.to_f64()[[0, 0]], 0.25);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn to_f64(&self) -> Array2<f64> {
        self.values.map(|value| value.to_f64())
    }

    /// The names of the rows.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// assert_eq!(PrecisionMatrix::parse(&["A"], "4")?.covariance().rows(), ["A"]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn rows(&self) -> &[String] {
        &self.rows.names
    }

    /// The names of the columns.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// assert_eq!(PrecisionMatrix::parse(&["A"], "4")?.covariance().columns(), ["A"]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn columns(&self) -> &[String] {
        &self.columns.names
    }

    /// Symbol, names and entries as LaTeX, without delimiters.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let latex = PrecisionMatrix::parse(&["A"], "4")?.covariance().latex();
    /// assert_eq!(latex, r"\Sigma = \begin{array}{r|r} & \mathrm{A} \\ \hline \mathrm{A} & \frac{1}{4} \end{array}");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn latex(&self) -> String {
        let heads: Vec<String> = self.columns.names.iter().map(|name| symbol(name)).collect();
        let mut body = format!(r"& {} \\ \hline ", heads.join(" & "));
        for (row, name) in self.rows.names.iter().enumerate() {
            if row > 0 {
                body.push_str(self.row_end());
                body.push_str(if self.rows.lines.contains(&row) { r"\hline " } else { "" });
            }
            body.push_str(&format!("{} & {}", symbol(name), self.row_latex(row)));
        }
        let columns = format!("r|{}", alignment(self.values.ncols(), &self.columns.lines));
        format!(r"{} = \begin{{array}}{{{columns}}} {body} \end{{array}}", self.symbol)
    }

    /// The entries alone, in parentheses; a single one without.
    pub(crate) fn bare_latex(&self) -> String {
        if self.values.len() == 1 {
            return self.row_latex(0);
        }
        let rows: Vec<String> = (0..self.values.nrows()).map(|row| self.row_latex(row)).collect();
        let columns = alignment(self.values.ncols(), &[]);
        let body = rows.join(self.row_end());
        format!(r"\left(\begin{{array}}{{{columns}}} {body} \end{{array}}\right)")
    }

    /// Whether a formula has room for it.
    pub(crate) fn fits(&self) -> bool {
        self.values.nrows().max(self.values.ncols()) <= LARGEST_FORMULA
    }

    /// Between two rows; fractions need more room, or one row's denominators touch the next row's numerators.
    fn row_end(&self) -> &'static str {
        let fractions = self.values.iter().any(|value| value.latex().contains(r"\frac"));
        if fractions { r" \\[3pt] " } else { r" \\ " }
    }

    fn row_latex(&self, row: usize) -> String {
        let entry = |column| {
            if self.shown_as_zero(row, column) {
                "0".into()
            } else {
                self.values[[row, column]].latex()
            }
        };
        (0..self.values.ncols()).map(entry).collect::<Vec<String>>().join(" & ")
    }

    fn entry_text(&self, row: usize, column: usize) -> String {
        if self.shown_as_zero(row, column) { "0".into() } else { self.values[[row, column]].text() }
    }

    fn shown_as_zero(&self, row: usize, column: usize) -> bool {
        let magnitude = |value: &T| value.to_f64().abs();
        let largest = self.values.iter().map(magnitude).fold(0.0, f64::max);
        !T::EXACT && magnitude(&self.values[[row, column]]) <= ROUNDING * largest
    }

    /// The matrix as a table of text.
    fn frame(&self) -> Result<DataFrame> {
        let mut columns = vec![Column::new("variable".into(), self.rows.names.clone())];
        for (column, name) in self.columns.names.iter().enumerate() {
            let entries: Vec<String> =
                (0..self.values.nrows()).map(|row| self.entry_text(row, column)).collect();
            columns.push(Column::new(name.as_str().into(), entries));
        }
        Ok(DataFrame::new_infer_height(columns)?)
    }
}

/// "rr|rrrr": columns aligned right, with a line before some.
fn alignment(count: usize, lines: &[usize]) -> String {
    let place = |column: usize| if lines.contains(&column) { "|r" } else { "r" };
    (0..count).map(place).collect()
}

impl<T: Scalar> std::fmt::Display for NamedMatrix<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (height, width) = self.values.dim();
        let mut cells: Vec<Vec<String>> = vec![vec![String::new()]];
        cells[0].extend(self.columns.names.iter().cloned());
        for row in 0..height {
            let mut line = vec![self.rows.names[row].clone()];
            line.extend((0..width).map(|column| self.entry_text(row, column)));
            cells.push(line);
        }
        for column in 0..=width {
            let widest = cells.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
            cells.iter_mut().for_each(|line| line[column] = format!("{:>widest$}", line[column]));
        }
        let lines: Vec<String> = cells.iter().map(|line| line.join("  ")).collect();
        formatter.write_str(&lines.join("\n"))
    }
}

impl<T: Scalar> Show for NamedMatrix<T> {
    fn rich(&self) -> Rich {
        if self.fits() {
            return Rich::text(self.to_string()).latex(format!("$${}$$", self.latex()));
        }
        titled_frame(
            &format!("{} × {} matrix", self.values.nrows(), self.values.ncols()),
            self.frame(),
        )
    }
}

impl<T: Scalar> Inspect for NamedMatrix<T> {
    fn shape(&self) -> Option<String> {
        Some(format!("{} × {}", self.values.nrows(), self.values.ncols()))
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.values.len() * size_of::<T>() + self.rows.names.memory()
    }

    fn preview(&self) -> String {
        self.rows.names.preview()
    }
}
