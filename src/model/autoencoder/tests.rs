#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use serde_json::Value;
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use super::pixels::cross_entropy;
use super::{Autoencoder, AutoencoderConfig, DenseGan, DenseGanConfig, Vae, VaeConfig, code_grid};
use crate::notebook::interrupt;
use crate::random::torch_turn;
use crate::train::{Adam, Dataset, Ending, Epochs, Model, Pass, Trainer};

/// Waves in place of random numbers, which `tests/fixtures/autoencoders.py` makes just so.
fn waves(shape: &[i64], phase: f64) -> Tensor {
    let count: i64 = shape.iter().product();
    (Tensor::arange(count, (Kind::Double, Device::Cpu)) * 0.7 + phase).sin().reshape(shape)
}

/// Pictures of waves, from 0 to 1.
fn pictures(count: i64) -> Tensor {
    waves(&[count, 784], 0.5) / 2.0 + 0.5
}

fn distance(one: &Tensor, other: &Tensor) -> f64 {
    (one - other).abs().max().double_value(&[])
}

fn fixture() -> Value {
    serde_json::from_str(include_str!("../../../tests/fixtures/autoencoders.json")).unwrap()
}

/// Gives a store the weights of the reference, in the order of the names.
fn set_weights(store: &mut VarStore, kind: Kind, scales: &Value) -> BTreeMap<String, Tensor> {
    store.set_kind(kind);
    let variables: BTreeMap<String, Tensor> =
        store.variables().into_iter().filter(|(name, _)| !name.contains("running")).collect();
    for (place, (name, variable)) in variables.iter().enumerate() {
        let shift = if name.contains("norm") && name.ends_with("weight") { 1.0 } else { 0.0 };
        let value = waves(&variable.size(), place as f64) * scales[name].as_f64().unwrap() + shift;
        tch::no_grad(|| variable.shallow_clone().copy_(&value));
    }
    variables
}

fn near(name: &str, ours: f64, theirs: &Value, tolerance: f64) {
    let theirs = theirs.as_f64().unwrap();
    let scale = theirs.abs().max(1.0);
    assert!((ours - theirs).abs() < tolerance * scale, "{name}: {ours} {theirs}");
}

fn near_all(name: &str, ours: &Tensor, theirs: &Value, tolerance: f64) {
    let ours: Vec<f64> = ours.reshape([-1]).to_kind(Kind::Double).try_into().unwrap();
    let every = theirs["every"].as_u64().unwrap() as usize;
    let theirs = theirs["values"].as_array().unwrap();
    assert_eq!(ours.len().div_ceil(every), theirs.len(), "{name}");
    for (ours, theirs) in ours.iter().step_by(every).zip(theirs) {
        near(name, *ours, theirs, tolerance);
    }
}

fn near_gradients(losses: &Tensor, variables: &BTreeMap<String, Tensor>, theirs: &Value) {
    let inputs: Vec<&Tensor> = variables.values().collect();
    let gradients = Tensor::run_backward(&[losses], &inputs, true, false);
    for (name, gradient) in variables.keys().zip(gradients) {
        let norm = gradient.norm().double_value(&[]);
        near(name, norm, &theirs[name]["norm"], 1e-9);
        let along = (&gradient * waves(&gradient.size(), 0.1)).sum(Kind::Double).double_value(&[]);
        assert!(
            (along - theirs[name]["along"].as_f64().unwrap()).abs() < 1e-9 * norm.max(1.0),
            "{name}"
        );
    }
}

#[test]
fn the_autoencoder_is_that_of_pytorch() {
    let _turn = torch_turn();
    let fixture = &fixture()["autoencoder"];
    for (kind, tolerance) in [(Kind::Double, 1e-10), (Kind::Float, 1e-5)] {
        let mut model = Autoencoder::new(AutoencoderConfig::default(), Device::Cpu, 3).unwrap();
        let variables = set_weights(&mut model.store, kind, &fixture["scales"]);
        let images = pictures(8).to_kind(kind);
        let batch = Dataset::new(&images).unwrap().rows(&[0, 1, 2, 3, 4, 5, 6, 7]).unwrap();
        let losses = model.loss(&batch, &Pass { training: true, epoch: 1, epochs: 1 }).unwrap();
        near("loss", losses.loss().double_value(&[]), &fixture["loss"], tolerance);
        if kind == Kind::Double {
            near_gradients(losses.loss(), &variables, &fixture["gradients"]);
            continue;
        }
        let codes = model.encode(&images).unwrap();
        near_all("codes", &codes, &fixture["codes"], tolerance);
        near_all("decoded", &model.decode(&codes).unwrap(), &fixture["decoded"], tolerance);
    }
}

#[test]
fn the_variational_autoencoder_is_that_of_pytorch() {
    let _turn = torch_turn();
    let fixture = &fixture()["vae"];
    for (kind, tolerance) in [(Kind::Double, 1e-10), (Kind::Float, 1e-5)] {
        let mut model = Vae::new(VaeConfig::default(), Device::Cpu, 3).unwrap();
        let variables = set_weights(&mut model.store, kind, &fixture["scales"]);
        let (images, noise) = (pictures(8).to_kind(kind), waves(&[8, 2], 0.25).to_kind(kind));
        let batch = Dataset::new(&images).unwrap().rows(&[0, 1, 2, 3, 4, 5, 6, 7]).unwrap();
        let losses = model.loss_at(&batch, |_| noise.shallow_clone()).unwrap();
        near("loss", losses.loss().double_value(&[]), &fixture["loss"], tolerance);
        if kind == Kind::Double {
            near_gradients(losses.loss(), &variables, &fixture["gradients"]);
            continue;
        }
        let (mean, log_variance) = model.encode(&images).unwrap();
        near_all("mean", &mean, &fixture["mean"], tolerance);
        near_all("log variance", &log_variance, &fixture["log_variance"], tolerance);
        near_all("decoded", &model.decode(&mean).unwrap(), &fixture["decoded"], tolerance);
    }
}

#[test]
fn the_adversarial_network_is_that_of_pytorch() {
    let _turn = torch_turn();
    let fixture = &fixture()["gan"];
    let mut model = DenseGan::new(DenseGanConfig::default(), Device::Cpu, 3).unwrap();
    set_weights(&mut model.generator_store, Kind::Double, &fixture["generator_scales"]);
    set_weights(&mut model.discriminator_store, Kind::Double, &fixture["discriminator_scales"]);
    let noise = waves(&[8, 32], 0.25);
    let made = model.generator.forward_t(&noise, true).sigmoid();
    near_all("made", &made, &fixture["made"], 1e-10);
    let answers = model.discriminator.forward(&Tensor::cat(&[pictures(8), made], 0));
    near_all("answers", &answers, &fixture["answers"], 1e-10);
}

#[test]
fn the_cross_entropy_is_the_definition() {
    let _turn = torch_turn();
    let logits = waves(&[3, 5], 0.2) * 4.0;
    let pixels = waves(&[3, 5], 1.2).abs();
    let share = logits.sigmoid();
    let rest = |values: &Tensor| values * -1.0 + 1.0;
    let named = &pixels * share.log() + rest(&pixels) * rest(&share).log();
    let wanted = -named.sum(Kind::Double);
    assert!(distance(&cross_entropy(&logits, &pixels).unwrap(), &wanted) < 1e-12);
    let far = cross_entropy(&(&logits * 1e4), &pixels).unwrap();
    assert!(far.isfinite().int64_value(&[]) == 1);
}

/// Pictures of two kinds: a bright left or right half, with some noise.
fn halves(count: i64) -> Tensor {
    let side = Tensor::arange(count, (Kind::Int64, Device::Cpu)).remainder(2).view([-1, 1, 1]);
    let right = Tensor::arange(28, (Kind::Int64, Device::Cpu)).ge(14).view([1, 1, -1]);
    let bright = right.eq_tensor(&side.eq(1)).to_kind(Kind::Float).expand([count, 28, 28], false);
    (bright * 0.8 + waves(&[count, 28, 28], 0.3).to_kind(Kind::Float).abs() * 0.2).unsqueeze(1)
}

#[test]
fn training_separates_what_is_different() {
    let _turn = torch_turn();
    let images = halves(128);
    let mut vae = Vae::new(VaeConfig { hidden: 50, ..Default::default() }, Device::Cpu, 1).unwrap();
    let trainer = || Trainer::new(Adam::new(3e-3)).epochs(15).seed(1).live(false);
    let history = trainer().fit(&mut vae, &images).unwrap();
    let (loss, parts) = (history.series("loss"), history.series("reconstruction"));
    assert!(loss[14] < 0.7 * loss[0], "{loss:?}");
    let divergence = history.series("divergence");
    assert!((loss[14] - parts[14] - divergence[14]).abs() < 1e-3 * loss[14]);
    let (mean, _) = vae.encode(&images).unwrap();
    let of =
        |side: i64| mean.slice(0, side, None, 2).mean_dim([0_i64].as_slice(), false, Kind::Float);
    assert!(distance(&of(0), &of(1)) > 0.5);
    let mut plain =
        Autoencoder::new(AutoencoderConfig { hidden: 50, ..Default::default() }, Device::Cpu, 1)
            .unwrap();
    let history = trainer().fit(&mut plain, &images).unwrap();
    assert!(history.series("loss")[14] < 0.7 * history.series("loss")[0]);
    let error =
        (plain.reconstruct(&images).unwrap() - images.flatten(1, -1)).square().mean(Kind::Float);
    assert!(error.double_value(&[]) < 0.05);
}

#[test]
fn a_fixed_deviation_is_what_codes_have() {
    let _turn = torch_turn();
    let images = halves(32);
    for (deviation, log_variance) in [(2.0_f64, 2.0 * 2.0_f64.ln()), (0.0, -80.0)] {
        let config =
            VaeConfig { hidden: 20, deviation: Some(deviation), beta: 0.0, ..Default::default() };
        let mut model = Vae::new(config, Device::Cpu, 1).unwrap();
        let history =
            Trainer::new(Adam::new(1e-3)).epochs(2).live(false).fit(&mut model, &images).unwrap();
        assert_eq!(history.series("loss"), history.series("reconstruction"));
        let found = model.encode(&images).unwrap().1;
        assert!((found.double_value(&[3, 1]) - log_variance).abs() < 1e-5);
    }
}

/// The mean squared distance of pictures from the nearer one of the two kinds.
fn from_nearer_half(made: &Tensor) -> f64 {
    let kinds = halves(2).flatten(1, -1).unsqueeze(0);
    let apart =
        (made.unsqueeze(1) - kinds).square().mean_dim([2_i64].as_slice(), false, Kind::Float);
    apart.min_dim(1, false).0.mean(Kind::Float).double_value(&[])
}

#[test]
fn two_networks_train_against_each_other() {
    let _turn = torch_turn();
    let images = halves(256);
    let config = DenseGanConfig { hidden: [16, 32], noise: 4, ..Default::default() };
    let fit = |model: &mut DenseGan, count: usize| {
        let epochs = Epochs::new("GAN", count).batch_size(32).seed(5).live(false);
        model.fit(epochs, Adam::new(2e-3).betas(0.5, 0.999), &images).unwrap()
    };
    let mut model = DenseGan::new(config, Device::Cpu, 2).unwrap();
    let before = from_nearer_half(&model.sample(64, 1).unwrap());
    let history = fit(&mut model, 12);
    assert_eq!(history.series("generator").len(), 12);
    let after = from_nearer_half(&model.sample(64, 1).unwrap());
    assert!(after < 0.6 * before, "{before} {after}");
    let few = |seed: u64| {
        let mut model = DenseGan::new(config, Device::Cpu, seed).unwrap();
        fit(&mut model, 2);
        model.sample(64, 1).unwrap()
    };
    assert_eq!(few(2), few(2));
    assert!(distance(&few(2), &few(3)) > 1e-3);
    let stopped = interrupt::with_request(|_| fit(&mut model, 2));
    assert_eq!(stopped.ending(), Ending::Interrupted);
}

#[test]
fn files_bring_back_the_same_networks() {
    let _turn = torch_turn();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("network.safetensors");
    let images = halves(16);
    let vae = Vae::new(
        VaeConfig { hidden: 9, deviation: Some(0.5), ..Default::default() },
        Device::Cpu,
        4,
    )
    .unwrap();
    vae.save(&path).unwrap();
    let loaded = Vae::load(&path, Device::Cpu).unwrap();
    assert_eq!(loaded.reconstruct(&images).unwrap(), vae.reconstruct(&images).unwrap());
    let error = Autoencoder::load(&path, Device::Cpu).unwrap_err().to_string();
    assert!(error.contains("an `Autoencoder` is needed"), "{error}");
    let plain =
        Autoencoder::new(AutoencoderConfig { hidden: 9, ..Default::default() }, Device::Cpu, 4)
            .unwrap();
    plain.save(&path).unwrap();
    assert_eq!(
        Autoencoder::load(&path, Device::Cpu).unwrap().encode(&images).unwrap(),
        plain.encode(&images).unwrap()
    );
    let mut gan =
        DenseGan::new(DenseGanConfig { hidden: [5, 6], ..Default::default() }, Device::Cpu, 4)
            .unwrap();
    // Running statistics must come along.
    gan.fit(Epochs::new("GAN", 2).batch_size(8).live(false), Adam::new(1e-2), &images).unwrap();
    gan.save(&path).unwrap();
    let loaded = DenseGan::load(&path, Device::Cpu).unwrap();
    assert_eq!(loaded.sample(3, 1).unwrap(), gan.sample(3, 1).unwrap());
    assert_eq!(loaded.judge(&images).unwrap(), gan.judge(&images).unwrap());
    assert!(Vae::load(&path, Device::Cpu).is_err());
}

#[test]
fn bytes_and_numbers_are_the_same_pictures() {
    let _turn = torch_turn();
    let bytes = (halves(5) * 255.0).round().to_kind(Kind::Uint8);
    let numbers = bytes.to_kind(Kind::Float) / 255.0;
    let model = Vae::new(VaeConfig::default(), Device::Cpu, 1).unwrap();
    let (one, _) = model.encode(&bytes).unwrap();
    let (other, _) = model.encode(&numbers.view([5, 784])).unwrap();
    assert!(distance(&one, &other) < 1e-6);
    let many = model.encode(&numbers.repeat([120, 1, 1, 1])).unwrap().0;
    assert!(distance(&many.narrow(0, 595, 5), &other) < 1e-6);
}

#[test]
fn pictures_that_do_not_fit_are_refused() {
    let _turn = torch_turn();
    let model = Vae::new(VaeConfig::default(), Device::Cpu, 1).unwrap();
    for images in [halves(2).narrow(3, 0, 27), halves(2).view([-1]), halves(2).to_kind(Kind::Int64)]
    {
        let error = model.encode(&images).unwrap_err().to_string();
        assert!(error.contains("n × 784"), "{error}");
    }
    assert!(
        model.sample(0, 1).is_err()
            && model.decode(&Tensor::zeros([2, 3], (Kind::Float, Device::Cpu))).is_err()
    );
    let mut gan = DenseGan::new(DenseGanConfig::default(), Device::Cpu, 1).unwrap();
    let error =
        gan.fit(Epochs::new("GAN", 1).batch_size(1), Adam::new(1e-3), &halves(2)).unwrap_err();
    assert!(error.to_string().contains("batch of one"), "{error}");
    assert!(gan.fit(Epochs::new("GAN", 1), Adam::new(1e-3), &halves(2)).is_err(), "no whole batch");
    assert!(code_grid(1, [0.0, 1.0], [0.0, 1.0]).is_err());
}
