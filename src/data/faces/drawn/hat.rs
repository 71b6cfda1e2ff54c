//! A hat, drawn down from above.

use super::canvas::{Bounds, Canvas, cover};
use super::color::{smooth_step, times, tinted};
use super::grain::Field;
use super::head::Head;
use super::parameters::FaceParameters;

/// Crown, band and brim, and the brim's shadow on the face.
pub(super) fn paint_hat(canvas: &mut Canvas, head: &Head, face: &FaceParameters) {
    if face.hat <= 0.0 {
        return;
    }
    let cloth = tinted(
        face.hat_hue,
        0.5,
        0.25 + 0.45 * (face.hat_hue * 7.0 - (face.hat_hue * 7.0).floor()),
    );
    let weave = Field::new(face.texture, 5);
    // It comes down from beyond the top of the picture.
    let brim = -1.15 + 0.78 * smooth_step(0.0, 0.6, face.hat) + 0.08 * face.hat;
    let (half, grain) = (head.half_width + 0.07, canvas.grain);
    canvas.visit(Bounds { bottom: brim + 0.5, ..Bounds::ALL }, |[x, y], surface| {
        let u = x / half;
        let edge = brim + 0.10 * (1.0 - u * u);
        let shadow = (y - edge) / 0.30;
        if shadow > 0.0 && surface.lit > 0.5 && u.abs() < 1.05 {
            surface.shade(0.75 * (1.0 - shadow).max(0.0));
        }
        let (across, up) = (x / half, (y - brim - 0.05) / 0.66);
        let crown = ((across * across + up * up).sqrt() - 1.0) * 0.6;
        let crown = crown.max(y - edge);
        let thread = weave.at(x * 30.0, y * 30.0) - 0.5;
        let color = times(cloth, 1.0 + 0.2 * thread);
        let band = smooth_step(edge - 0.15, edge - 0.13, y);
        surface.lay(times(color, 1.0 - 0.5 * band), [0.9 * u, 0.5 * up], 0.05, cover(crown, grain));
        let wide = x / (half + 0.02 + 0.20 * face.hat_brim);
        let rim = ((y - edge + 0.01).abs()
            - (0.02 + 0.035 * face.hat_brim) * (1.0 - wide * wide).max(0.0).sqrt())
        .max((wide.abs() - 1.0) * half);
        surface.lay(times(color, 0.8), [0.4 * wide, -0.3], 0.05, cover(rim, grain));
    });
}
