//! The fit that a criterion chose from a path.

use super::fit::{GraphicalLassoFit, counted};
use super::path_fit::PathPoint;
use crate::notebook::{Rich, Show, escape};

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
    pub(crate) gamma: f64,
    pub(crate) observations: usize,
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

impl Show for PathChoice {
    fn rich(&self) -> Rich {
        let summary = format!(
            "alpha = {:.6}: {}, {}, EBIC {:.2} (gamma = {}, n = {})",
            self.point.alpha,
            counted(self.point.edges, "edge"),
            counted(self.point.components, "component"),
            self.point.ebic,
            self.gamma,
            self.observations
        );
        let mut text = format!("best by EBIC: {summary}");
        let mut html = format!("<b>Best by EBIC</b>: {}", escape(&summary));
        if let Some(note) = &self.note {
            text.push_str(&format!("\nWARNING: {note}"));
            html.push_str(&format!("<br><b style=\"color:#b00020\">Warning:</b> {}", escape(note)));
        }
        Rich::text(text).html(html)
    }
}
