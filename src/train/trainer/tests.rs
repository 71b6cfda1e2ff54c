#![allow(clippy::unwrap_used)]

use std::cell::Cell;

use tch::nn::{self, Module, ModuleT};
use tch::{Device, Kind, Tensor};

use super::*;
use crate::train::checkpoint;
use crate::train::history::Ending;
use crate::train::snapshot::Snapshot;
use crate::train::{Adam, Sgd};

/// A network with dropout, noise and batch normalisation: all that depends on random numbers or has a state.
struct Noisy {
    store: VarStore,
    layers: nn::SequentialT,
}

impl Noisy {
    fn new(seed: i64) -> Self {
        tch::manual_seed(seed);
        let store = VarStore::new(Device::Cpu);
        let layers = nn::seq_t()
            .add(nn::linear(store.root() / "one", 4, 16, Default::default()))
            .add(nn::batch_norm1d(store.root() / "norm", 16, Default::default()))
            .add_fn_t(|x, train| {
                (x + x.randn_like() * if train { 0.1 } else { 0.0 }).relu().dropout(0.3, train)
            })
            .add(nn::linear(store.root() / "two", 16, 1, Default::default()));
        Self { store, layers }
    }

    fn weights(&self) -> Vec<Vec<u32>> {
        let snapshot = Snapshot::take(&self.store).unwrap();
        let bits = |tensor: &Tensor| {
            Vec::<f32>::try_from(tensor.reshape([-1]))
                .unwrap()
                .iter()
                .map(|v| v.to_bits())
                .collect()
        };
        snapshot.values.values().map(bits).collect()
    }
}

impl Model for Noisy {
    fn name(&self) -> String {
        "Noisy".into()
    }

    fn variables(&self) -> &VarStore {
        &self.store
    }

    fn loss(&self, batch: &Batch, pass: &Pass) -> Result<Losses> {
        let distance = self.layers.forward_t(batch.inputs(), pass.training) - batch.targets()?;
        Ok(Losses::new(distance.square().mean(Kind::Float))
            .with("bias", distance.mean(Kind::Float)))
    }
}

fn examples(count: i64) -> (Tensor, Tensor) {
    let x = (Tensor::arange(count * 4, (Kind::Float, Device::Cpu)) * 0.37).sin().view([count, 4]);
    let y = x.sum_dim_intlist([1_i64].as_slice(), true, Kind::Float);
    (x, y)
}

fn trainer(epochs: usize) -> Trainer {
    let schedule = Schedule::Cosine { epochs: 8, floor: 0.1 }.warm_up(2);
    Trainer::new(Adam::new(0.01))
        .epochs(epochs)
        .batch_size(16)
        .seed(3)
        .schedule(schedule)
        .clip(Clip::Norm(1.0))
}

#[test]
fn a_seed_repeats_a_run_bit_for_bit() {
    let _turn = crate::random::torch_turn();
    let (x, y) = examples(100);
    let run = |seed| {
        let mut model = Noisy::new(7);
        let history =
            trainer(4).seed(seed).validation(&(&x, &y)).fit(&mut model, &(&x, &y)).unwrap();
        (model.weights(), history.series("loss"), history.series("validation_loss"))
    };
    let first = run(3);
    // Whatever else draws random numbers between runs does not matter.
    let _other = Tensor::randn([1000], (Kind::Float, Device::Cpu));
    assert_eq!(run(3), first);
    assert_ne!(run(4).0, first.0);
}

#[test]
fn a_resumed_run_gives_the_numbers_of_one_that_never_stopped() {
    let _turn = crate::random::torch_turn();
    let (x, y) = examples(100);
    let folder = tempfile::tempdir().unwrap();
    let whole = |path: &str, model: &mut Noisy, epochs: usize| {
        let trainer = trainer(epochs).patience(50).checkpoints(folder.path().join(path), 2);
        trainer.validation(&(&x, &y)).fit(model, &(&x, &y)).unwrap()
    };
    let mut one = Noisy::new(7);
    let expected = whole("one", &mut one, 9);
    // Interrupted somewhere in the seventh epoch, and taken up by a process that knows nothing of the weights.
    let mut stopped = Noisy::new(7);
    let part = crate::notebook::interrupt::with_request_after(44, || whole("two", &mut stopped, 9));
    assert_eq!((part.ending(), part.epochs().len()), (Ending::Interrupted, 6));
    let mut fresh = Noisy::new(1234);
    let history = whole("two", &mut fresh, 9);
    assert_eq!(fresh.weights(), one.weights());
    for name in ["loss", "bias", "validation_loss", "learning_rate"] {
        assert_eq!(history.series(name), expected.series(name), "{name}");
    }
    assert_eq!(history.restored_epoch(), expected.restored_epoch());
    // A finished run is taken up as it ended, and a longer one goes on from there.
    let mut again = Noisy::new(99);
    assert_eq!(whole("two", &mut again, 9).epochs().len(), 9);
    assert_eq!(again.weights(), one.weights());
    assert_eq!(whole("two", &mut again, 11).epochs().len(), 11);
}

#[test]
fn checkpoints_that_do_not_fit_change_nothing() {
    let _turn = crate::random::torch_turn();
    let (x, y) = examples(40);
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.safetensors");
    let mut model = Noisy::new(7);
    let _history = trainer(2).checkpoints(&path, 1).fit(&mut model, &(&x, &y)).unwrap();
    let mut other = Noisy::new(8);
    let before = other.weights();
    let mut fails = |trainer: Trainer, part: &str| {
        let error =
            trainer.checkpoints(&path, 1).fit(&mut other, &(&x, &y)).unwrap_err().to_string();
        assert!(error.contains(part) && error.contains("run.safetensors"), "{error}");
        assert_eq!(other.weights(), before);
    };
    fails(trainer(2).seed(4), "seed 3; this one has 4");
    fails(trainer(2).batch_size(8), "batch size 16; this one has 8");
    fails(trainer(2).clip(Clip::Value(1.0)), "clip");
    let sgd = Trainer::new(Sgd::new(0.01)).batch_size(16).seed(3).clip(Clip::Norm(1.0));
    fails(sgd, "rule");
    std::fs::write(&path, &std::fs::read(&path).unwrap()[..2000]).unwrap();
    fails(trainer(2), "cut short");
    std::fs::write(&path, "").unwrap();
    fails(trainer(2), "no safetensors file");
    // Another network under the same name.
    std::fs::remove_file(&path).unwrap();
    let store = VarStore::new(Device::Cpu);
    let _layer = nn::linear(store.root() / "one", 4, 3, Default::default());
    checkpoint::write(&path, trainer(2).words("Noisy"), &[("model", &store)]).unwrap();
    fails(trainer(2), "its part `model` has");
}

#[test]
fn a_checkpoint_that_cannot_be_written_does_not_end_the_training() {
    let _turn = crate::random::torch_turn();
    let (x, y) = examples(40);
    // Below a file there can be no folder.
    let file = tempfile::NamedTempFile::new().unwrap();
    let mut model = Noisy::new(7);
    let path = file.path().join("run.safetensors");
    let history = trainer(3).checkpoints(path, 1).fit(&mut model, &(&x, &y)).unwrap();
    assert_eq!(history.epochs().len(), 3);
    assert!(
        history.notes().len() == 3 && history.notes()[0].contains("cannot write"),
        "{:?}",
        history.notes()
    );
}

#[test]
fn the_best_weights_come_back() {
    let _turn = crate::random::torch_turn();
    // A weight that walks past the minimum at 0.5: the loss falls for five epochs, then rises.
    let store = VarStore::new(Device::Cpu);
    let weight = store.root().zeros("weight", &[1]);
    let trainer = Trainer::new(Sgd::new(0.1)).epochs(100).patience(3);
    let target = Tensor::from_slice(&[0.5_f32]);
    let history = trainer
        .fit_with(&store, &target, |batch, _| {
            let value = (&weight - batch.inputs()).square().sum(Kind::Float).detach();
            Ok(Losses::new(value - (&weight - weight.detach()).sum(Kind::Float)))
        })
        .unwrap();
    assert_eq!(history.ending(), Ending::StoppedEarly);
    // The loss of an epoch is taken before its step: that of epoch 6 is zero, and its step leads to 0.6.
    assert_eq!((history.restored_epoch(), history.epochs().len()), (Some(6), 9));
    assert!((weight.double_value(&[0]) - 0.6).abs() < 1e-5);
}

#[test]
fn a_run_that_stopped_early_stays_so_when_it_is_taken_up() {
    let _turn = crate::random::torch_turn();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.safetensors");
    let target = Tensor::from_slice(&[0.5_f32]);
    let run = || {
        let store = VarStore::new(Device::Cpu);
        let weight = store.root().zeros("weight", &[1]);
        let trainer = Trainer::new(Sgd::new(0.0)).epochs(20).patience(2).checkpoints(&path, 7);
        let history = trainer.fit_with(&store, &target, |batch, _| {
            Ok(Losses::new((&weight - batch.inputs()).square().sum(Kind::Float)))
        });
        let history = history.unwrap();
        (history.ending(), history.epochs().len(), history.restored_epoch())
    };
    assert_eq!(run(), (Ending::StoppedEarly, 3, Some(1)));
    assert!(path.exists(), "the last epoch is written, whenever it comes");
    assert_eq!(run(), (Ending::StoppedEarly, 3, Some(1)));
}

#[test]
fn validation_examples_that_do_not_fit_are_refused() {
    let _turn = crate::random::torch_turn();
    let store = VarStore::new(Device::Cpu);
    let weight = store.root().zeros("weight", &[1]);
    let (two, three) = (Tensor::from_slice(&[1.0, 2.0]), Tensor::from_slice(&[1.0, 2.0, 3.0]));
    let trainer = Trainer::new(Sgd::new(0.1)).validation(&(&two, &three));
    let error = trainer
        .fit_with(&store, &two, |_, _| Ok(Losses::new(weight.sum(Kind::Float))))
        .unwrap_err();
    assert!(error.to_string().contains("shape [3]"), "{error}");
}

#[test]
fn a_loss_that_is_not_finite_costs_one_epoch_at_most() {
    let _turn = crate::random::torch_turn();
    let store = VarStore::new(Device::Cpu);
    let weight = store.root().ones("weight", &[1]);
    let examples = Tensor::from_slice(&[1.0_f32; 8]);
    let steps = Cell::new(0);
    let error = Trainer::new(Sgd::new(0.1)).epochs(10).batch_size(4).title("Line").fit_with(
        &store,
        &examples,
        |_, _| {
            steps.set(steps.get() + 1);
            let factor = if steps.get() == 5 { f64::NAN } else { 1.0 };
            Ok(Losses::new(weight.square().sum(Kind::Float) * factor))
        },
    );
    let error = error.unwrap_err().to_string();
    assert!(error.contains("`loss` became NaN in epoch 3"), "{error}");
    // Four good steps, each to four fifths of the weight.
    assert!((weight.double_value(&[0]) - 0.8_f64.powi(4)).abs() < 1e-6);
}

#[test]
fn schedules_and_passes_know_their_epoch() {
    let _turn = crate::random::torch_turn();
    let store = VarStore::new(Device::Cpu);
    let weight = store.root().ones("weight", &[1]);
    let data = Tensor::from_slice(&[1.0_f32; 4]);
    let history = Trainer::new(Sgd::new(0.4))
        .epochs(3)
        .batch_size(2)
        .schedule(Schedule::Steps(vec![(1, 0.5)]))
        .validation(&data)
        .fit_with(&store, &data, |_, pass| {
            let epoch = Tensor::from(pass.epoch as f64);
            Ok(Losses::new(weight.sum(Kind::Double))
                .with("epoch", epoch)
                .with("train", Tensor::from(f64::from(pass.training))))
        })
        .unwrap();
    assert_eq!(history.series("learning_rate"), [0.4, 0.2, 0.2]);
    assert_eq!(history.series("epoch"), [1.0, 2.0, 3.0]);
    assert_eq!(
        (history.series("train"), history.series("validation_train")),
        (vec![1.0; 3], vec![0.0; 3])
    );
    assert!((weight.double_value(&[0]) - (1.0 - 2.0 * 0.8)).abs() < 1e-6);
}

#[test]
fn convolutions_train_alike_in_either_memory_order() {
    let _turn = crate::random::torch_turn();
    let images =
        (Tensor::arange(20 * 3 * 64, (Kind::Float, Device::Cpu)) * 0.1).sin().view([20, 3, 8, 8]);
    let run = |last: bool| {
        tch::manual_seed(2);
        let store = VarStore::new(Device::Cpu);
        let conv = nn::conv2d(store.root(), 3, 5, 3, Default::default());
        let trainer = Trainer::new(Adam::new(0.01)).epochs(3).channels_last(last);
        let history = trainer.fit_with(&store, &images, |batch, _| {
            Ok(Losses::new(conv.forward(batch.inputs()).square().mean(Kind::Float)))
        });
        history.unwrap().series("loss")
    };
    for (one, other) in run(true).iter().zip(run(false)) {
        assert!((one - other).abs() < 1e-5 * other, "{one} {other}");
    }
}
