#![allow(clippy::unwrap_used)]
use ndarray::{Array2, array, s};
use proptest::prelude::*;

use super::*;
use crate::notebook::{Show, interrupt};
use crate::random::Random;

fn noise(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
    let mut random = Random::new(seed);
    Array2::from_shape_fn((rows, columns), |_| random.normal())
}

/// Columns 0 and 1 move together from the middle on, columns 2 and 3 always.
fn breaking(rows: usize) -> Array2<f64> {
    let mut samples = noise(rows, 5, 3);
    for row in 0..rows {
        samples[[row, 3]] += 2.0 * samples[[row, 2]];
        if row >= rows / 2 {
            samples[[row, 1]] += 2.0 * samples[[row, 0]];
        }
    }
    samples
}

fn message<T: std::fmt::Debug>(result: Result<T>) -> String {
    result.unwrap_err().to_string()
}

#[test]
fn edges_come_where_the_series_begin_to_move_together() {
    for fusion in [0.0, 0.1] {
        let lasso = TimeVaryingGraphicalLasso::new(0.3, 100).fusion(fusion);
        let sequence = lasso.names(["A", "B", "C", "D", "E"]).fit(&breaking(800)).unwrap();
        assert!(sequence.converged(), "{:e}", sequence.duality_gap());
        assert_eq!(sequence.edge_counts(), [1, 1, 1, 1, 2, 2, 2, 2]);
        assert_eq!(sequence.changes(), [0, 0, 0, 1, 0, 0, 0]);
        assert_eq!(sequence.densities()[7], 0.2);
        let persistence = sequence.persistence();
        assert_eq!(
            (persistence[[2, 3]], persistence[[1, 0]], persistence[[0, 0]]),
            (1.0, 0.5, 0.0)
        );
        let edges = sequence.edge_frame().unwrap();
        assert_eq!(edges.shape(), (2, 7));
        let cell = |name: &str| edges.column(name).unwrap().u64().unwrap().get(1);
        assert_eq!((cell("windows"), cell("longest_run")), (Some(4), Some(4)));
        assert_eq!((cell("first"), cell("last")), (Some(4), Some(7)));
        let frame = sequence.frame().unwrap();
        let appeared = frame.column("appeared").unwrap().u64().unwrap();
        assert_eq!((appeared.get(0), appeared.get(4)), (None, Some(1)));
        assert_eq!(sequence.graph(7).unwrap().edges().len(), 2);
        let text = sequence.rich().get("text/plain").unwrap().to_owned();
        assert!(text.contains("1 to 2 edges, 1 in every window, 1 in some"), "{text}");
    }
}

#[test]
fn windows_alone_are_graphical_lassos() {
    let samples = breaking(300);
    let sequence = TimeVaryingGraphicalLasso::new(0.1, 100).standardize(false);
    let sequence = sequence.step(50).tolerance(1e-10).fit(&samples).unwrap();
    assert_eq!(sequence.windows().len(), 5);
    for (window, precision) in sequence.windows().iter().zip(sequence.precisions()) {
        let part = samples.slice(s![window.rows.clone(), ..]).to_owned();
        let alone = GraphicalLasso::new(0.1).tolerance(1e-10).fit(&part).unwrap();
        assert_eq!(alone.precision(), precision);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    /// A small penalty on changes leaves the windows alone, a large one makes them one: the graphical lasso of the
    /// mean covariance, but for the diagonal, which is not penalised. Between them the changes only fall.
    #[test]
    fn the_penalty_on_changes_joins_the_windows(seed in 0u64..1000) {
        let samples = noise(120, 4, seed);
        let fit = |fusion: f64| {
            let lasso = TimeVaryingGraphicalLasso::new(0.1, 30).fusion(fusion).tolerance(1e-9);
            lasso.max_iterations(20_000).fit(&samples).unwrap()
        };
        let (alone, close) = (fit(0.0), fit(1e-7));
        for (one, other) in alone.precisions().iter().zip(close.precisions()) {
            prop_assert!((one - other).iter().all(|gap| gap.abs() < 1e-3));
        }
        let variation = |sequence: &GraphSequence| {
            let changes = sequence.precisions().windows(2).map(|pair| {
                let change = &pair[1] - &pair[0];
                change.iter().map(|value| value.abs()).sum::<f64>()
                    - change.diag().iter().map(|value| value.abs()).sum::<f64>()
            });
            changes.sum::<f64>()
        };
        let mut before = f64::INFINITY;
        for fusion in [1e-7, 0.02, 0.1, 10.0] {
            let sequence = fit(fusion);
            prop_assert!(sequence.converged());
            let now = variation(&sequence);
            prop_assert!(now <= before + 1e-4, "{now} after {before} at {fusion}");
            before = now;
        }
        prop_assert_eq!(before, 0.0);
    }
}

#[test]
fn fits_repeat_whatever_the_threads() {
    let samples = breaking(300);
    let fit =
        |threads| TimeVaryingGraphicalLasso::new(0.1, 50).threads(threads).fit(&samples).unwrap();
    assert_eq!(fit(1).precisions(), fit(3).precisions());
}

#[test]
fn bad_input_is_named() {
    let samples = noise(60, 3, 1);
    let lasso = || TimeVaryingGraphicalLasso::new(0.2, 20);
    for (lasso, words) in [
        (TimeVaryingGraphicalLasso::new(-0.2, 20), "alpha = -0.2"),
        (TimeVaryingGraphicalLasso::new(0.2, 1), "window = 1"),
        (TimeVaryingGraphicalLasso::new(0.2, 50), "more than the 60"),
        (lasso().step(0), "step = 0"),
        (lasso().fusion(-1.0), "fusion = -1"),
        (lasso().fusion(f64::NAN), "fusion = NaN"),
        (TimeVaryingGraphicalLasso::new(0.0, 20).fusion(0.1), "alpha = 0 with fusion"),
        (lasso().tolerance(0.0), "tolerance = 0"),
        (lasso().max_iterations(0), "max_iterations = 0"),
        (lasso().threads(0), "threads = 0"),
        (lasso().names(["A"]), "1 name"),
    ] {
        let text = message(lasso.fit(&samples));
        assert!(text.contains(words), "{text}");
    }
    let mut flat = samples.clone();
    flat.slice_mut(s![40.., 2]).fill(1.0);
    let text = message(lasso().fit(&flat));
    assert!(text.contains("rows 40 to 59") && text.contains("column 2"), "{text}");
    let singular = TimeVaryingGraphicalLasso::new(0.0, 3).fit(&noise(9, 4, 2));
    assert!(message(singular).contains("window rows 0 to 2"));
    let sequence = lasso().fit(&samples).unwrap();
    assert!(message(sequence.graph(3)).contains("there are 3 windows"));
    assert!(message(sequence.edge_map(0)).contains("one edge"));
    let empty = TimeVaryingGraphicalLasso::new(2.0, 20).fit(&samples).unwrap();
    assert_eq!(empty.edge_counts(), [0, 0, 0]);
    assert!(message(empty.edge_map(5)).contains("lower alpha"));
    assert!(empty.density_chart().figure().is_ok() && empty.persistence_map().figure().is_ok());
}

#[test]
fn an_interrupt_keeps_the_windows_that_are_done() {
    let samples = breaking(300);
    let lasso = TimeVaryingGraphicalLasso::new(0.1, 50).threads(1);
    let none = interrupt::with_request(|_| lasso.fit(&samples));
    assert!(matches!(none, Err(Error::Interrupted)), "{none:?}");
    // Joined windows have a start that is worth keeping.
    let joined = lasso.clone().fusion(0.1);
    let early = interrupt::with_request(|_| joined.fit(&samples)).unwrap();
    assert!(early.interrupted() && !early.converged());
    assert_eq!(early.edge_counts(), [0; 6]);
    let text = early.rich().get("text/plain").unwrap().to_owned();
    assert!(text.contains("warning: interrupted"), "{text}");
    assert!(joined.fit(&samples).unwrap().converged());
}

#[test]
fn two_variables_in_closed_form() {
    // Each window: W_12 = C_12 − α; the same data in both windows cost nothing for changes.
    let half = array![[1.0, 1.0], [-1.0, -1.0], [1.0, -1.0], [-1.0, 1.0], [1.0, 1.0], [-1.0, -1.0]];
    let samples = ndarray::concatenate![ndarray::Axis(0), half, half];
    let lasso = TimeVaryingGraphicalLasso::new(0.1, 6).fusion(0.3).tolerance(1e-12);
    let sequence = lasso.fit(&samples).unwrap();
    let link = 1.0 / 3.0 - 0.1;
    for precision in sequence.precisions() {
        assert!((precision[[0, 1]] + link / (1.0 - link * link)).abs() < 1e-5);
        assert!((precision[[0, 0]] - 1.0 / (1.0 - link * link)).abs() < 1e-5);
    }
}
