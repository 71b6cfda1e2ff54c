//! The two networks together, and what they are asked for.

use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use super::config::DcganConfig;
use super::discriminator::Discriminator;
use super::generator::Generator;
use crate::model::network::{Network, network};
use crate::model::pictures::{check_digits, in_chunks};
use crate::model::{Interpolation, LayerSummary, interpolate};
use crate::{Error, Result};

/// Two networks that play against each other (Goodfellow and others, 2014), made of convolutions (Radford, Metz and Chintala, 2016): a
/// generator that draws digits from noise, and a discriminator that tells them from real ones. Layers, padding, normalisation and
/// slopes are those of Keras.
///
/// - Generator: Linear 100→12,544 without bias, 256 × 7 × 7; ConvT 256→128 k5 s1; ConvT 128→64 k5 s2; ConvT 64→1 k5 s2, tanh. Batch normalisation
///   and ReLU (or LeakyReLU) before each convolution. 2,280,896 parameters.
/// - Discriminator: Conv 1→64 k5 s2, LeakyReLU, dropout; Conv 64→128 k5 s2, batch normalisation (or none), LeakyReLU, dropout (or none);
///   Linear 6,272→1. 212,865 parameters, and 256 of the normalisation.
/// - Loss of a batch: cross-entropy of the discriminator's logits, where it should say 1 to real pictures and 0 to drawn ones, and where
///   the generator wants it to say 1 to drawn ones.
///
/// Pictures hold numbers from 0 (paper) to 1 (ink) outside of the networks, −1 to 1 inside.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let images = Tensor::rand([64, 1, 28, 28], (Kind::Float, Device::Cpu));
/// let mut model = Dcgan::new(DcganConfig::improved(), Device::Cpu, 1)?;
/// let fit = model.fit(Epochs::new("Digits", 2).batch_size(16).seed(1), &images, &[1, 2])?;
/// assert_eq!(fit.history().series("generator").len(), 2);
/// assert_eq!(model.sample(5, 7)?.size(), [5, 1, 28, 28]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct Dcgan {
    pub(super) config: DcganConfig,
    pub(super) generator_store: VarStore,
    pub(super) discriminator_store: VarStore,
    pub(super) generator: Generator,
    pub(super) discriminator: Discriminator,
}

impl Dcgan {
    /// Networks with new weights. Equal seeds give equal weights, on every device.
    ///
    /// # Errors
    /// [`Error::Invalid`] for choices outside their ranges.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Dcgan::new(DcganConfig::baseline(), Device::Cpu, 1)?;
    /// assert_eq!(model.parameters(), 2_280_896 + 212_865);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(config: DcganConfig, device: Device, seed: u64) -> Result<Self> {
        let config = config.checked()?;
        tch::manual_seed(seed as i64);
        // Drawn on the CPU, weights are the same whatever they are moved to.
        let (mut generator_store, mut discriminator_store) =
            (VarStore::new(Device::Cpu), VarStore::new(Device::Cpu));
        let mut generator = Generator::new(&generator_store, &config);
        let mut discriminator = Discriminator::new(&discriminator_store, &config);
        if device != Device::Cpu {
            generator_store.set_device(device);
            discriminator_store.set_device(device);
            generator.move_to(device);
            discriminator.move_to(device);
        }
        Ok(Self { config, generator_store, discriminator_store, generator, discriminator })
    }

    /// What was chosen. For networks from a file, first weights and optimiser are those of [`DcganConfig::improved`].
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// assert_eq!(Dcgan::new(DcganConfig::baseline(), Device::Cpu, 1)?.config().noise, 100);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn config(&self) -> DcganConfig {
        self.config
    }

    /// Where the weights lie.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// assert_eq!(Dcgan::new(DcganConfig::baseline(), Device::Cpu, 1)?.device(), Device::Cpu);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn device(&self) -> Device {
        self.generator_store.device()
    }

    /// How many numbers both networks learn.
    ///
    /// # Example
    /// See [`new`](Self::new).
    pub fn parameters(&self) -> usize {
        self.learned()
    }

    /// The generator's layers.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Dcgan::new(DcganConfig::improved(), Device::Cpu, 1)?;
    /// assert_eq!(model.generator_summary()?.parameters(), 2_280_896);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn generator_summary(&self) -> Result<LayerSummary> {
        LayerSummary::new("Generator", &[self.config.noise], self.generator.rows())
    }

    /// The discriminator's layers.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Dcgan::new(DcganConfig::improved(), Device::Cpu, 1)?;
    /// assert_eq!(model.discriminator_summary()?.parameters(), 212_865 + 256);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn discriminator_summary(&self) -> Result<LayerSummary> {
        LayerSummary::new("Discriminator", &[1, 28, 28], self.discriminator.rows())
    }

    /// Noise that a seed stands for: `Float` of shape (count, noise), standard normal.
    ///
    /// # Errors
    /// [`Error::Torch`] for more than the memory holds.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Dcgan::new(DcganConfig::improved(), Device::Cpu, 1)?;
    /// assert_eq!(model.noise(3, 7)?, model.noise(3, 7)?);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn noise(&self, count: usize, seed: u64) -> Result<Tensor> {
        tch::manual_seed(seed as i64);
        let size = [count as i64, self.config.noise];
        Ok(Tensor::f_randn(size, (Kind::Float, Device::Cpu))?.f_to_device(self.device())?)
    }

    /// Pictures for noise (n, noise): `Float` from 0 to 1 of shape (n, 1, 28, 28). Normalisation takes the statistics that it has
    /// gathered in training, so that a picture depends on its own noise alone.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another shape.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Dcgan::new(DcganConfig::improved(), Device::Cpu, 1)?;
    /// assert_eq!(model.draw(&model.noise(3, 7)?)?, model.sample(3, 7)?);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn draw(&self, noise: &Tensor) -> Result<Tensor> {
        if !matches!(noise.size()[..], [count, width] if count > 0 && width == self.config.noise) {
            let problem = format!("n × {} is needed", self.config.noise);
            return Err(Error::invalid(format!("noise of shape {:?}", noise.size()), problem));
        }
        in_chunks(noise, self.device(), |noise| {
            (self.generator.forward(&noise, false) * 0.5).f_add_scalar(0.5)
        })
    }

    /// New pictures, those that a seed stands for.
    ///
    /// # Errors
    /// [`Error::Invalid`] for none.
    ///
    /// # Example
    /// See [`Dcgan`].
    pub fn sample(&self, count: usize, seed: u64) -> Result<Tensor> {
        self.draw(&self.noise(count, seed)?)
    }

    /// Pictures on the way between the noises of two seeds, both ends included. The way is the great circle, because the straight line passes near
    /// the middle, where noise of so many dimensions never lies.
    ///
    /// # Errors
    /// [`Error::Invalid`] for fewer than two pictures.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Dcgan::new(DcganConfig::improved(), Device::Cpu, 1)?;
    /// assert_eq!(model.interpolate(1, 2, 9)?.size(), [9, 1, 28, 28]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn interpolate(&self, first: u64, second: u64, count: usize) -> Result<Tensor> {
        let (from, to) = (self.noise(1, first)?, self.noise(1, second)?);
        self.draw(&interpolate(&from, &to, count, Interpolation::Sphere)?)
    }

    /// How real the discriminator finds pictures (n, 1, 28, 28), bytes or numbers from 0 to 1: shares from 0 to 1.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another shape or kind.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Dcgan::new(DcganConfig::improved(), Device::Cpu, 1)?;
    /// assert_eq!(model.judge(&model.sample(3, 7)?)?.size(), [3]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn judge(&self, images: &Tensor) -> Result<Tensor> {
        check_digits(images)?;
        in_chunks(images, self.device(), |images| {
            let logits = self.discriminator.forward(&(images * 2.0 - 1.0), false);
            if self.config.sigmoid { Ok(logits) } else { logits.f_sigmoid() }
        })
    }
}

network!(Dcgan, "a `Dcgan`", DcganConfig, { "generator": generator_store, "discriminator": discriminator_store });
