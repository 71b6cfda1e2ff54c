//! Code in the colors of JupyterLab.

use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, ScopeStackOp, SyntaxReference, SyntaxSet};

use super::tree::{Color, Line, Span, SpanStyle, plain_lines};

const TAB: &str = "    ";
/// Longer lines stay black: patterns take time that grows with the square of the length.
const LONGEST_LINE: usize = 2_000;

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);
static RULES: LazyLock<Vec<(Scope, SpanStyle)>> = LazyLock::new(rules);

/// Which scopes of the TextMate grammars have which look; the first prefix that fits wins, from the
/// innermost scope outwards.
fn rules() -> Vec<(Scope, SpanStyle)> {
    let look = |color: (u8, u8, u8), bold: bool, italic: bool| SpanStyle {
        foreground: Some(Color(color.0, color.1, color.2)),
        bold,
        italic,
        ..SpanStyle::default()
    };
    let comment = look((0x40, 0x80, 0x80), false, true);
    let keyword = look((0x00, 0x80, 0x00), true, false);
    let string = look((0xba, 0x21, 0x21), false, false);
    let number = look((0x00, 0x70, 0x10), false, false);
    let operator = look((0x78, 0x00, 0xc2), false, false);
    let definition = look((0x00, 0x00, 0xe0), false, false);
    let kind = look((0x00, 0x68, 0x8b), false, false);
    let attribute = look((0x55, 0x55, 0x55), false, true);
    [
        ("comment", comment),
        ("string", string),
        ("constant.character", string),
        ("constant.numeric", number),
        ("constant.language", keyword),
        ("keyword.operator", operator),
        ("keyword", keyword),
        ("storage.modifier.lifetime", kind),
        ("storage", keyword),
        ("variable.language", keyword),
        ("support.macro", definition),
        ("support.function", definition),
        ("support.type", kind),
        ("entity.name.function", definition),
        ("entity.name.macro", definition),
        ("entity.name", kind),
        ("entity.other.attribute-name", kind),
        ("meta.annotation", attribute),
    ]
    .into_iter()
    .filter_map(|(name, style)| Some((Scope::new(name).ok()?, style)))
    .collect()
}

/// Splits code into styled lines; an unknown language stays black.
pub fn lines(code: &str, language: &str) -> Vec<Line> {
    let code = code.trim_end_matches('\n').replace('\t', TAB);
    match syntax(language) {
        Some(syntax) => highlighted(&code, syntax),
        None => plain_lines(&code),
    }
}

fn syntax(language: &str) -> Option<&'static SyntaxReference> {
    let name = match language {
        "ipython" | "ipython3" | "python3" => "python",
        "jsonc" | "json5" => "json",
        "console" | "shell" | "zsh" => "bash",
        "julia" | "toml" | "text" | "" => return None,
        other => other,
    };
    SYNTAXES.find_syntax_by_token(name)
}

fn highlighted(code: &str, syntax: &SyntaxReference) -> Vec<Line> {
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut lines = Vec::new();
    for text in code.split('\n') {
        let with_end = format!("{text}\n");
        // evcxr's own commands are not Rust.
        let command = syntax.name == "Rust" && text.starts_with(':');
        let operations = if command || text.len() > LONGEST_LINE {
            None
        } else {
            state.parse_line(&with_end, &SYNTAXES).ok()
        };
        match operations {
            Some(operations) => lines.push(spans(&with_end, &operations, &mut stack)),
            None => lines.extend(plain_lines(&with_end)),
        }
    }
    lines
}

fn spans(text: &str, operations: &[(usize, ScopeStackOp)], stack: &mut ScopeStack) -> Line {
    let mut line: Line = Vec::new();
    let mut add = |part: &str, stack: &ScopeStack| {
        let part = part.trim_end_matches('\n');
        if part.is_empty() {
            return;
        }
        let style = style(stack);
        match line.last_mut() {
            Some(span) if span.style == style => span.text.push_str(part),
            _ => line.push(Span { text: part.to_owned(), style }),
        }
    };
    let mut start = 0;
    for (position, operation) in operations {
        if let Some(part) = text.get(start..*position) {
            add(part, stack);
            start = *position;
        }
        // A grammar that closes more than it opened only loses a color.
        let _ = stack.apply(operation);
    }
    if let Some(part) = text.get(start..) {
        add(part, stack);
    }
    line
}

fn style(stack: &ScopeStack) -> SpanStyle {
    let rules = &*RULES;
    stack
        .scopes
        .iter()
        .rev()
        .find_map(|scope| rules.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope)))
        .map(|(_, style)| *style)
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(lines: &[Line]) -> String {
        let line = |line: &Line| line.iter().map(|span| span.text.as_str()).collect::<String>();
        lines.iter().map(line).collect::<Vec<_>>().join("\n")
    }

    fn style_of(lines: &[Line], word: &str) -> SpanStyle {
        let mut spans = lines.iter().flatten();
        spans.find(|span| span.text.contains(word)).map(|span| span.style).unwrap_or_default()
    }

    #[test]
    fn nothing_is_lost() {
        let code =
            ":dep a = \"1\"\nfn main() {\n\tlet s = r#\"a\n\nb\"#; // end\n}\n\nlet é = '𝛼';";
        for language in ["rust", "python", "bash", "json", "markdown", "klingon", "html", ""] {
            assert_eq!(text(&lines(code, language)), code.replace('\t', TAB), "{language}");
        }
    }

    #[test]
    fn words_have_their_colors() {
        let lines = lines(":dep x = \"1\"\nlet a: usize = 12; // why\nlet s = \"text\";", "rust");
        assert!(style_of(&lines, "let").bold && style_of(&lines, "why").italic);
        assert_ne!(style_of(&lines, "text"), SpanStyle::default());
        assert_ne!(style_of(&lines, "12"), style_of(&lines, "text"));
        assert_eq!(style_of(&lines, ":dep"), SpanStyle::default());
    }

    #[test]
    fn a_very_long_line_costs_no_time() {
        let code = format!("let a = \"{}\";", "x".repeat(200_000));
        assert_eq!(text(&lines(&code, "rust")), code);
    }
}
