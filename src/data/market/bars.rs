//! The days of one ticker: prices, volume, and what reading them came upon.

use std::path::Path;

use chrono::NaiveDate;

use crate::Result;
use crate::data::cell::{DateStyle, Price, quoted};
use crate::data::series::{read_date, ticker_of};
use crate::data::sheet::{Row, Sheet};

/// What is known of a day, in the order of the first six channels.
pub(super) const FIELDS: usize = 6;
pub(super) const OPEN: usize = 0;
pub(super) const CLOSE: usize = 1;
pub(super) const HIGH: usize = 2;
pub(super) const LOW: usize = 3;
pub(super) const VOLUME: usize = 4;
pub(super) const VWAP: usize = 5;
/// The fields that are prices.
pub(super) const PRICES: [usize; 5] = [OPEN, CLOSE, HIGH, LOW, VWAP];

/// A day and what is known of it; NaN for what is not.
pub(super) type Day = (NaiveDate, [f64; FIELDS]);

/// The days of one ticker, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Bars {
    pub(super) ticker: String,
    pub(super) days: Vec<Day>,
    /// Rows that repeat another.
    pub(super) repeated: usize,
    /// Days whose volume says that nothing was traded.
    pub(super) untraded: usize,
}

/// Where the columns of a file lie.
struct Columns {
    date: usize,
    fields: [Option<usize>; FIELDS],
    adjusted: Option<usize>,
}

impl Columns {
    fn find(sheet: &Sheet) -> Result<Self> {
        let needed = |names: &[&str]| sheet.column(names).map(Some);
        let fields = [
            needed(&["Open"])?,
            needed(&["Close/Last", "Close"])?,
            needed(&["High"])?,
            needed(&["Low"])?,
            needed(&["Volume"])?,
            sheet.column(&["VWAP"]).ok(),
        ];
        let adjusted = sheet.column(&["Adj Close"]).ok();
        Ok(Self { date: sheet.column(&["Date"])?, fields, adjusted })
    }
}

/// Reads the file of one ticker as nasdaq.com or Yahoo Finance exports it. Where there is a column `Adj Close`, all prices of a day
/// are scaled as its close is.
pub(super) fn read_bars(path: &Path) -> Result<Bars> {
    let sheet = Sheet::open(path)?;
    let columns = Columns::find(&sheet)?;
    let mut bars = Bars { ticker: ticker_of(path)?, days: Vec::new(), repeated: 0, untraded: 0 };
    let mut places = Vec::new();
    let mut style = None;
    sheet.for_each_row(|row| {
        let text = row.cell(columns.date);
        let style = *style.get_or_insert(if text.contains('/') {
            DateStyle::MonthDayYear
        } else {
            DateStyle::Iso
        });
        let date = read_date(&sheet, &row, columns.date, style)?;
        let values = read_day(&sheet, &row, &columns, &mut bars.untraded)?;
        places.push((date, row.place, values));
        Ok(())
    })?;
    places.sort_by_key(|(date, place, _)| (*date, *place));
    for (date, place, values) in places {
        match bars.days.last() {
            Some((last, known)) if *last == date => {
                if !same(known, &values) {
                    let problem = format!("another row of {date} says something else; keep one");
                    return Err(sheet.fault(place, problem));
                }
                bars.repeated += 1;
            }
            _ => bars.days.push((date, values)),
        }
    }
    Ok(bars)
}

fn read_day(
    sheet: &Sheet,
    row: &Row,
    columns: &Columns,
    untraded: &mut usize,
) -> Result<[f64; FIELDS]> {
    let mut values = [f64::NAN; FIELDS];
    for (field, column) in columns.fields.iter().enumerate() {
        if let Some(column) = column {
            values[field] = number(sheet, row, *column, field == VOLUME)?;
        }
    }
    if let Some(column) = columns.adjusted {
        let factor = number(sheet, row, column, false)? / values[CLOSE];
        PRICES.iter().for_each(|&field| values[field] *= factor);
    }
    // The prices beside a volume that says `N/A` are older ones, carried over.
    let volume = columns.fields[VOLUME].map_or("", |column| row.cell(column));
    if values[VOLUME].is_nan() && !volume.is_empty() && values[CLOSE].is_finite() {
        values = [f64::NAN; FIELDS];
        *untraded += 1;
    }
    Ok(values)
}

/// The number in a cell; NaN for a marker of a missing one.
fn number(sheet: &Sheet, row: &Row, column: usize, volume: bool) -> Result<f64> {
    parse(row.cell(column), volume).map_err(|problem| {
        sheet.fault(row.place, format!("column {} {problem}", quoted(&sheet.header()[column])))
    })
}

/// A price, or a volume, which may be 0; NaN for a marker of a missing one.
pub(super) fn parse(text: &str, volume: bool) -> Result<f64, String> {
    if volume && text.parse() == Ok(0.0) {
        return Ok(0.0);
    }
    if volume && text.starts_with('-') && text.parse::<f64>().is_ok() {
        return Err(format!("holds {}; a volume cannot be negative", quoted(text)));
    }
    match Price::parse(text)? {
        Price::Known(number) => Ok(number),
        Price::Missing(_) => Ok(f64::NAN),
    }
}

fn same(one: &[f64; FIELDS], other: &[f64; FIELDS]) -> bool {
    one.iter().zip(other).all(|(one, other)| one == other || (one.is_nan() && other.is_nan()))
}
