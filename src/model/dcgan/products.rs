//! Matrix products on libtorch's threads, and the convolution by spectra made of them, with its gradients.

use std::sync::Arc;

use gemm::Parallelism;
use ndarray::{Array2, ArrayView2, ArrayView3, ArrayViewMut2, ArrayViewMut3, Axis};
use tch::{Device, Kind, Tensor};

use super::{PLACES, TAPS};
use crate::Error;
use crate::train::team::{self, numbers};
use crate::train::{Below, Cut};

/// Columns that one thread transforms at a time: what it reads and writes stays in the cache of its core.
const COLUMNS: usize = 512;

/// The matrices of a [`Spectral`](super::spectral::Spectral), in single precision.
#[derive(Debug)]
pub(super) struct Products {
    /// Products × 49.
    inputs: Array2<f32>,
    /// Products × 25.
    kernels: Array2<f32>,
    /// 49 × products.
    outputs: Array2<f32>,
}

impl Products {
    pub(super) fn new([inputs, kernels, outputs]: [Array2<f32>; 3]) -> Self {
        Self { inputs, kernels, outputs }
    }

    /// Maps (places, images, channels) convolved by kernels (inputs, outputs, 5, 5), outside of autograd's graph. libtorch multiplies by MKL, which
    /// has no AVX-512 on AMD's processors, and takes nearly twice as long there. None for numbers that are not `Float`s on the CPU.
    pub(super) fn cut(self: &Arc<Self>, maps: &Tensor, kernels: &Tensor) -> Option<Cut> {
        let both = [maps, kernels].map(Tensor::detach);
        if !both.iter().all(|tensor| tensor.device() == Device::Cpu && tensor.kind() == Kind::Float)
            || maps.numel() == 0
        {
            return None;
        }
        let [mut values, mut taps] = both.map(|tensor| tensor.contiguous());
        let (images, size) = (maps.size()[1], kernels.size());
        let (from, to) = (size[0], size[1]);
        let products = self.inputs.nrows() as i64;
        let mut spectrum = float(&[products, images, from]);
        let mut of_kernels = float(&[products, from, to]);
        let mut of_outputs = float(&[products, images, to]);
        let mut outputs = float(&[PLACES, images, to]);
        multiply(
            &self.inputs,
            matrix(&mut values, PLACES)?.view(),
            matrix(&mut spectrum, products)?,
        );
        let rows = matrix(&mut taps, from * to)?;
        multiply(&self.kernels, rows.t(), matrix(&mut of_kernels, products)?);
        each(cube(&mut spectrum)?.view(), cube(&mut of_kernels)?.view(), cube(&mut of_outputs)?);
        multiply(
            &self.outputs,
            matrix(&mut of_outputs, products)?.view(),
            matrix(&mut outputs, PLACES)?,
        );
        let (this, maps, kernels) =
            (Arc::clone(self), maps.shallow_clone(), kernels.shallow_clone());
        let backward = move |gradient: &Tensor| {
            let parts = [&spectrum, &of_kernels].map(Tensor::shallow_clone);
            let gradients = this.backward(parts, gradient).ok_or_else(|| {
                Error::invalid("gradient", "the convolution needs single precision on the CPU")
            })?;
            let [inputs, weight] = gradients;
            Ok(Below {
                inputs: (maps.shallow_clone(), inputs.view(maps.size().as_slice())),
                weight: (kernels.shallow_clone(), weight.view(kernels.size().as_slice())),
            })
        };
        Some(Cut { outputs: outputs.set_requires_grad(true), backward: Box::new(backward) })
    }

    /// The gradients of the maps and of the kernels, given that of the outputs.
    fn backward(
        &self,
        [mut spectrum, mut of_kernels]: [Tensor; 2],
        gradient: &Tensor,
    ) -> Option<[Tensor; 2]> {
        let (products, size) = (spectrum.size()[0], of_kernels.size());
        let (images, from, to) = (spectrum.size()[1], size[1], size[2]);
        let mut gradient = gradient.contiguous();
        let mut of_outputs = float(&[products, images, to]);
        multiply(
            self.outputs.t(),
            matrix(&mut gradient, PLACES)?.view(),
            matrix(&mut of_outputs, products)?,
        );
        let mut of_inputs = float(&[products, images, from]);
        let transposed = cube(&mut of_kernels)?.permuted_axes([0, 2, 1]);
        each(cube(&mut of_outputs)?.view(), transposed.view(), cube(&mut of_inputs)?);
        let mut of_weight = float(&[products, from, to]);
        let transposed = cube(&mut spectrum)?.permuted_axes([0, 2, 1]);
        each(transposed.view(), cube(&mut of_outputs)?.view(), cube(&mut of_weight)?);
        let mut inputs = float(&[PLACES, images, from]);
        multiply(
            self.inputs.t(),
            matrix(&mut of_inputs, products)?.view(),
            matrix(&mut inputs, PLACES)?,
        );
        let mut weight = float(&[from * to, TAPS]);
        let columns = matrix(&mut weight, from * to)?.reversed_axes();
        multiply(self.kernels.t(), matrix(&mut of_weight, products)?.view(), columns);
        Some([inputs, weight])
    }
}

fn float(size: &[i64]) -> Tensor {
    Tensor::empty(size, (Kind::Float, Device::Cpu))
}

/// A tensor whose last dimension is contiguous as a matrix of so many rows.
fn matrix(tensor: &mut Tensor, rows: i64) -> Option<ArrayViewMut2<'_, f32>> {
    let rows = usize::try_from(rows).ok()?;
    let values = numbers::<f32>(tensor)?;
    let columns = values.len().checked_div(rows)?;
    ArrayViewMut2::from_shape((rows, columns), values).ok()
}

fn cube(tensor: &mut Tensor) -> Option<ArrayViewMut3<'_, f32>> {
    let size: Vec<usize> = tensor.size().into_iter().map(|length| length as usize).collect();
    let &[one, two, three] = &size[..] else { return None };
    ArrayViewMut3::from_shape((one, two, three), numbers::<f32>(tensor)?).ok()
}

/// A small matrix times a wide one, some columns after the other.
fn multiply<'a>(
    small: impl Into<ArrayView2<'a, f32>>,
    wide: ArrayView2<'_, f32>,
    mut to: ArrayViewMut2<'_, f32>,
) {
    let small = small.into();
    let columns = wide.axis_chunks_iter(Axis(1), COLUMNS);
    let columns = columns.zip(to.axis_chunks_iter_mut(Axis(1), COLUMNS)).collect();
    team::for_each(columns, |(wide, to)| product(small, wide, to));
}

/// Matrix after matrix.
fn each(one: ArrayView3<'_, f32>, other: ArrayView3<'_, f32>, mut to: ArrayViewMut3<'_, f32>) {
    let pairs = one.outer_iter().zip(other.outer_iter());
    let all = pairs.zip(to.outer_iter_mut()).collect();
    team::for_each(all, |((one, other), to)| product(one, other, to));
}

/// Writes the product of two matrices over a third one.
fn product(one: ArrayView2<'_, f32>, other: ArrayView2<'_, f32>, mut to: ArrayViewMut2<'_, f32>) {
    let ((rows, columns), inner) = (to.dim(), one.ncols());
    assert_eq!((one.dim(), other.dim()), ((rows, inner), (inner, columns)), "shapes of a product");
    let steps = |strides: &[isize]| (strides[1], strides[0]);
    let ((to_across, to_down), (across, down)) = (steps(to.strides()), steps(one.strides()));
    let (other_across, other_down) = steps(other.strides());
    // SAFETY: addresses, shapes and strides are those of live views of fitting shapes (checked above), and the result's view is exclusive. What
    // lies there before is not read.
    unsafe {
        gemm::gemm(
            rows,
            columns,
            inner,
            to.as_mut_ptr(),
            to_across,
            to_down,
            false,
            one.as_ptr(),
            across,
            down,
            other.as_ptr(),
            other_across,
            other_down,
            0.0,
            1.0,
            false,
            false,
            false,
            Parallelism::None,
        );
    }
}
