//! The choice of a penalty, and how stable the graph is that it gives.

pub(super) mod choice;
pub(super) mod cross_validated;
pub(super) mod cross_validation;
pub(super) mod edge_frequencies;
mod folds;
pub(super) mod sensitivity;
pub(super) mod stability;
pub(super) mod stars;
pub(super) mod stars_path;
mod subsamples;
mod walk;
