//! Pictures beside the nearest ones of a set.

use tch::{Kind, Tensor};

use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::plot::ImageGallery;
use crate::words::counted;
use crate::{Error, Result};

/// Pictures of a set that are compared at once.
const CHUNK: i64 = 8192;
/// Pairs in a row of the gallery.
const COLUMNS: usize = 10;

/// The nearest picture of a set for each of some pictures: whether a network draws something new or what it was shown. The distance is Euclidean,
/// over all pixels, which hold numbers from 0 to 1. Shows itself as pairs: drawn above, nearest below.
///
/// # Example
/// ```
/// use latentlab::model::Neighbors;
/// use latentlab::prelude::*;
///
/// let set = Tensor::rand([50, 1, 28, 28], (Kind::Float, Device::Cpu));
/// let found = Neighbors::of(&set.narrow(0, 7, 2), &set)?;
/// assert_eq!(found.rows(), [7, 8]);
/// assert!(found.distances()[0] < 0.05);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct Neighbors {
    rows: Vec<i64>,
    distances: Vec<f64>,
    images: Tensor,
    nearest: Tensor,
}

impl Neighbors {
    /// Looks for the nearest of `set`, (m, …), for each of `images`, (n, …): bytes, or numbers from 0 to 1.
    ///
    /// # Errors
    /// [`Error::Invalid`] for none, or for pictures of different shapes.
    ///
    /// # Example
    /// See [`Neighbors`].
    pub fn of(images: &Tensor, set: &Tensor) -> Result<Self> {
        let _guard = tch::no_grad_guard();
        let (size, whole) = (images.size(), set.size());
        if size.len() < 2 || size.get(1..) != whole.get(1..) || size[0] == 0 || whole[0] == 0 {
            let what = format!("images of shape {size:?} and a set of shape {whole:?}");
            return Err(Error::invalid(
                what,
                "at least one picture each, all of one shape, is needed",
            ));
        }
        let images = levels(images)?;
        let flat = images.f_flatten(1, -1)?;
        let mut least: Option<(Tensor, Tensor)> = None;
        for start in (0..whole[0]).step_by(CHUNK as usize) {
            let part = levels(&set.f_narrow(0, start, CHUNK.min(whole[0] - start))?)?;
            let distances = Tensor::f_cdist(&flat, &part.f_flatten(1, -1)?, 2.0, None)?;
            let (near, rows) = distances.f_min_dim(1, false)?;
            let rows = rows.f_add_scalar(start)?;
            least = Some(match least {
                Some((known, places)) => {
                    let closer = near.f_lt_tensor(&known)?;
                    (near.f_where_self(&closer, &known)?, rows.f_where_self(&closer, &places)?)
                }
                None => (near, rows),
            });
        }
        let Some((_, rows)) = least else {
            return Err(Error::invalid("a set", "it is empty"));
        };
        let nearest = levels(&set.f_index_select(0, &rows)?)?;
        // The search takes squares apart, |a|² − 2ab + |b|², which is quick and leaves nothing of small distances.
        let apart = (&images - &nearest).f_flatten(1, -1)?.f_to_kind(Kind::Double)?;
        let distances =
            apart.f_square()?.f_sum_dim_intlist(1, false, None)?.f_sqrt()?.try_into()?;
        Ok(Self { rows: rows.try_into()?, distances, images, nearest })
    }

    /// The row of the nearest picture in the set, for each picture.
    ///
    /// # Example
    /// See [`Neighbors`].
    pub fn rows(&self) -> &[i64] {
        &self.rows
    }

    /// How far it is away.
    ///
    /// # Example
    /// See [`Neighbors`].
    pub fn distances(&self) -> &[f64] {
        &self.distances
    }

    /// The mean of the distances.
    ///
    /// # Example
    /// See [`Neighbors`].
    pub fn mean_distance(&self) -> f64 {
        self.distances.iter().sum::<f64>() / self.distances.len() as f64
    }

    /// The first ten pictures over the nearest of the set, with their distances.
    ///
    /// # Example
    /// See [`Neighbors`].
    pub fn gallery(&self, title: impl Into<String>) -> ImageGallery {
        let count = self.rows.len().min(COLUMNS);
        let first = |images: &Tensor| images.narrow(0, 0, count as i64);
        let titles = self.distances.iter().take(count).map(|distance| format!("{distance:.1}"));
        ImageGallery::new(title)
            .pairs(first(&self.images), first(&self.nearest))
            .titles(titles)
            .row_titles(["picture", "nearest"])
            .columns(count)
            .range(0.0, 1.0)
    }
}

/// Bytes as numbers from 0 to 1.
fn levels(images: &Tensor) -> Result<Tensor> {
    let floats = images.f_to_kind(Kind::Float)?;
    Ok(match images.f_kind()? {
        Kind::Uint8 => floats.f_mul_scalar(1.0 / 255.0)?,
        _ => floats,
    })
}

impl Show for Neighbors {
    fn rich(&self) -> Rich {
        self.gallery("Pictures over the nearest of the set, with distances").rich()
    }
}

impl Inspect for Neighbors {
    fn shape(&self) -> Option<String> {
        Some(counted(self.rows.len(), "pair"))
    }

    fn preview(&self) -> String {
        format!("mean distance {:.2}", self.mean_distance())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tch::Device;

    use super::*;

    #[test]
    fn the_nearest_is_found_across_chunks_and_kinds() {
        let count = CHUNK + 5;
        let set = (Tensor::arange(count, (Kind::Float, Device::Cpu)) * 0.01)
            .view([count, 1, 1])
            .repeat([1, 1, 4]);
        let wanted = Tensor::from_slice(&[3.001_f32, 81.96]).view([2, 1, 1]).repeat([1, 1, 4]);
        let found = Neighbors::of(&wanted, &set).unwrap();
        assert_eq!(found.rows(), [300, count - 1]);
        assert!((found.distances()[0] - 0.002).abs() < 2e-3, "{:?}", found.distances());
        let bytes = Tensor::from_slice(&[0_u8, 255, 51, 51]).view([2, 1, 2]);
        let found =
            Neighbors::of(&Tensor::from_slice(&[0.2_f32, 0.2]).view([1, 1, 2]), &bytes).unwrap();
        assert!(found.rows() == [1] && found.mean_distance() < 1e-3);
    }

    #[test]
    fn pictures_that_do_not_fit_are_refused() {
        let of = |one: &[i64], other: &[i64]| {
            let zeros = |size: &[i64]| Tensor::zeros(size, (Kind::Float, Device::Cpu));
            Neighbors::of(&zeros(one), &zeros(other))
        };
        for (one, other) in [([2, 3], [2, 4]), ([0, 3], [2, 3]), ([2, 3], [0, 3])] {
            assert!(of(&one, &other).is_err());
        }
        assert!(of(&[2], &[2]).is_err());
    }
}
