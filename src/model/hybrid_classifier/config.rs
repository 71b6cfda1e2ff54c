//! What can be chosen about the network.

use crate::model::normalization::MOMENTUM;
use crate::{Error, Result};

/// The choices of a [`HybridClassifier`](super::HybridClassifier).
///
/// | Field | Default | Purpose |
/// |---|---|---|
/// | `channels` | 8 | numbers a day in a series |
/// | `statics` | 8 | numbers about a stock that do not change |
/// | `class_weights` | 1, 1.3, 1 | what an example of each class counts in training |
/// | `dropout` | 0.15, 0.2, 0.3 | shares set to zero after the series, after the statics, and after both have met |
/// | `l2` | 1e-3, 1e-4 | weights of Σw² of the second convolution and of the statics' layer in the loss |
/// | `norm_momentum` | 0.99 | what running statistics of batch normalisation keep of themselves at each batch; 0.9 for trainings of fewer than some 500 batches |
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let config = HybridClassifierConfig { statics: 12, ..Default::default() };
/// assert_eq!(config.class_weights, [1.0, 1.3, 1.0]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct HybridClassifierConfig {
    /// Numbers a day.
    pub channels: i64,
    /// Numbers about a stock.
    pub statics: i64,
    /// What an example of each class counts.
    pub class_weights: [f64; 3],
    /// Shares set to zero in training.
    pub dropout: [f64; 3],
    /// Weights of the penalties.
    pub l2: [f64; 2],
    /// What running statistics keep of themselves at each batch.
    pub norm_momentum: f64,
}

impl Default for HybridClassifierConfig {
    fn default() -> Self {
        Self {
            channels: 8,
            statics: 8,
            class_weights: [1.0, 1.3, 1.0],
            dropout: [0.15, 0.2, 0.3],
            l2: [1e-3, 1e-4],
            norm_momentum: MOMENTUM,
        }
    }
}

impl HybridClassifierConfig {
    pub(super) fn checked(self) -> Result<Self> {
        let positive =
            |values: &[f64]| values.iter().all(|value| value.is_finite() && *value >= 0.0);
        let good = self.channels > 0
            && self.statics > 0
            && positive(&self.class_weights)
            && positive(&self.l2)
            && (0.0..1.0).contains(&self.norm_momentum)
            && self.dropout.iter().all(|share| (0.0..1.0).contains(share));
        if good {
            return Ok(self);
        }
        let problem = "channels and statics must be above zero, weights zero or positive, dropout and the norms' momentum from 0 up to, but not including, 1";
        Err(Error::invalid(format!("{self:?}"), problem))
    }

    /// What was chosen, as it stands in files.
    pub(super) fn name(&self) -> String {
        let words =
            |values: &[f64]| values.iter().map(f64::to_string).collect::<Vec<String>>().join(" ");
        format!(
            "HybridClassifier, {} channels, {} statics, class weights {}, dropout {}, l2 {}, norm momentum {}",
            self.channels,
            self.statics,
            words(&self.class_weights),
            words(&self.dropout),
            words(&self.l2),
            self.norm_momentum
        )
    }

    /// The choices from such a name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let words = name.split([' ', ',']);
        let numbers: Vec<f64> = words.filter_map(|word| word.parse().ok()).collect();
        let &[channels, statics, ref rest @ ..] = &numbers[..] else { return None };
        let &[under, neutral, over, first, second, third, series, of_statics, norm_momentum] = rest
        else {
            return None;
        };
        let config = Self {
            channels: channels as i64,
            statics: statics as i64,
            class_weights: [under, neutral, over],
            dropout: [first, second, third],
            l2: [series, of_statics],
            norm_momentum,
        };
        config.checked().ok().filter(|config| config.name() == name)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_choices() {
        let plain = HybridClassifierConfig::default();
        for config in [plain, HybridClassifierConfig { l2: [0.0, 1e-9], statics: 30, ..plain }] {
            assert_eq!(HybridClassifierConfig::from_name(&config.name()), Some(config));
        }
        let good = plain.name();
        for name in ["", "HybridClassifier", &good[1..], &good.replace("0.15", "1.5")] {
            assert_eq!(HybridClassifierConfig::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn choices_without_sense_are_refused() {
        let plain = HybridClassifierConfig::default();
        for config in [
            HybridClassifierConfig { statics: 0, ..plain },
            HybridClassifierConfig { class_weights: [1.0, -1.0, 1.0], ..plain },
            HybridClassifierConfig { dropout: [1.0, 0.0, 0.0], ..plain },
            HybridClassifierConfig { l2: [f64::NAN, 0.0], ..plain },
            HybridClassifierConfig { norm_momentum: 1.0, ..plain },
        ] {
            assert!(config.checked().is_err(), "{config:?}");
        }
    }
}
