#![allow(clippy::unwrap_used)]
use ndarray::array;

use super::*;

fn chain() -> ConditionalIndependenceGraph {
    let precision = array![
        [1.0, -0.2, 0.0, 0.0],
        [-0.2, 1.0, 0.4, 0.0],
        [0.0, 0.4, 1.0, 0.0],
        [0.0, 0.0, 0.0, 1.0]
    ];
    ConditionalIndependenceGraph::from_precision(&precision, &["a", "b", "c", "d"], 0.0).unwrap()
}

#[test]
fn a_chain_with_a_loner() {
    let graph = chain();
    assert_eq!(graph.components(), [vec!["a", "b", "c"], vec!["d"]]);
    assert_eq!(graph.isolated(), ["d"]);
    assert_eq!(graph.degrees()[0], ("b".into(), 2));
    assert!((graph.density() - 1.0 / 3.0).abs() < 1e-15);
    assert_eq!(graph.edges()[0].partial_correlation, -0.4);
    assert_eq!(graph.independences(9).to_string(), "{a, b, c} ⟂ d\na ⟂ c | b");
    let text = graph.rich();
    assert!(text.get("text/plain").unwrap().contains("4 variables, 2 edges"));
    assert!(text.get("text/html").unwrap().contains("partial_correlation"));
}

#[test]
fn separation_checks_its_names() {
    let graph = chain();
    assert!(graph.separates("a", "c", &["b"]).unwrap());
    assert!(!graph.separates("a", "c", &["d"]).unwrap());
    assert!(graph.separates("a", "zz", &[]).unwrap_err().to_string().contains("a b c d"));
    assert!(graph.separates("a", "a", &[]).is_err());
    assert!(graph.separates("a", "c", &["c"]).unwrap_err().to_string().contains("one of the two"));
}

#[test]
fn bad_names_matrices_and_thresholds_are_refused() {
    let message = |matrix: &Array2<f64>, names: &[&str], threshold: f64| {
        ConditionalIndependenceGraph::from_precision(matrix, names, threshold)
            .unwrap_err()
            .to_string()
    };
    let eye = Array2::eye(2);
    assert!(message(&eye, &["a"], 0.0).contains("1 name: the matrix has 2 variables"));
    assert!(message(&eye, &["a", "a"], 0.0).contains("given twice"));
    assert!(message(&eye, &["a", "b"], -1.0).contains("threshold = -1"));
    assert!(message(&eye, &["a", "b"], f64::NAN).contains("threshold = NaN"));
    assert!(message(&array![[1.0, 0.1], [0.2, 1.0]], &["a", "b"], 0.0).contains("not symmetric"));
    assert!(message(&array![[0.0]], &["a"], 0.0).contains("positive"));
    assert!(message(&Array2::zeros((0, 0)), &[], 0.0).contains("square"));
}
