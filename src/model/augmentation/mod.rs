//! More examples for a classifier, and whether they helped it.

mod augmentation;
mod experiment;
mod result;
mod scores;
#[cfg(test)]
mod tests;

pub use augmentation::Augmentation;
pub use experiment::AugmentationExperiment;
pub use result::AugmentationResult;
pub use scores::{DiscriminativeScore, SyntheticTraining};
