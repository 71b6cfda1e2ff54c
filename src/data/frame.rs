//! Columns that share their dates, as a polars frame.

use chrono::NaiveDate;
use polars::prelude::{Column, DataFrame, DataType};

use crate::Result;

/// A column of dates.
pub(crate) fn date_column(name: &str, dates: &[NaiveDate]) -> Result<Column> {
    // Polars counts days from the same day as `NaiveDate::default()`.
    let epoch = NaiveDate::default();
    let days: Vec<i32> =
        dates.iter().map(|date| date.signed_duration_since(epoch).num_days() as i32).collect();
    Ok(Column::new(name.into(), days).cast(&DataType::Date)?)
}

/// A frame with a `Date` column and one column of numbers for each name.
pub(crate) fn dated_frame(
    dates: &[NaiveDate],
    columns: impl IntoIterator<Item = (String, Vec<f64>)>,
) -> Result<DataFrame> {
    let mut all = vec![date_column("Date", dates)?];
    all.extend(columns.into_iter().map(|(name, values)| Column::new(name.into(), values)));
    Ok(DataFrame::new(dates.len(), all)?)
}
