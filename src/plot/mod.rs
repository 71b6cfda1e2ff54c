//! Figures for a page: builders that end in [`Figure`], and show themselves as the last expression of a cell.
//!
//! | Builder | Shows |
//! |---|---|
//! | [`LineChart`] | series over dates or numbers, with bands |
//! | [`ScatterPlot`] | points in groups, with ellipses or densities |
//! | [`BarChart`] | bars over categories, with lines over them |
//! | [`Histogram`] | how often values occur |
//! | [`BoxPlot`] | the spread of repeated runs, as boxes or violins |
//! | [`LearningCurves`] | a loss after each epoch, with the best one marked |
//! | [`HeatMap`] | a matrix as colours |
//! | [`ConfusionMatrix`] | which classes a classifier takes for which |
//! | [`NetworkDiagram`] | a graph with weighted, signed edges |
//! | [`ImageGallery`] | images in rows: samples, reconstructions, strips |
//! | [`Subplots`] | several of these in one figure |
//!
//! Every figure shares one style: DejaVu Sans, a palette that colour-blind readers can tell apart, 640 × 400 CSS pixels
//! unless said otherwise, white ground.

mod axis;
mod bar;
mod bitmap;
mod boxes;
mod calendar;
mod canvas;
mod chart;
mod clip;
mod cloud;
mod colormap;
mod confusion;
mod decimate;
mod figure;
mod font;
mod gallery;
mod heatmap;
mod histogram;
mod images;
mod kernel;
mod label;
mod layout;
mod learning;
mod legend;
mod line;
mod matrix;
mod network;
mod numbers;
mod options;
mod pdf;
mod scatter;
mod spacing;
mod style;
mod subplots;
mod tick;
mod vector;

pub use bar::BarChart;
pub use boxes::BoxPlot;
pub use colormap::ColorMap;
pub use confusion::ConfusionMatrix;
pub use figure::Figure;
pub use gallery::ImageGallery;
pub use heatmap::HeatMap;
pub use histogram::Histogram;
pub use images::{Images, Picture};
pub(crate) use kernel::quantile;
pub use layout::{Layout, spring_layout};
pub use learning::LearningCurves;
pub use line::LineChart;
pub use matrix::Matrix;
pub use network::NetworkDiagram;
pub use numbers::{Number, Numbers};
pub use options::Request;
pub use scatter::ScatterPlot;
pub use subplots::Subplots;
pub(crate) use tick::short as short_number;

use crate::Result;

/// Every chart: something that can be drawn alone, or as a part of [`Subplots`].
///
/// # Example
/// ```
/// use latentlab::plot::{LineChart, Plot, Request};
///
/// let chart = LineChart::new("Loss").series("train", [2.0, 1.0]);
/// assert_eq!(chart.draw(&Request::default())?.size(), (640.0, 400.0));
/// # Ok::<(), latentlab::Error>(())
/// ```
pub trait Plot: std::fmt::Debug {
    /// Draws the chart, in the size and with the axes that a request asks for.
    fn draw(&self, request: &Request) -> Result<Figure>;

    /// The ends of the horizontal and of the vertical axis; `None` for a chart without numbers at its axes.
    fn limits(&self) -> Result<Option<[[f64; 2]; 2]>> {
        Ok(None)
    }
}

/// Sizes that a page can hold and a reader can read.
fn check_size([width, height]: [f64; 2]) -> std::result::Result<(), String> {
    if (160.0..=4000.0).contains(&width) && (120.0..=4000.0).contains(&height) {
        Ok(())
    } else {
        Err(format!(
            "a size of {width} × {height}; 160 × 120 to 4000 × 4000 CSS pixels are possible"
        ))
    }
}

/// Ends of a scale of colours.
fn check_range([low, high]: [f64; 2]) -> std::result::Result<(), String> {
    if low < high && (high - low).is_finite() {
        Ok(())
    } else {
        Err(format!("the range from {low} to {high} must be finite and increase"))
    }
}

#[cfg(test)]
mod tests;
