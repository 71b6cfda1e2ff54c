//! What a gallery takes for images.

use ndarray::{ArrayBase, Data, Dimension};
use tch::Tensor;

use super::numbers::{Number, Numbers};

/// An image of grey or red, green and blue levels, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub(crate) rows: usize,
    pub(crate) columns: usize,
    /// One grey level or three colour levels for each pixel.
    pub(crate) channels: usize,
    /// Pixel after pixel, from the top left, with the channels of a pixel together.
    pub(crate) values: Vec<f64>,
}

/// One image or several: tensors and `ndarray` arrays of shape (height, width), (images, height, width),
/// (images, channels, height, width) as libtorch has them, or (images, height, width, channels), with one grey
/// channel or three of red, green and blue. Any dtype and device.
///
/// # Example
/// ```
/// use latentlab::plot::Images;
/// use latentlab::tch::{Device, Kind, Tensor};
///
/// let faces = Tensor::zeros([6, 3, 45, 45], (Kind::Float, Device::Cpu));
/// assert_eq!(faces.images()?.len(), 6);
/// assert!(Tensor::from_slice(&[1.0, 2.0]).images().is_err());
/// # Ok::<(), String>(())
/// ```
pub trait Images {
    /// The images, or what is wrong with the shape.
    fn images(self) -> Result<Vec<Picture>, String>;
}

impl Images for &Tensor {
    fn images(self) -> Result<Vec<Picture>, String> {
        let shape: Vec<usize> = self.size().iter().map(|side| *side as usize).collect();
        pictures(&shape, self.numbers())
    }
}

impl Images for Tensor {
    fn images(self) -> Result<Vec<Picture>, String> {
        (&self).images()
    }
}

impl<T: Number, S: Data<Elem = T>, D: Dimension> Images for &ArrayBase<S, D> {
    fn images(self) -> Result<Vec<Picture>, String> {
        pictures(self.shape(), self.numbers())
    }
}

impl<T: Number, S: Data<Elem = T>, D: Dimension> Images for ArrayBase<S, D> {
    fn images(self) -> Result<Vec<Picture>, String> {
        (&self).images()
    }
}

fn pictures(shape: &[usize], values: Vec<f64>) -> Result<Vec<Picture>, String> {
    let is_color = |channels: usize| matches!(channels, 1 | 3);
    let (rows, columns, channels, planar) = match shape {
        [rows, columns] | [_, rows, columns] => (*rows, *columns, 1, true),
        [_, channels, rows, columns] if is_color(*channels) => (*rows, *columns, *channels, true),
        [_, rows, columns, channels] if is_color(*channels) => (*rows, *columns, *channels, false),
        _ => {
            return Err(format!(
                "images of shape {shape:?}; (height, width), (images, height, width), (images, channels, height, \
                 width) or (images, height, width, channels) with 1 or 3 channels are possible"
            ));
        }
    };
    let pixels = rows * columns;
    if pixels == 0 {
        return Err(format!("images of shape {shape:?} have no pixels"));
    }
    let picture = |values: &[f64]| {
        let values = match (planar, channels) {
            (true, 3) => {
                (0..pixels).flat_map(|at| [0, 1, 2].map(|c| values[c * pixels + at])).collect()
            }
            _ => values.to_vec(),
        };
        Picture { rows, columns, channels, values }
    };
    Ok(values.chunks_exact(pixels * channels).map(picture).collect())
}

#[cfg(test)]
mod tests {
    use ndarray::{Array, Array4};

    use super::*;

    #[test]
    fn both_orders_of_channels_give_the_same_pixels() -> Result<(), String> {
        let level =
            |n: usize, c: usize, h: usize, w: usize| (n * 1000 + c * 100 + h * 10 + w) as f64;
        let planar: Array4<f64> =
            Array::from_shape_fn((2, 3, 4, 5), |(n, c, h, w)| level(n, c, h, w));
        let packed: Array4<f64> =
            Array::from_shape_fn((2, 4, 5, 3), |(n, h, w, c)| level(n, c, h, w));
        let (one, other) = ((&planar).images()?, (&packed).images()?);
        assert_eq!(one, other);
        assert_eq!((one.len(), one[0].rows, one[0].columns, one[0].channels), (2, 4, 5, 3));
        assert_eq!(one[1].values[..6], [1000.0, 1100.0, 1200.0, 1001.0, 1101.0, 1201.0]);
        Ok(())
    }

    #[test]
    fn other_shapes_are_refused() {
        for shape in [vec![4], vec![1, 2, 5, 5], vec![2, 0, 3], vec![1, 1, 1, 1, 1]] {
            let count = shape.iter().product();
            assert!(pictures(&shape, vec![0.0; count]).is_err(), "{shape:?}");
        }
    }
}
