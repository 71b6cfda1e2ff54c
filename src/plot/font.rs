//! The typeface of every figure, carried along so that figures look the same on every machine.

use ab_glyph::{Font, FontRef, GlyphId, ScaleFont, point};

use crate::{Error, Result};

/// What an SVG asks its viewer for. DejaVu Sans runs wide, so text set in a substitute still fits.
pub(crate) const FAMILY: &str = "DejaVu Sans, sans-serif";

/// DejaVu Sans, regular and bold.
pub(crate) struct Fonts {
    regular: FontRef<'static>,
    bold: FontRef<'static>,
}

impl Fonts {
    /// Reads the embedded fonts; parsing takes microseconds, so nothing is kept between figures.
    pub(crate) fn load() -> Result<Self> {
        let read = |bytes: &'static [u8]| {
            FontRef::try_from_slice(bytes).map_err(|error| Error::Figure {
                figure: "DejaVu Sans".into(),
                problem: format!("the embedded font cannot be read: {error}"),
            })
        };
        Ok(Self { regular: read(Self::bytes(false))?, bold: read(Self::bytes(true))? })
    }

    /// The font file of a face.
    pub(crate) fn bytes(bold: bool) -> &'static [u8] {
        if bold { dejavu::sans::bold() } else { dejavu::sans::regular() }
    }

    /// The number of a letter's shape in the font file.
    pub(crate) fn glyph(&self, letter: char, bold: bool) -> u16 {
        self.face(bold).glyph_id(letter).0
    }

    fn face(&self, bold: bool) -> &FontRef<'static> {
        if bold { &self.bold } else { &self.regular }
    }

    /// Width of one line of text; `size` is the em, and the unit of the result.
    pub(crate) fn width(&self, text: &str, size: f64, bold: bool) -> f64 {
        let mut end = 0.0;
        self.each_glyph(text, size, bold, |_, advance| end = advance);
        end
    }

    /// Calls back with each glyph's start and the pen position after it.
    fn each_glyph(
        &self,
        text: &str,
        size: f64,
        bold: bool,
        mut visit: impl FnMut((GlyphId, f64), f64),
    ) {
        let face = self.face(bold);
        let font = face.as_scaled(pixel_scale(face, size));
        let mut pen = 0.0;
        let mut before = None;
        for letter in text.chars() {
            let glyph = font.glyph_id(letter);
            pen += before.map_or(0.0, |before| f64::from(font.kern(before, glyph)));
            let start = pen;
            pen += f64::from(font.h_advance(glyph));
            visit((glyph, start), pen);
            before = Some(glyph);
        }
    }

    /// Calls back with (right, down, coverage) for every touched pixel, counted from the baseline's left end.
    pub(crate) fn rasterize(
        &self,
        text: &str,
        size: f64,
        bold: bool,
        mut pixel: impl FnMut(i32, i32, f64),
    ) {
        let face = self.face(bold);
        let scale = pixel_scale(face, size);
        self.each_glyph(text, size, bold, |(glyph, start), _| {
            let placed = glyph.with_scale_and_position(scale, point(start as f32, 0.0));
            if let Some(outline) = face.outline_glyph(placed) {
                let corner = outline.px_bounds().min;
                outline.draw(|x, y, coverage| {
                    let (right, down) = (corner.x as i32 + x as i32, corner.y as i32 + y as i32);
                    pixel(right, down, f64::from(coverage.clamp(0.0, 1.0)));
                });
            }
        });
    }

    /// The text itself if it fits, else its beginning and an ellipsis.
    pub(crate) fn shorten(&self, text: &str, size: f64, most: f64) -> String {
        self.shorten_face(text, size, false, most)
    }

    fn shorten_face(&self, text: &str, size: f64, bold: bool, most: f64) -> String {
        if self.width(text, size, bold) <= most {
            return text.to_owned();
        }
        let mut kept = text.to_owned();
        while kept.pop().is_some() {
            let shorter = format!("{}…", kept.trim_end());
            if self.width(&shorter, size, bold) <= most {
                return shorter;
            }
        }
        "…".into()
    }

    /// Breaks text at spaces into lines of at most the given width; a longer word is shortened.
    pub(crate) fn wrap(&self, text: &str, size: f64, bold: bool, most: f64) -> Vec<String> {
        let mut lines: Vec<String> = Vec::new();
        for word in text.split_whitespace() {
            if let Some(line) = lines.last_mut() {
                let longer = format!("{line} {word}");
                if self.width(&longer, size, bold) <= most {
                    *line = longer;
                    continue;
                }
            }
            lines.push(self.shorten_face(word, size, bold, most));
        }
        lines
    }
}

/// ab_glyph scales by the height from descent to ascent; sizes here are ems, as in CSS.
fn pixel_scale(face: &FontRef<'static>, size: f64) -> f32 {
    let em = f64::from(face.units_per_em().unwrap_or(2048.0));
    (size * f64::from(face.height_unscaled()) / em) as f32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_are_those_of_the_font_file() -> Result<()> {
        let fonts = Fonts::load()?;
        // DejaVu Sans: every digit is 1303 units of 2048 wide.
        let width = fonts.width("00", 20.48, false);
        assert!((width - 26.06).abs() < 0.01, "{width}");
        assert!(fonts.width("W", 10.0, true) > fonts.width("W", 10.0, false));
        Ok(())
    }

    #[test]
    fn long_text_is_shortened_and_wrapped_to_fit() -> Result<()> {
        let fonts = Fonts::load()?;
        let short = fonts.shorten("International Business Machines", 10.0, 80.0);
        assert!(short.ends_with('…') && fonts.width(&short, 10.0, false) <= 80.0);
        assert_eq!(fonts.shorten("IBM", 10.0, 80.0), "IBM");
        let lines = fonts.wrap("Precision matrix of twenty stocks", 10.0, false, 90.0);
        assert!(lines.len() > 1);
        assert!(lines.iter().all(|line| fonts.width(line, 10.0, false) <= 90.0));
        assert_eq!(lines.join(" "), "Precision matrix of twenty stocks");
        Ok(())
    }

    #[test]
    fn the_letters_of_labels_have_outlines() -> Result<()> {
        let fonts = Fonts::load()?;
        for letter in "Ω−×⁰¹²³⁴⁵⁶⁷⁸⁹…σ²".chars() {
            let mut ink = 0.0;
            fonts.rasterize(&letter.to_string(), 20.0, false, |_, _, coverage| ink += coverage);
            assert!(ink > 1.0, "{letter}");
            assert_ne!(fonts.regular.glyph_id(letter).0, 0, "{letter}");
        }
        Ok(())
    }
}
