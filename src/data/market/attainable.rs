//! How often the best possible classifier of a drawn market is right.

use super::config::LabelRule;
use super::model::{Drawn, MARKET_DRIFT};
use super::{MarketConfig, MarketPanel};
use crate::{Error, Result};

/// Points at which the evidence is integrated, and how many deviations beyond the outer classes.
const POINTS: usize = 400;
const REACH: f64 = 6.0;

impl MarketPanel {
    /// The accuracy that no classifier of this drawn market exceeds on average: that of one that knows every share's drift, loading and
    /// daily variances and sees the inputs, but not the class.
    ///
    /// For the class that was drawn it is the mean over the examples of (4 Φ(s/2) − 1) / 3 with s² = d² Σ 1/hₜ over the days of the
    /// inputs. For a later window the outcome is normal given the class, and the likeliest label is taken, integrated over what the
    /// inputs may say. For the days of the inputs themselves it is 1: the label can be read off. The benchmark counts as the drawn one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a market that was read, and as [`examples`](Self::examples).
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    ///
    /// let panel = MarketModel::default().tickers(60).separation(2.0).clustering(0.0).sample()?;
    /// let accuracy = panel.attainable_accuracy(&MarketConfig::default().rule(LabelRule::Drawn))?;
    /// assert!((accuracy - 0.788).abs() < 0.001);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn attainable_accuracy(&self, config: &MarketConfig) -> Result<f64> {
        let Some(drawn) = &self.drawn else {
            return Err(Error::invalid(
                self.source(),
                "only of a drawn market is it known what can be known of it",
            ));
        };
        let examples = self.examples(config)?;
        let limits = examples.boundaries_of_all();
        let accuracies = examples.places().iter().map(|&(share, start)| {
            let inputs = start..start + config.days;
            let information: f64 = drawn
                .variances
                .row(share)
                .iter()
                .skip(start)
                .take(config.days)
                .map(|own| 1.0 / own)
                .sum();
            let separation = drawn.drifts[share] * information.sqrt();
            match (config.rule, limits) {
                (LabelRule::SameWindow { .. }, _) => 1.0,
                (LabelRule::LaterWindow { days, .. }, Some(limits)) => {
                    later(drawn, share, inputs.end..inputs.end + days, separation, limits)
                }
                _ => (4.0 * normal(separation / 2.0) - 1.0) / 3.0,
            }
        });
        Ok(accuracies.sum::<f64>() / examples.len() as f64)
    }
}

/// The accuracy for the outcome of later days.
fn later(
    drawn: &Drawn,
    share: usize,
    days: std::ops::Range<usize>,
    separation: f64,
    [lower, upper]: [f64; 2],
) -> f64 {
    let excess = drawn.loadings[share] - 1.0;
    let variance: f64 = days
        .clone()
        .map(|day| drawn.variances[[share, day]] + excess * excess * drawn.market_variances[day])
        .sum();
    let label_chances = [-1.0, 0.0, 1.0].map(|class| {
        let mean = days.len() as f64 * (class * drawn.drifts[share] + excess * MARKET_DRIFT);
        let below = |limit: f64| normal((limit - mean) / variance.sqrt());
        [below(lower), below(upper) - below(lower), 1.0 - below(upper)]
    });
    // What the inputs say of the drift is normal about class × separation with deviation 1.
    let step = 2.0 * (separation + REACH) / POINTS as f64;
    let right = (0..=POINTS).map(|point| {
        let evidence = -separation - REACH + step * point as f64;
        let density = [-1.0, 0.0, 1.0]
            .map(|class: f64| (-0.5 * (evidence - class * separation).powi(2)).exp());
        (0..3)
            .map(|label| {
                (0..3).map(|class| density[class] * label_chances[class][label]).sum::<f64>()
            })
            .fold(0.0, f64::max)
    });
    right.sum::<f64>() * step / (3.0 * (2.0 * std::f64::consts::PI).sqrt())
}

/// The distribution function of the standard normal distribution.
fn normal(value: f64) -> f64 {
    0.5 * libm::erfc(-value / std::f64::consts::SQRT_2)
}
