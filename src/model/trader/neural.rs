//! The network, and what it is asked for.

use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use super::config::TraderConfig;
use crate::model::LayerSummary;
use crate::model::network::{Network, network};
use crate::model::stack::Stack;
use crate::{Error, Result};

/// A network that decides from the last returns of an asset what share of the money to hold in it for the next period: a
/// **position** in [0, 1], so that it never sells short and never borrows.
///
/// - Layers: Linear 4→5, sigmoid; Linear 5→1, sigmoid. 31 parameters.
/// - With [`dropout`](TraderConfig::dropout) it is a dropout trader: after the first sigmoid each training step sets a share of the hidden
///   units to zero and enlarges the others to make up for it (Srivastava and others, JMLR 15, 2014).
/// - Loss of a batch: minus the mean of position × next return. The measures `position` and `return` are the means of either.
///
/// Nobody tells it which position would have been right: it looks for the highest mean return and does not mind risk. What it is worth
/// beside holding the asset all the time, after costs, is for [`Backtest`](crate::stats::Backtest) to say.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let returns = MomentumModel::default().persistence(0.5).seed(1).sample()?;
/// let (histories, targets) = NeuralTrader::windows(&returns, 4)?;
/// let mut trader = NeuralTrader::new(TraderConfig::default(), Device::Cpu, 1)?;
/// let history = Trainer::new(RmsProp::new(0.01))
///     .epochs(20)
///     .batch_size(1000)
///     .fit(&mut trader, &(&histories, &targets))?;
/// assert!(history.series("return")[19] > 0.15);
/// assert_eq!(trader.positions(&histories)?.size(), [16_000]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[doc(alias = "DropoutTrader")]
#[derive(Debug)]
pub struct NeuralTrader {
    pub(super) store: VarStore,
    pub(super) config: TraderConfig,
    layers: Stack,
}

impl NeuralTrader {
    /// A network with new weights. Equal seeds give equal weights, on every device.
    ///
    /// # Errors
    /// [`Error::Invalid`] for choices outside their ranges.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let trader = NeuralTrader::new(TraderConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(trader.parameters(), 31);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(config: TraderConfig, device: Device, seed: u64) -> Result<Self> {
        let config = config.checked()?;
        // Drawn on the CPU, weights are the same whatever they are moved to.
        let mut store = VarStore::new(Device::Cpu);
        tch::manual_seed(seed as i64);
        let (root, first) = (store.root(), config.initialization);
        let mut layers =
            Stack::default().linear(&root / "linear0", first, config.lag, config.hidden).sigmoid();
        if config.dropout > 0.0 {
            layers = layers.dropout(config.dropout);
        }
        let layers = layers.linear(&root / "linear1", first, config.hidden, 1).sigmoid();
        drop(root);
        if device != Device::Cpu {
            store.set_device(device);
        }
        Ok(Self { store, config, layers })
    }

    /// What a trader learns from: all stretches of `lag` neighbouring returns, and the return after each. From series × periods come
    /// series · (periods − lag) rows, those of the first series first, in the order of time: histories n × lag, oldest return first, and
    /// targets n.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another shape, and a lag that leaves no stretch.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let returns = Tensor::from_slice(&[1_f32, 2.0, 3.0, 4.0]).view([1, 4]);
    /// let (histories, targets) = NeuralTrader::windows(&returns, 2)?;
    /// assert_eq!(Vec::<f32>::try_from(histories.get(1))?, [2.0, 3.0]);
    /// assert_eq!(Vec::<f32>::try_from(targets)?, [3.0, 4.0]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn windows(returns: &Tensor, lag: i64) -> Result<(Tensor, Tensor)> {
        let size = returns.size();
        let &[_, periods] = &size[..] else {
            let what = format!("returns of shape {size:?}");
            return Err(Error::invalid(
                what,
                "series × periods is needed; a single series is 1 × periods: `.unsqueeze(0)`",
            ));
        };
        if lag < 1 || periods <= lag {
            let what = format!("a lag of {lag} in returns of shape {size:?}");
            return Err(Error::invalid(
                what,
                "each series must have at least one period more than the lag, which starts at 1",
            ));
        }
        let whole = returns.detach();
        let histories = whole.f_narrow(1, 0, periods - 1)?.f_unfold(1, lag, 1)?; // series × (periods − lag) × lag
        let targets = whole.f_narrow(1, lag, periods - lag)?; // series × (periods − lag)
        Ok((histories.f_reshape([-1, lag])?, targets.f_reshape([-1])?))
    }

    /// The positions for histories n × lag: n shares from 0 to 1.
    ///
    /// # Errors
    /// [`Error::Invalid`] for histories of another shape.
    ///
    /// # Example
    /// See [`NeuralTrader`].
    pub fn positions(&self, histories: &Tensor) -> Result<Tensor> {
        let _guard = tch::no_grad_guard();
        self.decide(&histories.f_to_device(self.device())?, false)
    }

    /// The positions in returns, series × periods: those for each period after the first `lag`, decided from the periods before
    /// it. Series × (periods − lag) shares from 0 to 1.
    ///
    /// # Errors
    /// As [`windows`](Self::windows).
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let returns = MomentumModel::default().series(3).sample()?;
    /// let trader = NeuralTrader::new(TraderConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(trader.trade(&returns)?.size(), [3, 16]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn trade(&self, returns: &Tensor) -> Result<Tensor> {
        let (histories, _) = Self::windows(returns, self.config.lag)?;
        Ok(self.positions(&histories)?.f_view([returns.size()[0], -1])?)
    }

    /// Positions as the network computes them, n.
    pub(super) fn decide(&self, histories: &Tensor, training: bool) -> Result<Tensor> {
        let lag = self.config.lag;
        if !matches!(histories.size()[..], [_, width] if width == lag) {
            let what = format!("histories of shape {:?}", histories.size());
            return Err(Error::invalid(
                what,
                format!("n × {lag} is needed; `NeuralTrader::windows` makes them"),
            ));
        }
        Ok(self.layers.forward_t(histories, training).f_view([-1])?)
    }

    /// What was chosen.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// assert_eq!(NeuralTrader::new(TraderConfig::default(), Device::Cpu, 1)?.config().lag, 4);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn config(&self) -> TraderConfig {
        self.config
    }

    /// Where its weights lie.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// assert_eq!(NeuralTrader::new(TraderConfig::default(), Device::Cpu, 1)?.device(), Device::Cpu);
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

    /// The layers.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let trader = NeuralTrader::new(TraderConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(trader.summary()?.parameters(), 31);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn summary(&self) -> Result<LayerSummary> {
        let inputs = Tensor::f_zeros([1, self.config.lag], (Kind::Float, self.device()))?;
        let name = self.config.name();
        self.layers.summary(name.split(',').next().unwrap_or_default(), &inputs)
    }
}

network!(NeuralTrader, "a `NeuralTrader`", TraderConfig, { "model": store });
