//! A training under way: the loop of a [`Trainer`].

use std::collections::BTreeMap;

use tch::nn::VarStore;
use tch::{Device, Tensor};

use super::batch::Batch;
use super::best::{Best, best_measure};
use super::checkpoint::{self, Checkpoint, State};
use super::dataset::{Dataset, Examples};
use super::history::{Ending, History};
use super::losses::{Losses, Pass};
use super::optimizer::Optimizer;
use super::run::Run;
use super::snapshot::{Snapshot, Weights};
use super::tally::Tally;
use super::trainer::{Precision, Trainer};
use crate::Result;

/// All that changes while a [`Trainer`] trains the weights of a store.
pub(super) struct Training<'a> {
    plan: Trainer,
    name: String,
    store: &'a VarStore,
    optimizer: Optimizer,
    run: Run,
    validation: Option<Dataset>,
    /// The weights after the last whole epoch.
    before: Snapshot,
    best: Best,
}

impl<'a> Training<'a> {
    /// Everything in place for the first batch, or for the next one of an earlier run.
    pub(super) fn start(
        mut plan: Trainer,
        name: &str,
        store: &'a VarStore,
        examples: &impl Examples,
    ) -> Result<Self> {
        plan.schedule.check()?;
        let data = placed(examples.dataset()?, store.device(), plan.channels_last)?;
        let validation = plan.validation.take().transpose()?;
        let validation = validation.map(|data| placed(data, store.device(), plan.channels_last));
        let mut optimizer = Optimizer::new(store, plan.rule)?;
        if let Some(clip) = plan.clip {
            optimizer = optimizer.clip(clip)?;
        }
        let mut training = Self {
            name: name.to_owned(),
            store,
            run: plan.plan.clone().start(&data)?,
            validation: validation.transpose()?,
            before: Snapshot::take(store)?,
            best: Best::default(),
            optimizer,
            plan,
        };
        if training.is_mixed() {
            training.optimizer.scale_losses();
        }
        if training.resume()? {
            training.before = Snapshot::take(store)?;
        }
        Ok(training)
    }

    /// Trains until the last epoch, an interrupt, or early stopping.
    pub(super) fn finish(
        mut self,
        mut loss: impl FnMut(&Batch, &Pass) -> Result<Losses>,
    ) -> Result<History> {
        let base = self.plan.rule.learning_rate();
        // A run that had stopped early does not start again.
        while !self.is_over() {
            let Some(batch) = self.or_step_back(Run::next_batch)? else { break };
            let share = self.plan.schedule.share(self.run.epoch() as f64 - 1.0);
            self.optimizer.set_learning_rate(base * share);
            self.run.record_rate(self.optimizer.learning_rate());
            let losses = tch::autocast(self.is_mixed(), || loss(&batch, &self.pass(true)))?;
            self.optimizer.minimize(losses.loss())?;
            self.run.record(&losses.named())?;
            if let Some(ratios) = losses.ratios() {
                self.run.record_ratios(ratios)?;
            }
            drop(losses);
            if self.run.epoch_ends() {
                self.close_epoch(&mut loss)?;
            }
        }
        let stopped_early = self.is_over();
        if stopped_early {
            self.run.history.ending = Ending::StoppedEarly;
        }
        let mut history = self.run.finish();
        if let Some(weights) = &self.best.weights {
            weights.restore(self.store)?;
            history.restored = Some(self.best.epoch);
        }
        Ok(history)
    }

    fn close_epoch(
        &mut self,
        loss: &mut impl FnMut(&Batch, &Pass) -> Result<Losses>,
    ) -> Result<()> {
        for (name, value) in self.validate(loss)? {
            self.run.record_validation(&name, value);
        }
        self.or_step_back(Run::close_epoch)?;
        self.before = Snapshot::take(self.store)?;
        if self.plan.patience.is_some() {
            self.best.look(&self.run, &self.before);
        }
        self.save();
        Ok(())
    }

    /// Where a loss is no longer finite, the network gets back the weights of the epoch before.
    fn or_step_back<T>(&mut self, act: impl FnOnce(&mut Run) -> Result<T>) -> Result<T> {
        let outcome = act(&mut self.run);
        if outcome.is_err() {
            self.before.restore(self.store)?;
        }
        outcome
    }

    /// The means of all measures over the validation part.
    fn validate(
        &self,
        loss: &mut impl FnMut(&Batch, &Pass) -> Result<Losses>,
    ) -> Result<Vec<(String, f64)>> {
        let Some(data) = &self.validation else { return Ok(Vec::new()) };
        let _guard = tch::no_grad_guard();
        let (pass, most) = (self.pass(false), self.plan.plan.batch_size);
        let mut tally = Tally::default();
        let all = Tensor::f_arange(data.len() as i64, (tch::Kind::Int64, data.device()))?;
        for start in (0..data.len()).step_by(most) {
            let size = most.min(data.len() - start);
            let batch = data.select(&all.f_narrow(0, start as i64, size as i64)?)?;
            let losses = tch::autocast(self.is_mixed(), || loss(&batch, &pass))?;
            tally.add(&losses.named(), size)?;
            if let Some(ratios) = losses.ratios() {
                tally.add_ratios(ratios)?;
            }
        }
        tally.take()
    }

    fn pass(&self, training: bool) -> Pass {
        Pass { training, epoch: self.run.epoch(), epochs: self.plan.plan.epochs }
    }

    fn is_mixed(&self) -> bool {
        self.plan.precision == Precision::Mixed && matches!(self.store.device(), Device::Cuda(_))
    }

    fn is_over(&self) -> bool {
        self.best.is_over(&self.run, self.plan.patience)
    }
}

/// The data where the weights are, in the order that is fastest there.
fn placed(data: Dataset, device: Device, channels_last: bool) -> Result<Dataset> {
    let data = data.to_device(device)?;
    if channels_last { data.channels_last() } else { Ok(data) }
}

impl Trainer {
    /// What a run depends on and a checkpoint must have been written with.
    pub(super) fn words(&self, name: &str) -> BTreeMap<String, String> {
        let word = |key: &str, value: String| (key.to_owned(), value);
        BTreeMap::from([
            word("name", name.to_owned()),
            word("rule", format!("{:?}", self.rule)),
            word("schedule", format!("{:?}", self.schedule)),
            word("clip", format!("{:?}", self.clip)),
        ])
    }
}

/// Checkpoints.
impl Training<'_> {
    /// Takes up an earlier run where there is a checkpoint of it; says whether there is.
    fn resume(&mut self) -> Result<bool> {
        let Some((path, _)) = self.plan.checkpoints.as_ref().filter(|(path, _)| path.exists())
        else {
            return Ok(false);
        };
        let checkpoint = Checkpoint::read(path)?;
        for (key, value) in self.plan.words(&self.name) {
            checkpoint.expect(&key, &value)?;
        }
        let mut weights = Weights(self.store);
        let mut parts: Vec<(&str, &mut dyn State)> = vec![
            ("model", &mut weights),
            ("optimizer", &mut self.optimizer),
            ("run", &mut self.run),
        ];
        let best_epoch = checkpoint.word("best_epoch").filter(|_| self.plan.patience.is_some());
        let mut best_weights = Snapshot::take(self.store)?;
        if best_epoch.is_some() {
            parts.push(("best", &mut best_weights));
        }
        checkpoint.restore(&self.name, &mut parts)?;
        if let Some(epoch) = best_epoch {
            self.best.epoch = epoch.parse().unwrap_or(0);
            let known = best_measure(self.run.history(), self.best.epoch);
            self.best.loss = known.unwrap_or(f64::INFINITY);
            self.best.weights = Some(best_weights);
        }
        Ok(true)
    }

    /// Writes a checkpoint where one is due. A disk that is full must not cost the training.
    fn save(&mut self) {
        let Some((path, every)) = &self.plan.checkpoints else { return };
        let epoch = self.run.epoch();
        let is_last = epoch == self.plan.plan.epochs || self.is_over();
        if !epoch.is_multiple_of(*every) && !is_last {
            return;
        }
        let mut words = self.plan.words(&self.name);
        let weights = Weights(self.store);
        let mut parts: Vec<(&str, &dyn State)> =
            vec![("model", &weights), ("optimizer", &self.optimizer), ("run", &self.run)];
        if let Some(snapshot) = &self.best.weights {
            words.insert("best_epoch".into(), self.best.epoch.to_string());
            parts.push(("best", snapshot));
        }
        if let Err(error) = checkpoint::write(path, words, &parts) {
            let note = format!("no checkpoint after epoch {epoch}: {error}");
            self.run.history.notes.push(note);
        }
    }
}
