//! Gaussian graphical models: the graphical lasso, its path over penalties, and the conditional independence graph.

mod choice;
mod comparison;
mod components;
mod covariance;
mod edge;
mod fit;
mod glasso;
mod graph;
mod independence;
mod linalg;
mod newton;
mod objective;
mod path;
mod path_fit;
mod precision;
mod separation;
mod solver;
mod subspace;

pub use choice::PathChoice;
pub use comparison::GraphComparison;
pub use edge::Edge;
pub use fit::GraphicalLassoFit;
pub use glasso::GraphicalLasso;
pub use graph::ConditionalIndependenceGraph;
pub use independence::{Independence, Independences};
pub use linalg::Cholesky;
pub use path::GraphicalLassoPath;
pub use path_fit::{GraphicalLassoPathFit, PathPoint};
