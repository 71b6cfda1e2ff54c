//! Whether what was typed into a console is a whole cell.

use serde_json::{Value, json};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Completeness {
    Complete,
    Incomplete,
    Invalid,
}

/// Answers an is_complete_request.
pub fn reply(code: &str) -> Value {
    match judge(code) {
        Completeness::Complete => json!({ "status": "complete" }),
        Completeness::Incomplete => json!({ "status": "incomplete", "indent": indent(code) }),
        Completeness::Invalid => json!({ "status": "invalid" }),
    }
}

fn judge(code: &str) -> Completeness {
    let rust = without_commands(code);
    match depth(&rust) {
        None => return Completeness::Invalid,
        Some(0) => {}
        Some(_) => return Completeness::Incomplete,
    }
    if syn::parse_str::<syn::Block>(&format!("{{\n{rust}\n}}")).is_ok()
        || syn::parse_file(&rust).is_ok()
    {
        return Completeness::Complete;
    }
    // An operator, a comma or a keyword that wants more at the very end.
    let open = ["=", "+", "-", "*", "/", ",", "(", ".", "&", "|", "let", "fn", "in", "::", "->"];
    if open.iter().any(|end| rust.trim_end().ends_with(end)) {
        Completeness::Incomplete
    } else {
        Completeness::Invalid
    }
}

/// evcxr's own lines (`:dep …`, `!ls`) are whole by themselves.
fn without_commands(code: &str) -> String {
    let is_command = |line: &&str| {
        let line = line.trim_start();
        line.starts_with('!')
            || line
                .strip_prefix(':')
                .is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_alphabetic()))
    };
    code.lines().filter(|line| !is_command(line)).collect::<Vec<_>>().join("\n")
}

/// How many brackets, comments and strings are still open; nothing where one closes that never opened.
fn depth(code: &str) -> Option<usize> {
    let mut open: Vec<char> = Vec::new();
    let letters: Vec<char> = code.chars().collect();
    let mut at = 0;
    while at < letters.len() {
        let next = letters.get(at + 1).copied();
        match letters[at] {
            '/' if next == Some('/') => {
                at += letters[at..].iter().take_while(|letter| **letter != '\n').count();
                continue;
            }
            '/' if next == Some('*') => match end_of_comment(&letters, at) {
                Some(end) => at = end,
                None => return Some(open.len() + 1),
            },
            '"' => match end_of_string(&letters, at) {
                Some(end) => at = end,
                None => return Some(open.len() + 1),
            },
            // A character, unless it is a lifetime.
            '\'' if next == Some('\\') => {
                at += 2 + letters[at + 2..].iter().skip(1).take_while(|l| **l != '\'').count() + 1;
            }
            '\'' if letters.get(at + 2) == Some(&'\'') => at += 2,
            opening @ ('(' | '[' | '{') => open.push(opening),
            closing @ (')' | ']' | '}') => {
                let expected = match closing {
                    ')' => '(',
                    ']' => '[',
                    _ => '{',
                };
                if open.pop() != Some(expected) {
                    return None;
                }
            }
            _ => {}
        }
        at += 1;
    }
    Some(open.len())
}

/// Comments nest in Rust.
fn end_of_comment(letters: &[char], start: usize) -> Option<usize> {
    let mut depth = 0;
    let mut at = start;
    while at + 1 < letters.len() {
        match (letters[at], letters[at + 1]) {
            ('/', '*') => {
                depth += 1;
                at += 1;
            }
            ('*', '/') => {
                depth -= 1;
                at += 1;
                if depth == 0 {
                    return Some(at);
                }
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The closing quote; a raw string ends with as many `#` as it began with.
fn end_of_string(letters: &[char], start: usize) -> Option<usize> {
    let hashes = letters[..start].iter().rev().take_while(|letter| **letter == '#').count();
    let raw = letters[..start - hashes].last() == Some(&'r');
    let mut at = start + 1;
    while at < letters.len() {
        match letters[at] {
            '\\' if !raw => at += 1,
            '"' if !raw => return Some(at),
            '"' if letters[at + 1..].iter().take_while(|letter| **letter == '#').count()
                >= hashes =>
            {
                return Some(at + hashes);
            }
            _ => {}
        }
        at += 1;
    }
    None
}

/// The spaces the next line should begin with.
fn indent(code: &str) -> String {
    let depth = depth(&without_commands(code)).unwrap_or(0);
    "    ".repeat(depth)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_cells() {
        for code in [
            "",
            "1 + 1",
            "let a = 1;\na",
            "fn f(x: i32) -> i32 { x }",
            ":dep rand = \"0.9\"\nuse rand::Rng;",
            "println!(\"{\\\"}\"); // {",
            "let s = r#\"a \" { \"#; let c = '{'; let d = '\\''; fn f<'a>(x: &'a str) {}",
            "/* { /* nested */ } */ 1",
            "#![allow(unused)]\nstruct A;",
        ] {
            assert_eq!(judge(code), Completeness::Complete, "{code}");
        }
    }

    #[test]
    fn cells_that_want_more() {
        for code in ["fn f() {", "let v = vec![1,", "\"abc", "r#\"abc\"", "/* a", "let a =", "a +"]
        {
            assert_eq!(judge(code), Completeness::Incomplete, "{code}");
        }
        assert_eq!(reply("fn f() {\n    if a {")["indent"], "        ");
    }

    #[test]
    fn cells_that_are_wrong() {
        for code in ["fn f() }", "let 1 2 3;", "(]", "struct struct"] {
            assert_eq!(judge(code), Completeness::Invalid, "{code}");
        }
    }
}
