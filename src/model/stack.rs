//! Layers one after the other, with names for tables and files.

mod building;
mod layer;
#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

use tch::Tensor;

use self::layer::{Layer, max_pool};
use super::summary::{LayerRow, LayerSummary};
use crate::Result;

pub(super) use self::layer::leaky_relu;

/// A network without branches.
#[derive(Debug, Default)]
pub(super) struct Stack {
    layers: Vec<(String, Layer)>,
}

impl Stack {
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

/// An output's shape without the batch; of series, which lie as pictures one row high, channels × days.
fn shape_of(outputs: &Tensor) -> Vec<i64> {
    match outputs.size()[..] {
        [_, channels, 1, days] if days > 1 => vec![channels, days],
        ref size => size[1..].to_vec(),
    }
}
