//! The order of rows that puts similar ones side by side.

use ndarray::{Array2, ArrayView1};

/// Leaves of the dendrogram of average linkage over Euclidean distances (missing entries count as 0), from left to
/// right, found by chains of nearest neighbours (Murtagh, "A survey of recent advances in hierarchical clustering
/// algorithms", The Computer Journal 1983) in quadratic time.
pub(super) fn clustered(matrix: &Array2<f64>) -> Vec<usize> {
    let count = matrix.nrows();
    let mut distances = Array2::from_shape_fn((count, count), |(one, other)| {
        distance(matrix.row(one), matrix.row(other))
    });
    let mut clusters: Vec<Option<Vec<usize>>> = (0..count).map(|row| Some(vec![row])).collect();
    let mut chain: Vec<usize> = Vec::new();
    for _ in 1..count {
        let (one, other) = neighbours(&mut chain, &clusters, &distances);
        merge(one, other, &mut clusters, &mut distances, matrix);
    }
    clusters.into_iter().flatten().next().unwrap_or_default()
}

fn distance(one: ArrayView1<f64>, other: ArrayView1<f64>) -> f64 {
    let known = |value: &f64| if value.is_finite() { *value } else { 0.0 };
    one.iter().zip(other).map(|(a, b)| (known(a) - known(b)).powi(2)).sum::<f64>().sqrt()
}

/// Follows nearest neighbours until two clusters are each other's.
fn neighbours(
    chain: &mut Vec<usize>,
    clusters: &[Option<Vec<usize>>],
    distances: &Array2<f64>,
) -> (usize, usize) {
    loop {
        let last = match chain.last() {
            Some(last) => *last,
            None => {
                let first = clusters.iter().position(Option::is_some).unwrap_or_default();
                chain.push(first);
                first
            }
        };
        let before = chain.len().checked_sub(2).map(|index| chain[index]);
        let others =
            (0..clusters.len()).filter(|other| *other != last && clusters[*other].is_some());
        // Among equals the cluster before wins, or the chain would go round for ever.
        let nearest = others
            .min_by(|one, other| {
                let key = |index: usize| (distances[[last, index]], Some(index) != before);
                let ((near, first), (far, second)) = (key(*one), key(*other));
                near.total_cmp(&far).then(first.cmp(&second))
            })
            .unwrap_or(last);
        if Some(nearest) == before {
            chain.truncate(chain.len() - 2);
            return (nearest.min(last), nearest.max(last));
        }
        chain.push(nearest);
    }
}

/// Joins two clusters at the ends that are most alike; the first takes the place of both.
fn merge(
    one: usize,
    other: usize,
    clusters: &mut [Option<Vec<usize>>],
    distances: &mut Array2<f64>,
    matrix: &Array2<f64>,
) {
    let (Some(mut left), Some(mut right)) = (clusters[one].take(), clusters[other].take()) else {
        return;
    };
    let sizes = [left.len() as f64, right.len() as f64];
    for third in (0..clusters.len()).filter(|third| clusters[*third].is_some()) {
        let mean = (sizes[0] * distances[[one, third]] + sizes[1] * distances[[other, third]])
            / (sizes[0] + sizes[1]);
        distances[[one, third]] = mean;
        distances[[third, one]] = mean;
    }
    let apart = |a: usize, b: usize| distance(matrix.row(a), matrix.row(b));
    let ends = |rows: &[usize]| (rows[0], rows[rows.len() - 1]);
    let ((a, b), (c, d)) = (ends(&left), ends(&right));
    let joints = [apart(b, c), apart(b, d), apart(a, c), apart(a, d)];
    let best = (0..4).min_by(|x, y| joints[*x].total_cmp(&joints[*y])).unwrap_or_default();
    if best >= 2 {
        left.reverse();
    }
    if best % 2 == 1 {
        right.reverse();
    }
    left.extend(right);
    clusters[one] = Some(left);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_come_together() {
        // Three groups, dealt in turn.
        let block = |index: usize| index % 3;
        let matrix = Array2::from_shape_fn((12, 12), |(row, column)| {
            if block(row) == block(column) {
                1.0
            } else {
                0.01 * (row as f64 - column as f64).abs()
            }
        });
        let order = clustered(&matrix);
        let mut seen = order.clone();
        seen.sort_unstable();
        assert_eq!(seen, (0..12).collect::<Vec<_>>());
        let changes = order.windows(2).filter(|pair| block(pair[0]) != block(pair[1])).count();
        assert_eq!(changes, 2, "{order:?}");
    }

    #[test]
    fn equal_rows_and_single_rows_have_an_order() {
        assert_eq!(clustered(&Array2::zeros((7, 3))).len(), 7);
        assert_eq!(clustered(&Array2::zeros((1, 3))), [0]);
    }
}
