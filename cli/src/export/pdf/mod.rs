//! PDF, set by Typst.

mod anchors;
mod glyphs;
mod grid;
mod inline;
mod press;
mod problems;
pub mod source;
mod table;
mod wrap;

pub use press::{Attempt, Press, Printed};
pub use problems::{Entry, Problems};

use clap::ValueEnum;

/// The size of a page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Paper {
    #[default]
    A4,
    Letter,
}

impl Paper {
    fn name(self) -> &'static str {
        match self {
            Self::A4 => "a4",
            Self::Letter => "us-letter",
        }
    }

    /// How many characters of the fixed font stand in one line: the width without the margins of `page.typ`
    /// (2.3 cm and 1.7 cm) and the insets (6 pt each), by 0.602 of 8 pt.
    fn columns(self) -> usize {
        let width: f64 = match self {
            Self::A4 => 595.28,
            Self::Letter => 612.0,
        };
        ((width - 4.0 * 72.0 / 2.54 - 12.0) / (8.0 * 0.6021)).floor() as usize
    }
}
