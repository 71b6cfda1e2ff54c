//! Columns with mean 0 and standard deviation 1.

use ndarray::Array2;

use super::Returns;
use super::moments::{is_constant, mean_and_deviation};
use crate::{Error, Result};

/// Shifts and scales each column of an n × p matrix to mean 0 and standard deviation 1 (1/n).
///
/// # Errors
/// [`Error::Invalid`] for an empty matrix, a value that is not finite, or a column whose values are all
/// the same; columns are numbered from 0.
///
/// # Example
/// ```
/// use latentlab::{ndarray::array, stats::standardize};
///
/// assert_eq!(standardize(&array![[1.0, 10.0], [3.0, 30.0]])?, array![[-1.0, -1.0], [1.0, 1.0]]);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn standardize(samples: &Array2<f64>) -> Result<Array2<f64>> {
    standardize_named(samples, |column| format!("column {column}"))
}

impl Returns {
    /// The returns, days × tickers, each ticker shifted and scaled to mean 0 and standard deviation 1 (1/n).
    ///
    /// # Errors
    /// [`Error::Invalid`] that names a ticker whose returns are all the same.
    ///
    /// # Example
    /// ```no_run
    /// let samples = latentlab::data::PricePanel::open()?.log_returns()?.standardize()?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn standardize(&self) -> Result<Array2<f64>> {
        standardize_named(&self.values, |column| format!("returns of {}", self.tickers[column]))
    }
}

fn standardize_named(samples: &Array2<f64>, name: impl Fn(usize) -> String) -> Result<Array2<f64>> {
    if samples.is_empty() {
        let (rows, columns) = samples.dim();
        let problem = "expected at least one row and one column";
        return Err(Error::invalid(format!("samples of shape {rows} × {columns}"), problem));
    }
    let mut scaled = samples.clone();
    for (number, mut column) in scaled.columns_mut().into_iter().enumerate() {
        if let Some(value) = column.iter().find(|value| !value.is_finite()) {
            let problem = format!("holds {value}; expected numbers");
            return Err(Error::invalid(name(number), problem));
        }
        let (mean, deviation) = mean_and_deviation(column.iter().copied());
        if is_constant(column.iter().copied(), deviation) {
            let problem = format!(
                "all {} values are {mean}, so they cannot be scaled; leave the column out",
                column.len()
            );
            return Err(Error::invalid(name(number), problem));
        }
        column.mapv_inplace(|value| (value - mean) / deviation);
    }
    Ok(scaled)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::NaiveDate;
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_constant_column_is_named() {
        let error =
            standardize(&array![[1.0, 0.1], [2.0, 0.1], [4.0, 0.1]]).unwrap_err().to_string();
        assert!(error.starts_with("column 1: all 3 values are 0.1"), "{error}");
        let days = vec![NaiveDate::default(); 2];
        let returns = Returns::new(days, vec!["FLAT".into()], array![[0.0], [0.0]]).unwrap();
        assert!(returns.standardize().unwrap_err().to_string().starts_with("returns of FLAT"));
    }

    #[test]
    fn what_cannot_be_scaled_is_refused() {
        assert!(standardize(&Array2::zeros((0, 3))).is_err());
        assert!(standardize(&array![[1.0], [f64::NAN]]).unwrap_err().to_string().contains("NaN"));
        assert!(standardize(&array![[5.0, 6.0]]).is_err());
    }

    proptest! {
        #[test]
        fn columns_have_mean_zero_and_deviation_one(
            values in prop::collection::vec(-1.0_f64..1.0, 24),
            scale in -100_i32..100,
            shift in -10.0_f64..10.0,
        ) {
            let scale = 10.0_f64.powi(scale);
            let samples = Array2::from_shape_vec((8, 3), values).unwrap();
            let plain = standardize(&samples).unwrap();
            for column in plain.columns() {
                let mean = column.sum() / 8.0;
                let square = column.mapv(|value| value * value).sum() / 8.0;
                prop_assert!(mean.abs() < 1e-12 && (square - 1.0).abs() < 1e-12);
            }
            let moved = standardize(&samples.mapv(|value| scale * (value + shift))).unwrap();
            prop_assert!(moved.iter().zip(&plain).all(|(a, b)| (a - b).abs() < 1e-9));
        }
    }
}
