//! Optimisers over one contiguous buffer of weights.
//!
//! The weights of a network become views of one flat tensor, and so does what the rule remembers of them. A step
//! then costs a handful of kernels, whatever the number of layers.

mod adam;
mod clip;
mod cut;
mod flat;
mod group;
mod moments;
#[allow(clippy::module_inception)]
mod optimizer;
mod rms_prop;
mod rule;
mod scale;
mod sgd;
mod span;

pub use adam::{Adam, AdamW};
pub use clip::Clip;
pub(crate) use cut::{Below, Cut};
pub use optimizer::Optimizer;
pub use rms_prop::RmsProp;
pub use rule::Rule;
pub use sgd::Sgd;
