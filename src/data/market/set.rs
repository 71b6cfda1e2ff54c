//! Labelled examples of a market, real or made.

use tch::{Device, Kind, Tensor};

use super::checks::{finite, named, numbered, shapes, whole_labels};
use crate::notebook::variables::{Inspect, device_name};
use crate::notebook::{Rich, Show};
use crate::{Error, Result};

/// Examples in tensors: series, static features, labels (0 under, 1 neutral, 2 over), names. Real and synthetic ones are the same type.
///
/// A copy shares its tensors with the original.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let float = (Kind::Float, Device::Cpu);
/// let labels = Tensor::from_slice(&[0_i64, 1, 2, 1]);
/// let set = MarketSet::new(&Tensor::zeros([4, 8, 30], float), &Tensor::zeros([4, 2], float), &labels)?;
/// assert_eq!(set.class_counts(), [1, 2, 1]);
/// assert_eq!(set.of_class(1)?.series().size(), [2, 8, 30]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct MarketSet {
    series: Tensor,
    statics: Tensor,
    labels: Tensor,
    names: Vec<String>,
    channel_names: Vec<String>,
    static_names: Vec<String>,
}

impl Clone for MarketSet {
    fn clone(&self) -> Self {
        Self {
            series: self.series.shallow_clone(),
            statics: self.statics.shallow_clone(),
            labels: self.labels.shallow_clone(),
            names: self.names.clone(),
            channel_names: self.channel_names.clone(),
            static_names: self.static_names.clone(),
        }
    }
}

impl MarketSet {
    /// What the labels 0, 1 and 2 mean.
    pub const CLASSES: [&'static str; 3] = ["under", "neutral", "over"];

    /// The channels of a series, in order.
    pub const CHANNELS: [&'static str; 8] =
        ["open", "close", "high", "low", "volume", "VWAP", "relative return", "relative z-score"];

    /// A set of tensors: series, n × channels × days; static features, n × s (s may be 0); labels, n whole numbers from 0 to 2.
    /// Numbers become `f32`, labels `i64`, all on the device of the series. Examples are called by their numbers, eight channels as in
    /// [`CHANNELS`](Self::CHANNELS), everything else by its place.
    ///
    /// # Errors
    /// [`Error::Invalid`] for other shapes, no example, values that are not finite, and labels that are none of the three.
    ///
    /// # Example
    /// See [`MarketSet`].
    pub fn new(series: &Tensor, statics: &Tensor, labels: &Tensor) -> Result<Self> {
        let (shape, beside) = (series.size(), statics.size());
        let ([count, channels, days], [rows, features]) = (&shape[..], &beside[..]) else {
            return Err(shapes(series, statics, labels, "expected three, two and one dimensions"));
        };
        if *count == 0 || *channels == 0 || *days == 0 {
            return Err(shapes(
                series,
                statics,
                labels,
                "at least one example, channel and day are needed",
            ));
        }
        if rows != count || labels.size() != [*count] {
            return Err(shapes(series, statics, labels, "each needs a row for each example"));
        }
        let labels = whole_labels(labels)?;
        finite(series, "series")?;
        finite(statics, "static features")?;
        let channel_names = match *channels {
            8 => Self::CHANNELS.map(String::from).to_vec(),
            other => numbered("channel", other),
        };
        Ok(Self {
            series: series.f_detach()?.f_to_kind(Kind::Float)?,
            statics: statics.f_detach()?.f_to_kind(Kind::Float)?.f_to_device(series.device())?,
            labels: labels.f_to_device(series.device())?,
            names: (0..*count).map(|number| number.to_string()).collect(),
            channel_names,
            static_names: numbered("static", *features),
        })
    }

    /// The same examples under other names.
    ///
    /// # Errors
    /// [`Error::Invalid`] where there are not as many names as examples.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # let float = (Kind::Float, Device::Cpu);
    /// # let labels = Tensor::from_slice(&[0_i64]);
    /// let set = MarketSet::new(&Tensor::zeros([1, 8, 30], float), &Tensor::zeros([1, 2], float), &labels)?;
    /// assert_eq!(set.with_names(["made 1"])?.names(), ["made 1"]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn with_names(mut self, names: impl IntoIterator<Item = impl ToString>) -> Result<Self> {
        self.names = named(names, self.len(), "examples")?;
        Ok(self)
    }

    /// The same examples with other names of the channels.
    ///
    /// # Errors
    /// [`Error::Invalid`] where there are not as many names as channels.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # let float = (Kind::Float, Device::Cpu);
    /// # let labels = Tensor::from_slice(&[0_i64]);
    /// let set = MarketSet::new(&Tensor::zeros([1, 2, 30], float), &Tensor::zeros([1, 2], float), &labels)?;
    /// assert!(set.with_channel_names(["close"]).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn with_channel_names(
        mut self,
        names: impl IntoIterator<Item = impl ToString>,
    ) -> Result<Self> {
        self.channel_names = named(names, self.channels(), "channels")?;
        Ok(self)
    }

    /// The same examples with other names of the static features.
    ///
    /// # Errors
    /// [`Error::Invalid`] where there are not as many names as features.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # let float = (Kind::Float, Device::Cpu);
    /// # let labels = Tensor::from_slice(&[0_i64]);
    /// let set = MarketSet::new(&Tensor::zeros([1, 2, 30], float), &Tensor::zeros([1, 1], float), &labels)?;
    /// assert_eq!(set.with_static_names(["beta"])?.static_names(), ["beta"]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn with_static_names(
        mut self,
        names: impl IntoIterator<Item = impl ToString>,
    ) -> Result<Self> {
        self.static_names = named(names, self.static_names.len(), "static features")?;
        Ok(self)
    }

    /// The series, n × channels × days, `f32`.
    pub fn series(&self) -> &Tensor {
        &self.series
    }

    /// The static features, n × s, `f32`.
    pub fn statics(&self) -> &Tensor {
        &self.statics
    }

    /// The labels, n, `i64`: 0 under, 1 neutral, 2 over.
    pub fn labels(&self) -> &Tensor {
        &self.labels
    }

    /// What each example is called.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// What each channel is called.
    pub fn channel_names(&self) -> &[String] {
        &self.channel_names
    }

    /// What each static feature is called.
    pub fn static_names(&self) -> &[String] {
        &self.static_names
    }

    /// The number of examples, at least 1.
    #[allow(clippy::len_without_is_empty)] // never empty
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// The number of channels.
    pub fn channels(&self) -> usize {
        self.series.size()[1] as usize
    }

    /// The number of days.
    pub fn days(&self) -> usize {
        self.series.size()[2] as usize
    }

    /// How many examples each class has.
    ///
    /// # Example
    /// See [`MarketSet`].
    pub fn class_counts(&self) -> [usize; 3] {
        let counts = self.labels.bincount(None::<&Tensor>, 3);
        [0, 1, 2].map(|class| counts.int64_value(&[class]) as usize)
    }

    /// The examples of one class.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a class without examples.
    ///
    /// # Example
    /// See [`MarketSet`].
    pub fn of_class(&self, class: i64) -> Result<Self> {
        let rows = Vec::<i64>::try_from(self.labels.f_eq(class)?.f_nonzero()?.f_flatten(0, -1)?)?;
        if rows.is_empty() {
            let counts = self.class_counts();
            let problem =
                format!("the set has no example of it; under, neutral and over have {counts:?}");
            return Err(Error::invalid(format!("class {class}"), problem));
        }
        self.rows(&rows)
    }

    /// Some examples, in the order of their numbers given; numbers may repeat.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no number or one that is no example's.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # let float = (Kind::Float, Device::Cpu);
    /// # let labels = Tensor::from_slice(&[0_i64, 1, 2, 1]);
    /// # let set = MarketSet::new(&Tensor::zeros([4, 8, 30], float), &Tensor::zeros([4, 2], float), &labels)?;
    /// assert_eq!(set.rows(&[3, 0])?.names(), ["3", "0"]);
    /// assert!(set.rows(&[4]).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn rows(&self, rows: &[i64]) -> Result<Self> {
        let count = self.len() as i64;
        if rows.is_empty() || rows.iter().any(|row| !(0..count).contains(row)) {
            let problem =
                format!("at least one is needed, and examples have the numbers 0 to {}", count - 1);
            return Err(Error::invalid(format!("examples {rows:?}"), problem));
        }
        let index = Tensor::f_from_slice(rows)?.f_to_device(self.series.device())?;
        Ok(Self {
            series: self.series.f_index_select(0, &index)?,
            statics: self.statics.f_index_select(0, &index)?,
            labels: self.labels.f_index_select(0, &index)?,
            names: rows.iter().map(|row| self.names[*row as usize].clone()).collect(),
            channel_names: self.channel_names.clone(),
            static_names: self.static_names.clone(),
        })
    }

    /// These examples and then others, on the device of these. Names of channels and features are those of the first.
    ///
    /// # Errors
    /// [`Error::Invalid`] for other numbers of channels, days or static features.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # let float = (Kind::Float, Device::Cpu);
    /// # let labels = Tensor::from_slice(&[0_i64, 1, 2, 1]);
    /// # let set = MarketSet::new(&Tensor::zeros([4, 8, 30], float), &Tensor::zeros([4, 2], float), &labels)?;
    /// assert_eq!(set.concat(&set.of_class(1)?)?.class_counts(), [1, 4, 1]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn concat(&self, other: &Self) -> Result<Self> {
        let inner = |set: &Self| (set.channels(), set.days(), set.static_names.len());
        if inner(self) != inner(other) {
            let problem = "both need the same channels, days and static features, in this order";
            return Err(Error::invalid(
                format!("examples of {:?} and {:?}", inner(self), inner(other)),
                problem,
            ));
        }
        let other = other.to_device(self.series.device())?;
        Ok(Self {
            series: Tensor::f_cat(&[&self.series, &other.series], 0)?,
            statics: Tensor::f_cat(&[&self.statics, &other.statics], 0)?,
            labels: Tensor::f_cat(&[&self.labels, &other.labels], 0)?,
            names: self.names.iter().chain(&other.names).cloned().collect(),
            channel_names: self.channel_names.clone(),
            static_names: self.static_names.clone(),
        })
    }

    /// The set on a device.
    ///
    /// # Errors
    /// [`Error::Torch`] where the device has too little memory.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # let float = (Kind::Float, Device::Cpu);
    /// # let labels = Tensor::from_slice(&[0_i64]);
    /// # let set = MarketSet::new(&Tensor::zeros([1, 8, 30], float), &Tensor::zeros([1, 2], float), &labels)?;
    /// assert_eq!(set.to_device(Device::Cpu)?.len(), 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn to_device(&self, device: Device) -> Result<Self> {
        let mut moved = self.clone();
        for tensor in [&mut moved.series, &mut moved.statics, &mut moved.labels] {
            *tensor = tensor.f_to_device(device)?;
        }
        Ok(moved)
    }

    /// What the set holds, on one line.
    pub(super) fn words(&self) -> String {
        let [under, neutral, over] = self.class_counts();
        format!(
            "{} examples of {} channels × {} days and {} static features: {under} under, {neutral} neutral, {over} over",
            self.len(),
            self.channels(),
            self.days(),
            self.static_names.len(),
        )
    }
}

impl Show for MarketSet {
    fn rich(&self) -> Rich {
        let lines = [
            self.words(),
            format!("Channels: {}", self.channel_names.join(", ")),
            format!("Static features: {}", self.static_names.join(", ")),
        ];
        Rich::text(lines.join("\n"))
    }
}

impl Inspect for MarketSet {
    fn shape(&self) -> Option<String> {
        Inspect::shape(&self.series)
    }

    fn dtype(&self) -> Option<String> {
        Inspect::dtype(&self.series)
    }

    fn device(&self) -> Option<String> {
        Some(device_name(self.series.device()))
    }

    fn memory(&self) -> usize {
        let tensors = [&self.series, &self.statics, &self.labels];
        size_of_val(self)
            + tensors.iter().map(|tensor| tensor.memory()).sum::<usize>()
            + self.names.memory()
    }

    fn preview(&self) -> String {
        self.words()
    }
}
