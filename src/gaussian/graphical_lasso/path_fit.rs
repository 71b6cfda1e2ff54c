//! A fitted path of penalties.

use polars::prelude::{Column, DataFrame};

use super::fit::GraphicalLassoFit;
use crate::Result;
use crate::gaussian::selection::choice::{PathChoice, chosen_from, interrupted_note};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::plot::LineChart;
use crate::words::counted;

/// One penalty of a path.
///
/// # Example
/// ```
/// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
/// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
/// assert_eq!(path.points()[0].components, 2);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PathPoint {
    /// The penalty, in the units of the covariance.
    pub alpha: f64,
    /// Edges of the graph.
    pub edges: usize,
    /// Connected components of the graph, isolated variables included.
    pub components: usize,
    /// Gaussian log-likelihood per observation, in nats.
    pub log_likelihood: f64,
    /// Extended Bayesian information criterion; smaller is better.
    pub ebic: f64,
}

/// A fitted path, from the largest penalty to the smallest. It shows itself as a table with the choice underneath.
///
/// # Example
/// ```
/// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
/// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
/// assert_eq!(path.frame()?.shape(), (5, 8));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct GraphicalLassoPathFit {
    pub(crate) fits: Vec<GraphicalLassoFit>,
    pub(crate) points: Vec<PathPoint>,
    pub(crate) gamma: f64,
    pub(crate) observations: usize,
    /// Penalties of the whole grid.
    pub(crate) wanted: usize,
    pub(crate) interrupted: bool,
}

impl GraphicalLassoPathFit {
    /// The fits, largest penalty first.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
    /// assert!(path.fits().iter().all(|fit| fit.converged()));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fits(&self) -> &[GraphicalLassoFit] {
        &self.fits
    }

    /// Edges, components, likelihood and criterion of each fit, in the same order.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
    /// assert!(path.points()[4].log_likelihood > path.points()[0].log_likelihood);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn points(&self) -> &[PathPoint] {
        &self.points
    }

    /// Whether the reader interrupted the cell before the last penalty. The fits are then those of the larger penalties.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
    /// assert!(!path.interrupted());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn interrupted(&self) -> bool {
        self.interrupted
    }

    /// The path as a table: alpha, edges, components, log_likelihood, ebic, duality_gap, iterations, converged.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses the table.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
    /// assert_eq!(path.frame()?.column("edges")?.len(), 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let of_points =
            |value: fn(&PathPoint) -> f64| self.points.iter().map(value).collect::<Vec<f64>>();
        let counts = |value: fn(&PathPoint) -> usize| {
            self.points.iter().map(|point| value(point) as u32).collect::<Vec<u32>>()
        };
        let gaps: Vec<f64> = self.fits.iter().map(GraphicalLassoFit::duality_gap).collect();
        let steps: Vec<u32> = self.fits.iter().map(|fit| fit.iterations() as u32).collect();
        let converged: Vec<bool> = self.fits.iter().map(GraphicalLassoFit::converged).collect();
        Ok(DataFrame::new_infer_height(vec![
            Column::new("alpha".into(), of_points(|point| point.alpha)),
            Column::new("edges".into(), counts(|point| point.edges)),
            Column::new("components".into(), counts(|point| point.components)),
            Column::new("log_likelihood".into(), of_points(|point| point.log_likelihood)),
            Column::new("ebic".into(), of_points(|point| point.ebic)),
            Column::new("duality_gap".into(), gaps),
            Column::new("iterations".into(), steps),
            Column::new("converged".into(), converged),
        ])?)
    }

    /// The fit with the smallest criterion; of equals the one with the larger penalty. Its note says so where it lies
    /// on the edge of the grid, or the path was interrupted, because the true minimum may then lie beyond.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 500)?;
    /// let best = path.best_by_ebic();
    /// // One strong link and no false one to keep out: the smallest penalty wins, and the choice says so.
    /// assert!(best.note().is_some_and(|note| note.contains("smallest")));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn best_by_ebic(&self) -> PathChoice {
        let mut best = 0;
        for (index, point) in self.points.iter().enumerate() {
            if point.ebic < self.points[best].ebic {
                best = index;
            }
        }
        let note = if self.interrupted {
            Some(interrupted_note(self.points.len(), self.wanted))
        } else {
            self.edge_note(best).map(str::to_owned)
        };
        let (gamma, observations) = (self.gamma, self.observations);
        let value =
            format!("EBIC {:.2} (gamma = {gamma}, n = {observations})", self.points[best].ebic);
        self.choice(best, "EBIC", value, note)
    }

    /// The point that a criterion chose.
    pub(crate) fn choice(
        &self,
        place: usize,
        criterion: &'static str,
        value: String,
        note: Option<String>,
    ) -> PathChoice {
        let (fit, point) = (self.fits[place].clone(), self.points[place].clone());
        PathChoice { fit, point, criterion, value, note }
    }

    /// The penalties, largest first.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(3).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
    /// assert_eq!(path.alphas()[0], 0.4);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn alphas(&self) -> Vec<f64> {
        self.points.iter().map(|point| point.alpha).collect()
    }

    /// The criterion along the path as a chart, with a mark at the choice.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
    /// assert!(path.curve().figure()?.description().contains("5 points"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn curve(&self) -> LineChart {
        let best = self.best_by_ebic();
        let values: Vec<f64> = self.points.iter().map(|point| point.ebic).collect();
        LineChart::new("EBIC along the path (smaller is better)")
            .x(self.alphas())
            .series(format!("EBIC, γ = {}", self.gamma), values)
            .mark(best.mark("smallest"), best.alpha())
            .log_x()
            .x_label("α")
            .y_label("EBIC")
    }

    /// What to know of a choice on the edge of the grid.
    fn edge_note(&self, best: usize) -> Option<&'static str> {
        if best + 1 == self.points.len() {
            Some(
                "the best alpha is the smallest of the grid, so a smaller one may be better: lower the path's ratio",
            )
        } else if best == 0 {
            Some(
                "the best alpha is the largest of the grid, where the graph is empty: these data support no edge by this criterion",
            )
        } else {
            None
        }
    }
}

impl Show for GraphicalLassoPathFit {
    fn rich(&self) -> Rich {
        chosen_from(self.frame(), &[self.best_by_ebic()])
    }
}

impl Inspect for GraphicalLassoPathFit {
    fn shape(&self) -> Option<String> {
        Some(counted(self.fits.len(), "fit"))
    }

    fn memory(&self) -> usize {
        let fits: usize = self.fits.iter().map(Inspect::memory).sum();
        size_of_val(self) + fits + size_of_val(self.points.as_slice())
    }

    fn preview(&self) -> String {
        let alpha = self.best_by_ebic().point().alpha;
        format!("best alpha by EBIC: {alpha:.4}")
    }
}
