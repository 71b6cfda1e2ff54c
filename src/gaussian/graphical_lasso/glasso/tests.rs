#![allow(clippy::unwrap_used)]
use ndarray::array;

use super::*;
use crate::notebook::Show;

fn message(result: Result<GraphicalLassoFit>) -> String {
    result.unwrap_err().to_string()
}

/// Rows that repeat a fixed irregular sequence.
fn samples(rows: usize, columns: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(row, column)| {
        ((row * row * 7 + row * column * 13 + column * 5) % 17) as f64 - 8.0
    })
}

#[test]
fn parameters_out_of_range_are_named() {
    let covariance = Array2::eye(2);
    assert!(message(GraphicalLasso::new(-1.0).fit_covariance(&covariance)).contains("alpha = -1"));
    assert!(
        message(GraphicalLasso::new(f64::NAN).fit_covariance(&covariance)).contains("alpha = NaN")
    );
    assert!(
        message(GraphicalLasso::new(f64::INFINITY).fit(&samples(5, 2))).contains("alpha = inf")
    );
    let lasso = GraphicalLasso::new(0.1);
    assert!(
        message(lasso.clone().tolerance(0.0).fit_covariance(&covariance)).contains("tolerance")
    );
    assert!(
        message(lasso.clone().tolerance(f64::NAN).fit_covariance(&covariance))
            .contains("tolerance")
    );
    assert!(
        message(lasso.max_iterations(0).fit_covariance(&covariance)).contains("max_iterations")
    );
}

#[test]
fn without_a_penalty_the_inverse_or_an_error() {
    let covariance = array![[2.0, 0.3], [0.3, 1.0]];
    let fit = GraphicalLasso::new(0.0).fit_covariance(&covariance).unwrap();
    let product = fit.precision().dot(&covariance);
    assert!((product[[0, 0]] - 1.0).abs() < 1e-14 && product[[1, 0]].abs() < 1e-14);
    assert!(fit.converged());
    let lasso = GraphicalLasso::new(0.0);
    assert!(message(lasso.fit_covariance(&Array2::ones((3, 3)))).contains("choose alpha > 0"));
    assert!(message(lasso.fit(&samples(4, 6))).contains("4 observations of 6 variables"));
}

#[test]
fn at_the_largest_covariance_the_graph_is_empty_and_the_fit_says_why() {
    let covariance = array![[2.0, 0.3], [0.3, 1.0]];
    let fit = GraphicalLasso::new(0.3).fit_covariance(&covariance).unwrap();
    assert_eq!(fit.precision(), &array![[0.5, 0.0], [0.0, 1.0]]);
    assert_eq!(fit.duality_gap(), 0.0);
    let text = fit.rich().get("text/plain").unwrap().to_owned();
    assert!(text.contains("no edges, because alpha = 0.3"), "{text}");
}

#[test]
fn one_variable_is_its_variance() {
    let fit = GraphicalLasso::new(0.5).fit(&array![[1.0], [3.0]]).unwrap();
    assert_eq!(fit.precision(), &array![[1.0]]);
    assert_eq!(fit.graph(&["x"]).unwrap().density(), 0.0);
}

#[test]
fn more_variables_than_observations_and_duplicated_columns_have_a_solution() {
    let mut wide = samples(8, 12);
    let copy = wide.column(0).to_owned();
    wide.column_mut(11).assign(&copy);
    let fit = GraphicalLasso::new(2.0).tolerance(1e-8).fit(&wide).unwrap();
    assert!(fit.converged());
    assert!(Cholesky::new(fit.precision()).is_ok());
    assert!(fit.precision()[[0, 11]] < 0.0);
}

#[test]
fn stopping_early_is_said_and_still_positive_definite() {
    let lasso = GraphicalLasso::new(0.5).tolerance(1e-10).max_iterations(1);
    let fit = lasso.fit(&samples(8, 12)).unwrap();
    assert!(!fit.converged());
    assert!(Cholesky::new(fit.precision()).is_ok());
    let text = fit.rich().get("text/html").unwrap().to_owned();
    assert!(text.contains("NOT converged") && text.contains("raise max_iterations"), "{text}");
}

#[test]
fn a_penalised_diagonal_is_a_larger_variance() {
    let covariance = array![[1.0, 0.5], [0.5, 1.0]];
    let lasso = GraphicalLasso::new(0.2).tolerance(1e-11);
    let penalized = lasso.clone().penalize_diagonal(true).fit_covariance(&covariance).unwrap();
    let raised = lasso.fit_covariance(&(covariance + Array2::<f64>::eye(2) * 0.2)).unwrap();
    assert_eq!(penalized.precision(), raised.precision());
    // A gap of 1e-11 leaves an error of about its root.
    assert!((penalized.covariance()[[0, 0]] - 1.2).abs() < 1e-5);
}

#[test]
fn the_scale_of_the_data_only_scales_the_solution() {
    let small = samples(40, 6) * 1e-3;
    let large = GraphicalLasso::new(2.0).tolerance(1e-10).fit(&samples(40, 6)).unwrap();
    let fit = GraphicalLasso::new(2e-6).tolerance(1e-10).fit(&small).unwrap();
    for (left, right) in fit.precision().iter().zip(large.precision()) {
        assert!((left * 1e-6 - right).abs() < 1e-9, "{left} against {right}");
    }
}

#[test]
fn the_likelihood_is_that_of_a_gaussian() {
    let covariance = array![[1.0, 0.5], [0.5, 2.0]];
    let fit = GraphicalLasso::new(0.0).fit_covariance(&covariance).unwrap();
    let expected = -0.5 * (1.75f64.ln() + 2.0 + 2.0 * (2.0 * std::f64::consts::PI).ln());
    assert!((fit.log_likelihood(&covariance).unwrap() - expected).abs() < 1e-12);
    assert!(fit.log_likelihood(&Array2::eye(3)).is_err());
}

#[test]
fn an_interrupted_fit_is_positive_definite_and_says_how_far_it_came() {
    let covariance = ndarray::Array2::from_shape_fn((8, 8), |(row, column)| {
        if row == column { 1.0 } else { 0.7 / (1 + row.abs_diff(column)) as f64 }
    });
    let lasso = GraphicalLasso::new(0.05).tolerance(1e-9);
    let fit =
        crate::notebook::interrupt::with_request(|_| lasso.fit_covariance(&covariance)).unwrap();
    assert!(fit.interrupted() && !fit.converged() && fit.duality_gap() > 1e-9);
    assert!(crate::gaussian::Cholesky::new(fit.precision()).is_ok());
    let whole = lasso.fit_covariance(&covariance).unwrap();
    assert!(!whole.interrupted() && whole.converged());
    // The gap is a bound but for rounding, interrupted or not.
    let above = fit.objective() - whole.objective();
    assert!(above <= fit.duality_gap() + 1e-12, "{above} against {}", fit.duality_gap());
    let text = crate::notebook::Show::rich(&fit).get("text/plain").unwrap().to_owned();
    assert!(text.contains("interrupted"), "{text}");
}
