//! Places that links go to.

use std::collections::HashMap;

use crate::export::tree::{Block, Content, Inline, Page};

/// Typst refuses links to places that don't exist, and places with the same name.
pub fn labels(page: &Page) -> HashMap<String, String> {
    let mut names = Vec::new();
    for section in &page.sections {
        match &section.content {
            Content::Text(blocks) => collect_anchors(blocks, &mut names),
            Content::Code { outputs, .. } => {
                outputs.iter().for_each(|output| collect_anchors(&output.blocks, &mut names));
            }
        }
    }
    let mut labels = HashMap::new();
    for name in names {
        let number = labels.len();
        labels.entry(name).or_insert_with(|| format!("place-{number}"));
    }
    labels
}

fn collect_anchors(blocks: &[Block], names: &mut Vec<String>) {
    for block in blocks {
        match block {
            Block::Anchor(name) => names.push(name.clone()),
            Block::Heading { anchor, body, .. } => {
                names.push(anchor.clone());
                collect_inline_anchors(body, names);
            }
            Block::Paragraph { body, .. } => collect_inline_anchors(body, names),
            Block::List { items, .. } => items.iter().for_each(|item| collect_anchors(item, names)),
            Block::Quote(blocks) | Block::Group { blocks, .. } => collect_anchors(blocks, names),
            Block::Table(table) => {
                for cell in table.rows.iter().flat_map(|row| &row.cells) {
                    collect_anchors(&cell.blocks, names);
                }
            }
            Block::Lines { .. } | Block::Formula(_) | Block::Rule | Block::Notice(_) => {}
        }
    }
}

fn collect_inline_anchors(body: &[Inline], names: &mut Vec<String>) {
    for inline in body {
        match inline {
            Inline::Anchor(name) => names.push(name.clone()),
            Inline::Styled(_, body) | Inline::Colored { body, .. } | Inline::Link { body, .. } => {
                collect_inline_anchors(body, names);
            }
            _ => {}
        }
    }
}
