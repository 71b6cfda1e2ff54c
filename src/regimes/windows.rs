//! Stretches of a series of returns.

use ndarray::Array2;

use crate::{Error, Result};

/// What a network is told of each stretch of so many returns: the returns themselves, then their sizes |r|, windows × 2 · length. Row i ends with return number
/// i + length − 1. Signs alone say little; sizes say how restless the time is.
///
/// # Errors
/// [`Error::Invalid`] for no returns in a window, more than there are, and returns that are not finite.
///
/// # Example
/// ```
/// let windows = latentlab::regimes::return_windows(&[0.1, -0.2, 0.3], 2)?;
/// assert_eq!(windows, latentlab::ndarray::array![[0.1, -0.2, 0.1, 0.2], [-0.2, 0.3, 0.2, 0.3]]);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn return_windows(returns: &[f64], length: usize) -> Result<Array2<f64>> {
    if !(1..=returns.len()).contains(&length) || returns.iter().any(|value| !value.is_finite()) {
        let what = format!("windows of {length} of {} returns", returns.len());
        return Err(Error::invalid(what, "from one return to all, and finite ones, are needed"));
    }
    Ok(Array2::from_shape_fn((returns.len() - length + 1, 2 * length), |(window, column)| {
        let value = returns[window + column % length];
        if column < length { value } else { value.abs() }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_that_do_not_fit_are_refused() {
        for (returns, length) in [(&[0.1, 0.2][..], 3), (&[0.1], 0), (&[], 1), (&[f64::NAN], 1)] {
            assert!(return_windows(returns, length).is_err(), "{returns:?}");
        }
    }
}
