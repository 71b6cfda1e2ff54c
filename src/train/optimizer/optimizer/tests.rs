#![allow(clippy::unwrap_used)]

use tch::nn::{self, Module};
use tch::{Device, Kind, Tensor};

use super::*;
use crate::train::{Adam, Sgd};

fn numbers(tensor: &Tensor) -> Vec<f64> {
    Vec::try_from(tensor.detach().reshape([-1]).to_kind(Kind::Double)).unwrap()
}

fn weight(values: &[f32]) -> Tensor {
    Tensor::from_slice(values).set_requires_grad(true)
}

fn named(weights: &[&Tensor]) -> Vec<(String, Tensor)> {
    let weights = weights.iter().enumerate();
    weights.map(|(place, weight)| (format!("w{place}"), weight.shallow_clone())).collect()
}

#[test]
fn weights_keep_their_values_and_become_one_tensor() {
    let _turn = crate::random::torch_turn();
    let store = nn::VarStore::new(Device::Cpu);
    let one = nn::linear(store.root() / "one", 3, 4, Default::default());
    let other = nn::linear(store.root() / "other", 4, 2, Default::default());
    let before = [&one.ws, &other.ws].map(numbers);
    let optimizer = Optimizer::new(&store, Adam::new(1e-3)).unwrap();
    assert_eq!([&one.ws, &other.ws].map(numbers), before);
    assert_eq!(optimizer.parameters(), 3 * 4 + 4 + 4 * 2 + 2);
    assert_eq!(optimizer.groups.len(), 1);
    let names: Vec<&str> =
        optimizer.groups[0].flat.pieces.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["one.bias", "one.weight", "other.bias", "other.weight"]);
    let _filled = tch::no_grad(|| optimizer.groups[0].flat.parameters.shallow_clone().fill_(2.0));
    assert!(numbers(&other.ws).iter().all(|&value| value == 2.0));
    assert!(one.ws.requires_grad() && one.ws.is_leaf());
}

#[test]
fn convolutions_keep_their_channels_last() {
    let _turn = crate::random::torch_turn();
    let mut conv = Tensor::randn([4, 3, 2, 2], (Kind::Float, Device::Cpu));
    // What `to_memory_format` would do, which tch does not offer.
    conv = conv.permute([0, 2, 3, 1]).contiguous().permute([0, 3, 1, 2]).set_requires_grad(true);
    let bias = weight(&[0.0; 4]);
    let before = (numbers(&conv), conv.stride());
    let mut optimizer = Optimizer::of_variables(named(&[&bias, &conv]), Sgd::new(0.5)).unwrap();
    assert_eq!((numbers(&conv), conv.stride()), before);
    // Each element's gradient is the element's own value: one step of length 1/2 halves them all.
    let loss = (conv.square().sum(Kind::Float) + bias.sum(Kind::Float)) / 2.0;
    optimizer.minimize(&loss).unwrap();
    for (after, before) in numbers(&conv).iter().zip(&before.0) {
        assert!((after - before / 2.0).abs() < 1e-6);
    }
    assert_eq!(conv.stride(), before.1);
}

#[test]
fn weights_of_several_kinds_move_together() {
    let _turn = crate::random::torch_turn();
    let (single, double) = (weight(&[1.0]), Tensor::from_slice(&[1.0_f64]).set_requires_grad(true));
    let mut optimizer = Optimizer::of_variables(named(&[&single, &double]), Sgd::new(1.0)).unwrap();
    optimizer = optimizer.clip(Clip::Norm(2.5)).unwrap();
    assert_eq!(optimizer.groups.len(), 2);
    // The gradient is (3, 4), of length 5: clipped to half.
    optimizer.minimize(&(&single * 3.0 + &double * 4.0).sum(Kind::Double)).unwrap();
    assert!((numbers(&single)[0] + 0.5).abs() < 1e-5 && (numbers(&double)[0] + 1.0).abs() < 1e-5);
}

#[test]
fn the_newest_values_count_whoever_set_them() {
    let _turn = crate::random::torch_turn();
    let store = nn::VarStore::new(Device::Cpu);
    let line = nn::linear(store.root(), 2, 1, Default::default());
    let mut first = Optimizer::new(&store, Sgd::new(0.5)).unwrap();
    let mut second = Optimizer::new(&store, Sgd::new(0.5)).unwrap();
    let halve = |optimizer: &mut Optimizer| {
        let loss = line.ws.square().sum(Kind::Float) / 2.0
            + line.bs.as_ref().unwrap().sum(Kind::Float) * 0.0;
        optimizer.minimize(&loss).unwrap();
    };
    let before = numbers(&line.ws);
    halve(&mut second);
    halve(&mut first);
    halve(&mut second);
    for (after, before) in numbers(&line.ws).iter().zip(&before) {
        assert!((after - before / 8.0).abs() < 1e-6);
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("weights.safetensors");
    store.save(&file).unwrap();
    let saved = numbers(&line.ws);
    halve(&mut first);
    let mut store = store;
    store.load(&file).unwrap();
    assert_eq!(numbers(&line.ws), saved);
    halve(&mut first);
    assert!((numbers(&line.ws)[0] - saved[0] / 2.0).abs() < 1e-6);
}

#[test]
fn layers_of_tch_train() {
    let _turn = crate::random::torch_turn();
    tch::manual_seed(1);
    let store = nn::VarStore::new(Device::Cpu);
    let net = nn::seq()
        .add(nn::conv2d(store.root() / "c", 1, 4, 3, Default::default()))
        .add_fn(|x| x.relu().flatten(1, -1))
        .add(nn::linear(store.root() / "l", 4 * 16, 1, Default::default()));
    let mut optimizer = Optimizer::new(&store, Adam::new(1e-2)).unwrap();
    let x = Tensor::randn([32, 1, 6, 6], (Kind::Float, Device::Cpu));
    let y = x.mean_dim([1_i64, 2, 3].as_slice(), false, Kind::Float).unsqueeze(1) * 5.0;
    let loss = || (net.forward(&x) - &y).square().mean(Kind::Float);
    let before = loss().double_value(&[]);
    for _ in 0..50 {
        optimizer.minimize(&loss()).unwrap();
    }
    assert!(loss().double_value(&[]) < before / 10.0);
}

#[test]
fn one_pass_takes_the_steps_of_several_kernels() {
    let _turn = crate::random::torch_turn();
    // Single precision takes one pass through memory, double precision libtorch's kernels; the last piece is frozen for a while.
    let count = 3 * crate::train::team::CHUNK as i64 + 7;
    for rule in [
        Rule::from(Adam::new(0.01).betas(0.5, 0.99)),
        crate::train::AdamW::new(0.01).into(),
        Adam { weight_decay: 0.1, ..Adam::new(0.01) }.into(),
        crate::train::RmsProp::new(0.01).into(),
    ] {
        let trained = |kind: Kind| {
            let start = (Tensor::arange(count, (Kind::Double, Device::Cpu)) * 0.37).sin();
            let piece = |from: i64, length: i64| {
                start.narrow(0, from, length).to_kind(kind).copy().set_requires_grad(true)
            };
            let (one, other) = (piece(0, count - 5), piece(count - 5, 5));
            let mut optimizer = Optimizer::of_variables(named(&[&one, &other]), rule).unwrap();
            for step in 0..4 {
                let _same = other.set_requires_grad(step != 1);
                let all = Tensor::cat(&[&one, &other], 0);
                // Gradients stay away from zero, where roundings would decide the sign of a step.
                optimizer.minimize(&(all.square() * 0.5 + all * 2.0).sum(kind)).unwrap();
            }
            Tensor::cat(&[&one, &other], 0).detach().to_kind(Kind::Double)
        };
        let (single, double) = (trained(Kind::Float), trained(Kind::Double));
        let distance = (single - double).abs().max().double_value(&[]);
        assert!(distance < 1e-5, "{}: {distance}", rule.name());
    }
}

#[test]
fn a_rate_of_zero_moves_nothing() {
    let _turn = crate::random::torch_turn();
    for rule in [
        Rule::from(Adam::new(0.0)),
        Rule::from(crate::train::RmsProp::new(0.0)),
        Sgd::new(0.0).into(),
    ] {
        let weight = weight(&[1.0, 0.0]);
        let mut optimizer = Optimizer::of_variables(named(&[&weight]), rule).unwrap();
        for _ in 0..3 {
            optimizer.minimize(&weight.square().sum(Kind::Float)).unwrap();
        }
        assert_eq!(numbers(&weight), [1.0, 0.0]);
    }
}

#[test]
fn what_cannot_work_is_refused_in_words() {
    let _turn = crate::random::torch_turn();
    let (one, many) = (weight(&[1.0]), weight(&[1.0, 2.0]));
    let fails = |rule: Rule, part: &str| {
        let error = Optimizer::of_variables(named(&[&one]), rule).unwrap_err().to_string();
        assert!(error.contains(part), "{error}");
    };
    fails(Sgd::new(-0.1).into(), "learning rate -0.1");
    fails(Sgd::new(f64::NAN).into(), "learning rate NaN");
    fails(Adam::new(0.1).betas(1.0, 0.9).into(), "betas");
    fails(Sgd { nesterov: true, ..Sgd::new(0.1) }.into(), "Nesterov");
    let whole = Tensor::from_slice(&[1_i64]);
    let error = Optimizer::of_variables(named(&[&whole]), Sgd::new(0.1)).unwrap_err();
    assert!(error.to_string().contains("Int64"));
    let mut optimizer = Optimizer::of_variables(named(&[&many]), Sgd::new(0.1)).unwrap();
    assert!(optimizer.minimize(&many).unwrap_err().to_string().contains("one number"));
    assert!(
        optimizer
            .minimize(&one.sum(Kind::Float).detach())
            .unwrap_err()
            .to_string()
            .contains("no trainable")
    );
    let _frozen = many.set_requires_grad(false);
    assert!(optimizer.minimize(&one.sum(Kind::Float)).unwrap_err().to_string().contains("frozen"));
    assert!(optimizer.clip(Clip::Norm(0.0)).is_err());
}

#[test]
fn weights_that_changed_their_kind_are_refused() {
    let _turn = crate::random::torch_turn();
    let mut store = nn::VarStore::new(Device::Cpu);
    let line = nn::linear(store.root(), 2, 1, Default::default());
    let mut optimizer = Optimizer::new(&store, Sgd::new(0.5)).unwrap();
    store.double();
    let error = optimizer.minimize(&line.ws.sum(Kind::Double)).unwrap_err().to_string();
    assert!(error.contains("make a new optimiser"), "{error}");
}

#[test]
fn scaled_losses_give_the_same_steps_once_they_fit() {
    let _turn = crate::random::torch_turn();
    let (plain, scaled) = (weight(&[3.0, -2.0]), weight(&[3.0, -2.0]));
    let mut one = Optimizer::of_variables(named(&[&plain]), Sgd::new(0.1)).unwrap();
    let mut other = Optimizer::of_variables(named(&[&scaled]), Sgd::new(0.1)).unwrap();
    other.scale_losses();
    one.minimize(&plain.square().sum(Kind::Float)).unwrap();
    other.minimize(&scaled.square().sum(Kind::Float)).unwrap();
    assert_eq!(numbers(&plain), numbers(&scaled));
    // 1e35 times the first factor is beyond f32: the step is left out, and some halvings later one is taken.
    let before = numbers(&scaled);
    other.minimize(&(scaled.sum(Kind::Float) * 1e35)).unwrap();
    assert_eq!(numbers(&scaled), before);
    for _ in 0..6 {
        other.minimize(&(scaled.sum(Kind::Float) * 1e35)).unwrap();
    }
    assert_ne!(numbers(&scaled), before);
}
