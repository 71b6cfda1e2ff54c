//! Matrices, arrays and aligned equations in MathML.

use super::super::length::print;
use super::super::rows::Rows;
use super::super::table::{Kind, Line, Table};
use super::super::tree::{Side, Style};
use super::{Writer, attributes_of};

impl Writer {
    /// A matrix or an array.
    pub fn table(&mut self, table: &Table) {
        let class = match (table.is_tagged(), table.kind) {
            (true, _) => "class=\"tex-table tex-tagged\"",
            (false, Kind::Multiline) => "class=\"tex-table tex-lines\"",
            (false, _) => "class=\"tex-table\"",
        };
        let display = format!("{class} displaystyle=\"{}\"", table.style == Style::Display);
        let outer = self.style;
        self.within(table.style, |writer| {
            let small = table.style.is_small() && !outer.is_small();
            let write = |writer: &mut Writer| {
                writer.element("mtable", &display, |writer| {
                    for index in 0..table.rows.len() {
                        writer.element("mtr", "", |writer| writer.cells(table, index));
                    }
                });
            };
            match small {
                true => writer.element("mstyle", attributes_of(table.style), write),
                false => write(writer),
            }
        });
    }

    /// The cells of a row, and its tag.
    fn cells(&mut self, table: &Table, index: usize) {
        let Some(row) = table.rows.get(index) else { return };
        if table.is_tagged() {
            self.element("mtd", "class=\"tex-margin\"", |_| {});
        }
        for column in 0..table.columns.len() {
            let attributes = cell_attributes(table, row, index, column);
            self.element("mtd", &attributes, |writer| {
                if let Some(cell) = row.cells.get(column) {
                    writer.content(cell);
                }
            });
        }
        if table.is_tagged() {
            self.element("mtd", "class=\"tex-margin tex-tag\"", |writer| {
                if let Some(tag) = &row.tag {
                    writer.within(Style::Text, |writer| writer.content(tag));
                }
            });
        }
    }
}

/// The classes and the space of a cell.
fn cell_attributes(table: &Table, row: &Line, index: usize, number: usize) -> String {
    let Some(column) = table.columns.get(number) else { return String::new() };
    let side = match (table.kind, index) {
        (Kind::Multiline, 0) => Side::Left,
        (Kind::Multiline, index) if index + 1 == table.rows.len() => Side::Right,
        _ => column.side,
    };
    let mut classes = vec![class_of(side)];
    let last = index + 1 == table.rows.len();
    classes.extend(table.horizontal.contains(&index).then_some("tex-line-above"));
    classes.extend((last && table.horizontal.contains(&(index + 1))).then_some("tex-line-below"));
    classes.extend(table.vertical.contains(&number).then_some("tex-line-before"));
    let end = number + 1 == table.columns.len();
    classes.extend((end && table.vertical.contains(&(number + 1))).then_some("tex-line-after"));
    let rows = Rows::of(table);
    // A browser's row is as high as its content; half the space that a strut would leave is enough.
    let padding = (rows.gap / 2.0).max(0.15 * table.stretch);
    format!(
        "class=\"{}\" style=\"padding:{} {} {} {}\"",
        classes.join(" "),
        print(padding),
        print(column.after.max(0.0)),
        print((padding + row.gap).max(0.0)),
        print(column.before.max(0.0)),
    )
}

/// The class of a cell that is aligned.
fn class_of(side: Side) -> &'static str {
    match side {
        Side::Left => "tex-left",
        Side::Center => "tex-center",
        Side::Right => "tex-right",
    }
}
