//! One cell of a price table: a date or a price, with messages for everything it may hold instead.

use chrono::NaiveDate;

/// How a format writes its dates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DateStyle {
    /// `03/01/2024`, as nasdaq.com writes the first of March.
    MonthDayYear,
    /// `2024-03-01`, a time of day behind it allowed.
    Iso,
}

impl DateStyle {
    /// Reads a date, or says what is wrong with it.
    pub(super) fn parse(self, text: &str) -> Result<NaiveDate, String> {
        if text.is_empty() {
            return Err("is empty".into());
        }
        let (separator, expected) = match self {
            Self::MonthDayYear => ('/', "MM/DD/YYYY"),
            Self::Iso => ('-', "YYYY-MM-DD"),
        };
        let date = if self == Self::Iso { without_time(text) } else { text };
        let parts: Vec<Option<u32>> = date.split(separator).map(digits).collect();
        let ([Some(first), Some(second), Some(third)], Some(width)) =
            (parts.as_slice(), year_width(self, date, separator))
        else {
            return Err(format!("holds {}; expected {expected}", quoted(text)));
        };
        if width != 4 {
            return Err(format!("holds {}; the year needs four digits", quoted(text)));
        }
        let (year, month, day) = match self {
            Self::MonthDayYear => (*third, *first, *second),
            Self::Iso => (*first, *second, *third),
        };
        NaiveDate::from_ymd_opt(year as i32, month, day).ok_or_else(|| {
            let reason = if (1..=12).contains(&month) {
                format!("month {month} of {year} has no day {day}")
            } else {
                format!("there is no month {month}")
            };
            format!("holds {}; expected {expected}, and {reason}", quoted(text))
        })
    }
}

/// Reads a date that a notebook cell names.
pub(crate) fn date_argument(text: &str) -> crate::Result<NaiveDate> {
    DateStyle::Iso.parse(text.trim()).map_err(|problem| {
        crate::Error::invalid("a date argument", format!("{problem}, as in \"2021-01-04\""))
    })
}

/// Some exports append a midnight and a time zone to every date.
fn without_time(text: &str) -> &str {
    match text.split_at_checked(10) {
        Some((date, time))
            if time.starts_with([' ', 'T'])
                && time[1..].chars().all(|c| c.is_ascii_digit() || ":.+-Z ".contains(c)) =>
        {
            date
        }
        _ => text,
    }
}

fn digits(text: &str) -> Option<u32> {
    let plain = (1..=4).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit());
    if plain { text.parse().ok() } else { None }
}

fn year_width(style: DateStyle, date: &str, separator: char) -> Option<usize> {
    let mut parts = date.split(separator);
    let year = if style == DateStyle::Iso { parts.next() } else { parts.next_back() };
    year.map(str::len)
}

/// What a price cell holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Price {
    /// A positive, finite number.
    Known(f64),
    /// One of the markers for a price that is not there.
    Missing(&'static str),
}

/// The markers that price files use for a missing value, and the name each goes by in reports.
const MISSING: [(&str, &str); 8] = [
    ("", "empty"),
    ("N/A", "N/A"),
    ("NA", "NA"),
    ("#N/A", "#N/A"),
    ("null", "null"),
    ("NaN", "NaN"),
    ("None", "None"),
    ("--", "--"),
];

impl Price {
    /// Reads `16.98`, `$16.98`, `$2,688.78` or a marker for a missing value; or says what is wrong.
    pub(super) fn parse(text: &str) -> Result<Self, String> {
        if let Some((_, name)) = MISSING.iter().find(|(known, _)| known.eq_ignore_ascii_case(text))
        {
            return Ok(Self::Missing(name));
        }
        let refuse = |reason: &str| Err(format!("holds {}; {reason}", quoted(text)));
        let bare = text.replacen('$', "", usize::from(text.starts_with(['$', '-'])));
        let Some(plain) = without_thousands(bare.trim()) else {
            return refuse("a comma stands between groups of three digits, as in `$1,234.56`");
        };
        let numeric = |byte: u8| byte.is_ascii_digit() || b"+-.eE".contains(&byte);
        let number = plain.parse::<f64>().ok().filter(|_| plain.bytes().all(numeric));
        match number {
            None => refuse("expected a price, as in `1234.56` or `$1,234.56`"),
            Some(number) if number <= 0.0 => refuse("a price must be positive"),
            Some(number) if !number.is_finite() => refuse("the number is too large"),
            Some(number) => Ok(Self::Known(number)),
        }
    }
}

/// Takes commas out of `1,234,567.8`; `None` where they do not separate thousands.
fn without_thousands(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_at(text.find('.').unwrap_or(text.len()));
    let mut groups = whole.split(',');
    let first = groups.next()?.trim_start_matches(['+', '-']).len();
    let mut rest = groups.peekable();
    let grouped =
        rest.peek().is_none() || ((1..=3).contains(&first) && rest.all(|group| group.len() == 3));
    (grouped && !fraction.contains(',')).then(|| text.replace(',', ""))
}

/// Text from a file, made safe and short enough for a message.
pub(super) fn quoted(text: &str) -> String {
    const LONGEST: usize = 40;
    let shown: String = text.chars().take(LONGEST).flat_map(char::escape_debug).collect();
    let more = if text.chars().nth(LONGEST).is_some() { "…" } else { "" };
    format!("`{shown}{more}`")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn both_styles_read_the_same_day() {
        let day = NaiveDate::from_ymd_opt(2024, 3, 1).unwrap();
        assert_eq!(DateStyle::MonthDayYear.parse("03/01/2024"), Ok(day));
        assert_eq!(DateStyle::MonthDayYear.parse("3/1/2024"), Ok(day));
        assert_eq!(DateStyle::Iso.parse("2024-03-01"), Ok(day));
        assert_eq!(DateStyle::Iso.parse("2024-03-01 00:00:00-05:00"), Ok(day));
    }

    #[test]
    fn dates_that_are_none_say_why() {
        let message = |style: DateStyle, text: &str| style.parse(text).unwrap_err();
        let us = DateStyle::MonthDayYear;
        assert!(message(us, "13/01/2024").contains("no month 13"));
        assert!(message(us, "02/30/2024").contains("no day 30"));
        assert!(message(us, "2024-03-01").contains("expected MM/DD/YYYY"));
        assert!(message(us, "03/01/24").contains("four digits"));
        assert!(message(us, "").contains("empty"));
        assert!(message(DateStyle::Iso, "03/01/2024").contains("expected YYYY-MM-DD"));
        assert!(message(DateStyle::Iso, "2024-03-01 about noon").contains("expected"));
        assert!(message(DateStyle::Iso, "2024-03").contains("expected"));
        assert!(message(DateStyle::Iso, "2024-03-01-02").contains("expected"));
        assert!(message(DateStyle::Iso, "２０２４-03-01").contains("expected"));
    }

    #[test]
    fn prices_come_with_dollars_and_commas() {
        for (text, number) in [
            ("16.98", 16.98),
            ("$16.98", 16.98),
            ("$2,688.78", 2688.78),
            ("1,234,567", 1_234_567.0),
            ("1e-05", 1e-5),
        ] {
            assert_eq!(Price::parse(text), Ok(Price::Known(number)), "{text}");
        }
        assert_eq!(Price::parse("n/a"), Ok(Price::Missing("N/A")));
        assert_eq!(Price::parse(""), Ok(Price::Missing("empty")));
    }

    #[test]
    fn prices_that_are_none_say_why() {
        for (text, reason) in [
            ("abc", "expected a price"),
            ("inf", "expected a price"),
            ("1.2.3", "expected a price"),
            ("$", "expected a price"),
            ("€12", "expected a price"),
            ("0", "positive"),
            ("-3.5", "positive"),
            ("-$3.50", "positive"),
            ("1e999", "too large"),
            ("12,50", "groups of three"),
            ("1234,567", "groups of three"),
            ("1,234.567,8", "groups of three"),
        ] {
            let message = Price::parse(text).unwrap_err();
            assert!(message.contains(reason), "{text}: {message}");
        }
    }

    #[test]
    fn long_or_hostile_text_is_shortened() {
        assert_eq!(quoted("a\u{1b}[2J"), "`a\\u{1b}[2J`");
        assert!(quoted(&"x".repeat(1000)).chars().count() < 50);
    }
}
