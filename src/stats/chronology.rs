//! Parts of returns in the order of time.

use ndarray::s;

use super::Returns;
use crate::{Error, Result};

impl Returns {
    /// Neighbouring parts with these shares of the days, oldest first: to learn from, to choose by, and to judge by. Days are never mixed,
    /// since a model that has seen tomorrow knows too much about today. The clip report, which speaks of all days, does not come along.
    ///
    /// # Errors
    /// [`Error::Invalid`] for shares that are not positive or do not sum to 1, and for a part that would have no day.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let returns = FactorModel::default().assets(3).sample()?.returns()?;
    /// let parts = returns.chronological_split(&[0.6, 0.2, 0.2])?;
    /// assert_eq!(parts[0].values().nrows(), 600);
    /// assert!(parts[1].dates()[199] < parts[2].dates()[0]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn chronological_split(&self, shares: &[f64]) -> Result<Vec<Self>> {
        let days = self.dates.len();
        let sum: f64 = shares.iter().sum();
        if shares.iter().any(|share| share.is_nan() || *share <= 0.0) || (sum - 1.0).abs() > 1e-9 {
            let problem = "shares must be positive and sum to 1, such as 0.6, 0.2 and 0.2";
            return Err(Error::invalid(format!("shares {shares:?}"), problem));
        }
        let mut reached = 0.0;
        let ends = shares.iter().map(|share| {
            reached += share;
            ((reached * days as f64).round() as usize).min(days)
        });
        let mut start = 0;
        let mut parts = Vec::with_capacity(shares.len());
        for end in ends {
            if end == start {
                let problem = format!("of {days} days they leave a part without one");
                return Err(Error::invalid(format!("shares {shares:?}"), problem));
            }
            parts.push(Self {
                dates: self.dates[start..end].to_vec(),
                tickers: self.tickers.clone(),
                values: self.values.slice(s![start..end, ..]).to_owned(),
                clipping: None,
            });
            start = end;
        }
        Ok(parts)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::{Days, NaiveDate};
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;

    fn returns(days: usize) -> Returns {
        let dates = (0..days as u64).map(|day| NaiveDate::default() + Days::new(day)).collect();
        let values = Array2::from_shape_fn((days, 2), |(day, ticker)| (10 * day + ticker) as f64);
        Returns::new(dates, vec!["A".into(), "B".into()], values).unwrap()
    }

    proptest! {
        #[test]
        fn parts_follow_each_other_and_leave_no_day_out(days in 10_usize..300, first in 0.1_f64..0.4, second in 0.1_f64..0.4) {
            let whole = returns(days);
            let parts = whole.chronological_split(&[first, second, 1.0 - first - second]).unwrap();
            let dates: Vec<NaiveDate> = parts.iter().flat_map(|part| part.dates().to_vec()).collect();
            prop_assert_eq!(dates, whole.dates());
            let views: Vec<_> = parts.iter().map(|part| part.values().view()).collect();
            prop_assert_eq!(&ndarray::concatenate(ndarray::Axis(0), &views).unwrap(), whole.values());
            prop_assert!((parts[0].dates().len() as f64 - first * days as f64).abs() <= 0.5 + 1e-9);
        }
    }

    #[test]
    fn shares_that_cannot_be_are_refused() {
        for shares in
            [&[][..], &[0.5], &[0.5, 0.6], &[1.5, -0.5], &[f64::NAN, 1.0], &[0.999, 0.001]]
        {
            assert!(returns(10).chronological_split(shares).is_err(), "{shares:?}");
        }
        assert_eq!(returns(10).chronological_split(&[1.0]).unwrap()[0], returns(10));
    }
}
