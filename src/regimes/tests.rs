#![allow(clippy::unwrap_used)]

use ndarray::{Array1, Array2, array};
use proptest::prelude::*;

use super::{HiddenMarkov, HiddenMarkovFit};
use crate::notebook::interrupt;
use crate::random::Random;

/// A model of small numbers that anything can be computed of by hand.
fn small(values: &[f64]) -> HiddenMarkovFit {
    let row = |place: usize| {
        let total: f64 = values[place..place + 3].iter().sum();
        [values[place] / total, values[place + 1] / total, values[place + 2] / total]
    };
    let transition = array![row(0), row(3), row(6)];
    let means = array![[values[9], 0.3], [-values[10], 0.0], [0.1, values[11]]];
    let covariance = |scale: f64| array![[scale, 0.2 * scale], [0.2 * scale, 0.7 * scale]];
    let covariances = vec![covariance(values[12]), covariance(values[13]), covariance(values[14])];
    HiddenMarkovFit::new(Array1::from(row(12).to_vec()), transition, means, covariances).unwrap()
}

/// The joint density of samples and each path of states, by multiplication.
fn paths(model: &HiddenMarkovFit, samples: &Array2<f64>) -> Vec<(Vec<usize>, f64)> {
    let single = |state: usize, row: usize| {
        let one = HiddenMarkovFit::new(
            array![1.0],
            array![[1.0]],
            model.means().slice(ndarray::s![state..=state, ..]).to_owned(),
            vec![model.covariances()[state].clone()],
        );
        let sample = samples.slice(ndarray::s![row..=row, ..]).to_owned();
        one.unwrap().log_likelihood(sample).unwrap().exp()
    };
    let (rows, states) = (samples.nrows(), model.states());
    (0..states.pow(rows as u32))
        .map(|mut code| {
            let path: Vec<usize> = (0..rows)
                .map(|_| {
                    let state = code % states;
                    code /= states;
                    state
                })
                .collect();
            let mut density = model.initial()[path[0]];
            for row in 0..rows {
                density *= single(path[row], row);
                if row > 0 {
                    density *= model.transition()[[path[row - 1], path[row]]];
                }
            }
            (path, density)
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    #[test]
    fn sums_over_all_paths_agree(
        values in prop::collection::vec(0.1..2.0f64, 15),
        numbers in prop::collection::vec(-2.0..2.0f64, 8),
    ) {
        let model = small(&values);
        let samples = Array2::from_shape_vec((4, 2), numbers).unwrap();
        let all = paths(&model, &samples);
        let total: f64 = all.iter().map(|(_, density)| density).sum();
        prop_assert!((model.log_likelihood(&samples).unwrap() - total.ln()).abs() < 1e-9);
        let smoothed = model.smoothed(&samples).unwrap();
        for (row, state) in [(0, 0), (1, 2), (3, 1)] {
            let through: f64 = all.iter().filter(|(path, _)| path[row] == state).map(|(_, density)| density).sum();
            prop_assert!((smoothed[[row, state]] - through / total).abs() < 1e-9);
        }
        let best = all.iter().max_by(|one, other| one.1.total_cmp(&other.1)).unwrap();
        prop_assert_eq!(&model.most_likely_path(&samples).unwrap(), &best.0);
        // Filtering is smoothing of the samples so far, and what comes later changes nothing.
        let filtered = model.filtered(&samples).unwrap();
        let so_far = model.smoothed(samples.slice(ndarray::s![..3, ..]).to_owned()).unwrap();
        prop_assert!((&filtered.row(2) - &so_far.row(2)).iter().all(|gap| gap.abs() < 1e-9));
    }

    #[test]
    fn every_round_raises_the_likelihood(
        values in prop::collection::vec(0.1..2.0f64, 15),
        seed in 0u64..50,
    ) {
        let mut random = Random::new(seed);
        let samples = Array2::from_shape_simple_fn((60, 2), || random.normal());
        let mut model = small(&values);
        let round = HiddenMarkov::new(3).iterations(1).tolerance(0.0);
        for _ in 0..8 {
            let before = model.log_likelihood(&samples).unwrap();
            model = round.fit_from(&model, &samples).unwrap();
            // A state that shrinks onto a few samples is held open, which costs likelihood.
            let area = |one: &Array2<f64>| one[[0, 0]] * one[[1, 1]] - one[[0, 1]] * one[[1, 0]];
            if model.covariances().iter().any(|one| area(one) < 0.01) {
                break;
            }
            prop_assert!(model.log_likelihood(&samples).unwrap() > before - 1e-9);
        }
    }
}

/// Samples of a chain, with the states behind them.
fn drawn(count: usize) -> (Vec<usize>, Array2<f64>) {
    let mut random = Random::new(4);
    let mut state = 0;
    let mut states = Vec::new();
    let samples = Array2::from_shape_fn((count, 1), |_| {
        if random.share() < [0.02, 0.05][state] {
            state = 1 - state;
        }
        states.push(state);
        [0.05, -0.1][state] + [0.6, 2.0][state] * random.normal()
    });
    (states, samples)
}

#[test]
fn estimates_find_the_chain_that_was_drawn() {
    let (states, samples) = drawn(6000);
    let fit = HiddenMarkov::new(2).seed(1).fit(&samples).unwrap();
    let deviations: Vec<f64> =
        fit.covariances().iter().map(|matrix| matrix[[0, 0]].sqrt()).collect();
    assert!(
        (deviations[0] - 0.6).abs() < 0.05 && (deviations[1] - 2.0).abs() < 0.1,
        "{deviations:?}"
    );
    assert!((fit.transition()[[0, 0]] - 0.98).abs() < 0.01, "{:?}", fit.transition());
    assert!((fit.mean_stays()[1] / 20.0 - 1.0).abs() < 0.3);
    let path = fit.most_likely_path(&samples).unwrap();
    let right = path.iter().zip(&states).filter(|(one, other)| one == other).count();
    assert!(right > 5600, "{right}");
    let again = HiddenMarkov::new(2).seed(1).fit(&samples).unwrap();
    assert_eq!(again.transition(), fit.transition());
}

#[test]
fn long_series_and_far_samples_stay_finite() {
    let (_, mut samples) = drawn(3000);
    samples[[1500, 0]] = 1e6;
    let fit = HiddenMarkov::new(3).starts(2).fit(&samples).unwrap();
    let filtered = fit.filtered(&samples).unwrap();
    assert!(filtered.iter().all(|share| share.is_finite()));
    assert!(filtered.outer_iter().all(|row| (row.sum() - 1.0).abs() < 1e-9));
    assert!(fit.log_likelihood(&samples).unwrap().is_finite());
}

#[test]
fn models_and_samples_that_do_not_fit_are_refused() {
    let (_, samples) = drawn(50);
    for method in [HiddenMarkov::new(0), HiddenMarkov::new(26), HiddenMarkov::new(2).starts(0)] {
        assert!(method.fit(&samples).is_err(), "{method:?}");
    }
    let error = HiddenMarkov::new(2).fit(Array2::<f64>::ones((50, 1))).unwrap_err().to_string();
    assert!(error.contains("column 0 does not vary"), "{error}");
    let one = || vec![array![[1.0]]];
    for (initial, transition, covariances) in [
        (array![0.9], array![[1.0]], one()),
        (array![1.0], array![[0.5]], one()),
        (array![1.0], array![[1.0]], vec![array![[-1.0]]]),
        (array![1.0], array![[1.0]], vec![]),
    ] {
        assert!(HiddenMarkovFit::new(initial, transition, array![[0.0]], covariances).is_err());
    }
    let fit = HiddenMarkov::new(2).fit(&samples).unwrap();
    assert!(fit.filtered([[1.0, 2.0]]).unwrap_err().to_string().contains("1 are needed"));
    assert!(fit.most_likely_path(Array2::<f64>::zeros((0, 1))).is_err());
    assert!(HiddenMarkov::new(3).fit_from(&fit, &samples).is_err());
}

#[test]
fn an_interrupt_leaves_what_is_there() {
    let (_, samples) = drawn(400);
    let fit = interrupt::with_request(|_| HiddenMarkov::new(2).fit(&samples));
    assert!(fit.unwrap().log_likelihood(&samples).unwrap().is_finite());
}
