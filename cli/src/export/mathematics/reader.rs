//! From the parser's tree to ours.

use ratex_font::Mode as Font;
use ratex_parser::parse_node::{AtomFamily, Mode, ParseNode, StyleStr};

use super::alphabet::Alphabet;
use super::tree::{Class, Face, Limits, Node, Style};
use super::{array, color, length, merge, spacing, symbol, words};

/// How deep a formula may be nested: deeper ones exceed what Typst lays out.
const DEEPEST: usize = 48;

/// How many collapsed parts may enclose each other: Typst has to measure each of them, with all
/// that is in it.
const MOST_COLLAPSED: usize = 3;

/// The combining stroke through the symbol before it; `\not` puts it before its symbol.
pub const STROKE: &str = "\u{338}";

/// What a part inherits from its surroundings.
#[derive(Clone, Copy)]
pub struct Reader {
    /// The alphabet of letters.
    pub alphabet: Alphabet,
    /// The style.
    pub style: Style,
    /// The size relative to the formula's.
    size: f64,
    /// How many parts enclose this one.
    depth: usize,
    /// How many of them are collapsed.
    collapsed: usize,
}

/// A part, or the reason why it cannot be set.
pub type Reading = Result<Node, String>;

impl Reader {
    /// A reader for a whole formula.
    pub fn new(style: Style) -> Reader {
        Reader { alphabet: Alphabet::Normal, style, size: 1.0, depth: 0, collapsed: 0 }
    }

    /// The same surroundings in another style.
    pub fn styled(self, style: Style) -> Reader {
        Reader { style, ..self }
    }

    /// The surroundings of a part within this one.
    fn inner(self) -> Result<Reader, String> {
        if self.depth >= DEEPEST {
            return Err("The formula is nested too deeply".into());
        }
        Ok(Reader { depth: self.depth + 1, ..self })
    }

    /// The surroundings of a part that will be collapsed.
    pub fn collapsing(self) -> Result<Reader, String> {
        if self.collapsed >= MOST_COLLAPSED {
            return Err("The formula is nested too deeply".into());
        }
        Ok(Reader { collapsed: self.collapsed + 1, ..self })
    }

    /// Parts one after the other, with their signs settled as operations or not.
    pub fn row(self, nodes: &[ParseNode]) -> Reading {
        let mut nodes = self.list(nodes)?;
        spacing::settle(&mut nodes);
        Ok(Node::row(nodes))
    }

    /// Parts one after the other that the row around them will settle.
    fn list(self, nodes: &[ParseNode]) -> Result<Vec<Node>, String> {
        let reader = self.inner()?;
        let mut parts = Vec::new();
        let mut negated = false;
        for node in nodes {
            let Some(part) = reader.part(node)? else { continue };
            if matches!(&part, Node::Symbol(text, _) if text == STROKE) {
                negated = true;
                continue;
            }
            let strike = negated && !part.is_space();
            negated &= !strike;
            parts.push(if strike { merge::negated(part) } else { part });
        }
        Ok(merge::neighbours(parts, reader.alphabet))
    }

    /// Parts as one transparent group.
    fn group(self, nodes: &[ParseNode]) -> Result<Box<Node>, String> {
        self.list(nodes).map(|nodes| Box::new(Node::row(nodes)))
    }

    /// An argument.
    pub fn argument(self, node: &ParseNode) -> Result<Box<Node>, String> {
        match node {
            ParseNode::OrdGroup { body, .. } => self.row(body),
            node => self.row(std::slice::from_ref(node)),
        }
        .map(Box::new)
    }

    /// An argument that may be absent.
    pub fn option(self, node: Option<&ParseNode>) -> Result<Option<Box<Node>>, String> {
        node.map(|node| self.argument(node)).transpose()
    }

    /// One part; `None` for what leaves no trace.
    fn part(self, node: &ParseNode) -> Result<Option<Node>, String> {
        use ParseNode as P;
        Ok(Some(match node {
            P::Atom { family, text, .. } => atom(*family, text)?,
            P::MathOrd { mode, text, .. } | P::TextOrd { mode, text, .. } => {
                self.ordinary(*mode, text)?
            }
            P::OpToken { text, .. } => operator(text)?,
            P::SpacingNode { mode: Mode::Text, .. } => Node::Words(" ".into(), Face::default()),
            P::SpacingNode { text, .. } => match text.as_str() {
                "\\nobreak" | "\\allowbreak" => return Ok(None),
                _ => Node::Space(1.0 / 3.0),
            },
            P::OrdGroup { body, .. } => ordinary_group(self.row(body)?),
            P::SupSub { base, sup, sub, .. } => {
                self.script(base.as_deref(), sup.as_deref(), sub.as_deref())?
            }
            P::Kern { dimension, .. } => Node::Space(length::em(dimension)),
            P::Cr { .. } => Node::Break,
            P::Array { .. } => Node::Table(array::read(self, node)?),
            P::Op { .. } | P::OperatorName { .. } => self.function(node)?.0,
            P::Internal { .. } | P::NoNumber { .. } | P::Tag { .. } | P::CdLabel { .. } => {
                return Ok(None);
            }
            P::Text { .. } | P::HBox { .. } | P::Verb { .. } | P::Url { .. } | P::Raw { .. } => {
                words::read(self, node)?
            }
            node => self.command(node)?,
        }))
    }

    /// A command with arguments.
    fn command(self, node: &ParseNode) -> Reading {
        use ParseNode as P;
        Ok(match node {
            P::GenFrac { .. } => self.fraction(node)?,
            P::Sqrt { body, index, .. } => {
                let small = self.styled(Style::Scriptscript);
                let index = small.option(index.as_deref())?;
                Node::Root { radicand: self.argument(body)?, index }
            }
            P::Font { font, body, .. } => self.font(font, body)?,
            P::Color { color, body, .. } => match (color::parse(color), self.group(body)?) {
                (Some(color), body) => Node::Colored(color, body),
                (None, body) => *body,
            },
            P::Styling { style, body, .. } => {
                let style = style_of(*style);
                Node::Styled(style, self.styled(style).group(body)?)
            }
            P::Sizing { size, body, .. } => {
                let size = size_of(*size);
                Node::Sized(size / self.size, Reader { size, ..self }.group(body)?)
            }
            P::MClass { mclass, body, .. } => classed(class_of(mclass), self.row(body)?),
            P::HtmlMathMl { mathml, .. } => *self.group(mathml)?,
            P::Html { body, .. } | P::Href { body, .. } => *self.group(body)?,
            P::MathChoice { display, text, script, scriptscript, .. } => {
                let choice = match self.style {
                    Style::Display => display,
                    Style::Text => text,
                    Style::Script => script,
                    Style::Scriptscript => scriptscript,
                };
                *self.group(choice)?
            }
            P::Pmb { body, .. } => {
                *Reader { alphabet: Alphabet::BoldSymbol, ..self }.group(body)?
            }
            P::LeftRight { .. } | P::Middle { .. } | P::DelimSizing { .. } => {
                self.delimiters(node)?
            }
            node => self.decoration(node)?,
        })
    }

    /// A letter, a digit or another sign without a class of its own.
    fn ordinary(self, mode: Mode, text: &str) -> Reading {
        if text == STROKE {
            return Ok(Node::Symbol(STROKE.into(), Class::Ordinary));
        }
        if mode == Mode::Text {
            return words::letter(text);
        }
        let characters = symbol::characters(text, Font::Math).ok_or_else(|| unsupported(text))?;
        let mut rest = characters.chars();
        let (Some(first), None) = (rest.next(), rest.next()) else {
            return Ok(merge::unusual(characters));
        };
        Ok(match first {
            '0'..='9' if !matches!(self.alphabet, Alphabet::Normal | Alphabet::Roman) => {
                Node::Name(self.alphabet.letter(first).0)
            }
            '0'..='9' | '.' => Node::Number(characters),
            '∇' | '∂' if self.alphabet != Alphabet::Normal => {
                Node::Symbol(self.alphabet.letter(first).0, Class::Ordinary)
            }
            // Words in italics, unlike variables side by side, are set tightly.
            'A'..='Z' | 'a'..='z' if self.alphabet == Alphabet::Italic => {
                Node::Words(characters, Face { italic: true, ..Face::default() })
            }
            letter if merge::is_letter(letter) => {
                let (letter, shape) = self.alphabet.letter(letter);
                Node::Letter(letter, shape)
            }
            _ => merge::unusual(characters),
        })
    }

    /// A base with scripts.
    fn script(
        self,
        base: Option<&ParseNode>,
        above: Option<&ParseNode>,
        below: Option<&ParseNode>,
    ) -> Reading {
        let small = self.styled(self.style.script());
        let (base, limits) = match base {
            Some(node @ (ParseNode::Op { .. } | ParseNode::OperatorName { .. })) => {
                self.function(node)?
            }
            Some(node @ (ParseNode::HorizBrace { .. } | ParseNode::XArrow { .. })) => {
                (*self.argument(node)?, Limits::Always)
            }
            Some(ParseNode::OrdGroup { body, .. }) => {
                (ordinary_group(self.row(body)?), Limits::Beside)
            }
            Some(node) => {
                let mut parts = self.list(std::slice::from_ref(node))?;
                // A relation or sign with scripts keeps its class, unlike one in braces.
                (if parts.len() == 1 { parts.remove(0) } else { Node::Row(parts) }, Limits::Beside)
            }
            None => (Node::Row(Vec::new()), Limits::Beside),
        };
        let (above, below) = (small.option(above)?, small.option(below)?);
        Ok(Node::Script { base: Box::new(base), above, below, limits })
    }

    /// A large operator or a named function, and where its limits stand.
    pub fn function(self, node: &ParseNode) -> Result<(Node, Limits), String> {
        Ok(match node {
            ParseNode::Op { name, body, limits, always_handle_sup_sub, symbol, .. } => {
                let place = match (limits, always_handle_sup_sub) {
                    (true, Some(true)) => Limits::Always,
                    (true, _) => Limits::Display,
                    // The parser says nothing about the limits of `\mathop`.
                    (false, None) if body.is_some() => Limits::Display,
                    (false, _) => Limits::Beside,
                };
                let node = match (name, body) {
                    (Some(name), _) if *symbol => operator(name)?,
                    (Some(name), _) => {
                        let name = name.trim_start_matches('\\').to_owned();
                        Node::Function(Box::new(Node::Name(name)))
                    }
                    (None, Some(body)) => classed(Class::Operator, self.row(body)?),
                    (None, None) => Node::Row(Vec::new()),
                };
                (node, place)
            }
            ParseNode::OperatorName { body, always_handle_sup_sub, limits, .. } => {
                let place = match (always_handle_sup_sub, limits) {
                    (_, true) => Limits::Always,
                    (true, _) => Limits::Display,
                    _ => Limits::Beside,
                };
                let name = Reader { alphabet: Alphabet::Roman, ..self }.row(body)?;
                (Node::Function(Box::new(merge::name(name))), place)
            }
            node => (*self.argument(node)?, Limits::Beside),
        })
    }

    /// Letters of another alphabet.
    fn font(self, font: &str, body: &ParseNode) -> Reading {
        let alphabet = match (Alphabet::named(font), self.alphabet) {
            (Some(Alphabet::Bold), Alphabet::BoldSymbol) => Alphabet::Bold,
            (Some(Alphabet::BoldSymbol), Alphabet::Roman | Alphabet::Bold) => Alphabet::Bold,
            (Some(Alphabet::Roman), Alphabet::Bold | Alphabet::BoldSymbol) => Alphabet::Bold,
            (Some(alphabet), _) => alphabet,
            (None, _) => return Err(unsupported(font)),
        };
        self.within(alphabet, body)
    }

    /// A body in the given alphabet; a single symbol keeps its class.
    fn within(self, alphabet: Alphabet, body: &ParseNode) -> Reading {
        let reader = Reader { alphabet, ..self };
        Ok(match body {
            ParseNode::OrdGroup { body, .. } => ordinary_group(reader.row(body)?),
            node => *reader.group(std::slice::from_ref(node))?,
        })
    }
}

/// The reason for a refusal.
pub fn unsupported(what: &str) -> String {
    format!("{what} is not supported")
}

/// A symbol with a class.
fn atom(family: AtomFamily, text: &str) -> Reading {
    let class = match family {
        AtomFamily::Bin => Class::Binary,
        AtomFamily::Close => Class::Closing,
        AtomFamily::Inner => Class::Inner,
        AtomFamily::Open => Class::Opening,
        AtomFamily::Punct => Class::Punctuation,
        AtomFamily::Rel => Class::Relation,
    };
    let characters = symbol::characters(text, Font::Math).ok_or_else(|| unsupported(text))?;
    Ok(Node::Symbol(characters, class))
}

/// A large operator.
fn operator(name: &str) -> Reading {
    let characters = symbol::operator(name).ok_or_else(|| unsupported(name))?;
    Ok(Node::Symbol(characters.into(), Class::Operator))
}

/// A part in braces, which is ordinary whatever it contains.
fn ordinary_group(node: Node) -> Node {
    match node {
        Node::Row(nodes) if nodes.is_empty() => Node::Row(nodes),
        node if node.edge(true) == Class::Ordinary && node.edge(false) == Class::Ordinary => node,
        node => classed(Class::Ordinary, node),
    }
}

/// A part as an atom of the class.
pub fn classed(class: Class, node: Node) -> Node {
    match node {
        Node::Symbol(text, own) if own != Class::Operator && class != Class::Operator => {
            Node::Symbol(text, class)
        }
        Node::Name(name) if class == Class::Operator => Node::Function(Box::new(Node::Name(name))),
        Node::Classed(_, body) => Node::Classed(class, body),
        node => Node::Classed(class, Box::new(node)),
    }
}

/// The class behind the name of a command such as `\mathrel`.
pub fn class_of(name: &str) -> Class {
    match name {
        "mbin" => Class::Binary,
        "mrel" => Class::Relation,
        "mopen" => Class::Opening,
        "mclose" => Class::Closing,
        "mpunct" => Class::Punctuation,
        "minner" => Class::Inner,
        "mop" => Class::Operator,
        _ => Class::Ordinary,
    }
}

/// The style of the parser.
pub fn style_of(style: StyleStr) -> Style {
    match style {
        StyleStr::Display => Style::Display,
        StyleStr::Text => Style::Text,
        StyleStr::Script => Style::Script,
        StyleStr::Scriptscript => Style::Scriptscript,
    }
}

/// The sizes from `\tiny` to `\Huge`.
fn size_of(size: u8) -> f64 {
    const SIZES: [f64; 11] = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.2, 1.44, 1.728, 2.074, 2.488];
    SIZES.get(usize::from(size).saturating_sub(1)).copied().unwrap_or(1.0)
}
