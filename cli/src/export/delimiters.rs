//! Where mathematics begins and ends in a text, by JupyterLab's rules.
//!
//! Formulas have to be taken out before Markdown sees them: it would read `_` and `*` as emphasis and `\\` as
//! an escaped backslash. A mark in a private-use character stands in their place meanwhile.

/// A piece of text between formulas, or a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Text(&'a str),
    Formula {
        /// What is between the delimiters; of an environment, all of it.
        body: &'a str,
        /// With the delimiters.
        source: &'a str,
        display: bool,
    },
}

const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// The mark that stands for a formula.
pub fn mark(number: usize) -> String {
    format!("{OPEN}{number}{CLOSE}")
}

/// Characters that a mark is made of may not come from the notebook.
pub fn without_marks(text: &str) -> String {
    text.replace([OPEN, CLOSE], "\u{FFFD}")
}

/// Takes a text with marks apart: texts, and numbers of formulas.
pub fn find_marks(text: &str) -> Vec<Result<&str, usize>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let found = after
            .split_once(CLOSE)
            .and_then(|(number, after)| Some((number.parse::<usize>().ok()?, after)));
        let Some((number, after)) = found else { break };
        if !before.is_empty() {
            parts.push(Ok(before));
        }
        parts.push(Err(number));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Ok(rest));
    }
    parts
}

/// Which text is looked at.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Syntax {
    /// Code is skipped; `\\(` and `\\[` open formulas.
    Markdown,
    /// Text after Markdown or HTML has been read: `\(` and `\[` open formulas.
    Plain,
}

/// Cuts a text into formulas and what is between them; nothing is lost.
pub fn split(text: &str, syntax: Syntax) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut start = 0;
    let mut at = 0;
    while at < text.len() {
        if let Some((body, end, display)) = formula(text, at, syntax) {
            if start < at {
                pieces.push(Piece::Text(&text[start..at]));
            }
            pieces.push(Piece::Formula { body, source: &text[at..end], display });
            start = end;
            at = end;
        } else {
            at += step(text, at, syntax);
        }
    }
    if start < text.len() {
        pieces.push(Piece::Text(&text[start..]));
    }
    pieces
}

/// How many bytes from here belong together and open no formula.
fn step(text: &str, at: usize, syntax: Syntax) -> usize {
    let rest = &text[at..];
    let character = rest.chars().next().map_or(1, char::len_utf8);
    if syntax == Syntax::Markdown {
        let line_start = text[..at].ends_with('\n') || at == 0;
        if line_start && let Some(length) = fenced(rest) {
            return length;
        }
        if rest.starts_with('`') {
            return code_span(rest);
        }
    }
    if rest.starts_with('\\') {
        return character + rest[character..].chars().next().map_or(0, char::len_utf8);
    }
    character
}

/// The length of a fenced block of code at the start of a line, to the end of the text where it is never
/// closed.
fn fenced(rest: &str) -> Option<usize> {
    let line = rest.split('\n').next()?;
    let indented = line.trim_start_matches([' ', '>']);
    let sign = indented.chars().next().filter(|sign| matches!(sign, '`' | '~'))?;
    let count = indented.chars().take_while(|&character| character == sign).count();
    if count < 3 || (sign == '`' && indented[count..].contains('`')) {
        return None;
    }
    let mut length = line.len() + 1;
    for line in rest.get(length..).unwrap_or_default().split_inclusive('\n') {
        length += line.len();
        let trimmed = line.trim().trim_start_matches(['>', ' ']);
        if trimmed.len() >= count && trimmed.chars().all(|character| character == sign) {
            break;
        }
    }
    Some(length.min(rest.len()))
}

/// The length of `code` from its first backtick on; of the backticks alone where they close nothing.
fn code_span(rest: &str) -> usize {
    let ticks = rest.len() - rest.trim_start_matches('`').len();
    let paragraph = rest.split("\n\n").next().unwrap_or(rest);
    let mut at = ticks;
    while let Some(offset) = paragraph[at..].find('`') {
        let begin = at + offset;
        let run = paragraph[begin..].len() - paragraph[begin..].trim_start_matches('`').len();
        if run == ticks {
            return begin + run;
        }
        at = begin + run;
    }
    ticks
}

/// The formula that begins exactly here: its body, where it ends, and whether it is displayed.
fn formula(text: &str, at: usize, syntax: Syntax) -> Option<(&str, usize, bool)> {
    let rest = &text[at..];
    let delimited = |open: &str, close: &str, display: bool| {
        let body = rest.strip_prefix(open)?;
        let length = closing(body, close)?;
        let end = at + open.len() + length + close.len();
        (!body[..length].trim().is_empty()).then_some((&body[..length], end, display))
    };
    if rest.starts_with("$$") {
        return delimited("$$", "$$", true);
    }
    if rest.starts_with('$') {
        return delimited("$", "$", false);
    }
    if let Some(name) = rest.strip_prefix("\\begin{").and_then(environment) {
        let close = format!("\\end{{{name}}}");
        let open = format!("\\begin{{{name}}}");
        let length = nested(rest, &open, &close)?;
        return Some((&rest[..length], at + length, true));
    }
    match syntax {
        Syntax::Markdown => {
            delimited("\\\\(", "\\\\)", false).or_else(|| delimited("\\\\[", "\\\\]", true))
        }
        Syntax::Plain => delimited("\\(", "\\)", false).or_else(|| delimited("\\[", "\\]", true)),
    }
}

/// The name of an environment that follows `\begin{`.
fn environment(rest: &str) -> Option<&str> {
    let (name, _) = rest.split_once('}')?;
    let letters = name.strip_suffix('*').unwrap_or(name);
    let valid = !letters.is_empty() && letters.chars().all(|letter| letter.is_ascii_alphabetic());
    valid.then_some(name)
}

/// The length of an environment with those of the same name inside it.
fn nested(rest: &str, open: &str, close: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut at = 0;
    loop {
        let tail = &rest[at..];
        let (opens, closes) = (tail.find(open), tail.find(close)?);
        match opens {
            Some(offset) if offset < closes => {
                depth += 1;
                at += offset + open.len();
            }
            _ => {
                depth -= 1;
                at += closes + close.len();
                if depth == 0 {
                    return Some(at);
                }
            }
        }
    }
}

/// Where the closing delimiter stands: outside of braces, and before the paragraph ends.
fn closing(body: &str, close: &str) -> Option<usize> {
    let mut depth = 0_i32;
    let mut at = 0;
    while at < body.len() {
        let rest = &body[at..];
        if depth <= 0 && rest.starts_with(close) {
            return Some(at);
        }
        let mut characters = rest.chars();
        let character = characters.next()?;
        at += character.len_utf8();
        match character {
            '\\' => at += characters.next().map_or(0, char::len_utf8),
            '{' => depth += 1,
            '}' => depth -= 1,
            '\n' if rest[1..].split('\n').next().is_some_and(|line| line.trim().is_empty())
                && rest[1..].contains('\n') =>
            {
                return None;
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn formulas(text: &str) -> Vec<(&str, bool)> {
        split(text, Syntax::Markdown)
            .into_iter()
            .filter_map(|piece| match piece {
                Piece::Formula { body, display, .. } => Some((body, display)),
                Piece::Text(_) => None,
            })
            .collect()
    }

    #[test]
    fn delimiters_of_all_kinds() {
        let text = "a $x_1*y*$ b $$z$$ \\\\(u\\\\) \\\\[v\\\\] \\begin{align*}a&=b\\end{align*}";
        let expected = [
            ("x_1*y*", false),
            ("z", true),
            ("u", false),
            ("v", true),
            ("\\begin{align*}a&=b\\end{align*}", true),
        ];
        assert_eq!(formulas(text), expected);
    }

    #[test]
    fn code_and_escapes_hide_dollars() {
        assert!(formulas("`$a$` and ``x ` $b$`` and \\$5 or \\$6").is_empty());
        assert!(formulas("```sh\n$a$\n\n$b$\n```\n").is_empty());
        assert!(formulas("~~~\n$a$ $b$").is_empty());
        assert_eq!(formulas("`open $a$"), [("a", false)]);
    }

    #[test]
    fn a_formula_ends_with_its_paragraph() {
        assert!(formulas("costs $5\n\nand $").is_empty());
        assert_eq!(formulas("$$\na\n+b\n$$"), [("\na\n+b\n", true)]);
        assert_eq!(formulas("$a\\$b$"), [("a\\$b", false)]);
        assert_eq!(formulas("$\\text{a $b$ c}$"), [("\\text{a $b$ c}", false)]);
        assert!(formulas("$ $").is_empty() && formulas("$$").is_empty());
    }

    #[test]
    fn environments_nest() {
        let text = "\\begin{a}\\begin{a}x\\end{a}\\end{a}y\\end{a}";
        assert_eq!(formulas(text), [("\\begin{a}\\begin{a}x\\end{a}\\end{a}", true)]);
        assert!(formulas("\\begin{a} x").is_empty() && formulas("\\begin{}x\\end{}").is_empty());
    }

    #[test]
    fn marks_are_found_again() {
        let text = format!("a{}b{}", mark(3), mark(4));
        assert_eq!(find_marks(&text), [Ok("a"), Err(3), Ok("b"), Err(4)]);
        assert_eq!(find_marks("\u{E000}x"), [Ok("\u{E000}x")]);
        assert_eq!(find_marks(&without_marks(&text)).len(), 1);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "(\\$|\\$\\$|`|```|\n|\\\\|\\\\begin\\{a\\}|\\\\end\\{a\\}|[{}é x])*") {
            for syntax in [Syntax::Markdown, Syntax::Plain] {
                let joined: String = split(&text, syntax)
                    .iter()
                    .map(|piece| match piece {
                        Piece::Text(text) => *text,
                        Piece::Formula { source, .. } => source,
                    })
                    .collect();
                prop_assert_eq!(&joined, &text);
            }
        }
    }
}
