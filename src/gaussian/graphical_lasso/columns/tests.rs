#![allow(clippy::unwrap_used)]
use super::*;
use crate::gaussian::graphical_lasso::objective::interior_point;
use crate::gaussian::graphical_lasso::solver::{Solution, Stopping, solve};
use crate::random::Random;

/// Enough variables for several columns at once.
const ORDER: usize = 420;
const PENALTY: Penalty = Penalty::Same(0.06);

/// Of 300 observations that share one factor, so that each variable has dozens of links.
fn covariance() -> Array2<f64> {
    let mut random = Random::new(7);
    let mut samples = Array2::zeros((300, ORDER));
    for mut row in samples.outer_iter_mut() {
        let factor = random.normal();
        row.mapv_inplace(|_: f64| 0.5 * factor + random.normal());
    }
    samples.t().dot(&samples) / 300.0
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let covariance = covariance();
    let fit = |threads: usize| -> Solution {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        let stopping = Stopping { tolerance: 1e-4, max_iterations: 20 };
        pool.install(|| solve(&covariance, &PENALTY, None, stopping))
    };
    let (one, three) = (fit(1), fit(3));
    let links = one.precision.iter().filter(|value| **value != 0.0).count();
    // Or a batch of columns would not be worth a second thread.
    assert!(links * 3 > PARALLEL, "{links}");
    assert!(one.gap <= 1e-4 && one.iterations == three.iterations);
    assert_eq!(one.precision, three.precision);
    assert_eq!(one.covariance, three.covariance);
}

#[test]
fn columns_solved_at_once_know_of_each_other() {
    let covariance = covariance();
    let start = Array2::from_diag(&covariance.diag().mapv(f64::recip));
    let mut columns =
        Columns::new(&covariance, &PENALTY, interior_point(&covariance, &PENALTY), &start);
    assert_eq!(columns.works.len(), 6);
    columns.pass(0.02);
    columns.pass(0.001);
    let dual = columns.dual();
    assert_eq!(dual, dual.t());
    assert_eq!(dual.diag(), covariance.diag());
    // The last column of the last batch stands in a W that has not changed since.
    let last = ORDER - 1;
    for other in 0..last {
        let links = columns.links[last].iter();
        let known: f64 = links.map(|&(place, value)| value * dual[[other, place as usize]]).sum();
        let centre = covariance[[last, other]];
        let expected = known.clamp(centre - 0.06, centre + 0.06);
        assert!((dual[[last, other]] - expected).abs() < 1e-12, "{other}");
    }
}
