//! What is made small.

use tch::Tensor;
use tch::nn::VarStore;

use super::face::FaceVae;
use crate::Result;
use crate::model::pictures::check_faces;
use crate::train::{Batch, Losses, Model, Pass};

impl Model for FaceVae {
    fn name(&self) -> String {
        self.config.name()
    }

    fn variables(&self) -> &VarStore {
        &self.store
    }

    fn loss(&self, batch: &Batch, _pass: &Pass) -> Result<Losses> {
        let images = batch.inputs();
        check_faces(images)?;
        Ok(self.loss_at(images, Tensor::randn_like))
    }
}

impl FaceVae {
    /// The loss where the codes' noise comes from a function of a tensor of its shape.
    pub(super) fn loss_at(&self, images: &Tensor, noise: impl Fn(&Tensor) -> Tensor) -> Losses {
        let count = images.size()[0] as f64;
        let (mean, log_variance) = self.distribution(images);
        let deviation = (&log_variance / 2.0).exp();
        let codes = &mean + &deviation * noise(&deviation);
        let images_again = self.decoder.forward(&codes);
        let squared_error = images_again.mse_loss(images, tch::Reduction::Sum) / count;
        let divergence = (mean.square() + log_variance.exp() - &log_variance - 1.0)
            .sum(mean.kind())
            / (2.0 * count);
        let loss = &squared_error * (self.config.factor / 2.0) + &divergence;
        Losses::new(loss).with("squared_error", squared_error).with("divergence", divergence)
    }
}
