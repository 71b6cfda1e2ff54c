//! Tables: rows, spans, and the looks of cells.

use super::element::{Element, alignment, background};
use super::{Reader, TABLE_DEPTH, trimmed};
use crate::export::tree::{Block, Row, Table, TableCell};

/// As browsers limit them.
const WIDEST_SPAN: usize = 1_000;

impl Reader<'_, '_> {
    pub(super) fn table(&mut self, element: Element) -> Vec<Block> {
        let mut table = Table::default();
        self.depth += TABLE_DEPTH;
        for child in element.child_elements() {
            match child.value().name() {
                "caption" => {
                    let caption = self.inlines(child);
                    table.caption = trimmed(caption);
                }
                "thead" => self.rows(child, true, &mut table),
                "tbody" | "tfoot" => self.rows(child, false, &mut table),
                "tr" => {
                    let row = self.row(child, false);
                    table.rows.push(row);
                }
                _ => {}
            }
        }
        self.depth -= TABLE_DEPTH;
        promote_head(&mut table);
        table.rows.retain(|row| !row.cells.is_empty());
        if table.rows.is_empty() && table.caption.is_empty() {
            return Vec::new();
        }
        vec![Block::Table(table)]
    }

    fn rows(&mut self, section: Element, head: bool, table: &mut Table) {
        for child in section.child_elements().filter(|child| child.value().name() == "tr") {
            let row = self.row(child, head);
            table.rows.push(row);
        }
    }

    fn row(&mut self, element: Element, head: bool) -> Row {
        let cells = element
            .child_elements()
            .filter(|child| matches!(child.value().name(), "td" | "th"))
            .map(|child| self.cell(child, element))
            .collect();
        Row { head, cells }
    }

    fn cell(&mut self, element: Element, row: Element) -> TableCell {
        let span = |name: &str| {
            let number = element.attr(name).and_then(|text| text.trim().parse().ok());
            number.unwrap_or(1_usize).clamp(1, WIDEST_SPAN)
        };
        TableCell {
            blocks: self.flow(element),
            head: element.value().name() == "th",
            columns: span("colspan"),
            rows: span("rowspan"),
            alignment: alignment(element).or_else(|| alignment(row)),
            background: background(element).or_else(|| background(row)),
        }
    }
}

/// A table without `<thead>` whose first row is all `<th>` has a head all the same.
fn promote_head(table: &mut Table) {
    if table.rows.iter().all(|row| !row.head)
        && let Some(first) = table.rows.first_mut()
    {
        first.head = !first.cells.is_empty() && first.cells.iter().all(|cell| cell.head);
    }
}
