//! Batch normalisation of maps, in either order.

use tch::Tensor;
use tch::nn::Path;

use super::SIDE;
use crate::model::normalization::{KerasNorm, MOMENTUM};

/// Batch normalisation of the channels of maps.
#[derive(Debug)]
pub(super) struct Norm(KerasNorm);

impl Norm {
    pub(super) fn new(path: Path, width: i64) -> Self {
        Self(KerasNorm::new(&path, width, MOMENTUM))
    }

    /// How many numbers it learns.
    pub(super) fn parameters(&self) -> usize {
        self.0.parameters()
    }

    /// Maps (places, images, channels).
    pub(super) fn of_places(&self, maps: &Tensor, training: bool) -> Tensor {
        let size = maps.size();
        // Rows are taken for images of 7 × 7, whose order in memory has fast kernels.
        let rows = maps.view([-1, SIDE, SIDE, size[2]]).permute([0, 3, 1, 2]);
        self.of_images(&rows, training).permute([0, 2, 3, 1]).reshape(size.as_slice())
    }

    /// Maps (images, channels, height, width).
    pub(super) fn of_images(&self, maps: &Tensor, training: bool) -> Tensor {
        self.0.forward(maps, training)
    }
}
