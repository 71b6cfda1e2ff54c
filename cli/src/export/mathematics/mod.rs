//! The mathematics of a notebook: TeX in the dialect of MathJax, set as Typst code for PDF and
//! as MathML Core for HTML.
//!
//! The template of a page needs [`TYPST`] and [`CSS`]. No text of a formula reaches the Typst
//! code but inside string literals.

mod alphabet;
mod array;
mod color;
mod decoration;
mod definition;
mod length;
mod mathml;
mod merge;
mod reader;
mod rows;
mod scanner;
mod source;
mod spacing;
mod symbol;
mod table;
mod tree;
mod typst;
mod words;

#[cfg(test)]
pub mod tests;

use ratex_parser::{ParseNode, Parser};

use definition::Definitions;
use reader::Reader;
use source::Context;
use table::{Line, Table};
use tree::{Node, Style};

/// The functions that the Typst code of formulas calls.
pub const TYPST: &str = include_str!("mathematics.typ");

/// The rules for the classes that the MathML of formulas uses.
pub const CSS: &str = include_str!("mathematics.css");

/// The longest source of a formula, in bytes.
const LONGEST: usize = 20_000;

/// What the formulas of one notebook share: macros that carry over, and labels.
#[derive(Clone, Debug, Default)]
pub struct Mathematics {
    definitions: Definitions,
    context: Context,
}

impl Mathematics {
    /// First pass, in the order of the document: learns the labels, so that a reference can
    /// stand before its equation.
    pub fn announce(&mut self, source: &str) {
        if source.len() <= LONGEST {
            let mut context = self.context.clone();
            if source::rewrite(source, &mut context).is_ok() {
                self.context.labels = context.labels;
            }
        }
    }

    /// Second pass, in the order of the document: sets one formula, given without the dollar
    /// signs around it; it may be a whole environment. The error is a reason in plain words.
    pub fn set(&mut self, source: &str, display: bool) -> Result<Formula, String> {
        if source.len() > LONGEST {
            return Err(format!("The formula is longer than {LONGEST} bytes"));
        }
        let source = source::rewrite(source, &mut self.context)?;
        let defines = !source.names.is_empty();
        let mut parser = Parser::new(&source.text);
        self.definitions.teach(&mut parser);
        let nodes = parser.parse();
        self.definitions.learn(&parser, source.names);
        let nodes = nodes.map_err(|error| plain(&error.message))?;
        let style = if display { Style::Display } else { Style::Text };
        let body = array::of_lines(Reader::new(style).row(&nodes)?);
        let formula = Formula { body: tagged(&nodes, body)?, display, defines };
        formula.fits()
    }
}

/// The parser's reason on one line.
fn plain(message: &str) -> String {
    let mut reason: String = message.split_whitespace().collect::<Vec<_>>().join(" ");
    if let Some((end, _)) = reason.char_indices().nth(200) {
        reason.truncate(end);
        reason.push('…');
    }
    reason
}

/// A formula with a tag outside any environment is a table of one row.
fn tagged(nodes: &[ParseNode], body: Node) -> Result<Node, String> {
    let tag = nodes.iter().find_map(|node| match node {
        ParseNode::Tag { tag, .. } => Some(tag),
        _ => None,
    });
    let Some(tag) = tag else { return Ok(body) };
    let tag = Some(array::tag_of(tag)?);
    Ok(Node::Table(Table::of_rows(vec![Line { cells: vec![body], tag, gap: 0.0 }])))
}

/// A formula that is set.
#[derive(Clone, Debug)]
pub struct Formula {
    body: Node,
    display: bool,
    defines: bool,
}

impl Formula {
    /// The formula as one expression of Typst's code mode, for a page that imports [`TYPST`].
    pub fn typst(&self) -> String {
        typst::write(&self.body, self.display)
    }

    /// The formula as a `<math>` element, for a page that contains [`CSS`].
    pub fn mathml(&self) -> String {
        mathml::write(&self.body, self.display)
    }

    /// The signs of the formula one after the other, for places that hold only text.
    pub fn text(&self) -> String {
        scraper::Html::parse_fragment(&self.mathml()).root_element().text().collect()
    }

    /// Whether the source only defines macros, so that there is nothing to show.
    pub fn is_definition_only(&self) -> bool {
        self.defines && matches!(&self.body, Node::Row(nodes) if nodes.is_empty())
    }

    /// Refuses a formula that would take Typst or a browser too long.
    fn fits(self) -> Result<Formula, String> {
        if self.body.size() > typst::MOST {
            Err("The formula is too large".into())
        } else {
            Ok(self)
        }
    }
}
