//! Eyeglasses and sunglasses.

use super::canvas::{Bounds, Canvas, cover};
use super::color::{between, levels, mix, smooth_step};
use super::head::Head;
use super::parameters::FaceParameters;

/// Frames, bridge, temples and lenses.
pub(super) fn paint_glasses(canvas: &mut Canvas, head: &Head, face: &FaceParameters) {
    let worn = face.glasses.max(face.sunglasses);
    if worn <= 0.0 {
        return;
    }
    let frame = mix(
        levels(0.10, 0.08, 0.08),
        levels(0.36, 0.22, 0.12),
        smooth_step(0.5, 0.9, face.glasses_roundness),
    );
    let strength = smooth_step(0.0, 0.35, worn);
    let thick = 0.018 + 0.024 * worn;
    let (across, up) = (
        0.205 + 0.015 * face.sunglasses,
        between(0.135, 0.165, face.glasses_roundness) + 0.02 * face.sunglasses,
    );
    let y0 = head.eye[1] + 0.02;
    let grain = canvas.grain;
    for side in [-1.0, 1.0] {
        let x0 = side * (head.eye[0] + 0.01);
        canvas.visit(Bounds::around(x0, y0, across + 0.1, up + 0.1), |[x, y], surface| {
            let edge = lens([(x - x0) / across, (y - y0) / up], face.glasses_roundness) * up;
            let glass = cover(edge, grain);
            // The brow shades the top of the lens, the sky lights its foot.
            let height = ((y - y0) / up * 0.5 + 0.5).clamp(0.0, 1.0);
            let dark = mix(levels(0.04, 0.04, 0.05), levels(0.13, 0.13, 0.16), height * height);
            surface.lay(
                dark,
                [0.2 * (x - x0), -0.2],
                0.35,
                0.98 * glass * smooth_step(0.0, 0.55, face.sunglasses),
            );
            let streak = smooth_step(0.05, 0.02, ((x - x0) + 0.8 * (y - y0) + 0.06).abs());
            surface.tint([1.0; 3], 0.13 * glass * streak * strength);
            let rim = cover(edge.abs() - 0.5 * thick, grain);
            surface.lay(frame, [0.0, 0.0], 0.4, rim * strength);
            let cast = edge - 0.03;
            surface.shade(0.25 * strength * (1.0 - glass) * smooth_step(0.05, 0.0, cast.abs()));
        });
    }
    let inner = head.eye[0] + 0.01 - across;
    canvas.visit(Bounds::around(0.0, y0, head.half_width, 0.1), |[x, y], surface| {
        let bridge = cover((y - y0 + 0.035 - 0.5 * x * x).abs() - 0.4 * thick, grain)
            * cover(x.abs() - inner, grain);
        let outer = head.eye[0] + 0.01 + across;
        let temple =
            cover((y - y0 + 0.05).abs() - 0.45 * thick, grain) * cover(outer - x.abs(), grain);
        surface.lay(frame, [0.0, 0.0], 0.4, bridge.max(temple) * strength);
    });
}

/// The form of a lens, negative inside, about −1 in its middle: between a rectangle with round corners and an ellipse.
fn lens([u, v]: [f32; 2], roundness: f32) -> f32 {
    let round = (u * u + v * v).sqrt() - 1.0;
    let (u2, v2) = (u * u, v * v);
    let angular = (u2 * u2 + v2 * v2).sqrt().sqrt() - 1.0;
    angular + (round - angular) * roundness
}
