//! How the graph changes along a path.

use polars::prelude::{Column, DataFrame};

use crate::Result;
use crate::gaussian::graphical_lasso::fit::GraphicalLassoFit;
use crate::gaussian::graphical_lasso::path_fit::GraphicalLassoPathFit;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};
use crate::plot::LineChart;
use crate::words::counted;

/// The graph at one penalty, compared with that at the next larger one.
///
/// # Example
/// ```
/// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
/// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
/// let sensitivity = path.sensitivity();
/// let step = &sensitivity.steps()[1];
/// assert_eq!((step.edges, step.appeared, step.vanished), (1, 1, 0));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SensitivityStep {
    /// The penalty, in the units of the covariance.
    pub alpha: f64,
    /// Edges of the graph.
    pub edges: usize,
    /// Connected components of the graph, isolated variables included.
    pub components: usize,
    /// Edges that the next larger penalty does not give.
    pub appeared: usize,
    /// Edges of the next larger penalty that are gone.
    pub vanished: usize,
}

impl SensitivityStep {
    /// The Hamming distance to the graph at the next larger penalty: pairs that one of the two joins and the other not.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
    /// let distances: Vec<usize> = path.sensitivity().steps().iter().map(|step| step.hamming()).collect();
    /// assert_eq!(distances, [0, 1, 0, 0, 0]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn hamming(&self) -> usize {
        self.appeared + self.vanished
    }
}

/// How the graph changes along a path. It shows itself as a table.
///
/// # Example
/// ```
/// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
/// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
/// assert_eq!(path.sensitivity().frame()?.shape(), (5, 6));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PathSensitivity {
    steps: Vec<SensitivityStep>,
    chosen: f64,
}

impl GraphicalLassoPathFit {
    /// How the graph changes from each penalty to the next.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
    /// assert_eq!(path.sensitivity().steps().len(), 5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn sensitivity(&self) -> PathSensitivity {
        let mut before: Option<&GraphicalLassoFit> = None;
        let steps = self.fits.iter().zip(&self.points).map(|(fit, point)| {
            let (appeared, vanished) = changes(before.replace(fit).unwrap_or(fit), fit);
            let (alpha, edges, components) = (point.alpha, point.edges, point.components);
            SensitivityStep { alpha, edges, components, appeared, vanished }
        });
        PathSensitivity { steps: steps.collect(), chosen: self.best_by_ebic().alpha() }
    }
}

/// Edges that only the second fit has, and that only the first one has.
fn changes(one: &GraphicalLassoFit, other: &GraphicalLassoFit) -> (usize, usize) {
    let (mut appeared, mut vanished) = (0, 0);
    for ((row, column), value) in
        other.precision().indexed_iter().filter(|(place, _)| place.0 < place.1)
    {
        match (one.precision()[[row, column]] != 0.0, *value != 0.0) {
            (false, true) => appeared += 1,
            (true, false) => vanished += 1,
            _ => {}
        }
    }
    (appeared, vanished)
}

impl PathSensitivity {
    /// The steps, largest penalty first; the first is compared with itself.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
    /// assert_eq!(path.sensitivity().steps()[0].hamming(), 0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn steps(&self) -> &[SensitivityStep] {
        &self.steps
    }

    /// The steps as a table: alpha, edges, components, appeared, vanished, hamming.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses the table.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
    /// assert_eq!(path.sensitivity().frame()?.column("hamming")?.len(), 5);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let alphas: Vec<f64> = self.steps.iter().map(|step| step.alpha).collect();
        let counts = |value: fn(&SensitivityStep) -> usize| {
            self.steps.iter().map(|step| value(step) as u32).collect::<Vec<u32>>()
        };
        Ok(DataFrame::new_infer_height(vec![
            Column::new("alpha".into(), alphas),
            Column::new("edges".into(), counts(|step| step.edges)),
            Column::new("components".into(), counts(|step| step.components)),
            Column::new("appeared".into(), counts(|step| step.appeared)),
            Column::new("vanished".into(), counts(|step| step.vanished)),
            Column::new("hamming".into(), counts(SensitivityStep::hamming)),
        ])?)
    }

    /// Edges, components and the Hamming distance along the path as a chart, with a mark at the EBIC's choice.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 50)?;
    /// assert!(path.sensitivity().curve().figure()?.description().contains("3 series"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn curve(&self) -> LineChart {
        let numbers = |value: fn(&SensitivityStep) -> usize| {
            self.steps.iter().map(|step| value(step) as f64).collect::<Vec<f64>>()
        };
        LineChart::new("The graph along the path")
            .x(self.steps.iter().map(|step| step.alpha).collect::<Vec<f64>>())
            .series("edges", numbers(|step| step.edges))
            .series("components", numbers(|step| step.components))
            .series("pairs that change", numbers(SensitivityStep::hamming))
            .mark(format!("smallest EBIC: α = {:.3}", self.chosen), self.chosen)
            .log_x()
            .x_label("α")
            .y_label("count")
    }
}

impl Show for PathSensitivity {
    fn rich(&self) -> Rich {
        titled_frame("The graph along the path", self.frame())
    }
}

impl Inspect for PathSensitivity {
    fn shape(&self) -> Option<String> {
        Some(counted(self.steps.len(), "step"))
    }

    fn memory(&self) -> usize {
        size_of_val(self) + size_of_val(self.steps.as_slice())
    }
}
