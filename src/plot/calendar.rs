//! Dates along an axis: at the starts of years and months, on Mondays, or every day, as the span asks for.

use chrono::{Datelike, NaiveDate};

use super::tick::{Tick, Ticks};

/// Space in CSS pixels that a label needs with its distance to the next.
const MONTH_ROOM: f64 = 38.0;
const DAY_ROOM: f64 = 56.0;

const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Distance from one tick to the next.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Days(i32),
    Months(i32),
    Years(i32),
}

const STEPS: [Step; 16] = [
    Step::Days(1),
    Step::Days(2),
    Step::Days(7),
    Step::Days(14),
    Step::Months(1),
    Step::Months(2),
    Step::Months(3),
    Step::Months(6),
    Step::Years(1),
    Step::Years(2),
    Step::Years(5),
    Step::Years(10),
    Step::Years(20),
    Step::Years(50),
    Step::Years(100),
    Step::Years(1000),
];

impl Step {
    fn days(self) -> f64 {
        match self {
            Self::Days(count) => f64::from(count),
            Self::Months(count) => 30.44 * f64::from(count),
            Self::Years(count) => 365.25 * f64::from(count),
        }
    }

    fn room(self) -> f64 {
        if matches!(self, Self::Days(_)) { DAY_ROOM } else { MONTH_ROOM }
    }

    fn matches(self, date: NaiveDate) -> bool {
        match self {
            // Day 1 of the common era was a Monday.
            Self::Days(count) => (date.num_days_from_ce() - 1).rem_euclid(count) == 0,
            Self::Months(count) => date.day() == 1 && date.month0() as i32 % count == 0,
            Self::Years(count) => date.ordinal() == 1 && date.year().rem_euclid(count) == 0,
        }
    }

    fn label(self, date: NaiveDate) -> String {
        let month = MONTHS[date.month0() as usize];
        match self {
            Self::Days(_) => format!("{month} {}", date.day()),
            Self::Months(_) => month.to_owned(),
            Self::Years(_) => date.year().to_string(),
        }
    }
}

/// A date as a number on an axis: days since the common era began.
pub(crate) fn number(date: NaiveDate) -> f64 {
    f64::from(date.num_days_from_ce())
}

/// Ticks between two days (as numbers) on an axis of a length in CSS pixels.
pub(crate) fn dates(low: f64, high: f64, length: f64) -> Ticks {
    let step = STEPS
        .into_iter()
        .find(|step| (high - low) / step.days() * step.room() <= length)
        .unwrap_or(Step::Years(1000));
    let mut ticks: Vec<Tick> = Vec::new();
    let mut year = None;
    for date in candidates(step, low, high) {
        let mut tick = Tick::new(number(date), step.label(date));
        if !matches!(step, Step::Years(_)) && year != Some(date.year()) {
            tick.below = date.year().to_string();
        }
        year = Some(date.year());
        ticks.push(tick);
    }
    Ticks { ticks, multiplier: String::new() }
}

/// The dates of a step inside a span.
fn candidates(step: Step, low: f64, high: f64) -> Vec<NaiveDate> {
    let day = |number: f64| NaiveDate::from_num_days_from_ce_opt(number as i32);
    let (Some(first), Some(last)) = (day(low.ceil()), day(high.floor())) else {
        return Vec::new();
    };
    let dates: Vec<NaiveDate> = match step {
        Step::Days(_) => first.iter_days().take_while(|date| *date <= last).collect(),
        Step::Months(_) | Step::Years(_) => (first.year()..=last.year())
            .flat_map(|year| {
                (1..=12).filter_map(move |month| NaiveDate::from_ymd_opt(year, month, 1))
            })
            .collect(),
    };
    dates.into_iter().filter(|date| (first..=last).contains(date) && step.matches(*date)).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn shown(from: (i32, u32, u32), to: (i32, u32, u32)) -> Vec<String> {
        let date = |(year, month, day)| number(NaiveDate::from_ymd_opt(year, month, day).unwrap());
        let ticks = dates(date(from), date(to), 500.0).ticks;
        ticks
            .iter()
            .map(|tick| format!("{} {}", tick.label, tick.below).trim().to_owned())
            .collect()
    }

    #[test]
    fn thirty_years_show_every_fifth() {
        assert_eq!(
            shown((1990, 1, 2), (2022, 12, 28)),
            ["1990", "1995", "2000", "2005", "2010", "2015", "2020"][1..]
        );
    }

    #[test]
    fn one_year_shows_its_months() {
        let months = shown((2021, 11, 20), (2022, 10, 5));
        assert_eq!(months.len(), 11);
        assert_eq!(months[..3], ["Dec 2021", "Jan 2022", "Feb"]);
    }

    #[test]
    fn weeks_begin_on_mondays_and_single_days_are_shown() {
        let weeks = shown((2024, 2, 1), (2024, 3, 8));
        assert_eq!(weeks[..2], ["Feb 5 2024", "Feb 12"]);
        assert_eq!(shown((2024, 2, 29), (2024, 2, 29)), ["Feb 29 2024"]);
    }
}
