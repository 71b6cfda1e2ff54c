//! The network that tells drawn pictures from real ones.

use tch::nn::{Path, VarStore};
use tch::{Device, Tensor};

use super::config::DcganConfig;
use super::norm::Norm;
use super::spectral::Spectral;
use super::{KERNEL, PLACES, SIDE, SLOPE, TAPS};
use crate::model::LayerRow;
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
    halving: Spectral,
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
            halving: Spectral::halving(store.device()),
            same: Spectral::convolution(store.device()),
        }
    }

    /// A logit for each picture (n, 1, 28, 28) from −1 to 1, positive where it looks real. Pictures may be of several groups, one of
    /// each in turn, which batch normalisation keeps apart.
    pub(super) fn forward(&self, pictures: &Tensor, groups: i64, training: bool) -> Tensor {
        let mut maps = self.look(pictures); // (49, n, 4, 64)
        maps = leaky_relu(&maps, SLOPE).dropout(self.dropout[0], training);
        maps = self.halving.halve(&maps, &self.conv2.weight); // (49, n, 128)
        maps = maps.g_add_(&self.conv2.bias);
        if let Some(norm) = &self.norm {
            maps = norm.forward(&maps, groups, training);
        }
        maps = leaky_relu(&maps, SLOPE);
        if let Some(extra) = &self.extra {
            maps = self.same.convolve(&maps, &extra.weight).g_add_(&extra.bias);
            maps = leaky_relu(&maps, SLOPE);
        }
        maps = maps.dropout(self.dropout[1], training);
        let weights = self.linear.weight.view([PLACES, WIDTHS[1], 1]);
        let logits =
            maps.bmm(&weights).squeeze_dim(2).sum_dim_intlist(0, false, None) + &self.linear.bias;
        if self.sigmoid { logits.sigmoid() } else { logits }
    }

    /// The first layer, as one product of the pixels around each place and the kernels.
    fn look(&self, pictures: &Tensor) -> Tensor {
        let count = pictures.size()[0];
        // As Keras pads: one row before, two behind.
        let padded = pictures.constant_pad_nd([1, 2, 1, 2]);
        let columns = padded
            .im2col([KERNEL, KERNEL], [1, 1], [0, 0], [2, 2])
            .view([count, TAPS, SIDE, 2, SIDE, 2])
            .permute([2, 4, 0, 3, 5, 1])
            .reshape([-1, TAPS]);
        let weights = self.conv1.weight.view([WIDTHS[0], TAPS]);
        columns.linear(&weights, Some(&self.conv1.bias)).view([PLACES, count, 4, WIDTHS[0]])
    }

    /// Takes constants to the device where the weights are now.
    pub(super) fn move_to(&mut self, device: Device) {
        self.same = Spectral::convolution(device);
        self.halving = Spectral::halving(device);
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
