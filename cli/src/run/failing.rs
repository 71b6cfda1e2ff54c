//! What went wrong in a cell: where, and in which words.

use std::path::Path;
use std::sync::LazyLock;

use nbformat::v4::ErrorOutput;
use regex::Regex;
use serde::Serialize;

use crate::kernel::relay::Outcome;

/// A failing cell, for the summary and for `--json`.
#[derive(Clone, Debug, Serialize)]
pub struct CellFailure {
    /// Position among the code cells, from 1; the number in `In [ ]`.
    pub cell: usize,
    /// Line of the cell, from 1, where it is known.
    pub line: Option<usize>,
    pub name: String,
    pub message: String,
    #[serde(skip)]
    pub source: String,
    #[serde(skip)]
    pub traceback: String,
}

impl CellFailure {
    /// Describes the first error among a cell's outputs.
    pub fn new(cell: usize, source: &str, error: &ErrorOutput, line: Option<usize>) -> Self {
        let traceback = error.traceback.join("\n");
        Self {
            cell,
            line: line.or_else(|| reported_line(&traceback)),
            name: error.ename.clone(),
            message: console::strip_ansi_codes(&error.evalue).trim().to_owned(),
            source: source.to_owned(),
            traceback,
        }
    }

    /// The traceback, where it says more than the message.
    pub fn report(&self) -> Option<&str> {
        let plain = console::strip_ansi_codes(&self.traceback).into_owned();
        let repeats = plain.trim_end().ends_with(&self.message);
        (!repeats && !plain.trim().is_empty()).then_some(self.traceback.as_str())
    }
}

/// The error output for a cell that panicked or left by `?`, which evcxr reports as successful, from what
/// it said on standard error.
pub fn silent_error(outcome: Outcome, said: &str) -> ErrorOutput {
    let (name, message) = match outcome {
        Outcome::Panicked => ("Panic", panic_message(said)),
        Outcome::LeftByError => ("Error", last_paragraph(said)),
    };
    let traceback = vec![format!("{name}: {message}")];
    ErrorOutput { ename: name.into(), evalue: message, traceback }
}

/// `thread 'main' panicked at src/lib.rs:12:5:` and what follows, up to the backtrace.
fn panic_message(stderr: &str) -> String {
    let lines: Vec<&str> = stderr.lines().collect();
    let Some(start) = lines
        .iter()
        .rposition(|line| line.starts_with("thread '") && line.contains(" panicked at "))
    else {
        return last_paragraph(stderr);
    };
    let end = |line: &&&str| !line.starts_with("stack backtrace:") && !line.starts_with("note: ");
    let message: Vec<&str> = lines[start + 1..].iter().take_while(end).copied().collect();
    message.join("\n").trim().to_owned()
}

fn last_paragraph(text: &str) -> String {
    let lines: Vec<&str> = text.trim_end().lines().collect();
    let start = lines.iter().rposition(|line| line.trim().is_empty()).map_or(0, |index| index + 1);
    lines[start..].join("\n")
}

/// The line a compiler's report is about: the first one it shows with its number in the margin. The
/// place in the report's head is always the start of the cell.
fn reported_line(traceback: &str) -> Option<usize> {
    static MARGIN: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?m)^\s*(\d+) [│|] ").ok());
    let plain = console::strip_ansi_codes(traceback).into_owned();
    MARGIN.as_ref()?.captures(&plain)?[1].parse().ok()
}

/// The reader's line behind a panic: evcxr's generated source is looked up at the reported place, and
/// the text there is searched in the cell.
pub fn panic_line(stderr: &str, kernel_home: &Path, cell: &str) -> Option<usize> {
    static PLACE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"src/lib\.rs:(\d+):\d+").ok());
    let generated = std::fs::read_to_string(kernel_home.join("crate/src/lib.rs")).ok()?;
    let generated: Vec<&str> = generated.lines().collect();
    let places = PLACE.as_ref()?.captures_iter(stderr);
    places
        .filter_map(|place| generated.get(place[1].parse::<usize>().ok()?.checked_sub(1)?).copied())
        .find_map(|text| line_of(cell, text))
}

/// The line of the cell that makes up a generated line, if just one does. A cell's last expression
/// stands inside evcxr's display call.
fn line_of(cell: &str, generated: &str) -> Option<usize> {
    let generated = generated.trim();
    let matching = |line: &&str| {
        let line = line.trim();
        line.len() > 1 && (line == generated || generated.contains(line))
    };
    let found: Vec<usize> = cell
        .lines()
        .enumerate()
        .filter(|(_, line)| matching(line))
        .map(|(index, _)| index + 1)
        .collect();
    match found.as_slice() {
        [only] => Some(*only),
        several => several.iter().copied().find(|number| {
            cell.lines().nth(number - 1).is_some_and(|line| line.trim() == generated)
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_panic_is_quoted_without_its_backtrace() {
        let stderr = "warming up\n\nthread '<unnamed>' (42) panicked at src/lib.rs:12:5:\nindex out of bounds\nthe len is 3\nstack backtrace:\n   0: rust_begin_unwind\n";
        assert_eq!(panic_message(stderr), "index out of bounds\nthe len is 3");
        assert_eq!(panic_message("something else"), "something else");
    }

    #[test]
    fn reported_lines_are_found_behind_colours() {
        let report =
            "   ╭─[ In[2]:1:1 ]\n   │\n \u{1b}[38;5;246m12 │\u{1b}[0m let s: String = 1;\n";
        assert_eq!(reported_line(report), Some(12));
        assert_eq!(reported_line("no margin"), None);
    }

    #[test]
    fn generated_lines_lead_back_to_the_cell() {
        let cell = "let v = vec![1];\nlet i = 7;\nv[i]";
        assert_eq!(line_of(cell, "(v[i]).evcxr_display();"), Some(3));
        assert_eq!(line_of(cell, "let i = 7;"), Some(2));
        assert_eq!(line_of("a();\na();", "b();"), None);
    }
}
