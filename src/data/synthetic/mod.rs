//! Returns whose factors or whose momentum are known, because they were drawn.

mod factor_model;
mod factor_sample;
mod momentum;

pub use factor_model::FactorModel;
pub use factor_sample::FactorSample;
pub use momentum::MomentumModel;
