//! The epoch whose weights early stopping gives back.

use super::history::History;
use super::run::Run;
use super::snapshot::Snapshot;

/// The best epoch so far, with its weights.
#[derive(Debug)]
pub(super) struct Best {
    pub(super) loss: f64,
    pub(super) epoch: usize,
    pub(super) weights: Option<Snapshot>,
}

impl Default for Best {
    fn default() -> Self {
        Self { loss: f64::INFINITY, epoch: 0, weights: None }
    }
}

impl Best {
    /// Looks at the epoch that just ended.
    pub(super) fn look(&mut self, run: &Run, weights: &Snapshot) {
        let loss = best_measure(run.history(), run.epoch()).unwrap_or(f64::NAN);
        if loss < self.loss {
            let values = weights.values.iter();
            let values = values.map(|(name, value)| (name.clone(), value.shallow_clone()));
            self.weights = Some(Snapshot { values: values.collect() });
            (self.loss, self.epoch) = (loss, run.epoch());
        }
    }

    /// Whether there has been no better epoch for long enough.
    pub(super) fn is_over(&self, run: &Run, patience: Option<usize>) -> bool {
        patience.is_some_and(|patience| run.epoch() - self.epoch >= patience.max(1))
    }
}

/// The loss of an epoch on the validation part, or, without one, on the training part.
pub(super) fn best_measure(history: &History, epoch: usize) -> Option<f64> {
    let record = history.epochs().get(epoch.checked_sub(1)?)?;
    record.value("validation_loss").or_else(|| record.value("loss"))
}
