//! Networks, and what can be learned from their codes.
//!
//! | | |
//! |---|---|
//! | [`FaceVae`], [`FaceVaeConfig`] | the variational autoencoder of faces |
//! | [`FaceScorer`] | scores of attributes from pictures |
//! | [`FactorVae`], [`FactorVaeConfig`] | that of latent factors of returns |
//! | [`TemporalVae`] | the same with a memory |
//! | [`Autoencoder`], [`Vae`], [`DenseGan`], [`code_grid`] | networks of linear layers on flat pictures |
//! | [`interpolate`], [`Interpolation`], [`direction`], [`shift`] | ways through a space of codes |
//! | [`LatentStatistics`], [`CodePca`] | what the dimensions of the codes are used for |
//! | [`LayerSummary`] | a network's layers with shapes and parameters |
//! | [`Initialization`] | the first weights |

mod autoencoder;
mod code_pca;
mod codes;
mod face_scorer;
mod face_vae;
mod factor_vae;
mod initialization;
mod latent_statistics;
mod pictures;
mod stack;
mod sub_pixel;
mod summary;
mod temporal_vae;

pub use autoencoder::{
    Autoencoder, AutoencoderConfig, DenseGan, DenseGanConfig, Vae, VaeConfig, code_grid,
};
pub use code_pca::CodePca;
pub use codes::{Interpolation, direction, interpolate, shift};
pub use face_scorer::FaceScorer;
pub use face_vae::{FaceVae, FaceVaeConfig};
pub use factor_vae::{FactorVae, FactorVaeConfig};
pub use initialization::Initialization;
pub use latent_statistics::LatentStatistics;
pub use summary::{LayerRow, LayerSummary};
pub use temporal_vae::TemporalVae;
