//! How the two networks are trained, and what comes of it.

use tch::Tensor;

use super::network::Dcgan;
use crate::model::pictures::check_digits;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::plot::ImageGallery;
use crate::train::{Batch, Cut, Epochs, History, Optimizer};
use crate::words::counted;
use crate::{Error, Result};

/// Pictures of a grid.
const GRID: usize = 16;
/// Those of a row.
const COLUMNS: usize = 8;
/// The noise of all grids.
const GRID_NOISE: u64 = 767;

/// The losses of a batch.
pub(super) struct Losses {
    pub(super) generator: Tensor,
    pub(super) discriminator: Tensor,
    /// (n, 2): of real and of drawn pictures, without gradients.
    pub(super) logits: Tensor,
}

impl Dcgan {
    /// Trains both networks on pictures (n, 1, 28, 28), bytes or numbers from 0 to 1. In each step both losses are those of the same
    /// weights, as in TensorFlow's tutorial, and real and drawn pictures are normalised each among themselves. After chosen epochs
    /// (0: before the first) sixteen pictures of the same noise are kept. Interrupted, it returns what it has.
    ///
    /// The history has `generator` and `discriminator`, the two losses, and `real` and `drawn`, the shares of the pictures that the
    /// discriminator takes for real.
    ///
    /// # Errors
    /// [`Error::Invalid`] for other shapes or kinds, or nothing to do; [`Error::NotConverged`] where a loss is not finite.
    ///
    /// # Example
    /// See [`Dcgan`].
    pub fn fit(&mut self, epochs: Epochs, images: &Tensor, grids: &[usize]) -> Result<DcganFit> {
        check_digits(images)?;
        let rule = self.config.optimizer;
        let mut generator = Optimizer::new(&self.generator_store, rule)?;
        let mut discriminator = Optimizer::new(&self.discriminator_store, rule)?;
        let noise = self.noise(GRID, GRID_NOISE)?;
        let mut kept = Vec::new();
        if grids.contains(&0) {
            kept.push((0, self.draw(&noise)?));
        }
        let mut run = epochs.start(&images.to_device(self.device()))?;
        while let Some(batch) = run.next_batch()? {
            let (losses, cuts) = self.losses(&batch);
            Optimizer::minimize_both_through(
                (&mut generator, &losses.generator, &cuts),
                (&mut discriminator, &losses.discriminator),
            )?;
            let believed = self.believed(&losses.logits);
            run.record(&[
                ("generator", &losses.generator.detach()),
                ("discriminator", &losses.discriminator.detach()),
                ("real", &believed.select(0, 0)),
                ("drawn", &believed.select(0, 1)),
            ])?;
            if run.epoch_ends() && grids.contains(&run.epoch()) {
                kept.push((run.epoch(), self.draw(&noise)?));
            }
        }
        Ok(DcganFit { history: run.finish(), grids: kept })
    }

    /// The losses of a batch, and where the generator's graph is cut.
    fn losses(&self, batch: &Batch) -> (Losses, Vec<Cut>) {
        let real = batch.inputs() * 2.0 - 1.0;
        let options = (real.kind(), real.device());
        let noise = Tensor::randn([real.size()[0], self.config.noise], options);
        let (drawn, cuts) = self.generator.forward_cut(&noise);
        (self.losses_at(&real, &drawn), cuts)
    }

    /// The losses for as many real and drawn pictures, from −1 to 1.
    pub(super) fn losses_at(&self, real: &Tensor, drawn: &Tensor) -> Losses {
        // Real and drawn pictures are normalised each among themselves, and what the generator learns takes no way through real ones.
        let [of_real, of_drawn] =
            [real, drawn].map(|pictures| self.discriminator.forward(pictures, true));
        let mean = |values: Tensor| values.mean(values.kind());
        Losses {
            // The cross-entropy of a logit x is log(1 + exp(−x)) where 1 is right, log(1 + exp(x)) where 0 is.
            generator: mean((-&of_drawn).softplus()),
            discriminator: mean((-&of_real).softplus()) + mean(of_drawn.softplus()),
            logits: Tensor::stack(&[of_real, of_drawn], 1).detach(),
        }
    }

    /// The shares of real and of drawn pictures that the discriminator takes for real.
    fn believed(&self, logits: &Tensor) -> Tensor {
        let border = if self.config.sigmoid { 0.5 } else { 0.0 };
        let real = logits.gt(border).to_kind(logits.kind());
        real.mean_dim([0_i64].as_slice(), false, logits.kind())
    }
}

/// What training a [`Dcgan`] did: losses by epoch, and grids of pictures on the way. Shows itself as the history.
///
/// # Example
/// See [`Dcgan`].
#[derive(Debug)]
pub struct DcganFit {
    history: History,
    grids: Vec<(usize, Tensor)>,
}

impl DcganFit {
    /// The losses, epoch by epoch.
    ///
    /// # Example
    /// See [`Dcgan`].
    pub fn history(&self) -> &History {
        &self.history
    }

    /// The epochs after which pictures were kept.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let images = Tensor::rand([8, 1, 28, 28], (Kind::Float, Device::Cpu));
    /// let mut model = Dcgan::new(DcganConfig::improved(), Device::Cpu, 1)?;
    /// let fit = model.fit(Epochs::new("Digits", 2).batch_size(8), &images, &[0, 2, 40])?;
    /// assert_eq!(fit.epochs(), [0, 2]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn epochs(&self) -> Vec<usize> {
        self.grids.iter().map(|(epoch, _)| *epoch).collect()
    }

    /// The sixteen pictures that were kept after an epoch: `Float` from 0 to 1 of shape (16, 1, 28, 28).
    ///
    /// # Errors
    /// [`Error::Invalid`] for an epoch after which none were kept.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let images = Tensor::rand([8, 1, 28, 28], (Kind::Float, Device::Cpu));
    /// let mut model = Dcgan::new(DcganConfig::improved(), Device::Cpu, 1)?;
    /// let fit = model.fit(Epochs::new("Digits", 1).batch_size(8), &images, &[1])?;
    /// assert_eq!(fit.grid(1)?.size(), [16, 1, 28, 28]);
    /// assert!(fit.grid(2).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn grid(&self, epoch: usize) -> Result<Tensor> {
        let found = self.grids.iter().find(|(known, _)| *known == epoch);
        found.map(|(_, grid)| grid.shallow_clone()).ok_or_else(|| {
            let known: Vec<String> = self.epochs().iter().map(usize::to_string).collect();
            let problem = format!("pictures were kept after epochs {}", known.join(", "));
            Error::invalid(format!("the grid of epoch {epoch}"), problem)
        })
    }

    /// A gallery of two rows of what was kept after an epoch.
    ///
    /// # Errors
    /// As [`grid`](Self::grid).
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let images = Tensor::rand([8, 1, 28, 28], (Kind::Float, Device::Cpu));
    /// let mut model = Dcgan::new(DcganConfig::improved(), Device::Cpu, 1)?;
    /// let fit = model.fit(Epochs::new("Digits", 1).batch_size(8), &images, &[1])?;
    /// fit.gallery(1)?.show();
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn gallery(&self, epoch: usize) -> Result<ImageGallery> {
        let title = match epoch {
            0 => "Before training".to_owned(),
            _ => format!("After {}", counted(epoch, "epoch")),
        };
        let gallery = ImageGallery::new(title).images(self.grid(epoch)?);
        Ok(gallery.columns(COLUMNS).range(0.0, 1.0).zoom(2.0))
    }
}

impl Show for DcganFit {
    fn rich(&self) -> Rich {
        self.history.rich()
    }
}

impl Inspect for DcganFit {
    fn shape(&self) -> Option<String> {
        Some(counted(self.history.epochs().len(), "epoch"))
    }

    fn preview(&self) -> String {
        format!("pictures kept after {}", counted(self.grids.len(), "epoch"))
    }
}
