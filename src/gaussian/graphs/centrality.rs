//! Which variables hold a graph together.

use std::collections::VecDeque;

use polars::prelude::{Column, DataFrame};

use super::graph::ConditionalIndependenceGraph;
use super::separation::Adjacency;
use crate::Result;
use crate::gaussian::graphical_lasso::solver::WORTH_A_BAR;
use crate::notebook::variables::Inspect;
use crate::notebook::{Progress, Rich, Show, interrupt, titled_frame};
use crate::words::counted;

/// Degree, strength and betweenness of each variable. It shows itself as a table, largest betweenness first.
///
/// # Example
/// ```
/// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
/// let precision = array![[1.0, -0.3, 0.0], [-0.3, 1.0, -0.2], [0.0, -0.2, 1.0]];
/// let graph = ConditionalIndependenceGraph::from_precision(&precision, &["T", "FOX", "CMCSA"], 0.0)?;
/// assert_eq!(graph.centrality()?.betweenness(), [0.0, 1.0, 0.0]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Centrality {
    names: Vec<String>,
    degrees: Vec<usize>,
    strengths: Vec<f64>,
    betweenness: Vec<f64>,
}

impl ConditionalIndependenceGraph {
    /// Degree, strength and betweenness of each variable.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::Error::Interrupted) where the reader stops the cell: shortest paths from a part of
    /// the variables say nothing.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// let graph = ConditionalIndependenceGraph::from_precision(&array![[1.0, -0.5], [-0.5, 1.0]], &["A", "B"], 0.0)?;
    /// assert_eq!(graph.centrality()?.degrees(), [1, 1]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn centrality(&self) -> Result<Centrality> {
        let adjacency = self.adjacency();
        let order = self.names().len();
        let mut strengths = vec![0.0; order];
        for edge in self.petgraph().raw_edges() {
            strengths[edge.source().index()] += edge.weight.abs();
            strengths[edge.target().index()] += edge.weight.abs();
        }
        Ok(Centrality {
            names: self.names().to_vec(),
            degrees: (0..order).map(|node| adjacency.neighbours(node).len()).collect(),
            strengths,
            betweenness: betweenness(adjacency, order)?,
        })
    }
}

impl Centrality {
    /// The number of edges at each variable, in the order of the matrix.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
    /// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(2), &["A", "B"], 0.0)?;
    /// assert_eq!(graph.centrality()?.degrees(), [0, 0]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn degrees(&self) -> &[usize] {
        &self.degrees
    }

    /// The sum of |partial correlation| over the edges at each variable, in the order of the matrix.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// let graph = ConditionalIndependenceGraph::from_precision(&array![[1.0, 0.5], [0.5, 1.0]], &["A", "B"], 0.0)?;
    /// assert_eq!(graph.centrality()?.strengths(), [0.5, 0.5]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn strengths(&self) -> &[f64] {
        &self.strengths
    }

    /// The share of other pairs whose shortest paths pass through each variable, 0 to 1, in the order of the matrix
    /// (Freeman, Sociometry 40, 1977; by Brandes' algorithm, J. Math. Sociol. 25, 2001). Every edge has length 1; a pair with
    /// several shortest paths counts by the share of them.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
    /// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(2), &["A", "B"], 0.0)?;
    /// assert_eq!(graph.centrality()?.betweenness(), [0.0, 0.0]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn betweenness(&self) -> &[f64] {
        &self.betweenness
    }

    /// A table, largest betweenness first: variable, degree, strength, betweenness.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses the table.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
    /// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(3), &["A", "B", "C"], 0.0)?;
    /// assert_eq!(graph.centrality()?.frame()?.shape(), (3, 4));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let mut order: Vec<usize> = (0..self.names.len()).collect();
        order.sort_by(|&one, &other| {
            let betweenness = self.betweenness[other].total_cmp(&self.betweenness[one]);
            betweenness.then(self.strengths[other].total_cmp(&self.strengths[one]))
        });
        let names: Vec<&str> = order.iter().map(|&node| self.names[node].as_str()).collect();
        let degrees: Vec<u32> = order.iter().map(|&node| self.degrees[node] as u32).collect();
        let numbers = |values: &[f64]| order.iter().map(|&node| values[node]).collect::<Vec<f64>>();
        Ok(DataFrame::new_infer_height(vec![
            Column::new("variable".into(), names),
            Column::new("degree".into(), degrees),
            Column::new("strength".into(), numbers(&self.strengths)),
            Column::new("betweenness".into(), numbers(&self.betweenness)),
        ])?)
    }
}

/// Betweenness of each node as a share of the pairs of other nodes.
fn betweenness(adjacency: &Adjacency, order: usize) -> Result<Vec<f64>> {
    let mut through = vec![0.0; order];
    let mut progress =
        Progress::new("Betweenness", order as u64).unit("variables").delay(WORTH_A_BAR);
    for source in 0..order {
        interrupt::check()?;
        add_dependencies(adjacency, source, &mut through);
        progress.advance(1);
    }
    // Both ends of each pair have been its source.
    let pairs = (order.saturating_sub(1) * order.saturating_sub(2)) as f64;
    Ok(through.iter().map(|count| if pairs > 0.0 { count / pairs } else { 0.0 }).collect())
}

/// Adds to each node the share of shortest paths from a source, to any other node, that pass through it.
fn add_dependencies(adjacency: &Adjacency, source: usize, through: &mut [f64]) {
    let order = through.len();
    let mut distance = vec![usize::MAX; order];
    let mut paths = vec![0.0; order];
    let mut visited = Vec::with_capacity(order);
    let mut queue = VecDeque::from([source]);
    (distance[source], paths[source]) = (0, 1.0);
    while let Some(node) = queue.pop_front() {
        visited.push(node);
        for &next in adjacency.neighbours(node) {
            if distance[next] == usize::MAX {
                distance[next] = distance[node] + 1;
                queue.push_back(next);
            }
            if distance[next] == distance[node] + 1 {
                paths[next] += paths[node];
            }
        }
    }
    let mut dependency = vec![0.0; order];
    // From the farthest back: what lies behind a node is known before the node itself.
    for &node in visited.iter().rev() {
        for &before in adjacency.neighbours(node) {
            if distance[before] + 1 == distance[node] {
                dependency[before] += paths[before] / paths[node] * (1.0 + dependency[node]);
            }
        }
        if node != source {
            through[node] += dependency[node];
        }
    }
}

impl Show for Centrality {
    fn rich(&self) -> Rich {
        titled_frame("Centrality", self.frame())
    }
}

impl Inspect for Centrality {
    fn shape(&self) -> Option<String> {
        Some(counted(self.names.len(), "variable"))
    }

    fn memory(&self) -> usize {
        let numbers = self.strengths.memory() + self.betweenness.memory() + self.degrees.memory();
        size_of_val(self) + self.names.memory() + numbers
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn through(order: usize, edges: &[(usize, usize)]) -> Vec<f64> {
        betweenness(&Adjacency::new(order, edges.iter().copied()), order).unwrap()
    }

    #[test]
    fn a_star_has_all_paths_through_its_middle() {
        assert_eq!(through(5, &[(0, 1), (0, 2), (0, 3), (0, 4)]), [1.0, 0.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn a_square_shares_its_paths() {
        // Each of the two diagonals has two shortest paths; there are three pairs beside each node.
        let expected = 0.5 / 3.0;
        assert!(
            through(4, &[(0, 1), (1, 2), (2, 3), (3, 0)]).iter().all(|&value| value == expected)
        );
    }

    #[test]
    fn too_few_variables_have_no_pairs() {
        assert_eq!(through(1, &[]), [0.0]);
        assert_eq!(through(2, &[(0, 1)]), [0.0, 0.0]);
    }

    #[test]
    fn an_interrupt_is_an_error() {
        let chain = Adjacency::new(3, [(0, 1), (1, 2)].into_iter());
        assert!(interrupt::with_request(|_| betweenness(&chain, 3)).is_err());
    }

    proptest! {
        /// A pair at distance d has d − 1 nodes between its ends, however many shortest paths it has.
        #[test]
        fn all_betweenness_adds_up_to_the_inner_nodes(order in 3usize..14, links in prop::collection::vec((0usize..14, 0usize..14), 0..40)) {
            let mut edges: Vec<(usize, usize)> = links
                .into_iter()
                .map(|(one, other)| (one % order, other % order))
                .filter(|(one, other)| one < other)
                .collect();
            edges.sort_unstable();
            edges.dedup();
            let adjacency = Adjacency::new(order, edges.iter().copied());
            let mut inner = 0;
            for source in 0..order {
                let mut distance = vec![None; order];
                distance[source] = Some(0usize);
                let mut queue = VecDeque::from([source]);
                while let Some(node) = queue.pop_front() {
                    for &next in adjacency.neighbours(node) {
                        if distance[next].is_none() {
                            distance[next] = distance[node].map(|steps| steps + 1);
                            queue.push_back(next);
                        }
                    }
                }
                inner += distance.into_iter().flatten().map(|steps| steps.saturating_sub(1)).sum::<usize>();
            }
            let pairs = ((order - 1) * (order - 2)) as f64;
            let total: f64 = through(order, &edges).iter().sum();
            prop_assert!((total * pairs - inner as f64).abs() < 1e-9);
        }
    }
}
