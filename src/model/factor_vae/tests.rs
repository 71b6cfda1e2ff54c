#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use super::{FactorVae, FactorVaeConfig};
use crate::data::FactorModel;
use crate::random::torch_turn;
use crate::stats::{FactorMatching, Pca, standardize};
use crate::train::{Adam, Clip, Dataset, Examples, LastBatch, Model, Pass, Schedule, Trainer};

fn model(config: FactorVaeConfig) -> FactorVae {
    FactorVae::new(config, Device::Cpu, 3).unwrap()
}

fn returns(count: i64, inputs: i64) -> Tensor {
    let wave = Tensor::arange(count * inputs, (Kind::Double, Device::Cpu));
    (wave * 0.37).sin().view([count, inputs]).to_kind(Kind::Float)
}

fn distance(one: &Tensor, other: &Tensor) -> f64 {
    (one - other).abs().max().double_value(&[])
}

#[test]
fn tables_name_every_layer() {
    let _turn = torch_turn();
    let model = model(FactorVaeConfig::default());
    let (encoder, decoder) = (model.encoder_summary().unwrap(), model.decoder_summary().unwrap());
    assert_eq!(encoder.parameters() + decoder.parameters(), 17_998);
    let rows: Vec<(&str, usize)> =
        encoder.rows().iter().map(|row| (row.name.as_str(), row.parameters)).collect();
    let wanted = [
        ("linear1", 6464),
        ("norm1", 128),
        ("leaky_relu1", 0),
        ("linear2", 2080),
        ("norm2", 64),
        ("leaky_relu2", 0),
        ("mean", 165),
        ("log_variance", 165),
    ];
    assert_eq!(rows, wanted);
    assert_eq!(decoder.rows().last().unwrap().shape, [100]);
}

#[test]
fn normalisation_starts_as_in_pytorch() {
    let _turn = torch_turn();
    let variables = model(FactorVaeConfig::default()).store.variables();
    for name in ["encoder.norm1", "encoder.norm2", "decoder.norm2"] {
        for (part, value) in
            [("weight", 1.0), ("bias", 0.0), ("running_mean", 0.0), ("running_var", 1.0)]
        {
            let tensor = &variables[&format!("{name}.{part}")];
            assert!(distance(tensor, &(tensor.zeros_like() + value)) == 0.0, "{name}.{part}");
        }
    }
    let most = variables["encoder.linear1.weight"].abs().max().double_value(&[]);
    assert!(most <= 0.1 && most > 0.099, "{most}");
}

/// Waves in place of random numbers, which `tests/fixtures/factor_vae.py` makes just so.
fn waves(shape: &[i64], phase: f64) -> Tensor {
    let count: i64 = shape.iter().product();
    (Tensor::arange(count, (Kind::Double, Device::Cpu)) * 0.7 + phase).sin().reshape(shape)
}

fn compare_with_pytorch(kind: Kind, tolerance: f64) {
    let fixture = include_str!("../../../tests/fixtures/factor_vae.json");
    let fixture: serde_json::Value = serde_json::from_str(fixture).unwrap();
    let near = |name: &str, ours: f64, theirs: &serde_json::Value, scale: f64| {
        let theirs = theirs.as_f64().unwrap();
        assert!((ours - theirs).abs() < tolerance * scale.max(1.0), "{name}: {ours} {theirs}");
    };
    let mut model = model(FactorVaeConfig::default());
    model.store.set_kind(kind);
    let variables: BTreeMap<String, Tensor> =
        model.store.variables().into_iter().filter(|(name, _)| !name.contains("running")).collect();
    for (place, (name, variable)) in variables.iter().enumerate() {
        let shift = if name.contains("norm") && name.ends_with("weight") { 1.0 } else { 0.0 };
        let scale = fixture["scales"][name].as_f64().unwrap();
        let value = waves(&variable.size(), place as f64) * scale + shift;
        tch::no_grad(|| variable.shallow_clone().copy_(&value));
    }
    let returns = waves(&[8, 100], 0.5).to_kind(kind);
    let noise = waves(&[8, 5], 0.25).to_kind(kind);
    let batch = Dataset::new(&returns).unwrap().rows(&[0, 1, 2, 3, 4, 5, 6, 7]).unwrap();
    let pass = Pass { training: true, epoch: 60, epochs: 200 };
    let losses = model.loss_at(&batch, &pass, |_| noise.shallow_clone()).unwrap();
    let loss = losses.loss().double_value(&[]);
    near("loss", loss, &fixture["loss"], loss);
    if kind == Kind::Double {
        let inputs: Vec<&Tensor> = variables.values().collect();
        let gradients = Tensor::run_backward(&[losses.loss()], &inputs, false, false);
        for (name, gradient) in variables.keys().zip(gradients) {
            let expected = &fixture["gradients"][name];
            let norm = gradient.norm().double_value(&[]);
            near(name, norm, &expected["norm"], norm);
            let along = (&gradient * waves(&gradient.size(), 0.1)).sum(Kind::Double);
            near(name, along.double_value(&[]), &expected["along"], norm);
        }
    }
    // By now the running statistics have moved.
    let (mean, log_variance) = model.encode(&returns).unwrap();
    let decoded = model.decode(&mean).unwrap();
    for (name, tensor) in [("mean", &mean), ("log_variance", &log_variance), ("decoded", &decoded)]
    {
        let ours: Vec<f64> = tensor.reshape([-1]).to_kind(Kind::Double).try_into().unwrap();
        let every = fixture[name]["every"].as_u64().unwrap() as usize;
        let theirs = fixture[name]["values"].as_array().unwrap();
        assert_eq!(ours.len().div_ceil(every), theirs.len());
        for (ours, theirs) in ours.iter().step_by(every).zip(theirs) {
            near(name, *ours, theirs, 1.0);
        }
    }
}

#[test]
fn outputs_loss_and_gradients_are_those_of_pytorch() {
    let _turn = torch_turn();
    compare_with_pytorch(Kind::Double, 1e-10);
    compare_with_pytorch(Kind::Float, 1e-5);
}

#[test]
fn training_finds_the_space_of_the_factors() {
    let _turn = torch_turn();
    let market = FactorModel::default().seed(1).sample().unwrap();
    let scaled = standardize(market.values()).unwrap();
    let data = Tensor::try_from(&scaled).unwrap().to_kind(Kind::Float);
    let mut model = model(FactorVaeConfig { warm_up: 10, ..Default::default() });
    let history = Trainer::new(Adam::new(1e-3))
        .schedule(Schedule::Cosine { epochs: 40, floor: 0.0 })
        .clip(Clip::Norm(1.0))
        .epochs(40)
        .seed(1)
        .fit(&mut model, &data)
        .unwrap();
    let (loss, error) = (history.series("loss"), history.series("reconstruction"));
    let divergence = history.series("divergence");
    assert!(loss[39] < 0.8 * loss[0]);
    assert!((loss[39] - error[39] - 0.1 * divergence[39]).abs() < 1e-3 * loss[39]);
    assert_eq!(loss[0], error[0], "the divergence counts for nothing at first");
    let matching = FactorMatching::new(model.codes(&data).unwrap(), market.factors()).unwrap();
    // Five factors of very different strength: the space of the strong ones is found almost whole.
    assert!(matching.canonical()[..3].iter().all(|value| *value > 0.9), "{matching:?}");
    let again = model.reconstruct(&data).unwrap();
    let explained = 1.0 - (again - &data).square().mean(Kind::Float).double_value(&[]);
    let linear: f64 = Pca::new(5).fit(&scaled).unwrap().explained_variance_ratio().iter().sum();
    assert!((explained - linear).abs() < 0.06, "{explained} {linear}");
}

#[test]
fn many_examples_give_the_codes_that_each_gives_alone() {
    let _turn = torch_turn();
    let model = model(FactorVaeConfig::default());
    let data = returns(5000, 100);
    let codes = model.codes(&data).unwrap();
    assert!(
        distance(&codes.narrow(0, 4999, 1), &model.codes(&data.narrow(0, 4999, 1)).unwrap()) < 1e-5
    );
    let by_hand = model.decode(&codes).unwrap();
    assert!(distance(&model.reconstruct(&data).unwrap(), &by_hand) < 1e-5);
    assert_eq!(model.sample(3, 5).unwrap(), model.sample(3, 5).unwrap());
    assert!(distance(&model.sample(3, 5).unwrap(), &model.sample(3, 6).unwrap()) > 1e-3);
    let unit = Tensor::eye(5, (Kind::Float, Device::Cpu));
    let step = model.decode(&unit).unwrap() - model.decode(&(&unit * 0.0)).unwrap();
    assert!(distance(&model.loadings().unwrap(), &step.tr()) < 1e-6);
}

#[test]
fn conditions_change_codes_and_examples() {
    let _turn = torch_turn();
    let mut model = model(FactorVaeConfig { inputs: 8, conditions: 2, ..Default::default() });
    let data = returns(64, 8);
    let labels = Tensor::arange(64, (Kind::Int64, Device::Cpu)).remainder(2).one_hot(2);
    let history =
        Trainer::new(Adam::new(1e-3)).epochs(2).fit(&mut model, &(&data, &labels)).unwrap();
    assert_eq!(history.series("loss").len(), 2);
    let codes = model.codes(&(&data, &labels)).unwrap();
    assert!(distance(&codes, &model.codes(&(&data, &labels.flip([1]))).unwrap()) > 1e-3);
    let given = labels.narrow(0, 0, 4);
    let drawn = model.sample_given(&given, 7).unwrap();
    assert!(distance(&drawn, &model.sample_given(&given.flip([1]), 7).unwrap()) > 1e-3);
    assert!(model.sample(4, 7).unwrap_err().to_string().contains("parts"));
    assert!(model.loadings().is_err());
    assert!(model.codes(&(&data, &data)).unwrap_err().to_string().contains("n × 2"));
}

#[test]
fn densities_are_exact_where_codes_do_not_matter() {
    let _turn = torch_turn();
    let model = model(FactorVaeConfig { inputs: 6, codes: 2, ..Default::default() });
    let still = ["encoder.mean", "encoder.log_variance", "decoder.linear3"];
    for (name, variable) in model.store.variables() {
        if still.iter().any(|part| name.starts_with(part)) && !name.ends_with("linear3.bias") {
            let _in_place = tch::no_grad(|| variable.shallow_clone().zero_());
        }
    }
    let data = returns(5, 6);
    let noise = [0.5, 1.0, 2.0, 0.1, 0.3, 1.5];
    let bias = &model.store.variables()["decoder.linear3.bias"];
    let densities = model.log_likelihoods(&data, &noise, 7, 1).unwrap();
    for (example, density) in densities.iter().enumerate() {
        let wanted: f64 = (0..6)
            .map(|input| {
                let gap = data.double_value(&[example as i64, input as i64])
                    - bias.double_value(&[input as i64]);
                -(gap * gap / noise[input] + (std::f64::consts::TAU * noise[input]).ln()) / 2.0
            })
            .sum();
        assert!((density - wanted).abs() < 1e-5, "{density} {wanted}");
    }
    let residual = model.noise_variances(&data).unwrap();
    let wanted = (&data - bias).square().mean_dim([0_i64].as_slice(), false, Kind::Float);
    assert!(distance(&Tensor::from_slice(&residual), &wanted.to_kind(Kind::Double)) < 1e-6);
}

#[test]
fn more_samples_raise_the_estimate() {
    let _turn = torch_turn();
    let model = model(FactorVaeConfig { inputs: 6, codes: 2, ..Default::default() });
    let data = returns(400, 6);
    let mean = |samples| {
        let densities = model.log_likelihoods(&data, &[0.3; 6], samples, 1).unwrap();
        densities.iter().sum::<f64>() / 400.0
    };
    assert!(mean(1) < mean(10) && mean(10) < mean(300));
    for (noise, samples) in
        [(&[0.3; 5][..], 10), (&[0.3; 6], 0), (&[0.0; 6], 1), (&[f64::NAN; 6], 1)]
    {
        assert!(model.log_likelihoods(&data, noise, samples, 1).is_err());
    }
}

#[test]
fn files_bring_back_the_same_network() {
    let _turn = torch_turn();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("factors.safetensors");
    let mut model = model(FactorVaeConfig::default());
    let data = returns(32, 100);
    // Running statistics must come along.
    Trainer::new(Adam::new(1e-2)).epochs(2).fit(&mut model, &data).unwrap();
    model.save(&path).unwrap();
    let loaded = FactorVae::load(&path, Device::Cpu).unwrap();
    assert_eq!(loaded.reconstruct(&data).unwrap(), model.reconstruct(&data).unwrap());
    let store = VarStore::new(Device::Cpu);
    let _weight = store.root().zeros("weight", &[1]);
    crate::train::write_checkpoint(&path, "Line", &[("model", &store)]).unwrap();
    let error = FactorVae::load(&path, Device::Cpu).unwrap_err().to_string();
    assert!(error.contains("it is of `Line`"), "{error}");
}

#[test]
fn examples_that_do_not_fit_are_refused() {
    let _turn = torch_turn();
    let mut model = model(FactorVaeConfig::default());
    for data in [returns(4, 99), returns(4, 100).view([2, 2, 100])] {
        let error = model.codes(&data).unwrap_err().to_string();
        assert!(error.contains("n × 100"), "{error}");
    }
    let odd = returns(65, 100);
    let trainer = || Trainer::new(Adam::new(1e-3)).epochs(1);
    let error = trainer().fit(&mut model, &odd).unwrap_err().to_string();
    assert!(error.contains("batch of one example") && error.contains("LastBatch::Drop"), "{error}");
    assert!(trainer().last_batch(LastBatch::Drop).fit(&mut model, &odd).is_ok());
    assert!(model.sample(0, 1).is_err());
    assert_eq!(model.name(), FactorVaeConfig::default().name());
    assert_eq!(odd.dataset().unwrap().len(), 65);
}
