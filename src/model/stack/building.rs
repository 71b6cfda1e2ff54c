//! Layers are added one after the other.

use tch::nn::{self, Path};

use super::Stack;
use super::layer::Layer;
use crate::model::initialization::Initialization;
use crate::model::normalization::KerasNorm;
use crate::model::series::{ConvolutionOptions, SeriesConvolution, SpectralNorm};
use crate::model::sub_pixel::SubPixel;

impl Stack {
    /// Adds a convolution by a square kernel, without padding.
    pub(in crate::model) fn convolution(
        self,
        path: Path,
        first: Initialization,
        from: i64,
        to: i64,
        kernel: i64,
    ) -> Self {
        let (ws_init, bs_init) = first.of(&[to, from, kernel, kernel]);
        let config = nn::ConvConfig { ws_init, bs_init, ..Default::default() };
        let layer = nn::conv2d(&path, from, to, kernel, config);
        self.named(&path, Layer::Convolution(layer))
    }

    /// Adds a transposed convolution by a square kernel, without padding.
    pub(in crate::model) fn transposed(
        self,
        path: Path,
        first: Initialization,
        from: i64,
        to: i64,
        kernel: i64,
    ) -> Self {
        let (ws_init, bs_init) = first.of(&[from, to, kernel, kernel]);
        let config = nn::ConvTransposeConfig { ws_init, bs_init, ..Default::default() };
        let layer = nn::conv_transpose2d(&path, from, to, kernel, config);
        self.named(&path, Layer::TransposedConvolution(layer, SubPixel::new(kernel)))
    }

    /// Adds a linear layer.
    pub(in crate::model) fn linear(
        self,
        path: Path,
        first: Initialization,
        from: i64,
        to: i64,
    ) -> Self {
        self.named(&path, Layer::Linear(linear(&path, first, [from, to])))
    }

    /// Adds batch normalisation of features, n × `width`. Its weights start at 1 and its biases at 0, as PyTorch's and Keras's
    /// do, and not at tch's random weights.
    pub(in crate::model) fn batch_norm(self, path: Path, width: i64) -> Self {
        let first = nn::BatchNormConfig {
            ws_init: nn::Init::Const(1.0),
            bs_init: nn::Init::Const(0.0),
            ..Default::default()
        };
        self.named(&path, Layer::BatchNorm(nn::batch_norm1d(&path, width, first)))
    }

    /// Adds a linear layer whose weights are divided by their largest singular value.
    pub(in crate::model) fn spectral_linear(
        self,
        path: Path,
        first: Initialization,
        from: i64,
        to: i64,
    ) -> Self {
        let norm = SpectralNorm::new(&path, to);
        let layer = linear(&path, first, [from, to]);
        self.named(&path, Layer::SpectralLinear(layer, norm))
    }

    /// Adds a convolution over the days of series.
    pub(in crate::model) fn series_convolution(
        self,
        path: Path,
        first: Initialization,
        channels: [i64; 2],
        options: ConvolutionOptions,
    ) -> Self {
        let layer = SeriesConvolution::new(&path, first, channels, options);
        self.named(&path, Layer::SeriesConvolution(layer))
    }

    /// Adds batch normalisation as Keras has it, whose running statistics keep so much of themselves at each batch.
    pub(in crate::model) fn keras_norm(self, path: Path, width: i64, momentum: f64) -> Self {
        let layer = KerasNorm::new(&path, width, momentum);
        self.named(&path, Layer::KerasNorm(layer))
    }

    pub(in crate::model) fn tanh(self) -> Self {
        self.plain("tanh", Layer::Tanh)
    }

    pub(in crate::model) fn series_max_pool(self, days: i64) -> Self {
        self.plain("pool", Layer::SeriesMaxPool(days))
    }

    pub(in crate::model) fn global_average(self) -> Self {
        self.plain("average", Layer::GlobalAverage)
    }

    pub(in crate::model) fn unflatten_series(self, channels: i64) -> Self {
        self.plain("reshape", Layer::UnflattenSeries(channels))
    }

    pub(in crate::model) fn flatten_series(self) -> Self {
        self.plain("flatten", Layer::FlattenSeries)
    }

    pub(in crate::model) fn relu(self) -> Self {
        self.plain("relu", Layer::Relu)
    }

    pub(in crate::model) fn leaky_relu(self, slope: f64) -> Self {
        self.plain("leaky_relu", Layer::LeakyRelu(slope))
    }

    pub(in crate::model) fn sigmoid(self) -> Self {
        self.plain("sigmoid", Layer::Sigmoid)
    }

    /// Adds dropout: in training, a share of the numbers becomes zero and the others grow to make up for it.
    pub(in crate::model) fn dropout(self, share: f64) -> Self {
        self.plain("dropout", Layer::Dropout(share))
    }

    pub(in crate::model) fn max_pool(self, side: i64) -> Self {
        self.plain("pool", Layer::MaxPool(side))
    }

    pub(in crate::model) fn upsample(self, side: i64) -> Self {
        self.plain("upsample", Layer::Upsample(side))
    }

    pub(in crate::model) fn flatten(self) -> Self {
        self.plain("flatten", Layer::Flatten)
    }

    pub(in crate::model) fn reshape(self, shape: &[i64]) -> Self {
        self.plain("reshape", Layer::Reshape(shape.to_vec()))
    }

    /// Adds a layer with weights, called what the last part of their path is.
    fn named(mut self, path: &Path, layer: Layer) -> Self {
        let name = path.components().last().unwrap_or("layer").to_owned();
        self.layers.push((name, layer));
        self
    }

    /// Adds a layer without weights, numbered among those of its kind.
    fn plain(mut self, kind: &str, layer: Layer) -> Self {
        let alike = self.layers.iter().filter(|(name, _)| name.starts_with(kind)).count();
        self.layers.push((format!("{kind}{}", alike + 1), layer));
        self
    }
}

fn linear(path: &Path, first: Initialization, [from, to]: [i64; 2]) -> nn::Linear {
    let (ws_init, bs_init) = first.of(&[to, from]);
    nn::linear(path, from, to, nn::LinearConfig { ws_init, bs_init: Some(bs_init), bias: true })
}
