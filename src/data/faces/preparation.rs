//! What is done to every photograph before it becomes part of the data.

use super::resample::ResizeFilter;

/// The part of a photograph that is kept, and its size.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Preparation {
    /// Pixels cut off at the left and at the right; at the top and at the bottom.
    pub(super) crop: [usize; 2],
    /// Height and width of what becomes of the rest.
    pub(super) size: [usize; 2],
    pub(super) filter: ResizeFilter,
}

impl Default for Preparation {
    fn default() -> Self {
        Self { crop: [70, 70], size: [45, 45], filter: ResizeFilter::Bicubic }
    }
}

impl Preparation {
    /// Bytes of one picture.
    pub(super) fn bytes(&self) -> usize {
        3 * self.size[0] * self.size[1]
    }
}
