//! Each ticker's returns in a few numbers.

use ndarray::ArrayView1;
use polars::prelude::{Column, DataFrame};

use super::Returns;
use super::moments::{is_constant, mean_and_deviation};
use crate::Result;

/// Trading days in a year of the American exchanges.
const DAYS_A_YEAR: f64 = 252.0;

/// The numbers of one ticker. The shape of a constant is not defined.
struct Numbers {
    mean: f64,
    deviation: f64,
    least: f64,
    greatest: f64,
    skewness: Option<f64>,
    excess_kurtosis: Option<f64>,
}

impl Numbers {
    fn of(column: ArrayView1<f64>) -> Self {
        let values = column.iter().copied();
        let (mean, deviation) = mean_and_deviation(values.clone());
        let shape = |power: i32| {
            let count = column.len() as f64;
            let standard = values.clone().map(|value| ((value - mean) / deviation).powi(power));
            (!is_constant(values.clone(), deviation)).then(|| standard.sum::<f64>() / count)
        };
        Self {
            mean,
            deviation,
            least: values.clone().fold(f64::INFINITY, f64::min),
            greatest: values.clone().fold(f64::NEG_INFINITY, f64::max),
            skewness: shape(3),
            excess_kurtosis: shape(4).map(|fourth| fourth - 3.0),
        }
    }
}

impl Returns {
    /// One row for each ticker: mean, standard deviation, least and greatest daily return, skewness,
    /// excess kurtosis (0 for a Gaussian), all with 1/n, and the annualised volatility, which is the
    /// standard deviation times √252. Skewness and kurtosis of a constant are missing.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses.
    ///
    /// # Example
    /// ```no_run
    /// let table = latentlab::data::PricePanel::open()?.log_returns()?.summary()?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn summary(&self) -> Result<DataFrame> {
        let all: Vec<Numbers> = self.values.columns().into_iter().map(Numbers::of).collect();
        let numbers = |name: &str, number: fn(&Numbers) -> f64| {
            Column::new(name.into(), all.iter().map(number).collect::<Vec<_>>())
        };
        let shapes = |name: &str, number: fn(&Numbers) -> Option<f64>| {
            Column::new(name.into(), all.iter().map(number).collect::<Vec<_>>())
        };
        let columns = vec![
            Column::new("ticker".into(), &self.tickers),
            numbers("mean", |one| one.mean),
            numbers("standard deviation", |one| one.deviation),
            numbers("min", |one| one.least),
            numbers("max", |one| one.greatest),
            shapes("skewness", |one| one.skewness),
            shapes("excess kurtosis", |one| one.excess_kurtosis),
            numbers("annualised volatility", |one| one.deviation * DAYS_A_YEAR.sqrt()),
        ];
        Ok(DataFrame::new(self.tickers.len(), columns)?)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::NaiveDate;
    use ndarray::array;

    use super::*;

    fn cell(frame: &DataFrame, column: &str, row: usize) -> Option<f64> {
        frame.column(column).unwrap().f64().unwrap().get(row)
    }

    #[test]
    fn the_numbers_follow_their_definitions() {
        let values = array![[1.0, 0.5], [2.0, 0.5], [3.0, 0.5], [6.0, 0.5]];
        let tickers = vec!["A".into(), "FLAT".into()];
        let returns = Returns::new(vec![NaiveDate::default(); 4], tickers, values).unwrap();
        let frame = returns.summary().unwrap();
        // Deviations -2, -1, 0, 3: second moment 3.5, third 4.5, fourth 24.5.
        for (column, expected) in [
            ("mean", 3.0),
            ("standard deviation", 3.5_f64.sqrt()),
            ("min", 1.0),
            ("max", 6.0),
            ("skewness", 4.5 / 3.5_f64.powf(1.5)),
            ("excess kurtosis", 24.5 / 12.25 - 3.0),
            ("annualised volatility", (3.5_f64 * 252.0).sqrt()),
        ] {
            let found = cell(&frame, column, 0).unwrap();
            assert!((found - expected).abs() < 1e-12, "{column}: {found}");
        }
        assert_eq!(cell(&frame, "standard deviation", 1), Some(0.0));
        assert_eq!(cell(&frame, "skewness", 1), None);
    }
}
