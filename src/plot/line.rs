//! Line charts: one or many series over numbers or dates.

use std::borrow::Borrow;

use super::Matrix;
use super::calendar;
use super::canvas::Point;
use super::chart::{Across, Chart, Layer};
use super::legend::{Entry, Sample};
use super::numbers::{Numbers, Series};
use super::options::{Options, axis_options};
use super::style::category;
use crate::Result;
use crate::notebook::variables::Inspect;
use crate::words::counted;
use chrono::NaiveDate;

const KIND: &str = "Line chart";

/// A chart of one or many series, each a line over common positions: dates, numbers, or 0, 1, 2, …
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`dates`](Self::dates), [`x`](Self::x) | 0, 1, 2, … | the common positions |
/// | [`series`](Self::series), [`columns`](Self::columns) | | the lines |
/// | [`band`](Self::band) | | a shaded stretch between two series |
/// | [`level`](Self::level), [`mark`](Self::mark) | | a dashed line across, at a height or a position |
/// | [`x_label`](Self::x_label), [`y_label`](Self::y_label) | none; a single series' name | words at the axes |
/// | [`log_x`](Self::log_x), [`log_y`](Self::log_y) | linear | logarithmic axes |
/// | [`x_range`](Self::x_range), [`y_range`](Self::y_range) | what the data need | ends of the axes |
/// | [`size`](Self::size) | 640 × 400 | CSS pixels |
///
/// NaN and infinite values (on a logarithmic axis also values that are not positive) leave a gap, and the figure's text
/// counts them. Series with more points than the panel has pixels are drawn by the lowest and highest value in each
/// pixel column. The legend stands beside or below the panel; a single series has none.
///
/// # Example
/// ```
/// use latentlab::plot::LineChart;
///
/// let figure = LineChart::new("Closing prices")
///     .series("AAPL", [181.2, f64::NAN, 184.3])
///     .series("MSFT", [370.9, 371.6, 374.1])
///     .y_label("US dollars")
///     .figure()?;
/// assert!(figure.description().contains("2 series × 3 points; 1 missing value leaves a gap"));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct LineChart {
    options: Options,
    x: Positions,
    series: Vec<Series>,
    bands: Vec<Band>,
}

#[derive(Clone, Debug)]
enum Positions {
    Counted,
    Numbers(Vec<f64>),
    Dates(Vec<NaiveDate>),
}

#[derive(Clone, Debug)]
struct Band {
    name: String,
    lower: Vec<f64>,
    upper: Vec<f64>,
}

axis_options!(LineChart, "LineChart::new(\"Loss\").series(\"train\", [2.0, 1.0])", numeric x);

impl LineChart {
    /// A chart with a title and no series yet.
    ///
    /// # Example
    /// ```
    /// use latentlab::plot::LineChart;
    ///
    /// let chart = LineChart::new("Loss").series("train", [2.0, 1.0, 0.5]);
    /// assert_eq!(chart.figure()?.title(), "Loss");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            options: Options::new(title),
            x: Positions::Counted,
            series: Vec::new(),
            bands: Vec::new(),
        }
    }

    /// Dates as positions, one for each value of every series, in any order.
    ///
    /// # Example
    /// ```
    /// use chrono::NaiveDate;
    /// use latentlab::plot::LineChart;
    ///
    /// let start = NaiveDate::from_ymd_opt(2024, 1, 1).ok_or("no such day")?;
    /// let dates: Vec<NaiveDate> = start.iter_days().take(90).collect();
    /// let values = (0..90).map(|day| (day as f64 / 9.0).sin());
    /// let figure = LineChart::new("A wave").dates(&dates).series("wave", values).figure()?;
    /// assert!(figure.description().contains("2024-01-01 to 2024-03-30"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn dates(mut self, dates: impl IntoIterator<Item = impl Borrow<NaiveDate>>) -> Self {
        self.x = Positions::Dates(dates.into_iter().map(|date| *date.borrow()).collect());
        self
    }

    /// Finite numbers as positions, one for each value of every series, in any order.
    ///
    /// # Example
    /// ```
    /// use latentlab::plot::LineChart;
    ///
    /// let chart = LineChart::new("Path").x([0.01, 0.1, 1.0]).series("edges", [40.0, 12.0, 0.0]);
    /// assert!(chart.figure().is_ok());
    /// ```
    pub fn x(mut self, positions: impl Numbers) -> Self {
        self.x = Positions::Numbers(positions.numbers());
        self
    }

    /// Adds a series: a vector, slice, array, matrix column, tensor or iterator of [`Numbers`].
    ///
    /// # Example
    /// ```
    /// use latentlab::plot::LineChart;
    /// use latentlab::ndarray::array;
    ///
    /// let returns = array![[0.01, 0.02], [-0.01, 0.00]];
    /// let chart = LineChart::new("Returns").series("first", returns.column(0));
    /// assert!(chart.figure().is_ok());
    /// ```
    pub fn series(mut self, name: impl Into<String>, values: impl Numbers) -> Self {
        self.series.push((name.into(), values.numbers()));
        self
    }

    /// Adds one series for each column of a matrix (rows are positions). Columns beyond the names are called
    /// "column 3" and so on.
    ///
    /// # Example
    /// ```
    /// use latentlab::plot::LineChart;
    /// use latentlab::ndarray::array;
    ///
    /// let returns = array![[0.01, 0.02], [-0.01, 0.00]];
    /// let chart = LineChart::new("Returns").columns(["AAPL", "MSFT"], &returns);
    /// assert!(chart.figure()?.description().contains("2 series"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn columns(
        mut self,
        names: impl IntoIterator<Item = impl ToString>,
        matrix: impl Matrix,
    ) -> Self {
        let mut names = names.into_iter();
        // What is no matrix has no columns, and a chart without series says so.
        let matrix = matrix.matrix().unwrap_or_default();
        for (index, column) in matrix.columns().into_iter().enumerate() {
            let name = names.next().map_or(format!("column {}", index + 1), |n| n.to_string());
            self = self.series(name, column);
        }
        self
    }

    /// Shades the stretch between a lower and an upper series: a confidence band, a range over runs. A band with
    /// the name of a series takes its colour and no place in the legend.
    ///
    /// # Example
    /// ```
    /// use latentlab::plot::LineChart;
    ///
    /// let chart = LineChart::new("Forecast")
    ///     .series("mean", [1.0, 1.5, 2.0])
    ///     .band("95 %", [0.8, 1.0, 1.2], [1.2, 2.0, 2.8]);
    /// assert!(chart.figure()?.description().contains("1 band"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn band(
        mut self,
        name: impl Into<String>,
        lower: impl Numbers,
        upper: impl Numbers,
    ) -> Self {
        let (lower, upper) = (lower.numbers(), upper.numbers());
        self.bands.push(Band { name: name.into(), lower, upper });
        self
    }

    /// The common positions as numbers, checked against every series.
    fn positions(&self, options: &Options) -> Result<Vec<f64>> {
        let series = self.series.iter().map(|(name, values)| (name, values));
        let bands = self
            .bands
            .iter()
            .flat_map(|band| [(&band.name, &band.lower), (&band.name, &band.upper)]);
        let all: Vec<(&String, &Vec<f64>)> = series.chain(bands).collect();
        let Some((_, first)) = all.first() else {
            let problem = "no series to draw; add one with `.series(name, &values)`";
            return Err(options.error(KIND, problem));
        };
        let (what, positions): (_, Vec<f64>) = match &self.x {
            Positions::Counted => {
                ("points of the first series", (0..first.len()).map(|i| i as f64).collect())
            }
            Positions::Numbers(numbers) => ("positions", numbers.clone()),
            Positions::Dates(dates) => {
                ("dates", dates.iter().map(|date| calendar::number(*date)).collect())
            }
        };
        if let Some((name, values)) = all.iter().find(|(_, values)| values.len() != positions.len())
        {
            let problem = format!(
                "series \"{name}\" has {} values for {} {what}; every series needs one for each",
                values.len(),
                positions.len(),
            );
            return Err(options.error(KIND, problem));
        }
        if let Some(index) = positions.iter().position(|x| !x.is_finite()) {
            let problem =
                format!("position {index} is {}; a finite number is needed", positions[index]);
            return Err(options.error(KIND, problem));
        }
        Ok(positions)
    }

    fn chart<'a>(&'a self, options: &'a Options) -> Result<Chart<'a>> {
        let positions = self.positions(options)?;
        let mut layers: Vec<Layer> = Vec::new();
        for (index, band) in self.bands.iter().enumerate() {
            layers.extend(self.shade(index, band, &positions));
        }
        for (index, (_, values)) in self.series.iter().enumerate() {
            let points = positions.iter().zip(values).map(|(x, y)| [*x, *y]).collect();
            layers.push(Layer::Line { points, color: category(index), width: self.stroke() });
        }
        let entries = self.entries();
        let single = self.series.len() == 1 && entries.len() == 1 && options.references.is_empty();
        let across = match self.x {
            Positions::Dates(_) => Across::Dates,
            _ => Across::Numbers,
        };
        let mut chart = Chart {
            kind: KIND,
            options,
            across,
            layers,
            entries: if single { Vec::new() } else { entries },
            widening: [0.0, 0.04],
            from_zero: false,
            x_label: "",
            y_label: if single { self.series[0].0.as_str() } else { "" },
            detail: String::new(),
        };
        chart.detail = self.detail(&chart);
        Ok(chart)
    }

    /// The band's stretches between its gaps.
    fn shade(&self, index: usize, band: &Band, positions: &[f64]) -> Vec<Layer> {
        let corners: Vec<[f64; 3]> = positions
            .iter()
            .zip(band.lower.iter().zip(&band.upper))
            .map(|(x, (low, high))| [*x, *low, *high])
            .collect();
        let is_whole = |corner: &[f64; 3]| corner.iter().all(|number| number.is_finite());
        let color = category(self.band_color(index)).alpha(0.22);
        corners
            .chunk_by(|one, next| is_whole(one) == is_whole(next))
            .filter(|run| is_whole(&run[0]) && run.len() > 1)
            .map(|run| {
                let lower = run.iter().map(|[x, low, _]| [*x, *low]);
                let upper = run.iter().rev().map(|[x, _, high]| [*x, *high]);
                Layer::Area { points: lower.chain(upper).collect::<Vec<Point>>(), color }
            })
            .collect()
    }

    /// A band has the colour of the series of its name, or of the series before it where there is one for each.
    fn band_color(&self, index: usize) -> usize {
        let name = &self.bands[index].name;
        let same = self.series.iter().position(|(series, _)| series == name);
        same.unwrap_or_else(|| index.min(self.series.len().saturating_sub(1)))
    }

    /// Many or dense lines are drawn thinner.
    fn stroke(&self) -> f64 {
        let points = self.series.first().map_or(0, |(_, values)| values.len());
        match (self.series.len(), points) {
            (0..=3, 0..=600) => 1.8,
            (0..=8, 0..=2000) => 1.4,
            _ => 1.0,
        }
    }

    fn entries(&self) -> Vec<Entry> {
        let entry = |label: &str, color, sample| Entry { label: label.to_owned(), color, sample };
        let lines = self
            .series
            .iter()
            .enumerate()
            .map(|(index, (name, _))| entry(name, category(index), Sample::Line(2.5)));
        let bands = self.bands.iter().enumerate();
        let named =
            bands.filter(|(_, band)| !self.series.iter().any(|(name, _)| *name == band.name));
        let bands = named.map(|(index, band)| {
            entry(&band.name, category(self.band_color(index)).alpha(0.3), Sample::Square)
        });
        lines.chain(bands).collect()
    }

    /// What the chart shows, in words.
    fn detail(&self, chart: &Chart) -> String {
        let points = self.series.first().map_or(0, |(_, values)| values.len());
        let mut text = match &self.x {
            Positions::Dates(dates) => {
                let days = (dates.iter().min(), dates.iter().max());
                let span = match days {
                    (Some(first), Some(last)) => format!(", {first} to {last}"),
                    _ => String::new(),
                };
                format!("{} series × {points} dates{span}", self.series.len())
            }
            _ => format!("{} series × {points} points", self.series.len()),
        };
        if !self.bands.is_empty() {
            text.push_str(&format!(", {}", counted(self.bands.len(), "band")));
        }
        let missing = |values: &[f64]| {
            values.iter().filter(|value| !chart.is_drawable(&[1.0, **value])).count()
        };
        let gaps: Vec<(&str, usize)> = self
            .series
            .iter()
            .map(|(name, values)| (name.as_str(), missing(values)))
            .filter(|(_, count)| *count > 0)
            .collect();
        let missing: usize = gaps.iter().map(|(_, count)| count).sum();
        if missing > 0 {
            let (noun, verb) =
                if missing == 1 { ("value", "leaves a gap") } else { ("values", "leave gaps") };
            let names: Vec<String> =
                gaps.iter().take(6).map(|(name, count)| format!("{name} {count}")).collect();
            let more = if gaps.len() > 6 { ", …" } else { "" };
            text.push_str(&format!(
                "; {missing} missing {noun} {verb} ({}{more})",
                names.join(", ")
            ));
        }
        text
    }

    fn contents(&self) -> (String, usize) {
        (
            format!("{} series", self.series.len()),
            self.series.iter().map(|(_, values)| values.memory()).sum(),
        )
    }
}

#[cfg(test)]
mod tests;
