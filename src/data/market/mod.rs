//! Markets as examples for a classifier: windows of prices and volumes of many shares, with labels for how each did beside a
//! benchmark.
//!
//! [`MarketPanel::open`] takes the market where `LATENTLAB_DATA` points to one, else one that is drawn with known classes;
//! [`MarketSource`] names any other. [`MarketPanel::examples`] cuts the windows, [`MarketExamples::split`] parts them by ticker and
//! fits everything that is fitted on the training part alone.

mod adjustment;
mod assembly;
mod attainable;
mod bars;
mod benchmark;
mod checks;
mod config;
mod cutting;
mod examples;
mod model;
mod panel;
mod report;
mod scaler;
mod set;
mod source;
mod split;
mod statics;
mod wide;

#[cfg(test)]
mod tests;

pub use adjustment::Split;
pub use config::{Band, BenchmarkRule, ChannelScaling, LabelRule, MarketConfig};
pub use examples::MarketExamples;
pub use model::MarketModel;
pub use panel::MarketPanel;
pub use report::MarketReport;
pub use scaler::{MarketScaler, StaticScaler};
pub use set::MarketSet;
pub use source::MarketSource;
pub use split::MarketSplit;
