//! The variational autoencoder of latent factors with a memory.

mod file;
mod filter;
mod loss;
mod temporal;
#[cfg(test)]
mod tests;

pub use temporal::TemporalVae;
