//! The days that several tickers have in common, and why the others were dropped.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDate;
use ndarray::Array2;

use super::{Absence, AlignmentReport, PriceSeries};
use crate::{Error, Result};

/// Series cut to their common days.
pub(super) struct Alignment {
    pub(super) dates: Vec<NaiveDate>,
    pub(super) closes: Array2<f64>,
    pub(super) report: AlignmentReport,
}

/// Keeps the days on which every series has a price. The work grows with days × tickers.
pub(super) fn align(series: &[PriceSeries]) -> Result<Alignment> {
    check_tickers(series)?;
    let (days, present) = all_days(series);
    let dates: Vec<NaiveDate> = kept(&days, &present, series.len()).collect();
    let (Some(first), Some(last)) = (dates.first(), dates.last()) else {
        return Err(nothing_in_common(series, &days, &present));
    };
    let report = AlignmentReport {
        first: *first,
        last: *last,
        days_read: days.len(),
        days_kept: dates.len(),
        tickers: series.iter().map(PriceSeries::report).collect(),
        absences: series.iter().map(|one| absence(one, &days, &present, series.len())).collect(),
    };
    Ok(Alignment { closes: closes_on(&dates, series), dates, report })
}

fn check_tickers(series: &[PriceSeries]) -> Result<()> {
    if series.is_empty() {
        let problem = "no series given; a panel needs at least one";
        return Err(Error::invalid("price panel", problem));
    }
    let mut seen = HashSet::new();
    match series.iter().find(|one| !seen.insert(one.ticker())) {
        Some(twice) => {
            let problem = format!("{} comes twice; leave one out", twice.ticker());
            Err(Error::invalid("price panel", problem))
        }
        None => Ok(()),
    }
}

/// Every day that some series has, in order, and how many series have it.
fn all_days(series: &[PriceSeries]) -> (Vec<NaiveDate>, Vec<usize>) {
    let mut counts = HashMap::<NaiveDate, usize>::new();
    for date in series.iter().flat_map(PriceSeries::dates) {
        *counts.entry(*date).or_default() += 1;
    }
    let mut days: Vec<(NaiveDate, usize)> = counts.into_iter().collect();
    days.sort_unstable();
    days.into_iter().unzip()
}

fn kept(days: &[NaiveDate], present: &[usize], tickers: usize) -> impl Iterator<Item = NaiveDate> {
    days.iter().zip(present).filter(move |(_, count)| **count == tickers).map(|(day, _)| *day)
}

/// The days that one series lacks.
fn absence(one: &PriceSeries, days: &[NaiveDate], present: &[usize], tickers: usize) -> Absence {
    let (dates, report) = (one.dates(), one.report());
    let mut absence = Absence { ticker: report.ticker, ..Absence::default() };
    let mut next = 0;
    for (day, count) in days.iter().zip(present) {
        if dates.get(next) == Some(day) {
            next += 1;
            continue;
        }
        if *day < report.first {
            absence.before_first += 1;
        } else if *day > report.last {
            absence.after_last += 1;
        } else {
            absence.between += 1;
        }
        absence.alone += usize::from(count + 1 == tickers);
    }
    absence
}

fn closes_on(dates: &[NaiveDate], series: &[PriceSeries]) -> Array2<f64> {
    let mut closes = Array2::zeros((dates.len(), series.len()));
    for (mut column, one) in closes.columns_mut().into_iter().zip(series) {
        let mut prices = one.dates().iter().zip(one.closes());
        for (date, cell) in dates.iter().zip(&mut column) {
            if let Some((_, price)) = prices.find(|(known, _)| *known == date) {
                *cell = *price;
            }
        }
    }
    closes
}

/// Names the tickers to leave out: those without a price on the day that most others have.
fn nothing_in_common(series: &[PriceSeries], days: &[NaiveDate], present: &[usize]) -> Error {
    let what = format!("prices of {} tickers", series.len());
    let best = days.iter().zip(present).max_by_key(|(day, count)| (**count, **day));
    let Some((day, count)) = best else {
        return Error::invalid(what, "no day has a price");
    };
    let without: Vec<String> = series
        .iter()
        .filter(|one| one.dates().binary_search(day).is_err())
        .map(|one| {
            let report = one.report();
            format!("{} ({} to {})", report.ticker, report.first, report.last)
        })
        .collect();
    let problem = format!(
        "no day has a price of every ticker; the fullest, {day}, has {count}, and lacks {}; leave these out",
        first_few(&without, 10)
    );
    Error::invalid(what, problem)
}

/// A list in words, cut where it grows long.
pub(super) fn first_few(items: &[String], most: usize) -> String {
    let shown = items[..items.len().min(most)].join(", ");
    match items.len().saturating_sub(most) {
        0 => shown,
        rest => format!("{shown} and {rest} more"),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn series(ticker: &str, days: impl IntoIterator<Item = i32>) -> PriceSeries {
        let observations = days
            .into_iter()
            .map(|day| (NaiveDate::from_epoch_days(day).unwrap(), f64::from(day) + 1.0))
            .collect();
        PriceSeries::new(ticker, observations).unwrap()
    }

    #[test]
    fn every_dropped_day_has_a_reason() {
        let report = align(&[series("A", 0..10), series("B", (3..8).filter(|day| *day != 5))])
            .unwrap()
            .report;
        assert_eq!((report.days_read, report.days_kept, report.days_dropped()), (10, 4, 6));
        let b = &report.absences[1];
        assert_eq!((b.before_first, b.between, b.after_last, b.alone), (3, 1, 2, 6));
        assert_eq!(report.absences[0].days(), 0);
    }

    #[test]
    fn no_common_day_names_those_to_leave_out() {
        let late = [series("A", 0..5), series("B", 2..5), series("LATE", 7..9)];
        let error = align(&late).err().unwrap().to_string();
        assert!(error.contains("lacks LATE (1970-01-08 to 1970-01-09)"), "{error}");
    }

    #[test]
    fn a_ticker_may_come_once() {
        let error = align(&[series("A", 0..2), series("A", 0..2)]).err().unwrap();
        assert!(error.to_string().contains("A comes twice"));
        assert!(align(&[]).is_err());
    }

    proptest! {
        #[test]
        fn the_common_days_are_the_intersection(
            sets in prop::collection::vec(prop::collection::btree_set(0_i32..60, 1..50), 1..6)
        ) {
            let all: Vec<PriceSeries> = sets
                .iter()
                .enumerate()
                .map(|(number, days)| series(&number.to_string(), days.iter().copied()))
                .collect();
            let common: Vec<i32> =
                sets[0].iter().copied().filter(|day| sets.iter().all(|set| set.contains(day))).collect();
            match align(&all) {
                Ok(aligned) => {
                    let days: Vec<i32> =
                        aligned.dates.iter().map(|date| date.to_epoch_days()).collect();
                    prop_assert_eq!(&days, &common);
                    for (row, day) in aligned.closes.rows().into_iter().zip(&days) {
                        prop_assert!(row.iter().all(|price| *price == f64::from(*day) + 1.0));
                    }
                }
                Err(_) => prop_assert!(common.is_empty()),
            }
        }
    }
}
