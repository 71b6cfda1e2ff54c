//! Eigenvalues and eigenvectors of symmetric matrices.
//!
//! In one thread and without a library, so that they are the same on every machine, and as quick on a busy one: a
//! threaded LAPACK waits for all its threads at each of thousands of small steps.

use ndarray::{Array1, Array2, Axis};

use super::linalg::{add_scaled, dot, product};
use crate::{Error, Result};

/// Rotations of one eigenvalue at most; three or so are usual.
const ROTATIONS: usize = 100;

/// A = Q diag(values) Qᵀ with orthonormal rows of Qᵀ, the smallest eigenvalue first.
#[derive(Clone, Debug)]
pub(crate) struct SymmetricEigen {
    pub(crate) values: Array1<f64>,
    /// Qᵀ: the eigenvector of a value is its row.
    pub(crate) vectors: Array2<f64>,
}

impl SymmetricEigen {
    /// Decomposes a symmetric matrix, p × p, by Householder reflections to a tridiagonal one and QL rotations of that
    /// (Bowdler, Martin, Reinsch & Wilkinson, Numerische Mathematik 11, 1968).
    pub(crate) fn new(matrix: &Array2<f64>) -> Result<Self> {
        let order = matrix.nrows();
        let what = || format!("a {order} × {order} matrix");
        if let Some(value) = matrix.iter().find(|value| !value.is_finite()) {
            let problem = format!("an entry is {value}, so it has no eigenvalues");
            return Err(Error::invalid(what(), problem));
        }
        let mut rows: Vec<Vec<f64>> = matrix.outer_iter().map(|row| row.to_vec()).collect();
        let (mut diagonal, beside) = tridiagonal(&mut rows);
        if !diagonalize(&mut rows, &mut diagonal, beside) {
            return Err(Error::NotConverged {
                method: format!("eigenvalues of {}", what()),
                detail: format!("{ROTATIONS} rounds for one of them; scale the matrix"),
            });
        }
        let mut places: Vec<usize> = (0..order).collect();
        places.sort_by(|one, other| diagonal[*one].total_cmp(&diagonal[*other]));
        let values = places.iter().map(|place| diagonal[*place]).collect();
        let vectors =
            Array2::from_shape_fn((order, order), |(row, column)| rows[places[row]][column]);
        Ok(Self { values, vectors })
    }

    /// Q diag(f(values)) Qᵀ, exactly symmetric. Eigenvectors whose value becomes zero cost nothing.
    pub(crate) fn mapped(&self, map: impl Fn(f64) -> f64) -> Array2<f64> {
        let values = self.values.mapv(map);
        let kept: Vec<usize> = (0..values.len()).filter(|&place| values[place] != 0.0).collect();
        let vectors = self.vectors.select(Axis(0), &kept);
        let scaled = vectors.t().to_owned() * &values.select(Axis(0), &kept);
        let raw = product(&scaled, &vectors);
        (&raw + &raw.t()) * 0.5
    }

    /// The smallest eigenvalue; none for an empty matrix.
    pub(crate) fn smallest(&self) -> Option<f64> {
        self.values.first().copied()
    }
}

/// Turns a symmetric matrix into its tridiagonal form's diagonal and the entries beside it (from 1 on); the matrix becomes the
/// transposed product of the reflections. Rows here are columns of the method as published, so that inner loops run
/// along memory.
fn tridiagonal(rows: &mut [Vec<f64>]) -> (Vec<f64>, Vec<f64>) {
    let order = rows.len();
    let (mut d, mut e) = (vec![0.0; order], vec![0.0; order]);
    let Some(last) = order.checked_sub(1) else { return (d, e) };
    for (value, row) in d.iter_mut().zip(&*rows) {
        *value = row[last];
    }
    for i in (1..order).rev() {
        let scale: f64 = d[..i].iter().map(|value| value.abs()).sum();
        let mut h = 0.0;
        if scale == 0.0 {
            e[i] = d[i - 1];
            for j in 0..i {
                d[j] = rows[j][i - 1];
                rows[j][i] = 0.0;
                rows[i][j] = 0.0;
            }
        } else {
            d[..i].iter_mut().for_each(|value| *value /= scale);
            h = dot(&d[..i], &d[..i]);
            let f = d[i - 1];
            let g = if f > 0.0 { -h.sqrt() } else { h.sqrt() };
            e[i] = scale * g;
            h -= f * g;
            d[i - 1] = f - g;
            reflect(rows, &mut d, &mut e, i, h);
        }
        d[i] = h;
    }
    accumulate(rows, &mut d, last);
    e[0] = 0.0;
    (d, e)
}

/// Applies the reflection I − d dᵀ / h to both sides of the leading i × i block, and keeps d.
fn reflect(rows: &mut [Vec<f64>], d: &mut [f64], e: &mut [f64], i: usize, h: f64) {
    e[..i].fill(0.0);
    for j in 0..i {
        let f = d[j];
        rows[i][j] = f;
        let below = &rows[j][j + 1..i];
        let g = e[j] + rows[j][j] * f + dot(below, &d[j + 1..i]);
        add_scaled(&mut e[j + 1..i], f, below);
        e[j] = g;
    }
    e[..i].iter_mut().for_each(|value| *value /= h);
    let half = dot(&e[..i], &d[..i]) / (h + h);
    add_scaled(&mut e[..i], -half, &d[..i]);
    for j in 0..i {
        let (f, g) = (d[j], e[j]);
        add_scaled(&mut rows[j][j..i], -f, &e[j..i]);
        add_scaled(&mut rows[j][j..i], -g, &d[j..i]);
        d[j] = rows[j][i - 1];
        rows[j][i] = 0.0;
    }
}

/// Multiplies the kept reflections out; d becomes the diagonal.
fn accumulate(rows: &mut [Vec<f64>], d: &mut [f64], last: usize) {
    for i in 0..last {
        rows[i][last] = rows[i][i];
        rows[i][i] = 1.0;
        let h = d[i + 1];
        let (done, rest) = rows.split_at_mut(i + 1);
        let reflection = &mut rest[0][..=i];
        if h != 0.0 {
            for (value, entry) in d.iter_mut().zip(&*reflection) {
                *value = entry / h;
            }
            for row in done {
                let g = dot(reflection, &row[..=i]);
                add_scaled(&mut row[..=i], -g, &d[..=i]);
            }
        }
        reflection.fill(0.0);
    }
    for (value, row) in d.iter_mut().zip(rows.iter_mut()) {
        *value = std::mem::take(&mut row[last]);
    }
    rows[last][last] = 1.0;
}

/// Rotates a tridiagonal matrix into a diagonal one, and the rows with it. False where that takes too long.
fn diagonalize(rows: &mut [Vec<f64>], d: &mut [f64], mut e: Vec<f64>) -> bool {
    let order = rows.len();
    e.rotate_left(1.min(order));
    let (mut shift, mut size) = (0.0, 0.0_f64);
    for l in 0..order {
        size = size.max(d[l].abs() + e[l].abs());
        // The last entry beside the diagonal is zero, so that there is always one.
        let small = |value: &f64| value.abs() <= f64::EPSILON * size;
        let m = l + e[l..].iter().position(small).unwrap_or(order - 1 - l);
        let mut rounds = 0;
        while m > l && !small(&e[l]) {
            if rounds == ROTATIONS {
                return false;
            }
            rounds += 1;
            shift += rotate(rows, d, &mut e, l, m);
        }
        d[l] += shift;
        e[l] = 0.0;
    }
    true
}

/// One implicit QL step on rows l to m; returns how far it moved the origin of the eigenvalues.
fn rotate(rows: &mut [Vec<f64>], d: &mut [f64], e: &mut [f64], l: usize, m: usize) -> f64 {
    let first = d[l];
    let p = (d[l + 1] - first) / (2.0 * e[l]);
    let r = p.hypot(1.0).copysign(p);
    d[l] = e[l] / (p + r);
    d[l + 1] = e[l] * (p + r);
    let (next, shift, beside) = (d[l + 1], first - d[l], e[l + 1]);
    d[l + 2..].iter_mut().for_each(|value| *value -= shift);
    let mut p = d[m];
    let (mut c, mut c2, mut c3, mut s, mut s2) = (1.0, 1.0, 1.0, 0.0, 0.0);
    for i in (l..m).rev() {
        (c3, c2, s2) = (c2, c, s);
        let (g, h) = (c * e[i], c * p);
        let r = f64::hypot(p, e[i]);
        e[i + 1] = s * r;
        s = e[i] / r;
        c = p / r;
        p = c * d[i] - s * g;
        d[i + 1] = h + s * (c * g + s * d[i]);
        let (upper, lower) = rows.split_at_mut(i + 1);
        for (a, b) in upper[i].iter_mut().zip(&mut lower[0]) {
            (*a, *b) = (c * *a - s * *b, s * *a + c * *b);
        }
    }
    let p = -s * s2 * c3 * beside * e[l] / next;
    e[l] = s * p;
    d[l] = c * p;
    shift
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(30))]

        #[test]
        fn values_and_vectors_give_the_matrix_back(
            order in prop_oneof![1usize..40, 90usize..110],
            entries in prop::collection::vec(-3.0..3.0f64, 97),
        ) {
            let matrix = Array2::from_shape_fn((order, order), |(row, column)| {
                // Whole rows of zeros, equal rows and equal eigenvalues come up.
                entries[(row * column + 13 * (row + column)) % 97] * ((row * column) % 5) as f64
            });
            let eigen = SymmetricEigen::new(&matrix).unwrap();
            prop_assert!(eigen.values.iter().is_sorted());
            let back = eigen.mapped(|value| value);
            let gap = (&back - &matrix).iter().fold(0.0f64, |most, value| most.max(value.abs()));
            prop_assert!(gap < 1e-12 * order as f64, "{gap:e}");
            let unit = eigen.vectors.dot(&eigen.vectors.t()) - Array2::<f64>::eye(order);
            prop_assert!(unit.iter().all(|value| value.abs() < 1e-12));
        }
    }

    #[test]
    fn parts_are_kept_by_their_eigenvalues() {
        let eigen = SymmetricEigen::new(&array![[0.0, 2.0], [2.0, 0.0]]).unwrap();
        assert!((eigen.smallest().unwrap() + 2.0).abs() < 1e-14);
        let positive = eigen.mapped(|value| value.max(0.0));
        assert!((&positive - &array![[1.0, 1.0], [1.0, 1.0]]).iter().all(|gap| gap.abs() < 1e-14));
        assert_eq!(eigen.mapped(|_| 0.0), Array2::<f64>::zeros((2, 2)));
        assert_eq!(SymmetricEigen::new(&Array2::zeros((0, 0))).unwrap().smallest(), None);
        assert_eq!(SymmetricEigen::new(&Array2::eye(5)).unwrap().values, Array1::<f64>::ones(5));
        let tiny = SymmetricEigen::new(&array![[1e-200, 0.0], [0.0, 1e200]]).unwrap();
        assert_eq!(tiny.values, array![1e-200, 1e200]);
        let message = SymmetricEigen::new(&array![[f64::NAN]]).unwrap_err().to_string();
        assert!(message.contains("an entry is NaN"), "{message}");
    }
}
