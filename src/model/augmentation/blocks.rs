//! Series put together from pieces of themselves.

use tch::{Device, Tensor};

use crate::data::market::MarketSet;
use crate::random::Random;
use crate::{Error, Result};

/// Channels that follow a price. Where two pieces meet, their level goes on.
const PRICES: [&str; 5] = ["open", "close", "high", "low", "VWAP"];

/// A series of channels × days, and where in it the days of a new one lie.
struct Pieces<'a> {
    values: &'a [f32],
    days: usize,
    close: Option<usize>,
    /// By how much each channel rises where the close rises by one; zero for what is no price.
    slopes: &'a [f32],
}

/// The stationary bootstrap (Politis and Romano, *Journal of the American Statistical Association* 89, 1994) of each series: pieces of
/// it, whose lengths are geometric with a mean, one after the other from random places. All channels of a day stay together. A price moves from a
/// day to the next as it did there, and keeps its distance from the others: prices of a piece are moved by one sum so that the close goes on.
pub(super) fn resampled(set: &MarketSet, mean_days: f64, seed: u64) -> Result<Tensor> {
    if !(mean_days >= 1.0 && mean_days.is_finite()) {
        let problem = "a mean length of one day at least is needed, such as 20";
        return Err(Error::invalid(format!("blocks of {mean_days} days"), problem));
    }
    let series = set.series().f_to_device(Device::Cpu)?;
    let (channels, days) = (set.channels(), set.days());
    let place = |name: &str| set.channel_names().iter().position(|known| known == name);
    let close = place("close");
    let slopes = slopes(&series, close, &PRICES.map(place), channels)?;
    let mut values: Vec<f32> = series.f_reshape([-1])?.try_into()?;
    // Another sequence than the one that the examples were drawn by.
    let mut random = Random::new(!seed);
    for example in values.chunks_exact_mut(channels * days) {
        let source = example.to_vec();
        let pieces = Pieces { values: &source, days, close, slopes: &slopes };
        pieces.join(example, 1.0 / mean_days, &mut random);
    }
    let joined = Tensor::from_slice(&values).f_view(series.size().as_slice())?;
    Ok(joined.f_clamp(-1.0, 1.0)?.f_to_device(set.series().device())?)
}

impl Pieces<'_> {
    /// Writes a new series; after each day a new piece begins with some chance, and where the old one is at its end.
    fn join(&self, joined: &mut [f32], chance: f64, random: &mut Random) {
        let (mut day, mut level) = (0, 0.0);
        for now in 1..self.days {
            let mut next = day + 1;
            if next == self.days || random.share() < chance {
                // The first day is nobody's next one.
                next = 1 + (random.share() * (self.days - 1) as f64) as usize;
                if let Some(close) = self.close {
                    level += self.at(close, day) - self.at(close, next - 1);
                }
            }
            for (channel, slope) in self.slopes.iter().enumerate() {
                joined[channel * self.days + now] = self.at(channel, next) + slope * level;
            }
            day = next;
        }
    }

    fn at(&self, channel: usize, day: usize) -> f32 {
        self.values[channel * self.days + day]
    }
}

/// Channels are scaled each by itself: what one unit of the close is in those of the other prices, by least squares.
fn slopes(
    series: &Tensor,
    close: Option<usize>,
    prices: &[Option<usize>],
    channels: usize,
) -> Result<Vec<f32>> {
    let mut slopes = vec![0.0; channels];
    let Some(close) = close else { return Ok(slopes) };
    let centered = |channel: usize| {
        let values = series.f_select(1, channel as i64)?.f_reshape([-1])?;
        values.f_sub(&values.f_mean(None)?)
    };
    let of_close = centered(close)?;
    let squares = of_close.f_dot(&of_close)?.double_value(&[]);
    for price in prices.iter().flatten() {
        // A close that never moves needs no shift.
        if squares > 0.0 {
            slopes[*price] =
                (of_close.f_dot(&centered(*price)?)?.double_value(&[]) / squares) as f32;
        }
    }
    Ok(slopes)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use tch::Kind;

    use super::*;

    const DAYS: usize = 400;

    /// Prices on a random walk, in different units, and a channel that holds the day's number.
    fn walk(count: i64) -> MarketSet {
        let shape = [count, DAYS as i64];
        let double = (Kind::Double, Device::Cpu);
        let close = (Tensor::randn(shape, double) * 0.01).cumsum(1, Kind::Double);
        let low = &close * 1.5 - Tensor::rand(shape, double) * 0.01;
        let day = Tensor::arange(DAYS as i64, double).expand(shape, false) / DAYS as f64;
        let series = Tensor::stack(&[day, close, low], 1);
        let labels = Tensor::zeros([count], (Kind::Int64, Device::Cpu));
        let set = MarketSet::new(&series, &Tensor::zeros([count, 0], double), &labels).unwrap();
        set.with_channel_names(["volume", "close", "low"]).unwrap()
    }

    fn rows(series: &Tensor, channel: i64) -> Vec<f64> {
        series.select(0, 0).select(0, channel).to_kind(Kind::Double).try_into().unwrap()
    }

    #[test]
    fn pieces_keep_their_moves_and_distances() {
        let _turn = crate::random::torch_turn();
        tch::manual_seed(3);
        let set = walk(1);
        let made = resampled(&set, 20.0, 7).unwrap();
        assert_eq!(made.size(), set.series().size());
        let [day, close, low] = [0, 1, 2].map(|channel| rows(&made, channel));
        let [_, real_close, real_low] = [0, 1, 2].map(|channel| rows(set.series(), channel));
        let slope = slopes(set.series(), Some(1), &[Some(2)], 3).unwrap()[2] as f64;
        assert!((slope - 1.5).abs() < 0.02, "{slope}");
        let mut pieces = 1;
        let mut last = 0;
        for now in 1..DAYS {
            let source = (day[now] * DAYS as f64).round() as usize;
            pieces += usize::from(source != last + 1);
            let (moved, real) =
                (close[now] - close[now - 1], real_close[source] - real_close[source - 1]);
            assert!((moved - real).abs() < 1e-6, "{now}");
            let distance = |low: f64, close: f64| low - slope * close;
            let real = distance(real_low[source], real_close[source]);
            assert!((distance(low[now], close[now]) - real).abs() < 1e-5, "{now}");
            last = source;
        }
        // Twenty are expected; five standard deviations.
        assert!((3..=43).contains(&pieces), "{pieces}");
    }

    #[test]
    fn seeds_repeat_and_long_pieces_change_nothing() {
        let _turn = crate::random::torch_turn();
        tch::manual_seed(4);
        let set = walk(3);
        let made = |mean: f64, seed: u64| resampled(&set, mean, seed).unwrap();
        assert_eq!(made(5.0, 1), made(5.0, 1));
        assert_ne!(made(5.0, 1), made(5.0, 2));
        assert_eq!(made(1e12, 1), set.series().clamp(-1.0, 1.0));
        for mean in [0.5, -1.0, f64::NAN, f64::INFINITY] {
            let error = resampled(&set, mean, 1).unwrap_err().to_string();
            assert!(error.contains("mean length of one day"), "{error}");
        }
    }

    #[test]
    fn single_days_flat_prices_and_other_channels_are_taken() {
        let _turn = crate::random::torch_turn();
        let float = (Kind::Float, Device::Cpu);
        let labels = Tensor::zeros([2], (Kind::Int64, Device::Cpu));
        let statics = Tensor::zeros([2, 0], float);
        let set = |series: &Tensor| MarketSet::new(series, &statics, &labels).unwrap();
        let flat = set(&(Tensor::zeros([2, 8, 30], float) + 0.25));
        assert_eq!(resampled(&flat, 3.0, 1).unwrap(), *flat.series());
        let single = set(&Tensor::rand([2, 8, 1], float));
        assert_eq!(resampled(&single, 3.0, 1).unwrap(), *single.series());
        // Without prices, days change places and nothing else.
        let others = set(&Tensor::rand([2, 3, 50], float));
        let made = resampled(&others, 3.0, 1).unwrap();
        assert_ne!(made, *others.series());
        let known: Vec<f64> = rows(others.series(), 2);
        assert!(rows(&made, 2).iter().all(|value| known.contains(value)));
    }
}
