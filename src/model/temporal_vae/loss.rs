//! What training lowers.

use tch::nn::VarStore;
use tch::{Kind, Reduction, Tensor};

use super::temporal::TemporalVae;
use crate::Result;
use crate::train::{Batch, Losses, Model, Pass};

impl Model for TemporalVae {
    fn name(&self) -> String {
        let name = self.config.name();
        format!("TemporalVae, memory {}, {}", self.memory(), name.trim_start_matches("FactorVae, "))
    }

    fn variables(&self) -> &VarStore {
        &self.store
    }

    fn loss(&self, batch: &Batch, pass: &Pass) -> Result<Losses> {
        let windows = self.checked(batch.inputs())?;
        let (mean, log_variance) = self.distribution(&windows, pass.training)?;
        let deviation = (&log_variance / 2.0).exp();
        let codes = &mean + &deviation * Tensor::randn_like(&deviation);
        let again = self.decoded(&codes, pass.training);
        let reconstruction = again.mse_loss(&windows, Reduction::Sum);
        let divergence = self.divergence(&mean, &log_variance, &codes)?;
        let beta = if pass.training { self.config.beta_in(pass.epoch) } else { self.config.beta };
        let loss = &reconstruction + &divergence * beta;
        Ok(Losses::new(loss).with("reconstruction", reconstruction).with("divergence", divergence))
    }
}

impl TemporalVae {
    /// Σ KL(q(z_t | x) ‖ p(z_t | z_(t−1))), where the codes of the day before are the sampled ones.
    pub(super) fn divergence(
        &self,
        mean: &Tensor,
        log_variance: &Tensor,
        codes: &Tensor,
    ) -> Result<Tensor> {
        let (expected, variance) = self.prior(codes)?;
        let ratio = (log_variance.exp() + (mean - expected).square()) / &variance;
        Ok((ratio + variance.log() - log_variance - 1.0).sum(Kind::Float) / 2.0)
    }

    /// The mean of each day's codes given the day before, n × days × codes, and their variance, days × codes. The first day has none before it.
    fn prior(&self, codes: &Tensor) -> Result<(Tensor, Tensor)> {
        let (size, kept) = (codes.size(), self.kept());
        let first = Tensor::f_zeros([size[0], 1, size[2]], (codes.kind(), codes.device()))?;
        let later = codes.f_narrow(1, 0, size[1] - 1)? * &kept;
        let one = Tensor::f_ones([1, size[2]], (codes.kind(), codes.device()))?;
        let rest = (kept.square() * -1.0 + 1.0).f_expand([size[1] - 1, size[2]], false)?;
        Ok((Tensor::f_cat(&[first, later], 1)?, Tensor::f_cat(&[one, rest], 0)?))
    }
}
