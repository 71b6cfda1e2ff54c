//! Lines that age draws on the forehead and beside the eyes.

use super::canvas::{Bounds, Canvas};
use super::color::{smooth_step, times};
use super::grain::Field;
use super::head::Head;
use super::parameters::FaceParameters;

/// Furrows of the forehead, between the brows and beside the eyes.
pub(super) fn paint_lines(canvas: &mut Canvas, head: &Head, face: &FaceParameters) {
    let old = smooth_step(0.4, 1.0, face.age);
    let raised = face.brow_raise.max(0.0);
    let frown = (-face.brow_raise).max(0.0);
    let strength = 0.50 * old + 0.20 * raised * face.age;
    let uneven = Field::new(face.texture, 6);
    let dark = times(head.skin, 0.45);
    let width = 0.022 + 0.5 * canvas.grain;
    if strength > 0.02 {
        canvas.visit(
            Bounds { left: -0.42, right: 0.42, top: -0.52, bottom: -0.30 },
            |[x, y], surface| {
                let wander = 0.05 * (uneven.at(x * 4.0, 3.0) - 0.5);
                let place = (y + 0.10 * x * x - wander + 0.52) / 0.075;
                let off = (place - place.floor() - 0.5).abs() * 0.075;
                let fade =
                    smooth_step(0.40, 0.25, x.abs()) * uneven.at(x * 3.0, place.floor() * 5.0);
                surface.tint(dark, strength * fade * (1.0 - off / width).max(0.0));
            },
        );
    }
    let [eye_x, eye_y] = head.eye;
    let crinkle = (0.55 * old + 0.30 * face.smile.max(0.0) * (0.3 + face.age)).min(0.7);
    for side in [-1.0, 1.0] {
        let corner = [side * (eye_x + 0.15), eye_y + 0.01];
        canvas.visit(
            Bounds::around(corner[0] + side * 0.08, corner[1], 0.10, 0.12),
            |[x, y], surface| {
                let out = (x - corner[0]) * side;
                let fan = (y - corner[1]) / (out + 0.06).max(0.01);
                let off = ((fan * 2.2) - (fan * 2.2).floor() - 0.5).abs() * (out + 0.06) / 2.2;
                let fade = smooth_step(0.0, 0.04, out)
                    * smooth_step(0.15, 0.08, out)
                    * smooth_step(1.1, 0.7, fan.abs());
                surface.tint(dark, crinkle * fade * (1.0 - off / width).max(0.0));
            },
        );
        let x0 = side * 0.045;
        canvas.visit(Bounds::around(x0, eye_y - 0.16, 0.05, 0.08), |[x, y], surface| {
            let v = (y - eye_y + 0.16) / 0.08;
            let line = (1.0 - ((x - x0).abs() / width)).max(0.0) * (1.0 - v * v).max(0.0);
            surface.tint(dark, (0.55 * frown + 0.25 * old) * line);
        });
    }
}
