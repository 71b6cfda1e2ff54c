//! Layers on series: a series is a picture one row high, n × channels × 1 × days, with its channels last in memory.

use tch::nn::Path;
use tch::{TchError, Tensor};

use super::initialization::Initialization;

/// Zeros beside a series.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Padding {
    /// As many as make one output for each `stride` days, on both sides; an odd one comes last, as in Keras.
    Same,
    /// All before the first day, so that no output depends on later days.
    Causal,
}

/// What can be chosen about a convolution over days.
#[derive(Clone, Copy, Debug)]
pub(super) struct ConvolutionOptions {
    pub(super) kernel: i64,
    pub(super) stride: i64,
    pub(super) padding: Padding,
    pub(super) bias: bool,
    /// Whether the weights are divided by their largest singular value.
    pub(super) spectral: bool,
}

impl ConvolutionOptions {
    /// A kernel over so many days that keeps their number, with a bias.
    pub(super) fn same(kernel: i64) -> Self {
        Self { kernel, stride: 1, padding: Padding::Same, bias: true, spectral: false }
    }
}

/// A convolution over days.
#[derive(Debug)]
pub(super) struct SeriesConvolution {
    /// to × from × 1 × kernel.
    pub(super) weights: Tensor,
    pub(super) biases: Option<Tensor>,
    options: ConvolutionOptions,
    spectral: Option<SpectralNorm>,
}

impl SeriesConvolution {
    pub(super) fn new(
        path: &Path,
        first: Initialization,
        [from, to]: [i64; 2],
        options: ConvolutionOptions,
    ) -> Self {
        let shape = [to, from, 1, options.kernel];
        let (of_weights, of_biases) = first.of(&shape);
        Self {
            weights: path.var("weight", &shape, of_weights),
            biases: options.bias.then(|| path.var("bias", &[to], of_biases)),
            spectral: options.spectral.then(|| SpectralNorm::new(path, to)),
            options,
        }
    }

    pub(super) fn forward(&self, series: &Tensor, training: bool) -> Tensor {
        let [before, after] = self.zeros(series.size()[3]);
        let weights = normalized(&self.weights, self.spectral.as_ref(), training);
        let (bias, stride) = (self.biases.as_ref(), [1, self.options.stride]);
        if before == after {
            return series.conv2d(&weights, bias, stride, [0, before], [1, 1], 1);
        }
        series.constant_pad_nd([before, after]).conv2d(&weights, bias, stride, [0, 0], [1, 1], 1)
    }

    /// The zeros before the first day and after the last one.
    fn zeros(&self, days: i64) -> [i64; 2] {
        let ConvolutionOptions { kernel, stride, padding, .. } = self.options;
        match padding {
            Padding::Causal => [kernel - 1, 0],
            Padding::Same => {
                let outputs = (days + stride - 1) / stride;
                let zeros = ((outputs - 1) * stride + kernel - days).max(0);
                [zeros / 2, zeros - zeros / 2]
            }
        }
    }

    /// "Conv1d, 5 days, every 2nd, causal".
    pub(super) fn kind(&self) -> String {
        let ConvolutionOptions { kernel, stride, padding, .. } = self.options;
        let mut kind = format!("Conv1d, kernel {kernel}");
        if stride > 1 {
            kind.push_str(&format!(", stride {stride}"));
        }
        if padding == Padding::Causal {
            kind.push_str(", causal");
        }
        if self.spectral.is_some() {
            kind.push_str(", spectral norm");
        }
        kind
    }
}

/// Spectral normalisation (Miyato and others, 2018): the direction in which the weights stretch most is followed by one step of
/// the power method in each pass of a training.
#[derive(Debug)]
pub(super) struct SpectralNorm {
    direction: Tensor,
}

impl SpectralNorm {
    /// For weights with so many rows.
    pub(super) fn new(path: &Path, rows: i64) -> Self {
        let direction = path.ones_no_train("direction", &[rows]);
        let _in_place = direction.shallow_clone().fill_(1.0 / (rows as f64).sqrt());
        Self { direction }
    }

    fn apply(&self, weights: &Tensor, training: bool) -> Tensor {
        let matrix = weights.flatten(1, -1);
        let (left, right) = tch::no_grad(|| {
            let unit = |vector: Tensor| {
                let length = vector.norm().clamp_min(1e-12);
                vector / length
            };
            let right = unit(matrix.tr().mv(&self.direction));
            if !training {
                return (self.direction.copy(), right);
            }
            let left = unit(matrix.mv(&right));
            self.direction.shallow_clone().copy_(&left);
            let right = unit(matrix.tr().mv(&left));
            (left, right)
        });
        weights / left.dot(&matrix.mv(&right))
    }
}

/// Weights, normalised where that was chosen.
pub(super) fn normalized(
    weights: &Tensor,
    spectral: Option<&SpectralNorm>,
    training: bool,
) -> Tensor {
    match spectral {
        Some(norm) => norm.apply(weights, training),
        None => weights.shallow_clone(),
    }
}

/// Series n × channels × days as pictures one row high, channels last in memory.
pub(super) fn as_pictures(series: &Tensor) -> Result<Tensor, TchError> {
    series.f_transpose(1, 2)?.f_contiguous()?.f_unsqueeze(1)?.f_permute([0, 3, 1, 2])
}

#[cfg(test)]
mod tests {
    use tch::nn::VarStore;
    use tch::{Device, Kind};

    use super::*;

    fn convolution(store: &VarStore, options: ConvolutionOptions) -> SeriesConvolution {
        SeriesConvolution::new(&store.root(), Initialization::Keras, [3, 4], options)
    }

    #[test]
    fn outputs_see_the_days_that_their_padding_allows() {
        let _turn = crate::random::torch_turn();
        for (stride, days, zeros, outputs) in
            [(1, 9, [2, 2], 9), (2, 9, [2, 2], 5), (2, 10, [1, 2], 5), (3, 10, [2, 2], 4)]
        {
            let store = VarStore::new(Device::Cpu);
            let layer =
                convolution(&store, ConvolutionOptions { stride, ..ConvolutionOptions::same(5) });
            assert_eq!(layer.zeros(days), zeros, "{stride} {days}");
            let series = Tensor::randn([2, 3, 1, days], (Kind::Float, Device::Cpu));
            assert_eq!(layer.forward(&series, false).size(), [2, 4, 1, outputs]);
        }
        let store = VarStore::new(Device::Cpu);
        let causal = ConvolutionOptions { padding: Padding::Causal, ..ConvolutionOptions::same(4) };
        let layer = convolution(&store, causal);
        let series = Tensor::randn([1, 3, 1, 8], (Kind::Float, Device::Cpu));
        let later = series.copy();
        let _in_place = later.narrow(3, 5, 3).fill_(7.0);
        let difference = layer.forward(&series, false) - layer.forward(&later, false);
        assert_eq!(difference.narrow(3, 0, 5).abs().max().double_value(&[]), 0.0);
        assert!(difference.narrow(3, 5, 3).abs().min().double_value(&[]) > 0.0);
    }

    #[test]
    fn spectral_normalisation_makes_the_largest_stretch_one() {
        let _turn = crate::random::torch_turn();
        let store = VarStore::new(Device::Cpu);
        let options = ConvolutionOptions { spectral: true, ..ConvolutionOptions::same(5) };
        let layer = convolution(&store, options);
        for _ in 0..60 {
            let _towards = normalized(&layer.weights, layer.spectral.as_ref(), true);
        }
        let weights = normalized(&layer.weights, layer.spectral.as_ref(), false);
        let largest = weights.flatten(1, -1).svd(true, false).1.max().double_value(&[]);
        assert!((largest - 1.0).abs() < 1e-4, "{largest}");
        assert!(weights.requires_grad());
        // The gradient has no part along the weights: their length does not matter.
        let loss = (&weights * weights.detach().sin()).sum(Kind::Float);
        let gradient = Tensor::run_backward(&[loss], &[&layer.weights], false, false).remove(0);
        let along = (gradient * &layer.weights).sum(Kind::Float).double_value(&[]);
        assert!(along.abs() < 1e-4, "{along}");
    }
}
