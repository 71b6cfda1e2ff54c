//! The graphical lasso for one penalty and along a path of penalties.

mod column;
mod columns;
mod components;
pub(super) mod covariance;
pub(super) mod fit;
pub(super) mod glasso;
mod newton;
pub(super) mod objective;
pub(super) mod path;
pub(super) mod path_fit;
mod penalty;
pub(super) mod solver;
mod subspace;
mod support;
mod work;
