//! Matrices, arrays and aligned equations in Typst code.

use super::super::length::print;
use super::super::rows::Rows;
use super::super::table::{Column, Line, Table};
use super::super::tree::{Node, Side, Style};
use super::{Writer, function_of};

impl Writer {
    /// A matrix or an array, with marks that align its columns.
    pub fn table(&mut self, table: &Table) {
        if table.rows.is_empty() {
            return self.code.push_str("none");
        }
        let rows = Rows::of(table);
        self.code.push_str(&format!("tex-table({}", print(rows.gap)));
        self.lines_of("hline", &table.horizontal, table.rows.len());
        self.lines_of("vline", &table.vertical, table.columns.len());
        for row in &table.rows {
            self.code.push_str(", (");
            self.table_row(table, row, rows);
            self.code.push(')');
        }
        self.code.push(')');
    }

    /// The lines of a table in one direction.
    fn lines_of(&mut self, name: &str, lines: &[usize], most: usize) {
        let lines: Vec<_> =
            lines.iter().filter(|line| **line <= most).map(|line| format!("{line},")).collect();
        if !lines.is_empty() {
            self.code.push_str(&format!(", {name}: ({})", lines.concat()));
        }
    }

    /// A row of a table, held open by a strut.
    fn table_row(&mut self, table: &Table, row: &Line, rows: Rows) {
        let depth = (rows.depth + row.gap).max(0.0);
        let strut = format!("tex-strut({}, {})", print(rows.height.max(0.0)), print(depth));
        for (index, column) in table.columns.iter().enumerate() {
            let strut = if index == 0 { strut.as_str() } else { "none" };
            self.cell(row.cells.get(index), *column, table.style, strut);
        }
        if table.is_tagged() {
            match &row.tag {
                Some(tag) => {
                    // Only a table on a line of its own reaches the margin.
                    let place = if self.margin { "tag(" } else { "tex-beside(" };
                    self.code.push_str("{tex-mark; ");
                    self.code.push_str(place);
                    self.within(Style::Text, |writer| writer.wrap("math.inline", tag));
                    self.code.push_str(")}, ");
                }
                None => self.code.push_str("tex-mark, "),
            }
        }
    }

    /// A cell with the space around it and the mark that aligns it.
    fn cell(&mut self, cell: Option<&Node>, column: Column, style: Style, strut: &str) {
        self.code.push('{');
        if column.side == Side::Left {
            self.code.push_str("tex-mark; ");
        }
        self.code.push_str(function_of(style));
        self.code.push_str(&format!("({{{strut}; h({}); ", print(column.before)));
        if let Some(cell) = cell {
            self.within(style, |writer| writer.content(cell));
            self.code.push_str("; ");
        }
        self.code.push_str(&format!("h({})}})", print(column.after)));
        if column.side == Side::Right {
            self.code.push_str("; tex-mark");
        }
        self.code.push_str("}, ");
    }

    /// One equation on several lines of the page.
    pub fn lines(&mut self, table: &Table) {
        self.code.push_str("tex-lines(tag: ");
        match table.rows.iter().find_map(|row| row.tag.as_ref()) {
            Some(tag) => self.content(tag),
            None => self.code.push_str("none"),
        }
        for row in &table.rows {
            self.code.push_str(", ");
            self.content(&Node::Row(row.cells.clone()));
        }
        self.code.push(')');
    }
}
