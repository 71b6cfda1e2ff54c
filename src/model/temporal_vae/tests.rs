#![allow(clippy::unwrap_used)]

use tch::{Device, Kind, Tensor};

use super::TemporalVae;
use crate::model::{FactorVae, FactorVaeConfig};
use crate::random::torch_turn;
use crate::train::{Adam, Trainer};

fn small() -> FactorVaeConfig {
    FactorVaeConfig {
        inputs: 6,
        codes: 2,
        hidden: [16, 8],
        beta: 1.0,
        warm_up: 0,
        ..Default::default()
    }
}

fn model(memory: i64) -> TemporalVae {
    TemporalVae::new(small(), memory, Device::Cpu, 3).unwrap()
}

fn series(days: i64) -> Tensor {
    let wave = Tensor::arange(days * 6, (Kind::Double, Device::Cpu));
    (wave * 0.37).sin().view([days, 6]).to_kind(Kind::Float)
}

fn distance(one: &Tensor, other: &Tensor) -> f64 {
    (one - other).abs().max().double_value(&[])
}

#[test]
fn no_day_sees_a_later_one_and_memory_ends() {
    let _turn = torch_turn();
    let model = model(3);
    let before = series(10).unsqueeze(0);
    let mut after = before.copy();
    let _in_place = after.narrow(1, 5, 1).fill_(3.0);
    after = after.contiguous();
    let (before, after) = (model.codes(&before).unwrap(), model.codes(&after).unwrap());
    for day in 0..10 {
        let apart = distance(&before.select(1, day), &after.select(1, day));
        assert_eq!(apart > 0.0, (5..8).contains(&day), "day {day}: {apart}");
    }
}

#[test]
fn without_persistence_the_divergence_is_that_of_the_static_network() {
    let _turn = torch_turn();
    let model = model(1);
    let (mean, log_variance) = model.encode(&series(10).view([2, 5, 6])).unwrap();
    let plain = (mean.square() + log_variance.exp() - &log_variance - 1.0).sum(Kind::Float) / 2.0;
    let ours = model.divergence(&mean, &log_variance, &(&mean + 1.0)).unwrap();
    assert!((ours - &plain).abs().double_value(&[]) < 1e-4 * plain.double_value(&[]));
}

/// With persistence a and codes from the prior itself, the divergence is what the formula of two normal densities says.
#[test]
fn the_divergence_follows_its_definition() {
    let _turn = torch_turn();
    let model = model(1);
    let variables = model.store.variables();
    let _in_place =
        tch::no_grad(|| variables["persistence"].shallow_clone().fill_(0.5_f64.atanh() / 10.0));
    let mean = Tensor::from_slice(&[0.3_f32, -0.2, 0.8, 0.1]).view([1, 2, 2]);
    let log_variance = Tensor::from_slice(&[-1.0_f32, 0.2, -0.5, 0.0]).view([1, 2, 2]);
    let codes = Tensor::from_slice(&[1.0_f32, -1.0, 0.0, 0.0]).view([1, 2, 2]);
    let normal = |mean: f64, log_variance: f64, centre: f64, variance: f64| {
        ((log_variance.exp() + (mean - centre).powi(2)) / variance + variance.ln()
            - log_variance
            - 1.0)
            / 2.0
    };
    let wanted = normal(0.3, -1.0, 0.0, 1.0)
        + normal(-0.2, 0.2, 0.0, 1.0)
        + normal(0.8, -0.5, 0.5, 0.75)
        + normal(0.1, 0.0, -0.5, 0.75);
    let ours = model.divergence(&mean, &log_variance, &codes).unwrap().double_value(&[]);
    assert!((ours - wanted).abs() < 1e-5, "{ours} {wanted}");
}

#[test]
fn without_persistence_densities_are_those_of_the_static_network() {
    let _turn = torch_turn();
    let model = model(1);
    // The decoder alone matters: the encoder only proposes.
    let mut alone = FactorVae::new(small(), Device::Cpu, 9).unwrap();
    tch::no_grad(|| {
        let theirs = model.store.variables();
        for (name, variable) in crate::train::Model::variables(&alone).variables() {
            if name.starts_with("decoder") {
                variable.shallow_clone().copy_(&theirs[&name]);
            }
        }
    });
    let noise = [1.0, 0.8, 1.2, 0.9, 1.1, 0.7];
    let series = series(12);
    let ours: f64 = model.log_likelihoods(&series, &noise, 2000, 1).unwrap().iter().sum();
    let theirs: f64 = alone.log_likelihoods(&series, &noise, 2000, 1).unwrap().iter().sum();
    assert!((ours - theirs).abs() < 0.5, "{ours} {theirs}");
    // A few steps must not break what the comparison rests on.
    Trainer::new(Adam::new(1e-3)).epochs(1).fit(&mut alone, &series).unwrap();
}

#[test]
fn what_lasts_is_noticed() {
    let _turn = torch_turn();
    // One slow wave that all inputs follow.
    let mut random = crate::random::Random::new(4);
    let mut level = 0.0;
    let values: Vec<f32> = (0..600)
        .flat_map(|_| {
            level = 0.95 * level + (1.0_f64 - 0.95 * 0.95).sqrt() * random.normal();
            (0..6).map(|_| (level + 0.5 * random.normal()) as f32).collect::<Vec<f32>>()
        })
        .collect();
    let series = Tensor::from_slice(&values).view([600, 6]);
    let windows = TemporalVae::windows(&series, 20, 5).unwrap();
    let mut model = model(2);
    let history = Trainer::new(Adam::new(5e-3))
        .epochs(40)
        .batch_size(16)
        .seed(1)
        .fit(&mut model, &windows)
        .unwrap();
    let losses = history.series("loss");
    assert!(losses[39] < losses[0]);
    let most = model.persistence().unwrap().into_iter().fold(0.0, f64::max);
    assert!(most > 0.6, "{most}");
}

#[test]
fn what_does_not_fit_is_refused() {
    let _turn = torch_turn();
    assert!(TemporalVae::new(small(), 0, Device::Cpu, 1).is_err());
    assert!(
        TemporalVae::new(FactorVaeConfig { conditions: 2, ..small() }, 3, Device::Cpu, 1).is_err()
    );
    let model = model(3);
    assert!(model.codes(&series(5)).unwrap_err().to_string().contains("n × days × 6"));
    assert!(model.decode(&series(5)).is_err());
    for (length, apart) in [(0, 1), (3, 0), (11, 1)] {
        assert!(TemporalVae::windows(&series(10), length, apart).is_err());
    }
    assert!(model.log_likelihoods(&series(5), &[1.0; 5], 10, 1).is_err());
    assert!(model.log_likelihoods(&series(5), &[1.0; 6], 0, 1).is_err());
}

#[test]
fn files_bring_back_the_same_network() {
    let _turn = torch_turn();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("factors.safetensors");
    let config = FactorVaeConfig { inputs: 8, codes: 2, ..Default::default() };
    let mut model = TemporalVae::new(config, 3, Device::Cpu, 1).unwrap();
    let windows = Tensor::randn([12, 10, 8], (Kind::Float, Device::Cpu));
    // Running statistics must come along.
    Trainer::new(Adam::new(1e-2)).epochs(2).batch_size(4).fit(&mut model, &windows).unwrap();
    model.save(&path).unwrap();
    let loaded = TemporalVae::load(&path, Device::Cpu).unwrap();
    assert_eq!(loaded.reconstruct(&windows).unwrap(), model.reconstruct(&windows).unwrap());
    assert_eq!(loaded.persistence().unwrap(), model.persistence().unwrap());
    let other = crate::model::FactorVae::new(config, Device::Cpu, 1).unwrap();
    other.save(&path).unwrap();
    let error = TemporalVae::load(&path, Device::Cpu).unwrap_err().to_string();
    assert!(error.contains("a `TemporalVae` is needed"), "{error}");
}

#[test]
fn an_interrupt_leaves_the_days_that_are_done() {
    let _turn = torch_turn();
    let config = FactorVaeConfig { inputs: 8, codes: 2, ..Default::default() };
    let model = TemporalVae::new(config, 2, Device::Cpu, 1).unwrap();
    let series = Tensor::randn([30, 8], (Kind::Float, Device::Cpu));
    let whole = model.log_likelihoods(&series, &[1.0; 8], 20, 7).unwrap();
    let part = crate::notebook::interrupt::with_request_after(5, || {
        model.log_likelihoods(&series, &[1.0; 8], 20, 7).unwrap()
    });
    assert!((1..30).contains(&part.len()), "{}", part.len());
    assert_eq!(part, whole[..part.len()]);
}
