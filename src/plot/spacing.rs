//! Distances between nodes on the page.

use super::canvas::{Area, Point};
use super::layout::bounds;

/// Moves and scales positions (right, up) into an area (right, down), each axis by at most `stretch` times the other.
pub(crate) fn fit(points: &[Point], area: Area, stretch: f64) -> Vec<Point> {
    let [left, low, right, high] = bounds(points);
    let scale = |length: f64, extent: f64| {
        if extent > 0.0 { length / extent } else { f64::INFINITY }
    };
    let free = [scale(area.width(), right - left), scale(area.height(), high - low)];
    let least = free[0].min(free[1]);
    // All nodes in one place need no scale.
    let [across, down] =
        if least.is_finite() { free.map(|s| s.min(stretch * least)) } else { [0.0; 2] };
    let [x, y] = area.center();
    let middle = [(left + right) / 2.0, (low + high) / 2.0];
    points
        .iter()
        .map(|point| [x + (point[0] - middle[0]) * across, y - (point[1] - middle[1]) * down])
        .collect()
}

/// The way from a segment's nearest point to a point.
pub(crate) fn away_from(point: Point, from: Point, to: Point) -> Point {
    let along = [to[0] - from[0], to[1] - from[1]];
    let reach = [point[0] - from[0], point[1] - from[1]];
    let square = along[0] * along[0] + along[1] * along[1];
    let share = ((reach[0] * along[0] + reach[1] * along[1]) / square.max(1e-9)).clamp(0.0, 1.0);
    [reach[0] - share * along[0], reach[1] - share * along[1]]
}

/// Moves points that are too close away from each other, within an area.
pub(crate) fn push_apart(points: &mut [Point], least: f64, area: Area) {
    const ROUNDS: usize = 30;
    for _ in 0..ROUNDS {
        let mut moved = false;
        for one in 1..points.len() {
            for other in 0..one {
                let apart = [0, 1].map(|axis| points[one][axis] - points[other][axis]);
                let distance = apart[0].hypot(apart[1]);
                if distance >= least {
                    continue;
                }
                moved = true;
                let shift = 0.5 * (least - distance) / distance.max(1e-6);
                for axis in 0..2 {
                    points[one][axis] += shift * apart[axis];
                    points[other][axis] -= shift * apart[axis];
                }
            }
        }
        for point in points.iter_mut() {
            *point = [point[0].clamp(area.left, area.right), point[1].clamp(area.top, area.bottom)];
        }
        if !moved {
            break;
        }
    }
}
