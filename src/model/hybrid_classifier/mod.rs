//! Classes of stocks from their series and what else is known of them.

mod classifier;
mod config;
mod file;
mod loss;
#[cfg(test)]
mod tests;

pub use classifier::HybridClassifier;
pub use config::HybridClassifierConfig;
