//! What the parts of a market do together.

#![allow(clippy::unwrap_used)]

use tch::{Kind, Tensor};

use super::*;

fn drawn(tickers: usize) -> MarketPanel {
    MarketModel::default().tickers(tickers).seed(3).sample().unwrap()
}

#[test]
fn seeds_repeat_and_parts_share_no_ticker() {
    let panel = drawn(90);
    assert_eq!(panel, drawn(90));
    let config = MarketConfig::default().windows(2).stride(20).days(100);
    let examples = panel.examples(&config).unwrap();
    assert_eq!(examples.len(), 180);
    let split = examples.split(0.5, 0.25, 9).unwrap();
    let tickers = |set: &MarketSet| -> std::collections::BTreeSet<String> {
        set.names().iter().map(|name| name[..5].to_owned()).collect()
    };
    let parts = [&split.training, &split.validation, &split.test].map(tickers);
    assert_eq!(parts.iter().map(std::collections::BTreeSet::len).sum::<usize>(), 90);
    assert!(
        parts[0].is_disjoint(&parts[1])
            && parts[0].is_disjoint(&parts[2])
            && parts[1].is_disjoint(&parts[2])
    );
    let again = examples.split(0.5, 0.25, 9).unwrap();
    assert_eq!(again.test.names(), split.test.names());
    assert!(again.test.series().equal(split.test.series()));
    assert_ne!(examples.split(0.5, 0.25, 8).unwrap().test.names(), split.test.names());
}

#[test]
fn nothing_outside_the_training_part_decides_anything_that_is_fitted() {
    let panel = drawn(60);
    let config = MarketConfig::default().days(60);
    let split = panel.examples(&config).unwrap().split(0.5, 0.25, 2).unwrap();
    // A test share becomes absurd; the training part must not notice, apart from what all shares of a day share.
    let mut other = panel.clone();
    let share = panel.tickers().iter().position(|ticker| *ticker == split.test.names()[0]).unwrap();
    other.bars.index_axis_mut(ndarray::Axis(0), share).mapv_inplace(|value| 1000.0 * value);
    let changed = other.examples(&config).unwrap().split(0.5, 0.25, 2).unwrap();
    assert_eq!(split.scaler(), changed.scaler());
    assert_eq!(split.static_scaler(), changed.static_scaler());
    assert_eq!(split.boundaries(), changed.boundaries());
    assert!(split.training.series().equal(changed.training.series()));
    assert!(!split.test.series().equal(changed.test.series()));
}

#[test]
fn the_training_part_fills_the_range_and_the_inverse_gives_the_prices_back() {
    let panel = drawn(60);
    for scaling in [ChannelScaling::Global, ChannelScaling::PerSeries] {
        let examples = panel.examples(&MarketConfig::default().days(60).scaling(scaling)).unwrap();
        let split = examples.split(0.5, 0.25, 2).unwrap();
        let lowest = split.training.series().amin([0_i64, 2], false);
        let highest = split.training.series().amax([0_i64, 2], false);
        for channel in 0..8 {
            assert!((lowest.double_value(&[channel]) + 1.0).abs() < 1e-6);
            assert!((highest.double_value(&[channel]) - 1.0).abs() < 1e-6);
        }
        let place =
            panel.tickers().iter().position(|ticker| *ticker == split.test.names()[0]).unwrap();
        let start = panel.dates().len() - 120;
        let again = split.scaler().inverse(split.test.series()).unwrap();
        let close = |day: usize| panel.bars()[[place, 1, start + day]];
        for day in [0, 30, 59] {
            let wanted =
                if scaling == ChannelScaling::Global { close(day) } else { close(day) / close(0) };
            let found = again.double_value(&[0, 1, day as i64]);
            assert!((found / wanted - 1.0).abs() < 1e-4, "{scaling:?} {found} {wanted}");
        }
    }
}

#[test]
fn a_label_of_the_same_window_can_be_read_off_and_one_of_a_later_window_cannot() {
    let panel = drawn(120);
    let same = LabelRule::SameWindow { band: Band::Terciles };
    let examples = panel.examples(&MarketConfig::default().rule(same)).unwrap();
    let sums = examples.raw.select(1, 6).sum_dim_intlist([1_i64].as_slice(), false, Kind::Double);
    let outcomes = Tensor::from_slice(examples.outcomes());
    assert!(f64::try_from((&sums - &outcomes).abs().max()).unwrap() < 1e-12);
    let later = panel.examples(&MarketConfig::default()).unwrap();
    let days = panel.dates().len();
    let sum: f64 = (days - 60..days)
        .map(|day| {
            let closes = |day: usize| panel.bars()[[7, 1, day]];
            let index = &panel.benchmark.as_ref().unwrap().closes;
            (closes(day) / closes(day - 1)).ln() - (index[day] / index[day - 1]).ln()
        })
        .sum();
    assert!((later.outcomes()[7] - sum).abs() < 1e-12);
}

#[test]
fn the_attainable_accuracy_is_that_of_the_rule_it_describes() {
    let panel = MarketModel::default().tickers(3000).days(300).separation(2.0).sample().unwrap();
    let config = MarketConfig::default().days(180);
    // The classifier that knows all but the class, on the data themselves: the likeliest drift.
    let drawn = panel.drawn.as_ref().unwrap();
    let examples = panel.examples(&config).unwrap();
    let market = &panel.benchmark.as_ref().unwrap().closes;
    let (returns, limits) = (panel.returns(), examples.boundaries_of_all().unwrap());
    let (mut right_class, mut right_label) = (0, 0);
    for (share, &(_, start)) in examples.places().iter().enumerate() {
        let (mut evidence, mut information) = (0.0, 0.0);
        for day in start..start + 180 {
            let index = (market[day] / market[day - 1]).ln();
            let weight = 1.0 / drawn.variances[[share, day]];
            evidence += weight * (returns[[share, day]] - drawn.loadings[share] * index);
            information += weight;
        }
        let position = evidence / information / drawn.drifts[share];
        let class = if position < -0.5 { 0 } else { usize::from(position > 0.5) + 1 };
        right_class += usize::from(class == drawn.classes[share]);
        let outcome = examples.outcomes()[share];
        let label = usize::from(outcome >= limits[0]) + usize::from(outcome > limits[1]);
        right_label += usize::from(class == label);
    }
    let found = right_class as f64 / 3000.0;
    let wanted = panel.attainable_accuracy(&config.clone().rule(LabelRule::Drawn)).unwrap();
    // Three standard errors of a share of 3,000.
    assert!((found - wanted).abs() < 0.023, "{found} {wanted}");
    // Taking the class for the label is near the best, and no better.
    let label = right_label as f64 / 3000.0;
    let bound = panel.attainable_accuracy(&config).unwrap();
    assert!(label < bound + 0.027 && label > bound - 0.08, "{label} {bound}");
    let same = config.rule(LabelRule::SameWindow { band: Band::Terciles });
    assert_eq!(panel.attainable_accuracy(&same).unwrap(), 1.0);
}

#[test]
fn without_separation_nothing_can_be_known() {
    let panel = MarketModel::default().tickers(90).separation(0.0).sample().unwrap();
    let accuracy =
        panel.attainable_accuracy(&MarketConfig::default().rule(LabelRule::Drawn)).unwrap();
    assert!((accuracy - 1.0 / 3.0).abs() < 1e-12);
}

#[test]
fn drawn_shares_have_the_marks_of_a_market() {
    let panel = MarketModel::default().tickers(300).days(600).clustering(0.4).sample().unwrap();
    let returns = panel.returns();
    let correlation = |pairs: &mut dyn Iterator<Item = (f64, f64)>| {
        let pairs: Vec<(f64, f64)> = pairs.collect();
        let count = pairs.len() as f64;
        let (mean, other) = pairs
            .iter()
            .fold((0.0, 0.0), |sum, pair| (sum.0 + pair.0 / count, sum.1 + pair.1 / count));
        let sums = pairs.iter().fold([0.0; 3], |[xy, xx, yy], (x, y)| {
            let (x, y) = (x - mean, y - other);
            [xy + x * y, xx + x * x, yy + y * y]
        });
        sums[0] / (sums[1] * sums[2]).sqrt()
    };
    let (mut clustering, mut plain, mut volume) = (0.0, 0.0, 0.0);
    for share in 0..300 {
        let own = returns.row(share);
        clustering +=
            correlation(&mut (1..600).map(|day| (own[day].abs(), own[day - 1].abs()))) / 300.0;
        plain += correlation(&mut (1..600).map(|day| (own[day], own[day - 1]))) / 300.0;
        volume += correlation(
            &mut (1..600).map(|day| (own[day].abs(), panel.bars()[[share, 4, day]].ln())),
        ) / 300.0;
    }
    assert!(
        clustering > 0.1 && plain.abs() < 0.02 && volume > 0.3,
        "{clustering} {plain} {volume}"
    );
    for share in panel.bars().outer_iter() {
        for day in 0..600 {
            let [open, close, high, low] = [0, 1, 2, 3].map(|field| share[[field, day]]);
            assert!(low <= open.min(close) && high >= open.max(close) && low > 0.0);
            assert!((low..=high).contains(&share[[5, day]]));
        }
    }
}

#[test]
fn options_out_of_range_are_refused() {
    let panel = drawn(30);
    let message = |config: MarketConfig| panel.examples(&config).unwrap_err().to_string();
    let config = MarketConfig::default;
    assert!(message(config().days(5)).contains("at least 20 days"));
    assert!(
        message(config().days(300))
            .contains("it has 320 days; 300 of inputs and 60 after them are 360")
    );
    assert!(message(config().windows(0)).contains("at least 1"));
    assert!(message(config().missing(2.0)).contains("between 0 and 1"));
    for width in [0.0, -1.0, f64::NAN] {
        let band = Band::Fixed(width);
        assert!(message(config().rule(LabelRule::SameWindow { band })).contains("positive"));
        assert!(
            message(config().rule(LabelRule::LaterWindow { days: 0, band }))
                .contains("at least one day")
        );
    }
    for model in [
        MarketModel::default().tickers(2),
        MarketModel::default().separation(f64::NAN),
        MarketModel::default().clustering(2.0),
        MarketModel::default().tickers(100_000).days(100_000),
    ] {
        assert!(model.sample().is_err());
    }
}

#[test]
fn classes_without_enough_examples_are_refused() {
    let panel = drawn(60);
    let wide = LabelRule::LaterWindow { days: 60, band: Band::Fixed(5.0) };
    let error = panel
        .examples(&MarketConfig::default().rule(wide))
        .unwrap()
        .split(0.6, 0.2, 1)
        .unwrap_err();
    assert!(
        error.to_string().contains("[0, 60, 0]; a split into three parts needs at least 6 of each"),
        "{error}"
    );
    let few = drawn(9).examples(&MarketConfig::default()).unwrap().split(0.6, 0.2, 1);
    assert!(few.unwrap_err().to_string().contains("at least 6"));
    let examples = panel.examples(&MarketConfig::default()).unwrap();
    for (training, validation) in [(0.0, 0.5), (0.8, 0.2), (f64::NAN, 0.2), (0.5, -0.1)] {
        assert!(
            examples
                .split(training, validation, 1)
                .unwrap_err()
                .to_string()
                .contains("leave something")
        );
    }
    let error = examples.split(0.98, 0.01, 1).unwrap_err().to_string();
    assert!(error.contains("validation part") && error.contains("each needs one"), "{error}");
}
