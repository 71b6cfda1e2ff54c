//! The fit that a criterion chose from a path.

use polars::prelude::DataFrame;

use crate::Result;
use crate::gaussian::graphical_lasso::fit::GraphicalLassoFit;
use crate::gaussian::graphical_lasso::path_fit::PathPoint;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, escape, frame_html};
use crate::words::counted;

/// The fit that a criterion chose from a path.
///
/// # Example
/// ```
/// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
/// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 500)?;
/// let graph = path.best_by_ebic().fit().graph(&["T", "FOX"])?;
/// assert_eq!(graph.edges().len(), 1);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct PathChoice {
    pub(crate) fit: GraphicalLassoFit,
    pub(crate) point: PathPoint,
    pub(crate) criterion: &'static str,
    /// The criterion's value, in words.
    pub(crate) value: String,
    pub(crate) note: Option<String>,
}

impl PathChoice {
    /// The chosen fit.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 500)?;
    /// assert!(path.best_by_ebic().fit().converged());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit(&self) -> &GraphicalLassoFit {
        &self.fit
    }

    /// Its place on the path: penalty, edges, components, likelihood, criterion.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 500)?;
    /// assert_eq!(path.best_by_ebic().point().edges, 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn point(&self) -> &PathPoint {
        &self.point
    }

    /// What chose it: "EBIC", "cross-validation", "one-standard-error rule" or "StARS".
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 500)?;
    /// assert_eq!(path.best_by_ebic().criterion(), "EBIC");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn criterion(&self) -> &str {
        self.criterion
    }

    /// The chosen penalty.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.4], [0.4, 1.0]], 500)?;
    /// let best = path.best_by_ebic();
    /// assert_eq!(best.alpha(), best.fit().alpha());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn alpha(&self) -> f64 {
        self.point.alpha
    }

    /// What to know before trusting the choice: it lies on the grid's edge, and which.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::GraphicalLassoPath, ndarray::array};
    /// let path = GraphicalLassoPath::new(5).fit_covariance(&array![[1.0, 0.01], [0.01, 1.0]], 50)?;
    /// assert!(path.best_by_ebic().note().is_some_and(|note| note.contains("no edge")));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn note(&self) -> Option<&str> {
        self.note.as_deref()
    }
}

impl PathChoice {
    /// The name of the choice's mark in a chart.
    pub(crate) fn mark(&self, name: &str) -> String {
        let warning = if self.note.is_some() { "⚠ " } else { "" };
        format!("{warning}{name}: α = {:.3}", self.point.alpha)
    }
}

impl Show for PathChoice {
    fn rich(&self) -> Rich {
        let summary = format!(
            "alpha = {:.6}: {}, {}, {}",
            self.point.alpha,
            counted(self.point.edges, "edge"),
            counted(self.point.components, "component"),
            self.value
        );
        let mut text = format!("best by {}: {summary}", self.criterion);
        let mut html = format!("<b>Best by {}</b>: {}", self.criterion, escape(&summary));
        if let Some(note) = &self.note {
            text.push_str(&format!("\nWARNING: {note}"));
            html.push_str(&format!("<br><b style=\"color:#b00020\">Warning:</b> {}", escape(note)));
        }
        Rich::text(text).html(html)
    }
}

impl Inspect for PathChoice {
    fn memory(&self) -> usize {
        size_of_val(self) + self.fit.memory()
    }

    fn preview(&self) -> String {
        format!("best by {}: alpha = {:.4}", self.criterion, self.point.alpha)
    }
}

/// A table with the choices made from it underneath, and a warning where work was left undone.
pub(crate) fn chosen_from(frame: Result<DataFrame>, choices: &[PathChoice]) -> Rich {
    let frame = match frame {
        Ok(frame) => frame,
        Err(error) => return Rich::text(format!("error: {error}")),
    };
    let (mut text, mut html) = (frame.to_string(), frame_html(&frame));
    for choice in choices.iter().map(PathChoice::rich) {
        text.push_str(&format!("\n{}", choice.get("text/plain").unwrap_or_default()));
        html.push_str(&format!("<br>{}", choice.get("text/html").unwrap_or_default()));
    }
    Rich::text(text).html(html)
}

/// Why a choice from a path that ended early is not to be trusted.
pub(crate) fn interrupted_note(done: usize, wanted: usize) -> String {
    format!(
        "the path was interrupted after {done} of {wanted} penalties, so a smaller one may be better: run the cell again"
    )
}
