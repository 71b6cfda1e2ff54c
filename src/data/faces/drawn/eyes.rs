//! Eyes, their lids and lashes, and the eyebrows.

use super::canvas::{Bounds, Canvas, cover};
use super::color::{Color, along, between, levels, mix, smooth_step, times};
use super::hair::hair_color;
use super::head::Head;
use super::parameters::FaceParameters;

/// The measures that both eyes share.
struct Eye {
    across: f32,
    /// Half the height of an eye that is fully open.
    up: f32,
    opening: f32,
    tilt: f32,
}

impl Eye {
    fn new(face: &FaceParameters) -> Self {
        let squint = 1.0 - 0.22 * face.smile.max(0.0);
        Self {
            across: 0.143 + 0.05 * (face.eye_size - 0.5) - 0.012 * face.masculinity,
            up: (0.094 + 0.08 * (face.eye_size - 0.5) - 0.012 * face.masculinity)
                * (1.0 - 0.55 * face.eye_narrowness),
            opening: face.eyes_open * squint,
            tilt: 0.035 * face.eye_tilt,
        }
    }

    /// Heights of the upper and lower lid, from the middle of the eye, at a place from −1 (inner corner) to 1.
    fn lids(&self, u: f32) -> [f32; 2] {
        let arc = (1.0 - u * u).max(0.0);
        let low = 0.62 * self.up;
        let upper = between(low * 0.75, -self.up, self.opening);
        [upper * arc - self.tilt * u, low * arc * between(0.9, 1.0, self.opening) - self.tilt * u]
    }
}

/// Both eyes.
pub(super) fn paint_eyes(canvas: &mut Canvas, head: &Head, face: &FaceParameters) {
    let eye = Eye::new(face);
    for side in [-1.0, 1.0] {
        socket(canvas, head, face, side);
        eyeball(canvas, head, face, &eye, side);
        lashes(canvas, head, face, &eye, side);
    }
}

/// The skin round an eye: darker by nature, coloured by make-up.
fn socket(canvas: &mut Canvas, head: &Head, face: &FaceParameters, side: f32) {
    let (x0, y0) = (side * head.eye[0], head.eye[1]);
    let natural = mix(times(head.skin, 0.55), levels(0.45, 0.25, 0.25), 0.25);
    let painted = mix(levels(0.36, 0.20, 0.44), levels(0.16, 0.18, 0.32), face.hat_hue);
    let dark = 0.30 + 0.15 * face.age;
    canvas.visit(Bounds::around(x0, y0 - 0.02, 0.24, 0.20), |[x, y], surface| {
        let (u, v) = ((x - x0) / 0.24, (y - y0 + 0.01) / 0.17);
        let rest = (1.0 - u * u - v * v).max(0.0);
        surface.tint(natural, dark * rest * rest);
        let v = (y - y0 + 0.055) / 0.115;
        let rest = (1.0 - u * u - v * v).max(0.0);
        surface.tint(painted, 0.85 * face.makeup * rest.min(0.6) / 0.6);
    });
}

fn eyeball(canvas: &mut Canvas, head: &Head, face: &FaceParameters, eye: &Eye, side: f32) {
    let (x0, y0) = (side * head.eye[0], head.eye[1]);
    let colors = [
        levels(0.22, 0.12, 0.07),
        levels(0.40, 0.26, 0.13),
        levels(0.36, 0.42, 0.25),
        levels(0.33, 0.52, 0.68),
    ];
    let iris: Color = along(&colors, face.eye_color);
    let radius = 0.066 + 0.035 * (face.eye_size - 0.5);
    let (gaze_x, gaze_y) = (x0 + 0.05 * face.gaze_x, y0 - 0.012 + 0.03 * face.gaze_y);
    let glint = [gaze_x + 0.022 * face.light_x.signum(), gaze_y - 0.024];
    let grain = canvas.grain;
    canvas.visit(Bounds::around(x0, y0, eye.across, 0.16), |[x, y], surface| {
        let u = (x - x0) * side / eye.across;
        let [upper, lower] = eye.lids(u).map(|height| y0 + height);
        let share = cover(upper - y, grain) * cover(y - lower, grain);
        if share <= 0.0 {
            return;
        }
        let white = times(levels(0.93, 0.91, 0.89), 1.0 - 0.25 * u * u);
        surface.lay(white, [0.4 * u * side, 0.0], 0.2, share);
        let off = ((x - gaze_x) * (x - gaze_x) + (y - gaze_y) * (y - gaze_y)).sqrt();
        let ring = mix(iris, times(iris, 0.25), smooth_step(0.6, 1.0, off / radius));
        surface.tint(ring, share * cover(off - radius, grain));
        surface.tint([0.003; 3], share * cover(off - 0.46 * radius, grain));
        let lid = smooth_step(upper + 0.05, upper, y);
        surface.tint(times(surface.color, 0.3), 0.7 * lid * share);
        let off = ((x - glint[0]) * (x - glint[0]) + (y - glint[1]) * (y - glint[1])).sqrt();
        surface.tint([1.0; 3], share * cover(off - 0.017, grain));
    });
}

/// The edges of the lids, the crease above and the bag below.
fn lashes(canvas: &mut Canvas, head: &Head, face: &FaceParameters, eye: &Eye, side: f32) {
    let (x0, y0) = (side * head.eye[0], head.eye[1]);
    let feminine = 1.0 - face.masculinity;
    let thick = 0.024 + 0.014 * feminine + 0.034 * face.makeup;
    let reach = 1.0 + 0.12 * feminine + 0.2 * face.makeup;
    let dark = levels(0.10, 0.06, 0.05);
    let fold = times(head.skin, 0.38);
    let bag = smooth_step(0.35, 1.0, face.age);
    let grain = canvas.grain;
    canvas.visit(Bounds::around(x0, y0 + 0.02, eye.across * 1.35, 0.26), |[x, y], surface| {
        let u = (x - x0) * side / eye.across;
        let [upper, lower] = eye.lids(u).map(|height| y0 + height);
        let ends = smooth_step(1.12, 0.9, u.abs());
        let outer = if u > 0.0 { smooth_step(reach + 0.12, reach - 0.1, u) } else { ends };
        let line = |height: f32, half: f32| cover((y - height).abs() - half, grain);
        surface.tint(dark, 0.9 * outer * line(upper - 0.25 * thick, 0.5 * thick * (0.8 + 0.4 * u)));
        surface.tint(
            dark,
            (0.35 + 0.4 * face.makeup) * ends * line(lower, 0.008 + 0.008 * face.makeup),
        );
        let crease = upper - 0.042 - 0.02 * face.eyes_open;
        surface.tint(fold, (0.30 + 0.3 * face.age) * ends * line(crease, 0.012));
        let below = y0 + 0.105 + 0.02 * (1.0 - u * u);
        surface.tint(fold, (0.05 + 0.6 * bag) * ends * line(below, 0.013));
    });
}

/// Both eyebrows.
pub(super) fn paint_brows(canvas: &mut Canvas, head: &Head, face: &FaceParameters) {
    let dark = mix(times(hair_color(face), 0.45), levels(0.12, 0.08, 0.06), 0.45);
    let color = mix(dark, levels(0.5, 0.5, 0.5), 0.7 * face.hair_gray);
    let thick = (0.020 + 0.062 * face.brow_thickness) * between(0.68, 1.25, face.masculinity);
    let grain = canvas.grain;
    let frown = (-face.brow_raise).max(0.0);
    let height = head.eye[1] - 0.175 - 0.05 * face.brow_raise - 0.015 * (1.0 - face.masculinity);
    for side in [-1.0, 1.0] {
        let x0 = side * (head.eye[0] + 0.015 - 0.02 * frown);
        canvas.visit(Bounds::around(x0, height, 0.25, 0.2), |[x, y], surface| {
            let u = (x - x0) * side / 0.195;
            let arch = 0.012 + 0.075 * face.brow_arch;
            let bend = (u - 0.12) * (u - 0.12);
            let middle = height - arch * (1.0 - bend)
                + 0.5 * arch
                + 0.05 * frown * (0.3 - u).max(0.0)
                + 0.025 * (face.brow_arch - 0.3) * u;
            let half = 0.5
                * thick
                * (1.0 - 0.62 * smooth_step(0.1, 1.0, u))
                * smooth_step(1.08, 0.9, u.abs());
            let share =
                cover((y - middle).abs() - half, 1.6 * grain) * smooth_step(1.08, 0.95, u.abs());
            surface.tint(color, (0.55 + 0.4 * face.brow_thickness) * share);
        });
    }
}
