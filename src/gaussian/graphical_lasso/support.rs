//! The places of a sparse symmetric matrix, and the products that conjugate gradients need on them.

use ndarray::{Array2, ArrayView1};
use rayon::prelude::*;

use crate::gaussian::linalg::{add_scaled, dot, transpose};

/// Rows that one thread takes at a time.
const ROWS: usize = 8;

/// The places of the nonzero entries of a symmetric matrix and of its whole diagonal, row by row (compressed sparse
/// rows). Values on it are one number a place, in the same order.
pub(crate) struct Support {
    /// Where each row's places begin, and the count of all.
    starts: Vec<usize>,
    columns: Vec<u32>,
    /// For each place (i, j) the index of (j, i).
    mirror: Vec<u32>,
}

impl Support {
    pub(crate) fn of(matrix: &Array2<f64>) -> Self {
        let order = matrix.nrows();
        let (mut starts, mut columns) = (vec![0], Vec::new());
        for (row, values) in matrix.outer_iter().enumerate() {
            let places = values.iter().enumerate();
            let kept = places.filter(|(column, value)| **value != 0.0 || *column == row);
            columns.extend(kept.map(|(column, _)| column as u32));
            starts.push(columns.len());
        }
        // Rows come in ascending order, and so do the mirrored places in each of their rows.
        let mut next = starts[..order].to_vec();
        let mirror = columns.iter().map(|&column| {
            next[column as usize] += 1;
            (next[column as usize] - 1) as u32
        });
        let mirror = mirror.collect();
        Self { starts, columns, mirror }
    }

    /// Places, both triangles and the diagonal.
    pub(crate) fn len(&self) -> usize {
        self.columns.len()
    }

    fn order(&self) -> usize {
        self.starts.len() - 1
    }

    /// The columns of a row, ascending.
    fn columns(&self, row: usize) -> &[u32] {
        &self.columns[self.starts[row]..self.starts[row + 1]]
    }

    /// Columns and values of a row.
    fn row<'a>(&'a self, values: &'a [f64], row: usize) -> impl Iterator<Item = (usize, f64)> + 'a {
        let own = &values[self.starts[row]..self.starts[row + 1]];
        self.columns(row).iter().zip(own).map(|(&column, &value)| (column as usize, value))
    }

    /// One value a place.
    pub(crate) fn values(&self, value: impl Fn(usize, usize) -> f64) -> Vec<f64> {
        let rows = (0..self.order())
            .flat_map(|row| self.columns(row).iter().map(move |&column| (row, column)));
        rows.map(|(row, column)| value(row, column as usize)).collect()
    }

    /// The dense matrix.
    pub(crate) fn dense(&self, values: &[f64]) -> Array2<f64> {
        let mut matrix = Array2::zeros((self.order(), self.order()));
        for row in 0..self.order() {
            self.row(values, row).for_each(|(column, value)| matrix[[row, column]] = value);
        }
        matrix
    }

    /// E M for values E on this support and a dense M.
    pub(crate) fn times(&self, values: &[f64], dense: &Array2<f64>) -> Array2<f64> {
        let order = self.order();
        let mut product = Array2::zeros((order, order));
        if let (Some(target), Some(source)) = (product.as_slice_mut(), dense.as_slice()) {
            let rows = target.par_chunks_mut(order).with_min_len(ROWS).enumerate();
            rows.for_each(|(row, sums)| {
                self.row(values, row).filter(|(_, value)| *value != 0.0).for_each(
                    |(column, value)| {
                        add_scaled(sums, value, &source[column * order..(column + 1) * order]);
                    },
                );
            });
        }
        product
    }

    /// The entries of A B on this support, where they are symmetric.
    pub(crate) fn product(&self, left: &Array2<f64>, right: &Array2<f64>) -> Vec<f64> {
        let right = transpose(right);
        self.upper(Vec::new, |_: &mut Vec<f64>, row, out| {
            let own = left.row(row);
            for (value, &column) in out.iter_mut().zip(self.columns(row)) {
                if column as usize >= row {
                    *value = dot_rows(own, right.row(column as usize));
                }
            }
        })
    }

    /// The entries of A E A on this support, for values E on it and a symmetric A on another.
    pub(crate) fn sandwich(
        &self,
        outer: &Support,
        outer_values: &[f64],
        values: &[f64],
    ) -> Vec<f64> {
        let scratch = || vec![0.0; self.order()];
        self.upper(scratch, |half: &mut Vec<f64>, row, out| {
            // Row i of A E; its product with row j of A is entry (i, j).
            half.fill(0.0);
            for (middle, share) in outer.row(outer_values, row) {
                self.row(values, middle).for_each(|(column, value)| half[column] += share * value);
            }
            for (value, &column) in out.iter_mut().zip(self.columns(row)) {
                if column as usize >= row {
                    let terms = outer.row(outer_values, column as usize);
                    *value = terms.map(|(place, factor)| factor * half[place]).sum();
                }
            }
        })
    }

    /// Fills the upper triangle row by row, in parallel, and mirrors it.
    fn upper<T: Send>(
        &self,
        scratch: impl Fn() -> T + Sync + Send,
        fill: impl Fn(&mut T, usize, &mut [f64]) + Sync + Send,
    ) -> Vec<f64> {
        let mut values = vec![0.0; self.len()];
        let mut rows = Vec::with_capacity(self.order());
        let mut rest = values.as_mut_slice();
        for row in 0..self.order() {
            let (own, after) = rest.split_at_mut(self.columns(row).len());
            rows.push(own);
            rest = after;
        }
        let rows = rows.into_par_iter().with_min_len(ROWS).enumerate();
        rows.for_each_init(scratch, |scratch, (row, own)| fill(scratch, row, own));
        for row in 0..self.order() {
            for place in self.starts[row]..self.starts[row + 1] {
                if (self.columns[place] as usize) < row {
                    values[place] = values[self.mirror[place] as usize];
                }
            }
        }
        values
    }
}

/// The inner product of two contiguous rows.
fn dot_rows(left: ArrayView1<f64>, right: ArrayView1<f64>) -> f64 {
    match (left.as_slice(), right.as_slice()) {
        (Some(left), Some(right)) => dot(left, right),
        _ => left.dot(&right),
    }
}

#[cfg(test)]
mod tests {
    use ndarray::array;

    use super::*;

    #[test]
    fn sparse_products_are_the_dense_ones() {
        let outer = array![[2.0, -0.4, 0.0], [-0.4, 1.5, 0.2], [0.0, 0.2, 1.0]];
        let inner = array![[1.0, 0.0, 0.5], [0.0, 0.0, -2.0], [0.5, -2.0, 3.0]];
        let (support, around) = (Support::of(&inner), Support::of(&outer));
        assert_eq!((support.len(), around.len()), (7, 7));
        let values = support.values(|row, column| inner[[row, column]]);
        let outer_values = around.values(|row, column| outer[[row, column]]);
        assert_eq!(support.dense(&values), inner);
        let close = |found: &[f64], expected: &Array2<f64>| {
            let expected = support.values(|row, column| expected[[row, column]]);
            found.iter().zip(&expected).all(|(a, b)| (a - b).abs() < 1e-14)
        };
        let whole = outer.dot(&inner).dot(&outer);
        assert!(close(&support.sandwich(&around, &outer_values, &values), &whole));
        let half = support.times(&values, &outer);
        assert!(close(&support.product(&outer, &half), &whole));
    }
}
