//! The variational autoencoder of faces.

mod config;
mod face;
mod file;
mod loss;

pub use config::FaceVaeConfig;
pub use face::FaceVae;
