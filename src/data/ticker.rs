//! What reading one ticker's prices came upon.

use chrono::NaiveDate;

/// Cells of one kind that hold no price.
///
/// # Example
/// ```
/// # let folder = tempfile::tempdir()?;
/// # let path = folder.path().join("T.csv");
/// std::fs::write(&path, "Date,Close\n03/01/2024,$16.98\n02/29/2024,N/A\n")?;
/// let report = latentlab::data::read_nasdaq(&path)?.report();
/// assert_eq!((report.missing[0].marker.as_str(), report.missing[0].count), ("N/A", 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingCells {
    /// What stands in the cells: `N/A`, `null`, … or `empty`; `no volume` where the price is there but the
    /// volume says `N/A`, so that nothing was traded and the price is an older one.
    pub marker: String,
    /// How many there are.
    pub count: usize,
}

/// What reading one ticker's prices came upon.
///
/// # Example
/// ```
/// use chrono::NaiveDate;
/// use latentlab::data::PriceSeries;
///
/// let report = PriceSeries::new("T", vec![(NaiveDate::default(), 16.98)])?.report();
/// assert_eq!((report.rows_read, report.rows_dropped()), (1, 0));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TickerReport {
    /// The ticker.
    pub ticker: String,
    /// The column that the prices come from, as the file spells it.
    pub price_column: String,
    /// Rows in the file, the header not counted.
    pub rows_read: usize,
    /// The first day with a price.
    pub first: NaiveDate,
    /// The last day with a price.
    pub last: NaiveDate,
    /// Rows without a price of their day, by what stands in them.
    pub missing: Vec<MissingCells>,
    /// Rows that repeat an earlier row's date and price.
    pub duplicate_dates: usize,
}

impl TickerReport {
    /// Cells of the price column without a price.
    pub fn missing_cells(&self) -> usize {
        self.missing.iter().map(|cells| cells.count).sum()
    }

    /// Rows that gave no price of their own: those without a price and those that repeat one.
    pub fn rows_dropped(&self) -> usize {
        self.missing_cells() + self.duplicate_dates
    }

    /// The missing cells in words: `3 N/A, 1 empty`; empty where there is none.
    pub(super) fn missing_words(&self) -> String {
        let words = self.missing.iter().map(|cells| format!("{} {}", cells.count, cells.marker));
        words.collect::<Vec<_>>().join(", ")
    }

    /// The prices in one line.
    pub(super) fn words(&self) -> String {
        let mut words = format!(
            "{}: {} prices from {} to {}",
            self.ticker,
            self.rows_read - self.rows_dropped(),
            self.first,
            self.last
        );
        if self.missing_cells() > 0 {
            words.push_str(&format!(", missing cells: {}", self.missing_words()));
        }
        if self.duplicate_dates > 0 {
            words.push_str(&format!(", repeated rows: {}", self.duplicate_dates));
        }
        words
    }
}
