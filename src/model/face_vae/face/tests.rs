#![allow(clippy::unwrap_used)]

use super::*;
use crate::model::LayerRow;
use crate::notebook::Show;
use crate::train::Model;
use crate::train::{Adam, Trainer};

fn model() -> FaceVae {
    FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 3).unwrap()
}

fn faces(count: i64) -> Tensor {
    let wave = Tensor::arange(count * 3 * 45 * 45, (Kind::Float, Device::Cpu));
    ((wave * 0.013).sin() * 0.4 + 0.5).view([count, 3, 45, 45])
}

fn distance(one: &Tensor, other: &Tensor) -> f64 {
    (one - other).abs().max().double_value(&[])
}

#[test]
fn tables_name_every_layer() {
    let _turn = crate::random::torch_turn();
    let (encoder, decoder) =
        (model().encoder_summary().unwrap(), model().decoder_summary().unwrap());
    let row = |row: &LayerRow| (row.name.clone(), row.shape.clone(), row.parameters);
    let rows: Vec<_> = encoder.rows().iter().map(row).collect();
    assert_eq!(rows[0], ("conv1".into(), vec![64, 41, 41], 4_864));
    assert_eq!(rows[2], ("pool1".into(), vec![64, 20, 20], 0));
    assert_eq!(rows[8], ("pool3".into(), vec![32, 3, 3], 0));
    assert_eq!(rows[11], ("log_variance".into(), vec![100], 28_900));
    let rows: Vec<_> = decoder.rows().iter().map(row).collect();
    assert_eq!(rows[1], ("conv1".into(), vec![64, 3, 3], 57_664));
    assert_eq!(rows.last().unwrap(), &("relu4".into(), vec![3, 45, 45], 0));
    assert_eq!(encoder.parameters() + decoder.parameters(), model().parameters());
    let text = encoder.rich().get("text/plain").unwrap().to_owned();
    assert!(
        text.starts_with("Encoder: inputs 3 × 45 × 45, 118,056 parameters in 12 layers"),
        "{text}"
    );
}

#[test]
fn first_weights_keep_to_their_bounds() {
    let _turn = crate::random::torch_turn();
    for (initialization, bound) in [
        (crate::model::Initialization::Keras, (6.0 / ((3.0 + 64.0) * 25.0_f64)).sqrt()),
        (crate::model::Initialization::PyTorch, 1.0 / (3.0 * 25.0_f64).sqrt()),
    ] {
        let model =
            FaceVae::new(FaceVaeConfig { initialization, ..Default::default() }, Device::Cpu, 3)
                .unwrap();
        let weights = &model.store.variables()["encoder.conv1.weight"];
        let most = weights.abs().max().double_value(&[]);
        assert!(most <= bound && most > 0.98 * bound, "{most} {bound}");
    }
}

#[test]
fn many_images_give_the_codes_that_each_gives_alone() {
    let _turn = crate::random::torch_turn();
    let (model, faces) = (model(), faces(260));
    let codes = model.codes(&faces).unwrap();
    assert!(
        distance(&codes.narrow(0, 258, 1), &model.codes(&faces.narrow(0, 258, 1)).unwrap()) < 1e-5
    );
    let bytes = (&faces * 255.0).round().to_kind(Kind::Uint8);
    assert!(distance(&codes, &model.codes(&bytes).unwrap()) < 0.05);
    let again = model.reconstruct(&faces.narrow(0, 0, 2)).unwrap();
    assert!(again.size() == [2, 3, 45, 45] && again.is_contiguous());
}

#[test]
fn seeds_decide_what_is_drawn() {
    let _turn = crate::random::torch_turn();
    let (model, faces) = (model(), faces(3));
    let images = |seed| model.generate(3, seed).unwrap();
    assert_eq!((images(1).size(), images(1).requires_grad()), (vec![3, 3, 45, 45], false));
    let codes = |seed| model.sample_codes(&faces, seed).unwrap();
    assert!(distance(&codes(1), &codes(2)) > 0.1);
    assert_eq!(model.statistics(&faces).unwrap().divergence().len(), 100);
}

#[test]
fn training_lowers_the_loss() {
    let _turn = crate::random::torch_turn();
    let mut model =
        FaceVae::new(FaceVaeConfig { factor: 1.0, ..Default::default() }, Device::Cpu, 1).unwrap();
    let trainer = Trainer::new(Adam::new(1e-3)).epochs(6).batch_size(16).seed(1);
    let history = trainer.fit(&mut model, &faces(64)).unwrap();
    let losses = history.series("loss");
    assert!(losses[5] < 0.7 * losses[0], "{losses:?}");
    let (error, divergence) = (history.series("squared_error")[5], history.series("divergence")[5]);
    assert!((losses[5] - error / 2.0 - divergence).abs() < 1e-3 * losses[5]);
}

#[test]
fn files_bring_back_the_same_network() {
    let _turn = crate::random::torch_turn();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("faces.safetensors");
    let (model, faces) = (model(), faces(2));
    model.save(&path).unwrap();
    let loaded = FaceVae::load(&path, Device::Cpu).unwrap();
    assert_eq!(loaded.codes(&faces).unwrap(), model.codes(&faces).unwrap());
    let store = VarStore::new(Device::Cpu);
    let _weight = store.root().zeros("weight", &[1]);
    crate::train::write_checkpoint(&path, "Line", &[("model", &store)]).unwrap();
    assert!(FaceVae::load(&path, Device::Cpu).unwrap_err().to_string().contains("it is of `Line`"));
    crate::train::write_checkpoint(&path, &model.name(), &[("model", &store)]).unwrap();
    assert!(FaceVae::load(&path, Device::Cpu).unwrap_err().to_string().contains("`model` has no"));
}

#[test]
fn images_and_choices_that_do_not_fit_are_refused() {
    let _turn = crate::random::torch_turn();
    let model = model();
    for images in [
        faces(1).narrow(3, 0, 44),
        faces(1).narrow(1, 0, 1),
        faces(1).to_kind(Kind::Double),
        faces(1).squeeze_dim(0),
    ] {
        let error = model.codes(&images).unwrap_err().to_string();
        assert!(error.contains("n × 3 × 45 × 45"), "{error}");
    }
    assert!(
        FaceVae::new(FaceVaeConfig { codes: 0, ..Default::default() }, Device::Cpu, 1).is_err()
    );
    assert!(
        FaceVae::new(FaceVaeConfig { factor: f64::NAN, ..Default::default() }, Device::Cpu, 1)
            .is_err()
    );
    assert!(model.generate(0, 1).is_err());
    let mut wrong = FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 1).unwrap();
    assert!(Trainer::new(Adam::new(1e-3)).fit(&mut wrong, &faces(2).narrow(2, 0, 40)).is_err());
}

/// Waves in place of random numbers, which `tests/fixtures/face_vae.py` makes just so.
fn waves(shape: &[i64], phase: f64) -> Tensor {
    let count: i64 = shape.iter().product();
    (Tensor::arange(count, (Kind::Double, Device::Cpu)) * 0.7 + phase).sin().reshape(shape)
}

/// The waves' outputs and loss, and in `f64` their gradients: in `f32` rounding decides which of two nearly equal pixels a
/// pool takes, and with it 1e-5 of a gradient.
fn compare_with_pytorch(kind: Kind, tolerance: f64) {
    let fixture = include_str!("../../../../tests/fixtures/face_vae.json");
    let fixture: serde_json::Value = serde_json::from_str(fixture).unwrap();
    let near = |name: &str, ours: f64, theirs: &serde_json::Value, scale: f64| {
        let theirs = theirs.as_f64().unwrap();
        assert!((ours - theirs).abs() < tolerance * scale.max(1.0), "{name}: {ours} {theirs}");
    };
    let mut model = model();
    model.store.set_kind(kind);
    let variables: std::collections::BTreeMap<String, Tensor> =
        model.store.variables().into_iter().collect();
    for (place, (name, variable)) in variables.iter().enumerate() {
        let value =
            waves(&variable.size(), place as f64) * fixture["scales"][name].as_f64().unwrap();
        tch::no_grad(|| variable.shallow_clone().copy_(&value));
    }
    let images = ((waves(&[4, 3, 45, 45], 0.5) + 1.0) / 2.0).to_kind(kind);
    let noise = waves(&[4, 100], 0.25).to_kind(kind);
    for images in [images.shallow_clone(), channels_last(images).unwrap()] {
        let (mean, log_variance) = model.distribution(&images);
        let decoded = model.decoder.forward(&mean);
        for (name, tensor) in
            [("mean", &mean), ("log_variance", &log_variance), ("decoded", &decoded)]
        {
            let ours: Vec<f64> =
                tensor.detach().reshape([-1]).to_kind(Kind::Double).try_into().unwrap();
            let every = fixture[name]["every"].as_u64().unwrap() as usize;
            let theirs = fixture[name]["values"].as_array().unwrap();
            assert_eq!(ours.len().div_ceil(every), theirs.len());
            for (ours, theirs) in ours.iter().step_by(every).zip(theirs) {
                near(name, *ours, theirs, 1.0);
            }
        }
        let losses = model.loss_at(&images, |_| noise.shallow_clone());
        let loss = losses.loss().double_value(&[]);
        near("loss", loss, &fixture["loss"], loss);
        if kind == Kind::Float {
            continue;
        }
        let inputs: Vec<&Tensor> = variables.values().collect();
        let gradients = Tensor::run_backward(&[losses.loss()], &inputs, false, false);
        for (name, gradient) in variables.keys().zip(gradients) {
            let expected = &fixture["gradients"][name];
            let norm = gradient.norm().double_value(&[]);
            near(name, norm, &expected["norm"], norm);
            // Against a wave no two elements can change places unseen.
            let along = (&gradient * waves(&gradient.size(), 0.1)).sum(Kind::Double);
            near(name, along.double_value(&[]), &expected["along"], norm);
        }
    }
}

#[test]
fn outputs_loss_and_gradients_are_those_of_pytorch() {
    let _turn = crate::random::torch_turn();
    compare_with_pytorch(Kind::Double, 1e-10);
    compare_with_pytorch(Kind::Float, 1e-5);
}

#[test]
fn the_weights_that_come_along_do_in_pytorch_what_they_do_here() {
    let _turn = crate::random::torch_turn();
    let fixture = include_str!("../../../../tests/fixtures/face_vae_weights.json");
    let fixture: serde_json::Value = serde_json::from_str(fixture).unwrap();
    let model = FaceVae::pretrained(Device::Cpu).unwrap();
    assert_eq!(model.config(), FaceVaeConfig::default());
    let images = ((waves(&[3, 3, 45, 45], 0.5) + 1.0) / 2.0).to_kind(Kind::Float);
    let codes = waves(&[3, 100], 0.25).to_kind(Kind::Float);
    let (mean, log_variance) = model.encode(&images).unwrap();
    let [decoded, again] = [&codes, &mean].map(|codes| model.decode(codes).unwrap());
    for (name, ours) in [
        ("mean", mean.shallow_clone()),
        ("log_variance", log_variance),
        ("decoded", decoded),
        ("again", again),
    ] {
        let theirs: Vec<f64> = serde_json::from_value(fixture[name]["values"].clone()).unwrap();
        let every = fixture[name]["every"].as_i64().unwrap();
        let ours = ours.to_kind(Kind::Double).flatten(0, -1).slice(0, 0, None, every);
        assert_eq!(ours.size(), [theirs.len() as i64]);
        assert!(distance(&ours, &Tensor::from_slice(&theirs)) < 1e-4, "{name}");
    }
}
