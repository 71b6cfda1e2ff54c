//! Outliers pulled in to a number of standard deviations.

use polars::prelude::{Column, DataFrame};

use super::Returns;
use super::moments::{is_constant, mean_and_deviation};
use crate::notebook::{Rich, Show, titled_frame};
use crate::{Error, Result};

/// Whose standard deviation the limit of a clip is measured in.
///
/// # Example
/// ```
/// assert_eq!(latentlab::stats::ClipScale::default(), latentlab::stats::ClipScale::Pooled);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ClipScale {
    /// One standard deviation over all values of all tickers: a quiet ticker is clipped less often.
    #[default]
    Pooled,
    /// Each ticker's own standard deviation.
    PerAsset,
}

/// The values of one ticker that a clip changed.
///
/// # Example
/// ```no_run
/// use latentlab::{data::PricePanel, stats::ClipScale};
///
/// let clipped = PricePanel::open()?.log_returns()?.clip(4.0, ClipScale::Pooled)?;
/// for one in clipped.clip_report()?.tickers {
///     println!("{}: {} below −{}, {} above", one.ticker, one.below, one.limit, one.above);
/// }
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ClippedTicker {
    /// The ticker.
    pub ticker: String,
    /// Values were pulled in to between minus this and this.
    pub limit: f64,
    /// Values below the lower limit.
    pub below: usize,
    /// Values above the upper limit.
    pub above: usize,
}

/// How many values of each ticker a clip changed.
///
/// # Example
/// ```no_run
/// use latentlab::{data::PricePanel, stats::ClipScale};
///
/// let clipped = PricePanel::open()?.log_returns()?.clip(4.0, ClipScale::Pooled)?;
/// println!("{} values clipped", clipped.clip_report()?.total());
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ClipReport {
    /// The limit in standard deviations.
    pub deviations: f64,
    /// Whose standard deviations.
    pub scale: ClipScale,
    /// Days that each ticker has.
    pub days: usize,
    /// The outcome for each ticker.
    pub tickers: Vec<ClippedTicker>,
}

impl Returns {
    /// Pulls values further from **zero** than a number of standard deviations (1/n, about the mean) in to
    /// that limit. Calling it again measures the values as they are then.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a number that is not positive and finite, or where the values to measure
    /// are all the same.
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::{data::PricePanel, stats::ClipScale};
    ///
    /// let returns = PricePanel::open()?.log_returns()?;
    /// let clipped = returns.clip(4.0, ClipScale::PerAsset)?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn clip(&self, deviations: f64, scale: ClipScale) -> Result<Self> {
        if !(deviations.is_finite() && deviations > 0.0) {
            let problem = "the limit is a positive number of standard deviations, as 4.0";
            return Err(Error::invalid(format!("clip({deviations}, ..)"), problem));
        }
        let limits: Vec<f64> =
            self.scales(scale)?.into_iter().map(|sigma| deviations * sigma).collect();
        let mut values = self.values.clone();
        let mut tickers = Vec::with_capacity(limits.len());
        for (number, (mut column, limit)) in
            values.columns_mut().into_iter().zip(limits).enumerate()
        {
            let below = column.iter().filter(|value| **value < -limit).count();
            let above = column.iter().filter(|value| **value > limit).count();
            column.mapv_inplace(|value| value.clamp(-limit, limit));
            tickers.push(ClippedTicker {
                ticker: self.tickers[number].clone(),
                limit,
                below,
                above,
            });
        }
        let report = ClipReport { deviations, scale, days: self.dates.len(), tickers };
        Ok(Self {
            dates: self.dates.clone(),
            tickers: self.tickers.clone(),
            values,
            clipping: Some(report),
        })
    }

    /// How many values of each ticker the last [`clip`](Self::clip) changed.
    ///
    /// # Errors
    /// [`Error::Invalid`] for returns that were not clipped.
    ///
    /// # Example
    /// ```no_run
    /// # use latentlab::{data::PricePanel, stats::ClipScale};
    /// let clipped = PricePanel::open()?.log_returns()?.clip(4.0, ClipScale::Pooled)?;
    /// let report = clipped.clip_report()?.frame()?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn clip_report(&self) -> Result<ClipReport> {
        self.clipping.clone().ok_or_else(|| {
            let problem = "not clipped; call clip(4.0, ClipScale::Pooled) first";
            Error::invalid("returns", problem)
        })
    }

    /// The standard deviation to measure each ticker by.
    fn scales(&self, scale: ClipScale) -> Result<Vec<f64>> {
        let constant = |what: String| {
            Error::invalid(what, "the values are all the same, so they have no scale to clip by")
        };
        match scale {
            ClipScale::Pooled => {
                let values = self.values.iter().copied();
                let (_, sigma) = mean_and_deviation(values.clone());
                if is_constant(values, sigma) {
                    return Err(constant("returns".into()));
                }
                Ok(vec![sigma; self.tickers.len()])
            }
            ClipScale::PerAsset => {
                let columns = self.values.columns().into_iter().zip(&self.tickers);
                columns
                    .map(|(column, ticker)| {
                        let (_, sigma) = mean_and_deviation(column.iter().copied());
                        if is_constant(column.iter().copied(), sigma) {
                            return Err(constant(format!("returns of {ticker}")));
                        }
                        Ok(sigma)
                    })
                    .collect()
            }
        }
    }
}

impl ClipReport {
    /// Values changed, of all tickers together.
    pub fn total(&self) -> usize {
        self.tickers.iter().map(|one| one.below + one.above).sum()
    }

    /// One row for each ticker: the limit, the values clipped below and above, and their share.
    ///
    /// # Errors
    /// [`Error::Frame`] where polars refuses.
    ///
    /// # Example
    /// ```no_run
    /// # use latentlab::{data::PricePanel, stats::ClipScale};
    /// let clipped = PricePanel::open()?.log_returns()?.clip(4.0, ClipScale::Pooled)?;
    /// assert_eq!(clipped.clip_report()?.frame()?.height(), clipped.tickers().len());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let tickers: Vec<&str> = self.tickers.iter().map(|one| one.ticker.as_str()).collect();
        let limits: Vec<f64> = self.tickers.iter().map(|one| one.limit).collect();
        let counts = |count: fn(&ClippedTicker) -> usize| -> Vec<u64> {
            self.tickers.iter().map(|one| count(one) as u64).collect()
        };
        let share = |one: &ClippedTicker| (one.below + one.above) as f64 / self.days as f64;
        let shares: Vec<f64> = self.tickers.iter().map(share).collect();
        let columns = vec![
            Column::new("ticker".into(), tickers),
            Column::new("limit".into(), limits),
            Column::new("clipped below".into(), counts(|one| one.below)),
            Column::new("clipped above".into(), counts(|one| one.above)),
            Column::new("share clipped".into(), shares),
        ];
        Ok(DataFrame::new(self.tickers.len(), columns)?)
    }
}

impl Show for ClipReport {
    fn rich(&self) -> Rich {
        let scale = match self.scale {
            ClipScale::Pooled => "of all values together",
            ClipScale::PerAsset => "of each ticker",
        };
        let all = self.days * self.tickers.len();
        let title = format!(
            "{} of {all} values clipped at ±{} standard deviations {scale}",
            self.total(),
            self.deviations
        );
        titled_frame(&title, self.frame())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::NaiveDate;
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;

    fn returns(values: Array2<f64>) -> Returns {
        let dates = vec![NaiveDate::default(); values.nrows()];
        let tickers = (0..values.ncols()).map(|number| format!("T{number}")).collect();
        Returns::new(dates, tickers, values).unwrap()
    }

    /// A quiet and a loud column, each with one far value.
    fn two_columns() -> Returns {
        returns(Array2::from_shape_fn((100, 2), |(day, ticker)| {
            let size = if ticker == 0 { 0.01 } else { 0.1 };
            let sign = if day % 2 == 0 { 1.0 } else { -1.0 };
            if day == 50 { size * 10.0 } else { sign * size }
        }))
    }

    #[test]
    fn the_scale_decides_what_is_far() {
        let counts = |scale| {
            let report = two_columns().clip(4.0, scale).unwrap().clip_report().unwrap();
            report.tickers.iter().map(|one| (one.below, one.above)).collect::<Vec<_>>()
        };
        assert_eq!(counts(ClipScale::Pooled), [(0, 0), (0, 1)]);
        assert_eq!(counts(ClipScale::PerAsset), [(0, 1), (0, 1)]);
    }

    #[test]
    fn limits_that_make_no_sense_are_refused() {
        for deviations in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(two_columns().clip(deviations, ClipScale::Pooled).is_err());
        }
        let flat = returns(Array2::from_elem((5, 1), 0.1));
        let error = flat.clip(4.0, ClipScale::PerAsset).unwrap_err().to_string();
        assert!(error.contains("returns of T0") && error.contains("all the same"), "{error}");
        assert!(flat.clip(4.0, ClipScale::Pooled).is_err());
        assert!(flat.clip_report().unwrap_err().to_string().contains("not clipped"));
    }

    proptest! {
        #[test]
        fn values_inside_stay_and_values_outside_end_at_the_limit(
            values in prop::collection::vec(-1.0_f64..1.0, 12),
            deviations in 0.1_f64..3.0,
        ) {
            let before = returns(Array2::from_shape_vec((4, 3), values).unwrap());
            for scale in [ClipScale::Pooled, ClipScale::PerAsset] {
                let after = before.clip(deviations, scale).unwrap();
                let report = after.clip_report().unwrap();
                for ((place, old), new) in before.values().indexed_iter().zip(after.values()) {
                    let limit = report.tickers[place.1].limit;
                    let expected = if old.abs() <= limit { *old } else { limit.copysign(*old) };
                    prop_assert_eq!(*new, expected);
                }
                let changed = before.values().iter().zip(after.values()).filter(|(a, b)| a != b);
                prop_assert_eq!(report.total(), changed.count());
            }
        }
    }
}
