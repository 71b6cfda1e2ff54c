//! How every figure looks: one place for sizes, greys and the palette.

/// A colour with opacity.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Color {
    pub(crate) rgb: [u8; 3],
    /// 0 is invisible, 1 hides what lies below.
    pub(crate) alpha: f64,
}

impl Color {
    /// An opaque colour from its usual notation, 0xRRGGBB.
    pub(crate) const fn hex(code: u32) -> Self {
        Self { rgb: [(code >> 16) as u8, (code >> 8) as u8, code as u8], alpha: 1.0 }
    }

    pub(crate) const fn rgb(rgb: [u8; 3]) -> Self {
        Self { rgb, alpha: 1.0 }
    }

    pub(crate) const fn alpha(self, alpha: f64) -> Self {
        Self { alpha, ..self }
    }

    /// Red, green, blue and opacity, from 0 to 255.
    pub(crate) fn pixel(self) -> [u8; 4] {
        let [red, green, blue] = self.rgb;
        [red, green, blue, (255.0 * self.alpha).round() as u8]
    }

    /// The colour on the way to another one; 0 is this colour, 1 the other.
    pub(crate) fn mix(self, other: Self, share: f64) -> Self {
        let channel = |index: usize| {
            let (from, to) = (f64::from(self.rgb[index]), f64::from(other.rgb[index]));
            (from + (to - from) * share).round().clamp(0.0, 255.0) as u8
        };
        Self { rgb: [channel(0), channel(1), channel(2)], alpha: self.alpha }
    }

    /// Black or white, whichever reads better on this colour (relative luminance of WCAG 2).
    pub(crate) fn readable_on(self) -> Self {
        let linear = |channel: u8| {
            let share = f64::from(channel) / 255.0;
            if share <= 0.040_45 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        let [red, green, blue] = self.rgb.map(linear);
        let luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
        // The luminance at which black and white have equal contrast: sqrt(1.05 × 0.05) − 0.05.
        if luminance > 0.179 { TEXT } else { WHITE }
    }
}

/// CSS pixels of a figure whose size nobody set.
pub(crate) const DEFAULT_SIZE: [f64; 2] = [640.0, 400.0];
/// Space between the figure's edge and anything in it.
pub(crate) const MARGIN: f64 = 10.0;
/// Space between neighbouring parts: ticks and their labels, labels and panel.
pub(crate) const GAP: f64 = 6.0;

pub(crate) const TITLE_SIZE: f64 = 14.0;
pub(crate) const LABEL_SIZE: f64 = 11.5;
pub(crate) const TICK_SIZE: f64 = 10.5;
/// Below this, text cannot be read on a page.
pub(crate) const SMALLEST_SIZE: f64 = 7.5;
/// Distance of baselines, in units of the text size.
pub(crate) const LINE_HEIGHT: f64 = 1.25;

pub(crate) const WHITE: Color = Color::hex(0xFFFFFF);
pub(crate) const TEXT: Color = Color::hex(0x222222);
pub(crate) const FAINT_TEXT: Color = Color::hex(0x555555);
pub(crate) const GRID: Color = Color::hex(0xE4E4E4);
pub(crate) const AXIS: Color = Color::hex(0x9A9A9A);
/// What stands for no value in a grid of colours.
pub(crate) const MISSING: Color = Color::hex(0xD0D0D0);
pub(crate) const POSITIVE: Color = Color::hex(0x0072B2);
pub(crate) const NEGATIVE: Color = Color::hex(0xD55E00);

/// Okabe and Ito's palette for colour-blind readers (jfly.uni-koeln.de/color, 2008). Black becomes grey, and
/// the yellow is darkened, since lines of #F0E442 vanish on white.
const OKABE_ITO: [Color; 8] = [
    Color::hex(0x0072B2),
    Color::hex(0xD55E00),
    Color::hex(0x009E73),
    Color::hex(0xCC79A7),
    Color::hex(0xE69F00),
    Color::hex(0x56B4E9),
    Color::hex(0x666666),
    Color::hex(0xBFB100),
];

/// The colour of a category. The palette comes first as it is, then darker, then lighter; after 24
/// categories it begins again.
pub(crate) fn category(index: usize) -> Color {
    let base = OKABE_ITO[index % OKABE_ITO.len()];
    match index / OKABE_ITO.len() % 3 {
        0 => base,
        1 => base.mix(Color::hex(0x000000), 0.45),
        _ => base.mix(WHITE, 0.45),
    }
}

/// The colour of a group of nodes: the palette without its first two, which edges use for signs, and softened so
/// that names can be read on it.
pub(crate) fn group(index: usize) -> Color {
    category(index + 2).mix(WHITE, 0.35)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_reads_on_any_background() {
        assert_eq!(Color::hex(0xFFFFFF).readable_on(), TEXT);
        assert_eq!(Color::hex(0x053061).readable_on(), WHITE);
        assert_eq!(Color::hex(0xFDE725).readable_on(), TEXT);
    }

    #[test]
    fn the_first_24_categories_differ_clearly() {
        for first in 0..24 {
            for second in 0..first {
                let (one, other) = (category(first).rgb, category(second).rgb);
                let distance: i32 =
                    (0..3).map(|c| (i32::from(one[c]) - i32::from(other[c])).abs()).sum();
                assert!(distance > 30, "{first} {one:?} and {second} {other:?}");
            }
        }
    }
}
