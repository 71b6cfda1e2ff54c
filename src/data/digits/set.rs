//! Images of digits with their classes.

use tch::Tensor;

use crate::random::Random;
use crate::words::counted;
use crate::{Error, Result};

/// Rows and columns of an image.
pub(super) const SIDE: usize = 28;
pub(super) const PIXELS: usize = SIDE * SIDE;
/// The digits from 0 to 9.
pub(super) const CLASSES: usize = 10;
/// One in so many of each class is held out where the files do not say which.
const HELD_OUT: usize = 5;

/// Handwritten digits: grey images of 28 × 28 pixels, 0 for paper and 255 for ink, with their classes, and which of them are held
/// out for testing. Shows itself as a few samples of each class over a table of counts.
///
/// # Example
/// ```no_run
/// use latentlab::prelude::*;
///
/// let digits = Digits::open()?;
/// let (training, test) = (digits.training()?, digits.test()?);
/// assert_eq!(training.images().size()[1..], [1, 28, 28]);
/// assert_eq!(test.labels().kind(), Kind::Int64);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits {
    pub(super) source: String,
    /// Image after image, row after row.
    pub(super) levels: Vec<u8>,
    pub(super) classes: Vec<u8>,
    /// Whether an image belongs to the test part.
    held_out: Vec<bool>,
}

impl Digits {
    /// A set in which the last fifth of each class is held out.
    pub(super) fn new(source: String, levels: Vec<u8>, classes: Vec<u8>) -> Self {
        let held_out = last_of_each_class(&classes);
        Self::with_parts(source, levels, classes, held_out)
    }

    pub(super) fn with_parts(
        source: String,
        levels: Vec<u8>,
        classes: Vec<u8>,
        held_out: Vec<bool>,
    ) -> Self {
        Self { source, levels, classes, held_out }
    }

    /// The same images in an order that a seed stands for, and the parts drawn anew in it.
    pub(super) fn shuffled(&self, seed: u64) -> Self {
        let mut order: Vec<usize> = (0..self.len()).collect();
        Random::new(seed).shuffle(&mut order);
        let mixed = self.picked(&order);
        Self::new(mixed.source, mixed.levels, mixed.classes)
    }

    /// The number of images, at least one.
    ///
    /// # Example
    /// ```no_run
    /// # use latentlab::data::Digits;
    /// assert_eq!(Digits::embedded()?.len(), 5000);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.classes.len()
    }

    /// Where the digits come from, in words.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// The images: bytes of shape (n, 1, 28, 28), which a [`Dataset`](crate::train::Dataset) turns into numbers from 0 to 1. A new
    /// tensor at each call.
    ///
    /// # Example
    /// ```no_run
    /// # use latentlab::data::Digits;
    /// assert_eq!(Digits::embedded()?.images().size(), [5000, 1, 28, 28]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn images(&self) -> Tensor {
        let side = SIDE as i64;
        Tensor::from_slice(&self.levels).view([self.len() as i64, 1, side, side])
    }

    /// The classes, 0 to 9: `Int64` of shape (n). A new tensor at each call.
    ///
    /// # Example
    /// ```no_run
    /// # use latentlab::data::Digits;
    /// assert_eq!(Digits::embedded()?.labels().max().int64_value(&[]), 9);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn labels(&self) -> Tensor {
        let classes: Vec<i64> = self.classes.iter().map(|class| i64::from(*class)).collect();
        Tensor::from_slice(&classes)
    }

    /// How many images show 0, 1, …, 9.
    ///
    /// # Example
    /// ```no_run
    /// # use latentlab::data::Digits;
    /// assert_eq!(Digits::embedded()?.training()?.counts(), [400; 10]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn counts(&self) -> [usize; CLASSES] {
        let mut counts = [0; CLASSES];
        for class in &self.classes {
            counts[usize::from(*class)] += 1;
        }
        counts
    }

    /// The images to learn from: for MNIST its own 60,000, else four fifths of each class.
    ///
    /// # Errors
    /// [`Error::Invalid`] where this is a test part already.
    ///
    /// # Example
    /// ```no_run
    /// # use latentlab::data::Digits;
    /// assert_eq!(Digits::embedded()?.training()?.len(), 4000);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn training(&self) -> Result<Self> {
        self.part(false, "training")
    }

    /// The images that are held out: for MNIST its own 10,000, else a fifth of each class.
    ///
    /// # Errors
    /// [`Error::Invalid`] where this is a training part already, or where no class has five images.
    ///
    /// # Example
    /// ```no_run
    /// # use latentlab::data::Digits;
    /// assert_eq!(Digits::embedded()?.test()?.len(), 1000);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn test(&self) -> Result<Self> {
        self.part(true, "test")
    }

    fn part(&self, held_out: bool, name: &str) -> Result<Self> {
        let rows: Vec<usize> =
            (0..self.len()).filter(|row| self.held_out[*row] == held_out).collect();
        if rows.is_empty() {
            let what = format!("the {name} part of {}", counted(self.len(), "digit"));
            return Err(Error::invalid(what, "it is empty; take the part of the whole set"));
        }
        let part = self.picked(&rows);
        Ok(Self { source: format!("{name} part of {}", self.source), ..part })
    }

    /// The first `count` images. They are a fair sample of the classes: both sets come in an order without one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for none, or for more than there are.
    ///
    /// # Example
    /// ```no_run
    /// # use latentlab::data::Digits;
    /// assert_eq!(Digits::embedded()?.take(100)?.len(), 100);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn take(&self, count: usize) -> Result<Self> {
        if count == 0 || count > self.len() {
            let problem = format!("there are {}; take at least one", counted(self.len(), "digit"));
            return Err(Error::invalid(format!("the first {count} digits"), problem));
        }
        Ok(self.picked(&(0..count).collect::<Vec<usize>>()))
    }

    /// Some of the images, in the order of the numbers, which may repeat.
    ///
    /// # Errors
    /// [`Error::Invalid`] without any number, and for one beyond the last image.
    ///
    /// # Example
    /// ```no_run
    /// # use latentlab::data::Digits;
    /// let digits = Digits::embedded()?;
    /// assert_eq!(digits.select(&[0, 0])?.len(), 2);
    /// assert!(digits.select(&[5000]).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn select(&self, rows: &[usize]) -> Result<Self> {
        if rows.is_empty() {
            return Err(Error::invalid("an empty list of images", "a set has at least one"));
        }
        if let Some(beyond) = rows.iter().find(|row| **row >= self.len()) {
            let problem = format!("there are {}, counted from 0", counted(self.len(), "digit"));
            return Err(Error::invalid(format!("image {beyond}"), problem));
        }
        Ok(self.picked(rows))
    }

    /// Rows that are known to be there.
    pub(super) fn picked(&self, rows: &[usize]) -> Self {
        let mut levels = Vec::with_capacity(rows.len() * PIXELS);
        for row in rows {
            levels.extend_from_slice(&self.levels[row * PIXELS..(row + 1) * PIXELS]);
        }
        Self {
            source: self.source.clone(),
            levels,
            classes: rows.iter().map(|row| self.classes[*row]).collect(),
            held_out: rows.iter().map(|row| self.held_out[*row]).collect(),
        }
    }
}

/// Marks a fifth of the rows of each class, the last ones.
fn last_of_each_class(classes: &[u8]) -> Vec<bool> {
    let mut left = [0; CLASSES];
    for class in classes {
        left[usize::from(*class)] += 1;
    }
    let held_out = left.map(|count: usize| count / HELD_OUT);
    let marked = classes.iter().map(|class| {
        let class = usize::from(*class);
        left[class] -= 1;
        left[class] < held_out[class]
    });
    marked.collect()
}
