//! Exact screening: the blocks that a graphical lasso problem falls apart into.
//!
//! The connected components of the graph {(i, j) : |S_ij| > α} are exactly those of the solution's graph, so each
//! can be solved alone (Mazumder & Hastie, JMLR 13, 2012; Witten, Friedman & Simon, JCGS 20, 2011).

use ndarray::Array2;

/// The connected components of {(i, j) : |matrix_ij| > threshold}, each in ascending order, ordered by first member.
pub(crate) fn connected_components(matrix: &Array2<f64>, threshold: f64) -> Vec<Vec<usize>> {
    let order = matrix.nrows();
    let mut unseen: Vec<usize> = (0..order).rev().collect();
    let mut components = Vec::new();
    while let Some(first) = unseen.pop() {
        let mut component = vec![first];
        let mut next = 0;
        while let Some(&node) = component.get(next) {
            next += 1;
            let row = matrix.row(node);
            unseen.retain(|&other| {
                let linked = row[other].abs() > threshold;
                if linked {
                    component.push(other);
                }
                !linked
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
