//! Groups of variables that hang together more than chance would have it.

use std::collections::BTreeMap;

use polars::prelude::{Column, DataFrame};

use super::graph::ConditionalIndependenceGraph;
use crate::Result;
use crate::gaussian::graphical_lasso::solver::WORTH_A_BAR;
use crate::notebook::variables::Inspect;
use crate::notebook::{Progress, Rich, Show, interrupt, titled_frame};
use crate::stats::adjusted_rand_index;
use crate::words::counted;

/// Gains of modularity that rounding error can make.
const ROUNDING: f64 = 1e-12;

/// A division of a graph's variables into communities. It shows itself as a table.
///
/// # Example
/// ```
/// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
/// let precision = array![[1.0, -0.3, 0.0, 0.0], [-0.3, 1.0, 0.0, 0.0], [0.0, 0.0, 1.0, 0.2], [0.0, 0.0, 0.2, 1.0]];
/// let graph = ConditionalIndependenceGraph::from_precision(&precision, &["T", "VZ", "XOM", "CVX"], 0.0)?;
/// let communities = graph.communities()?;
/// assert_eq!(communities.groups(), [["T", "VZ"], ["XOM", "CVX"]]);
/// assert_eq!(communities.adjusted_rand_index(&["phone", "phone", "oil", "oil"])?, 1.0);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Communities {
    names: Vec<String>,
    labels: Vec<usize>,
    modularity: f64,
}

impl ConditionalIndependenceGraph {
    /// Divides the variables so that edges, weighted by |partial correlation|, lie within communities rather than between
    /// them: from single variables, the two communities whose union gains most modularity are joined until no union gains
    /// any (Clauset, Newman & Moore, Phys. Rev. E 70, 2004). Of equal gains the first in the order of the matrix is
    /// taken, so the result is always the same. A variable without an edge is a community of its own.
    ///
    /// # Errors
    /// [`Error::Interrupted`](crate::Error::Interrupted) where the reader stops the cell.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// let graph = ConditionalIndependenceGraph::from_precision(&array![[1.0, -0.5], [-0.5, 1.0]], &["A", "B"], 0.0)?;
    /// assert_eq!(graph.communities()?.labels(), [0, 0]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn communities(&self) -> Result<Communities> {
        let edges: Vec<(usize, usize, f64)> = self
            .petgraph()
            .raw_edges()
            .iter()
            .map(|edge| (edge.source().index(), edge.target().index(), edge.weight.abs()))
            .collect();
        let labels = divide(self.names().len(), &edges)?;
        let modularity = modularity(&edges, &labels);
        Ok(Communities { names: self.names().to_vec(), labels, modularity })
    }
}

impl Communities {
    /// The community of each variable, in the order of the matrix; 0 is the largest one.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
    /// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(2), &["A", "B"], 0.0)?;
    /// assert_eq!(graph.communities()?.labels(), [0, 1]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn labels(&self) -> &[usize] {
        &self.labels
    }

    /// The communities, largest first, each in the order of the matrix.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
    /// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(2), &["A", "B"], 0.0)?;
    /// assert_eq!(graph.communities()?.groups(), [["A"], ["B"]]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn groups(&self) -> Vec<Vec<String>> {
        let count = self.labels.iter().max().map_or(0, |last| last + 1);
        let mut groups = vec![Vec::new(); count];
        for (name, &label) in self.names.iter().zip(&self.labels) {
            groups[label].push(name.clone());
        }
        groups
    }

    /// The share of the edges' weight within communities, minus what it would be if each variable kept its strength and
    /// met the others at random; −0.5 to 1, and 0 without edges.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
    /// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(2), &["A", "B"], 0.0)?;
    /// assert_eq!(graph.communities()?.modularity(), 0.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn modularity(&self) -> f64 {
        self.modularity
    }

    /// How far the communities agree with given groups, one label for each variable in the order of the matrix: 1 for the
    /// same division, about 0 for an unrelated one ([`adjusted_rand_index`]).
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for a wrong number of labels.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
    /// let graph = ConditionalIndependenceGraph::from_precision(&array![[1.0, -0.5], [-0.5, 1.0]], &["A", "B"], 0.0)?;
    /// assert_eq!(graph.communities()?.adjusted_rand_index(&["banks", "banks"])?, 1.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn adjusted_rand_index<S: AsRef<str>>(&self, groups: &[S]) -> Result<f64> {
        let groups: Vec<&str> = groups.iter().map(AsRef::as_ref).collect();
        adjusted_rand_index(&self.labels, &groups)
    }

    /// A table, largest community first: community (from 1), size, variables.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses the table.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
    /// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(3), &["A", "B", "C"], 0.0)?;
    /// assert_eq!(graph.communities()?.frame()?.shape(), (3, 3));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let groups = self.groups();
        let numbers: Vec<u32> = (1..=groups.len() as u32).collect();
        let sizes: Vec<u32> = groups.iter().map(|group| group.len() as u32).collect();
        let names: Vec<String> = groups.iter().map(|group| group.join(" ")).collect();
        Ok(DataFrame::new_infer_height(vec![
            Column::new("community".into(), numbers),
            Column::new("size".into(), sizes),
            Column::new("variables".into(), names),
        ])?)
    }
}

/// The community of each node, numbered by size and then by first member.
fn divide(order: usize, edges: &[(usize, usize, f64)]) -> Result<Vec<usize>> {
    let mut merging = Merging::new(order, edges);
    let mut progress = Progress::unbounded("Communities").unit("unions").delay(WORTH_A_BAR);
    while let Some((one, other)) = merging.best_union() {
        interrupt::check()?;
        merging.join(one, other);
        progress.advance(1);
    }
    let mut members: Vec<Vec<usize>> =
        merging.members.into_iter().filter(|members| !members.is_empty()).collect();
    members
        .sort_by_key(|members| (std::cmp::Reverse(members.len()), members.iter().min().copied()));
    let mut labels = vec![0; order];
    for (label, members) in members.iter().enumerate() {
        members.iter().for_each(|&member| labels[member] = label);
    }
    Ok(labels)
}

/// Communities on their way.
struct Merging {
    members: Vec<Vec<usize>>,
    /// Half the share of all weight between two communities, from either one.
    between: Vec<BTreeMap<usize, f64>>,
    /// The share of all ends of edges in each community, by weight.
    ends: Vec<f64>,
}

impl Merging {
    fn new(order: usize, edges: &[(usize, usize, f64)]) -> Self {
        let total: f64 = edges.iter().map(|(_, _, weight)| 2.0 * weight).sum();
        let mut between = vec![BTreeMap::new(); order];
        let mut ends = vec![0.0; order];
        for &(one, other, weight) in edges {
            between[one].insert(other, weight / total);
            between[other].insert(one, weight / total);
            ends[one] += weight / total;
            ends[other] += weight / total;
        }
        Self { members: (0..order).map(|node| vec![node]).collect(), between, ends }
    }

    /// The union that gains most modularity, 2(e_ij − a_i a_j); none where nothing is gained.
    fn best_union(&self) -> Option<(usize, usize)> {
        let mut best = None;
        let mut most = ROUNDING;
        for (one, links) in self.between.iter().enumerate() {
            for (&other, share) in links.range(one + 1..) {
                let gain = 2.0 * (share - self.ends[one] * self.ends[other]);
                if gain > most + ROUNDING {
                    (best, most) = (Some((one, other)), gain);
                }
            }
        }
        best
    }

    /// Puts the second community into the first.
    fn join(&mut self, one: usize, other: usize) {
        let moved = std::mem::take(&mut self.members[other]);
        self.members[one].extend(moved);
        self.ends[one] += std::mem::take(&mut self.ends[other]);
        for (third, share) in std::mem::take(&mut self.between[other]) {
            self.between[third].remove(&other);
            if third != one {
                *self.between[one].entry(third).or_default() += share;
                *self.between[third].entry(one).or_default() += share;
            }
        }
    }
}

/// Σ over communities of (share of weight inside) − (share of ends)².
fn modularity(edges: &[(usize, usize, f64)], labels: &[usize]) -> f64 {
    let total: f64 = edges.iter().map(|(_, _, weight)| weight).sum();
    if total == 0.0 {
        return 0.0;
    }
    let mut ends = vec![0.0; labels.len()];
    let mut inside = 0.0;
    for &(one, other, weight) in edges {
        ends[labels[one]] += weight / (2.0 * total);
        ends[labels[other]] += weight / (2.0 * total);
        if labels[one] == labels[other] {
            inside += weight / total;
        }
    }
    inside - ends.iter().map(|share| share * share).sum::<f64>()
}

impl Show for Communities {
    fn rich(&self) -> Rich {
        let count = self.groups().len();
        let noun = if count == 1 { "community" } else { "communities" };
        titled_frame(&format!("{count} {noun}, modularity {:.3}", self.modularity), self.frame())
    }
}

impl Inspect for Communities {
    fn shape(&self) -> Option<String> {
        Some(counted(self.names.len(), "variable"))
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.names.memory() + self.labels.memory()
    }

    fn preview(&self) -> String {
        format!("modularity {:.3}", self.modularity)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn clique(first: usize, size: usize) -> Vec<(usize, usize, f64)> {
        let pairs = (first..first + size)
            .flat_map(|one| (one + 1..first + size).map(move |other| (one, other)));
        pairs.map(|(one, other)| (one, other, 1.0)).collect()
    }

    #[test]
    fn two_cliques_with_a_bridge_are_two_communities() {
        let mut edges = clique(0, 4);
        edges.extend(clique(4, 5));
        edges.push((0, 4, 1.0));
        let labels = divide(10, &edges).unwrap();
        assert_eq!(labels, [1, 1, 1, 1, 0, 0, 0, 0, 0, 2]);
        // 16 of 17 edges inside; ends: 13, 21 of 34.
        let expected = 16.0 / 17.0 - (13.0f64 / 34.0).powi(2) - (21.0f64 / 34.0).powi(2);
        assert!((modularity(&edges, &labels) - expected).abs() < 1e-12);
    }

    #[test]
    fn no_edge_leaves_everything_alone() {
        assert_eq!(divide(3, &[]).unwrap(), [0, 1, 2]);
        assert_eq!(modularity(&[], &[0, 1, 2]), 0.0);
        assert!(interrupt::with_request(|_| divide(4, &clique(0, 4))).is_err());
    }

    proptest! {
        #[test]
        fn no_union_of_two_communities_gains_modularity(
            order in 2usize..12,
            links in prop::collection::btree_map((0usize..12, 0usize..12), 0.01..1.0f64, 0..40),
        ) {
            let edges: Vec<(usize, usize, f64)> = links
                .into_iter()
                .filter(|((one, other), _)| one < other && *other < order)
                .map(|((one, other), weight)| (one, other, weight))
                .collect();
            let labels = divide(order, &edges).unwrap();
            let reached = modularity(&edges, &labels);
            prop_assert!((-0.5..=1.0).contains(&reached));
            prop_assert!(reached >= modularity(&edges, &(0..order).collect::<Vec<_>>()) - 1e-12);
            let count = labels.iter().max().unwrap() + 1;
            for one in 0..count {
                for other in 0..one {
                    let joined: Vec<usize> = labels.iter().map(|&label| if label == one { other } else { label }).collect();
                    prop_assert!(modularity(&edges, &joined) <= reached + 1e-9);
                }
            }
        }
    }
}
