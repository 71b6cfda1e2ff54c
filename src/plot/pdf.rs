//! Marks as a PDF page: vector shapes, text that can be selected and searched, images as they are.

use std::collections::BTreeMap;
use std::io::Write;

use pdf_writer::types::{CidFontType, FontFlags, LineJoinStyle, SystemInfo, UnicodeCmap};
use pdf_writer::{Content, Filter, Finish, Name, Pdf, Rect, Ref, Str, TextStr};
use subsetter::GlyphRemapper;

use super::canvas::{Align, Mark, Point, TextStyle};
use super::font::Fonts;
use super::style::Color;
use crate::{Error, Result};

/// PDF points in a CSS pixel.
const POINTS: f64 = 0.75;
/// How far the control points of a quarter circle lie from its ends, in radii.
const ARC: f64 = 0.552_284_75;
const UNICODE: SystemInfo<'static> =
    SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
const FACES: [&str; 2] = ["DejaVuSans", "DejaVuSans-Bold"];

/// A whole document of one page.
pub(crate) fn document(title: &str, size: [f64; 2], marks: &[Mark]) -> Result<Vec<u8>> {
    let mut writer = Writer::new(Fonts::load()?);
    let mut content = Content::new();
    let [width, height] = size.map(|side| (side * POINTS) as f32);
    // From here on positions are CSS pixels from the top left corner.
    content.transform([POINTS as f32, 0.0, 0.0, -POINTS as f32, 0.0, height]);
    content.set_line_join(LineJoinStyle::RoundJoin);
    for mark in marks {
        writer.draw(&mut content, mark);
    }
    let [catalog, pages, page_id, content_id, info] = [(); 5].map(|()| writer.next());
    let content = compressed(&content.finish());
    writer.pdf.stream(content_id, &content).filter(Filter::FlateDecode);
    let fonts = writer.write_fonts()?;
    let states = writer.write_states();
    let images = std::mem::take(&mut writer.images);
    let mut pdf = writer.pdf;
    pdf.catalog(catalog).pages(pages);
    pdf.pages(pages).kids([page_id]).count(1);
    pdf.document_info(info).title(TextStr(title));
    let mut page = pdf.page(page_id);
    page.media_box(Rect::new(0.0, 0.0, width, height)).parent(pages).contents(content_id);
    let mut resources = page.resources();
    resources.fonts().pairs(fonts.iter().map(|(name, id)| (Name(name.as_bytes()), *id)));
    resources.ext_g_states().pairs(states.iter().map(|(name, id)| (Name(name.as_bytes()), *id)));
    resources.x_objects().pairs(images.iter().map(|(name, id)| (Name(name.as_bytes()), *id)));
    resources.finish();
    page.finish();
    Ok(pdf.finish())
}

struct Writer {
    pdf: Pdf,
    fonts: Fonts,
    last: i32,
    /// The glyphs in use, regular and bold, and the letters that they stand for.
    glyphs: [GlyphRemapper; 2],
    letters: [BTreeMap<u16, char>; 2],
    /// Opacities in use, in thousandths.
    opacities: BTreeMap<u16, String>,
    images: Vec<(String, Ref)>,
}

impl Writer {
    fn new(fonts: Fonts) -> Self {
        Self {
            pdf: Pdf::new(),
            fonts,
            last: 0,
            glyphs: [GlyphRemapper::new(), GlyphRemapper::new()],
            letters: [BTreeMap::new(), BTreeMap::new()],
            opacities: BTreeMap::new(),
            images: Vec::new(),
        }
    }

    fn next(&mut self) -> Ref {
        self.last += 1;
        Ref::new(self.last)
    }

    fn draw(&mut self, content: &mut Content, mark: &Mark) {
        match mark {
            Mark::Line { points, color, width } => {
                self.ink(content, *color);
                content.set_line_width(*width as f32);
                path(content, points);
                content.stroke();
            }
            Mark::Polygon { points, color } => {
                self.ink(content, *color);
                path(content, points);
                content.close_path().fill_even_odd();
            }
            Mark::Rectangle { corner, size, color } => {
                self.ink(content, *color);
                let [x, y] = corner.map(|number| number as f32);
                content.rect(x, y, size[0] as f32, size[1] as f32).fill_nonzero();
            }
            Mark::Disc { center, radius, color } => {
                self.ink(content, *color);
                circle(content, *center, *radius);
                content.fill_nonzero();
            }
            Mark::Text { at, text, style } => self.text(content, *at, text, *style),
            Mark::Image { corner, size, columns, pixels } => {
                self.ink(content, Color::hex(0));
                let name = self.image(*columns, pixels);
                let [x, y, w, h] = [corner[0], corner[1], size[0], size[1]].map(|n| n as f32);
                content.save_state();
                // Images stand on their lower left corner.
                content.transform([w, 0.0, 0.0, -h, x, y + h]);
                content.x_object(Name(name.as_bytes()));
                content.restore_state();
            }
        }
    }

    /// Sets colour and opacity.
    fn ink(&mut self, content: &mut Content, color: Color) {
        let [red, green, blue] = color.rgb.map(|level| f32::from(level) / 255.0);
        content.set_fill_rgb(red, green, blue).set_stroke_rgb(red, green, blue);
        let thousandths = (1000.0 * color.alpha.clamp(0.0, 1.0)).round() as u16;
        let name = self.opacities.entry(thousandths).or_insert_with(|| format!("A{thousandths}"));
        content.set_parameters(Name(name.as_bytes()));
    }

    fn text(&mut self, content: &mut Content, at: Point, text: &str, style: TextStyle) {
        self.ink(content, style.color);
        let width = self.fonts.width(text, style.size, style.bold);
        let before = match style.align {
            Align::Start => 0.0,
            Align::Middle => width / 2.0,
            Align::End => width,
        };
        let face = usize::from(style.bold);
        let mut bytes = Vec::new();
        for letter in text.chars() {
            let glyph = self.fonts.glyph(letter, style.bold);
            let new = self.glyphs[face].remap(glyph);
            self.letters[face].insert(new, letter);
            bytes.extend(new.to_be_bytes());
        }
        let name = format!("F{face}");
        content.begin_text();
        content.set_font(Name(name.as_bytes()), style.size as f32);
        // The page is upside down, so text is turned over once more.
        let [x, y] = if style.upwards { [at[0], at[1] + before] } else { [at[0] - before, at[1]] };
        let (x, y) = (x as f32, y as f32);
        content.set_text_matrix(match style.upwards {
            true => [0.0, -1.0, -1.0, 0.0, x, y],
            false => [1.0, 0.0, 0.0, -1.0, x, y],
        });
        content.show(Str(&bytes));
        content.end_text();
    }

    fn image(&mut self, columns: usize, pixels: &[[u8; 4]]) -> String {
        let rows = pixels.len() / columns.max(1);
        let [id, mask] = [self.next(), self.next()];
        let colors: Vec<u8> =
            pixels.iter().flat_map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect();
        let opacities: Vec<u8> = pixels.iter().map(|pixel| pixel[3]).collect();
        let shines_through = opacities.iter().any(|opacity| *opacity < 255);
        let (colors, opacities) = (compressed(&colors), compressed(&opacities));
        let mut image = self.pdf.image_xobject(id, &colors);
        image.filter(Filter::FlateDecode);
        image.width(columns as i32).height(rows as i32).bits_per_component(8);
        image.color_space().device_rgb();
        if shines_through {
            image.s_mask(mask);
        }
        image.finish();
        if shines_through {
            let mut image = self.pdf.image_xobject(mask, &opacities);
            image.filter(Filter::FlateDecode);
            image.width(columns as i32).height(rows as i32).bits_per_component(8);
            image.color_space().device_gray();
        }
        let name = format!("I{}", self.images.len());
        self.images.push((name.clone(), id));
        name
    }

    fn write_states(&mut self) -> Vec<(String, Ref)> {
        let opacities = std::mem::take(&mut self.opacities);
        let mut states = Vec::new();
        for (thousandths, name) in opacities {
            let (id, alpha) = (self.next(), f32::from(thousandths) / 1000.0);
            self.pdf.ext_graphics(id).stroking_alpha(alpha).non_stroking_alpha(alpha);
            states.push((name, id));
        }
        states
    }

    /// Embeds what is in use of both faces.
    fn write_fonts(&mut self) -> Result<Vec<(String, Ref)>> {
        let mut names = Vec::new();
        for (face, base) in FACES.into_iter().enumerate() {
            if !self.letters[face].is_empty() {
                names.push((format!("F{face}"), self.write_font(face, base)?));
            }
        }
        Ok(names)
    }

    fn write_font(&mut self, face: usize, base: &str) -> Result<Ref> {
        let [font, descendant, descriptor, unicode, file] = [(); 5].map(|()| self.next());
        let bold = face == 1;
        let bytes = Fonts::bytes(bold);
        let part = subsetter::subset(bytes, 0, &self.glyphs[face]).map_err(|error| {
            Error::Figure { figure: "PDF".into(), problem: format!("the font: {error}") }
        })?;
        // Parts of fonts have six letters before their name.
        let name = format!("LATLAB+{base}");
        let name = Name(name.as_bytes());
        self.pdf
            .type0_font(font)
            .base_font(name)
            .encoding_predefined(Name(b"Identity-H"))
            .descendant_font(descendant)
            .to_unicode(unicode);
        let mut cid = self.pdf.cid_font(descendant);
        cid.subtype(CidFontType::Type2).base_font(name).system_info(UNICODE);
        cid.font_descriptor(descriptor).cid_to_gid_map_predefined(Name(b"Identity"));
        let width = |letter: &char| self.fonts.width(&letter.to_string(), 1000.0, bold) as f32;
        let mut widths = cid.widths();
        for (glyph, letter) in &self.letters[face] {
            widths.consecutive(*glyph, [width(letter)]);
        }
        widths.finish();
        cid.finish();
        self.pdf
            .font_descriptor(descriptor)
            .name(name)
            .flags(FontFlags::SYMBOLIC)
            // DejaVu Sans' own numbers, in thousandths of an em.
            .bbox(Rect::new(-1021.0, -463.0, 1793.0, 1232.0))
            .italic_angle(0.0)
            .ascent(928.0)
            .descent(-236.0)
            .cap_height(729.0)
            .stem_v(if bold { 160.0 } else { 90.0 })
            .font_file2(file);
        let mut map = UnicodeCmap::new(Name(b"Custom"), UNICODE);
        for (glyph, letter) in &self.letters[face] {
            map.pair(*glyph, *letter);
        }
        self.pdf.cmap(unicode, &map.finish());
        let compressed = compressed(&part);
        self.pdf.stream(file, &compressed).filter(Filter::FlateDecode);
        Ok(font)
    }
}

fn path(content: &mut Content, points: &[Point]) {
    for (index, [x, y]) in points.iter().enumerate() {
        let (x, y) = (*x as f32, *y as f32);
        if index == 0 {
            content.move_to(x, y);
        } else {
            content.line_to(x, y);
        }
    }
}

fn circle(content: &mut Content, [x, y]: Point, radius: f64) {
    let at = |right: f64, down: f64| [(x + right * radius) as f32, (y + down * radius) as f32];
    let [left, top] = at(1.0, 0.0);
    content.move_to(left, top);
    for (from, to) in [
        ([1.0, 0.0], [0.0, 1.0]),
        ([0.0, 1.0], [-1.0, 0.0]),
        ([-1.0, 0.0], [0.0, -1.0]),
        ([0.0, -1.0], [1.0, 0.0]),
    ] {
        let [[a, b], [c, d], [e, f]] = [
            at(from[0] + ARC * to[0], from[1] + ARC * to[1]),
            at(to[0] + ARC * from[0], to[1] + ARC * from[1]),
            at(to[0], to[1]),
        ];
        content.cubic_to(a, b, c, d, e, f);
    }
    content.close_path();
}

fn compressed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
    // Writing to memory cannot fail.
    let _infallible = encoder.write_all(bytes);
    encoder.finish().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::{HeatMap, LineChart, ScatterPlot, Subplots};

    #[test]
    fn every_kind_of_mark_is_written() -> Result<()> {
        let chart = LineChart::new("Verlust α")
            .series("x", [1.0, f64::NAN, 2.0, 3.0])
            .band("b", [0.0; 4], [1.0; 4]);
        let cloud = ScatterPlot::new("Cloud")
            .points((0..6000).map(f64::from), (0..6000).map(|i| f64::from(i).sin()));
        let map = HeatMap::new("Map", ndarray::Array2::<f64>::eye(3));
        let pdf = Subplots::new("All").chart(chart).chart(cloud).chart(map).figure()?.pdf()?;
        assert!(pdf.starts_with(b"%PDF-1.7") && pdf.len() < 300_000, "{}", pdf.len());
        let has = |text: &[u8]| pdf.windows(text.len()).any(|window| window == text);
        for part in
            [&b"LATLAB+DejaVuSans"[..], b"/ToUnicode", b"/SMask", b"/CA 0.22", b"/MediaBox [0 0 "]
        {
            assert!(has(part), "{}", String::from_utf8_lossy(part));
        }
        Ok(())
    }
}
