//! How probable a trained network finds each day, given the days before.

use std::f64::consts::TAU;

use tch::{Device, Kind, Tensor};

use super::temporal::TemporalVae;
use crate::notebook::{Progress, interrupt};
use crate::{Error, Result};

/// Samples of the codes for the mean squared error.
const DRAWS: i64 = 8;

impl TemporalVae {
    /// The variance of the noise around each input: the mean over windows, days and samples of their codes of (x − x̂)². Inputs many.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    ///
    /// # Example
    /// See [`log_likelihoods`](Self::log_likelihoods).
    pub fn noise_variances(&self, windows: &Tensor) -> Result<Vec<f64>> {
        let _guard = tch::no_grad_guard();
        let wanted = self.checked(windows)?;
        let (mean, log_variance) = self.encode(windows)?;
        let deviation = (log_variance / 2.0).exp();
        let mut sum = Tensor::f_zeros([self.config.inputs], (Kind::Double, self.device()))?;
        for draw in 0..DRAWS {
            tch::manual_seed(draw);
            let noise = Tensor::f_randn(mean.size(), (Kind::Float, Device::Cpu))?
                .f_to_device(self.device())?;
            let again = self.decoded(&(&mean + &deviation * noise), false);
            let squares = (again - &wanted).square().f_to_kind(Kind::Double)?;
            sum += squares.f_mean_dim([0_i64, 1].as_slice(), false, Kind::Double)?;
        }
        Ok((sum / DRAWS as f64).try_into()?)
    }

    /// The log density, in nats, of each day of a series, days × inputs, given the days before: estimates by a marginal particle filter
    /// (Klaas, de Freitas and Doucet, 2005), in which the particles of a day are samples of its code from the encoder. The sum is
    /// that of the series; with more particles it rises to the density. The cost grows with the square of their number. After an interrupt:
    /// the days that are done.
    ///
    /// Noise around the decoder's outputs is normal with a variance for each input, as in
    /// [`FactorVae::log_likelihoods`](crate::model::FactorVae::log_likelihoods), whose numbers these can be compared with.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a series of another shape, no particles, and variances that are not as many as inputs and positive.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::TemporalVae, prelude::*};
    /// let model = TemporalVae::new(FactorVaeConfig::default(), 3, Device::Cpu, 1)?;
    /// let series = Tensor::randn([30, 100], (Kind::Float, Device::Cpu));
    /// let noise = model.noise_variances(&series.unsqueeze(0))?;
    /// assert_eq!(model.log_likelihoods(&series, &noise, 50, 7)?.len(), 30);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn log_likelihoods(
        &self,
        series: &Tensor,
        noise: &[f64],
        particles: usize,
        seed: u64,
    ) -> Result<Vec<f64>> {
        let _guard = tch::no_grad_guard();
        if noise.len() as i64 != self.config.inputs
            || !noise.iter().all(|variance| *variance > 0.0 && variance.is_finite())
            || particles == 0
        {
            let what = format!("{} variances and {particles} particles", noise.len());
            let problem = format!(
                "{} variances above zero and at least one particle are needed",
                self.config.inputs
            );
            return Err(Error::invalid(what, problem));
        }
        let series = self.checked(&series.f_unsqueeze(0)?)?;
        let (mean, log_variance) = self.encode(&series)?;
        let constant = noise.iter().map(|variance| (TAU * variance).ln()).sum::<f64>() / 2.0;
        let precision = Tensor::f_from_slice(noise)?.reciprocal();
        let precision = precision.f_to_kind(Kind::Float)?.f_to_device(self.device())?;
        let count = particles as i64;
        tch::manual_seed(seed as i64);
        let mut before: Option<(Tensor, Tensor)> = None;
        let mut densities = Vec::with_capacity(series.size()[1] as usize);
        let days = series.size()[1];
        let mut bar = Progress::new("Particle filter", days as u64).unit("days");
        for day in 0..days {
            if interrupt::requested() {
                break;
            }
            let (mean, log_variance) = (mean.f_select(1, day)?, log_variance.f_select(1, day)?);
            let draw = Tensor::f_randn([count, self.config.codes], (Kind::Float, Device::Cpu))?;
            let draw = draw.f_to_device(self.device())?;
            let codes = mean + (&log_variance / 2.0).exp() * &draw;
            let error = (self.decoded(&codes, false) - series.f_select(1, day)?)
                .square()
                .f_matmul(&precision)?
                / 2.0;
            let proposal = over_codes(&(draw.square() + log_variance))? / -2.0;
            let prior = match &before {
                None => over_codes(&codes.square())? / -2.0,
                Some((earlier, weights)) => self.transition(&codes, earlier, weights)?,
            };
            let weights = prior - proposal - error;
            let total = weights.f_logsumexp([0_i64].as_slice(), false)?;
            densities.push(total.double_value(&[]) - (particles as f64).ln() - constant);
            before = Some((codes, weights - total));
            bar.advance(1);
        }
        Ok(densities)
    }

    /// The log density of each particle under the mixture that the weighted particles of the day before make, but for the
    /// constant (2π)^(−codes/2) that the proposal leaves out, too.
    fn transition(&self, codes: &Tensor, earlier: &Tensor, weights: &Tensor) -> Result<Tensor> {
        let kept = self.kept();
        let variance = kept.square() * -1.0 + 1.0;
        let gaps = codes.f_unsqueeze(1)? - (earlier * kept).f_unsqueeze(0)?;
        let exponents = (gaps.square() / &variance).f_sum_dim_intlist(
            [2_i64].as_slice(),
            false,
            Kind::Float,
        )? / -2.0;
        let mixture =
            (exponents + weights.f_unsqueeze(0)?).f_logsumexp([1_i64].as_slice(), false)?;
        Ok(mixture - variance.log().sum(Kind::Float) / 2.0)
    }
}

fn over_codes(values: &Tensor) -> Result<Tensor> {
    Ok(values.f_sum_dim_intlist([1_i64].as_slice(), false, Kind::Float)?)
}
