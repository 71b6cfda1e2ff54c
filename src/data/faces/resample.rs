//! Pictures made smaller or larger, to the last bit as Pillow does it.

use std::f64::consts::PI;

/// How a picture is brought to another size: each pixel of the result is a weighted mean of those near it in the original.
/// For smaller pictures the filter is stretched, so that no pixel is passed over.
///
/// Results are those of Pillow's `Image.resize` with the filter of the same name, which computes with the same
/// whole numbers.
///
/// # Example
/// ```
/// use latentlab::data::faces::ResizeFilter;
///
/// assert_eq!(ResizeFilter::default(), ResizeFilter::Bicubic);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ResizeFilter {
    /// A triangle over two pixels.
    Bilinear,
    /// A cubic spline over four pixels (Keys, IEEE Transactions on Acoustics, Speech and Signal Processing 29, 1981, with
    /// a = −½): the default, here as in Pillow.
    #[default]
    Bicubic,
    /// A windowed sinc over six pixels.
    Lanczos,
}

impl ResizeFilter {
    /// Half the width of the filter.
    fn support(self) -> f64 {
        match self {
            Self::Bilinear => 1.0,
            Self::Bicubic => 2.0,
            Self::Lanczos => 3.0,
        }
    }

    fn weight(self, offset: f64) -> f64 {
        let distance = offset.abs();
        match self {
            Self::Bilinear => (1.0 - distance).max(0.0),
            Self::Bicubic if distance < 1.0 => (1.5 * distance - 2.5) * distance * distance + 1.0,
            Self::Bicubic if distance < 2.0 => {
                (((distance - 5.0) * distance + 8.0) * distance - 4.0) * -0.5
            }
            Self::Lanczos if distance < 3.0 => sinc(offset) * sinc(offset / 3.0),
            Self::Bicubic | Self::Lanczos => 0.0,
        }
    }
}

fn sinc(offset: f64) -> f64 {
    if offset == 0.0 { 1.0 } else { libm::sin(PI * offset) / (PI * offset) }
}

/// Bits behind the point in the weights: as many as sums of 8-bit levels leave free in 32 bits, two spared for weights
/// beyond one.
const PRECISION: u32 = 32 - 8 - 2;

/// The weights of the original's pixels in one pixel of the result, from the pixel `first` on.
struct Window {
    first: usize,
    weights: Vec<i32>,
}

/// The windows of a whole row or column.
fn windows(from: usize, to: usize, filter: ResizeFilter) -> Vec<Window> {
    let scale = from as f64 / to as f64;
    let stretch = scale.max(1.0);
    let support = filter.support() * stretch;
    let window = |place: usize| {
        let center = (place as f64 + 0.5) * scale;
        let first = (center - support + 0.5).max(0.0) as usize;
        let last = ((center + support + 0.5) as usize).min(from);
        let weights: Vec<f64> = (first..last)
            .map(|pixel| filter.weight((pixel as f64 - center + 0.5) / stretch))
            .collect();
        let sum: f64 = weights.iter().sum();
        let fixed = |weight: &f64| {
            let scaled = weight / sum * f64::from(1_u32 << PRECISION);
            (scaled + 0.5_f64.copysign(scaled)) as i32
        };
        Window { first, weights: weights.iter().map(fixed).collect() }
    };
    (0..to).map(window).collect()
}

/// The weighted sum of levels, rounded and cut off at 0 and 255.
fn level(sum: i32) -> u8 {
    (sum >> PRECISION).clamp(0, 255) as u8
}

/// A part of a picture of red, green and blue levels.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part<'picture> {
    /// The whole picture, row by row.
    pub(super) levels: &'picture [u8],
    /// Pixels in one of its rows.
    pub(super) width: usize,
    /// The part: left, top, width and height.
    pub(super) left: usize,
    pub(super) top: usize,
    pub(super) columns: usize,
    pub(super) rows: usize,
}

/// The part brought to `rows` × `columns` pixels: along the rows first, then along the columns.
pub(super) fn resize(part: Part, rows: usize, columns: usize, filter: ResizeFilter) -> Vec<u8> {
    let half = 1_i32 << (PRECISION - 1);
    let across = windows(part.columns, columns, filter);
    let mut narrow = Vec::with_capacity(part.rows * columns * 3);
    for row in part.top..part.top + part.rows {
        let start = 3 * (row * part.width + part.left);
        let line = &part.levels[start..start + 3 * part.columns];
        for window in &across {
            let mut sums = [half; 3];
            for (pixel, weight) in line[3 * window.first..].chunks_exact(3).zip(&window.weights) {
                for (sum, level) in sums.iter_mut().zip(pixel) {
                    *sum += i32::from(*level) * weight;
                }
            }
            narrow.extend(sums.map(level));
        }
    }
    let stride = 3 * columns;
    let mut small = Vec::with_capacity(rows * stride);
    let mut sums = vec![half; stride];
    for window in windows(part.rows, rows, filter) {
        sums.fill(half);
        for (line, weight) in
            narrow[window.first * stride..].chunks_exact(stride).zip(&window.weights)
        {
            for (sum, level) in sums.iter_mut().zip(line) {
                *sum += i32::from(*level) * weight;
            }
        }
        small.extend(sums.iter().map(|sum| level(*sum)));
    }
    small
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn whole(levels: &[u8], rows: usize, columns: usize) -> Part<'_> {
        Part { levels, width: columns, left: 0, top: 0, columns, rows }
    }

    proptest! {
        #[test]
        fn a_plain_picture_stays_plain(level in 0_u8..=255, from in 1_usize..40, to in 1_usize..40) {
            for filter in [ResizeFilter::Bilinear, ResizeFilter::Bicubic, ResizeFilter::Lanczos] {
                let picture = vec![level; from * (from + 1) * 3];
                let small = resize(whole(&picture, from, from + 1), to, to + 2, filter);
                prop_assert_eq!(small.len(), to * (to + 2) * 3);
                prop_assert!(small.iter().all(|other| *other == level));
            }
        }

        #[test]
        fn the_same_size_changes_nothing(levels in prop::collection::vec(0_u8..=255, 5 * 7 * 3)) {
            for filter in [ResizeFilter::Bilinear, ResizeFilter::Bicubic, ResizeFilter::Lanczos] {
                prop_assert_eq!(&resize(whole(&levels, 5, 7), 5, 7, filter), &levels);
            }
        }
    }

    #[test]
    fn only_the_part_counts() {
        let mut levels = vec![255; 6 * 6 * 3];
        for row in 2..4 {
            levels[3 * (row * 6 + 1)..3 * (row * 6 + 4)].fill(10);
        }
        let part = Part { levels: &levels, width: 6, left: 1, top: 2, columns: 3, rows: 2 };
        let small = resize(part, 4, 4, ResizeFilter::Bicubic);
        assert!(small.iter().all(|level| *level == 10));
    }
}
