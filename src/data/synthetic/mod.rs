//! Returns whose factors are known, because they were drawn.

mod factor_model;
mod factor_sample;

pub use factor_model::FactorModel;
pub use factor_sample::FactorSample;

use chrono::{Datelike, NaiveDate, Weekday};

/// So many weekdays from 2020-01-01 on.
pub(super) fn weekdays(count: usize) -> Vec<NaiveDate> {
    let first = NaiveDate::from_ymd_opt(2020, 1, 1).unwrap_or_default();
    let weekday = |date: &NaiveDate| !matches!(date.weekday(), Weekday::Sat | Weekday::Sun);
    first.iter_days().filter(weekday).take(count).collect()
}
