//! What a page is made of, whatever it is written as.

use super::mathematics::Formula;
use super::pictures::Picture;

/// A whole document.
pub struct Page {
    pub front: Front,
    pub sections: Vec<Section>,
}

/// What stands above the first cell, and in the file's properties.
#[derive(Clone, Debug, Default)]
pub struct Front {
    pub title: String,
    /// Whether the title is printed; not where the notebook begins with a heading of its own.
    pub printed: bool,
    pub authors: Vec<String>,
    pub date: Option<String>,
    /// A language tag such as `en`.
    pub language: String,
}

/// One cell, in the order of the notebook, numbered from 1.
pub struct Section {
    pub cell: usize,
    pub content: Content,
}

pub enum Content {
    /// Markdown, or a raw cell that can be drawn.
    Text(Vec<Block>),
    Code {
        /// The number in the prompt.
        count: Option<i64>,
        /// None where the input is hidden.
        source: Option<Vec<Line>>,
        outputs: Vec<Output>,
    },
}

/// How an output came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Channel {
    Stdout,
    Stderr,
    Display,
    Result,
    Error,
}

pub struct Output {
    pub channel: Channel,
    pub blocks: Vec<Block>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    Left,
    Center,
    Right,
}

impl Alignment {
    /// As both Typst and CSS call it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Center => "center",
            Self::Right => "right",
        }
    }
}

pub enum Block {
    Paragraph {
        body: Vec<Inline>,
        alignment: Option<Alignment>,
    },
    Heading {
        level: u8,
        body: Vec<Inline>,
        /// The name links in the document go to.
        anchor: String,
    },
    List {
        /// The first number of an ordered list.
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    Quote(Vec<Block>),
    /// Text in columns of equal width: code in Markdown, what a program printed.
    Lines {
        lines: Vec<Line>,
        /// Code has a ground of its own, printed text has none.
        framed: bool,
    },
    Formula(Typeset),
    Table(Table),
    Rule,
    /// Blocks that share an alignment or an indentation.
    Group {
        blocks: Vec<Block>,
        alignment: Option<Alignment>,
        indented: bool,
    },
    /// A place links go to.
    Anchor(String),
    /// What stands in the place of something that cannot be drawn.
    Notice(String),
}

#[derive(Clone)]
pub enum Inline {
    Text(String),
    Code(String),
    Styled(Emphasis, Vec<Inline>),
    Colored { foreground: Option<Color>, background: Option<Color>, body: Vec<Inline> },
    Link { target: Target, body: Vec<Inline> },
    Picture(Picture),
    Formula(Typeset),
    Break,
    Checkbox(bool),
    Anchor(String),
    Notice(String),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Emphasis {
    Italic,
    Strong,
    Struck,
    Underlined,
    Subscript,
    Superscript,
    Marked,
    Small,
    Key,
}

/// Where a link goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Target {
    Address(String),
    /// An anchor of the same document.
    Anchor(String),
}

/// A formula as it will stand on the page.
#[derive(Clone)]
pub struct Typeset {
    /// As the author wrote it, with its delimiters.
    pub source: String,
    pub display: bool,
    /// None where it could not be set; the source is shown then.
    pub formula: Option<Formula>,
}

#[derive(Default)]
pub struct Table {
    pub caption: Vec<Inline>,
    pub rows: Vec<Row>,
}

pub struct Row {
    /// Part of the head, which is repeated on the next page.
    pub head: bool,
    pub cells: Vec<TableCell>,
}

pub struct TableCell {
    pub blocks: Vec<Block>,
    pub head: bool,
    pub columns: usize,
    pub rows: usize,
    pub alignment: Option<Alignment>,
    pub background: Option<Color>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Color(pub u8, pub u8, pub u8);

impl Color {
    /// As both Typst and CSS read it.
    pub fn hexadecimal(self) -> String {
        format!("#{:02x}{:02x}{:02x}", self.0, self.1, self.2)
    }

    /// Reads a CSS color; none for `transparent`, `inherit` and nonsense.
    pub fn from_css(text: &str) -> Option<Self> {
        let color = csscolorparser::parse(text.trim()).ok()?;
        let [red, green, blue, alpha] = color.to_rgba8();
        // Half-transparent colors lie on white paper.
        let mix = |part: u8| {
            let (part, alpha) = (u32::from(part), u32::from(alpha));
            ((part * alpha + 255 * (255 - alpha)) / 255) as u8
        };
        (alpha > 0).then(|| Self(mix(red), mix(green), mix(blue)))
    }
}

/// One line of text in columns.
pub type Line = Vec<Span>;

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    pub style: SpanStyle,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SpanStyle {
    pub foreground: Option<Color>,
    pub background: Option<Color>,
    pub bold: bool,
    pub italic: bool,
    pub underlined: bool,
}

/// Lines without any style.
pub fn plain_lines(text: &str) -> Vec<Line> {
    text.lines()
        .map(|line| vec![Span { text: line.to_owned(), style: SpanStyle::default() }])
        .collect()
}

/// All text of a section, without any of its looks.
pub fn bare_lines(section: &Section) -> Vec<Line> {
    let mut lines = Vec::new();
    match &section.content {
        Content::Text(blocks) => bare_blocks(blocks, &mut lines),
        Content::Code { source, outputs, .. } => {
            lines.extend(source.iter().flatten().cloned());
            outputs.iter().for_each(|output| bare_blocks(&output.blocks, &mut lines));
        }
    }
    lines
}

fn bare_blocks(blocks: &[Block], lines: &mut Vec<Line>) {
    for block in blocks {
        match block {
            Block::Paragraph { body, .. } | Block::Heading { body, .. } => {
                lines.extend(plain_lines(&words(body)));
            }
            Block::List { items, .. } => items.iter().for_each(|item| bare_blocks(item, lines)),
            Block::Quote(blocks) | Block::Group { blocks, .. } => bare_blocks(blocks, lines),
            Block::Lines { lines: inner, .. } => lines.extend(inner.iter().cloned()),
            Block::Formula(typeset) => lines.extend(plain_lines(&typeset.source)),
            Block::Table(table) => {
                for cell in table.rows.iter().flat_map(|row| &row.cells) {
                    bare_blocks(&cell.blocks, lines);
                }
            }
            Block::Notice(message) => lines.extend(plain_lines(message)),
            Block::Rule | Block::Anchor(_) => {}
        }
    }
}

/// The words of a run of text, without its looks.
pub fn words(body: &[Inline]) -> String {
    let visible = raw_words(body).replace(char::is_control, " ");
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn raw_words(body: &[Inline]) -> String {
    let mut text = String::new();
    for inline in body {
        match inline {
            Inline::Text(part) | Inline::Code(part) | Inline::Notice(part) => text.push_str(part),
            Inline::Styled(_, body) | Inline::Colored { body, .. } | Inline::Link { body, .. } => {
                text.push_str(&raw_words(body))
            }
            Inline::Formula(typeset) => match &typeset.formula {
                Some(formula) => text.push_str(&formula.text()),
                None => text.push_str(&typeset.source),
            },
            Inline::Picture(picture) => text.push_str(&picture.alternative),
            Inline::Break => text.push(' '),
            Inline::Checkbox(_) | Inline::Anchor(_) => {}
        }
    }
    text
}
