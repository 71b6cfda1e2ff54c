//! Numbers of things in a text.

/// "1 node", "2 nodes".
pub(crate) fn counted(count: usize, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The end of a text, about what is drawn otherwise than the rest or not at all; empty where there is none.
pub(crate) fn note(count: usize, one: &str, many: &str) -> String {
    match count {
        0 => String::new(),
        1 => format!("; 1 {one}"),
        _ => format!("; {count} {many}"),
    }
}

/// A [`note`] about values that no axis can show.
pub(crate) fn not_finite(count: usize, noun: &str) -> String {
    let one = format!("{noun} is not finite and left out");
    note(count, &one, &format!("{noun}s are not finite and left out"))
}
