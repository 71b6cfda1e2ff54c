//! Where the cells of a table stand when some of them span rows or columns.

use crate::export::tree::{Block, Row, Table, TableCell, words};

/// Tables with longer lines are cut into several, each with the first column.
const MOST_CHARACTERS: usize = 150;
/// Longer cells wrap.
const WIDEST_COLUMN: usize = 36;
/// What the space between two columns is worth.
const GAP: usize = 2;

/// A cell and its place, counted from 0.
pub struct Placed<'a> {
    pub cell: &'a TableCell,
    pub x: usize,
    pub y: usize,
    pub columns: usize,
    pub rows: usize,
}

pub struct Grid<'a> {
    pub columns: usize,
    /// Rows of the head.
    pub head: usize,
    pub cells: Vec<Placed<'a>>,
    /// Whether some texts are so long that they have to be folded.
    pub wraps: bool,
    /// The characters of the longest line in each column; of the words in its head.
    pub widths: Vec<usize>,
}

impl<'a> Grid<'a> {
    /// Places the cells as HTML does. Spans never leave the table.
    pub fn place(table: &'a Table) -> Self {
        let rows = table.rows.len();
        let head = table.rows.iter().take_while(|row| row.head).count();
        let mut taken: Vec<Vec<bool>> = vec![Vec::new(); rows];
        let mut cells = Vec::new();
        for (y, row) in table.rows.iter().enumerate() {
            let last = if y < head { head } else { rows };
            place_row(row, y, last, &mut taken, &mut cells);
        }
        let columns = taken.iter().map(Vec::len).max().unwrap_or(0);
        let mut widths = vec![1_usize; columns];
        for placed in cells.iter().filter(|placed| placed.columns == 1) {
            widths[placed.x] = widths[placed.x].max(width(placed.cell));
        }
        let wraps = widths.iter().any(|width| *width > WIDEST_COLUMN);
        let widths = widths.into_iter().map(|width| width.min(WIDEST_COLUMN)).collect();
        Self { columns, head, cells, wraps, widths }
    }

    /// The columns of each part, so that every part fits on a page; one part for nearly all tables.
    pub fn parts(&self) -> Vec<Vec<usize>> {
        let spans = self.cells.iter().any(|placed| placed.columns > 1);
        let total: usize = self.widths.iter().map(|width| width + GAP).sum();
        if total <= MOST_CHARACTERS || spans {
            return vec![(0..self.columns).collect()];
        }
        let first = self.widths[0] + GAP;
        let room = MOST_CHARACTERS.saturating_sub(first).max(1);
        // Parts of about the same width, instead of full ones and a rest.
        let room = (total - first).div_ceil((total - first).div_ceil(room));
        let mut parts = Vec::new();
        let mut part = vec![0];
        let mut used = 0;
        for (column, width) in self.widths.iter().enumerate().skip(1) {
            if used >= room {
                parts.push(std::mem::replace(&mut part, vec![0]));
                used = 0;
            }
            part.push(column);
            used += width + GAP;
        }
        parts.push(part);
        parts
    }
}

fn place_row<'a>(
    row: &'a Row,
    y: usize,
    last: usize,
    taken: &mut [Vec<bool>],
    cells: &mut Vec<Placed<'a>>,
) {
    let mut x = 0;
    for cell in &row.cells {
        while taken[y].get(x).copied().unwrap_or(false) {
            x += 1;
        }
        let free = (0..cell.columns)
            .take_while(|offset| !taken[y].get(x + offset).copied().unwrap_or(false))
            .count();
        let rows = cell.rows.min(last - y).max(1);
        for line in taken.iter_mut().skip(y).take(rows) {
            if line.len() < x + free {
                line.resize(x + free, false);
            }
            line[x..x + free].fill(true);
        }
        cells.push(Placed { cell, x, y, columns: free, rows });
        x += free;
    }
}

/// A head can be folded between its words, what stands below it should not be.
fn width(cell: &TableCell) -> usize {
    match &cell.blocks[..] {
        [Block::Paragraph { body, .. }] if cell.head => {
            words(body).split(' ').map(|word| word.chars().count()).max().unwrap_or(0)
        }
        blocks => longest_line(blocks),
    }
}

fn longest_line(blocks: &[Block]) -> usize {
    let longest = |block: &Block| match block {
        Block::Paragraph { body, .. } | Block::Heading { body, .. } => words(body).chars().count(),
        Block::Lines { lines, .. } => lines
            .iter()
            .map(|line| line.iter().map(|span| span.text.chars().count()).sum())
            .max()
            .unwrap_or(0),
        Block::Group { blocks, .. } | Block::Quote(blocks) => longest_line(blocks),
        _ => 8,
    };
    blocks.iter().map(longest).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::export::tree::Inline;

    fn cell(columns: usize, rows: usize) -> TableCell {
        let body = vec![Inline::Text("12345678".into())];
        let blocks = vec![Block::Paragraph { body, alignment: None }];
        TableCell { blocks, head: false, columns, rows, alignment: None, background: None }
    }

    fn table(spans: &[&[(usize, usize)]]) -> Table {
        let row = |cells: &&[(usize, usize)]| Row {
            head: false,
            cells: cells.iter().map(|&(columns, rows)| cell(columns, rows)).collect(),
        };
        Table { caption: Vec::new(), rows: spans.iter().map(row).collect() }
    }

    #[test]
    fn spans_push_cells_aside() {
        let table = table(&[&[(1, 2), (2, 1)], &[(1, 1), (1, 9)]]);
        let grid = Grid::place(&table);
        let places: Vec<_> =
            grid.cells.iter().map(|cell| (cell.x, cell.y, cell.columns, cell.rows)).collect();
        assert_eq!(grid.columns, 3);
        assert_eq!(places, [(0, 0, 1, 2), (1, 0, 2, 1), (1, 1, 1, 1), (2, 1, 1, 1)]);
    }

    #[test]
    fn no_two_cells_share_a_place() {
        let table = table(&[&[(1, 1), (1, 3), (1, 1)], &[(3, 1), (1, 1)], &[(1, 1); 5]]);
        let grid = Grid::place(&table);
        let mut seen = std::collections::HashSet::new();
        for placed in &grid.cells {
            for x in placed.x..placed.x + placed.columns {
                for y in placed.y..placed.y + placed.rows {
                    assert!(seen.insert((x, y)), "{x}, {y}");
                    assert!(x < grid.columns && y < 3);
                }
            }
        }
    }

    #[test]
    fn very_wide_tables_come_in_parts() {
        let row = vec![(1, 1); 100];
        let table = table(&[&row, &row]);
        let parts = Grid::place(&table).parts();
        assert!(parts.len() > 3 && parts.iter().all(|part| part[0] == 0));
        let mut all: Vec<usize> = parts.iter().flat_map(|part| part[1..].to_vec()).collect();
        all.dedup();
        assert_eq!(all, (1..100).collect::<Vec<_>>());
    }
}
