//! What can be chosen about the network.

use crate::model::Initialization;
use crate::{Error, Result};

/// The choices of a [`FactorVae`](super::FactorVae).
///
/// | Field | Default | Purpose |
/// |---|---|---|
/// | `inputs` | 100 | numbers in an example: one for each asset |
/// | `hidden` | 64, 32 | widths of the two hidden layers of the encoder; the decoder has them the other way round |
/// | `codes` | 5 | numbers in a code: the factors |
/// | `conditions` | 0 | numbers that encoder and decoder are told besides: a sector in one-hot form, say |
/// | `beta` | 0.1 | weight of the divergence from the prior against the squared error |
/// | `warm_up` | 50 | epochs over which that weight rises from zero |
/// | `initialization` | `PyTorch` | the first weights |
///
/// A squared error with the weight 1 is the logarithm of a normal density of variance β/2, but for a constant: β is a statement about
/// the noise. The usual β of Higgins and others (*β-VAE*, 2017) multiplies the divergence in the same way.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let config = FactorVaeConfig { beta: 1.0, ..Default::default() };
/// assert_eq!(config.codes, 5);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FactorVaeConfig {
    /// Numbers in an example.
    pub inputs: i64,
    /// Widths of the hidden layers, from the input on.
    pub hidden: [i64; 2],
    /// Numbers in a code.
    pub codes: i64,
    /// Numbers that are told besides.
    pub conditions: i64,
    /// Weight of the divergence from the prior.
    pub beta: f64,
    /// Epochs over which that weight rises from zero.
    pub warm_up: usize,
    /// The first weights.
    pub initialization: Initialization,
}

impl Default for FactorVaeConfig {
    fn default() -> Self {
        Self {
            inputs: 100,
            hidden: [64, 32],
            codes: 5,
            conditions: 0,
            beta: 0.1,
            warm_up: 50,
            initialization: Initialization::PyTorch,
        }
    }
}

impl FactorVaeConfig {
    pub(in crate::model) fn checked(self) -> Result<Self> {
        let [wide, narrow] = self.hidden;
        let positive = [self.inputs, wide, narrow, self.codes].iter().all(|&width| width > 0);
        if positive && self.conditions >= 0 && self.beta.is_finite() && self.beta >= 0.0 {
            return Ok(self);
        }
        let problem = "inputs, hidden layers and codes need at least one number, conditions none or more, and beta must be zero or positive";
        Err(Error::invalid(format!("{self:?}"), problem))
    }

    /// The weight of the divergence in an epoch, counted from 1.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let config = FactorVaeConfig::default();
    /// assert_eq!([1, 26, 51, 200].map(|epoch| config.beta_in(epoch)), [0.0, 0.05, 0.1, 0.1]);
    /// ```
    pub fn beta_in(&self, epoch: usize) -> f64 {
        let share = epoch.saturating_sub(1) as f64 / self.warm_up.max(1) as f64;
        if self.warm_up == 0 { self.beta } else { self.beta * share.min(1.0) }
    }

    /// What weights depend on, as it stands in files. The first weights leave no trace.
    pub(in crate::model) fn name(&self) -> String {
        let [wide, narrow] = self.hidden;
        format!(
            "FactorVae, {} inputs, hidden {wide} and {narrow}, {} codes, {} conditions, beta {} over {} epochs",
            self.inputs, self.codes, self.conditions, self.beta, self.warm_up
        )
    }

    /// The choices from such a name.
    pub(in crate::model) fn from_name(name: &str) -> Option<Self> {
        let words = name.split([' ', ',']);
        let numbers: Vec<f64> = words.filter_map(|word| word.parse().ok()).collect();
        let [inputs, wide, narrow, codes, conditions, beta, warm_up] = numbers[..] else {
            return None;
        };
        let config = Self {
            inputs: inputs as i64,
            hidden: [wide as i64, narrow as i64],
            codes: codes as i64,
            conditions: conditions as i64,
            beta,
            warm_up: warm_up as usize,
            ..Self::default()
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
        for beta in [0.1, 1.0, 1e-9] {
            let config = FactorVaeConfig { beta, conditions: 10, ..Default::default() };
            assert_eq!(FactorVaeConfig::from_name(&config.name()), Some(config));
        }
        let good = FactorVaeConfig::default().name();
        for name in [
            "",
            "FactorVae",
            &good[1..],
            &good.replace("5 codes", "0 codes"),
            &good.replace("64", "64.5"),
        ] {
            assert_eq!(FactorVaeConfig::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn the_weight_rises_and_stays() {
        let config = FactorVaeConfig { warm_up: 0, ..Default::default() };
        assert_eq!(config.beta_in(1), 0.1);
        assert!(FactorVaeConfig::default().beta_in(50) < 0.1);
    }

    #[test]
    fn choices_that_cannot_work_are_refused() {
        let good = FactorVaeConfig::default();
        for bad in [
            FactorVaeConfig { inputs: 0, ..good },
            FactorVaeConfig { hidden: [64, 0], ..good },
            FactorVaeConfig { codes: -1, ..good },
            FactorVaeConfig { conditions: -1, ..good },
            FactorVaeConfig { beta: f64::NAN, ..good },
        ] {
            assert!(bad.checked().is_err(), "{bad:?}");
        }
    }
}
