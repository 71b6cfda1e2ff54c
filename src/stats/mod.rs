//! Returns, scaling, and second moments.

mod clip;
mod covariance;
mod moments;
mod returns;
mod standardize;
mod summary;

pub use clip::{ClipReport, ClipScale, ClippedTicker};
pub use covariance::empirical_covariance;
pub use returns::Returns;
pub use standardize::standardize;
