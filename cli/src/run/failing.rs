//! What went wrong in a cell: where, and in which words.

use std::sync::LazyLock;

use nbformat::v4::ErrorOutput;
use regex::Regex;
use serde::Serialize;

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
    pub fn new(cell: usize, source: &str, error: &ErrorOutput) -> Self {
        let traceback = error.traceback.join("\n");
        Self {
            cell,
            line: reported_line(&traceback),
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

/// The line a compiler's report is about: the first one it shows with its number in the margin. The
/// place in the report's head is always the start of the cell.
fn reported_line(traceback: &str) -> Option<usize> {
    static MARGIN: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"(?m)^\s*(\d+) [│|] ").ok());
    let plain = console::strip_ansi_codes(traceback).into_owned();
    MARGIN.as_ref()?.captures(&plain)?[1].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reported_lines_are_found_behind_colours() {
        let report =
            "   ╭─[ In[2]:1:1 ]\n   │\n \u{1b}[38;5;246m12 │\u{1b}[0m let s: String = 1;\n";
        assert_eq!(reported_line(report), Some(12));
        assert_eq!(reported_line("no margin"), None);
    }
}
