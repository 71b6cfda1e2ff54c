//! Numbers as a person reads them.

pub fn bytes(count: u64) -> String {
    let count = count as f64;
    match count {
        count if count >= 1e9 => format!("{:.2} GB", count / 1e9),
        count if count >= 1e6 => format!("{:.1} MB", count / 1e6),
        count if count >= 1e3 => format!("{:.1} kB", count / 1e3),
        count => format!("{count} B"),
    }
}

pub fn seconds(count: f64) -> String {
    match count.round() as u64 {
        count if count >= 3600 => format!("{} h {} min", count / 3600, count % 3600 / 60),
        count if count >= 120 => format!("{} min", count / 60),
        count => format!("{count} s"),
    }
}

/// A whole number with commas between its thousands.
pub fn number(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// What the beginning of a file looks like.
pub fn kind(head: &[u8]) -> &'static str {
    let text =
        String::from_utf8_lossy(head).trim_start_matches('\u{feff}').trim_start().to_lowercase();
    match head {
        [] => "an empty file",
        [b'P', b'K', 3, 4, ..] => "a zip archive",
        [0x1f, 0x8b, ..] => "a gzip file",
        _ if text.starts_with("<!doctype html") || text.starts_with("<html") => "an HTML page",
        _ if text.starts_with("<?xml") => "an XML document",
        [byte, ..] if byte.is_ascii_graphic() && std::str::from_utf8(head).is_ok() => "text",
        _ => "something unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_read_well() {
        assert_eq!([0, 999, 1500, 2_345_678].map(bytes), ["0 B", "999 B", "1.5 kB", "2.3 MB"]);
        assert_eq!(
            [4.4, 119.0, 150.0, 7300.0].map(seconds),
            ["4 s", "119 s", "2 min", "2 h 1 min"]
        );
        assert_eq!([0, 999, 1000, 1234567].map(number), ["0", "999", "1,000", "1,234,567"]);
    }

    #[test]
    fn beginnings_are_recognized() {
        assert_eq!(kind(b""), "an empty file");
        assert_eq!(kind(b"\n<!DOCTYPE HTML><html>"), "an HTML page");
        assert_eq!(kind(b"PK\x03\x04rest"), "a zip archive");
        assert_eq!(kind(b"# comment"), "text");
        assert_eq!(kind(b"\0\0\x08\x03"), "something unknown");
    }
}
