//! Regimes of a series: days that are alike, found without being told of any, and what they say about the next day.
//!
//! | | |
//! |---|---|
//! | [`KMeans`], [`Clusters`] | groups of samples about centres |
//! | [`HiddenMarkov`], [`HiddenMarkovFit`] | states that stay for a while; filtering, smoothing, the likeliest path |
//! | [`return_windows`] | stretches of returns, for a network to make codes of |
//! | [`regime_statistics`] | what a series does in each regime |
//! | [`RegimeForecast`], [`StudentT`] | the distribution of the next return by regime |
//! | [`SimilarDays`] | the same by days whose last returns were like today's |
//! | [`ForecastScores`], [`ForecastComparison`], [`MeanGain`] | log density and ranked probability score on later days, compared |
//!
//! Nothing here looks ahead by itself: estimate on a training period, and take the regime of a later day from
//! [`HiddenMarkovFit::filtered`] or [`Clusters::predict`], which know the days up to it alone.

mod forecast;
mod hidden_markov;
mod hidden_markov_fit;
mod k_means;
mod samples;
mod scores;
mod similar_days;
mod statistics;
mod student_t;
mod windows;

pub use forecast::RegimeForecast;
pub use hidden_markov::HiddenMarkov;
pub use hidden_markov_fit::HiddenMarkovFit;
pub use k_means::{Clusters, KMeans};
pub use scores::{ForecastComparison, ForecastScores, MeanGain};
pub use similar_days::SimilarDays;
pub use statistics::regime_statistics;
pub use student_t::StudentT;
pub use windows::return_windows;

#[cfg(test)]
mod tests;
