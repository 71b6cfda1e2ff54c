//! Several charts in one figure.

use super::Plot;
use super::axis::draw_title;
use super::canvas::Canvas;
use super::figure::{Figure, refused};
use super::options::Request;
use super::style::{GAP, MARGIN};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::words::counted;
use crate::{Error, Result};

const KIND: &str = "Subplots";
/// Distance between neighbours, beside their own margins.
const APART: f64 = 2.0;
/// Width of a chart where nobody set it, by the number of columns, and its height.
const WIDTHS: [f64; 4] = [640.0, 440.0, 340.0, 280.0];
const HEIGHT: f64 = 280.0;

/// Charts in a grid with a common title, row by row.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`chart`](Self::chart) | | the next chart, of any kind |
/// | [`columns`](Self::columns) | 2, or as many as there are charts | charts in a row |
/// | [`chart_size`](Self::chart_size) | 440 × 280, narrower for more columns | CSS pixels of each chart |
/// | [`share_x`](Self::share_x), [`share_y`](Self::share_y) | `false` | equal ends of the axes for all charts |
///
/// # Example
/// ```
/// use latentlab::plot::{Histogram, LineChart, Subplots};
///
/// let figure = Subplots::new("A sample")
///     .chart(LineChart::new("In order").series("value", [1.0, 3.0, 2.0]))
///     .chart(Histogram::new("By size").sample("value", [1.0, 3.0, 2.0]))
///     .figure()?;
/// assert!(figure.description().contains("2 charts in 1 row"));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct Subplots {
    title: String,
    charts: Vec<Box<dyn Plot>>,
    columns: Option<usize>,
    chart_size: Option<[f64; 2]>,
    share: [bool; 2],
}

impl Subplots {
    /// A figure with a title and no charts yet. The title may be empty.
    ///
    /// # Example
    /// ```
    /// use latentlab::plot::Subplots;
    ///
    /// let empty = Subplots::new("Nothing").figure();
    /// assert!(empty.is_err_and(|error| error.to_string().contains("no charts")));
    /// ```
    pub fn new(title: impl Into<String>) -> Self {
        let title = title.into();
        Self { title, charts: Vec::new(), columns: None, chart_size: None, share: [false; 2] }
    }

    /// Adds the next chart.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::{LineChart, Subplots};
    /// let grid = Subplots::new("Runs").chart(LineChart::new("First").series("loss", [2.0, 1.0]));
    /// assert!(grid.figure()?.svg()?.contains("First"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn chart(mut self, chart: impl Plot + 'static) -> Self {
        self.charts.push(Box::new(chart));
        self
    }

    /// Charts in a row, from 1 to 8.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::{LineChart, Subplots};
    /// let chart = |title: &str| LineChart::new(title).series("loss", [2.0, 1.0]);
    /// let grid = Subplots::new("Runs").columns(1).chart(chart("First")).chart(chart("Second"));
    /// assert!(grid.figure()?.description().contains("2 charts in 2 rows"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn columns(mut self, count: usize) -> Self {
        self.columns = Some(count.clamp(1, 8));
        self
    }

    /// Width and height of each chart in CSS pixels.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::{LineChart, Subplots};
    /// let chart = LineChart::new("First").series("loss", [2.0, 1.0]);
    /// let grid = Subplots::new("").chart_size(300.0, 200.0).chart(chart);
    /// assert_eq!(grid.figure()?.size().0, 300.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn chart_size(mut self, width: f64, height: f64) -> Self {
        self.chart_size = Some([width, height]);
        self
    }

    /// Gives all charts with numbers at their horizontal axis the same ends there, except those that have a range of their own.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::{Histogram, Subplots};
    /// let sample = |title: &str, values: [f64; 3]| Histogram::new(title).sample("v", values);
    /// let grid = Subplots::new("Runs")
    ///     .share_x(true)
    ///     .chart(sample("First", [0.0, 1.0, 2.0]))
    ///     .chart(sample("Second", [7.0, 8.0, 9.0]));
    /// assert!(grid.figure().is_ok());
    /// ```
    pub fn share_x(mut self, share: bool) -> Self {
        self.share[0] = share;
        self
    }

    /// The same for the vertical axis.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::{LineChart, Subplots};
    /// let chart = |title: &str, values: [f64; 2]| LineChart::new(title).series("loss", values);
    /// let grid = Subplots::new("Runs")
    ///     .share_y(true)
    ///     .chart(chart("First", [2.0, 1.0]))
    ///     .chart(chart("Second", [20.0, 10.0]));
    /// assert!(grid.figure().is_ok());
    /// ```
    pub fn share_y(mut self, share: bool) -> Self {
        self.share[1] = share;
        self
    }

    /// Draws all charts.
    ///
    /// # Errors
    /// [`Error::Figure`] without a chart, or when a chart cannot be drawn; the message names that chart.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::{LineChart, Subplots};
    /// let broken = Subplots::new("Runs").chart(LineChart::new("Empty one")).figure();
    /// assert!(broken.is_err_and(|error| error.to_string().contains("Empty one")));
    /// ```
    pub fn figure(&self) -> Result<Figure> {
        if self.charts.is_empty() {
            return Err(self.error("no charts; add one with `.chart(chart)`"));
        }
        let columns = self.columns.unwrap_or(2).min(self.charts.len());
        let [x_range, y_range] = self.shared()?;
        let wanted = self.chart_size.unwrap_or([WIDTHS[columns.min(WIDTHS.len()) - 1], HEIGHT]);
        let request = Request { size: Some(wanted), x_range, y_range };
        let figures: Vec<Figure> =
            self.charts.iter().map(|chart| chart.draw(&request)).collect::<Result<_>>()?;
        // A chart may be larger than asked for; its row and column follow it.
        let extent =
            |count: usize, place: &dyn Fn(usize) -> usize, side: &dyn Fn(&Figure) -> f64| {
                let mut extents = vec![0.0_f64; count];
                for (index, figure) in figures.iter().enumerate() {
                    let extent = &mut extents[place(index)];
                    *extent = extent.max(side(figure));
                }
                extents
            };
        let rows = figures.len().div_ceil(columns);
        let widths = extent(columns, &|index| index % columns, &|figure| figure.size().0);
        let heights = extent(rows, &|index| index / columns, &|figure| figure.size().1);
        let width = widths.iter().sum::<f64>() + APART * (columns - 1) as f64;
        let mut canvas = Canvas::new()?;
        let top = match self.title.trim() {
            "" => 0.0,
            _ => draw_title(&mut canvas, &self.title, MARGIN, width - MARGIN) + GAP / 2.0,
        };
        let height = top + heights.iter().sum::<f64>() + APART * (rows - 1) as f64;
        super::check_size([width, height]).map_err(|problem| self.error(problem))?;
        for (index, figure) in figures.iter().enumerate() {
            let (row, column) = (index / columns, index % columns);
            let before = |sizes: &[f64]| sizes.iter().sum::<f64>() + APART * sizes.len() as f64;
            let left = before(&widths[..column]) + (widths[column] - figure.size().0) / 2.0;
            canvas
                .take_over(figure.marks(), [left.round(), (top + before(&heights[..row])).round()]);
        }
        let detail = self.detail(&figures, rows);
        Ok(Figure::new(KIND, &self.title, [width, height.ceil()], detail, canvas))
    }

    /// Common ends of the axes, where they are wanted.
    fn shared(&self) -> Result<[Option<[f64; 2]>; 2]> {
        let mut shared = [None; 2];
        if !self.share.contains(&true) {
            return Ok(shared);
        }
        for chart in &self.charts {
            let Some(limits) = chart.limits()? else { continue };
            for axis in [0, 1].into_iter().filter(|axis| self.share[*axis]) {
                let [low, high] = limits[axis];
                let ends: &mut [f64; 2] = shared[axis].get_or_insert([low, high]);
                *ends = [ends[0].min(low), ends[1].max(high)];
            }
        }
        Ok(shared)
    }

    fn error(&self, problem: impl Into<String>) -> Error {
        refused(KIND, &self.title, problem)
    }

    fn detail(&self, figures: &[Figure], rows: usize) -> String {
        let all: Vec<String> = figures.iter().map(Figure::description).collect();
        let [charts, rows] = [counted(figures.len(), "chart"), counted(rows, "row")];
        format!("{charts} in {rows}: {}", all.join("; "))
    }
}

impl Show for Subplots {
    fn rich(&self) -> Rich {
        self.figure().rich()
    }
}

impl Inspect for Subplots {
    fn shape(&self) -> Option<String> {
        Some(format!("{} charts", self.charts.len()))
    }

    fn memory(&self) -> usize {
        size_of_val(self)
    }

    fn preview(&self) -> String {
        self.title.clone()
    }
}
