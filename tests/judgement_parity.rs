//! What judges classifiers and synthetic series, against scikit-learn, scipy and numpy (see `fixtures/judgement.py`).

#![allow(clippy::unwrap_used)]

use latentlab::prelude::*;
use latentlab::stats::{kolmogorov_smirnov, top_k_accuracy, wasserstein};
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/judgement.json")).unwrap()
}

fn each(kind: &str) -> Vec<Value> {
    fixture()[kind].as_array().unwrap().clone()
}

fn vector(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn near(found: &[f64], wanted: &Value, what: &str) {
    let wanted = if wanted.is_array() { vector(wanted) } else { vec![wanted.as_f64().unwrap()] };
    assert_eq!(found.len(), wanted.len(), "{what}");
    for (one, other) in found.iter().zip(&wanted) {
        assert!((one - other).abs() <= 1e-11 * other.abs().max(1e-2), "{what}: {one} {other}");
    }
}

#[test]
fn reports_are_those_of_scikit_learn() {
    for case in each("classification") {
        let classes = 0..case["classes"].as_u64().unwrap();
        let report =
            ClassificationReport::new(vector(&case["truth"]), vector(&case["predicted"]), classes)
                .unwrap();
        near(&report.precision(), &case["precision"], "precision");
        near(&report.recall(), &case["recall"], "recall");
        near(&report.f1(), &case["f1"], "F1");
        near(&[report.accuracy()], &case["accuracy"], "accuracy");
        near(&[report.macro_f1()], &case["macro_f1"], "macro F1");
        near(&[report.weighted_f1()], &case["weighted_f1"], "weighted F1");
        let support: Vec<f64> = report.support().into_iter().map(|count| count as f64).collect();
        near(&support, &case["support"], "support");
        let rows: Vec<f64> =
            case["confusion"].as_array().unwrap().iter().flat_map(vector).collect();
        assert_eq!(report.counts().iter().copied().collect::<Vec<_>>(), rows);
    }
}

#[test]
fn probabilities_are_judged_as_by_scikit_learn() {
    for case in each("probabilities") {
        let truth = vector(&case["truth"]);
        let rows: Vec<Vec<f64>> =
            case["probabilities"].as_array().unwrap().iter().map(vector).collect();
        let calibration =
            Calibration::new(&truth, rows.clone(), case["bins"].as_u64().unwrap() as usize)
                .unwrap();
        let filled: Vec<_> = calibration.curve().iter().filter(|bin| bin.count > 0).collect();
        near(
            &filled.iter().map(|bin| bin.accuracy).collect::<Vec<_>>(),
            &case["accuracy"],
            "accuracy",
        );
        near(
            &filled.iter().map(|bin| bin.confidence).collect::<Vec<_>>(),
            &case["confidence"],
            "confidence",
        );
        near(&[calibration.expected_error()], &case["expected_error"], "expected error");
        near(&[calibration.brier()], &case["brier"], "Brier score");
        near(&[calibration.log_loss()], &case["log_loss"], "log loss");
        let top = [1, 2].map(|k| top_k_accuracy(&truth, rows.clone(), k).unwrap());
        near(&top, &case["top"], "top k");
    }
}

#[test]
fn paired_tests_are_those_of_scipy() {
    for case in each("paired") {
        let comparison =
            PairedComparison::new(vector(&case["first"]), vector(&case["second"])).unwrap();
        let name = case["name"].as_str().unwrap();
        near(&[comparison.t()], &case["t"], name);
        near(&[comparison.p_value()], &case["p"], name);
        near(&comparison.interval(0.95).unwrap(), &case["interval"], name);
        near(&[comparison.permutation_p_value()], &case["permutation"], name);
    }
}

#[test]
fn distances_of_samples_are_those_of_scipy() {
    for case in each("distances") {
        let (one, other) = (vector(&case["one"]), vector(&case["other"]));
        near(&[wasserstein(&one, &other).unwrap()], &case["wasserstein"], "Wasserstein");
        near(
            &[kolmogorov_smirnov(&one, &other).unwrap()],
            &case["kolmogorov_smirnov"],
            "Kolmogorov–Smirnov",
        );
    }
}

#[test]
fn series_are_compared_as_with_numpy_and_scipy() {
    let case = &fixture()["series"];
    let tensor = |key: &str| Tensor::from_slice(&vector(&case[key])).view([-1, 3, 30]);
    let labels = |key: &str| Tensor::from_slice(&vector(&case[key])).to_kind(Kind::Int64);
    let report = Realism::default()
        .lags(case["lags"].as_u64().unwrap() as usize)
        .return_channel(1)
        .labels(&labels("real_labels"), &labels("synthetic_labels"))
        .held_out(&tensor("held_out"))
        .compare(&tensor("real"), &tensor("synthetic"))
        .unwrap();
    let classes = report.classes();
    assert_eq!(classes.iter().map(|class| class.class).collect::<Vec<_>>(), [0, 1]);
    near(&classes.iter().map(|class| class.mean).collect::<Vec<_>>(), &case["means"], "means");
    near(
        &classes.iter().map(|class| class.deviation).collect::<Vec<_>>(),
        &case["deviations"],
        "deviations",
    );
    let marginals = report.marginals();
    near(
        &marginals.iter().map(|one| one.wasserstein).collect::<Vec<_>>(),
        &case["wasserstein"],
        "Wasserstein",
    );
    let statistics: Vec<f64> = marginals.iter().map(|one| one.kolmogorov_smirnov).collect();
    near(&statistics, &case["kolmogorov_smirnov"], "Kolmogorov–Smirnov");
    near(&report.autocorrelation().real, &case["autocorrelation"], "autocorrelation");
    near(&report.autocorrelation().synthetic_squares, &case["autocorrelation_squares"], "squares");
    near(&[report.correlation().distance()], &case["correlation_distance"], "correlations");
    let memorization = report.memorization().unwrap();
    near(&memorization.synthetic, &case["nearest_synthetic"], "nearest");
    near(&memorization.held_out, &case["nearest_held_out"], "nearest of held-out series");
    assert_eq!(memorization.synthetic[0], 0.0);
}
