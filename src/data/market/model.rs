//! A market to draw, whose shares belong to classes that are known.

use ndarray::{Array2, Array3};

use super::bars::{CLOSE, FIELDS, HIGH, LOW, OPEN, VOLUME, VWAP};
use super::benchmark::Benchmark;
use super::{MarketPanel, MarketReport};
use crate::data::synthetic::weekdays;
use crate::random::Random;
use crate::{Error, Result};

/// A market to draw: share i of the class cᵢ ∈ {−1, 0, 1} has on day t the log return rᵢₜ = βᵢ mₜ + cᵢ dᵢ + √hᵢₜ eᵢₜ.
///
/// | Part | Law |
/// |---|---|
/// | market mₜ | μ + √gₜ zₜ with μ = 0.0003; ln gₜ an autoregression about ln 0.01² (coefficient 0.97, innovations 0.15); it is also the benchmark |
/// | own variance hᵢₜ | mean σᵢ²; ln hᵢₜ an autoregression (coefficient 0.95, innovations [`clustering`](Self::clustering)): stochastic volatility (Taylor, Modelling financial time series, 1986) |
/// | σᵢ | drawn evenly from 0.01 to 0.03; βᵢ normal with mean 1 and deviation 0.2 |
/// | drift dᵢ | separation · σᵢ / √180 a day: over 180 days neighbouring classes lie `separation` deviations of the share's own noise apart |
/// | volume | ln V an autoregression (0.7, 0.3) about a level of the share, plus 0.6 \|rᵢₜ\| / σᵢ |
/// | open, high, low | about 30 % of a return falls in the night; highs and lows lie beyond open and close by 0.5 √hᵢₜ \|normal\| |
///
/// All z, e and other innovations are independent standard normal, a third of the shares belongs to each class. A classifier that knew every
/// number but the class would find it from T days with accuracy (4 Φ(s/2) − 1) / 3, where s² = dᵢ² Σ 1/hᵢₜ; see
/// [`MarketPanel::attainable_accuracy`].
///
/// | Option | Default | Purpose | Range |
/// |---|---|---|---|
/// | [`tickers`](Self::tickers) | 600 | shares | from 3 |
/// | [`days`](Self::days) | 320 | weekdays from 2020-01-01 on | from 2 |
/// | [`separation`](Self::separation) | 2 | how far the classes lie apart: the difficulty | zero or positive |
/// | [`clustering`](Self::clustering) | 0.2 | how much volatility changes | 0 to 1 |
/// | [`seed`](Self::seed) | 0 | everything that is drawn | |
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let panel = MarketModel::default().tickers(90).seed(7).sample()?;
/// assert_eq!(panel.bars().dim(), (90, 6, 320));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MarketModel {
    tickers: usize,
    days: usize,
    separation: f64,
    clustering: f64,
    seed: u64,
}

/// What was drawn that no one sees.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Drawn {
    /// 0 under, 1 neutral, 2 over.
    pub(super) classes: Vec<usize>,
    /// What neighbouring classes differ by, a day.
    pub(super) drifts: Vec<f64>,
    pub(super) loadings: Vec<f64>,
    /// hᵢₜ, tickers × days.
    pub(super) variances: Array2<f64>,
    /// gₜ.
    pub(super) market_variances: Vec<f64>,
}

pub(super) const MARKET_DRIFT: f64 = 0.0003;
const MARKET_VOLATILITY: f64 = 0.01;
/// The days over which the separation counts.
const REFERENCE_DAYS: f64 = 180.0;
/// The part of a return that falls in the night.
const NIGHT: f64 = 0.3;

impl Default for MarketModel {
    fn default() -> Self {
        Self { tickers: 600, days: 320, separation: 2.0, clustering: 0.2, seed: 0 }
    }
}

macro_rules! options {
    ($($(#[$text:meta])* $name:ident: $kind:ty, $example:literal;)*) => {$(
        $(#[$text])*
        ///
        /// # Example
        /// ```
        /// use latentlab::prelude::*;
        ///
        #[doc = concat!("let model = MarketModel::default().", stringify!($name), "(", $example, ");")]
        /// ```
        pub fn $name(mut self, value: $kind) -> Self {
            self.$name = value;
            self
        }
    )*};
}

impl MarketModel {
    options! {
        /// Sets the number of shares. Default 600.
        tickers: usize, "300";
        /// Sets the number of days. Default 320.
        days: usize, "500";
        /// Sets how many deviations of a share's own noise lie between neighbouring classes over 180 days. Default 2.
        separation: f64, "1.0";
        /// Sets the innovations of the logarithm of the shares' own variances. Default 0.2; at 0 they are constant.
        clustering: f64, "0.0";
        /// Sets the seed. Default 0.
        seed: u64, "42";
    }

    /// Draws a market.
    ///
    /// # Errors
    /// [`Error::Invalid`] for options out of their range.
    ///
    /// # Example
    /// See [`MarketModel`].
    pub fn sample(&self) -> Result<MarketPanel> {
        self.check()?;
        let mut random = Random::new(self.seed);
        let market_logs = autoregression(&mut random, self.days, 0.97, 0.15);
        let market_variances: Vec<f64> =
            market_logs.map(|log| MARKET_VOLATILITY.powi(2) * libm::exp(log)).collect();
        let market: Vec<f64> = market_variances
            .iter()
            .map(|variance| MARKET_DRIFT + variance.sqrt() * random.normal())
            .collect();
        let mut classes: Vec<usize> = (0..self.tickers).map(|share| share % 3).collect();
        random.shuffle(&mut classes);
        let mut drawn = Drawn {
            classes,
            drifts: Vec::new(),
            loadings: Vec::new(),
            variances: Array2::zeros((self.tickers, self.days)),
            market_variances,
        };
        let mut bars = Array3::zeros((self.tickers, FIELDS, self.days));
        for share in 0..self.tickers {
            let volatility = 0.01 + 0.02 * random.share();
            let drift = self.separation * volatility / REFERENCE_DAYS.sqrt();
            let loading = 1.0 + 0.2 * random.normal();
            drawn.drifts.push(drift);
            drawn.loadings.push(loading);
            let logs: Vec<f64> =
                autoregression(&mut random, self.days, 0.95, self.clustering).collect();
            let sign = drawn.classes[share] as f64 - 1.0;
            let mut draft = Draft::new(&mut random, volatility);
            for day in 0..self.days {
                let own = volatility * libm::exp(logs[day] / 2.0);
                drawn.variances[[share, day]] = own * own;
                let noise = own * random.normal();
                let values =
                    draft.day(&mut random, loading * market[day] + sign * drift + noise, own);
                (0..FIELDS).for_each(|field| bars[[share, field, day]] = values[field]);
            }
        }
        Ok(self.panel(bars, drawn, &market))
    }

    fn panel(&self, bars: Array3<f64>, drawn: Drawn, market: &[f64]) -> MarketPanel {
        let dates = weekdays(self.days);
        let level = market.iter().scan(0.0, |sum, value| {
            *sum += value;
            Some(1000.0 * libm::exp(*sum))
        });
        let closes: Vec<f64> = level.collect();
        let opens =
            std::iter::once(1000.0).chain(closes[..self.days - 1].iter().copied()).collect();
        let tickers: Vec<String> =
            (0..self.tickers).map(|share| format!("S{:04}", share + 1)).collect();
        let report = MarketReport {
            tickers_read: self.tickers,
            tickers_kept: self.tickers,
            days: self.days,
            first: dates[0],
            last: dates[self.days - 1],
            ..Default::default()
        };
        MarketPanel {
            source: format!(
                "drawn market of {} shares, separation {}, seed {}",
                self.tickers, self.separation, self.seed
            ),
            filled: Array2::from_elem((self.tickers, self.days), false),
            benchmark: Some(Benchmark { name: "the market that was drawn".into(), opens, closes }),
            statics: None,
            drawn: Some(drawn),
            dates,
            tickers,
            bars,
            report,
        }
    }

    fn check(&self) -> Result<()> {
        let problem =
            if !(3..=100_000).contains(&self.tickers) || !(2..=100_000).contains(&self.days) {
                "from 3 to 100,000 shares and from 2 to 100,000 days are possible"
            } else if self.tickers * self.days > 50_000_000 {
                "more than 50 million days of shares do not fit into memory; draw fewer"
            } else if !(self.separation >= 0.0 && self.separation <= 100.0) {
                "the separation must lie between 0 and 100"
            } else if !(0.0..=1.0).contains(&self.clustering) {
                "the clustering must lie between 0 and 1"
            } else {
                return Ok(());
            };
        Err(Error::invalid(format!("{self:?}"), problem))
    }
}

/// Logarithms of variances with mean 1: a stationary autoregression with normal innovations, less half its variance.
fn autoregression(
    random: &mut Random,
    days: usize,
    kept: f64,
    innovation: f64,
) -> impl Iterator<Item = f64> + use<> {
    let variance = innovation * innovation / (1.0 - kept * kept);
    let mut state = variance.sqrt() * random.normal();
    let states: Vec<f64> = (0..days)
        .map(|_| {
            state = kept * state + innovation * random.normal();
            state - variance / 2.0
        })
        .collect();
    states.into_iter()
}

/// Prices and volumes of one share while they are drawn.
struct Draft {
    close: f64,
    volatility: f64,
    level: f64,
    volume: f64,
}

impl Draft {
    fn new(random: &mut Random, volatility: f64) -> Self {
        let close = 50.0 * libm::exp(0.8 * random.normal());
        Self { close, volatility, level: libm::log(1e6) + random.normal(), volume: 0.0 }
    }

    /// A day with this log return and own volatility.
    fn day(&mut self, random: &mut Random, change: f64, own: f64) -> [f64; FIELDS] {
        let night = NIGHT * change + NIGHT * own * random.normal();
        let open = self.close * libm::exp(night);
        self.close *= libm::exp(change);
        let mut beyond = || libm::exp(0.5 * own * random.normal().abs());
        let (high, low) = (open.max(self.close) * beyond(), open.min(self.close) / beyond());
        self.volume = 0.7 * self.volume + 0.3 * random.normal();
        let traded = libm::exp(self.level + self.volume + 0.6 * change.abs() / self.volatility);
        let mut values = [0.0; FIELDS];
        values[OPEN] = open;
        values[CLOSE] = self.close;
        values[HIGH] = high;
        values[LOW] = low;
        values[VOLUME] = traded.round();
        values[VWAP] = (open + high + low + 2.0 * self.close) / 5.0;
        values
    }
}
