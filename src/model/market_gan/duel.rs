//! One step of both networks against each other.

use tch::{Kind, Tensor};

use super::config::Wasserstein;
use super::gan::MarketGan;
use crate::Result;
use crate::train::Optimizer;

/// A training under way.
pub(super) struct Duel<'a> {
    gan: &'a MarketGan,
    generator: Optimizer,
    discriminator: Optimizer,
    steps: usize,
}

/// Names and values of a step's measures.
pub(super) type Measures = [(&'static str, Tensor); 4];

impl<'a> Duel<'a> {
    pub(super) fn new(gan: &'a MarketGan) -> Result<Self> {
        let rule = gan.config.rule();
        let generator = Optimizer::new(&gan.generator_store, rule)?;
        let discriminator = Optimizer::new(&gan.discriminator_store, rule)?;
        Ok(Self { gan, generator, discriminator, steps: 0 })
    }

    /// A step on real series, n × channels × 1 × days, and their classes. One pass of the generator serves both networks.
    pub(super) fn step(&mut self, real: &Tensor, classes: &Tensor) -> Result<Measures> {
        let noise = Tensor::f_randn(
            [real.size()[0], self.gan.config.latent],
            (real.kind(), real.device()),
        )?;
        let fake = self.gan.generator.forward(&noise, classes, true);
        let (loss, scores) = self.discriminator_loss(real, &fake.detach(), classes);
        self.discriminator.minimize(&loss)?;
        self.steps += 1;
        // Critics take several steps for one of the generator.
        let moves = self
            .gan
            .config
            .wasserstein
            .is_none_or(|critic| self.steps.is_multiple_of(critic.critic_steps));
        let generator_loss = if moves {
            let generator_loss = self.generator_loss(&fake, classes);
            self.generator.minimize(&generator_loss)?;
            generator_loss
        } else {
            -&scores[1]
        };
        let [real_score, fake_score] = scores;
        Ok([
            ("generator_loss", generator_loss.detach()),
            ("discriminator_loss", loss.detach()),
            ("real_score", real_score),
            ("fake_score", fake_score),
        ])
    }

    /// What the discriminator lowers, and the mean scores of real and made series. It has no batch normalisation, so that both go through it at once.
    pub(super) fn discriminator_loss(
        &self,
        real: &Tensor,
        fake: &Tensor,
        classes: &Tensor,
    ) -> (Tensor, [Tensor; 2]) {
        let count = real.size()[0];
        let logits = self.gan.discriminator.forward(
            &Tensor::cat(&[real, fake], 0),
            &Tensor::cat(&[classes, classes], 0),
            true,
        );
        let [of_real, of_fake] = [logits.narrow(0, 0, count), logits.narrow(0, count, count)];
        let mean = |values: Tensor| values.mean(values.kind());
        if let Some(critic) = self.gan.config.wasserstein {
            let scores = [mean(of_real.detach()), mean(of_fake.detach())];
            let loss = mean(of_fake - of_real) + self.penalty(critic, real, fake, classes);
            return (loss, scores);
        }
        let scores = [mean(of_real.detach().sigmoid()), mean(of_fake.detach().sigmoid())];
        (mean((-of_real).softplus()) + mean(of_fake.softplus()), scores)
    }

    pub(super) fn generator_loss(&self, fake: &Tensor, classes: &Tensor) -> Tensor {
        let logits = self.gan.discriminator.forward(fake, classes, true);
        let losses =
            if self.gan.config.wasserstein.is_some() { -logits } else { (-logits).softplus() };
        losses.mean(losses.kind())
    }

    /// How far the critic's gradient is from the length 1, at points between real and made series.
    fn penalty(
        &self,
        critic: Wasserstein,
        real: &Tensor,
        fake: &Tensor,
        classes: &Tensor,
    ) -> Tensor {
        let share = Tensor::rand([real.size()[0], 1, 1, 1], (real.kind(), real.device()));
        let between = (real + share * (fake - real)).set_requires_grad(true);
        let values = self.gan.discriminator.forward(&between, classes, true);
        let gradient =
            Tensor::run_backward(&[values.sum(values.kind())], &[&between], true, true).remove(0);
        let length =
            gradient.square().sum_dim_intlist([1_i64, 2, 3].as_slice(), false, None::<Kind>);
        // The root has no slope at zero.
        ((length + 1e-12).sqrt() - 1.0).square().mean(None::<Kind>) * critic.penalty
    }
}
