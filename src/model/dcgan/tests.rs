#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;

use serde_json::Value;
use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use super::layout::{by_image, by_place};
use super::spectral::Spectral;
use super::{Dcgan, DcganConfig, PLACES};
use crate::notebook::interrupt;
use crate::random::torch_turn;
use crate::train::{Ending, Epochs, Optimizer, Sgd};

/// Waves in place of random numbers, which `tests/fixtures/dcgan.py` makes just so.
fn waves(shape: &[i64], phase: f64) -> Tensor {
    let count: i64 = shape.iter().product();
    let places = Tensor::arange(count, (Kind::Int64, Device::Cpu)).square().remainder(10_007);
    (places.to_kind(Kind::Double) * 0.7 + phase).sin().reshape(shape)
}

fn images(count: i64) -> Tensor {
    (waves(&[count, 1, 28, 28], 0.5) * 127.0 + 128.0).to_kind(Kind::Uint8)
}

fn floats(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|one| one.as_f64().unwrap()).collect()
}

#[test]
fn products_of_spectra_are_convolutions() {
    let kernels = waves(&[6, 5, 5, 5], 0.3).set_requires_grad(true);
    let maps = waves(&[3, 6, 7, 7], 0.2).set_requires_grad(true);
    let ours = Spectral::new(Device::Cpu).convolve(&by_place(&maps), &kernels);
    let theirs = maps.conv_transpose2d(&kernels, None::<Tensor>, [1; 2], [2; 2], [0; 2], 1, [1; 2]);
    let both = [by_image(&ours), theirs].map(|outputs| {
        let loss = (&outputs * (&outputs + 0.3).sin()).sum(Kind::Double);
        let gradients = Tensor::run_backward(&[loss], &[&maps, &kernels], false, false);
        std::iter::once(outputs).chain(gradients).collect::<Vec<Tensor>>()
    });
    for (one, another) in both[0].iter().zip(&both[1]) {
        assert!(another.abs().max().double_value(&[]) > 1.0);
        assert_eq!(one.size(), another.size());
        assert!(one.allclose(another, 1e-10, 1e-10, false), "{:?}", one.size());
    }
}

#[test]
fn products_in_single_precision_are_those_of_autograd() {
    let spectral = Spectral::new(Device::Cpu);
    for (images, from, to) in [(1, 1, 1), (3, 6, 5), (64, 20, 33)] {
        let maps = waves(&[PLACES, images, from], 0.2).to_kind(Kind::Float).set_requires_grad(true);
        let kernels = waves(&[from, to, 5, 5], 0.3).to_kind(Kind::Float).set_requires_grad(true);
        // Also of maps and kernels that lie in memory in another order.
        let turned = |tensor: &Tensor| tensor.transpose(0, 1).contiguous().transpose(0, 1);
        for (maps, kernels) in [(maps.copy(), kernels.copy()), (turned(&maps), turned(&kernels))] {
            let cut = spectral.cut(&maps, &kernels).unwrap();
            let whole = spectral.convolve(&maps, &kernels);
            let factor = waves(&whole.size(), 0.1).to_kind(Kind::Float);
            let expected =
                Tensor::run_backward(&[&whole * &factor], &[&maps, &kernels], false, false);
            let below = (cut.backward)(&factor).unwrap();
            for (ours, theirs) in [
                (&cut.outputs, &whole),
                (&below.inputs.1, &expected[0]),
                (&below.weight.1, &expected[1]),
            ] {
                let largest = theirs.abs().max().double_value(&[]);
                assert_eq!(ours.size(), theirs.size());
                let distance = (ours - theirs).abs().max().double_value(&[]);
                assert!(
                    largest > 0.1 && distance < 2e-5 * largest,
                    "{images}: {distance} {largest}"
                );
            }
        }
    }
    let (maps, kernels) = (waves(&[PLACES, 2, 3], 0.2), waves(&[3, 4, 5, 5], 0.3));
    assert!(spectral.cut(&maps, &kernels).is_none());
    let none = maps.narrow(1, 0, 0).to_kind(Kind::Float);
    assert!(spectral.cut(&none, &kernels.to_kind(Kind::Float)).is_none());
}

#[test]
fn training_with_cuts_takes_the_steps_of_the_whole_graph() {
    let _turn = torch_turn();
    for extra_layers in [false, true] {
        let config = DcganConfig { extra_layers, dropout: [0.0; 2], ..DcganConfig::improved() };
        let model = Dcgan::new(config, Device::Cpu, 1).unwrap();
        let real = images(6).to_kind(Kind::Float) / 127.5 - 1.0;
        let noise = model.noise(6, 2).unwrap();
        let stores = [&model.generator_store, &model.discriminator_store];
        let whole = model.losses_at(&real, &model.generator.forward(&noise, true));
        let expected = [whole.generator, whole.discriminator];
        let expected: Vec<Vec<Tensor>> = stores
            .iter()
            .zip(expected)
            .map(|(store, loss)| {
                Tensor::run_backward(&[loss], &store.trainable_variables(), true, false)
            })
            .collect();
        let before = stores.map(|store| {
            store
                .trainable_variables()
                .iter()
                .map(|weight| weight.detach().copy())
                .collect::<Vec<_>>()
        });
        let [mut generator, mut discriminator] =
            stores.map(|store| Optimizer::new(store, Sgd::new(1.0)).unwrap());
        let (drawn, cuts) = model.generator.forward_cut(&noise);
        assert_eq!(cuts.len(), if extra_layers { 2 } else { 1 });
        let losses = model.losses_at(&real, &drawn);
        Optimizer::minimize_both_through(
            (&mut generator, &losses.generator, &cuts),
            (&mut discriminator, &losses.discriminator),
        )
        .unwrap();
        for ((store, before), expected) in stores.iter().zip(before).zip(expected) {
            for ((after, before), gradient) in
                store.trainable_variables().iter().zip(before).zip(expected)
            {
                let largest = gradient.abs().max().double_value(&[]);
                let distance = (before - after - &gradient).abs().max().double_value(&[]);
                // Usually 1e-6; but a unit on the edge of a ReLU may fall to either side.
                assert!(
                    distance < 1e-2 * largest + 1e-5,
                    "{:?}: {distance} {largest}",
                    after.size()
                );
            }
        }
    }
}

/// Writes the fixture's waves into the weights of a store.
fn fill(store: &VarStore, scales: &Value) {
    let _guard = tch::no_grad_guard();
    let variables: BTreeMap<String, Tensor> = store.variables().into_iter().collect();
    let trainable = variables.into_iter().filter(|(_, variable)| variable.requires_grad());
    let mut count = 0;
    for (place, (name, mut variable)) in trainable.enumerate() {
        let scale = scales[&name].as_f64().unwrap_or_else(|| panic!("no scale for {name}"));
        let shift = if name.contains("norm") && name.ends_with("weight") { 1.0 } else { 0.0 };
        let values = waves(&variable.size(), place as f64) * scale + shift;
        variable.copy_(&values);
        count += 1;
    }
    assert_eq!(count, scales.as_object().unwrap().len());
}

fn compare_with_keras(kind: Kind, tolerance: f64) {
    let fixture: Value =
        serde_json::from_str(include_str!("../../../tests/fixtures/dcgan.json")).unwrap();
    for case in fixture["cases"].as_array().unwrap() {
        let choice = |name: &str| case[name].as_bool().unwrap();
        let config = DcganConfig {
            leaky_generator: choice("leaky"),
            discriminator_norm: choice("norm"),
            extra_layers: choice("extra"),
            dropout: [0.0; 2],
            ..DcganConfig::improved()
        };
        let mut model = Dcgan::new(config, Device::Cpu, 1).unwrap();
        let counts = [model.generator_summary(), model.discriminator_summary()]
            .map(|summary| summary.unwrap().parameters() as u64);
        assert_eq!(serde_json::json!(counts), case["parameters"]);
        model.generator_store.set_kind(kind);
        model.discriminator_store.set_kind(kind);
        fill(&model.generator_store, &case["scales"]["generator"]);
        fill(&model.discriminator_store, &case["scales"]["discriminator"]);
        let near = |name: &str, ours: f64, theirs: f64, scale: f64| {
            assert!((ours - theirs).abs() < tolerance * scale.max(1.0), "{name}: {ours} {theirs}");
        };
        let compare = |name: &str, ours: &Tensor| {
            let every = case[name]["every"].as_i64().unwrap();
            let expected = floats(&case[name]["values"]);
            let ours = ours.reshape([-1]).slice(0, 0, None, every).to_kind(Kind::Double);
            let ours = Vec::<f64>::try_from(ours).unwrap();
            assert_eq!(ours.len(), expected.len(), "{name}");
            ours.iter()
                .zip(&expected)
                .for_each(|(ours, theirs)| near(name, *ours, *theirs, theirs.abs()));
        };
        let real = waves(&[3, 1, 28, 28], 0.5).to_kind(kind);
        let noise = waves(&[3, 100], 0.25).to_kind(kind);
        let drawn = model.generator.forward(&noise, true);
        let losses = model.losses_at(&real, &drawn);
        compare("drawn", &drawn);
        compare("real_logits", &losses.logits.select(1, 0));
        compare("drawn_logits", &losses.logits.select(1, 1));
        for (name, loss) in
            [("generator_loss", &losses.generator), ("discriminator_loss", &losses.discriminator)]
        {
            near(name, loss.double_value(&[]), case[name].as_f64().unwrap(), 1.0);
        }
        let stores = [
            ("generator_gradients", &model.generator_store, &losses.generator),
            ("discriminator_gradients", &model.discriminator_store, &losses.discriminator),
        ];
        for (name, store, loss) in stores {
            for (weight, variable) in store.variables() {
                if !variable.requires_grad() {
                    continue;
                }
                let gradient = &Tensor::run_backward(&[loss], &[&variable], true, false)[0];
                let gradient = gradient.to_kind(Kind::Double);
                let expected = |part: &str| case[name][&weight][part].as_f64().unwrap();
                let norm = expected("norm");
                near(&weight, gradient.norm().double_value(&[]), norm, norm);
                let along = (&gradient * waves(&gradient.size(), 0.1)).sum(Kind::Double);
                near(&weight, along.double_value(&[]), expected("along"), norm);
            }
        }
        let _guard = tch::no_grad_guard();
        let drawn = model.generator.forward(&noise, false);
        compare("drawn_after", &drawn);
        compare("real_logits_after", &model.discriminator.forward(&real, false));
        compare("drawn_logits_after", &model.discriminator.forward(&drawn, false));
    }
}

#[test]
fn networks_compute_what_keras_computes() {
    let _turn = torch_turn();
    compare_with_keras(Kind::Double, 1e-9);
    // In 32 bits PyTorch's own layers come within 1.3e-5 of these numbers.
    compare_with_keras(Kind::Float, 1e-4);
}

#[test]
fn first_weights_are_as_chosen() {
    let _turn = torch_turn();
    let spread = |config: DcganConfig| {
        let model = Dcgan::new(config, Device::Cpu, 3).unwrap();
        let weights = &model.generator_store.variables()["conv1.weight"];
        (weights.std(true).double_value(&[]), weights.abs().max().double_value(&[]))
    };
    let (deviation, most) = spread(DcganConfig::improved());
    assert!((deviation - 0.02).abs() < 2e-4 && most > 0.06, "{deviation} {most}");
    // Uniform within ± √(6 / (25 · (256 + 128))) = 0.025.
    let (_, most) = spread(DcganConfig::baseline());
    assert!(most < 0.025_001 && most > 0.0249, "{most}");
}

#[test]
fn names_tell_the_choices() {
    for (sigmoid, extra_layers, noise) in [(false, false, 100), (true, true, 7)] {
        for config in [DcganConfig::baseline(), DcganConfig::improved()] {
            let config = DcganConfig { sigmoid, extra_layers, noise, ..config };
            let again = DcganConfig::from_name(&config.name()).unwrap();
            let expected = DcganConfig {
                initialization: again.initialization,
                optimizer: again.optimizer,
                ..config
            };
            assert_eq!(again, expected);
        }
    }
    for name in [
        "",
        "Dcgan",
        "Dcgan, norm true",
        "Dcgan, norm x, leaky true, dropout 0 0, sigmoid true, extra true, noise 1",
    ] {
        assert_eq!(DcganConfig::from_name(name), None, "{name}");
    }
}

#[test]
fn choices_and_inputs_out_of_range_are_refused() {
    let _turn = torch_turn();
    let refused = |config: DcganConfig, words: &str| {
        let error = Dcgan::new(config, Device::Cpu, 1).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    let base = DcganConfig::improved();
    refused(DcganConfig { noise: 0, ..base }, "noise 0");
    refused(DcganConfig { dropout: [0.3, 1.0], ..base }, "dropout 0.3, 1");
    refused(DcganConfig { dropout: [f64::NAN, 0.0], ..base }, "dropout NaN");
    refused(
        DcganConfig { optimizer: crate::train::Sgd::new(-1.0).into(), ..base },
        "learning rate",
    );

    let mut model = Dcgan::new(base, Device::Cpu, 1).unwrap();
    let epochs = || Epochs::new("Digits", 1).live(false);
    for wrong in [
        Tensor::zeros([2, 3, 28, 28], (Kind::Float, Device::Cpu)),
        Tensor::zeros([2, 1, 28, 27], (Kind::Float, Device::Cpu)),
        Tensor::zeros([0, 1, 28, 28], (Kind::Float, Device::Cpu)),
        Tensor::zeros([2, 1, 28, 28], (Kind::Int64, Device::Cpu)),
    ] {
        assert!(model.fit(epochs(), &wrong, &[]).is_err() && model.judge(&wrong).is_err());
    }
    assert!(model.fit(epochs().batch_size(0), &images(4), &[]).is_err());
    assert!(model.draw(&Tensor::zeros([2, 99], (Kind::Float, Device::Cpu))).is_err());
    assert!(model.sample(0, 1).is_err() && model.interpolate(1, 2, 1).is_err());
}

#[test]
fn a_seed_repeats_a_training_bit_by_bit() {
    let _turn = torch_turn();
    for config in [DcganConfig::baseline(), DcganConfig::improved()] {
        let train = |seed: u64| {
            let mut model = Dcgan::new(config, Device::Cpu, seed).unwrap();
            let epochs = Epochs::new("Digits", 2).batch_size(4).steps_per_epoch(2).seed(seed);
            let fit = model.fit(epochs.live(false), &images(8), &[0, 2, 9]).unwrap();
            assert_eq!(fit.epochs(), [0, 2]);
            assert_eq!(fit.history().series("discriminator").len(), 2);
            (fit.grid(2).unwrap(), model.sample(3, 5).unwrap())
        };
        let (one, again, other) = (train(1), train(1), train(2));
        assert_eq!(one, again);
        assert_ne!(one.1, other.1);
        assert!(one.1.min().double_value(&[]) >= 0.0 && one.1.max().double_value(&[]) <= 1.0);
    }
}

#[test]
fn an_interrupted_training_returns_what_it_has() {
    let _turn = torch_turn();
    let mut model = Dcgan::new(DcganConfig::improved(), Device::Cpu, 1).unwrap();
    let fit = interrupt::with_request_after(3, || {
        let epochs = Epochs::new("Digits", 3).batch_size(4).live(false);
        model.fit(epochs, &images(8), &[0, 1, 2]).unwrap()
    });
    assert_eq!((fit.history().ending(), fit.epochs()), (Ending::Interrupted, vec![0, 1]));
    assert_eq!(fit.history().epochs().len(), 1);
}

#[test]
fn a_discriminator_learns_to_tell_and_a_generator_to_deceive() {
    let _turn = torch_turn();
    // Each network alone against one that stands still.
    let model =
        Dcgan::new(DcganConfig { dropout: [0.0; 2], ..DcganConfig::improved() }, Device::Cpu, 1)
            .unwrap();
    let (real, noise) = (images(8).to_kind(Kind::Float) / 127.5 - 1.0, model.noise(8, 1).unwrap());
    let descend = |store: &VarStore, pick: fn(super::fit::Losses) -> Tensor| {
        let mut optimizer =
            crate::train::Optimizer::new(store, crate::train::Adam::new(1e-3)).unwrap();
        let losses: Vec<f64> = (0..6)
            .map(|_| {
                let loss = pick(model.losses_at(&real, &model.generator.forward(&noise, true)));
                optimizer.minimize(&loss).unwrap();
                loss.double_value(&[])
            })
            .collect();
        assert!(losses[5] < 0.7 * losses[0], "{losses:?}");
    };
    descend(&model.discriminator_store, |losses| losses.discriminator);
    descend(&model.generator_store, |losses| losses.generator);
}

#[test]
fn a_comparison_has_a_row_for_each_choice_and_keeps_what_is_done() {
    let _turn = torch_turn();
    let digits = crate::data::Digits::patterns(200);
    let classifier = crate::model::DigitClassifier::new(Device::Cpu, 1).unwrap();
    let plan = Epochs::new("Variant", 1).batch_size(4).steps_per_epoch(2);
    let ablation = super::DigitAblation::new(plan).seeds(&[1, 2]).pictures(20);
    assert!(ablation.run(&digits, &classifier).is_err());
    let ablation = ablation
        .choice("baseline", DcganConfig::baseline())
        .choice("improved", DcganConfig::improved());
    assert!(ablation.clone().pictures(1).run(&digits, &classifier).is_err());
    let counts = |table: &crate::model::QualityTable| -> Vec<(String, usize)> {
        table.rows().iter().map(|(name, runs)| (name.clone(), runs.len())).collect()
    };
    let table = ablation.run(&digits, &classifier).unwrap();
    let expected = [("real digits", 1), ("baseline", 2), ("improved", 2)];
    assert_eq!(counts(&table), expected.map(|(name, runs)| (name.to_owned(), runs)));
    assert_eq!(table, ablation.run(&digits, &classifier).unwrap());
    // Each network asks once before it begins and three times for batches.
    let part = interrupt::with_request_after(5, || ablation.run(&digits, &classifier).unwrap());
    assert_eq!(
        counts(&part),
        expected[..2].iter().map(|(name, _)| ((*name).to_owned(), 1)).collect::<Vec<_>>()
    );
}

#[test]
fn files_give_the_networks_back() {
    let _turn = torch_turn();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("digits.safetensors");
    let config = DcganConfig { sigmoid: true, extra_layers: true, ..DcganConfig::baseline() };
    let mut model = Dcgan::new(config, Device::Cpu, 1).unwrap();
    model.fit(Epochs::new("Digits", 1).batch_size(4).live(false), &images(4), &[]).unwrap();
    model.save(&path).unwrap();
    let again = Dcgan::load(&path, Device::Cpu).unwrap();
    assert_eq!(again.sample(2, 9).unwrap(), model.sample(2, 9).unwrap());
    assert_eq!(again.judge(&images(3)).unwrap(), model.judge(&images(3)).unwrap());
    let face = crate::model::FaceVae::new(Default::default(), Device::Cpu, 1).unwrap();
    face.save(&path).unwrap();
    assert!(
        Dcgan::load(&path, Device::Cpu).unwrap_err().to_string().contains("a `Dcgan` is needed")
    );
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
    assert!(Dcgan::load(&path, Device::Cpu).is_err());
}
