//! What can be chosen about the network.

use crate::model::Initialization;
use crate::{Error, Result};

/// The choices of a [`FaceVae`](super::FaceVae).
///
/// | Field | Default | Purpose |
/// |---|---|---|
/// | `codes` | 100 | numbers in a code |
/// | `factor` | 100 | weight of the reconstruction against the divergence from the prior |
/// | `initialization` | `Keras` | the first weights |
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let config = FaceVaeConfig { factor: 1.0, ..Default::default() };
/// assert_eq!(config.codes, 100);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FaceVaeConfig {
    /// Numbers in a code.
    pub codes: i64,
    /// Weight of the reconstruction against the divergence from the prior.
    pub factor: f64,
    /// The first weights.
    pub initialization: Initialization,
}

impl Default for FaceVaeConfig {
    fn default() -> Self {
        Self { codes: 100, factor: 100.0, initialization: Initialization::Keras }
    }
}

impl FaceVaeConfig {
    pub(super) fn checked(self) -> Result<Self> {
        if self.codes > 0 && self.factor.is_finite() && self.factor >= 0.0 {
            return Ok(self);
        }
        let problem = "a code needs at least one number, and the factor must be zero or positive";
        Err(Error::invalid(format!("{self:?}"), problem))
    }

    /// What weights depend on, as it stands in files. The first weights leave no trace.
    pub(super) fn name(&self) -> String {
        format!("FaceVae, {} codes, factor {}", self.codes, self.factor)
    }

    /// The choices from such a name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let (codes, factor) = name.strip_prefix("FaceVae, ")?.split_once(" codes, factor ")?;
        let config =
            Self { codes: codes.parse().ok()?, factor: factor.parse().ok()?, ..Self::default() };
        config.checked().ok()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_choices() {
        for (codes, factor) in [(100, 100.0), (2, 0.1), (1, 1e-9)] {
            let config = FaceVaeConfig { codes, factor, ..Default::default() };
            assert_eq!(FaceVaeConfig::from_name(&config.name()), Some(config));
        }
        for name in [
            "",
            "FaceVae",
            "FaceVae, x codes, factor 1",
            "FaceVae, 0 codes, factor 1",
            "Other, 1 codes, factor 1",
        ] {
            assert_eq!(FaceVaeConfig::from_name(name), None, "{name}");
        }
    }
}
