//! Which sector a stock belongs to.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame};

use super::alignment::first_few;
use super::{constituents, embedded_folder};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, frame_html};
use crate::words::counted;
use crate::{Error, Result};

/// Stocks with their sector and company.
///
/// # Example
/// ```
/// use latentlab::data::Sectors;
///
/// let listing = |ticker: &str, sector: &str| (ticker.to_owned(), sector.to_owned(), String::new());
/// let sectors = Sectors::new(vec![listing("XOM", "Energy"), listing("JPM", "Financials")])?;
/// assert_eq!(sectors.of("XOM"), Some("Energy"));
/// assert_eq!(sectors.labels(&["JPM", "XOM"])?, ["Financials", "Energy"]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sectors {
    listings: Vec<(String, String, String)>,
}

impl Sectors {
    /// Sectors known otherwise: ticker, sector and company of each stock.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a ticker that comes twice.
    pub fn new(listings: Vec<(String, String, String)>) -> Result<Self> {
        let mut tickers: Vec<&str> =
            listings.iter().map(|(ticker, _, _)| ticker.as_str()).collect();
        tickers.sort_unstable();
        match tickers.windows(2).find(|pair| pair[0] == pair[1]) {
            Some(pair) => {
                let problem = "listed twice; a stock has one sector";
                Err(Error::invalid(format!("ticker {}", pair[0]), problem))
            }
            None => Ok(Self { listings }),
        }
    }

    /// The ten sectors of the 452 stocks that [`PriceSource::EmbeddedSectors`](super::PriceSource::EmbeddedSectors)
    /// reads, in the Global Industry Classification Standard of their day. The twenty of
    /// [`PriceSource::Embedded`](super::PriceSource::Embedded) are among them.
    ///
    /// # Errors
    /// [`Error::Missing`] where the embedded data have not been fetched.
    ///
    /// # Example
    /// ```no_run
    /// let sectors = latentlab::data::Sectors::embedded()?;
    /// assert_eq!(sectors.of("XOM"), Some("Energy"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn embedded() -> Result<Self> {
        constituents::read_sectors(&constituents::find(&embedded_folder()?)?)
    }

    /// The sector of a stock.
    pub fn of(&self, ticker: &str) -> Option<&str> {
        self.listing(ticker).map(|(_, sector, _)| sector.as_str())
    }

    /// The company behind a ticker.
    pub fn company(&self, ticker: &str) -> Option<&str> {
        self.listing(ticker).map(|(_, _, company)| company.as_str())
    }

    /// The sectors of some tickers, in their order: labels for a network's colours or for
    /// [`adjusted_rand_index`](crate::stats::adjusted_rand_index).
    ///
    /// # Errors
    /// [`Error::Invalid`] for tickers that are not listed; the message names them.
    pub fn labels<T: AsRef<str>>(&self, tickers: &[T]) -> Result<Vec<String>> {
        let tickers = tickers.iter().map(AsRef::as_ref);
        let (known, unknown): (Vec<&str>, Vec<&str>) =
            tickers.partition(|ticker| self.of(ticker).is_some());
        if unknown.is_empty() {
            return Ok(known.iter().filter_map(|ticker| self.of(ticker)).map(Into::into).collect());
        }
        let unknown: Vec<String> = unknown.into_iter().map(Into::into).collect();
        let problem = format!("not among the {}", counted(self.listings.len(), "listed stock"));
        Err(Error::invalid(format!("the sector of {}", first_few(&unknown, 10)), problem))
    }

    /// The tickers of one sector, in the order of the list; empty for a sector that no stock has.
    pub fn members(&self, sector: &str) -> Vec<String> {
        let inside = self.listings.iter().filter(|(_, known, _)| known == sector);
        inside.map(|(ticker, _, _)| ticker.clone()).collect()
    }

    /// Every sector with the number of its stocks, in alphabetical order.
    pub fn counts(&self) -> Vec<(String, usize)> {
        let mut counts = BTreeMap::<&str, usize>::new();
        for (_, sector, _) in &self.listings {
            *counts.entry(sector).or_default() += 1;
        }
        counts.into_iter().map(|(sector, count)| (sector.to_owned(), count)).collect()
    }

    /// One row for each stock.
    ///
    /// # Errors
    /// [`Error::Frame`] where polars refuses.
    pub fn frame(&self) -> Result<DataFrame> {
        let column = |name: &str, pick: fn(&(String, String, String)) -> &str| {
            let texts: Vec<&str> = self.listings.iter().map(pick).collect();
            Column::new(name.into(), texts)
        };
        let columns = vec![
            column("ticker", |listing| &listing.0),
            column("sector", |listing| &listing.1),
            column("company", |listing| &listing.2),
        ];
        Ok(DataFrame::new(self.listings.len(), columns)?)
    }

    fn listing(&self, ticker: &str) -> Option<&(String, String, String)> {
        self.listings.iter().find(|(known, _, _)| known == ticker)
    }
}

impl Show for Sectors {
    fn rich(&self) -> Rich {
        let counts: Vec<String> =
            self.counts().iter().map(|(sector, count)| format!("{sector} {count}")).collect();
        let words = format!("{}: {}", counted(self.listings.len(), "stock"), counts.join(", "));
        match self.frame() {
            Ok(frame) => Rich::text(words).html(frame_html(&frame)),
            Err(_) => Rich::text(words),
        }
    }
}

impl Inspect for Sectors {
    fn memory(&self) -> usize {
        let texts: usize = self.listings.iter().map(|(a, b, c)| a.len() + b.len() + c.len()).sum();
        size_of_val(self) + size_of_val(self.listings.as_slice()) + texts
    }

    fn preview(&self) -> String {
        counted(self.listings.len(), "stock")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn sectors(listings: &[(&str, &str)]) -> Result<Sectors> {
        let listing = |(ticker, sector): &(&str, &str)| {
            ((*ticker).to_owned(), (*sector).to_owned(), format!("{ticker} Inc."))
        };
        Sectors::new(listings.iter().map(listing).collect())
    }

    #[test]
    fn stocks_are_found_by_ticker_and_by_sector() {
        let all = sectors(&[("XOM", "Energy"), ("JPM", "Financials"), ("CVX", "Energy")]).unwrap();
        assert_eq!((all.of("CVX"), all.company("CVX")), (Some("Energy"), Some("CVX Inc.")));
        assert_eq!((all.of("T"), all.company("T")), (None, None));
        assert_eq!(all.members("Energy"), ["XOM", "CVX"]);
        assert_eq!(all.members("Utilities"), Vec::<String>::new());
        assert_eq!(all.counts(), [("Energy".into(), 2), ("Financials".into(), 1)]);
        assert_eq!(all.frame().unwrap().shape(), (3, 3));
        let page = all.rich();
        assert_eq!(page.get("text/plain"), Some("3 stocks: Energy 2, Financials 1"));
    }

    #[test]
    fn what_is_not_listed_is_named() {
        let all = sectors(&[("XOM", "Energy")]).unwrap();
        let message = all.labels(&["T", "XOM", "V"]).unwrap_err().to_string();
        assert!(message.contains("the sector of T, V: not among the 1 listed stock"), "{message}");
        let message = sectors(&[("XOM", "Energy"), ("XOM", "Oil")]).unwrap_err().to_string();
        assert!(message.contains("ticker XOM: listed twice"), "{message}");
    }
}
