//! The network that tells drawn pictures from real ones.

use tch::nn::{Path, VarStore};
use tch::{Device, Tensor};

use super::config::DcganConfig;
use super::layout::{by_image, by_place, mirrored};
use super::norm::Norm;
use super::spectral::Spectral;
use super::{KERNEL, PLACES, SIDE, SLOPE, TAPS};
use crate::model::LayerRow;
use crate::model::dropout::leaky_dropout;
use crate::model::stack::leaky_relu;

/// Channels after each convolution.
const WIDTHS: [i64; 2] = [64, 128];

/// A convolution with its biases.
#[derive(Debug)]
struct Convolution {
    weight: Tensor,
    bias: Tensor,
}

/// Convolutions by 5 × 5 with steps of two to 14 × 14 × 64 and 7 × 7 × 128, LeakyReLU and dropout after each, and a linear layer.
#[derive(Debug)]
pub(super) struct Discriminator {
    conv1: Convolution,
    conv2: Convolution,
    norm: Option<Norm>,
    extra: Option<Convolution>,
    linear: Convolution,
    dropout: [f64; 2],
    sigmoid: bool,
    same: Spectral,
}

impl Discriminator {
    pub(super) fn new(store: &VarStore, config: &DcganConfig) -> Self {
        let [narrow, wide] = WIDTHS;
        let root = store.root();
        let layer = |path: Path, shape: &[i64]| {
            let (first, biases) = config.initialization.of(shape);
            let weight = path.var("weight", shape, first);
            Convolution { weight, bias: path.var("bias", &shape[..1], biases) }
        };
        let conv =
            |name: &str, from: i64, to: i64| layer(&root / name, &[to, from, KERNEL, KERNEL]);
        Self {
            conv1: conv("conv1", 1, narrow),
            conv2: conv("conv2", narrow, wide),
            norm: config.discriminator_norm.then(|| Norm::new(&root / "norm", wide)),
            extra: config.extra_layers.then(|| conv("extra", wide, wide)),
            linear: layer(&root / "linear", &[1, PLACES * wide]),
            dropout: config.dropout,
            sigmoid: config.sigmoid,
            same: Spectral::new(store.device()),
        }
    }

    /// A logit for each picture (n, 1, 28, 28) from −1 to 1, positive where it looks real.
    pub(super) fn forward(&self, pictures: &Tensor, training: bool) -> Tensor {
        // From here on everything is mirrored.
        let mut maps = self.look(&mirrored(pictures)); // (n, 64, 14, 14)
        maps = leaky_dropout(&maps, SLOPE, self.dropout[0], training);
        let Convolution { weight, bias } = &self.conv2;
        maps = maps.conv2d(&mirrored(weight), Some(bias), [2, 2], [2, 2], [1, 1], 1); // (n, 128, 7, 7)
        if let Some(norm) = &self.norm {
            maps = norm.of_images(&maps, training);
        }
        if let Some(Convolution { weight, bias }) = &self.extra {
            maps = leaky_relu(&maps, SLOPE);
            // Of a mirrored picture, a transposed convolution makes what a plain one makes of the picture.
            maps = self.same.convolve(&by_place(&maps), &weight.transpose(0, 1)).g_add_(bias);
            maps = by_image(&maps);
        }
        maps = leaky_dropout(&maps, SLOPE, self.dropout[1], training);
        let rows = maps.permute([0, 2, 3, 1]).flatten(1, -1);
        let weight = self.linear.weight.view([PLACES, -1]).flip([0]).view([1, -1]);
        let logits = rows.linear(&weight, Some(&self.linear.bias)).squeeze_dim(1);
        if self.sigmoid { logits.sigmoid() } else { logits }
    }

    /// The first layer, as one product of the pixels around each place and the kernels.
    fn look(&self, pictures: &Tensor) -> Tensor {
        let count = pictures.size()[0];
        let columns = pictures
            .im2col([KERNEL, KERNEL], [1, 1], [2, 2], [2, 2])
            .transpose(1, 2)
            .reshape([-1, TAPS]);
        let weights = mirrored(&self.conv1.weight).view([WIDTHS[0], TAPS]);
        let maps = columns.linear(&weights, Some(&self.conv1.bias));
        maps.view([count, 2 * SIDE, 2 * SIDE, WIDTHS[0]]).permute([0, 3, 1, 2])
    }

    /// Takes constants to the device where the weights are now.
    pub(super) fn move_to(&mut self, device: Device) {
        self.same = Spectral::new(device);
    }

    pub(super) fn rows(&self) -> Vec<LayerRow> {
        let [narrow, wide] = WIDTHS;
        let mut rows = Vec::new();
        let activation = format!("LeakyReLU, {SLOPE}");
        let conv = |name: &str, layer: &Convolution, step: i64, side: i64| {
            let kind = format!("Conv2d, 5 × 5, step {step}");
            LayerRow::new(name, kind, &[layer.weight.size()[0], side, side], layer.parameters())
        };
        let plain = |name: &str, kind: String, width: i64, side: i64| {
            LayerRow::new(name, kind, &[width, side, side], 0)
        };
        let drop = |place: usize| format!("Dropout, {}", self.dropout[place]);
        rows.push(conv("conv1", &self.conv1, 2, 2 * SIDE));
        rows.push(plain("activation", activation.clone(), narrow, 2 * SIDE));
        rows.extend((self.dropout[0] > 0.0).then(|| plain("dropout", drop(0), narrow, 2 * SIDE)));
        rows.push(conv("conv2", &self.conv2, 2, SIDE));
        rows.extend(self.norm.as_ref().map(|norm| {
            LayerRow::new("norm", "BatchNorm2d", &[wide, SIDE, SIDE], norm.parameters())
        }));
        rows.push(plain("activation", activation.clone(), wide, SIDE));
        if let Some(extra) = &self.extra {
            rows.push(conv("extra", extra, 1, SIDE));
            rows.push(plain("activation", activation, wide, SIDE));
        }
        rows.extend((self.dropout[1] > 0.0).then(|| plain("dropout", drop(1), wide, SIDE)));
        rows.push(LayerRow::new("flatten", "Flatten", &[PLACES * wide], 0));
        rows.push(LayerRow::new("linear", "Linear", &[1], self.linear.parameters()));
        rows.extend(self.sigmoid.then(|| LayerRow::new("sigmoid", "Sigmoid", &[1], 0)));
        rows
    }
}

impl Convolution {
    fn parameters(&self) -> usize {
        self.weight.numel() + self.bias.numel()
    }
}
