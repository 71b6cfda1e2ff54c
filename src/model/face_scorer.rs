//! How well words describe faces, as a network sees it.

use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use super::initialization::Initialization;
use super::pictures::{check_faces, in_chunks};
use super::stack::Stack;
use super::summary::LayerSummary;
use crate::data::faces::FaceData;
use crate::notebook::variables::{Inspect, device_name};
use crate::notebook::{Rich, Show};
use crate::train::{Batch, Dataset, Losses, Model, Pass};
use crate::{Error, Result};

/// Numbers after the convolutions: 32 × 3 × 3.
const FEATURES: i64 = 288;

/// A small convolutional network that learns the scores of some attributes from the pictures, so that pictures without
/// scores, such as those that a [`FaceVae`](super::FaceVae) makes, can be measured.
///
/// Conv 3→16 k5, ReLU, pool 2; Conv 16→32 k3, ReLU, pool 2; Conv 32→32 k3, ReLU, pool 2; linear layer to one number for each
/// attribute. It learns scores in standard deviations, by the mean squared error; faces with a missing score are left out.
///
/// # Example
/// ```
/// use latentlab::model::FaceScorer;
/// use latentlab::prelude::*;
///
/// let faces = FaceData::drawn(64, 365)?;
/// let mut scorer = FaceScorer::new(&faces, &["Smiling", "Male"], Device::Cpu, 1)?;
/// let examples = scorer.examples(&faces)?;
/// let _history = Trainer::new(Adam::new(1e-3)).epochs(2).seed(1).fit(&mut scorer, &examples)?;
/// assert_eq!(scorer.scores(&faces.tensor(Device::Cpu)?)?.size(), [64, 2]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct FaceScorer {
    store: VarStore,
    attributes: Vec<String>,
    /// Of each attribute's scores.
    means: Tensor,
    deviations: Tensor,
    network: Stack,
}

impl FaceScorer {
    /// A network with new weights for attributes of a data set, whose scores set the units. Equal seeds give equal weights.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no attributes, unknown ones, and scores that are all equal.
    ///
    /// # Example
    /// See [`FaceScorer`].
    pub fn new(faces: &FaceData, attributes: &[&str], device: Device, seed: u64) -> Result<Self> {
        if attributes.is_empty() {
            return Err(Error::invalid("no attributes", "name at least one"));
        }
        let scores = scores_of(faces, attributes)?;
        let known = scores.isnan().any_dim(1, false).logical_not();
        let scores = scores.f_index(&[Some(known)])?;
        let rows = [0_i64];
        let means = scores.f_mean_dim(rows.as_slice(), false, Kind::Float)?;
        let deviations = scores.f_std_dim(rows.as_slice(), true, false)?;
        for (name, deviation) in attributes.iter().zip(Vec::<f32>::try_from(&deviations)?) {
            if deviation.is_nan() || deviation <= 0.0 {
                let problem = "its scores are all equal or missing; there is nothing to learn";
                return Err(Error::invalid(format!("attribute `{name}`"), problem));
            }
        }
        let mut store = VarStore::new(Device::Cpu);
        tch::manual_seed(seed as i64);
        let (root, first) = (store.root(), Initialization::Keras);
        let network = Stack::default()
            .convolution(&root / "conv1", first, 3, 16, 5)
            .relu()
            .max_pool(2)
            .convolution(&root / "conv2", first, 16, 32, 3)
            .relu()
            .max_pool(2)
            .convolution(&root / "conv3", first, 32, 32, 3)
            .relu()
            .max_pool(2)
            .flatten()
            .linear(&root / "scores", first, FEATURES, attributes.len() as i64);
        drop(root);
        store.set_device(device);
        let attributes = attributes.iter().map(|name| (*name).to_owned()).collect();
        let (means, deviations) = (means.to_device(device), deviations.to_device(device));
        Ok(Self { store, attributes, means, deviations, network })
    }

    /// The attributes, in the order of the scores.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::FaceScorer, prelude::*};
    /// let scorer = FaceScorer::new(&FaceData::drawn(9, 1)?, &["Smiling"], Device::Cpu, 1)?;
    /// assert_eq!(scorer.attributes(), ["Smiling"]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn attributes(&self) -> &[String] {
        &self.attributes
    }

    /// Pictures with their scores in standard deviations, for training: faces of which no score is missing.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the faces lack an attribute, are not of 45 × 45 pixels, or none has all scores.
    ///
    /// # Example
    /// See [`FaceScorer`].
    pub fn examples(&self, faces: &FaceData) -> Result<Dataset> {
        let names: Vec<&str> = self.attributes.iter().map(String::as_str).collect();
        let scores = scores_of(faces, &names)?.f_to_device(self.store.device())?;
        let known = scores.isnan().any_dim(1, false).logical_not();
        let scores = (scores - &self.means) / &self.deviations;
        let images = faces.tensor(self.store.device())?;
        check_faces(&images)?;
        let rows = |tensor: Tensor| tensor.f_index(&[Some(known.shallow_clone())]);
        Dataset::new(&rows(images)?)?.with(&rows(scores)?)
    }

    /// The scores of pictures, n × 3 × 45 × 45 with values from 0 to 1: n × attributes, in the units of the data set.
    ///
    /// # Errors
    /// [`Error::Invalid`] for pictures of another shape.
    ///
    /// # Example
    /// See [`FaceScorer`].
    pub fn scores(&self, images: &Tensor) -> Result<Tensor> {
        check_faces(images)?;
        let _guard = tch::no_grad_guard();
        let device = self.store.device();
        let scores = in_chunks(images, device, |images| Ok(self.network.forward(&images)))?;
        Ok(scores * &self.deviations + &self.means)
    }

    /// The correlation of the network's scores with those of a data set, for each attribute: how far it can be believed.
    ///
    /// # Errors
    /// As for [`examples`](Self::examples).
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::FaceScorer, prelude::*};
    /// let faces = FaceData::drawn(9, 1)?;
    /// let scorer = FaceScorer::new(&faces, &["Smiling"], Device::Cpu, 1)?;
    /// assert!(scorer.correlations(&faces)?[0].abs() <= 1.0 + 1e-6);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn correlations(&self, faces: &FaceData) -> Result<Vec<f64>> {
        let _guard = tch::no_grad_guard();
        let examples = self.examples(faces)?;
        let rows: Vec<i64> = (0..examples.len() as i64).collect();
        let all = examples.rows(&rows)?;
        let standard = |scores: &Tensor| {
            let centered = scores - scores.mean_dim([0_i64].as_slice(), true, Kind::Float);
            let length = centered.norm_scalaropt_dim(2.0, [0_i64].as_slice(), true);
            centered / length
        };
        let product = standard(&self.scores(all.inputs())?) * standard(all.targets()?);
        Ok(product.sum_dim_intlist([0_i64].as_slice(), false, Kind::Double).try_into()?)
    }

    /// The layers.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::FaceScorer, prelude::*};
    /// let scorer = FaceScorer::new(&FaceData::drawn(9, 1)?, &["Smiling"], Device::Cpu, 1)?;
    /// assert_eq!(scorer.summary()?.parameters(), 15_393);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn summary(&self) -> Result<LayerSummary> {
        let image = Tensor::f_zeros([1, 3, 45, 45], (Kind::Float, self.store.device()))?;
        self.network.summary("Scores of faces", &image)
    }
}

impl Model for FaceScorer {
    fn name(&self) -> String {
        format!("FaceScorer, {}", self.attributes.join(", "))
    }

    fn variables(&self) -> &VarStore {
        &self.store
    }

    fn loss(&self, batch: &Batch, _pass: &Pass) -> Result<Losses> {
        check_faces(batch.inputs())?;
        let scores = self.network.forward(batch.inputs());
        Ok(Losses::new(scores.mse_loss(batch.targets()?, tch::Reduction::Mean)))
    }
}

/// Faces × attributes.
fn scores_of(faces: &FaceData, attributes: &[&str]) -> Result<Tensor> {
    let columns: Result<Vec<Tensor>> =
        attributes.iter().map(|name| Ok(Tensor::f_from_slice(&faces.scores(name)?)?)).collect();
    Ok(Tensor::f_stack(&columns?, 1)?)
}

impl Show for FaceScorer {
    fn rich(&self) -> Rich {
        Rich::text(self.name())
    }
}

impl Inspect for FaceScorer {
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
    use crate::train::{Adam, Trainer};

    #[test]
    fn scores_of_faces_that_it_has_not_seen_follow_the_true_ones() {
        let _turn = crate::random::torch_turn();
        let faces = FaceData::drawn(600, 365).unwrap();
        let (training, held_out) = faces.split(0.25, 1).unwrap();
        let mut scorer =
            FaceScorer::new(&training, &["Sunglasses", "Male"], Device::Cpu, 1).unwrap();
        let examples = scorer.examples(&training).unwrap();
        let trainer = Trainer::new(Adam::new(2e-3)).epochs(12).seed(1);
        let _history = trainer.fit(&mut scorer, &examples).unwrap();
        for correlation in scorer.correlations(&held_out).unwrap() {
            assert!(correlation > 0.5, "{correlation}");
        }
        // In the units of the data set.
        let scores = scorer.scores(&held_out.tensor(Device::Cpu).unwrap()).unwrap();
        let truth = scores_of(&held_out, &["Sunglasses", "Male"]).unwrap();
        let difference = (&scores - &truth).square().mean(Kind::Float).double_value(&[]);
        assert!(difference < truth.var(true).double_value(&[]));
    }

    #[test]
    fn attributes_and_pictures_that_do_not_fit_are_refused() {
        let _turn = crate::random::torch_turn();
        let faces = FaceData::drawn(9, 1).unwrap();
        let made = |names: &[&str]| FaceScorer::new(&faces, names, Device::Cpu, 1);
        assert!(made(&[]).is_err());
        assert!(made(&["Smile"]).unwrap_err().to_string().contains("Smiling"));
        let one = faces.first(1).unwrap();
        let alone = FaceScorer::new(&one, &["Smiling"], Device::Cpu, 1).unwrap_err();
        assert!(alone.to_string().contains("nothing to learn"));
        let scorer = made(&["Smiling"]).unwrap();
        let small = Tensor::zeros([2, 3, 44, 45], (Kind::Float, Device::Cpu));
        assert!(scorer.scores(&small).unwrap_err().to_string().contains("45 × 45"));
    }
}
