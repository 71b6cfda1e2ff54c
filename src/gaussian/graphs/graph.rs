//! The conditional independence graph of a Gaussian model.

use std::collections::HashMap;

use ndarray::Array2;
use petgraph::graph::{NodeIndex, UnGraph};
use polars::prelude::{Column, DataFrame};

use super::edge::Edge;
use super::independence::Independences;
use super::partial_correlation::{check_precision, partial_correlations};
use super::separation::Adjacency;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, escape, frame_html};
use crate::words::counted;
use crate::{Error, Result};

/// A graph with a variable at each node and an edge for each nonzero entry of the precision matrix, weighted by the
/// partial correlation −Θ_ij / √(Θ_ii Θ_jj).
///
/// Two variables without an edge are independent given all others; two sets that a third separates in the graph are
/// independent given the third (the global Markov property).
///
/// # Example
/// ```
/// use latentlab::gaussian::ConditionalIndependenceGraph;
/// use latentlab::ndarray::array;
///
/// let precision = array![[1.0, -0.3, 0.0], [-0.3, 1.0, -0.2], [0.0, -0.2, 1.0]];
/// let graph = ConditionalIndependenceGraph::from_precision(&precision, &["T", "FOX", "CMCSA"], 0.0)?;
/// assert!(graph.separates("T", "CMCSA", &["FOX"])?);
/// assert!(!graph.separates("T", "CMCSA", &[])?);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ConditionalIndependenceGraph {
    names: Vec<String>,
    adjacency: Adjacency,
    graph: UnGraph<String, f64>,
    edges: Vec<Edge>,
}

impl ConditionalIndependenceGraph {
    /// The graph of a precision matrix, p × p, with p distinct names and an edge where |Θ_ij| > `threshold`.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a matrix that is not square and symmetric with finite entries and a positive diagonal, a
    /// wrong number of names, a name given twice, and a threshold that is negative or NaN.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// let precision = array![[1.0, 0.005], [0.005, 1.0]];
    /// let graph = ConditionalIndependenceGraph::from_precision(&precision, &["A", "B"], 0.01)?;
    /// assert_eq!(graph.edges().len(), 0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn from_precision<S: AsRef<str>>(
        precision: &Array2<f64>,
        names: &[S],
        threshold: f64,
    ) -> Result<Self> {
        check_precision(precision)?;
        if threshold.is_nan() || threshold < 0.0 {
            return Err(Error::invalid(
                format!("threshold = {threshold}"),
                "entries are compared with it by magnitude, so it must be zero or positive",
            ));
        }
        let names = checked_names(names, precision.nrows())?;
        let correlations = partial_correlations(precision);
        let order = names.len();
        let mut graph = UnGraph::with_capacity(order, order);
        let nodes: Vec<NodeIndex> = names.iter().map(|name| graph.add_node(name.clone())).collect();
        let mut edges = Vec::new();
        for row in 0..order {
            for column in row + 1..order {
                if precision[[row, column]].abs() > threshold {
                    graph.add_edge(nodes[row], nodes[column], correlations[[row, column]]);
                    edges.push(Edge {
                        variable_1: names[row].clone(),
                        variable_2: names[column].clone(),
                        precision: precision[[row, column]],
                        partial_correlation: correlations[[row, column]],
                    });
                }
            }
        }
        edges.sort_by(|one, other| {
            other.partial_correlation.abs().total_cmp(&one.partial_correlation.abs())
        });
        let ends =
            graph.raw_edges().iter().map(|edge| (edge.source().index(), edge.target().index()));
        let adjacency = Adjacency::new(order, ends);
        Ok(Self { names, adjacency, graph, edges })
    }

    /// The names, in the order of the matrix.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
    /// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(2), &["A", "B"], 0.0)?;
    /// assert_eq!(graph.names(), ["A", "B"]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The graph for petgraph's algorithms: node weights are names, edge weights partial correlations.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// let graph = ConditionalIndependenceGraph::from_precision(&array![[1.0, -0.5], [-0.5, 1.0]], &["A", "B"], 0.0)?;
    /// assert_eq!(graph.petgraph().edge_weights().copied().collect::<Vec<f64>>(), [0.5]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn petgraph(&self) -> &UnGraph<String, f64> {
        &self.graph
    }

    /// The edges, strongest partial correlation first.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// let precision = array![[1.0, -0.1, 0.0], [-0.1, 1.0, 0.4], [0.0, 0.4, 1.0]];
    /// let graph = ConditionalIndependenceGraph::from_precision(&precision, &["A", "B", "C"], 0.0)?;
    /// assert_eq!(graph.edges()[0].variable_2, "C");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn edges(&self) -> &[Edge] {
        &self.edges
    }

    /// The edges as a table, strongest first: variable_1, variable_2, precision, partial_correlation.
    ///
    /// # Errors
    /// [`Error::Frame`] where polars refuses the table.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// let graph = ConditionalIndependenceGraph::from_precision(&array![[1.0, -0.5], [-0.5, 1.0]], &["A", "B"], 0.0)?;
    /// assert_eq!(graph.edge_frame()?.shape(), (1, 4));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn edge_frame(&self) -> Result<DataFrame> {
        let names = |name: fn(&Edge) -> &str| self.edges.iter().map(name).collect::<Vec<&str>>();
        let values = |value: fn(&Edge) -> f64| self.edges.iter().map(value).collect::<Vec<f64>>();
        Ok(DataFrame::new_infer_height(vec![
            Column::new("variable_1".into(), names(|edge| &edge.variable_1)),
            Column::new("variable_2".into(), names(|edge| &edge.variable_2)),
            Column::new("precision".into(), values(|edge| edge.precision)),
            Column::new("partial_correlation".into(), values(|edge| edge.partial_correlation)),
        ])?)
    }

    /// The connected components, largest first, each in the order of the matrix.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
    /// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(2), &["A", "B"], 0.0)?;
    /// assert_eq!(graph.components(), [["A"], ["B"]]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn components(&self) -> Vec<Vec<String>> {
        let mut components = self.adjacency.components(&vec![false; self.names.len()]);
        components.sort_by_key(|members| std::cmp::Reverse(members.len()));
        let named = |members: &Vec<usize>| {
            members.iter().map(|&member| self.names[member].clone()).collect()
        };
        components.iter().map(named).collect()
    }

    /// Each variable with its number of edges, most first.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// let precision = array![[1.0, -0.1, 0.0], [-0.1, 1.0, 0.4], [0.0, 0.4, 1.0]];
    /// let graph = ConditionalIndependenceGraph::from_precision(&precision, &["A", "B", "C"], 0.0)?;
    /// assert_eq!(graph.degrees()[0], ("B".to_owned(), 2));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn degrees(&self) -> Vec<(String, usize)> {
        let degree =
            |(node, name): (usize, &String)| (name.clone(), self.adjacency.neighbours(node).len());
        let mut degrees: Vec<(String, usize)> = self.names.iter().enumerate().map(degree).collect();
        degrees.sort_by_key(|(_, degree)| std::cmp::Reverse(*degree));
        degrees
    }

    /// The variables without an edge: independent of all others.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
    /// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(2), &["A", "B"], 0.0)?;
    /// assert_eq!(graph.isolated(), ["A", "B"]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn isolated(&self) -> Vec<String> {
        let alone = |node: &usize| self.adjacency.neighbours(*node).is_empty();
        (0..self.names.len()).filter(alone).map(|node| self.names[node].clone()).collect()
    }

    /// Edges as a share of all pairs, 0 to 1; 0 for a single variable.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// let graph = ConditionalIndependenceGraph::from_precision(&array![[1.0, -0.5], [-0.5, 1.0]], &["A", "B"], 0.0)?;
    /// assert_eq!(graph.density(), 1.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn density(&self) -> f64 {
        let pairs = self.names.len() * (self.names.len() - 1) / 2;
        if pairs == 0 { 0.0 } else { self.edges.len() as f64 / pairs as f64 }
    }

    /// Whether every path between two variables passes through the given ones, so that under the Gaussian model the
    /// two are independent given those.
    ///
    /// # Errors
    /// [`Error::Invalid`] for an unknown name, twice the same variable, and a given variable that is one of the two.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
    /// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(2), &["A", "B"], 0.0)?;
    /// assert!(graph.separates("A", "B", &[])?);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn separates(&self, variable_1: &str, variable_2: &str, given: &[&str]) -> Result<bool> {
        let (first, second) = (self.position(variable_1)?, self.position(variable_2)?);
        if first == second {
            return Err(Error::invalid(
                format!("{variable_1} and {variable_2}"),
                "separation is between two different variables",
            ));
        }
        let mut removed = vec![false; self.names.len()];
        for name in given {
            let node = self.position(name)?;
            if node == first || node == second {
                return Err(Error::invalid(
                    format!("{name} in the given set"),
                    "it is one of the two variables whose separation is asked for",
                ));
            }
            removed[node] = true;
        }
        Ok(self.adjacency.reachable(first, &removed).binary_search(&second).is_err())
    }

    /// The independences that the graph states, at most `limit` of them, smallest given set first: for example
    /// "T ⟂ CMCSA | FOX". Given sets are minimal separators; no statement only repeats pairs of earlier ones.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// let precision = array![[1.0, -0.3, 0.0], [-0.3, 1.0, -0.2], [0.0, -0.2, 1.0]];
    /// let graph = ConditionalIndependenceGraph::from_precision(&precision, &["T", "FOX", "CMCSA"], 0.0)?;
    /// assert_eq!(graph.independences(10).to_string(), "T ⟂ CMCSA | FOX");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn independences(&self, limit: usize) -> Independences {
        Independences::of(&self.adjacency, &self.names, limit)
    }

    pub(crate) fn adjacency(&self) -> &Adjacency {
        &self.adjacency
    }

    fn position(&self, name: &str) -> Result<usize> {
        self.names.iter().position(|known| known == name).ok_or_else(|| Error::Missing {
            what: format!("variable {name}"),
            looked_in: vec![format!(
                "the graph's {}: {}",
                counted(self.names.len(), "variable"),
                self.names.join(" ")
            )],
            fix: "use one of these names".into(),
        })
    }
}

/// As many names as variables, each once.
pub(crate) fn checked_names<S: AsRef<str>>(names: &[S], order: usize) -> Result<Vec<String>> {
    if names.len() != order {
        return Err(Error::invalid(
            counted(names.len(), "name"),
            format!("the matrix has {}, and each needs one name", counted(order, "variable")),
        ));
    }
    let mut places = HashMap::new();
    for (place, name) in names.iter().enumerate() {
        if let Some(earlier) = places.insert(name.as_ref(), place) {
            return Err(Error::invalid(
                format!("name {}", name.as_ref()),
                format!(
                    "given twice, at places {earlier} and {place} (counted from 0); names must differ"
                ),
            ));
        }
    }
    Ok(names.iter().map(|name| name.as_ref().to_owned()).collect())
}

impl Show for ConditionalIndependenceGraph {
    fn rich(&self) -> Rich {
        let summary = format!(
            "{}, {}, density {:.3}, {}, {} isolated",
            counted(self.names.len(), "variable"),
            counted(self.edges.len(), "edge"),
            self.density(),
            counted(self.components().len(), "component"),
            self.isolated().len()
        );
        match self.edge_frame() {
            Ok(frame) => Rich::text(format!("conditional independence graph: {summary}\n{frame}"))
                .html(format!(
                    "<b>Conditional independence graph</b>: {}{}",
                    escape(&summary),
                    frame_html(&frame)
                )),
            Err(error) => Rich::text(format!("error: {error}")),
        }
    }
}

impl Inspect for ConditionalIndependenceGraph {
    fn shape(&self) -> Option<String> {
        let (variables, edges) = (self.names.len(), self.edges.len());
        Some(format!("{}, {}", counted(variables, "variable"), counted(edges, "edge")))
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.names.memory() + size_of_val(self.edges.as_slice())
    }

    fn preview(&self) -> String {
        self.names.preview()
    }
}

#[cfg(test)]
mod tests;
