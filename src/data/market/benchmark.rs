//! What a share's returns are compared with: an index from a file, or one built from the shares.

use std::path::Path;

use chrono::NaiveDate;
use ndarray::{ArrayView2, ArrayView3, s};

use super::bars::{CLOSE, OPEN, VOLUME, read_bars};
use super::config::BenchmarkRule;
use crate::{Error, Result};

/// A benchmark that came with a panel: a price for each of its days.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Benchmark {
    pub(super) name: String,
    pub(super) opens: Vec<f64>,
    pub(super) closes: Vec<f64>,
}

/// Days whose mean dollar volume weights a share.
const WEIGHT_DAYS: usize = 20;

impl Benchmark {
    /// Reads a file with the columns date, open, high, low, close and volume, for some days, all of which it must have.
    pub(super) fn read(path: &Path, dates: &[NaiveDate]) -> Result<Self> {
        let bars = read_bars(path)?;
        let mut benchmark =
            Self { name: path.display().to_string(), opens: Vec::new(), closes: Vec::new() };
        let mut lacking = Vec::new();
        for date in dates {
            let found = bars
                .days
                .binary_search_by_key(date, |(day, _)| *day)
                .map(|place| bars.days[place].1);
            match found {
                Ok(values) if values[CLOSE].is_finite() => {
                    let open = values[OPEN];
                    benchmark.closes.push(values[CLOSE]);
                    benchmark.opens.push(if open.is_finite() { open } else { values[CLOSE] });
                }
                _ => lacking.push(date.to_string()),
            }
        }
        if lacking.is_empty() {
            return Ok(benchmark);
        }
        let few = crate::data::alignment::first_few(&lacking, 4);
        let range = match (bars.days.first(), bars.days.last()) {
            (Some(first), Some(last)) => format!("{} to {}", first.0, last.0),
            _ => "nothing".into(),
        };
        let problem = format!(
            "the benchmark covers {range} and lacks {} of the panel's {} days: {few}; give one that has them, or none",
            lacking.len(),
            dates.len()
        );
        Err(Error::malformed(path, None, problem))
    }

    fn returns(&self) -> Vec<f64> {
        let first = (self.closes[0] / self.opens[0]).ln();
        let rest = self.closes.windows(2).map(|pair| (pair[1] / pair[0]).ln());
        std::iter::once(first).chain(rest).collect()
    }
}

/// The daily log returns that shares are compared with, and what they are, in words. `bars` are tickers × fields × days, `returns` the
/// shares' log returns, tickers × days, NaN where a share is not there.
pub(super) fn benchmark_returns(
    rule: BenchmarkRule,
    given: Option<&Benchmark>,
    bars: ArrayView3<f64>,
    returns: ArrayView2<f64>,
) -> (Vec<f64>, String) {
    match (rule, given) {
        (BenchmarkRule::Given, Some(benchmark)) => (benchmark.returns(), benchmark.name.clone()),
        (BenchmarkRule::Given | BenchmarkRule::EqualWeight, _) => {
            let built = built(returns, |_, _| 1.0);
            (built, format!("equal weights of {} shares", returns.nrows()))
        }
        (BenchmarkRule::DollarVolume, _) => {
            let weight = |share: usize, day: usize| {
                // What is known before the day; the first day has nothing before it.
                let days = day.saturating_sub(WEIGHT_DAYS)..day.max(1);
                let part = bars.slice(s![share, .., days]);
                let dollars: Vec<f64> = part
                    .row(CLOSE)
                    .iter()
                    .zip(part.row(VOLUME))
                    .map(|(price, volume)| price * volume)
                    .filter(|dollars| dollars.is_finite())
                    .collect();
                dollars.iter().sum::<f64>() / dollars.len().max(1) as f64
            };
            (
                built(returns, weight),
                format!("{} shares weighted by dollar volume", returns.nrows()),
            )
        }
    }
}

/// The weighted mean of the simple returns of each day, as a log return; zero on a day without any.
fn built(returns: ArrayView2<f64>, weight: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let day = |(day, column): (usize, ndarray::ArrayView1<f64>)| {
        let known = column.iter().enumerate().filter(|(_, value)| value.is_finite());
        let (sum, weights) = known.fold((0.0, 0.0), |(sum, weights), (share, value)| {
            let weight = weight(share, day);
            (sum + weight * value.exp_m1(), weights + weight)
        });
        if weights > 0.0 { (sum / weights).ln_1p() } else { 0.0 }
    };
    returns.columns().into_iter().enumerate().map(day).collect()
}

#[cfg(test)]
mod tests {
    use ndarray::{Array2, Array3, array};

    use super::*;

    #[test]
    fn weights_decide_what_counts() {
        let returns = array![[0.1, 0.1, f64::NAN], [-0.1, 0.0, f64::NAN]];
        let mut bars = Array3::ones((2, 6, 3));
        bars.slice_mut(s![0, VOLUME, ..]).fill(0.0);
        let (equal, words) =
            benchmark_returns(BenchmarkRule::Given, None, bars.view(), returns.view());
        let mean = (0.1_f64.exp_m1() + (-0.1_f64).exp_m1()) / 2.0;
        assert!((equal[0] - mean.ln_1p()).abs() < 1e-15 && equal[2] == 0.0);
        assert_eq!(words, "equal weights of 2 shares");
        let (weighted, _) =
            benchmark_returns(BenchmarkRule::DollarVolume, None, bars.view(), returns.view());
        assert!((weighted[0] + 0.1).abs() < 1e-12 && weighted[1].abs() < 1e-12);
    }

    #[test]
    fn a_benchmark_that_is_given_counts_unless_another_is_asked_for() {
        let given =
            Benchmark { name: "index".into(), opens: vec![1.0, 2.0], closes: vec![2.0, 1.0] };
        let (bars, returns) = (Array3::ones((1, 6, 2)), Array2::zeros((1, 2)));
        let by = |rule| benchmark_returns(rule, Some(&given), bars.view(), returns.view()).0;
        assert_eq!(by(BenchmarkRule::Given), [2.0_f64.ln(), -2.0_f64.ln()]);
        assert_eq!(by(BenchmarkRule::EqualWeight), [0.0, 0.0]);
    }
}
