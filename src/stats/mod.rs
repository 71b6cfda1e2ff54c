//! Returns, scaling, ranks, second moments, principal components, how found factors compare with known ones, what positions
//! would have earned, how good classifiers and synthetic series are.

mod backtest;
mod chronology;
mod classification;
mod clip;
mod covariance;
mod decomposition;
mod factors;
mod frechet;
pub(crate) mod incomplete_beta;
mod moments;
mod pca;
mod pca_fit;
mod rand_index;
mod rank;
mod realism;
mod returns;
mod samples;
mod sharpe;
mod shrinkage;
mod standardize;
mod summary;
mod synthetic;

pub use backtest::Backtest;
pub use classification::{
    Calibration, CalibrationBin, ClassificationReport, PairedComparison, bootstrap_interval,
    top_k_accuracy,
};
pub use clip::{ClipReport, ClipScale, ClippedTicker};
pub use covariance::empirical_covariance;
pub use factors::{
    Disentanglement, FactorMatch, FactorMatching, canonical_correlations, cross_correlation,
    optimal_assignment, principal_angles, procrustes_rotation,
};
pub use frechet::frechet_distance;
pub(crate) use moments::mean;
pub use pca::{Pca, PcaSolver};
pub use pca_fit::PcaFit;
pub use rand_index::adjusted_rand_index;
pub use rank::{nonparanormal_transform, spearman_correlation};
pub use realism::{
    AutocorrelationComparison, ClassDifference, CorrelationComparison, MarginalDistance,
    Memorization, Realism, RealismReport, kolmogorov_smirnov, wasserstein,
};
pub use returns::Returns;
pub use sharpe::SharpeRatio;
pub use shrinkage::{ShrunkCovariance, ledoit_wolf, oracle_approximating_shrinkage};
pub use standardize::standardize;
