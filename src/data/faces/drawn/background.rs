//! What lies behind the head.

use super::canvas::Canvas;
use super::color::{Color, levels, mix, smooth_step, times, tinted};
use super::grain::Field;
use super::parameters::FaceParameters;

/// A wall, or sky and green, out of focus: of one colour within a pixel of `samples` × `samples`.
pub(super) fn paint_background(canvas: &mut Canvas, face: &FaceParameters, samples: usize) {
    let view = View::new(face);
    let width = canvas.columns;
    let (across, down) =
        (samples as f32 / canvas.columns as f32, samples as f32 / canvas.rows as f32);
    for row in 0..canvas.rows / samples {
        for column in 0..canvas.columns / samples {
            let color = view.color(column as f32 * across, row as f32 * down);
            for line in row * samples..(row + 1) * samples {
                let start = line * width + column * samples;
                let pixel = &mut canvas.surfaces[start..start + samples];
                pixel.iter_mut().for_each(|surface| surface.color = color);
            }
        }
    }
}

/// The colours behind the head.
struct View {
    wall: Color,
    things: Color,
    gradient: f32,
    clutter: f32,
    outdoor: f32,
    places: Field,
}

impl View {
    fn new(face: &FaceParameters) -> Self {
        let (strength, lightness) = (face.background_color, face.background_lightness);
        Self {
            wall: tinted(face.background_hue, strength, 0.08 + 0.87 * lightness),
            things: tinted(
                face.background_hue + 0.35,
                0.3 + 0.5 * strength,
                0.10 + 0.75 * (1.0 - lightness),
            ),
            gradient: face.background_gradient,
            clutter: face.clutter,
            outdoor: face.outdoor,
            places: Field::new(face.texture, 7),
        }
    }

    /// The colour at a place of the picture, each side of which goes from 0 to 1.
    fn color(&self, x: f32, y: f32) -> Color {
        let inside = if self.outdoor < 1.0 { self.room(x, y) } else { self.wall };
        if self.outdoor > 0.0 { mix(inside, self.meadow(x, y), self.outdoor) } else { inside }
    }

    fn room(&self, x: f32, y: f32) -> Color {
        let wall = times(self.wall, 1.0 + 0.8 * self.gradient * (0.5 - y));
        let thing = smooth_step(0.45, 0.75, self.places.at(x * 4.0, y * 3.0));
        mix(wall, self.things, 0.85 * self.clutter * thing)
    }

    fn meadow(&self, x: f32, y: f32) -> Color {
        let horizon = smooth_step(0.45, 0.65, y + 0.35 * (self.places.at(x * 5.0, 20.0) - 0.5));
        let leaves =
            times(levels(0.25, 0.38, 0.16), 0.6 + 0.9 * self.places.at(x * 14.0, y * 14.0));
        mix(levels(0.62, 0.76, 0.93), leaves, horizon)
    }
}
