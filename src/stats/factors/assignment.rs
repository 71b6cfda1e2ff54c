//! The best one-to-one assignment.

use ndarray::Array2;

use crate::plot::Matrix;
use crate::{Error, Result};

/// Pairs (row, column) of a matrix, no row or column twice and as many as the shorter side has, with the largest sum of
/// entries: the Hungarian method (Kuhn, Naval Research Logistics 2, 1955) by shortest augmenting paths (Jonker and Volgenant,
/// Computing 38, 1987). In the order of the rows; cubic time.
///
/// # Errors
/// [`Error::Invalid`] for an entry that is not finite.
///
/// # Example
/// ```
/// use latentlab::stats::optimal_assignment;
///
/// // Each row's best is column 0; together they do better otherwise.
/// assert_eq!(optimal_assignment([[9.0, 8.0], [7.0, 1.0]])?, [(0, 1), (1, 0)]);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn optimal_assignment(gains: impl Matrix) -> Result<Vec<(usize, usize)>> {
    let gains = gains.matrix().map_err(|problem| Error::invalid("gains", problem))?;
    if let Some(((row, column), gain)) = gains.indexed_iter().find(|(_, gain)| !gain.is_finite()) {
        let what = format!("gains of shape {} × {}", gains.nrows(), gains.ncols());
        let problem = format!("row {row}, column {column} holds {gain}; expected numbers");
        return Err(Error::invalid(what, problem));
    }
    if gains.nrows() <= gains.ncols() {
        return Ok(assign(&gains));
    }
    let turned = assign(&gains.reversed_axes().as_standard_layout().into_owned());
    let mut pairs: Vec<(usize, usize)> =
        turned.into_iter().map(|(column, row)| (row, column)).collect();
    pairs.sort_unstable();
    Ok(pairs)
}

/// For no more rows than columns. Prices of rows and columns stay such that no pair is worth more than its two prices; a
/// row is placed along the path of pairs that come nearest to their prices.
fn assign(gains: &Array2<f64>) -> Vec<(usize, usize)> {
    let (rows, columns) = gains.dim();
    let (mut row_price, mut column_price) = (vec![0.0; rows], vec![0.0; columns]);
    let mut owner: Vec<Option<usize>> = vec![None; columns];
    for start in 0..rows {
        let mut distance = vec![f64::INFINITY; columns];
        let mut before: Vec<Option<usize>> = vec![None; columns];
        let mut settled = vec![false; columns];
        let (mut row, mut at, mut from) = (start, 0.0, None);
        let end = loop {
            for column in (0..columns).filter(|&column| !settled[column]) {
                let slack = row_price[row] + column_price[column] - gains[[row, column]];
                if at + slack < distance[column] {
                    (distance[column], before[column]) = (at + slack, from);
                }
            }
            let open = (0..columns).filter(|&column| !settled[column]);
            let Some(next) = open.min_by(|&one, &other| distance[one].total_cmp(&distance[other]))
            else {
                return Vec::new();
            };
            settled[next] = true;
            (at, from) = (distance[next], Some(next));
            match owner[next] {
                Some(taken) => row = taken,
                None => break next,
            }
        };
        row_price[start] -= at;
        for column in (0..columns).filter(|&column| settled[column] && column != end) {
            let moved = at - distance[column];
            column_price[column] += moved;
            if let Some(row) = owner[column] {
                row_price[row] -= moved;
            }
        }
        let mut column = end;
        while let Some(previous) = before[column] {
            owner[column] = owner[previous];
            column = previous;
        }
        owner[column] = Some(start);
    }
    let mut pairs: Vec<(usize, usize)> = owner
        .into_iter()
        .enumerate()
        .filter_map(|(column, row)| row.map(|row| (row, column)))
        .collect();
    pairs.sort_unstable();
    pairs
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The largest sum over all ways to give each of the first rows a column of its own.
    fn best(gains: &Array2<f64>, row: usize, used: &mut Vec<bool>) -> f64 {
        if row == gains.nrows() {
            return 0.0;
        }
        let mut most = f64::NEG_INFINITY;
        for column in 0..gains.ncols() {
            if !used[column] {
                used[column] = true;
                most = most.max(gains[[row, column]] + best(gains, row + 1, used));
                used[column] = false;
            }
        }
        most
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn no_other_way_is_better(
            rows in 1usize..6,
            more in 0usize..3,
            // Whole numbers have many ties.
            values in prop::collection::vec(prop_oneof![-3.0..3.0f64, (-2i32..3).prop_map(f64::from)], 40),
        ) {
            let gains = Array2::from_shape_fn((rows, rows + more), |(row, column)| values[row * 7 + column]);
            let wanted = best(&gains, 0, &mut vec![false; rows + more]);
            for (table, turned) in [(gains.clone(), false), (gains.t().to_owned(), true)] {
                let pairs = optimal_assignment(&table).unwrap();
                prop_assert_eq!(pairs.len(), rows);
                let sum: f64 = pairs.iter().map(|&pair| table[[pair.0, pair.1]]).sum();
                prop_assert!((sum - wanted).abs() < 1e-9, "{sum} {wanted} {turned}");
                for side in [0, 1] {
                    let mut seen: Vec<usize> =
                        pairs.iter().map(|pair| if side == 0 { pair.0 } else { pair.1 }).collect();
                    seen.sort_unstable();
                    seen.dedup();
                    prop_assert_eq!(seen.len(), rows);
                }
            }
        }
    }

    #[test]
    fn empty_tables_have_no_pairs_and_others_must_be_finite() {
        assert!(optimal_assignment(Array2::<f64>::zeros((0, 3))).unwrap().is_empty());
        assert!(optimal_assignment(Array2::<f64>::zeros((3, 0))).unwrap().is_empty());
        let error = optimal_assignment([[1.0, f64::NAN]]).unwrap_err().to_string();
        assert!(error.contains("row 0, column 1 holds NaN"), "{error}");
    }
}
