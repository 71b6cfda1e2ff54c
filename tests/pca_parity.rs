//! Principal components, subspaces and assignments against scikit-learn and scipy (see `fixtures/pca.py`).

#![allow(clippy::unwrap_used)]

use latentlab::ndarray::Array2;
use latentlab::stats::{
    Pca, PcaSolver, canonical_correlations, optimal_assignment, principal_angles,
    procrustes_rotation,
};
use serde_json::Value;

fn fixture() -> Value {
    serde_json::from_str(include_str!("fixtures/pca.json")).unwrap()
}

fn matrix(value: &Value) -> Array2<f64> {
    let rows = value.as_array().unwrap();
    let columns = rows[0].as_array().unwrap().len();
    Array2::from_shape_fn((rows.len(), columns), |(row, column)| {
        rows[row][column].as_f64().unwrap()
    })
}

fn vector(value: &Value) -> Vec<f64> {
    matrix(value).into_iter().collect()
}

/// The largest difference over the largest entry.
fn distance(one: &Array2<f64>, other: &Array2<f64>) -> f64 {
    assert_eq!(one.dim(), other.dim());
    let scale = other.iter().fold(1e-300_f64, |most, entry| most.max(entry.abs()));
    one.iter().zip(other).map(|(one, other)| (one - other).abs()).fold(0.0, f64::max) / scale
}

fn row(values: &[f64]) -> Array2<f64> {
    Array2::from_shape_vec((1, values.len()), values.to_vec()).unwrap()
}

#[test]
fn components_are_those_of_scikit_learn() {
    for problem in fixture()["problems"].as_array().unwrap() {
        let name = &problem["name"];
        let samples = matrix(&problem["samples"]);
        let components = matrix(&problem["components"]);
        let random = PcaSolver::Randomized { oversamples: 12, iterations: 8 };
        for (solver, tolerance) in [(PcaSolver::Exact, 1e-9), (random, 1e-7)] {
            let fit = Pca::new(components.nrows()).solver(solver).fit(&samples).unwrap();
            let near = |one: &Array2<f64>, key: &str| {
                let apart = distance(one, &matrix(&problem[key]));
                assert!(apart < tolerance, "{name}, {solver:?}, {key}: {apart:e}");
            };
            near(fit.components(), "components");
            near(&fit.transform(&samples).unwrap(), "scores");
            near(&fit.reconstruct(&samples).unwrap(), "again");
            near(&row(fit.explained_variance()), "variance");
            near(&row(&fit.explained_variance_ratio()), "ratio");
            near(&row(fit.singular_values()), "singular");
            let noise = problem["noise"].as_f64().unwrap();
            assert!(
                (fit.noise_variance() - noise).abs() <= 1e-9 * fit.explained_variance()[0],
                "{name}"
            );
            if problem["likelihood"].is_array() {
                near(&row(&fit.log_likelihoods(&samples).unwrap()), "likelihood");
            }
        }
    }
}

#[test]
fn angles_and_rotations_are_those_of_scipy() {
    let fixture = fixture();
    let spaces = &fixture["subspaces"];
    let (one, other) = (matrix(&spaces["one"]), matrix(&spaces["other"]));
    for (ours, key) in [
        (principal_angles(&one, &other).unwrap(), "angles"),
        (principal_angles(&other, &one).unwrap(), "angles"),
        (canonical_correlations(&one, &other).unwrap(), "canonical"),
    ] {
        assert!(distance(&row(&ours), &row(&vector(&spaces[key]))) < 1e-11, "{key}");
    }
    let first = other.slice(latentlab::ndarray::s![.., ..3]).to_owned();
    let rotation = procrustes_rotation(&one, &first).unwrap();
    assert!(distance(&rotation, &matrix(&spaces["rotation"])) < 1e-11);
}

#[test]
fn assignments_are_those_of_scipy() {
    for problem in fixture()["assignments"].as_array().unwrap() {
        let gains = matrix(&problem["gains"]);
        let pairs: Vec<(usize, usize)> = matrix(&problem["pairs"])
            .outer_iter()
            .map(|pair| (pair[0] as usize, pair[1] as usize))
            .collect();
        assert_eq!(optimal_assignment(&gains).unwrap(), pairs);
    }
}
