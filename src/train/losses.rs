//! What a loss function gets and gives back.

use tch::Tensor;
use tch::nn::VarStore;

use super::batch::Batch;
use crate::Result;

/// Where in the training a batch stands.
///
/// # Example
/// ```
/// use latentlab::train::Pass;
///
/// let pass = Pass { training: true, epoch: 10, epochs: 200 };
/// let beta = (pass.epoch as f64 / 50.0).min(1.0);
/// assert_eq!(beta, 0.2);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pass {
    /// Whether weights will move: dropout and sampling are for this. False on the validation part.
    pub training: bool,
    /// The epoch, counted from 1.
    pub epoch: usize,
    /// All epochs that are planned.
    pub epochs: usize,
}

/// The loss of a batch, and other measures worth a column: tensors with one number each, means over the batch.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
/// use latentlab::train::Losses;
///
/// let losses = Losses::new(Tensor::from(3.0)).with("kl", Tensor::from(1.0));
/// assert_eq!(losses.loss().double_value(&[]), 3.0);
/// ```
#[derive(Debug)]
pub struct Losses {
    loss: Tensor,
    measures: Vec<(String, Tensor)>,
    ratios: Option<Ratios>,
}

/// Measures that are quotients of sums: their names, and what a batch adds to the sums above and below.
#[derive(Debug)]
pub(super) struct Ratios {
    pub(super) names: Vec<String>,
    pub(super) above: Tensor,
    pub(super) below: Tensor,
}

impl Losses {
    /// The loss that is minimised.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{prelude::*, train::Losses};
    /// let losses = Losses::new(Tensor::from(3.0));
    /// ```
    pub fn new(loss: Tensor) -> Self {
        Self { loss, measures: Vec::new(), ratios: None }
    }

    /// Another measure, by name.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{prelude::*, train::Losses};
    /// let losses = Losses::new(Tensor::from(3.0)).with("accuracy", Tensor::from(0.5));
    /// ```
    pub fn with(mut self, name: impl Into<String>, measure: Tensor) -> Self {
        self.measures.push((name.into(), measure));
        self
    }

    /// Adds measures that are quotients of sums over all examples of an epoch, as precision is: what this batch adds to the sums above and
    /// below, one number for each name. A quotient with nothing below is 0.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let (hits, all) = (Tensor::from_slice(&[3.0_f32]), Tensor::from_slice(&[4.0_f32]));
    /// let losses = Losses::new(Tensor::from(1.0)).with_ratios(["precision"], hits, all);
    /// ```
    pub fn with_ratios(
        mut self,
        names: impl IntoIterator<Item = impl Into<String>>,
        above: Tensor,
        below: Tensor,
    ) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        self.ratios = Some(Ratios { names, above, below });
        self
    }

    pub(super) fn ratios(&self) -> Option<&Ratios> {
        self.ratios.as_ref()
    }

    /// The loss.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{prelude::*, train::Losses};
    /// assert_eq!(Losses::new(Tensor::from(3.0)).loss().double_value(&[]), 3.0);
    /// ```
    pub fn loss(&self) -> &Tensor {
        &self.loss
    }

    /// All by name, the loss first.
    pub(super) fn named(&self) -> Vec<(&str, &Tensor)> {
        let measures = self.measures.iter().map(|(name, measure)| (name.as_str(), measure));
        std::iter::once(("loss", &self.loss)).chain(measures).collect()
    }
}

/// A network that knows its loss, so that [`Trainer::fit`](super::Trainer::fit) can train it.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
/// use latentlab::train::{Batch, Losses, Model, Pass, Trainer};
/// use tch::nn::{Linear, Module, VarStore};
///
/// struct Line {
///     store: VarStore,
///     layer: Linear,
/// }
///
/// impl Model for Line {
///     fn name(&self) -> String {
///         "Line".into()
///     }
///
///     fn variables(&self) -> &VarStore {
///         &self.store
///     }
///
///     fn loss(&self, batch: &Batch, _pass: &Pass) -> Result<Losses> {
///         let distance = self.layer.forward(batch.inputs()) - batch.targets()?;
///         Ok(Losses::new(distance.square().mean(Kind::Float)))
///     }
/// }
///
/// tch::manual_seed(1); // where the weights start
/// let store = VarStore::new(Device::Cpu);
/// let layer = tch::nn::linear(store.root(), 1, 1, Default::default());
/// let mut line = Line { store, layer };
/// let x = Tensor::rand([256, 1], (Kind::Float, Device::Cpu));
/// let history = Trainer::new(Adam::new(0.1)).epochs(100).fit(&mut line, &(&x, &(&x * 2.0)))?;
/// assert!(history.series("loss")[99] < 0.01);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub trait Model {
    /// What it is, with what its weights depend on; checkpoints of another name are refused.
    fn name(&self) -> String;

    /// Its weights.
    fn variables(&self) -> &VarStore;

    /// The loss of a batch, as a mean over its examples.
    ///
    /// # Errors
    /// Where the batch does not fit the network.
    fn loss(&self, batch: &Batch, pass: &Pass) -> Result<Losses>;
}
