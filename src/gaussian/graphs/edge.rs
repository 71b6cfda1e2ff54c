//! An edge of a conditional independence graph.

/// An edge with its strength.
///
/// # Example
/// ```
/// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
/// let precision = array![[4.0, -1.0], [-1.0, 1.0]];
/// let graph = ConditionalIndependenceGraph::from_precision(&precision, &["T", "FOX"], 0.0)?;
/// let edge = &graph.edges()[0];
/// assert_eq!((edge.variable_1.as_str(), edge.precision, edge.partial_correlation), ("T", -1.0, 0.5));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Edge {
    /// The variable that comes first in the matrix.
    pub variable_1: String,
    /// The other variable.
    pub variable_2: String,
    /// Θ_ij.
    pub precision: f64,
    /// −Θ_ij / √(Θ_ii Θ_jj), between −1 and 1.
    pub partial_correlation: f64,
}
