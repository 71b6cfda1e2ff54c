#![allow(clippy::unwrap_used)]

use tch::{Device, Kind, Tensor};

use super::{HybridClassifier, HybridClassifierConfig};
use crate::model::reference::{compare, fill, fixture, waves};
use crate::random::torch_turn;
use crate::train::{Dataset, Examples, Model, Pass};

fn model(config: HybridClassifierConfig) -> HybridClassifier {
    HybridClassifier::new(config, Device::Cpu, 3).unwrap()
}

/// The class is told half by the series' mean and half by the first static.
fn examples(count: i64, seed: i64) -> Dataset {
    tch::manual_seed(seed);
    let options = (Kind::Float, Device::Cpu);
    let classes = Tensor::arange(count, (Kind::Int64, Device::Cpu)).remainder(3);
    let level = classes.to_kind(Kind::Float) - 1.0;
    let series = Tensor::randn([count, 8, 30], options) * 0.3 + level.view([count, 1, 1]) * 0.3;
    let statics = Tensor::randn([count, 8], options) + level.view([count, 1]) * 0.5;
    Dataset::new(&series).unwrap().with(&classes).unwrap().with(&statics).unwrap()
}

fn pass(training: bool) -> Pass {
    Pass { training, epoch: 1, epochs: 1 }
}

#[test]
fn outputs_loss_and_running_averages_are_those_of_keras() {
    let _turn = torch_turn();
    let fixture = &fixture()["classifier"];
    // Keras rounds to single precision within its batch normalisation, whatever the kind.
    for (kind, tolerance) in [(Kind::Double, 1e-6), (Kind::Float, 1e-5)] {
        let mut model = model(HybridClassifierConfig { dropout: [0.0; 3], ..Default::default() });
        assert_eq!(fixture["parameters"].as_u64().unwrap() as usize, model.parameters());
        model.store.set_kind(kind);
        fill(&model.store);
        let classes = Tensor::from_slice(&[0_i64, 1, 2, 0, 1, 2]);
        let (series, statics) = (waves(&[6, 8, 180], 0.25), waves(&[6, 8], 0.125));
        let data = Dataset::new(&series).unwrap().with(&classes).unwrap().with(&statics).unwrap();
        let batch = data.rows(&[0, 1, 2, 3, 4, 5]).unwrap();
        let _guard = tch::no_grad_guard();
        let training = model.logits(&batch, true).unwrap().softmax(1, None::<Kind>);
        compare("training", &training, &fixture["training"], tolerance);
        for (name, expected) in fixture["running"].as_object().unwrap() {
            compare(name, &model.store.variables()[name], expected, tolerance);
        }
        compare("plain", &model.probabilities(&data).unwrap(), &fixture["plain"], tolerance);
        let near = |name: &str, value: f64| {
            let expected = fixture[name].as_f64().unwrap();
            assert!((value - expected).abs() < tolerance * 10.0, "{name}: {value} {expected}");
        };
        near("penalty", model.penalty().double_value(&[]));
        let loss = model.loss(&batch, &pass(false)).unwrap().loss().double_value(&[]);
        near("loss", loss);
    }
}

#[test]
fn classes_count_by_their_weights_in_training_alone() {
    let _turn = torch_turn();
    let plain = HybridClassifierConfig { dropout: [0.0; 3], l2: [0.0; 2], ..Default::default() };
    let [even, odd] = [[1.0, 1.0, 1.0], [1.0, 1.3, 0.0]]
        .map(|class_weights| model(HybridClassifierConfig { class_weights, ..plain }));
    let data = examples(30, 1);
    let rows: Vec<i64> = (0..30).collect();
    let batch = data.rows(&rows).unwrap();
    let of = |model: &HybridClassifier, rows: &[i64], training| {
        let batch = data.rows(rows).unwrap();
        let logits =
            model.logits(&data.rows(&(0..30).collect::<Vec<i64>>()).unwrap(), training).unwrap();
        let chosen = logits.index_select(0, &Tensor::from_slice(rows));
        chosen.cross_entropy_for_logits(batch.targets().unwrap()).double_value(&[])
    };
    let class = |class: i64| -> Vec<i64> { (0..30).filter(|row| row % 3 == class).collect() };
    let wanted = (of(&odd, &class(0), true) + 1.3 * of(&odd, &class(1), true)) / 3.0;
    let found = odd.loss(&batch, &pass(true)).unwrap().loss().double_value(&[]);
    assert!((found - wanted).abs() < 1e-5, "{found} {wanted}");
    let validation = |model: &HybridClassifier| {
        model.loss(&batch, &pass(false)).unwrap().loss().double_value(&[])
    };
    let fresh = model(plain);
    assert!((validation(&fresh) - of(&fresh, &rows, false)).abs() < 1e-5);
    assert!(even.loss(&batch, &pass(true)).is_ok());
}

#[test]
fn training_learns_and_measures_are_those_of_the_predictions() {
    let _turn = torch_turn();
    let (training, validation) = (examples(600, 1), examples(150, 2));
    let mut model = model(HybridClassifierConfig::default());
    let history = HybridClassifier::trainer()
        .epochs(15)
        .seed(1)
        .validation(&validation)
        .live(false)
        .fit(&mut model, &training)
        .unwrap();
    // Early stopping has put back the weights of the best epoch.
    let epoch = history.restored_epoch().unwrap();
    let measure = |name: &str| history.series(name)[epoch - 1];
    let truth: Vec<i64> = (0..150).map(|row| row % 3).collect();
    let predicted: Vec<i64> = model.predict(&validation).unwrap().try_into().unwrap();
    let both = |wanted: i64| {
        let hits =
            truth.iter().zip(&predicted).filter(|(one, other)| **one == wanted && one == other);
        hits.count() as f64
    };
    let all =
        |classes: &[i64], wanted| classes.iter().filter(|class| **class == wanted).count() as f64;
    let accuracy = (both(0) + both(1) + both(2)) / 150.0;
    assert!(accuracy > 0.5, "{accuracy}");
    // Batches' means are in single precision.
    assert!((measure("validation_accuracy") - accuracy).abs() < 1e-6);
    for (number, class) in ["under", "neutral", "over"].into_iter().enumerate() {
        let number = number as i64;
        let recall = both(number) / all(&truth, number);
        assert!((measure(&format!("validation_recall_{class}")) - recall).abs() < 1e-9);
        let precision = both(number) / all(&predicted, number).max(1.0);
        assert!((measure(&format!("validation_precision_{class}")) - precision).abs() < 1e-9);
    }
    assert!(measure("validation_top2_accuracy") >= accuracy);
}

#[test]
fn files_bring_back_the_same_network() {
    let _turn = torch_turn();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("classifier.safetensors");
    let data = examples(60, 1);
    let mut model = model(HybridClassifierConfig::default());
    HybridClassifier::trainer().epochs(1).live(false).fit(&mut model, &data).unwrap();
    model.save(&path).unwrap();
    let loaded = HybridClassifier::load(&path, Device::Cpu).unwrap();
    assert_eq!(loaded.probabilities(&data).unwrap(), model.probabilities(&data).unwrap());
    let sums =
        model.probabilities(&data).unwrap().sum_dim_intlist([1_i64].as_slice(), false, Kind::Float);
    assert!((sums - 1.0).abs().max().double_value(&[]) < 1e-5);
}

#[test]
fn bad_examples_are_refused() {
    let _turn = torch_turn();
    let model = model(HybridClassifierConfig::default());
    let series = Tensor::zeros([4, 8, 20], (Kind::Float, Device::Cpu));
    let classes = Tensor::zeros([4], (Kind::Int64, Device::Cpu));
    let statics = Tensor::zeros([4, 8], (Kind::Float, Device::Cpu));
    let set = |series: &Tensor, classes: &Tensor, statics: &Tensor| {
        Dataset::new(series).unwrap().with(classes).unwrap().with(statics).unwrap()
    };
    assert!(model.predict(&set(&series, &classes, &statics)).is_ok());
    let words = |data: &Dataset| model.predict(data).unwrap_err().to_string();
    assert!(words(&set(&series.narrow(1, 0, 7), &classes, &statics)).contains("n × 8 × days"));
    assert!(words(&set(&series, &classes, &statics.narrow(1, 0, 7))).contains("n × 8 is"));
    assert!(words(&(&series, &classes).dataset().unwrap()).contains("parts"));
    let odd = set(&series, &statics, &statics).rows(&[0, 1]).unwrap();
    assert!(model.loss(&odd, &pass(true)).unwrap_err().to_string().contains("Int64"));
    let one = set(&series, &classes, &statics).rows(&[0]).unwrap();
    assert!(model.loss(&one, &pass(true)).unwrap_err().to_string().contains("batch of one"));
}
