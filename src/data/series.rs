//! The closing prices of one ticker.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::NaiveDate;
use polars::prelude::DataFrame;

use super::cell::{DateStyle, Price, quoted};
use super::frame::dated_frame;
use super::sheet::{Row, Sheet};
use super::ticker::{MissingCells, TickerReport};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, frame_html};
use crate::{Error, Result};

/// One ticker's closing prices, oldest first, one a day, each positive and finite.
///
/// # Example
/// ```
/// use chrono::NaiveDate;
/// use latentlab::data::PriceSeries;
///
/// let day = |day| NaiveDate::from_ymd_opt(2024, 3, day).unwrap_or_default();
/// let series = PriceSeries::new("T", vec![(day(4), 17.2), (day(1), 16.98)])?;
/// assert_eq!(series.closes(), [16.98, 17.2]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PriceSeries {
    dates: Vec<NaiveDate>,
    closes: Vec<f64>,
    report: TickerReport,
}

impl PriceSeries {
    /// A series from observations in any order.
    ///
    /// # Errors
    /// [`Error::Invalid`] where there is no observation, a price is not positive and finite, or a date
    /// comes with two different prices.
    pub fn new(ticker: impl Into<String>, observations: Vec<(NaiveDate, f64)>) -> Result<Self> {
        let ticker = ticker.into();
        for (date, price) in &observations {
            if !(price.is_finite() && *price > 0.0) {
                let problem =
                    format!("a price must be positive and finite; found {price} on {date}");
                return Err(Error::invalid(format!("prices of {ticker}"), problem));
            }
        }
        let mut draft = Draft::new(ticker, "given".into());
        draft.rows_read = observations.len();
        draft.observations = observations
            .into_iter()
            .map(|(date, price)| Observation { date, price, place: 0 })
            .collect();
        draft.finish(|ticker, fault| Error::invalid(format!("prices of {ticker}"), fault.words()))
    }

    /// The ticker.
    pub fn ticker(&self) -> &str {
        &self.report.ticker
    }

    /// The days with a price, oldest first.
    pub fn dates(&self) -> &[NaiveDate] {
        &self.dates
    }

    /// The closing price of each day.
    pub fn closes(&self) -> &[f64] {
        &self.closes
    }

    /// What reading the prices came upon.
    pub fn report(&self) -> TickerReport {
        self.report.clone()
    }

    /// A frame with the columns `Date` and the ticker.
    ///
    /// # Errors
    /// [`Error::Frame`] where polars refuses, as for a ticker called `Date`.
    pub fn frame(&self) -> Result<DataFrame> {
        let ticker = self.report.ticker.clone();
        dated_frame(&self.dates, [(ticker, self.closes.clone())])
    }
}

impl Show for PriceSeries {
    fn rich(&self) -> Rich {
        let words = self.report.words();
        match self.frame() {
            Ok(frame) => Rich::text(format!("{words}\n{frame}")).html(frame_html(&frame)),
            Err(error) => Rich::text(format!("{words}\nerror: {error}")),
        }
    }
}

impl Inspect for PriceSeries {
    fn shape(&self) -> Option<String> {
        self.closes.shape()
    }

    fn dtype(&self) -> Option<String> {
        self.closes.dtype()
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.dates.memory() + self.closes.memory()
    }

    fn preview(&self) -> String {
        format!("{}: {}", self.ticker(), self.closes.preview())
    }
}

/// Reads every row of a file in which one column belongs to one ticker.
pub(super) fn read_series(path: &Path, style: DateStyle, columns: &[&str]) -> Result<PriceSeries> {
    let sheet = Sheet::open(path)?;
    let date = sheet.column(&["Date"])?;
    let close = sheet.column(columns)?;
    let volume = sheet.column(&["Volume"]).ok();
    let mut draft = Draft::new(ticker_of(path)?, sheet.header()[close].clone());
    sheet.for_each_row(|row| {
        let day = read_date(&sheet, &row, date, style)?;
        let traded = volume.is_none_or(|volume| !is_untraded(row.cell(volume)));
        draft.read(&sheet, &row, day, close, traded)
    })?;
    draft.finish_sheet(&sheet)
}

/// How a day without a trade goes into the report.
const UNTRADED: &str = "no volume";

/// Whether a volume cell says that nothing was traded. The price beside it is an older one carried over,
/// and would count as a return of zero. An empty cell says nothing: some exports have no volumes.
fn is_untraded(volume: &str) -> bool {
    !volume.is_empty() && matches!(Price::parse(volume), Ok(Price::Missing(_)))
}

/// The ticker of a file: its name without `.csv` or `.csv.gz`.
pub(super) fn ticker_of(path: &Path) -> Result<String> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let ticker = name.strip_suffix(".gz").unwrap_or(name);
    let ticker = ticker.strip_suffix(".csv").unwrap_or(ticker);
    if ticker.is_empty() {
        let problem = "the file's name gives the ticker, and this one gives none";
        return Err(Error::malformed(path, None, problem));
    }
    Ok(ticker.to_owned())
}

/// The date of a row.
pub(super) fn read_date(
    sheet: &Sheet,
    row: &Row,
    column: usize,
    style: DateStyle,
) -> Result<NaiveDate> {
    let name = &sheet.header()[column];
    style.parse(row.cell(column)).map_err(|problem| {
        let other = match style {
            DateStyle::Iso => (DateStyle::MonthDayYear, "nasdaq.com"),
            DateStyle::MonthDayYear => (DateStyle::Iso, "Yahoo Finance"),
        };
        let hint = match other.0.parse(row.cell(column)) {
            Ok(_) => format!(" (that is how {} writes dates)", other.1),
            Err(_) => String::new(),
        };
        sheet.fault(row.place, format!("column {} {problem}{hint}", quoted(name)))
    })
}

/// A price on its way into a series, with the place to blame in the file.
struct Observation {
    date: NaiveDate,
    price: f64,
    place: usize,
}

/// A series while its file is being read.
pub(super) struct Draft {
    ticker: String,
    column: String,
    rows_read: usize,
    observations: Vec<Observation>,
    missing: BTreeMap<&'static str, usize>,
}

/// Why a draft is no series.
pub(super) enum Fault {
    NoPrice { rows: usize },
    TwoPrices { date: NaiveDate, prices: [f64; 2], place: usize },
}

impl Fault {
    fn words(&self) -> String {
        match self {
            Self::NoPrice { rows } => format!("no price in {rows} rows"),
            Self::TwoPrices { date, prices: [first, second], .. } => {
                format!("two prices on {date}, {first} and {second}; keep one")
            }
        }
    }
}

impl Draft {
    pub(super) fn new(ticker: String, column: String) -> Self {
        let (observations, missing) = (Vec::new(), BTreeMap::new());
        Self { ticker, column, rows_read: 0, observations, missing }
    }

    /// Reads the price of a row.
    pub(super) fn read(
        &mut self,
        sheet: &Sheet,
        row: &Row,
        date: NaiveDate,
        column: usize,
        traded: bool,
    ) -> Result<()> {
        self.rows_read += 1;
        match Price::parse(row.cell(column)) {
            Ok(Price::Known(_)) if !traded => *self.missing.entry(UNTRADED).or_default() += 1,
            Ok(Price::Known(price)) => {
                self.observations.push(Observation { date, price, place: row.place });
            }
            Ok(Price::Missing(marker)) => *self.missing.entry(marker).or_default() += 1,
            Err(problem) => {
                let problem = format!("column {} {problem}", quoted(&self.column));
                return Err(sheet.fault(row.place, problem));
            }
        }
        Ok(())
    }

    /// The series of a sheet's column, or an error that names the line.
    pub(super) fn finish_sheet(self, sheet: &Sheet) -> Result<PriceSeries> {
        let column = quoted(&self.column);
        self.finish(|_, fault| {
            let place = if let Fault::TwoPrices { place, .. } = fault { place } else { 0 };
            sheet.fault(place, format!("column {column} holds {}", fault.words()))
        })
    }

    /// Sorts the observations and drops repeated ones.
    fn finish(mut self, blame: impl FnOnce(&str, Fault) -> Error) -> Result<PriceSeries> {
        self.observations.sort_by_key(|observation| observation.date);
        for pair in self.observations.windows(2) {
            if pair[0].date == pair[1].date && pair[0].price != pair[1].price {
                let prices = [pair[0].price, pair[1].price];
                let fault = Fault::TwoPrices { date: pair[0].date, prices, place: pair[1].place };
                return Err(blame(&self.ticker, fault));
            }
        }
        let with_price = self.observations.len();
        self.observations.dedup_by_key(|observation| observation.date);
        let (Some(first), Some(last)) = (self.observations.first(), self.observations.last())
        else {
            return Err(blame(&self.ticker, Fault::NoPrice { rows: self.rows_read }));
        };
        let report = TickerReport {
            ticker: self.ticker,
            price_column: self.column,
            rows_read: self.rows_read,
            first: first.date,
            last: last.date,
            missing: self
                .missing
                .into_iter()
                .map(|(marker, count)| MissingCells { marker: marker.to_owned(), count })
                .collect(),
            duplicate_dates: with_price - self.observations.len(),
        };
        let (dates, closes) =
            self.observations.into_iter().map(|seen| (seen.date, seen.price)).unzip();
        Ok(PriceSeries { dates, closes, report })
    }
}
