//! Bar charts, with lines over them.

use super::chart::{Across, Chart, Layer};
use super::legend::{Entry, Sample};
use super::numbers::{Numbers, Series, count};
use super::options::{Options, axis_options};
use super::style::category;
use crate::Result;
use crate::words::counted;

const KIND: &str = "Bar chart";
/// The share of a category's room that its bars take.
const FILLED: f64 = 0.72;

/// Bars over named categories, side by side where there are several series, and lines over them.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`categories`](Self::categories) | 1, 2, 3, … | names under the bars |
/// | [`bars`](Self::bars) | | heights, one for each category |
/// | [`line`](Self::line) | | a line with dots over the bars: a running total, say |
/// | [`level`](Self::level) | | a dashed line across, at a height |
/// | [`y_label`](Self::y_label), [`x_label`](Self::x_label) | none; a single series' name | words at the axes |
/// | [`log_y`](Self::log_y), [`y_range`](Self::y_range) | from zero | the vertical axis |
/// | [`size`](Self::size) | 640 × 400 | CSS pixels |
///
/// # Example
/// ```
/// use latentlab::plot::BarChart;
///
/// let figure = BarChart::new("Explained variance")
///     .categories(["PC 1", "PC 2", "PC 3"])
///     .bars("each", [0.62, 0.21, 0.09])
///     .line("together", [0.62, 0.83, 0.92])
///     .figure()?;
/// assert!(figure.description().contains("3 categories × 1 series, 1 line"));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct BarChart {
    options: Options,
    categories: Option<Vec<String>>,
    bars: Vec<Series>,
    lines: Vec<Series>,
}

axis_options!(BarChart, "BarChart::new(\"Share\").bars(\"each\", [2.0, 1.0])");

impl BarChart {
    /// A chart with a title and no bars yet.
    ///
    /// # Example
    /// ```
    /// use latentlab::plot::BarChart;
    ///
    /// assert!(BarChart::new("Edges").bars("degree", [4, 2, 7]).figure().is_ok());
    /// ```
    pub fn new(title: impl Into<String>) -> Self {
        let options = Options::new(title);
        Self { options, categories: None, bars: Vec::new(), lines: Vec::new() }
    }

    /// Names of the categories, from the left.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::BarChart;
    /// let chart = BarChart::new("Edges").categories(["AAPL", "XOM"]).bars("degree", [4, 2]);
    /// assert!(chart.figure()?.svg()?.contains("AAPL"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn categories(mut self, names: impl IntoIterator<Item = impl ToString>) -> Self {
        self.categories = Some(names.into_iter().map(|name| name.to_string()).collect());
        self
    }

    /// Adds a series of bars. A NaN leaves its place empty and is counted in the figure's text.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::BarChart;
    /// let chart = BarChart::new("F1").bars("before", [0.61, 0.55]).bars("after", [0.66, f64::NAN]);
    /// assert!(chart.figure()?.description().contains("1 missing"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn bars(mut self, name: impl Into<String>, heights: impl Numbers) -> Self {
        self.bars.push((name.into(), heights.numbers()));
        self
    }

    /// Adds a line with a dot for each category.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::BarChart;
    /// let chart = BarChart::new("PCA").bars("each", [0.7, 0.3]).line("together", [0.7, 1.0]);
    /// assert!(chart.figure()?.svg()?.contains("together"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn line(mut self, name: impl Into<String>, heights: impl Numbers) -> Self {
        self.lines.push((name.into(), heights.numbers()));
        self
    }

    fn all(&self) -> impl Iterator<Item = &Series> {
        self.bars.iter().chain(&self.lines)
    }

    /// The categories' names, checked against every series.
    fn names(&self) -> Result<Vec<String>> {
        let Some((_, first)) = self.bars.first() else {
            let problem = "no bars to draw; add some with `.bars(name, &heights)`";
            return Err(self.options.error(KIND, problem));
        };
        let names = match &self.categories {
            Some(names) => names.clone(),
            None => (1..=first.len()).map(|number| number.to_string()).collect(),
        };
        let wrong = self.all().find(|(_, v)| v.len() != names.len());
        match wrong {
            None => Ok(names),
            Some((name, heights)) => {
                let problem = format!(
                    "\"{name}\" has {} heights for {} categories; each needs one",
                    heights.len(),
                    names.len()
                );
                Err(self.options.error(KIND, problem))
            }
        }
    }

    fn chart<'a>(&'a self, options: &'a Options) -> Result<Chart<'a>> {
        let names = self.names()?;
        let mut layers = Vec::new();
        let width = FILLED / self.bars.len() as f64;
        // On a logarithmic axis bars stand on its end, which no finite number names.
        let floor = if options.log_y { f64::MIN_POSITIVE } else { 0.0 };
        for (series, (_, heights)) in self.bars.iter().enumerate() {
            for (place, height) in heights.iter().enumerate() {
                let left = place as f64 - FILLED / 2.0 + series as f64 * width;
                let drawable = height.is_finite() && (!options.log_y || *height > 0.0);
                if drawable {
                    layers.push(Layer::Bar {
                        from: [left, floor],
                        to: [left + 0.96 * width, *height],
                        color: category(series).alpha(0.9),
                    });
                }
            }
        }
        for (index, (_, heights)) in self.lines.iter().enumerate() {
            let color = category(self.bars.len() + index);
            let points: Vec<[f64; 2]> =
                heights.iter().enumerate().map(|(place, height)| [place as f64, *height]).collect();
            layers.push(Layer::Line { points: points.clone(), color, width: 1.8 });
            layers.push(Layer::Dots { points, color, radius: 3.0 });
        }
        let single = self.bars.len() + self.lines.len() == 1;
        Ok(Chart {
            kind: KIND,
            options,
            layers,
            entries: if single { Vec::new() } else { self.entries() },
            widening: [0.0, 0.05],
            from_zero: true,
            x_label: "",
            y_label: if single { &self.bars[0].0 } else { "" },
            detail: self.detail(names.len()),
            across: Across::Categories(names),
        })
    }

    fn entries(&self) -> Vec<Entry> {
        let bars = self.bars.iter().map(|(name, _)| (name, Sample::Square));
        let lines = self.lines.iter().map(|(name, _)| (name, Sample::Line(2.5)));
        bars.chain(lines)
            .enumerate()
            .map(|(index, (name, sample))| Entry {
                label: name.clone(),
                color: category(index),
                sample,
            })
            .collect()
    }

    fn detail(&self, categories: usize) -> String {
        let mut text = format!("{categories} categories × {} series", self.bars.len());
        if !self.lines.is_empty() {
            text.push_str(&format!(", {}", counted(self.lines.len(), "line")));
        }
        let heights = self.all().flat_map(|(_, heights)| heights);
        match heights.filter(|height| !height.is_finite()).count() {
            0 => {}
            missing => text.push_str(&format!("; {missing} missing")),
        }
        text
    }

    fn contents(&self) -> (String, usize) {
        (format!("{} series", self.bars.len()), count(self.all()) * size_of::<f64>())
    }
}
