//! What reading a market and cutting examples from it came upon.

use chrono::NaiveDate;
use polars::prelude::DataFrame;

use super::Split;
use crate::Result;
use crate::data::finding::{Finding, findings_frame, findings_shown};
use crate::notebook::{Rich, Show};
use crate::words::counted;

/// What reading a market came upon, and, where examples were cut from it, what that left out.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let panel = MarketModel::default().tickers(30).sample()?;
/// assert!(panel.report().splits.is_empty() && panel.report().left_out.is_empty());
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct MarketReport {
    /// Tickers read.
    pub tickers_read: usize,
    /// Tickers kept.
    pub tickers_kept: usize,
    /// Trading days kept.
    pub days: usize,
    /// The first of them.
    pub first: NaiveDate,
    /// The last of them.
    pub last: NaiveDate,
    /// Days left out because fewer than half of the tickers that were listed traded on them.
    pub days_dropped: Vec<NaiveDate>,
    /// Tickers, or windows of one, that were left out, with the reason.
    pub left_out: Vec<(String, String)>,
    /// Splits of shares that were taken out of the prices.
    pub splits: Vec<Split>,
    /// Tickers with days without a price between their first and their last, and how many: filled with the close before and a volume of 0.
    pub filled: Vec<(String, usize)>,
    /// Tickers with days on which, as their volume says, nothing was traded, and how many: filled in the same way.
    pub untraded: Vec<(String, usize)>,
    /// Tickers with rows that repeat another, and how many.
    pub repeated: Vec<(String, usize)>,
    /// Tickers with days whose highest or lowest price does not hold the open and the close, and how many: made to hold them.
    pub inconsistent: Vec<(String, usize)>,
    /// Tickers without VWAP of their own; (high + low + close) / 3 stands for it.
    pub without_vwap: usize,
    /// Static columns that were left out, with the reason.
    pub statics_left_out: Vec<(String, String)>,
    /// Anything else worth knowing.
    pub notes: Vec<String>,
}

impl MarketReport {
    /// One row for each kind of thing that reading came upon: how many, and the first few.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let frame = MarketModel::default().tickers(30).sample()?.report().frame()?;
    /// assert_eq!(frame.height(), 9);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        findings_frame("found", &self.findings())
    }

    fn findings(&self) -> Vec<Finding> {
        let reasons = |what, items: &[(String, String)]| {
            let examples =
                items.iter().map(|(name, reason)| format!("{name} ({reason})")).collect();
            Finding { what, count: items.len(), examples }
        };
        let days = |what, items: &[(String, usize)]| {
            let examples = items.iter().map(|(name, days)| format!("{name} ({days})")).collect();
            Finding { what, count: items.iter().map(|(_, days)| days).sum(), examples }
        };
        let splits = self.splits.iter().map(|split| {
            let ratio = crate::plot::short_number(split.ratio);
            format!("{} {} ({ratio} for 1)", split.ticker, split.date)
        });
        vec![
            reasons("left out", &self.left_out),
            Finding {
                what: "splits taken out of prices",
                count: self.splits.len(),
                examples: splits.collect(),
            },
            days("days without a price, filled", &self.filled),
            days("days without a trade, filled", &self.untraded),
            days("rows that repeat another", &self.repeated),
            days("days whose high or low was mended", &self.inconsistent),
            Finding {
                what: "days few traded on, left out",
                count: self.days_dropped.len(),
                examples: self.days_dropped.iter().map(NaiveDate::to_string).collect(),
            },
            Finding {
                what: "tickers without VWAP: (high + low + close) / 3",
                count: self.without_vwap,
                examples: Vec::new(),
            },
            reasons("static columns left out", &self.statics_left_out),
        ]
    }

    /// The outcome in a few sentences.
    pub(super) fn words(&self) -> String {
        let mut words = format!(
            "{} kept of {}, {}, {} to {}.",
            counted(self.tickers_kept, "ticker"),
            self.tickers_read,
            counted(self.days, "day"),
            self.first,
            self.last
        );
        for note in &self.notes {
            words.push_str(&format!(" {note}."));
        }
        words
    }
}

impl Show for MarketReport {
    /// The table in HTML; in text, a line for each kind of thing that there is.
    fn rich(&self) -> Rich {
        let line = |found: &Finding| {
            let examples = found.examples();
            let colon = if examples.is_empty() { "" } else { ": " };
            format!("{} {}{colon}{examples}", found.count, found.what)
        };
        findings_shown(&self.words(), &self.findings(), line, self.frame())
    }
}
