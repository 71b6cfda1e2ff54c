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
//! | [`NeuralTrader`], [`TraderConfig`] | how much of an asset to hold, from its last returns |
//! | [`MarketGan`], [`MarketGanConfig`] | the conditional adversarial network of market series |
//! | [`HybridClassifier`], [`HybridClassifierConfig`] | classes of stocks from their series and their statics |
//! | [`Augmentation`], [`AugmentationExperiment`], [`DiscriminativeScore`], [`SyntheticTraining`] | more examples, and whether they help |
//! | [`Autoencoder`], [`Vae`], [`DenseGan`], [`code_grid`] | networks of linear layers on flat pictures |
//! | [`interpolate`], [`Interpolation`], [`direction`], [`shift`] | ways through a space of codes |
//! | [`LatentStatistics`], [`CodePca`] | what the dimensions of the codes are used for |
//! | [`LayerSummary`] | a network's layers with shapes and parameters |
//! | [`Initialization`] | the first weights |

mod augmentation;
mod autoencoder;
mod code_pca;
mod codes;
mod dcgan;
mod digit_classifier;
mod digit_quality;
mod dropout;
mod face_scorer;
mod face_vae;
mod factor_vae;
mod hybrid_classifier;
mod initialization;
mod latent_statistics;
mod market_gan;
mod neighbors;
mod network;
mod normalization;
mod pictures;
mod quality_table;
#[cfg(test)]
mod reference;
mod series;
mod stack;
mod sub_pixel;
mod summary;
mod temporal_vae;
mod trader;

pub use augmentation::{
    Augmentation, AugmentationExperiment, AugmentationResult, DiscriminativeScore,
    SyntheticTraining,
};
pub use autoencoder::{
    Autoencoder, AutoencoderConfig, DenseGan, DenseGanConfig, Vae, VaeConfig, code_grid,
};
pub use code_pca::CodePca;
pub use codes::{Interpolation, direction, interpolate, shift};
pub use dcgan::{Dcgan, DcganConfig, DcganFit, DigitAblation};
pub use digit_classifier::DigitClassifier;
pub use digit_quality::DigitQuality;
pub use face_scorer::FaceScorer;
pub use face_vae::{FaceVae, FaceVaeConfig};
pub use factor_vae::{FactorVae, FactorVaeConfig};
pub use hybrid_classifier::{HybridClassifier, HybridClassifierConfig};
pub use initialization::Initialization;
pub use latent_statistics::LatentStatistics;
pub use market_gan::{MarketGan, MarketGanConfig, Wasserstein};
pub use neighbors::Neighbors;
pub use quality_table::QualityTable;
pub use summary::{LayerRow, LayerSummary};
pub use temporal_vae::TemporalVae;
pub use trader::{NeuralTrader, TraderConfig};
