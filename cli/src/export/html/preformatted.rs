//! `<pre>`: text in columns of equal width, perhaps with colors.

use scraper::{ElementRef, Node};

use super::element::{Element, background, foreground, property};
use super::{DEEPEST, Reader};
use crate::export::highlight;
use crate::export::tree::{Block, Line, Span, SpanStyle};

impl Reader<'_, '_> {
    pub(super) fn preformatted(&mut self, element: Element) -> Block {
        let code = element.child_elements().find(|child| child.value().name() == "code");
        let language = code.and_then(|code| {
            code.value().classes().find_map(|class| class.strip_prefix("language-"))
        });
        if let Some(language) = language {
            let text = self.verbatim(&element.text().collect::<String>());
            let name = language.split([',', ' ']).next().unwrap_or_default().to_lowercase();
            return Block::Lines { lines: highlight::lines(&text, &name), framed: true };
        }
        let mut lines = vec![Line::new()];
        self.gather(element, SpanStyle::default(), 0, &mut lines);
        if lines.last().is_some_and(Vec::is_empty) {
            lines.pop();
        }
        Block::Lines { lines, framed: code.is_some() }
    }

    fn gather(&self, element: Element, style: SpanStyle, depth: usize, lines: &mut Vec<Line>) {
        if depth > DEEPEST {
            return push(&self.verbatim(&element.text().collect::<String>()), style, lines);
        }
        for child in element.children() {
            match child.value() {
                Node::Text(text) => push(&self.verbatim(text), style, lines),
                Node::Element(_) => {
                    if let Some(inner) = ElementRef::wrap(child) {
                        self.gather(inner, inherited(inner, style), depth + 1, lines);
                    }
                }
                _ => {}
            }
        }
    }
}

fn inherited(element: Element, outer: SpanStyle) -> SpanStyle {
    let name = element.value().name();
    SpanStyle {
        foreground: foreground(element).or(outer.foreground),
        background: background(element).or(outer.background),
        bold: outer.bold
            || matches!(name, "b" | "strong")
            || property(element, "font-weight").is_some_and(|weight| weight.contains("bold")),
        italic: outer.italic
            || matches!(name, "i" | "em")
            || property(element, "font-style").is_some_and(|style| style.contains("italic")),
        underlined: outer.underlined || matches!(name, "u" | "ins"),
    }
}

fn push(text: &str, style: SpanStyle, lines: &mut Vec<Line>) {
    for (index, part) in text.split('\n').enumerate() {
        if index > 0 {
            lines.push(Line::new());
        }
        if let (false, Some(line)) = (part.is_empty(), lines.last_mut()) {
            line.push(Span { text: part.replace('\t', "        "), style });
        }
    }
}
