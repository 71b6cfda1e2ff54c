//! From a panel to windows of it.

use ndarray::{Array2, Array3, ArrayView2, s};
use tch::Tensor;

use super::bars::FIELDS;
use super::benchmark::benchmark_returns;
use super::config::MarketConfig;
use super::statics::{COMPUTED, StaticTable, computed};
use super::{MarketExamples, MarketPanel, MarketReport};
use crate::notebook::interrupt;
use crate::words::counted;
use crate::{Error, Result};

/// Fewer days tell nothing of a volatility.
const LEAST_HISTORY: usize = 20;

/// What all windows of a panel share.
struct Numbers {
    returns: Array2<f64>,
    benchmark: Vec<f64>,
    relative: Array2<f64>,
    scores: Array2<f64>,
}

impl Numbers {
    fn new(panel: &MarketPanel, config: &MarketConfig) -> (Self, String) {
        let returns = panel.returns();
        let (benchmark, words) = benchmark_returns(
            config.benchmark,
            panel.benchmark.as_ref(),
            panel.bars.view(),
            returns.view(),
        );
        let mut relative = returns.clone();
        for (day, mut column) in relative.columns_mut().into_iter().enumerate() {
            column -= benchmark[day];
        }
        let scores = cross_sectional(relative.view());
        (Self { returns, benchmark, relative, scores }, words)
    }
}

/// Each day's values shifted and scaled to mean 0 and deviation 1 (1/n) over the shares; zeros where all are equal.
fn cross_sectional(values: ArrayView2<f64>) -> Array2<f64> {
    let mut scores = values.to_owned();
    for mut column in scores.columns_mut() {
        let known = column.iter().filter(|value| value.is_finite());
        let (count, sum) =
            known.clone().fold((0.0, 0.0), |(count, sum), value| (count + 1.0, sum + value));
        let mean = sum / count;
        let deviation = (known.map(|value| (value - mean).powi(2)).sum::<f64>() / count).sqrt();
        column.mapv_inplace(|value| {
            if deviation > 1e-12 || value.is_nan() { (value - mean) / deviation } else { 0.0 }
        });
    }
    scores
}

impl MarketPanel {
    /// Cuts windows of the last days, with eight channels each: open, close, high, low, volume, VWAP, the day's log return less that of the
    /// benchmark, and its z-score among all shares of the day.
    ///
    /// Static features are the static columns of the panel's table; else seven that are computed from
    /// [`history`](MarketConfig::history) days before the window: log price, log dollar volume, volatility, beta, residual volatility (both a
    /// year), momentum (the log return of these days), mean daily range.
    ///
    /// A share with too many gaps, or that was not listed on all days of the inputs and of the label, is left out, and the report says so.
    /// Shares that vanished before the label could be known are therefore never seen (survivorship).
    ///
    /// # Errors
    /// [`Error::Invalid`] for options out of their range, a panel with fewer days than a window and what follows it, one whose shares all have
    /// gaps, and labels by drawn classes for a market that was not drawn.
    ///
    /// # Example
    /// See [`MarketExamples`].
    pub fn examples(&self, config: &MarketConfig) -> Result<MarketExamples> {
        config.check()?;
        if config.rule.band().is_none() && self.drawn.is_none() {
            let problem = "nothing drew its classes; use LabelRule::LaterWindow";
            return Err(Error::invalid(self.source(), problem));
        }
        let after = config.rule.days_after();
        let Some(last) = self.dates.len().checked_sub(config.days + after) else {
            let problem = format!(
                "it has {}; {} of inputs and {after} after them are {}; take fewer with .days(…) or a shorter rule",
                counted(self.dates.len(), "day"),
                config.days,
                config.days + after
            );
            return Err(Error::invalid(self.source(), problem));
        };
        let starts: Vec<usize> = (0..config.windows)
            .map_while(|window| last.checked_sub(window * config.stride))
            .collect();
        let (numbers, benchmark) = Numbers::new(self, config);
        let mut report = self.report.clone();
        let places = self.places(config, &starts, &mut report)?;
        report.notes.push(format!("Benchmark: {benchmark}"));
        let statics = self.static_features(config, &places, &numbers, &mut report);
        let mut raw = Array3::zeros((places.len(), FIELDS + 2, config.days));
        let mut outcomes = Vec::with_capacity(places.len());
        for (example, &(share, start)) in places.iter().enumerate() {
            interrupt::check()?;
            let days = start..start + config.days;
            raw.slice_mut(s![example, ..FIELDS, ..]).assign(&self.bars.slice(s![
                share,
                ..,
                days.clone()
            ]));
            raw.slice_mut(s![example, FIELDS, ..])
                .assign(&numbers.relative.slice(s![share, days.clone()]));
            raw.slice_mut(s![example, FIELDS + 1, ..])
                .assign(&numbers.scores.slice(s![share, days.clone()]));
            let judged = if after > 0 { days.end..days.end + after } else { days };
            outcomes.push(numbers.relative.slice(s![share, judged]).sum());
        }
        let name = |&(share, start): &(usize, usize)| match config.windows {
            1 => self.tickers[share].clone(),
            _ => format!("{} {}", self.tickers[share], self.dates[start + config.days - 1]),
        };
        let size: Vec<i64> = raw.shape().iter().map(|&length| length as i64).collect();
        let flat: Vec<f64> = raw.into_iter().collect();
        Ok(MarketExamples {
            config: config.clone(),
            names: places.iter().map(name).collect(),
            tickers: places.iter().map(|(share, _)| self.tickers[*share].clone()).collect(),
            raw: Tensor::f_from_slice(&flat)?.f_view(size.as_slice())?,
            statics,
            outcomes,
            drawn: self
                .classes()
                .map(|classes| places.iter().map(|(share, _)| classes[*share]).collect()),
            report,
            places,
        })
    }

    /// The share and the first day of each window without too many gaps, share by share.
    fn places(
        &self,
        config: &MarketConfig,
        starts: &[usize],
        report: &mut MarketReport,
    ) -> Result<Vec<(usize, usize)>> {
        let length = config.days + config.rule.days_after();
        let mut places = Vec::new();
        for (share, ticker) in self.tickers.iter().enumerate() {
            for &start in starts {
                let days = start..start + length;
                let bars = self.bars.slice(s![share, 0, days.clone()]);
                let absent = bars.iter().filter(|value| value.is_nan()).count();
                let filled =
                    self.filled.slice(s![share, days]).iter().filter(|filled| **filled).count();
                let window = || format!("{ticker} from {}", self.dates[start]);
                if absent > 0 {
                    report
                        .left_out
                        .push((window(), format!("not listed on {absent} of {length} days")));
                } else if filled as f64 > config.missing * length as f64 {
                    report
                        .left_out
                        .push((window(), format!("{filled} of {length} days without a price")));
                } else {
                    places.push((share, start));
                }
            }
        }
        if places.is_empty() {
            let problem = format!(
                "none of {} tickers has prices on {length} days without too many gaps; take fewer days, or more gaps with .missing(…)",
                self.tickers.len()
            );
            return Err(Error::invalid(self.source(), problem));
        }
        Ok(places)
    }

    fn static_features(
        &self,
        config: &MarketConfig,
        places: &[(usize, usize)],
        numbers: &Numbers,
        report: &mut MarketReport,
    ) -> StaticTable {
        if let Some(table) = &self.statics {
            let shares: Vec<usize> = places.iter().map(|(share, _)| *share).collect();
            return table.rows(&shares);
        }
        let mut values = Array2::zeros((places.len(), COMPUTED.len()));
        let mut inside = 0;
        for (mut row, &(share, start)) in values.rows_mut().into_iter().zip(places) {
            let listed =
                (0..start).rev().take_while(|day| self.bars[[share, 0, *day]].is_finite()).count();
            let history = listed.min(config.history);
            let days = if history >= LEAST_HISTORY {
                start - history..start
            } else {
                inside += 1;
                start..start + config.days
            };
            let bars = self.bars.slice(s![share, .., days.clone()]);
            let returns = numbers.returns.slice(s![share, days.clone()]).to_vec();
            let found = computed(bars, &returns, &numbers.benchmark[days]);
            row.iter_mut().zip(found).for_each(|(cell, value)| *cell = value);
        }
        if inside > 0 {
            report.notes.push(format!(
                "Static features of {} come from the days of the inputs, for want of {LEAST_HISTORY} days before",
                counted(inside, "example")
            ));
        }
        StaticTable { names: COMPUTED.map(String::from).to_vec(), values }
    }
}

#[cfg(test)]
mod tests {
    use ndarray::{Axis, array};

    use super::*;

    #[test]
    fn scores_of_a_day_have_mean_zero_and_deviation_one() {
        let scores =
            cross_sectional(array![[1.0, 5.0, 2.0], [3.0, 5.0, f64::NAN], [8.0, 5.0, 4.0]].view());
        assert!(scores.column(0).sum().abs() < 1e-12);
        assert!((scores.column(0).mapv(|value| value * value).sum() - 3.0).abs() < 1e-12);
        assert_eq!(scores.column(1).to_vec(), [0.0; 3]);
        assert!(scores[[1, 2]].is_nan() && scores[[0, 2]] == -1.0 && scores[[2, 2]] == 1.0);
        assert_eq!(cross_sectional(array![[2.0]].view()).sum_axis(Axis(0))[0], 0.0);
    }
}
