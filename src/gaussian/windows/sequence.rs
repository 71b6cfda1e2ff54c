//! A precision matrix for each window, and what changes from one to the next.

use ndarray::Array2;
use polars::prelude::{Column, DataFrame};

use super::span::Window;
use crate::gaussian::graphs::graph::ConditionalIndependenceGraph;
use crate::gaussian::graphs::partial_correlation::partial_correlations;
use crate::{Error, Result};

/// The graphs of consecutive windows: what a
/// [`TimeVaryingGraphicalLasso`](super::time_varying::TimeVaryingGraphicalLasso) found. An edge is a nonzero entry of a
/// window's precision matrix.
///
/// # Example
/// ```
/// use latentlab::gaussian::TimeVaryingGraphicalLasso;
/// use latentlab::ndarray::Array2;
///
/// let samples = Array2::from_shape_fn((60, 2), |(row, column)| (row as f64 * [0.7, 0.72][column]).sin());
/// let sequence = TimeVaryingGraphicalLasso::new(0.2, 20).names(["T", "FOX"]).fit(&samples)?;
/// assert_eq!(sequence.edge_counts().len(), 3);
/// assert!(sequence.density_chart().figure()?.svg()?.contains("density"));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct GraphSequence {
    pub(super) alpha: f64,
    pub(super) fusion: f64,
    pub(super) tolerance: f64,
    pub(super) names: Vec<String>,
    pub(super) windows: Vec<Window>,
    pub(super) precisions: Vec<Array2<f64>>,
    pub(super) wanted: usize,
    pub(super) gap: f64,
    pub(super) interrupted: bool,
}

/// One pair of variables through all windows.
pub(super) struct Course {
    pub(super) row: usize,
    pub(super) column: usize,
    /// The windows, from 0, whose graph has the edge.
    pub(super) found: Vec<usize>,
    /// The most windows in a row with the edge.
    pub(super) longest: usize,
}

impl GraphSequence {
    /// The windows, oldest first.
    pub fn windows(&self) -> &[Window] {
        &self.windows
    }

    /// The names of the variables, in the order of the matrices.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// The precision matrix of each window, p × p and positive definite, with exact zeros.
    pub fn precisions(&self) -> &[Array2<f64>] {
        &self.precisions
    }

    /// The graph of one window, from 0.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a window that is not there.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::TimeVaryingGraphicalLasso, ndarray::Array2};
    /// # let samples = Array2::from_shape_fn((60, 2), |(row, column)| (row as f64 * [0.7, 0.72][column]).sin());
    /// let sequence = TimeVaryingGraphicalLasso::new(0.2, 20).fit(&samples)?;
    /// assert_eq!(sequence.graph(2)?.names(), ["0", "1"]);
    /// assert!(sequence.graph(3).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn graph(&self, window: usize) -> Result<ConditionalIndependenceGraph> {
        let Some(precision) = self.precisions.get(window) else {
            let problem = format!("there are {} windows, counted from 0", self.windows.len());
            return Err(Error::invalid(format!("window {window}"), problem));
        };
        ConditionalIndependenceGraph::from_precision(precision, &self.names, 0.0)
    }

    /// The number of edges in each window.
    pub fn edge_counts(&self) -> Vec<usize> {
        let count =
            |precision: &Array2<f64>| self.pairs().filter(|at| precision[*at] != 0.0).count();
        self.precisions.iter().map(count).collect()
    }

    /// The share of pairs with an edge, in each window; zero for a single variable.
    pub fn densities(&self) -> Vec<f64> {
        let all = self.pairs().count().max(1) as f64;
        self.edge_counts().iter().map(|count| *count as f64 / all).collect()
    }

    /// The Hamming distance of each window's graph to the one before: the edges that appeared or disappeared. One
    /// number fewer than there are windows.
    pub fn changes(&self) -> Vec<usize> {
        self.turnover().iter().map(|(appeared, disappeared)| appeared + disappeared).collect()
    }

    /// The share of windows that have each edge, p × p and symmetric, zero on the diagonal.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::TimeVaryingGraphicalLasso, ndarray::Array2};
    /// # let samples = Array2::from_shape_fn((60, 2), |(row, column)| (row as f64 * [0.7, 0.72][column]).sin());
    /// let sequence = TimeVaryingGraphicalLasso::new(0.2, 20).fit(&samples)?;
    /// assert_eq!(sequence.persistence()[[0, 1]], 1.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn persistence(&self) -> Array2<f64> {
        let order = self.names.len();
        let windows = self.precisions.len() as f64;
        Array2::from_shape_fn((order, order), |(row, column)| {
            let has = |precision: &&Array2<f64>| precision[[row, column]] != 0.0;
            let count = if row == column { 0 } else { self.precisions.iter().filter(has).count() };
            count as f64 / windows
        })
    }

    /// How far the objective can be above its minimum, at most: the largest of the windows' gaps, or with `fusion` that
    /// of all together.
    pub fn duality_gap(&self) -> f64 {
        self.gap
    }

    /// Whether the duality gap reached the tolerance.
    pub fn converged(&self) -> bool {
        self.gap <= self.tolerance
    }

    /// Whether the reader interrupted the cell before all was done. The windows are then those that were done, or with
    /// `fusion` all of them as far as they came.
    pub fn interrupted(&self) -> bool {
        self.interrupted
    }

    /// One row for each window: first and last (dates, or rows from 0), edges, density, and how many edges appeared and
    /// disappeared since the window before (missing for the first).
    ///
    /// # Errors
    /// [`Error::Frame`] where polars refuses the table.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::TimeVaryingGraphicalLasso, ndarray::Array2};
    /// # let samples = Array2::from_shape_fn((60, 2), |(row, column)| (row as f64 * [0.7, 0.72][column]).sin());
    /// let sequence = TimeVaryingGraphicalLasso::new(0.2, 20).fit(&samples)?;
    /// assert_eq!(sequence.frame()?.shape(), (3, 6));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let end = |of: fn(&Window) -> String| self.windows.iter().map(of).collect::<Vec<_>>();
        let first = |window: &Window| match window.dates {
            Some((first, _)) => first.to_string(),
            None => window.rows.start.to_string(),
        };
        let edges: Vec<u64> = self.edge_counts().iter().map(|count| *count as u64).collect();
        let turnover = self.turnover();
        let since = |of: fn(&(usize, usize)) -> usize| {
            let counts = turnover.iter().map(|pair| Some(of(pair) as u64));
            std::iter::once(None).chain(counts).collect::<Vec<Option<u64>>>()
        };
        Ok(DataFrame::new_infer_height(vec![
            Column::new("first".into(), end(first)),
            Column::new("last".into(), end(Window::short_label)),
            Column::new("edges".into(), edges),
            Column::new("density".into(), self.densities()),
            Column::new("appeared".into(), since(|pair| pair.0)),
            Column::new("disappeared".into(), since(|pair| pair.1)),
        ])?)
    }

    /// One row for each pair that any window joins, most persistent first: variable_1, variable_2, windows (how many
    /// have the edge), share, longest_run (of windows in a row), first and last (window with it, from 0).
    ///
    /// # Errors
    /// [`Error::Frame`] where polars refuses the table.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::TimeVaryingGraphicalLasso, ndarray::Array2};
    /// # let samples = Array2::from_shape_fn((60, 2), |(row, column)| (row as f64 * [0.7, 0.72][column]).sin());
    /// let sequence = TimeVaryingGraphicalLasso::new(0.2, 20).fit(&samples)?;
    /// assert_eq!(sequence.edge_frame()?.column("longest_run")?.u64()?.get(0), Some(3));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn edge_frame(&self) -> Result<DataFrame> {
        let courses = self.courses();
        let name = |of: fn(&Course) -> usize| {
            courses.iter().map(|course| self.names[of(course)].as_str()).collect::<Vec<_>>()
        };
        let count = |of: fn(&Course) -> usize| {
            courses.iter().map(|course| of(course) as u64).collect::<Vec<u64>>()
        };
        let all = self.precisions.len() as f64;
        let shares: Vec<f64> =
            courses.iter().map(|course| course.found.len() as f64 / all).collect();
        Ok(DataFrame::new_infer_height(vec![
            Column::new("variable_1".into(), name(|course| course.row)),
            Column::new("variable_2".into(), name(|course| course.column)),
            Column::new("windows".into(), count(|course| course.found.len())),
            Column::new("share".into(), shares),
            Column::new("longest_run".into(), count(|course| course.longest)),
            Column::new("first".into(), count(|course| course.found[0])),
            Column::new("last".into(), count(|course| course.found[course.found.len() - 1])),
        ])?)
    }

    /// The pairs that any window joins, most persistent first, then in the order of the matrix.
    pub(super) fn courses(&self) -> Vec<Course> {
        let course = |(row, column): (usize, usize)| {
            let has = |window: &usize| self.precisions[*window][[row, column]] != 0.0;
            let found: Vec<usize> = (0..self.precisions.len()).filter(has).collect();
            let runs = found.chunk_by(|before, after| before + 1 == *after);
            let longest = runs.map(<[usize]>::len).max()?;
            Some(Course { row, column, found, longest })
        };
        let mut courses: Vec<Course> = self.pairs().filter_map(course).collect();
        courses.sort_by_key(|course| std::cmp::Reverse(course.found.len()));
        courses
    }

    /// The partial correlations of one pair of variables in each window.
    pub(super) fn strengths(&self) -> Vec<Array2<f64>> {
        self.precisions.iter().map(partial_correlations).collect()
    }

    /// Edges that appeared and disappeared from each window to the next.
    fn turnover(&self) -> Vec<(usize, usize)> {
        let change = |pair: &[Array2<f64>]| {
            let count = |old: &Array2<f64>, new: &Array2<f64>| {
                self.pairs().filter(|at| old[*at] == 0.0 && new[*at] != 0.0).count()
            };
            (count(&pair[0], &pair[1]), count(&pair[1], &pair[0]))
        };
        self.precisions.windows(2).map(change).collect()
    }

    fn pairs(&self) -> impl Iterator<Item = (usize, usize)> {
        let order = self.names.len();
        (0..order).flat_map(move |row| (row + 1..order).map(move |column| (row, column)))
    }
}
