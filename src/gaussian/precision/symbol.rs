//! Variables' names as mathematics writes them.

const SUBSCRIPTS: [char; 10] = ['₀', '₁', '₂', '₃', '₄', '₅', '₆', '₇', '₈', '₉'];

/// Letter and number of a name that is an indexed variable: "Z1", "Z_1" and "Z₁" are the same.
fn indexed(name: &str) -> Option<(char, String)> {
    let mut letters = name.chars();
    let letter = letters.next().filter(|letter| letter.is_alphabetic())?;
    let rest = letters.as_str();
    let rest = rest.strip_prefix('_').unwrap_or(rest);
    let digit = |letter: char| {
        let below = SUBSCRIPTS.iter().position(|known| *known == letter);
        below.map_or_else(|| letter.to_digit(10), |digit| u32::try_from(digit).ok())
    };
    let digits: Option<String> = rest
        .chars()
        .map(|letter| digit(letter).and_then(|digit| char::from_digit(digit, 10)))
        .collect();
    digits.filter(|digits| !digits.is_empty()).map(|digits| (letter, digits))
}

/// One spelling for all spellings of a name.
pub(crate) fn canonical(name: &str) -> String {
    match indexed(name) {
        Some((letter, digits)) => format!("{letter}{digits}"),
        None => name.to_owned(),
    }
}

/// A name as LaTeX: an indexed variable in italics, any other name upright.
pub(crate) fn symbol(name: &str) -> String {
    match indexed(name) {
        Some((letter, digits)) => format!("{letter}_{{{digits}}}"),
        None => format!(r"\mathrm{{{}}}", escaped(name)),
    }
}

/// A name inside `\mathrm{}`.
fn escaped(name: &str) -> String {
    let mut text = String::with_capacity(name.len());
    for letter in name.chars() {
        match letter {
            '_' | '&' | '%' | '$' | '#' | '{' | '}' => text.extend(['\\', letter]),
            '\\' => text.push_str(r"\backslash "),
            '^' => text.push_str(r"\hat{}"),
            '~' => text.push_str(r"\sim "),
            ' ' => text.push_str(r"\ "),
            other => text.push(other),
        }
    }
    text
}

/// "A", "A and B", "A, B and C".
pub(crate) fn listed(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [single] => single.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// Text inside a cell of a Markdown table: no letter of a name may mark anything up, or end the cell.
pub(crate) fn markdown_text(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '\n' | '\r' => safe.push(' '),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '|' | '$' | '#' | '~' | '!' => {
                safe.extend(['\\', letter]);
            }
            other => safe.push(other),
        }
    }
    safe
}

/// A formula inside a Markdown table: a bar would end the cell.
pub(crate) fn markdown_math(latex: &str) -> String {
    format!("${}$", latex.replace('|', r"\vert ").replace(['\n', '\r'], " "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_letter_with_a_number_is_a_variable_with_an_index() {
        for name in ["Z12", "Z_12", "Z₁₂"] {
            assert_eq!(symbol(name), "Z_{12}");
            assert_eq!(canonical(name), "Z12");
        }
        for name in ["T", "GOOGL", "AB1", "Z_", "Z1a", "1", "Z__1", ""] {
            assert!(symbol(name).starts_with(r"\mathrm{"), "{name}");
            assert_eq!(canonical(name), name);
        }
        assert_eq!(symbol("β2"), "β_{2}");
    }

    #[test]
    fn names_mark_nothing_up() {
        assert_eq!(symbol("a_b $c"), r"\mathrm{a\_b\ \$c}");
        assert_eq!(markdown_text("a|b*<c>"), r"a\|b\*&lt;c&gt;");
    }
}
