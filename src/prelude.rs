//! Everything a notebook cell usually needs, in one `use`.

pub use crate::data::faces::{
    FaceData, FaceParameters, FaceReader, FaceReport, FaceSource, ResizeFilter,
};
pub use crate::data::market::{
    Band, BenchmarkRule, ChannelScaling, LabelRule, MarketConfig, MarketExamples, MarketModel,
    MarketPanel, MarketReport, MarketScaler, MarketSet, MarketSource, MarketSplit, StaticScaler,
};
pub use crate::data::{
    Digits, FactorModel, FactorSample, MomentumModel, PricePanel, PriceSeries, PriceSource,
    Sectors, read_nasdaq, read_wide, read_yahoo,
};
pub use crate::error::{Error, Result};
pub use crate::gaussian::{
    ConditionalIndependenceGraph, CrossValidation, EdgeStability, GraphComparison, GraphicalLasso,
    GraphicalLassoPath, LatentGraphicalLasso, PrecisionMatrix, Rational, Stars,
    TimeVaryingGraphicalLasso, rational_matrix,
};
pub use crate::model::{
    Augmentation, AugmentationExperiment, AugmentationResult, Autoencoder, AutoencoderConfig,
    CodePca, Dcgan, DcganConfig, DcganFit, DenseGan, DenseGanConfig, DigitAblation,
    DigitClassifier, DigitQuality, DiscriminativeScore, FaceScorer, FaceVae, FaceVaeConfig,
    FactorVae, FactorVaeConfig, HybridClassifier, HybridClassifierConfig, Initialization,
    Interpolation, LatentStatistics, LayerSummary, MarketGan, MarketGanConfig, Neighbors,
    NeuralTrader, QualityTable, SyntheticTraining, TemporalVae, TraderConfig, Vae, VaeConfig,
    Wasserstein, code_grid, direction, interpolate, shift,
};
pub use crate::notebook::{
    DisplayHandle, Progress, Rich, Show, clear_output, display, html, interrupt, latex, markdown,
    progress,
};
pub use crate::plot::{
    BarChart, BoxPlot, ColorMap, ConfusionMatrix, Figure, HeatMap, Histogram, ImageGallery, Layout,
    LearningCurves, LineChart, NetworkDiagram, ScatterPlot, Subplots, spring_layout,
};
pub use crate::regimes::{
    Clusters, ForecastComparison, ForecastScores, HiddenMarkov, HiddenMarkovFit, KMeans,
    RegimeForecast, SimilarDays, regime_statistics, return_windows,
};
pub use crate::stats::{
    Backtest, Calibration, ClassificationReport, ClipScale, Disentanglement, FactorMatching,
    PairedComparison, Pca, PcaFit, PcaSolver, Realism, RealismReport, Returns, SharpeRatio,
    ShrunkCovariance, adjusted_rand_index, bootstrap_interval, canonical_correlations,
    cross_correlation, empirical_covariance, frechet_distance, kolmogorov_smirnov, ledoit_wolf,
    nonparanormal_transform, optimal_assignment, oracle_approximating_shrinkage, principal_angles,
    procrustes_rotation, spearman_correlation, standardize, top_k_accuracy, wasserstein,
};
pub use crate::train::{
    Adam, AdamW, Batch, Clip, Dataset, DeviceRequest, DeviceSelection, Epochs, History, Losses,
    Model, Optimizer, Pass, Precision, RmsProp, Schedule, Sgd, Trainer,
};
pub use chrono::NaiveDate;
pub use ndarray::{Array1, Array2};
pub use polars::prelude::{DataFrame, df};
pub use tch::{Device, Kind, Tensor};
// The libraries themselves, so that `tch::manual_seed(1)` or `ndarray::array![1.0]` need no `use`.
pub use crate::{chrono, ndarray, petgraph, polars, tch};
