//! Nearest upsampling and a transposed convolution in one, at the small size.

use std::cell::OnceCell;

use tch::Tensor;

/// A transposed convolution of an image whose pixels were doubled, as one of the image itself with four times the channels, one
/// for each place in a square of two by two pixels: the sub-pixel convolution of Shi and others (2016). It does 36 to 45
/// percent of the multiplications, and the doubled image is never made.
///
/// In one dimension, output 2m + c is the sum over r of u(2m + c − r) w(r), and the doubled image u(2m + c − r) is
/// x(m − d) for r = 2d + c and r = 2d + c − 1. So tap d of the new kernel for place c is the sum of those two w(r).
#[derive(Debug)]
pub(super) struct SubPixel {
    kernel: i64,
    /// Kernels by taps, on the weights' device and of their kind: made when it is first needed, because weights move to their
    /// device after they are drawn.
    sums: OnceCell<Tensor>,
}

impl SubPixel {
    pub(super) fn new(kernel: i64) -> Self {
        Self { kernel, sums: OnceCell::new() }
    }

    fn taps(&self) -> i64 {
        self.kernel / 2 + 1
    }

    /// The output, cut at zero, for weights of shape (from, to, kernel, kernel).
    pub(super) fn relu_of(
        &self,
        image: &Tensor,
        weights: &Tensor,
        biases: Option<&Tensor>,
    ) -> Tensor {
        let (from, to, taps) = (weights.size()[0], weights.size()[1], self.taps());
        let sums = self.sums.get_or_init(|| self.sums_like(weights));
        let flat = weights.reshape([from * to, self.kernel * self.kernel]);
        let wide = flat.matmul(sums).view([from, to * 4, taps, taps]);
        let biases = biases.map(|biases| biases.repeat_interleave_self_int(4, 0, to * 4));
        let mut places = image.conv_transpose2d(&wide, biases, [1, 1], [0, 0], [0, 0], 1, [1, 1]);
        let whole = places.relu_().pixel_shuffle(2);
        if self.kernel % 2 == 1 {
            return whole;
        }
        // The last tap of the second place is empty, and so are its last row and column.
        let size = whole.size();
        whole.narrow(2, 0, size[2] - 1).narrow(3, 0, size[3] - 1)
    }

    /// Which elements of a kernel make each tap at each of the four places: kernel² × 4 taps², zeros and ones.
    fn sums_like(&self, weights: &Tensor) -> Tensor {
        let (kernel, taps) = (self.kernel, self.taps());
        let taken = |place: i64, tap: i64, r: i64| r == 2 * tap + place || r == 2 * tap + place - 1;
        let mut sums = Vec::with_capacity((kernel * kernel * 4 * taps * taps) as usize);
        for (row, column) in pairs(kernel) {
            for (below, right) in pairs(2) {
                for (down, across) in pairs(taps) {
                    let both = taken(below, down, row) && taken(right, across, column);
                    sums.push(f32::from(both));
                }
            }
        }
        Tensor::from_slice(&sums)
            .view([kernel * kernel, 4 * taps * taps])
            .to_device(weights.device())
            .to_kind(weights.kind())
    }
}

/// All pairs of numbers below a bound, the first changing last.
fn pairs(below: i64) -> impl Iterator<Item = (i64, i64)> {
    (0..below).flat_map(move |one| (0..below).map(move |other| (one, other)))
}
