#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use super::{NeuralTrader, TraderConfig};
use crate::data::MomentumModel;
use crate::random::torch_turn;
use crate::train::{Dataset, Examples, Model, Pass, RmsProp, Trainer};

fn trader(dropout: f64) -> NeuralTrader {
    NeuralTrader::new(TraderConfig { dropout, ..Default::default() }, Device::Cpu, 3).unwrap()
}

/// Waves in place of random numbers, which `tests/fixtures/trader.py` makes just so.
fn waves(shape: &[i64], phase: f64) -> Tensor {
    let count: i64 = shape.iter().product();
    (Tensor::arange(count, (Kind::Double, Device::Cpu)) * 0.7 + phase).sin().reshape(shape)
}

fn numbers(value: &serde_json::Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

#[test]
fn windows_positions_loss_and_gradients_are_those_of_pytorch() {
    let _turn = torch_turn();
    let fixture = include_str!("../../../tests/fixtures/trader.json");
    let fixture: serde_json::Value = serde_json::from_str(fixture).unwrap();
    for (kind, tolerance) in [(Kind::Double, 1e-12), (Kind::Float, 1e-6)] {
        let near = |name: &str, ours: &Tensor| {
            let ours: Vec<f64> = ours.reshape([-1]).to_kind(Kind::Double).try_into().unwrap();
            let theirs = numbers(&fixture[name]);
            assert_eq!(ours.len(), theirs.len(), "{name}");
            for (ours, theirs) in ours.iter().zip(theirs) {
                assert!((ours - theirs).abs() < tolerance, "{name}: {ours} {theirs}");
            }
        };
        let mut model = trader(0.0);
        model.store.set_kind(kind);
        let variables: BTreeMap<String, Tensor> = model.store.variables().into_iter().collect();
        for (place, (_, variable)) in variables.iter().enumerate() {
            let value = waves(&variable.size(), place as f64);
            tch::no_grad(|| variable.shallow_clone().copy_(&value));
        }
        let returns = waves(&[3, 20], 0.5).to_kind(kind);
        let (histories, targets) = NeuralTrader::windows(&returns, 4).unwrap();
        near("histories", &histories);
        near("targets", &targets);
        near("positions", &model.positions(&histories).unwrap());
        let batch = (&histories, &targets).dataset().unwrap();
        let batch = batch.rows(&(0..48).collect::<Vec<i64>>()).unwrap();
        let pass = Pass { training: true, epoch: 1, epochs: 1 };
        let losses = model.loss(&batch, &pass).unwrap();
        near("loss", losses.loss());
        let inputs: Vec<&Tensor> = variables.values().collect();
        let gradients = Tensor::run_backward(&[losses.loss()], &inputs, false, false);
        for (name, gradient) in variables.keys().zip(gradients) {
            near(name, &gradient);
        }
    }
}

#[test]
fn tables_name_every_layer() {
    let _turn = torch_turn();
    let rows = |dropout: f64| -> Vec<(String, usize)> {
        let summary = trader(dropout).summary().unwrap();
        summary.rows().iter().map(|row| (row.name.clone(), row.parameters)).collect()
    };
    let names =
        |rows: &[(String, usize)]| rows.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    let plain = rows(0.0);
    assert_eq!(names(&plain), ["linear0", "sigmoid1", "linear1", "sigmoid2"]);
    assert_eq!(plain.iter().map(|(_, count)| *count).collect::<Vec<_>>(), [25, 0, 6, 0]);
    assert_eq!(names(&rows(0.5))[2], "dropout1");
}

#[test]
fn windows_never_mix_series_and_never_see_the_target() {
    // Series s has the values 100 s, 100 s + 1, …
    let returns = (Tensor::arange(3, (Kind::Double, Device::Cpu)) * 100.0).unsqueeze(1)
        + Tensor::arange(6, (Kind::Double, Device::Cpu));
    let (histories, targets) = NeuralTrader::windows(&returns, 2).unwrap();
    assert_eq!((histories.size(), targets.size()), (vec![12, 2], vec![12]));
    let histories = Vec::<Vec<f64>>::try_from(histories).unwrap();
    let targets = Vec::<f64>::try_from(targets).unwrap();
    for (row, (history, target)) in histories.iter().zip(targets).enumerate() {
        let first = (row / 4 * 100 + row % 4) as f64;
        assert_eq!((history.as_slice(), target), (&[first, first + 1.0][..], first + 2.0));
    }
}

#[test]
fn momentum_is_learned_and_dropout_acts_in_training_alone() {
    let _turn = torch_turn();
    let model = MomentumModel::default().series(200).persistence(0.5);
    let windows = |seed| NeuralTrader::windows(&model.seed(seed).sample().unwrap(), 4).unwrap();
    let ((x, y), (held_x, held_y)) = (windows(1), windows(2));
    for dropout in [0.0, 0.5] {
        let mut trader = trader(dropout);
        let before = trader.positions(&x).unwrap();
        assert_eq!(before, trader.positions(&x).unwrap());
        let history = Trainer::new(RmsProp::new(0.01))
            .epochs(60)
            .batch_size(400)
            .validation(&(&held_x, &held_y))
            .fit(&mut trader, &(&x, &y))
            .unwrap();
        // 0.230 is the best that is possible.
        let found = history.series("validation_return")[59];
        assert!(found > 0.17 && found < 0.27, "{dropout}: {found}");
        assert_eq!(history.series("loss")[59], -history.series("return")[59]);
        let shares = trader.positions(&held_x).unwrap();
        assert!(
            (shares.mean(Kind::Double).double_value(&[])
                - history.series("validation_position")[59])
                .abs()
                < 1e-6
        );
        assert!(shares.min().double_value(&[]) >= 0.0 && shares.max().double_value(&[]) <= 1.0);
    }
    let dropping = trader(0.5);
    let outputs = |training| dropping.decide(&x, training).unwrap();
    assert_ne!(outputs(true), outputs(true));
    assert_eq!(outputs(false), outputs(false));
}

#[test]
fn a_single_history_gives_a_single_position() {
    let _turn = torch_turn();
    let position =
        trader(0.0).positions(&Tensor::zeros([1, 4], (Kind::Float, Device::Cpu))).unwrap();
    assert_eq!(position.size(), [1]);
}

#[test]
fn files_bring_back_the_same_network() {
    let _turn = torch_turn();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("trader.safetensors");
    let histories = waves(&[10, 4], 0.0).to_kind(Kind::Float);
    for dropout in [0.0, 0.5] {
        let trader = trader(dropout);
        trader.save(&path).unwrap();
        let loaded = NeuralTrader::load(&path, Device::Cpu).unwrap();
        assert_eq!(loaded.positions(&histories).unwrap(), trader.positions(&histories).unwrap());
        assert_eq!(loaded.name(), trader.name());
    }
    let store = VarStore::new(Device::Cpu);
    let _weight = store.root().zeros("weight", &[1]);
    crate::train::write_checkpoint(&path, "Line", &[("model", &store)]).unwrap();
    let error = NeuralTrader::load(&path, Device::Cpu).unwrap_err().to_string();
    assert!(error.contains("it is of `Line`"), "{error}");
}

#[test]
fn examples_that_do_not_fit_are_refused() {
    let _turn = torch_turn();
    let trader = trader(0.0);
    for shape in [&[5, 3][..], &[4], &[2, 2, 4]] {
        let error = trader.positions(&waves(shape, 0.0)).unwrap_err().to_string();
        assert!(error.contains("n × 4"), "{error}");
    }
    let returns = waves(&[3, 20], 0.0);
    for lag in [0, -1, 20] {
        assert!(NeuralTrader::windows(&returns, lag).unwrap_err().to_string().contains("lag"));
    }
    let error = NeuralTrader::windows(&returns.get(0), 4).unwrap_err().to_string();
    assert!(error.contains("unsqueeze"), "{error}");
    // Without targets there is nothing to earn.
    let batch =
        Dataset::new(&waves(&[3, 4], 0.0).to_kind(Kind::Float)).unwrap().rows(&[0, 1]).unwrap();
    let pass = Pass { training: true, epoch: 1, epochs: 1 };
    assert!(trader.loss(&batch, &pass).unwrap_err().to_string().contains("part 1"));
}
