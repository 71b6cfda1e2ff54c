//! The network, and what it is asked for.

use tch::nn::{self, Module, VarStore};
use tch::{Device, Kind, Tensor};

use crate::model::network::{Network, shown_as_its_line};
use crate::model::stack::Stack;
use crate::model::{FactorVaeConfig, LayerRow, LayerSummary};
use crate::words::counted;
use crate::{Error, Result};

const SLOPE: f64 = 0.2;

/// A variational autoencoder of the returns of some assets over the days of a window, whose codes remember the day before.
///
/// - Encoder: for each day the hidden layers of [`FactorVae`](super::super::FactorVae); then a causal convolution over this day and the
///   `memory − 1` days before it, 32→32, LeakyReLU 0.2 (van den Oord and others, *WaveNet*, 2016); two linear layers for the mean
///   and the log variance of the day's code.
/// - Prior: each code is a stationary autoregression, z₁ ~ N(0, 1) and z_t ~ N(a z_(t−1), 1 − a²), with a learned
///   [`persistence`](Self::persistence) a of its own, as in dynamical autoencoders (Girin and others, 2021).
/// - Decoder: that of `FactorVae`, day by day.
/// - Loss: Σ(x − x̂)² + β · Σ KL(q(z_t | x₁ … x_t) ‖ p(z_t | z_(t−1))), summed over days and windows, with one sample of the codes.
///
/// # Example
/// ```
/// use latentlab::model::TemporalVae;
/// use latentlab::prelude::*;
///
/// let returns = Tensor::randn([120, 100], (Kind::Float, Device::Cpu));
/// let windows = TemporalVae::windows(&returns, 20, 5)?;
/// assert_eq!(windows.size(), [21, 20, 100]);
/// let mut model = TemporalVae::new(FactorVaeConfig::default(), 3, Device::Cpu, 1)?;
/// Trainer::new(Adam::new(1e-3)).epochs(1).batch_size(8).fit(&mut model, &windows)?;
/// assert_eq!(model.codes(&windows)?.size(), [21, 20, 5]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct TemporalVae {
    pub(super) store: VarStore,
    pub(super) config: FactorVaeConfig,
    memory: i64,
    trunk: Stack,
    convolution: nn::Conv1D,
    mean: Stack,
    log_variance: Stack,
    decoder: Stack,
    /// Tenfold, its hyperbolic tangent is the persistence, so that every value is possible.
    persistence: Tensor,
}

impl TemporalVae {
    /// A network with new weights that looks at `memory` days, today's included. Equal seeds give equal weights, on every device.
    ///
    /// # Errors
    /// [`Error::Invalid`] for choices outside their ranges, conditions, and a memory of no day.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::TemporalVae, prelude::*};
    /// let model = TemporalVae::new(FactorVaeConfig::default(), 3, Device::Cpu, 1)?;
    /// // A convolution of 3 × 32 × 32 weights and 32 biases, and five persistences, beside those of the static network.
    /// assert_eq!(model.parameters(), 17_998 + 3_104 + 5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(config: FactorVaeConfig, memory: i64, device: Device, seed: u64) -> Result<Self> {
        let config = config.checked()?;
        if memory < 1 || config.conditions != 0 {
            let what = format!("a memory of {memory} days and {} conditions", config.conditions);
            return Err(Error::invalid(
                what,
                "at least one day is needed, and conditions are not possible",
            ));
        }
        let mut store = VarStore::new(Device::Cpu);
        tch::manual_seed(seed as i64);
        let (root, first) = (store.root(), config.initialization);
        let FactorVaeConfig { inputs, hidden: [wide, narrow], codes, .. } = config;
        let encoder = &root / "encoder";
        let trunk = Stack::default()
            .linear(&encoder / "linear1", first, inputs, wide)
            .batch_norm(&encoder / "norm1", wide)
            .leaky_relu(SLOPE)
            .linear(&encoder / "linear2", first, wide, narrow)
            .batch_norm(&encoder / "norm2", narrow)
            .leaky_relu(SLOPE);
        let (ws_init, bs_init) = first.of(&[narrow, narrow, memory]);
        let options = nn::ConvConfig { ws_init, bs_init, ..Default::default() };
        let convolution = nn::conv1d(&encoder / "convolution", narrow, narrow, memory, options);
        let head = |name: &str| Stack::default().linear(&encoder / name, first, narrow, codes);
        let (mean, log_variance) = (head("mean"), head("log_variance"));
        let decoder = &root / "decoder";
        let decoder = Stack::default()
            .linear(&decoder / "linear1", first, codes, narrow)
            .leaky_relu(SLOPE)
            .linear(&decoder / "linear2", first, narrow, wide)
            .batch_norm(&decoder / "norm2", wide)
            .leaky_relu(SLOPE)
            .linear(&decoder / "linear3", first, wide, inputs);
        let persistence = root.zeros("persistence", &[codes]);
        drop(root);
        if device != Device::Cpu {
            store.set_device(device);
        }
        Ok(Self {
            store,
            config,
            memory,
            trunk,
            convolution,
            mean,
            log_variance,
            decoder,
            persistence,
        })
    }

    /// Stretches of so many days, days apart, of a series days × inputs: n × length × inputs.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another shape, no days, and a series shorter than a window.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::TemporalVae, prelude::*};
    /// let series = Tensor::arange(12, (Kind::Float, Device::Cpu)).view([6, 2]);
    /// let windows = TemporalVae::windows(&series, 3, 2)?;
    /// assert_eq!(windows.size(), [2, 3, 2]);
    /// assert_eq!(windows.double_value(&[1, 0, 0]), 4.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn windows(series: &Tensor, length: usize, apart: usize) -> Result<Tensor> {
        let size = series.size();
        if !matches!(size[..], [days, _] if days as usize >= length) || length == 0 || apart == 0 {
            let what =
                format!("windows of {length} days, {apart} apart, of a series of shape {size:?}");
            return Err(Error::invalid(
                what,
                "days × inputs is needed, with at least as many days as a window",
            ));
        }
        let windows = series.detach().f_unfold(0, length as i64, apart as i64)?;
        Ok(windows.f_transpose(1, 2)?.f_contiguous()?)
    }

    /// What was chosen, but for the memory.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::TemporalVae, prelude::*};
    /// let model = TemporalVae::new(FactorVaeConfig::default(), 3, Device::Cpu, 1)?;
    /// assert_eq!(model.config(), FactorVaeConfig::default());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn config(&self) -> FactorVaeConfig {
        self.config
    }

    /// Where its weights lie.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::TemporalVae, prelude::*};
    /// assert_eq!(TemporalVae::new(FactorVaeConfig::default(), 3, Device::Cpu, 1)?.device(), Device::Cpu);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
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

    /// The encoder's layers, for one day.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::TemporalVae, prelude::*};
    /// let model = TemporalVae::new(FactorVaeConfig::default(), 3, Device::Cpu, 1)?;
    /// assert_eq!(model.encoder_summary()?.parameters(), 9_066 + 3_104);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn encoder_summary(&self) -> Result<LayerSummary> {
        let FactorVaeConfig { inputs, hidden: [_, narrow], .. } = self.config;
        let row = |width: i64| Tensor::f_zeros([1, width], (Kind::Float, self.device()));
        let mut rows = self.trunk.rows(&row(inputs)?);
        let weights =
            self.convolution.ws.numel() + self.convolution.bs.as_ref().map_or(0, Tensor::numel);
        let kind = format!("Conv1d over {}", counted(self.memory as usize, "day"));
        rows.push(LayerRow::new("convolution", kind, &[narrow], weights));
        rows.push(LayerRow::new("leaky_relu3", format!("LeakyReLU, {SLOPE}"), &[narrow], 0));
        rows.extend(self.mean.rows(&row(narrow)?));
        rows.extend(self.log_variance.rows(&row(narrow)?));
        LayerSummary::new("Encoder", &[inputs], rows)
    }

    /// The share of each code that stays from one day to the next, between −1 and 1.
    ///
    /// # Errors
    /// [`Error::Torch`] where the device fails.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::TemporalVae, prelude::*};
    /// let model = TemporalVae::new(FactorVaeConfig::default(), 3, Device::Cpu, 1)?;
    /// assert_eq!(model.persistence()?, [0.0; 5]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn persistence(&self) -> Result<Vec<f64>> {
        Ok(self.kept().f_to_kind(Kind::Double)?.try_into()?)
    }

    /// The distributions of the codes of windows, n × days × inputs: means and log variances, n × days × codes each.
    ///
    /// # Errors
    /// [`Error::Invalid`] for windows of another shape.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::TemporalVae, prelude::*};
    /// let model = TemporalVae::new(FactorVaeConfig::default(), 3, Device::Cpu, 1)?;
    /// let windows = Tensor::randn([2, 20, 100], (Kind::Float, Device::Cpu));
    /// assert_eq!(model.encode(&windows)?.1.size(), [2, 20, 5]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn encode(&self, windows: &Tensor) -> Result<(Tensor, Tensor)> {
        let _guard = tch::no_grad_guard();
        self.distribution(&self.checked(windows)?, false)
    }

    /// The means of the codes of windows: n × days × codes.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    ///
    /// # Example
    /// See [`TemporalVae`].
    pub fn codes(&self, windows: &Tensor) -> Result<Tensor> {
        Ok(self.encode(windows)?.0)
    }

    /// The returns of codes, of any shape that ends in the codes' number.
    ///
    /// # Errors
    /// [`Error::Invalid`] for codes of another length.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::TemporalVae, prelude::*};
    /// let model = TemporalVae::new(FactorVaeConfig::default(), 3, Device::Cpu, 1)?;
    /// let codes = Tensor::zeros([2, 20, 5], (Kind::Float, Device::Cpu));
    /// assert_eq!(model.decode(&codes)?.size(), [2, 20, 100]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn decode(&self, codes: &Tensor) -> Result<Tensor> {
        let _guard = tch::no_grad_guard();
        let (length, found) = (self.config.codes, codes.size().last().copied());
        if found != Some(length) || codes.numel() == 0 {
            let what = format!("codes of shape {:?}", codes.size());
            return Err(Error::invalid(what, format!("the last side must be {length}")));
        }
        Ok(self.decoded(&codes.f_to_device(self.device())?, false))
    }

    /// Windows after their way through the means of their codes and back.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::TemporalVae, prelude::*};
    /// let model = TemporalVae::new(FactorVaeConfig::default(), 3, Device::Cpu, 1)?;
    /// let windows = Tensor::randn([2, 20, 100], (Kind::Float, Device::Cpu));
    /// assert_eq!(model.reconstruct(&windows)?.size(), windows.size());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn reconstruct(&self, windows: &Tensor) -> Result<Tensor> {
        self.decode(&self.codes(windows)?)
    }

    pub(super) fn kept(&self) -> Tensor {
        // Steps are small, and this one must cross half its range while weights move by hundredths.
        (&self.persistence * 10.0).tanh()
    }

    pub(super) fn memory(&self) -> i64 {
        self.memory
    }

    pub(super) fn checked(&self, windows: &Tensor) -> Result<Tensor> {
        if !matches!(windows.size()[..], [count, days, inputs] if count > 0 && days > 0 && inputs == self.config.inputs)
        {
            let what = format!("windows of shape {:?}", windows.size());
            return Err(Error::invalid(
                what,
                format!("n × days × {} is needed", self.config.inputs),
            ));
        }
        Ok(windows.f_to_device(self.device())?.f_to_kind(Kind::Float)?)
    }

    pub(super) fn distribution(
        &self,
        windows: &Tensor,
        training: bool,
    ) -> Result<(Tensor, Tensor)> {
        let size = windows.size();
        let features = self.trunk.forward_t(&windows.f_reshape([-1, size[2]])?, training);
        let features = features.f_view([size[0], size[1], -1])?.f_transpose(1, 2)?;
        // Zeros before the first day: no day sees a later one.
        let features = features.f_constant_pad_nd([self.memory - 1, 0])?;
        let slope = Tensor::f_full([1], SLOPE, (Kind::Float, self.device()))?;
        let features = self.convolution.forward(&features).f_prelu(&slope)?.f_transpose(1, 2)?;
        Ok((self.mean.forward(&features), self.log_variance.forward(&features)))
    }

    pub(super) fn decoded(&self, codes: &Tensor, training: bool) -> Tensor {
        let mut size = codes.size();
        let returns = self.decoder.forward_t(&codes.reshape([-1, self.config.codes]), training);
        size.pop();
        size.push(self.config.inputs);
        returns.reshape(size.as_slice())
    }
}

shown_as_its_line!(TemporalVae);
