//! Batch normalisation of maps whose images may be of several groups.

use tch::Tensor;
use tch::nn::Path;

use super::SIDE;
use crate::model::normalization::{KerasNorm, MOMENTUM};

/// Batch normalisation over all but the last dimension.
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

    /// Maps (places, images, …, channels). In training, images of several groups, one of each in turn, are normalised each by
    /// their own group.
    pub(super) fn forward(&self, maps: &Tensor, groups: i64, training: bool) -> Tensor {
        let (size, groups) = (maps.size(), if training { groups } else { 1 });
        // Groups are channels of their own; rows are taken for images of 7 × 7, whose order in memory has fast kernels.
        let width = groups * size.last().copied().unwrap_or(1);
        let rows = maps.reshape([-1, SIDE, SIDE, width]).permute([0, 3, 1, 2]);
        let outputs = self.0.grouped(&rows, groups, training);
        outputs.permute([0, 2, 3, 1]).reshape(size.as_slice())
    }
}
