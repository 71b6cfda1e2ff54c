//! Batch normalisation as Keras has it.

use tch::Tensor;
use tch::nn::{Init, Path};

/// What is added to a variance.
const EPSILON: f64 = 1e-3;
/// What running statistics keep of themselves at each batch, unless something else is wanted.
pub(super) const MOMENTUM: f64 = 0.99;

/// Batch normalisation (Ioffe and Szegedy, 2015) with the numbers of Keras: ε is 10⁻³, running statistics keep 0.99 of themselves, and
/// a batch's variance enters them as it is, where PyTorch takes the unbiased one.
#[derive(Debug)]
pub(super) struct KerasNorm {
    pub(super) weights: Tensor,
    pub(super) biases: Tensor,
    running_mean: Tensor,
    running_variance: Tensor,
    momentum: f64,
}

impl KerasNorm {
    pub(super) fn new(path: &Path, width: i64, momentum: f64) -> Self {
        Self {
            weights: path.var("weight", &[width], Init::Const(1.0)),
            biases: path.var("bias", &[width], Init::Const(0.0)),
            running_mean: path.zeros_no_train("running_mean", &[width]),
            running_variance: path.ones_no_train("running_var", &[width]),
            momentum,
        }
    }

    /// How many numbers it learns.
    pub(super) fn parameters(&self) -> usize {
        self.weights.numel() + self.biases.numel()
    }

    /// Inputs n × channels × ….
    pub(super) fn forward(&self, inputs: &Tensor, training: bool) -> Tensor {
        let running = (!training).then_some((&self.running_mean, &self.running_variance));
        let (outputs, mean, inverse_deviation) = inputs.native_batch_norm(
            Some(&self.weights),
            Some(&self.biases),
            running.map(|(mean, _)| mean),
            running.map(|(_, variance)| variance),
            training,
            0.0,
            EPSILON,
        );
        if training {
            self.follow(&mean, &inverse_deviation);
        }
        outputs
    }

    fn follow(&self, mean: &Tensor, inverse_deviation: &Tensor) {
        let _guard = tch::no_grad_guard();
        let variance = inverse_deviation.square().reciprocal() - EPSILON;
        for (running, batch) in [(&self.running_mean, mean), (&self.running_variance, &variance)] {
            let _in_place = running.shallow_clone().lerp_(batch, 1.0 - self.momentum);
        }
    }
}

#[cfg(test)]
mod tests {
    use tch::nn::VarStore;
    use tch::{Device, Kind};

    use super::*;

    #[test]
    fn running_statistics_are_those_of_keras() {
        let store = VarStore::new(Device::Cpu);
        let norm = KerasNorm::new(&store.root(), 1, MOMENTUM);
        let inputs = Tensor::from_slice(&[1_f32, 2.0, 3.0, 6.0]).view([4, 1]);
        let outputs = norm.forward(&inputs, true);
        // Mean 3, variance 3.5; the unbiased variance is 4.67.
        assert!((norm.running_mean.double_value(&[0]) - 0.03).abs() < 1e-6);
        assert!((norm.running_variance.double_value(&[0]) - (0.99 + 0.035)).abs() < 1e-6);
        assert!((outputs.double_value(&[3, 0]) - 3.0 / 3.501_f64.sqrt()).abs() < 1e-6);
        let still = norm.forward(&inputs, false);
        assert!((still.double_value(&[0, 0]) - 0.97 / 1.026_f64.sqrt()).abs() < 1e-6);
        assert_eq!(still.kind(), Kind::Float);
    }
}
