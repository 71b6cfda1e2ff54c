//! The network, its loss, and what it is asked for.

use tch::nn::VarStore;
use tch::{Device, Kind, TchError, Tensor};

use super::config::FaceVaeConfig;
use crate::model::network::{Network, network};
use crate::model::pictures::{check_faces, in_chunks};
use crate::model::stack::Stack;
use crate::model::{LatentStatistics, LayerSummary};
use crate::{Error, Result};

/// Numbers between the convolutions and the codes: 32 × 3 × 3.
const FEATURES: i64 = 288;

/// The variational autoencoder (Kingma and Welling, 2014) of faces of 3 × 45 × 45, values from 0 to 1.
///
/// - Encoder: Conv 3→64 k5, ReLU, pool 2; Conv 64→64 k3, ReLU, pool 2; Conv 64→32 k3, ReLU, pool 2; two linear layers
///   288→100, for the mean and the log variance of a code. 118,056 parameters.
/// - Decoder: 100×1×1; ConvT 100→64 k3, ReLU, ×2; ConvT 64→32 k3, ReLU, ×2; ConvT 32→16 k5, ReLU, ×2; ConvT 16→3 k6, ReLU. 90,675
///   parameters.
/// - Loss of a batch of B images: ½ · factor · Σ(x − x̂)² / B − ½ · Σ(1 + log σ² − μ² − σ²) / B, with one sample of the code
///   for each image. Its parts are the measures `squared_error`, Σ(x − x̂)² / B, and `divergence`.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
/// use latentlab::train::Trainer;
///
/// let faces = Tensor::rand([32, 3, 45, 45], (Kind::Float, Device::Cpu));
/// let mut model = FaceVae::new(FaceVaeConfig { factor: 1.0, ..Default::default() }, Device::Cpu, 1)?;
/// let history = Trainer::new(Adam::new(1e-3)).epochs(1).batch_size(16).seed(1).fit(&mut model, &faces)?;
/// assert_eq!(model.codes(&faces)?.size(), [32, 100]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct FaceVae {
    pub(super) store: VarStore,
    pub(super) config: FaceVaeConfig,
    trunk: Stack,
    mean: Stack,
    log_variance: Stack,
    pub(super) decoder: Stack,
}

impl FaceVae {
    /// A network with new weights. Equal seeds give equal weights, on every device.
    ///
    /// # Errors
    /// [`Error::Invalid`] for codes without numbers or a negative factor.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.parameters(), 208_731);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(config: FaceVaeConfig, device: Device, seed: u64) -> Result<Self> {
        let config = config.checked()?;
        // Drawn on the CPU, weights are the same whatever they are moved to.
        let mut store = VarStore::new(Device::Cpu);
        tch::manual_seed(seed as i64);
        let (root, first, codes) = (store.root(), config.initialization, config.codes);
        let encoder = &root / "encoder";
        let trunk = Stack::default()
            .convolution(&encoder / "conv1", first, 3, 64, 5)
            .relu()
            .max_pool(2)
            .convolution(&encoder / "conv2", first, 64, 64, 3)
            .relu()
            .max_pool(2)
            .convolution(&encoder / "conv3", first, 64, 32, 3)
            .relu()
            .max_pool(2)
            .flatten();
        let head = |name: &str| Stack::default().linear(&encoder / name, first, FEATURES, codes);
        let (mean, log_variance) = (head("mean"), head("log_variance"));
        let decoder = &root / "decoder";
        let decoder = Stack::default()
            .reshape(&[codes, 1, 1])
            .transposed(&decoder / "conv1", first, codes, 64, 3)
            .relu()
            .upsample(2)
            .transposed(&decoder / "conv2", first, 64, 32, 3)
            .relu()
            .upsample(2)
            .transposed(&decoder / "conv3", first, 32, 16, 5)
            .relu()
            .upsample(2)
            .transposed(&decoder / "conv4", first, 16, 3, 6)
            .relu();
        drop(root);
        if device != Device::Cpu {
            store.set_device(device);
        }
        let _guard = tch::no_grad_guard();
        for (_, mut variable) in store.variables() {
            // The order in memory that convolutions are fastest in; outputs take it over from the weights.
            if variable.dim() == 4 {
                variable.f_set_data(&channels_last(variable.f_detach()?)?)?;
            }
        }
        Ok(Self { store, config, trunk, mean, log_variance, decoder })
    }

    /// What was chosen.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// assert_eq!(FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 1)?.config().factor, 100.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn config(&self) -> FaceVaeConfig {
        self.config
    }

    /// Where its weights lie.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// assert_eq!(FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 1)?.device(), Device::Cpu);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn device(&self) -> Device {
        self.store.device()
    }

    /// How many numbers it learns.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// assert_eq!(FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 1)?.parameters(), 208_731);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn parameters(&self) -> usize {
        self.learned()
    }

    /// The encoder's layers.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.encoder_summary()?.parameters(), 118_056);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn encoder_summary(&self) -> Result<LayerSummary> {
        let image = Tensor::f_zeros([1, 3, 45, 45], (Kind::Float, self.device()))?;
        let mut rows = self.trunk.rows(&image);
        let features = Tensor::f_zeros([1, FEATURES], (Kind::Float, self.device()))?;
        rows.extend(self.mean.rows(&features));
        rows.extend(self.log_variance.rows(&features));
        LayerSummary::new("Encoder", &[3, 45, 45], rows)
    }

    /// The decoder's layers.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.decoder_summary()?.parameters(), 90_675);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn decoder_summary(&self) -> Result<LayerSummary> {
        let code = Tensor::f_zeros([1, self.config.codes], (Kind::Float, self.device()))?;
        self.decoder.summary("Decoder", &code)
    }

    /// The distributions of the codes of images, n × 3 × 45 × 45: means and log variances, n × codes each.
    ///
    /// # Errors
    /// [`Error::Invalid`] for images of another shape or kind.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 1)?;
    /// let faces = Tensor::rand([2, 3, 45, 45], (Kind::Float, Device::Cpu));
    /// let (mean, log_variance) = model.encode(&faces)?;
    /// assert_eq!(log_variance.size(), mean.size());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn encode(&self, images: &Tensor) -> Result<(Tensor, Tensor)> {
        check_faces(images)?;
        let both = in_chunks(images, self.device(), |images| {
            let (mean, log_variance) = self.distribution(&channels_last(images)?);
            Tensor::f_cat(&[mean, log_variance], 1)
        })?;
        let (mean, log_variance) = (
            both.f_narrow(1, 0, self.config.codes)?,
            both.f_narrow(1, self.config.codes, self.config.codes)?,
        );
        Ok((mean.f_contiguous()?, log_variance.f_contiguous()?))
    }

    /// The means of the codes of images: n × codes.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    ///
    /// # Example
    /// See [`FaceVae`].
    pub fn codes(&self, images: &Tensor) -> Result<Tensor> {
        Ok(self.encode(images)?.0)
    }

    /// One sample of the code of each image, by a seed: n × codes.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 1)?;
    /// let faces = Tensor::rand([2, 3, 45, 45], (Kind::Float, Device::Cpu));
    /// assert_eq!(model.sample_codes(&faces, 7)?, model.sample_codes(&faces, 7)?);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn sample_codes(&self, images: &Tensor, seed: u64) -> Result<Tensor> {
        let (mean, log_variance) = self.encode(images)?;
        Ok(&mean + (log_variance / 2.0).exp() * self.noise(&mean.size(), seed)?)
    }

    /// The images of codes, n × codes: n × 3 × 45 × 45.
    ///
    /// # Errors
    /// [`Error::Invalid`] for codes of another length.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 1)?;
    /// let codes = Tensor::zeros([2, 100], (Kind::Float, Device::Cpu));
    /// assert_eq!(model.decode(&codes)?.size(), [2, 3, 45, 45]);
    /// assert!(model.decode(&codes.narrow(1, 0, 99)).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn decode(&self, codes: &Tensor) -> Result<Tensor> {
        if !matches!(codes.size()[..], [count, length] if count > 0 && length == self.config.codes)
        {
            let problem = format!("n × {} is needed", self.config.codes);
            return Err(Error::invalid(format!("codes of shape {:?}", codes.size()), problem));
        }
        in_chunks(codes, self.device(), |codes| self.decoder.forward(&codes).f_contiguous())
    }

    /// Images after their way through the means of their codes and back.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 1)?;
    /// let faces = Tensor::rand([2, 3, 45, 45], (Kind::Float, Device::Cpu));
    /// assert_eq!(model.reconstruct(&faces)?.size(), faces.size());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn reconstruct(&self, images: &Tensor) -> Result<Tensor> {
        self.decode(&self.codes(images)?)
    }

    /// Images of codes drawn from the prior.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no images.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.generate(4, 7)?.size(), [4, 3, 45, 45]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn generate(&self, count: usize, seed: u64) -> Result<Tensor> {
        self.decode(&self.noise(&[count as i64, self.config.codes], seed)?)
    }

    /// Images of codes near given ones, n × codes: normal noise of a standard deviation is added to each.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 1)?;
    /// let faces = Tensor::rand([2, 3, 45, 45], (Kind::Float, Device::Cpu));
    /// let codes = model.codes(&faces)?;
    /// assert_eq!(model.generate_near(&codes, 0.0, 7)?, model.decode(&codes)?);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn generate_near(&self, codes: &Tensor, noise: f64, seed: u64) -> Result<Tensor> {
        self.decode(&(codes.f_to_device(self.device())? + self.noise(&codes.size(), seed)? * noise))
    }

    /// What the dimensions of the codes of images are used for.
    ///
    /// # Errors
    /// As [`encode`](Self::encode), and [`Error::Invalid`] for a single image.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 1)?;
    /// let faces = Tensor::rand([8, 3, 45, 45], (Kind::Float, Device::Cpu));
    /// assert_eq!(model.statistics(&faces)?.divergence().len(), 100);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn statistics(&self, images: &Tensor) -> Result<LatentStatistics> {
        let (mean, log_variance) = self.encode(images)?;
        LatentStatistics::new(&mean, &log_variance)
    }

    pub(super) fn distribution(&self, images: &Tensor) -> (Tensor, Tensor) {
        let features = self.trunk.forward(images);
        (self.mean.forward(&features), self.log_variance.forward(&features))
    }

    fn noise(&self, size: &[i64], seed: u64) -> Result<Tensor> {
        tch::manual_seed(seed as i64);
        Ok(Tensor::f_randn(size, (Kind::Float, Device::Cpu))?.f_to_device(self.device())?)
    }
}

fn channels_last(images: Tensor) -> Result<Tensor, TchError> {
    images.f_permute([0, 2, 3, 1])?.f_contiguous()?.f_permute([0, 3, 1, 2])
}

network!(FaceVae, "a `FaceVae`", FaceVaeConfig, { "model": store });

#[cfg(test)]
mod tests;
