//! What training lowers.

use tch::nn::VarStore;
use tch::{Reduction, Tensor};

use super::factor::FactorVae;
use crate::train::{Batch, Losses, Model, Pass};
use crate::{Error, Result};

impl Model for FactorVae {
    fn name(&self) -> String {
        self.config.name()
    }

    fn variables(&self) -> &VarStore {
        &self.store
    }

    fn loss(&self, batch: &Batch, pass: &Pass) -> Result<Losses> {
        self.loss_at(batch, pass, Tensor::randn_like)
    }
}

impl FactorVae {
    /// The loss where the codes' noise comes from a function of a tensor of its shape.
    pub(super) fn loss_at(
        &self,
        batch: &Batch,
        pass: &Pass,
        noise: impl Fn(&Tensor) -> Tensor,
    ) -> Result<Losses> {
        if pass.training && batch.len() < 2 {
            let problem =
                "batch normalisation needs two; take another batch size or LastBatch::Drop";
            return Err(Error::invalid("a batch of one example", problem));
        }
        let inputs = self.joined(batch, self.config.inputs)?;
        let (mean, log_variance) = self.distribution(&inputs, pass.training);
        let deviation = (&log_variance / 2.0).exp();
        let codes = &mean + &deviation * noise(&deviation);
        let again = self.decoder.forward_t(&self.with_conditions(&codes, batch)?, pass.training);
        let wanted = inputs.f_narrow(1, 0, self.config.inputs)?;
        let reconstruction = again.mse_loss(&wanted, Reduction::Sum);
        let divergence =
            (mean.square() + log_variance.exp() - &log_variance - 1.0).sum(mean.kind()) / 2.0;
        // Validation losses of all epochs must be comparable.
        let beta = if pass.training { self.config.beta_in(pass.epoch) } else { self.config.beta };
        let loss = &reconstruction + &divergence * beta;
        Ok(Losses::new(loss).with("reconstruction", reconstruction).with("divergence", divergence))
    }
}
