//! Returns whose factors are known, because they were drawn.

mod factor_model;
mod factor_sample;

pub use factor_model::FactorModel;
pub use factor_sample::FactorSample;
