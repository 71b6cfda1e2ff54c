//! Colours for numbers, under the names they have everywhere.

/// A scale of colours for the numbers of a heat map.
///
/// | Map | Runs from … to | For |
/// |---|---|---|
/// | `Viridis` | dark violet, green, yellow | magnitudes; even in lightness |
/// | `Magma` | black, red, pale yellow | magnitudes on a dark ground |
/// | `RdBu` | red, white, blue | signed values around 0 |
/// | `Blues` | near white to dark blue | magnitudes, counts |
/// | `Jet` | blue, green, red | only to match older figures: its lightness misleads |
///
/// Viridis and Magma interpolate 17 points of matplotlib's tables (public domain, CC0), at most 6 of 255 levels off;
/// RdBu and Blues are Cynthia Brewer's (ColorBrewer 2.0, Apache 2.0); Jet is matplotlib's piecewise linear definition.
///
/// # Example
/// ```
/// use latentlab::plot::ColorMap;
///
/// assert_eq!(ColorMap::RdBu.color(0.5), [247, 247, 247]);
/// assert_eq!(ColorMap::Viridis.color(1.0), [253, 231, 37]);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ColorMap {
    /// Dark violet over green to yellow.
    Viridis,
    /// Black over red to pale yellow.
    Magma,
    /// Red over white to blue.
    RdBu,
    /// Near white to dark blue.
    Blues,
    /// Blue over green and yellow to red.
    Jet,
}

const VIRIDIS: [u32; 17] = [
    0x440154, 0x48186A, 0x472D7B, 0x424086, 0x3B528B, 0x33638D, 0x2C728E, 0x26828E, 0x21918C,
    0x1FA088, 0x28AE80, 0x3FBC73, 0x5EC962, 0x84D44B, 0xADDC30, 0xD8E219, 0xFDE725,
];
const MAGMA: [u32; 17] = [
    0x000004, 0x0A0822, 0x1D1147, 0x36106B, 0x51127C, 0x6A1C81, 0x832681, 0x9C2E7F, 0xB73779,
    0xD0416F, 0xE75263, 0xF56B5C, 0xFC8961, 0xFEA772, 0xFEC488, 0xFDE2A3, 0xFCFDBF,
];
const RD_BU: [u32; 11] = [
    0x67001F, 0xB2182B, 0xD6604D, 0xF4A582, 0xFDDBC7, 0xF7F7F7, 0xD1E5F0, 0x92C5DE, 0x4393C3,
    0x2166AC, 0x053061,
];
const BLUES: [u32; 9] =
    [0xF7FBFF, 0xDEEBF7, 0xC6DBEF, 0x9ECAE1, 0x6BAED6, 0x4292C6, 0x2171B5, 0x08519C, 0x08306B];
/// (position, level) of each channel.
const JET: [&[(f64, f64)]; 3] = [
    &[(0.0, 0.0), (0.35, 0.0), (0.66, 1.0), (0.89, 1.0), (1.0, 0.5)],
    &[(0.0, 0.0), (0.125, 0.0), (0.375, 1.0), (0.64, 1.0), (0.91, 0.0), (1.0, 0.0)],
    &[(0.0, 0.5), (0.11, 1.0), (0.34, 1.0), (0.65, 0.0), (1.0, 0.0)],
];

impl ColorMap {
    /// Red, green and blue at a position from 0 (low end) to 1 (high end); positions outside count as the nearest end,
    /// and NaN as the low end.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ColorMap;
    /// assert_eq!(ColorMap::Blues.color(7.0), ColorMap::Blues.color(1.0));
    /// ```
    pub fn color(self, position: f64) -> [u8; 3] {
        let position = if position.is_nan() { 0.0 } else { position.clamp(0.0, 1.0) };
        match self {
            Self::Viridis => between(&VIRIDIS, position),
            Self::Magma => between(&MAGMA, position),
            Self::RdBu => between(&RD_BU, position),
            Self::Blues => between(&BLUES, position),
            Self::Jet => JET.map(|channel| level(piecewise(channel, position) * 255.0)),
        }
    }
}

fn between(anchors: &[u32], position: f64) -> [u8; 3] {
    let place = position * (anchors.len() - 1) as f64;
    let below = (place.floor() as usize).min(anchors.len() - 2);
    let share = place - below as f64;
    [16, 8, 0].map(|shift| {
        let channel = |anchor: u32| f64::from(anchor >> shift & 0xFF);
        let (low, high) = (channel(anchors[below]), channel(anchors[below + 1]));
        level(low + (high - low) * share)
    })
}

fn piecewise(points: &[(f64, f64)], position: f64) -> f64 {
    points.windows(2).find(|pair| position <= pair[1].0).map_or(0.0, |pair| {
        let ((from, low), (to, high)) = (pair[0], pair[1]);
        low + (high - low) * (position - from) / (to - from)
    })
}

fn level(value: f64) -> u8 {
    value.round().clamp(0.0, 255.0) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn maps_agree_with_published_values() {
        assert_eq!(ColorMap::Viridis.color(0.0), [68, 1, 84]);
        assert_eq!(ColorMap::Magma.color(1.0), [252, 253, 191]);
        assert_eq!(ColorMap::RdBu.color(0.0), [103, 0, 31]);
        assert_eq!(ColorMap::Blues.color(0.5), [107, 174, 214]);
        assert_eq!(ColorMap::Jet.color(0.0), [0, 0, 128]);
        assert_eq!(ColorMap::Jet.color(1.0), [128, 0, 0]);
    }

    #[test]
    fn positions_outside_the_scale_take_its_ends() {
        for map in [ColorMap::Viridis, ColorMap::RdBu, ColorMap::Jet] {
            assert_eq!(map.color(-3.0), map.color(0.0));
            assert_eq!(map.color(f64::INFINITY), map.color(1.0));
            assert_eq!(map.color(f64::NAN), map.color(0.0));
        }
    }
}
