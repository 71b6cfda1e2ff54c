//! Generative models and Gaussian graphical models for Rust notebooks.

pub mod data;
pub mod error;
pub mod gaussian;
pub mod notebook;
pub mod plot;
pub mod prelude;
pub mod stats;
pub mod train;

pub use error::{Error, Result};
pub use ndarray;
pub use petgraph;
pub use polars;
pub use tch;
