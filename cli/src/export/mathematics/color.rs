//! Colours by name, by number and by the models of TeX.

/// The names that TeX and CSS users write most.
const NAMES: [(&str, &str); 48] = [
    ("black", "000000"),
    ("white", "ffffff"),
    ("red", "ff0000"),
    ("green", "008000"),
    ("blue", "0000ff"),
    ("cyan", "00ffff"),
    ("magenta", "ff00ff"),
    ("yellow", "ffff00"),
    ("orange", "ffa500"),
    ("purple", "800080"),
    ("violet", "ee82ee"),
    ("brown", "a52a2a"),
    ("pink", "ffc0cb"),
    ("gray", "808080"),
    ("grey", "808080"),
    ("darkgray", "a9a9a9"),
    ("lightgray", "d3d3d3"),
    ("lime", "00ff00"),
    ("olive", "808000"),
    ("teal", "008080"),
    ("navy", "000080"),
    ("maroon", "800000"),
    ("silver", "c0c0c0"),
    ("gold", "ffd700"),
    ("darkred", "8b0000"),
    ("darkgreen", "006400"),
    ("darkblue", "00008b"),
    ("darkorange", "ff8c00"),
    ("lightblue", "add8e6"),
    ("lightgreen", "90ee90"),
    ("skyblue", "87ceeb"),
    ("steelblue", "4682b4"),
    ("royalblue", "4169e1"),
    ("dodgerblue", "1e90ff"),
    ("cornflowerblue", "6495ed"),
    ("forestgreen", "228b22"),
    ("seagreen", "2e8b57"),
    ("limegreen", "32cd32"),
    ("firebrick", "b22222"),
    ("crimson", "dc143c"),
    ("tomato", "ff6347"),
    ("coral", "ff7f50"),
    ("salmon", "fa8072"),
    ("chocolate", "d2691e"),
    ("indigo", "4b0082"),
    ("turquoise", "40e0d0"),
    ("orchid", "da70d6"),
    ("mediumpurple", "9370db"),
];

/// The colour as `#rrggbb`; `None` for one nobody knows.
pub fn parse(color: &str) -> Option<String> {
    let color = color.trim();
    if let Some((model, value)) = color.strip_prefix('[').and_then(|color| color.split_once(']')) {
        return by_model(model, value);
    }
    if let Some(digits) = color.strip_prefix('#') {
        return by_digits(digits);
    }
    let name = color.to_ascii_lowercase();
    let known = NAMES.iter().find(|(other, _)| *other == name);
    known.map(|(_, digits)| format!("#{digits}")).or_else(|| by_digits(color))
}

/// Three or six hexadecimal digits.
fn by_digits(digits: &str) -> Option<String> {
    if !digits.chars().all(|digit| digit.is_ascii_hexdigit()) {
        return None;
    }
    match digits.len() {
        3 => Some(digits.chars().fold("#".into(), |color, digit| format!("{color}{digit}{digit}"))),
        6 => Some(format!("#{}", digits.to_ascii_lowercase())),
        _ => None,
    }
}

/// The models of the package `color`.
fn by_model(model: &str, value: &str) -> Option<String> {
    let parts: Vec<f64> = value
        .split(',')
        .map(|part| part.trim().parse().ok())
        .collect::<Option<_>>()
        .or_else(|| matches!(model, "HTML" | "named").then(Vec::new))?;
    match (model, parts.as_slice()) {
        ("rgb", [red, green, blue]) => Some(by_parts([red * 255.0, green * 255.0, blue * 255.0])),
        ("RGB", [red, green, blue]) => Some(by_parts([*red, *green, *blue])),
        ("gray", [gray]) => Some(by_parts([gray * 255.0; 3])),
        ("cmyk", [cyan, magenta, yellow, black]) => {
            let part = |ink: f64| 255.0 * (1.0 - ink) * (1.0 - black);
            Some(by_parts([part(*cyan), part(*magenta), part(*yellow)]))
        }
        ("HTML", _) => by_digits(value.trim()),
        ("named", _) => parse(value),
        _ => None,
    }
}

/// Red, green and blue, each from 0 to 255.
fn by_parts(parts: [f64; 3]) -> String {
    let [red, green, blue] = parts.map(|part| part.clamp(0.0, 255.0).round() as u8);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn colors_in_every_notation() {
        assert_eq!(parse("red").as_deref(), Some("#ff0000"));
        assert_eq!(parse("#1aF").as_deref(), Some("#11aaFF"));
        assert_eq!(parse("[rgb]1, 0.5,0").as_deref(), Some("#ff8000"));
        assert_eq!(parse("[gray]0.5").as_deref(), Some("#808080"));
        assert_eq!(parse("[HTML]00FF7f").as_deref(), Some("#00ff7f"));
        assert_eq!(parse("\"; #panic()"), None);
    }
}
