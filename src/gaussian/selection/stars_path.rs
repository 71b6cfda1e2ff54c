//! A path whose penalties are judged by the stability of their graphs.

use polars::prelude::{Column, DataFrame};

use super::choice::{PathChoice, chosen_from, interrupted_note};
use crate::Result;
use crate::gaussian::graphical_lasso::path_fit::{GraphicalLassoPathFit, PathPoint};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::plot::LineChart;
use crate::words::counted;

/// One penalty of a StARS path.
///
/// # Example
/// ```
/// # use latentlab::{gaussian::{GraphicalLassoPath, Stars}, ndarray::array};
/// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
/// let stars = Stars::new(&GraphicalLassoPath::new(5)).fit(&samples)?;
/// assert!(stars.points().iter().all(|point| point.running_maximum >= point.instability));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct StarsPoint {
    /// The penalty, in the units of the covariance.
    pub alpha: f64,
    /// The chance, 0 to 0.5, that two subsamples disagree about a pair of variables; the mean over all pairs.
    pub instability: f64,
    /// The largest instability at this and all larger penalties, which the threshold is held against.
    pub running_maximum: f64,
    /// Edges of the graph that all samples give.
    pub edges: usize,
    /// Connected components of that graph.
    pub components: usize,
}

impl StarsPoint {
    pub(crate) fn new(point: &PathPoint, instability: f64, running_maximum: f64) -> Self {
        let PathPoint { alpha, edges, components, .. } = *point;
        Self { alpha, instability, running_maximum, edges, components }
    }
}

/// A path judged by [`Stars`](crate::gaussian::Stars). It shows itself as a table with the choice underneath.
///
/// # Example
/// ```
/// # use latentlab::{gaussian::{GraphicalLassoPath, Stars}, ndarray::array};
/// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
/// let stars = Stars::new(&GraphicalLassoPath::new(5)).fit(&samples)?;
/// assert_eq!(stars.frame()?.shape(), (5, 5));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct StarsPath {
    pub(crate) path: GraphicalLassoPathFit,
    pub(crate) points: Vec<StarsPoint>,
    pub(crate) threshold: f64,
    pub(crate) subsamples: usize,
    pub(crate) size: usize,
}

impl StarsPath {
    /// The path of all samples, with its EBIC.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{GraphicalLassoPath, Stars}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let stars = Stars::new(&GraphicalLassoPath::new(5)).fit(&samples)?;
    /// assert_eq!(stars.path().fits().len(), 5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn path(&self) -> &GraphicalLassoPathFit {
        &self.path
    }

    /// Instability and size of the graph at each penalty, largest penalty first.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{GraphicalLassoPath, Stars}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let stars = Stars::new(&GraphicalLassoPath::new(5)).fit(&samples)?;
    /// assert_eq!(stars.points()[0].components, 2);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn points(&self) -> &[StarsPoint] {
        &self.points
    }

    /// Whether the reader interrupted the cell before the last penalty.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{GraphicalLassoPath, Stars}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// assert!(!Stars::new(&GraphicalLassoPath::new(5)).fit(&samples)?.interrupted());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn interrupted(&self) -> bool {
        self.path.interrupted()
    }

    /// The fit to all samples at the smallest penalty whose running maximum of the instability is within the threshold.
    /// Its note says so where that lies on the edge of the grid.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{GraphicalLassoPath, Stars}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let best = Stars::new(&GraphicalLassoPath::new(5)).fit(&samples)?.best();
    /// assert_eq!(best.criterion(), "StARS");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn best(&self) -> PathChoice {
        let stable = self.points.iter().filter(|point| point.running_maximum <= self.threshold);
        let stable = stable.count();
        let place = stable.saturating_sub(1);
        let last = self.points.len() - 1;
        let note = if stable == 0 {
            Some(format!(
                "no alpha of the grid is stable: even at the largest, where the graph of all samples is empty, the instability is above {}; \
                 raise the threshold, the size of the subsamples or their number",
                self.threshold
            ))
        } else if place == last && self.interrupted() {
            Some(interrupted_note(self.points.len(), self.path.wanted))
        } else if place == last {
            Some("the best alpha is the smallest of the grid, so a smaller one may be stable too: lower the path's ratio".to_owned())
        } else if place == 0 {
            Some("the best alpha is the largest of the grid, where the graph is empty: no edge is stable enough".to_owned())
        } else {
            None
        };
        let value = format!(
            "instability {:.4} of at most {} ({} of {} observations)",
            self.points[place].running_maximum,
            self.threshold,
            counted(self.subsamples, "subsample"),
            self.size
        );
        self.path.choice(place, "StARS", value, note)
    }

    /// The path as a table: alpha, instability, running_maximum, edges, components.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses the table.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{GraphicalLassoPath, Stars}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let stars = Stars::new(&GraphicalLassoPath::new(5)).fit(&samples)?;
    /// assert_eq!(stars.frame()?.column("instability")?.len(), 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let counts = |value: fn(&StarsPoint) -> usize| {
            self.points.iter().map(|point| value(point) as u32).collect::<Vec<u32>>()
        };
        Ok(DataFrame::new_infer_height(vec![
            Column::new("alpha".into(), self.numbers(|point| point.alpha)),
            Column::new("instability".into(), self.numbers(|point| point.instability)),
            Column::new("running_maximum".into(), self.numbers(|point| point.running_maximum)),
            Column::new("edges".into(), counts(|point| point.edges)),
            Column::new("components".into(), counts(|point| point.components)),
        ])?)
    }

    /// Instability and its running maximum along the path as a chart, with the threshold and a mark at the choice.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{GraphicalLassoPath, Stars}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let stars = Stars::new(&GraphicalLassoPath::new(5)).fit(&samples)?;
    /// assert!(stars.curve().figure()?.description().contains("2 series"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn curve(&self) -> LineChart {
        let best = self.best();
        LineChart::new(format!("StARS: instability over {} subsamples", self.subsamples))
            .x(self.path.alphas())
            .series("running maximum", self.numbers(|point| point.running_maximum))
            .series("instability", self.numbers(|point| point.instability))
            .level(format!("threshold {}", self.threshold), self.threshold)
            .mark(best.mark("smallest stable"), best.alpha())
            .log_x()
            .x_label("α")
            .y_label("chance that two subsamples disagree")
    }

    fn numbers(&self, value: fn(&StarsPoint) -> f64) -> Vec<f64> {
        self.points.iter().map(value).collect()
    }
}

impl Show for StarsPath {
    fn rich(&self) -> Rich {
        chosen_from(self.frame(), &[self.best()])
    }
}

impl Inspect for StarsPath {
    fn shape(&self) -> Option<String> {
        let subsamples = counted(self.subsamples, "subsample");
        Some(format!("{} × {subsamples}", counted(self.points.len(), "fit")))
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.path.memory() + size_of_val(self.points.as_slice())
    }

    fn preview(&self) -> String {
        self.best().preview()
    }
}
