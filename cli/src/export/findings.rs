//! What the reader of an exported notebook would miss, cell by cell.

use serde::Serialize;

/// What is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// No code cell of the notebook was ever run.
    NotExecuted,
    /// This cell was never run.
    NeverRun,
    /// The cell ends in a value, and shows none.
    NoOutput,
    /// The cell ended in an error.
    Error,
    MissingImage,
    RemoteImage,
    /// A picture from outside the notebook's folder.
    RefusedImage,
    BrokenImage,
    /// A formula that could not be set.
    Formula,
    /// An output of a type that cannot be drawn.
    UnsupportedOutput,
    /// Characters that no font has.
    MissingGlyph,
    /// Larger than what can be handed in.
    Size,
}

/// One thing that is wrong, and where.
#[derive(Clone, Debug, Serialize)]
pub struct Finding {
    pub kind: Kind,
    /// The position of the cell in the notebook, from 1; none for the notebook as a whole.
    pub cell: Option<usize>,
    pub message: String,
}

/// The findings of one export, in the order they came up.
#[derive(Default)]
pub struct Findings(Vec<Finding>);

impl Findings {
    pub fn add(&mut self, kind: Kind, cell: Option<usize>, message: impl Into<String>) {
        // It is printed on a terminal, which text of a notebook shall not command.
        let message = message.into().replace(|sign: char| sign.is_control(), "\u{FFFD}");
        self.0.push(Finding { kind, cell, message });
    }

    pub fn list(&self) -> &[Finding] {
        &self.0
    }
}
