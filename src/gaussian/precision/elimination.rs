//! Elimination in symmetric positive definite matrices, exact where the numbers are.

use ndarray::Array2;

use super::scalar::{Arithmetic, Scalar};
use crate::{Error, Result};

/// Digits of a minor that a message still writes out in full.
const READABLE: usize = 24;

/// The factors of a symmetric positive definite matrix M = L D Lᵀ, with ones on the diagonal of L and the pivots in D.
///
/// The product of the first k pivots is the leading minor of order k, so that all pivots are positive exactly when M is
/// positive definite (Sylvester's criterion).
pub(crate) struct Elimination<T> {
    lower: Array2<T>,
    pivots: Vec<T>,
}

/// The first leading minor that is not positive.
#[derive(Debug)]
pub(crate) struct Indefinite<T> {
    pub(crate) order: usize,
    pub(crate) minor: T,
}

impl<T: Scalar> Elimination<T> {
    /// Reads the lower triangle of a square matrix.
    pub(crate) fn new(matrix: &Array2<T>) -> Result<Self, Indefinite<T>> {
        let order = matrix.nrows();
        let mut lower = Array2::from_elem((order, order), T::zero());
        let mut pivots: Vec<T> = Vec::with_capacity(order);
        for row in 0..order {
            // L_rc d_c = M_rc − Σ_k<c L_rk d_k L_ck; the row holds these until each is divided by its pivot.
            let mut scaled = Vec::with_capacity(row + 1);
            for column in 0..=row {
                let mut value = matrix[[row, column]].clone();
                for known in 0..column {
                    let factor =
                        if column == row { &lower[[row, known]] } else { &lower[[column, known]] };
                    value = value.minus(&T::times(&scaled[known], factor));
                }
                if column < row {
                    lower[[row, column]] = value.over(&pivots[column]);
                }
                scaled.push(value);
            }
            let pivot = scaled[row].clone();
            if !pivot.positive(&matrix[[row, row]]) {
                let minor = pivots.iter().fold(pivot, |product, earlier| product.times(earlier));
                return Err(Indefinite { order: row + 1, minor });
            }
            lower[[row, row]] = T::one();
            pivots.push(pivot);
        }
        Ok(Self { lower, pivots })
    }

    /// The leading minors of order 1 to p; the last one is the determinant.
    pub(crate) fn minors(&self) -> Vec<T> {
        let mut product = T::one();
        let next = |pivot: &T| {
            product = product.times(pivot);
            product.clone()
        };
        self.pivots.iter().map(next).collect()
    }

    /// M⁻¹ R for a p × q matrix R.
    pub(crate) fn solve(&self, right: &Array2<T>) -> Array2<T> {
        let (order, width) = right.dim();
        let mut solution = right.clone();
        for column in 0..width {
            for row in 0..order {
                let mut value = solution[[row, column]].clone();
                for known in 0..row {
                    value =
                        value.minus(&self.lower[[row, known]].times(&solution[[known, column]]));
                }
                solution[[row, column]] = value;
            }
            for row in (0..order).rev() {
                let mut value = solution[[row, column]].over(&self.pivots[row]);
                for known in row + 1..order {
                    value =
                        value.minus(&self.lower[[known, row]].times(&solution[[known, column]]));
                }
                solution[[row, column]] = value;
            }
        }
        solution
    }

    /// M⁻¹, exactly symmetric.
    pub(crate) fn inverse(&self) -> Array2<T> {
        let order = self.pivots.len();
        let one = |(row, column)| if row == column { T::one() } else { T::zero() };
        let mut inverse = self.solve(&Array2::from_shape_fn((order, order), one));
        mirror(&mut inverse);
        inverse
    }
}

/// Makes a matrix that is symmetric up to rounding exactly symmetric.
pub(crate) fn mirror<T: Scalar>(matrix: &mut Array2<T>) {
    if T::EXACT {
        return;
    }
    for row in 0..matrix.nrows() {
        for column in 0..row {
            matrix[[column, row]] = matrix[[row, column]].clone();
        }
    }
}

/// Left × right; the caller sees to the shapes.
pub(crate) fn product<T: Scalar>(left: &Array2<T>, right: &Array2<T>) -> Array2<T> {
    Array2::from_shape_fn((left.nrows(), right.ncols()), |(row, column)| {
        let terms = left.row(row).into_iter().zip(right.column(column));
        terms.fold(T::zero(), |sum, (one, other)| sum.plus(&one.times(other)))
    })
}

/// The entries in some rows and some columns.
pub(crate) fn block<T: Clone>(matrix: &Array2<T>, rows: &[usize], columns: &[usize]) -> Array2<T> {
    Array2::from_shape_fn((rows.len(), columns.len()), |(row, column)| {
        matrix[[rows[row], columns[column]]].clone()
    })
}

/// The indices below an order that a list leaves out, ascending.
pub(crate) fn others(order: usize, members: &[usize]) -> Vec<usize> {
    (0..order).filter(|index| !members.contains(index)).collect()
}

/// Square and symmetric, with finite entries.
pub(crate) fn check_symmetric<T: Scalar>(what: &str, matrix: &Array2<T>) -> Result<()> {
    let (rows, columns) = matrix.dim();
    let invalid =
        |problem: String| Err(Error::invalid(format!("{what}, {rows} × {columns}"), problem));
    if rows != columns || rows == 0 {
        return invalid("it must be square, with a row for every variable".into());
    }
    for ((row, column), value) in matrix.indexed_iter() {
        if !T::EXACT && !value.to_f64().is_finite() {
            return invalid(format!(
                "the entry in row {row}, column {column} (counted from 0) is {}",
                value.text()
            ));
        }
        let mirrored = &matrix[[column, row]];
        let difference = value.minus(mirrored);
        if !difference.vanishes(&matrix[[row, row]], &matrix[[column, column]]) {
            return invalid(format!(
                "not symmetric: entry ({row}, {column}) is {} and entry ({column}, {row}) is {}",
                value.text(),
                mirrored.text()
            ));
        }
    }
    Ok(())
}

/// The factors of a symmetric matrix, or the first leading minor that is not positive.
pub(crate) fn eliminate<T: Scalar>(what: &str, matrix: &Array2<T>) -> Result<Elimination<T>> {
    Elimination::new(matrix).map_err(|found| {
        let (order, minor) = (found.order, found.minor.text());
        let size = if minor.len() <= READABLE { minor } else { found.minor.to_f64().text() };
        let rounded = if T::EXACT { "" } else { ", up to rounding," };
        Error::invalid(
            format!("{what}, {} × {}", matrix.nrows(), matrix.ncols()),
            format!("not positive definite: the leading minor of order {order} is{rounded} {size}, and all must be positive"),
        )
    })
}
