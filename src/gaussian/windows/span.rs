//! The windows of a series of observations.

use std::ops::Range;

use chrono::NaiveDate;
use ndarray::{Array2, s};

use crate::gaussian::graphical_lasso::covariance::{correlation, sample_covariance};
use crate::{Error, Result};

/// Consecutive observations, as rows from 0, with the dates of the first and the last where these are known.
///
/// # Example
/// ```
/// use latentlab::gaussian::TimeVaryingGraphicalLasso;
/// use latentlab::ndarray::Array2;
///
/// let samples = Array2::from_shape_fn((60, 2), |(row, column)| (row as f64 * [0.7, 2.9][column]).sin());
/// let sequence = TimeVaryingGraphicalLasso::new(0.2, 20).fit(&samples)?;
/// assert_eq!(sequence.windows()[1].rows, 20..40);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Window {
    /// The rows of the observations.
    pub rows: Range<usize>,
    /// The dates of the first and the last observation.
    pub dates: Option<(NaiveDate, NaiveDate)>,
}

impl Window {
    /// The window in words: its dates, or its rows.
    pub(super) fn label(&self) -> String {
        match self.dates {
            Some((first, last)) => format!("{first} to {last}"),
            None => format!("rows {} to {}", self.rows.start, self.rows.end - 1),
        }
    }

    /// The end of the window, for an axis with little room.
    pub(super) fn short_label(&self) -> String {
        match self.dates {
            Some((_, last)) => last.to_string(),
            None => (self.rows.end - 1).to_string(),
        }
    }
}

/// All windows of a length that fit, each `step` rows after the one before, so that the last ends with the last
/// observation: those left over are the oldest.
pub(super) fn windows(
    observations: usize,
    length: usize,
    step: usize,
    dates: Option<&[NaiveDate]>,
) -> Result<Vec<Window>> {
    let invalid = |what: String, problem: String| Err(Error::invalid(what, problem));
    if length < 2 {
        return invalid(format!("window = {length}"), "a covariance needs two observations".into());
    }
    if step == 0 {
        return invalid("step = 0".into(), "each window begins at least one row later".into());
    }
    if length.saturating_add(step) > observations {
        return invalid(
            format!("windows of {length} observations, {step} apart"),
            format!("two of them need more than the {observations} that there are; shorten them"),
        );
    }
    let count = (observations - length) / step + 1;
    let oldest = (observations - length) % step;
    let window = |place: usize| {
        let rows = oldest + place * step..oldest + place * step + length;
        let dates = dates.map(|dates| (dates[rows.start], dates[rows.end - 1]));
        Window { rows, dates }
    };
    Ok((0..count).map(window).collect())
}

/// The covariance of a window's observations, or their correlation.
pub(super) fn covariance_in(
    samples: &Array2<f64>,
    window: &Window,
    standardize: bool,
) -> Result<Array2<f64>> {
    let part = samples.slice(s![window.rows.clone(), ..]).to_owned();
    let covariance = sample_covariance(&part).map_err(|error| match error {
        Error::Invalid { what, problem } => {
            Error::invalid(format!("{what}, {}", window.label()), problem)
        }
        other => other,
    })?;
    Ok(if standardize { correlation(&covariance) } else { covariance })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn windows_have_one_length_and_end_with_the_last_row(
            observations in 4usize..300,
            length in 2usize..100,
            step in 1usize..100,
        ) {
            let Ok(found) = windows(observations, length, step, None) else {
                prop_assert!(length + step > observations);
                return Ok(());
            };
            prop_assert!(found.len() >= 2);
            prop_assert!(found.iter().all(|window| window.rows.len() == length));
            prop_assert_eq!(found.last().unwrap().rows.end, observations);
            prop_assert!(found[0].rows.start < step);
            prop_assert!(found.windows(2).all(|pair| pair[1].rows.start - pair[0].rows.start == step));
        }
    }

    #[test]
    fn what_does_not_fit_says_why() {
        let message = |length, step| windows(50, length, step, None).unwrap_err().to_string();
        assert!(message(1, 5).contains("window = 1"));
        assert!(message(10, 0).contains("step = 0"));
        assert!(message(30, 21).contains("more than the 50"));
        assert!(message(usize::MAX, 1).contains("more than the 50"));
        assert_eq!(windows(50, 30, 20, None).unwrap().len(), 2);
    }

    #[test]
    fn dates_are_those_of_the_ends() {
        let dates: Vec<NaiveDate> =
            (1..=9).map(|day| NaiveDate::from_ymd_opt(2024, 5, day).unwrap()).collect();
        let found = windows(9, 4, 4, Some(&dates)).unwrap();
        assert_eq!(found[0].label(), "2024-05-02 to 2024-05-05");
        assert_eq!(found[1].short_label(), "2024-05-09");
        assert_eq!(windows(9, 4, 4, None).unwrap()[1].label(), "rows 5 to 8");
        let mut samples =
            Array2::from_shape_fn((9, 2), |(row, column)| (row * (column + 1)) as f64);
        samples.slice_mut(s![5.., 1]).fill(3.0);
        let message = covariance_in(&samples, &found[1], true).unwrap_err().to_string();
        assert!(
            message.contains("2024-05-06 to 2024-05-09") && message.contains("column 1"),
            "{message}"
        );
        let correlation = covariance_in(&samples, &found[0], true).unwrap();
        assert!((correlation[[0, 1]] - 1.0).abs() < 1e-12);
    }
}
