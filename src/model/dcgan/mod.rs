//! Adversarial networks that draw handwritten digits.

mod ablation;
mod config;
mod discriminator;
mod file;
mod fit;
mod generator;
mod layout;
mod network;
mod norm;
mod products;
mod spectral;

pub use ablation::DigitAblation;
pub use config::DcganConfig;
pub use fit::DcganFit;
pub use network::Dcgan;

/// Numbers that all layers share: maps of 7 × 7 places, in which larger ones lie as several channels.
const SIDE: i64 = 7;
const PLACES: i64 = SIDE * SIDE;
/// Rows and columns of a kernel, and its elements.
const KERNEL: i64 = 5;
const TAPS: i64 = KERNEL * KERNEL;
/// The slope of `LeakyReLU` below zero, which is Keras's default.
const SLOPE: f64 = 0.3;

#[cfg(test)]
mod tests;
