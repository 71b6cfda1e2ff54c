//! The distances of the rows of tables.

use super::table::{Kind, Table};

/// The height and depth of a row, and the space between rows, in em.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rows {
    /// The least height of a row.
    pub height: f64,
    /// The least depth of a row.
    pub depth: f64,
    /// The space between rows, however high they are.
    pub gap: f64,
}

impl Rows {
    /// The measures of a table: lines meet only where rows touch.
    pub fn of(table: &Table) -> Rows {
        if !table.vertical.is_empty() || !table.horizontal.is_empty() {
            let (height, depth) = (0.9 * table.stretch, 0.46 * table.stretch);
            return Rows { height, depth, gap: 0.0 };
        }
        let gap = match table.kind {
            Kind::Matrix => 0.1,
            Kind::Equations | Kind::Multiline => 0.4,
        };
        let (height, depth) = (0.84 * table.stretch, 0.36 * table.stretch);
        match table.kind {
            Kind::Matrix => Rows { height: height - gap / 2.0, depth: depth - gap / 2.0, gap },
            Kind::Equations | Kind::Multiline => {
                Rows { height: height - 0.05, depth: depth - 0.05, gap }
            }
        }
    }
}
