//! Logarithmic returns of a price panel.

use chrono::NaiveDate;
use ndarray::{Array2, Axis};
use polars::prelude::DataFrame;

use super::clip::ClipReport;
use crate::data::{PricePanel, columns_of, dated_frame};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};
use crate::{Error, Result};

/// Returns of several tickers on the same days: days × tickers, each finite.
///
/// # Example
/// ```
/// use chrono::{Days, NaiveDate};
/// use latentlab::data::{PricePanel, PriceSeries};
///
/// let day = |number| NaiveDate::default() + Days::new(number);
/// let series = PriceSeries::new("T", vec![(day(0), 10.0), (day(1), 11.0)])?;
/// let returns = PricePanel::align(vec![series], "made up")?.log_returns()?;
/// assert!((returns.values()[[0, 0]] - 1.1_f64.ln()).abs() < 1e-15);
/// assert_eq!(returns.dates(), [day(1)]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Returns {
    pub(super) dates: Vec<NaiveDate>,
    pub(super) tickers: Vec<String>,
    pub(super) values: Array2<f64>,
    pub(super) clipping: Option<ClipReport>,
}

impl PricePanel {
    /// The logarithms of each day's price over the day before's, (days − 1) × tickers. A return carries
    /// the date of its later day.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a panel of a single day.
    ///
    /// # Example
    /// ```no_run
    /// let prices = latentlab::data::PricePanel::open()?;
    /// let returns = prices.log_returns()?;
    /// assert_eq!(returns.values().nrows(), prices.dates().len() - 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn log_returns(&self) -> Result<Returns> {
        let days = self.dates().len();
        if days < 2 {
            let problem = "a return needs two days; take a longer part of the panel";
            return Err(Error::invalid(format!("prices of {days} day"), problem));
        }
        let closes = self.closes();
        let values = Array2::from_shape_fn((days - 1, closes.ncols()), |(day, ticker)| {
            log_return(closes[[day, ticker]], closes[[day + 1, ticker]])
        });
        Returns::new(self.dates()[1..].to_vec(), self.tickers().to_vec(), values)
    }
}

/// ln(after / before). `ln_1p` of the relative change keeps the digits of the small moves that most days
/// bring; far moves take the difference of logarithms, which cannot overflow.
fn log_return(before: f64, after: f64) -> f64 {
    let near = (0.5..=2.0).contains(&(after / before));
    if near { ((after - before) / before).ln_1p() } else { after.ln() - before.ln() }
}

impl Returns {
    /// Returns computed elsewhere: one row for each date, one column for each ticker.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a shape that does not fit, an empty matrix, or a value that is not finite.
    ///
    /// # Example
    /// ```
    /// use chrono::NaiveDate;
    /// use latentlab::ndarray::array;
    /// use latentlab::stats::Returns;
    ///
    /// let returns = Returns::new(vec![NaiveDate::default()], vec!["T".into()], array![[0.01]])?;
    /// assert_eq!(returns.values().dim(), (1, 1));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(dates: Vec<NaiveDate>, tickers: Vec<String>, values: Array2<f64>) -> Result<Self> {
        let (rows, columns) = values.dim();
        if (rows, columns) != (dates.len(), tickers.len()) || values.is_empty() {
            let what = format!("returns of shape {rows} × {columns}");
            let (days, names) = (dates.len(), tickers.len());
            let problem = format!(
                "there are {days} dates and {names} tickers; expected one row and one column for each, at least one"
            );
            return Err(Error::invalid(what, problem));
        }
        if let Some(((row, column), value)) =
            values.indexed_iter().find(|(_, value)| !value.is_finite())
        {
            let what = format!("returns of {}", tickers[column]);
            return Err(Error::invalid(
                what,
                format!("{value} on {}; expected a number", dates[row]),
            ));
        }
        Ok(Self { dates, tickers, values, clipping: None })
    }

    /// The later day of each return, oldest first.
    pub fn dates(&self) -> &[NaiveDate] {
        &self.dates
    }

    /// The tickers, in the order of the columns.
    pub fn tickers(&self) -> &[String] {
        &self.tickers
    }

    /// The returns, days × tickers, as fractions: 0.01 is about one percent.
    pub fn values(&self) -> &Array2<f64> {
        &self.values
    }

    /// Some tickers, in the order given. The clip report, which speaks of all, does not come along.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no ticker, an unknown one, or one named twice.
    ///
    /// # Example
    /// ```no_run
    /// let returns = latentlab::data::PricePanel::open()?.log_returns()?;
    /// let pair = returns.select(&["AAPL", "MSFT"])?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn select(&self, tickers: &[&str]) -> Result<Self> {
        let columns = columns_of(&self.tickers, tickers)?;
        Ok(Self {
            dates: self.dates.clone(),
            tickers: tickers.iter().map(|ticker| (*ticker).to_owned()).collect(),
            values: self.values.select(Axis(1), &columns),
            clipping: None,
        })
    }

    /// A frame with a column `Date` and one for each ticker.
    ///
    /// # Errors
    /// [`Error::Frame`] where polars refuses, as for a ticker called `Date`.
    ///
    /// # Example
    /// ```no_run
    /// let frame = latentlab::data::PricePanel::open()?.log_returns()?.frame()?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let columns = self.tickers.iter().cloned().zip(self.values.columns());
        dated_frame(&self.dates, columns.map(|(name, values)| (name, values.to_vec())))
    }
}

impl Show for Returns {
    fn rich(&self) -> Rich {
        let (days, tickers) = self.values.dim();
        let clipped = match &self.clipping {
            Some(report) => format!("; {} values clipped", report.total()),
            None => String::new(),
        };
        let title = format!("Returns, {days} days × {tickers} tickers{clipped}");
        titled_frame(&title, self.frame())
    }
}

impl Inspect for Returns {
    fn shape(&self) -> Option<String> {
        Inspect::shape(&self.values)
    }

    fn dtype(&self) -> Option<String> {
        Inspect::dtype(&self.values)
    }

    fn memory(&self) -> usize {
        let labels = self.dates.memory() + self.tickers.memory();
        size_of_val(self) + labels + self.values.memory()
    }

    fn preview(&self) -> String {
        self.tickers.preview()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;
    use crate::data::PriceSeries;

    fn panel(prices: &[f64]) -> PricePanel {
        let observations = prices
            .iter()
            .zip(0..)
            .map(|(price, day)| (NaiveDate::from_epoch_days(day).unwrap(), *price))
            .collect();
        PricePanel::align(vec![PriceSeries::new("T", observations).unwrap()], "made up").unwrap()
    }

    #[test]
    fn one_day_has_no_return() {
        let error = panel(&[1.0]).log_returns().unwrap_err().to_string();
        assert!(error.contains("needs two days"), "{error}");
    }

    #[test]
    fn prices_of_any_size_have_finite_returns() {
        let returns = panel(&[1e-300, 1e300, 1e-300]).log_returns().unwrap();
        let far = 600.0 * 10.0_f64.ln();
        assert!((returns.values()[[0, 0]] - far).abs() < 1e-9);
        assert!((returns.values()[[1, 0]] + far).abs() < 1e-9);
    }

    #[test]
    fn shapes_and_numbers_are_checked() {
        let (day, name) = (NaiveDate::default(), || vec!["T".to_owned()]);
        assert!(Returns::new(vec![day], name(), array![[0.1, 0.2]]).is_err());
        assert!(Returns::new(vec![], name(), Array2::zeros((0, 1))).is_err());
        let error = Returns::new(vec![day], name(), array![[f64::NAN]]).unwrap_err().to_string();
        assert!(error.contains("returns of T: NaN on 1970-01-01"), "{error}");
    }

    proptest! {
        #[test]
        fn returns_add_up_to_the_whole_move(prices in prop::collection::vec(0.01_f64..1e5, 2..60)) {
            let returns = panel(&prices).log_returns().unwrap();
            let whole = (prices[prices.len() - 1] / prices[0]).ln();
            prop_assert!((returns.values().sum() - whole).abs() < 1e-10);
        }
    }
}
