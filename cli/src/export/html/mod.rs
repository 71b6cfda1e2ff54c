//! HTML, read the way a browser reads it, into what a page is made of.
//!
//! Nothing of it is copied: scripts, styles of the page, frames and whatever else could act are left behind here.

mod element;
mod inline;
mod lists;
mod preformatted;
mod table;

use scraper::{ElementRef, Html, Node};

use super::context::Context;
use super::delimiters;
use super::markdown::Source;
use super::tree::{Alignment, Block, Inline, words};

use element::{Element, alignment, contains_blocks, is_block, is_unseen};

/// Elements nested more deeply are flattened; no page shows such depth, and Typst ends at some.
const DEEPEST: usize = 32;
/// As how many levels a table counts.
const TABLE_DEPTH: usize = 5;

/// Reads HTML of one cell.
pub struct Reader<'a, 'b> {
    pub context: &'a mut Context<'b>,
    /// The formulas that marks stand for; none where mathematics has not been taken out before.
    formulas: Option<&'a [Source]>,
    depth: usize,
}

impl<'a, 'b> Reader<'a, 'b> {
    pub fn new(context: &'a mut Context<'b>, formulas: Option<&'a [Source]>) -> Self {
        Self { context, formulas, depth: 0 }
    }

    pub fn read(&mut self, html: &str) -> Vec<Block> {
        let fragment = Html::parse_fragment(html);
        self.flow(fragment.root_element())
    }

    /// The children of an element, stacked.
    fn flow(&mut self, parent: Element) -> Vec<Block> {
        let mut flow = Flow::default();
        self.depth += 1;
        if self.depth > DEEPEST {
            flow.run.push(Inline::Text(collapsed(&parent.text().collect::<String>())));
        } else {
            for child in parent.children() {
                match child.value() {
                    Node::Text(text) => flow.run.extend(self.text(text)),
                    Node::Element(_) => {
                        if let Some(element) = ElementRef::wrap(child) {
                            self.place(element, &mut flow);
                        }
                    }
                    _ => {}
                }
            }
        }
        self.depth -= 1;
        flow.finish()
    }

    fn place(&mut self, element: Element, flow: &mut Flow) {
        let name = element.value().name();
        if is_unseen(name) {
            return;
        }
        if let Some(anchor) = element.value().id().filter(|_| is_block(name)) {
            flow.block(Block::Anchor(self.context.anchor(anchor)));
        }
        if !is_block(name) {
            if contains_blocks(element) {
                flow.flush();
                flow.blocks.extend(self.flow(element));
            } else {
                flow.run.extend(self.inline(element));
            }
            return;
        }
        flow.flush();
        flow.blocks.extend(self.block(element));
    }

    fn block(&mut self, element: Element) -> Vec<Block> {
        match element.value().name() {
            "h1" => vec![self.heading(1, element)],
            "h2" => vec![self.heading(2, element)],
            "h3" => vec![self.heading(3, element)],
            "h4" => vec![self.heading(4, element)],
            "h5" => vec![self.heading(5, element)],
            "h6" => vec![self.heading(6, element)],
            "hr" => vec![Block::Rule],
            "pre" => vec![self.preformatted(element)],
            "blockquote" => vec![Block::Quote(self.flow(element))],
            "ul" => vec![self.list(element, None)],
            "ol" => {
                let start = element.attr("start").and_then(|start| start.parse().ok()).unwrap_or(1);
                vec![self.list(element, Some(start))]
            }
            "dl" => self.definitions(element),
            "table" => self.table(element),
            "details" => self.details(element),
            "center" => vec![Block::Group {
                blocks: self.flow(element),
                alignment: Some(Alignment::Center),
                indented: false,
            }],
            _ => self.division(element),
        }
    }

    /// A paragraph, a `<div>` or the like.
    fn division(&mut self, element: Element) -> Vec<Block> {
        let blocks = self.flow(element);
        if element.value().classes().any(|class| class == "markdown-alert") {
            return vec![Block::Quote(blocks)];
        }
        match alignment(element) {
            Some(alignment) => {
                vec![Block::Group { blocks, alignment: Some(alignment), indented: false }]
            }
            None => blocks,
        }
    }

    fn heading(&mut self, level: u8, element: Element) -> Block {
        let body = trimmed(self.inlines(element));
        let anchor = self.context.heading_anchor(&words(&body));
        Block::Heading { level, body, anchor }
    }

    /// Shown unfolded: paper cannot be clicked.
    fn details(&mut self, element: Element) -> Vec<Block> {
        let mut blocks = Vec::new();
        for child in element.child_elements().filter(|child| child.value().name() == "summary") {
            let body = vec![Inline::Styled(super::tree::Emphasis::Strong, self.inlines(child))];
            blocks.push(Block::Paragraph { body: trimmed(body), alignment: None });
        }
        let mut flow = Flow::default();
        for child in element.children() {
            match child.value() {
                Node::Text(text) => flow.run.extend(self.text(text)),
                Node::Element(inner) if inner.name() != "summary" => {
                    if let Some(inner) = ElementRef::wrap(child) {
                        self.place(inner, &mut flow);
                    }
                }
                _ => {}
            }
        }
        blocks.push(Block::Group { blocks: flow.finish(), alignment: None, indented: true });
        blocks
    }

    /// Text with the marks of formulas, or with formulas as MathJax finds them on the page.
    fn text(&mut self, text: &str) -> Vec<Inline> {
        let Some(formulas) = self.formulas else { return self.context.mathematics(text) };
        let mut inlines = Vec::new();
        for part in delimiters::find_marks(text) {
            match part {
                Ok(text) => inlines.push(Inline::Text(collapsed(text))),
                Err(number) => {
                    if let Some(formula) = formulas.get(number) {
                        inlines.extend(self.context.formula(formula));
                    }
                }
            }
        }
        inlines
    }

    /// Text as it was written, with formulas as their sources; for code.
    fn verbatim(&self, text: &str) -> String {
        delimiters::find_marks(text)
            .into_iter()
            .map(|part| match part {
                Ok(text) => text,
                Err(number) => self
                    .formulas
                    .and_then(|formulas| formulas.get(number))
                    .map_or("", |formula| &formula.source),
            })
            .collect()
    }
}

/// Blocks, and the run of text that is being gathered for the next one.
#[derive(Default)]
struct Flow {
    blocks: Vec<Block>,
    run: Vec<Inline>,
}

impl Flow {
    fn block(&mut self, block: Block) {
        self.flush();
        self.blocks.push(block);
    }

    /// Ends the run. A displayed formula ends a paragraph, too.
    fn flush(&mut self) {
        let mut body = Vec::new();
        for inline in std::mem::take(&mut self.run) {
            match inline {
                Inline::Formula(formula) if formula.display => {
                    self.paragraph(std::mem::take(&mut body));
                    self.blocks.push(Block::Formula(formula));
                }
                other => body.push(other),
            }
        }
        self.paragraph(body);
    }

    fn paragraph(&mut self, body: Vec<Inline>) {
        let body = trimmed(body);
        if !body.is_empty() {
            self.blocks.push(Block::Paragraph { body, alignment: None });
        }
    }

    fn finish(mut self) -> Vec<Block> {
        self.flush();
        self.blocks
    }
}

/// Runs of white space become one space, as in a browser.
pub fn collapsed(text: &str) -> String {
    let mut result = String::with_capacity(text.len());
    for character in text.chars() {
        if !matches!(character, ' ' | '\n' | '\t' | '\r' | '\u{c}') {
            result.push(character);
        } else if !result.ends_with(' ') {
            result.push(' ');
        }
    }
    result
}

/// Joins neighbouring texts, and drops spaces at the ends and beside line breaks.
fn trimmed(body: Vec<Inline>) -> Vec<Inline> {
    let mut result: Vec<Inline> = Vec::new();
    for inline in body {
        let Inline::Text(text) = inline else {
            if matches!(inline, Inline::Break) {
                trim_end(&mut result);
            }
            result.push(inline);
            continue;
        };
        match result.last_mut() {
            Some(Inline::Text(before)) => {
                let joined = collapsed(&format!("{before}{text}"));
                *before = joined;
            }
            None | Some(Inline::Break) => {
                let text = text.trim_start_matches(' ');
                if !text.is_empty() {
                    result.push(Inline::Text(text.to_owned()));
                }
            }
            Some(_) => result.push(Inline::Text(text)),
        }
    }
    while matches!(result.last(), Some(Inline::Break)) {
        result.pop();
    }
    trim_end(&mut result);
    result
}

fn trim_end(body: &mut Vec<Inline>) {
    if let Some(Inline::Text(text)) = body.last_mut() {
        text.truncate(text.trim_end_matches(' ').len());
        if text.is_empty() {
            body.pop();
        }
    }
}
