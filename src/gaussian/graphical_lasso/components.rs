//! Exact screening: the blocks that a graphical lasso problem falls apart into.
//!
//! The connected components of the graph {(i, j) : |S_ij| > λ_ij} are unions of those of the solution's graph, and the
//! same where all λ_ij are one, so each can be solved alone (Mazumder & Hastie, JMLR 13, 2012; Witten, Friedman & Simon,
//! JCGS 20, 2011). With different penalties this holds because the blocks' solutions, put together, meet the whole
//! problem's conditions: W_ij = 0 between blocks, and |S_ij| ≤ λ_ij there.

use ndarray::Array2;

use super::penalty::Penalty;

/// The connected components of {(i, j) : |matrix_ij| > threshold}, each in ascending order, ordered by first member.
pub(crate) fn connected_components(matrix: &Array2<f64>, threshold: f64) -> Vec<Vec<usize>> {
    components_by(matrix.nrows(), |row, column| matrix[[row, column]].abs() > threshold)
}

/// The blocks that the penalties leave: the connected components of {(i, j) : |S_ij| > λ_ij}.
pub(crate) fn screened_components(covariance: &Array2<f64>, penalty: &Penalty) -> Vec<Vec<usize>> {
    match penalty {
        Penalty::Same(value) => connected_components(covariance, *value),
        Penalty::Each(values) => components_by(covariance.nrows(), |row, column| {
            covariance[[row, column]].abs() > values[[row, column]]
        }),
    }
}

/// The connected components of a symmetric relation.
pub(crate) fn components_by(
    order: usize,
    linked: impl Fn(usize, usize) -> bool,
) -> Vec<Vec<usize>> {
    let mut unseen: Vec<usize> = (0..order).rev().collect();
    let mut components = Vec::new();
    while let Some(first) = unseen.pop() {
        let mut component = vec![first];
        let mut next = 0;
        while let Some(&node) = component.get(next) {
            next += 1;
            unseen.retain(|&other| {
                let reached = linked(node, other);
                if reached {
                    component.push(other);
                }
                !reached
            });
        }
        component.sort_unstable();
        components.push(component);
    }
    components
}

/// The square block of a matrix in the given rows and columns.
pub(crate) fn block(matrix: &Array2<f64>, members: &[usize]) -> Array2<f64> {
    let order = members.len();
    Array2::from_shape_fn((order, order), |(row, column)| matrix[[members[row], members[column]]])
}

/// Puts a square block back where [`block`] took it from.
pub(crate) fn set_block(matrix: &mut Array2<f64>, members: &[usize], values: &Array2<f64>) {
    for ((row, column), value) in values.indexed_iter() {
        matrix[[members[row], members[column]]] = *value;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn components_follow_chains_and_respect_the_threshold() {
        let mut matrix = Array2::<f64>::eye(6);
        for (row, column, value) in [(0, 4, 0.5), (4, 2, -0.5), (1, 3, 0.2), (3, 5, 0.1)] {
            matrix[[row, column]] = value;
            matrix[[column, row]] = value;
        }
        assert_eq!(connected_components(&matrix, 0.1), [vec![0, 2, 4], vec![1, 3], vec![5]]);
        assert_eq!(connected_components(&matrix, 0.0), [vec![0, 2, 4], vec![1, 3, 5]]);
        assert_eq!(connected_components(&matrix, 0.5).len(), 6);
    }

    #[test]
    fn a_block_goes_back_where_it_came_from() {
        let matrix = Array2::from_shape_fn((4, 4), |(row, column)| (row * 4 + column) as f64);
        let part = block(&matrix, &[1, 3]);
        assert_eq!(part, ndarray::array![[5.0, 7.0], [13.0, 15.0]]);
        let mut empty = Array2::zeros((4, 4));
        set_block(&mut empty, &[1, 3], &part);
        assert_eq!(empty[[3, 1]], 13.0);
        assert_eq!(empty.sum(), 40.0);
    }
}
