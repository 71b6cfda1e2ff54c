//! Lengths of TeX, turned into em.

use ratex_parser::parse_node::Measurement;

/// No length of a formula is longer; a page is some fifty em high.
const LONGEST: f64 = 50.0;

/// The length in em.
pub fn em(measurement: &Measurement) -> f64 {
    let unit = match measurement.unit.as_str() {
        "em" => 1.0,
        "ex" => 0.431,
        "mu" => 1.0 / 18.0,
        "pt" => 0.1,
        "bp" => 0.100_375,
        "px" => 0.075,
        "pc" => 1.2,
        "mm" => 0.284_53,
        "cm" => 2.845_3,
        "in" => 7.227,
        "dd" => 0.107,
        "cc" => 1.284,
        _ => 0.0,
    };
    let length = measurement.number * unit;
    if length.is_finite() { length.clamp(-LONGEST, LONGEST) } else { 0.0 }
}

/// The length as both Typst and CSS write it.
pub fn print(em: f64) -> String {
    let text = format!("{em:.4}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    format!("{}em", if text == "-0" { "0" } else { text })
}

#[cfg(test)]
mod tests {
    use super::{Measurement, em, print};

    #[test]
    fn lengths_stay_within_reason() {
        let length = |number, unit: &str| em(&Measurement { number, unit: unit.into() });
        assert_eq!(print(length(3.0, "mu")), "0.1667em");
        assert_eq!(print(length(-3.0, "mu")), "-0.1667em");
        assert_eq!(print(length(1e300, "in")), "50em");
        assert_eq!(print(length(f64::NAN, "em")), "0em");
        assert_eq!(print(length(-0.000_001, "em")), "0em");
    }
}
