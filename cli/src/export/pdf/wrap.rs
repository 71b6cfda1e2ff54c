//! Lines that are longer than the page is wide.

use unicode_width::UnicodeWidthChar;

use crate::export::tree::{Line, Span};

/// Columns that the mark of a continued line takes.
const MARK: usize = 2;

/// One line as it stands on paper.
pub struct Visible {
    pub line: Line,
    /// Whether it continues the line above.
    pub continued: bool,
}

/// Cuts a line into pieces of at most `columns` columns; after white space where there is some in the
/// second half of the piece, anywhere otherwise.
pub fn wrap(line: &Line, columns: usize) -> Vec<Visible> {
    let cells: Vec<(char, &Span)> = line
        .iter()
        .flat_map(|span| span.text.chars().map(move |character| (character, span)))
        .collect();
    let mut pieces = Vec::new();
    let mut start = 0;
    loop {
        let continued = start > 0;
        let room = if continued { columns.saturating_sub(MARK) } else { columns }.max(8);
        let end = piece_end(&cells[start..], room) + start;
        pieces.push(Visible { line: joined(&cells[start..end]), continued });
        start = end;
        if start >= cells.len() {
            return pieces;
        }
    }
}

/// How many characters of the rest stand in one piece.
fn piece_end(cells: &[(char, &Span)], room: usize) -> usize {
    let mut width = 0;
    let mut after_space = None;
    for (index, (character, _)) in cells.iter().enumerate() {
        width += character.width().unwrap_or(0);
        if width > room {
            return after_space.filter(|&space| space > index / 2).unwrap_or(index.max(1));
        }
        if *character == ' ' {
            after_space = Some(index + 1);
        }
    }
    cells.len()
}

fn joined(cells: &[(char, &Span)]) -> Line {
    let mut line = Line::new();
    for (character, span) in cells {
        match line.last_mut() {
            Some(last) if last.style == span.style => last.text.push(*character),
            _ => line.push(Span { text: character.to_string(), style: span.style }),
        }
    }
    line
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::export::tree::plain_lines;

    fn pieces(text: &str, columns: usize) -> Vec<String> {
        let lines = plain_lines(text);
        let line = lines.first().cloned().unwrap_or_default();
        wrap(&line, columns)
            .into_iter()
            .map(|visible| visible.line.into_iter().map(|span| span.text).collect())
            .collect()
    }

    #[test]
    fn words_stay_whole_where_they_can() {
        assert_eq!(pieces("let answer = forty_two;", 16), ["let answer = ", "forty_two;"]);
        assert_eq!(pieces(&"x".repeat(20), 10), ["x".repeat(10), "x".repeat(8), "xx".into()]);
        assert_eq!(pieces("", 10), [""]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost_and_nothing_too_wide(text in "[a-z é中\u{301}]{0,200}", columns in 10usize..60) {
            let pieces = pieces(&text, columns);
            prop_assert_eq!(pieces.concat(), text);
            for piece in &pieces {
                prop_assert!(piece.width() <= columns);
            }
        }
    }
}
