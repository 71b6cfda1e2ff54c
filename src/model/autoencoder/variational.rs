//! The variational autoencoder.

use std::path::Path;

use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use super::config::VaeConfig;
use super::pixels::{cross_entropy, decode, decoder_summary, flat};
use crate::Result;
use crate::model::network::{Network, network};
use crate::model::pictures::in_chunks;
use crate::model::stack::Stack;
use crate::model::{LatentStatistics, LayerSummary};
use crate::train::{Batch, Losses, Model, Pass};

/// A variational autoencoder of flat pictures (Kingma and Welling, 2014): each is a normal distribution of codes, and codes are kept near a standard normal one, from
/// which new pictures can be drawn.
///
/// - Encoder: Linear 784→400, ReLU; two linear layers 400→2 for the mean and the log variance of a code.
/// - Decoder: Linear 2→400, ReLU, Linear 400→784, sigmoid: the probability of each pixel.
/// - Loss of a picture: the cross-entropy of its pixels, for one sample of its code, + β · ½ Σ(μ² + σ² − log σ² − 1), in nats; with β = 1 the bound of Kingma and Welling on
///   −log p(picture). The measures `reconstruction` and `divergence` are its two parts; all are means over the batch.
///
/// Pictures are n × 784, or n × 1 × 28 × 28, of numbers from 0 to 1 or of bytes; those that come back are n × 784.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let images = Tensor::rand([64, 1, 28, 28], (Kind::Float, Device::Cpu));
/// let mut model = Vae::new(VaeConfig::default(), Device::Cpu, 1)?;
/// let history = Trainer::new(Adam::new(1e-3)).epochs(1).fit(&mut model, &images)?;
/// let (mean, log_variance) = model.encode(&images)?;
/// assert_eq!((mean.size(), log_variance.size()), (vec![64, 2], vec![64, 2]));
/// assert_eq!(model.sample(5, 7)?.size(), [5, 784]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct Vae {
    pub(super) store: VarStore,
    config: VaeConfig,
    trunk: Stack,
    mean: Stack,
    log_variance: Stack,
    decoder: Stack,
}

/// The log variance that stands for a fixed deviation of zero: its root is 4e-18, and nothing is infinite.
const NO_CHANCE: f64 = -80.0;

impl Vae {
    /// A network with new weights. Equal seeds give equal weights, on every device.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for choices outside their ranges.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Vae::new(VaeConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.parameters(), 631_188);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(config: VaeConfig, device: Device, seed: u64) -> Result<Self> {
        let config = config.checked()?;
        let mut store = VarStore::new(Device::Cpu);
        tch::manual_seed(seed as i64);
        let (root, first) = (store.root(), config.initialization);
        let VaeConfig { inputs, hidden, codes, .. } = config;
        let path = &root / "encoder";
        let trunk = Stack::default().linear(&path / "linear1", first, inputs, hidden).relu();
        let head = |name: &str| Stack::default().linear(&path / name, first, hidden, codes);
        let (mean, log_variance) = (head("mean"), head("log_variance"));
        let path = &root / "decoder";
        let decoder = Stack::default()
            .linear(&path / "linear1", first, codes, hidden)
            .relu()
            .linear(&path / "linear2", first, hidden, inputs);
        drop(root);
        if device != Device::Cpu {
            store.set_device(device);
        }
        Ok(Self { store, config, trunk, mean, log_variance, decoder })
    }

    /// What was chosen.
    pub fn config(&self) -> VaeConfig {
        self.config
    }

    /// Where its weights lie.
    pub fn device(&self) -> Device {
        self.store.device()
    }

    /// How many numbers it learns.
    ///
    /// # Example
    /// See [`new`](Self::new).
    pub fn parameters(&self) -> usize {
        self.learned()
    }

    /// The encoder's layers.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Vae::new(VaeConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.encoder_summary()?.parameters(), 315_604);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn encoder_summary(&self) -> Result<LayerSummary> {
        let VaeConfig { inputs, hidden, .. } = self.config;
        let row = |width: i64| Tensor::f_zeros([1, width], (Kind::Float, self.device()));
        let mut rows = self.trunk.rows(&row(inputs)?);
        rows.extend(self.mean.rows(&row(hidden)?));
        rows.extend(self.log_variance.rows(&row(hidden)?));
        LayerSummary::new("Encoder", &[inputs], rows)
    }

    /// The decoder's layers.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Vae::new(VaeConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.decoder_summary()?.parameters(), 315_584);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn decoder_summary(&self) -> Result<LayerSummary> {
        decoder_summary("Decoder", &self.decoder, self.config.codes, self.device())
    }

    /// The distributions of the codes of pictures: means and log variances, n × codes each.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for pictures of another size.
    ///
    /// # Example
    /// See [`Vae`].
    pub fn encode(&self, images: &Tensor) -> Result<(Tensor, Tensor)> {
        let rows = flat(images, self.config.inputs)?;
        let both = in_chunks(&rows, self.device(), |rows| {
            let (mean, log_variance) = self.distribution(&rows);
            Tensor::f_cat(&[mean, log_variance], 1)
        })?;
        let codes = self.config.codes;
        let part =
            |start| -> Result<Tensor> { Ok(both.f_narrow(1, start, codes)?.f_contiguous()?) };
        Ok((part(0)?, part(codes)?))
    }

    /// One sample of the code of each picture, by a seed: n × codes.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Vae::new(VaeConfig::default(), Device::Cpu, 1)?;
    /// let images = Tensor::rand([4, 784], (Kind::Float, Device::Cpu));
    /// assert_eq!(model.sample_codes(&images, 7)?, model.sample_codes(&images, 7)?);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn sample_codes(&self, images: &Tensor, seed: u64) -> Result<Tensor> {
        let (mean, log_variance) = self.encode(images)?;
        Ok(&mean + (log_variance / 2.0).exp() * self.noise(mean.size()[0], seed)?)
    }

    /// The pictures of codes, n × codes: n × inputs, numbers from 0 to 1.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for codes of another length.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Vae::new(VaeConfig::default(), Device::Cpu, 1)?;
    /// let plane = latentlab::model::code_grid(10, [-3.0, 3.0], [-3.0, 3.0])?;
    /// assert_eq!(model.decode(&plane)?.size(), [100, 784]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn decode(&self, codes: &Tensor) -> Result<Tensor> {
        decode(&self.decoder, codes, self.config.codes, self.device())
    }

    /// Pictures after their way through the means of their codes and back.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Vae::new(VaeConfig::default(), Device::Cpu, 1)?;
    /// let images = Tensor::rand([4, 784], (Kind::Float, Device::Cpu));
    /// assert_eq!(model.reconstruct(&images)?.size(), images.size());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn reconstruct(&self, images: &Tensor) -> Result<Tensor> {
        self.decode(&self.encode(images)?.0)
    }

    /// Pictures of codes drawn from the prior, a standard normal distribution: count × inputs.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for no pictures.
    ///
    /// # Example
    /// See [`Vae`].
    pub fn sample(&self, count: usize, seed: u64) -> Result<Tensor> {
        self.decode(&self.noise(count as i64, seed)?)
    }

    /// What the dimensions of the codes of pictures are used for.
    ///
    /// # Errors
    /// As [`encode`](Self::encode), and [`Error::Invalid`](crate::Error::Invalid) for a single picture.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Vae::new(VaeConfig::default(), Device::Cpu, 1)?;
    /// let images = Tensor::rand([20, 784], (Kind::Float, Device::Cpu));
    /// assert_eq!(model.statistics(&images)?.divergence().len(), 2);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn statistics(&self, images: &Tensor) -> Result<LatentStatistics> {
        let (mean, log_variance) = self.encode(images)?;
        LatentStatistics::new(&mean, &log_variance)
    }

    /// Writes the weights as a safetensors file, aside first.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where the file cannot be written.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("digits.safetensors");
    /// let model = Vae::new(VaeConfig { beta: 4.0, ..Default::default() }, Device::Cpu, 1)?;
    /// model.save(&path)?;
    /// assert_eq!(Vae::load(&path, Device::Cpu)?.config().beta, 4.0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        self.write(path)
    }

    /// A network from a file that [`save`](Self::save) or a training with checkpoints wrote.
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) where it cannot be read, [`Error::Malformed`](crate::Error::Malformed) where it is damaged or of another network.
    ///
    /// # Example
    /// See [`save`](Self::save).
    pub fn load(path: impl AsRef<Path>, device: Device) -> Result<Self> {
        Self::read(path, device)
    }

    /// The loss where the codes' noise comes from a function of a tensor of its shape.
    pub(super) fn loss_at(
        &self,
        batch: &Batch,
        noise: impl Fn(&Tensor) -> Tensor,
    ) -> Result<Losses> {
        let pixels = flat(batch.inputs(), self.config.inputs)?;
        let (mean, log_variance) = self.distribution(&pixels);
        let codes = match self.config.deviation {
            Some(0.0) => mean.shallow_clone(),
            _ => {
                let deviation = (&log_variance / 2.0).exp();
                &mean + &deviation * noise(&deviation)
            }
        };
        let count = batch.len() as f64;
        let reconstruction = cross_entropy(&self.decoder.forward(&codes), &pixels)? / count;
        let divergence = (mean.square() + log_variance.exp() - &log_variance - 1.0)
            .sum(mean.kind())
            / (2.0 * count);
        let loss = &reconstruction + &divergence * self.config.beta;
        Ok(Losses::new(loss).with("reconstruction", reconstruction).with("divergence", divergence))
    }

    fn distribution(&self, pixels: &Tensor) -> (Tensor, Tensor) {
        let features = self.trunk.forward(pixels);
        let mean = self.mean.forward(&features);
        let log_variance = match self.config.deviation {
            Some(fixed) => mean.full_like((2.0 * fixed.ln()).max(NO_CHANCE)),
            None => self.log_variance.forward(&features),
        };
        (mean, log_variance)
    }

    fn noise(&self, count: i64, seed: u64) -> Result<Tensor> {
        tch::manual_seed(seed as i64);
        let drawn = Tensor::f_randn([count, self.config.codes], (Kind::Float, Device::Cpu))?;
        Ok(drawn.f_to_device(self.device())?)
    }
}

impl Model for Vae {
    fn name(&self) -> String {
        self.config.name()
    }

    fn variables(&self) -> &VarStore {
        &self.store
    }

    fn loss(&self, batch: &Batch, _pass: &Pass) -> Result<Losses> {
        self.loss_at(batch, Tensor::randn_like)
    }
}

network!(Vae, "a `Vae`", VaeConfig, { "model": store });
