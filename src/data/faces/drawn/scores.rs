//! How well a word describes a drawn face, as the attribute scores of Labeled Faces in the Wild say it of photographs.

use super::color::smooth_step;
use super::parameters::FaceParameters;
use crate::random::Random;

/// The standard deviation of the noise in a score, whose two ends lie some five apart.
pub(super) const NOISE: f32 = 0.3;

/// A word and how well it fits: positive where it does, negative where it does not.
type Score = (&'static str, fn(&FaceParameters) -> f32);

/// Names as in `lfw_attributes.txt`.
pub(super) const SCORES: &[Score] = &[
    ("Male", |face| 5.0 * (face.masculinity - 0.5)),
    ("Child", |face| 12.0 * (0.15 - face.age)),
    ("Youth", |face| 7.0 * (0.32 - face.age)),
    ("Middle Aged", |face| 2.0 - 9.0 * (face.age - 0.52).abs()),
    ("Senior", |face| 6.0 * (face.age - 0.68)),
    ("Black Hair", |face| {
        visible_hair(face, 10.0 * (0.18 - face.hair_lightness)) - 3.0 * face.hair_gray
    }),
    ("Blond Hair", |face| {
        visible_hair(face, 6.0 * (face.hair_lightness - 0.65)) - 4.0 * face.hair_gray
    }),
    ("Brown Hair", |face| {
        visible_hair(face, 2.0 - 9.0 * (face.hair_lightness - 0.38).abs()) - 3.0 * face.hair_gray
    }),
    ("Gray Hair", |face| visible_hair(face, 6.0 * (face.hair_gray - 0.45))),
    ("Bald", |face| 6.0 * (face.baldness - 0.55) - 3.0 * face.hat),
    ("Receding Hairline", |face| {
        5.0 * (face.receding.max(face.baldness) - 0.5) - 2.0 * face.hat - 3.0 * face.fringe
    }),
    ("Bangs", |face| 5.0 * (face.fringe * (1.0 - face.baldness) - 0.45) - 2.0 * face.hat),
    ("Wavy Hair", |face| visible_hair(face, 5.0 * (face.waviness - 0.45))),
    ("Straight Hair", |face| visible_hair(face, 5.0 * (0.4 - face.waviness))),
    ("Sideburns", |face| 5.0 * (face.sideburns.max(face.beard) * face.masculinity - 0.4)),
    ("No Eyewear", |face| 6.0 * (0.25 - face.glasses.max(face.sunglasses))),
    ("Eyeglasses", |face| 6.0 * (face.glasses - 0.3) - 6.0 * face.sunglasses),
    ("Sunglasses", |face| 5.0 * (face.sunglasses - 0.4)),
    ("Mustache", |face| 5.0 * (face.mustache - 0.35)),
    ("Goatee", |face| 5.0 * (face.goatee - 0.35)),
    ("No Beard", |face| 5.0 * (0.3 - face.beard.max(face.goatee).max(0.5 * face.stubble))),
    ("5 o' Clock Shadow", |face| 5.0 * (face.stubble - 0.35)),
    ("Smiling", |face| 4.0 * (face.smile - 0.4)),
    ("Frowning", |face| 4.0 * (-face.smile - 0.25) - 0.5 * face.brow_raise),
    ("Mouth Closed", |face| 8.0 * (0.15 - face.mouth_open)),
    ("Mouth Slightly Open", |face| 1.8 - 10.0 * (face.mouth_open - 0.28).abs()),
    ("Mouth Wide Open", |face| 5.0 * (face.mouth_open - 0.55)),
    ("Teeth Not Visible", |face| 10.0 * (0.15 - face.mouth_open)),
    ("Eyes Open", |face| 5.0 * (face.eyes_open - 0.4) - 3.0 * face.sunglasses),
    ("Narrow Eyes", |face| 5.0 * (face.eye_narrowness - 0.4) - 1.5 * (face.eye_size - 0.5)),
    ("Brown Eyes", |face| 5.0 * (0.45 - face.eye_color)),
    ("Bags Under Eyes", |face| 5.0 * (face.age - 0.6)),
    ("Bushy Eyebrows", |face| 5.0 * (face.brow_thickness - 0.6)),
    ("Arched Eyebrows", |face| 5.0 * (face.brow_arch - 0.5)),
    ("Big Nose", |face| 5.0 * (face.nose_width - 0.5) + 2.0 * (face.nose_length - 0.5)),
    ("Big Lips", |face| 5.0 * (face.lip_fullness - 0.55)),
    ("Chubby", |face| 5.0 * (face.chubbiness - 0.5)),
    ("Round Face", |face| {
        3.0 * (face.chubbiness - 0.45) - 1.5 * face.face_length + 1.2 * face.face_width
    }),
    ("Oval Face", |face| {
        1.5 * face.face_length - 1.2 * face.face_width - 2.0 * (face.jaw_squareness - 0.45)
    }),
    ("Square Face", |face| 5.0 * (face.jaw_squareness - 0.55)),
    ("Strong Nose-Mouth Lines", |face| {
        4.0 * (smooth_step(0.3, 1.0, face.age) + 0.5 * face.smile.max(0.0) - 0.5)
    }),
    ("Pale Skin", |face| 6.0 * (0.22 - face.skin_tone)),
    ("Rosy Cheeks", |face| 5.0 * (face.rosiness + 0.4 * face.makeup - 0.5) - 2.0 * face.skin_tone),
    ("Heavy Makeup", |face| 5.0 * (face.makeup - 0.4)),
    ("Wearing Lipstick", |face| 5.0 * (face.lipstick - 0.35)),
    ("Wearing Earrings", |face| 5.0 * (face.earrings - 0.3)),
    ("Wearing Hat", |face| 5.0 * (face.hat - 0.4)),
    ("Harsh Lighting", |face| 5.0 * (face.harshness - 0.5)),
    ("Soft Lighting", |face| 5.0 * (0.45 - face.harshness)),
    ("Blurry", |face| 6.0 * (face.blur - 0.35)),
    ("Outdoor", |face| 5.0 * (face.outdoor - 0.5)),
    ("Color Photo", |face| 5.0 * (face.saturation - 0.5)),
];

/// No word about hair fits where none is seen.
fn visible_hair(face: &FaceParameters, score: f32) -> f32 {
    let seen = (1.0 - face.baldness) * (1.0 - 0.5 * face.hat);
    score.min(2.5) * seen - 1.5 * (1.0 - seen)
}

/// The scores of one face in the order of [`SCORES`], with noise.
pub(super) fn scores(face: &FaceParameters, seed: u64) -> Vec<f32> {
    let mut random = Random::new(seed);
    SCORES.iter().map(|(_, score)| score(face) + NOISE * random.normal() as f32).collect()
}
