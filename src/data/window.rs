//! Parts of a panel: some days, some tickers.

use std::collections::HashSet;
use std::ops::Range;

use chrono::NaiveDate;
use ndarray::{Axis, s};

use super::PricePanel;
use super::alignment::first_few;
use super::cell::date_argument;
use crate::{Error, Result};

impl PricePanel {
    /// The last days of the panel.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no day at all, or more than the panel has.
    ///
    /// # Example
    /// ```no_run
    /// let recent = latentlab::data::PricePanel::open()?.last(400)?;
    /// assert_eq!(recent.dates().len(), 400);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn last(&self, days: usize) -> Result<Self> {
        let all = self.dates.len();
        if days == 0 || days > all {
            let problem = format!("the panel has {all} days; ask for 1 to {all}");
            return Err(Error::invalid(format!("last({days})"), problem));
        }
        Ok(self.part(all - days..all))
    }

    /// The days from one date to another, both included, written `YYYY-MM-DD`. They need not be trading
    /// days.
    ///
    /// # Errors
    /// [`Error::Invalid`] for text that is no date, or where no day lies between the two.
    ///
    /// # Example
    /// ```no_run
    /// let years = latentlab::data::PricePanel::open()?.between("2021-01-04", "2022-12-28")?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn between(&self, first: &str, last: &str) -> Result<Self> {
        let (from, to) = (date_argument(first)?, date_argument(last)?);
        let what = format!("between({first:?}, {last:?})");
        if from > to {
            return Err(Error::invalid(what, "the first date lies after the last; exchange them"));
        }
        self.days_where(what, |date| from <= date && date <= to)
    }

    /// The days before a date, which is not included itself.
    ///
    /// # Errors
    /// As for [`between`](Self::between).
    ///
    /// # Example
    /// ```no_run
    /// let prices = latentlab::data::PricePanel::open()?;
    /// let (past, rest) = (prices.before("2021-01-01")?, prices.since("2021-01-01")?);
    /// assert_eq!(past.dates().len() + rest.dates().len(), prices.dates().len());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn before(&self, end: &str) -> Result<Self> {
        let to = date_argument(end)?;
        self.days_where(format!("before({end:?})"), |date| date < to)
    }

    /// The days from a date on, which is included.
    ///
    /// # Errors
    /// As for [`between`](Self::between).
    ///
    /// # Example
    /// ```no_run
    /// let recent = latentlab::data::PricePanel::open()?.since("2021-01-01")?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn since(&self, start: &str) -> Result<Self> {
        let from = date_argument(start)?;
        self.days_where(format!("since({start:?})"), |date| from <= date)
    }

    /// Some tickers, in the order given, on the days of this panel. To keep every day that these tickers
    /// have, read them alone with [`portfolio`](Self::portfolio).
    ///
    /// # Errors
    /// [`Error::Invalid`] for no ticker, an unknown one, or one named twice.
    ///
    /// # Example
    /// ```no_run
    /// let pair = latentlab::data::PricePanel::open()?.select(&["AAPL", "MSFT"])?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn select(&self, tickers: &[&str]) -> Result<Self> {
        let columns = columns_of(&self.tickers, tickers)?;
        Ok(Self {
            tickers: tickers.iter().map(|ticker| (*ticker).to_owned()).collect(),
            closes: self.closes.select(Axis(1), &columns),
            ..self.clone()
        })
    }

    /// The tickers whose price never changes by more than a factor from one day to the next, such as 1.2: a split
    /// of shares in prices that are not adjusted for it looks like a fall to a half. Crashes go with the splits, so
    /// the stocks that stay are calmer than the others.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a factor that is not above 1, or where every ticker has a larger jump.
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::data::{PricePanel, PriceSource};
    ///
    /// let stocks = PricePanel::from_source(&PriceSource::EmbeddedSectors)?.without_jumps(1.2)?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn without_jumps(&self, largest: f64) -> Result<Self> {
        let what = format!("without_jumps({largest})");
        if largest.is_nan() || largest <= 1.0 {
            let problem =
                "the largest factor must be above 1; 1.2 allows a fifth up or a sixth down";
            return Err(Error::invalid(what, problem));
        }
        let calm = |column: usize| {
            let prices = self.closes.column(column);
            let mut changes = prices.iter().zip(prices.iter().skip(1)).map(|(a, b)| b / a);
            changes.all(|change| change.max(change.recip()) <= largest)
        };
        let columns = (0..self.tickers.len()).filter(|column| calm(*column));
        let kept: Vec<&str> = columns.map(|column| self.tickers[column].as_str()).collect();
        if kept.is_empty() {
            return Err(Error::invalid(what, "every ticker jumps further; allow a larger factor"));
        }
        self.select(&kept)
    }

    fn days_where(&self, what: String, inside: impl Fn(NaiveDate) -> bool) -> Result<Self> {
        let start = self.dates.iter().take_while(|date| !inside(**date)).count();
        let days = self.dates[start..].iter().take_while(|date| inside(**date)).count();
        if days == 0 {
            let (first, last) = (self.dates[0], self.dates[self.dates.len() - 1]);
            let problem = format!("no day of the panel lies there; it runs from {first} to {last}");
            return Err(Error::invalid(what, problem));
        }
        Ok(self.part(start..start + days))
    }

    fn part(&self, days: Range<usize>) -> Self {
        Self {
            source: self.source.clone(),
            dates: self.dates[days.clone()].to_vec(),
            tickers: self.tickers.clone(),
            closes: self.closes.slice(s![days, ..]).to_owned(),
            report: self.report.clone(),
        }
    }
}

/// The columns of some tickers, each named once.
pub(crate) fn columns_of(known: &[String], wanted: &[&str]) -> Result<Vec<usize>> {
    if wanted.is_empty() {
        return Err(Error::invalid("select([])", "no ticker named; name at least one"));
    }
    let mut seen = HashSet::new();
    let mut columns = Vec::with_capacity(wanted.len());
    for ticker in wanted {
        if !seen.insert(*ticker) {
            return Err(Error::invalid(format!("ticker {ticker}"), "named twice; name it once"));
        }
        let column = known.iter().position(|name| name == ticker).ok_or_else(|| {
            let problem = format!("not in the panel; there are {}", first_few(known, 30));
            Error::invalid(format!("ticker {ticker}"), problem)
        })?;
        columns.push(column);
    }
    Ok(columns)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::PriceSeries;
    use super::*;

    fn panel() -> PricePanel {
        let series = |ticker: &str, scale: f64| {
            let days = (0..10).map(|day| {
                (NaiveDate::from_ymd_opt(2024, 1, 1 + day).unwrap(), scale * f64::from(day + 1))
            });
            PriceSeries::new(ticker, days.collect()).unwrap()
        };
        PricePanel::align(vec![series("A", 1.0), series("B", 10.0)], "made up").unwrap()
    }

    #[test]
    fn days_are_cut_at_either_end() {
        let all = panel();
        assert_eq!(
            all.last(3).unwrap().closes(),
            &ndarray::array![[8., 80.], [9., 90.], [10., 100.]]
        );
        let middle = all.between("2024-01-03", "2024-01-05").unwrap();
        assert_eq!(middle.closes().column(0).to_vec(), [3.0, 4.0, 5.0]);
        assert_eq!(all.before("2024-01-03").unwrap().dates().len(), 2);
        assert_eq!(all.since("2024-01-03").unwrap().dates().len(), 8);
        assert_eq!(all.between("1999-01-01", "2099-01-01").unwrap(), all);
    }

    #[test]
    fn days_that_are_not_there_say_what_is() {
        let all = panel();
        let message = |part: Result<PricePanel>| part.unwrap_err().to_string();
        assert!(message(all.last(11)).contains("ask for 1 to 10"));
        assert!(message(all.last(0)).contains("ask for 1 to 10"));
        assert!(message(all.before("2024-01-01")).contains("runs from 2024-01-01 to 2024-01-10"));
        assert!(message(all.since("2025-01-01")).contains("since(\"2025-01-01\")"));
        assert!(message(all.between("2024-01-05", "2024-01-03")).contains("exchange"));
        assert!(message(all.before("01/03/2024")).contains("YYYY-MM-DD"));
        assert!(message(all.before("2024-13-03")).contains("no month 13"));
    }

    #[test]
    fn tickers_that_jump_are_left_out() {
        let series = |ticker: &str, prices: &[f64]| {
            let days = (1..).map(|day| NaiveDate::from_ymd_opt(2024, 1, day).unwrap());
            PriceSeries::new(ticker, days.zip(prices.iter().copied()).collect()).unwrap()
        };
        let calm = series("CALM", &[10.0, 12.0, 10.0]);
        let split = series("SPLIT", &[10.0, 10.1, 5.0]);
        let soaring = series("SOARING", &[10.0, 12.1, 12.1]);
        let all = PricePanel::align(vec![split, calm, soaring], "made up").unwrap();
        assert_eq!(all.without_jumps(1.201).unwrap().tickers(), ["CALM"]);
        assert_eq!(all.without_jumps(1.22).unwrap().tickers(), ["CALM", "SOARING"]);
        assert_eq!(all.without_jumps(f64::INFINITY).unwrap(), all);
        for (factor, words) in [(1.01, "every ticker"), (1.0, "above 1"), (f64::NAN, "above 1")] {
            let message = all.without_jumps(factor).unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
        }
    }

    #[test]
    fn tickers_come_in_the_order_given() {
        let all = panel();
        let turned = all.select(&["B", "A"]).unwrap();
        assert_eq!(turned.tickers(), ["B", "A"]);
        assert_eq!(turned.closes().row(0).to_vec(), [10.0, 1.0]);
        let message = |tickers: &[&str]| all.select(tickers).unwrap_err().to_string();
        assert!(message(&["C"]).contains("not in the panel; there are A, B"));
        assert!(message(&["A", "A"]).contains("named twice"));
        assert!(message(&[]).contains("at least one"));
    }
}
