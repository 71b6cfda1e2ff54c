//! Dense linear algebra for symmetric positive definite matrices: Cholesky factor, log determinant, inverse.

use ndarray::linalg::general_mat_mul;
use ndarray::{Array1, Array2, ArrayViewMut2, Axis, s};
use rayon::prelude::*;

use crate::{Error, Result};

/// Rows handled together: a block of this size stays in the cache, and the rest is matrix products.
const BLOCK: usize = 48;
/// The same for large matrices, whose trailing part must not pass through the cache too often.
const LARGE_BLOCK: usize = 64;
/// From this order on a matrix is large.
const LARGE: usize = 400;
/// The same for matrices that no cache holds.
const HUGE_BLOCK: usize = 128;
/// From this order on a matrix is huge.
const HUGE: usize = 2000;
/// Rows or columns that one thread takes at a time.
const CHUNK: usize = 128;
/// Rows and columns moved together, so that both the source's and the target's lines are used whole.
const TILE: usize = 16;

/// The Cholesky factor L of a symmetric positive definite matrix A = L Lᵀ.
///
/// It is the cheapest exact test for positive definiteness, and gives the log determinant, the inverse and
/// solutions of linear systems.
///
/// # Example
/// ```
/// use latentlab::gaussian::Cholesky;
/// use latentlab::ndarray::array;
///
/// let factor = Cholesky::new(&array![[4.0, 2.0], [2.0, 3.0]])?;
/// assert!((factor.log_determinant() - 8f64.ln()).abs() < 1e-12);
/// assert!((factor.inverse()[[0, 1]] + 0.25).abs() < 1e-12);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Cholesky {
    factor: Array2<f64>,
}

impl Cholesky {
    /// Factorises a symmetric p × p matrix, of which the lower triangle is read.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the matrix is not square or not positive definite; the message names the first
    /// row at fault.
    ///
    /// # Example
    /// ```
    /// use latentlab::gaussian::Cholesky;
    /// use latentlab::ndarray::array;
    ///
    /// let error = Cholesky::new(&array![[1.0, 2.0], [2.0, 1.0]]).err().map(|error| error.to_string());
    /// assert!(error.is_some_and(|text| text.contains("not positive definite")));
    /// ```
    pub fn new(matrix: &Array2<f64>) -> Result<Self> {
        let (rows, columns) = matrix.dim();
        if rows != columns {
            return Err(Error::invalid(
                format!("a {rows} × {columns} matrix"),
                "a Cholesky factorisation needs a square, symmetric matrix",
            ));
        }
        Self::factorize(matrix).map_err(|row| {
            Error::invalid(
                format!("a {rows} × {columns} matrix"),
                format!("not positive definite: row {row} (counted from 0) is a combination of the rows above it, or worse"),
            )
        })
    }

    /// The same for a square matrix, with the row at fault instead of a message.
    pub(crate) fn factorize(matrix: &Array2<f64>) -> Result<Self, usize> {
        Self::in_place(matrix.as_standard_layout().into_owned())
    }

    /// The same for a matrix, row by row in memory, that nobody else needs.
    pub(crate) fn in_place(mut factor: Array2<f64>) -> Result<Self, usize> {
        let order = factor.nrows();
        for (start, end) in blocks(order) {
            eliminate_block(&mut factor, start, end)?;
            if end < order {
                let inverse = invert_block(&factor, start, end);
                eliminate_below(&mut factor, &inverse, start, end);
                update_trailing(&mut factor, start, end);
            }
        }
        for (row, mut values) in factor.outer_iter_mut().enumerate() {
            values.slice_mut(s![row + 1..]).fill(0.0);
        }
        Ok(Self { factor })
    }

    /// The factor of a diagonal matrix with the given positive entries.
    pub(crate) fn of_diagonal(entries: &Array1<f64>) -> Self {
        Self { factor: Array2::from_diag(&entries.mapv(f64::sqrt)) }
    }

    /// The lower triangular factor L, p × p, with zeros above the diagonal.
    ///
    /// # Example
    /// ```
    /// use latentlab::gaussian::Cholesky;
    /// use latentlab::ndarray::array;
    ///
    /// let factor = Cholesky::new(&array![[4.0, 2.0], [2.0, 5.0]])?;
    /// assert_eq!(factor.factor(), &array![[2.0, 0.0], [1.0, 2.0]]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn factor(&self) -> &Array2<f64> {
        &self.factor
    }

    /// log det A, in nats.
    ///
    /// # Example
    /// ```
    /// use latentlab::gaussian::Cholesky;
    /// use latentlab::ndarray::Array2;
    ///
    /// assert_eq!(Cholesky::new(&Array2::eye(5))?.log_determinant(), 0.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn log_determinant(&self) -> f64 {
        2.0 * self.factor.diag().iter().map(|pivot| pivot.ln()).sum::<f64>()
    }

    /// The smallest pivot L_ii²: for a correlation matrix, the share of a variable's variance that the variables
    /// before it leave unexplained.
    pub(crate) fn smallest_pivot(&self) -> f64 {
        self.factor.diag().iter().fold(f64::INFINITY, |least, pivot| least.min(pivot * pivot))
    }

    /// A⁻¹, p × p, exactly symmetric.
    ///
    /// # Example
    /// ```
    /// use latentlab::gaussian::Cholesky;
    /// use latentlab::ndarray::array;
    ///
    /// let matrix = array![[2.0, 1.0], [1.0, 2.0]];
    /// let product = Cholesky::new(&matrix)?.inverse().dot(&matrix);
    /// assert!((product[[0, 0]] - 1.0).abs() < 1e-12 && product[[0, 1]].abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn inverse(&self) -> Array2<f64> {
        let order = self.factor.nrows();
        let lower = self.inverse_factor();
        let mut inverse = Array2::zeros((order, order));
        each_chunk(inverse.view_mut(), Axis(0), |start, mut target| {
            let end = start + target.nrows();
            // Rows above `start` of L⁻¹ are zero in these columns.
            let left = lower.slice(s![start.., start..end]);
            let right = lower.slice(s![start.., ..end]);
            general_mat_mul(1.0, &left.t(), &right, 0.0, &mut target.slice_mut(s![.., ..end]));
        });
        mirror_lower(&mut inverse);
        inverse
    }

    /// Solves A x = b for one right-hand side of length p.
    ///
    /// # Errors
    /// [`Error::Invalid`] where b has another length than A has rows.
    ///
    /// # Example
    /// ```
    /// use latentlab::gaussian::Cholesky;
    /// use latentlab::ndarray::array;
    ///
    /// let solution = Cholesky::new(&array![[2.0, 0.0], [0.0, 4.0]])?.solve(&array![2.0, 2.0])?;
    /// assert!((solution[0] - 1.0).abs() < 1e-12 && (solution[1] - 0.5).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn solve(&self, right: &Array1<f64>) -> Result<Array1<f64>> {
        let order = self.factor.nrows();
        if right.len() != order {
            return Err(Error::invalid(
                format!("a right-hand side of length {}", right.len()),
                format!("the matrix has {order} rows, so {order} values are needed"),
            ));
        }
        let mut solution = right.clone();
        for row in 0..order {
            let known = self.factor.slice(s![row, ..row]).dot(&solution.slice(s![..row]));
            solution[row] = (solution[row] - known) / self.factor[[row, row]];
        }
        for row in (0..order).rev() {
            solution[row] /= self.factor[[row, row]];
            let value = solution[row];
            solution.slice_mut(s![..row]).scaled_add(-value, &self.factor.slice(s![row, ..row]));
        }
        Ok(solution)
    }

    /// L⁻¹, some columns at a time, block row by block row: what is left of the diagonal block is a matrix product.
    fn inverse_factor(&self) -> Array2<f64> {
        let order = self.factor.nrows();
        let own: Vec<_> = blocks(order)
            .map(|(start, end)| (start, end, invert_block(&self.factor, start, end)))
            .collect();
        let mut inverse = Array2::<f64>::zeros((order, order));
        each_chunk(inverse.view_mut(), Axis(1), |first, mut columns| {
            let last = first + columns.ncols();
            // Rows above `first` of L⁻¹ are zero in these columns.
            for (start, end, own) in own.iter().filter(|(_, end, _)| *end > first) {
                let (above, below) = columns.view_mut().split_at(Axis(0), *start);
                let mut target = below.split_at(Axis(0), end - start).0;
                if first < *start {
                    let coefficients = self.factor.slice(s![*start..*end, first..*start]);
                    let known = coefficients.dot(&above.slice(s![first.., ..]));
                    general_mat_mul(-1.0, own, &known, 0.0, &mut target);
                }
                let shared = first.max(*start)..last.min(*end);
                if !shared.is_empty() {
                    let mut diagonal =
                        target.slice_mut(s![.., shared.start - first..shared.end - first]);
                    diagonal += &own.slice(s![.., shared.start - start..shared.end - start]);
                }
            }
        });
        inverse
    }
}

/// First and last row (exclusive) of each block of a matrix; a rest of less than half a block joins the last.
fn blocks(order: usize) -> impl Iterator<Item = (usize, usize)> {
    let size = match order {
        ..LARGE => BLOCK,
        LARGE..HUGE => LARGE_BLOCK,
        _ => HUGE_BLOCK,
    };
    let count = ((order + size / 2) / size).max(1);
    (0..count).map(move |block| {
        (block * size, if block + 1 == count { order } else { (block + 1) * size })
    })
}

/// Works on chunks of rows (axis 0) or columns (axis 1), in parallel where they are many; each comes with the index of its
/// first.
fn each_chunk(
    mut target: ArrayViewMut2<f64>,
    axis: Axis,
    work: impl Fn(usize, ArrayViewMut2<f64>) + Sync + Send,
) {
    // Less work than it takes to wake a thread, on a busy machine.
    if target.len_of(axis) < LARGE {
        let chunks = target.axis_chunks_iter_mut(axis, BLOCK).enumerate();
        return chunks.for_each(|(index, chunk)| work(index * BLOCK, chunk));
    }
    let chunks: Vec<_> = target.axis_chunks_iter_mut(axis, CHUNK).enumerate().collect();
    // The last rows of a triangle are its longest and so are its first columns: they go first.
    let chunks = chunks.into_par_iter().with_max_len(1);
    let work = |(index, chunk)| work(index * CHUNK, chunk);
    if axis == Axis(0) { chunks.rev().for_each(work) } else { chunks.for_each(work) }
}

/// A B, in parallel.
pub(crate) fn product(left: &Array2<f64>, right: &Array2<f64>) -> Array2<f64> {
    let mut result = Array2::zeros((left.nrows(), right.ncols()));
    each_chunk(result.view_mut(), Axis(0), |start, mut target| {
        let rows = left.slice(s![start..start + target.nrows(), ..]);
        general_mat_mul(1.0, &rows, right, 0.0, &mut target);
    });
    result
}

/// Aᵀ, row-major.
pub(crate) fn transpose(matrix: &Array2<f64>) -> Array2<f64> {
    let (rows, columns) = matrix.dim();
    let mut result = Array2::zeros((columns, rows));
    each_chunk(result.view_mut(), Axis(0), |start, mut target| {
        for first in (0..rows).step_by(TILE) {
            for (index, mut values) in target.outer_iter_mut().enumerate() {
                for row in first..(first + TILE).min(rows) {
                    values[row] = matrix[[row, start + index]];
                }
            }
        }
    });
    result
}

/// Copies the lower triangle onto the upper one.
fn mirror_lower(matrix: &mut Array2<f64>) {
    let order = matrix.nrows();
    for first in (0..order).step_by(TILE) {
        for row in first..order {
            for column in first..(first + TILE).min(row) {
                matrix[[column, row]] = matrix[[row, column]];
            }
        }
    }
}

/// Factorises a diagonal block, given that all earlier columns are already eliminated.
fn eliminate_block(factor: &mut Array2<f64>, start: usize, end: usize) -> Result<(), usize> {
    let order = factor.nrows();
    let Some(values) = factor.as_slice_mut() else { return Err(start) };
    for row in start..end {
        let (above, rest) = values.split_at_mut(row * order);
        let current = &mut rest[..order];
        for column in start..row {
            let pivot_row = &above[column * order..(column + 1) * order];
            let known = dot(&current[start..column], &pivot_row[start..column]);
            current[column] = (current[column] - known) / pivot_row[column];
        }
        let pivot = current[row] - dot(&current[start..row], &current[start..row]);
        if !(pivot > 0.0 && pivot.is_finite()) {
            return Err(row);
        }
        current[row] = pivot.sqrt();
    }
    Ok(())
}

/// The inverse of a diagonal block of L, lower triangular.
fn invert_block(factor: &Array2<f64>, start: usize, end: usize) -> Array2<f64> {
    let size = end - start;
    let mut inverse = Array2::<f64>::zeros((size, size));
    let Some(rows) = inverse.as_slice_mut() else { return inverse };
    for row in 0..size {
        let (earlier, rest) = rows.split_at_mut(row * size);
        let current = &mut rest[..size];
        current[row] = 1.0;
        for (known, values) in earlier.chunks_exact(size).enumerate() {
            let coefficient = factor[[start + row, start + known]];
            add_scaled(&mut current[..=known], -coefficient, &values[..=known]);
        }
        let scale = 1.0 / factor[[start + row, start + row]];
        current[..=row].iter_mut().for_each(|value| *value *= scale);
    }
    inverse
}

/// The rows of L below a finished diagonal block: what stands there, times the block's inverse, transposed.
fn eliminate_below(factor: &mut Array2<f64>, inverse: &Array2<f64>, start: usize, end: usize) {
    each_chunk(factor.slice_mut(s![end.., start..end]), Axis(0), |_, mut target| {
        let known = target.to_owned();
        general_mat_mul(1.0, &known, &inverse.t(), 0.0, &mut target);
    });
}

/// Subtracts the finished panel's share from the lower triangle to its right.
fn update_trailing(factor: &mut Array2<f64>, start: usize, end: usize) {
    let panel = factor.slice(s![end.., start..end]).to_owned();
    each_chunk(factor.slice_mut(s![end.., end..]), Axis(0), |first, mut target| {
        let last = first + target.nrows();
        let rows = panel.slice(s![first..last, ..]);
        let columns = panel.slice(s![..last, ..]);
        general_mat_mul(-1.0, &rows, &columns.t(), 1.0, &mut target.slice_mut(s![.., ..last]));
    });
}

/// Σ a_k b_k with independent partial sums, which the compiler turns into vector instructions.
#[inline(always)]
pub(crate) fn dot(left: &[f64], right: &[f64]) -> f64 {
    const LANES: usize = 16;
    let mut sums = [0.0; LANES];
    let (left_chunks, right_chunks) = (left.chunks_exact(LANES), right.chunks_exact(LANES));
    let tail: f64 =
        left_chunks.remainder().iter().zip(right_chunks.remainder()).map(|(a, b)| a * b).sum();
    for (a, b) in left_chunks.zip(right_chunks) {
        for lane in 0..LANES {
            sums[lane] += a[lane] * b[lane];
        }
    }
    sums.iter().sum::<f64>() + tail
}

/// target += scale · source, element by element.
#[inline(always)]
pub(crate) fn add_scaled(target: &mut [f64], scale: f64, source: &[f64]) {
    for (sum, value) in target.iter_mut().zip(source) {
        *sum += scale * value;
    }
}

/// target −= Σ value · row of a row-major matrix; four rows at a time, so that the target is read and written less.
pub(crate) fn subtract_rows(target: &mut [f64], matrix: &[f64], terms: &[(u32, f64)]) {
    let order = target.len();
    let row = |index: u32| &matrix[index as usize * order..][..order];
    let fours = terms.chunks_exact(4);
    for &(place, value) in fours.remainder() {
        add_scaled(target, -value, row(place));
    }
    for four in fours {
        let [(a, first), (b, second), (c, third), (d, fourth)] =
            [four[0], four[1], four[2], four[3]];
        let rows = row(a).iter().zip(row(b)).zip(row(c)).zip(row(d));
        for (sum, (((a, b), c), d)) in target.iter_mut().zip(rows) {
            *sum -= (first * a + second * b) + (third * c + fourth * d);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    /// A positive definite matrix B Bᵀ + I / 10 from p × p entries.
    fn positive_definite(order: usize, entries: &[f64]) -> Array2<f64> {
        let root = Array2::from_shape_fn((order, order), |(row, column)| {
            entries[(row * 31 + column * 17 + row * column) % entries.len()]
        });
        root.dot(&root.t()) + 0.1 * Array2::<f64>::eye(order)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        /// Orders on both sides of one and two blocks.
        #[test]
        fn factor_and_inverse_reproduce_the_matrix(
            order in prop_oneof![1usize..12, 40usize..56, 90usize..130],
            entries in prop::collection::vec(-1.0..1.0f64, 97),
        ) {
            let matrix = positive_definite(order, &entries);
            let cholesky = Cholesky::new(&matrix).unwrap();
            let scale = matrix.iter().fold(0.0f64, |most, value| most.max(value.abs()));
            let back = cholesky.factor().dot(&cholesky.factor().t());
            for (left, right) in back.iter().zip(&matrix) {
                prop_assert!((left - right).abs() <= 1e-12 * scale);
            }
            let inverse = cholesky.inverse();
            prop_assert_eq!(&inverse, &inverse.t());
            let product = inverse.dot(&matrix);
            for ((row, column), value) in product.indexed_iter() {
                let unit = if row == column { 1.0 } else { 0.0 };
                prop_assert!((value - unit).abs() < 1e-8, "({row}, {column}): {value}");
            }
        }

        #[test]
        fn solving_undoes_multiplying(entries in prop::collection::vec(-1.0..1.0f64, 97)) {
            let matrix = positive_definite(60, &entries);
            let truth = Array1::from_iter(entries.iter().take(60).copied());
            let solution = Cholesky::new(&matrix).unwrap().solve(&matrix.dot(&truth)).unwrap();
            for (left, right) in solution.iter().zip(&truth) {
                prop_assert!((left - right).abs() < 1e-8);
            }
        }
    }

    #[test]
    fn the_first_bad_row_is_named() {
        let mut matrix = Array2::<f64>::eye(60);
        matrix[[55, 55]] = -1.0;
        assert_eq!(Cholesky::factorize(&matrix).err(), Some(55));
        matrix[[7, 7]] = f64::NAN;
        assert_eq!(Cholesky::factorize(&matrix).err(), Some(7));
        let text = Cholesky::new(&Array2::zeros((2, 3))).unwrap_err().to_string();
        assert!(text.contains("2 × 3"), "{text}");
    }

    #[test]
    fn a_column_major_matrix_is_read_the_right_way_round() {
        let matrix = ndarray::array![[4.0, 99.0], [2.0, 5.0]].reversed_axes().reversed_axes();
        let column_major = ndarray::array![[4.0, 2.0], [99.0, 5.0]].reversed_axes();
        let expected = Cholesky::new(&matrix).unwrap();
        assert_eq!(Cholesky::new(&column_major).unwrap().factor(), expected.factor());
    }
}
