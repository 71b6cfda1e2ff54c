//! The Sharpe ratio, and how well it is known.

use super::moments::{is_constant, mean_and_deviation};
use super::rank::normal_quantile;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::plot::Numbers;
use crate::{Error, Result};

/// The mean of a strategy's returns over their standard deviation, with a standard error.
///
/// The error is that of Lo (*The statistics of Sharpe ratios*, Financial Analysts Journal 58, 2002, "IID" and "non-IID" in one). With
/// ŝ = μ̂/σ̂ of T returns, each return has the influence
///
/// ψₜ = zₜ − ŝ/2 · (zₜ² − 1), zₜ = (rₜ − μ̂)/σ̂,
///
/// and the variance of ŝ is that of their mean, (γ₀ + 2 Σₖ (1 − k/(L + 1)) γₖ) / T, with γₖ their autocovariances (Newey and West, 1987).
/// For independent normal returns it becomes Lo's (1 + ŝ²/2)/T; fat tails, skewness and momentum are taken into account. L is
/// ⌊4 (T/100)^(2/9)⌋ (Newey and West, 1994) unless [given](Self::with_lags).
///
/// Returns are taken as they are: subtract a riskless rate before, where there is one. σ̂ has 1/T.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let returns: Vec<f64> = (0..1000).map(|day| 0.0005 + 0.01 * (1.7 * day as f64).sin()).collect();
/// let ratio = SharpeRatio::new(&returns, 252.0)?;
/// let (low, high) = ratio.interval(0.95)?;
/// assert!(low < ratio.value() && ratio.value() < high);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SharpeRatio {
    /// For one period.
    value: f64,
    influence: Vec<f64>,
    lags: usize,
    periods_a_year: f64,
}

impl SharpeRatio {
    /// The ratio of returns in the order of time, with the number of periods in a year: 252 for days of trading, 12 for months, and 1
    /// for a ratio that is not annualised.
    ///
    /// # Errors
    /// [`Error::Invalid`] for fewer than three returns, one that is not finite, equal returns, or a number of periods that is not
    /// positive.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// assert_eq!(SharpeRatio::new([3.0, 1.0, 3.0, 1.0], 1.0)?.value(), 2.0);
    /// assert!(SharpeRatio::new([1.0, 1.0, 1.0], 1.0).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(returns: impl Numbers, periods_a_year: f64) -> Result<Self> {
        let returns = returns.numbers();
        let refuse = |problem: &str| {
            Err(Error::invalid(format!("a Sharpe ratio of {} returns", returns.len()), problem))
        };
        if !(periods_a_year > 0.0 && periods_a_year.is_finite()) {
            return refuse(&format!(
                "{periods_a_year} periods a year; a positive number is needed"
            ));
        }
        if returns.len() < 3 || returns.iter().any(|value| !value.is_finite()) {
            return refuse("at least three returns are needed, all of them finite");
        }
        let (mean, deviation) = mean_and_deviation(returns.iter().copied());
        if is_constant(returns.iter().copied(), deviation) {
            return refuse("all are equal, so that there is no deviation to divide by");
        }
        let value = mean / deviation;
        let influence = returns.iter().map(|one| {
            let z = (one - mean) / deviation;
            z - value / 2.0 * (z * z - 1.0)
        });
        let lags = 4.0 * (returns.len() as f64 / 100.0).powf(2.0 / 9.0);
        Ok(Self { value, influence: influence.collect(), lags: lags as usize, periods_a_year })
    }

    /// The same ratio with an error that takes autocovariances up to a lag into account; 0 for independent returns.
    ///
    /// # Errors
    /// [`Error::Invalid`] for as many lags as returns, or more.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let ratio = SharpeRatio::new([0.02, -0.01, 0.03, 0.01, -0.02, 0.02], 12.0)?;
    /// assert_eq!(ratio.clone().with_lags(0)?.value(), ratio.value());
    /// assert!(ratio.with_lags(6).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn with_lags(mut self, lags: usize) -> Result<Self> {
        if lags >= self.influence.len() {
            let problem =
                format!("there are {} returns; fewer lags are needed", self.influence.len());
            return Err(Error::invalid(format!("{lags} lags"), problem));
        }
        self.lags = lags;
        Ok(self)
    }

    /// The ratio for a year: that of a period times the root of the periods in a year. This scaling supposes returns without
    /// autocorrelation (Lo, 2002).
    ///
    /// # Example
    /// See [`new`](Self::new).
    pub fn value(&self) -> f64 {
        self.value * self.periods_a_year.sqrt()
    }

    /// The standard error of [`value`](Self::value).
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// // For nearly independent normal returns it is the root of the periods in a year over the root of their number: 1 over the root of the years.
    /// let returns = MomentumModel::default().series(1).periods(2520).seed(1).sample()?;
    /// let error = SharpeRatio::new(&returns, 252.0)?.standard_error();
    /// assert!((error - 0.1_f64.sqrt()).abs() < 0.03);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn standard_error(&self) -> f64 {
        error_of_mean(&self.influence, self.lags) * self.periods_a_year.sqrt()
    }

    /// The interval that covers the true ratio with a probability, if there are many returns: the value ± a normal quantile times the
    /// error.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a probability outside 0 to 1, both left out.
    ///
    /// # Example
    /// See [`SharpeRatio`].
    pub fn interval(&self, probability: f64) -> Result<(f64, f64)> {
        let half = quantile(probability)? * self.standard_error();
        Ok((self.value() - half, self.value() + half))
    }

    /// How much this ratio is above another one over the same periods, and the standard error of that, which knows that both move with the
    /// same market (Jobson and Korkie, Journal of Finance 36, 1981; with autocovariances as Ledoit and Wolf, Journal of Empirical Finance
    /// 15, 2008).
    ///
    /// # Errors
    /// [`Error::Invalid`] for another number of returns or another number of periods a year.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let market = SharpeRatio::new([0.02, -0.01, 0.03, 0.01, -0.02], 12.0)?;
    /// let (difference, error) = market.difference(&market)?;
    /// assert_eq!((difference, error), (0.0, 0.0));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn difference(&self, other: &Self) -> Result<(f64, f64)> {
        let (one, two) = (self.influence.len(), other.influence.len());
        if one != two || self.periods_a_year != other.periods_a_year {
            let what = format!(
                "Sharpe ratios of {one} and {two} returns, {} and {} a year",
                self.periods_a_year, other.periods_a_year
            );
            return Err(Error::invalid(what, "both must be of the same periods"));
        }
        let pairs = self.influence.iter().zip(&other.influence);
        let influence: Vec<f64> = pairs.map(|(one, other)| one - other).collect();
        let error = error_of_mean(&influence, self.lags.max(other.lags));
        Ok((self.value() - other.value(), error * self.periods_a_year.sqrt()))
    }
}

/// The standard error of the mean of numbers whose mean is zero, by Newey and West.
fn error_of_mean(values: &[f64], lags: usize) -> f64 {
    let count = values.len() as f64;
    let covariance = |lag: usize| {
        values.iter().zip(&values[lag..]).map(|(one, later)| one * later).sum::<f64>() / count
    };
    let weighted =
        (1..=lags).map(|lag| 2.0 * (1.0 - lag as f64 / (lags + 1) as f64) * covariance(lag));
    let variance = covariance(0) + weighted.sum::<f64>();
    // Bartlett's weights keep it from being negative, but for rounding.
    (variance.max(0.0) / count).sqrt()
}

/// How many standard errors an interval of a probability reaches to either side.
fn quantile(probability: f64) -> Result<f64> {
    if probability > 0.0 && probability < 1.0 {
        return Ok(normal_quantile((1.0 + probability) / 2.0));
    }
    Err(Error::invalid(
        format!("an interval of probability {probability}"),
        "it must lie between 0 and 1, such as 0.95",
    ))
}

impl std::fmt::Display for SharpeRatio {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let half = 1.96 * self.standard_error();
        let (low, high) = (self.value() - half, self.value() + half);
        write!(formatter, "Sharpe ratio {:.2}, 95 % interval {low:.2} to {high:.2}", self.value())
    }
}

impl Show for SharpeRatio {
    fn rich(&self) -> Rich {
        Rich::text(self.to_string())
    }
}

impl Inspect for SharpeRatio {
    fn preview(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::Random;

    #[test]
    fn ratios_and_errors_are_those_of_the_generalised_method_of_moments() {
        let fixture = include_str!("../../tests/fixtures/sharpe.json");
        let fixture: serde_json::Value = serde_json::from_str(fixture).unwrap();
        let numbers = |value: &serde_json::Value| -> Vec<f64> {
            value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
        };
        let near = |ours: f64, theirs: &serde_json::Value| {
            assert!((ours - theirs.as_f64().unwrap()).abs() < 1e-10, "{ours} {theirs}");
        };
        let (market, strategy) = (numbers(&fixture["market"]), numbers(&fixture["strategy"]));
        for case in fixture["cases"].as_array().unwrap() {
            let lags = case["lags"].as_u64().unwrap() as usize;
            let ratio =
                |returns| SharpeRatio::new(returns, 252.0).unwrap().with_lags(lags).unwrap();
            let (one, other) = (ratio(&strategy), ratio(&market));
            near(one.value(), &case["value"]);
            near(one.standard_error(), &case["error"]);
            let (difference, error) = one.difference(&other).unwrap();
            near(difference, &case["difference"]);
            near(error, &case["difference_error"]);
            let (low, high) = one.interval(0.9).unwrap();
            near(low, &case["interval"][0]);
            near(high, &case["interval"][1]);
        }
    }

    #[test]
    fn intervals_cover_the_truth_as_often_as_they_say() {
        let mut random = Random::new(5);
        let covered = (0..2000).filter(|_| {
            let returns: Vec<f64> = (0..250).map(|_| 0.1 + random.normal()).collect();
            let (low, high) = SharpeRatio::new(returns, 1.0).unwrap().interval(0.9).unwrap();
            low < 0.1 && 0.1 < high
        });
        // Newey and West's error is a little too small in short series; four standard errors of the count are 0.027.
        let share = covered.count() as f64 / 2000.0;
        assert!((0.86..0.93).contains(&share), "{share}");
    }

    #[test]
    fn without_lags_it_is_lo_with_fat_tails() {
        let returns = [0.03, -0.01, 0.02, 0.00, -0.04, 0.05, 0.01];
        let ratio = SharpeRatio::new(returns, 1.0).unwrap().with_lags(0).unwrap();
        let (mean, deviation) = mean_and_deviation(returns.into_iter());
        let shape = |power: i32| {
            returns.iter().map(|one| ((one - mean) / deviation).powi(power)).sum::<f64>() / 7.0
        };
        // Mertens (2002): 1 − γ₃ s + (γ₄ − 1)/4 s².
        let s = ratio.value();
        let variance = (1.0 - shape(3) * s + (shape(4) - 1.0) / 4.0 * s * s) / 7.0;
        assert!((ratio.standard_error() - variance.sqrt()).abs() < 1e-14);
    }

    #[test]
    fn what_has_no_ratio_is_refused() {
        for (returns, periods) in [
            (vec![0.1, 0.2], 252.0),
            (vec![0.1; 10], 252.0),
            (vec![0.1, f64::NAN, 0.2, 0.3], 252.0),
            (vec![0.1, 0.2, 0.3], 0.0),
            (vec![0.1, 0.2, 0.3], f64::INFINITY),
        ] {
            assert!(SharpeRatio::new(&returns, periods).is_err(), "{returns:?} {periods}");
        }
        let ratio = SharpeRatio::new([0.1, 0.2, 0.3], 1.0).unwrap();
        assert!(
            [0.0, 1.0, f64::NAN].iter().all(|probability| ratio.interval(*probability).is_err())
        );
        let other = SharpeRatio::new([0.1, 0.2, 0.3], 12.0).unwrap();
        assert!(ratio.difference(&other).is_err());
    }

    proptest! {
        #[test]
        fn more_money_in_the_same_strategy_changes_nothing(
            returns in prop::collection::vec(-0.1_f64..0.1, 5..60), factor in 0.01_f64..100.0,
        ) {
            let scaled: Vec<f64> = returns.iter().map(|one| one * factor).collect();
            let (one, other) = (SharpeRatio::new(returns, 252.0).unwrap(), SharpeRatio::new(scaled, 252.0).unwrap());
            prop_assert!((one.value() - other.value()).abs() < 1e-9 * one.value().abs().max(1.0));
            prop_assert!((one.standard_error() - other.standard_error()).abs() < 1e-9 * one.standard_error().max(1.0));
        }
    }
}
