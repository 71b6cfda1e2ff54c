//! The variational autoencoder of latent factors.

mod codes;
mod config;
mod factor;
mod file;
mod likelihood;
mod loss;

pub use config::FactorVaeConfig;
pub use factor::FactorVae;

#[cfg(test)]
mod tests;
