//! What training lowers.

use tch::Kind;
use tch::nn::VarStore;

use super::neural::NeuralTrader;
use crate::Result;
use crate::train::{Batch, Losses, Model, Pass};

impl Model for NeuralTrader {
    fn name(&self) -> String {
        self.config.name()
    }

    fn variables(&self) -> &VarStore {
        &self.store
    }

    fn loss(&self, batch: &Batch, pass: &Pass) -> Result<Losses> {
        let positions = self.decide(batch.inputs(), pass.training)?; // n
        let earned = positions.f_mul(batch.targets()?)?.f_mean(None::<Kind>)?;
        let held = tch::no_grad(|| positions.f_mean(None::<Kind>))?;
        Ok(Losses::new(earned.f_neg()?).with("position", held).with("return", earned))
    }
}
