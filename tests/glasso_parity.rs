//! The graphical lasso against scikit-learn's solutions (see `fixtures/glasso.py`), and against the conditions that
//! any solution must meet.

#![allow(clippy::unwrap_used)]

use latentlab::gaussian::{GraphicalLasso, GraphicalLassoPath};
use latentlab::ndarray::Array2;
use proptest::prelude::*;

/// One reference problem.
struct Problem {
    name: String,
    alpha: f64,
    optimality_error: f64,
    covariance: Array2<f64>,
    precision: Array2<f64>,
}

/// A symmetric matrix from its upper triangle, row by row.
fn symmetric(order: usize, upper: &[f64]) -> Array2<f64> {
    let mut matrix = Array2::zeros((order, order));
    let places = (0..order).flat_map(|row| (row..order).map(move |column| (row, column)));
    for ((row, column), value) in places.zip(upper) {
        matrix[[row, column]] = *value;
        matrix[[column, row]] = *value;
    }
    matrix
}

fn problems() -> Vec<Problem> {
    let text = include_str!("fixtures/glasso/problems.txt");
    let lines: Vec<(&str, &str)> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once(' ').unwrap())
        .collect();
    let numbers = |(key, values): (&str, &str), expected: &str| -> Vec<f64> {
        assert_eq!(key, expected);
        values.split(' ').map(|value| value.parse().unwrap()).collect()
    };
    lines
        .chunks(6)
        .map(|lines| {
            let order = numbers(lines[1], "order")[0] as usize;
            Problem {
                name: lines[0].1.to_owned(),
                alpha: numbers(lines[2], "alpha")[0],
                optimality_error: numbers(lines[3], "optimality_error")[0],
                covariance: symmetric(order, &numbers(lines[4], "covariance")),
                precision: symmetric(order, &numbers(lines[5], "precision")),
            }
        })
        .collect()
}

fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(0.0, |most: f64, value| most.max(value.abs()))
}

/// The largest violation of the optimality conditions: W = S on the diagonal, |W − S| ≤ α off it, and
/// W − S = α sign Θ where Θ is not zero.
fn optimality_error(
    covariance: &Array2<f64>,
    alpha: f64,
    precision: &Array2<f64>,
    inverse: &Array2<f64>,
) -> f64 {
    largest(precision.indexed_iter().map(|(place, value)| {
        let gradient = inverse[place] - covariance[place];
        if place.0 == place.1 {
            gradient
        } else if *value != 0.0 {
            gradient - alpha * value.signum()
        } else {
            (gradient.abs() - alpha).max(0.0)
        }
    }))
}

#[test]
fn solutions_agree_with_scikit_learn() {
    let problems = problems();
    assert_eq!(problems.len(), 16);
    for problem in problems {
        // Below what rounding lets the gap reach: Θ's error is about the root of the gap, so steps go on while they help.
        let fit = GraphicalLasso::new(problem.alpha)
            .tolerance(1e-15)
            .fit_covariance(&problem.covariance)
            .unwrap();
        let scale = largest(problem.precision.iter().copied());
        let difference =
            largest((fit.precision() - &problem.precision).iter().map(|value| value / scale));
        let error =
            optimality_error(&problem.covariance, problem.alpha, fit.precision(), fit.covariance());
        let variance = largest(problem.covariance.diag().iter().copied());
        println!(
            "{}: difference {difference:.1e} of the largest entry; optimality error {error:.1e}, scikit-learn's {:.1e}; gap {:.1e}, {} steps",
            problem.name,
            problem.optimality_error,
            fit.duality_gap(),
            fit.iterations()
        );
        assert!(difference < 1e-6, "{}: {difference:e}", problem.name);
        assert!(error < 1e-8 * variance, "{}: {error:e}", problem.name);
    }
}

#[test]
fn default_tolerance_is_close_enough_to_look_at() {
    for problem in problems() {
        let fit = GraphicalLasso::new(problem.alpha).fit_covariance(&problem.covariance).unwrap();
        assert!(fit.converged() && (0.0..=1e-4).contains(&fit.duality_gap()), "{}", problem.name);
        let reference = GraphicalLasso::new(problem.alpha)
            .tolerance(1e-11)
            .fit_covariance(&problem.covariance)
            .unwrap();
        let above = fit.objective() - reference.objective();
        assert!(above <= fit.duality_gap() + 1e-9 && above >= -1e-9, "{}: {above:e}", problem.name);
    }
}

#[test]
fn covariance_and_precision_are_inverses() {
    for problem in problems() {
        let fit = GraphicalLasso::new(problem.alpha).fit_covariance(&problem.covariance).unwrap();
        let mut product = fit.precision().dot(fit.covariance());
        product.diag_mut().mapv_inplace(|value| value - 1.0);
        assert!(largest(product.iter().copied()) < 1e-8, "{}", problem.name);
        assert_eq!(fit.precision(), &fit.precision().t(), "{}", problem.name);
        assert_eq!(fit.covariance(), &fit.covariance().t(), "{}", problem.name);
    }
}

#[test]
fn a_warm_path_arrives_where_cold_fits_do() {
    for problem in problems().into_iter().filter(|problem| problem.covariance.nrows() <= 40) {
        let path = GraphicalLassoPath::new(8).ratio(0.1).tolerance(1e-10);
        for warm in path.fit_covariance(&problem.covariance, 100).unwrap().fits() {
            let cold = GraphicalLasso::new(warm.alpha())
                .tolerance(1e-10)
                .fit_covariance(&problem.covariance)
                .unwrap();
            let scale = largest(cold.precision().iter().copied());
            let difference =
                largest((warm.precision() - cold.precision()).iter().map(|value| value / scale));
            assert!(
                warm.converged() && difference < 1e-5,
                "{} at {}: {difference:e}",
                problem.name,
                warm.alpha()
            );
        }
    }
}

/// Samples with a few common factors, so that correlations are neither all small nor all alike.
fn samples() -> impl Strategy<Value = Array2<f64>> {
    (2usize..14, 3usize..30).prop_flat_map(|(columns, rows)| {
        let noise = prop::collection::vec(-1.0..1.0f64, rows * columns);
        let factor = prop::collection::vec(-1.0..1.0f64, rows);
        let loading = prop::collection::vec(-2.0..2.0f64, columns);
        (noise, factor, loading).prop_map(move |(noise, factor, loading)| {
            Array2::from_shape_fn((rows, columns), |(row, column)| {
                noise[row * columns + column] + factor[row] * loading[column]
            })
        })
    })
}

/// S with divisor n, and its largest off-diagonal magnitude.
fn covariance_of(samples: &Array2<f64>) -> (Array2<f64>, f64) {
    let covariance = latentlab::stats::empirical_covariance(samples).unwrap();
    let off = covariance.indexed_iter().filter(|((row, column), _)| row != column);
    let most = off.fold(0.0f64, |most, (_, value)| most.max(value.abs()));
    (covariance, most)
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(150) })]

    #[test]
    fn solutions_meet_the_optimality_conditions(samples in samples(), share in 0.02..1.2f64) {
        let (covariance, most) = covariance_of(&samples);
        // Rounding keeps the gap of ill-conditioned samples from being known much closer than this.
        let fit = GraphicalLasso::new(share * most).tolerance(1e-8).fit(&samples).unwrap();
        prop_assert!(fit.converged(), "gap {:e}", fit.duality_gap());
        let error = optimality_error(&covariance, fit.alpha(), fit.precision(), fit.covariance());
        prop_assert!(error < 1e-4 * largest(covariance.iter().copied()), "{error:e}");
        prop_assert!(latentlab::gaussian::Cholesky::new(fit.precision()).is_ok());
    }

    /// The order of the variables does not matter, nor do their signs.
    #[test]
    fn permuting_and_flipping_commutes_with_fitting(samples in samples(), share in 0.05..0.9f64, seed in any::<u64>()) {
        let columns = samples.ncols();
        let (_, most) = covariance_of(&samples);
        let mut order: Vec<usize> = (0..columns).collect();
        order.sort_by_key(|&column| (column as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        let sign = |column: usize| if seed >> (column % 64) & 1 == 1 { -1.0 } else { 1.0 };
        let moved = Array2::from_shape_fn(samples.dim(), |(row, place)| samples[[row, order[place]]] * sign(order[place]));
        let lasso = GraphicalLasso::new(share * most).tolerance(1e-11);
        let (fit, moved_fit) = (lasso.fit(&samples).unwrap(), lasso.fit(&moved).unwrap());
        let scale = largest(fit.precision().iter().copied());
        for ((row, column), value) in moved_fit.precision().indexed_iter() {
            let (from, to) = (order[row], order[column]);
            let expected = fit.precision()[[from, to]] * sign(from) * sign(to);
            prop_assert!((value - expected).abs() < 1e-4 * scale, "{value} against {expected}");
        }
    }

    /// Screening is exact: two unrelated blocks fitted together are the two fitted alone.
    #[test]
    fn blocks_fitted_together_are_blocks_fitted_alone(first in samples(), second in samples(), share in 0.05..0.9f64) {
        let ((first, one), (second, other)) = (covariance_of(&first), covariance_of(&second));
        let (p, q) = (first.nrows(), second.nrows());
        let lasso = GraphicalLasso::new(share * one.max(other)).tolerance(1e-11);
        // Entries between the blocks just below the penalty, and small enough to keep the whole positive definite.
        let between = 1e-3 * first.diag().iter().chain(second.diag()).fold(f64::INFINITY, |least, value| least.min(*value));
        let whole = Array2::from_shape_fn((p + q, p + q), |(row, column)| match (row < p, column < p) {
            (true, true) => first[[row, column]],
            (false, false) => second[[row - p, column - p]],
            _ => if between < lasso.alpha() && (row + column) % 3 == 0 { between } else { 0.0 },
        });
        let Ok(together) = lasso.fit_covariance(&whole) else { return Ok(()) };
        let (alone, apart) = (lasso.fit_covariance(&first).unwrap(), lasso.fit_covariance(&second).unwrap());
        let scale = largest(together.precision().iter().copied());
        for ((row, column), value) in together.precision().indexed_iter() {
            let expected = match (row < p, column < p) {
                (true, true) => alone.precision()[[row, column]],
                (false, false) => apart.precision()[[row - p, column - p]],
                _ => 0.0,
            };
            prop_assert!((value - expected).abs() < 1e-4 * scale, "{value} against {expected}");
        }
    }

    /// More steps never raise the objective, and the gap bounds what is left.
    #[test]
    fn the_objective_falls_and_the_gap_bounds_it(samples in samples(), share in 0.02..0.9f64) {
        let (covariance, most) = covariance_of(&samples);
        let lasso = GraphicalLasso::new(share * most).tolerance(1e-11);
        let least = lasso.fit_covariance(&covariance).unwrap().objective();
        let mut before = f64::INFINITY;
        for steps in 1..6 {
            let fit = lasso.clone().max_iterations(steps).fit_covariance(&covariance).unwrap();
            prop_assert!(fit.objective() <= before + 1e-10);
            prop_assert!(fit.objective() - least <= fit.duality_gap() + 1e-9);
            before = fit.objective();
        }
    }
}
