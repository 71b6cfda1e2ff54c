//! A single layer: what it computes, and what it is called.

use tch::Tensor;
use tch::nn::{self, Module, ModuleT};

use crate::model::dropout::dropout;
use crate::model::normalization::KerasNorm;
use crate::model::series::{SeriesConvolution, SpectralNorm, normalized};
use crate::model::sub_pixel::SubPixel;

#[derive(Debug)]
pub(super) enum Layer {
    Convolution(nn::Conv2D),
    TransposedConvolution(nn::ConvTranspose2D, SubPixel),
    Linear(nn::Linear),
    /// Onto one number, with weights divided by their length.
    SpectralLinear(nn::Linear, SpectralNorm),
    BatchNorm(nn::BatchNorm),
    SeriesConvolution(SeriesConvolution),
    KerasNorm(KerasNorm),
    Tanh,
    /// Over so many days.
    SeriesMaxPool(i64),
    /// Over all days.
    GlobalAverage,
    /// Days × channels, one day after the other in a row of numbers, to a series of so many channels.
    UnflattenSeries(i64),
    /// A series to a row of numbers, one day after the other.
    FlattenSeries,
    Relu,
    /// The slope below zero.
    LeakyRelu(f64),
    Sigmoid,
    /// The share of numbers that training leaves out.
    Dropout(f64),
    /// Over squares of this side.
    MaxPool(i64),
    /// Each pixel becomes a square of this side.
    Upsample(i64),
    Flatten,
    /// To this shape, after the batch.
    Reshape(Vec<i64>),
}

impl Layer {
    /// Takes its input: what nobody else needs is changed in place.
    pub(super) fn forward(&self, mut inputs: Tensor, training: bool) -> Tensor {
        match self {
            Self::Convolution(layer) => layer.forward(&inputs),
            Self::TransposedConvolution(layer, _) => layer.forward(&inputs),
            Self::Linear(layer) => layer.forward(&inputs),
            Self::BatchNorm(layer) => layer.forward_t(&inputs, training),
            Self::Relu => inputs.relu_(),
            Self::SpectralLinear(layer, norm) => {
                inputs.linear(&normalized(&layer.ws, Some(norm), training), layer.bs.as_ref())
            }
            Self::Sigmoid => inputs.sigmoid(),
            Self::Dropout(share) => dropout(&inputs, *share, training),
            Self::SeriesConvolution(layer) => layer.forward(&inputs, training),
            Self::KerasNorm(layer) => layer.forward(&inputs, training),
            Self::Tanh => inputs.tanh_(),
            Self::SeriesMaxPool(days) => {
                inputs.max_pool2d([1, *days], [1, *days], [0, 0], [1, 1], false)
            }
            Self::GlobalAverage => inputs.mean_dim([2_i64, 3].as_slice(), false, inputs.kind()),
            Self::UnflattenSeries(channels) => {
                inputs.view([inputs.size()[0], 1, -1, *channels]).permute([0, 3, 1, 2])
            }
            Self::FlattenSeries => inputs.permute([0, 2, 3, 1]).flatten(1, -1),
            Self::LeakyRelu(slope) => leaky_relu(&inputs, *slope),
            Self::MaxPool(side) => max_pool(&inputs, *side),
            Self::Upsample(side) => {
                let size = inputs.size();
                inputs.upsample_nearest2d([size[2] * side, size[3] * side], None, None)
            }
            Self::Flatten => inputs.flatten(1, -1),
            Self::Reshape(shape) => {
                let whole: Vec<i64> = std::iter::once(-1).chain(shape.iter().copied()).collect();
                inputs.reshape(whole.as_slice())
            }
        }
    }

    pub(super) fn kind(&self) -> String {
        match self {
            Self::Convolution(layer) => format!("Conv2d, {0} × {0}", layer.ws.size()[2]),
            Self::TransposedConvolution(layer, _) => {
                format!("ConvTranspose2d, {0} × {0}", layer.ws.size()[2])
            }
            Self::Linear(_) => "Linear".into(),
            Self::SpectralLinear(..) => "Linear, spectral norm".into(),
            Self::SeriesConvolution(layer) => layer.kind(),
            Self::KerasNorm(_) => "BatchNorm1d".into(),
            Self::Tanh => "tanh".into(),
            Self::Dropout(share) => format!("Dropout, {share}"),
            Self::SeriesMaxPool(days) => format!("MaxPool1d, {days}"),
            Self::GlobalAverage => "average over days".into(),
            Self::UnflattenSeries(_) => "Reshape".into(),
            Self::FlattenSeries => "Flatten".into(),
            Self::BatchNorm(_) => "BatchNorm1d".into(),
            Self::Relu => "ReLU".into(),
            Self::LeakyRelu(slope) => format!("LeakyReLU, {slope}"),
            Self::Sigmoid => "Sigmoid".into(),
            Self::MaxPool(side) => format!("MaxPool2d, {side} × {side}"),
            Self::Upsample(side) => format!("Upsample, nearest, × {side}"),
            Self::Flatten => "Flatten".into(),
            Self::Reshape(_) => "Reshape".into(),
        }
    }

    /// Weights and biases.
    pub(super) fn learned(&self) -> (Option<&Tensor>, Option<&Tensor>) {
        match self {
            Self::Convolution(layer) => (Some(&layer.ws), layer.bs.as_ref()),
            Self::TransposedConvolution(layer, _) => (Some(&layer.ws), layer.bs.as_ref()),
            Self::Linear(layer) | Self::SpectralLinear(layer, _) => {
                (Some(&layer.ws), layer.bs.as_ref())
            }
            Self::SeriesConvolution(layer) => (Some(&layer.weights), layer.biases.as_ref()),
            Self::KerasNorm(layer) => (Some(&layer.weights), Some(&layer.biases)),
            Self::BatchNorm(layer) => (layer.ws.as_ref(), layer.bs.as_ref()),
            _ => (None, None),
        }
    }

    pub(super) fn parameters(&self) -> usize {
        let (weights, biases) = self.learned();
        weights.into_iter().chain(biases).map(Tensor::numel).sum()
    }
}

/// The inputs, those below zero times a slope; tch's own function takes none, and the gradient of `prelu` goes number by number. The backward
/// pass multiplies by the slope where inputs are below zero: applied to the inputs themselves, that is the forward pass.
pub(in crate::model) fn leaky_relu(inputs: &Tensor, slope: f64) -> Tensor {
    inputs.detach().leaky_relu_backward(inputs, slope, false)
}

pub(super) fn max_pool(inputs: &Tensor, side: i64) -> Tensor {
    inputs.max_pool2d([side, side], [side, side], [0, 0], [1, 1], false)
}
