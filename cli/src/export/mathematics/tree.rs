//! The tree of a formula: what both writers, Typst and MathML, start from.

use super::table::Table;

/// The kind of an atom, which decides the space around it (The TeXbook, chapter 17).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
    /// A variable, a number, a group.
    Ordinary,
    /// A large operator or a named function.
    Operator,
    /// A binary operation.
    Binary,
    /// A relation or an arrow.
    Relation,
    /// An opening delimiter.
    Opening,
    /// A closing delimiter.
    Closing,
    /// Punctuation.
    Punctuation,
    /// A delimited subformula, an ellipsis.
    Inner,
}

/// The size at which TeX sets a part of a formula.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd)]
pub enum Style {
    /// A formula on a line of its own.
    Display,
    /// A formula within a line of text.
    Text,
    /// A superscript or subscript.
    Script,
    /// A script of a script.
    Scriptscript,
}

impl Style {
    /// Whether the style is one of the small ones, in which TeX sets no space around operators.
    pub fn is_small(self) -> bool {
        self >= Style::Script
    }

    /// The style of a superscript or subscript.
    pub fn script(self) -> Style {
        if self.is_small() { Style::Scriptscript } else { Style::Script }
    }

    /// The style of a numerator or denominator.
    pub fn fraction(self) -> Style {
        if self == Style::Display { Style::Text } else { self.script() }
    }
}

/// Where the scripts of an operator stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limits {
    /// Beside the operator.
    Beside,
    /// Above and below in display style, beside it elsewhere.
    Display,
    /// Always above and below.
    Always,
}

/// The shape of a letter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// A slanted variable; the writers slant it.
    Slanted,
    /// An upright letter, or one whose character already carries its shape.
    Upright,
}

/// The look of words.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Face {
    /// Bold.
    pub bold: bool,
    /// Italic.
    pub italic: bool,
    /// The family of letters.
    pub family: Family,
}

/// A family of letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Family {
    /// With serifs.
    #[default]
    Roman,
    /// Without serifs.
    SansSerif,
    /// Of equal width.
    Monospace,
}

/// A part of a formula.
#[derive(Clone, Debug)]
pub enum Node {
    /// Parts one after the other.
    Row(Vec<Node>),
    /// One letter.
    Letter(String, Shape),
    /// An upright name or number of several characters.
    Name(String),
    /// A number.
    Number(String),
    /// A symbol that is no letter.
    Symbol(String, Class),
    /// Words of text mode.
    Words(String, Face),
    /// A fraction; without a bar one part stands above the other.
    Fraction { numerator: Box<Node>, denominator: Box<Node>, bar: bool },
    /// A root.
    Root { radicand: Box<Node>, index: Option<Box<Node>> },
    /// A base with superscript, subscript or both.
    Script { base: Box<Node>, above: Option<Box<Node>>, below: Option<Box<Node>>, limits: Limits },
    /// An accent.
    Accent { base: Box<Node>, accent: &'static Accent },
    /// A line over or under the base.
    Line { base: Box<Node>, over: bool },
    /// A brace, bracket or parenthesis over or under the base.
    Brace { base: Box<Node>, brace: Brace, over: bool },
    /// An arrow as long as its labels.
    Arrow { arrow: char, above: Box<Node>, below: Option<Box<Node>> },
    /// A body between delimiters that grow with it.
    Delimited { left: String, body: Box<Node>, right: String },
    /// A delimiter inside `Delimited` that grows, too.
    Middle(String),
    /// A delimiter of a fixed size, in em.
    Delimiter { delimiter: String, size: f64, class: Class },
    /// A named function.
    Function(Box<Node>),
    /// A matrix, an array, aligned equations.
    Table(Table),
    /// Space in em.
    Space(f64),
    /// A part in another style.
    Styled(Style, Box<Node>),
    /// A part at another size, relative to its surroundings.
    Sized(f64, Box<Node>),
    /// A coloured part; the colour is `#rrggbb`.
    Colored(String, Box<Node>),
    /// An invisible part.
    Phantom(Box<Node>),
    /// A part without width, without height, or both.
    Collapsed { body: Box<Node>, width: Option<Side>, height: bool },
    /// A raised part; the distance is in em.
    Raised(f64, Box<Node>),
    /// A part with lines through it.
    Cancel(Strike, Box<Node>),
    /// A part in a frame, on a coloured ground, or both.
    Boxed { body: Box<Node>, border: bool, background: Option<String> },
    /// A part that behaves as an atom of another class.
    Classed(Class, Box<Node>),
    /// A filled rectangle: width, height, shift, in em.
    Rule(f64, f64, f64),
    /// The end of a line outside any environment.
    Break,
}

/// The side to which a part without width sticks out, or the side of an alignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// To the left.
    Left,
    /// To both sides.
    Center,
    /// To the right.
    Right,
}

/// The lines through a cancelled part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Strike {
    /// From the lower left.
    Up,
    /// From the upper left.
    Down,
    /// Both diagonals.
    Cross,
    /// A horizontal line.
    Through,
}

/// A brace over or under a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Brace {
    /// A curly brace.
    Curly,
    /// A bracket.
    Bracket,
    /// A parenthesis.
    Round,
}

/// An accent as both writers name it.
#[derive(Debug, PartialEq, Eq)]
pub struct Accent {
    /// The TeX command.
    pub command: &'static str,
    /// The combining character, which is Typst's name of the accent.
    pub combining: char,
    /// The spacing characters, which are MathML's.
    pub spacing: &'static str,
    /// Whether the accent grows with its base.
    pub wide: bool,
    /// Whether the accent stands below.
    pub under: bool,
}

impl Node {
    /// A node for several parts, without a row around a single one.
    pub fn row(mut nodes: Vec<Node>) -> Node {
        match nodes.len() {
            1 => nodes.remove(0),
            _ => Node::Row(nodes),
        }
    }

    /// The parts that behave as if there were no group around them.
    fn transparent(&self) -> Option<&Node> {
        match self {
            Node::Colored(_, body) | Node::Styled(_, body) | Node::Sized(_, body) => Some(body),
            _ => None,
        }
    }

    /// The class with which the part meets what stands before it (`first`) or after it.
    pub fn class(&self, first: bool) -> Class {
        if let Some(body) = self.transparent() {
            return body.edge(first);
        }
        match self {
            Node::Symbol(_, class) | Node::Classed(class, _) => *class,
            Node::Delimiter { class, .. } => *class,
            Node::Function(_) => Class::Operator,
            Node::Arrow { .. } => Class::Relation,
            Node::Delimited { .. } => Class::Inner,
            Node::Script { base, .. } | Node::Accent { base, .. } => match base.class(first) {
                class @ (Class::Operator | Class::Relation | Class::Opening | Class::Closing) => {
                    class
                }
                class if matches!(self, Node::Script { .. }) => class,
                _ => Class::Ordinary,
            },
            Node::Cancel(_, body) => body.class(first),
            Node::Middle(_) if first => Class::Closing,
            Node::Middle(_) => Class::Opening,
            _ => Class::Ordinary,
        }
    }

    /// The class at the beginning (`first`) or the end, seen into a group.
    pub fn edge(&self, first: bool) -> Class {
        match self {
            Node::Row(nodes) => edge(nodes, first),
            node => node.class(first),
        }
    }

    /// Whether the part is no atom at all, so that its neighbours meet each other.
    pub fn is_space(&self) -> bool {
        matches!(self, Node::Space(_) | Node::Break)
    }

    /// The number of parts.
    pub fn size(&self) -> usize {
        let mut size = 0;
        let mut open = vec![self];
        while let Some(node) = open.pop() {
            size += 1;
            node.children(&mut open);
        }
        size
    }

    /// Appends the parts directly within this one.
    fn children<'tree>(&'tree self, open: &mut Vec<&'tree Node>) {
        match self {
            Node::Row(nodes) => open.extend(nodes),
            Node::Fraction { numerator: first, denominator: second, .. } => {
                open.extend([&**first, &**second]);
            }
            Node::Root { radicand: body, index: option }
            | Node::Arrow { above: body, below: option, .. } => {
                open.push(body);
                open.extend(option.as_deref());
            }
            Node::Script { base, above, below, .. } => {
                open.push(base);
                open.extend(above.as_deref());
                open.extend(below.as_deref());
            }
            Node::Accent { base: body, .. }
            | Node::Line { base: body, .. }
            | Node::Brace { base: body, .. }
            | Node::Delimited { body, .. }
            | Node::Function(body)
            | Node::Styled(_, body)
            | Node::Sized(_, body)
            | Node::Colored(_, body)
            | Node::Phantom(body)
            | Node::Collapsed { body, .. }
            | Node::Raised(_, body)
            | Node::Cancel(_, body)
            | Node::Boxed { body, .. }
            | Node::Classed(_, body) => open.push(body),
            Node::Table(table) => {
                for row in &table.rows {
                    open.extend(&row.cells);
                    open.extend(row.tag.as_ref());
                }
            }
            _ => {}
        }
    }
}

/// The class at the beginning or the end of a row.
fn edge(nodes: &[Node], first: bool) -> Class {
    let mut atoms = nodes.iter().filter(|node| !node.is_space());
    let atom = if first { atoms.next() } else { atoms.next_back() };
    atom.map_or(Class::Ordinary, |node| node.class(first))
}
