//! More examples for a classifier, and whether they helped it.

mod blocks;
mod experiment;
mod result;
mod scores;
#[cfg(test)]
mod tests;
mod way;

pub use experiment::AugmentationExperiment;
pub use result::AugmentationResult;
pub use scores::{DiscriminativeScore, SyntheticTraining};
pub use way::Augmentation;
