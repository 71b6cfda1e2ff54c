//! The same classifier with and without more examples, over seeds.

use tch::{Kind, Tensor};

use super::result::{Arm, AugmentationResult, MEASURES};
use super::way::{Augmentation, fitting};
use crate::data::market::{MarketExamples, MarketSet, MarketSplit};
use crate::model::{HybridClassifier, HybridClassifierConfig};
use crate::notebook::{Progress, interrupt};
use crate::stats::{Calibration, ClassificationReport};
use crate::train::{Adam, Ending, Trainer};
use crate::{Error, Result};

/// Whether more examples help a [`HybridClassifier`], with what is left to chance in both the data's split and the first weights.
///
/// For each seed the examples are split anew; a classifier is trained on the training part, and again from the same first weights on that part and the examples of
/// each [`Augmentation`], which know nothing but the training part. Training stops by the loss on the validation part. The test part is looked at
/// once, at the end. The classifiers of a seed share split and first weights, so that they are compared **in pairs**.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`seeds`](Self::seeds) | 5 | how often all is repeated |
/// | [`first_seed`](Self::first_seed) | 1 | the first of them |
/// | [`counts`](Self::counts) | 0, 200, 0 | new examples of each class |
/// | [`shares`](Self::shares) | 0.6, 0.2 | training and validation parts; the rest is the test part |
/// | [`with`](Self::with) | none | an augmentation to try |
/// | [`epochs`](Self::epochs) | 30 | the most that a classifier is trained for |
/// | [`learning_rate`](Self::learning_rate) | 1e-4 | of the classifier |
/// | [`class_weights`](Self::class_weights) | 1, 1.3, 1 | of the classifier |
///
/// # Example
/// ```no_run
/// use latentlab::prelude::*;
///
/// let examples = MarketPanel::open()?.examples(&MarketConfig::default())?;
/// let result = AugmentationExperiment::default()
///     .with(Augmentation::Copies)
///     .with(Augmentation::gan(40))
///     .run(&examples)?;
/// println!("{}", result.verdict()?);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct AugmentationExperiment {
    seeds: usize,
    first_seed: u64,
    counts: [usize; 3],
    shares: [f64; 2],
    augmentations: Vec<Augmentation>,
    epochs: usize,
    learning_rate: f64,
    class_weights: [f64; 3],
    norm_momentum: f64,
}

impl Default for AugmentationExperiment {
    fn default() -> Self {
        Self {
            seeds: 5,
            first_seed: 1,
            counts: [0, 200, 0],
            shares: [0.6, 0.2],
            augmentations: Vec::new(),
            epochs: 30,
            learning_rate: 1e-4,
            class_weights: HybridClassifierConfig::default().class_weights,
            norm_momentum: HybridClassifierConfig::default().norm_momentum,
        }
    }
}

macro_rules! options {
    ($($(#[$text:meta])* $name:ident: $kind:ty, $example:literal;)*) => {$(
        $(#[$text])*
        ///
        /// # Example
        /// ```
        /// # use latentlab::prelude::*;
        #[doc = concat!("let experiment = AugmentationExperiment::default().", stringify!($name), "(", $example, ");")]
        /// ```
        pub fn $name(mut self, value: $kind) -> Self {
            self.$name = value;
            self
        }
    )*};
}

impl AugmentationExperiment {
    options! {
        /// Sets how often all is repeated. Default 5; intervals need two at least.
        seeds: usize, "10";
        /// Sets the first seed. Default 1.
        first_seed: u64, "100";
        /// Sets how many new examples of each class there are. Default 200 of the neutral one.
        counts: [usize; 3], "[100, 100, 100]";
        /// Sets the shares of the training and the validation part. Default 0.6 and 0.2.
        shares: [f64; 2], "[0.5, 0.25]";
        /// Sets the most epochs that a classifier is trained for. Default 30.
        epochs: usize, "10";
        /// Sets the classifier's learning rate. Default 1e-4.
        learning_rate: f64, "1e-3";
        /// Sets what examples of each class count in the classifier's training. Default 1, 1.3, 1.
        class_weights: [f64; 3], "[1.0; 3]";
        /// Sets what running statistics of the classifier keep of themselves at each batch. Default 0.99; trainings of fewer than some
        /// 500 batches need less, or the finished network normalises by statistics that are not there yet.
        norm_momentum: f64, "0.9";
    }

    /// Adds an augmentation to try.
    ///
    /// # Example
    /// See [`AugmentationExperiment`].
    pub fn with(mut self, augmentation: Augmentation) -> Self {
        self.augmentations.push(augmentation);
        self
    }

    /// Trains and compares. After an interrupt the result has the seeds that are whole.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no augmentation, no seeds, and what splitting and training refuse; [`Error::NotConverged`] where it is
    /// interrupted before the first seed is whole.
    ///
    /// # Example
    /// See [`AugmentationExperiment`].
    pub fn run(&self, examples: &MarketExamples) -> Result<AugmentationResult> {
        let [training, validation] = self.shares;
        self.run_on(|seed| examples.split(training, validation, seed))
    }

    /// As [`run`](Self::run), with the parts that a function gives for each seed.
    ///
    /// # Errors
    /// As [`run`](Self::run).
    ///
    /// # Example
    /// ```no_run
    /// # use latentlab::prelude::*;
    /// let examples = MarketPanel::open()?.examples(&MarketConfig::default())?;
    /// // One split for all seeds: only the weights are left to chance.
    /// let result = AugmentationExperiment::default()
    ///     .with(Augmentation::Copies)
    ///     .run_on(|_| examples.split(0.6, 0.2, 1))?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn run_on(&self, split: impl Fn(u64) -> Result<MarketSplit>) -> Result<AugmentationResult> {
        if self.augmentations.is_empty() || self.seeds == 0 {
            let what = format!("{} augmentations, {} seeds", self.augmentations.len(), self.seeds);
            return Err(Error::invalid(what, "one of each is needed at least"));
        }
        let names = std::iter::once("none".to_owned())
            .chain(self.augmentations.iter().map(Augmentation::name));
        let mut arms: Vec<Arm> = names.map(Arm::new).collect();
        let total = (self.seeds * arms.len()) as u64;
        let mut bar = Progress::new("Augmentation", total).unit("classifiers");
        for seed in (self.first_seed..).take(self.seeds) {
            let Some(measured) = self.one_seed(&split(seed)?, seed, &mut bar)? else { break };
            arms.iter_mut().zip(measured).for_each(|(arm, values)| arm.seeds.push(values));
        }
        if arms[0].seeds.is_empty() {
            let detail = "interrupted before the first seed was whole".into();
            return Err(Error::NotConverged { method: "Augmentation".into(), detail });
        }
        Ok(AugmentationResult { arms, wanted: self.seeds, counts: self.counts })
    }

    /// The measures of all classifiers of a seed, that without more examples first; none after an interrupt.
    fn one_seed(
        &self,
        parts: &MarketSplit,
        seed: u64,
        bar: &mut Progress,
    ) -> Result<Option<Vec<[f64; MEASURES.len()]>>> {
        let mut all = Vec::new();
        for augmentation in std::iter::once(None).chain(self.augmentations.iter().map(Some)) {
            if interrupt::requested() {
                return Ok(None);
            }
            let training = match augmentation {
                None => parts.training.clone(),
                Some(way) => match way.examples(&parts.training, self.counts, seed) {
                    // A network that was interrupted says so by an error.
                    Err(_) if interrupt::requested() => return Ok(None),
                    more => parts.training.concat(&more?)?,
                },
            };
            let Some(model) = self.classifier(&training, &parts.validation, seed)? else {
                return Ok(None);
            };
            all.push(measured(&model, &parts.test)?);
            bar.advance(1);
        }
        Ok(Some(all))
    }

    /// A classifier by the loss on a validation part; none after an interrupt.
    fn classifier(
        &self,
        training: &MarketSet,
        validation: &MarketSet,
        seed: u64,
    ) -> Result<Option<HybridClassifier>> {
        let config = HybridClassifierConfig {
            channels: training.channels() as i64,
            statics: training.static_names().len() as i64,
            class_weights: self.class_weights,
            norm_momentum: self.norm_momentum,
            ..Default::default()
        };
        let mut model = HybridClassifier::new(config, training.series().device(), seed)?;
        let history = trainer(self.learning_rate, self.epochs, training.len())
            .validation(validation)
            .seed(seed)
            .fit(&mut model, training)?;
        Ok((history.ending() != Ending::Interrupted).then_some(model))
    }
}

/// The options of the course with another learning rate and number of epochs.
pub(super) fn trainer(learning_rate: f64, epochs: usize, examples: usize) -> Trainer {
    Trainer::new(Adam::new(learning_rate))
        .title("Classifier")
        .epochs(epochs)
        .batch_size(64)
        .patience(5)
        .last_batch(fitting(examples))
        .live(false)
}

/// What a classifier is worth on a test part.
pub(super) fn measured(
    model: &HybridClassifier,
    test: &MarketSet,
) -> Result<[f64; MEASURES.len()]> {
    let probabilities =
        model.probabilities(test)?.f_to_kind(Kind::Double)?.to_device(tch::Device::Cpu);
    let predicted: Tensor = probabilities.f_argmax(1, false)?;
    let truth = test.labels().to_device(tch::Device::Cpu);
    let report = ClassificationReport::new(&truth, &predicted, MarketSet::CLASSES)?;
    let log_loss = Calibration::new(&truth, &probabilities, 10)?.log_loss();
    let (precision, recall) = (report.precision(), report.recall());
    Ok([
        report.accuracy(),
        report.macro_f1(),
        log_loss,
        precision[0],
        precision[1],
        precision[2],
        recall[0],
        recall[1],
        recall[2],
    ])
}
