//! Very many dots as one image: where they crowd, it is darker.

use super::bitmap::SCALE;
use super::canvas::{Area, Canvas, Point};
use super::style::Color;

/// Steps of opacity. With all 256, noise would fill the file.
const STEPS: f64 = 24.0;

/// Paints dots into an image as large as the panel, with as many pixels as a bitmap has there.
pub(crate) fn cloud(canvas: &mut Canvas, area: Area, places: &[Point], color: Color, radius: f64) {
    let scale = SCALE as f64;
    let columns = ((area.width() * scale).ceil() as usize).max(1);
    let rows = ((area.height() * scale).ceil() as usize).max(1);
    let stencil = stencil(radius * scale);
    let mut counts = vec![0_u32; columns * rows];
    for place in places {
        let column = ((place[0] - area.left) * scale) as i64;
        let row = ((place[1] - area.top) * scale) as i64;
        for [right, down] in &stencil {
            let (column, row) = (column + right, row + down);
            if (0..columns as i64).contains(&column) && (0..rows as i64).contains(&row) {
                counts[row as usize * columns + column as usize] += 1;
            }
        }
    }
    let most = crowded(&counts);
    let [red, green, blue] = color.rgb;
    let pixels = counts
        .iter()
        .map(|count| {
            let step = if *count == 0 { 0.0 } else { (cover(*count, most) * STEPS).ceil() / STEPS };
            [red, green, blue, (255.0 * step).round() as u8]
        })
        .collect();
    // Whole pixels, so that the image is not stretched.
    let (right, bottom) = (area.left + columns as f64 / scale, area.top + rows as f64 / scale);
    canvas.image(Area { right, bottom, ..area }, columns, pixels);
}

/// Shades the cells of a panel by how many dots lie around them.
pub(crate) fn shade(canvas: &mut Canvas, area: Area, places: &[Point], color: Color) {
    /// Side of a cell in CSS pixels, and how far a dot reaches in cells, three times over.
    const CELL: f64 = 2.0;
    const REACH: usize = 5;
    let columns = ((area.width() / CELL).ceil() as usize).max(1);
    let rows = ((area.height() / CELL).ceil() as usize).max(1);
    let mut crowd = vec![0.0; columns * rows];
    for place in places {
        let column = (((place[0] - area.left) / CELL) as usize).min(columns - 1);
        let row = (((place[1] - area.top) / CELL) as usize).min(rows - 1);
        crowd[row * columns + column] += 1.0;
    }
    // Three box filters come close to a Gaussian.
    for _ in 0..3 {
        crowd = smoothed(&crowd, columns, rows, REACH);
    }
    let most = crowd.iter().copied().fold(f64::MIN_POSITIVE, f64::max);
    let [red, green, blue] = color.rgb;
    let level = |crowd: &f64| (0.55 * (crowd / most).sqrt() * STEPS).round() / STEPS;
    let pixels =
        crowd.iter().map(|c| [red, green, blue, (255.0 * level(c)).round() as u8]).collect();
    canvas.image(area, columns, pixels);
}

/// The mean over a square around each cell, rows first.
fn smoothed(cells: &[f64], columns: usize, rows: usize, reach: usize) -> Vec<f64> {
    let mean = |cells: &[f64], at: usize, stride: usize, index: usize, count: usize| {
        let (from, to) = (index.saturating_sub(reach), (index + reach).min(count - 1));
        let start = at - index * stride;
        (from..=to).map(|i| cells[start + i * stride]).sum::<f64>() / (2 * reach + 1) as f64
    };
    let across: Vec<f64> =
        (0..cells.len()).map(|at| mean(cells, at, 1, at % columns, columns)).collect();
    (0..cells.len()).map(|at| mean(&across, at, columns, at / columns, rows)).collect()
}

/// The pixels of a dot, from its middle.
fn stencil(radius: f64) -> Vec<[i64; 2]> {
    let reach = radius.ceil() as i64;
    let inside = |right: i64, down: i64| (right as f64).hypot(down as f64) <= radius;
    (-reach..=reach)
        .flat_map(|down| (-reach..=reach).map(move |right| [right, down]))
        .filter(|[right, down]| inside(*right, *down))
        .collect()
}

/// How many dots lie on a crowded pixel: more than on all but a thousandth of the inked ones.
fn crowded(counts: &[u32]) -> f64 {
    let mut inked: Vec<u32> = counts.iter().copied().filter(|count| *count > 0).collect();
    if inked.is_empty() {
        return 1.0;
    }
    let place = (inked.len() * 999 / 1000).min(inked.len() - 1);
    f64::from(*inked.select_nth_unstable(place).1)
}

/// By the logarithm, so that a single dot stays visible and crowds still differ.
fn cover(count: u32, most: f64) -> f64 {
    const LEAST: f64 = 0.15;
    (LEAST + (1.0 - LEAST) * f64::from(count).ln() / most.max(2.0).ln()).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_dot_can_be_seen_and_crowds_differ() {
        assert!(cover(1, 1000.0) > 0.1);
        assert!(cover(900, 1000.0) - cover(100, 1000.0) > 0.1);
        assert_eq!(cover(5000, 1000.0), 1.0);
    }
}
