//! Data that stay on the device.

use tch::{Device, Kind, TchError, Tensor};

use super::batch::Batch;
use crate::{Error, Result};

/// Examples on one device: one tensor, or several with the same number of rows (inputs, targets, …). Batches are drawn
/// from it without a copy to the host.
///
/// Parts of kind `Uint8` stay bytes and become `Float` from 0 to 1 in batches, which keeps images in a quarter of the
/// memory; whole-number labels belong in `Int64`.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
/// use latentlab::train::Dataset;
///
/// let images = Tensor::zeros([10, 3, 45, 45], (Kind::Uint8, Device::Cpu));
/// let labels = Tensor::zeros([10], (Kind::Int64, Device::Cpu));
/// let data = Dataset::new(&images)?.with(&labels)?;
/// let batch = data.rows(&[0, 3])?;
/// assert_eq!(batch.inputs().size(), [2, 3, 45, 45]);
/// assert_eq!(batch.inputs().kind(), Kind::Float);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct Dataset {
    parts: Vec<Part>,
    rows: i64,
}

/// One tensor of the set, as it lies in memory: rows first, for images with channels last where asked for.
#[derive(Debug)]
struct Part {
    stored: Tensor,
    channels_last: bool,
}

impl Dataset {
    /// A set of one tensor whose first dimension counts the examples.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a tensor without dimensions or without rows.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Dataset;
    /// assert_eq!(Dataset::new(&Tensor::from_slice(&[1.0, 2.0]))?.len(), 2);
    /// assert!(Dataset::new(&Tensor::from(1.0)).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(inputs: &Tensor) -> Result<Self> {
        let rows = inputs.size().first().copied().unwrap_or_default();
        if rows == 0 {
            let what = format!("data of shape {:?}", inputs.size());
            return Err(Error::invalid(
                what,
                "the first dimension must count at least one example",
            ));
        }
        Ok(Self { parts: vec![Part::new(inputs)], rows })
    }

    /// The set with another part: targets, say.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the part has another number of rows or lies on another device.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Dataset;
    /// let data = Dataset::new(&Tensor::from_slice(&[1.0, 2.0]))?;
    /// assert!(data.with(&Tensor::from_slice(&[1_i64, 2, 3])).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn with(mut self, part: &Tensor) -> Result<Self> {
        let rows = part.size().first().copied().unwrap_or_default();
        if rows != self.rows || part.device() != self.device() {
            return Err(Error::invalid(
                format!("data of shape {:?} on {:?}", part.size(), part.device()),
                format!(
                    "the set has {} rows on {:?}; each part needs as many, there",
                    self.rows,
                    self.device()
                ),
            ));
        }
        self.parts.push(Part::new(part));
        Ok(self)
    }

    /// The number of examples.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Dataset;
    /// assert_eq!(Dataset::new(&Tensor::from_slice(&[1.0, 2.0]))?.len(), 2);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn len(&self) -> usize {
        self.rows as usize
    }

    /// Always false: a set has at least one example.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Dataset;
    /// assert!(!Dataset::new(&Tensor::from_slice(&[1.0, 2.0]))?.is_empty());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// The device that holds the data.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Dataset;
    /// assert_eq!(Dataset::new(&Tensor::from_slice(&[1.0]))?.device(), Device::Cpu);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn device(&self) -> Device {
        self.parts[0].stored.device()
    }

    /// The same set on a device.
    ///
    /// # Errors
    /// [`Error::Torch`] where the device has too little memory.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Dataset;
    /// let data = Dataset::new(&Tensor::from_slice(&[1.0]))?.to_device(Device::Cpu)?;
    /// assert_eq!(data.device(), Device::Cpu);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn to_device(&self, device: Device) -> Result<Self> {
        let part = |part: &Part| -> Result<Part, TchError> {
            Ok(Part { stored: part.stored.f_to_device(device)?, channels_last: part.channels_last })
        };
        let parts: Result<Vec<Part>, TchError> = self.parts.iter().map(part).collect();
        Ok(Self { parts: parts?, rows: self.rows })
    }

    /// The same set with the channels of its images (parts of four dimensions) last in memory, the order in which
    /// convolutions are fastest. Shapes stay what they are.
    ///
    /// # Errors
    /// [`Error::Torch`] where there is too little memory for the copy.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Dataset;
    /// let images = Tensor::zeros([4, 3, 8, 8], (Kind::Float, Device::Cpu));
    /// let batch = Dataset::new(&images)?.channels_last()?.rows(&[0, 1])?;
    /// assert_eq!(batch.inputs().size(), [2, 3, 8, 8]);
    /// assert_eq!(batch.inputs().stride(), [3 * 8 * 8, 1, 3 * 8, 3]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn channels_last(&self) -> Result<Self> {
        let part = |part: &Part| -> Result<Part, TchError> {
            let stored = part.stored.shallow_clone();
            if part.channels_last || stored.dim() != 4 {
                return Ok(Part { stored, channels_last: part.channels_last });
            }
            let stored = stored.f_permute([0, 2, 3, 1])?.f_contiguous()?;
            Ok(Part { stored, channels_last: true })
        };
        let parts: Result<Vec<Part>, TchError> = self.parts.iter().map(part).collect();
        Ok(Self { parts: parts?, rows: self.rows })
    }

    /// Rows by number.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a number beyond the set.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Dataset;
    /// let data = Dataset::new(&Tensor::from_slice(&[1.0, 2.0, 3.0]))?;
    /// assert_eq!(data.rows(&[2, 0])?.inputs().double_value(&[0]), 3.0);
    /// assert!(data.rows(&[3]).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn rows(&self, rows: &[i64]) -> Result<Batch> {
        if let Some(row) = rows.iter().find(|row| !(0..self.rows).contains(row)) {
            let problem = format!("the set has {} rows, counted from 0", self.rows);
            return Err(Error::invalid(format!("row {row}"), problem));
        }
        self.select(&Tensor::f_from_slice(rows)?.f_to_device(self.device())?)
    }

    /// Two sets: a share of the rows, drawn by a seed, and the rest, each in the order of the whole.
    ///
    /// # Errors
    /// [`Error::Invalid`] where one of the two would be empty.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::Dataset;
    /// let data = Dataset::new(&Tensor::arange(10, (Kind::Float, Device::Cpu)))?;
    /// let (held_out, training) = data.split(0.2, 365)?;
    /// assert_eq!((held_out.len(), training.len()), (2, 8));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn split(&self, share: f64, seed: u64) -> Result<(Self, Self)> {
        let taken = (share * self.rows as f64).round();
        if !(taken >= 1.0 && taken < self.rows as f64) {
            let problem = format!("of {} rows it leaves one part empty", self.rows);
            return Err(Error::invalid(format!("share {share}"), problem));
        }
        let first = crate::random::Random::new(seed).subset(self.len(), taken as usize);
        let mut inside = vec![false; self.len()];
        first.iter().for_each(|&row| inside[row] = true);
        let rows = |wanted: bool| -> Result<Self> {
            let rows: Vec<i64> =
                (0..self.rows).filter(|&row| inside[row as usize] == wanted).collect();
            let index = Tensor::f_from_slice(&rows)?.f_to_device(self.device())?;
            let part = |part: &Part| -> Result<Part, TchError> {
                let stored = part.stored.f_index_select(0, &index)?;
                Ok(Part { stored, channels_last: part.channels_last })
            };
            let parts: Result<Vec<Part>, TchError> = self.parts.iter().map(part).collect();
            Ok(Self { parts: parts?, rows: rows.len() as i64 })
        };
        Ok((rows(true)?, rows(false)?))
    }

    /// Rows whose numbers, known to be good, lie on the device.
    pub(super) fn select(&self, rows: &Tensor) -> Result<Batch> {
        let parts: Result<Vec<Tensor>, TchError> =
            self.parts.iter().map(|part| part.select(rows)).collect();
        Ok(Batch { parts: parts? })
    }

    pub(super) fn shallow_clone(&self) -> Self {
        let part = |part: &Part| Part {
            stored: part.stored.shallow_clone(),
            channels_last: part.channels_last,
        };
        Self { parts: self.parts.iter().map(part).collect(), rows: self.rows }
    }
}

impl Part {
    fn new(tensor: &Tensor) -> Self {
        Self { stored: tensor.detach(), channels_last: false }
    }

    fn select(&self, rows: &Tensor) -> Result<Tensor, TchError> {
        let mut drawn = self.stored.f_index_select(0, rows)?;
        if drawn.f_kind()? == Kind::Uint8 {
            drawn = drawn.f_to_kind(Kind::Float)?;
            let _in_place = drawn.f_mul_scalar_(1.0 / 255.0)?;
        }
        if self.channels_last { drawn.f_permute([0, 3, 1, 2]) } else { Ok(drawn) }
    }
}

/// What can be trained on: a [`Dataset`], a tensor, or inputs with targets.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
/// use latentlab::train::Examples;
///
/// let (x, y) = (Tensor::from_slice(&[1.0, 2.0]), Tensor::from_slice(&[2.0, 4.0]));
/// assert_eq!((&x, &y).dataset()?.rows(&[0])?.targets()?.double_value(&[0]), 2.0);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub trait Examples {
    /// The examples as a data set; tensors are shared, not copied.
    ///
    /// # Errors
    /// [`Error::Invalid`] for tensors whose rows do not match.
    fn dataset(&self) -> Result<Dataset>;
}

impl Examples for Dataset {
    fn dataset(&self) -> Result<Dataset> {
        Ok(self.shallow_clone())
    }
}

impl Examples for Tensor {
    fn dataset(&self) -> Result<Dataset> {
        Dataset::new(self)
    }
}

impl Examples for (&Tensor, &Tensor) {
    fn dataset(&self) -> Result<Dataset> {
        Dataset::new(self.0)?.with(self.1)
    }
}

impl<T: Examples + ?Sized> Examples for &T {
    fn dataset(&self) -> Result<Dataset> {
        (**self).dataset()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn bytes_become_shares_and_labels_stay() {
        let images = Tensor::from_slice(&[0_u8, 51, 255, 102]).view([2, 2]);
        let labels = Tensor::from_slice(&[7_i64, 9]);
        let batch = (&images, &labels).dataset().unwrap().rows(&[1, 0]).unwrap();
        let values: Vec<f32> = batch.inputs().reshape([-1]).try_into().unwrap();
        for (value, expected) in values.iter().zip([1.0, 0.4, 0.0, 0.2]) {
            assert!((value - expected).abs() < 1e-6);
        }
        assert_eq!(Vec::<i64>::try_from(batch.targets().unwrap()).unwrap(), [9, 7]);
    }

    #[test]
    fn the_order_in_memory_changes_no_value() {
        let _turn = crate::random::torch_turn();
        let images = Tensor::rand([5, 3, 4, 6], (Kind::Float, Device::Cpu));
        let plain = Dataset::new(&images).unwrap();
        let last = plain.channels_last().unwrap().channels_last().unwrap();
        let (one, other) = (plain.rows(&[4, 1]).unwrap(), last.rows(&[4, 1]).unwrap());
        assert_eq!(one.inputs(), other.inputs());
        assert_ne!(one.inputs().stride(), other.inputs().stride());
    }

    #[test]
    fn splits_share_out_each_row_once() {
        let data = Dataset::new(&Tensor::arange(50, (Kind::Int64, Device::Cpu))).unwrap();
        let rows = |data: &Dataset| -> Vec<i64> {
            let all: Vec<i64> = (0..data.len() as i64).collect();
            data.rows(&all).unwrap().inputs().try_into().unwrap()
        };
        let (one, other) = data.split(0.2, 3).unwrap();
        let mut all = [rows(&one), rows(&other)].concat();
        all.sort_unstable();
        assert_eq!(all, (0..50).collect::<Vec<i64>>());
        assert_eq!(rows(&data.split(0.2, 3).unwrap().0), rows(&one));
        assert_ne!(rows(&data.split(0.2, 4).unwrap().0), rows(&one));
        for share in [0.0, 1.0, f64::NAN, 0.001] {
            assert!(data.split(share, 3).is_err(), "{share}");
        }
    }
}
