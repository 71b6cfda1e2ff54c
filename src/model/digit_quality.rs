//! How good drawn digits are, as numbers.

use tch::{Kind, Tensor};

use super::digit_classifier::DigitClassifier;
use crate::data::Digits;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::stats::frechet_distance;
use crate::words::counted;
use crate::{Error, Result};

/// The least share of the pictures that a digit must have to count as drawn at all.
const PRESENT: f64 = 0.01;
const CLASSES: usize = 10;

/// What a [`DigitClassifier`] says of some pictures. Each number has a reference: what real digits get.
///
/// | | |
/// |---|---|
/// | [`frechet`](Self::frechet) | distance from real digits in the features of the classifier |
/// | [`coverage`](Self::coverage) | share of the ten digits that have at least 1 % of the pictures |
/// | [`entropy`](Self::entropy) | of the digits as the classifier names them: 2.303 (ln 10) where all are as frequent, 0 where there is one |
/// | [`confidence`](Self::confidence) | how sure the classifier is of the digit it names |
///
/// # Example
/// ```no_run
/// use latentlab::model::{DigitClassifier, DigitQuality};
/// use latentlab::prelude::*;
///
/// let digits = Digits::open()?;
/// let (training, test) = (digits.training()?, digits.test()?);
/// let classifier = DigitClassifier::train(&training, Device::Cpu, 1)?;
/// let model = Dcgan::new(DcganConfig::improved(), Device::Cpu, 1)?;
/// let quality = DigitQuality::measure(&classifier, &test, &model.sample(1000, 2)?)?;
/// println!("{:.1}", quality.frechet());
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DigitQuality {
    frechet: f64,
    confidence: f64,
    /// Of the pictures, by the digit that they are named.
    shares: [f64; CLASSES],
    count: usize,
}

impl DigitQuality {
    /// Measures pictures (n, 1, 28, 28), bytes or numbers from 0 to 1, against real digits that neither the network that drew them nor the
    /// classifier has learnt from. The distance depends on the number of pictures: compare equal numbers, a thousand or more.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another shape or kind, or fewer than two pictures.
    ///
    /// # Example
    /// See [`DigitQuality`].
    pub fn measure(classifier: &DigitClassifier, real: &Digits, images: &Tensor) -> Result<Self> {
        let frechet =
            frechet_distance(&classifier.features(images)?, &classifier.features(&real.images())?)?;
        let probabilities = classifier.probabilities(images)?;
        let (sure, named) = probabilities.f_max_dim(1, false)?;
        let count = images.size()[0] as usize;
        let mut shares = [0.0; CLASSES];
        for class in Vec::<i64>::try_from(named)? {
            shares[class as usize] += 1.0 / count as f64;
        }
        let confidence = sure.f_mean(Kind::Double)?.f_double_value(&[])?;
        if !(frechet.is_finite() && confidence.is_finite()) {
            let problem = "the classifier's answers are not finite; are the pictures?";
            return Err(Error::invalid(counted(count, "picture"), problem));
        }
        Ok(Self { frechet, confidence, shares, count })
    }

    /// The squared Fréchet distance to the real digits in the classifier's 64 features: smaller is better.
    ///
    /// # Example
    /// See [`DigitQuality`].
    pub fn frechet(&self) -> f64 {
        self.frechet
    }

    /// The share of the ten digits that have at least 1 % of the pictures: below 1, digits are missing.
    pub fn coverage(&self) -> f64 {
        let present = self.shares.iter().filter(|share| **share >= PRESENT).count();
        present as f64 / CLASSES as f64
    }

    /// The entropy of the named digits, in nats: ln 10 ≈ 2.303 at most.
    pub fn entropy(&self) -> f64 {
        let terms =
            self.shares.iter().filter(|share| **share > 0.0).map(|share| share * share.ln());
        // Without this, no spread at all would be "−0".
        (-terms.sum::<f64>()).max(0.0)
    }

    /// How sure the classifier is of the digit that it names, from 0.1 to 1, on average.
    pub fn confidence(&self) -> f64 {
        self.confidence
    }

    /// The shares of the pictures that are named 0, 1, …, 9.
    pub fn shares(&self) -> [f64; CLASSES] {
        self.shares
    }
}

impl std::fmt::Display for DigitQuality {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "{}: Fréchet distance {:.2}, coverage {:.1}, entropy {:.2}, confidence {:.3}",
            counted(self.count, "picture"),
            self.frechet,
            self.coverage(),
            self.entropy(),
            self.confidence
        )
    }
}

impl Show for DigitQuality {
    fn rich(&self) -> Rich {
        Rich::text(self.to_string())
    }
}

impl Inspect for DigitQuality {
    fn preview(&self) -> String {
        self.to_string()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
impl DigitQuality {
    /// What numbers alone say.
    pub(super) fn of(frechet: f64, confidence: f64, shares: [f64; CLASSES]) -> Self {
        Self { frechet, confidence, shares, count: 1000 }
    }
}
