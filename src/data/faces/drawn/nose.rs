//! What the nose shows beyond its form: nostrils, its edges, and the shadow it casts.

use super::canvas::{Bounds, Canvas, cover};
use super::color::{smooth_step, times};
use super::head::Head;
use super::parameters::FaceParameters;

/// Nostrils, wings and shadow.
pub(super) fn paint_nose(canvas: &mut Canvas, head: &Head, face: &FaceParameters) {
    let wide = head.nose_breadth;
    let (dark, grain, tip) = (times(head.skin, 0.16), canvas.grain, head.nose);
    cast(canvas, face, tip, wide);
    let flare = 1.0 + 0.12 * face.smile.max(0.0);
    for side in [-1.0, 1.0] {
        let (x0, y0) = (side * 0.060 * wide * flare, tip + 0.062);
        canvas.visit(Bounds::around(x0, y0, 0.07, 0.05), |[x, y], surface| {
            let (u, v) = ((x - x0) / (0.036 * wide), (y - y0 + 0.25 * side * (x - x0)) / 0.021);
            surface.tint(dark, 0.72 * cover(((u * u + v * v).sqrt() - 1.0) * 0.021, 1.4 * grain));
        });
        let wing = side * 0.125 * wide * flare;
        canvas.visit(Bounds::around(wing, tip + 0.02, 0.05, 0.09), |[x, y], surface| {
            let curve = wing - side * 5.0 * (y - tip - 0.02) * (y - tip - 0.02);
            let along = smooth_step(0.075, 0.03, (y - tip - 0.02).abs());
            surface.tint(
                times(head.skin, 0.42),
                0.55 * along * cover((x - curve).abs() - 0.010, 1.5 * grain),
            );
        });
    }
}

/// The shadow under the tip, which a hard lamp throws to its other side.
fn cast(canvas: &mut Canvas, face: &FaceParameters, tip: f32, wide: f32) {
    let x0 = -0.13 * face.light_x * (0.4 + 0.6 * face.harshness);
    let y0 = tip + 0.085 - 0.05 * face.light_y.max(0.0);
    let (across, up) = (0.16 * wide, 0.075 + 0.03 * (-face.light_y).max(0.0));
    canvas.visit(Bounds::around(x0, y0, across, up), |[x, y], surface| {
        let (u, v) = ((x - x0) / across, (y - y0) / up);
        surface.shade((0.45 + 0.5 * face.harshness) * (1.0 - u * u - v * v).max(0.0));
    });
}
