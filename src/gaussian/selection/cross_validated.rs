//! A path whose penalties are judged by cross-validation.

use ndarray::Array2;
use polars::prelude::{Column, DataFrame};

use super::choice::{PathChoice, chosen_from, interrupted_note};
use crate::Result;
use crate::gaussian::graphical_lasso::path_fit::{GraphicalLassoPathFit, PathPoint};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::plot::LineChart;
use crate::words::counted;

/// One penalty of a cross-validated path.
///
/// # Example
/// ```
/// # use latentlab::{gaussian::{CrossValidation, GraphicalLassoPath}, ndarray::array};
/// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
/// let validated = CrossValidation::new(&GraphicalLassoPath::new(5)).folds(2).fit(&samples)?;
/// assert_eq!(validated.points()[0].edges, 0);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct CrossValidatedPoint {
    /// The penalty, in the units of the covariance.
    pub alpha: f64,
    /// Held-out log-likelihood per observation in nats, the mean over the folds.
    pub score: f64,
    /// The standard error of that mean: the folds' standard deviation (divisor k − 1) over √k.
    pub standard_error: f64,
    /// Edges of the graph that all samples give.
    pub edges: usize,
    /// Connected components of that graph.
    pub components: usize,
}

impl CrossValidatedPoint {
    pub(crate) fn new(point: &PathPoint, scores: &[f64]) -> Self {
        let folds = scores.len() as f64;
        let score = scores.iter().sum::<f64>() / folds;
        let squares: f64 = scores.iter().map(|value| (value - score).powi(2)).sum();
        let standard_error = (squares / (folds - 1.0) / folds).sqrt();
        let PathPoint { alpha, edges, components, .. } = *point;
        Self { alpha, score, standard_error, edges, components }
    }
}

/// A path judged by [`CrossValidation`](crate::gaussian::CrossValidation). It shows itself as a table with both choices underneath.
///
/// # Example
/// ```
/// # use latentlab::{gaussian::{CrossValidation, GraphicalLassoPath}, ndarray::array};
/// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
/// let validated = CrossValidation::new(&GraphicalLassoPath::new(5)).folds(2).fit(&samples)?;
/// assert_eq!(validated.frame()?.shape(), (5, 5));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct CrossValidatedPath {
    pub(crate) path: GraphicalLassoPathFit,
    pub(crate) points: Vec<CrossValidatedPoint>,
    pub(crate) scores: Array2<f64>,
    pub(crate) fold_of: Vec<usize>,
}

impl CrossValidatedPath {
    /// The path of all samples, with its EBIC.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{CrossValidation, GraphicalLassoPath}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let validated = CrossValidation::new(&GraphicalLassoPath::new(5)).folds(2).fit(&samples)?;
    /// assert_eq!(validated.path().fits().len(), 5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn path(&self) -> &GraphicalLassoPathFit {
        &self.path
    }

    /// Mean score, its standard error and the size of the graph at each penalty, largest penalty first.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{CrossValidation, GraphicalLassoPath}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let validated = CrossValidation::new(&GraphicalLassoPath::new(5)).folds(2).fit(&samples)?;
    /// assert!(validated.points()[4].standard_error >= 0.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn points(&self) -> &[CrossValidatedPoint] {
        &self.points
    }

    /// The score of each fold at each penalty, penalties × folds: log-likelihood per held-out observation, in nats.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{CrossValidation, GraphicalLassoPath}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let validated = CrossValidation::new(&GraphicalLassoPath::new(5)).folds(3).fit(&samples)?;
    /// assert_eq!(validated.scores().dim(), (5, 3));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn scores(&self) -> &Array2<f64> {
        &self.scores
    }

    /// The fold that held out each observation, numbered from 0.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{CrossValidation, GraphicalLassoPath}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let path = GraphicalLassoPath::new(5);
    /// let validated = CrossValidation::new(&path).folds(3).shuffle(false).fit(&samples)?;
    /// assert_eq!(validated.fold_of(), [0, 0, 1, 1, 2, 2]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fold_of(&self) -> &[usize] {
        &self.fold_of
    }

    /// Whether the reader interrupted the cell before the last penalty.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{CrossValidation, GraphicalLassoPath}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// assert!(!CrossValidation::new(&GraphicalLassoPath::new(5)).folds(2).fit(&samples)?.interrupted());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn interrupted(&self) -> bool {
        self.path.interrupted()
    }

    /// The fit to all samples at the penalty with the highest mean score; of equals the one with the larger penalty. Its
    /// note says so where that lies on the edge of the grid.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{CrossValidation, GraphicalLassoPath}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let validated = CrossValidation::new(&GraphicalLassoPath::new(5)).folds(2).fit(&samples)?;
    /// assert!(validated.best().fit().edge_count() == 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn best(&self) -> PathChoice {
        let place = self.best_place();
        let note = self.unfinished().or_else(|| {
            let note = if place + 1 == self.points.len() {
                "the best alpha is the smallest of the grid, so a smaller one may predict better: lower the path's ratio"
            } else if place == 0 {
                "the best alpha is the largest of the grid, where the graph is empty: no edge improves the prediction"
            } else {
                return None;
            };
            Some(note.to_owned())
        });
        self.path.choice(place, "cross-validation", self.value(place), note)
    }

    /// The fit to all samples at the largest penalty whose mean score is within one standard error of the best one: the
    /// sparsest graph that predicts as well as can be told (Breiman, Friedman, Olshen & Stone, 1984).
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{CrossValidation, GraphicalLassoPath}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let validated = CrossValidation::new(&GraphicalLassoPath::new(5)).folds(2).fit(&samples)?;
    /// assert_eq!(validated.one_standard_error().criterion(), "one-standard-error rule");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn one_standard_error(&self) -> PathChoice {
        let best = self.best_place();
        let bar = self.points[best].score - self.points[best].standard_error;
        let place = self.points[..best].iter().position(|point| point.score >= bar).unwrap_or(best);
        let note = self.unfinished().or_else(|| {
            let note = if place == 0 {
                "alpha is the largest of the grid, where the graph is empty: no edge improves the prediction by more than its standard error"
            } else if best + 1 == self.points.len() {
                "the best score, which sets the bar, is at the smallest alpha of the grid, so the bar may be higher: lower the path's ratio"
            } else {
                return None;
            };
            Some(note.to_owned())
        });
        self.path.choice(place, "one-standard-error rule", self.value(place), note)
    }

    /// The path as a table: alpha, score, standard_error, edges, components.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses the table.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{CrossValidation, GraphicalLassoPath}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let validated = CrossValidation::new(&GraphicalLassoPath::new(5)).folds(2).fit(&samples)?;
    /// assert_eq!(validated.frame()?.column("score")?.len(), 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let counts = |value: fn(&CrossValidatedPoint) -> usize| {
            self.points.iter().map(|point| value(point) as u32).collect::<Vec<u32>>()
        };
        Ok(DataFrame::new_infer_height(vec![
            Column::new("alpha".into(), self.numbers(|point| point.alpha)),
            Column::new("score".into(), self.numbers(|point| point.score)),
            Column::new("standard_error".into(), self.numbers(|point| point.standard_error)),
            Column::new("edges".into(), counts(|point| point.edges)),
            Column::new("components".into(), counts(|point| point.components)),
        ])?)
    }

    /// The mean score along the path as a chart: a band of one standard error to either side, marks at both choices.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{CrossValidation, GraphicalLassoPath}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let validated = CrossValidation::new(&GraphicalLassoPath::new(5)).folds(2).fit(&samples)?;
    /// assert!(validated.curve().figure()?.description().contains("1 band"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn curve(&self) -> LineChart {
        let (best, sparse) = (self.best(), self.one_standard_error());
        LineChart::new(format!("Held-out log-likelihood, {} folds", self.scores.ncols()))
            .x(self.path.alphas())
            .series("mean over the folds", self.numbers(|point| point.score))
            .band(
                "± one standard error",
                self.numbers(|point| point.score - point.standard_error),
                self.numbers(|point| point.score + point.standard_error),
            )
            .mark(best.mark("best"), best.alpha())
            .mark(sparse.mark("one standard error"), sparse.alpha())
            .log_x()
            .x_label("α")
            .y_label("nats per observation")
    }

    fn numbers(&self, value: fn(&CrossValidatedPoint) -> f64) -> Vec<f64> {
        self.points.iter().map(value).collect()
    }

    fn best_place(&self) -> usize {
        let mut best = 0;
        for (place, point) in self.points.iter().enumerate() {
            if point.score > self.points[best].score {
                best = place;
            }
        }
        best
    }

    fn value(&self, place: usize) -> String {
        let CrossValidatedPoint { score, standard_error, .. } = self.points[place];
        let folds = counted(self.scores.ncols(), "fold");
        format!("held-out log-likelihood {score:.4} ± {standard_error:.4} ({folds})")
    }

    fn unfinished(&self) -> Option<String> {
        let note = || interrupted_note(self.points.len(), self.path.wanted);
        self.interrupted().then(note)
    }
}

impl Show for CrossValidatedPath {
    fn rich(&self) -> Rich {
        chosen_from(self.frame(), &[self.best(), self.one_standard_error()])
    }
}

impl Inspect for CrossValidatedPath {
    fn shape(&self) -> Option<String> {
        let folds = counted(self.scores.ncols(), "fold");
        Some(format!("{} × {folds}", counted(self.points.len(), "fit")))
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.path.memory() + self.scores.memory() + self.fold_of.memory()
    }

    fn preview(&self) -> String {
        self.best().preview()
    }
}
