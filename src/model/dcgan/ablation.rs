//! Several choices over several seeds.

use tch::Device;

use super::config::DcganConfig;
use super::network::Dcgan;
use crate::data::Digits;
use crate::model::{DigitClassifier, DigitQuality, QualityTable};
use crate::notebook::{Progress, interrupt};
use crate::train::{Ending, Epochs};
use crate::{Error, Result};

/// The seed of the pictures that are measured.
const SAMPLE_SEED: u64 = 4242;

/// Trains networks of several named choices, each with several seeds, and measures what they draw.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`choice`](Self::choice) | | a name and a configuration |
/// | [`seeds`](Self::seeds) | 1, 2, 3 | first weights and order of the examples |
/// | [`epochs`](Self::epochs) | | how long each is trained, in which batches |
/// | [`pictures`](Self::pictures) | 1000 | pictures measured of each network |
/// | [`device`](Self::device) | the CPU | where networks are trained |
///
/// # Example
/// ```no_run
/// use latentlab::prelude::*;
///
/// let digits = Digits::open()?;
/// let classifier = DigitClassifier::train(&digits.training()?, Device::Cpu, 1)?;
/// let table = DigitAblation::new(Epochs::new("DCGAN", 10).steps_per_epoch(200).batch_size(64))
///     .choice("baseline", DcganConfig::baseline())
///     .choice("improved", DcganConfig::improved())
///     .run(&digits, &classifier)?;
/// table.show();
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct DigitAblation {
    epochs: Epochs,
    choices: Vec<(String, DcganConfig)>,
    seeds: Vec<u64>,
    pictures: usize,
    device: Device,
}

impl DigitAblation {
    /// A comparison without choices yet, for which each network is trained alike. The plan's seed does not count.
    ///
    /// # Example
    /// See [`DigitAblation`].
    pub fn new(epochs: Epochs) -> Self {
        let (choices, seeds) = (Vec::new(), vec![1, 2, 3]);
        Self { epochs, choices, seeds, pictures: 1000, device: Device::Cpu }
    }

    /// Adds a choice.
    ///
    /// # Example
    /// See [`DigitAblation`].
    pub fn choice(mut self, name: impl Into<String>, config: DcganConfig) -> Self {
        self.choices.push((name.into(), config));
        self
    }

    /// Sets the seeds. Default 1, 2, 3.
    pub fn seeds(mut self, seeds: &[u64]) -> Self {
        self.seeds = seeds.to_vec();
        self
    }

    /// Sets how each network is trained.
    pub fn epochs(mut self, epochs: Epochs) -> Self {
        self.epochs = epochs;
        self
    }

    /// Sets how many pictures of each network are measured, two or more. Default 1000.
    pub fn pictures(mut self, count: usize) -> Self {
        self.pictures = count;
        self
    }

    /// Sets the device. Default: the CPU.
    pub fn device(mut self, device: Device) -> Self {
        self.device = device;
        self
    }

    /// Trains and measures, all choices with the first seed, then with the next: whenever it is interrupted, what is done compares. The first row
    /// is the reference: real training digits, as many as there are pictures.
    ///
    /// # Errors
    /// [`Error::Invalid`] without choices or seeds, for choices outside their ranges, and fewer than two pictures; as
    /// [`Dcgan::fit`].
    ///
    /// # Example
    /// See [`DigitAblation`].
    pub fn run(&self, digits: &Digits, classifier: &DigitClassifier) -> Result<QualityTable> {
        if self.choices.is_empty() || self.seeds.is_empty() || self.pictures < 2 {
            let what = format!(
                "{} choices, {} seeds, {} pictures",
                self.choices.len(),
                self.seeds.len(),
                self.pictures
            );
            return Err(Error::invalid(what, "at least one, one and two are needed"));
        }
        let (training, test) = (digits.training()?, digits.test()?);
        let mut table = QualityTable::new(format!("Against {} held-out digits", test.len()));
        let reference = training.take(self.pictures.min(training.len()))?;
        table.add("real digits", DigitQuality::measure(classifier, &test, &reference.images())?);
        let images = training.images();
        let total = self.seeds.len() * self.choices.len();
        let mut progress = Progress::new("Comparison", total as u64).unit("networks");
        for seed in &self.seeds {
            for (name, config) in &self.choices {
                progress.note(format!("{name}, seed {seed}"));
                if interrupt::requested() {
                    return Ok(table);
                }
                let mut model = Dcgan::new(*config, self.device, *seed)?;
                let plan = self.epochs.clone().seed(*seed).live(false);
                let fit = model.fit(plan, &images, &[])?;
                if fit.history().ending() == Ending::Interrupted {
                    return Ok(table);
                }
                let pictures = model.sample(self.pictures, SAMPLE_SEED)?;
                table.add(name, DigitQuality::measure(classifier, &test, &pictures)?);
                progress.advance(1);
            }
        }
        Ok(table)
    }
}
