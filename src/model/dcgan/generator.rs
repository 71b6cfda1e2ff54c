//! The network that draws.

use tch::nn::{Path, VarStore};
use tch::{Device, Tensor};

use super::config::DcganConfig;
use super::layout::{by_image, mirrored};
use super::norm::Norm;
use super::spectral::Spectral;
use super::{KERNEL, PLACES, SIDE, SLOPE, TAPS};
use crate::model::LayerRow;
use crate::model::stack::leaky_relu;
use crate::train::Cut;

/// Channels after each layer.
const WIDTHS: [i64; 3] = [256, 128, 64];

/// Linear to 7 × 7 × 256; transposed convolutions by 5 × 5 to 7 × 7 × 128, 14 × 14 × 64 and 28 × 28 × 1, none with a bias; batch
/// normalisation and ReLU between them, tanh at the end.
#[derive(Debug)]
pub(super) struct Generator {
    linear: Tensor,
    norm1: Norm,
    conv1: Tensor,
    norm2: Norm,
    extra: Option<(Tensor, Norm)>,
    conv2: Tensor,
    norm3: Norm,
    conv3: Tensor,
    leaky: bool,
    same: Spectral,
}

impl Generator {
    pub(super) fn new(store: &VarStore, config: &DcganConfig) -> Self {
        let [wide, middle, narrow] = WIDTHS;
        let root = store.root();
        let weight = |path: Path, shape: &[i64]| {
            path.var("weight", shape, config.initialization.of(shape).0)
        };
        let conv =
            |name: &str, from: i64, to: i64| weight(&root / name, &[from, to, KERNEL, KERNEL]);
        Self {
            linear: weight(&root / "linear", &[PLACES * wide, config.noise]),
            norm1: Norm::new(&root / "norm1", wide),
            conv1: conv("conv1", wide, middle),
            norm2: Norm::new(&root / "norm2", middle),
            extra: config
                .extra_layers
                .then(|| (conv("extra", middle, middle), Norm::new(&root / "extra_norm", middle))),
            conv2: conv("conv2", middle, narrow),
            norm3: Norm::new(&root / "norm3", narrow),
            conv3: conv("conv3", narrow, 1),
            leaky: config.leaky_generator,
            same: Spectral::new(store.device()),
        }
    }

    /// Pictures (n, 1, 28, 28) from −1 to 1 for noise (n, noise).
    pub(super) fn forward(&self, noise: &Tensor, training: bool) -> Tensor {
        self.through(noise, training, |maps, kernels| self.same.convolve(maps, kernels))
    }

    /// The same in training, with cuts in the graph where that is faster.
    pub(super) fn forward_cut(&self, noise: &Tensor) -> (Tensor, Vec<Cut>) {
        let mut cuts = Vec::new();
        let drawn = self.through(noise, true, |maps, kernels| {
            let Some(cut) = self.same.cut(maps, kernels) else {
                return self.same.convolve(maps, kernels);
            };
            let outputs = cut.outputs.shallow_clone();
            cuts.push(cut);
            outputs
        });
        (drawn, cuts)
    }

    /// Through all layers, with a way to convolve maps of 7 × 7.
    fn through(
        &self,
        noise: &Tensor,
        training: bool,
        mut convolve: impl FnMut(&Tensor, &Tensor) -> Tensor,
    ) -> Tensor {
        // The values of a place for all images, place after place.
        let first = self.linear.view([PLACES, WIDTHS[0], -1]).transpose(1, 2);
        let mut maps = noise.matmul(&first); // (49, n, 256)
        maps = self.activate(self.norm1.of_places(&maps, training));
        maps = convolve(&maps, &self.conv1); // (49, n, 128)
        maps = self.activate(self.norm2.of_places(&maps, training));
        if let Some((conv, norm)) = &self.extra {
            maps = convolve(&maps, conv);
            maps = self.activate(norm.of_places(&maps, training));
        }
        // The last place first: from here on everything is mirrored.
        maps = by_image(&maps.flip([0]));
        let kernels = mirrored(&self.conv2);
        maps = maps.conv_transpose2d(&kernels, None::<Tensor>, [2, 2], [2, 2], [1, 1], 1, [1, 1]);
        maps = self.activate(self.norm3.of_images(&maps, training)); // (n, 64, 14, 14)
        mirrored(&self.draw(&maps)).tanh()
    }

    /// The last layer: what each place adds to the pixels around it, put together.
    fn draw(&self, maps: &Tensor) -> Tensor {
        let count = maps.size()[0];
        let rows = maps.permute([0, 2, 3, 1]).reshape([-1, WIDTHS[2]]);
        let added = rows.matmul(&mirrored(&self.conv3).view([WIDTHS[2], TAPS]));
        let columns = added.view([count, 4 * PLACES, TAPS]).transpose(1, 2);
        columns.col2im([4 * SIDE, 4 * SIDE], [KERNEL, KERNEL], [1, 1], [2, 2], [2, 2])
    }

    fn activate(&self, mut maps: Tensor) -> Tensor {
        if self.leaky { leaky_relu(&maps, SLOPE) } else { maps.relu_() }
    }

    /// Takes constants to the device where the weights are now.
    pub(super) fn move_to(&mut self, device: Device) {
        self.same = Spectral::new(device);
    }

    pub(super) fn rows(&self) -> Vec<LayerRow> {
        let [wide, middle, narrow] = WIDTHS;
        let activation = if self.leaky { format!("LeakyReLU, {SLOPE}") } else { "ReLU".into() };
        let mut rows =
            vec![LayerRow::new("linear", "Linear", &[PLACES * wide], self.linear.numel())];
        rows.push(LayerRow::new("reshape", "Reshape", &[wide, SIDE, SIDE], 0));
        let mut normalised = |name: &str,
                              norm: &Norm,
                              width: i64,
                              side: i64,
                              next: Option<LayerRow>| {
            rows.push(LayerRow::new(name, "BatchNorm2d", &[width, side, side], norm.parameters()));
            rows.push(LayerRow::new("activation", activation.as_str(), &[width, side, side], 0));
            rows.extend(next);
        };
        let conv = |name: &str, weight: &Tensor, step: i64, side: i64| {
            let kind = format!("ConvTranspose2d, 5 × 5, step {step}");
            LayerRow::new(name, kind, &[weight.size()[1], side, side], weight.numel())
        };
        normalised("norm1", &self.norm1, wide, SIDE, Some(conv("conv1", &self.conv1, 1, SIDE)));
        let extra = self.extra.as_ref().map(|(weight, _)| conv("extra", weight, 1, SIDE));
        let conv2 = conv("conv2", &self.conv2, 2, 2 * SIDE);
        match (&self.extra, extra) {
            (Some((_, norm)), Some(row)) => {
                normalised("norm2", &self.norm2, middle, SIDE, Some(row));
                normalised("extra_norm", norm, middle, SIDE, Some(conv2));
            }
            _ => normalised("norm2", &self.norm2, middle, SIDE, Some(conv2)),
        }
        let last = conv("conv3", &self.conv3, 2, 4 * SIDE);
        normalised("norm3", &self.norm3, narrow, 2 * SIDE, Some(last));
        rows.push(LayerRow::new("tanh", "Tanh", &[1, 4 * SIDE, 4 * SIDE], 0));
        rows
    }
}
