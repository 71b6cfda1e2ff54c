#![allow(clippy::unwrap_used)]
use ndarray::array;

use super::*;
use crate::notebook::Show;

/// A chain of six variables with partial correlation 0.4, as an exact covariance.
fn chain() -> Array2<f64> {
    let precision = Array2::from_shape_fn((6, 6), |(row, column)| match row.abs_diff(column) {
        0 => 1.0,
        1 => -0.4,
        _ => 0.0,
    });
    crate::gaussian::Cholesky::new(&precision).unwrap().inverse()
}

#[test]
fn the_grid_is_logarithmic_from_the_empty_graph_down() {
    let path = GraphicalLassoPath::new(9).ratio(0.01).fit_covariance(&chain(), 200).unwrap();
    let points = path.points();
    assert_eq!(points[0].edges, 0);
    assert_eq!(points[0].components, 6);
    assert!((points[4].alpha / points[0].alpha - 0.1).abs() < 1e-12);
    assert!((points[8].alpha / points[0].alpha - 0.01).abs() < 1e-12);
    assert!(points.windows(2).all(|pair| pair[0].log_likelihood <= pair[1].log_likelihood + 1e-3));
}

#[test]
fn the_criterion_is_the_published_one() {
    let covariance = chain();
    let path = GraphicalLassoPath::new(5).gamma(0.5).fit_covariance(&covariance, 200).unwrap();
    for (fit, point) in path.fits().iter().zip(path.points()) {
        let fitted = -400.0 * fit.log_likelihood(&covariance).unwrap();
        let penalty = point.edges as f64 * (200f64.ln() + 2.0 * 6f64.ln());
        assert!((point.ebic - fitted - penalty).abs() < 1e-9);
    }
}

#[test]
fn the_chain_is_found_inside_the_grid() {
    let path = GraphicalLassoPath::new(40).fit_covariance(&chain(), 200).unwrap();
    let best = path.best_by_ebic();
    assert_eq!(best.point().edges, 5);
    assert_eq!(best.point().alpha, best.fit().alpha());
    assert_eq!(best.note().is_some(), best.point().alpha == path.points()[39].alpha);
}

#[test]
fn a_choice_on_the_edge_is_loud() {
    let narrow = GraphicalLassoPath::new(4).ratio(0.9).fit_covariance(&chain(), 1000).unwrap();
    let text = narrow.rich().get("text/plain").unwrap().to_owned();
    assert!(text.contains("WARNING: the best alpha is the smallest"), "{text}");
    let html = narrow.best_by_ebic().rich().get("text/html").unwrap().to_owned();
    assert!(html.contains("Warning"), "{html}");
}

#[test]
fn parameters_out_of_range_are_named() {
    let message = |path: GraphicalLassoPath, observations| {
        path.fit_covariance(&chain(), observations).unwrap_err().to_string()
    };
    let path = GraphicalLassoPath::new(5);
    assert!(message(GraphicalLassoPath::new(1), 50).contains("1 points"));
    assert!(message(path.clone().ratio(1.0), 50).contains("ratio = 1"));
    assert!(message(path.clone().gamma(-0.5), 50).contains("gamma = -0.5"));
    assert!(message(path.clone().tolerance(-1.0), 50).contains("tolerance = -1"));
    assert!(message(path.clone(), 1).contains("1 observations"));
    let alone = path.fit_covariance(&array![[1.0]], 50).unwrap_err().to_string();
    assert!(alone.contains("no two of them"), "{alone}");
}

#[test]
fn an_interrupted_path_returns_the_fits_so_far() {
    let path = GraphicalLassoPath::new(9);
    let whole = path.fit_covariance(&chain(), 200).unwrap();
    let part = interrupt::with_request(|_| path.fit_covariance(&chain(), 200)).unwrap();
    assert!(part.interrupted() && !whole.interrupted());
    assert_eq!((part.fits().len(), part.points().len()), (1, 1));
    assert_eq!(part.points()[0], whole.points()[0]);
    assert_eq!(part.frame().unwrap().height(), 1);
    let text = part.rich().get("text/plain").unwrap().to_owned();
    assert!(text.contains("interrupted after 1 of 9 penalties"), "{text}");
    // A later fit is whole again.
    assert_eq!(path.fit_covariance(&chain(), 200).unwrap().fits().len(), 9);
}
