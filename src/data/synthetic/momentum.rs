//! Returns with momentum, for traders to learn from.

use tch::{Kind, Tensor};

use crate::random::Random;
use crate::{Error, Result};

/// Series of returns in which a share of each return comes again in the next one: xₜ = ρ xₜ₋₁ + εₜ with standard normal ε, and
/// x₀ = ε₀. With ρ = 0 it is pure noise, from which nothing can be learned.
///
/// Written out, xₜ = εₜ + ρ εₜ₋₁ + ρ² εₜ₋₂ + …; course material that names this sum a moving average, "MA(1)", means this process, an
/// autoregression of the first order.
///
/// | Option | Default | Purpose | Range |
/// |---|---|---|---|
/// | [`series`](Self::series) | 1,000 | rows | from 1 |
/// | [`periods`](Self::periods) | 20 | columns | from 1 |
/// | [`persistence`](Self::persistence) | 0 | ρ | −1 < ρ < 1 |
/// | [`seed`](Self::seed) | 0 | everything that is drawn | |
///
/// # Example
/// ```
/// use latentlab::data::MomentumModel;
///
/// let returns = MomentumModel::default().persistence(0.5).series(100).seed(7).sample()?;
/// assert_eq!(returns.size(), [100, 20]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MomentumModel {
    series: usize,
    periods: usize,
    persistence: f64,
    seed: u64,
}

impl Default for MomentumModel {
    fn default() -> Self {
        Self { series: 1000, periods: 20, persistence: 0.0, seed: 0 }
    }
}

macro_rules! options {
    ($($(#[$text:meta])* $name:ident: $kind:ty, $example:literal;)*) => {$(
        $(#[$text])*
        ///
        /// # Example
        /// ```
        /// use latentlab::data::MomentumModel;
        ///
        #[doc = concat!("let model = MomentumModel::default().", stringify!($name), "(", $example, ");")]
        /// ```
        pub fn $name(mut self, value: $kind) -> Self {
            self.$name = value;
            self
        }
    )*};
}

impl MomentumModel {
    options! {
        /// Sets the number of series. Default 1,000.
        series: usize, "100";
        /// Sets the returns in a series. Default 20.
        periods: usize, "250";
        /// Sets the share of a return that comes again in the next one. Default 0, pure noise.
        persistence: f64, "0.5";
        /// Sets the seed. Default 0.
        seed: u64, "42";
    }

    /// Draws the returns: series × periods, `Float`, on the CPU. Equal seeds give equal returns, on every machine.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an option outside its range.
    ///
    /// # Example
    /// See [`MomentumModel`].
    pub fn sample(&self) -> Result<Tensor> {
        self.check()?;
        let mut random = Random::new(self.seed);
        let mut values = Vec::with_capacity(self.series * self.periods);
        for _ in 0..self.series {
            let mut last = 0.0;
            for _ in 0..self.periods {
                last = self.persistence * last + random.normal();
                values.push(last);
            }
        }
        let shape = [self.series as i64, self.periods as i64];
        Ok(Tensor::f_from_slice(&values)?.f_view(shape)?.f_to_kind(Kind::Float)?)
    }

    /// The mean return of the best position in [0, 1] that the past allows, over the periods after the first `lag`: to hold everything
    /// where ρ times the last return is positive, and nothing elsewhere. It is the mean of |ρ| σₜ / √(2π), where σₜ is the standard
    /// deviation of the last return.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an option outside its range, and a lag that leaves no period.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::MomentumModel;
    ///
    /// let best = MomentumModel::default().persistence(0.5).best_return(4)?;
    /// assert!((best - 0.230).abs() < 1e-3);
    /// assert_eq!(MomentumModel::default().best_return(4)?, 0.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn best_return(&self, lag: usize) -> Result<f64> {
        self.check()?;
        if lag == 0 || lag >= self.periods {
            let problem = format!(
                "of {} periods at least one must come before it and after it",
                self.periods
            );
            return Err(Error::invalid(format!("lag {lag}"), problem));
        }
        let square = self.persistence * self.persistence;
        let deviations = (lag..self.periods)
            .map(|period| ((1.0 - square.powi(period as i32)) / (1.0 - square)).sqrt());
        let mean = deviations.sum::<f64>() / (self.periods - lag) as f64;
        Ok(self.persistence.abs() * mean / std::f64::consts::TAU.sqrt())
    }

    fn check(&self) -> Result<()> {
        let problem = if self.series == 0 || self.periods == 0 {
            "at least one series of one period is needed"
        } else if self.persistence.is_nan() || self.persistence.abs() >= 1.0 {
            "the persistence must lie between −1 and 1, both left out"
        } else {
            return Ok(());
        };
        Err(Error::invalid(format!("{self:?}"), problem))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tch::Device;

    use super::*;

    #[test]
    fn returns_follow_the_recursion() {
        let noise = MomentumModel::default().series(50).seed(3).sample().unwrap();
        let moving = MomentumModel::default().series(50).seed(3).persistence(0.5).sample().unwrap();
        assert_eq!(moving.select(1, 0), noise.select(1, 0));
        let again = moving.narrow(1, 0, 19) * 0.5 + noise.narrow(1, 1, 19);
        assert!((again - moving.narrow(1, 1, 19)).abs().max().double_value(&[]) < 1e-6);
        assert_eq!(noise, MomentumModel::default().series(50).seed(3).sample().unwrap());
        assert_ne!(noise, MomentumModel::default().series(50).seed(4).sample().unwrap());
    }

    #[test]
    fn the_best_position_earns_what_the_formula_says() {
        for persistence in [-0.4, 0.2, 0.5, 0.9] {
            let model = MomentumModel::default().series(40_000).persistence(persistence).seed(1);
            let returns = model.sample().unwrap();
            let (before, after) = (returns.narrow(1, 3, 16), returns.narrow(1, 4, 16));
            let held = (before * persistence).gt(0.0).to_kind(Kind::Float);
            let earned = (held * after).mean(Kind::Double).double_value(&[]);
            let expected = model.best_return(4).unwrap();
            // The standard error is about 0.001 times the standard deviation of a return.
            assert!((earned - expected).abs() < 0.006, "{persistence}: {earned} {expected}");
        }
    }

    #[test]
    fn options_outside_their_ranges_are_refused() {
        let good = MomentumModel::default();
        for bad in [
            good.series(0),
            good.periods(0),
            good.persistence(1.0),
            good.persistence(-1.5),
            good.persistence(f64::NAN),
        ] {
            assert!(bad.sample().is_err() && bad.best_return(4).is_err(), "{bad:?}");
        }
        assert!(good.best_return(0).is_err() && good.best_return(20).is_err());
        assert_eq!(good.sample().unwrap().device(), Device::Cpu);
    }
}
