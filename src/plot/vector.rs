//! Marks as SVG, through plotters' SVG backend.

use std::fmt::Write;

use base64::Engine;
use plotters::backend::{DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{
    FontDesc, FontFamily, FontStyle, FontTransform, RGBAColor, ShapeStyle, TextStyle,
};

use super::bitmap::encode;
use super::canvas::{Align, Mark, Point};
use super::font::FAMILY;
use super::style::Color;
use crate::notebook::escape;
use crate::{Error, Result};

/// Backend units in a CSS pixel: plotters' coordinates are whole numbers, and curves need tenths of a pixel.
const UNITS: f64 = 10.0;

/// A whole SVG document.
pub(crate) fn document(title: &str, size: [f64; 2], marks: &[Mark]) -> Result<String> {
    let mut svg = String::new();
    let [width, height] = size;
    let _infallible = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
         viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"{}\" stroke-linejoin=\"round\">",
        units(width),
        units(height),
        escape(title),
    );
    for run in marks.chunk_by(|one, next| is_image(one) == is_image(next)) {
        if run.iter().any(is_image) {
            for mark in run {
                push_image(&mut svg, mark)?;
            }
        } else {
            svg.push_str(&elements(size, run).map_err(|problem| Error::Figure {
                figure: title.to_owned(),
                problem: format!("plotters could not write SVG: {problem}"),
            })?);
        }
    }
    svg.push_str("</svg>\n");
    Ok(svg)
}

fn units(pixels: f64) -> i32 {
    (pixels * UNITS).round() as i32
}

fn is_image(mark: &Mark) -> bool {
    matches!(mark, Mark::Image { .. })
}

/// plotters' backend has no bitmaps without its own image feature, so these elements are written here.
fn push_image(svg: &mut String, mark: &Mark) -> Result<()> {
    if let Mark::Image { corner, size, columns, pixels } = mark {
        let rows = pixels.len() / columns.max(&1);
        let bytes = encode(pixels, *columns, rows, None)?;
        let _infallible = writeln!(
            svg,
            "<image x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" preserveAspectRatio=\"none\" \
             style=\"image-rendering:pixelated\" href=\"data:image/png;base64,{}\"/>",
            units(corner[0]),
            units(corner[1]),
            units(size[0]),
            units(size[1]),
            base64::engine::general_purpose::STANDARD.encode(bytes),
        );
    }
    Ok(())
}

/// The elements between `<svg …>` and `</svg>`: the document's own frame carries the size in CSS pixels, which
/// plotters' cannot.
fn elements(size: [f64; 2], marks: &[Mark]) -> Result<String, String> {
    let mut text = String::new();
    {
        let whole = (units(size[0]).unsigned_abs(), units(size[1]).unsigned_abs());
        let mut backend = SVGBackend::with_string(&mut text, whole);
        for mark in marks {
            draw(&mut backend, mark)?;
        }
        backend.present().map_err(|error| error.to_string())?;
    }
    let from = text.find(">\n").map_or(0, |end| end + 2);
    let to = text.rfind("</svg>").unwrap_or(text.len());
    Ok(text[from..to].replace(" opacity=\"1\"", ""))
}

fn draw(backend: &mut SVGBackend<'_>, mark: &Mark) -> Result<(), String> {
    let at = |point: Point| (units(point[0]), units(point[1]));
    let drawn = match mark {
        Mark::Line { points, color, width } => {
            let stroke = units(*width).max(1).unsigned_abs();
            let style = ShapeStyle { color: rgba(*color), filled: false, stroke_width: stroke };
            match points[..] {
                [from, to] => backend.draw_line(at(from), at(to), &style),
                _ => backend.draw_path(points.iter().map(|point| at(*point)), &style),
            }
        }
        Mark::Rectangle { corner, size, color } => {
            let opposite = [corner[0] + size[0], corner[1] + size[1]];
            backend.draw_rect(at(*corner), at(opposite), &rgba(*color), true)
        }
        Mark::Polygon { points, color } => {
            backend.fill_polygon(points.iter().map(|point| at(*point)), &rgba(*color))
        }
        Mark::Disc { center, radius, color } => {
            backend.draw_circle(at(*center), units(*radius).unsigned_abs(), &rgba(*color), true)
        }
        Mark::Text { at: baseline, text, style } => {
            let face = if style.bold { FontStyle::Bold } else { FontStyle::Normal };
            // plotters divides the size by 1.24 and moves text down by 0.76 em; both are undone here,
            // so that the baseline lies where the canvas put it.
            let size = style.size * UNITS;
            let mut font = FontDesc::new(FontFamily::Name(FAMILY), size * 1.24, face);
            let mut place = [baseline[0], baseline[1] - 0.76 * style.size];
            if style.upwards {
                font = font.transform(FontTransform::Rotate270);
                place = [baseline[0] - 0.76 * style.size, baseline[1]];
            }
            let end = match style.align {
                Align::Start => HPos::Left,
                Align::Middle => HPos::Center,
                Align::End => HPos::Right,
            };
            let ink = rgba(style.color);
            let set = TextStyle::from(font).color(&ink).pos(Pos::new(end, VPos::Top));
            backend.draw_text(text, &set, at(place))
        }
        Mark::Image { .. } => Ok(()),
    };
    drawn.map_err(|error| error.to_string())
}

fn rgba(color: Color) -> RGBAColor {
    let [red, green, blue] = color.rgb;
    RGBAColor(red, green, blue, color.alpha)
}
