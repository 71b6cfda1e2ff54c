//! Generative models and Gaussian graphical models for Rust notebooks.
//!
//! | Module | What it holds |
//! |---|---|
//! | [`prelude`] | everything a notebook cell usually needs |
//! | [`data`] | prices: files, panels of aligned series, the embedded set; handwritten digits; [faces](data::faces): photographs and drawn ones; [markets](data::market): labelled windows of many shares; returns drawn with known factors or momentum |
//! | [`stats`] | returns, clipping, standardising, covariance, principal components, how found factors compare with known ones, how good classifiers and synthetic series are, what positions would have earned |
//! | [`gaussian`] | precision matrices, margins and independences; the graphical lasso, its path, the choice of a penalty; graphs and what they say |
//! | [`plot`] | figures: line charts, heat maps, networks |
//! | [`train`] | the device, data sets on it, optimisers, the training loop, checkpoints |
//! | [`model`] | networks: autoencoders of faces, factors and digits, adversarial networks of digits and markets, classifiers, a trader; layer tables, ways through codes |
//! | [`regimes`] | regimes of a series: clusters, hidden Markov models, forecasts by regime and their scores |
//! | [`notebook`] | how a value reaches the page |
//!
//! The crates whose types appear in signatures are re-exported, so that a notebook needs no other
//! dependency: [`chrono`], [`ndarray`], [`petgraph`], [`polars`], [`tch`].

pub mod data;
pub mod error;
pub mod gaussian;
pub mod model;
pub mod notebook;
mod parallel;
pub mod plot;
pub mod prelude;
mod random;
pub mod regimes;
pub mod stats;
pub mod train;
mod words;

pub use chrono;
pub use error::{Error, Result};
pub use ndarray;
pub use petgraph;
pub use polars;
pub use tch;

#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
