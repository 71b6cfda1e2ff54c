//! Random precision matrices for tests.

#![allow(clippy::unwrap_used)]

use ndarray::Array2;
use proptest::prelude::*;

use super::precision_matrix::PrecisionMatrix;
use super::rational::Rational;

pub(crate) const NAMES: [&str; 7] = ["V0", "V1", "V2", "V3", "V4", "V5", "V6"];

/// Sparse precision matrices of 2 to `most` variables, in quarters, with a diagonal that outweighs the rest.
pub(crate) fn sparse(most: usize) -> impl Strategy<Value = PrecisionMatrix<Rational>> {
    let entry = prop_oneof![3 => Just(0_i64), 2 => -3_i64..=3];
    (2..=most, prop::collection::vec(entry, most * most)).prop_map(|(order, entries)| {
        let value = |row: usize, column: usize| entries[row.min(column) * order + row.max(column)];
        let quarters = Array2::from_shape_fn((order, order), |(row, column)| {
            let others = (0..order).filter(|other| *other != row);
            let sum: i64 = others.map(|other| value(row, other).abs()).sum();
            let quarters =
                if row == column { sum + 1 + entries[row].abs() } else { value(row, column) };
            Rational::try_from((quarters, 4)).unwrap()
        });
        PrecisionMatrix::new(&NAMES[..order], quarters).unwrap()
    })
}

/// Random members of 0..order by bits, never all of them and never none.
pub(crate) fn some(order: usize, bits: u32) -> Vec<&'static str> {
    let bits = bits % (1 << order);
    let bits = if bits == 0 || bits + 1 == 1 << order { 1 } else { bits };
    (0..order).filter(|place| bits >> place & 1 == 1).map(|place| NAMES[place]).collect()
}
