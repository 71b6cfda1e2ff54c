//! The lamp: what the surfaces look like under it.

use super::canvas::Canvas;
use super::color::{Color, between};
use super::parameters::FaceParameters;

/// The light that reaches the camera from every sample: light from all round, Lambert's law for the lamp (softened where
/// the lamp is large), and Blinn's highlight (SIGGRAPH 1977) with the fourth power.
pub(super) fn illuminate(canvas: &Canvas, face: &FaceParameters, yaw: f32) -> Vec<Color> {
    let hard = face.harshness;
    let lamp = toward(face, yaw);
    let half = normalized([lamp[0], lamp[1], lamp[2] + 1.0]);
    let around = between(0.50, 0.18, hard);
    let strength = between(0.72, 1.18, hard);
    let exposure = if face.brightness < 0.0 {
        1.0 + 0.72 * face.brightness
    } else {
        1.0 + 1.1 * face.brightness
    };
    let tone =
        [1.0 + 0.22 * face.warmth, 1.0, 1.0 - 0.28 * face.warmth].map(|part| part * exposure);
    let shaded = between(0.55, 1.0, hard);
    let render = |surface: &super::canvas::Surface| {
        let normal = normalized([surface.slope[0], surface.slope[1], 1.0]);
        let facing = dot(normal, lamp);
        let soft = (0.5 + 0.5 * facing) * (0.5 + 0.5 * facing);
        let direct = between(soft, facing.max(0.0), hard);
        let open = 1.0 - shaded * (1.0 - surface.open);
        // Light from all round comes rather from above.
        let ambient = around * (1.0 - 0.18 * normal[1]) * (0.55 + 0.45 * surface.open);
        let mirrored = dot(normal, half).max(0.0);
        let mirrored = mirrored * mirrored * mirrored * mirrored;
        let mirrored = mirrored * mirrored * mirrored;
        let glare = surface.shine * mirrored * strength * open * 0.35;
        let body = ambient + strength * direct * open;
        let body = 1.0 + (body - 1.0) * surface.lit;
        let glare = glare * surface.lit;
        let light = |channel: usize| (surface.color[channel] * body + glare) * tone[channel];
        [light(0), light(1), light(2)]
    };
    canvas.surfaces.iter().map(render).collect()
}

/// The direction of the lamp, as the head sees it.
fn toward(face: &FaceParameters, yaw: f32) -> [f32; 3] {
    let [x, y, z] = normalized([1.1 * face.light_x, 1.0 * face.light_y, 0.85]);
    let (sine, cosine) = (libm::sinf(yaw), libm::cosf(yaw));
    [x * cosine - z * sine, y, x * sine + z * cosine]
}

fn dot(one: [f32; 3], other: [f32; 3]) -> f32 {
    one[0] * other[0] + one[1] * other[1] + one[2] * other[2]
}

fn normalized(vector: [f32; 3]) -> [f32; 3] {
    let length = dot(vector, vector).sqrt();
    vector.map(|part| part / length)
}
