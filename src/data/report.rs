//! What aligning several tickers' prices kept and dropped.

use chrono::NaiveDate;
use polars::prelude::{Column, DataFrame};

use super::TickerReport;
use super::alignment::first_few;
use super::frame::date_column;
use crate::Result;
use crate::notebook::{Rich, Show, escape, frame_html};

/// The days that one ticker lacks of those that any ticker has.
///
/// # Example
/// ```
/// let absence = latentlab::data::Absence { before_first: 3, between: 1, ..Default::default() };
/// assert_eq!(absence.days(), 4);
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Absence {
    /// The ticker.
    pub ticker: String,
    /// Days before its first price.
    pub before_first: usize,
    /// Days between its first price and its last.
    pub between: usize,
    /// Days after its last price.
    pub after_last: usize,
    /// Days that no other ticker lacks: without this one they would be kept.
    pub alone: usize,
}

impl Absence {
    /// All days that the ticker lacks.
    pub fn days(&self) -> usize {
        self.before_first + self.between + self.after_last
    }
}

/// What reading and aligning prices came upon: for each ticker the rows, the range, missing cells and
/// repeated rows; then the days kept in common, the days dropped, and which tickers lacked them.
///
/// # Example
/// ```
/// use chrono::{Days, NaiveDate};
/// use latentlab::data::{PricePanel, PriceSeries};
///
/// let day = |number| NaiveDate::default() + Days::new(number);
/// let old = PriceSeries::new("OLD", (0..9).map(|n| (day(n), 1.0)).collect())?;
/// let new = PriceSeries::new("NEW", (4..9).map(|n| (day(n), 1.0)).collect())?;
/// let report = PricePanel::align(vec![old, new], "made up")?.report();
/// assert_eq!((report.days_kept, report.days_dropped()), (5, 4));
/// assert_eq!(report.absences[1].before_first, 4);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AlignmentReport {
    /// The first day kept.
    pub first: NaiveDate,
    /// The last day kept.
    pub last: NaiveDate,
    /// Days on which at least one ticker has a price.
    pub days_read: usize,
    /// Days on which every ticker has a price.
    pub days_kept: usize,
    /// What reading each ticker came upon.
    pub tickers: Vec<TickerReport>,
    /// The days that each ticker lacks, in the same order.
    pub absences: Vec<Absence>,
}

impl AlignmentReport {
    /// Days on which some tickers have a price and others have none.
    pub fn days_dropped(&self) -> usize {
        self.days_read - self.days_kept
    }

    /// One row for each ticker.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses.
    ///
    /// # Example
    /// ```
    /// use chrono::NaiveDate;
    /// use latentlab::data::{PricePanel, PriceSeries};
    ///
    /// let one = PriceSeries::new("T", vec![(NaiveDate::default(), 16.98)])?;
    /// let frame = PricePanel::align(vec![one], "made up")?.report().frame()?;
    /// assert_eq!(frame.height(), 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let texts = |name: &str, text: fn(&TickerReport) -> String| {
            Column::new(name.into(), self.tickers.iter().map(text).collect::<Vec<_>>())
        };
        let counts = |name: &str, count: fn(&TickerReport) -> usize| {
            let counts = self.tickers.iter().map(|one| count(one) as u64).collect::<Vec<_>>();
            Column::new(name.into(), counts)
        };
        let absences = |name: &str, count: fn(&Absence) -> usize| {
            let counts = self.absences.iter().map(|one| count(one) as u64).collect::<Vec<_>>();
            Column::new(name.into(), counts)
        };
        let dates = |name: &str, date: fn(&TickerReport) -> NaiveDate| {
            date_column(name, &self.tickers.iter().map(date).collect::<Vec<_>>())
        };
        let columns = vec![
            texts("ticker", |one| one.ticker.clone()),
            texts("price column", |one| one.price_column.clone()),
            counts("rows read", |one| one.rows_read),
            dates("first date", |one| one.first)?,
            dates("last date", |one| one.last)?,
            counts("missing cells", TickerReport::missing_cells),
            texts("markers", TickerReport::missing_words),
            counts("duplicate dates", |one| one.duplicate_dates),
            counts("rows dropped", TickerReport::rows_dropped),
            absences("days lacking before", |one| one.before_first),
            absences("days lacking between", |one| one.between),
            absences("days lacking after", |one| one.after_last),
            absences("days lost to it alone", |one| one.alone),
        ];
        Ok(DataFrame::new(self.tickers.len(), columns)?)
    }

    /// The outcome in one or two sentences.
    pub(super) fn words(&self) -> String {
        let kept = format!("{} days in common, {} to {}", self.days_kept, self.first, self.last);
        let mut lacking: Vec<&Absence> =
            self.absences.iter().filter(|one| one.days() > 0).collect();
        if lacking.is_empty() {
            return format!("{kept}; no day dropped.");
        }
        lacking.sort_by_key(|one| std::cmp::Reverse(one.days()));
        let reasons: Vec<String> = lacking.iter().map(|one| reason(one)).collect();
        format!(
            "{kept}; {} of {} days dropped, because {}.",
            self.days_dropped(),
            self.days_read,
            first_few(&reasons, 5)
        )
    }
}

fn reason(absence: &Absence) -> String {
    let parts = [
        (absence.before_first, "before its first price"),
        (absence.between, "in between"),
        (absence.after_last, "after its last"),
    ];
    let parts: Vec<String> = parts
        .iter()
        .filter(|(days, _)| *days > 0)
        .map(|(days, place)| format!("{days} {place}"))
        .collect();
    format!("{} lacks {}", absence.ticker, parts.join(" and "))
}

impl AlignmentReport {
    /// The rows of some tickers and the outcome for all of them, which decide together which days are kept. A table in
    /// HTML; in text, which has no room for its columns, a line for each ticker.
    pub(super) fn about(&self, tickers: &[String]) -> Rich {
        const MOST_LINES: usize = 40;
        let mut rows = self.clone();
        rows.tickers.retain(|one| tickers.contains(&one.ticker));
        rows.absences.retain(|one| tickers.contains(&one.ticker));
        let words = self.words();
        let mut lines: Vec<String> =
            rows.tickers.iter().take(MOST_LINES).map(TickerReport::words).collect();
        if rows.tickers.len() > MOST_LINES {
            lines.push(format!("and {} more tickers", rows.tickers.len() - MOST_LINES));
        }
        lines.push(words.clone());
        let text = Rich::text(lines.join("\n"));
        match rows.frame() {
            Ok(frame) => text.html(format!("{}<p>{}</p>", frame_html(&frame), escape(&words))),
            Err(_) => text,
        }
    }
}

impl Show for AlignmentReport {
    fn rich(&self) -> Rich {
        let tickers: Vec<String> = self.tickers.iter().map(|one| one.ticker.clone()).collect();
        self.about(&tickers)
    }
}
