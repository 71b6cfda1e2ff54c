//! What can be chosen about the two networks.

use crate::model::Initialization;
use crate::train::{Adam, RmsProp, Rule};
use crate::{Error, Result};

/// The choices of a [`Dcgan`](super::Dcgan). Each is one step from [`baseline`](Self::baseline) to
/// [`improved`](Self::improved), or one that was tried on the way.
///
/// | Field | `baseline` | `improved` (the default) | Purpose |
/// |---|---|---|---|
/// | `initialization` | `Keras` | `Normal` | the first weights |
/// | `discriminator_norm` | `false` | `true` | batch normalisation after the discriminator's second convolution |
/// | `leaky_generator` | `true` | `false` | LeakyReLU in the generator in place of ReLU |
/// | `dropout` | 0.3, 0.3 | 0.4, 0 | share of values dropped after the discriminator's convolutions |
/// | `sigmoid` | `false` | `false` | a sigmoid at the discriminator's end, under a loss that expects logits |
/// | `extra_layers` | `false` | `false` | one more convolution of 128 channels in both networks |
/// | `optimizer` | Adam 1e-4 | RMSprop 1e-4 | what moves the weights of both |
/// | `noise` | 100 | 100 | numbers that a picture is drawn from |
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let with_norm = DcganConfig { discriminator_norm: true, ..DcganConfig::baseline() };
/// assert_ne!(with_norm, DcganConfig::baseline());
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DcganConfig {
    /// The first weights.
    pub initialization: Initialization,
    /// Batch normalisation after the discriminator's second convolution.
    pub discriminator_norm: bool,
    /// LeakyReLU in the generator in place of ReLU.
    pub leaky_generator: bool,
    /// Share of values dropped after the discriminator's first and second convolution, from 0 up to, but not including, 1.
    pub dropout: [f64; 2],
    /// A sigmoid at the discriminator's end. The loss still takes its outputs for logits, as in the experiment that this repeats.
    pub sigmoid: bool,
    /// One more convolution of 128 channels in both networks.
    pub extra_layers: bool,
    /// What moves the weights of both networks.
    pub optimizer: Rule,
    /// Numbers that a picture is drawn from.
    pub noise: i64,
}

impl Default for DcganConfig {
    fn default() -> Self {
        Self::improved()
    }
}

impl DcganConfig {
    /// The networks of TensorFlow's tutorial on DCGAN (Radford, Metz and Chintala, 2016).
    ///
    /// # Example
    /// ```
    /// assert_eq!(latentlab::model::DcganConfig::baseline().dropout, [0.3, 0.3]);
    /// ```
    pub fn baseline() -> Self {
        Self {
            initialization: Initialization::Keras,
            discriminator_norm: false,
            leaky_generator: true,
            dropout: [0.3, 0.3],
            sigmoid: false,
            extra_layers: false,
            optimizer: Self::adam(),
            noise: 100,
        }
    }

    /// The networks as they were at the end of the improvements.
    ///
    /// # Example
    /// ```
    /// assert!(latentlab::model::DcganConfig::improved().discriminator_norm);
    /// ```
    pub fn improved() -> Self {
        Self {
            initialization: Initialization::Normal,
            discriminator_norm: true,
            leaky_generator: false,
            dropout: [0.4, 0.0],
            optimizer: Self::rms_prop(),
            ..Self::baseline()
        }
    }

    /// Adam as Keras sets it, with the tutorial's learning rate of 1e-4.
    ///
    /// # Example
    /// ```
    /// assert_eq!(latentlab::model::DcganConfig::adam().learning_rate(), 1e-4);
    /// ```
    pub fn adam() -> Rule {
        Adam::new(1e-4).epsilon(1e-7).into()
    }

    /// RMSprop as Keras sets it, with a learning rate of 1e-4. Keras adds its 1e-7 under the root, where PyTorch and this library
    /// add to the root: √1e-7 there is what comes nearest.
    ///
    /// # Example
    /// ```
    /// assert_eq!(latentlab::model::DcganConfig::rms_prop().name(), "RmsProp");
    /// ```
    pub fn rms_prop() -> Rule {
        RmsProp { smoothing: 0.9, epsilon: 1e-7_f64.sqrt(), ..RmsProp::new(1e-4) }.into()
    }

    pub(super) fn checked(self) -> Result<Self> {
        if self.noise < 1 {
            return Err(Error::invalid(
                format!("noise {}", self.noise),
                "at least one number is needed",
            ));
        }
        if self.dropout.iter().any(|share| !(0.0..1.0).contains(share)) {
            let what = format!("dropout {}, {}", self.dropout[0], self.dropout[1]);
            return Err(Error::invalid(
                what,
                "shares from 0 up to, but not including, 1 are needed",
            ));
        }
        self.optimizer.checked()?;
        Ok(self)
    }

    /// What a trained network depends on, as it stands in files. First weights and optimiser leave no trace.
    pub(super) fn name(&self) -> String {
        let [first, second] = self.dropout;
        format!(
            "Dcgan, norm {}, leaky {}, dropout {first} {second}, sigmoid {}, extra {}, noise {}",
            self.discriminator_norm,
            self.leaky_generator,
            self.sigmoid,
            self.extra_layers,
            self.noise
        )
    }

    /// The choices from such a name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let mut parts = name.strip_prefix("Dcgan, ")?.split(", ");
        let mut next = |key: &str| parts.next()?.strip_prefix(key)?.strip_prefix(' ');
        let config = Self {
            discriminator_norm: next("norm")?.parse().ok()?,
            leaky_generator: next("leaky")?.parse().ok()?,
            dropout: {
                let (first, second) = next("dropout")?.split_once(' ')?;
                [first.parse().ok()?, second.parse().ok()?]
            },
            sigmoid: next("sigmoid")?.parse().ok()?,
            extra_layers: next("extra")?.parse().ok()?,
            noise: next("noise")?.parse().ok()?,
            ..Self::improved()
        };
        config.checked().ok()
    }
}
