//! The one training loop for networks that a single loss trains.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use tch::nn::VarStore;
use tch::{Device, Tensor};

use super::checkpoint::{self, Checkpoint, State};
use super::dataset::{Batch, Dataset, Examples};
use super::history::{Ending, History};
use super::losses::{Losses, Model, Pass};
use super::optimizer::{Clip, Optimizer, Rule};
use super::run::{Epochs, LastBatch, Run};
use super::schedule::Schedule;
use super::snapshot::Snapshot;
use super::tally::Tally;
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
/// let store = nn::VarStore::new(Device::Cpu);
/// let line = nn::linear(store.root(), 1, 1, Default::default());
/// let x = Tensor::rand([256, 1], (Kind::Float, Device::Cpu));
/// let y = &x * 2.0 + 1.0;
/// let history = Trainer::new(Adam::new(0.05)).epochs(30).seed(1).fit_with(&store, &(&x, &y), |batch, _pass| {
///     Ok(Losses::new((line.forward(batch.inputs()) - batch.targets()?).square().mean(Kind::Float)))
/// })?;
/// assert!(history.series("loss")[29] < 0.01);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct Trainer {
    rule: Rule,
    plan: Epochs,
    validation: Option<Result<Dataset>>,
    schedule: Schedule,
    clip: Option<Clip>,
    patience: Option<usize>,
    checkpoints: Option<(PathBuf, usize)>,
    precision: Precision,
    channels_last: bool,
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
        self.train(&name, model.variables(), examples, |batch, pass| model.loss(batch, pass))
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
        self.train(&name, store, examples, loss)
    }

    fn train(
        mut self,
        name: &str,
        store: &VarStore,
        examples: &impl Examples,
        mut loss: impl FnMut(&Batch, &Pass) -> Result<Losses>,
    ) -> Result<History> {
        self.schedule.check()?;
        let device = store.device();
        let data = self.placed(examples.dataset()?, device)?;
        let validation = match self.validation.take().transpose()? {
            Some(validation) => Some(self.placed(validation, device)?),
            None => None,
        };
        let mixed = self.precision == Precision::Mixed && matches!(device, Device::Cuda(_));
        let mut optimizer = Optimizer::new(store, self.rule)?;
        if let Some(clip) = self.clip {
            optimizer = optimizer.clip(clip)?;
        }
        if mixed {
            optimizer.scale_losses();
        }
        let base = optimizer.learning_rate();
        let mut run = self.plan.clone().start(&data)?;
        let mut best = Best::default();
        self.resume(name, store, &mut optimizer, &mut run, &mut best)?;
        let mut before = Snapshot::take(store)?;
        // A run that had stopped early does not start again.
        let mut stop = best.is_over(&run, self.patience);
        while !stop {
            let batch = match run.next_batch() {
                Ok(Some(batch)) => batch,
                Ok(None) => break,
                Err(error) => {
                    before.restore(store)?;
                    return Err(error);
                }
            };
            optimizer.set_learning_rate(base * self.schedule.share(run.epoch() as f64 - 1.0));
            run.record_rate(optimizer.learning_rate());
            let pass = Pass { training: true, epoch: run.epoch(), epochs: self.plan.epochs };
            let losses = tch::autocast(mixed, || loss(&batch, &pass))?;
            optimizer.minimize(losses.loss())?;
            run.record(&losses.named())?;
            drop(losses);
            if run.epoch_ends() {
                for (name, value) in self.validate(validation.as_ref(), pass, mixed, &mut loss)? {
                    run.record_validation(&name, value);
                }
                if let Err(error) = run.close_epoch() {
                    before.restore(store)?;
                    return Err(error);
                }
                before = Snapshot::take(store)?;
                if self.patience.is_some() {
                    best.look(&run, &before);
                    stop = best.is_over(&run, self.patience);
                }
                self.save(name, store, &optimizer, &mut run, &best, stop);
            }
        }
        if stop {
            run.history.ending = Ending::StoppedEarly;
        }
        let mut history = run.finish();
        if let Some(weights) = &best.weights {
            weights.restore(store)?;
            history.restored = Some(best.epoch);
        }
        Ok(history)
    }

    /// The data where the weights are, in the order that is fastest there.
    fn placed(&self, data: Dataset, device: Device) -> Result<Dataset> {
        let data = data.to_device(device)?;
        if self.channels_last { data.channels_last() } else { Ok(data) }
    }

    /// The means of all measures over the validation part.
    fn validate(
        &self,
        data: Option<&Dataset>,
        pass: Pass,
        mixed: bool,
        loss: &mut impl FnMut(&Batch, &Pass) -> Result<Losses>,
    ) -> Result<Vec<(String, f64)>> {
        let Some(data) = data else { return Ok(Vec::new()) };
        let _guard = tch::no_grad_guard();
        let pass = Pass { training: false, ..pass };
        let mut tally = Tally::default();
        let all = Tensor::f_arange(data.len() as i64, (tch::Kind::Int64, data.device()))?;
        for start in (0..data.len()).step_by(self.plan.batch_size) {
            let size = self.plan.batch_size.min(data.len() - start);
            let batch = data.select(&all.f_narrow(0, start as i64, size as i64)?)?;
            let losses = tch::autocast(mixed, || loss(&batch, &pass))?;
            tally.add(&losses.named(), size)?;
        }
        tally.take()
    }

    fn words(&self, name: &str) -> BTreeMap<String, String> {
        let word = |key: &str, value: String| (key.to_owned(), value);
        BTreeMap::from([
            word("name", name.to_owned()),
            word("rule", format!("{:?}", self.rule)),
            word("schedule", format!("{:?}", self.schedule)),
            word("clip", format!("{:?}", self.clip)),
        ])
    }

    /// Takes up an earlier run where there is a checkpoint of it.
    fn resume(
        &self,
        name: &str,
        store: &VarStore,
        optimizer: &mut Optimizer,
        run: &mut Run,
        best: &mut Best,
    ) -> Result<()> {
        let Some((path, _)) = self.checkpoints.as_ref().filter(|(path, _)| path.exists()) else {
            return Ok(());
        };
        let checkpoint = Checkpoint::read(path)?;
        for (key, value) in self.words(name) {
            checkpoint.expect(&key, &value)?;
        }
        let mut weights = Weights(store);
        let mut parts: Vec<(&str, &mut dyn State)> =
            vec![("model", &mut weights), ("optimizer", optimizer), ("run", run)];
        let best_epoch = checkpoint.word("best_epoch").filter(|_| self.patience.is_some());
        let mut best_weights = Snapshot::take(store)?;
        if best_epoch.is_some() {
            parts.push(("best", &mut best_weights));
        }
        checkpoint.restore(name, &mut parts)?;
        if let Some(epoch) = best_epoch {
            best.epoch = epoch.parse().unwrap_or(0);
            best.loss = best_measure(run.history(), best.epoch).unwrap_or(f64::INFINITY);
            best.weights = Some(best_weights);
        }
        Ok(())
    }

    /// Writes a checkpoint where one is due. A disk that is full must not cost the training.
    fn save(
        &self,
        name: &str,
        store: &VarStore,
        optimizer: &Optimizer,
        run: &mut Run,
        best: &Best,
        stop: bool,
    ) {
        let Some((path, every)) = &self.checkpoints else { return };
        let epoch = run.epoch();
        if !epoch.is_multiple_of(*every) && epoch != self.plan.epochs && !stop {
            return;
        }
        let mut words = self.words(name);
        let weights = Weights(store);
        let mut parts: Vec<(&str, &dyn State)> =
            vec![("model", &weights), ("optimizer", optimizer), ("run", &*run)];
        if let Some(snapshot) = &best.weights {
            words.insert("best_epoch".into(), best.epoch.to_string());
            parts.push(("best", snapshot));
        }
        if let Err(error) = checkpoint::write(path, words, &parts) {
            let note = format!("no checkpoint after epoch {epoch}: {error}");
            run.history.notes.push(note);
        }
    }
}

/// A store's weights, which can be set although the store is only borrowed.
struct Weights<'a>(&'a VarStore);

impl State for Weights<'_> {
    fn state(&self) -> Result<Vec<(String, Tensor)>> {
        self.0.state()
    }

    fn set_state(&mut self, state: &BTreeMap<String, Tensor>) -> Result<()> {
        let values = state.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone()));
        Snapshot { values: values.collect() }.restore(self.0)
    }
}

impl State for Snapshot {
    fn state(&self) -> Result<Vec<(String, Tensor)>> {
        let values = self.values.iter();
        Ok(values.map(|(name, tensor)| (name.clone(), tensor.shallow_clone())).collect())
    }

    fn set_state(&mut self, state: &BTreeMap<String, Tensor>) -> Result<()> {
        let values = state.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone()));
        self.values = values.collect();
        Ok(())
    }
}

/// The best epoch so far, with its weights.
#[derive(Debug)]
struct Best {
    loss: f64,
    epoch: usize,
    weights: Option<Snapshot>,
}

impl Default for Best {
    fn default() -> Self {
        Self { loss: f64::INFINITY, epoch: 0, weights: None }
    }
}

impl Best {
    /// Looks at the epoch that just ended.
    fn look(&mut self, run: &Run, weights: &Snapshot) {
        let loss = best_measure(run.history(), run.epoch()).unwrap_or(f64::NAN);
        if loss < self.loss {
            let values = weights.values.iter();
            let values = values.map(|(name, value)| (name.clone(), value.shallow_clone()));
            self.weights = Some(Snapshot { values: values.collect() });
            (self.loss, self.epoch) = (loss, run.epoch());
        }
    }

    /// Whether there has been no better epoch for long enough.
    fn is_over(&self, run: &Run, patience: Option<usize>) -> bool {
        patience.is_some_and(|patience| run.epoch() - self.epoch >= patience.max(1))
    }
}

/// The loss of an epoch on the validation part, or, without one, on the training part.
fn best_measure(history: &History, epoch: usize) -> Option<f64> {
    let record = history.epochs().get(epoch.checked_sub(1)?)?;
    record.value("validation_loss").or_else(|| record.value("loss"))
}

#[cfg(test)]
mod tests;
