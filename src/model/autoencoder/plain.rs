//! The autoencoder without chance.

use std::path::Path;

use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use super::config::AutoencoderConfig;
use super::pixels::{cross_entropy, decode, decoder_summary, flat};
use crate::Result;
use crate::model::LayerSummary;
use crate::model::network::{Network, network};
use crate::model::pictures::in_chunks;
use crate::model::stack::Stack;
use crate::train::{Batch, Losses, Model, Pass};

/// An autoencoder of flat pictures: each is a point of a space with few dimensions, from which it is drawn again (Hinton and Salakhutdinov, 2006, with one hidden layer).
///
/// - Encoder: Linear 784→400, ReLU, Linear 400→2.
/// - Decoder: Linear 2→400, ReLU, Linear 400→784, sigmoid: the probability of each pixel.
/// - Loss: the cross-entropy of the pixels, in nats, summed over a picture, as a mean over the batch.
///
/// Pictures are n × 784, or n × 1 × 28 × 28, of numbers from 0 to 1 or of bytes; those that come back are n × 784.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let images = Tensor::rand([64, 1, 28, 28], (Kind::Float, Device::Cpu));
/// let mut model = Autoencoder::new(AutoencoderConfig::default(), Device::Cpu, 1)?;
/// Trainer::new(Adam::new(1e-3)).epochs(1).fit(&mut model, &images)?;
/// assert_eq!(model.encode(&images)?.size(), [64, 2]);
/// assert_eq!(model.reconstruct(&images)?.size(), [64, 784]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct Autoencoder {
    pub(super) store: VarStore,
    config: AutoencoderConfig,
    encoder: Stack,
    decoder: Stack,
}

impl Autoencoder {
    /// A network with new weights. Equal seeds give equal weights, on every device.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for choices outside their ranges.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Autoencoder::new(AutoencoderConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.parameters(), 630_386);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(config: AutoencoderConfig, device: Device, seed: u64) -> Result<Self> {
        let config = config.checked()?;
        let mut store = VarStore::new(Device::Cpu);
        tch::manual_seed(seed as i64);
        let (root, first) = (store.root(), config.initialization);
        let AutoencoderConfig { inputs, hidden, codes, .. } = config;
        let path = &root / "encoder";
        let encoder = Stack::default()
            .linear(&path / "linear1", first, inputs, hidden)
            .relu()
            .linear(&path / "code", first, hidden, codes);
        let path = &root / "decoder";
        let decoder = Stack::default()
            .linear(&path / "linear1", first, codes, hidden)
            .relu()
            .linear(&path / "linear2", first, hidden, inputs);
        drop(root);
        if device != Device::Cpu {
            store.set_device(device);
        }
        Ok(Self { store, config, encoder, decoder })
    }

    /// What was chosen.
    pub fn config(&self) -> AutoencoderConfig {
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
    /// let model = Autoencoder::new(AutoencoderConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.encoder_summary()?.parameters(), 314_802);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn encoder_summary(&self) -> Result<LayerSummary> {
        let row = Tensor::f_zeros([1, self.config.inputs], (Kind::Float, self.device()))?;
        self.encoder.summary("Encoder", &row)
    }

    /// The decoder's layers.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Autoencoder::new(AutoencoderConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.decoder_summary()?.parameters(), 315_584);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn decoder_summary(&self) -> Result<LayerSummary> {
        decoder_summary("Decoder", &self.decoder, self.config.codes, self.device())
    }

    /// The codes of pictures: n × codes.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for pictures of another size.
    ///
    /// # Example
    /// See [`Autoencoder`].
    pub fn encode(&self, images: &Tensor) -> Result<Tensor> {
        let rows = flat(images, self.config.inputs)?;
        in_chunks(&rows, self.device(), |rows| Ok(self.encoder.forward(&rows)))
    }

    /// The pictures of codes, n × codes: n × inputs, numbers from 0 to 1.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for codes of another length.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = Autoencoder::new(AutoencoderConfig::default(), Device::Cpu, 1)?;
    /// let codes = Tensor::zeros([3, 2], (Kind::Float, Device::Cpu));
    /// assert_eq!(model.decode(&codes)?.size(), [3, 784]);
    /// assert!(model.decode(&codes.tr()).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn decode(&self, codes: &Tensor) -> Result<Tensor> {
        decode(&self.decoder, codes, self.config.codes, self.device())
    }

    /// Pictures after their way through their codes and back.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    ///
    /// # Example
    /// See [`Autoencoder`].
    pub fn reconstruct(&self, images: &Tensor) -> Result<Tensor> {
        self.decode(&self.encode(images)?)
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
    /// let model = Autoencoder::new(AutoencoderConfig { codes: 8, ..Default::default() }, Device::Cpu, 1)?;
    /// model.save(&path)?;
    /// assert_eq!(Autoencoder::load(&path, Device::Cpu)?.config().codes, 8);
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
}

impl Model for Autoencoder {
    fn name(&self) -> String {
        self.config.name()
    }

    fn variables(&self) -> &VarStore {
        &self.store
    }

    fn loss(&self, batch: &Batch, _pass: &Pass) -> Result<Losses> {
        let pixels = flat(batch.inputs(), self.config.inputs)?;
        let logits = self.decoder.forward(&self.encoder.forward(&pixels));
        Ok(Losses::new(cross_entropy(&logits, &pixels)? / batch.len() as f64))
    }
}

network!(Autoencoder, "an `Autoencoder`", AutoencoderConfig, { "model": store });
