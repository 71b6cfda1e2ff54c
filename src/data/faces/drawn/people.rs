//! Who is drawn: people who keep their features, in several pictures that differ in expression, light and pose.

use super::color::smooth_step;
use super::parameters::FaceParameters;
use crate::random::Random;

/// No person has more pictures.
const MOST_PICTURES: usize = 40;

/// One picture to draw: whose it is, which of theirs, and what it shows.
#[derive(Clone, Debug)]
pub(super) struct Sitting {
    /// Counted from 1.
    pub(super) person: usize,
    /// Counted from 1 for each person.
    pub(super) picture: usize,
    pub(super) face: FaceParameters,
    /// For the noise of the scores.
    pub(super) seed: u64,
}

/// The first `count` pictures of the people that a seed stands for. A larger count has the same pictures first.
pub(super) fn sittings(count: usize, seed: u64) -> Vec<Sitting> {
    let mut people = Random::new(seed);
    let mut all = Vec::with_capacity(count);
    let mut person = 0;
    while all.len() < count {
        person += 1;
        let mut random = Random::new(people.next());
        let identity = identity(&mut random);
        let pictures = pictures_of_one(&mut random).min(count - all.len());
        for picture in 1..=pictures {
            let face = expression(&identity, &mut random);
            all.push(Sitting { person, picture, face, seed: random.next() });
        }
    }
    all
}

/// Most people have one picture, few have many: a power law, as in collections of press photographs.
fn pictures_of_one(random: &mut Random) -> usize {
    let most = libm::pow(1.0 - random.share(), -0.65) as usize;
    most.clamp(1, MOST_PICTURES)
}

/// Draws with names that say what they are for.
struct Draw<'random>(&'random mut Random);

impl Draw<'_> {
    /// A normal number, cut off at the ends of the unit interval.
    fn unit(&mut self, mean: f32, spread: f32) -> f32 {
        self.around(mean, spread).clamp(0.0, 1.0)
    }

    /// A normal number, cut off at −1 and 1.
    fn signed(&mut self, mean: f32, spread: f32) -> f32 {
        self.around(mean, spread).clamp(-1.0, 1.0)
    }

    fn around(&mut self, mean: f32, spread: f32) -> f32 {
        mean + spread * self.0.normal() as f32
    }

    fn share(&mut self) -> f32 {
        self.0.share() as f32
    }

    fn chance(&mut self, probability: f32) -> bool {
        self.share() < probability
    }
}

/// What stays the same in all pictures of a person. Features go together as they do among people: beards, bald heads and
/// short hair with men, make-up and long hair with women, grey hair and lines with age, dark hair and eyes with dark skin.
fn identity(random: &mut Random) -> FaceParameters {
    let mut draw = Draw(random);
    let man = draw.chance(0.55);
    let masculinity = if man { draw.unit(0.88, 0.10) } else { draw.unit(0.12, 0.10) };
    let age = match draw.share() {
        share if share < 0.05 => draw.unit(0.06, 0.05),
        share if share < 0.60 => draw.unit(0.30, 0.10),
        _ => draw.unit(if man { 0.66 } else { 0.58 }, 0.16),
    };
    let tone = draw.share();
    let skin_tone = match tone {
        tone if tone < 0.62 => draw.unit(0.14, 0.09),
        tone if tone < 0.82 => draw.unit(0.45, 0.10),
        _ => draw.unit(0.82, 0.10),
    };
    let mut face = FaceParameters {
        masculinity,
        age,
        skin_tone,
        chubbiness: draw.unit(0.32, 0.22),
        face_width: draw.signed(0.0, 0.45),
        face_length: draw.signed(0.0, 0.45),
        jaw_squareness: draw.unit(0.25 + 0.35 * masculinity, 0.20),
        rosiness: draw.unit(0.25, 0.20),
        eye_size: draw.unit(0.55 - 0.15 * masculinity, 0.20),
        eye_distance: draw.signed(0.0, 0.45),
        eye_tilt: draw.signed(0.1, 0.45),
        eye_narrowness: draw.unit(0.22, 0.22),
        brow_thickness: draw.unit(0.30 + 0.30 * masculinity, 0.18),
        brow_arch: draw.unit(0.60 - 0.35 * masculinity, 0.18),
        nose_width: draw.unit(0.25 + 0.20 * masculinity + 0.30 * skin_tone, 0.18),
        nose_length: draw.unit(0.40 + 0.20 * masculinity, 0.20),
        lip_fullness: draw.unit(0.55 - 0.25 * masculinity + 0.25 * skin_tone, 0.17),
        mouth_width: draw.signed(0.0, 0.45),
        ear_size: draw.unit(0.35 + 0.25 * masculinity, 0.20),
        texture: draw.0.next(),
        ..FaceParameters::default()
    };
    draw.hair(&mut face);
    draw.beard(&mut face);
    face.eye_color = if skin_tone > 0.3 || face.hair_lightness < 0.15 {
        draw.unit(0.08, 0.10)
    } else {
        draw.unit(0.55, 0.38)
    };
    face.glasses = if draw.chance(0.10 + 0.25 * age) { draw.unit(0.65, 0.18) } else { 0.0 };
    face.glasses_roundness = draw.share();
    if !man && age > 0.12 {
        face.makeup = if draw.chance(0.5) { draw.unit(0.45, 0.28) } else { 0.0 };
        face.lipstick = if draw.chance(0.6) { draw.unit(0.55, 0.30) } else { 0.0 };
        face.earrings = if draw.chance(0.4) { draw.unit(0.5, 0.2) } else { 0.0 };
    }
    face
}

impl Draw<'_> {
    fn hair(&mut self, face: &mut FaceParameters) {
        let (age, man) = (face.age, face.masculinity > 0.5);
        let color = self.share();
        face.hair_lightness = if face.skin_tone > 0.3 || color < 0.22 {
            self.unit(0.05, 0.06)
        } else if color < 0.68 {
            self.unit(0.38, 0.10)
        } else {
            self.unit(0.84, 0.12)
        };
        face.hair_redness = if face.skin_tone < 0.3 && self.chance(0.1) {
            self.unit(0.8, 0.15)
        } else {
            self.unit(0.12, 0.1)
        };
        face.hair_gray = smooth_step(0.45, 0.95, age) * self.unit(0.75, 0.35);
        face.hair_length = if man { self.unit(0.12, 0.09) } else { self.unit(0.58, 0.20) };
        face.hair_volume = self.unit(0.45, 0.20);
        face.waviness = if self.chance(0.4) { self.unit(0.7, 0.2) } else { self.unit(0.12, 0.1) };
        face.fringe = if self.chance(if man { 0.15 } else { 0.35 }) {
            self.unit(0.7, 0.15)
        } else {
            self.unit(0.08, 0.08)
        };
        face.parting =
            if self.chance(0.5) { self.signed(0.6, 0.2) } else { self.signed(-0.6, 0.2) };
        if man {
            face.receding = self.unit(0.05 + 0.6 * age, 0.2);
            if self.chance(0.5 * smooth_step(0.2, 0.9, age) + 0.03) {
                face.baldness = self.unit(0.75, 0.2);
            }
        }
    }

    fn beard(&mut self, face: &mut FaceParameters) {
        if face.masculinity < 0.5 || face.age < 0.15 {
            face.sideburns = 0.0;
            return;
        }
        match self.share() {
            share if share < 0.12 => {
                face.beard = self.unit(0.7, 0.2);
                face.mustache = face.beard;
            }
            share if share < 0.22 => face.mustache = self.unit(0.65, 0.2),
            share if share < 0.30 => {
                face.goatee = self.unit(0.7, 0.2);
                face.mustache = if self.chance(0.6) { face.goatee } else { 0.0 };
            }
            share if share < 0.50 => face.stubble = self.unit(0.6, 0.2),
            _ => {}
        }
        face.sideburns = if self.chance(0.18) { self.unit(0.7, 0.2) } else { self.unit(0.1, 0.1) };
    }
}

/// One picture of a person: what the face does, what is worn, where the light and the camera stand.
fn expression(identity: &FaceParameters, random: &mut Random) -> FaceParameters {
    let mut draw = Draw(random);
    let mut face = identity.clone();
    face.smile = match draw.share() {
        share if share < 0.45 => draw.signed(0.75, 0.18),
        share if share < 0.85 => draw.signed(0.05, 0.18),
        _ => draw.signed(-0.55, 0.2),
    };
    face.mouth_open = match draw.share() {
        // Broad smiles mostly show teeth.
        share if face.smile > 0.5 && share < 0.7 => draw.unit(0.28, 0.09),
        share if share < 0.12 => draw.unit(0.80, 0.15),
        share if share < 0.30 => draw.unit(0.28, 0.10),
        _ => 0.0,
    };
    face.eyes_open = if draw.chance(0.06) { draw.unit(0.05, 0.06) } else { draw.unit(0.86, 0.10) };
    face.gaze_x = draw.signed(0.0, 0.35);
    face.gaze_y = draw.signed(0.0, 0.25);
    face.brow_raise = draw.signed(0.1 + 0.3 * face.smile, 0.35);
    draw.worn(&mut face);
    draw.light(&mut face);
    face.yaw = draw.signed(0.0, 0.33);
    face.pitch = draw.signed(0.0, 0.25);
    face.roll = draw.signed(0.0, 0.22);
    face.scale = draw.around(1.0, 0.04);
    face.shift_x = draw.signed(0.0, 0.2);
    face.shift_y = draw.signed(0.0, 0.2);
    face.blur = if draw.chance(0.08) { draw.unit(0.5, 0.12) } else { draw.unit(0.08, 0.07) };
    face.noise = draw.unit(0.10, 0.08);
    face.saturation = if draw.chance(0.03) { 0.0 } else { draw.unit(0.95, 0.08) };
    face.texture ^= draw.0.next() << 32;
    face
}

impl Draw<'_> {
    fn worn(&mut self, face: &mut FaceParameters) {
        face.outdoor = if self.chance(0.3) { self.unit(0.95, 0.08) } else { 0.0 };
        if self.chance(0.03 + 0.10 * face.outdoor) {
            face.sunglasses = self.unit(0.85, 0.12);
        }
        if self.chance(0.05 + 0.10 * face.outdoor) {
            face.hat = self.unit(0.75, 0.12);
        }
        face.hat_hue = self.share();
        face.hat_brim = self.share();
        face.clothes_hue = self.share();
        face.clothes_lightness = self.unit(0.3, 0.3);
        face.background_hue = self.share();
        face.background_color = self.unit(0.16, 0.13);
        face.background_lightness = self.unit(0.45, 0.25);
        face.background_gradient = self.signed(0.15, 0.35);
        face.clutter = self.unit(0.35, 0.3);
    }

    fn light(&mut self, face: &mut FaceParameters) {
        face.light_x = self.signed(0.0, 0.5);
        face.light_y = self.signed(-0.45, 0.25);
        face.harshness = if self.chance(0.2 + 0.25 * face.outdoor) {
            self.unit(0.8, 0.14)
        } else {
            self.unit(0.25, 0.14)
        };
        face.brightness = self.signed(0.0, 0.14);
        face.warmth = self.signed(0.05, 0.22);
    }
}
