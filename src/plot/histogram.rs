//! Histograms of one or several samples.

use super::chart::{Across, Chart, Layer};
use super::kernel::{self, quantile};
use super::legend::{Entry, Sample};
use super::numbers::{Numbers, Series, count};
use super::options::{Options, axis_options};
use super::style::category;
use crate::Result;
use crate::words::{counted, not_finite};

const KIND: &str = "Histogram";
/// More bins than this show noise and no shape.
const MOST_BINS: usize = 200;

/// How often values fall into equal bins, for one sample or several over each other.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`sample`](Self::sample) | | the values |
/// | [`bins`](Self::bins) | the larger of Sturges' and Freedman and Diaconis' numbers, at most 200 | how many |
/// | [`density`](Self::density) | `false` | areas of 1 in place of counts, with a smooth curve |
/// | [`level`](Self::level), [`mark`](Self::mark) | | a dashed line across, at a height or a position |
/// | [`x_label`](Self::x_label), [`y_label`](Self::y_label) | the sample's name; "count" or "density" | words at the axes |
/// | [`log_y`](Self::log_y), [`x_range`](Self::x_range), [`y_range`](Self::y_range) | | the axes |
/// | [`size`](Self::size) | 640 × 400 | CSS pixels |
///
/// All samples share their bins. The default number of bins is NumPy's rule `auto` (the larger of two estimates: Sturges 1926; Freedman and Diaconis 1981).
/// NaN and infinite values are left out and counted in the figure's text. The smooth curve is a Gaussian kernel density estimate
/// with Scott's bandwidth, `std · n^(−1/5)`.
///
/// # Example
/// ```
/// use latentlab::plot::Histogram;
///
/// let figure = Histogram::new("Returns")
///     .sample("AAPL", [0.01, -0.02, 0.005, 0.0, f64::NAN])
///     .bins(4)
///     .figure()?;
/// assert!(figure.description().contains("4 values in 4 bins; 1 value is not finite and left out"));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Histogram {
    options: Options,
    samples: Vec<Series>,
    bins: Option<usize>,
    density: bool,
}

axis_options!(Histogram, "Histogram::new(\"Returns\").sample(\"AAPL\", [1.0, 2.0, 2.5])", numeric x);

impl Histogram {
    /// A histogram with a title and no values yet.
    ///
    /// # Example
    /// ```
    /// use latentlab::plot::Histogram;
    ///
    /// assert!(Histogram::new("Ages").sample("years", [31, 44, 27]).figure().is_ok());
    /// ```
    pub fn new(title: impl Into<String>) -> Self {
        Self { options: Options::new(title), samples: Vec::new(), bins: None, density: false }
    }

    /// Adds a sample.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::Histogram;
    /// use latentlab::tch::Tensor;
    ///
    /// let weights = Tensor::from_slice(&[0.1_f32, 0.4, 0.2]);
    /// assert!(Histogram::new("Weights").sample("layer 1", &weights).figure().is_ok());
    /// ```
    pub fn sample(mut self, name: impl Into<String>, values: impl Numbers) -> Self {
        self.samples.push((name.into(), values.numbers()));
        self
    }

    /// The number of bins, from 1 to 200.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::Histogram;
    /// let histogram = Histogram::new("Ages").sample("years", [31, 44, 27]).bins(2);
    /// assert!(histogram.figure()?.description().contains("2 bins"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn bins(mut self, count: usize) -> Self {
        self.bins = Some(count.clamp(1, MOST_BINS));
        self
    }

    /// Heights whose areas sum to 1, so that samples of different sizes compare, and a smooth curve over them.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::Histogram;
    /// let histogram = Histogram::new("Ages").sample("years", [31, 44, 27]).density(true);
    /// assert!(histogram.figure()?.svg()?.contains("density"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn density(mut self, normalise: bool) -> Self {
        self.density = normalise;
        self
    }

    fn chart<'a>(&'a self, options: &'a Options) -> Result<Chart<'a>> {
        let log_x = options.log_x;
        // On a logarithmic axis equal bins are equal factors.
        let scaled = |value: f64| if log_x { value.log10() } else { value };
        let unscaled = |value: f64| if log_x { 10_f64.powf(value) } else { value };
        let finite: Vec<Vec<f64>> = self
            .samples
            .iter()
            .map(|(_, values)| {
                values.iter().map(|v| scaled(*v)).filter(|v| v.is_finite()).collect()
            })
            .collect();
        let [low, high] = self.span(options, &finite)?;
        let bins = self.bins.unwrap_or_else(|| automatic_bins(&finite, high - low));
        let width = (high - low) / bins as f64;
        let mut layers = Vec::new();
        let overlaid = self.samples.len() > 1;
        for (index, values) in finite.iter().enumerate() {
            let unit = if self.density { 1.0 / (values.len().max(1) as f64 * width) } else { 1.0 };
            let mut counts = vec![0_usize; bins];
            for value in values {
                counts[(((value - low) / width) as usize).min(bins - 1)] += 1;
            }
            let color = category(index).alpha(if overlaid { 0.5 } else { 0.85 });
            for (bin, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
                let [from, to] = [bin, bin + 1].map(|edge| unscaled(low + edge as f64 * width));
                let floor = if options.log_y { f64::MIN_POSITIVE } else { 0.0 };
                let (from, to) = ([from, floor], [to, *count as f64 * unit]);
                layers.push(Layer::Bar { from, to, color });
            }
        }
        if self.density {
            for (index, values) in finite.iter().enumerate().filter(|(_, values)| values.len() > 1)
            {
                let curve = kernel::density(values, low, high);
                let points = curve.into_iter().map(|[x, y]| [unscaled(x), y]).collect();
                layers.push(Layer::Line { points, color: category(index), width: 1.8 });
            }
        }
        let used = finite.iter().map(Vec::len).sum();
        Ok(Chart {
            kind: KIND,
            options,
            across: Across::Numbers,
            layers,
            entries: if overlaid { self.entries() } else { Vec::new() },
            widening: [0.02, 0.05],
            from_zero: true,
            // A single sample's name.
            x_label: match self.samples.as_slice() {
                [(name, _)] => name,
                _ => "",
            },
            y_label: if self.density { "density" } else { "count" },
            detail: self.detail(used, bins),
        })
    }

    /// The least and the greatest value of all samples.
    fn span(&self, options: &Options, finite: &[Vec<f64>]) -> Result<[f64; 2]> {
        let all = || finite.iter().flatten().copied();
        let (low, high) =
            (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
        if self.samples.is_empty() {
            let problem = "no values to draw; add some with `.sample(name, &values)`";
            return Err(options.error(KIND, problem));
        }
        if low > high {
            return Err(options.error(KIND, "no finite value in any sample"));
        }
        if !(high - low).is_finite() {
            return Err(options.error(KIND, "the values span more than an axis can show"));
        }
        // Equal values fill one bin of a visible width.
        let size = low.abs().max(high.abs()).max(1e-300);
        let narrow = high - low <= size * 1e-12;
        let half = if size > 1e-299 { 0.05 * size } else { 0.5 };
        Ok(if narrow { [low - half, high + half] } else { [low, high] })
    }

    fn entries(&self) -> Vec<Entry> {
        let entry = |(index, (name, _)): (usize, &Series)| Entry {
            label: name.clone(),
            color: category(index).alpha(0.6),
            sample: Sample::Square,
        };
        self.samples.iter().enumerate().map(entry).collect()
    }

    fn detail(&self, used: usize, bins: usize) -> String {
        let values = super::tick::fixed(used as f64, 0);
        let mut text = format!("{values} values in {}", counted(bins, "bin"));
        if self.samples.len() > 1 {
            text = format!("{} samples, {text}", self.samples.len());
        }
        text + &not_finite(count(&self.samples) - used, "value")
    }

    fn contents(&self) -> (String, usize) {
        (format!("{} samples", self.samples.len()), count(&self.samples) * size_of::<f64>())
    }
}

/// NumPy's rule for the largest sample: the more of Sturges' and of Freedman and Diaconis' bins.
fn automatic_bins(samples: &[Vec<f64>], span: f64) -> usize {
    let Some(largest) = samples.iter().max_by_key(|values| values.len()) else { return 1 };
    let count = largest.len() as f64;
    let sturges = count.log2().ceil() + 1.0;
    let mut sorted = largest.clone();
    sorted.sort_by(f64::total_cmp);
    let width = 2.0 * (quantile(&sorted, 0.75) - quantile(&sorted, 0.25)) / count.cbrt();
    let freedman = if width > 0.0 { (span / width).ceil() } else { 0.0 };
    (sturges.max(freedman) as usize).clamp(1, MOST_BINS)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bins_follow_numpy() {
        // numpy.histogram_bin_edges(numpy.arange(1000) ** 2 / 1000, "auto") has 16 edges (NumPy 2.4).
        let values: Vec<f64> = (0..1000).map(|i| f64::from(i * i) / 1000.0).collect();
        assert_eq!(automatic_bins(std::slice::from_ref(&values), values[999]), 11);
        assert_eq!(automatic_bins(&[vec![1.0; 50]], 0.1), 7);
    }

    #[test]
    fn equal_values_and_few_values_are_drawn() -> Result<()> {
        for values in [vec![3.0; 10], vec![0.0], vec![1e-200, 1e-200]] {
            Histogram::new("Same").sample("a", values).density(true).figure()?;
        }
        assert!(Histogram::new("None").sample("a", [f64::NAN]).figure().is_err());
        Ok(())
    }
}
