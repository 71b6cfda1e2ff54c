//! Line charts: one or many series over numbers or dates.

use std::borrow::Borrow;

use chrono::NaiveDate;
use ndarray::Array2;

use super::axis::{Frame, Panel, Range, Scale, draw_panel};
use super::calendar;
use super::canvas::{Canvas, Point};
use super::decimate::envelope;
use super::figure::{Figure, name};
use super::legend::{Entry, Legend, Sample};
use super::style::{DEFAULT_SIZE, category};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::{Error, Result};

const KIND: &str = "Line chart";

/// A chart of one or many series, each a line over common positions: dates, numbers, or 0, 1, 2, …
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`dates`](Self::dates), [`x`](Self::x) | 0, 1, 2, … | the common positions |
/// | [`series`](Self::series), [`columns`](Self::columns) | | the lines |
/// | [`x_label`](Self::x_label), [`y_label`](Self::y_label) | none; a single series' name | words at the axes |
/// | [`log_y`](Self::log_y) | linear | logarithmic heights |
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
    title: String,
    x: Positions,
    series: Vec<(String, Vec<f64>)>,
    x_label: String,
    y_label: Option<String>,
    log_y: bool,
    size: [f64; 2],
}

#[derive(Clone, Debug)]
enum Positions {
    Counted,
    Numbers(Vec<f64>),
    Dates(Vec<NaiveDate>),
}

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
            title: title.into(),
            x: Positions::Counted,
            series: Vec::new(),
            x_label: String::new(),
            y_label: None,
            log_y: false,
            size: DEFAULT_SIZE,
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
    /// let values: Vec<f64> = (0..90).map(|day| (day as f64 / 9.0).sin()).collect();
    /// let figure = LineChart::new("A wave").dates(&dates).series("wave", &values).figure()?;
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
    pub fn x(mut self, positions: impl IntoIterator<Item = impl Borrow<f64>>) -> Self {
        self.x = Positions::Numbers(positions.into_iter().map(|x| *x.borrow()).collect());
        self
    }

    /// Adds a series: a vector, slice, array, matrix column or iterator of `f64`.
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
    pub fn series(
        mut self,
        name: impl Into<String>,
        values: impl IntoIterator<Item = impl Borrow<f64>>,
    ) -> Self {
        self.series.push((name.into(), values.into_iter().map(|y| *y.borrow()).collect()));
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
        matrix: &Array2<f64>,
    ) -> Self {
        let mut names = names.into_iter();
        for (index, column) in matrix.columns().into_iter().enumerate() {
            let name = names.next().map_or(format!("column {}", index + 1), |n| n.to_string());
            self = self.series(name, column);
        }
        self
    }

    /// Words under the horizontal axis.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LineChart;
    /// let chart = LineChart::new("Loss").series("train", [2.0, 1.0]).x_label("epoch");
    /// assert!(chart.figure()?.svg()?.contains("epoch"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn x_label(mut self, label: impl Into<String>) -> Self {
        self.x_label = label.into();
        self
    }

    /// Words beside the vertical axis. Without them a single series shows its name there.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LineChart;
    /// let chart = LineChart::new("Loss").series("train", [2.0, 1.0]).y_label("nats");
    /// assert!(chart.figure()?.svg()?.contains("nats"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn y_label(mut self, label: impl Into<String>) -> Self {
        self.y_label = Some(label.into());
        self
    }

    /// A logarithmic vertical axis; values that are not positive count as missing.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LineChart;
    /// let chart = LineChart::new("Loss").series("train", [200.0, 1.0, 0.05]).log_y();
    /// assert!(chart.figure()?.description().contains("logarithmic"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn log_y(mut self) -> Self {
        self.log_y = true;
        self
    }

    /// Width and height in CSS pixels, from 160 × 120 to 4,000 × 4,000.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LineChart;
    /// let chart = LineChart::new("Loss").series("train", [2.0, 1.0]).size(800.0, 300.0);
    /// assert_eq!(chart.figure()?.size(), (800.0, 300.0));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn size(mut self, width: f64, height: f64) -> Self {
        self.size = [width, height];
        self
    }

    /// Draws the chart.
    ///
    /// # Errors
    /// [`Error::Figure`] without a series or a finite value, when a series and the positions differ in length, when a
    /// position is not finite, or when the size is out of range.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LineChart;
    /// let empty = LineChart::new("Loss").figure();
    /// assert!(empty.is_err_and(|error| error.to_string().contains("no series")));
    /// ```
    pub fn figure(&self) -> Result<Figure> {
        super::check_size(self.size).map_err(|problem| self.error(problem))?;
        let positions = self.positions()?;
        let (x, y) = self.ranges(&positions)?;
        let mut canvas = Canvas::new()?;
        let single = self.series.len() == 1;
        let entries = if single { Vec::new() } else { self.entries() };
        let legend = Legend::new(&canvas, entries, self.size);
        let fallback = if single { self.series[0].0.as_str() } else { "" };
        let frame = Frame {
            size: self.size,
            title: &self.title,
            x_label: &self.x_label,
            y_label: self.y_label.as_deref().unwrap_or(fallback),
            kept: legend.kept(),
        };
        let panel = draw_panel(&mut canvas, &frame, x, y);
        for (index, (_, values)) in self.series.iter().enumerate() {
            self.draw_series(&mut canvas, &panel, &positions, values, index);
        }
        legend.draw(&mut canvas, panel.area.right, panel.area.top, self.size);
        Ok(Figure::new(KIND, &self.title, self.size, self.detail(), canvas))
    }

    fn error(&self, problem: impl Into<String>) -> Error {
        Error::Figure { figure: name(KIND, &self.title), problem: problem.into() }
    }

    /// The common positions as numbers, checked against every series.
    fn positions(&self) -> Result<Vec<f64>> {
        let Some((_, first)) = self.series.first() else {
            return Err(self.error("no series to draw; add one with `.series(name, &values)`"));
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
        if let Some((name, values)) =
            self.series.iter().find(|(_, values)| values.len() != positions.len())
        {
            return Err(self.error(format!(
                "series \"{name}\" has {} values for {} {what}; every series needs one for each",
                values.len(),
                positions.len(),
            )));
        }
        if let Some(index) = positions.iter().position(|x| !x.is_finite()) {
            let found = positions[index];
            return Err(
                self.error(format!("position {index} is {found}; a finite number is needed"))
            );
        }
        Ok(positions)
    }

    fn ranges(&self, positions: &[f64]) -> Result<(Range, Range)> {
        let x_scale =
            if matches!(self.x, Positions::Dates(_)) { Scale::Dates } else { Scale::Linear };
        let y_scale = if self.log_y { Scale::Logarithmic } else { Scale::Linear };
        let values = self.series.iter().flat_map(|(_, values)| values).copied();
        let y = Range::of(values.filter(|value| self.drawable(*value)), y_scale, 0.04);
        let x = Range::of(positions.iter().copied(), x_scale, 0.0);
        match (x, y) {
            (Some(x), Some(y)) if x.is_drawable() && y.is_drawable() => Ok((x, y)),
            (Some(_), Some(_)) => {
                Err(self.error("the numbers span more than an axis can show (1e300)"))
            }
            _ if self.log_y => Err(self
                .error("no positive value in any series, and a logarithmic axis shows only those")),
            _ => Err(self.error("no finite value in any series")),
        }
    }

    fn drawable(&self, value: f64) -> bool {
        value.is_finite() && (!self.log_y || value > 0.0)
    }

    /// Draws the stretches of a series between its gaps; a value alone between gaps becomes a dot.
    fn draw_series(
        &self,
        canvas: &mut Canvas,
        panel: &Panel,
        positions: &[f64],
        values: &[f64],
        index: usize,
    ) {
        let (color, width) = (category(index), self.stroke());
        let points: Vec<(f64, f64)> =
            positions.iter().copied().zip(values.iter().copied()).collect();
        for run in points.chunk_by(|one, next| self.drawable(one.1) == self.drawable(next.1)) {
            if !self.drawable(run[0].1) {
                continue;
            }
            let run: Vec<Point> = run.iter().map(|(x, y)| panel.place(*x, *y)).collect();
            match run[..] {
                [alone] => canvas.disc(alone, 1.5 * width, color),
                _ => canvas.line(envelope(run), color, width),
            }
        }
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
        let entry = |(index, (name, _)): (usize, &(String, Vec<f64>))| Entry {
            label: name.clone(),
            color: category(index),
            sample: Sample::Line(2.5),
        };
        self.series.iter().enumerate().map(entry).collect()
    }

    /// What the chart shows, in words.
    fn detail(&self) -> String {
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
        if self.log_y {
            text.push_str(", logarithmic");
        }
        let gaps: Vec<(&str, usize)> = self
            .series
            .iter()
            .map(|(name, values)| {
                (name.as_str(), values.iter().filter(|value| !self.drawable(**value)).count())
            })
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
}

impl Show for LineChart {
    fn rich(&self) -> Rich {
        self.figure().rich()
    }
}

impl Inspect for LineChart {
    fn shape(&self) -> Option<String> {
        Some(format!("{} series", self.series.len()))
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.series.iter().map(|(_, values)| values.memory()).sum::<usize>()
    }

    fn preview(&self) -> String {
        self.title.clone()
    }
}

#[cfg(test)]
mod tests;
