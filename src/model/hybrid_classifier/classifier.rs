//! The network, and what it is asked for.

use tch::nn::VarStore;
use tch::{Device, Kind, Tensor};

use super::config::HybridClassifierConfig;
use crate::model::network::{Network, network};
use crate::model::series::{ConvolutionOptions, Padding, as_pictures};
use crate::model::stack::Stack;
use crate::model::{Initialization, LayerRow, LayerSummary};
use crate::train::{Adam, Batch, Examples, Trainer};
use crate::words::counted;
use crate::{Error, Result};

/// Examples that go through the network at once when nothing is trained.
const CHUNK: usize = 1024;
const CLASSES: i64 = 3;

/// A classifier of stocks (under, neutral, over) from series of some channels and from numbers that do not change.
///
/// - Series: causal Conv 8→32 k5, ReLU, batch normalisation, pool 2; causal Conv 32→16 k3, ReLU, batch normalisation; average over the days;
///   dropout 0.15.
/// - Statics: batch normalisation, Linear →128, ReLU, dropout 0.2.
/// - Both beside each other: Linear 144→64, ReLU, dropout 0.3; Linear 64→3.
/// - Loss of a batch: the mean of the cross-entropies, each times its class's weight in training and as it is in validation, and
///   10⁻³ Σw² of the second convolution and 10⁻⁴ Σw² of the statics' layer.
///
/// Examples are series n × channels × days, their classes from 0, and statics n × statics: a [`Dataset`](crate::train::Dataset) with these parts in this
/// order. Measures of a training are `accuracy`, `top2_accuracy`, and `precision_under`, `recall_under`, … of the three classes, over all examples of an epoch.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let series = Tensor::rand([40, 8, 60], (Kind::Float, Device::Cpu));
/// let classes = Tensor::arange(40, (Kind::Int64, Device::Cpu)).remainder(3);
/// let statics = Tensor::rand([40, 8], (Kind::Float, Device::Cpu));
/// let data = Dataset::new(&series)?.with(&classes)?.with(&statics)?;
/// let mut model = HybridClassifier::new(HybridClassifierConfig::default(), Device::Cpu, 1)?;
/// let history = HybridClassifier::trainer().epochs(2).validation(&data).seed(1).fit(&mut model, &data)?;
/// assert_eq!(history.series("validation_recall_over").len(), 2);
/// assert_eq!(model.probabilities(&data)?.size(), [40, 3]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct HybridClassifier {
    pub(super) store: VarStore,
    pub(super) config: HybridClassifierConfig,
    series: Stack,
    statics: Stack,
    head: Stack,
}

impl HybridClassifier {
    /// A network with new weights. Equal seeds give equal weights, on every device.
    ///
    /// # Errors
    /// [`Error::Invalid`] for choices outside their ranges.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = HybridClassifier::new(HybridClassifierConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.parameters(), 13_603);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(config: HybridClassifierConfig, device: Device, seed: u64) -> Result<Self> {
        let config = config.checked()?;
        // Drawn on the CPU, weights are the same whatever they are moved to.
        let mut store = VarStore::new(Device::Cpu);
        tch::manual_seed(seed as i64);
        let (root, first) = (store.root(), Initialization::Keras);
        let causal = |kernel| ConvolutionOptions {
            padding: Padding::Causal,
            ..ConvolutionOptions::same(kernel)
        };
        let [after_series, after_statics, after_both] = config.dropout;
        let momentum = config.norm_momentum;
        let series = Stack::default()
            .series_convolution(&root / "conv1", first, [config.channels, 32], causal(5))
            .relu()
            .keras_norm(&root / "norm1", 32, momentum)
            .series_max_pool(2)
            .series_convolution(&root / "conv2", first, [32, 16], causal(3))
            .relu()
            .keras_norm(&root / "norm2", 16, momentum)
            .global_average()
            .dropout(after_series);
        let statics = Stack::default()
            .keras_norm(&root / "statics_norm", config.statics, momentum)
            .linear(&root / "statics", first, config.statics, 128)
            .relu()
            .dropout(after_statics);
        let head = Stack::default()
            .linear(&root / "merged", first, 16 + 128, 64)
            .relu()
            .dropout(after_both)
            .linear(&root / "prediction", first, 64, CLASSES);
        drop(root);
        if device != Device::Cpu {
            store.set_device(device);
        }
        Ok(Self { store, config, series, statics, head })
    }

    /// A trainer with the options of the course: Adam 1e-4, 30 epochs, batches of 64, and an end after 5 epochs without a lower loss on the
    /// validation part, with the weights of the best one. Give it that part by
    /// [`validation`](Trainer::validation): the report that this follows stopped by the loss on its **test** part, and its test figures are therefore
    /// too good.
    ///
    /// # Example
    /// See [`HybridClassifier`].
    pub fn trainer() -> Trainer {
        Trainer::new(Adam::new(1e-4)).title("Classifier").epochs(30).batch_size(64).patience(5)
    }

    /// What was chosen.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = HybridClassifier::new(HybridClassifierConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.config().statics, 8);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn config(&self) -> HybridClassifierConfig {
        self.config
    }

    /// Where its weights lie.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = HybridClassifier::new(HybridClassifierConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.device(), Device::Cpu);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn device(&self) -> Device {
        self.store.device()
    }

    /// How many numbers it learns.
    ///
    /// # Example
    /// See [`new`](Self::new).
    pub fn parameters(&self) -> usize {
        self.learned()
    }

    /// The layers, for series of so many days.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = HybridClassifier::new(HybridClassifierConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.summary(180)?.parameters(), 13_603);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn summary(&self, days: i64) -> Result<LayerSummary> {
        let HybridClassifierConfig { channels, statics, .. } = self.config;
        let zeros = |size: &[i64]| Tensor::f_zeros(size, (Kind::Float, self.device()));
        let mut rows = self.series.rows(&zeros(&[1, channels, 1, days])?);
        rows.extend(self.statics.rows(&zeros(&[1, statics])?));
        rows.push(LayerRow::new("merge", "beside each other", &[144], 0));
        rows.extend(self.head.rows(&zeros(&[1, 144])?));
        let title = format!("Classifier of series and {}", counted(statics as usize, "static"));
        LayerSummary::new(title, &[channels, days], rows)
    }

    /// The probabilities of the classes: n × 3. Classes are not asked for: examples may have any, or be a set of series, anything, statics.
    ///
    /// # Errors
    /// [`Error::Invalid`] for data of another shape.
    ///
    /// # Example
    /// See [`HybridClassifier`].
    pub fn probabilities(&self, examples: &impl Examples) -> Result<Tensor> {
        let _guard = tch::no_grad_guard();
        let data = examples.dataset()?.to_device(self.device())?;
        let rows: Vec<i64> = (0..data.len() as i64).collect();
        let chunks: Result<Vec<Tensor>> = rows
            .chunks(CHUNK)
            .map(|rows| Ok(self.logits(&data.rows(rows)?, false)?.f_softmax(1, None::<Kind>)?))
            .collect();
        Ok(Tensor::f_cat(&chunks?, 0)?)
    }

    /// The most probable classes: n numbers from 0.
    ///
    /// # Errors
    /// As [`probabilities`](Self::probabilities).
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # let series = Tensor::rand([4, 8, 60], (Kind::Float, Device::Cpu));
    /// # let classes = Tensor::zeros([4], (Kind::Int64, Device::Cpu));
    /// # let statics = Tensor::rand([4, 8], (Kind::Float, Device::Cpu));
    /// # let data = Dataset::new(&series)?.with(&classes)?.with(&statics)?;
    /// let model = HybridClassifier::new(HybridClassifierConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.predict(&data)?.size(), [4]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn predict(&self, examples: &impl Examples) -> Result<Tensor> {
        Ok(self.probabilities(examples)?.f_argmax(1, false)?)
    }

    /// The logarithms of the probabilities of a batch, but for a constant in each row.
    pub(super) fn logits(&self, batch: &Batch, training: bool) -> Result<Tensor> {
        let (series, statics) = (batch.inputs(), batch.part(2)?);
        let HybridClassifierConfig { channels, statics: width, .. } = self.config;
        if !matches!(series.size()[..], [_, found, days] if found == channels && days > 1) {
            let problem = format!("n × {channels} × days is needed, of two days at least");
            return Err(Error::invalid(format!("series of shape {:?}", series.size()), problem));
        }
        if !matches!(statics.size()[..], [_, found] if found == width) {
            let what = format!("statics of shape {:?}", statics.size());
            return Err(Error::invalid(what, format!("n × {width} is needed")));
        }
        let kind = self.store.root().kind();
        let pictures = as_pictures(&series.f_to_kind(kind)?)?;
        let of_series = self.series.forward_t(&pictures, training);
        let of_statics = self.statics.forward_t(&statics.f_to_kind(kind)?, training);
        Ok(self.head.forward_t(&Tensor::f_cat(&[of_series, of_statics], 1)?, training))
    }

    /// The penalties on weights.
    pub(super) fn penalty(&self) -> Tensor {
        let of = |stack: &Stack, name: &str| {
            let squares = stack.weights(name).map(|weights| weights.square().sum(weights.kind()));
            squares.unwrap_or_else(|| Tensor::from(0.0_f32))
        };
        of(&self.series, "conv2") * self.config.l2[0]
            + of(&self.statics, "statics") * self.config.l2[1]
    }
}

network!(HybridClassifier, "a `HybridClassifier`", HybridClassifierConfig, { "model": store });
