//! Marks as pixels, through plotters' bitmap backend.

use image::ImageEncoder;
use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use plotters::backend::{BitMapBackend, DrawingBackend};
use plotters::style::{Color as _, RGBAColor};

use super::canvas::{Align, Mark, Point, TextStyle};
use super::font::Fonts;
use super::style::Color;
use crate::{Error, Result};

/// Bitmap pixels in a CSS pixel, so that figures stay sharp on dense screens and in print.
pub(crate) const SCALE: usize = 2;
/// Drawn pixels in a bitmap pixel, along each axis; their mean smooths every edge.
const SAMPLES: usize = 2;

/// An encoded PNG file of the marks on white.
pub(crate) fn png(size: [f64; 2], marks: &[Mark]) -> Result<Vec<u8>> {
    let fonts = Fonts::load()?;
    let fine = |pixels: f64| (pixels.round() as usize).max(1) * SCALE * SAMPLES;
    let (width, height) = (fine(size[0]), fine(size[1]));
    let mut pixels = vec![255_u8; 3 * width * height];
    {
        let backend = BitMapBackend::with_buffer(&mut pixels, (width as u32, height as u32));
        let mut painter = Painter { backend, scale: (SCALE * SAMPLES) as f64, failed: None };
        for mark in marks {
            painter.draw(mark, &fonts);
        }
        if let Some(problem) = painter.failed {
            return Err(Error::Figure { figure: "PNG".into(), problem });
        }
    }
    let (columns, rows) = (width / SAMPLES, height / SAMPLES);
    write_png(&average(&pixels, columns, rows), columns, rows, false, Some(96.0 * SCALE as f64))
}

/// The mean of each block of drawn pixels.
fn average(pixels: &[u8], columns: usize, rows: usize) -> Vec<u8> {
    const COUNT: u16 = (SAMPLES * SAMPLES) as u16;
    let stride = 3 * columns * SAMPLES;
    let mut means = Vec::with_capacity(3 * columns * rows);
    let mut sums = vec![0_u16; 3 * columns];
    for block in pixels.chunks_exact(stride * SAMPLES).take(rows) {
        sums.fill(0);
        for row in block.chunks_exact(stride) {
            for (sum, pixels) in sums.chunks_exact_mut(3).zip(row.chunks_exact(3 * SAMPLES)) {
                for pixel in pixels.chunks_exact(3) {
                    for (sum, level) in sum.iter_mut().zip(pixel) {
                        *sum += u16::from(*level);
                    }
                }
            }
        }
        means.extend(sums.iter().map(|sum| (sum / COUNT) as u8));
    }
    means
}

/// Rows of pixels as a PNG file, with the resolution in dots per inch where one is given. Opacity is written
/// only where something shines through.
pub(crate) fn encode(
    pixels: &[[u8; 4]],
    columns: usize,
    rows: usize,
    dpi: Option<f64>,
) -> Result<Vec<u8>> {
    if pixels.iter().any(|pixel| pixel[3] < 255) {
        return write_png(pixels.as_flattened(), columns, rows, true, dpi);
    }
    let opaque: Vec<u8> =
        pixels.iter().flat_map(|[red, green, blue, _]| [*red, *green, *blue]).collect();
    write_png(&opaque, columns, rows, false, dpi)
}

fn write_png(
    bytes: &[u8],
    columns: usize,
    rows: usize,
    with_opacity: bool,
    dpi: Option<f64>,
) -> Result<Vec<u8>> {
    use image::ExtendedColorType::{Rgb8, Rgba8};
    let mut file = Vec::new();
    let kind = if with_opacity { Rgba8 } else { Rgb8 };
    // Flat colours and thin lines: unfiltered rows came out a quarter smaller than filtered ones.
    PngEncoder::new_with_quality(&mut file, CompressionType::Default, FilterType::NoFilter)
        .write_image(bytes, columns as u32, rows as u32, kind)
        .map_err(|error| Error::Figure { figure: "PNG".into(), problem: error.to_string() })?;
    if let Some(dpi) = dpi {
        insert_resolution(&mut file, dpi);
    }
    Ok(file)
}

/// Adds the chunk `pHYs`, which the encoder cannot write: typesetting programs take a picture's size from it.
fn insert_resolution(png: &mut Vec<u8>, dpi: f64) {
    /// The signature (8 bytes) and the header chunk (25 bytes) come first in every PNG file.
    const AFTER_HEADER: usize = 33;
    let dots_per_metre = ((dpi / 0.0254).round() as u32).to_be_bytes();
    let mut body = b"pHYs".to_vec();
    body.extend(dots_per_metre);
    body.extend(dots_per_metre);
    body.push(1);
    let mut checksum = flate2::Crc::new();
    checksum.update(&body);
    let mut chunk = 9_u32.to_be_bytes().to_vec();
    chunk.extend(&body);
    chunk.extend(checksum.sum().to_be_bytes());
    png.splice(AFTER_HEADER..AFTER_HEADER, chunk);
}

/// Draws every shape as horizontal runs of whole drawn pixels: exact, fast, and free of the gaps that the backend's
/// own thick lines show at sharp turns.
struct Painter<'a> {
    backend: BitMapBackend<'a>,
    scale: f64,
    failed: Option<String>,
}

impl Painter<'_> {
    fn draw(&mut self, mark: &Mark, fonts: &Fonts) {
        let scaled = |point: Point| [point[0] * self.scale, point[1] * self.scale];
        match mark {
            Mark::Line { points, color, width } => {
                let radius = (width * self.scale / 2.0).max(0.5);
                let points: Vec<Point> = points.iter().map(|point| scaled(*point)).collect();
                self.line(&points, radius, *color);
            }
            Mark::Rectangle { corner, size, color } => {
                let (from, size) = (scaled(*corner), scaled(*size));
                let (right, bottom) = (from[0] + size[0], from[1] + size[1]);
                for row in from[1].round() as i32..bottom.round() as i32 {
                    self.run(row, from[0], right, *color);
                }
            }
            Mark::Disc { center, radius, color } => {
                self.disc(scaled(*center), radius * self.scale, *color);
            }
            Mark::Polygon { points, color } => {
                let points: Vec<Point> = points.iter().map(|point| scaled(*point)).collect();
                self.polygon(&points, *color);
            }
            Mark::Text { at, text, style } => self.text(scaled(*at), text, *style, fonts),
            Mark::Image { corner, size, columns, pixels } => {
                self.image(scaled(*corner), scaled(*size), *columns, pixels);
            }
        }
    }

    /// Fills the pixels of a row whose centres lie between two positions.
    fn run(&mut self, row: i32, left: f64, right: f64, color: Color) {
        if left >= right {
            return;
        }
        let (from, to) = ((left - 0.5).ceil() as i32, (right - 0.5).ceil() as i32 - 1);
        if from <= to {
            let drawn = self.backend.draw_line((from, row), (to, row), &rgba(color));
            self.note(drawn.map_err(|error| error.to_string()));
        }
    }

    fn note(&mut self, outcome: Result<(), String>) {
        if let (None, Err(problem)) = (&self.failed, outcome) {
            self.failed = Some(problem);
        }
    }

    fn disc(&mut self, [x, y]: Point, radius: f64, color: Color) {
        for row in (y - radius).floor() as i32..=(y + radius).ceil() as i32 {
            let above = f64::from(row) + 0.5 - y;
            let half = (radius * radius - above * above).sqrt();
            if half.is_finite() {
                self.run(row, x - half, x + half, color);
            }
        }
    }

    fn line(&mut self, points: &[Point], radius: f64, color: Color) {
        for (index, pair) in points.windows(2).enumerate() {
            self.segment(pair[0], pair[1], radius, color);
            // A round join; see-through lines are single segments and have none.
            if index > 0 {
                self.disc(pair[0], radius, color);
            }
        }
    }

    /// A straight piece of a thick line: a rectangle at any angle.
    fn segment(&mut self, from: Point, to: Point, radius: f64, color: Color) {
        let (right, down) = (to[0] - from[0], to[1] - from[1]);
        let length = right.hypot(down);
        if length == 0.0 {
            return;
        }
        let (aside, along) = (-down / length * radius, right / length * radius);
        let corners = [
            [from[0] + aside, from[1] + along],
            [to[0] + aside, to[1] + along],
            [to[0] - aside, to[1] - along],
            [from[0] - aside, from[1] - along],
        ];
        let top = corners.iter().map(|corner| corner[1]).fold(f64::INFINITY, f64::min);
        let bottom = corners.iter().map(|corner| corner[1]).fold(f64::NEG_INFINITY, f64::max);
        for row in top.floor() as i32..=bottom.ceil() as i32 {
            let (left, right) = crossing(&corners, f64::from(row) + 0.5);
            self.run(row, left, right, color);
        }
    }

    /// A shape with straight sides, row by row; where sides cross, every second stretch is inside.
    fn polygon(&mut self, points: &[Point], color: Color) {
        let top = points.iter().map(|point| point[1]).fold(f64::INFINITY, f64::min);
        let bottom = points.iter().map(|point| point[1]).fold(f64::NEG_INFINITY, f64::max);
        // No points have neither.
        if top > bottom {
            return;
        }
        let mut crossings: Vec<f64> = Vec::new();
        let mut active = Sides::new(points);
        for row in top.floor() as i32..=bottom.ceil() as i32 {
            let height = f64::from(row) + 0.5;
            crossings.clear();
            crossings.extend(active.at(height));
            crossings.sort_by(f64::total_cmp);
            for pair in crossings.chunks_exact(2) {
                self.run(row, pair[0], pair[1], color);
            }
        }
    }

    fn text(&mut self, at: Point, text: &str, style: TextStyle, fonts: &Fonts) {
        let size = style.size * self.scale;
        let width = fonts.width(text, size, style.bold);
        let before = match style.align {
            Align::Start => 0.0,
            Align::Middle => width / 2.0,
            Align::End => width,
        };
        let (x, y) = (at[0].round() as i32, at[1].round() as i32);
        let before = before.round() as i32;
        fonts.rasterize(text, size, style.bold, |right, down, coverage| {
            let place = if style.upwards {
                (x + down, y + before - right)
            } else {
                (x - before + right, y + down)
            };
            let ink = rgba(style.color.alpha(style.color.alpha * coverage));
            let drawn = self.backend.draw_pixel(place, ink.to_backend_color());
            self.note(drawn.map_err(|error| error.to_string()));
        });
    }

    fn image(&mut self, corner: Point, size: Point, columns: usize, pixels: &[[u8; 4]]) {
        let rows = pixels.len() / columns.max(1);
        let (left, top) = (corner[0].round() as i32, corner[1].round() as i32);
        let (wide, high) = (size[0].round() as usize, size[1].round() as usize);
        let source = |row: usize, column: usize| {
            pixels[row * rows / high * columns + column * columns / wide]
        };
        if pixels.iter().all(|pixel| pixel[3] == 255) {
            let mut stretched = Vec::with_capacity(3 * wide * high);
            for row in 0..high {
                for column in 0..wide {
                    let [red, green, blue, _] = source(row, column);
                    stretched.extend([red, green, blue]);
                }
            }
            let drawn =
                self.backend.blit_bitmap((left, top), (wide as u32, high as u32), &stretched);
            self.note(drawn.map_err(|error| error.to_string()));
            return;
        }
        for row in 0..high {
            for column in 0..wide {
                let [red, green, blue, opacity] = source(row, column);
                if opacity > 0 {
                    let ink = RGBAColor(red, green, blue, f64::from(opacity) / 255.0);
                    let place = (left + column as i32, top + row as i32);
                    let drawn = self.backend.draw_pixel(place, ink.to_backend_color());
                    self.note(drawn.map_err(|error| error.to_string()));
                }
            }
        }
    }
}

/// The sides of a polygon in the order of their upper ends, for rows that are asked for from the top down.
struct Sides {
    /// Upper and lower end.
    waiting: std::iter::Peekable<std::vec::IntoIter<[Point; 2]>>,
    active: Vec<[Point; 2]>,
}

impl Sides {
    fn new(points: &[Point]) -> Self {
        let mut sides: Vec<[Point; 2]> = (0..points.len())
            .map(|index| [points[index], points[(index + 1) % points.len()]])
            .filter(|[one, other]| one[1] != other[1])
            .map(|[one, other]| if one[1] < other[1] { [one, other] } else { [other, one] })
            .collect();
        sides.sort_by(|one, other| one[0][1].total_cmp(&other[0][1]));
        Self { waiting: sides.into_iter().peekable(), active: Vec::new() }
    }

    /// Where the sides meet a height.
    fn at(&mut self, height: f64) -> impl Iterator<Item = f64> {
        while let Some(side) = self.waiting.next_if(|side| side[0][1] <= height) {
            self.active.push(side);
        }
        self.active.retain(|side| side[1][1] > height);
        self.active.iter().map(move |[upper, lower]| {
            upper[0] + (lower[0] - upper[0]) * (height - upper[1]) / (lower[1] - upper[1])
        })
    }
}

/// Where a horizontal line enters and leaves a convex shape; an empty interval where it misses.
fn crossing(corners: &[Point; 4], height: f64) -> (f64, f64) {
    let (mut left, mut right) = (f64::INFINITY, f64::NEG_INFINITY);
    for index in 0..corners.len() {
        let (one, other) = (corners[index], corners[(index + 1) % corners.len()]);
        if (one[1] <= height) != (other[1] <= height) {
            let share = (height - one[1]) / (other[1] - one[1]);
            let at = one[0] + (other[0] - one[0]) * share;
            left = left.min(at);
            right = right.max(at);
        }
    }
    (left, right)
}

fn rgba(color: Color) -> RGBAColor {
    let [red, green, blue] = color.rgb;
    RGBAColor(red, green, blue, color.alpha)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::style::TEXT;

    fn pixels(marks: &[Mark]) -> Result<image::RgbImage, Box<dyn std::error::Error>> {
        Ok(image::load_from_memory(&png([40.0, 30.0], marks)?)?.to_rgb8())
    }

    #[test]
    fn shapes_cover_the_area_they_should() -> Result<(), Box<dyn std::error::Error>> {
        let marks = [
            Mark::Disc { center: [10.0, 10.0], radius: 6.0, color: Color::hex(0) },
            Mark::Line {
                points: vec![[22.0, 5.0], [30.0, 11.0]],
                color: Color::hex(0),
                width: 2.0,
            },
        ];
        let picture = pixels(&marks)?;
        assert_eq!(picture.dimensions(), (80, 60));
        let ink: f64 = picture.pixels().map(|pixel| 1.0 - f64::from(pixel[0]) / 255.0).sum();
        let expected = 4.0 * (std::f64::consts::PI * 36.0 + 2.0 * 10.0);
        assert!((ink / expected - 1.0).abs() < 0.01, "{ink} for {expected}");
        Ok(())
    }

    #[test]
    fn polygons_are_filled_and_images_shine_through() -> Result<(), Box<dyn std::error::Error>> {
        let arrow = vec![[4.0, 4.0], [20.0, 4.0], [12.0, 10.0], [20.0, 24.0], [4.0, 24.0]];
        let picture = pixels(&[Mark::Polygon { points: arrow, color: Color::hex(0) }])?;
        let ink: f64 = picture.pixels().map(|pixel| 1.0 - f64::from(pixel[0]) / 255.0).sum();
        let expected = 4.0 * (16.0 * 20.0 - 0.5 * 20.0 * 8.0);
        assert!((ink / expected - 1.0).abs() < 0.01, "{ink} for {expected}");
        assert_eq!(picture.get_pixel(34, 20)[0], 255, "the notch is empty");
        let half = vec![[0, 0, 0, 128], [0, 0, 0, 0]];
        let picture = pixels(&[Mark::Image {
            corner: [0.0, 0.0],
            size: [20.0, 10.0],
            columns: 2,
            pixels: half,
        }])?;
        assert!((120..135).contains(&picture.get_pixel(10, 10)[0]));
        assert_eq!(picture.get_pixel(30, 10)[0], 255);
        Ok(())
    }

    #[test]
    fn lines_stay_where_they_are() -> Result<(), Box<dyn std::error::Error>> {
        let points = vec![[10.0, 5.3], [20.0, 5.3], [15.0, 20.7], [12.0, 6.1], [12.1, 6.0]];
        let picture = pixels(&[Mark::Line { points, color: Color::hex(0), width: 1.3 }])?;
        let dark = |x: u32| (0..60).any(|y| picture.get_pixel(x, y)[0] < 250);
        assert!((21..40).all(dark));
        assert!(!(0..18).chain(43..80).any(dark));
        Ok(())
    }

    #[test]
    fn upward_text_lies_left_of_its_baseline() -> Result<(), Box<dyn std::error::Error>> {
        let style = TextStyle::new(10.0, TEXT).upwards();
        let picture = pixels(&[Mark::Text { at: [20.0, 28.0], text: "HL".into(), style }])?;
        let dark = |x: u32| (0..60).filter(|y| picture.get_pixel(x, *y)[0] < 128).count();
        assert!((26..40).map(dark).sum::<usize>() > 20);
        assert_eq!((41..80).map(dark).sum::<usize>(), 0);
        Ok(())
    }

    #[test]
    fn the_file_says_its_resolution() -> Result<()> {
        let file = png([4.0, 3.0], &[])?;
        // 192 dots per inch are 7559 per metre.
        assert_eq!(&file[37..50], b"pHYs\0\0\x1d\x87\0\0\x1d\x87\x01");
        assert!(image::load_from_memory(&file).is_ok());
        Ok(())
    }
}
