//! What training did, epoch by epoch.

use std::collections::BTreeMap;
use std::time::Duration;

use polars::prelude::{Column, DataFrame};

use crate::Result;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};
use crate::plot::{Figure, LearningCurves};
use crate::words::counted;

/// Why training ended.
///
/// # Example
/// ```
/// use latentlab::train::Ending;
///
/// assert_ne!(Ending::Complete, Ending::Interrupted);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Ending {
    /// All epochs are done.
    #[default]
    Complete,
    /// The measure had not improved for long enough.
    StoppedEarly,
    /// The reader asked the cell to stop; what was done by then is kept.
    Interrupted,
}

/// One epoch.
///
/// # Example
/// ```
/// let record = latentlab::train::EpochRecord::default();
/// assert!(record.train.is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EpochRecord {
    /// Means over the training examples, by name.
    pub train: Vec<(String, f64)>,
    /// Means over the validation examples, by name.
    pub validation: Vec<(String, f64)>,
    /// The learning rate of the epoch's last step; not a number where the loop does not know it.
    pub learning_rate: f64,
    /// How long the epoch took, validation included.
    pub duration: Duration,
}

/// The measures of all epochs, as a frame, as curves, and on the page as a table.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
/// use latentlab::train::{Losses, Trainer};
/// use tch::nn::{self, Module};
///
/// let store = nn::VarStore::new(Device::Cpu);
/// let line = nn::linear(store.root(), 1, 1, Default::default());
/// let x = Tensor::rand([64, 1], (Kind::Float, Device::Cpu));
/// let y = &x * 2.0;
/// let history = Trainer::new(Adam::new(0.01)).epochs(3).fit_with(&store, &(&x, &y), |batch, _| {
///     Ok(Losses::new((line.forward(batch.inputs()) - batch.targets()?).square().mean(Kind::Float)))
/// })?;
/// assert_eq!(history.series("loss").len(), 3);
/// assert_eq!(history.frame()?.height(), 3);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct History {
    pub(super) title: String,
    pub(super) records: Vec<EpochRecord>,
    pub(super) ending: Ending,
    /// The epoch, from 1, whose weights the network was given back.
    pub(super) restored: Option<usize>,
    /// What the reader should know: a checkpoint that could not be written, say.
    pub(super) notes: Vec<String>,
}

impl History {
    pub(super) fn new(title: &str) -> Self {
        Self { title: title.to_owned(), ..Self::default() }
    }

    /// The epochs, in order.
    ///
    /// # Example
    /// ```
    /// assert!(latentlab::train::History::default().epochs().is_empty());
    /// ```
    pub fn epochs(&self) -> &[EpochRecord] {
        &self.records
    }

    /// Why training ended.
    ///
    /// # Example
    /// ```
    /// use latentlab::train::{Ending, History};
    ///
    /// assert_eq!(History::default().ending(), Ending::Complete);
    /// ```
    pub fn ending(&self) -> Ending {
        self.ending
    }

    /// The epoch, counted from 1, whose weights the network was given in the end because they were the best.
    ///
    /// # Example
    /// ```
    /// assert_eq!(latentlab::train::History::default().restored_epoch(), None);
    /// ```
    pub fn restored_epoch(&self) -> Option<usize> {
        self.restored
    }

    /// What went wrong without ending the training.
    ///
    /// # Example
    /// ```
    /// assert!(latentlab::train::History::default().notes().is_empty());
    /// ```
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// One measure over the epochs: `loss`, or `validation_loss` for that of the validation part; `learning_rate` and
    /// `seconds`, too. Empty where nothing has
    /// that name; not a number in epochs without it.
    ///
    /// # Example
    /// ```
    /// assert!(latentlab::train::History::default().series("loss").is_empty());
    /// ```
    pub fn series(&self, name: &str) -> Vec<f64> {
        let value = |record: &EpochRecord| record.value(name);
        if self.records.iter().all(|record| value(record).is_none()) {
            return Vec::new();
        }
        self.records.iter().map(|record| value(record).unwrap_or(f64::NAN)).collect()
    }

    /// The names that [`series`](Self::series) knows, training first.
    ///
    /// # Example
    /// ```
    /// assert!(latentlab::train::History::default().names().is_empty());
    /// ```
    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        let train =
            self.records.iter().flat_map(|record| &record.train).map(|(name, _)| name.clone());
        let validation = self.records.iter().flat_map(|record| &record.validation);
        for name in train.chain(validation.map(|(name, _)| format!("validation_{name}"))) {
            if !names.contains(&name) {
                names.push(name);
            }
        }
        names
    }

    /// One row an epoch: its number, the measures, the learning rate, the seconds.
    ///
    /// # Errors
    /// [`crate::Error::Frame`] where a measure is called like one of the other columns.
    ///
    /// # Example
    /// ```
    /// assert_eq!(latentlab::train::History::default().frame()?.height(), 0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let count = self.records.len();
        let epochs: Vec<u32> = (1..=count as u32).collect();
        let mut columns = vec![Column::new("epoch".into(), epochs)];
        columns.extend(self.names().iter().map(|name| Column::new(name.into(), self.series(name))));
        let rates: Vec<f64> = self.records.iter().map(|record| record.learning_rate).collect();
        if rates.iter().any(|rate| rate.is_finite()) {
            columns.push(Column::new("learning_rate".into(), rates));
        }
        let seconds: Vec<f64> =
            self.records.iter().map(|record| record.duration.as_secs_f64()).collect();
        columns.push(Column::new("seconds".into(), seconds));
        Ok(DataFrame::new(count, columns)?)
    }

    /// The curves of the loss: on the training and, where there is one, the validation part. Without a measure called
    /// `loss`, all measures.
    ///
    /// # Example
    /// ```
    /// let curves = latentlab::train::History::default().curves();
    /// assert!(curves.figure().is_err(), "there is nothing to draw yet");
    /// ```
    pub fn curves(&self) -> LearningCurves {
        let mut curves = LearningCurves::new(self.title.clone());
        let (train, validation) = (self.series("loss"), self.series("validation_loss"));
        if train.is_empty() {
            return self
                .names()
                .iter()
                .fold(curves, |curves, name| curves.curve(name, self.series(name)));
        }
        curves = curves.train(train);
        if validation.is_empty() { curves } else { curves.validation(validation) }
    }

    /// The [curves](Self::curves) as a figure.
    ///
    /// # Errors
    /// [`crate::Error::Figure`] before the first epoch.
    ///
    /// # Example
    /// ```
    /// assert!(latentlab::train::History::default().figure().is_err());
    /// ```
    pub fn figure(&self) -> Result<Figure> {
        self.curves().figure()
    }

    /// "VAE: 50 epochs in 61.2 s, stopped early, weights of epoch 41".
    fn headline(&self) -> String {
        let seconds: f64 = self.records.iter().map(|record| record.duration.as_secs_f64()).sum();
        let mut line =
            format!("{}: {} in {seconds:.1} s", self.title, counted(self.records.len(), "epoch"));
        match self.ending {
            Ending::Complete => {}
            Ending::StoppedEarly => line.push_str(", stopped early"),
            Ending::Interrupted => line.push_str(", interrupted"),
        }
        if let Some(epoch) = self.restored {
            line.push_str(&format!(", weights of epoch {epoch}"));
        }
        for note in &self.notes {
            line.push_str("; ");
            line.push_str(note);
        }
        line
    }

    /// The numbers by name, for a checkpoint.
    pub(super) fn numbers(&self) -> BTreeMap<String, Vec<f64>> {
        let mut numbers: BTreeMap<String, Vec<f64>> =
            self.names().into_iter().map(|name| (name.clone(), self.series(&name))).collect();
        let of = |part: fn(&EpochRecord) -> f64| self.records.iter().map(part).collect();
        numbers.insert("learning_rate".into(), of(|record| record.learning_rate));
        numbers.insert("seconds".into(), of(|record| record.duration.as_secs_f64()));
        numbers
    }

    /// The records from such numbers; measures that are not a number are left out.
    pub(super) fn from_numbers(
        title: &str,
        epochs: usize,
        mut numbers: BTreeMap<String, Vec<f64>>,
    ) -> Self {
        let mut take = |name: &str| numbers.remove(name).unwrap_or_default();
        let (rates, seconds) = (take("learning_rate"), take("seconds"));
        let at = |values: &[f64], epoch: usize| values.get(epoch).copied().unwrap_or(f64::NAN);
        let records = (0..epochs).map(|epoch| {
            let mut record =
                EpochRecord { learning_rate: at(&rates, epoch), ..EpochRecord::default() };
            record.duration = Duration::try_from_secs_f64(at(&seconds, epoch)).unwrap_or_default();
            for (name, values) in &numbers {
                let value = at(values, epoch);
                match name.strip_prefix("validation_") {
                    _ if value.is_nan() => {}
                    Some(name) => record.validation.push((name.to_owned(), value)),
                    None => record.train.push((name.clone(), value)),
                }
            }
            // The loss comes first, as in the epochs that follow.
            for measures in [&mut record.train, &mut record.validation] {
                measures.sort_by_key(|(name, _)| name != "loss");
            }
            record
        });
        Self { records: records.collect(), ..Self::new(title) }
    }
}

impl EpochRecord {
    /// A measure by the name that [`History::series`] knows.
    pub(super) fn value(&self, name: &str) -> Option<f64> {
        let find = |measures: &[(String, f64)], name: &str| {
            measures.iter().find(|(known, _)| known == name).map(|(_, value)| *value)
        };
        let validation =
            name.strip_prefix("validation_").and_then(|name| find(&self.validation, name));
        let known = validation.or_else(|| find(&self.train, name));
        known.or(match name {
            "learning_rate" if self.learning_rate.is_finite() => Some(self.learning_rate),
            "seconds" => Some(self.duration.as_secs_f64()),
            _ => None,
        })
    }
}

impl Show for History {
    fn rich(&self) -> Rich {
        titled_frame(&self.headline(), self.frame())
    }
}

impl Inspect for History {
    fn shape(&self) -> Option<String> {
        Some(counted(self.records.len(), "epoch"))
    }

    fn preview(&self) -> String {
        self.headline()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn history() -> History {
        let record = |loss: f64, validation: Option<f64>| EpochRecord {
            train: vec![("loss".into(), loss), ("kl".into(), 2.0 * loss)],
            validation: validation.map(|value| ("loss".into(), value)).into_iter().collect(),
            learning_rate: 0.1,
            duration: Duration::from_millis(500),
        };
        let records = vec![record(3.0, Some(4.0)), record(2.0, None), record(1.0, Some(2.5))];
        History { records, ..History::new("Run") }
    }

    #[test]
    fn a_row_is_an_epoch() {
        let frame = history().frame().unwrap();
        let names: Vec<&str> = frame.get_column_names().iter().map(|name| name.as_str()).collect();
        assert_eq!(names, ["epoch", "loss", "kl", "validation_loss", "learning_rate", "seconds"]);
        assert_eq!(frame.height(), 3);
        assert!(history().series("validation_loss")[1].is_nan());
        assert!(history().series("accuracy").is_empty());
    }

    #[test]
    fn the_page_says_how_it_ended() {
        let mut history = history();
        history.ending = Ending::StoppedEarly;
        history.restored = Some(2);
        let text = history.rich().get("text/plain").unwrap_or_default().to_owned();
        assert!(
            text.starts_with("Run: 3 epochs in 1.5 s, stopped early, weights of epoch 2"),
            "{text}"
        );
        assert!(
            history.figure().unwrap().description().contains("best validation 2.5 after epoch 3")
        );
    }

    #[test]
    fn numbers_come_back_bit_by_bit() {
        let before = history();
        let after = History::from_numbers("Run", 3, before.numbers());
        assert_eq!(after, before);
    }
}
