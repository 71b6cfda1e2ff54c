//! The only ways for text of a notebook into Typst and into HTML: as a string literal, and escaped.

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

/// Text of an HTML element or of a quoted attribute.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\n' | '\t' => escaped.push(character),
            '\u{FFFE}' | '\u{FFFF}' => escaped.push('\u{FFFD}'),
            character if character.is_control() => escaped.push('\u{FFFD}'),
            character => escaped.push(character),
        }
    }
    escaped
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

        #[test]
        fn escaped_text_is_only_text(text in "(\\PC|[\"'<>&\n\t\u{0}])*") {
            let escaped = escape(&text);
            prop_assert!(!escaped.contains(['<', '>', '"', '\'']));
            let fragment = scraper::Html::parse_fragment(&escaped);
            let read: String = fragment.root_element().text().collect();
            prop_assert_eq!(read, text.replace('\u{0}', "\u{FFFD}"));
        }
    }
}
