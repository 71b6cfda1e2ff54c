//! Gaussian graphical models: precision matrices with their margins, graphs and independences, exact or in `f64`; the
//! graphical lasso, its path over penalties and the choice of one, beside hidden variables and over windows of time; the
//! conditional independence graph, how stable it is, and which variables and groups it shows.

mod eigen;
mod graphical_lasso;
mod graphs;
mod latent;
mod linalg;
mod precision;
mod selection;
mod splitting;
mod windows;

pub use graphical_lasso::fit::GraphicalLassoFit;
pub use graphical_lasso::glasso::GraphicalLasso;
pub use graphical_lasso::path::GraphicalLassoPath;
pub use graphical_lasso::path_fit::{GraphicalLassoPathFit, PathPoint};
pub use graphs::centrality::Centrality;
pub use graphs::communities::Communities;
pub use graphs::comparison::GraphComparison;
pub use graphs::edge::Edge;
pub use graphs::graph::ConditionalIndependenceGraph;
pub use graphs::independence::{Independence, Independences};
pub use latent::fit::LatentGraphicalLassoFit;
pub use latent::lasso::LatentGraphicalLasso;
pub use linalg::Cholesky;
pub use precision::markov::MarkovProperties;
pub use precision::named_matrix::NamedMatrix;
pub use precision::precision_matrix::PrecisionMatrix;
pub use precision::rational::{Rational, rational_matrix};
pub use precision::scalar::Scalar;
pub use precision::schur::SchurComplement;
pub use precision::simulation_check::{PartialCorrelation, SimulationCheck};
pub use precision::verdict::IndependenceVerdict;
pub use selection::choice::PathChoice;
pub use selection::cross_validated::{CrossValidatedPath, CrossValidatedPoint};
pub use selection::cross_validation::CrossValidation;
pub use selection::edge_frequencies::EdgeFrequencies;
pub use selection::sensitivity::{PathSensitivity, SensitivityStep};
pub use selection::stability::EdgeStability;
pub use selection::stars::Stars;
pub use selection::stars_path::{StarsPath, StarsPoint};
pub use windows::sequence::GraphSequence;
pub use windows::span::Window;
pub use windows::time_varying::TimeVaryingGraphicalLasso;
