#![allow(clippy::unwrap_used)]

use tch::{Device, Kind, Tensor};

use super::result::{Arm, MEASURES};
use super::{Augmentation, AugmentationExperiment, AugmentationResult, DiscriminativeScore};
use crate::data::market::{MarketConfig, MarketModel, MarketSet};
use crate::model::MarketGanConfig;
use crate::notebook::Show;
use crate::random::torch_turn;

/// Series at the level of their class, with static features that say their number.
fn examples(count: i64) -> MarketSet {
    let labels = Tensor::arange(count, (Kind::Int64, Device::Cpu)).remainder(3);
    let level = (labels.to_kind(Kind::Float) - 1.0).view([count, 1, 1]) * 0.9;
    let series = level + Tensor::zeros([count, 8, 12], (Kind::Float, Device::Cpu));
    let statics = Tensor::arange(count, (Kind::Float, Device::Cpu)).view([count, 1]);
    MarketSet::new(&series, &statics, &labels).unwrap()
}

#[test]
fn new_examples_have_static_features_of_real_ones_of_their_class() {
    let _turn = torch_turn();
    let set = examples(30);
    let config = MarketGanConfig { latent: 4, ..Default::default() };
    let network = Augmentation::Gan { config, epochs: 1 };
    for way in [Augmentation::Copies, Augmentation::Jitter(0.3), Augmentation::Blocks(4.0), network]
    {
        let more = way.examples(&set, [4, 11, 0], 5).unwrap();
        assert_eq!(more.class_counts(), [4, 11, 0], "{way:?}");
        let statics: Vec<f32> = more.statics().reshape([-1]).try_into().unwrap();
        let labels: Vec<i64> = more.labels().try_into().unwrap();
        assert!(statics.iter().zip(&labels).all(|(number, label)| *number as i64 % 3 == *label));
        assert!(more.series().abs().max().double_value(&[]) <= 1.0);
        let again = way.examples(&set, [4, 11, 0], 5).unwrap();
        assert_eq!(more.series(), again.series(), "{way:?}");
        assert_ne!(more.statics(), way.examples(&set, [4, 11, 0], 6).unwrap().statics());
    }
    let copies = Augmentation::Copies.examples(&set, [0, 3, 0], 1).unwrap();
    assert_eq!(copies.series().abs().max().double_value(&[]), 0.0);
    let noisy = Augmentation::Jitter(0.3).examples(&set, [0, 100, 0], 1).unwrap();
    assert!((noisy.series().std(true).double_value(&[]) - 0.3).abs() < 0.02);
}

#[test]
fn examples_that_cannot_be_made_are_refused() {
    let _turn = torch_turn();
    let set = examples(30);
    let words = |way: Augmentation, set: &MarketSet, counts| {
        way.examples(set, counts, 1).unwrap_err().to_string()
    };
    assert!(words(Augmentation::Copies, &set, [0; 3]).contains("0 more examples"));
    assert!(words(Augmentation::Jitter(-0.1), &set, [1; 3]).contains("zero or positive"));
    assert!(words(Augmentation::Blocks(0.0), &set, [1; 3]).contains("one day at least"));
    assert!(words(Augmentation::Jitter(f64::NAN), &set, [1; 3]).contains("zero or positive"));
    let poor = set.of_class(0).unwrap();
    assert!(words(Augmentation::Copies, &poor, [0, 1, 0]).contains("`neutral`"));
}

#[test]
fn an_experiment_repeats_and_pairs_its_classifiers() {
    let _turn = torch_turn();
    let panel = MarketModel::default().tickers(60).days(170).seed(1).sample().unwrap();
    let examples = panel.examples(&MarketConfig::default().days(40)).unwrap();
    let experiment = AugmentationExperiment::default()
        .with(Augmentation::Copies)
        .with(Augmentation::Jitter(0.0))
        .seeds(2)
        .counts([0, 10, 0])
        .epochs(2);
    let result = experiment.run(&examples).unwrap();
    assert_eq!(result, experiment.run(&examples).unwrap());
    assert_eq!(result.arms(), ["none", "copies", "jitter 0"]);
    // Without noise, both ways give the same examples.
    for measure in MEASURES {
        assert_eq!(
            result.values("copies", measure).unwrap(),
            result.values("jitter 0", measure).unwrap()
        );
    }
    let error = result.values("GAN", "accuracy").unwrap_err().to_string();
    assert!(error.contains("arm `GAN`"), "{error}");
    assert!(
        result.values("none", "precison over").unwrap_err().to_string().contains("precision over")
    );
    assert!(AugmentationExperiment::default().run(&examples).is_err());
    assert!(experiment.clone().seeds(0).run(&examples).is_err());
}

/// Two arms whose measures differ by given numbers.
fn result(differences: &[f64]) -> AugmentationResult {
    let seeds: Vec<[f64; 9]> =
        (0..differences.len()).map(|seed| [0.5 + 0.01 * seed as f64; 9]).collect();
    let more = seeds.iter().zip(differences).map(|(values, by)| values.map(|value| value + by));
    let arms = vec![
        Arm { name: "none".into(), seeds: seeds.clone() },
        Arm { name: "GAN".into(), seeds: more.collect() },
    ];
    AugmentationResult { arms, wanted: 5, counts: [0, 200, 0] }
}

#[test]
fn the_verdict_follows_from_the_intervals() {
    let says = |differences: &[f64]| result(differences).verdict().unwrap();
    let none = says(&[0.01, -0.01, 0.02, -0.02, 0.0]);
    assert!(none.contains("made no difference that these seeds can tell from chance"), "{none}");
    assert!(!none.contains("It moved"), "{none}");
    let helped = says(&[0.05, 0.06, 0.05, 0.06, 0.05]);
    assert!(helped.contains("helped: accuracy +0.054"), "{helped}");
    assert!(helped.contains("It moved precision under by +0.054"), "{helped}");
    assert!(says(&[-0.05, -0.06, -0.05, -0.06, -0.05]).contains("harmed"));
    // The 95 % interval leaves out zero, but two measures are looked at.
    let nearly = says(&[0.01, 0.03, 0.02, 0.04, 0.005]);
    assert!(nearly.contains("made no difference"), "{nearly}");
    assert!(nearly.contains("It moved precision under by +0.021"), "{nearly}");
    // Two equal differences have no spread, and still decide nothing.
    let few = says(&[0.05, 0.05]);
    assert!(few.contains("2 seeds, too few to tell from chance: accuracy +0.050"), "{few}");
    assert!(!few.contains("helped") && !few.contains("moved"), "{few}");
    let half = result(&[0.01, 0.02]);
    assert_eq!(half.seeds(), 2);
    let text = half.rich().get("text/plain").unwrap_or_default().to_owned();
    assert!(text.contains("Interrupted after 2 of 5 seeds"), "{text}");
    // A paragraph for each way, and of the table what fits a page.
    let html = half.rich().get("text/html").unwrap_or_default().to_owned();
    assert!(html.starts_with("<p>GAN: ") && html.matches("<p>").count() == 2, "{html}");
    assert!(html.contains("log loss") && !html.contains("recall over"), "{html}");
    assert!(result(&[0.01]).verdict().is_err());
    let frame = result(&[0.01, 0.02, 0.03]).frame().unwrap();
    assert_eq!((frame.height(), frame.width()), (9, 7));
}

#[test]
fn series_that_are_alike_cannot_be_told_apart() {
    let _turn = torch_turn();
    tch::manual_seed(1);
    let labels = Tensor::zeros([300], (Kind::Int64, Device::Cpu));
    let statics = Tensor::zeros([300, 1], (Kind::Float, Device::Cpu));
    let set = |level: f64| {
        let series = Tensor::randn([300, 8, 12], (Kind::Float, Device::Cpu)) * 0.2 + level;
        MarketSet::new(&series, &statics, &labels).unwrap()
    };
    let alike = DiscriminativeScore::new(&set(0.0), &set(0.0), 6, 1).unwrap();
    let apart = DiscriminativeScore::new(&set(0.3), &set(-0.3), 6, 1).unwrap();
    assert!(alike.score() < 0.2, "{alike:?}");
    assert!(apart.score() > 0.45, "{apart:?}");
    assert!(DiscriminativeScore::new(&set(0.0).rows(&[0, 1]).unwrap(), &set(0.0), 6, 1).is_err());
}
