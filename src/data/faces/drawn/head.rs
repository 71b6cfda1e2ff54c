//! The form of the head, its skin, neck, ears and clothes.

use super::canvas::{Bounds, Canvas, cover};
use super::color::{Color, along, between, levels, mix, smooth_step, times, tinted};
use super::grain::Field;
use super::parameters::FaceParameters;

/// Where the parts of a face lie on the head's plane.
#[derive(Clone, Debug)]
pub(super) struct Head {
    /// Half the greatest width, at the height `widest`.
    pub(super) half_width: f32,
    pub(super) top: f32,
    pub(super) widest: f32,
    pub(super) chin: f32,
    pub(super) eye: [f32; 2],
    /// The tip of the nose.
    pub(super) nose: f32,
    pub(super) mouth: f32,
    /// As a multiple of a common nose.
    pub(super) nose_breadth: f32,
    pub(super) skin: Color,
    squareness: f32,
    taper: f32,
}

/// The head's outline as a level of a function: below 1 inside, above 1 outside.
#[derive(Clone, Copy, Debug)]
pub(super) struct Outline {
    pub(super) level: f32,
    pub(super) gradient: [f32; 2],
}

impl Outline {
    /// The distance to the outline, negative inside.
    pub(super) fn distance(self) -> f32 {
        let [x, y] = self.gradient;
        (self.level - 1.0) / (x * x + y * y).sqrt().max(0.5)
    }

    /// How a body of this outline falls off: flat in the middle, steep at the rim.
    pub(super) fn slope(self, depth: f32) -> [f32; 2] {
        let level = self.level.min(1.0);
        let steepness = depth * level / (1.06 - level * level).sqrt();
        self.gradient.map(|part| part * steepness)
    }
}

impl Head {
    pub(super) fn new(face: &FaceParameters) -> Self {
        let tones = [
            levels(0.97, 0.82, 0.73),
            levels(0.91, 0.72, 0.60),
            levels(0.80, 0.60, 0.46),
            levels(0.60, 0.42, 0.30),
            levels(0.40, 0.27, 0.19),
        ];
        let childhood = smooth_step(0.25, 0.0, face.age);
        let opened = 0.09 * face.mouth_open;
        Self {
            half_width: 0.585
                + 0.06 * face.face_width
                + 0.08 * (face.chubbiness - 0.3)
                + 0.03 * (face.masculinity - 0.5),
            top: -0.80,
            widest: -0.12,
            chin: 0.80 + 0.08 * face.face_length + 0.08 * (face.masculinity - 0.5) + opened
                - 0.08 * childhood,
            eye: [0.255 + 0.035 * face.eye_distance, -0.085 + 0.05 * childhood],
            nose: 0.215 + 0.11 * (face.nose_length - 0.5) + 0.02 * face.face_length
                - 0.02 * childhood,
            mouth: 0.475 + 0.035 * face.face_length - 0.03 * childhood,
            nose_breadth: 0.72 + 0.75 * face.nose_width + 0.12 * face.masculinity,
            skin: times(along(&tones, face.skin_tone), 1.03 - 0.10 * face.masculinity),
            squareness: (0.05
                + 0.80 * face.jaw_squareness
                + 0.35 * (face.masculinity - 0.5)
                + 0.3 * (face.chubbiness - 0.3))
                .clamp(0.0, 1.0),
            taper: (0.30
                - 0.24 * face.jaw_squareness
                - 0.30 * (face.chubbiness - 0.3)
                - 0.08 * (face.masculinity - 0.5))
                .max(0.0),
        }
    }

    /// The outline of the head made larger on every side.
    pub(super) fn outline(&self, [x, y]: [f32; 2], swell: f32) -> Outline {
        if y < self.widest {
            let (across, up) = (self.half_width + swell, self.widest - self.top + swell);
            let (u, v) = (x / across, (y - self.widest) / up);
            // A skull is blunter than an ellipse.
            let (u2, v2) = (u * u, v * v);
            let blunt = 0.18 * (v2 / 0.2).min(1.0);
            let level = (1.0 - blunt) * (u2 + v2) + blunt * (u2 * u2 + v2 * v2);
            let slope =
                |share: f32| (1.0 - blunt) * 2.0 * share + blunt * 4.0 * share * share * share;
            return Outline { level, gradient: [slope(u) / across, slope(v) / up] };
        }
        let down = self.chin - self.widest + swell;
        let v = (y - self.widest) / down;
        let across = (self.half_width + swell) * (1.0 - self.taper * v.min(1.2));
        let u = x / across;
        let (u2, v2) = (u * u, v * v);
        let square = self.squareness * (v2 / 0.1).min(1.0) * 0.8;
        let level = (1.0 - square) * (u2 + v2) + square * (u2 * u2 + v2 * v2);
        let slope =
            |share: f32| (1.0 - square) * 2.0 * share + square * 4.0 * share * share * share;
        Outline { level, gradient: [slope(u) / across, slope(v) / down] }
    }
}

/// Clothes below the neck.
pub(super) fn paint_clothes(canvas: &mut Canvas, head: &Head, face: &FaceParameters) {
    let cloth = tinted(face.clothes_hue, 0.55, 0.12 + 0.75 * face.clothes_lightness);
    let broad = 0.95 + 0.15 * face.masculinity;
    let shoulders = head.chin + 0.07;
    let bounds = Bounds { top: shoulders - 0.1, ..Bounds::ALL };
    let grain = canvas.grain;
    canvas.visit(bounds, |[x, y], surface| {
        let fall = (x.abs() - 0.30).max(0.0) / broad;
        let edge = shoulders + 0.28 * fall + 0.5 * fall * fall * fall
            - 0.04 * smooth_step(0.4, 0.2, x.abs());
        let share = cover(edge - y, 1.5 * grain);
        surface.lay(cloth, [x, -0.3], 0.0, share);
    });
}

/// The neck, which the chin shades.
pub(super) fn paint_neck(canvas: &mut Canvas, head: &Head, face: &FaceParameters) {
    let half =
        head.half_width * between(0.52, 0.82, face.masculinity * 0.7 + face.chubbiness * 0.3);
    let bounds = Bounds { left: -0.7, right: 0.7, top: 0.3, bottom: head.chin + 0.35 };
    let (skin, grain, chin) = (times(head.skin, 0.93), canvas.grain, head.chin);
    canvas.visit(bounds, |[x, y], surface| {
        let waist = half + 0.35 * (y - chin - 0.1).max(0.0);
        let collar = chin + 0.13 - 0.35 * x * x;
        let share = cover(x.abs() - waist, grain) * cover(y - collar, 2.0 * grain);
        let u = x / waist;
        surface.lay(skin, [1.1 * u * u * u, 0.1], 0.05, share);
        surface.shade(share * 0.75 * smooth_step(chin + 0.22, chin - 0.02, y));
        surface.tint(times(skin, 0.55), share * 0.55 * smooth_step(chin + 0.16, chin - 0.02, y));
    });
}

/// The ears. They lie behind the face, so they move against it when the head turns.
pub(super) fn paint_ears(canvas: &mut Canvas, head: &Head, face: &FaceParameters) {
    let size = 0.75 + 0.5 * face.ear_size;
    let (skin, grain) = (head.skin, canvas.grain);
    for side in [-1.0, 1.0] {
        let x0 = side * (head.half_width + 0.015) - 0.04 * face.yaw;
        let y0 = head.widest + 0.16 - 0.05 * face.pitch;
        let (across, up) = (0.085 * size, 0.165 * size);
        canvas.visit(Bounds::around(x0, y0, across * 1.6, up * 1.4), |[x, y], surface| {
            let (u, v) = ((x - x0 - side * 0.03 * (y0 - y)) / across, (y - y0) / up);
            let radius = (u * u + v * v).sqrt();
            let share = cover((radius - 1.0) * across, grain);
            surface.lay(mix(skin, levels(0.8, 0.4, 0.35), 0.12), [0.7 * u, 0.5 * v], 0.03, share);
            let hollow =
                smooth_step(0.75, 0.2, ((u - side * 0.1) * (u - side * 0.1) + v * v).sqrt());
            surface.tint(times(skin, 0.45), 0.5 * hollow * share);
        });
    }
}

/// What hangs from the ears, before hair and all.
pub(super) fn paint_earrings(canvas: &mut Canvas, head: &Head, face: &FaceParameters) {
    let (grain, radius) = (canvas.grain, 0.025 + 0.045 * face.earrings);
    let worn = smooth_step(0.0, 0.25, face.earrings);
    for side in [-1.0, 1.0] {
        let (x0, y0) =
            (side * (head.half_width + 0.005) - 0.04 * face.yaw, head.widest + 0.32 + radius);
        canvas.visit(Bounds::around(x0, y0, 1.5 * radius, 1.5 * radius), |[x, y], surface| {
            let (u, v) = ((x - x0) / radius, (y - y0) / radius);
            let share = cover(((u * u + v * v).sqrt() - 1.0) * radius, grain);
            surface.lay(levels(0.98, 0.86, 0.50), [u, v], 0.9, share * worn);
        });
    }
}

/// Skin over the whole head, its bumps and hollows, and the blush of the cheeks.
pub(super) fn paint_skin(canvas: &mut Canvas, head: &Head, face: &FaceParameters) {
    let blotches = Field::new(face.texture, 1);
    let (skin, grain) = (head.skin, canvas.grain);
    let rough = 0.03 + 0.07 * face.age;
    let gloss = between(0.10, 0.18, face.skin_tone);
    canvas.visit(Bounds { left: -0.9, right: 0.9, top: -0.95, bottom: 1.1 }, |point, surface| {
        let outline = head.outline(point, 0.0);
        let share = cover(outline.distance(), grain);
        if share > 0.0 {
            let blotch = blotches.at(point[0] * 9.0, point[1] * 9.0) - 0.5;
            let color = times(skin, 1.0 + rough * blotch);
            surface.lay(color, outline.slope(0.42), gloss, share);
        }
    });
    relief(canvas, head, face);
    blush(canvas, head, face);
}

/// A bump (or, with a negative height, a hollow) with an elliptic foot.
fn bump(canvas: &mut Canvas, [x0, y0]: [f32; 2], [across, up]: [f32; 2], height: f32) {
    canvas.visit(Bounds::around(x0, y0, across, up), |[x, y], surface| {
        let (u, v) = ((x - x0) / across, (y - y0) / up);
        let rest = 1.0 - u * u - v * v;
        if rest > 0.0 && surface.lit > 0.5 {
            let steepness = 6.0 * height * rest * rest;
            surface.slope[0] += steepness * u / across;
            surface.slope[1] += steepness * v / up;
        }
    });
}

fn relief(canvas: &mut Canvas, head: &Head, face: &FaceParameters) {
    let [eye_x, eye_y] = head.eye;
    let smile = face.smile.max(0.0);
    let wide = head.nose_breadth;
    let strong = 0.8 + 0.4 * face.masculinity;
    for side in [-1.0, 1.0] {
        bump(canvas, [side * eye_x * 1.02, eye_y - 0.01], [0.21, 0.15], -0.048 * strong);
        bump(
            canvas,
            [side * eye_x * 0.9, eye_y - 0.19],
            [0.26, 0.10],
            0.032 * face.masculinity + 0.006,
        );
        let cheek = [side * 0.34, 0.20 - 0.04 * smile];
        bump(canvas, cheek, [0.22, 0.20], 0.026 + 0.030 * smile + 0.020 * face.chubbiness);
        // Hollow cheeks of thin faces.
        bump(canvas, [side * 0.40, 0.45], [0.18, 0.24], -0.035 * (0.45 - face.chubbiness).max(0.0));
        bump(canvas, [side * 0.092 * wide, head.nose + 0.03], [0.062 * wide, 0.06], 0.022);
    }
    bump(canvas, [0.0, eye_y + 0.08], [0.095 * wide, 0.30], 0.062 * strong);
    bump(canvas, [0.0, head.nose], [0.125 * wide, 0.115], 0.070 * strong);
    bump(canvas, [0.0, head.mouth], [0.33, 0.20], 0.026);
    bump(canvas, [0.0, head.chin - 0.12], [0.20, 0.13], 0.030 + 0.02 * face.chubbiness);
    bump(canvas, [0.0, -0.50], [0.55, 0.33], 0.03);
}

fn blush(canvas: &mut Canvas, head: &Head, face: &FaceParameters) {
    let strength =
        (0.10 + 0.42 * face.rosiness + 0.22 * face.makeup) * (1.0 - 0.5 * face.skin_tone);
    let rose = mix(head.skin, levels(0.86, 0.30, 0.30), 0.75);
    for side in [-1.0, 1.0] {
        let (x0, y0) = (side * 0.36, 0.21);
        canvas.visit(Bounds::around(x0, y0, 0.26, 0.22), |[x, y], surface| {
            let (u, v) = ((x - x0) / 0.26, (y - y0) / 0.22);
            let rest = (1.0 - u * u - v * v).max(0.0);
            if surface.lit > 0.5 {
                surface.tint(rose, strength * rest * rest);
            }
        });
    }
    let (nose, strength) = (head.nose, 0.35 * face.rosiness + 0.08);
    canvas.visit(Bounds::around(0.0, nose, 0.13, 0.12), |[x, y], surface| {
        let (u, v) = (x / 0.13, (y - nose) / 0.12);
        surface.tint(rose, strength * (1.0 - u * u - v * v).max(0.0));
    });
}
