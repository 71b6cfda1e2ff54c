//! A network that names digits.

use ndarray::Array2;
use tch::nn::VarStore;
use tch::{Device, Kind, Reduction, Tensor};

use super::initialization::Initialization;
use super::pictures::{check_digits, in_chunks};
use super::stack::Stack;
use super::summary::LayerSummary;
use crate::data::Digits;
use crate::notebook::variables::{Inspect, device_name};
use crate::notebook::{Rich, Show};
use crate::train::{Adam, Batch, Losses, Model, Pass, Schedule, Trainer};
use crate::{Error, Result};

/// Numbers between the convolutions and the features: 32 × 4 × 4.
const FLAT: i64 = 512;
/// Features of a picture.
const FEATURES: i64 = 64;
/// Examples that are enough to learn from, counted as often as they are seen.
const EXAMPLES: usize = 40_000;

/// A small convolutional network that says which digit a picture shows. Its last but one layer gives the features in which
/// drawn digits are compared with real ones.
///
/// Conv 1→16 k5, ReLU, pool 2; Conv 16→32 k5, ReLU, pool 2; Linear 512→64, ReLU; Linear 64→10. 46,730 parameters. [`train`](Self::train) takes
/// about ten seconds on one core for the embedded digits, half a minute for the whole of MNIST, and
/// ends near 97 and 99 percent of the held-out digits.
///
/// # Example
/// ```no_run
/// use latentlab::model::DigitClassifier;
/// use latentlab::prelude::*;
///
/// let digits = Digits::open()?;
/// let classifier = DigitClassifier::train(&digits.training()?, Device::Cpu, 1)?;
/// assert!(classifier.accuracy(&digits.test()?)? > 0.95);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct DigitClassifier {
    store: VarStore,
    trunk: Stack,
    head: Stack,
}

impl DigitClassifier {
    /// A network with new weights. Equal seeds give equal weights.
    ///
    /// # Errors
    /// [`Error::Torch`] where the device refuses.
    ///
    /// # Example
    /// ```
    /// use latentlab::model::DigitClassifier;
    /// use latentlab::prelude::*;
    ///
    /// assert_eq!(DigitClassifier::new(Device::Cpu, 1)?.summary()?.parameters(), 46_730);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(device: Device, seed: u64) -> Result<Self> {
        let mut store = VarStore::new(Device::Cpu);
        tch::manual_seed(seed as i64);
        let (root, first) = (store.root(), Initialization::Keras);
        let trunk = Stack::default()
            .convolution(&root / "conv1", first, 1, 16, 5)
            .relu()
            .max_pool(2)
            .convolution(&root / "conv2", first, 16, 32, 5)
            .relu()
            .max_pool(2)
            .flatten()
            .linear(&root / "features", first, FLAT, FEATURES)
            .relu();
        let head = Stack::default().linear(&root / "digits", first, FEATURES, 10);
        drop(root);
        if device != Device::Cpu {
            store.set_device(device);
        }
        Ok(Self { store, trunk, head })
    }

    /// A network trained by Adam at 2e-3, which falls along a cosine, on batches of 64: ten times through 4,000 digits, twice through 60,000.
    /// Interrupted, it returns what it has.
    ///
    /// # Errors
    /// [`Error::NotConverged`] where the loss is not finite.
    ///
    /// # Example
    /// See [`DigitClassifier`].
    pub fn train(digits: &Digits, device: Device, seed: u64) -> Result<Self> {
        let mut classifier = Self::new(device, seed)?;
        let epochs = EXAMPLES.div_ceil(digits.len()).max(2);
        let _history = Trainer::new(Adam::new(2e-3))
            .title("Classifier of digits")
            .schedule(Schedule::Cosine { epochs, floor: 0.0 })
            .epochs(epochs)
            .seed(seed)
            .live(false)
            .fit(&mut classifier, &(&digits.images(), &digits.labels()))?;
        Ok(classifier)
    }

    /// How sure it is of each digit: (n, 10), shares that sum to 1, for pictures (n, 1, 28, 28), bytes or numbers from 0 to 1.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another shape or kind.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::DigitClassifier, prelude::*};
    /// let pictures = Tensor::zeros([3, 1, 28, 28], (Kind::Float, Device::Cpu));
    /// assert_eq!(DigitClassifier::new(Device::Cpu, 1)?.probabilities(&pictures)?.size(), [3, 10]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn probabilities(&self, images: &Tensor) -> Result<Tensor> {
        check_digits(images)?;
        in_chunks(images, self.store.device(), |images| {
            self.head.forward(&self.trunk.forward(&images)).f_softmax(-1, Kind::Float)
        })
    }

    /// The features of pictures: n × 64.
    ///
    /// # Errors
    /// As [`probabilities`](Self::probabilities).
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::DigitClassifier, prelude::*};
    /// let pictures = Tensor::zeros([3, 1, 28, 28], (Kind::Float, Device::Cpu));
    /// assert_eq!(DigitClassifier::new(Device::Cpu, 1)?.features(&pictures)?.dim(), (3, 64));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn features(&self, images: &Tensor) -> Result<Array2<f64>> {
        check_digits(images)?;
        let features =
            in_chunks(images, self.store.device(), |images| Ok(self.trunk.forward(&images)))?;
        let shape = (features.size()[0] as usize, FEATURES as usize);
        let values = Vec::<f64>::try_from(features.f_to_kind(Kind::Double)?.f_reshape([-1])?)?;
        Array2::from_shape_vec(shape, values)
            .map_err(|error| Error::invalid("features of pictures", error.to_string()))
    }

    /// The share of digits that it names rightly.
    ///
    /// # Errors
    /// [`Error::Torch`] where the device refuses.
    ///
    /// # Example
    /// See [`DigitClassifier`].
    pub fn accuracy(&self, digits: &Digits) -> Result<f64> {
        let named = self.probabilities(&digits.images())?.f_argmax(1, false)?;
        let right = named.f_eq_tensor(&digits.labels().f_to_device(named.device())?)?;
        Ok(right.f_to_kind(Kind::Double)?.f_mean(Kind::Double)?.f_double_value(&[])?)
    }

    /// The layers.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// See [`new`](Self::new).
    pub fn summary(&self) -> Result<LayerSummary> {
        let options = (Kind::Float, self.store.device());
        let mut rows = self.trunk.rows(&Tensor::f_zeros([1, 1, 28, 28], options)?);
        rows.extend(self.head.rows(&Tensor::f_zeros([1, FEATURES], options)?));
        LayerSummary::new("Classifier of digits", &[1, 28, 28], rows)
    }
}

impl Model for DigitClassifier {
    fn name(&self) -> String {
        "DigitClassifier".into()
    }

    fn variables(&self) -> &VarStore {
        &self.store
    }

    fn loss(&self, batch: &Batch, _pass: &Pass) -> Result<Losses> {
        check_digits(batch.inputs())?;
        let logits = self.head.forward(&self.trunk.forward(batch.inputs()));
        let labels = batch.targets()?;
        let right =
            logits.argmax(1, false).eq_tensor(labels).to_kind(Kind::Float).mean(Kind::Float);
        let loss = logits.cross_entropy_loss(labels, None::<Tensor>, Reduction::Mean, -100, 0.0);
        Ok(Losses::new(loss).with("accuracy", right))
    }
}

impl Show for DigitClassifier {
    fn rich(&self) -> Rich {
        match self.summary() {
            Ok(summary) => summary.rich(),
            Err(_) => Rich::text(self.name()),
        }
    }
}

impl Inspect for DigitClassifier {
    fn device(&self) -> Option<String> {
        Some(device_name(self.store.device()))
    }

    fn preview(&self) -> String {
        self.name()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::model::DigitQuality;
    use crate::random::torch_turn;

    #[test]
    fn plain_digits_are_learnt_and_measured() {
        let _turn = torch_turn();
        let digits = Digits::patterns(1000);
        let (training, test) = (digits.training().unwrap(), digits.test().unwrap());
        let learn = || {
            let mut classifier = DigitClassifier::new(Device::Cpu, 1).unwrap();
            let trainer =
                Trainer::new(Adam::new(2e-3)).epochs(3).batch_size(20).seed(1).live(false);
            let examples = (&training.images(), &training.labels());
            let _history = trainer.fit(&mut classifier, &examples).unwrap();
            classifier
        };
        let classifier = learn();
        assert!(classifier.accuracy(&test).unwrap() > 0.95);
        let images = test.images();
        assert_eq!(
            learn().probabilities(&images).unwrap(),
            classifier.probabilities(&images).unwrap()
        );

        let measure = |images: &Tensor| DigitQuality::measure(&classifier, &test, images).unwrap();
        let same = measure(&images);
        assert!(same.frechet() < 1e-6 && same.coverage() == 1.0 && same.entropy() > 2.25, "{same}");
        // One class over and over is sure of itself and far from the ten.
        let fours = images.index_select(0, &test.labels().eq(4).nonzero().squeeze_dim(1));
        let collapsed = measure(&fours);
        assert!(collapsed.frechet() > 10.0 * measure(&training.images()).frechet(), "{collapsed}");
        assert!(collapsed.coverage() < 0.4 && collapsed.entropy() < 0.5, "{collapsed}");
    }

    #[test]
    fn pictures_that_do_not_fit_are_refused() {
        let _turn = torch_turn();
        let classifier = DigitClassifier::new(Device::Cpu, 1).unwrap();
        for size in [[2, 3, 28, 28], [2, 1, 28, 27], [0, 1, 28, 28]] {
            let images = Tensor::zeros(size, (Kind::Float, Device::Cpu));
            assert!(
                classifier.probabilities(&images).is_err() && classifier.features(&images).is_err()
            );
        }
        let one = Tensor::zeros([1, 1, 28, 28], (Kind::Float, Device::Cpu));
        let error = DigitQuality::measure(&classifier, &Digits::patterns(20), &one).unwrap_err();
        assert!(error.to_string().contains("at least two rows"), "{error}");
    }
}
