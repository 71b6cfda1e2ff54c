//! Networks, and what can be learned from their codes.
//!
//! | | |
//! |---|---|
//! | [`FaceVae`], [`FaceVaeConfig`] | the variational autoencoder of faces |
//! | [`FaceScorer`] | scores of attributes from pictures |
//! | [`Dcgan`], [`DcganConfig`] | the adversarial networks of handwritten digits |
//! | [`DigitClassifier`], [`DigitQuality`], [`QualityTable`], [`DigitAblation`], [`Neighbors`] | how good drawn digits are |
//! | [`FactorVae`], [`FactorVaeConfig`] | that of latent factors of returns |
//! | [`TemporalVae`] | the same with a memory |
//! | [`interpolate`], [`Interpolation`], [`direction`], [`shift`] | ways through a space of codes |
//! | [`LatentStatistics`], [`CodePca`] | what the dimensions of the codes are used for |
//! | [`LayerSummary`] | a network's layers with shapes and parameters |
//! | [`Initialization`] | the first weights |

mod code_pca;
mod codes;
mod dcgan;
mod digit_classifier;
mod digit_quality;
mod face_scorer;
mod face_vae;
mod factor_vae;
mod initialization;
mod latent_statistics;
mod neighbors;
mod pictures;
mod quality_table;
mod stack;
mod sub_pixel;
mod summary;
mod temporal_vae;

pub use code_pca::CodePca;
pub use codes::{Interpolation, direction, interpolate, shift};
pub use dcgan::{Dcgan, DcganConfig, DcganFit, DigitAblation};
pub use digit_classifier::DigitClassifier;
pub use digit_quality::DigitQuality;
pub use face_scorer::FaceScorer;
pub use face_vae::{FaceVae, FaceVaeConfig};
pub use factor_vae::{FactorVae, FactorVaeConfig};
pub use initialization::Initialization;
pub use latent_statistics::LatentStatistics;
pub use neighbors::Neighbors;
pub use quality_table::QualityTable;
pub use summary::{LayerRow, LayerSummary};
pub use temporal_vae::TemporalVae;
