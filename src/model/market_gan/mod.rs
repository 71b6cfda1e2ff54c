//! The conditional adversarial network of market series.

mod config;
mod discriminator;
mod duel;
mod file;
mod gan;
mod generator;
#[cfg(test)]
mod tests;

pub use config::{MarketGanConfig, Wasserstein};
pub use gan::MarketGan;
