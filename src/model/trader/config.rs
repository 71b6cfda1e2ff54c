//! What can be chosen about a trader.

use crate::model::Initialization;
use crate::{Error, Result};

/// The choices of a [`NeuralTrader`](super::NeuralTrader).
///
/// | Field | Default | Purpose | Range |
/// |---|---|---|---|
/// | `lag` | 4 | past returns that it looks at | from 1 |
/// | `hidden` | 5 | width of the hidden layer | from 1 |
/// | `dropout` | 0 | share of the hidden units that each training step leaves out | 0 up to, but not including, 1 |
/// | `initialization` | `PyTorch` | the first weights | |
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let config = TraderConfig { dropout: 0.5, ..Default::default() };
/// assert_eq!((config.lag, config.hidden), (4, 5));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TraderConfig {
    /// Past returns that it looks at.
    pub lag: i64,
    /// Width of the hidden layer.
    pub hidden: i64,
    /// Share of the hidden units that each training step leaves out.
    pub dropout: f64,
    /// The first weights.
    pub initialization: Initialization,
}

impl Default for TraderConfig {
    fn default() -> Self {
        Self { lag: 4, hidden: 5, dropout: 0.0, initialization: Initialization::PyTorch }
    }
}

impl TraderConfig {
    pub(super) fn checked(self) -> Result<Self> {
        if self.lag > 0 && self.hidden > 0 && (0.0..1.0).contains(&self.dropout) {
            return Ok(self);
        }
        let problem = "lag and hidden layer need at least one number, and dropout must lie from 0 up to, but not including, 1";
        Err(Error::invalid(format!("{self:?}"), problem))
    }

    /// What weights depend on, as it stands in files. The first weights leave no trace.
    pub(super) fn name(&self) -> String {
        let Self { lag, hidden, dropout, .. } = self;
        match *dropout > 0.0 {
            true => format!("DropoutTrader, lag {lag}, hidden {hidden}, dropout {dropout}"),
            false => format!("NeuralTrader, lag {lag}, hidden {hidden}"),
        }
    }

    /// The choices from such a name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let words = name.split([' ', ',']);
        let numbers: Vec<f64> = words.filter_map(|word| word.parse().ok()).collect();
        let (&[lag, hidden], rest) = numbers.split_first_chunk()?;
        let dropout = rest.first().copied().unwrap_or_default();
        let config = Self { lag: lag as i64, hidden: hidden as i64, dropout, ..Self::default() };
        config.checked().ok().filter(|config| config.name() == name)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_choices() {
        for dropout in [0.0, 0.5, 0.123] {
            let config = TraderConfig { lag: 7, dropout, ..Default::default() };
            assert_eq!(TraderConfig::from_name(&config.name()), Some(config));
        }
        let good = TraderConfig { dropout: 0.5, ..Default::default() }.name();
        for name in [
            "",
            "NeuralTrader",
            &good[1..],
            &good.replace("0.5", "1.5"),
            &good.replace("lag 4", "lag 0"),
        ] {
            assert_eq!(TraderConfig::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn choices_that_cannot_work_are_refused() {
        let good = TraderConfig::default();
        for bad in [
            TraderConfig { lag: 0, ..good },
            TraderConfig { hidden: -1, ..good },
            TraderConfig { dropout: 1.0, ..good },
            TraderConfig { dropout: -0.1, ..good },
            TraderConfig { dropout: f64::NAN, ..good },
        ] {
            assert!(bad.checked().is_err(), "{bad:?}");
        }
    }
}
