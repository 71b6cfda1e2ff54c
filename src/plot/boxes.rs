//! Box and violin plots: repeated runs beside each other.

use super::canvas::Point;
use super::chart::{Across, Chart, Layer};
use super::kernel::{self, quantile};
use super::numbers::{Numbers, Series, count};
use super::options::{Options, axis_options};
use super::style::{TEXT, WHITE, category};
use crate::Result;
use crate::words::note;

const KIND: &str = "Box plot";
/// Half of a box' and of a violin's width, in categories.
const HALF: [f64; 2] = [0.26, 0.38];
/// Samples of at most this many values show each of them.
const FEW: usize = 12;

/// The spread of several samples: boxes over the middle half, whiskers, and single values beyond.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`sample`](Self::sample) | | a named sample |
/// | [`violins`](Self::violins) | `false` | shapes as wide as values are frequent, around slim boxes |
/// | [`level`](Self::level) | | a dashed line across, at a height |
/// | [`y_label`](Self::y_label), [`x_label`](Self::x_label) | none | words at the axes |
/// | [`log_y`](Self::log_y), [`y_range`](Self::y_range) | | the vertical axis |
/// | [`size`](Self::size) | 640 × 400 | CSS pixels |
///
/// A box reaches from the lower to the upper quartile (linear between neighbours, as NumPy's) with a line at the median; whiskers reach the
/// farthest values within 1.5 box heights, and values beyond are dots (Tukey, "Exploratory Data Analysis", 1977). Samples of at most 12 values show them all.
/// NaN and infinite values are left out and counted in the figure's text.
///
/// # Example
/// ```
/// use latentlab::plot::BoxPlot;
///
/// let figure = BoxPlot::new("F1 over five seeds")
///     .sample("baseline", [0.61, 0.58, 0.64, 0.60, 0.62])
///     .sample("augmented", [0.66, 0.63, 0.69, 0.64, 0.67])
///     .figure()?;
/// assert!(figure.description().contains("baseline median 0.61 of 5"));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BoxPlot {
    options: Options,
    samples: Vec<Series>,
    violins: bool,
}

axis_options!(BoxPlot, "BoxPlot::new(\"Runs\").sample(\"a\", [1.0, 2.0, 4.0])");

impl BoxPlot {
    /// A plot with a title and no samples yet.
    ///
    /// # Example
    /// ```
    /// use latentlab::plot::BoxPlot;
    ///
    /// assert!(BoxPlot::new("Runs").sample("a", [1.0, 2.0, 4.0]).figure().is_ok());
    /// ```
    pub fn new(title: impl Into<String>) -> Self {
        Self { options: Options::new(title), samples: Vec::new(), violins: false }
    }

    /// Adds a sample.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::BoxPlot;
    /// let plot = BoxPlot::new("Runs").sample("a", [1, 2, 4]).sample("b", [2, 3, 9]);
    /// assert!(plot.figure()?.description().contains("2 samples"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn sample(mut self, name: impl Into<String>, values: impl Numbers) -> Self {
        self.samples.push((name.into(), values.numbers()));
        self
    }

    /// Draws violins: Gaussian kernel densities on both sides, cut off at the least and the greatest value.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::BoxPlot;
    /// let plot = BoxPlot::new("Runs").sample("a", [1.0, 2.0, 4.0, 4.5]).violins(true);
    /// assert!(plot.figure().is_ok());
    /// ```
    pub fn violins(mut self, draw: bool) -> Self {
        self.violins = draw;
        self
    }

    /// The drawable values of each sample, in order.
    fn sorted(&self) -> Vec<Vec<f64>> {
        let is_drawable = |value: &f64| value.is_finite() && (!self.options.log_y || *value > 0.0);
        let sorted = |values: &Vec<f64>| {
            let mut sorted: Vec<f64> = values.iter().copied().filter(is_drawable).collect();
            sorted.sort_by(f64::total_cmp);
            sorted
        };
        self.samples.iter().map(|(_, values)| sorted(values)).collect()
    }

    fn chart<'a>(&'a self, options: &'a Options) -> Result<Chart<'a>> {
        if self.samples.is_empty() {
            let problem = "no samples to draw; add some with `.sample(name, &values)`";
            return Err(options.error(KIND, problem));
        }
        let sorted = self.sorted();
        let mut layers = Vec::new();
        for (index, values) in sorted.iter().enumerate().filter(|(_, values)| !values.is_empty()) {
            if self.violins && values.len() > 1 {
                layers.push(self.violin(index, values));
            }
            layers.extend(self.box_of(index, values));
        }
        Ok(Chart {
            kind: KIND,
            options,
            across: Across::Categories(self.samples.iter().map(|(name, _)| name.clone()).collect()),
            layers,
            entries: Vec::new(),
            widening: [0.0, 0.05],
            from_zero: false,
            x_label: "",
            y_label: "",
            detail: self.detail(&sorted),
        })
    }

    fn violin(&self, index: usize, values: &[f64]) -> Layer {
        let log = self.options.log_y;
        let scaled: Vec<f64> = values.iter().map(|v| if log { v.log10() } else { *v }).collect();
        let curve = kernel::density(&scaled, scaled[0], scaled[scaled.len() - 1]);
        let most = curve.iter().map(|[_, height]| *height).fold(f64::MIN_POSITIVE, f64::max);
        let side = |sign: f64| {
            let curve = curve.clone();
            curve.into_iter().map(move |[place, height]| {
                let y = if log { 10_f64.powf(place) } else { place };
                [index as f64 + sign * HALF[1] * height / most, y]
            })
        };
        let left: Vec<Point> = side(-1.0).collect();
        let points = left.into_iter().chain(side(1.0).collect::<Vec<_>>().into_iter().rev());
        Layer::Area { points: points.collect(), color: category(index).alpha(0.35) }
    }

    fn box_of(&self, index: usize, values: &[f64]) -> Vec<Layer> {
        let middle = index as f64;
        let color = category(index);
        let [lower, median, upper] = [0.25, 0.5, 0.75].map(|share| quantile(values, share));
        let reach = 1.5 * (upper - lower);
        let within =
            || values.iter().copied().filter(|v| (lower - reach..=upper + reach).contains(v));
        let (least, most) = (within().fold(upper, f64::min), within().fold(lower, f64::max));
        let half = if self.violins { 0.05 } else { HALF[0] };
        let line = |points: Vec<Point>, width: f64| Layer::Line { points, color: TEXT, width };
        let mut layers = vec![
            line(vec![[middle, least], [middle, lower]], 1.2),
            line(vec![[middle, upper], [middle, most]], 1.2),
        ];
        if !self.violins {
            for end in [least, most] {
                layers
                    .push(line(vec![[middle - half / 2.0, end], [middle + half / 2.0, end]], 1.2));
            }
        }
        let (from, to) = ([middle - half, lower], [middle + half, upper]);
        let fill = if self.violins { TEXT } else { color.mix(WHITE, 0.45) };
        layers.push(Layer::Bar { from, to, color: fill });
        let across = vec![[middle - half, median], [middle + half, median]];
        let median_color = if self.violins { WHITE } else { TEXT };
        layers.push(Layer::Line { points: across, color: median_color, width: 2.0 });
        let outside = |value: &&f64| values.len() <= FEW || **value < least || **value > most;
        let dots: Vec<Point> = if self.violins && values.len() > FEW {
            Vec::new()
        } else {
            values.iter().filter(outside).map(|value| [middle, *value]).collect()
        };
        let ink = if values.len() <= FEW { color.mix(TEXT, 0.35) } else { color };
        layers.push(Layer::Dots { points: dots, color: ink.alpha(0.85), radius: 2.6 });
        layers
    }

    fn detail(&self, sorted: &[Vec<f64>]) -> String {
        let medians: Vec<String> = self
            .samples
            .iter()
            .zip(sorted)
            .take(8)
            .map(|((name, _), values)| {
                let median = super::tick::short(quantile(values, 0.5));
                format!("{name} median {median} of {}", values.len())
            })
            .collect();
        let more = if self.samples.len() > 8 { ", …" } else { "" };
        let text = format!("{} samples ({}{more})", self.samples.len(), medians.join(", "));
        let drawn = sorted.iter().map(Vec::len).sum::<usize>();
        let [one, many] =
            ["value cannot be drawn and is left out", "values cannot be drawn and are left out"];
        text + &note(count(&self.samples) - drawn, one, many)
    }

    fn contents(&self) -> (String, usize) {
        (format!("{} samples", self.samples.len()), count(&self.samples) * size_of::<f64>())
    }
}
