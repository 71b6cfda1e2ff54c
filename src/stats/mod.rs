//! Returns, scaling, ranks, and second moments.

mod clip;
mod covariance;
mod moments;
mod rand_index;
mod rank;
mod returns;
mod samples;
mod shrinkage;
mod standardize;
mod summary;

pub use clip::{ClipReport, ClipScale, ClippedTicker};
pub use covariance::empirical_covariance;
pub use rand_index::adjusted_rand_index;
pub use rank::{nonparanormal_transform, spearman_correlation};
pub use returns::Returns;
pub use shrinkage::{ShrunkCovariance, ledoit_wolf, oracle_approximating_shrinkage};
pub use standardize::standardize;
