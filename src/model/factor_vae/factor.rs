//! The network.

use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use super::config::FactorVaeConfig;
use crate::Result;
use crate::model::LayerSummary;
use crate::model::network::{Network, network};
use crate::model::stack::Stack;

const SLOPE: f64 = 0.2;

/// A variational autoencoder (Kingma and Welling, 2014) of the returns of some assets on one day: the mean of its code is taken
/// for the day's latent factors.
///
/// - Encoder: Linear 100→64, batch normalisation, LeakyReLU 0.2; Linear 64→32, batch normalisation, LeakyReLU; two linear layers 32→5, for
///   the mean and the log variance of a code.
/// - Decoder: Linear 5→32, LeakyReLU; Linear 32→64, batch normalisation, LeakyReLU; Linear 64→100. 17,998 parameters in all.
/// - Loss of a batch: Σ(x − x̂)² − ½ β · Σ(1 + log σ² − μ² − σ²), both **summed** over the examples, with one sample of the code for each;
///   β rises over the first epochs ([`FactorVaeConfig::beta_in`]; validation takes it whole). A limit on the gradient depends on such
///   a scale, and [`Clip::Norm`](crate::train::Clip)`(1.0)` binds nearly always here. The measures `reconstruction` and `divergence` are the two
///   sums; the history has the mean over the batches of each epoch, the last one counting by its size.
///
/// With [`conditions`](FactorVaeConfig::conditions), encoder and decoder are told more about an example (Sohn, Lee and Yan, 2015). Examples are
/// then pairs `(&returns, &conditions)` wherever a single tensor stands otherwise, and codes are pairs with their conditions.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let returns = Tensor::randn([200, 100], (Kind::Float, Device::Cpu));
/// let mut model = FactorVae::new(FactorVaeConfig::default(), Device::Cpu, 1)?;
/// let history = Trainer::new(Adam::new(1e-3))
///     .schedule(Schedule::Cosine { epochs: 2, floor: 0.0 })
///     .clip(Clip::Norm(1.0))
///     .epochs(2)
///     .fit(&mut model, &returns)?;
/// assert_eq!(model.codes(&returns)?.size(), [200, 5]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct FactorVae {
    pub(super) store: VarStore,
    pub(super) config: FactorVaeConfig,
    pub(super) trunk: Stack,
    pub(super) mean: Stack,
    pub(super) log_variance: Stack,
    pub(super) decoder: Stack,
}

impl FactorVae {
    /// A network with new weights. Equal seeds give equal weights, on every device.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for choices outside their ranges.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FactorVae::new(FactorVaeConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.parameters(), 17_998);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(config: FactorVaeConfig, device: Device, seed: u64) -> Result<Self> {
        let config = config.checked()?;
        // Drawn on the CPU, weights are the same whatever they are moved to.
        let mut store = VarStore::new(Device::Cpu);
        tch::manual_seed(seed as i64);
        let (root, first) = (store.root(), config.initialization);
        let FactorVaeConfig { inputs, hidden: [wide, narrow], codes, conditions, .. } = config;
        let encoder = &root / "encoder";
        let trunk = Stack::default()
            .linear(&encoder / "linear1", first, inputs + conditions, wide)
            .batch_norm(&encoder / "norm1", wide)
            .leaky_relu(SLOPE)
            .linear(&encoder / "linear2", first, wide, narrow)
            .batch_norm(&encoder / "norm2", narrow)
            .leaky_relu(SLOPE);
        let head = |name: &str| Stack::default().linear(&encoder / name, first, narrow, codes);
        let (mean, log_variance) = (head("mean"), head("log_variance"));
        let decoder = &root / "decoder";
        let decoder = Stack::default()
            .linear(&decoder / "linear1", first, codes + conditions, narrow)
            .leaky_relu(SLOPE)
            .linear(&decoder / "linear2", first, narrow, wide)
            .batch_norm(&decoder / "norm2", wide)
            .leaky_relu(SLOPE)
            .linear(&decoder / "linear3", first, wide, inputs);
        drop(root);
        if device != Device::Cpu {
            store.set_device(device);
        }
        Ok(Self { store, config, trunk, mean, log_variance, decoder })
    }

    /// What was chosen.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// assert_eq!(FactorVae::new(FactorVaeConfig::default(), Device::Cpu, 1)?.config().beta, 0.1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn config(&self) -> FactorVaeConfig {
        self.config
    }

    /// Where its weights lie.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// assert_eq!(FactorVae::new(FactorVaeConfig::default(), Device::Cpu, 1)?.device(), Device::Cpu);
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
    /// assert_eq!(FactorVae::new(FactorVaeConfig::default(), Device::Cpu, 1)?.parameters(), 17_998);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
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
    /// let model = FactorVae::new(FactorVaeConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.encoder_summary()?.parameters(), 9_066);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn encoder_summary(&self) -> Result<LayerSummary> {
        let FactorVaeConfig { inputs, hidden: [_, narrow], conditions, .. } = self.config;
        let row = |width: i64| Tensor::f_zeros([1, width], (Kind::Float, self.device()));
        let mut rows = self.trunk.rows(&row(inputs + conditions)?);
        rows.extend(self.mean.rows(&row(narrow)?));
        rows.extend(self.log_variance.rows(&row(narrow)?));
        LayerSummary::new("Encoder", &[inputs + conditions], rows)
    }

    /// The decoder's layers.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FactorVae::new(FactorVaeConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.decoder_summary()?.parameters(), 8_932);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn decoder_summary(&self) -> Result<LayerSummary> {
        let width = self.config.codes + self.config.conditions;
        self.decoder.summary("Decoder", &Tensor::f_zeros([1, width], (Kind::Float, self.device()))?)
    }
}

network!(FactorVae, "a `FactorVae`", FactorVaeConfig, { "model": store });
