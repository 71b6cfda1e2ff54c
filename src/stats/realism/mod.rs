//! How far synthetic series are from real ones.

mod autocorrelation;
mod comparison;
mod correlation;
mod distance;
mod memorization;
mod moments;
mod report;
mod samples;

pub use autocorrelation::AutocorrelationComparison;
pub use comparison::Realism;
pub use correlation::CorrelationComparison;
pub use distance::{MarginalDistance, kolmogorov_smirnov, wasserstein};
pub use memorization::Memorization;
pub use moments::ClassDifference;
pub use report::RealismReport;
