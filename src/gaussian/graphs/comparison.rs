//! Two conditional independence graphs of the same variables, edge by edge.

use std::collections::HashMap;

use polars::prelude::{Column, DataFrame};

use super::edge::Edge;
use super::graph::ConditionalIndependenceGraph;
use crate::notebook::{Rich, Show, escape, frame_html};
use crate::words::counted;
use crate::{Error, Result};

/// What two graphs of the same variables share, and where they differ.
///
/// # Example
/// ```
/// use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
///
/// let names = ["T", "FOX", "KO"];
/// let calm = array![[1.0, -0.3, 0.0], [-0.3, 1.0, 0.0], [0.0, 0.0, 1.0]];
/// let crisis = array![[1.0, -0.3, 0.0], [-0.3, 1.0, -0.2], [0.0, -0.2, 1.0]];
/// let calm = ConditionalIndependenceGraph::from_precision(&calm, &names, 0.0)?;
/// let crisis = ConditionalIndependenceGraph::from_precision(&crisis, &names, 0.0)?;
/// let comparison = calm.compare(&crisis)?;
/// assert_eq!((comparison.shared().len(), comparison.hamming_distance()), (1, 1));
/// assert_eq!(comparison.only_second()[0].variable_2, "KO");
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct GraphComparison {
    shared: Vec<[Edge; 2]>,
    only_first: Vec<Edge>,
    only_second: Vec<Edge>,
}

impl ConditionalIndependenceGraph {
    /// Compares this graph with another one of the same variables, in whatever order.
    ///
    /// # Errors
    /// [`Error::Invalid`] where a variable of one graph is not in the other.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
    /// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(2), &["A", "B"], 0.0)?;
    /// assert_eq!(graph.compare(&graph)?.hamming_distance(), 0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn compare(&self, other: &Self) -> Result<GraphComparison> {
        for (one, two) in [(self, other), (other, self)] {
            let strangers: Vec<&str> = one
                .names()
                .iter()
                .filter(|name| !two.names().contains(name))
                .map(String::as_str)
                .collect();
            if !strangers.is_empty() {
                return Err(Error::invalid(
                    format!(
                        "graphs of {} and {} variables",
                        self.names().len(),
                        other.names().len()
                    ),
                    format!(
                        "{} is only in one of them; compare graphs of the same variables",
                        strangers.join(", ")
                    ),
                ));
            }
        }
        let mut rest: HashMap<[&str; 2], &Edge> =
            other.edges().iter().map(|edge| (ends(edge), edge)).collect();
        let mut comparison =
            GraphComparison { shared: Vec::new(), only_first: Vec::new(), only_second: Vec::new() };
        for edge in self.edges() {
            match rest.remove(&ends(edge)) {
                Some(found) => comparison.shared.push([edge.clone(), found.clone()]),
                None => comparison.only_first.push(edge.clone()),
            }
        }
        let left = other.edges().iter().filter(|edge| rest.contains_key(&ends(edge)));
        comparison.only_second = left.cloned().collect();
        Ok(comparison)
    }
}

/// The ends of an edge, in an order that does not depend on the matrix.
fn ends(edge: &Edge) -> [&str; 2] {
    let mut ends = [edge.variable_1.as_str(), edge.variable_2.as_str()];
    ends.sort_unstable();
    ends
}

impl GraphComparison {
    /// The edges of both graphs, each as it is in the first and in the second; strongest in the first graph first.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// # let graph = ConditionalIndependenceGraph::from_precision(&array![[1.0, 0.5], [0.5, 1.0]], &["A", "B"], 0.0)?;
    /// assert_eq!(graph.compare(&graph)?.shared()[0][1].partial_correlation, -0.5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn shared(&self) -> &[[Edge; 2]] {
        &self.shared
    }

    /// The edges that only the first graph has, strongest first.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// # let graph = ConditionalIndependenceGraph::from_precision(&array![[1.0, 0.5], [0.5, 1.0]], &["A", "B"], 0.0)?;
    /// assert!(graph.compare(&graph)?.only_first().is_empty());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn only_first(&self) -> &[Edge] {
        &self.only_first
    }

    /// The edges that only the second graph has, strongest first.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// # let graph = ConditionalIndependenceGraph::from_precision(&array![[1.0, 0.5], [0.5, 1.0]], &["A", "B"], 0.0)?;
    /// assert!(graph.compare(&graph)?.only_second().is_empty());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn only_second(&self) -> &[Edge] {
        &self.only_second
    }

    /// How many edges only one of the graphs has.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::{Array2, array}};
    /// # let one = ConditionalIndependenceGraph::from_precision(&array![[1.0, 0.5], [0.5, 1.0]], &["A", "B"], 0.0)?;
    /// let empty = ConditionalIndependenceGraph::from_precision(&Array2::eye(2), &["A", "B"], 0.0)?;
    /// assert_eq!(one.compare(&empty)?.hamming_distance(), 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn hamming_distance(&self) -> usize {
        self.only_first.len() + self.only_second.len()
    }

    /// The share of common edges among those of either graph (Jaccard's index), from 0 to 1; 1 for two graphs without
    /// edges.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// # let graph = ConditionalIndependenceGraph::from_precision(&array![[1.0, 0.5], [0.5, 1.0]], &["A", "B"], 0.0)?;
    /// assert_eq!(graph.compare(&graph)?.jaccard_index(), 1.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn jaccard_index(&self) -> f64 {
        let either = self.shared.len() + self.hamming_distance();
        if either == 0 { 1.0 } else { self.shared.len() as f64 / either as f64 }
    }

    /// A row for every edge of either graph: variable_1, variable_2, and its partial correlation in the first and in the
    /// second graph, missing where the graph lacks it. Common edges come first.
    ///
    /// # Errors
    /// [`Error::Frame`] where polars refuses the table.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// # let graph = ConditionalIndependenceGraph::from_precision(&array![[1.0, 0.5], [0.5, 1.0]], &["A", "B"], 0.0)?;
    /// assert_eq!(graph.compare(&graph)?.frame()?.shape(), (1, 4));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let strength = |edge: &Edge| Some(edge.partial_correlation);
        let shared = self.shared.iter().map(|[one, two]| (one, strength(one), strength(two)));
        let first = self.only_first.iter().map(|edge| (edge, strength(edge), None));
        let second = self.only_second.iter().map(|edge| (edge, None, strength(edge)));
        let rows: Vec<(&Edge, Option<f64>, Option<f64>)> =
            shared.chain(first).chain(second).collect();
        let names =
            |name: fn(&Edge) -> &str| rows.iter().map(|row| name(row.0)).collect::<Vec<&str>>();
        Ok(DataFrame::new_infer_height(vec![
            Column::new("variable_1".into(), names(|edge| &edge.variable_1)),
            Column::new("variable_2".into(), names(|edge| &edge.variable_2)),
            Column::new("first".into(), rows.iter().map(|row| row.1).collect::<Vec<_>>()),
            Column::new("second".into(), rows.iter().map(|row| row.2).collect::<Vec<_>>()),
        ])?)
    }
}

impl Show for GraphComparison {
    fn rich(&self) -> Rich {
        let summary = format!(
            "{} in both graphs, {} only in the first, {} only in the second; Jaccard index {:.3}",
            counted(self.shared.len(), "edge"),
            self.only_first.len(),
            self.only_second.len(),
            self.jaccard_index()
        );
        match self.frame() {
            Ok(frame) => Rich::text(format!("{summary}\n{frame}")).html(format!(
                "<b>Partial correlations in two graphs</b>: {}{}",
                escape(&summary),
                frame_html(&frame)
            )),
            Err(error) => Rich::text(format!("error: {error}")),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::{Array2, array};
    use proptest::prelude::*;

    use super::*;

    fn graph(entries: &[bool], names: &[&str]) -> ConditionalIndependenceGraph {
        let order = names.len();
        let mut precision = Array2::eye(order);
        let pairs = (0..order).flat_map(|row| (row + 1..order).map(move |column| (row, column)));
        for ((row, column), &edge) in pairs.zip(entries) {
            let entry = if edge { 0.1 } else { 0.0 };
            precision[[row, column]] = entry;
            precision[[column, row]] = entry;
        }
        ConditionalIndependenceGraph::from_precision(&precision, names, 0.0).unwrap()
    }

    #[test]
    fn the_order_of_variables_does_not_matter() {
        let one = graph(&[true, false, false], &["A", "B", "C"]);
        let two = graph(&[false, false, true], &["C", "B", "A"]);
        assert_eq!(one.compare(&two).unwrap().hamming_distance(), 0);
    }

    #[test]
    fn other_variables_are_named() {
        let one = graph(&[true], &["A", "B"]);
        let two = graph(&[true], &["A", "X"]);
        let message = one.compare(&two).unwrap_err().to_string();
        assert!(message.contains("B is only in one of them"), "{message}");
        assert!(two.compare(&graph(&[true, true, true], &["A", "X", "Y"])).is_err());
    }

    #[test]
    fn the_display_says_what_differs() {
        let precision = array![[1.0, 0.2], [0.2, 1.0]];
        let one =
            ConditionalIndependenceGraph::from_precision(&precision, &["A", "B"], 0.0).unwrap();
        let rich = one.compare(&graph(&[false], &["A", "B"])).unwrap().rich();
        let text = rich.get("text/plain").unwrap();
        assert!(text.contains("0 edges in both graphs, 1 only in the first"), "{text}");
        assert!(rich.get("text/html").unwrap().contains("-0.2"));
    }

    proptest! {
        #[test]
        fn every_edge_is_counted_once(
            one in prop::collection::vec(any::<bool>(), 10),
            two in prop::collection::vec(any::<bool>(), 10),
        ) {
            let names = ["A", "B", "C", "D", "E"];
            let comparison = graph(&one, &names).compare(&graph(&two, &names)).unwrap();
            let differ = one.iter().zip(&two).filter(|(one, two)| one != two).count();
            let both = one.iter().zip(&two).filter(|(one, two)| **one && **two).count();
            prop_assert_eq!(comparison.hamming_distance(), differ);
            prop_assert_eq!(comparison.shared().len(), both);
            prop_assert_eq!(comparison.frame().unwrap().height(), differ + both);
        }
    }
}
