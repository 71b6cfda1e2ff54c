//! Learning curves: how training went.

use super::canvas::Point;
use super::chart::{Across, Chart, Layer};
use super::legend::{Entry, Sample};
use super::numbers::{Numbers, Series, count};
use super::options::{Options, axis_options};
use super::style::{FAINT_TEXT, category};
use super::tick::short;
use crate::Result;

const KIND: &str = "Learning curves";

/// A measure after each epoch, for training and validation, with the best epoch marked.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`train`](Self::train), [`validation`](Self::validation), [`curve`](Self::curve) | | values after epochs 1, 2, 3, … |
/// | [`higher_is_better`](Self::higher_is_better) | `false` | for accuracies and the like |
/// | [`level`](Self::level), [`mark`](Self::mark) | | a dashed line across, at a height or a position |
/// | [`y_label`](Self::y_label), [`x_label`](Self::x_label) | "loss", "epoch" | words at the axes |
/// | [`log_x`](Self::log_x), [`log_y`](Self::log_y), [`x_range`](Self::x_range), [`y_range`](Self::y_range) | | the axes |
/// | [`size`](Self::size) | 640 × 400 | CSS pixels |
///
/// The best epoch is that of the validation curve, or of the only one; the first of several equal ones. An epoch without a
/// finite value leaves a gap.
///
/// # Example
/// ```
/// use latentlab::plot::LearningCurves;
///
/// let figure = LearningCurves::new("VAE")
///     .train([0.9, 0.5, 0.3, 0.2])
///     .validation([1.0, 0.6, 0.5, 0.7])
///     .figure()?;
/// assert!(figure.description().contains("best validation 0.5 after epoch 3 of 4"));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LearningCurves {
    options: Options,
    curves: Vec<Series>,
    higher_is_better: bool,
}

axis_options!(LearningCurves, "LearningCurves::new(\"Run\").train([2.0, 1.0])", numeric x);

impl LearningCurves {
    /// Curves with a title and no values yet.
    ///
    /// # Example
    /// ```
    /// use latentlab::plot::LearningCurves;
    ///
    /// assert!(LearningCurves::new("Run").train([2.0, 1.0]).figure().is_ok());
    /// ```
    pub fn new(title: impl Into<String>) -> Self {
        Self { options: Options::new(title), curves: Vec::new(), higher_is_better: false }
    }

    /// The measure on the training part.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LearningCurves;
    /// let curves = LearningCurves::new("Run").train([2.0, 1.0]);
    /// assert!(curves.figure()?.description().contains("train"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn train(self, values: impl Numbers) -> Self {
        self.curve("train", values)
    }

    /// The measure on the validation part.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LearningCurves;
    /// let curves = LearningCurves::new("Run").train([2.0, 1.0]).validation([2.1, 1.4]);
    /// assert!(curves.figure()?.svg()?.contains("validation"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn validation(self, values: impl Numbers) -> Self {
        self.curve("validation", values)
    }

    /// Another curve: a part of the loss, say.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LearningCurves;
    /// let curves = LearningCurves::new("GAN").curve("generator", [1.0, 0.9]).curve("critic", [0.5, 0.6]);
    /// assert!(curves.figure().is_ok());
    /// ```
    pub fn curve(mut self, name: impl Into<String>, values: impl Numbers) -> Self {
        self.curves.push((name.into(), values.numbers()));
        self
    }

    /// Whether the best value is the highest one.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LearningCurves;
    /// let curves = LearningCurves::new("Run").validation([0.5, 0.8, 0.7]).higher_is_better(true);
    /// assert!(curves.figure()?.description().contains("best validation 0.8 after epoch 2"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn higher_is_better(mut self, is: bool) -> Self {
        self.higher_is_better = is;
        self
    }

    /// The curve whose best value counts, its epoch (from 1) and the value.
    fn best(&self) -> Option<(usize, usize, f64)> {
        let index = match self.curves.iter().position(|(name, _)| name == "validation") {
            Some(index) => index,
            None if self.curves.len() == 1 => 0,
            None => return None,
        };
        let sign = if self.higher_is_better { -1.0 } else { 1.0 };
        let finite =
            self.curves[index].1.iter().copied().enumerate().filter(|(_, v)| v.is_finite());
        let (epoch, value) =
            finite.min_by(|(_, one), (_, other)| (sign * one).total_cmp(&(sign * other)))?;
        Some((index, epoch + 1, value))
    }

    fn chart<'a>(&'a self, options: &'a Options) -> Result<Chart<'a>> {
        if self.curves.is_empty() {
            let problem = "no values to draw; add some with `.train(&losses)`";
            return Err(options.error(KIND, problem));
        }
        let mut layers = Vec::new();
        let mut entries = Vec::new();
        for (index, (name, values)) in self.curves.iter().enumerate() {
            let color = category(index);
            let points: Vec<Point> = values
                .iter()
                .enumerate()
                .map(|(epoch, value)| [epoch as f64 + 1.0, *value])
                .collect();
            layers.push(Layer::Line { points, color, width: 1.8 });
            entries.push(Entry { label: name.clone(), color, sample: Sample::Line(2.5) });
        }
        if let Some((index, epoch, value)) = self.best() {
            let at = epoch as f64;
            let (label, color) = (format!("best: epoch {epoch}"), category(index));
            layers.push(Layer::Level { at, upright: true, color: FAINT_TEXT });
            layers.push(Layer::Dots { points: vec![[at, value]], color, radius: 4.0 });
            entries.push(Entry { label, color: FAINT_TEXT, sample: Sample::Dashed });
        }
        Ok(Chart {
            kind: KIND,
            options,
            across: Across::Numbers,
            layers,
            entries,
            widening: [0.0, 0.05],
            from_zero: false,
            x_label: "epoch",
            y_label: "loss",
            detail: self.detail(),
        })
    }

    fn detail(&self) -> String {
        let epochs = self.curves.iter().map(|(_, values)| values.len()).max().unwrap_or_default();
        let names: Vec<&str> = self.curves.iter().map(|(name, _)| name.as_str()).collect();
        let names = names.join(", ");
        match self.best() {
            None => format!("{names} over {epochs} epochs"),
            Some((index, epoch, value)) => {
                let (name, value) = (&self.curves[index].0, short(value));
                format!("{names}; best {name} {value} after epoch {epoch} of {epochs}")
            }
        }
    }

    fn contents(&self) -> (String, usize) {
        (format!("{} curves", self.curves.len()), count(&self.curves) * size_of::<f64>())
    }
}
