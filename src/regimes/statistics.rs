//! What a series does in each of its regimes.

use polars::prelude::{Column, DataFrame};

use crate::{Error, Result};

/// Trading days of a year.
const YEAR: f64 = 252.0;

/// A table with a row for each regime: days, their share, how long a stay lasts on average, and of the returns on these days the mean and the volatility of a
/// year, in percent (252 days), the worst day, and the share of days that rose.
///
/// # Errors
/// [`Error::Invalid`] for no days, and another number of labels than returns.
///
/// # Example
/// ```
/// let table = latentlab::regimes::regime_statistics(&[0, 0, 1, 0], &[0.01, -0.01, 0.03, 0.0])?;
/// assert_eq!(table.height(), 2);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn regime_statistics(labels: &[usize], returns: &[f64]) -> Result<DataFrame> {
    if labels.len() != returns.len() || labels.is_empty() {
        let what = format!("{} labels of {} returns", labels.len(), returns.len());
        return Err(Error::invalid(what, "a label for each return, and at least one, are needed"));
    }
    let regimes = labels.iter().max().map_or(0, |last| last + 1);
    let mut columns: Vec<Vec<f64>> = vec![Vec::new(); 6];
    let mut days: Vec<u32> = Vec::new();
    for regime in 0..regimes {
        let inside: Vec<f64> = labels
            .iter()
            .zip(returns)
            .filter(|(label, _)| **label == regime)
            .map(|(_, value)| *value)
            .collect();
        let entries = (0..labels.len())
            .filter(|&day| labels[day] == regime && (day == 0 || labels[day - 1] != regime))
            .count();
        let count = inside.len() as f64;
        let mean = inside.iter().sum::<f64>() / count;
        let variance = inside.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / count;
        let risen = inside.iter().filter(|value| **value > 0.0).count() as f64;
        days.push(inside.len() as u32);
        let row = [
            100.0 * count / labels.len() as f64,
            count / entries as f64,
            100.0 * mean * YEAR,
            100.0 * (variance * YEAR).sqrt(),
            100.0 * inside.iter().fold(f64::INFINITY, |least, value| least.min(*value)),
            100.0 * risen / count,
        ];
        columns.iter_mut().zip(row).for_each(|(column, value)| column.push(value));
    }
    let names = [
        "share of days, %",
        "mean stay, days",
        "mean a year, %",
        "volatility a year, %",
        "worst day, %",
        "days that rose, %",
    ];
    let numbers: Vec<u32> = (1..=regimes as u32).collect();
    let mut all = vec![Column::new("regime".into(), numbers), Column::new("days".into(), days)];
    all.extend(
        names.into_iter().zip(columns).map(|(name, values)| Column::new(name.into(), values)),
    );
    Ok(DataFrame::new(regimes, all)?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn stays_and_moments_are_counted_by_hand() {
        let table =
            regime_statistics(&[0, 0, 1, 0, 1, 1], &[0.01, -0.01, 0.03, 0.0, -0.05, 0.02]).unwrap();
        let of = |name: &str, row: usize| {
            table.column(name).unwrap().get(row).unwrap().try_extract::<f64>().unwrap()
        };
        assert_eq!(of("mean stay, days", 0), 1.5);
        assert_eq!((of("days", 1), of("share of days, %", 1)), (3.0, 50.0));
        assert!(
            (of("worst day, %", 1) + 5.0).abs() < 1e-12 && of("mean a year, %", 0).abs() < 1e-12
        );
        let deviation = (0.0002_f64 / 3.0 * 252.0).sqrt() * 100.0;
        assert!((of("volatility a year, %", 0) - deviation).abs() < 1e-9);
        assert!(regime_statistics(&[0], &[]).is_err() && regime_statistics(&[], &[]).is_err());
    }
}
