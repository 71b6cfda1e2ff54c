//! Conditional independence graphs: separations in words, comparison, centrality, communities.

pub(super) mod centrality;
pub(super) mod communities;
pub(super) mod comparison;
pub(super) mod edge;
pub(super) mod graph;
pub(super) mod independence;
pub(super) mod partial_correlation;
pub(super) mod separation;
