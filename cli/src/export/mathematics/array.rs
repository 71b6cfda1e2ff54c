//! Matrices, arrays and aligned equations.

use ratex_parser::parse_node::{AlignSpec, AlignType, ArrayTag, Measurement, ParseNode};

use super::length;
use super::reader::{Reader, style_of, unsupported};
use super::source::Mark;
use super::table::{Column, Kind, Line, Table};
use super::tree::{Node, Side, Style};

/// More rows or columns than any page holds.
const MOST: usize = 400;

/// Half the space between two columns of a matrix, in em.
const HALF: f64 = 0.5;

/// Reads an environment with rows.
pub fn read(reader: Reader, node: &ParseNode) -> Result<Table, String> {
    let ParseNode::Array {
        body,
        row_gaps,
        hlines_before_row,
        cols,
        col_separation_type,
        add_jot,
        arraystretch,
        tags,
        hskip_before_and_after,
        ..
    } = node
    else {
        return Err(unsupported("table"));
    };
    if body.len() > MOST || body.iter().any(|row| row.len() > MOST) {
        return Err("The table is too large".into());
    }
    let own = body.first().and_then(|row| row.first()).map_or(Style::Text, style);
    // In a script, a table is as small as the script.
    let style = if reader.style.is_small() && own == Style::Text { reader.style } else { own };
    let mut rows = Vec::new();
    for (index, cells) in body.iter().enumerate() {
        let cells =
            cells.iter().map(|node| cell(reader, style, node)).collect::<Result<_, String>>()?;
        let tag = tags.as_ref().and_then(|tags| tags.get(index));
        let gap = row_gaps.get(index).and_then(Option::as_ref);
        rows.push(Line { cells, tag: read_tag(tag)?, gap: read_gap(gap) });
    }
    let separation = col_separation_type.as_deref().unwrap_or_default();
    let width = rows.iter().map(|row| row.cells.len()).max().unwrap_or(0);
    let columns = cols.as_deref().unwrap_or_default();
    let (columns, vertical) =
        read_columns(columns, width, separation, *hskip_before_and_after == Some(true));
    let horizontal = (0..hlines_before_row.len()).filter(|row| !hlines_before_row[*row].is_empty());
    let mut table = Table {
        kind: if *add_jot == Some(true) { Kind::Equations } else { Kind::Matrix },
        horizontal: horizontal.collect(),
        rows,
        columns,
        vertical,
        style,
        stretch: arraystretch.clamp(0.1, 10.0),
    };
    obey_mark(&mut table);
    Ok(table)
}

/// The style of a cell, hence of all cells.
fn style(node: &ParseNode) -> Style {
    match node {
        ParseNode::Styling { style, .. } => style_of(*style),
        _ => Style::Display,
    }
}

/// A cell; the table carries its style.
fn cell(reader: Reader, style: Style, node: &ParseNode) -> Result<Node, String> {
    let reader = reader.styled(style);
    let nodes = match node {
        ParseNode::Styling { body, .. } => body.as_slice(),
        node => std::slice::from_ref(node),
    };
    match nodes {
        [ParseNode::OrdGroup { body, .. }] => reader.row(body),
        nodes => reader.row(nodes),
    }
}

/// The tag of a row.
fn read_tag(tag: Option<&ArrayTag>) -> Result<Option<Node>, String> {
    match tag {
        Some(ArrayTag::Explicit(nodes)) if !nodes.is_empty() => tag_of(nodes).map(Some),
        _ => Ok(None),
    }
}

/// A tag, which is text.
pub fn tag_of(nodes: &[ParseNode]) -> Result<Node, String> {
    Reader::new(Style::Text).row(nodes)
}

/// The space after a row.
fn read_gap(gap: Option<&Measurement>) -> f64 {
    gap.map_or(0.0, length::em)
}

/// The columns and the places of vertical lines.
fn read_columns(
    specification: &[AlignSpec],
    width: usize,
    separation: &str,
    outside: bool,
) -> (Vec<Column>, Vec<usize>) {
    let half = match separation {
        "small" => 0.14,
        _ => HALF,
    };
    let mut columns: Vec<Column> = Vec::new();
    let mut vertical = Vec::new();
    for entry in specification {
        if matches!(entry.align_type, AlignType::Separator) {
            vertical.push(columns.len());
            continue;
        }
        let side = match entry.align.as_deref() {
            Some("l") => Side::Left,
            Some("r") => Side::Right,
            _ => Side::Center,
        };
        // Only aligned equations and cases say what space they want; all others share theirs.
        let (before, after) = match (entry.pregap, entry.postgap) {
            (Some(before), Some(after)) => (before, after),
            _ => (half, half),
        };
        columns.push(Column { side, before, after });
    }
    while columns.len() < width {
        columns.push(Column { side: Side::Center, before: half, after: half });
    }
    if !outside && separation != "align" {
        columns.truncate(width.max(1));
        trim(&mut columns);
    }
    if separation == "align" {
        columns.iter_mut().for_each(|column| column.before *= 2.0);
    }
    vertical.dedup();
    (columns, vertical)
}

/// Takes away the space before the first and after the last column.
fn trim(columns: &mut [Column]) {
    if let Some(first) = columns.first_mut() {
        first.before = 0.0;
    }
    if let Some(last) = columns.last_mut() {
        last.after = 0.0;
    }
}

/// Environments the parser does not know come as others, with a mark in the first cell.
fn obey_mark(table: &mut Table) {
    let Some(cell) = table.rows.first_mut().and_then(|row| row.cells.first_mut()) else { return };
    let Some(mark) = take_mark(cell) else { return };
    match mark {
        Mark::Multiline => table.kind = Kind::Multiline,
        Mark::Alternating => {
            table.kind = Kind::Equations;
            for column in &mut table.columns {
                (column.before, column.after) = (0.14, 0.14);
            }
            trim(&mut table.columns);
        }
    }
}

/// Removes the mark from a cell.
fn take_mark(cell: &mut Node) -> Option<Mark> {
    let mark_of = |node: &Node| match node {
        Node::Words(text, _) => Mark::of(text),
        _ => None,
    };
    let mark = match &*cell {
        Node::Row(nodes) => mark_of(nodes.first()?)?,
        node => mark_of(node)?,
    };
    match cell {
        Node::Row(nodes) => drop(nodes.remove(0)),
        node => *node = Node::Row(Vec::new()),
    }
    Some(mark)
}

/// Lines broken outside any environment are rows, too.
pub fn of_lines(node: Node) -> Node {
    let nodes = match node {
        Node::Row(nodes) if nodes.iter().any(|node| matches!(node, Node::Break)) => nodes,
        node => return node,
    };
    let lines = nodes.split(|node| matches!(node, Node::Break));
    let rows = lines.filter(|line| !line.is_empty()).map(|line| Line {
        cells: vec![Node::row(line.to_vec())],
        tag: None,
        gap: 0.0,
    });
    Node::Table(Table::of_rows(rows.collect()))
}
