//! Prices and volumes of many tickers on common days.

use chrono::NaiveDate;
use ndarray::{Array2, Array3};

use super::assembly::assemble;
use super::bars::{Bars, CLOSE, OPEN};
use super::benchmark::Benchmark;
use super::model::Drawn;
use super::statics::StaticTable;
use super::{MarketReport, MarketSource};
use crate::Result;
use crate::data::alignment::first_few;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, escape};

/// Daily open, close, high, low, volume and VWAP of many tickers. A ticker that was listed later, or no longer, has no numbers on the
/// other days; gaps in between are filled.
///
/// # Example
/// ```no_run
/// use latentlab::prelude::*;
///
/// let panel = MarketPanel::open()?;
/// println!("{}: {} tickers", panel.source(), panel.tickers().len());
/// let split = panel.examples(&MarketConfig::default())?.split(0.6, 0.2, 1)?;
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MarketPanel {
    pub(super) source: String,
    pub(super) dates: Vec<NaiveDate>,
    pub(super) tickers: Vec<String>,
    /// Tickers × fields × days.
    pub(super) bars: Array3<f64>,
    /// Days that were filled, tickers × days.
    pub(super) filled: Array2<bool>,
    pub(super) benchmark: Option<Benchmark>,
    pub(super) statics: Option<StaticTable>,
    pub(super) drawn: Option<Drawn>,
    pub(super) report: MarketReport,
}

impl MarketPanel {
    /// The reader's own market where `LATENTLAB_DATA` points to one, else one that is drawn: [`MarketSource::Auto`].
    ///
    /// # Errors
    /// As [`from_source`](Self::from_source).
    ///
    /// # Example
    /// See [`MarketPanel`].
    pub fn open() -> Result<Self> {
        Self::from_source(&MarketSource::Auto)
    }

    /// The market of a source.
    ///
    /// # Errors
    /// [`Error::Missing`](crate::Error::Missing) where nothing lies there, [`Error::Malformed`](crate::Error::Malformed) with file and line
    /// for what breaks its format and for a benchmark that lacks days, [`Error::Invalid`](crate::Error::Invalid) where no ticker has prices
    /// and volumes.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let panel = MarketPanel::from_source(&MarketSource::Drawn(MarketModel::default().tickers(30)))?;
    /// assert_eq!(panel.tickers().len(), 30);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn from_source(source: &MarketSource) -> Result<Self> {
        source.read()
    }

    /// A panel of what was read of each ticker.
    pub(super) fn assembled(
        bars: Vec<Bars>,
        source: String,
        statics: Option<StaticTable>,
        benchmark: impl FnOnce(&[NaiveDate]) -> Result<Option<Benchmark>>,
    ) -> Result<Self> {
        let whole = assemble(bars, &source)?;
        Ok(Self {
            benchmark: benchmark(&whole.dates)?,
            statics: statics.map(|table| table.rows(&whole.kept)),
            source,
            dates: whole.dates,
            tickers: whole.tickers,
            bars: whole.bars,
            filled: whole.filled,
            drawn: None,
            report: whole.report,
        })
    }

    /// Where the market comes from, in words.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The trading days, oldest first.
    pub fn dates(&self) -> &[NaiveDate] {
        &self.dates
    }

    /// The tickers.
    pub fn tickers(&self) -> &[String] {
        &self.tickers
    }

    /// The numbers, tickers × (open, close, high, low, volume, VWAP) × days; NaN where a ticker was not listed.
    pub fn bars(&self) -> &Array3<f64> {
        &self.bars
    }

    /// What reading came upon.
    pub fn report(&self) -> &MarketReport {
        &self.report
    }

    /// The classes that were drawn, one for each ticker: 0 under, 1 neutral, 2 over; `None` for a market that was read.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let panel = MarketModel::default().tickers(30).sample()?;
    /// assert_eq!(panel.classes().map(<[usize]>::len), Some(30));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn classes(&self) -> Option<&[usize]> {
        self.drawn.as_ref().map(|drawn| drawn.classes.as_slice())
    }

    /// Daily log returns, tickers × days: from close to close, from open to close on a ticker's first day; NaN where it was not listed.
    pub(super) fn returns(&self) -> Array2<f64> {
        Array2::from_shape_fn((self.tickers.len(), self.dates.len()), |(share, day)| {
            let close = |day: usize| self.bars[[share, CLOSE, day]];
            let before = if day > 0 { close(day - 1) } else { f64::NAN };
            let start = if before.is_finite() { before } else { self.bars[[share, OPEN, day]] };
            (close(day) / start).ln()
        })
    }

    fn headline(&self) -> [String; 3] {
        let ends = match (self.dates.first(), self.dates.last()) {
            (Some(first), Some(last)) => format!("{first} to {last}"),
            _ => "no day".into(),
        };
        [
            format!(
                "Market panel, {} tickers × {} days, {ends}",
                self.tickers.len(),
                self.dates.len()
            ),
            format!("Source: {}", self.source),
            format!("Tickers: {}", first_few(&self.tickers, 30)),
        ]
    }
}

impl Show for MarketPanel {
    fn rich(&self) -> Rich {
        let [title, source, tickers] = self.headline();
        let report = self.report.rich();
        let text = report.get("text/plain").unwrap_or_default();
        let table = report.get("text/html").unwrap_or_default();
        let html = format!(
            "<p><b>{}</b><br>{}<br>{}</p>\n{table}",
            escape(&title),
            escape(&source),
            escape(&tickers)
        );
        Rich::text(format!("{title}\n{source}\n{tickers}\n{text}")).html(html)
    }
}

impl Inspect for MarketPanel {
    fn shape(&self) -> Option<String> {
        Inspect::shape(&self.bars)
    }

    fn dtype(&self) -> Option<String> {
        Inspect::dtype(&self.bars)
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.tickers.memory() + self.bars.memory() + self.filled.memory()
    }

    fn preview(&self) -> String {
        first_few(&self.tickers, 10)
    }
}
