//! Cross-validation, centrality, communities and the adjusted Rand index against scikit-learn and networkx (see
//! `fixtures/selection.py`).

#![allow(clippy::unwrap_used)]

use latentlab::gaussian::{ConditionalIndependenceGraph, CrossValidation, GraphicalLassoPath};
use latentlab::ndarray::Array2;
use latentlab::stats::adjusted_rand_index;

/// The lines of a fixture as keys with values, in groups that begin with the same key.
fn records(text: &str, keys: usize) -> Vec<Vec<(&str, &str)>> {
    let lines: Vec<(&str, &str)> = text
        .lines()
        .filter(|line| !line.starts_with('#'))
        .map(|line| line.split_once(' ').unwrap())
        .collect();
    assert_eq!(lines.len() % keys, 0);
    lines.chunks(keys).map(<[_]>::to_vec).collect()
}

fn numbers((key, values): (&str, &str), expected: &str) -> Vec<f64> {
    assert_eq!(key, expected);
    values.split_whitespace().map(|value| value.parse().unwrap()).collect()
}

#[test]
fn held_out_scores_agree_with_scikit_learn() {
    let problems = records(include_str!("fixtures/selection/cross_validation.txt"), 5);
    assert_eq!(problems.len(), 3);
    for problem in problems {
        let shape = numbers(problem[1], "shape");
        let shape = (shape[0] as usize, shape[1] as usize);
        let folds = numbers(problem[2], "folds")[0] as usize;
        let samples = Array2::from_shape_vec(shape, numbers(problem[3], "samples")).unwrap();
        let reference = Array2::from_shape_vec((8, folds), numbers(problem[4], "scores")).unwrap();
        let most = |tolerance: f64| {
            let path = GraphicalLassoPath::new(8).ratio(0.05).tolerance(tolerance);
            let validation = CrossValidation::new(&path).folds(folds).shuffle(false);
            let difference = validation.fit(&samples).unwrap().scores() - &reference;
            difference.iter().fold(0.0f64, |most, value| most.max(value.abs()))
        };
        let (exact, usual) = (most(1e-10), most(1e-4));
        println!("{}: {exact:.1e} at tolerance 1e-10, {usual:.1e} at 1e-4", problem[0].1);
        assert!(exact < 1e-6, "{}: {exact:e}", problem[0].1);
    }
}

/// A graph whose edges have the given partial correlations.
fn graph(order: usize, edges: &[f64]) -> ConditionalIndependenceGraph {
    let mut precision = Array2::eye(order);
    for edge in edges.chunks(3) {
        let (one, other) = (edge[0] as usize, edge[1] as usize);
        precision[[one, other]] = -edge[2];
        precision[[other, one]] = -edge[2];
    }
    let names: Vec<String> = (0..order).map(|node| node.to_string()).collect();
    ConditionalIndependenceGraph::from_precision(&precision, &names, 0.0).unwrap()
}

#[test]
fn betweenness_and_communities_agree_with_networkx() {
    let graphs = records(include_str!("fixtures/selection/graphs.txt"), 5);
    assert_eq!(graphs.len(), 6);
    for record in graphs {
        let order = numbers(record[0], "order")[0] as usize;
        let graph = graph(order, &numbers(record[1], "edges"));
        let centrality = graph.centrality().unwrap();
        for (found, expected) in
            centrality.betweenness().iter().zip(numbers(record[2], "betweenness"))
        {
            assert!((found - expected).abs() < 1e-12, "{order} nodes: {found}, not {expected}");
        }
        let communities = graph.communities().unwrap();
        let labels: Vec<usize> =
            numbers(record[3], "labels").into_iter().map(|label| label as usize).collect();
        let modularity = numbers(record[4], "modularity")[0];
        println!("{order} nodes: modularity {}, networkx {modularity}", communities.modularity());
        assert_eq!(adjusted_rand_index(communities.labels(), &labels).unwrap(), 1.0);
        assert!((communities.modularity() - modularity).abs() < 1e-12);
    }
}

#[test]
fn adjusted_rand_indices_agree_with_scikit_learn() {
    let groupings = records(include_str!("fixtures/selection/groupings.txt"), 3);
    assert_eq!(groupings.len(), 7);
    for record in groupings {
        let labels = |place: usize, key: &str| -> Vec<u64> {
            numbers(record[place], key).into_iter().map(|label| label as u64).collect()
        };
        let found = adjusted_rand_index(&labels(0, "first"), &labels(1, "second")).unwrap();
        let expected = numbers(record[2], "index")[0];
        println!("{found}, scikit-learn {expected}");
        assert!((found - expected).abs() < 1e-12, "{found}, not {expected}");
    }
}
