//! Shrunken covariances and rank correlations against scikit-learn and scipy (see `fixtures/second_moments.py`).

#![allow(clippy::unwrap_used)]

use latentlab::ndarray::Array2;
use latentlab::stats::{
    ledoit_wolf, nonparanormal_transform, oracle_approximating_shrinkage, spearman_correlation,
};
use serde_json::Value;

fn matrix(value: &Value) -> Array2<f64> {
    let rows = value.as_array().unwrap();
    let columns = rows[0].as_array().unwrap().len();
    Array2::from_shape_fn((rows.len(), columns), |(row, column)| {
        rows[row][column].as_f64().unwrap()
    })
}

fn distance(one: &Array2<f64>, other: &Array2<f64>) -> f64 {
    assert_eq!(one.dim(), other.dim());
    let scale = other.iter().fold(1e-12_f64, |most, entry| most.max(entry.abs()));
    one.iter().zip(other).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max) / scale
}

#[test]
fn estimates_are_those_of_the_references() {
    let fixture: Value =
        serde_json::from_str(include_str!("fixtures/second_moments.json")).unwrap();
    for problem in fixture["problems"].as_array().unwrap() {
        let name = &problem["name"];
        let samples = matrix(&problem["samples"]);
        let wolf = ledoit_wolf(&samples).unwrap();
        let oracle = oracle_approximating_shrinkage(&samples).unwrap();
        for (shrunk, key) in [(&wolf, "ledoit_wolf"), (&oracle, "oas")] {
            let expected = problem[format!("{key}_shrinkage")].as_f64().unwrap();
            assert!((shrunk.shrinkage() - expected).abs() < 1e-10, "{name}: {key}");
            assert!(distance(shrunk.covariance(), &matrix(&problem[key])) < 1e-10, "{name}: {key}");
        }
        let spearman = spearman_correlation(&samples).unwrap();
        assert!(distance(&spearman, &matrix(&problem["spearman"])) < 1e-11, "{name}");
        let normal = nonparanormal_transform(&samples).unwrap();
        assert!(distance(&normal, &matrix(&problem["nonparanormal"])) < 1e-11, "{name}");
    }
}
