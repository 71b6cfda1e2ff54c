//! Tables: matrices, arrays, aligned equations.

use super::tree::{Node, Side, Style};

/// What a table is, as far as it decides the look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A matrix, an array, cases.
    Matrix,
    /// Equations below each other.
    Equations,
    /// One equation broken into lines: the first at the left, the last at the right.
    Multiline,
}

/// Rows and columns.
#[derive(Clone, Debug)]
pub struct Table {
    /// What the table is.
    pub kind: Kind,
    /// The rows.
    pub rows: Vec<Line>,
    /// The columns; a row may have fewer cells.
    pub columns: Vec<Column>,
    /// The numbers of the columns before which a vertical line stands.
    pub vertical: Vec<usize>,
    /// The numbers of the rows before which a horizontal line stands.
    pub horizontal: Vec<usize>,
    /// The style of the cells.
    pub style: Style,
    /// The distance of the lines relative to the normal one.
    pub stretch: f64,
}

/// A row of a table.
#[derive(Clone, Debug)]
pub struct Line {
    /// The cells.
    pub cells: Vec<Node>,
    /// The tag at the margin.
    pub tag: Option<Node>,
    /// Additional space after the row, in em.
    pub gap: f64,
}

/// A column of a table.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    /// The alignment of the cells.
    pub side: Side,
    /// The space before the cells, in em.
    pub before: f64,
    /// The space after the cells, in em.
    pub after: f64,
}

impl Table {
    /// Centred rows of one cell each.
    pub fn of_rows(rows: Vec<Line>) -> Table {
        Table {
            kind: Kind::Equations,
            rows,
            columns: vec![Column { side: Side::Center, before: 0.0, after: 0.0 }],
            vertical: Vec::new(),
            horizontal: Vec::new(),
            style: Style::Display,
            stretch: 1.0,
        }
    }

    /// Whether any row has a tag.
    pub fn is_tagged(&self) -> bool {
        self.rows.iter().any(|row| row.tag.is_some())
    }
}
