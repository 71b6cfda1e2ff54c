//! Figures for a page: builders that end in [`Figure`], and show themselves as the last expression of a cell.
//!
//! | Builder | Shows |
//! |---|---|
//! | [`LineChart`] | series over dates or numbers |
//! | [`HeatMap`] | a matrix as colours |
//! | [`NetworkDiagram`] | a graph with weighted, signed edges |
//!
//! Every figure shares one style: DejaVu Sans, a palette that colour-blind readers can tell apart, 640 × 400 CSS pixels
//! unless said otherwise, white ground.

mod axis;
mod bitmap;
mod calendar;
mod canvas;
mod colormap;
mod decimate;
mod figure;
mod font;
mod heatmap;
mod label;
mod layout;
mod legend;
mod line;
mod network;
mod spacing;
mod style;
mod tick;
mod vector;

pub use colormap::ColorMap;
pub use figure::Figure;
pub use heatmap::HeatMap;
pub use layout::{Layout, spring_layout};
pub use line::LineChart;
pub use network::NetworkDiagram;

/// Sizes that a page can hold and a reader can read.
fn check_size([width, height]: [f64; 2]) -> Result<(), String> {
    if (160.0..=4000.0).contains(&width) && (120.0..=4000.0).contains(&height) {
        Ok(())
    } else {
        Err(format!(
            "a size of {width} × {height}; 160 × 120 to 4000 × 4000 CSS pixels are possible"
        ))
    }
}
