//! From a series and a class to how real they look together.

use tch::nn::{self, Module, Path};
use tch::{Kind, Tensor};

use super::config::MarketGanConfig;
use super::generator::{SLOPE, embedding};
use crate::Result;
use crate::model::series::ConvolutionOptions;
use crate::model::stack::Stack;
use crate::model::{Initialization, LayerRow, LayerSummary};

#[derive(Debug)]
pub(super) struct Discriminator {
    classes: nn::Embedding,
    body: Stack,
    channels: i64,
}

impl Discriminator {
    pub(super) fn new(path: &Path, config: &MarketGanConfig) -> Self {
        let first = Initialization::Keras;
        let MarketGanConfig { days, channels, classes, spectral_norm: spectral, .. } = *config;
        let options = ConvolutionOptions { stride: 2, spectral, ..ConvolutionOptions::same(5) };
        let body = Stack::default()
            .series_convolution(path / "conv1", first, [channels + 1, 32], options)
            .leaky_relu(SLOPE)
            .series_convolution(path / "conv2", first, [32, 64], options)
            .leaky_relu(SLOPE)
            .series_convolution(path / "conv3", first, [64, 128], options)
            .leaky_relu(SLOPE)
            .flatten_series();
        let left = (0..3).fold(days, |days, _| (days + 1) / 2);
        let body = if spectral {
            body.spectral_linear(path / "dense", first, left * 128, 1)
        } else {
            body.linear(path / "dense", first, left * 128, 1)
        };
        Self { classes: embedding(path / "classes", classes, days), body, channels }
    }

    /// The logarithm of the odds that each of n × channels × 1 × days is real: n numbers.
    pub(super) fn forward(&self, series: &Tensor, classes: &Tensor, training: bool) -> Tensor {
        let map = self.classes.forward(classes).unsqueeze(1).unsqueeze(1);
        self.body.forward_t(&Tensor::cat(&[series, &map], 1), training).flatten(0, -1)
    }

    pub(super) fn summary(&self) -> Result<LayerSummary> {
        let table = &self.classes.ws;
        let (days, channels) = (table.size()[1], self.channels + 1);
        let merged = Tensor::f_zeros([1, channels, 1, days], (Kind::Float, table.device()))?;
        let shape = [channels, days];
        let mut rows =
            vec![LayerRow::new("classes", "Embedding, as one more channel", &shape, table.numel())];
        rows.extend(self.body.rows(&merged));
        LayerSummary::new("Discriminator", &[self.channels, days], rows)
    }
}
