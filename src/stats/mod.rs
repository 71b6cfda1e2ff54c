//! Returns, scaling, ranks, second moments, principal components, and how found factors compare with known ones.

mod clip;
mod covariance;
mod decomposition;
mod factors;
mod frechet;
mod moments;
mod pca;
mod pca_fit;
mod rand_index;
mod rank;
mod returns;
mod samples;
mod shrinkage;
mod standardize;
mod summary;
mod synthetic;

pub use clip::{ClipReport, ClipScale, ClippedTicker};
pub use covariance::empirical_covariance;
pub use factors::{
    Disentanglement, FactorMatch, FactorMatching, canonical_correlations, cross_correlation,
    optimal_assignment, principal_angles, procrustes_rotation,
};
pub use frechet::frechet_distance;
pub use pca::{Pca, PcaSolver};
pub use pca_fit::PcaFit;
pub use rand_index::adjusted_rand_index;
pub use rank::{nonparanormal_transform, spearman_correlation};
pub use returns::Returns;
pub use shrinkage::{ShrunkCovariance, ledoit_wolf, oracle_approximating_shrinkage};
pub use standardize::standardize;
