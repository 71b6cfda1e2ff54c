//! The two networks, and what they are asked for.

use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use super::config::MarketGanConfig;
use super::discriminator::Discriminator;
use super::duel::Duel;
use super::generator::Generator;
use crate::model::LayerSummary;
use crate::model::network::{Network, network};
use crate::model::pictures::in_chunks;
use crate::model::series::as_pictures;
use crate::train::{Dataset, Epochs, Examples, History};
use crate::{Error, Result};

/// A conditional generative adversarial network (Goodfellow and others, 2014; Mirza and Osindero, 2014) of series of several channels with values from
/// −1 to 1.
///
/// - Generator: 64 numbers of noise beside 64 that stand for the class; Linear 128→180·64, batch normalisation, LeakyReLU 0.3; as a series of 64
///   channels: Conv 64→64 k5, batch normalisation, LeakyReLU; Conv 64→32 k3, batch normalisation, LeakyReLU; Conv 32→8 k3, tanh. 1,525,384 parameters.
/// - Discriminator: the class as a ninth channel; Conv 9→32→64→128 k5, every second day, LeakyReLU after each; Linear 2944→1. 56,349 parameters.
/// - Losses of a batch: the discriminator lowers mean(softplus(−D(x))) + mean(softplus(D(G(z)))), and the generator mean(softplus(−D(G(z)))), which is
///   cross-entropy with turned labels. Each series that is made has the class of a real one of the batch.
///
/// In training, measures are `generator_loss`, `discriminator_loss`, and `real_score` and `fake_score`: the mean probability of being real (of a
/// critic, its mean value) that real and made series get.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let series = Tensor::rand([32, 8, 60], (Kind::Float, Device::Cpu)) * 2.0 - 1.0;
/// let classes = Tensor::arange(32, (Kind::Int64, Device::Cpu)).remainder(3);
/// let config = MarketGanConfig { days: 60, ..Default::default() };
/// let mut gan = MarketGan::new(config, Device::Cpu, 1)?;
/// let history = gan.fit(Epochs::new("Market GAN", 1).batch_size(16).seed(1), &(&series, &classes))?;
/// assert_eq!(history.series("generator_loss").len(), 1);
/// assert_eq!(gan.generate(2, 10, 7)?.size(), [10, 8, 60]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct MarketGan {
    pub(super) generator_store: VarStore,
    pub(super) discriminator_store: VarStore,
    pub(super) config: MarketGanConfig,
    pub(super) generator: Generator,
    pub(super) discriminator: Discriminator,
}

impl MarketGan {
    /// Networks with new weights. Equal seeds give equal weights, on every device.
    ///
    /// # Errors
    /// [`Error::Invalid`] for choices outside their ranges.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let gan = MarketGan::new(MarketGanConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(gan.parameters(), 1_525_384 + 56_349);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(config: MarketGanConfig, device: Device, seed: u64) -> Result<Self> {
        let config = config.checked()?;
        // Drawn on the CPU, weights are the same whatever they are moved to.
        let mut stores = [VarStore::new(Device::Cpu), VarStore::new(Device::Cpu)];
        tch::manual_seed(seed as i64);
        let generator = Generator::new(&stores[0].root(), &config);
        let discriminator = Discriminator::new(&stores[1].root(), &config);
        let _guard = tch::no_grad_guard();
        for store in &mut stores {
            if device != Device::Cpu {
                store.set_device(device);
            }
            for (_, mut variable) in store.variables() {
                // The order in memory that convolutions are fastest in; outputs take it over from the weights.
                if variable.dim() == 4 {
                    let last = variable.f_detach()?.f_permute([0, 2, 3, 1])?.f_contiguous()?;
                    variable.f_set_data(&last.f_permute([0, 3, 1, 2])?)?;
                }
            }
        }
        let [generator_store, discriminator_store] = stores;
        Ok(Self { generator_store, discriminator_store, config, generator, discriminator })
    }

    /// What was chosen.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// assert_eq!(MarketGan::new(MarketGanConfig::default(), Device::Cpu, 1)?.config().latent, 64);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn config(&self) -> MarketGanConfig {
        self.config
    }

    /// Where its weights lie.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// assert_eq!(MarketGan::new(MarketGanConfig::default(), Device::Cpu, 1)?.device(), Device::Cpu);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn device(&self) -> Device {
        self.generator_store.device()
    }

    /// How many numbers both networks learn.
    ///
    /// # Example
    /// See [`new`](Self::new).
    pub fn parameters(&self) -> usize {
        self.learned()
    }

    /// The generator's layers.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let gan = MarketGan::new(MarketGanConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(gan.generator_summary()?.parameters(), 1_525_384);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn generator_summary(&self) -> Result<LayerSummary> {
        self.generator.summary()
    }

    /// The discriminator's layers.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let gan = MarketGan::new(MarketGanConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(gan.discriminator_summary()?.parameters(), 56_349);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn discriminator_summary(&self) -> Result<LayerSummary> {
        self.discriminator.summary()
    }

    /// Trains both networks in turn: for each batch a step of the discriminator, then one of the generator on the same noise. Examples are
    /// series, n × channels × days, with their classes from 0. After an interrupt the networks keep what they have learned.
    ///
    /// # Errors
    /// [`Error::Invalid`] for data of another shape, classes that there are not, and batches of one example;
    /// [`Error::NotConverged`] where a loss becomes infinite.
    ///
    /// # Example
    /// See [`MarketGan`].
    pub fn fit(&mut self, plan: Epochs, examples: &impl Examples) -> Result<History> {
        let data = self.placed(examples)?;
        let mut run = plan.start(&data)?;
        let mut duel = Duel::new(self)?;
        while let Some(batch) = run.next_batch()? {
            if batch.len() < 2 {
                let problem =
                    "batch normalisation needs two; take another batch size or LastBatch::Drop";
                return Err(Error::invalid("a batch of one example", problem));
            }
            let measures = duel.step(batch.inputs(), batch.targets()?)?;
            run.record(&measures.each_ref().map(|(name, value)| (*name, value)))?;
        }
        Ok(run.finish())
    }

    /// Series of a class, by a seed: count × channels × days.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a class that there is not, and for no series.
    ///
    /// # Example
    /// See [`MarketGan`].
    pub fn generate(&self, class: i64, count: usize, seed: u64) -> Result<Tensor> {
        self.generate_for(&Tensor::f_full([count as i64], class, (Kind::Int64, Device::Cpu))?, seed)
    }

    /// A series for each of some classes, by a seed: n × channels × days.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a class that there is not, and for no series.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let gan = MarketGan::new(MarketGanConfig::default(), Device::Cpu, 1)?;
    /// let series = gan.generate_for(&Tensor::from_slice(&[0_i64, 1, 2]), 7)?;
    /// assert_eq!(series.size(), [3, 8, 180]);
    /// assert!(gan.generate_for(&Tensor::from_slice(&[3_i64]), 7).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn generate_for(&self, classes: &Tensor, seed: u64) -> Result<Tensor> {
        self.check_classes(classes)?;
        let count = classes.size()[0];
        if count == 0 {
            return Err(Error::invalid("no series", "ask for one at least"));
        }
        tch::manual_seed(seed as i64);
        let noise = Tensor::f_randn([count, self.config.latent], (Kind::Float, Device::Cpu))?;
        let both = Tensor::f_cat(&[noise, classes.to_kind(Kind::Float).f_view([-1, 1])?], 1)?;
        in_chunks(&both, self.device(), |rows| {
            let noise = rows.f_narrow(1, 0, self.config.latent)?;
            let classes = rows.f_select(1, self.config.latent)?.f_to_kind(Kind::Int64)?;
            self.generator.forward(&noise, &classes, false).f_squeeze_dim(2)?.f_contiguous()
        })
    }

    /// The probability of being real, or the value of a critic, that the discriminator gives to series, n × channels × days, of some
    /// classes: n numbers.
    ///
    /// # Errors
    /// [`Error::Invalid`] for data of another shape and classes that there are not.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let gan = MarketGan::new(MarketGanConfig::default(), Device::Cpu, 1)?;
    /// let series = gan.generate(1, 4, 7)?;
    /// let classes = Tensor::from_slice(&[1_i64, 1, 1, 1]);
    /// assert_eq!(gan.score(&(&series, &classes))?.size(), [4]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn score(&self, examples: &impl Examples) -> Result<Tensor> {
        let _guard = tch::no_grad_guard();
        let data = self.placed(examples)?;
        let rows: Vec<i64> = (0..data.len() as i64).collect();
        let scores: Result<Vec<Tensor>> = rows
            .chunks(256)
            .map(|rows| {
                let batch = data.rows(rows)?;
                let logits = self.discriminator.forward(batch.inputs(), batch.targets()?, false);
                Ok(if self.config.wasserstein.is_some() { logits } else { logits.f_sigmoid()? })
            })
            .collect();
        Ok(Tensor::f_cat(&scores?, 0)?)
    }

    /// Examples as the networks take them, where the networks lie.
    fn placed(&self, examples: &impl Examples) -> Result<Dataset> {
        let data = examples.dataset()?.to_device(self.device())?;
        let rows: Vec<i64> = (0..data.len() as i64).collect();
        let all = data.rows(&rows)?;
        let MarketGanConfig { channels, days, .. } = self.config;
        if !matches!(all.inputs().size()[1..], [wide, long] if wide == channels && long == days) {
            let what = format!("series of shape {:?}", all.inputs().size());
            return Err(Error::invalid(what, format!("n × {channels} × {days} is needed")));
        }
        self.check_classes(all.targets()?)?;
        let series = all.inputs().f_to_kind(self.generator_store.root().kind())?;
        Dataset::new(&as_pictures(&series)?)?.with(all.targets()?)?.channels_last()
    }

    fn check_classes(&self, classes: &Tensor) -> Result<()> {
        if classes.dim() != 1 || classes.kind() != Kind::Int64 {
            let what =
                format!("classes of shape {:?} and kind {:?}", classes.size(), classes.kind());
            return Err(Error::invalid(what, "one number of kind Int64 for each series is needed"));
        }
        if classes.numel() == 0 {
            return Ok(());
        }
        let (least, most) = (classes.min().int64_value(&[]), classes.max().int64_value(&[]));
        if least < 0 || most >= self.config.classes {
            let problem = format!("there are {}, from 0", self.config.classes);
            return Err(Error::invalid(format!("classes from {least} to {most}"), problem));
        }
        Ok(())
    }
}

network!(MarketGan, "a `MarketGan`", MarketGanConfig, { "generator": generator_store, "discriminator": discriminator_store });
