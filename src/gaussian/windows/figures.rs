//! How graphs over time are drawn and shown.

use std::fmt::Write;

use ndarray::Array2;

use super::sequence::GraphSequence;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, escape, frame_html};
use crate::plot::{ColorMap, HeatMap, LineChart};
use crate::words::counted;
use crate::{Error, Result};

impl GraphSequence {
    /// The share of pairs with an edge in each window, and the share that changed since the window before, over the
    /// windows' last dates, or their numbers.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::TimeVaryingGraphicalLasso, ndarray::Array2};
    /// # let samples = Array2::from_shape_fn((60, 2), |(row, column)| (row as f64 * [0.7, 0.72][column]).sin());
    /// let sequence = TimeVaryingGraphicalLasso::new(0.2, 20).fit(&samples)?;
    /// assert!(sequence.density_chart().figure()?.svg()?.contains("changed"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn density_chart(&self) -> LineChart {
        let order = self.names.len();
        let pairs = (order * order.saturating_sub(1) / 2).max(1) as f64;
        let changed = self.changes().into_iter().map(|count| count as f64 / pairs);
        // The first window has none before it, which leaves a gap.
        let changed: Vec<f64> = std::iter::once(f64::NAN).chain(changed).collect();
        let densities = self.densities();
        let top = densities.iter().chain(&changed).copied().fold(0.05, f64::max);
        let chart =
            LineChart::new(format!("Density of the graph in {} windows", self.windows.len()))
                .series("density", densities)
                .series("changed", changed)
                .y_label("share of all pairs")
                .y_range(0.0, 1.05 * top);
        let ends: Option<Vec<_>> =
            self.windows.iter().map(|window| window.dates.map(|(_, last)| last)).collect();
        match ends {
            Some(dates) => chart.dates(&dates).x_label("end of the window"),
            None => chart.x_label("window"),
        }
    }

    /// The most persistent edges, at most so many, with their partial correlation in each window; grey where the
    /// window's graph has no such edge.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no edges wanted, and where no window has any.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::TimeVaryingGraphicalLasso, ndarray::Array2};
    /// # let samples = Array2::from_shape_fn((60, 2), |(row, column)| (row as f64 * [0.7, 0.72][column]).sin());
    /// let sequence = TimeVaryingGraphicalLasso::new(0.2, 20).names(["T", "FOX"]).fit(&samples)?;
    /// assert!(sequence.edge_map(30)?.figure()?.svg()?.contains("T – FOX"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn edge_map(&self, most: usize) -> Result<HeatMap> {
        if most == 0 {
            return Err(Error::invalid("edge_map(0)", "ask for one edge at least"));
        }
        let courses = self.courses();
        if courses.is_empty() {
            let problem = "no window has any; lower alpha";
            return Err(Error::invalid(format!("edges, alpha = {}", self.alpha), problem));
        }
        let shown = &courses[..courses.len().min(most)];
        let strengths = self.strengths();
        let map = Array2::from_shape_fn((shown.len(), strengths.len()), |(edge, window)| {
            let at = [shown[edge].row, shown[edge].column];
            if self.precisions[window][at] == 0.0 { f64::NAN } else { strengths[window][at] }
        });
        let names = shown
            .iter()
            .map(|course| format!("{} – {}", self.names[course.row], self.names[course.column]));
        let title = if shown.len() < courses.len() {
            format!(
                "Partial correlations of the {} most persistent of {} edges",
                shown.len(),
                courses.len()
            )
        } else {
            format!("Partial correlations of all {}", counted(shown.len(), "edge"))
        };
        let reach = map.iter().fold(0.0f64, |most, value| most.max(value.abs()));
        Ok(HeatMap::new(title, &map)
            .row_labels(names)
            .column_labels(self.windows.iter().map(|window| window.short_label()))
            .color_map(ColorMap::RdBu)
            .range(-reach, reach)
            .x_label("end of the window"))
    }

    /// The share of windows that have each edge, as a heat map, similar variables side by side.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::TimeVaryingGraphicalLasso, ndarray::Array2};
    /// # let samples = Array2::from_shape_fn((60, 2), |(row, column)| (row as f64 * [0.7, 0.72][column]).sin());
    /// let sequence = TimeVaryingGraphicalLasso::new(0.2, 20).names(["T", "FOX"]).fit(&samples)?;
    /// assert!(sequence.persistence_map().figure()?.svg()?.contains("FOX"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn persistence_map(&self) -> HeatMap {
        let title = format!("Share of {} windows with each edge", self.windows.len());
        HeatMap::new(title, self.persistence())
            .labels(&self.names)
            .range(0.0, 1.0)
            .color_map(ColorMap::Blues)
            .hide_diagonal(true)
            .clustered(self.names.len() > 2)
    }

    fn summary(&self) -> String {
        let counts = self.edge_counts();
        let (least, most) = (counts.iter().min(), counts.iter().max());
        let edges = match (least, most) {
            (Some(least), Some(most)) if least < most => format!("{least} to {most} edges"),
            (Some(same), _) => counted(*same, "edge"),
            _ => "no edges".into(),
        };
        let courses = self.courses();
        let always =
            courses.iter().filter(|course| course.found.len() == self.windows.len()).count();
        let ends = match (self.windows.first(), self.windows.last()) {
            (Some(first), Some(last)) => format!(", {} and {}", first.label(), last.label()),
            _ => String::new(),
        };
        format!(
            "{} of {} observations (first and last{}): {edges}, {always} in every window, {} in some; duality gap {:.1e}",
            counted(self.windows.len(), "window"),
            self.windows.first().map_or(0, |window| window.rows.len()),
            ends.replacen(", ", " ", 1),
            courses.len() - always,
            self.gap,
        )
    }

    fn warnings(&self) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.windows.len() < self.wanted {
            warnings.push(format!(
                "interrupted after {} of {} windows",
                self.windows.len(),
                self.wanted
            ));
        } else if self.interrupted {
            warnings.push("interrupted: run the cell again for the solution".into());
        } else if !self.converged() {
            warnings.push(format!(
                "not converged: the duality gap is above the tolerance {:.1e}; raise max_iterations, alpha or the tolerance",
                self.tolerance
            ));
        }
        warnings
    }
}

impl Show for GraphSequence {
    fn rich(&self) -> Rich {
        let summary = self.summary();
        let (alpha, fusion) = (self.alpha, self.fusion);
        let mut text =
            format!("time-varying graphical lasso, alpha = {alpha}, fusion = {fusion}: {summary}");
        let mut html = format!(
            "<b>Time-varying graphical lasso</b>, α = {alpha}, β = {fusion}: {}",
            escape(&summary)
        );
        for warning in self.warnings() {
            let _infallible = write!(text, "\nwarning: {warning}");
            let _infallible = write!(html, "<br><b>Warning:</b> {}", escape(&warning));
        }
        match self.frame() {
            Ok(frame) => {
                Rich::text(format!("{text}\n{frame}")).html(format!("{html}{}", frame_html(&frame)))
            }
            Err(error) => Rich::text(format!("error: {error}")),
        }
    }
}

impl Inspect for GraphSequence {
    fn shape(&self) -> Option<String> {
        let order = self.names.len();
        Some(format!("{} × {order} × {order}", self.precisions.len()))
    }

    fn memory(&self) -> usize {
        let matrices: usize = self.precisions.iter().map(Inspect::memory).sum();
        size_of_val(self) + matrices + self.names.memory()
    }

    fn preview(&self) -> String {
        let counts: Vec<String> = self.edge_counts().iter().map(usize::to_string).collect();
        format!("edges: {}", counts.join(", "))
    }
}
