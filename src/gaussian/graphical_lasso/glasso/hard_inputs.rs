//! One test for each row of the table of hard inputs in the documentation of `GraphicalLasso`.

#![allow(clippy::unwrap_used)]
use ndarray::{Array2, array};

use super::*;
use crate::notebook::Show;

const FREE: f64 = 0.0;
const NONE: f64 = f64::INFINITY;

fn message(result: Result<GraphicalLassoFit>) -> String {
    result.unwrap_err().to_string()
}

fn lasso(alpha: f64) -> GraphicalLasso {
    GraphicalLasso::new(alpha).tolerance(1e-9)
}

/// The largest |ΘW − I|, which must stay below 1e-15 p κ(Θ), here with the bound κ ≤ ‖Θ‖_∞ ‖W‖_∞.
fn assert_inverses(fit: &GraphicalLassoFit) {
    let mut product = fit.precision().dot(fit.covariance());
    product.diag_mut().mapv_inplace(|value| value - 1.0);
    let error = product.iter().fold(0.0f64, |most, value| most.max(value.abs()));
    let norm = |matrix: &Array2<f64>| {
        let sums = matrix.outer_iter().map(|row| row.iter().map(|value| value.abs()).sum::<f64>());
        sums.fold(0.0, f64::max)
    };
    let condition = norm(fit.precision()) * norm(fit.covariance());
    assert!(error <= 1e-15 * product.nrows() as f64 * condition, "{error:e}, {condition:e}");
}

/// Five columns of twelve observations, the last a copy of the first.
fn with_a_copy() -> Array2<f64> {
    Array2::from_shape_fn((12, 5), |(row, column)| {
        let column = column % 4;
        ((row * row * 7 + row * column * 13 + column * 5) % 17) as f64 - 8.0
    })
}

#[test]
fn near_singular_duplicated_and_wide_data_have_a_solution() {
    let mut almost = with_a_copy();
    almost[[0, 4]] += 1e-7;
    let wide = with_a_copy().slice(ndarray::s![..4, ..]).to_owned();
    for samples in [with_a_copy(), almost, wide] {
        for alpha in [1e-3, 0.5] {
            // Rounding keeps the gap from being known closer than about 1e-16 times Θ's condition number.
            let fit = lasso(alpha).tolerance(1e-7).fit(&samples).unwrap();
            assert!(fit.converged(), "gap {:e}", fit.duality_gap());
            assert!(Cholesky::new(fit.precision()).is_ok());
            assert_inverses(&fit);
        }
        assert!(message(lasso(0.0).fit(&samples)).contains("choose alpha > 0"));
    }
}

#[test]
fn unpenalised_pairs_need_a_covariance_that_has_an_inverse() {
    let twins = array![[1.0, 1.0, 0.2], [1.0, 1.0, 0.2], [0.2, 0.2, 1.0]];
    let free_twins = array![[0.0, FREE, 0.1], [FREE, 0.0, 0.1], [0.1, 0.1, 0.0]];
    let text = message(lasso(1.0).weights(free_twins).fit_covariance(&twins));
    assert!(text.contains("give these pairs a positive penalty"), "{text}");
    // The same matrix with the twins' own pair penalised has a solution, and the free pairs keep their covariances.
    let free_others = array![[0.0, 0.1, FREE], [0.1, 0.0, FREE], [FREE, FREE, 0.0]];
    let fit = lasso(1.0).weights(free_others).fit_covariance(&twins).unwrap();
    assert!(fit.converged());
    assert!((fit.covariance()[[0, 2]] - 0.2).abs() < 1e-4);
    assert!((fit.covariance()[[0, 1]] - 0.9).abs() < 1e-4);
}

#[test]
fn free_and_forbidden_pairs_are_the_model_of_a_graph() {
    // A ring of four: links keep S, the two diagonals of the ring have no link.
    let covariance = array![
        [1.0, 0.5, 0.1, 0.3],
        [0.5, 1.0, 0.4, 0.3],
        [0.1, 0.4, 1.0, 0.5],
        [0.3, 0.3, 0.5, 1.0]
    ];
    let ring = array![
        [0.0, FREE, NONE, FREE],
        [FREE, 0.0, FREE, NONE],
        [NONE, FREE, 0.0, FREE],
        [FREE, NONE, FREE, 0.0]
    ];
    let fit =
        GraphicalLasso::with_penalties(ring).tolerance(1e-12).fit_covariance(&covariance).unwrap();
    assert!(fit.converged());
    for (row, column) in [(0, 1), (1, 2), (2, 3), (0, 3)] {
        assert!((fit.covariance()[[row, column]] - covariance[[row, column]]).abs() < 1e-6);
    }
    assert_eq!((fit.precision()[[0, 2]], fit.precision()[[1, 3]]), (0.0, 0.0));
    assert_inverses(&fit);
}

#[test]
fn a_penalty_above_every_covariance_leaves_no_edge_and_says_so() {
    let covariance = array![[2.0, 0.3], [0.3, 4.0]];
    let fit = lasso(0.3).fit_covariance(&covariance).unwrap();
    assert_eq!(fit.precision(), &array![[0.5, 0.0], [0.0, 0.25]]);
    let weighted = lasso(1.0).weights(array![[0.0, NONE], [NONE, 0.0]]).fit_covariance(&covariance);
    let text = weighted.unwrap().rich().get("text/plain").unwrap().to_owned();
    assert!(
        text.contains("no edges") && text.contains("ratio of a covariance to its weight"),
        "{text}"
    );
}

#[test]
fn no_penalty_gives_the_inverse() {
    let covariance = array![[2.0, 0.3], [0.3, 1.0]];
    for lasso in [lasso(0.0), lasso(1.0).weights(Array2::zeros((2, 2)))] {
        let fit = lasso.fit_covariance(&covariance).unwrap();
        assert!((fit.precision()[[0, 1]] + 0.3 / 1.91).abs() < 1e-14);
        assert_inverses(&fit);
    }
}

#[test]
fn one_variable_none_and_too_few_observations() {
    assert_eq!(lasso(0.0).fit_covariance(&array![[4.0]]).unwrap().precision(), &array![[0.25]]);
    assert_eq!(lasso(9.0).fit(&array![[1.0], [3.0]]).unwrap().precision(), &array![[1.0]]);
    assert!(
        message(lasso(0.1).fit_covariance(&Array2::zeros((0, 0))))
            .contains("a row for every variable")
    );
    assert!(message(lasso(0.1).fit(&Array2::zeros((5, 0)))).contains("one column"));
    assert!(message(lasso(0.1).fit(&Array2::zeros((0, 3)))).contains("two rows"));
    assert!(message(lasso(0.1).fit(&array![[1.0, 2.0]])).contains("two rows"));
}

#[test]
fn constant_columns_are_named() {
    let samples = array![[1.0, 5.0], [2.0, 5.0], [4.0, 5.0]];
    assert!(message(lasso(0.1).fit(&samples)).contains("column 1 (counted from 0) is constant"));
    let flat = array![[1.0, 0.0], [0.0, 0.0]];
    assert!(message(lasso(0.1).fit_covariance(&flat)).contains("drop constant variables"));
}

#[test]
fn values_that_are_not_finite_are_named() {
    for bad in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
        let samples = array![[1.0, 2.0], [3.0, bad], [0.0, 1.0]];
        assert!(
            message(lasso(0.1).fit(&samples)).contains(&format!("row 1, column 1 holds {bad}"))
        );
        let covariance = array![[1.0, bad], [bad, 1.0]];
        assert!(message(lasso(0.1).fit_covariance(&covariance)).contains("row 0, column 1"));
    }
    assert!(message(lasso(0.1).fit(&array![[1e200], [-1e200]])).contains("overflow"));
}

#[test]
fn what_is_no_covariance_is_refused() {
    assert!(
        message(lasso(0.1).fit_covariance(&array![[1.0, 0.1], [0.2, 1.0]]))
            .contains("not symmetric")
    );
    let above_one = array![[1.0, 2.0], [2.0, 1.0]];
    assert!(message(lasso(5.0).fit_covariance(&above_one)).contains("not positive semidefinite"));
    let three = array![[1.0, 0.9, -0.9], [0.9, 1.0, 0.9], [-0.9, 0.9, 1.0]];
    assert!(message(lasso(0.1).fit_covariance(&three)).contains("seen at row 2"));
}

#[test]
fn weights_that_do_not_fit_are_refused() {
    let refused = |weights: Array2<f64>| {
        let lasso = lasso(0.1).weights(weights).penalize_diagonal(true);
        message(lasso.fit_covariance(&Array2::eye(2)))
    };
    assert!(refused(Array2::ones((3, 3))).contains("2 × 2"));
    assert!(refused(array![[1.0, -1.0], [-1.0, 1.0]]).contains("is -1"));
    assert!(refused(array![[1.0, f64::NAN], [1.0, 1.0]]).contains("NaN"));
    assert!(refused(array![[1.0, 1.0], [2.0, 1.0]]).contains("not symmetric"));
    assert!(refused(array![[NONE, 1.0], [1.0, 1.0]]).contains("must be finite"));
    let text = message(lasso(0.1).weights(Array2::ones((3, 3))).fit(&with_a_copy()));
    assert!(text.contains("5 × 5"), "{text}");
}

#[test]
fn equal_weights_are_one_penalty() {
    let samples = with_a_copy();
    for diagonal in [false, true] {
        let one = lasso(0.6).penalize_diagonal(diagonal).fit(&samples).unwrap();
        let each = lasso(0.3).weights(Array2::from_elem((5, 5), 2.0)).penalize_diagonal(diagonal);
        let each = each.fit(&samples).unwrap();
        for (left, right) in one.precision().iter().zip(each.precision()) {
            assert!((left - right).abs() < 1e-12, "{left} against {right}");
        }
    }
}
