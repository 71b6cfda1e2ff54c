//! Networks that decide how much of an asset to hold.

mod config;
mod file;
mod loss;
mod neural;

pub use config::TraderConfig;
pub use neural::NeuralTrader;

#[cfg(test)]
mod tests;
