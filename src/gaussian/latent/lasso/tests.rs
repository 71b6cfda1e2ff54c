#![allow(clippy::unwrap_used)]
use ndarray::{Array1, Array2, array};
use proptest::prelude::*;

use super::*;
use crate::gaussian::graphical_lasso::glasso::GraphicalLasso;
use crate::notebook::{Show, interrupt};
use crate::random::Random;

fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(0.0, |most: f64, value| most.max(value.abs()))
}

fn message<T: std::fmt::Debug>(result: Result<T>) -> String {
    result.unwrap_err().to_string()
}

/// A correlation matrix from p × n entries; singular where n is below p.
fn correlations(order: usize, observations: usize, entries: &[f64]) -> Array2<f64> {
    let samples = Array2::from_shape_fn((observations, order), |(row, column)| {
        entries[(row * 37 + column * 11 + row * column) % entries.len()] + 0.3 * (row % 3) as f64
    });
    crate::gaussian::graphical_lasso::covariance::correlation(&sample_covariance(&samples).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(25))]

    /// The conditions of optimality (with W the fit's covariance): W = C on the diagonal, |W − C| ≤ α off it and
    /// W − C = α sign S on links; W − C + μI has no negative eigenvalue, and vanishes on L.
    #[test]
    fn solutions_meet_the_conditions_of_optimality(
        order in 2usize..12,
        observations in 6usize..40,
        alpha in 0.03..0.3f64,
        ratio in 0.5..4.0f64,
        entries in prop::collection::vec(-1.0..1.0f64, 97),
    ) {
        let covariance = correlations(order, observations, &entries);
        let mu = alpha * ratio;
        let fit = LatentGraphicalLasso::new(alpha, mu)
            .tolerance(1e-11)
            .max_iterations(50_000)
            .fit_covariance(&covariance)
            .unwrap();
        prop_assert!(fit.converged(), "{:e}", fit.duality_gap());
        let gradient = fit.covariance() - &covariance;
        let slack = 1e-4;
        for ((row, column), value) in gradient.indexed_iter() {
            let link = fit.sparse()[[row, column]];
            if row == column {
                prop_assert!(value.abs() < slack, "{value:e}");
            } else if link == 0.0 {
                prop_assert!(value.abs() < alpha + slack);
            } else {
                prop_assert!((value - alpha * link.signum()).abs() < slack, "{value} {link}");
            }
        }
        let room = &gradient + &(mu * Array2::<f64>::eye(order));
        let lowest = crate::gaussian::eigen::SymmetricEigen::new(&room).unwrap().smallest();
        prop_assert!(lowest.unwrap() > -slack);
        let touched = room.dot(fit.low_rank());
        prop_assert!(largest(touched.iter().copied()) < slack * (1.0 + largest(fit.low_rank().iter().copied())));
        // The parts are what they are called, and the factors are theirs.
        prop_assert_eq!(fit.precision(), &(fit.sparse() - fit.low_rank()));
        let given = crate::gaussian::Cholesky::new(fit.sparse()).unwrap().inverse();
        let sum = given + fit.loadings().dot(&fit.loadings().t());
        prop_assert!(largest((&sum - fit.covariance()).iter().copied()) < 1e-8);
    }

    /// Another unit of the data changes nothing but the unit.
    #[test]
    fn units_do_not_matter(scale in 0.01..100.0f64, entries in prop::collection::vec(-1.0..1.0f64, 97)) {
        let covariance = correlations(6, 20, &entries);
        let fit = |unit: f64| {
            let lasso = LatentGraphicalLasso::new(0.1 * unit, 0.25 * unit).tolerance(1e-10);
            lasso.fit_covariance(&(&covariance * unit)).unwrap()
        };
        let (here, there) = (fit(1.0), fit(scale));
        prop_assert_eq!(here.rank(), there.rank());
        let gap = here.sparse() - &(there.sparse() * scale);
        prop_assert!(largest(gap.iter().copied()) < 1e-4);
    }
}

#[test]
fn a_large_mu_leaves_the_graphical_lasso() {
    let entries: Vec<f64> = (0..97).map(|place| (place as f64 * 1.7).sin()).collect();
    let covariance = correlations(8, 25, &entries);
    let latent = LatentGraphicalLasso::new(0.1, 0.7).tolerance(1e-12);
    let latent = latent.fit_covariance(&covariance).unwrap();
    let plain = GraphicalLasso::new(0.1).tolerance(1e-12).fit_covariance(&covariance).unwrap();
    assert_eq!(latent.rank(), 0);
    assert!((latent.objective() - plain.objective()).abs() < 1e-10);
    assert!(largest((latent.sparse() - plain.precision()).iter().copied()) < 1e-5);
    assert_eq!(latent.edge_count(), plain.edge_count());
    let text = latent.rich().get("text/plain").unwrap().to_owned();
    assert!(text.contains("no hidden variable"), "{text}");
}

#[test]
fn a_small_mu_leaves_no_edges() {
    let entries: Vec<f64> = (0..97).map(|place| (place as f64 * 1.7).sin()).collect();
    let fit = LatentGraphicalLasso::new(0.2, 0.1);
    let fit = fit.fit_covariance(&correlations(8, 25, &entries)).unwrap();
    assert_eq!(fit.edge_count(), 0);
    assert!(fit.rank() > 0);
    let text = fit.rich().get("text/plain").unwrap().to_owned();
    assert!(text.contains("no edges, because mu = 0.1 is below alpha = 0.2"), "{text}");
}

/// A chain 0 – 1 – 2 – …, and one hidden variable that moves all alike.
fn chain_with_a_market(order: usize) -> (Array2<f64>, Array1<f64>) {
    let given = Array2::from_shape_fn((order, order), |(row, column)| match row.abs_diff(column) {
        0 => 2.0,
        1 => -0.7,
        _ => 0.0,
    });
    let loadings = Array1::from_shape_fn(order, |place| 0.5 + 0.02 * place as f64);
    let outer =
        Array2::from_shape_fn((order, order), |(row, column)| loadings[row] * loadings[column]);
    (crate::gaussian::Cholesky::new(&given).unwrap().inverse() + outer, loadings)
}

#[test]
fn a_chain_beside_a_market_is_found() {
    let (covariance, loadings) = chain_with_a_market(20);
    let fit = LatentGraphicalLasso::new(0.02, 0.1).fit_covariance(&covariance).unwrap();
    assert_eq!(fit.rank(), 1);
    for ((row, column), value) in fit.sparse().indexed_iter() {
        let linked = row.abs_diff(column) <= 1;
        assert_eq!(value.abs() > 0.05, linked, "({row}, {column}): {value}");
    }
    // Without the hidden variable nearly everything is linked to everything.
    let plain = GraphicalLasso::new(0.02).fit_covariance(&covariance).unwrap();
    assert!(plain.edge_count() > 2 * fit.edge_count(), "{}", plain.edge_count());
    let found = fit.loadings().column(0).to_owned();
    let likeness = found.dot(&loadings) / (found.dot(&found) * loadings.dot(&loadings)).sqrt();
    assert!(likeness > 0.99, "{likeness}");
}

#[test]
fn scores_follow_the_hidden_variable() {
    let (order, days) = (20, 400);
    let mut random = Random::new(7);
    let market: Vec<f64> = (0..days).map(|_| random.normal()).collect();
    let samples = Array2::from_shape_fn((days, order), |(day, _)| market[day] + random.normal());
    let fit = LatentGraphicalLasso::new(0.2, 1.0).fit(&samples).unwrap();
    assert_eq!(fit.rank(), 1);
    let scores = fit.scores(&samples).unwrap().column(0).to_owned();
    let product: f64 = scores.iter().zip(&market).map(|(a, b)| a * b).sum();
    let spread = scores.dot(&scores) * market.iter().map(|value| value * value).sum::<f64>();
    assert!(product / spread.sqrt() > 0.95);
    assert!((fit.explained()[0] - 0.5).abs() < 0.1, "{}", fit.explained()[0]);
    assert!(message(fit.scores(&Array2::zeros((3, 2)))).contains("20 columns are needed"));
    assert!(message(fit.scores(&Array2::zeros((0, 20)))).contains("and a row"));
}

#[test]
fn bad_input_is_named() {
    let fine = Array2::eye(3);
    for (lasso, words) in [
        (LatentGraphicalLasso::new(0.0, 1.0), "alpha = 0"),
        (LatentGraphicalLasso::new(0.1, -1.0), "mu = -1"),
        (LatentGraphicalLasso::new(f64::NAN, 1.0), "alpha = NaN"),
        (LatentGraphicalLasso::new(0.1, f64::INFINITY), "mu = inf"),
        (LatentGraphicalLasso::new(0.1, 1.0).tolerance(0.0), "tolerance = 0"),
        (LatentGraphicalLasso::new(0.1, 1.0).max_iterations(0), "max_iterations = 0"),
    ] {
        let text = message(lasso.fit_covariance(&fine));
        assert!(text.contains(words), "{text}");
    }
    let lasso = LatentGraphicalLasso::new(0.1, 1.0);
    assert!(message(lasso.fit_covariance(&Array2::zeros((2, 3)))).contains("square"));
    assert!(
        message(lasso.fit_covariance(&array![[1.0, 0.1], [0.3, 1.0]])).contains("not symmetric")
    );
    assert!(message(lasso.fit(&array![[1.0, 2.0]])).contains('1'));
    assert!(message(lasso.fit(&array![[1.0, 2.0], [1.0, 3.0]])).contains("constant"));
    let fit = lasso.fit_covariance(&fine).unwrap();
    assert!(message(fit.log_likelihood(&Array2::eye(2))).contains("3 × 3 is needed"));
    assert!(message(fit.graph(&["A"])).contains('3'));
}

#[test]
fn an_interrupt_keeps_the_best_parts_so_far() {
    let (covariance, _) = chain_with_a_market(12);
    let lasso = LatentGraphicalLasso::new(0.02, 0.1).tolerance(1e-9);
    let fit = interrupt::with_request(|_| lasso.fit_covariance(&covariance)).unwrap();
    assert!(fit.interrupted() && !fit.converged());
    assert!(crate::gaussian::Cholesky::new(fit.precision()).is_ok());
    let text = fit.rich().get("text/plain").unwrap().to_owned();
    assert!(text.contains("NOT converged") && text.contains("interrupted"), "{text}");
    let whole = lasso.fit_covariance(&covariance).unwrap();
    assert!(whole.converged() && whole.objective() < fit.objective());
}
