//! Beard, moustache, goatee, stubble and sideburns.

use super::canvas::{Bounds, Canvas, cover};
use super::color::{levels, mix, smooth_step, times};
use super::grain::Field;
use super::hair::hair_color;
use super::head::Head;
use super::parameters::FaceParameters;

/// Everything that grows on cheeks, chin and upper lip.
pub(super) fn paint_beard(canvas: &mut Canvas, head: &Head, face: &FaceParameters) {
    let grown =
        face.beard.max(face.mustache).max(face.goatee).max(face.stubble).max(face.sideburns);
    if grown <= 0.0 {
        return;
    }
    let hair = mix(times(hair_color(face), 0.6), levels(0.10, 0.07, 0.05), 0.35);
    let shaved = mix(times(head.skin, 0.35), levels(0.28, 0.30, 0.34), 0.55);
    let curls = Field::new(face.texture, 4);
    let grain = canvas.grain;
    let swell = 0.05 * face.beard;
    let lift = 0.03 * face.smile.max(0.0);
    let only_sideburns = face.beard.max(face.mustache).max(face.goatee).max(face.stubble) <= 0.0;
    let bottom = if only_sideburns { 0.35 } else { head.chin + 0.2 };
    canvas.visit(Bounds { left: -0.85, right: 0.85, top: -0.25, bottom }, |point, surface| {
        let [x, y] = point;
        let outside = head.outline(point, swell).distance();
        if outside > grain {
            return;
        }
        let within = cover(outside, 1.5 * grain);
        let area = Area::new(head, point, lift);
        let full = area.jaw.max(area.mustache(0.5, head, point, lift));
        surface.tint(shaved, 0.62 * face.stubble * area.jaw.max(area.upper_lip) * within);
        let shares = [
            dense(face.beard) * full,
            dense(face.mustache) * area.mustache(face.mustache, head, point, lift),
            dense(face.goatee) * area.chin,
            area.sideburn(face.sideburns, head, point) * face.masculinity,
        ];
        let share = shares.iter().fold(0.0_f32, |most, share| most.max(*share)) * within;
        if share <= 0.0 {
            return;
        }
        let curl = curls.at(x * 26.0, y * 20.0) - 0.5;
        let color = times(hair, 1.0 + 0.8 * curl);
        let slope = [surface.slope[0] + 0.8 * curl, surface.slope[1] + 0.4 * curl];
        surface.lay(color, slope, 0.08, share.min(1.0) * (0.88 + 0.24 * curl).min(1.0));
    });
}

/// Thin beards are see-through.
fn dense(amount: f32) -> f32 {
    smooth_step(0.0, 0.45, amount) * (0.75 + 0.25 * amount)
}

/// How much a place belongs to the parts of a face on which hair grows.
struct Area {
    jaw: f32,
    upper_lip: f32,
    chin: f32,
}

impl Area {
    fn new(head: &Head, [x, y]: [f32; 2], lift: f32) -> Self {
        let u = x.abs() / head.half_width;
        // From the ears down to beside the mouth.
        let edge = 0.40 - lift - 0.42 * u * u * u * u;
        let below = smooth_step(edge - 0.03, edge + 0.06, y);
        let (across, down) = (x / 0.27, (y - head.mouth - 0.01) / 0.115);
        let lips = smooth_step(0.75, 1.1, (across * across + down * down).sqrt());
        let nose = smooth_step(head.nose + 0.06, head.nose + 0.12, y);
        let upper = smooth_step(0.32, 0.20, x.abs())
            * nose
            * smooth_step(head.mouth - 0.03, head.mouth - 0.07, y);
        let (across, down) = (x / 0.25, (y - head.chin + 0.03) / 0.21);
        let front = smooth_step(1.1, 0.75, (across * across + down * down).sqrt()) * lips;
        Self { jaw: below * lips, upper_lip: upper, chin: front }
    }

    /// Hair over the upper lip, longer to the sides the thicker it is.
    fn mustache(&self, amount: f32, head: &Head, [x, y]: [f32; 2], lift: f32) -> f32 {
        let half = 0.18 + 0.10 * amount;
        let u = x.abs() / half;
        let middle = head.mouth - 0.085 + 0.06 * u * u - lift * u;
        let height =
            (0.034 + 0.040 * amount) * (1.0 - 0.55 * u * u) * smooth_step(0.0, 0.12, u + 0.06);
        smooth_step(1.1, 0.9, u) * smooth_step(height + 0.02, height - 0.01, (y - middle).abs())
    }

    /// Hair before the ears.
    fn sideburn(&self, length: f32, head: &Head, [x, y]: [f32; 2]) -> f32 {
        let bottom = -0.10 + 0.42 * length;
        smooth_step(bottom, bottom - 0.06, y)
            * smooth_step(
                0.80,
                0.90,
                x.abs() / head.half_width + 0.25 * (0.2 - y).min(0.0) - 0.10 * (0.0 - y).max(0.0),
            )
            * smooth_step(0.0, 0.3, length)
    }
}
