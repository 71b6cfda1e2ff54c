//! Round numbers along an axis.

/// A marked place on an axis.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tick {
    pub(crate) at: f64,
    pub(crate) label: String,
    /// A second line under the label, mostly empty: the year under a month.
    pub(crate) below: String,
}

impl Tick {
    pub(crate) fn new(at: f64, label: String) -> Self {
        Self { at, label, below: String::new() }
    }
}

/// The ticks of an axis, and the power of ten that its labels leave out ("×10⁶", mostly empty).
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Ticks {
    pub(crate) ticks: Vec<Tick>,
    pub(crate) multiplier: String,
}

/// Multiples of 1, 2 or 5 times a power of ten, some `most` of them at most.
pub(crate) fn linear(low: f64, high: f64, most: usize) -> Ticks {
    let most = most.max(2) as f64;
    let step = round_step((high - low) / most);
    let [from, to] = ends(low, high, step);
    // The step may be a whole range long and no multiple of it inside; half of it meets two or more.
    let step = if from > to { round_step((high - low) / most / 2.0) } else { step };
    let [from, to] = ends(low, high, step);
    let count = (to - from).max(0.0) as usize;
    let places: Vec<f64> = (0..=count).map(|index| (from + index as f64) * step).collect();
    let (labels, multiplier) = labels(&places, step, low.abs().max(high.abs()));
    let ticks = places.into_iter().zip(labels).map(|(at, label)| Tick::new(at, label)).collect();
    Ticks { ticks, multiplier }
}

/// The first and the last multiple of a step in a range.
fn ends(low: f64, high: f64, step: f64) -> [f64; 2] {
    [(low / step - 1e-9).ceil(), (high / step + 1e-9).floor()]
}

/// The smallest of 1, 2, 5 × 10ⁿ that is not below a length.
fn round_step(least: f64) -> f64 {
    let power = 10_f64.powf(least.log10().floor());
    let step = [1.0, 2.0, 5.0].into_iter().find(|factor| factor * power >= least * (1.0 - 1e-9));
    step.unwrap_or(10.0) * power
}

/// Labels with just the decimals that the step needs. Where the axis' largest number is very large or very small,
/// they share a power of ten.
fn labels(places: &[f64], step: f64, largest: f64) -> (Vec<String>, String) {
    let exponent = if largest > 0.0 { largest.log10().floor() as i32 } else { 0 };
    let shared = if (-3..6).contains(&exponent) { 0 } else { exponent.div_euclid(3) * 3 };
    let unit = 10_f64.powi(shared);
    let decimals = (-(step / unit * 1.000_001).log10().floor()).clamp(0.0, 15.0) as usize;
    let labels = places.iter().map(|place| fixed(place / unit, decimals)).collect();
    let multiplier =
        if shared == 0 { String::new() } else { format!("×10{}", superscript(shared)) };
    (labels, multiplier)
}

/// A number with fixed decimals, a true minus sign, and commas from 10,000 on.
pub(crate) fn fixed(number: f64, decimals: usize) -> String {
    let digits = format!("{:.decimals$}", number.abs());
    let (whole, fraction) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let negative = number < 0.0 && digits.chars().any(|digit| ('1'..='9').contains(&digit));
    let mut text = String::from(if negative { "−" } else { "" });
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && whole.len() > 4 && (whole.len() - index) % 3 == 0 {
            text.push(',');
        }
        text.push(digit);
    }
    text + fraction
}

/// A number for a sentence: four significant digits.
pub(crate) fn short(value: f64) -> String {
    let rounded: f64 = format!("{value:.3e}").parse().unwrap_or(value);
    let text = if value == 0.0 || (1e-4..1e6).contains(&value.abs()) {
        rounded.to_string()
    } else {
        format!("{rounded:e}")
    };
    text.replace('-', "−")
}

fn superscript(number: i32) -> String {
    const DIGITS: [char; 10] = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    number
        .to_string()
        .chars()
        .map(|letter| letter.to_digit(10).map_or('⁻', |digit| DIGITS[digit as usize]))
        .collect()
}

/// Ticks for a logarithmic axis over positive numbers: powers of ten where there are at least three, else 1, 2 and 5
/// times them, else evenly spaced numbers.
pub(crate) fn logarithmic(low: f64, high: f64, most: usize) -> Ticks {
    let (from, to) = ((low.log10() - 1e-9).ceil() as i32, (high.log10() + 1e-9).floor() as i32);
    if to - from >= 2 {
        let every = ((to - from) as usize).div_ceil(most.max(2)).max(1) as i32;
        let powers = (from..=to).filter(|power| power.rem_euclid(every) == 0);
        let ticks = powers.map(|power| Tick::new(10_f64.powi(power), power_label(power)));
        return Ticks { ticks: ticks.collect(), multiplier: String::new() };
    }
    let mut places = Vec::new();
    for power in from - 1..=to + 1 {
        for factor in [1.0, 2.0, 5.0] {
            let place = factor * 10_f64.powi(power);
            if (low * (1.0 - 1e-9)..=high * (1.0 + 1e-9)).contains(&place) {
                places.push(place);
            }
        }
    }
    if places.len() < 2 {
        return linear(low, high, most);
    }
    // Labels need the decimals of the smallest place.
    let (labels, multiplier) = labels(&places, places[0], high);
    let ticks = places.into_iter().zip(labels).map(|(at, label)| Tick::new(at, label)).collect();
    Ticks { ticks, multiplier }
}

fn power_label(power: i32) -> String {
    if (-3..=4).contains(&power) {
        fixed(10_f64.powi(power), power.min(0).unsigned_abs() as usize)
    } else {
        format!("10{}", superscript(power))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(ticks: &Ticks) -> Vec<&str> {
        ticks.ticks.iter().map(|tick| tick.label.as_str()).collect()
    }

    #[test]
    fn ticks_are_round_and_labels_short() {
        assert_eq!(shown(&linear(-0.13, 0.11, 6)), ["−0.10", "−0.05", "0.00", "0.05", "0.10"]);
        assert_eq!(shown(&linear(0.0, 23_000.0, 5)), ["0", "5000", "10,000", "15,000", "20,000"]);
        let tiny = linear(0.0, 3.4e-7, 4);
        assert_eq!(
            (shown(&tiny), tiny.multiplier.as_str()),
            (vec!["0", "100", "200", "300"], "×10⁻⁹")
        );
        let huge = linear(0.0, 2.5e8, 3);
        assert_eq!((shown(&huge), huge.multiplier.as_str()), (vec!["0", "100", "200"], "×10⁶"));
    }

    #[test]
    fn logarithmic_ticks_suit_the_range() {
        assert_eq!(shown(&logarithmic(0.5, 2e5, 8)), ["1", "10", "100", "1000", "10,000", "10⁵"]);
        assert_eq!(shown(&logarithmic(1.5, 60.0, 8)), ["2", "5", "10", "20", "50"]);
        assert_eq!(shown(&logarithmic(31.0, 39.0, 5)), ["32", "34", "36", "38"]);
        assert!(logarithmic(1e-30, 1e30, 8).ticks.len() <= 9);
    }

    proptest! {
        #[test]
        fn ticks_lie_inside_and_differ(middle in -1e6..1e6, exponent in -6.0..6.0, most in 2_usize..12) {
            let half = 10_f64.powf(exponent);
            let ticks = linear(middle - half, middle + half, most);
            prop_assert!((1..=most + 1).contains(&ticks.ticks.len()), "{:?}", ticks);
            let slack = half * 1e-6;
            for tick in &ticks.ticks {
                prop_assert!((middle - half - slack..=middle + half + slack).contains(&tick.at));
            }
            for pair in ticks.ticks.windows(2) {
                prop_assert!(pair[0].label != pair[1].label, "{:?}", ticks);
            }
        }
    }
}
