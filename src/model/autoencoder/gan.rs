//! The generative adversarial network of linear layers.

use std::path::Path;

use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use super::config::DenseGanConfig;
use super::pixels::{decoder_summary, flat};
use crate::model::LayerSummary;
use crate::model::network::{Network, network};
use crate::model::stack::Stack;
use crate::train::{Epochs, Examples, History, LastBatch, Optimizer, Rule};
use crate::{Error, Result};

const SLOPE: f64 = 0.2;

/// A generative adversarial network (Goodfellow and others, 2014) of linear layers, for flat pictures: a generator that makes pictures of noise, and a discriminator that tells
/// them from true ones, trained against each other.
///
/// - Generator: Linear 32→128, batch normalisation, ReLU; Linear 128→256, batch normalisation, ReLU; Linear 256→784, sigmoid.
/// - Discriminator: Linear 784→256, LeakyReLU 0.2; Linear 256→128, LeakyReLU; Linear 128→1, the logit of "true".
/// - Losses: for the discriminator the cross-entropy of its answers on a batch of each kind; for the generator −log of the probability that its pictures are held for true (the form that does not saturate).
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let images = Tensor::rand([128, 1, 28, 28], (Kind::Float, Device::Cpu));
/// let mut model = DenseGan::new(DenseGanConfig::default(), Device::Cpu, 1)?;
/// let history = model.fit(Epochs::new("GAN", 1).seed(1), Adam::new(2e-4).betas(0.5, 0.999), &images)?;
/// assert_eq!(history.series("generator").len(), 1);
/// assert_eq!(model.sample(5, 7)?.size(), [5, 784]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct DenseGan {
    pub(super) generator_store: VarStore,
    pub(super) discriminator_store: VarStore,
    config: DenseGanConfig,
    pub(super) generator: Stack,
    pub(super) discriminator: Stack,
}

impl DenseGan {
    /// A network with new weights. Equal seeds give equal weights, on every device.
    ///
    /// # Errors
    /// [`Error::Invalid`] for choices outside their ranges.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = DenseGan::new(DenseGanConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.parameters(), 473_489);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(config: DenseGanConfig, device: Device, seed: u64) -> Result<Self> {
        let config = config.checked()?;
        tch::manual_seed(seed as i64);
        let DenseGanConfig { inputs, hidden: [narrow, wide], noise, initialization: first } =
            config;
        let mut generator_store = VarStore::new(Device::Cpu);
        let root = generator_store.root();
        let generator = Stack::default()
            .linear(&root / "linear1", first, noise, narrow)
            .batch_norm(&root / "norm1", narrow)
            .relu()
            .linear(&root / "linear2", first, narrow, wide)
            .batch_norm(&root / "norm2", wide)
            .relu()
            .linear(&root / "linear3", first, wide, inputs);
        let mut discriminator_store = VarStore::new(Device::Cpu);
        let root = discriminator_store.root();
        let discriminator = Stack::default()
            .linear(&root / "linear1", first, inputs, wide)
            .leaky_relu(SLOPE)
            .linear(&root / "linear2", first, wide, narrow)
            .leaky_relu(SLOPE)
            .linear(&root / "linear3", first, narrow, 1);
        drop(root);
        if device != Device::Cpu {
            generator_store.set_device(device);
            discriminator_store.set_device(device);
        }
        Ok(Self { generator_store, discriminator_store, config, generator, discriminator })
    }

    /// What was chosen.
    pub fn config(&self) -> DenseGanConfig {
        self.config
    }

    /// Where its weights lie.
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
    /// let model = DenseGan::new(DenseGanConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.generator_summary()?.parameters(), 239_504);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn generator_summary(&self) -> Result<LayerSummary> {
        decoder_summary("Generator", &self.generator, self.config.noise, self.device())
    }

    /// The discriminator's layers.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = DenseGan::new(DenseGanConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.discriminator_summary()?.parameters(), 233_985);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn discriminator_summary(&self) -> Result<LayerSummary> {
        let row = Tensor::f_zeros([1, self.config.inputs], (Kind::Float, self.device()))?;
        self.discriminator.summary("Discriminator", &row)
    }

    /// Trains both networks in turn, a step of each for a batch; a last incomplete batch is left out. The history has both losses, and how true the
    /// discriminator holds true and made pictures (`true as true`, `made as true`: mean probabilities; one half each is a draw).
    ///
    /// # Errors
    /// [`Error::Invalid`] for pictures of another size, fewer than two to a batch, and options out of their ranges; [`Error::NotConverged`] where a loss is no longer finite.
    /// An interrupt is no error: the history says how far it came.
    ///
    /// # Example
    /// See [`DenseGan`].
    pub fn fit(
        &mut self,
        epochs: Epochs,
        rule: impl Into<Rule>,
        examples: &impl Examples,
    ) -> Result<History> {
        let rule = rule.into();
        let mut critic = Optimizer::new(&self.discriminator_store, rule)?;
        let mut maker = Optimizer::new(&self.generator_store, rule)?;
        let data = examples.dataset()?.to_device(self.device())?;
        let mut run = epochs.last_batch(LastBatch::Drop).start(&data)?;
        while let Some(batch) = run.next_batch()? {
            if batch.len() < 2 {
                let problem = "batch normalisation needs two; take another batch size";
                return Err(Error::invalid("a batch of one picture", problem));
            }
            let true_pixels = flat(batch.inputs(), self.config.inputs)?;
            let options = (Kind::Float, self.device());
            let noise = Tensor::f_randn([batch.len() as i64, self.config.noise], options)?;
            let made = self.generator.forward_t(&noise, true).f_sigmoid()?;
            let [on_true, on_made] =
                [&true_pixels, &made.detach()].map(|pixels| self.discriminator.forward(pixels));
            let discriminator = surprise(&-&on_true)? + surprise(&on_made)?;
            critic.minimize(&discriminator)?;
            let generator = surprise(&-self.discriminator.forward(&made))?;
            maker.minimize(&generator)?;
            run.record(&[
                ("generator", &generator),
                ("discriminator", &discriminator),
                ("true as true", &on_true.sigmoid().mean(Kind::Float)),
                ("made as true", &on_made.sigmoid().mean(Kind::Float)),
            ])?;
        }
        Ok(run.finish())
    }

    /// New pictures: count × inputs, numbers from 0 to 1.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no pictures.
    ///
    /// # Example
    /// See [`DenseGan`].
    pub fn sample(&self, count: usize, seed: u64) -> Result<Tensor> {
        tch::manual_seed(seed as i64);
        let noise = Tensor::f_randn([count as i64, self.config.noise], (Kind::Float, Device::Cpu))?;
        super::pixels::decode(&self.generator, &noise, self.config.noise, self.device())
    }

    /// How probable the discriminator holds it that pictures are true: n numbers.
    ///
    /// # Errors
    /// [`Error::Invalid`] for pictures of another size.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = DenseGan::new(DenseGanConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.judge(&model.sample(5, 7)?)?.size(), [5]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn judge(&self, images: &Tensor) -> Result<Tensor> {
        let rows = flat(images, self.config.inputs)?;
        super::super::pictures::in_chunks(&rows, self.device(), |rows| {
            self.discriminator.forward(&rows).sigmoid().f_squeeze_dim(1)
        })
    }

    /// Writes the weights of both networks as a safetensors file, aside first.
    ///
    /// # Errors
    /// [`Error::Io`] where the file cannot be written.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let folder = tempfile::tempdir()?;
    /// let path = folder.path().join("gan.safetensors");
    /// let model = DenseGan::new(DenseGanConfig { noise: 8, ..Default::default() }, Device::Cpu, 1)?;
    /// model.save(&path)?;
    /// assert_eq!(DenseGan::load(&path, Device::Cpu)?.config().noise, 8);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        self.write(path)
    }

    /// Networks from a file that [`save`](Self::save) wrote.
    ///
    /// # Errors
    /// [`Error::Io`] where it cannot be read, [`Error::Malformed`] where it is damaged or of another network.
    ///
    /// # Example
    /// See [`save`](Self::save).
    pub fn load(path: impl AsRef<Path>, device: Device) -> Result<Self> {
        Self::read(path, device)
    }
}

/// The mean of log(1 + eˡ): −log of the probability that a logit l gives to "made".
fn surprise(logits: &Tensor) -> Result<Tensor> {
    Ok(logits.f_softplus()?.f_mean(logits.f_kind()?)?)
}

network!(DenseGan, "a `DenseGan`", DenseGanConfig, { "generator": generator_store, "discriminator": discriminator_store });
