#![allow(clippy::unwrap_used)]
use ndarray::Array2;

use super::*;
use crate::gaussian::selection::subsamples::normal_chain;
use crate::notebook::{Show, interrupt};

fn text(value: &impl Show) -> String {
    value.rich().get("text/plain").unwrap().to_owned()
}

#[test]
fn the_result_depends_on_the_seed_alone() {
    let samples = normal_chain(90, 6, 1);
    let validation = CrossValidation::new(&GraphicalLassoPath::new(12)).folds(4).seed(9);
    let one = validation.clone().threads(1).fit(&samples).unwrap();
    for threads in [2, 3, 16] {
        let other = validation.clone().threads(threads).fit(&samples).unwrap();
        assert_eq!(one.scores(), other.scores());
        assert_eq!(one.best().fit().precision(), other.best().fit().precision());
    }
    let other = validation.seed(10).fit(&samples).unwrap();
    assert_ne!(one.scores(), other.scores());
}

#[test]
fn means_errors_and_choices_follow_from_the_scores() {
    let samples = normal_chain(120, 6, 2);
    let validated = CrossValidation::new(&GraphicalLassoPath::new(20)).fit(&samples).unwrap();
    let (best, sparse) = (validated.best(), validated.one_standard_error());
    let points = validated.points();
    for (point, scores) in points.iter().zip(validated.scores().outer_iter()) {
        assert!((point.score - scores.mean().unwrap()).abs() < 1e-12);
        assert!((point.standard_error - scores.std(1.0) / 5f64.sqrt()).abs() < 1e-12);
        assert!(
            point.score <= points.iter().find(|point| point.alpha == best.alpha()).unwrap().score
        );
    }
    let top = points.iter().find(|point| point.alpha == best.alpha()).unwrap();
    let within = points.iter().filter(|point| point.score >= top.score - top.standard_error);
    assert_eq!(sparse.alpha(), within.map(|point| point.alpha).fold(0.0, f64::max));
    assert!(sparse.point().edges <= best.point().edges && sparse.alpha() > best.alpha());
}

#[test]
fn the_path_is_that_of_all_samples() {
    let samples = normal_chain(60, 5, 3);
    let path = GraphicalLassoPath::new(8);
    let validated = CrossValidation::new(&path).folds(3).fit(&samples).unwrap();
    let alone = path.fit(&samples).unwrap();
    assert_eq!(validated.path().points(), alone.points());
}

#[test]
fn a_choice_on_the_grids_edge_is_loud() {
    let samples = normal_chain(200, 5, 4);
    let narrow = GraphicalLassoPath::new(4).ratio(0.9);
    let validated = CrossValidation::new(&narrow).fit(&samples).unwrap();
    assert!(
        text(&validated).contains("WARNING: the best alpha is the smallest"),
        "{}",
        text(&validated)
    );
    assert!(validated.curve().figure().unwrap().svg().unwrap().contains('⚠'));
    // Independent columns: no edge predicts anything.
    let mut noise = normal_chain(400, 5, 5);
    for (column, mut values) in noise.columns_mut().into_iter().enumerate() {
        let mut shuffled = values.to_vec();
        crate::random::Random::new(column as u64).shuffle(&mut shuffled);
        values.assign(&ndarray::Array1::from(shuffled));
    }
    let none = CrossValidation::new(&GraphicalLassoPath::new(20)).fit(&noise).unwrap();
    let note = none.one_standard_error().note().unwrap().to_owned();
    assert!(note.contains("the graph is empty"), "{note}");
}

#[test]
fn what_cannot_be_validated_is_named() {
    let path = GraphicalLassoPath::new(4);
    let message = |samples: &Array2<f64>, folds| {
        CrossValidation::new(&path).folds(folds).fit(samples).unwrap_err().to_string()
    };
    let samples = normal_chain(9, 3, 0);
    assert!(message(&samples, 5).contains("at most 4 folds"));
    let mut holes = samples.clone();
    holes[[2, 1]] = f64::NAN;
    assert!(message(&holes, 3).contains("row 2, column 1 holds NaN"));
    let mut flat = samples.clone();
    flat.column_mut(2).fill(1.0);
    assert!(message(&flat, 3).contains("column 2"));
    let none = CrossValidation::new(&path).threads(0).fit(&samples).unwrap_err().to_string();
    assert!(none.contains("threads = 0"));
}

#[test]
fn an_interrupt_keeps_the_penalties_that_are_done() {
    let samples = normal_chain(30, 3, 6);
    let validation = CrossValidation::new(&GraphicalLassoPath::new(200)).folds(2).threads(1);
    let part = interrupt::with_request_after(100, || validation.fit(&samples)).unwrap();
    let whole = validation.fit(&samples).unwrap();
    let done = part.points().len();
    assert!(part.interrupted() && (1..200).contains(&done), "{done}");
    assert_eq!(part.points(), &whole.points()[..done]);
    assert_eq!((part.scores().nrows(), part.path().fits().len()), (done, done));
    let note = part.best().note().unwrap().to_owned();
    assert!(note.contains(&format!("after {done} of 200 penalties")), "{note}");
}
