//! Price tables with one column for each ticker.

use std::path::Path;

use super::PriceSeries;
use super::cell::DateStyle;
use super::series::{Draft, read_date};
use super::sheet::Sheet;
use crate::Result;

/// Reads a table with a column `Date` (`YYYY-MM-DD`) and one column of prices for each ticker, plain or
/// gzip. Cells may be empty. The series come in the order of the columns.
///
/// # Errors
/// [`Error::Io`](crate::Error::Io) where the file cannot be read,
/// [`Error::Malformed`](crate::Error::Malformed) with line and column where it breaks the format.
///
/// # Example
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("prices.csv");
/// std::fs::write(&path, "Date,AAPL,MSFT\n1990-01-02,0.264,0.384\n1990-01-03,,0.386\n")?;
/// let series = latentlab::data::read_wide(&path)?;
/// assert_eq!((series[0].closes().len(), series[1].closes().len()), (1, 2));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn read_wide(path: impl AsRef<Path>) -> Result<Vec<PriceSeries>> {
    let sheet = Sheet::open(path.as_ref())?;
    let date = sheet.column(&["Date"])?;
    let mut drafts = drafts(&sheet, date)?;
    sheet.for_each_row(|row| {
        let day = read_date(&sheet, &row, date, DateStyle::Iso)?;
        drafts
            .iter_mut()
            .try_for_each(|(column, draft)| draft.read(&sheet, &row, day, *column, true))
    })?;
    drafts.into_iter().map(|(_, draft)| draft.finish_sheet(&sheet)).collect()
}

/// An empty draft for every column of prices, with the column's number.
fn drafts(sheet: &Sheet, date: usize) -> Result<Vec<(usize, Draft)>> {
    let mut seen = std::collections::HashSet::new();
    let mut drafts = Vec::new();
    for (column, name) in sheet.header().iter().enumerate().filter(|(column, _)| *column != date) {
        if name.is_empty() {
            return Err(
                sheet.fault(0, format!("column {} has no name; expected a ticker", column + 1))
            );
        }
        if !seen.insert(name) {
            return Err(sheet.fault(0, format!("two columns are called `{name}`")));
        }
        drafts.push((column, Draft::new(name.clone(), name.clone())));
    }
    if drafts.is_empty() {
        return Err(
            sheet.fault(0, "there is no column besides `Date`; expected one for each ticker")
        );
    }
    Ok(drafts)
}
