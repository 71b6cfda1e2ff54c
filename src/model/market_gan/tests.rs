#![allow(clippy::unwrap_used)]

use tch::{Device, Kind, Tensor};

use super::duel::Duel;
use super::{MarketGan, MarketGanConfig, Wasserstein};
use crate::model::reference::{compare, fill, fixture, waves};
use crate::model::series::as_pictures;
use crate::random::torch_turn;
use crate::train::Epochs;

fn gan(config: MarketGanConfig) -> MarketGan {
    MarketGan::new(config, Device::Cpu, 3).unwrap()
}

fn small() -> MarketGanConfig {
    MarketGanConfig { days: 20, latent: 8, ..Default::default() }
}

/// Rising series of class 0, flat ones of class 1, falling ones of class 2.
fn slopes(count: i64) -> (Tensor, Tensor) {
    let classes = Tensor::arange(count, (Kind::Int64, Device::Cpu)).remainder(3);
    let rise: Tensor = 1.0 - classes.to_kind(Kind::Float).view([count, 1, 1]);
    let days = Tensor::linspace(-0.8, 0.8, 20, (Kind::Float, Device::Cpu)).view([1, 1, 20]);
    let noise = Tensor::randn([count, 8, 20], (Kind::Float, Device::Cpu)) * 0.03;
    (rise * days + noise, classes)
}

#[test]
fn outputs_and_running_averages_are_those_of_keras() {
    let _turn = torch_turn();
    let fixture = fixture();
    // Keras rounds to single precision within its batch normalisation, whatever the kind.
    for (kind, tolerance) in [(Kind::Double, 1e-5), (Kind::Float, 1e-5)] {
        let mut gan = gan(MarketGanConfig::default());
        gan.generator_store.set_kind(kind);
        gan.discriminator_store.set_kind(kind);
        fill(&gan.generator_store);
        fill(&gan.discriminator_store);
        let classes = Tensor::from_slice(&[0_i64, 1, 2, 0, 1, 2]);
        let noise = waves(&[6, 64], 0.5).to_kind(kind);
        let _guard = tch::no_grad_guard();
        let of_generator = &fixture["generator"];
        let training = gan.generator.forward(&noise, &classes, true);
        compare("training", &training, &of_generator["training"], tolerance);
        for (name, expected) in of_generator["running"].as_object().unwrap() {
            compare(name, &gan.generator_store.variables()[name], expected, tolerance);
        }
        let plain = gan.generator.forward(&noise, &classes, false);
        compare("plain", &plain, &of_generator["plain"], tolerance);
        let series = as_pictures(&waves(&[6, 8, 180], 0.25).to_kind(kind)).unwrap();
        let scores = gan.discriminator.forward(&series, &classes, false).sigmoid();
        compare("scores", &scores, &fixture["discriminator"]["plain"], tolerance);
        assert_eq!(fixture["generator"]["parameters"].as_i64().unwrap(), 1_525_384);
        assert_eq!(fixture["discriminator"]["parameters"].as_i64().unwrap(), 56_349);
    }
}

#[test]
fn tables_name_every_layer() {
    let _turn = torch_turn();
    let gan = gan(MarketGanConfig::default());
    let (generator, discriminator) =
        (gan.generator_summary().unwrap(), gan.discriminator_summary().unwrap());
    assert_eq!(generator.parameters() + discriminator.parameters(), gan.parameters());
    assert_eq!(generator.rows().last().unwrap().shape, [8, 180]);
    let kinds: Vec<&str> = discriminator.rows().iter().map(|row| row.kind.as_str()).collect();
    assert_eq!(kinds[1..3], ["Conv1d, kernel 5, stride 2", "LeakyReLU, 0.3"]);
    assert_eq!(discriminator.rows()[1].shape, [32, 90]);
    assert_eq!(discriminator.rows().last().unwrap().parameters, 2945);
}

#[test]
fn each_kind_of_training_learns_the_classes() {
    let _turn = torch_turn();
    tch::manual_seed(1);
    let (series, classes) = slopes(192);
    let critic = Wasserstein { critic_steps: 2, penalty: 10.0 };
    let rate = MarketGanConfig { learning_rate: 2e-3, ..small() };
    for config in [
        rate,
        MarketGanConfig { spectral_norm: true, ..rate },
        MarketGanConfig { wasserstein: Some(critic), ..rate },
    ] {
        let mut gan = gan(config);
        let plan = Epochs::new("Slopes", 25).batch_size(32).seed(1).live(false);
        let history = gan.fit(plan, &(&series, &classes)).unwrap();
        assert_eq!(history.names().len(), 4);
        let rises: Vec<f64> = (0..3)
            .map(|class| {
                let made = gan.generate(class, 64, 5).unwrap();
                assert!(made.abs().max().double_value(&[]) <= 1.0);
                let halves = made.narrow(2, 10, 10) - made.narrow(2, 0, 10);
                halves.mean(Kind::Float).double_value(&[])
            })
            .collect();
        // Real ones rise by 0.84, 0, and −0.84 from one half to the other.
        assert!(rises[0] > 0.3 && rises[2] < -0.3, "{config:?}: {rises:?}");
        assert!(rises[1].abs() < 0.3, "{config:?}: {rises:?}");
    }
}

#[test]
fn seeds_repeat_training_and_series() {
    let _turn = torch_turn();
    let (series, classes) = slopes(40);
    let train = |seed| {
        let mut gan = gan(small());
        let plan = Epochs::new("Twice", 2).batch_size(20).seed(seed).live(false);
        let history = gan.fit(plan, &(&series, &classes)).unwrap();
        (history.series("generator_loss"), gan.generate(1, 4, 9).unwrap())
    };
    let (one, again, other) = (train(1), train(1), train(2));
    assert_eq!(one, again);
    assert_ne!(one.1, other.1);
    let gan = gan(small());
    assert_ne!(gan.generate(1, 4, 1).unwrap(), gan.generate(1, 4, 2).unwrap());
    assert_ne!(gan.generate(1, 4, 1).unwrap(), gan.generate(2, 4, 1).unwrap());
}

#[test]
fn each_network_moves_against_the_other_alone() {
    let _turn = torch_turn();
    let gan = gan(small());
    let (series, classes) = slopes(16);
    let real = as_pictures(&series).unwrap();
    let duel = Duel::new(&gan).unwrap();
    let fake =
        gan.generator.forward(&Tensor::zeros([16, 8], (Kind::Float, Device::Cpu)), &classes, true);
    let (loss, [real_score, fake_score]) = duel.discriminator_loss(&real, &fake.detach(), &classes);
    // By hand: −mean log D(x) − mean log(1 − D(G(z))).
    let scores = |series: &Tensor| gan.discriminator.forward(series, &classes, false).sigmoid();
    let by_hand =
        -scores(&real).log().mean(Kind::Float) - (-scores(&fake) + 1.0).log().mean(Kind::Float);
    assert!((loss.double_value(&[]) - by_hand.double_value(&[])).abs() < 1e-5);
    assert!(
        (real_score.double_value(&[]) - scores(&real).mean(Kind::Float).double_value(&[])).abs()
            < 1e-6
    );
    assert!(
        (fake_score.double_value(&[]) - scores(&fake).mean(Kind::Float).double_value(&[])).abs()
            < 1e-6
    );
    let loss = duel.generator_loss(&fake, &classes);
    let by_hand = -scores(&fake).log().mean(Kind::Float);
    assert!((loss.double_value(&[]) - by_hand.double_value(&[])).abs() < 1e-5);
}

#[test]
fn files_bring_back_the_same_networks() {
    let _turn = torch_turn();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("market.safetensors");
    let mut gan = gan(MarketGanConfig { spectral_norm: true, ..small() });
    let (series, classes) = slopes(40);
    let data = (&series, &classes);
    gan.fit(Epochs::new("Saved", 1).batch_size(20).live(false), &data).unwrap();
    gan.save(&path).unwrap();
    let loaded = MarketGan::load(&path, Device::Cpu).unwrap();
    assert_eq!(loaded.generate(2, 5, 1).unwrap(), gan.generate(2, 5, 1).unwrap());
    assert_eq!(loaded.score(&data).unwrap(), gan.score(&data).unwrap());
    let store = tch::nn::VarStore::new(Device::Cpu);
    let _weight = store.root().zeros("weight", &[1]);
    crate::train::write_checkpoint(&path, "Line", &[("model", &store)]).unwrap();
    let error = MarketGan::load(&path, Device::Cpu).unwrap_err().to_string();
    assert!(error.contains("it is of `Line`"), "{error}");
}

#[test]
fn bad_examples_are_refused() {
    let _turn = torch_turn();
    let mut gan = gan(small());
    let (series, classes) = slopes(21);
    let plan = || Epochs::new("Bad", 1).batch_size(20).live(false);
    let mut words = |series: &Tensor, classes: &Tensor| {
        gan.fit(plan(), &(series, classes)).unwrap_err().to_string()
    };
    assert!(words(&series.narrow(2, 0, 19), &classes).contains("n × 8 × 20"));
    assert!(words(&series, &(&classes + 1)).contains("there are 3"));
    assert!(words(&series, &classes.to_kind(Kind::Float)).contains("Int64"));
    assert!(words(&series, &classes).contains("batch of one"));
    let mut nan = series.copy();
    let _in_place = nan.narrow(0, 0, 1).fill_(f64::NAN);
    nan = nan.narrow(0, 0, 20);
    assert!(words(&nan, &classes.narrow(0, 0, 20)).contains("became"));
    assert!(gan.generate(0, 0, 1).is_err());
    assert!(gan.generate(-1, 2, 1).is_err());
}
