//! How far two groupings agree.

use std::collections::HashMap;
use std::hash::Hash;

use crate::{Error, Result};

/// The adjusted Rand index of two groupings of the same items (Hubert & Arabie, Journal of Classification 2, 1985): the
/// share of pairs on which they agree, shifted and scaled so that the same grouping gives 1 and, on average, groupings
/// of the same sizes drawn at random give 0. It can be negative. Two groupings that both tell nothing apart, or both
/// everything, are the same and give 1.
///
/// # Errors
/// [`Error::Invalid`] for no items, or groupings of different length.
///
/// # Example
/// ```
/// use latentlab::stats::adjusted_rand_index;
///
/// assert_eq!(adjusted_rand_index(&[0, 0, 1, 1], &["b", "b", "a", "a"])?, 1.0);
/// assert_eq!(adjusted_rand_index(&[0, 0, 1, 1], &[0, 1, 0, 1])?, -0.5);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn adjusted_rand_index<A: Eq + Hash, B: Eq + Hash>(one: &[A], other: &[B]) -> Result<f64> {
    if one.len() != other.len() || one.is_empty() {
        return Err(Error::invalid(
            format!("groupings of {} and {} items", one.len(), other.len()),
            "both need a label for each of the same items, and at least one item",
        ));
    }
    // Numbers of pairs, exact up to 2⁵³ of them.
    let together = pairs_within(one.iter().zip(other));
    let (first, second) = (pairs_within(one), pairs_within(other));
    let all = one.len() as f64 * (one.len() as f64 - 1.0) / 2.0;
    if together == first && together == second {
        return Ok(1.0);
    }
    // The usual form (together − expected) / (½(first + second) − expected), times 2 · all, without cancellation.
    let only_first = first - together;
    let only_second = second - together;
    let apart = all - first - only_second;
    let scale = first * (only_first + apart) + second * (only_second + apart);
    Ok(2.0 * (together * apart - only_first * only_second) / scale)
}

/// The number of pairs with the same label.
fn pairs_within<T: Eq + Hash>(labels: impl IntoIterator<Item = T>) -> f64 {
    let mut sizes: HashMap<T, u64> = HashMap::new();
    for label in labels {
        *sizes.entry(label).or_default() += 1;
    }
    sizes.values().map(|&size| size * (size - 1) / 2).sum::<u64>() as f64
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn groupings_that_do_not_fit_are_refused() {
        assert!(
            adjusted_rand_index(&[1, 2], &[1]).unwrap_err().to_string().contains("2 and 1 items")
        );
        assert!(adjusted_rand_index::<u8, u8>(&[], &[]).is_err());
        assert_eq!(adjusted_rand_index(&[5], &["x"]).unwrap(), 1.0);
    }

    proptest! {
        #[test]
        fn it_is_symmetric_blind_to_names_and_at_most_one(
            labels in prop::collection::vec((0u8..5, 0u8..4), 1..60),
        ) {
            let (one, other): (Vec<u8>, Vec<u8>) = labels.into_iter().unzip();
            let index = adjusted_rand_index(&one, &other).unwrap();
            prop_assert!((-1.0..=1.0).contains(&index));
            prop_assert!((index - adjusted_rand_index(&other, &one).unwrap()).abs() < 1e-12);
            let renamed: Vec<String> = one.iter().map(|label| format!("group {}", 9 - label)).collect();
            prop_assert_eq!(adjusted_rand_index(&one, &renamed).unwrap(), 1.0);
            prop_assert_eq!(adjusted_rand_index(&renamed, &other).unwrap(), index);
        }
    }
}
