//! Networks of linear layers on flat pictures: an autoencoder, a variational one, and a generative adversarial network.

mod config;
mod gan;
mod pixels;
mod plain;
#[cfg(test)]
mod tests;
mod variational;

pub use config::{AutoencoderConfig, DenseGanConfig, VaeConfig};
pub use gan::DenseGan;
pub use pixels::code_grid;
pub use plain::Autoencoder;
pub use variational::Vae;
