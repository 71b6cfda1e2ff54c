//! A market in one table: a row for each ticker, a column for each day and kind of number, and static columns.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::path::Path;

use chrono::NaiveDate;

use super::bars::{Bars, FIELDS, VOLUME, VWAP, parse};
use super::statics::StaticTable;
use crate::Result;
use crate::data::cell::quoted;
use crate::data::sheet::{Row, Sheet};

const NAMES: [&str; FIELDS] = ["open", "close", "high", "low", "volume", "vwap"];

/// What a wide table says.
pub(super) struct Wide {
    pub(super) bars: Vec<Bars>,
    pub(super) statics: Option<StaticTable>,
    /// Static columns left out, with the reason.
    pub(super) left_out: Vec<(String, String)>,
}

/// The meaning of the columns.
struct Plan {
    ticker: usize,
    /// Column, place of the day, field.
    cells: Vec<(usize, usize, usize)>,
    days: Vec<NaiveDate>,
    statics: Vec<usize>,
}

impl Plan {
    fn new(sheet: &Sheet) -> Result<Self> {
        let mut dated = BTreeMap::new();
        let mut rest = Vec::new();
        let mut seen = HashSet::new();
        for (column, name) in sheet.header().iter().enumerate() {
            if !seen.insert(name.to_lowercase()) {
                return Err(sheet.fault(0, format!("two columns are called {}", quoted(name))));
            }
            match dated_name(name).map_err(|problem| sheet.fault(0, problem))? {
                Some((field, day)) => {
                    dated.insert((day, field), column);
                }
                None => rest.push(column),
            }
        }
        for (field, name) in NAMES.iter().enumerate().filter(|(field, _)| *field != VWAP) {
            if !dated.keys().any(|(_, known)| *known == field) {
                let problem = format!(
                    "no column `{name}_YYYYMMDD`, as in `{name}_20240301`; each day needs {}",
                    NAMES[..5].join(", ")
                );
                return Err(sheet.fault(0, problem));
            }
        }
        let ticker = match sheet.column(&["ticker", "symbol", "name"]) {
            Ok(column) => column,
            Err(error) => *rest.first().ok_or(error)?,
        };
        rest.retain(|column| *column != ticker);
        let days: Vec<NaiveDate> =
            dated.keys().map(|(day, _)| *day).collect::<BTreeSet<_>>().into_iter().collect();
        let cells = dated.into_iter().filter_map(|((day, field), column)| {
            days.binary_search(&day).ok().map(|place| (column, place, field))
        });
        let cells = cells.collect();
        Ok(Self { ticker, cells, days, statics: rest })
    }

    fn read(&self, sheet: &Sheet, row: &Row) -> Result<Bars> {
        let ticker = row.cell(self.ticker).to_owned();
        if ticker.is_empty() {
            let name = quoted(&sheet.header()[self.ticker]);
            return Err(
                sheet.fault(row.place, format!("column {name} is empty; expected a ticker"))
            );
        }
        let mut days: Vec<_> = self.days.iter().map(|day| (*day, [f64::NAN; FIELDS])).collect();
        for &(column, place, field) in &self.cells {
            days[place].1[field] = parse(row.cell(column), field == VOLUME).map_err(|problem| {
                sheet.fault(
                    row.place,
                    format!("column {} {problem}", quoted(&sheet.header()[column])),
                )
            })?;
        }
        Ok(Bars { ticker, days, repeated: 0, untraded: 0 })
    }
}

/// `close_20240301` as a field and a day; `None` for any other name.
fn dated_name(name: &str) -> Result<Option<(usize, NaiveDate)>, String> {
    let Some((field, digits)) = name.rsplit_once('_') else { return Ok(None) };
    let Some(field) = NAMES.iter().position(|known| known.eq_ignore_ascii_case(field)) else {
        return Ok(None);
    };
    let day = (digits.len() == 8 && digits.bytes().all(|digit| digit.is_ascii_digit()))
        .then(|| NaiveDate::parse_from_str(digits, "%Y%m%d").ok())
        .flatten();
    match day {
        Some(day) => Ok(Some((field, day))),
        None => Err(format!(
            "column {} does not end in a day, as in `{}_20240301`",
            quoted(name),
            NAMES[field]
        )),
    }
}

/// Reads a wide table.
pub(super) fn read_wide_market(path: &Path) -> Result<Wide> {
    let sheet = Sheet::open(path)?;
    let plan = Plan::new(&sheet)?;
    let mut bars: Vec<Bars> = Vec::new();
    let mut tickers = HashSet::new();
    let mut texts: Vec<Vec<String>> = vec![Vec::new(); plan.statics.len()];
    sheet.for_each_row(|row| {
        let read = plan.read(&sheet, &row)?;
        if !tickers.insert(read.ticker.clone()) {
            let problem =
                format!("ticker {} comes a second time; keep one row", quoted(&read.ticker));
            return Err(sheet.fault(row.place, problem));
        }
        bars.push(read);
        for (texts, column) in texts.iter_mut().zip(&plan.statics) {
            texts.push(row.cell(*column).to_owned());
        }
        Ok(())
    })?;
    let names = plan.statics.iter().map(|column| sheet.header()[*column].clone());
    let (statics, left_out) = StaticTable::of_texts(names.zip(texts));
    Ok(Wide { bars, statics, left_out })
}
