//! From the days of each ticker to a panel: common days, splits, gaps.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use ndarray::{Array2, Array3};

use super::MarketReport;
use super::adjustment::adjust;
use super::bars::{Bars, CLOSE, Day, FIELDS, HIGH, LOW, OPEN, PRICES, VOLUME, VWAP};
use crate::{Error, Result};

/// Several tickers on common days.
pub(super) struct Assembly {
    pub(super) dates: Vec<NaiveDate>,
    pub(super) tickers: Vec<String>,
    /// Tickers × fields × days.
    pub(super) bars: Array3<f64>,
    pub(super) filled: Array2<bool>,
    /// Which of the tickers read were kept.
    pub(super) kept: Vec<usize>,
    pub(super) report: MarketReport,
}

/// Part of the listed tickers that must have traded on a day.
const TRADING: f64 = 0.5;

pub(super) fn assemble(read: Vec<Bars>, source: &str) -> Result<Assembly> {
    let mut report = MarketReport { tickers_read: read.len(), ..Default::default() };
    let (mut kept, mut used) = (Vec::new(), Vec::new());
    for (number, mut bars) in read.into_iter().enumerate() {
        match unusable(&bars) {
            Some(reason) => report.left_out.push((bars.ticker, reason.into())),
            None => {
                clean(&mut bars, &mut report);
                kept.push(number);
                used.push(bars);
            }
        }
    }
    if used.is_empty() {
        let few =
            report.left_out.iter().take(3).map(|(ticker, reason)| format!("{ticker}: {reason}"));
        let few: Vec<String> = few.collect();
        let problem = format!(
            "no ticker of {} has prices and volumes; {}",
            report.tickers_read,
            few.join("; ")
        );
        return Err(Error::invalid(source, problem));
    }
    let dates = trading_days(&used, &mut report);
    let mut bars = Array3::from_elem((used.len(), FIELDS, dates.len()), f64::NAN);
    let mut filled = Array2::from_elem((used.len(), dates.len()), false);
    for (share, one) in used.iter().enumerate() {
        let untraded = one.untraded;
        let count = place(one, &dates, &mut |day, values, is_filled| {
            (0..FIELDS).for_each(|field| bars[[share, field, day]] = values[field]);
            filled[[share, day]] = is_filled;
        });
        if untraded > 0 {
            report.untraded.push((one.ticker.clone(), untraded));
        }
        if count > untraded {
            report.filled.push((one.ticker.clone(), count - untraded));
        }
    }
    report.tickers_kept = used.len();
    report.days = dates.len();
    (report.first, report.last) = (dates[0], dates[dates.len() - 1]);
    let tickers = used.into_iter().map(|one| one.ticker).collect();
    Ok(Assembly { dates, tickers, bars, filled, kept, report })
}

/// Why a ticker cannot be used at all.
fn unusable(bars: &Bars) -> Option<&'static str> {
    let any = |field: usize| bars.days.iter().any(|(_, values)| values[field].is_finite());
    if bars.days.is_empty() || !any(CLOSE) {
        Some("no closing price")
    } else if !any(VOLUME) {
        Some("no volume")
    } else if !any(OPEN) || !any(HIGH) || !any(LOW) {
        Some("no open, high or low")
    } else {
        None
    }
}

/// Takes out days without a price, mends the highest and lowest, puts a stand-in for VWAP, takes out splits.
fn clean(bars: &mut Bars, report: &mut MarketReport) {
    bars.days.retain(|(_, values)| values[CLOSE].is_finite());
    let without_vwap = bars.days.iter().all(|(_, values)| values[VWAP].is_nan());
    let mut mended = 0;
    for (_, values) in &mut bars.days {
        let close = values[CLOSE];
        PRICES.iter().filter(|field| **field != VWAP).for_each(|&field| {
            if values[field].is_nan() {
                values[field] = close;
            }
        });
        let ends = [values[OPEN], close, values[HIGH], values[LOW]];
        let (high, low) =
            (ends.into_iter().fold(0.0, f64::max), ends.into_iter().fold(f64::INFINITY, f64::min));
        // Exports round, which is no fault.
        mended += usize::from(high > values[HIGH] * 1.000_1 || low < values[LOW] / 1.000_1);
        (values[HIGH], values[LOW]) = (high, low);
        if values[VOLUME].is_nan() {
            values[VOLUME] = 0.0;
        }
        if values[VWAP].is_nan() {
            values[VWAP] = (high + low + close) / 3.0;
        }
    }
    report.without_vwap += usize::from(without_vwap);
    if mended > 0 {
        report.inconsistent.push((bars.ticker.clone(), mended));
    }
    if bars.repeated > 0 {
        report.repeated.push((bars.ticker.clone(), bars.repeated));
    }
    report.splits.extend(adjust(bars));
}

/// The days on which at least half of the tickers that were listed traded.
fn trading_days(used: &[Bars], report: &mut MarketReport) -> Vec<NaiveDate> {
    let mut traded: BTreeMap<NaiveDate, usize> = BTreeMap::new();
    used.iter()
        .flat_map(|bars| &bars.days)
        .for_each(|(day, _)| *traded.entry(*day).or_default() += 1);
    let ends = |end: fn(&Bars) -> Option<&Day>| {
        let mut days: Vec<NaiveDate> = used.iter().filter_map(end).map(|(day, _)| *day).collect();
        days.sort_unstable();
        days
    };
    let (begun, ended) = (ends(|bars| bars.days.first()), ends(|bars| bars.days.last()));
    let mut dates = Vec::with_capacity(traded.len());
    for (day, count) in traded {
        let listed = begun.partition_point(|first| *first <= day)
            - ended.partition_point(|last| *last < day);
        if count as f64 >= TRADING * listed as f64 {
            dates.push(day);
        } else {
            report.days_dropped.push(day);
        }
    }
    dates
}

/// Puts the days of a ticker where they belong and fills the gaps between; returns how many days were filled.
fn place(
    bars: &Bars,
    dates: &[NaiveDate],
    put: &mut dyn FnMut(usize, &[f64; FIELDS], bool),
) -> usize {
    let (mut next, mut count) = (0, 0);
    let mut last: Option<f64> = None;
    for (place, date) in dates.iter().enumerate() {
        while next < bars.days.len() && bars.days[next].0 < *date {
            last = Some(bars.days[next].1[CLOSE]);
            next += 1;
        }
        match (bars.days.get(next), last) {
            (Some((day, values)), _) if day == date => {
                put(place, values, false);
            }
            (Some(_), Some(close)) => {
                let mut values = [close; FIELDS];
                values[VOLUME] = 0.0;
                put(place, &values, true);
                count += 1;
            }
            _ => {}
        }
    }
    count
}
