//! Hair: its colour, the mass behind the head, the part on the head, and its ends at the sides.

use super::canvas::{Bounds, Canvas, cover};
use super::color::{Color, along, between, levels, mix, smooth_step, times};
use super::grain::Field;
use super::head::Head;
use super::parameters::FaceParameters;

/// The colour of the hair.
pub(super) fn hair_color(face: &FaceParameters) -> Color {
    let row = [
        levels(0.07, 0.06, 0.06),
        levels(0.19, 0.13, 0.09),
        levels(0.37, 0.24, 0.14),
        levels(0.60, 0.44, 0.24),
        levels(0.88, 0.73, 0.45),
    ];
    let natural = along(&row, face.hair_lightness);
    let red = mix(
        natural,
        levels(0.62, 0.26, 0.10),
        0.75 * face.hair_redness * (1.0 - (face.hair_lightness - 0.5).abs()),
    );
    mix(red, levels(0.78, 0.78, 0.79), face.hair_gray)
}

/// The measures of a head of hair.
#[derive(Clone, Debug)]
pub(super) struct Hair {
    color: Color,
    /// How far it stands off the head at the sides and on top.
    swell: f32,
    rise: f32,
    /// Where it ends at the sides.
    bottom: f32,
    /// How much of the hair at the sides is left.
    sides: f32,
    wave: f32,
    strands: Field,
    waves: Field,
    parting: f32,
}

impl Hair {
    pub(super) fn new(face: &FaceParameters) -> Self {
        let length = face.hair_length * (1.0 - 0.6 * face.baldness);
        let bulk = face.hair_volume * (0.35 + 0.65 * (2.0 * length).min(1.0));
        Self {
            color: hair_color(face),
            swell: (0.02 + 0.12 * bulk + 0.03 * face.waviness) * (1.0 - 0.6 * face.baldness),
            rise: (0.035 + 0.13 * face.hair_volume) * (1.0 - face.baldness),
            bottom: -0.16 + 0.38 * length + 1.15 * length * length,
            sides: smooth_step(1.0, 0.75, face.baldness),
            wave: face.waviness,
            strands: Field::new(face.texture, 2),
            waves: Field::new(face.texture, 3),
            parting: face.parting,
        }
    }

    /// The distance to the outer edge of the hair, negative inside.
    fn outside(&self, head: &Head, [x, y]: [f32; 2]) -> f32 {
        let ripple = 0.10 * self.wave;
        let straight = self.straight_outside(head, [x, y]);
        if straight.abs() > ripple || self.wave <= 0.0 {
            return straight;
        }
        straight + ripple * (self.waves.at(x * 7.0, y * 7.0) - 0.5)
    }

    fn straight_outside(&self, head: &Head, [x, y]: [f32; 2]) -> f32 {
        let across = head.half_width + self.swell;
        if y < head.widest {
            let up = head.widest - head.top + self.rise;
            let (u, v) = (x / across, (y - head.widest) / up);
            let (u2, v2) = (u * u, v * v);
            // Blunter than an ellipse, the more so the thicker it is.
            let blunt = 0.25 + 0.3 * self.rise;
            let level = (1.0 - blunt) * (u2 + v2) + blunt * (u2 * u2 + v2 * v2);
            return (level.sqrt() - 1.0) * 0.9 * across.min(up);
        }
        let down = y - head.widest;
        let flare = across + 0.10 * self.swell.min(0.1) * 10.0 * down * (1.0 - 0.35 * down);
        // The ends are rounded off.
        let ends = y - self.bottom + 0.25 * (x.abs() - flare + 0.12).max(0.0);
        (x.abs() - flare).max(ends)
    }

    /// The colour and slope of the strands at a place; they run from the crown.
    fn strand(&self, [x, y]: [f32; 2]) -> (Color, [f32; 2]) {
        let fan = (x - 0.25 * self.parting) / (y + 1.45).max(0.2);
        let curl = self.wave * (self.waves.at(x * 4.0 + 9.0, y * 6.0) - 0.5);
        let strand = self.strands.at(fan * 26.0 + 5.0 * curl, y * 2.2) - 0.5;
        let fine = self.strands.at(fan * 70.0 + 9.0 * curl, y * 3.0 + 50.0) - 0.5;
        let color = times(self.color, (1.0 + 0.8 * strand + 0.5 * fine).max(0.2));
        (color, [0.9 * strand + 0.5 * curl, 0.8 * curl])
    }
}

/// The hair behind head and neck.
pub(super) fn paint_back_hair(canvas: &mut Canvas, head: &Head, hair: &Hair) {
    let grain = canvas.grain;
    canvas.visit(Bounds { bottom: hair.bottom + 0.2, ..Bounds::ALL }, |point, surface| {
        // What the face will hide is not worth the work.
        if point[1] < head.chin && head.outline(point, -0.05).level < 1.0 {
            return;
        }
        // On top of a bald head there is none to be seen behind it either.
        let share = cover(hair.outside(head, point), 1.5 * grain)
            * if hair.rise < 0.03 { smooth_step(-0.45, -0.25, point[1]) * hair.sides } else { 1.0 };
        if share > 0.0 {
            let (color, slope) = hair.strand(point);
            surface.lay(times(color, 0.62), [slope[0] + 0.8 * point[0], slope[1]], 0.1, share);
        }
    });
}

/// The hair on the head, down to the hairline, and at the sides over the ears.
pub(super) fn paint_front_hair(
    canvas: &mut Canvas,
    head: &Head,
    hair: &Hair,
    face: &FaceParameters,
) {
    let grain = canvas.grain;
    let line = Hairline::new(head, face);
    canvas.visit(Bounds { bottom: hair.bottom.max(0.1) + 0.1, ..Bounds::ALL }, |point, surface| {
        let outside = hair.outside(head, point);
        if outside > grain {
            return;
        }
        let [x, y] = point;
        let inner = head.half_width * between(1.0, 0.90, smooth_step(0.25, 0.6, face.hair_length))
            - 0.35 * (y - 0.35).max(0.0) * (y - 0.35).max(0.0);
        if y - line.height(x) > 0.25 && x.abs() < inner - 0.1 {
            return;
        }
        let fan = (x - 0.25 * hair.parting) / (y + 1.45).max(0.2);
        let tips = (hair.strands.at(fan * 14.0, 77.0) - 0.5) * line.ragged;
        let above = cover(y - line.height(x) - tips, 2.0 * grain);
        let beside = cover(inner - x.abs() + 0.4 * tips, 2.0 * grain)
            * smooth_step(hair.bottom + 0.04, hair.bottom - 0.04, y);
        let beside = beside * hair.sides * smooth_step(-0.6, -0.3, y);
        let share = above.max(beside) * cover(outside, 1.5 * grain);
        let brow = y - line.height(x) - tips;
        if brow > 0.0 && surface.lit > 0.5 {
            surface
                .shade((0.2 + 0.35 * face.fringe) * (1.0 - share) * (1.0 - brow / 0.12).max(0.0));
        }
        if share > 0.0 {
            let (color, slope) = hair.strand(point);
            let outline = head.outline(point, hair.swell.max(hair.rise)).slope(0.45);
            surface.lay(color, [outline[0] + slope[0], outline[1] * 0.8 + slope[1]], 0.28, share);
            let part = x - 0.30 * face.parting + 0.08 * (y + 0.8) * face.parting;
            let seam =
                cover(part.abs() - 0.012, 2.0 * grain) * smooth_step(0.05, 0.3, face.parting.abs());
            surface
                .tint(times(color, 0.3), 0.7 * seam * smooth_step(0.5, 0.0, face.fringe) * share);
        }
    });
}

/// Where the hair of the head begins, from temple to temple.
struct Hairline {
    middle: f32,
    temple: f32,
    recess: f32,
    sweep: f32,
    half: f32,
    ragged: f32,
}

impl Hairline {
    fn new(head: &Head, face: &FaceParameters) -> Self {
        let bald = face.baldness;
        let fringe = face.fringe * (1.0 - bald);
        Self {
            middle: -0.545 + 0.34 * fringe - 0.05 * face.receding - 0.62 * bald,
            temple: between(-0.03, -0.12, face.receding) - 0.45 * smooth_step(0.75, 1.0, bald),
            recess: 0.16 * face.receding + 0.05 * face.masculinity * (1.0 - fringe),
            sweep: 0.22 * face.parting * (1.0 - bald) * (0.3 + fringe),
            half: head.half_width,
            ragged: 0.05 + 0.15 * fringe,
        }
    }

    fn height(&self, x: f32) -> f32 {
        let u = (x / self.half).clamp(-1.1, 1.1);
        let u2 = u * u;
        let side = 0.55 * u2 * u2 + 0.45 * u2 * u2 * u2 * u2;
        let corner = (1.0 - (u2 - 0.38) * (u2 - 0.38) / 0.12).max(0.0);
        self.middle + (self.temple - self.middle) * side
            - self.recess * corner
            - self.sweep * u * (1.0 - u2)
    }
}
