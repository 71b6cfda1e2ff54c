//! Batch normalisation as Keras does it.

use tch::Tensor;
use tch::nn::{Init, Path};

use super::SIDE;

/// What is added to a variance.
const EPSILON: f64 = 1e-3;
/// How much of the running statistics a batch replaces.
const SHARE: f64 = 0.01;

/// Batch normalisation over all but the last dimension. Running variances are those of the batches, without Bessel's correction.
#[derive(Debug)]
pub(super) struct Norm {
    weight: Tensor,
    bias: Tensor,
    mean: Tensor,
    variance: Tensor,
}

impl Norm {
    pub(super) fn new(path: Path, width: i64) -> Self {
        Self {
            weight: path.var("weight", &[width], Init::Const(1.0)),
            bias: path.var("bias", &[width], Init::Const(0.0)),
            mean: path.zeros_no_train("running_mean", &[width]),
            variance: path.ones_no_train("running_var", &[width]),
        }
    }

    /// How many numbers it learns.
    pub(super) fn parameters(&self) -> usize {
        self.weight.numel() + self.bias.numel()
    }

    /// Maps (places, images, …, channels). In training, images of several groups, one of each in turn, are normalised each by
    /// their own group, and the running statistics follow the groups in their order.
    pub(super) fn forward(&self, maps: &Tensor, groups: i64, training: bool) -> Tensor {
        let (size, width) = (maps.size(), self.weight.size()[0]);
        let groups = if training { groups } else { 1 };
        // Groups are channels of their own; rows are taken for images of 7 × 7, whose order in memory has fast kernels.
        let rows = maps.reshape([-1, SIDE, SIDE, groups * width]).permute([0, 3, 1, 2]);
        let (weight, bias) = (self.weight.repeat([groups]), self.bias.repeat([groups]));
        let running = (!training).then_some((&self.mean, &self.variance));
        let (outputs, mean, inverse) = rows.native_batch_norm(
            Some(&weight),
            Some(&bias),
            running.map(|(mean, _)| mean),
            running.map(|(_, variance)| variance),
            training,
            0.0,
            EPSILON,
        );
        if training {
            self.follow(&mean, &inverse, groups);
        }
        outputs.permute([0, 2, 3, 1]).reshape(size.as_slice())
    }

    fn follow(&self, mean: &Tensor, inverse: &Tensor, groups: i64) {
        let _guard = tch::no_grad_guard();
        let variance = inverse.square().reciprocal() - EPSILON;
        for (running, batch) in [(&self.mean, mean), (&self.variance, &variance)] {
            let (mut running, batch) = (running.shallow_clone(), batch.view([groups, -1]));
            for group in 0..groups {
                let _in_place = running.lerp_(&batch.get(group), SHARE);
            }
        }
    }
}
