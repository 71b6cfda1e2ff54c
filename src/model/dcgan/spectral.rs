//! Convolutions of small maps as products of their spectra.

use std::f64::consts::TAU;

use tch::{Device, Kind, Tensor};

use super::{KERNEL, PLACES, SIDE, TAPS};

/// A convolution of maps of 7 × 7 places by kernels of 5 × 5, through the discrete Fourier transform.
///
/// A map, a kernel and their convolution are each a few dozen numbers, so their transforms are matrix products by constant
/// matrices, for all images and channels at once; between them stand products of matrices (images × channels), one for each real number of
/// the spectrum. On maps this small that takes a seventh of the multiplications of a direct convolution, and all of it is matrix
/// products, forward and backward. Two complex numbers are multiplied by three real products (Gauss); the sums and differences that this
/// takes are part of the matrices.
///
/// A period of 9 holds a map and the two places that a kernel reaches over its edge; what wraps around falls on places that are not
/// wanted. Steps of two (strides) become four kernels, one for each place in a square of two by two, which reach one place over the edge:
/// a period of 8.
///
/// Maps have the shape (places, images, channels).
#[derive(Debug)]
pub(super) struct Spectral {
    /// From places to spectrum: products × 49.
    inputs: Tensor,
    /// From kernels to spectrum, for each place in a square: products × 25.
    kernels: Vec<Tensor>,
    /// From spectrum to places: 49 × products.
    outputs: Tensor,
}

/// How far from the place of the output the input lies that an element of a kernel takes; none where it takes none.
type Reach = fn(phase: i64, tap: i64) -> Option<i64>;

impl Spectral {
    /// A convolution with a step of one.
    pub(super) fn convolution(device: Device) -> Self {
        Self::new(9, 1, |_, tap| Some(tap - 2), device)
    }

    /// A transposed convolution with a step of one.
    pub(super) fn transposed(device: Device) -> Self {
        Self::new(9, 1, |_, tap| Some(2 - tap), device)
    }

    /// A convolution with a step of two, from maps of 14 × 14. Keras pads one row before and two behind, so output o sees
    /// inputs 2o − 1 to 2o + 3.
    pub(super) fn halving(device: Device) -> Self {
        Self::new(8, 2, |phase, tap| half(tap - phase - 1), device)
    }

    /// A transposed convolution with a step of two, to maps of 14 × 14: the adjoint of a halving one.
    pub(super) fn doubling(device: Device) -> Self {
        Self::new(8, 2, |phase, tap| half(phase + 1 - tap), device)
    }

    fn new(period: i64, step: i64, reach: Reach, device: Device) -> Self {
        let places = pairs(SIDE);
        let inside: Vec<Option<(i64, i64)>> = places.iter().copied().map(Some).collect();
        let kernels = pairs(step).into_iter().map(|(down, right)| {
            let reaches: Vec<Option<(i64, i64)>> = pairs(KERNEL)
                .into_iter()
                .map(|(row, column)| Some((reach(down, row)?, reach(right, column)?)))
                .collect();
            matrix(period, &reaches, device, |wave| {
                let (real, imaginary) = (wave.cos(), wave.sin());
                [real, imaginary - real, real + imaginary]
            })
        });
        let inputs = matrix(period, &inside, device, |wave| {
            let (real, imaginary) = (wave.cos(), -wave.sin());
            [real + imaginary, real, imaginary]
        });
        let whole = (period * period) as f64;
        // A number stands for its mirror image, too, except where it is its own.
        let outputs = matrix(period, &inside, device, |wave| {
            let (real, imaginary) = (wave.cos(), -wave.sin());
            [real + imaginary, imaginary, -real].map(|value| 2.0 * value / whole)
        });
        let outputs = outputs * own_weights(period, device);
        Self { inputs, kernels: kernels.collect(), outputs: outputs.transpose(0, 1).contiguous() }
    }

    /// Maps convolved by kernels (outputs, inputs, 5, 5).
    pub(super) fn convolve(&self, maps: &Tensor, kernels: &Tensor) -> Tensor {
        let size = kernels.size();
        let spectrum = self.kernel_spectrum(0, kernels, [size[0], size[1]]).transpose(1, 2);
        self.places(&self.spectrum(maps).bmm(&spectrum))
    }

    /// Maps convolved by transposed kernels (inputs, outputs, 5, 5).
    pub(super) fn convolve_transposed(&self, maps: &Tensor, kernels: &Tensor) -> Tensor {
        let size = kernels.size();
        self.places(&self.spectrum(maps).bmm(&self.kernel_spectrum(0, kernels, [size[0], size[1]])))
    }

    /// Maps of four times the channels: (places, images, 4, outputs), for kernels (inputs, outputs, 5, 5).
    pub(super) fn double(&self, maps: &Tensor, kernels: &Tensor) -> Tensor {
        let (size, spectrum) = (kernels.size(), self.spectrum(maps));
        let phases: Vec<Tensor> = (0..self.kernels.len())
            .map(|phase| {
                let kernels = self.kernel_spectrum(phase, kernels, [size[0], size[1]]);
                self.places(&spectrum.bmm(&kernels))
            })
            .collect();
        Tensor::stack(&phases, 2)
    }

    /// Maps of a quarter of the channels, from (places, images, 4, inputs), for kernels (outputs, inputs, 5, 5).
    pub(super) fn halve(&self, maps: &Tensor, kernels: &Tensor) -> Tensor {
        let (size, kind) = (kernels.size(), kernels.kind());
        // Inputs before outputs, so that the spectrum has the order of the product.
        let rows = kernels.transpose(0, 1).reshape([-1, TAPS]).transpose(0, 1);
        let all = Tensor::stack(&self.kernels, 1).to_kind(kind);
        let products = all.size()[0];
        let spectrum = all.reshape([-1, TAPS]).matmul(&rows).view([products, 4 * size[1], size[0]]);
        self.places(&self.spectrum(&maps.flatten(2, 3)).bmm(&spectrum))
    }

    fn spectrum(&self, maps: &Tensor) -> Tensor {
        let size = maps.size();
        let inputs = self.inputs.to_kind(maps.kind());
        inputs.matmul(&maps.reshape([PLACES, -1])).view([inputs.size()[0], size[1], size[2]])
    }

    fn kernel_spectrum(&self, phase: usize, kernels: &Tensor, [first, second]: [i64; 2]) -> Tensor {
        let matrix = self.kernels[phase].to_kind(kernels.kind());
        let rows = kernels.reshape([-1, TAPS]).transpose(0, 1);
        matrix.matmul(&rows).view([matrix.size()[0], first, second])
    }

    fn places(&self, spectrum: &Tensor) -> Tensor {
        let size = spectrum.size();
        let outputs = self.outputs.to_kind(spectrum.kind());
        outputs.matmul(&spectrum.reshape([size[0], -1])).view([PLACES, size[1], size[2]])
    }
}

/// The half of an even number.
fn half(number: i64) -> Option<i64> {
    (number % 2 == 0).then_some(number / 2)
}

fn pairs(side: i64) -> Vec<(i64, i64)> {
    (0..side).flat_map(|row| (0..side).map(move |column| (row, column))).collect()
}

/// One of each pair of frequencies whose numbers are conjugates, and whether it is its own mirror image and its number real.
fn frequencies(period: i64) -> Vec<((i64, i64), bool)> {
    let mirrored =
        |(down, across): (i64, i64)| ((period - down) % period, (period - across) % period);
    let first = pairs(period).into_iter().filter(|pair| *pair <= mirrored(*pair));
    first.map(|pair| (pair, pair == mirrored(pair))).collect()
}

/// A row for each real product, a column for each place: the three numbers that a wave gives there.
fn matrix(
    period: i64,
    columns: &[Option<(i64, i64)>],
    device: Device,
    numbers: impl Fn(f64) -> [f64; 3],
) -> Tensor {
    let mut rows: Vec<f64> = Vec::new();
    for ((down, across), own) in frequencies(period) {
        let at: Vec<[f64; 3]> = columns
            .iter()
            .map(|place| match place {
                Some((row, column)) => {
                    numbers(TAU * (down * row + across * column) as f64 / period as f64)
                }
                None => [0.0; 3],
            })
            .collect();
        // Imaginary parts of these vanish, and one product is enough.
        for part in 0..if own { 1 } else { 3 } {
            rows.extend(at.iter().map(|numbers| numbers[part]));
        }
    }
    Tensor::from_slice(&rows).view([-1, columns.len() as i64]).to_device(device)
}

/// A half for the products of numbers that are their own mirror images, one for the others: products × 1.
fn own_weights(period: i64, device: Device) -> Tensor {
    let weights: Vec<f64> = frequencies(period)
        .into_iter()
        .flat_map(|(_, own)| if own { vec![0.5] } else { vec![1.0; 3] })
        .collect();
    Tensor::from_slice(&weights).view([-1, 1]).to_kind(Kind::Double).to_device(device)
}
