//! How probable a trained network finds examples.

use std::f64::consts::TAU;

use tch::{Kind, Tensor};

use super::factor::FactorVae;
use crate::train::Examples;
use crate::{Error, Result};

/// Samples of a code for the mean squared error.
const DRAWS: u64 = 8;

impl FactorVae {
    /// The variance of the noise around each input: the mean over examples and samples of their codes of (x − x̂)². Inputs many.
    ///
    /// The loss supposes one variance, β/2, for all inputs; this is what the examples say, for
    /// [`log_likelihoods`](Self::log_likelihoods). Take it from the examples that the network was trained on.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    ///
    /// # Example
    /// See [`log_likelihoods`](Self::log_likelihoods).
    pub fn noise_variances(&self, examples: &impl Examples) -> Result<Vec<f64>> {
        let _guard = tch::no_grad_guard();
        let (mean, log_variance) = self.encode(examples)?;
        let deviation = (log_variance / 2.0).exp();
        let all: Vec<i64> = (0..mean.size()[0]).collect();
        let batch = examples.dataset()?.to_device(self.device())?.rows(&all)?;
        let wanted = batch.inputs().f_to_kind(Kind::Double)?;
        let mut sum = Tensor::f_zeros([self.config.inputs], (Kind::Double, self.device()))?;
        for draw in 0..DRAWS {
            let codes = &mean + &deviation * self.noise(&mean.size(), draw)?;
            let again = self.decoder.forward(&self.with_conditions(&codes, &batch)?);
            let squares = (again.f_to_kind(Kind::Double)? - &wanted).square();
            sum += squares.f_mean_dim([0_i64].as_slice(), false, Kind::Double)?;
        }
        Ok((sum / DRAWS as f64).try_into()?)
    }

    /// The log density, in nats, of each example: the importance-weighted estimate (Burda, Grosse and Salakhutdinov, 2016), log of the mean of
    /// p(x, z) / q(z | x) over samples of its code. It is a lower bound on average, which rises to the density with the number of
    /// samples; 100 to 1,000 are usual. Noise around the decoder's outputs is normal with a variance for each input.
    ///
    /// # Errors
    /// As [`encode`](Self::encode), and [`Error::Invalid`] for no samples, and for variances that are not as many as inputs and positive.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FactorVae::new(FactorVaeConfig::default(), Device::Cpu, 1)?;
    /// let returns = Tensor::randn([20, 100], (Kind::Float, Device::Cpu));
    /// let noise = model.noise_variances(&returns)?;
    /// let densities = model.log_likelihoods(&returns, &noise, 50, 7)?;
    /// assert!(densities.len() == 20 && densities.iter().all(|density| *density < 0.0));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn log_likelihoods(
        &self,
        examples: &impl Examples,
        noise: &[f64],
        samples: usize,
        seed: u64,
    ) -> Result<Vec<f64>> {
        let _guard = tch::no_grad_guard();
        if noise.len() as i64 != self.config.inputs
            || !noise.iter().all(|variance| *variance > 0.0 && variance.is_finite())
            || samples == 0
        {
            let what = format!("{} variances and {samples} samples", noise.len());
            let problem = format!(
                "{} variances above zero and at least one sample are needed",
                self.config.inputs
            );
            return Err(Error::invalid(what, problem));
        }
        let (mean, log_variance) = self.encode(examples)?;
        let all: Vec<i64> = (0..mean.size()[0]).collect();
        let batch = examples.dataset()?.to_device(self.device())?.rows(&all)?;
        let wanted = batch.inputs().f_to_kind(Kind::Float)?;
        let constant = noise.iter().map(|variance| (TAU * variance).ln()).sum::<f64>() / 2.0;
        let precision = Tensor::f_from_slice(noise)?.reciprocal();
        let precision = precision.f_to_kind(Kind::Float)?.f_to_device(self.device())?;
        let deviation = (&log_variance / 2.0).exp();
        tch::manual_seed(seed as i64);
        let mut weights = Vec::with_capacity(samples);
        for _ in 0..samples {
            crate::notebook::interrupt::check()?;
            let draw = Tensor::f_randn(mean.size(), (Kind::Float, tch::Device::Cpu))?;
            let draw = draw.f_to_device(self.device())?;
            let codes = &mean + &deviation * &draw;
            let again = self.decoder.forward(&self.with_conditions(&codes, &batch)?);
            let error = (again - &wanted).square().f_matmul(&precision)? / 2.0;
            // log p(z) − log q(z | x); the constants of the two normal densities cancel.
            let prior = (draw.square() + &log_variance - codes.square()).f_sum_dim_intlist(
                [1_i64].as_slice(),
                false,
                Kind::Float,
            )? / 2.0;
            weights.push((prior - error).f_to_kind(Kind::Double)?);
        }
        let densities = Tensor::f_stack(&weights, 0)?.f_logsumexp([0_i64].as_slice(), false)?
            - ((samples as f64).ln() + constant);
        Ok(densities.try_into()?)
    }
}
