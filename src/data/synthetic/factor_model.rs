//! A market to draw returns from.

use ndarray::Array2;

use super::factor_sample::FactorSample;
use super::weekdays;
use crate::random::Random;
use crate::{Error, Result};

/// A linear factor model of returns, to draw from: asset i on day t has the return βᵢ · f_t + ε_it.
///
/// | Option | Default | Purpose | Range |
/// |---|---|---|---|
/// | [`assets`](Self::assets) | 100 | columns of the returns | from 1 |
/// | [`days`](Self::days) | 1,000 | rows; weekdays from 2020-01-01 on | from 2 |
/// | [`sectors`](Self::sectors) | 10 | groups of assets with similar loadings | from 1 |
/// | [`volatilities`](Self::volatilities) | 0.02, 0.015, 0.01, 0.008, 0.005 | standard deviations of the factors' innovations | positive |
/// | [`persistence`](Self::persistence) | 0.1, 0.95 | a and b of f_t = a f_(t−1) + b ε_t | −1 < a < 1, b > 0 |
/// | [`loading_spread`](Self::loading_spread) | 0.3 | standard deviation of an asset's loadings about its sector's | zero or positive |
/// | [`idiosyncratic`](Self::idiosyncratic) | 0.01 to 0.03 | range of the assets' own volatilities, drawn evenly | positive |
/// | [`seed`](Self::seed) | 0 | everything that is drawn | |
///
/// The loadings of a sector are standard normal, sectors are drawn with equal chances for each asset, and the first day's factors are plain
/// innovations, ε_1 times their volatilities.
///
/// # Example
/// ```
/// use latentlab::data::FactorModel;
///
/// let market = FactorModel::default().seed(42).sample()?;
/// assert_eq!(market.values().dim(), (1000, 100));
/// assert_eq!(market.factors().dim(), (1000, 5));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FactorModel {
    assets: usize,
    days: usize,
    sectors: usize,
    volatilities: Vec<f64>,
    persistence: (f64, f64),
    loading_spread: f64,
    idiosyncratic: (f64, f64),
    seed: u64,
}

impl Default for FactorModel {
    fn default() -> Self {
        Self {
            assets: 100,
            days: 1000,
            sectors: 10,
            volatilities: vec![0.02, 0.015, 0.01, 0.008, 0.005],
            persistence: (0.1, 0.95),
            loading_spread: 0.3,
            idiosyncratic: (0.01, 0.03),
            seed: 0,
        }
    }
}

macro_rules! options {
    ($($(#[$text:meta])* $name:ident: $kind:ty, $example:literal;)*) => {$(
        $(#[$text])*
        ///
        /// # Example
        /// ```
        /// use latentlab::data::FactorModel;
        ///
        #[doc = concat!("let model = FactorModel::default().", stringify!($name), "(", $example, ");")]
        /// ```
        pub fn $name(mut self, value: $kind) -> Self {
            self.$name = value;
            self
        }
    )*};
}

impl FactorModel {
    options! {
        /// Sets the number of assets. Default 100.
        assets: usize, "20";
        /// Sets the number of days. Default 1,000.
        days: usize, "250";
        /// Sets the number of sectors. Default 10.
        sectors: usize, "3";
        /// Sets the spread of loadings within a sector. Default 0.3.
        loading_spread: f64, "0.1";
        /// Sets the seed. Default 0.
        seed: u64, "42";
    }

    /// Sets the factors by the volatilities of their innovations.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::FactorModel;
    ///
    /// let sample = FactorModel::default().volatilities(&[0.02, 0.01]).sample()?;
    /// assert_eq!(sample.loadings().dim(), (100, 2));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn volatilities(mut self, volatilities: &[f64]) -> Self {
        self.volatilities = volatilities.to_vec();
        self
    }

    /// Sets what a factor keeps of the day before, and the weight of what is new. Default 0.1 and 0.95.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::FactorModel;
    ///
    /// // The same variance, and a memory of some twenty days.
    /// let slow = FactorModel::default().persistence(0.95, (1.0_f64 - 0.95 * 0.95).sqrt());
    /// assert!(slow.sample().is_ok());
    /// assert!(FactorModel::default().persistence(1.0, 0.1).sample().is_err());
    /// ```
    pub fn persistence(mut self, kept: f64, new: f64) -> Self {
        self.persistence = (kept, new);
        self
    }

    /// Sets the range of the assets' own volatilities. Default 0.01 to 0.03.
    ///
    /// # Example
    /// ```
    /// let model = latentlab::data::FactorModel::default().idiosyncratic(0.005, 0.01);
    /// ```
    pub fn idiosyncratic(mut self, least: f64, most: f64) -> Self {
        self.idiosyncratic = (least, most);
        self
    }

    /// Draws a market. Equal seeds give equal markets, on every machine.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an option outside its range.
    ///
    /// # Example
    /// See [`FactorModel`].
    pub fn sample(&self) -> Result<FactorSample> {
        self.check()?;
        let count = self.volatilities.len();
        let mut random = Random::new(self.seed);
        let factors = self.factors(&mut random);
        let centres = Array2::from_shape_simple_fn((self.sectors, count), || random.normal());
        let sectors: Vec<usize> =
            (0..self.assets).map(|_| (random.share() * self.sectors as f64) as usize).collect();
        let loadings = Array2::from_shape_fn((self.assets, count), |(asset, factor)| {
            centres[[sectors[asset], factor]] + self.loading_spread * random.normal()
        });
        let (least, most) = self.idiosyncratic;
        let own: Vec<f64> =
            (0..self.assets).map(|_| least + (most - least) * random.share()).collect();
        let mut values = factors.dot(&loadings.t());
        for mut day in values.outer_iter_mut() {
            day.iter_mut()
                .zip(&own)
                .for_each(|(value, deviation)| *value += deviation * random.normal());
        }
        let (kept, new) = self.persistence;
        let stationary = new * new / (1.0 - kept * kept);
        let variances = self
            .volatilities
            .iter()
            .map(|volatility| volatility * volatility * stationary)
            .collect();
        Ok(FactorSample {
            dates: weekdays(self.days),
            values,
            factors,
            loadings,
            sectors,
            own,
            variances,
        })
    }

    fn factors(&self, random: &mut Random) -> Array2<f64> {
        let size = (self.days, self.volatilities.len());
        let mut factors =
            Array2::from_shape_fn(size, |(_, factor)| self.volatilities[factor] * random.normal());
        let (kept, new) = self.persistence;
        for day in 1..self.days {
            for factor in 0..size.1 {
                factors[[day, factor]] =
                    kept * factors[[day - 1, factor]] + new * factors[[day, factor]];
            }
        }
        factors
    }

    fn check(&self) -> Result<()> {
        let (kept, new) = self.persistence;
        let (least, most) = self.idiosyncratic;
        let positive = |value: f64| value > 0.0 && value.is_finite();
        let problem = if self.assets == 0 || self.sectors == 0 {
            "at least one asset and one sector are needed"
        } else if !(2..=1_000_000).contains(&self.days) {
            "from 2 to 1,000,000 days are possible"
        } else if self.volatilities.is_empty()
            || !self.volatilities.iter().all(|&value| positive(value))
        {
            "at least one factor is needed, and volatilities above zero"
        } else if !(kept.abs() < 1.0 && positive(new)) {
            "a factor must keep less than all of the day before, and have something new"
        } else if !(self.loading_spread >= 0.0 && self.loading_spread.is_finite()) {
            "the spread of loadings must be zero or positive"
        } else if !(positive(least) && positive(most) && least <= most) {
            "the assets' own volatilities must be a range above zero"
        } else {
            return Ok(());
        };
        Err(Error::invalid(format!("{self:?}"), problem))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    #[test]
    fn days_are_weekdays_and_seeds_repeat() {
        let market = FactorModel::default().seed(3).sample().unwrap();
        assert_eq!(market, FactorModel::default().seed(3).sample().unwrap());
        assert_ne!(market, FactorModel::default().seed(4).sample().unwrap());
        let dates: Vec<String> = market.dates()[..4].iter().map(NaiveDate::to_string).collect();
        assert_eq!(dates, ["2020-01-01", "2020-01-02", "2020-01-03", "2020-01-06"]);
    }

    #[test]
    fn moments_are_those_of_the_model() {
        let model = FactorModel::default().days(40_000).assets(4).seed(1);
        let market = model.sample().unwrap();
        // 40,000 draws tell a variance to 1 % or so, and an autocorrelation to 0.005.
        for (factor, volatility) in [0.02, 0.015, 0.01, 0.008, 0.005].iter().enumerate() {
            let series = market.factors().column(factor);
            let variance = series.dot(&series) / 40_000.0;
            let wanted = volatility * volatility * 0.9025 / 0.99;
            assert!((variance / wanted - 1.0).abs() < 0.03, "{factor}");
            let later = series.slice(ndarray::s![1..]).dot(&series.slice(ndarray::s![..-1]));
            assert!((later / 40_000.0 / variance - 0.1).abs() < 0.02, "{factor}");
        }
        let covariance = market.covariance();
        let sampled = crate::stats::empirical_covariance(market.values()).unwrap();
        for ((row, column), wanted) in covariance.indexed_iter() {
            let scale = (covariance[[row, row]] * covariance[[column, column]]).sqrt();
            assert!((sampled[[row, column]] - wanted).abs() < 0.04 * scale);
        }
        assert!(market.idiosyncratic_volatilities().iter().all(|own| (0.01..0.03).contains(own)));
    }

    #[test]
    fn assets_of_a_sector_have_similar_loadings() {
        let market = FactorModel::default().loading_spread(0.0).seed(2).sample().unwrap();
        let loadings = market.loadings();
        for (one, sector) in market.sectors().iter().enumerate() {
            for (other, sector_of_other) in market.sectors().iter().enumerate() {
                assert_eq!(loadings.row(one) == loadings.row(other), sector == sector_of_other);
            }
        }
        let mut seen = market.sectors().to_vec();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen, (0..10).collect::<Vec<usize>>());
    }

    #[test]
    fn the_page_shows_as_many_assets_as_fit() {
        use crate::notebook::Show;
        let text = |assets| {
            let page = FactorModel::default().assets(assets).days(5).sample().unwrap().rich();
            page.get("text/html").unwrap().to_owned()
        };
        assert!(text(100).contains("the first 8 assets") && !text(100).contains("STOCK_008"));
        assert!(text(8).contains("STOCK_007") && !text(8).contains("the first"));
    }

    #[test]
    fn the_first_day_is_a_plain_innovation() {
        let market = FactorModel::default().days(2).volatilities(&[0.5]).seed(8).sample().unwrap();
        let mut random = Random::new(8);
        let (first, second) = (random.normal() * 0.5, random.normal() * 0.5);
        assert_eq!(market.factors()[[0, 0]], first);
        assert!((market.factors()[[1, 0]] - 0.1 * first - 0.95 * second).abs() < 1e-15);
    }

    #[test]
    fn options_out_of_range_are_refused() {
        let model = FactorModel::default;
        for bad in [
            model().assets(0),
            model().sectors(0),
            model().days(1),
            model().volatilities(&[]),
            model().volatilities(&[0.1, f64::NAN]),
            model().persistence(1.0, 0.1),
            model().persistence(f64::NAN, 0.1),
            model().loading_spread(-0.1),
            model().idiosyncratic(0.03, 0.01),
            model().idiosyncratic(0.0, 0.01),
        ] {
            assert!(bad.sample().is_err(), "{bad:?}");
        }
    }
}
