//! How much made examples can stand for real ones.

use tch::{Kind, Tensor};

use super::experiment::{measured, trainer};
use super::result::MEASURES;
use crate::data::market::MarketSet;
use crate::model::{HybridClassifier, HybridClassifierConfig};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::random::Random;
use crate::train::Dataset;
use crate::{Error, Result};

/// What running statistics keep of themselves, since these trainings may be too short for Keras' 0.99.
const FEW_BATCHES: f64 = 0.9;

/// How well a fresh network tells real from made series that it has not seen: the distance of its accuracy from ½ (Yoon, Jarrett and van der Schaar,
/// *Time-series Generative Adversarial Networks*, 2019). 0: not at all; ½: always.
///
/// The network is the series' half of a [`HybridClassifier`]; it sees no static features. Equally many real and made series are taken; it learns on
/// 60 % of them, stops by another 20 %, and is judged by the rest.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// tch::manual_seed(1);
/// let float = (Kind::Float, Device::Cpu);
/// let labels = Tensor::zeros([60], (Kind::Int64, Device::Cpu));
/// let set = |level: f64| MarketSet::new(&(Tensor::rand([60, 8, 20], float) * 0.1 + level), &Tensor::zeros([60, 2], float), &labels);
/// let score = DiscriminativeScore::new(&set(0.5)?, &set(-0.5)?, 15, 1)?;
/// assert!(score.score() > 0.4, "levels so different are told apart");
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DiscriminativeScore {
    accuracy: f64,
    held_out: usize,
}

impl DiscriminativeScore {
    /// Trains a network for so many epochs at most, by a seed, and judges it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for fewer than ten examples of either kind, or for series of different shapes.
    ///
    /// # Example
    /// See [`DiscriminativeScore`].
    pub fn new(real: &MarketSet, made: &MarketSet, epochs: usize, seed: u64) -> Result<Self> {
        let each = real.len().min(made.len());
        let shapes = [real, made].map(|set| (set.channels(), set.days()));
        if each < 10 || shapes[0] != shapes[1] {
            let what = format!("{} real and {} made series of {shapes:?}", real.len(), made.len());
            let problem = "ten of each at least, with the same channels and days, are needed";
            return Err(Error::invalid(what, problem));
        }
        let mut random = Random::new(seed);
        let (learn, stop) = (each * 6 / 10, each * 2 / 10);
        let [of_real, of_made] = [real, made].map(|set| order(&mut random, set.len()));
        let part = |from: usize, count: usize| -> Result<Dataset> {
            let [real, made] = [(real, &of_real), (made, &of_made)]
                .map(|(set, order)| set.rows(&order[from..from + count]));
            let (real, made) = (real?, made?);
            let series = Tensor::f_cat(&[real.series(), made.series()], 0)?;
            let options = (Kind::Int64, series.device());
            // Real ones are the first of three classes, made ones the last; nothing is of the class between.
            let labels = Tensor::f_cat(
                &[
                    Tensor::f_zeros([count as i64], options)?,
                    Tensor::f_full([count as i64], 2, options)?,
                ],
                0,
            )?;
            let nothing = Tensor::f_zeros([2 * count as i64, 1], (Kind::Float, series.device()))?;
            Dataset::new(&series)?.with(&labels)?.with(&nothing)
        };
        let config = HybridClassifierConfig {
            channels: real.channels() as i64,
            statics: 1,
            class_weights: [1.0; 3],
            norm_momentum: FEW_BATCHES,
            ..Default::default()
        };
        let mut model = HybridClassifier::new(config, real.series().device(), seed)?;
        trainer(1e-3, epochs, 2 * learn)
            .title("Real or made")
            .validation(&part(learn, stop)?)
            .seed(seed)
            .fit(&mut model, &part(0, learn)?)?;
        let rest = each - learn - stop;
        let probabilities = model.probabilities(&part(learn + stop, rest)?)?;
        let is_made = probabilities.select(1, 2).f_gt_tensor(&probabilities.select(1, 0))?;
        let is_made = is_made.f_to_kind(Kind::Double)?;
        let count = rest as i64;
        let right = count as f64 - is_made.narrow(0, 0, count).sum(Kind::Double).double_value(&[])
            + is_made.narrow(0, count, count).sum(Kind::Double).double_value(&[]);
        Ok(Self { accuracy: right / (2 * rest) as f64, held_out: 2 * rest })
    }

    /// The share of series that it told right.
    ///
    /// # Example
    /// See [`DiscriminativeScore`].
    pub fn accuracy(&self) -> f64 {
        self.accuracy
    }

    /// The distance of that share from ½.
    ///
    /// # Example
    /// See [`DiscriminativeScore`].
    pub fn score(&self) -> f64 {
        (self.accuracy - 0.5).abs()
    }
}

impl Show for DiscriminativeScore {
    fn rich(&self) -> Rich {
        Rich::text(self.preview())
    }
}

impl Inspect for DiscriminativeScore {
    fn preview(&self) -> String {
        format!(
            "Discriminative score {:.3}: {:.1} % of {} held-out series told right",
            self.score(),
            100.0 * self.accuracy,
            self.held_out
        )
    }
}

/// What a classifier that learned from made examples alone is worth on real ones, beside one that learned from real ones (Esteban, Hyland and Rätsch, *Real-valued
/// Medical Time Series Generation with Recurrent Conditional GANs*, 2017). Both stop by the same real validation part.
///
/// # Example
/// ```no_run
/// use latentlab::prelude::*;
///
/// let parts = MarketPanel::open()?.examples(&MarketConfig::default())?.split(0.6, 0.2, 1)?;
/// let made = Augmentation::gan(40).examples(&parts.training, parts.training.class_counts(), 1)?;
/// let training = SyntheticTraining::new(&parts, &made, 30, 1)?;
/// println!("{:.3} against {:.3}", training.made("accuracy")?, training.real("accuracy")?);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SyntheticTraining {
    made: [f64; MEASURES.len()],
    real: [f64; MEASURES.len()],
}

impl SyntheticTraining {
    /// Trains both classifiers for so many epochs at most, from the same first weights, and judges them on the test part.
    ///
    /// # Errors
    /// [`Error::Invalid`] for made examples of other shapes than the real ones.
    ///
    /// # Example
    /// See [`SyntheticTraining`].
    pub fn new(
        parts: &crate::data::market::MarketSplit,
        made: &MarketSet,
        epochs: usize,
        seed: u64,
    ) -> Result<Self> {
        let learned = |training: &MarketSet| -> Result<[f64; MEASURES.len()]> {
            let config = HybridClassifierConfig {
                channels: parts.training.channels() as i64,
                statics: parts.training.static_names().len() as i64,
                norm_momentum: FEW_BATCHES,
                ..Default::default()
            };
            let mut model = HybridClassifier::new(config, training.series().device(), seed)?;
            trainer(1e-4, epochs, training.len())
                .validation(&parts.validation)
                .seed(seed)
                .fit(&mut model, training)?;
            measured(&model, &parts.test)
        };
        Ok(Self { made: learned(made)?, real: learned(&parts.training)? })
    }

    /// A measure of the classifier that learned from made examples, by the names of [`AugmentationResult`](super::AugmentationResult).
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that is not there.
    ///
    /// # Example
    /// See [`SyntheticTraining`].
    pub fn made(&self, measure: &str) -> Result<f64> {
        of(&self.made, measure)
    }

    /// A measure of the classifier that learned from real examples.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that is not there.
    ///
    /// # Example
    /// See [`SyntheticTraining`].
    pub fn real(&self, measure: &str) -> Result<f64> {
        of(&self.real, measure)
    }
}

fn of(values: &[f64; MEASURES.len()], measure: &str) -> Result<f64> {
    let place = MEASURES.iter().position(|known| *known == measure);
    place
        .map(|place| values[place])
        .ok_or_else(|| super::result::unknown("measure", measure, &MEASURES))
}

fn order(random: &mut Random, count: usize) -> Vec<i64> {
    let mut rows: Vec<i64> = (0..count as i64).collect();
    random.shuffle(&mut rows);
    rows
}

impl Show for SyntheticTraining {
    fn rich(&self) -> Rich {
        Rich::text(self.preview())
    }
}

impl Inspect for SyntheticTraining {
    fn preview(&self) -> String {
        format!(
            "Tested on real examples: accuracy {:.3} and macro F1 {:.3} after learning from made ones, {:.3} and {:.3} after real ones",
            self.made[0], self.made[1], self.real[0], self.real[1]
        )
    }
}
