//! Colours as amounts of red, green and blue light.

/// Light, not levels: colours of light can be added and mixed. A level is its square root (gamma 2), which is close to what
/// screens do and needs no power function, whose last bit differs between machines.
pub(super) type Color = [f32; 3];

/// The colour with these levels, from 0 to 1.
pub(super) fn levels(red: f32, green: f32, blue: f32) -> Color {
    [red * red, green * green, blue * blue]
}

/// One colour at 0, the other at 1.
pub(super) fn mix(one: Color, other: Color, share: f32) -> Color {
    let mixed = |channel: usize| one[channel] + (other[channel] - one[channel]) * share;
    [mixed(0), mixed(1), mixed(2)]
}

/// More or less light of the same colour.
pub(super) fn times(color: Color, factor: f32) -> Color {
    color.map(|light| light * factor)
}

/// A place on a row of colours at equal distances, from 0 to 1.
pub(super) fn along(row: &[Color], place: f32) -> Color {
    let place = place.clamp(0.0, 1.0) * (row.len() - 1) as f32;
    let first = (place as usize).min(row.len() - 2);
    mix(row[first], row[first + 1], place - first as f32)
}

/// A colour by hue (once round from red), strength and lightness, each from 0 to 1.
pub(super) fn tinted(hue: f32, strength: f32, lightness: f32) -> Color {
    let channel = |offset: f32| {
        let turn = hue * 6.0 + offset;
        let turn = turn - 6.0 * (turn / 6.0).floor();
        let full = ((turn - 3.0).abs() - 1.0).clamp(0.0, 1.0);
        lightness * (1.0 - strength * (1.0 - full))
    };
    levels(channel(0.0), channel(4.0), channel(2.0))
}

/// 0 below `low`, 1 above `high`, smooth between.
pub(super) fn smooth_step(low: f32, high: f32, value: f32) -> f32 {
    let share = ((value - low) / (high - low)).clamp(0.0, 1.0);
    share * share * (3.0 - 2.0 * share)
}

/// `low` at 0, `high` at 1.
pub(super) fn between(low: f32, high: f32, share: f32) -> f32 {
    low + (high - low) * share
}
