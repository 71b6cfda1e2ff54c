//! What can be chosen about the networks.

use crate::model::Initialization;
use crate::{Error, Result};

/// The choices of an [`Autoencoder`](super::Autoencoder).
///
/// | Field | Default | Purpose |
/// |---|---|---|
/// | `inputs` | 784 | numbers in a picture: 28 × 28 |
/// | `hidden` | 400 | width of the hidden layer of encoder and decoder |
/// | `codes` | 2 | numbers in a code; two can be drawn |
/// | `initialization` | `PyTorch` | the first weights |
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let config = AutoencoderConfig { codes: 8, ..Default::default() };
/// assert_eq!(config.hidden, 400);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AutoencoderConfig {
    /// Numbers in a picture.
    pub inputs: i64,
    /// Width of the hidden layers.
    pub hidden: i64,
    /// Numbers in a code.
    pub codes: i64,
    /// The first weights.
    pub initialization: Initialization,
}

impl Default for AutoencoderConfig {
    fn default() -> Self {
        Self { inputs: 784, hidden: 400, codes: 2, initialization: Initialization::PyTorch }
    }
}

impl AutoencoderConfig {
    pub(super) fn checked(self) -> Result<Self> {
        if [self.inputs, self.hidden, self.codes].iter().all(|&width| width > 0) {
            return Ok(self);
        }
        let problem = "inputs, hidden layer and codes need at least one number";
        Err(Error::invalid(format!("{self:?}"), problem))
    }

    /// What weights depend on, as it stands in files.
    pub(super) fn name(&self) -> String {
        let Self { inputs, hidden, codes, .. } = self;
        format!("Autoencoder, {inputs} inputs, hidden {hidden}, {codes} codes")
    }

    /// The choices from such a name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let [inputs, hidden, codes] = whole_numbers(name)[..] else { return None };
        let config = Self { inputs, hidden, codes, ..Self::default() };
        config.checked().ok().filter(|config| config.name() == name)
    }
}

/// The choices of a [`Vae`](super::Vae).
///
/// | Field | Default | Purpose |
/// |---|---|---|
/// | `inputs` | 784 | numbers in a picture: 28 × 28 |
/// | `hidden` | 400 | width of the hidden layer of encoder and decoder |
/// | `codes` | 2 | numbers in a code |
/// | `beta` | 1 | weight of the divergence from the prior; 1 gives the bound on the likelihood, 0 leaves the divergence out |
/// | `deviation` | none | a standard deviation that all codes have, in place of those that the encoder gives; 0 takes all chance away |
/// | `initialization` | `PyTorch` | the first weights |
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let vague = VaeConfig { deviation: Some(3.0), ..Default::default() };
/// assert_eq!(vague.beta, 1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct VaeConfig {
    /// Numbers in a picture.
    pub inputs: i64,
    /// Width of the hidden layers.
    pub hidden: i64,
    /// Numbers in a code.
    pub codes: i64,
    /// Weight of the divergence from the prior.
    pub beta: f64,
    /// The standard deviation of all codes, where it is fixed.
    pub deviation: Option<f64>,
    /// The first weights.
    pub initialization: Initialization,
}

impl Default for VaeConfig {
    fn default() -> Self {
        let AutoencoderConfig { inputs, hidden, codes, initialization } = Default::default();
        Self { inputs, hidden, codes, beta: 1.0, deviation: None, initialization }
    }
}

impl VaeConfig {
    pub(super) fn checked(self) -> Result<Self> {
        let Self { inputs, hidden, codes, .. } = self;
        let is_weight = |value: f64| value.is_finite() && value >= 0.0;
        let positive = [inputs, hidden, codes].iter().all(|&width| width > 0);
        if positive && is_weight(self.beta) && self.deviation.is_none_or(is_weight) {
            return Ok(self);
        }
        let problem = "inputs, hidden layer and codes need at least one number, and beta and a fixed deviation must be zero or positive";
        Err(Error::invalid(format!("{self:?}"), problem))
    }

    /// What weights depend on, as it stands in files.
    pub(super) fn name(&self) -> String {
        let Self { inputs, hidden, codes, beta, deviation, .. } = self;
        let deviation = deviation.map_or("learned".to_owned(), |fixed| fixed.to_string());
        format!(
            "Vae, {inputs} inputs, hidden {hidden}, {codes} codes, beta {beta}, deviation {deviation}"
        )
    }

    /// The choices from such a name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let (sizes, rest) = name.split_once(", beta ")?;
        let (beta, deviation) = rest.split_once(", deviation ")?;
        let [inputs, hidden, codes] = whole_numbers(sizes)[..] else { return None };
        let deviation = match deviation {
            "learned" => None,
            fixed => Some(fixed.parse().ok()?),
        };
        let beta = beta.parse().ok()?;
        let config = Self { inputs, hidden, codes, beta, deviation, ..Self::default() };
        config.checked().ok().filter(|config| config.name() == name)
    }
}

/// The choices of a [`DenseGan`](super::DenseGan).
///
/// | Field | Default | Purpose |
/// |---|---|---|
/// | `inputs` | 784 | numbers in a picture: 28 × 28 |
/// | `hidden` | 128, 256 | widths of the generator's hidden layers; the discriminator has them the other way round |
/// | `noise` | 32 | numbers from which a picture is made |
/// | `initialization` | `PyTorch` | the first weights |
///
/// # Example
/// ```
/// assert_eq!(latentlab::model::DenseGanConfig::default().noise, 32);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DenseGanConfig {
    /// Numbers in a picture.
    pub inputs: i64,
    /// Widths of the generator's hidden layers, from the noise on.
    pub hidden: [i64; 2],
    /// Numbers from which a picture is made.
    pub noise: i64,
    /// The first weights.
    pub initialization: Initialization,
}

impl Default for DenseGanConfig {
    fn default() -> Self {
        Self { inputs: 784, hidden: [128, 256], noise: 32, initialization: Initialization::PyTorch }
    }
}

impl DenseGanConfig {
    pub(super) fn checked(self) -> Result<Self> {
        let [narrow, wide] = self.hidden;
        if [self.inputs, narrow, wide, self.noise].iter().all(|&width| width > 0) {
            return Ok(self);
        }
        let problem = "inputs, hidden layers and noise need at least one number";
        Err(Error::invalid(format!("{self:?}"), problem))
    }

    /// What weights depend on, as it stands in files.
    pub(super) fn name(&self) -> String {
        let Self { inputs, hidden: [narrow, wide], noise, .. } = self;
        format!("DenseGan, {inputs} inputs, hidden {narrow} and {wide}, noise {noise}")
    }

    /// The choices from such a name.
    pub(super) fn from_name(name: &str) -> Option<Self> {
        let [inputs, narrow, wide, noise] = whole_numbers(name)[..] else { return None };
        let config = Self { inputs, hidden: [narrow, wide], noise, ..Self::default() };
        config.checked().ok().filter(|config| config.name() == name)
    }
}

fn whole_numbers(name: &str) -> Vec<i64> {
    name.split([' ', ',']).filter_map(|word| word.parse().ok()).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_the_choices() {
        let plain = AutoencoderConfig { codes: 7, ..Default::default() };
        assert_eq!(AutoencoderConfig::from_name(&plain.name()), Some(plain));
        for (beta, deviation) in [(1.0, None), (0.0, Some(0.05)), (1e-9, Some(3.0))] {
            let config = VaeConfig { beta, deviation, ..Default::default() };
            assert_eq!(VaeConfig::from_name(&config.name()), Some(config));
            assert_eq!(AutoencoderConfig::from_name(&config.name()), None);
        }
        let gan = DenseGanConfig { noise: 3, ..Default::default() };
        assert_eq!(DenseGanConfig::from_name(&gan.name()), Some(gan));
        let good = VaeConfig::default().name();
        for name in [
            "",
            "Vae",
            &good[1..],
            &good.replace("2 codes", "0 codes"),
            &good.replace("learned", "free"),
        ] {
            assert_eq!(VaeConfig::from_name(name), None, "{name}");
        }
    }

    #[test]
    fn choices_that_cannot_work_are_refused() {
        let good = VaeConfig::default();
        for bad in [
            VaeConfig { inputs: 0, ..good },
            VaeConfig { beta: f64::NAN, ..good },
            VaeConfig { beta: -1.0, ..good },
            VaeConfig { deviation: Some(-0.1), ..good },
        ] {
            assert!(bad.checked().is_err(), "{bad:?}");
        }
        assert!(AutoencoderConfig { codes: 0, ..Default::default() }.checked().is_err());
        assert!(DenseGanConfig { hidden: [1, 0], ..Default::default() }.checked().is_err());
    }
}
