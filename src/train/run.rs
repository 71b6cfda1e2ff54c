//! The loop over epochs and batches that everything else is built on.

use std::time::Instant;

use tch::Tensor;

use super::batch::Batch;
use super::dataset::Dataset;
use super::epochs::Epochs;
use super::generator::seed_torch;
use super::history::{Ending, EpochRecord, History};
use super::live::Live;
use super::losses::Ratios;
use super::tally::Tally;
use crate::notebook::{Progress, interrupt};
use crate::plot::short_number;
use crate::{Error, Result};

/// A loop over epochs that is under way: see [`Epochs`].
///
/// # Example
/// ```
/// use latentlab::prelude::*;
/// use latentlab::train::Epochs;
///
/// let mut run = Epochs::new("Counting", 2).batch_size(4).start(&Tensor::arange(10, (Kind::Float, Device::Cpu)))?;
/// let mut examples = 0;
/// while let Some(batch) = run.next_batch()? {
///     examples += batch.len();
/// }
/// assert_eq!(examples, 20);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct Run {
    pub(super) plan: Epochs,
    pub(super) data: Dataset,
    pub(super) history: History,
    pub(super) batches: usize,
    /// The epoch under way or last done, from 1.
    pub(super) epoch: usize,
    order: Option<Tensor>,
    /// Batches of this epoch that were handed out.
    batch: usize,
    /// Examples in the batch that was handed out last.
    drawn: usize,
    open: bool,
    record: EpochRecord,
    tally: Tally,
    started: Instant,
    bar: Progress,
    live: Live,
}

impl Run {
    pub(super) fn new(plan: Epochs, data: Dataset, batches: usize) -> Self {
        let total = (plan.epochs * batches) as u64;
        Self {
            bar: Progress::new(plan.title.clone(), total).unit("batches"),
            live: Live::new(plan.live),
            history: History::new(&plan.title),
            tally: Tally::default(),
            order: None,
            epoch: 0,
            batch: 0,
            drawn: 0,
            open: false,
            record: EpochRecord::default(),
            started: Instant::now(),
            batches,
            data,
            plan,
        }
    }

    /// The next batch; none after the last epoch, and none once the reader has asked the cell to stop.
    ///
    /// # Errors
    /// [`Error::NotConverged`] where a recorded measure of the epoch that just ended is not finite: its words say which
    /// epoch, and what to do. [`Error::Torch`] where the device has too little memory.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Epochs;
    /// let mut run = Epochs::new("Once", 1).start(&Tensor::from_slice(&[1.0, 2.0]))?;
    /// assert_eq!(run.next_batch()?.map(|batch| batch.len()), Some(2));
    /// assert!(run.next_batch()?.is_none());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn next_batch(&mut self) -> Result<Option<Batch>> {
        if interrupt::requested() {
            // An epoch whose last batch is done counts.
            if self.epoch_ends() {
                self.close_epoch()?;
            }
            if self.epoch < self.plan.epochs || self.open {
                self.history.ending = Ending::Interrupted;
            }
            return Ok(None);
        }
        if self.epoch_ends() {
            self.close_epoch()?;
        }
        if !self.open {
            if self.epoch >= self.plan.epochs {
                return Ok(None);
            }
            self.open_epoch()?;
        }
        let Some(order) = &self.order else { return Ok(None) };
        let start = self.batch * self.plan.batch_size;
        let size = self.plan.batch_size.min(order.size()[0] as usize - start);
        let _guard = tch::no_grad_guard();
        let mut batch = self.data.select(&order.f_narrow(0, start as i64, size as i64)?)?;
        if let Some(change) = self.plan.augment {
            batch.parts[0] = change(batch.parts[0].shallow_clone());
        }
        self.batch += 1;
        self.drawn = size;
        self.bar.advance(1);
        Ok(Some(batch))
    }

    /// Records measures of the batch: tensors with one number each, means over the batch. They stay on the device until
    /// the epoch ends.
    ///
    /// # Errors
    /// [`Error::Invalid`] for tensors with more than one number, and for other names than in the epoch's first batch.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Epochs;
    /// let mut run = Epochs::new("Mean", 1).start(&Tensor::from_slice(&[1.0, 2.0]))?;
    /// while let Some(batch) = run.next_batch()? {
    ///     run.record(&[("mean", &batch.inputs().mean(Kind::Double))])?;
    /// }
    /// assert_eq!(run.finish().series("mean"), [1.5]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn record(&mut self, measures: &[(&str, &Tensor)]) -> Result<()> {
        self.tally.add(measures, self.drawn)
    }

    pub(super) fn record_ratios(&mut self, ratios: &Ratios) -> Result<()> {
        self.tally.add_ratios(ratios)
    }

    /// Records a measure of the epoch on the validation part, a number.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Epochs;
    /// let mut run = Epochs::new("Score", 1).start(&Tensor::from_slice(&[1.0, 2.0]))?;
    /// while let Some(_batch) = run.next_batch()? {
    ///     if run.epoch_ends() {
    ///         run.record_validation("score", 0.5);
    ///     }
    /// }
    /// assert_eq!(run.finish().series("validation_score"), [0.5]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn record_validation(&mut self, name: &str, value: f64) {
        self.record.validation.push((name.to_owned(), value));
    }

    pub(super) fn record_rate(&mut self, rate: f64) {
        self.record.learning_rate = rate;
    }

    /// The epoch under way, counted from 1.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Epochs;
    /// let mut run = Epochs::new("Once", 1).start(&Tensor::from_slice(&[1.0, 2.0]))?;
    /// let _batch = run.next_batch()?;
    /// assert_eq!(run.epoch(), 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn epoch(&self) -> usize {
        self.epoch
    }

    /// Whether the batch that was handed out last is the epoch's last.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Epochs;
    /// let mut run = Epochs::new("Once", 1).batch_size(1).start(&Tensor::from_slice(&[1.0, 2.0]))?;
    /// let _first = run.next_batch()?;
    /// assert!(!run.epoch_ends());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn epoch_ends(&self) -> bool {
        self.open && self.batch == self.batches
    }

    /// What was recorded so far, whole epochs only.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Epochs;
    /// let run = Epochs::new("Once", 1).start(&Tensor::from_slice(&[1.0, 2.0]))?;
    /// assert!(run.history().epochs().is_empty());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn history(&self) -> &History {
        &self.history
    }

    /// Ends the loop, whole epochs done or not, and hands over what was recorded.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Epochs;
    /// let run = Epochs::new("Once", 1).start(&Tensor::from_slice(&[1.0, 2.0]))?;
    /// assert!(run.finish().epochs().is_empty());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn finish(mut self) -> History {
        self.live.end(&self.history);
        std::mem::take(&mut self.history)
    }

    fn open_epoch(&mut self) -> Result<()> {
        let epoch = self.epoch + 1;
        let order = self.plan.order(self.data.len(), self.batches, epoch);
        self.order = Some(Tensor::f_from_slice(&order)?.f_to_device(self.data.device())?);
        seed_torch(self.plan.seed, epoch);
        self.epoch = epoch;
        self.batch = 0;
        self.open = true;
        self.tally = Tally::default();
        self.record = EpochRecord { learning_rate: f64::NAN, ..EpochRecord::default() };
        self.started = Instant::now();
        Ok(())
    }

    /// Reads the epoch's measures and adds them to the history.
    pub(super) fn close_epoch(&mut self) -> Result<()> {
        if !self.open {
            return Ok(());
        }
        self.open = false;
        let mut record = std::mem::take(&mut self.record);
        record.train = self.tally.take()?;
        record.duration = self.started.elapsed();
        if let Some((name, value)) = record.train.iter().find(|(_, value)| !value.is_finite()) {
            return Err(self.diverged(name, *value));
        }
        let words = record
            .train
            .iter()
            .take(2)
            .map(|(name, value)| format!("{name} {}", short_number(*value)));
        let mut note: Vec<String> = vec![format!("epoch {}/{}", self.epoch, self.plan.epochs)];
        note.extend(words);
        if let Some((name, value)) = record.validation.first() {
            note.push(format!("validation {name} {}", short_number(*value)));
        }
        self.bar.note(note.join(", "));
        self.history.records.push(record);
        self.live.epoch(&self.history);
        Ok(())
    }

    fn diverged(&self, name: &str, value: f64) -> Error {
        let before = self.history.records.last().and_then(|record| record.value(name));
        let before = before.map_or(String::new(), |value| {
            format!(", after {} in epoch {}", short_number(value), self.history.records.len())
        });
        Error::NotConverged {
            method: self.plan.title.clone(),
            detail: format!(
                "`{name}` became {value} in epoch {}{before}; try a learning rate ten times smaller, clip the gradient \
                 (`Clip::Norm(1.0)`), and look for values that are not finite in the data",
                self.epoch
            ),
        }
    }

    /// Goes on after epochs that an earlier run did.
    pub(super) fn resume(&mut self, history: History) {
        self.epoch = history.records.len();
        self.bar.set((self.epoch * self.batches) as u64);
        self.history = history;
    }
}

#[cfg(test)]
mod tests;
