//! The only way for text of a notebook into Typst: a string literal.

/// A Typst string literal that stands for exactly this text.
pub fn quote(text: &str) -> String {
    let mut literal = String::with_capacity(text.len() + 2);
    literal.push('"');
    for character in text.chars() {
        match character {
            '"' => literal.push_str("\\\""),
            '\\' => literal.push_str("\\\\"),
            '\n' => literal.push_str("\\n"),
            '\t' => literal.push_str("\\t"),
            // Control characters have no glyph; a line separator would end a line of code.
            character if character.is_control() => literal.push('\u{FFFD}'),
            '\u{2028}' | '\u{2029}' | '\u{FFFE}' | '\u{FFFF}' => literal.push('\u{FFFD}'),
            character => literal.push(character),
        }
    }
    literal.push('"');
    literal
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Where a literal ends, by Typst's rule: at the first quote without a backslash before it.
    fn end(literal: &str) -> Option<usize> {
        let mut escaped = false;
        for (position, character) in literal.char_indices().skip(1) {
            match character {
                _ if escaped => escaped = false,
                '\\' => escaped = true,
                '"' => return Some(position),
                _ => {}
            }
        }
        None
    }

    proptest! {
        #[test]
        fn a_literal_ends_where_it_should(text in "(\\PC|[\"\\\\\n\r\t\u{0}\u{2028}#\\[\\]$])*") {
            let literal = quote(&text);
            prop_assert_eq!(end(&literal), Some(literal.len() - 1));
            prop_assert!(!literal.contains(char::is_control));
        }
    }
}
