//! The embedded table of S&P 500 stocks with sectors.

use std::path::{Path, PathBuf};

use chrono::{Datelike, Days, NaiveDate, Weekday};
use ndarray::Array2;

use super::archive::Archive;
use super::{PriceSeries, Sectors};
use crate::notebook::interrupt;
use crate::{Error, Result};

/// The file's name in the folder of embedded data.
pub(super) const FILE: &str = "sp500_sectors.npz";

/// Weekdays on which the New York Stock Exchange did not trade, as month and day: holidays, and the funerals of
/// two presidents (2004-06-11, 2007-01-02). The file has no dates, but one row for every trading day of these years.
const CLOSED: [(i32, &[(u32, u32)]); 5] = [
    (2003, &[(1, 1), (1, 20), (2, 17), (4, 18), (5, 26), (7, 4), (9, 1), (11, 27), (12, 25)]),
    (
        2004,
        &[(1, 1), (1, 19), (2, 16), (4, 9), (5, 31), (6, 11), (7, 5), (9, 6), (11, 25), (12, 24)],
    ),
    (2005, &[(1, 17), (2, 21), (3, 25), (5, 30), (7, 4), (9, 5), (11, 24), (12, 26)]),
    (2006, &[(1, 2), (1, 16), (2, 20), (4, 14), (5, 29), (7, 4), (9, 4), (11, 23), (12, 25)]),
    (
        2007,
        &[(1, 1), (1, 2), (1, 15), (2, 19), (4, 6), (5, 28), (7, 4), (9, 3), (11, 22), (12, 25)],
    ),
];

/// One price series for each stock, in the order of the file.
pub(super) fn read_constituents(path: &Path) -> Result<Vec<PriceSeries>> {
    let archive = Archive::open(path)?;
    let closes = archive.numbers("data")?;
    let listings = listings(&archive, path)?;
    let days = trading_days();
    if closes.dim() != (days.len(), listings.nrows()) {
        let (rows, columns) = closes.dim();
        let problem = format!(
            "prices of shape {rows} × {columns}; expected {} trading days × {} stocks",
            days.len(),
            listings.nrows()
        );
        return Err(Error::malformed(path, None, problem));
    }
    let columns = listings.rows().into_iter().zip(closes.columns());
    let series = columns.map(|(listing, prices)| {
        interrupt::check()?;
        let prices = prices.iter().copied();
        PriceSeries::new(listing[0].as_str(), days.iter().copied().zip(prices).collect())
    });
    series.collect()
}

/// Ticker, sector and company of each stock.
pub(super) fn listings(archive: &Archive, path: &Path) -> Result<Array2<String>> {
    let listings = archive.texts("info")?;
    if listings.ncols() == 3 {
        return Ok(listings);
    }
    let problem = format!(
        "array `info` has {} columns; expected ticker, sector and company",
        listings.ncols()
    );
    Err(Error::malformed(path, None, problem))
}

/// Where the file lies, once `cargo lab run` has fetched it.
pub(super) fn find(cache: &Path) -> Result<PathBuf> {
    let path = cache.join(FILE);
    if path.is_file() {
        return Ok(path);
    }
    Err(Error::Missing {
        what: "the embedded S&P 500 stocks with sectors".into(),
        looked_in: vec![path.display().to_string()],
        fix: "run `cargo lab setup` once".into(),
    })
}

/// The trading days of 2003 to 2007.
fn trading_days() -> Vec<NaiveDate> {
    let year = |(year, closed): (i32, &'static [(u32, u32)])| {
        let first = NaiveDate::from_ymd_opt(year, 1, 1).unwrap_or_default();
        (0..366)
            .map(move |day| first + Days::new(day))
            .filter(move |date| date.year() == year)
            .filter(|date| !matches!(date.weekday(), Weekday::Sat | Weekday::Sun))
            .filter(move |date| !closed.contains(&(date.month(), date.day())))
    };
    CLOSED.into_iter().flat_map(year).collect()
}

/// The stocks' sectors, from the same file.
pub(super) fn read_sectors(path: &Path) -> Result<Sectors> {
    let listings = listings(&Archive::open(path)?, path)?;
    let row = |row: ndarray::ArrayView1<String>| {
        let [ticker, sector, company] = [0, 1, 2].map(|column| row[column].clone());
        (ticker, sector, company)
    };
    Sectors::new(listings.rows().into_iter().map(row).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn the_exchange_traded_on_1258_days() {
        let days = trading_days();
        assert_eq!(days.len(), 1258);
        assert!(days.is_sorted());
        let count = |year| days.iter().filter(|date| date.year() == year).count();
        assert_eq!([2003, 2004, 2005, 2006, 2007].map(count), [252, 252, 252, 251, 251]);
        // Every day of the list is a weekday: a slip of the pen would leave one without effect.
        let closed: usize = CLOSED.iter().map(|(_, closed)| closed.len()).sum();
        let weekdays = (0..1826)
            .map(|day| NaiveDate::from_ymd_opt(2003, 1, 1).unwrap() + Days::new(day))
            .filter(|date| !matches!(date.weekday(), Weekday::Sat | Weekday::Sun))
            .count();
        assert_eq!(weekdays - closed, 1258);
    }

    #[test]
    fn a_file_of_another_kind_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(FILE);
        std::fs::write(&path, include_bytes!("archive/sample.npz")).unwrap();
        let message = |error: Error| error.to_string();
        let wrong = "array `info` has 2 columns; expected ticker, sector and company";
        assert!(message(read_constituents(&path).unwrap_err()).contains(wrong));
        assert!(message(read_sectors(&path).unwrap_err()).contains(wrong));
        let missing = message(find(Path::new("/no/such")).unwrap_err());
        assert!(missing.contains("/no/such/sp500_sectors.npz") && missing.contains("cargo lab"));
    }
}
