//! Scatter plots: points in groups.

use super::canvas::Point;
use super::chart::{Across, Chart, Layer};
use super::legend::{Entry, Sample};
use super::numbers::Numbers;
use super::options::{Options, axis_options};
use super::style::category;
use crate::Result;
use crate::words::not_finite;

const KIND: &str = "Scatter plot";

/// The square root of the 95 % quantile of χ² with two degrees of freedom, −2 ln 0.05.
const NINETY_FIVE: f64 = 2.447_746_830_680_816;
/// Corners of a drawn ellipse.
const CORNERS: usize = 72;

/// Points over two numbers, in one or several groups.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`points`](Self::points), [`group`](Self::group) | | the points |
/// | [`ellipses`](Self::ellipses) | `false` | an ellipse around 95 % of each group, were it normal |
/// | [`density`](Self::density) | `false` | a shade where points crowd |
/// | [`radius`](Self::radius) | by number, 1.2 to 3.5 | of the dots, in CSS pixels |
/// | [`level`](Self::level), [`mark`](Self::mark) | | a dashed line across, at a height or a position |
/// | [`x_label`](Self::x_label), [`y_label`](Self::y_label) | none | words at the axes |
/// | [`log_x`](Self::log_x), [`log_y`](Self::log_y) | linear | logarithmic axes |
/// | [`x_range`](Self::x_range), [`y_range`](Self::y_range) | what the data need | ends of the axes |
/// | [`size`](Self::size) | 640 × 400 | CSS pixels |
///
/// Points with a NaN or infinite coordinate are left out and counted in the figure's text. More than 5,000 points are painted
/// into one image, darker where they crowd, so that a million of them stay quick and small.
///
/// # Example
/// ```
/// use latentlab::plot::ScatterPlot;
///
/// let figure = ScatterPlot::new("Latent plane")
///     .group("ones", [0.1, 0.2, 0.15], [1.0, 1.1, 0.9])
///     .group("sevens", [0.8, 0.9, f64::NAN], [0.2, 0.1, 0.3])
///     .ellipses(true)
///     .figure()?;
/// assert!(figure.description().contains("2 groups, 5 points, 95 % ellipses; 1 point is not finite"));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ScatterPlot {
    options: Options,
    groups: Vec<Group>,
    ellipses: bool,
    density: bool,
    radius: Option<f64>,
}

#[derive(Clone, Debug)]
struct Group {
    name: String,
    x: Vec<f64>,
    y: Vec<f64>,
}

axis_options!(ScatterPlot, "ScatterPlot::new(\"Codes\").points([1.0, 2.0], [2.0, 1.0])", numeric x);

impl ScatterPlot {
    /// A plot with a title and no points yet.
    ///
    /// # Example
    /// ```
    /// use latentlab::plot::ScatterPlot;
    ///
    /// assert!(ScatterPlot::new("Codes").points([1.0, 2.0], [0.5, 0.1]).figure().is_ok());
    /// ```
    pub fn new(title: impl Into<String>) -> Self {
        let options = Options::new(title);
        Self { options, groups: Vec::new(), ellipses: false, density: false, radius: None }
    }

    /// Adds points without a name: as many horizontal as vertical positions.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ScatterPlot;
    /// let mismatched = ScatterPlot::new("Codes").points([1.0, 2.0], [0.5]).figure();
    /// assert!(mismatched.is_err_and(|error| error.to_string().contains("2 horizontal and 1 vertical")));
    /// ```
    pub fn points(self, x: impl Numbers, y: impl Numbers) -> Self {
        self.group("", x, y)
    }

    /// Adds a named group of points.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ScatterPlot;
    /// use latentlab::tch::Tensor;
    ///
    /// let codes = Tensor::from_slice(&[0.1_f32, 0.2, 0.3, 0.4]).view([2, 2]);
    /// let plot = ScatterPlot::new("Codes").group("digit 3", codes.select(1, 0), codes.select(1, 1));
    /// assert!(plot.figure()?.description().contains("2 points"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn group(mut self, name: impl Into<String>, x: impl Numbers, y: impl Numbers) -> Self {
        self.groups.push(Group { name: name.into(), x: x.numbers(), y: y.numbers() });
        self
    }

    /// Draws an ellipse around each group that would hold 95 % of a normal distribution with the group's means and
    /// covariances. A group of fewer than three points gets none.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ScatterPlot;
    /// let plot = ScatterPlot::new("Codes").points([1.0, 2.0, 4.0], [0.5, 0.1, 0.9]).ellipses(true);
    /// assert!(plot.figure().is_ok());
    /// ```
    pub fn ellipses(mut self, draw: bool) -> Self {
        self.ellipses = draw;
        self
    }

    /// Shades the panel where points crowd, under the points.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ScatterPlot;
    /// let plot = ScatterPlot::new("Codes").points([1.0, 2.0, 4.0], [0.5, 0.1, 0.9]).density(true);
    /// assert!(plot.figure().is_ok());
    /// ```
    pub fn density(mut self, draw: bool) -> Self {
        self.density = draw;
        self
    }

    /// The dots' radius, from 0.5 to 20 CSS pixels.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ScatterPlot;
    /// let plot = ScatterPlot::new("Codes").points([1.0], [0.5]).radius(5.0);
    /// assert!(plot.figure().is_ok());
    /// ```
    pub fn radius(mut self, pixels: f64) -> Self {
        self.radius = Some(pixels.clamp(0.5, 20.0));
        self
    }

    fn chart<'a>(&'a self, options: &'a Options) -> Result<Chart<'a>> {
        if self.groups.is_empty() {
            let problem = "no points to draw; add some with `.points(&x, &y)`";
            return Err(options.error(KIND, problem));
        }
        let mut chart = Chart {
            kind: KIND,
            options,
            across: Across::Numbers,
            layers: Vec::new(),
            entries: Vec::new(),
            widening: [0.05, 0.05],
            from_zero: false,
            x_label: "",
            y_label: "",
            detail: String::new(),
        };
        let count = self.groups.iter().map(|group| group.x.len()).sum::<usize>();
        let radius = self.radius.unwrap_or(match count {
            0..=100 => 3.5,
            101..=1_000 => 2.6,
            1_001..=5_000 => 2.0,
            _ => 1.2,
        });
        let mut drawn = 0;
        for (index, group) in self.groups.iter().enumerate() {
            let points = group.points(options)?;
            let visible: Vec<Point> =
                points.into_iter().filter(|point| chart.is_drawable(point)).collect();
            drawn += visible.len();
            self.push_group(&mut chart, index, visible, radius, count);
        }
        if self.groups.len() > 1 || !self.groups[0].name.is_empty() {
            chart.entries = self.entries();
        }
        chart.detail = self.detail(drawn, count);
        Ok(chart)
    }

    fn push_group(
        &self,
        chart: &mut Chart,
        index: usize,
        points: Vec<Point>,
        radius: f64,
        count: usize,
    ) {
        let color = category(index);
        if self.density {
            chart.layers.insert(index, Layer::Density { points: points.clone(), color });
        }
        // Overlapping dots stay apart for the eye.
        let alpha = if count > 300 { 0.55 } else { 0.8 };
        let ring = if self.ellipses { ellipse(&points) } else { None };
        chart.layers.push(Layer::Dots { points, color: color.alpha(alpha), radius });
        if let Some(ring) = ring {
            chart.layers.push(Layer::Area { points: ring.clone(), color: color.alpha(0.08) });
            chart.layers.push(Layer::Line { points: ring, color, width: 1.5 });
        }
    }

    fn entries(&self) -> Vec<Entry> {
        let entry = |(index, group): (usize, &Group)| Entry {
            label: group.name.clone(),
            color: category(index),
            sample: Sample::Disc,
        };
        self.groups.iter().enumerate().map(entry).collect()
    }

    fn detail(&self, drawn: usize, count: usize) -> String {
        let plural = |count: usize, word: &str| match count {
            1 => format!("1 {word}"),
            _ => format!("{} {word}s", super::tick::fixed(count as f64, 0)),
        };
        let mut text = plural(drawn, "point");
        if self.groups.len() > 1 {
            text = format!("{}, {text}", plural(self.groups.len(), "group"));
        }
        if self.ellipses {
            text.push_str(", 95 % ellipses");
        }
        text + &not_finite(count - drawn, "point")
    }

    fn contents(&self) -> (String, usize) {
        let numbers = self.groups.iter().map(|group| group.x.len() + group.y.len()).sum::<usize>();
        (format!("{} groups", self.groups.len()), numbers * size_of::<f64>())
    }
}

impl Group {
    fn points(&self, options: &Options) -> Result<Vec<Point>> {
        if self.x.len() == self.y.len() {
            return Ok(self.x.iter().zip(&self.y).map(|(x, y)| [*x, *y]).collect());
        }
        let name =
            if self.name.is_empty() { String::new() } else { format!(" of \"{}\"", self.name) };
        let problem = format!(
            "the points{name} have {} horizontal and {} vertical positions; each needs both",
            self.x.len(),
            self.y.len()
        );
        Err(options.error(KIND, problem))
    }
}

/// The ellipse of 95 % of a normal distribution, from the principal axes of the points' covariance.
fn ellipse(points: &[Point]) -> Option<Vec<Point>> {
    let count = points.len() as f64;
    if points.len() < 3 {
        return None;
    }
    let mean = [0, 1].map(|axis| points.iter().map(|point| point[axis]).sum::<f64>() / count);
    let moment = |one: usize, other: usize| {
        let product = |point: &Point| (point[one] - mean[one]) * (point[other] - mean[other]);
        points.iter().map(product).sum::<f64>() / (count - 1.0)
    };
    let (a, b, c) = (moment(0, 0), moment(0, 1), moment(1, 1));
    let (middle, spread) = ((a + c) / 2.0, ((a - c) / 2.0).hypot(b));
    let axes = [middle + spread, (middle - spread).max(0.0)].map(|v| NINETY_FIVE * v.sqrt());
    let angle = 0.5 * (2.0 * b).atan2(a - c);
    let (sine, cosine) = angle.sin_cos();
    let ring = (0..=CORNERS).map(|step| {
        let (up, right) = (std::f64::consts::TAU * step as f64 / CORNERS as f64).sin_cos();
        let (along, across) = (axes[0] * right, axes[1] * up);
        [mean[0] + along * cosine - across * sine, mean[1] + along * sine + across * cosine]
    });
    Some(ring.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ellipse_holds_what_it_says() {
        // A slanted normal distribution from a grid of normal quantiles would be exact; noise is near enough.
        let mut state = 7_u64;
        let mut uniform = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            ((state >> 11) as f64 + 0.5) / (1_u64 << 53) as f64
        };
        let mut normal =
            || (-2.0 * uniform().ln()).sqrt() * (std::f64::consts::TAU * uniform()).cos();
        let points: Vec<Point> = (0..20_000)
            .map(|_| (normal(), normal()))
            .map(|(u, v)| [3.0 + 2.0 * u, -1.0 + 1.5 * u + 0.5 * v])
            .collect();
        let ring = ellipse(&points).unwrap_or_default();
        let inside = |point: &&Point| {
            let crossings = ring.windows(2).filter(|pair| {
                let (a, b) = (pair[0], pair[1]);
                (a[1] > point[1]) != (b[1] > point[1])
                    && point[0] < a[0] + (b[0] - a[0]) * (point[1] - a[1]) / (b[1] - a[1])
            });
            crossings.count() % 2 == 1
        };
        let share = points.iter().filter(inside).count() as f64 / points.len() as f64;
        assert!((share - 0.95).abs() < 0.006, "{share}");
    }

    #[test]
    fn a_million_points_are_one_small_picture() -> Result<()> {
        let x = (0..1_000_000).map(|i| (i as f64 * 0.37).sin() + (i as f64 * 1e-6));
        let y = (0..1_000_000).map(|i| (i as f64 * 0.73).cos() * (1.0 + (i % 7) as f64 / 7.0));
        let figure = ScatterPlot::new("Many").points(x, y).figure()?;
        assert!(figure.marks().len() < 100);
        assert!(figure.png()?.len() < 1_000_000, "{}", figure.png()?.len());
        Ok(())
    }
}
