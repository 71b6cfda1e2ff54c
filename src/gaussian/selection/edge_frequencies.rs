//! The share of subsamples in which each edge was found.

use ndarray::Array2;
use polars::prelude::{Column, DataFrame};

use crate::gaussian::graphs::graph::ConditionalIndependenceGraph;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, escape, frame_html};
use crate::plot::{ColorMap, HeatMap};
use crate::words::counted;
use crate::{Error, Result};

/// What [`EdgeStability`](crate::gaussian::EdgeStability) found. It shows itself as a table of the edges, most frequent first.
///
/// # Example
/// ```
/// # use latentlab::{gaussian::{EdgeStability, GraphicalLasso}, ndarray::array};
/// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
/// let stability = EdgeStability::new(&GraphicalLasso::new(0.1)).size(5).names(["T", "FOX"]).fit(&samples)?;
/// assert_eq!(stability.frame()?.shape(), (1, 5));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct EdgeFrequencies {
    pub(crate) frequencies: Array2<f64>,
    pub(crate) subsamples: usize,
    /// Subsamples that were asked for.
    pub(crate) wanted: usize,
    pub(crate) graph: ConditionalIndependenceGraph,
    pub(crate) alpha: f64,
    pub(crate) size: usize,
}

/// A pair of variables that some subsample joins.
struct Found {
    row: usize,
    column: usize,
    frequency: f64,
    /// In the graph of all samples; 0 where that has no such edge.
    partial_correlation: f64,
}

impl EdgeFrequencies {
    /// The share of subsamples that have each edge, p × p, 0 to 1, with zeros on the diagonal.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{EdgeStability, GraphicalLasso}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let stability = EdgeStability::new(&GraphicalLasso::new(0.1)).size(5).fit(&samples)?;
    /// assert_eq!(stability.matrix(), &array![[0.0, 1.0], [1.0, 0.0]]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn matrix(&self) -> &Array2<f64> {
        &self.frequencies
    }

    /// The graph of all samples.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{EdgeStability, GraphicalLasso}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let stability = EdgeStability::new(&GraphicalLasso::new(0.1)).size(5).fit(&samples)?;
    /// assert_eq!(stability.graph().edges().len(), 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn graph(&self) -> &ConditionalIndependenceGraph {
        &self.graph
    }

    /// The subsamples that were done: all, or fewer after an interrupt.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{EdgeStability, GraphicalLasso}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let stability = EdgeStability::new(&GraphicalLasso::new(0.1)).size(5).fit(&samples)?;
    /// assert_eq!(stability.subsamples(), 100);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn subsamples(&self) -> usize {
        self.subsamples
    }

    /// Whether the reader interrupted the cell before the last subsample.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{EdgeStability, GraphicalLasso}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// assert!(!EdgeStability::new(&GraphicalLasso::new(0.1)).size(5).fit(&samples)?.interrupted());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn interrupted(&self) -> bool {
        self.subsamples < self.wanted
    }

    /// The number of edges of the graph of all samples that at least this share of the subsamples has as well.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a share that is not between 0 and 1.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{EdgeStability, GraphicalLasso}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let stability = EdgeStability::new(&GraphicalLasso::new(0.1)).size(5).fit(&samples)?;
    /// assert_eq!(stability.stable_edges(0.9)?, 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn stable_edges(&self, share: f64) -> Result<usize> {
        if !(0.0..=1.0).contains(&share) {
            return Err(Error::invalid(
                format!("share = {share}"),
                "a share of the subsamples lies between 0 and 1",
            ));
        }
        let stable = |found: &&Found| found.partial_correlation != 0.0 && found.frequency >= share;
        Ok(self.found().iter().filter(stable).count())
    }

    /// The pairs that any subsample, or the graph of all samples, joins, most frequent first: variable_1, variable_2,
    /// frequency, in_graph, partial_correlation (0 where the graph of all samples has no such edge).
    ///
    /// # Errors
    /// [`Error::Frame`] where polars refuses the table.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{EdgeStability, GraphicalLasso}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let stability = EdgeStability::new(&GraphicalLasso::new(0.1)).size(5).fit(&samples)?;
    /// assert_eq!(stability.frame()?.column("frequency")?.f64()?.get(0), Some(1.0));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let found = self.found();
        let names = |place: fn(&Found) -> usize| {
            found.iter().map(|pair| self.graph.names()[place(pair)].as_str()).collect::<Vec<_>>()
        };
        let numbers = |value: fn(&Found) -> f64| found.iter().map(value).collect::<Vec<f64>>();
        let in_graph: Vec<bool> =
            found.iter().map(|pair| pair.partial_correlation != 0.0).collect();
        Ok(DataFrame::new_infer_height(vec![
            Column::new("variable_1".into(), names(|pair| pair.row)),
            Column::new("variable_2".into(), names(|pair| pair.column)),
            Column::new("frequency".into(), numbers(|pair| pair.frequency)),
            Column::new("in_graph".into(), in_graph),
            Column::new("partial_correlation".into(), numbers(|pair| pair.partial_correlation)),
        ])?)
    }

    /// The frequencies as a heat map, similar variables side by side.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::{EdgeStability, GraphicalLasso}, ndarray::array};
    /// # let samples = array![[1.0, 1.1], [-1.0, -0.8], [0.5, 0.2], [-0.5, -0.5], [0.1, 0.3], [0.9, 0.6]];
    /// let stability = EdgeStability::new(&GraphicalLasso::new(0.1)).size(5).names(["T", "FOX"]).fit(&samples)?;
    /// assert!(stability.heat_map().figure()?.svg()?.contains("FOX"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn heat_map(&self) -> HeatMap {
        let title = format!("Share of {} subsamples with each edge", self.subsamples);
        HeatMap::new(title, &self.frequencies)
            .labels(self.graph.names())
            .range(0.0, 1.0)
            .color_map(ColorMap::Blues)
            .hide_diagonal(true)
            .clustered(self.frequencies.nrows() > 2)
    }

    fn found(&self) -> Vec<Found> {
        let graph = self.graph.petgraph();
        let order = self.frequencies.nrows();
        let pairs = (0..order).flat_map(|row| (row + 1..order).map(move |column| (row, column)));
        let mut found: Vec<Found> = pairs
            .map(|(row, column)| {
                let edge = graph.find_edge((row as u32).into(), (column as u32).into());
                let partial_correlation =
                    edge.and_then(|edge| graph.edge_weight(edge)).copied().unwrap_or(0.0);
                let frequency = self.frequencies[[row, column]];
                Found { row, column, frequency, partial_correlation }
            })
            .filter(|pair| pair.frequency > 0.0 || pair.partial_correlation != 0.0)
            .collect();
        // The sort is stable: equals stay in the order of the matrix.
        found.sort_by(|one, other| {
            let strength = |pair: &Found| pair.partial_correlation.abs();
            let frequency = other.frequency.total_cmp(&one.frequency);
            frequency.then(strength(other).total_cmp(&strength(one)))
        });
        found
    }

    fn summary(&self) -> String {
        let stable = |share| self.stable_edges(share).unwrap_or_default();
        format!(
            "alpha = {}, {} of {} observations: of {}, {} in at least 90 % of the subsamples, {} in fewer than half",
            self.alpha,
            counted(self.subsamples, "subsample"),
            self.size,
            counted(self.graph.edges().len(), "edge"),
            stable(0.9),
            self.graph.edges().len() - stable(0.5),
        )
    }
}

impl Show for EdgeFrequencies {
    fn rich(&self) -> Rich {
        let summary = self.summary();
        let mut text = format!("edge stability, {summary}");
        let mut html = format!("<b>Edge stability</b>, {}", escape(&summary));
        if self.interrupted() {
            let note =
                format!("interrupted after {} of {} subsamples", self.subsamples, self.wanted);
            text.push_str(&format!("\nWARNING: {note}"));
            html.push_str(&format!("<br><b style=\"color:#b00020\">Warning:</b> {note}"));
        }
        match self.frame() {
            Ok(frame) => {
                Rich::text(format!("{text}\n{frame}")).html(format!("{html}{}", frame_html(&frame)))
            }
            Err(error) => Rich::text(format!("error: {error}")),
        }
    }
}

impl Inspect for EdgeFrequencies {
    fn shape(&self) -> Option<String> {
        Inspect::shape(&self.frequencies)
    }

    fn dtype(&self) -> Option<String> {
        Inspect::dtype(&self.frequencies)
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.frequencies.memory() + self.graph.memory()
    }

    fn preview(&self) -> String {
        self.summary()
    }
}
