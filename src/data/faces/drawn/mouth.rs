//! Lips, teeth, and the folds that a smile draws.

use super::canvas::{Bounds, Canvas, Surface, cover};
use super::color::{Color, between, levels, mix, smooth_step, times};
use super::head::Head;
use super::parameters::FaceParameters;

/// The measures of a mouth.
struct Mouth {
    half: f32,
    middle: f32,
    /// How far the corners lie above the middle.
    lift: f32,
    /// How far the lips part upwards and downwards.
    gap: [f32; 2],
    /// Thickness of the upper and the lower lip.
    thick: [f32; 2],
}

/// The heights of a mouth's edges at one place, from the top.
struct Edges {
    top: f32,
    gap: [f32; 2],
    bottom: f32,
}

impl Mouth {
    fn new(head: &Head, face: &FaceParameters) -> Self {
        let stretch = 0.075 * face.smile.max(0.0) - 0.05 * (face.mouth_open - 0.3).max(0.0);
        let thin = 1.0 - 0.3 * face.smile.max(0.0) - 0.25 * face.age;
        let full =
            (0.022 + 0.080 * face.lip_fullness) * thin * between(1.15, 0.85, face.masculinity);
        Self {
            half: 0.215 + 0.050 * face.mouth_width + stretch,
            middle: head.mouth,
            lift: if face.smile > 0.0 { 0.110 * face.smile } else { 0.085 * face.smile },
            gap: [0.035 * face.mouth_open, 0.24 * face.mouth_open],
            thick: [full, 1.3 * full],
        }
    }

    fn edges(&self, u: f32) -> Edges {
        let arc = (1.0 - u * u).max(0.0);
        let line = self.middle - self.lift * (u * u - 0.4);
        // The upper lip dips in its middle.
        let bow = 1.0 - 0.28 * (1.0 - u * u / 0.04).max(0.0) * arc;
        let gap = [line - self.gap[0] * arc, line + self.gap[1] * arc];
        Edges {
            top: gap[0] - self.thick[0] * arc * bow,
            gap,
            bottom: gap[1] + self.thick[1] * arc.sqrt() * arc.min(0.9),
        }
    }
}

/// The mouth with what surrounds it.
pub(super) fn paint_mouth(canvas: &mut Canvas, head: &Head, face: &FaceParameters) {
    let mouth = Mouth::new(head, face);
    folds(canvas, head, face, &mouth);
    let natural = mix(head.skin, levels(0.66, 0.26, 0.26), between(0.62, 0.40, face.masculinity));
    let lips = mix(natural, levels(0.74, 0.04, 0.13), 0.95 * face.lipstick);
    let grain = canvas.grain;
    let reach = Bounds {
        left: -mouth.half - 0.06,
        right: mouth.half + 0.06,
        top: mouth.middle - 0.2,
        bottom: mouth.middle + 0.5,
    };
    canvas.visit(reach, |[x, y], surface| {
        let u = x / mouth.half;
        let edges = mouth.edges(u);
        let inside = cover((u.abs() - 1.0) * mouth.half, grain);
        let upper = cover(edges.top - y, grain) * cover(y - edges.gap[0], grain) * inside;
        let lower = cover(edges.gap[1] - y, grain) * cover(y - edges.bottom, grain) * inside;
        let shine = 0.15 + 0.5 * face.lipstick;
        surface.lay(times(lips, 0.82), [0.3 * u, 0.45], shine, upper);
        let bulge = ((y - edges.gap[1]) / mouth.thick[1]).clamp(0.0, 1.0) - 0.4;
        surface.lay(lips, [0.3 * u, bulge], shine, lower);
        opening(surface, face, &edges, [u, y], inside, grain);
        let seam = 0.011 + 0.006 * face.age;
        let seam = cover((y - edges.gap[0]).abs() - seam, grain) * inside;
        surface
            .tint(levels(0.20, 0.06, 0.06), 0.8 * seam * smooth_step(0.10, 0.0, face.mouth_open));
        under(surface, &edges, [u, y]);
        corner(surface, &mouth, [x, y], grain, head.skin);
    });
}

/// Teeth above, the dark of the mouth below, the tongue in it.
fn opening(
    surface: &mut Surface,
    face: &FaceParameters,
    edges: &Edges,
    [u, y]: [f32; 2],
    inside: f32,
    grain: f32,
) {
    let share = cover(edges.gap[0] - y, grain) * cover(y - edges.gap[1], grain) * inside;
    let height = edges.gap[1] - edges.gap[0];
    if share <= 0.0 || height <= 0.0 {
        return;
    }
    surface.lay(levels(0.20, 0.05, 0.05), [0.0, 0.0], 0.0, share);
    surface.open *= 1.0 - 0.6 * share;
    let tongue = smooth_step(0.11, 0.03, edges.gap[1] - y) * smooth_step(0.12, 0.2, height);
    surface.tint(levels(0.62, 0.25, 0.24), 0.7 * share * tongue);
    // A smile lifts the upper lip from the teeth; without one, an open mouth hides more of them.
    let shown = (0.055 + 0.05 * face.smile.max(0.0)).min(0.85 * height);
    let teeth = cover(y - edges.gap[0] - shown, grain) * share * smooth_step(1.0, 0.75, u.abs());
    surface.lay(
        levels(0.95, 0.93, 0.88),
        [0.5 * u, 0.0],
        0.1,
        teeth * smooth_step(0.0, 0.03, height),
    );
}

/// The shadow below the lower lip.
fn under(surface: &mut Surface, edges: &Edges, [u, y]: [f32; 2]) {
    let depth = (y - edges.bottom) / 0.07;
    if depth > 0.0 && u.abs() < 0.7 {
        surface.shade(0.5 * (1.0 - depth).max(0.0) * (1.0 - u * u / 0.49));
    }
}

fn corner(surface: &mut Surface, mouth: &Mouth, [x, y]: [f32; 2], grain: f32, skin: Color) {
    let (u, v) = ((x.abs() - mouth.half) / 0.03, (y - mouth.middle + 0.6 * mouth.lift) / 0.03);
    surface.tint(times(skin, 0.4), 0.6 * cover(((u * u + v * v).sqrt() - 1.0) * 0.03, 2.0 * grain));
}

/// The folds from the nose to the corners of the mouth: age and smiles deepen them.
fn folds(canvas: &mut Canvas, head: &Head, face: &FaceParameters, mouth: &Mouth) {
    let smile = face.smile.max(0.0);
    let strength = (0.06 + 0.75 * smooth_step(0.3, 1.0, face.age) + 0.45 * smile).min(0.85);
    let start = [0.13, head.nose + 0.03];
    let end = [mouth.half + 0.065 + 0.02 * smile, mouth.middle + 0.03 + 0.08 * face.age];
    let dark = times(head.skin, 0.42);
    let grain = canvas.grain;
    let bounds = Bounds { left: -0.45, right: 0.45, top: start[1], bottom: end[1] };
    canvas.visit(bounds, |[x, y], surface| {
        let along = (y - start[1]) / (end[1] - start[1]);
        let curve = start[0]
            + (end[0] - start[0]) * along
            + (0.03 + 0.05 * smile) * along * (1.0 - along) * 2.0;
        let off = (x.abs() - curve).abs();
        let fade = smooth_step(0.0, 0.25, along) * smooth_step(1.0, 0.75, along);
        surface.tint(dark, strength * fade * (1.0 - off / (0.035 + grain)).max(0.0));
    });
}
