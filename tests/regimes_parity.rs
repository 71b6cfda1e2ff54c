//! Clusters against scikit-learn, hidden Markov models against hmmlearn (see `fixtures/regimes.py`).

#![allow(clippy::unwrap_used)]

use latentlab::ndarray::{Array1, Array2};
use latentlab::regimes::{HiddenMarkov, HiddenMarkovFit, KMeans};
use latentlab::stats::adjusted_rand_index;
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/regimes.json")).unwrap()
}

fn matrix(value: &Value) -> Array2<f64> {
    let rows = value.as_array().unwrap();
    let columns = rows[0].as_array().unwrap().len();
    Array2::from_shape_fn((rows.len(), columns), |(row, column)| {
        rows[row][column].as_f64().unwrap()
    })
}

fn whole(value: &Value) -> Vec<usize> {
    value.as_array().unwrap().iter().map(|label| label.as_u64().unwrap() as usize).collect()
}

fn covariances(value: &Value) -> Vec<Array2<f64>> {
    value.as_array().unwrap().iter().map(matrix).collect()
}

fn distance(one: &Array2<f64>, other: &Array2<f64>) -> f64 {
    assert_eq!(one.dim(), other.dim());
    one.iter().zip(other).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max)
}

#[test]
fn clusters_are_those_of_scikit_learn() {
    for problem in fixture()["clusters"].as_array().unwrap() {
        let (name, count) = (&problem["name"], problem["clusters"].as_u64().unwrap() as usize);
        let found = KMeans::new(count).starts(100).fit(matrix(&problem["samples"])).unwrap();
        let inertia = problem["inertia"].as_f64().unwrap();
        // From many starts ours may end lower; then the groups are others.
        let ratio = found.inertia() / inertia;
        assert!(ratio < 1.0 + 1e-9, "{name}: {}", found.inertia());
        if ratio > 1.0 - 1e-9 {
            let agreement = adjusted_rand_index(found.labels(), &whole(&problem["labels"]));
            assert_eq!(agreement.unwrap(), 1.0, "{name}");
        } else {
            assert_eq!(name, "heavy tails", "{}", found.inertia());
        }
    }
}

#[test]
fn chains_are_those_of_hmmlearn() {
    for problem in fixture()["chains"].as_array().unwrap() {
        let (name, samples) = (&problem["name"], matrix(&problem["samples"]));
        let initial: Array1<f64> = matrix(&problem["initial"]).row(0).to_owned();
        let start = HiddenMarkovFit::new(
            initial,
            matrix(&problem["transition"]),
            matrix(&problem["means"]),
            covariances(&problem["covariances"]),
        )
        .unwrap();
        let near = |ours: f64, theirs: &Value| {
            let theirs = theirs.as_f64().unwrap();
            assert!((ours / theirs - 1.0).abs() < 1e-9, "{name}: {ours} {theirs}");
        };
        near(start.log_likelihood(&samples).unwrap(), &problem["likelihood"]);
        for (ours, key) in
            [(start.smoothed(&samples), "smoothed"), (start.filtered(&samples), "filtered")]
        {
            let apart = distance(&ours.unwrap(), &matrix(&problem[key]));
            assert!(apart < 1e-9, "{name}, {key}: {apart:e}");
        }
        assert_eq!(start.most_likely_path(&samples).unwrap(), whole(&problem["path"]), "{name}");
        let rounds = problem["rounds"].as_u64().unwrap() as usize;
        let method =
            HiddenMarkov::new(start.states()).iterations(rounds).tolerance(f64::NEG_INFINITY);
        let fit = method.fit_from(&start, &samples).unwrap();
        let after = &problem["after"];
        near(fit.log_likelihood(&samples).unwrap(), &after["likelihood"]);
        assert!(distance(fit.transition(), &matrix(&after["transition"])) < 1e-7, "{name}");
        assert!(distance(fit.means(), &matrix(&after["means"])) < 1e-7, "{name}");
        for (ours, theirs) in fit.covariances().iter().zip(covariances(&after["covariances"])) {
            assert!(distance(ours, &theirs) < 1e-7, "{name}");
        }
    }
}
