//! Legends beside or below a panel, never on the data.

use super::canvas::{Area, Canvas, TextStyle};
use super::style::{Color, GAP, TEXT, TICK_SIZE};

/// Height of a row.
const ROW: f64 = 15.5;
/// Width of a sample and its distance to the label.
const SAMPLE: f64 = 18.0;
/// Labels longer than this are shortened.
const LONGEST: f64 = 170.0;
/// Distance between columns, and between panel and legend.
const APART: f64 = 14.0;

/// What stands before a label.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Sample {
    /// A piece of a line of some width.
    Line(f64),
    Disc,
    /// A filled square, for bars and bands.
    Square,
    /// A dashed line.
    Dashed,
    /// Nothing: the row is a heading.
    Heading,
}

#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Entry {
    pub(crate) label: String,
    pub(crate) color: Color,
    pub(crate) sample: Sample,
}

/// The largest share of the width that a legend beside a panel takes.
const BESIDE: f64 = 0.4;
/// Height of the title and the margins.
const HEAD: f64 = 60.0;

/// A laid out legend.
pub(crate) struct Legend {
    entries: Vec<Entry>,
    column_width: f64,
    columns: usize,
    rows: usize,
    beside: bool,
}

impl Legend {
    /// Places entries to the right of the panel where their names leave it at least 60 % of the width, else below it.
    /// What finds no room is counted in the last entry.
    pub(crate) fn new(canvas: &Canvas, entries: Vec<Entry>, size: [f64; 2]) -> Self {
        Self::within(canvas, entries, size, BESIDE)
    }

    /// As [`new`](Self::new), for a panel that is no better for being wider than it is high: beside it only where
    /// that leaves a width as large as the height.
    pub(crate) fn for_square(canvas: &Canvas, entries: Vec<Entry>, size: [f64; 2]) -> Self {
        let spare = (size[0] - (size[1] - HEAD)) / size[0];
        Self::within(canvas, entries, size, spare.min(BESIDE))
    }

    /// Places entries beside the panel where they take no more than a share of the width.
    fn within(canvas: &Canvas, mut entries: Vec<Entry>, size: [f64; 2], share: f64) -> Self {
        for entry in &mut entries {
            entry.label = canvas.fonts.shorten(&entry.label, TICK_SIZE, LONGEST);
        }
        let names = entries.iter().map(|entry| entry.label.as_str());
        let column_width = SAMPLE + GAP + canvas.widest(names, TICK_SIZE) + APART;
        let rows_beside = ((size[1] - HEAD) / ROW).floor().max(1.0) as usize;
        let columns_beside = entries.len().div_ceil(rows_beside).max(1);
        let beside = columns_beside as f64 * column_width <= share * size[0];
        let (columns, rows) = if beside {
            (columns_beside, entries.len().div_ceil(columns_beside))
        } else {
            let columns = (((size[0] - 20.0) / column_width).floor() as usize).max(1);
            let room = (0.35 * size[1] / ROW).floor().max(1.0) as usize;
            (columns, entries.len().div_ceil(columns).min(room))
        };
        let places = columns * rows;
        if entries.len() > places {
            let hidden = entries.len() - (places - 1);
            entries.truncate(places - 1);
            let (label, color) = (format!("and {hidden} more"), TEXT);
            entries.push(Entry { label, color, sample: Sample::Heading });
        }
        Self { entries, column_width, columns, rows, beside }
    }

    /// Width on the right and height at the bottom to keep free.
    pub(crate) fn kept(&self) -> [f64; 2] {
        match (self.entries.is_empty(), self.beside) {
            (true, _) => [0.0, 0.0],
            (false, true) => [self.columns as f64 * self.column_width, 0.0],
            (false, false) => [0.0, self.rows as f64 * ROW + GAP],
        }
    }

    /// Draws the legend next to a panel that ends at a right border and starts at a top.
    pub(crate) fn draw(&self, canvas: &mut Canvas, right: f64, top: f64, size: [f64; 2]) {
        let [left, top] = if self.beside {
            [right + APART, top]
        } else {
            let wide = self.columns.min(self.entries.len()) as f64 * self.column_width - APART;
            [(size[0] - wide) / 2.0, size[1] - GAP - self.rows as f64 * ROW]
        };
        for (index, entry) in self.entries.iter().enumerate() {
            // Beside the panel columns are read downwards, below it rows to the right.
            let (column, row) = if self.beside {
                (index / self.rows, index % self.rows)
            } else {
                (index % self.columns, index / self.columns)
            };
            let x = left + column as f64 * self.column_width;
            let y = top + (row as f64 + 0.5) * ROW;
            match entry.sample {
                Sample::Line(width) => {
                    canvas.line(vec![[x, y], [x + SAMPLE, y]], entry.color, width);
                }
                Sample::Square => {
                    let middle = x + SAMPLE / 2.0;
                    let area = Area {
                        left: middle - 5.5,
                        right: middle + 5.5,
                        top: y - 5.5,
                        bottom: y + 5.5,
                    };
                    canvas.rectangle(area, entry.color);
                }
                Sample::Dashed => canvas.dashed([x, y], [x + SAMPLE, y], entry.color, 1.3),
                Sample::Disc => canvas.disc([x + SAMPLE / 2.0, y], 5.0, entry.color),
                Sample::Heading => {}
            }
            let indent = if entry.sample == Sample::Heading { 0.0 } else { SAMPLE + GAP };
            let style = TextStyle::new(TICK_SIZE, TEXT);
            canvas.centred_text([x + indent, y], entry.label.as_str(), style);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Result;

    fn entries(count: usize, name: &str) -> Vec<Entry> {
        (0..count)
            .map(|index| Entry {
                label: format!("{name}{index}"),
                color: TEXT,
                sample: Sample::Line(1.0),
            })
            .collect()
    }

    #[test]
    fn few_short_names_go_beside_and_many_long_ones_below() -> Result<()> {
        let canvas = Canvas::new()?;
        let size = [640.0, 400.0];
        assert_eq!(Legend::new(&canvas, entries(20, "AAPL"), size).kept()[1], 0.0);
        let below = Legend::new(&canvas, entries(60, "a rather long name "), size);
        assert_eq!(below.kept()[0], 0.0);
        assert!(below.kept()[1] < 0.4 * 400.0);
        Ok(())
    }

    #[test]
    fn entries_without_room_are_counted() -> Result<()> {
        let canvas = Canvas::new()?;
        let legend = Legend::new(&canvas, entries(500, "a rather long name "), [640.0, 400.0]);
        let shown = legend.entries.len() - 1;
        assert_eq!(legend.entries[shown].label, format!("and {} more", 500 - shown));
        Ok(())
    }
}
