//! How maps lie in memory, and which way round.
//!
//! Where a step is two, Keras pads one row before and two behind, and the layers of libtorch as many before as behind: two. Seen in a mirror, in
//! which rows and columns run backwards, the two are the same. Both networks therefore turn pictures, kernels and maps round where steps are two,
//! which moves few numbers, in place of padding and cutting maps.

use tch::Tensor;

use super::{PLACES, SIDE};

/// Pictures or kernels with rows and columns backwards.
pub(super) fn mirrored(pictures: &Tensor) -> Tensor {
    pictures.flip([2_i64, 3].as_slice())
}

/// Maps (places, images, channels) as (images, channels, 7, 7), channels last in memory.
pub(super) fn by_image(maps: &Tensor) -> Tensor {
    let size = maps.size();
    let maps = maps.transpose(0, 1).contiguous();
    maps.view([size[1], SIDE, SIDE, size[2]]).permute([0, 3, 1, 2])
}

/// Maps (images, channels, 7, 7) as (places, images, channels).
pub(super) fn by_place(maps: &Tensor) -> Tensor {
    let size = maps.size();
    maps.permute([2, 3, 0, 1]).reshape([PLACES, size[0], size[1]])
}
