//! Convolutions of small maps as products of their spectra.

use std::f64::consts::TAU;

use std::sync::Arc;

use ndarray::Array2;
use tch::{Device, Tensor};

use super::products::Products;
use super::{KERNEL, PLACES, SIDE, TAPS};
use crate::train::Cut;

/// The period of the transform.
const PERIOD: i64 = 9;

/// A transposed convolution of maps of 7 × 7 places by kernels of 5 × 5 with a step of one, through the discrete Fourier transform.
///
/// A map, a kernel and their convolution are each a few dozen numbers, so their transforms are matrix products by constant
/// matrices, for all images and channels at once; between them stand products of matrices (images × channels), one for each real number of
/// the spectrum. On maps this small that takes a seventh of the multiplications of a direct convolution, and all of it is matrix
/// products, forward and backward. Two complex numbers are multiplied by three real products (Gauss); the sums and differences that this
/// takes are part of the matrices.
///
/// A period of 9 holds a map and the two places that a kernel reaches over its edge; what wraps around falls on places that are not
/// wanted.
///
/// Maps have the shape (places, images, channels).
#[derive(Debug)]
pub(super) struct Spectral {
    /// From places to spectrum: products × 49.
    inputs: Tensor,
    /// From kernels to spectrum: products × 25.
    kernels: Tensor,
    /// From spectrum to places: 49 × products.
    outputs: Tensor,
    products: Arc<Products>,
}

impl Spectral {
    pub(super) fn new(device: Device) -> Self {
        let places = pairs(SIDE);
        // How far behind the place of the input the output lies to which an element of a kernel adds.
        let reaches: Vec<(i64, i64)> =
            pairs(KERNEL).into_iter().map(|(row, column)| (2 - row, 2 - column)).collect();
        let kernels = matrix(&reaches, |wave| {
            let (real, imaginary) = (wave.cos(), wave.sin());
            [real, imaginary - real, real + imaginary]
        });
        let inputs = matrix(&places, |wave| {
            let (real, imaginary) = (wave.cos(), -wave.sin());
            [real + imaginary, real, imaginary]
        });
        let whole = (PERIOD * PERIOD) as f64;
        // A number stands for its mirror image, too, except for the first, which is its own.
        let mut outputs = matrix(&places, |wave| {
            let (real, imaginary) = (wave.cos(), -wave.sin());
            [real + imaginary, imaginary, -real].map(|value| 2.0 * value / whole)
        });
        outputs.row_mut(0).mapv_inplace(|value| value / 2.0);
        let matrices = [inputs, kernels, outputs.reversed_axes()];
        let [inputs, kernels, outputs] = matrices.each_ref().map(|matrix| tensor(matrix, device));
        let single = matrices.map(|matrix| matrix.mapv(|value| value as f32));
        Self { inputs, kernels, outputs, products: Arc::new(Products::new(single)) }
    }

    /// Maps convolved by kernels, as [`convolve`](Self::convolve) does it, but faster: the graph is cut there. None where that cannot be.
    pub(super) fn cut(&self, maps: &Tensor, kernels: &Tensor) -> Option<Cut> {
        self.products.cut(maps, kernels)
    }

    /// Maps convolved by kernels (inputs, outputs, 5, 5).
    pub(super) fn convolve(&self, maps: &Tensor, kernels: &Tensor) -> Tensor {
        let (images, size, kind) = (maps.size()[1], kernels.size(), maps.kind());
        let [inputs, rows, outputs] =
            [&self.inputs, &self.kernels, &self.outputs].map(|matrix| matrix.to_kind(kind));
        let products = inputs.size()[0];
        let spectrum = inputs.matmul(&maps.reshape([PLACES, -1])).view([products, images, size[0]]);
        let of_kernels = rows.matmul(&kernels.reshape([-1, TAPS]).transpose(0, 1));
        let spectrum = spectrum.bmm(&of_kernels.view([products, size[0], size[1]]));
        outputs.matmul(&spectrum.view([products, -1])).view([PLACES, images, size[1]])
    }
}

/// A matrix where the networks are.
fn tensor(matrix: &Array2<f64>, device: Device) -> Tensor {
    let values: Vec<f64> = matrix.iter().copied().collect();
    Tensor::from_slice(&values).view([-1, matrix.ncols() as i64]).to_device(device)
}

fn pairs(side: i64) -> Vec<(i64, i64)> {
    (0..side).flat_map(|row| (0..side).map(move |column| (row, column))).collect()
}

/// One of each pair of frequencies whose numbers are conjugates; the first is its own mirror image, and its number real.
fn frequencies() -> Vec<(i64, i64)> {
    let mirrored =
        |(down, across): (i64, i64)| ((PERIOD - down) % PERIOD, (PERIOD - across) % PERIOD);
    pairs(PERIOD).into_iter().filter(|pair| *pair <= mirrored(*pair)).collect()
}

/// A row for each real product, a column for each place: the three numbers that a wave gives there.
fn matrix(places: &[(i64, i64)], numbers: impl Fn(f64) -> [f64; 3]) -> Array2<f64> {
    // The imaginary part of the first number vanishes, and one product is enough.
    let rows = frequencies().into_iter().enumerate().flat_map(|(number, frequency)| {
        let parts = if number == 0 { 1 } else { 3 };
        (0..parts).map(move |part| (frequency, part))
    });
    let rows: Vec<((i64, i64), usize)> = rows.collect();
    Array2::from_shape_fn((rows.len(), places.len()), |(row, place)| {
        let (((down, across), part), (below, beside)) = (rows[row], places[place]);
        numbers(TAU * (down * below + across * beside) as f64 / PERIOD as f64)[part]
    })
}
