//! What reading came upon, counted by kind.

use polars::prelude::{Column, DataFrame};

use super::alignment::first_few;
use crate::Result;
use crate::notebook::{Rich, escape, frame_html};

/// Examples shown of each kind.
const EXAMPLES: usize = 4;

/// One kind of thing: how many there are, and some of them.
pub(super) struct Finding {
    pub(super) what: &'static str,
    pub(super) count: usize,
    pub(super) examples: Vec<String>,
}

impl Finding {
    /// The first few examples.
    pub(super) fn examples(&self) -> String {
        first_few(&self.examples, EXAMPLES)
    }
}

/// A row for each kind, `first` over the column of their names.
pub(super) fn findings_frame(first: &str, findings: &[Finding]) -> Result<DataFrame> {
    let texts = |name: &str, text: fn(&Finding) -> String| {
        Column::new(name.into(), findings.iter().map(text).collect::<Vec<_>>())
    };
    let counts: Vec<u64> = findings.iter().map(|finding| finding.count as u64).collect();
    let columns = vec![
        texts(first, |finding| finding.what.to_owned()),
        Column::new("count".into(), counts),
        texts("for example", Finding::examples),
    ];
    Ok(DataFrame::new(findings.len(), columns)?)
}

/// The table above the outcome in words; in text, the words with a line for each kind that there is.
pub(super) fn findings_shown(
    words: &str,
    findings: &[Finding],
    line: fn(&Finding) -> String,
    frame: Result<DataFrame>,
) -> Rich {
    let there = findings.iter().filter(|finding| finding.count > 0).map(line);
    let lines: Vec<String> = std::iter::once(words.to_owned()).chain(there).collect();
    let text = Rich::text(lines.join("\n"));
    match frame {
        Ok(frame) => text.html(format!("{}<p>{}</p>", frame_html(&frame), escape(words))),
        Err(_) => text,
    }
}
