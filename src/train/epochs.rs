//! How often, in which batches and by which seed a data set is gone through.

use tch::Tensor;

use super::dataset::Examples;
use super::generator::{Purpose, seeded};
use super::run::Run;
use crate::{Error, Result};

/// What happens to a last batch with fewer examples than the others.
///
/// # Example
/// ```
/// use latentlab::train::LastBatch;
///
/// assert_eq!(LastBatch::default(), LastBatch::Keep);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum LastBatch {
    /// It is trained on like any other.
    #[default]
    Keep,
    /// It is left out; the next epoch's order gives its examples another chance. For batch normalisation.
    Drop,
}

/// How often, in which batches, and by which seed a set is gone through. [`start`](Self::start) makes the loop.
///
/// For networks that one loss trains, [`Trainer`](super::Trainer) does all the rest; this is for those with several losses and optimisers.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`batch_size`](Self::batch_size) | 64 | examples a batch |
/// | [`seed`](Self::seed) | 0 | order of the examples and all random numbers of a run |
/// | [`last_batch`](Self::last_batch) | keep | what happens to an incomplete one |
/// | [`steps_per_epoch`](Self::steps_per_epoch) | once through the data | batches an epoch |
/// | [`augment`](Self::augment) | nothing | changes the inputs of a batch |
/// | [`live`](Self::live) | `true` | a figure on the page that grows |
///
/// # Example
/// ```
/// use latentlab::prelude::*;
/// use latentlab::train::{Epochs, Optimizer};
///
/// let data = Tensor::rand([100, 2], (Kind::Float, Device::Cpu));
/// let store = tch::nn::VarStore::new(Device::Cpu);
/// let center = store.root().zeros("center", &[2]);
/// let mut optimizer = Optimizer::new(&store, Sgd::new(0.1))?;
/// let mut run = Epochs::new("Center", 5).batch_size(20).seed(1).start(&data)?;
/// while let Some(batch) = run.next_batch()? {
///     let loss = (batch.inputs() - &center).square().mean(Kind::Float);
///     optimizer.minimize(&loss)?;
///     run.record(&[("loss", &loss)])?;
///     if run.epoch_ends() && run.epoch() == 5 {
///         println!("the last epoch"); // a place for sample grids and checkpoints
///     }
/// }
/// let history = run.finish();
/// assert_eq!(history.series("loss").len(), 5);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Epochs {
    pub(super) title: String,
    pub(super) epochs: usize,
    pub(super) batch_size: usize,
    pub(super) seed: u64,
    pub(super) last_batch: LastBatch,
    pub(super) steps: Option<usize>,
    pub(super) augment: Option<fn(Tensor) -> Tensor>,
    pub(super) live: bool,
}

impl Epochs {
    /// So many epochs, under a title for the page.
    ///
    /// # Example
    /// ```
    /// let epochs = latentlab::train::Epochs::new("GAN", 40);
    /// ```
    pub fn new(title: impl Into<String>, epochs: usize) -> Self {
        Self {
            title: title.into(),
            epochs,
            batch_size: 64,
            seed: 0,
            last_batch: LastBatch::Keep,
            steps: None,
            augment: None,
            live: true,
        }
    }

    /// Sets the examples a batch. Default 64.
    ///
    /// # Example
    /// ```
    /// let epochs = latentlab::train::Epochs::new("GAN", 40).batch_size(128);
    /// ```
    pub fn batch_size(mut self, examples: usize) -> Self {
        self.batch_size = examples;
        self
    }

    /// Sets the seed. Each epoch seeds libtorch's generator anew from it, so that random numbers drawn between epochs
    /// (for a grid of samples, say) change nothing, and a run resumes where it stopped. Default 0.
    ///
    /// # Example
    /// ```
    /// let epochs = latentlab::train::Epochs::new("GAN", 40).seed(7);
    /// ```
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// Sets what happens to an incomplete last batch. Default: it is kept.
    ///
    /// # Example
    /// ```
    /// use latentlab::train::{Epochs, LastBatch};
    ///
    /// let epochs = Epochs::new("GAN", 40).last_batch(LastBatch::Drop);
    /// ```
    pub fn last_batch(mut self, policy: LastBatch) -> Self {
        self.last_batch = policy;
        self
    }

    /// Sets the batches an epoch: the examples are gone through more or less than once, in new orders. Default: once.
    ///
    /// # Example
    /// ```
    /// let epochs = latentlab::train::Epochs::new("GAN", 40).steps_per_epoch(200);
    /// ```
    pub fn steps_per_epoch(mut self, steps: usize) -> Self {
        self.steps = Some(steps);
        self
    }

    /// Sets a function through which the inputs of each batch go. Random numbers in it follow the seed.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    /// use latentlab::train::Epochs;
    ///
    /// let epochs = Epochs::new("GAN", 40).augment(|images| &images + images.randn_like() * 0.01);
    /// ```
    pub fn augment(mut self, change: fn(Tensor) -> Tensor) -> Self {
        self.augment = Some(change);
        self
    }

    /// Sets whether a figure of the curves grows on the page, where the kernel can change outputs. Default `true`.
    ///
    /// # Example
    /// ```
    /// let epochs = latentlab::train::Epochs::new("GAN", 40).live(false);
    /// ```
    pub fn live(mut self, is: bool) -> Self {
        self.live = is;
        self
    }

    /// Starts the loop.
    ///
    /// # Errors
    /// [`Error::Invalid`] for zero epochs, batches of no examples, or epochs without a single batch.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    /// use latentlab::train::Epochs;
    ///
    /// assert!(Epochs::new("None", 0).start(&Tensor::from_slice(&[1.0])).is_err());
    /// ```
    pub fn start(self, data: &impl Examples) -> Result<Run> {
        let data = data.dataset()?;
        let (rows, size) = (data.len(), self.batch_size);
        let batches = match (self.steps, self.last_batch) {
            (Some(steps), _) => steps,
            (None, LastBatch::Keep) => rows.div_ceil(size.max(1)),
            (None, LastBatch::Drop) => rows / size.max(1),
        };
        if self.epochs == 0 || size == 0 || batches == 0 {
            return Err(Error::invalid(
                format!("{} epochs of batches of {size} from {rows} examples", self.epochs),
                "there is nothing to do; epochs, batch size and batches an epoch must be above zero",
            ));
        }
        Ok(Run::new(self, data, batches))
    }

    /// The numbers of the examples in the order of an epoch, batch after batch.
    pub(super) fn order(&self, rows: usize, batches: usize, epoch: usize) -> Vec<i64> {
        let mut random = seeded(self.seed, epoch, Purpose::Order);
        let wanted = batches * self.batch_size;
        let mut order: Vec<i64> = Vec::with_capacity(wanted.max(rows));
        loop {
            let mut all: Vec<i64> = (0..rows as i64).collect();
            random.shuffle(&mut all);
            order.extend(all);
            // Without a given number of batches the last one may be short.
            if order.len() >= wanted || self.steps.is_none() {
                order.truncate(wanted);
                return order;
            }
        }
    }
}
