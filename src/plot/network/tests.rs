use petgraph::graph::NodeIndex;
use proptest::prelude::*;

use super::*;
use crate::plot::canvas::{Mark, faults};

fn graph(names: &[String], edges: &[(usize, usize, f64)]) -> UnGraph<String, f64> {
    let mut graph = UnGraph::default();
    for name in names {
        graph.add_node(name.clone());
    }
    for (one, other, weight) in edges {
        let index = |node: usize| NodeIndex::new(node % names.len());
        graph.update_edge(index(*one), index(*other), *weight);
    }
    graph
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn nothing_leaves_the_figure_and_no_text_covers_another(
        count in 1_usize..60,
        letters in 1_usize..30,
        edges in prop::collection::vec((0_usize..60, 0_usize..60, -1.0..1.0_f64), 0..90),
        groups in 1_usize..12,
    ) {
        let names: Vec<String> = (0..count).map(|i| format!("{i}{}", "M".repeat(letters))).collect();
        let diagram = NetworkDiagram::new("A title over the graph", &graph(&names, &edges))
            .groups((0..count).map(|node| node % groups));
        let faults = diagram.figure().and_then(|figure| faults(&figure));
        prop_assert_eq!(faults.map_err(|e| TestCaseError::fail(e.to_string()))?, Vec::<String>::new());
    }
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("N{index}")).collect()
}

#[test]
fn width_and_colour_of_an_edge_show_its_weight() -> Result<()> {
    let edges = [(0, 1, 0.5), (1, 2, -0.25), (2, 2, 1.0)];
    let figure = NetworkDiagram::new("T", &graph(&names(4), &edges)).figure()?;
    let drawn: Vec<(Color, f64)> = figure
        .marks()
        .iter()
        .take_while(|mark| !matches!(mark, Mark::Disc { .. }))
        .filter_map(|mark| match mark {
            Mark::Line { color, width, .. } => Some((color.alpha(1.0), *width)),
            _ => None,
        })
        .collect();
    assert_eq!(drawn.len(), 2);
    // The stronger edge comes last, on top.
    assert_eq!((drawn[0].0, drawn[1].0), (NEGATIVE, POSITIVE));
    assert!(drawn[0].1 < drawn[1].1);
    let text = figure.description();
    assert!(text.contains("1 node without an edge; 1 edge from a node to itself"), "{text}");
    Ok(())
}

#[test]
fn fixed_positions_keep_their_proportions() -> Result<()> {
    let square = vec![[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]];
    let figure = NetworkDiagram::new("T", &graph(&names(4), &[]))
        .layout(Layout::Fixed(square))
        .size(900.0, 300.0)
        .figure()?;
    let mut centers: Vec<Point> = Vec::new();
    for mark in figure.marks() {
        if let Mark::Disc { center, .. } = mark
            && !centers.contains(center)
        {
            centers.push(*center);
        }
    }
    assert!((centers[1][0] - centers[0][0] - (centers[1][1] - centers[2][1])).abs() < 1e-9);
    assert!(centers[3][1] < centers[0][1], "up is up");
    Ok(())
}

#[test]
fn input_that_does_not_fit_is_named() {
    let message = |diagram: NetworkDiagram| {
        diagram.figure().map_or_else(|error| error.to_string(), |_| String::new())
    };
    let new = |weight| NetworkDiagram::new("T", &graph(&names(2), &[(0, 1, weight)]));
    let nan = message(new(f64::NAN));
    assert!(
        nan.starts_with("Network \"T\"") && nan.contains("\"N0\"") && nan.contains("NaN"),
        "{nan}"
    );
    assert!(message(new(1.0).groups(["a"])).contains("1 groups for 2 nodes"));
    assert!(message(new(1.0).layout(Layout::Fixed(vec![]))).contains("0 positions for 2 nodes"));
    let outside = Layout::Fixed(vec![[f64::NAN, 0.0], [0.0, 0.0]]);
    assert!(message(new(1.0).layout(outside)).contains("finite"));
    assert_eq!(message(new(0.0)), "");
}
