//! Tables as Typst source.

use crate::export::literal::quote;
use crate::export::tree::{Block, Inline, Table};

use super::grid::{Grid, Placed};
use super::source::Writer;

/// Heads of columns are not folded below this width, in characters.
const NARROWEST_HEAD: usize = 10;

impl Writer<'_> {
    pub fn table(&mut self, table: &Table) -> String {
        let grid = Grid::place(table);
        let mut caption =
            if table.caption.is_empty() { "none".into() } else { self.inlines(&table.caption) };
        let mut code = String::from("{\n");
        for part in grid.parts() {
            let mut body = String::from("(");
            let (head, rest): (Vec<_>, Vec<_>) = grid
                .cells
                .iter()
                .filter(|placed| placed.columns > 1 || part.contains(&placed.x))
                .partition(|placed| placed.y < grid.head);
            let mut add = |cells: &[&Placed], body: &mut String| {
                for placed in cells {
                    let room = grid.widths.get(placed.x).copied().unwrap_or(1);
                    body.push_str(&self.cell(placed, &part, room));
                }
            };
            if !head.is_empty() {
                body.push_str("table.header(");
                add(&head, &mut body);
                body.push_str("),");
            }
            add(&rest, &mut body);
            body.push(')');
            code.push_str(&format!(
                "frame({}, {}, {}, {}, {caption}, {body})\n",
                part.len(),
                grid.head,
                table.rows.len(),
                grid.wraps
            ));
            caption = "none".into();
        }
        code.push('}');
        code
    }

    fn cell(&mut self, placed: &Placed, part: &[usize], room: usize) -> String {
        let x = part.iter().position(|&column| column == placed.x).unwrap_or(placed.x);
        let cell = placed.cell;
        let body = match &cell.blocks[..] {
            [Block::Paragraph { body, alignment: None }] if placed.columns == 1 && cell.head => {
                self.inlines(&folded(body, room))
            }
            [Block::Paragraph { body, alignment: None }] => self.inlines(body),
            blocks => self.blocks(blocks, 1),
        };
        let body = if cell.head { format!("strong({body})") } else { body };
        let mut options = format!("x: {x}, y: {}", placed.y);
        if placed.columns > 1 {
            options.push_str(&format!(", colspan: {}", placed.columns));
        }
        if placed.rows > 1 {
            options.push_str(&format!(", rowspan: {}", placed.rows));
        }
        if let Some(alignment) = cell.alignment {
            options.push_str(&format!(", align: {}", alignment.name()));
        }
        if let Some(color) = cell.background {
            options.push_str(&format!(", fill: rgb({})", quote(&color.hexadecimal())));
        }
        format!("table.cell({options}, {body}),\n")
    }
}

/// The texts of a head in lines no wider than their column.
fn folded(body: &[Inline], room: usize) -> Vec<Inline> {
    let room = room.max(NARROWEST_HEAD);
    let mut result = Vec::new();
    for inline in body {
        let Inline::Text(text) = inline else {
            result.push(inline.clone());
            continue;
        };
        let mut line = String::new();
        for word in text.split_inclusive(' ') {
            if !line.is_empty() && line.chars().count() + word.trim_end().chars().count() > room {
                result.push(Inline::Text(std::mem::take(&mut line).trim_end().to_owned()));
                result.push(Inline::Break);
            }
            line.push_str(word);
        }
        result.push(Inline::Text(line));
    }
    result
}
