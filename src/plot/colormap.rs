//! Colours for numbers, under the names they have everywhere.

/// A scale of colours for the numbers of a heat map.
///
/// | Map | Runs from … to | For |
/// |---|---|---|
/// | `Viridis` | dark violet, green, yellow | magnitudes; even in lightness |
/// | `Magma` | black, red, pale yellow | magnitudes on a dark ground |
/// | `RdBu` | red, white, blue | signed values around 0 |
/// | `Plasma`, `Inferno` | blue or black over red to yellow | magnitudes; even in lightness |
/// | `Cividis` | dark blue to yellow | magnitudes, the same to all colour-blind readers |
/// | `Coolwarm` | blue, grey, red | signed values around 0 |
/// | `Blues`, `Greys` | near white to dark blue or black | magnitudes, counts |
/// | `Jet` | blue, green, red | only to match older figures: its lightness misleads |
///
/// Viridis, Magma, Plasma, Inferno, Cividis and Coolwarm interpolate 17 points of matplotlib's tables (public domain, CC0),
/// at most 11 of 255 levels off; RdBu, Blues and Greys are Cynthia Brewer's (ColorBrewer 2.0, Apache 2.0); Jet is matplotlib's piecewise linear definition.
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
    /// Dark blue over red to yellow.
    Plasma,
    /// Black over red to pale yellow.
    Inferno,
    /// Dark blue to yellow.
    Cividis,
    /// Blue over grey to red.
    Coolwarm,
    /// White to black.
    Greys,
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
const PLASMA: [u32; 17] = [
    0x0D0887, 0x310597, 0x4C02A1, 0x6600A7, 0x7E03A8, 0x9511A1, 0xAA2395, 0xBC3587, 0xCC4778,
    0xDA5A6A, 0xE66C5C, 0xF0804E, 0xF89540, 0xFDAC33, 0xFDC527, 0xF8DF25, 0xF0F921,
];
const INFERNO: [u32; 17] = [
    0x000004, 0x0B0724, 0x210C4A, 0x3D0965, 0x57106E, 0x71196E, 0x8A226A, 0xA32C61, 0xBC3754,
    0xD24644, 0xE45A31, 0xF1731D, 0xF98E09, 0xFCAC11, 0xF9CB35, 0xF2EA69, 0xFCFFA4,
];
const CIVIDIS: [u32; 17] = [
    0x00224E, 0x002E6A, 0x1A386F, 0x32436D, 0x434E6C, 0x535A6D, 0x61656F, 0x6F7073, 0x7D7C78,
    0x8C8878, 0x9B9476, 0xABA072, 0xBCAE6C, 0xCDBB63, 0xDEC958, 0xF0D846, 0xFEE838,
];
const COOLWARM: [u32; 17] = [
    0x3B4CC0, 0x4E68D8, 0x6282EA, 0x779AF7, 0x8DB0FE, 0xA3C2FE, 0xB9D0F9, 0xCCD9ED, 0xDDDCDC,
    0xECD3C5, 0xF5C4AC, 0xF7B093, 0xF4987A, 0xEB7D62, 0xDD5F4B, 0xCA3B37, 0xB40426,
];
const GREYS: [u32; 9] =
    [0xFFFFFF, 0xF0F0F0, 0xD9D9D9, 0xBDBDBD, 0x959595, 0x727272, 0x515151, 0x242424, 0x000000];
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
            Self::Plasma => between(&PLASMA, position),
            Self::Inferno => between(&INFERNO, position),
            Self::Cividis => between(&CIVIDIS, position),
            Self::Coolwarm => between(&COOLWARM, position),
            Self::Greys => between(&GREYS, position),
            Self::Jet => JET.map(|channel| level(piecewise(channel, position) * 255.0)),
        }
    }
}

impl ColorMap {
    /// Whether the middle is neutral and says "zero".
    pub(crate) fn is_diverging(self) -> bool {
        matches!(self, Self::RdBu | Self::Coolwarm)
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
        assert_eq!(ColorMap::Plasma.color(1.0), [240, 249, 33]);
        assert_eq!(ColorMap::Inferno.color(0.0), [0, 0, 4]);
        assert_eq!(ColorMap::Cividis.color(0.0), [0, 34, 78]);
        assert_eq!(ColorMap::Coolwarm.color(1.0), [180, 4, 38]);
        assert_eq!(ColorMap::Greys.color(1.0), [0, 0, 0]);
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
