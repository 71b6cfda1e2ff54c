use tch::{Device, Kind, nn};

use super::*;
use crate::model::Initialization;

/// All layers one after the other, none taken together.
fn plainly(stack: &Stack, inputs: &Tensor) -> Tensor {
    stack.layers.iter().fold(inputs.copy(), |at, (_, layer)| layer.forward(at, false))
}

#[test]
fn layers_taken_together_give_the_outputs_and_gradients_of_single_ones() {
    let _turn = crate::random::torch_turn();
    for kernel in 1..=8 {
        let mut store = nn::VarStore::new(Device::Cpu);
        let stack = Stack::default()
            .convolution(store.root() / "first", Initialization::Keras, 3, 4, 3)
            .relu()
            .max_pool(2)
            .convolution(store.root() / "between", Initialization::Keras, 4, 4, 2)
            .relu()
            .max_pool(2)
            .upsample(2)
            .transposed(store.root() / "second", Initialization::Keras, 4, 5, kernel)
            .relu();
        store.double();
        let inputs = Tensor::randn([2, 3, 21, 16], (Kind::Double, Device::Cpu));
        // Of 21 rows 20 are looked at: 20, 18, 9, 8, 4. Of 16 columns all: 16, 14, 7, 6, 3.
        let weights = store.trainable_variables();
        let [together, plain] = [stack.forward(&inputs), plainly(&stack, &inputs)].map(|outputs| {
            let loss = (&outputs * (&outputs + 0.3).sin()).sum(Kind::Double);
            let gradients = Tensor::run_backward(&[loss], &weights, false, false);
            (outputs, gradients)
        });
        assert_eq!(stack.looked_at(&inputs).size(), [2, 3, 20, 16]);
        assert_eq!(together.0.size(), plain.0.size(), "kernel {kernel}");
        assert!(plain.0.max().double_value(&[]) > 0.0);
        let close = |one: &Tensor, other: &Tensor| one.allclose(other, 1e-12, 1e-12, false);
        assert!(close(&together.0, &plain.0), "kernel {kernel}");
        for (one, other) in together.1.iter().zip(&plain.1) {
            assert!(close(one, other), "kernel {kernel}: {:?}", one.size());
        }
    }
}
