//! What a network gets at once.

use tch::Tensor;

use crate::{Error, Result};

/// Some rows of a [`Dataset`](super::Dataset), ready for a network.
///
/// # Example
/// ```
/// # use latentlab::prelude::*;
/// # use latentlab::train::Dataset;
/// let data = Dataset::new(&Tensor::from_slice(&[1.0, 2.0, 3.0]))?;
/// assert_eq!(data.rows(&[2])?.len(), 1);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct Batch {
    pub(super) parts: Vec<Tensor>,
}

impl Batch {
    /// The first part.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Dataset;
    /// let data = Dataset::new(&Tensor::from_slice(&[1.0, 2.0, 3.0]))?;
    /// assert_eq!(data.rows(&[1])?.inputs().double_value(&[0]), 2.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn inputs(&self) -> &Tensor {
        &self.parts[0]
    }

    /// A part by number, counted from 0: the inputs, the targets, and what was added after them.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the set has no such part.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Dataset;
    /// let data = Dataset::new(&Tensor::from_slice(&[1.0, 2.0]))?.with(&Tensor::from_slice(&[0_i64, 1]))?;
    /// assert_eq!(data.rows(&[1])?.part(1)?.int64_value(&[0]), 1);
    /// assert!(data.rows(&[1])?.part(2).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn part(&self, number: usize) -> Result<&Tensor> {
        self.parts.get(number).ok_or_else(|| {
            let problem =
                format!("the data have {} parts; add one with `Dataset::with`", self.parts.len());
            Error::invalid(format!("part {number} of a batch"), problem)
        })
    }

    /// The second part.
    ///
    /// # Errors
    /// As [`part`](Self::part).
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Dataset;
    /// let data = Dataset::new(&Tensor::from_slice(&[1.0, 2.0]))?;
    /// assert!(data.rows(&[1])?.targets().is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn targets(&self) -> Result<&Tensor> {
        self.part(1)
    }

    /// The number of examples.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Dataset;
    /// assert_eq!(Dataset::new(&Tensor::from_slice(&[1.0, 2.0]))?.rows(&[1])?.len(), 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn len(&self) -> usize {
        self.parts[0].size().first().map_or(0, |&rows| rows as usize)
    }

    /// Whether it holds no example.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Dataset;
    /// assert!(Dataset::new(&Tensor::from_slice(&[1.0, 2.0]))?.rows(&[])?.is_empty());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}
