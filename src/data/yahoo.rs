//! Price files as Yahoo Finance exports them.

use std::path::Path;

use super::PriceSeries;
use super::cell::DateStyle;
use super::series::read_series;
use crate::Result;

/// Reads the history of one ticker as Yahoo Finance exports it: a column `Adj Close` (corrected for
/// splits and dividends), or `Close` where there is none; dates `YYYY-MM-DD` in any order, `null` for a
/// missing price. The ticker is the file's name without `.csv` or `.csv.gz`.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) where the file cannot be read,
/// [`Error::Malformed`](crate::Error::Malformed) with line and column where it breaks the format.
///
/// # Example
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("EZA.csv");
/// std::fs::write(&path, "Date,Close,Adj Close\n2022-03-22,55.06,54.1\n2022-03-23,54.87,null\n")?;
/// let series = latentlab::data::read_yahoo(&path)?;
/// assert_eq!((series.ticker(), series.closes()), ("EZA", [54.1].as_slice()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_yahoo(path: impl AsRef<Path>) -> Result<PriceSeries> {
    read_series(path.as_ref(), DateStyle::Iso, &["Adj Close", "Close"])
}
