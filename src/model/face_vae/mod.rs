//! The variational autoencoder of faces.

mod config;
mod face;
mod file;

pub use config::FaceVaeConfig;
pub use face::FaceVae;
