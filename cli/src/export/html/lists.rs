//! Lists and definitions.

use scraper::ElementRef;

use super::Reader;
use super::element::Element;
use crate::export::tree::{Block, Emphasis, Inline};

impl Reader<'_, '_> {
    pub(super) fn list(&mut self, element: Element, start: Option<u64>) -> Block {
        let mut items: Vec<Vec<Block>> = Vec::new();
        for child in element.children().filter_map(ElementRef::wrap) {
            let blocks = self.flow_of_item(child);
            // Browsers also show what stands in a list without being one of its items.
            match items.last_mut() {
                Some(last) if child.value().name() != "li" => last.extend(blocks),
                _ => items.push(blocks),
            }
        }
        Block::List { start, items }
    }

    fn flow_of_item(&mut self, element: Element) -> Vec<Block> {
        let mut blocks = match element.value().name() {
            "ul" => vec![self.list(element, None)],
            "ol" => vec![self.list(element, Some(1))],
            _ => self.flow(element),
        };
        if let Some(anchor) = element.value().id() {
            blocks.insert(0, Block::Anchor(self.context.anchor(anchor)));
        }
        blocks
    }

    pub(super) fn definitions(&mut self, element: Element) -> Vec<Block> {
        let mut blocks = Vec::new();
        for child in element.child_elements() {
            if child.value().name() == "dd" {
                let inner = self.flow(child);
                blocks.push(Block::Group { blocks: inner, alignment: None, indented: true });
            } else {
                let body = vec![Inline::Styled(Emphasis::Strong, self.inlines(child))];
                blocks.push(Block::Paragraph { body, alignment: None });
            }
        }
        blocks
    }
}
