//! Where more examples come from.

use tch::{Device, Kind, Tensor};

use super::blocks::resampled;
use crate::data::market::MarketSet;
use crate::model::{MarketGan, MarketGanConfig};
use crate::random::Random;
use crate::train::{Dataset, Ending, Epochs, Examples, LastBatch};
use crate::{Error, Result};

/// A way to more examples of a class, all from a training part alone.
///
/// Whatever the way, a new example's **static features are those of a real example of its class**, drawn with replacement: only series are made.
///
/// | Way | What a new series is |
/// |---|---|
/// | `Copies` | that of the drawn example itself: nothing new, only more weight |
/// | `Jitter(s)` | that series with normal noise of standard deviation s on every value, cut at −1 and 1 |
/// | `Blocks(m)` | pieces of that series from random places, m days long in the mean, one after the other: the stationary bootstrap. Prices go on where they meet |
/// | `Gan` | made by a [`MarketGan`] trained on the training part for so many epochs |
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let float = (Kind::Float, Device::Cpu);
/// let labels = Tensor::from_slice(&[0_i64, 1, 2, 1]);
/// let set = MarketSet::new(&Tensor::zeros([4, 8, 30], float), &Tensor::rand([4, 2], float), &labels)?;
/// let more = Augmentation::Jitter(0.1).examples(&set, [0, 5, 0], 1)?;
/// assert_eq!(more.class_counts(), [0, 5, 0]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Augmentation {
    /// Real examples once more.
    Copies,
    /// Real examples with noise of a standard deviation.
    Jitter(f64),
    /// Real examples, each in a new order of pieces with so many days in the mean.
    Blocks(f64),
    /// Series made by a network.
    Gan {
        /// The network and its optimiser; channels and days are those of the data.
        config: MarketGanConfig,
        /// How often it sees the training part.
        epochs: usize,
    },
}

impl Augmentation {
    /// A network with the default choices, trained for so many epochs.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// assert_eq!(Augmentation::gan(40).name(), "GAN");
    /// ```
    pub fn gan(epochs: usize) -> Self {
        Self::Gan { config: MarketGanConfig::default(), epochs }
    }

    /// What it is called in tables.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// assert_eq!(Augmentation::Jitter(0.05).name(), "jitter 0.05");
    /// ```
    pub fn name(&self) -> String {
        match self {
            Self::Copies => "copies".into(),
            Self::Jitter(deviation) => format!("jitter {deviation}"),
            Self::Blocks(days) => format!("blocks of {days} days"),
            Self::Gan { config, .. } => match (config.wasserstein, config.spectral_norm) {
                (Some(_), _) => "GAN, Wasserstein".into(),
                (None, true) => "GAN, spectral norm".into(),
                (None, false) => "GAN".into(),
            },
        }
    }

    /// So many new examples of each class, by a seed. A network is trained for it.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no examples at all, a class that the training part lacks, noise that is negative, and blocks of less
    /// than a day; what [`MarketGan::fit`] says; [`Error::NotConverged`] where a network's training was interrupted.
    ///
    /// # Example
    /// See [`Augmentation`].
    pub fn examples(
        &self,
        training: &MarketSet,
        counts: [usize; 3],
        seed: u64,
    ) -> Result<MarketSet> {
        let drawn = drawn(training, counts, seed)?;
        let series = match self {
            Self::Copies => drawn.series().shallow_clone(),
            Self::Jitter(deviation) if *deviation >= 0.0 => {
                tch::manual_seed(seed as i64);
                let noise = Tensor::f_randn(drawn.series().size(), (Kind::Float, Device::Cpu))?;
                let noise = noise.f_to_device(drawn.series().device())?;
                (drawn.series() + noise * *deviation).f_clamp(-1.0, 1.0)?
            }
            Self::Jitter(deviation) => {
                let problem = "a standard deviation is zero or positive";
                return Err(Error::invalid(format!("jitter {deviation}"), problem));
            }
            Self::Blocks(days) => resampled(&drawn, *days, seed)?,
            Self::Gan { config, epochs } => {
                let gan = trained(*config, *epochs, training, seed)?;
                gan.generate_for(drawn.labels(), seed)?
            }
        };
        renewed(&drawn, &series, &self.name())
    }
}

impl MarketGan {
    /// So many new examples of each class, by a seed: made series, each with the static features of a real example of its class, drawn with replacement.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no examples at all, and a class that the training part lacks.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let float = (Kind::Float, Device::Cpu);
    /// let labels = Tensor::from_slice(&[0_i64, 1, 2, 1]);
    /// let set = MarketSet::new(&Tensor::zeros([4, 8, 20], float), &Tensor::rand([4, 2], float), &labels)?;
    /// let gan = MarketGan::new(MarketGanConfig { days: 20, ..Default::default() }, Device::Cpu, 1)?;
    /// assert_eq!(gan.examples(&set, [0, 5, 1], 1)?.class_counts(), [0, 5, 1]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn examples(
        &self,
        training: &MarketSet,
        counts: [usize; 3],
        seed: u64,
    ) -> Result<MarketSet> {
        let drawn = drawn(training, counts, seed)?;
        renewed(&drawn, &self.generate_for(drawn.labels(), seed)?, "GAN")
    }
}

/// Examples with other series.
fn renewed(drawn: &MarketSet, series: &Tensor, way: &str) -> Result<MarketSet> {
    MarketSet::new(series, drawn.statics(), drawn.labels())?
        .with_names(drawn.names().iter().map(|name| format!("{way} of {name}")))?
        .with_channel_names(drawn.channel_names())?
        .with_static_names(drawn.static_names())
}

/// Real examples of each class, drawn with replacement.
fn drawn(training: &MarketSet, counts: [usize; 3], seed: u64) -> Result<MarketSet> {
    let labels: Vec<i64> = training.labels().try_into()?;
    let mut random = Random::new(seed);
    let mut rows = Vec::with_capacity(counts.iter().sum());
    for (class, count) in (0..).zip(counts) {
        let of_class: Vec<i64> =
            (0..).zip(&labels).filter(|(_, label)| **label == class).map(|(row, _)| row).collect();
        if count > 0 && of_class.is_empty() {
            let what = format!("{count} more examples of `{}`", MarketSet::CLASSES[class as usize]);
            return Err(Error::invalid(what, "the training part has none to learn from"));
        }
        rows.extend(
            (0..count).map(|_| of_class[(random.share() * of_class.len() as f64) as usize]),
        );
    }
    if rows.is_empty() {
        return Err(Error::invalid("0 more examples", "ask for one at least"));
    }
    training.rows(&rows)
}

/// A network that has seen a training part.
fn trained(
    config: MarketGanConfig,
    epochs: usize,
    training: &MarketSet,
    seed: u64,
) -> Result<MarketGan> {
    let (channels, days) = (training.channels() as i64, training.days() as i64);
    let device = training.series().device();
    let mut gan = MarketGan::new(MarketGanConfig { channels, days, ..config }, device, seed)?;
    let plan =
        Epochs::new("GAN", epochs).seed(seed).last_batch(fitting(training.len())).live(false);
    let history = gan.fit(plan, training)?;
    if history.ending() == Ending::Interrupted {
        let detail = format!("interrupted after {} of {epochs} epochs", history.epochs().len());
        return Err(Error::NotConverged { method: "GAN".into(), detail });
    }
    Ok(gan)
}

/// Batch normalisation needs two examples: a last batch of one is left out.
pub(super) fn fitting(examples: usize) -> LastBatch {
    if examples % 64 == 1 { LastBatch::Drop } else { LastBatch::Keep }
}

/// Series, labels, static features: the parts that networks on markets take.
impl Examples for MarketSet {
    fn dataset(&self) -> Result<Dataset> {
        Dataset::new(self.series())?.with(self.labels())?.with(self.statics())
    }
}
