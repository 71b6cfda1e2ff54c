//! Closing prices of several tickers on their common days.

use chrono::NaiveDate;
use ndarray::Array2;
use polars::prelude::DataFrame;

use super::alignment::{align, first_few};
use super::frame::dated_frame;
use super::{AlignmentReport, PriceSeries, PriceSource};
use crate::Result;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, escape};

/// Daily closing prices of several tickers, on the days that all of them have: no cell is missing.
///
/// # Example
/// ```no_run
/// use latentlab::data::PricePanel;
///
/// let prices = PricePanel::open()?;
/// println!("{} days × {} tickers", prices.dates().len(), prices.tickers().len());
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PricePanel {
    pub(super) source: String,
    pub(super) dates: Vec<NaiveDate>,
    pub(super) tickers: Vec<String>,
    pub(super) closes: Array2<f64>,
    pub(super) report: AlignmentReport,
}

impl PricePanel {
    /// The reader's own prices where `LATENTLAB_DATA` points, else the embedded ones:
    /// [`PriceSource::Auto`].
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing) where `LATENTLAB_DATA` names no folder or the embedded
    /// set has not been fetched, and the errors of [`read_nasdaq`](super::read_nasdaq).
    ///
    /// # Example
    /// ```no_run
    /// let prices = latentlab::data::PricePanel::open()?;
    /// let returns = prices.last(400)?.log_returns()?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn open() -> Result<Self> {
        Self::from_source(&PriceSource::Auto)
    }

    /// Every ticker of a source, on the days that all of them have.
    ///
    /// # Errors
    /// As for [`open`](Self::open), and [`Error::Invalid`](crate::Error::Invalid) where no day is common.
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::data::{PricePanel, PriceSource};
    ///
    /// let funds = PricePanel::from_source(&PriceSource::Yahoo("downloads/yahoo".into()))?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn from_source(source: &PriceSource) -> Result<Self> {
        let found = source.find()?;
        Self::align(found.read(None)?, found.words)
    }

    /// Some tickers of a source, in the order given, on the days that these have. That may be more days
    /// than [`from_source`](Self::from_source) and [`select`](Self::select) leave, since a young ticker
    /// left out costs no days.
    ///
    /// # Errors
    /// As for [`from_source`](Self::from_source), and [`Error::Invalid`](crate::Error::Invalid) for a
    /// ticker that the source lacks.
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::data::{PricePanel, PriceSource};
    ///
    /// let health = PricePanel::portfolio(&PriceSource::Auto, &["JNJ", "LLY", "PFE"])?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn portfolio(source: &PriceSource, tickers: &[&str]) -> Result<Self> {
        let found = source.find()?;
        Self::align(found.read(Some(tickers))?, found.words)
    }

    /// A panel of series read one by one, on their common days.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) without any series, with a ticker that comes twice, or
    /// where no day is common; the message names the tickers to leave out.
    ///
    /// # Example
    /// ```
    /// use chrono::{Days, NaiveDate};
    /// use latentlab::data::{PricePanel, PriceSeries};
    ///
    /// let day = |number| NaiveDate::default() + Days::new(number);
    /// let first = PriceSeries::new("A", vec![(day(0), 10.0), (day(1), 11.0)])?;
    /// let second = PriceSeries::new("B", vec![(day(1), 5.0), (day(2), 6.0)])?;
    /// let prices = PricePanel::align(vec![first, second], "made up")?;
    /// assert_eq!(prices.dates(), [day(1)]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn align(series: Vec<PriceSeries>, source: impl Into<String>) -> Result<Self> {
        let aligned = align(&series)?;
        Ok(Self {
            source: source.into(),
            tickers: series.iter().map(|one| one.ticker().to_owned()).collect(),
            dates: aligned.dates,
            closes: aligned.closes,
            report: aligned.report,
        })
    }

    /// Where the prices come from, in words.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The tickers, in the order of the columns.
    pub fn tickers(&self) -> &[String] {
        &self.tickers
    }

    /// The days, oldest first.
    pub fn dates(&self) -> &[NaiveDate] {
        &self.dates
    }

    /// The prices, days × tickers, each positive and finite.
    pub fn closes(&self) -> &Array2<f64> {
        &self.closes
    }

    /// What reading and aligning came upon. A part of a panel keeps the report of the whole.
    pub fn report(&self) -> AlignmentReport {
        self.report.clone()
    }

    /// A frame with a column `Date` and one for each ticker.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses, as for a ticker called `Date`.
    ///
    /// # Example
    /// ```
    /// use chrono::NaiveDate;
    /// use latentlab::data::{PricePanel, PriceSeries};
    ///
    /// let one = PriceSeries::new("T", vec![(NaiveDate::default(), 16.98)])?;
    /// let frame = PricePanel::align(vec![one], "made up")?.frame()?;
    /// assert_eq!(frame.get_column_names(), ["Date", "T"]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let columns = self.tickers.iter().cloned().zip(self.closes.columns());
        dated_frame(&self.dates, columns.map(|(name, values)| (name, values.to_vec())))
    }

    /// What the panel holds, in three lines.
    fn headline(&self) -> [String; 3] {
        let (first, last) = (self.dates[0], self.dates[self.dates.len() - 1]);
        let whole = self.dates.len() == self.report.days_kept
            && self.tickers.len() == self.report.tickers.len();
        let part = match self.report.tickers.len() {
            _ if whole => String::new(),
            read => format!(" (of {} days × {read} tickers)", self.report.days_kept),
        };
        let (days, tickers) = (self.dates.len(), self.tickers.len());
        [
            format!("Closing prices, {days} days × {tickers} tickers, {first} to {last}{part}"),
            format!("Source: {}", self.source),
            format!("Tickers: {}", first_few(&self.tickers, 60)),
        ]
    }
}

impl Show for PricePanel {
    fn rich(&self) -> Rich {
        let [title, source, tickers] = self.headline();
        let report = self.report.about(&self.tickers);
        let table = report.get("text/html").unwrap_or_default();
        let html = format!(
            "<p><b>{}</b><br>{}<br>{}</p>\n{table}",
            escape(&title),
            escape(&source),
            escape(&tickers)
        );
        let table = report.get("text/plain").unwrap_or_default();
        Rich::text(format!("{title}\n{source}\n{tickers}\n{table}")).html(html)
    }
}

impl Inspect for PricePanel {
    fn shape(&self) -> Option<String> {
        Inspect::shape(&self.closes)
    }

    fn dtype(&self) -> Option<String> {
        Inspect::dtype(&self.closes)
    }

    fn memory(&self) -> usize {
        let dates = size_of_val(self.dates.as_slice());
        size_of_val(self) + dates + self.tickers.memory() + self.closes.memory()
    }

    fn preview(&self) -> String {
        first_few(&self.tickers, 10)
    }
}
