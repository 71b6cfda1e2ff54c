//! Price files as nasdaq.com exports them.

use std::path::Path;

use super::PriceSeries;
use super::cell::DateStyle;
use super::series::read_series;
use crate::Result;

/// Reads the history of one ticker as nasdaq.com exports it: a column `Close/Last` or `Close`, dates
/// `MM/DD/YYYY` in any order, prices like `$2,688.78`, `N/A` for a missing one. The ticker is the
/// file's name without `.csv` or `.csv.gz`. A day whose `Volume` is `N/A` had no trade; its price is an
/// older one, so the day is left out, and counted in the report.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) where the file cannot be read,
/// [`Error::Malformed`](crate::Error::Malformed) with line and column where it breaks the format.
///
/// # Example
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("CMG.csv");
/// std::fs::write(&path, "Date,Close/Last\n03/01/2024,\"$2,688.78\"\n02/29/2024,$2688.77\n")?;
/// let series = latentlab::data::read_nasdaq(&path)?;
/// assert_eq!((series.ticker(), series.closes()), ("CMG", [2688.77, 2688.78].as_slice()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_nasdaq(path: impl AsRef<Path>) -> Result<PriceSeries> {
    read_series(path.as_ref(), DateStyle::MonthDayYear, &["Close/Last", "Close"])
}
