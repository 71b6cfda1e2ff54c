//! Gaussian graphical models: the graphical lasso, its path over penalties and the choice of one, the conditional
//! independence graph, how stable it is, and which variables and groups it shows.

mod choice;
mod comparison;
mod components;
mod covariance;
mod cross_validated;
mod cross_validation;
mod edge;
mod fit;
mod folds;
mod glasso;
mod graph;
mod independence;
mod linalg;
mod newton;
mod objective;
mod parallel;
mod path;
mod path_fit;
mod precision;
mod separation;
mod solver;
mod stars;
mod stars_path;
mod subsamples;
mod subspace;
mod walk;

pub use choice::PathChoice;
pub use comparison::GraphComparison;
pub use cross_validated::{CrossValidatedPath, CrossValidatedPoint};
pub use cross_validation::CrossValidation;
pub use edge::Edge;
pub use fit::GraphicalLassoFit;
pub use glasso::GraphicalLasso;
pub use graph::ConditionalIndependenceGraph;
pub use independence::{Independence, Independences};
pub use linalg::Cholesky;
pub use path::GraphicalLassoPath;
pub use path_fit::{GraphicalLassoPathFit, PathPoint};
pub use stars::Stars;
pub use stars_path::{StarsPath, StarsPoint};
