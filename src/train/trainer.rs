//! The one training loop for networks that a single loss trains.

use std::path::{Path, PathBuf};

use tch::Tensor;
use tch::nn::VarStore;

use super::batch::Batch;
use super::dataset::{Dataset, Examples};
use super::epochs::{Epochs, LastBatch};
use super::history::History;
use super::losses::{Losses, Model, Pass};
use super::optimizer::{Clip, Rule};
use super::schedule::Schedule;
use super::training::Training;
use crate::Result;

/// The numbers that a network computes with.
///
/// # Example
/// ```
/// use latentlab::train::Precision;
///
/// assert_eq!(Precision::default(), Precision::Full);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Precision {
    /// Those of its weights, `f32` as a rule.
    #[default]
    Full,
    /// 16 bits where that is safe (autocast), with scaled losses. On CUDA; elsewhere the same as full.
    Mixed,
}

/// Trains a network on examples: batches, steps, validation, early stopping, checkpoints, and a history of it all.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`epochs`](Self::epochs) | 10 | times through the data |
/// | [`batch_size`](Self::batch_size) | 64 | examples a step |
/// | [`seed`](Self::seed) | 0 | order of the examples, dropout and noise |
/// | [`validation`](Self::validation) | none | examples that are only looked at, after each epoch |
/// | [`schedule`](Self::schedule) | constant | the learning rate over the epochs |
/// | [`clip`](Self::clip) | none | limits on the gradient |
/// | [`patience`](Self::patience) | none | epochs without a better loss before it stops; the best weights are then restored |
/// | [`checkpoints`](Self::checkpoints) | none | a file that is written after epochs, and from which training resumes |
/// | [`precision`](Self::precision) | full | 16 bits on CUDA |
/// | [`channels_last`](Self::channels_last) | `true` | memory order of images, for fast convolutions |
/// | [`last_batch`](Self::last_batch), [`steps_per_epoch`](Self::steps_per_epoch), [`augment`](Self::augment), [`live`](Self::live) | as [`Epochs`] | |
///
/// With one seed a run on the CPU gives the same numbers bit for bit, also when it was stopped in between and resumed.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
/// use latentlab::train::{Losses, Trainer};
/// use tch::nn::{self, Module};
///
/// tch::manual_seed(1); // where the weights start
/// let store = nn::VarStore::new(Device::Cpu);
/// let line = nn::linear(store.root(), 1, 1, Default::default());
/// let x = Tensor::rand([256, 1], (Kind::Float, Device::Cpu));
/// let y = &x * 2.0 + 1.0;
/// let history = Trainer::new(Adam::new(0.1)).epochs(100).seed(1).fit_with(&store, &(&x, &y), |batch, _pass| {
///     Ok(Losses::new((line.forward(batch.inputs()) - batch.targets()?).square().mean(Kind::Float)))
/// })?;
/// assert!(history.series("loss")[99] < 0.01);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct Trainer {
    pub(super) rule: Rule,
    pub(super) plan: Epochs,
    pub(super) validation: Option<Result<Dataset>>,
    pub(super) schedule: Schedule,
    pub(super) clip: Option<Clip>,
    pub(super) patience: Option<usize>,
    pub(super) checkpoints: Option<(PathBuf, usize)>,
    pub(super) precision: Precision,
    pub(super) channels_last: bool,
}

macro_rules! plan_options {
    ($($(#[$text:meta])* $name:ident: $kind:ty, $example:literal;)*) => {$(
        $(#[$text])*
        ///
        /// # Example
        /// ```
        /// use latentlab::prelude::*;
        /// use latentlab::train::{LastBatch, Trainer};
        ///
        #[doc = concat!("let trainer = Trainer::new(Adam::new(1e-3)).", stringify!($name), "(", $example, ");")]
        /// ```
        pub fn $name(mut self, value: $kind) -> Self {
            self.plan = self.plan.$name(value);
            self
        }
    )*};
}

impl Trainer {
    /// A loop with a rule for its steps, and defaults otherwise.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    /// use latentlab::train::Trainer;
    ///
    /// let trainer = Trainer::new(Adam::new(1e-3)).epochs(50);
    /// ```
    pub fn new(rule: impl Into<Rule>) -> Self {
        Self {
            rule: rule.into(),
            plan: Epochs::new("Training", 10),
            validation: None,
            schedule: Schedule::Constant,
            clip: None,
            patience: None,
            checkpoints: None,
            precision: Precision::Full,
            channels_last: true,
        }
    }

    /// Sets the epochs. Default 10.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{prelude::*, train::Trainer};
    /// let trainer = Trainer::new(Adam::new(1e-3)).epochs(50);
    /// ```
    pub fn epochs(mut self, epochs: usize) -> Self {
        self.plan.epochs = epochs;
        self
    }

    /// Sets the words above the curves. Default: the model's name.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{prelude::*, train::Trainer};
    /// let trainer = Trainer::new(Adam::new(1e-3)).title("Faces, factor 100");
    /// ```
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.plan.title = title.into();
        self
    }

    plan_options! {
        /// Sets the examples a step. Default 64.
        batch_size: usize, "256";
        /// Sets the seed of the order, of dropout and of noise. Default 0. The first weights have a seed of their own.
        seed: u64, "365";
        /// Sets what happens to an incomplete last batch. Default: it is kept.
        last_batch: LastBatch, "LastBatch::Drop";
        /// Sets the batches an epoch. Default: once through the data.
        steps_per_epoch: usize, "200";
        /// Sets a function through which the inputs of each training batch go.
        augment: fn(Tensor) -> Tensor, "|images| images.flip([3])";
        /// Sets whether curves grow on the page. Default `true`.
        live: bool, "false";
    }

    /// Sets examples that are looked at after each epoch and never trained on. Where they cannot be used, training says so.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{prelude::*, train::Trainer};
    /// let held_out = Tensor::rand([20, 3], (Kind::Float, Device::Cpu));
    /// let trainer = Trainer::new(Adam::new(1e-3)).validation(&held_out);
    /// ```
    pub fn validation(mut self, examples: &impl Examples) -> Self {
        self.validation = Some(examples.dataset());
        self
    }

    /// Sets how the learning rate changes. Default: not at all.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{prelude::*, train::Trainer};
    /// let trainer = Trainer::new(Adam::new(1e-3)).schedule(Schedule::Cosine { epochs: 200, floor: 0.0 });
    /// ```
    pub fn schedule(mut self, schedule: Schedule) -> Self {
        self.schedule = schedule;
        self
    }

    /// Limits gradients. Default: not at all.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{prelude::*, train::Trainer};
    /// let trainer = Trainer::new(Adam::new(1e-3)).clip(Clip::Norm(1.0));
    /// ```
    pub fn clip(mut self, clip: Clip) -> Self {
        self.clip = Some(clip);
        self
    }

    /// Stops after so many epochs in a row without a lower loss (on the validation part where there is one), and gives
    /// the network the weights of the best epoch, also where it did not stop. Default: never.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{prelude::*, train::Trainer};
    /// let trainer = Trainer::new(Adam::new(1e-3)).patience(5);
    /// ```
    pub fn patience(mut self, epochs: usize) -> Self {
        self.patience = Some(epochs);
        self
    }

    /// Writes a checkpoint after every so many epochs and after the last; where the file is there already, training
    /// resumes from it, to the same numbers as if it had never stopped. The file is renamed into place when it is whole. Where
    /// it cannot be written, training goes on, and the history says so.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{prelude::*, train::Trainer};
    /// let trainer = Trainer::new(Adam::new(1e-3)).checkpoints("out/faces.safetensors", 5);
    /// ```
    pub fn checkpoints(mut self, path: impl AsRef<Path>, every: usize) -> Self {
        self.checkpoints = Some((path.as_ref().to_owned(), every.max(1)));
        self
    }

    /// Sets the numbers to compute with. Default: those of the weights.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{prelude::*, train::{Precision, Trainer}};
    /// let trainer = Trainer::new(Adam::new(1e-3)).precision(Precision::Mixed);
    /// ```
    pub fn precision(mut self, precision: Precision) -> Self {
        self.precision = precision;
        self
    }

    /// Sets whether images lie in memory with their channels last. Default `true`: convolutions are faster so.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{prelude::*, train::Trainer};
    /// let trainer = Trainer::new(Adam::new(1e-3)).channels_last(false);
    /// ```
    pub fn channels_last(mut self, is: bool) -> Self {
        self.channels_last = is;
        self
    }

    /// Trains a network that knows its loss.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for options or data that cannot work, [`crate::Error::NotConverged`] where the loss is no longer finite
    /// (the network then has the weights of the epoch before), [`crate::Error::Malformed`] for a checkpoint that does not fit, and
    /// what the loss function returns. An interrupt is no error: the history says how far it came.
    ///
    /// # Example
    /// See [`Model`].
    pub fn fit<M: Model>(mut self, model: &mut M, examples: &impl Examples) -> Result<History> {
        if self.plan.title == "Training" {
            self.plan.title = model.name();
        }
        let name = model.name();
        let model = &*model;
        Training::start(self, &name, model.variables(), examples)?
            .finish(|batch, pass| model.loss(batch, pass))
    }

    /// Trains the weights of a store by a loss function, which is called with each batch.
    ///
    /// # Errors
    /// As [`fit`](Self::fit).
    ///
    /// # Example
    /// See [`Trainer`].
    pub fn fit_with(
        self,
        store: &VarStore,
        examples: &impl Examples,
        loss: impl FnMut(&Batch, &Pass) -> Result<Losses>,
    ) -> Result<History> {
        let name = self.plan.title.clone();
        Training::start(self, &name, store, examples)?.finish(loss)
    }
}

#[cfg(test)]
mod tests;
