//! From noise and a class to a series.

use tch::nn::{self, Init, Path};
use tch::{Kind, Tensor};

use super::config::MarketGanConfig;
use crate::Result;
use crate::model::normalization::MOMENTUM;
use crate::model::series::ConvolutionOptions;
use crate::model::stack::Stack;
use crate::model::{Initialization, LayerRow, LayerSummary};

/// LeakyReLU's slope in Keras.
pub(super) const SLOPE: f64 = 0.3;
/// Channels that the first layer gives to each day.
const WIDTH: i64 = 64;

#[derive(Debug)]
pub(super) struct Generator {
    classes: nn::Embedding,
    /// A linear layer without biases: (noise, then numbers of the class) × outputs, the order in which its gradient can be put together fastest.
    dense: Tensor,
    body: Stack,
}

/// A row of numbers for each class, drawn as Keras does.
pub(super) fn embedding(path: Path, classes: i64, width: i64) -> nn::Embedding {
    let first = Init::Uniform { lo: -0.05, up: 0.05 };
    let config = nn::EmbeddingConfig { ws_init: first, ..Default::default() };
    nn::embedding(path, classes, width, config)
}

impl Generator {
    pub(super) fn new(path: &Path, config: &MarketGanConfig) -> Self {
        let first = Initialization::Keras;
        let MarketGanConfig { latent, days, channels, classes, .. } = *config;
        let plain = |kernel| ConvolutionOptions { bias: false, ..ConvolutionOptions::same(kernel) };
        let (begin, _) = first.of(&[days * WIDTH, 2 * latent]);
        let dense = (path / "dense").var("kernel", &[2 * latent, days * WIDTH], begin);
        let body = Stack::default()
            .keras_norm(path / "norm1", days * WIDTH, MOMENTUM)
            .leaky_relu(SLOPE)
            .unflatten_series(WIDTH)
            .series_convolution(path / "conv1", first, [WIDTH, 64], plain(5))
            .keras_norm(path / "norm2", 64, MOMENTUM)
            .leaky_relu(SLOPE)
            .series_convolution(path / "conv2", first, [64, 32], plain(3))
            .keras_norm(path / "norm3", 32, MOMENTUM)
            .leaky_relu(SLOPE)
            .series_convolution(path / "conv3", first, [32, channels], ConvolutionOptions::same(3))
            .tanh();
        Self { classes: embedding(path / "classes", classes, latent), dense, body }
    }

    /// n × channels × 1 × days, for noise n × latent and n classes.
    pub(super) fn forward(&self, noise: &Tensor, classes: &Tensor, training: bool) -> Tensor {
        let halves = self.dense.chunk(2, 0);
        // What a class contributes is the same for all examples of it, and computed once.
        let of_classes = self.classes.ws.matmul(&halves[1]);
        let merged = of_classes.index_select(0, classes).addmm(noise, &halves[0]);
        self.body.forward_t(&merged, training)
    }

    pub(super) fn summary(&self) -> Result<LayerSummary> {
        let (table, dense) = (&self.classes.ws, &self.dense);
        let (latent, width) = (table.size()[1], dense.size()[1]);
        let mut rows = vec![
            LayerRow::new("classes", "Embedding, beside the noise", &[latent], table.numel()),
            LayerRow::new("dense", "Linear", &[width], dense.numel()),
        ];
        rows.extend(self.body.rows(&Tensor::f_zeros([1, width], (Kind::Float, table.device()))?));
        LayerSummary::new("Generator", &[latent], rows)
    }
}
