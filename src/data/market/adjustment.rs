//! Splits of shares: found in the prices and taken out of them.

use chrono::NaiveDate;

use super::bars::{Bars, CLOSE, HIGH, LOW, OPEN, PRICES, VOLUME};

/// A split of a share that the prices of a file still showed: one old share became `ratio` new ones.
///
/// # Example
/// ```
/// use latentlab::data::market::Split;
///
/// let split = Split { ticker: "T".into(), date: Default::default(), ratio: 0.5 };
/// assert!(split.ratio < 1.0, "two shares became one");
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Split {
    /// The ticker.
    pub ticker: String,
    /// The first day of the new shares.
    pub date: NaiveDate,
    /// New shares for an old one; below 1 where shares were put together.
    pub ratio: f64,
}

/// Ratios that companies choose; their inverses too.
const RATIOS: [f64; 16] =
    [1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 10.0, 12.0, 15.0, 20.0, 25.0, 30.0, 50.0];
/// How far, in logarithms, the opening price may lie from the ratio, and the close.
const OPEN_MARGIN: f64 = 0.06;
const CLOSE_MARGIN: f64 = 0.15;
/// Days before and after whose volumes are compared.
const DAYS: usize = 15;
/// Part of the ratio, in logarithms, by which the volume must have changed.
const VOLUME_PART: f64 = 0.4;
/// A day's volume, in new shares, over the usual one of the days after; a fall of the price in earnest comes with far more.
const SURGE: f64 = 2.5;

/// Finds the splits of one ticker and takes them out: prices before are divided by the ratio, volumes multiplied. A split is a night in
/// which the price falls (rises) to near a usual ratio while the volume, from the median of the 15 days before to that of the
/// 15 days from then on, rises (falls) with it, without a surge on the day itself.
pub(super) fn adjust(bars: &mut Bars) -> Vec<Split> {
    let mut splits = Vec::new();
    for day in 1..bars.days.len() {
        let Some(ratio) = split_at(bars, day) else { continue };
        for (_, values) in &mut bars.days[..day] {
            PRICES.iter().for_each(|&field| values[field] /= ratio);
            values[VOLUME] *= ratio;
        }
        splits.push(Split { ticker: bars.ticker.clone(), date: bars.days[day].0, ratio });
    }
    splits
}

fn split_at(bars: &Bars, day: usize) -> Option<f64> {
    let (before, now) = (&bars.days[day - 1].1, &bars.days[day].1);
    let night = (before[CLOSE] / now[OPEN]).ln();
    // Most nights end here.
    if night.is_nan() || night.abs() < RATIOS[0].ln() - OPEN_MARGIN {
        return None;
    }
    let ratio = RATIOS
        .iter()
        .flat_map(|&ratio| [ratio, 1.0 / ratio])
        .min_by(|one, other| (night - one.ln()).abs().total_cmp(&(night - other.ln()).abs()))?;
    let close = (before[CLOSE] / now[CLOSE]).ln();
    let near =
        (night - ratio.ln()).abs() < OPEN_MARGIN && (close - ratio.ln()).abs() < CLOSE_MARGIN;
    let calm = now[HIGH] / now[LOW] < 1.25;
    let earlier = median_volume(bars, day.saturating_sub(DAYS)..day)?;
    let later = median_volume(bars, day..bars.days.len().min(day + DAYS))?;
    let change = (later / earlier).ln() / ratio.ln();
    let surge = now[VOLUME] / later;
    (near && calm && change > VOLUME_PART && surge < SURGE).then_some(ratio)
}

fn median_volume(bars: &Bars, days: std::ops::Range<usize>) -> Option<f64> {
    let volumes = bars.days[days].iter().map(|(_, values)| values[VOLUME]);
    let mut volumes: Vec<f64> = volumes.filter(|volume| *volume > 0.0).collect();
    volumes.sort_by(f64::total_cmp);
    volumes.get(volumes.len() / 2).copied()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::Days;

    use super::*;
    use crate::data::market::bars::VWAP;
    use crate::random::Random;

    /// A share with a jump of its price and of its volume on day 30.
    fn share(price: f64, volume: f64, surge: f64) -> Bars {
        let mut random = Random::new(5);
        let mut close = 100.0;
        let days = (0..60).map(|day| {
            let (level, shares) = if day < 30 { (1.0, 1.0) } else { (price, volume) };
            let open = close * (0.005 * random.normal()).exp();
            close = open * (0.01 * random.normal()).exp();
            let mut values = [0.0; 6];
            for (field, value) in [(OPEN, open), (CLOSE, close), (VWAP, close)] {
                values[field] = level * value;
            }
            values[HIGH] = level * open.max(close) * 1.004;
            values[LOW] = level * open.min(close) / 1.004;
            let extra = if day == 30 { surge } else { 1.0 };
            values[VOLUME] = 1e6 * shares * extra * (0.2 * random.normal()).exp();
            (NaiveDate::default() + Days::new(day), values)
        });
        Bars { ticker: "T".into(), days: days.collect(), repeated: 0, untraded: 0 }
    }

    #[test]
    fn splits_of_either_kind_are_found_and_taken_out() {
        for (ratio, price, volume) in [(2.0, 0.5, 2.0), (20.0, 0.05, 20.0), (0.1, 10.0, 0.1)] {
            let mut bars = share(price, volume, 1.0);
            let splits = adjust(&mut bars);
            assert_eq!(splits.len(), 1, "{ratio}");
            assert!((splits[0].ratio - ratio).abs() < 1e-12);
            assert_eq!(splits[0].date, bars.days[30].0);
            let night = bars.days[29].1[CLOSE] / bars.days[30].1[OPEN];
            assert!(night.ln().abs() < 0.05);
            let shares = bars.days[29].1[VOLUME] / bars.days[30].1[VOLUME];
            assert!((0.4..2.5).contains(&shares), "{shares}");
            assert!(adjust(&mut bars).is_empty());
        }
    }

    #[test]
    fn a_fall_of_the_price_is_no_split() {
        // The volume stays; the volume surges and stays high; the price does not lie near a ratio.
        for (price, volume, surge) in
            [(0.5, 1.0, 1.0), (0.5, 2.0, 6.0), (0.58, 1.7, 1.0), (2.0, 2.0, 1.0)]
        {
            let mut bars = share(price, volume, surge);
            let before = bars.clone();
            assert!(adjust(&mut bars).is_empty(), "{price} {volume} {surge}");
            assert_eq!(bars, before);
        }
    }
}
