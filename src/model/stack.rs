//! Layers one after the other, with names for tables and files.

use tch::Tensor;
use tch::nn::{self, Module, ModuleT, Path};

use super::initialization::Initialization;
use super::normalization::KerasNorm;
use super::series::{ConvolutionOptions, SeriesConvolution, SpectralNorm, normalized};
use super::sub_pixel::SubPixel;
use super::summary::{LayerRow, LayerSummary};
use crate::Result;

/// A network without branches.
#[derive(Debug, Default)]
pub(super) struct Stack {
    layers: Vec<(String, Layer)>,
}

#[derive(Debug)]
enum Layer {
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

impl Stack {
    /// Adds a convolution by a square kernel, without padding.
    pub(super) fn convolution(
        mut self,
        path: Path,
        first: Initialization,
        from: i64,
        to: i64,
        kernel: i64,
    ) -> Self {
        let (ws_init, bs_init) = first.of(&[to, from, kernel, kernel]);
        let config = nn::ConvConfig { ws_init, bs_init, ..Default::default() };
        let name = last_name(&path);
        self.layers.push((name, Layer::Convolution(nn::conv2d(path, from, to, kernel, config))));
        self
    }

    /// Adds a transposed convolution by a square kernel, without padding.
    pub(super) fn transposed(
        mut self,
        path: Path,
        first: Initialization,
        from: i64,
        to: i64,
        kernel: i64,
    ) -> Self {
        let (ws_init, bs_init) = first.of(&[from, to, kernel, kernel]);
        let config = nn::ConvTransposeConfig { ws_init, bs_init, ..Default::default() };
        let name = last_name(&path);
        let layer = nn::conv_transpose2d(path, from, to, kernel, config);
        self.layers.push((name, Layer::TransposedConvolution(layer, SubPixel::new(kernel))));
        self
    }

    /// Adds a linear layer.
    pub(super) fn linear(mut self, path: Path, first: Initialization, from: i64, to: i64) -> Self {
        let (ws_init, bs_init) = first.of(&[to, from]);
        let config = nn::LinearConfig { ws_init, bs_init: Some(bs_init), bias: true };
        let name = last_name(&path);
        self.layers.push((name, Layer::Linear(nn::linear(path, from, to, config))));
        self
    }

    /// Adds batch normalisation of features, n × `width`. Its weights start at 1 and its biases at 0, as PyTorch's and Keras's
    /// do, and not at tch's random weights.
    pub(super) fn batch_norm(mut self, path: Path, width: i64) -> Self {
        let first = nn::BatchNormConfig {
            ws_init: nn::Init::Const(1.0),
            bs_init: nn::Init::Const(0.0),
            ..Default::default()
        };
        let name = last_name(&path);
        self.layers.push((name, Layer::BatchNorm(nn::batch_norm1d(path, width, first))));
        self
    }

    /// Adds a linear layer whose weights are divided by their largest singular value.
    pub(super) fn spectral_linear(
        self,
        path: Path,
        first: Initialization,
        from: i64,
        to: i64,
    ) -> Self {
        let norm = SpectralNorm::new(&path, to);
        let mut stack = self.linear(path, first, from, to);
        if let Some((name, Layer::Linear(layer))) = stack.layers.pop() {
            stack.layers.push((name, Layer::SpectralLinear(layer, norm)));
        }
        stack
    }

    /// Adds a linear layer without biases.
    pub(super) fn linear_without_bias(
        mut self,
        path: Path,
        first: Initialization,
        from: i64,
        to: i64,
    ) -> Self {
        let ws_init = first.of(&[to, from]).0;
        let config = nn::LinearConfig { ws_init, bs_init: None, bias: false };
        let name = last_name(&path);
        self.layers.push((name, Layer::Linear(nn::linear(path, from, to, config))));
        self
    }

    /// Adds a convolution over the days of series.
    pub(super) fn series_convolution(
        mut self,
        path: Path,
        first: Initialization,
        channels: [i64; 2],
        options: ConvolutionOptions,
    ) -> Self {
        let layer = SeriesConvolution::new(&path, first, channels, options);
        self.layers.push((last_name(&path), Layer::SeriesConvolution(layer)));
        self
    }

    /// Adds batch normalisation as Keras has it, whose running statistics keep so much of themselves at each batch.
    pub(super) fn keras_norm(mut self, path: Path, width: i64, momentum: f64) -> Self {
        let layer = KerasNorm::new(&path, width, momentum);
        self.layers.push((last_name(&path), Layer::KerasNorm(layer)));
        self
    }

    pub(super) fn tanh(self) -> Self {
        self.plain("tanh", Layer::Tanh)
    }

    pub(super) fn series_max_pool(self, days: i64) -> Self {
        self.plain("pool", Layer::SeriesMaxPool(days))
    }

    pub(super) fn global_average(self) -> Self {
        self.plain("average", Layer::GlobalAverage)
    }

    pub(super) fn unflatten_series(self, channels: i64) -> Self {
        self.plain("reshape", Layer::UnflattenSeries(channels))
    }

    pub(super) fn flatten_series(self) -> Self {
        self.plain("flatten", Layer::FlattenSeries)
    }

    pub(super) fn relu(self) -> Self {
        self.plain("relu", Layer::Relu)
    }

    pub(super) fn leaky_relu(self, slope: f64) -> Self {
        self.plain("leaky_relu", Layer::LeakyRelu(slope))
    }

    pub(super) fn sigmoid(self) -> Self {
        self.plain("sigmoid", Layer::Sigmoid)
    }

    /// Adds dropout: in training, a share of the numbers becomes zero and the others grow to make up for it.
    pub(super) fn dropout(self, share: f64) -> Self {
        self.plain("dropout", Layer::Dropout(share))
    }

    pub(super) fn max_pool(self, side: i64) -> Self {
        self.plain("pool", Layer::MaxPool(side))
    }

    pub(super) fn upsample(self, side: i64) -> Self {
        self.plain("upsample", Layer::Upsample(side))
    }

    pub(super) fn flatten(self) -> Self {
        self.plain("flatten", Layer::Flatten)
    }

    pub(super) fn reshape(self, shape: &[i64]) -> Self {
        self.plain("reshape", Layer::Reshape(shape.to_vec()))
    }

    /// Adds a layer without weights, numbered among those of its kind.
    fn plain(mut self, kind: &str, layer: Layer) -> Self {
        let alike = self.layers.iter().filter(|(name, _)| name.starts_with(kind)).count();
        self.layers.push((format!("{kind}{}", alike + 1), layer));
        self
    }

    /// The outputs for a batch, with the statistics that batch normalisation has gathered.
    pub(super) fn forward(&self, inputs: &Tensor) -> Tensor {
        self.forward_t(inputs, false)
    }

    /// The outputs for a batch; where it is trained on, batch normalisation takes the batch's own statistics. Layers that do
    /// the same work faster together are taken together.
    pub(super) fn forward_t(&self, inputs: &Tensor, training: bool) -> Tensor {
        let mut at = self.looked_at(inputs);
        let mut rest = self.layers.as_slice();
        while let Some(((_, first), tail)) = rest.split_first() {
            (at, rest) = match rest {
                // The largest of some numbers, cut at zero, is the largest of the cut ones; a quarter is left to cut.
                [(_, Layer::Relu), (_, Layer::MaxPool(side)), tail @ ..] => {
                    (max_pool(&at, *side).relu_(), tail)
                }
                [
                    (_, Layer::Upsample(2)),
                    (_, Layer::TransposedConvolution(layer, form)),
                    (_, Layer::Relu),
                    tail @ ..,
                ] => (form.relu_of(&at, &layer.ws, layer.bs.as_ref()), tail),
                _ => (first.forward(at, training), tail),
            };
        }
        at
    }

    /// The part of images that has an influence on the outputs. Pooling drops a last odd row, and what only that row depended
    /// on need not be computed: the encoder of faces looks at 40 × 40 of 45 × 45 pixels.
    fn looked_at(&self, inputs: &Tensor) -> Tensor {
        let shrinking = |(_, layer): &&(String, Layer)| {
            matches!(layer, Layer::Convolution(_) | Layer::Relu | Layer::MaxPool(_))
        };
        let layers: Vec<&Layer> =
            self.layers.iter().take_while(shrinking).map(|(_, layer)| layer).collect();
        let needed = |side: i64| {
            let last = layers.iter().fold(side, |side, layer| match layer {
                Layer::Convolution(layer) => side - layer.ws.size()[2] + 1,
                Layer::MaxPool(pooled) => side / pooled,
                _ => side,
            });
            layers.iter().rev().fold(last, |side, layer| match layer {
                Layer::Convolution(layer) => side + layer.ws.size()[2] - 1,
                Layer::MaxPool(pooled) => side * pooled,
                _ => side,
            })
        };
        match inputs.size()[..] {
            [_, _, height, width] => {
                inputs.narrow(2, 0, needed(height)).narrow(3, 0, needed(width))
            }
            _ => inputs.shallow_clone(),
        }
    }

    /// A row for each layer: what becomes of inputs of a shape.
    pub(super) fn rows(&self, inputs: &Tensor) -> Vec<LayerRow> {
        let _guard = tch::no_grad_guard();
        let mut at = inputs.shallow_clone();
        let mut rows = Vec::with_capacity(self.layers.len());
        for (name, layer) in &self.layers {
            at = layer.forward(at, false);
            rows.push(LayerRow::new(name, layer.kind(), &shape_of(&at), layer.parameters()));
        }
        rows
    }

    /// The weights of a layer by its name.
    pub(super) fn weights(&self, name: &str) -> Option<&Tensor> {
        let (_, layer) = self.layers.iter().find(|(known, _)| known == name)?;
        layer.learned().0
    }

    /// The table of a network that consists of this stack alone.
    pub(super) fn summary(&self, title: &str, inputs: &Tensor) -> Result<LayerSummary> {
        LayerSummary::new(title, &inputs.size()[1..], self.rows(inputs))
    }
}

impl Layer {
    /// Takes its input: what nobody else needs is changed in place.
    fn forward(&self, mut inputs: Tensor, training: bool) -> Tensor {
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
            Self::Dropout(share) => inputs.dropout(*share, training),
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

    fn kind(&self) -> String {
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
    fn learned(&self) -> (Option<&Tensor>, Option<&Tensor>) {
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

    fn parameters(&self) -> usize {
        let (weights, biases) = self.learned();
        weights.into_iter().chain(biases).map(Tensor::numel).sum()
    }
}

/// The inputs, those below zero times a slope; tch's own function takes none, and the gradient of `prelu` goes number by number. The backward
/// pass multiplies by the slope where inputs are below zero: applied to the inputs themselves, that is the forward pass.
pub(super) fn leaky_relu(inputs: &Tensor, slope: f64) -> Tensor {
    inputs.detach().leaky_relu_backward(inputs, slope, false)
}

fn max_pool(inputs: &Tensor, side: i64) -> Tensor {
    inputs.max_pool2d([side, side], [side, side], [0, 0], [1, 1], false)
}

/// An output's shape without the batch; of series, which lie as pictures one row high, channels × days.
fn shape_of(outputs: &Tensor) -> Vec<i64> {
    match outputs.size()[..] {
        [_, channels, 1, days] if days > 1 => vec![channels, days],
        ref size => size[1..].to_vec(),
    }
}

fn last_name(path: &Path) -> String {
    path.components().last().unwrap_or("layer").to_owned()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use tch::{Device, Kind};

    use super::*;

    /// All layers one after the other, none taken together.
    fn plainly(stack: &Stack, inputs: &Tensor) -> Tensor {
        stack.layers.iter().fold(inputs.copy(), |at, (_, layer)| layer.forward(at, false))
    }

    #[test]
    fn layers_taken_together_give_the_outputs_and_gradients_of_single_ones() {
        let _turn = crate::random::torch_turn();
        for kernel in 1..=8 {
            let mut store = nn::VarStore::new(Device::Cpu);
            let stack = Stack::default()
                .convolution(store.root() / "first", Initialization::Keras, 3, 4, 3)
                .relu()
                .max_pool(2)
                .convolution(store.root() / "between", Initialization::Keras, 4, 4, 2)
                .relu()
                .max_pool(2)
                .upsample(2)
                .transposed(store.root() / "second", Initialization::Keras, 4, 5, kernel)
                .relu();
            store.double();
            let inputs = Tensor::randn([2, 3, 21, 16], (Kind::Double, Device::Cpu));
            // Of 21 rows 20 are looked at: 20, 18, 9, 8, 4. Of 16 columns all: 16, 14, 7, 6, 3.
            let weights = store.trainable_variables();
            let [together, plain] =
                [stack.forward(&inputs), plainly(&stack, &inputs)].map(|outputs| {
                    let loss = (&outputs * (&outputs + 0.3).sin()).sum(Kind::Double);
                    let gradients = Tensor::run_backward(&[loss], &weights, false, false);
                    (outputs, gradients)
                });
            assert_eq!(stack.looked_at(&inputs).size(), [2, 3, 20, 16]);
            assert_eq!(together.0.size(), plain.0.size(), "kernel {kernel}");
            assert!(plain.0.max().double_value(&[]) > 0.0);
            let close = |one: &Tensor, other: &Tensor| one.allclose(other, 1e-12, 1e-12, false);
            assert!(close(&together.0, &plain.0), "kernel {kernel}");
            for (one, other) in together.1.iter().zip(&plain.1) {
                assert!(close(one, other), "kernel {kernel}: {:?}", one.size());
            }
        }
    }
}
