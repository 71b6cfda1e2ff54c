//! Separation in undirected graphs: reachability around a set of nodes, and minimal separators.

use std::collections::BTreeSet;

/// Neighbours of each node, ascending.
#[derive(Clone, Debug)]
pub(crate) struct Adjacency {
    neighbours: Vec<Vec<usize>>,
}

impl Adjacency {
    /// From undirected edges over `order` nodes.
    pub(crate) fn new(order: usize, edges: impl Iterator<Item = (usize, usize)>) -> Self {
        let mut neighbours = vec![Vec::new(); order];
        for (first, second) in edges {
            neighbours[first].push(second);
            neighbours[second].push(first);
        }
        neighbours.iter_mut().for_each(|list| list.sort_unstable());
        Self { neighbours }
    }

    pub(crate) fn neighbours(&self, node: usize) -> &[usize] {
        &self.neighbours[node]
    }

    /// The nodes that paths from a start reach without entering the removed ones, ascending, the start included.
    pub(crate) fn reachable(&self, start: usize, removed: &[bool]) -> Vec<usize> {
        let mut seen = vec![false; self.neighbours.len()];
        seen[start] = true;
        let mut reached = vec![start];
        let mut next = 0;
        while let Some(&node) = reached.get(next) {
            next += 1;
            for &other in &self.neighbours[node] {
                if !seen[other] && !removed[other] {
                    seen[other] = true;
                    reached.push(other);
                }
            }
        }
        reached.sort_unstable();
        reached
    }

    /// The connected components of what is left without the removed nodes, ordered by first member.
    pub(crate) fn components(&self, removed: &[bool]) -> Vec<Vec<usize>> {
        let mut done = removed.to_vec();
        let mut components = Vec::new();
        for node in 0..self.neighbours.len() {
            if !done[node] {
                let component = self.reachable(node, removed);
                component.iter().for_each(|&member| done[member] = true);
                components.push(component);
            }
        }
        components
    }

    /// The neighbours of a set of nodes, outside it, ascending.
    fn boundary(&self, members: &[usize]) -> Vec<usize> {
        let around = members.iter().flat_map(|&member| self.neighbours(member)).copied();
        let boundary: BTreeSet<usize> =
            around.filter(|node| members.binary_search(node).is_err()).collect();
        boundary.into_iter().collect()
    }

    /// Minimal separators that cover every pair of nodes without an edge, smallest first: the empty one where the graph
    /// falls apart, and for each node those closest to it (Berry, Bordat & Cogis, IJFCS 11, 2000).
    pub(crate) fn close_separators(&self) -> Vec<Vec<usize>> {
        let mut separators = BTreeSet::new();
        for node in 0..self.neighbours.len() {
            let mut removed = vec![false; self.neighbours.len()];
            removed[node] = true;
            self.neighbours(node).iter().for_each(|&neighbour| removed[neighbour] = true);
            for component in self.components(&removed) {
                let separator = self.boundary(&component);
                separators.insert((separator.len(), separator));
            }
        }
        separators.into_iter().map(|(_, separator)| separator).collect()
    }

    /// All minimal separators, smallest first: beginning with those close to a node, each member of one is moved to the
    /// other side in turn (Berry, Bordat & Cogis, IJFCS 11, 2000). Nothing where there are more than `limit`.
    pub(crate) fn minimal_separators(&self, limit: usize) -> Option<Vec<Vec<usize>>> {
        let mut found: BTreeSet<Vec<usize>> = self.close_separators().into_iter().collect();
        let mut waiting: Vec<Vec<usize>> = found.iter().cloned().collect();
        while let Some(separator) = waiting.pop() {
            for &member in &separator {
                let mut removed = vec![false; self.neighbours.len()];
                separator.iter().for_each(|&node| removed[node] = true);
                self.neighbours(member).iter().for_each(|&node| removed[node] = true);
                for component in self.components(&removed) {
                    let next = self.boundary(&component);
                    if found.insert(next.clone()) {
                        waiting.push(next);
                    }
                }
            }
            if found.len() > limit {
                return None;
            }
        }
        let mut separators: Vec<Vec<usize>> = found.into_iter().collect();
        separators.sort_by_key(Vec::len);
        Some(separators)
    }

    /// A shortest path from one set to another that keeps clear of the removed nodes.
    pub(crate) fn path(
        &self,
        from: &[usize],
        to: &[usize],
        removed: &[bool],
    ) -> Option<Vec<usize>> {
        let mut previous: Vec<Option<usize>> = vec![None; self.neighbours.len()];
        let mut seen = removed.to_vec();
        from.iter().for_each(|&node| seen[node] = true);
        let mut reached = from.to_vec();
        let mut next = 0;
        while let Some(&node) = reached.get(next) {
            next += 1;
            if to.contains(&node) {
                let mut path = vec![node];
                let mut last = node;
                while let Some(before) = previous[last] {
                    path.push(before);
                    last = before;
                }
                path.reverse();
                return Some(path);
            }
            for &other in &self.neighbours[node] {
                if !seen[other] {
                    seen[other] = true;
                    previous[other] = Some(node);
                    reached.push(other);
                }
            }
        }
        None
    }

    /// The components left without a separator that touch all of it: for any two of them it is a minimal separator.
    pub(crate) fn full_components(&self, separator: &[usize]) -> Vec<Vec<usize>> {
        let mut removed = vec![false; self.neighbours.len()];
        separator.iter().for_each(|&node| removed[node] = true);
        let mut components = self.components(&removed);
        components.retain(|component| self.boundary(component) == separator);
        components
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_chain_is_cut_by_each_inner_node() {
        let chain = Adjacency::new(4, [(0, 1), (1, 2), (2, 3)].into_iter());
        assert_eq!(chain.close_separators(), [[1], [2]]);
        assert_eq!(chain.full_components(&[1]), [vec![0], vec![2, 3]]);
        assert_eq!(chain.reachable(0, &[false, false, true, false]), [0, 1]);
    }

    #[test]
    fn a_square_has_its_two_diagonals() {
        let square = Adjacency::new(4, [(0, 1), (1, 2), (2, 3), (3, 0)].into_iter());
        assert_eq!(square.close_separators(), [[0, 2], [1, 3]]);
        assert_eq!(
            square.minimal_separators(2).as_deref(),
            Some([vec![0, 2], vec![1, 3]].as_slice())
        );
        assert_eq!(square.minimal_separators(1), None);
        assert_eq!(square.path(&[0], &[2], &[false, true, false, false]), Some(vec![0, 3, 2]));
        assert_eq!(square.path(&[0], &[2], &[false, true, false, true]), None);
    }

    #[test]
    fn a_graph_in_pieces_has_the_empty_separator() {
        let pieces = Adjacency::new(3, [(0, 2)].into_iter());
        assert_eq!(pieces.close_separators(), [Vec::<usize>::new()]);
        assert_eq!(pieces.full_components(&[]), [vec![0, 2], vec![1]]);
    }
}
