//! The camera: blur, pixels, grain, and levels from 0 to 255.

use super::color::Color;
use super::parameters::FaceParameters;
use crate::random::Random;

/// Light on a grid of samples.
pub(super) struct Exposure {
    pub(super) light: Vec<Color>,
    pub(super) columns: usize,
    pub(super) rows: usize,
    /// Samples along each side of a pixel.
    pub(super) samples: usize,
}

impl Exposure {
    /// Levels of red, green and blue for each pixel, row by row.
    pub(super) fn develop(mut self, face: &FaceParameters, levels: &mut [u8]) {
        // In parts of the picture's side, so that a large picture is as blurred as a small one.
        let radius = 2.2 * face.blur * face.blur * self.rows.min(self.columns) as f32 / 45.0;
        for _ in 0..2 {
            self.soften(radius);
        }
        let mut random = Random::new(face.texture ^ 0x6E_6F69_7365);
        let grain = 0.06 * face.noise;
        let (across, share) =
            (self.columns / self.samples, 1.0 / (self.samples * self.samples) as f32);
        for (index, pixel) in levels.chunks_exact_mut(3).enumerate() {
            let light = self.pixel(index % across, index / across).map(|light| light * share);
            let gray = 0.30 * light[0] + 0.59 * light[1] + 0.11 * light[2];
            let speck = grain * speck(random.next());
            for (channel, level) in pixel.iter_mut().enumerate() {
                let light = gray + (light[channel] - gray) * face.saturation;
                let value = rolled_off(light.max(0.0)).sqrt() + speck;
                *level = (value * 255.0 + 0.5).clamp(0.0, 255.0) as u8;
            }
        }
    }

    fn pixel(&self, column: usize, row: usize) -> Color {
        let mut sum = [0.0; 3];
        for down in 0..self.samples {
            let start = (row * self.samples + down) * self.columns + column * self.samples;
            for light in &self.light[start..start + self.samples] {
                (0..3).for_each(|channel| sum[channel] += light[channel]);
            }
        }
        sum
    }

    /// Means over squares, along the rows and then along the columns; twice that is close to a Gaussian.
    fn soften(&mut self, radius: f32) {
        // Less than a quarter of a sample shows in no pixel.
        if radius < 0.25 {
            return;
        }
        let mut before = Vec::new();
        for row in self.light.chunks_exact_mut(self.columns) {
            means(row, radius, &mut before);
        }
        let mut column = vec![[0.0; 3]; self.rows];
        for place in 0..self.columns {
            let samples = self.light.iter_mut().skip(place).step_by(self.columns);
            samples.zip(&mut column).for_each(|(sample, slot)| *slot = *sample);
            means(&mut column, radius, &mut before);
            let samples = self.light.iter_mut().skip(place).step_by(self.columns);
            samples.zip(&column).for_each(|(sample, slot)| *sample = *slot);
        }
    }
}

/// A number of mean 0 and variance 1, close to normal: the sum of four even ones (Irwin and Hall, Biometrika 19, 1927).
fn speck(bits: u64) -> f32 {
    let sum: u64 = (0..4).map(|part| (bits >> (16 * part)) & 0xFFFF).sum();
    (sum as f32 / 65536.0 - 2.0) * 1.732
}

/// Strong light runs into white softly.
fn rolled_off(light: f32) -> f32 {
    if light < 0.7 { light } else { 0.7 + 0.3 * (light - 0.7) / (light - 0.4) }
}

/// Replaces each sample by the mean of those within the radius, of which the outermost count by their part.
fn means(line: &mut [Color], radius: f32, before: &mut Vec<Color>) {
    let whole = radius as usize;
    let (part, weight) = (radius - whole as f32, 1.0 / (2.0 * radius + 1.0));
    // The line with its ends repeated, so that every sample has neighbours.
    before.clear();
    before.extend(std::iter::repeat_n(line[0], whole + 1));
    before.extend_from_slice(line);
    before.extend(std::iter::repeat_n(line[line.len() - 1], whole + 1));
    for (slot, near) in line.iter_mut().zip(before.windows(2 * whole + 3)) {
        let (first, last) = (near[0], near[near.len() - 1]);
        let mut sum = [0, 1, 2].map(|channel| part * (first[channel] + last[channel]));
        for color in &near[1..near.len() - 1] {
            (0..3).for_each(|channel| sum[channel] += color[channel]);
        }
        *slot = sum.map(|light| light * weight);
    }
}
