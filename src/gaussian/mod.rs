//! Gaussian graphical models: precision matrices with their margins, graphs and independences, exact or in `f64`; the
//! graphical lasso, its path over penalties and the choice of one; the conditional independence graph, how stable it is,
//! and which variables and groups it shows.

mod centrality;
mod choice;
mod communities;
mod comparison;
mod components;
mod covariance;
mod cross_validated;
mod cross_validation;
mod edge;
mod edge_frequencies;
mod elimination;
mod fit;
mod folds;
mod glasso;
mod graph;
mod independence;
mod linalg;
mod markov;
mod named_matrix;
mod newton;
mod objective;
mod parallel;
mod path;
mod path_fit;
mod precision;
mod sensitivity;
mod precision_matrix;
mod rational;
mod sampling;
mod scalar;
mod schur;
mod scope;
mod separation;
mod simulation;
mod solver;
mod stability;
mod stars;
mod stars_path;
mod subsamples;
mod subspace;
mod walk;
mod symbol;
mod verdict;

pub use centrality::Centrality;
pub use choice::PathChoice;
pub use communities::Communities;
pub use comparison::GraphComparison;
pub use cross_validated::{CrossValidatedPath, CrossValidatedPoint};
pub use cross_validation::CrossValidation;
pub use edge::Edge;
pub use edge_frequencies::EdgeFrequencies;
pub use fit::GraphicalLassoFit;
pub use glasso::GraphicalLasso;
pub use graph::ConditionalIndependenceGraph;
pub use independence::{Independence, Independences};
pub use linalg::Cholesky;
pub use markov::MarkovProperties;
pub use named_matrix::NamedMatrix;
pub use path::GraphicalLassoPath;
pub use path_fit::{GraphicalLassoPathFit, PathPoint};
pub use sensitivity::{PathSensitivity, SensitivityStep};
pub use stability::EdgeStability;
pub use stars::Stars;
pub use stars_path::{StarsPath, StarsPoint};
pub use precision_matrix::PrecisionMatrix;
pub use rational::{Rational, rational_matrix};
pub use scalar::Scalar;
pub use schur::SchurComplement;
pub use simulation::{PartialCorrelation, SimulationCheck};
pub use verdict::IndependenceVerdict;

#[cfg(test)]
mod matrices;
