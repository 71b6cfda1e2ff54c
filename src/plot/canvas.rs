//! What a figure consists of: marks in CSS pixels, counted from the top left corner.

use super::font::Fonts;
use super::style::{Color, LINE_HEIGHT};
use crate::Result;

/// A point, right and down.
pub(crate) type Point = [f64; 2];

/// Which end of a text lies at its position.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Align {
    Start,
    Middle,
    End,
}

/// One thing drawn. Later marks cover earlier ones.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Mark {
    /// A line through all points with round joins.
    Line {
        points: Vec<Point>,
        color: Color,
        width: f64,
    },
    Rectangle {
        corner: Point,
        size: Point,
        color: Color,
    },
    Disc {
        center: Point,
        radius: f64,
        color: Color,
    },
    /// A filled shape with straight sides; the last point is joined to the first.
    Polygon {
        points: Vec<Point>,
        color: Color,
    },
    /// One line of text; `at` is on its baseline.
    Text {
        at: Point,
        text: String,
        style: TextStyle,
    },
    /// Rows of pixels (red, green, blue, opacity) stretched over a rectangle, with hard edges.
    Image {
        corner: Point,
        size: Point,
        columns: usize,
        pixels: Vec<[u8; 4]>,
    },
}

impl Mark {
    /// The mark further to the right and down.
    fn moved(&self, by: Point) -> Self {
        let shift = |point: &mut Point| *point = [point[0] + by[0], point[1] + by[1]];
        let mut mark = self.clone();
        match &mut mark {
            Self::Line { points, .. } | Self::Polygon { points, .. } => {
                points.iter_mut().for_each(shift);
            }
            Self::Rectangle { corner, .. } | Self::Image { corner, .. } => shift(corner),
            Self::Disc { center, .. } => shift(center),
            Self::Text { at, .. } => shift(at),
        }
        mark
    }
}

/// How a text is set.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct TextStyle {
    pub(crate) size: f64,
    pub(crate) color: Color,
    pub(crate) align: Align,
    pub(crate) bold: bool,
    /// Reads upwards instead of to the right.
    pub(crate) upwards: bool,
}

impl TextStyle {
    pub(crate) fn new(size: f64, color: Color) -> Self {
        Self { size, color, align: Align::Start, bold: false, upwards: false }
    }

    pub(crate) fn align(self, align: Align) -> Self {
        Self { align, ..self }
    }

    pub(crate) fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    pub(crate) fn upwards(self) -> Self {
        Self { upwards: true, ..self }
    }
}

/// A rectangle of the figure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Area {
    pub(crate) left: f64,
    pub(crate) top: f64,
    pub(crate) right: f64,
    pub(crate) bottom: f64,
}

impl Area {
    pub(crate) fn width(&self) -> f64 {
        self.right - self.left
    }

    pub(crate) fn height(&self) -> f64 {
        self.bottom - self.top
    }

    pub(crate) fn center(&self) -> Point {
        [(self.left + self.right) / 2.0, (self.top + self.bottom) / 2.0]
    }

    pub(crate) fn contains(&self, point: Point) -> bool {
        (self.left..=self.right).contains(&point[0]) && (self.top..=self.bottom).contains(&point[1])
    }

    /// True where two areas share more than a border.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.left < other.right
            && other.left < self.right
            && self.top < other.bottom
            && other.top < self.bottom
    }
}

/// Collects the marks of a figure and measures its text.
pub(crate) struct Canvas {
    pub(crate) fonts: Fonts,
    marks: Vec<Mark>,
}

impl Canvas {
    pub(crate) fn new() -> Result<Self> {
        Ok(Self { fonts: Fonts::load()?, marks: Vec::new() })
    }

    pub(crate) fn into_marks(self) -> Vec<Mark> {
        self.marks
    }

    pub(crate) fn line(&mut self, points: Vec<Point>, color: Color, width: f64) {
        self.marks.push(Mark::Line { points, color, width });
    }

    pub(crate) fn rectangle(&mut self, area: Area, color: Color) {
        let (corner, size) = ([area.left, area.top], [area.width(), area.height()]);
        self.marks.push(Mark::Rectangle { corner, size, color });
    }

    pub(crate) fn disc(&mut self, center: Point, radius: f64, color: Color) {
        self.marks.push(Mark::Disc { center, radius, color });
    }

    pub(crate) fn polygon(&mut self, points: Vec<Point>, color: Color) {
        self.marks.push(Mark::Polygon { points, color });
    }

    /// A straight line in pieces.
    pub(crate) fn dashed(&mut self, from: Point, to: Point, color: Color, width: f64) {
        const DASH: [f64; 2] = [5.0, 3.5];
        let along = [to[0] - from[0], to[1] - from[1]];
        let length = along[0].hypot(along[1]);
        let at = |way: f64| [from[0] + along[0] * way / length, from[1] + along[1] * way / length];
        let mut way = 0.0;
        while way < length {
            self.line(vec![at(way), at((way + DASH[0]).min(length))], color, width);
            way += DASH[0] + DASH[1];
        }
    }

    /// Takes over the marks of a figure, moved to the right and down.
    pub(crate) fn take_over(&mut self, marks: &[Mark], by: Point) {
        self.marks.extend(marks.iter().map(|mark| mark.moved(by)));
    }

    pub(crate) fn image(&mut self, area: Area, columns: usize, pixels: Vec<[u8; 4]>) {
        let (corner, size) = ([area.left, area.top], [area.width(), area.height()]);
        self.marks.push(Mark::Image { corner, size, columns, pixels });
    }

    pub(crate) fn text(&mut self, at: Point, text: impl Into<String>, style: TextStyle) {
        self.marks.push(Mark::Text { at, text: text.into(), style });
    }

    /// Text whose capitals and digits are centred on a height (on a column where it reads upwards).
    pub(crate) fn centred_text(&mut self, at: Point, text: impl Into<String>, style: TextStyle) {
        // Capitals of DejaVu Sans are 0.73 em high.
        let shift = 0.365 * style.size;
        let baseline = if style.upwards { [at[0] + shift, at[1]] } else { [at[0], at[1] + shift] };
        self.text(baseline, text, style);
    }

    pub(crate) fn width(&self, text: &str, size: f64) -> f64 {
        self.fonts.width(text, size, false)
    }

    /// The widest of several texts.
    pub(crate) fn widest<'a>(&self, texts: impl IntoIterator<Item = &'a str>, size: f64) -> f64 {
        texts.into_iter().map(|text| self.width(text, size)).fold(0.0, f64::max)
    }

    /// Draws lines of text centred below a height, and says where they end.
    pub(crate) fn paragraph(
        &mut self,
        middle: f64,
        top: f64,
        lines: &[String],
        style: TextStyle,
    ) -> f64 {
        let mut baseline = top - 0.25 * style.size;
        for line in lines {
            baseline += style.size * LINE_HEIGHT;
            self.text([middle, baseline], line.as_str(), style.align(Align::Middle));
        }
        top + lines.len() as f64 * style.size * LINE_HEIGHT
    }
}

/// The room a mark takes, for tests that nothing leaves its figure or covers its neighbour.
#[cfg(test)]
pub(crate) fn extent(mark: &Mark, fonts: &Fonts) -> Area {
    let around = |points: &[Point], margin: f64| Area {
        left: points.iter().map(|p| p[0]).fold(f64::INFINITY, f64::min) - margin,
        top: points.iter().map(|p| p[1]).fold(f64::INFINITY, f64::min) - margin,
        right: points.iter().map(|p| p[0]).fold(f64::NEG_INFINITY, f64::max) + margin,
        bottom: points.iter().map(|p| p[1]).fold(f64::NEG_INFINITY, f64::max) + margin,
    };
    match mark {
        Mark::Line { points, width, .. } => around(points, width / 2.0),
        Mark::Polygon { points, .. } => around(points, 0.0),
        Mark::Disc { center, radius, .. } => around(&[*center], *radius),
        Mark::Rectangle { corner, size, .. } | Mark::Image { corner, size, .. } => {
            around(&[*corner, [corner[0] + size[0], corner[1] + size[1]]], 0.0)
        }
        Mark::Text { at, text, style } => {
            let width = fonts.width(text, style.size, style.bold);
            let before = match style.align {
                Align::Start => 0.0,
                Align::Middle => width / 2.0,
                Align::End => width,
            };
            let (above, below) = (0.76 * style.size, 0.2 * style.size);
            if style.upwards {
                Area {
                    left: at[0] - above,
                    right: at[0] + below,
                    top: at[1] + before - width,
                    bottom: at[1] + before,
                }
            } else {
                Area {
                    left: at[0] - before,
                    right: at[0] - before + width,
                    top: at[1] - above,
                    bottom: at[1] + below,
                }
            }
        }
    }
}

/// Says what leaves a figure, and which texts cover each other.
#[cfg(test)]
pub(crate) fn faults(figure: &super::Figure) -> Result<Vec<String>> {
    let fonts = Fonts::load()?;
    let (width, height) = figure.size();
    let mut faults = Vec::new();
    let mut texts: Vec<(&str, Area)> = Vec::new();
    for mark in figure.marks() {
        let room = extent(mark, &fonts);
        let inside = room.left >= -0.5
            && room.top >= -0.5
            && room.right <= width + 0.5
            && room.bottom <= height + 0.5;
        if !inside {
            faults.push(format!("outside: {mark:?}"));
        }
        if let Mark::Text { text, .. } = mark {
            if let Some((other, _)) = texts.iter().find(|(_, other)| room.overlaps(other)) {
                faults.push(format!("{text} covers {other}"));
            }
            texts.push((text, room));
        }
    }
    Ok(faults)
}
