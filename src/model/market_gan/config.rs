//! What can be chosen about the networks and their training.

use crate::train::Adam;
use crate::{Error, Result};

/// The choices of a [`MarketGan`](super::MarketGan). How often and in which batches the data are gone through is chosen at
/// [`fit`](super::MarketGan::fit).
///
/// | Field | Default | Purpose |
/// |---|---|---|
/// | `latent` | 64 | numbers of noise in a series that is made, and numbers that stand for its class |
/// | `days` | 180 | length of a series |
/// | `channels` | 8 | numbers a day |
/// | `classes` | 3 | kinds of series |
/// | `learning_rate` | 2e-4 | length of the steps of both networks (Adam) |
/// | `betas` | 0.5, 0.999 | how slowly Adam forgets gradients and their squares |
/// | `wasserstein` | none | a critic in place of the discriminator |
/// | `spectral_norm` | `false` | whether the discriminator's weights are divided by their largest singular values |
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let config = MarketGanConfig { days: 60, wasserstein: Some(Wasserstein::default()), ..Default::default() };
/// assert_eq!(config.channels, 8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MarketGanConfig {
    /// Numbers of noise.
    pub latent: i64,
    /// Length of a series.
    pub days: i64,
    /// Numbers a day.
    pub channels: i64,
    /// Kinds of series.
    pub classes: i64,
    /// Length of a step.
    pub learning_rate: f64,
    /// How slowly Adam forgets.
    pub betas: [f64; 2],
    /// A critic in place of the discriminator.
    pub wasserstein: Option<Wasserstein>,
    /// Whether the discriminator's weights are normalised.
    pub spectral_norm: bool,
}

/// The distance of Wasserstein in place of cross-entropy, with a penalty on the critic's gradient (Gulrajani and others, *Improved
/// Training of Wasserstein GANs*, 2017).
///
/// | Field | Default | Purpose |
/// |---|---|---|
/// | `critic_steps` | 5 | steps of the critic for one of the generator |
/// | `penalty` | 10 | weight of the squared distance of the gradient's length from 1 |
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// assert_eq!(Wasserstein::default().penalty, 10.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wasserstein {
    /// Steps of the critic for one of the generator.
    pub critic_steps: usize,
    /// Weight of the penalty on the gradient.
    pub penalty: f64,
}

impl Default for Wasserstein {
    fn default() -> Self {
        Self { critic_steps: 5, penalty: 10.0 }
    }
}

impl Default for MarketGanConfig {
    fn default() -> Self {
        Self {
            latent: 64,
            days: 180,
            channels: 8,
            classes: 3,
            learning_rate: 2e-4,
            betas: [0.5, 0.999],
            wasserstein: None,
            spectral_norm: false,
        }
    }
}

impl MarketGanConfig {
    pub(super) fn checked(self) -> Result<Self> {
        let sizes = [self.latent, self.days, self.channels, self.classes];
        let critic = self.wasserstein.is_none_or(|critic| {
            critic.critic_steps > 0 && critic.penalty >= 0.0 && critic.penalty.is_finite()
        });
        if sizes.iter().all(|&size| size > 0) && critic {
            return Ok(self);
        }
        let problem = "noise, days, channels, classes and critic steps must be above zero, and the penalty zero or positive";
        Err(Error::invalid(format!("{self:?}"), problem))
    }

    pub(super) fn rule(&self) -> Adam {
        Adam::new(self.learning_rate).betas(self.betas[0], self.betas[1])
    }

    /// What was chosen, as it stands in files.
    pub(super) fn name(&self) -> String {
        let Self { latent, days, channels, classes, learning_rate, betas: [first, second], .. } =
            self;
        let critic = self.wasserstein.unwrap_or(Wasserstein { critic_steps: 0, penalty: 0.0 });
        format!(
            "MarketGan, {latent} noise, {days} days, {channels} channels, {classes} classes, Adam {learning_rate} {first} {second}, \
             {} critic steps, penalty {}, spectral norm {}",
            critic.critic_steps,
            critic.penalty,
            u8::from(self.spectral_norm)
        )
    }

    /// The choices from such a name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let words = name.split([' ', ',']);
        let numbers: Vec<f64> = words.filter_map(|word| word.parse().ok()).collect();
        let [
            latent,
            days,
            channels,
            classes,
            learning_rate,
            first,
            second,
            steps,
            penalty,
            spectral,
        ] = numbers[..]
        else {
            return None;
        };
        let critic = Wasserstein { critic_steps: steps as usize, penalty };
        let config = Self {
            latent: latent as i64,
            days: days as i64,
            channels: channels as i64,
            classes: classes as i64,
            learning_rate,
            betas: [first, second],
            wasserstein: (steps > 0.0).then_some(critic),
            spectral_norm: spectral > 0.0,
        };
        config.checked().ok().filter(|config| config.name() == name)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_choices() {
        let plain = MarketGanConfig { days: 60, learning_rate: 1e-5, ..Default::default() };
        let critic = Wasserstein { critic_steps: 2, penalty: 0.5 };
        let other = MarketGanConfig {
            wasserstein: Some(critic),
            spectral_norm: true,
            ..Default::default()
        };
        for config in [plain, other] {
            assert_eq!(MarketGanConfig::from_name(&config.name()), Some(config));
        }
        let good = plain.name();
        for name in ["", "MarketGan", &good[1..], &good.replace("8 channels", "0 channels")] {
            assert_eq!(MarketGanConfig::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn choices_without_sense_are_refused() {
        let plain = MarketGanConfig::default();
        let critic = |critic_steps, penalty| Some(Wasserstein { critic_steps, penalty });
        for config in [
            MarketGanConfig { latent: 0, ..plain },
            MarketGanConfig { days: -1, ..plain },
            MarketGanConfig { wasserstein: critic(0, 10.0), ..plain },
            MarketGanConfig { wasserstein: critic(5, f64::NAN), ..plain },
        ] {
            assert!(config.checked().unwrap_err().to_string().contains("above zero"));
        }
    }
}
