//! Text mode: words, with mathematics between dollar signs inside.

use ratex_font::Mode as Font;
use ratex_parser::parse_node::ParseNode;
use unicode_normalization::UnicodeNormalization;

use super::merge;
use super::reader::{Reader, Reading, unsupported};
use super::symbol;
use super::tree::{Face, Family, Node, Style};

/// A command of text mode.
pub fn read(reader: Reader, node: &ParseNode) -> Reading {
    let mut parts = Vec::new();
    part(reader, Face::default(), node, &mut parts)?;
    Ok(Node::row(merge::neighbours(parts, reader.alphabet)))
}

/// A letter of text mode outside any command.
pub fn letter(text: &str) -> Reading {
    Ok(Node::Words(character(text)?, Face::default()))
}

/// One part of a text.
fn part(reader: Reader, face: Face, node: &ParseNode, parts: &mut Vec<Node>) -> Result<(), String> {
    let words = match node {
        ParseNode::Text { body, font, .. } => {
            let face = changed(face, font.as_deref().unwrap_or_default());
            return list(reader, face, body, parts);
        }
        ParseNode::OrdGroup { body, .. } | ParseNode::HBox { body, .. } => {
            return list(reader, face, body, parts);
        }
        ParseNode::Styling { body, .. } => {
            parts.push(mathematics(reader, body)?);
            return Ok(());
        }
        ParseNode::Verb { body, .. } => {
            parts.push(Node::Words(body.clone(), changed(face, "\\texttt")));
            return Ok(());
        }
        ParseNode::Url { url: text, .. } | ParseNode::Raw { string: text, .. } => text.clone(),
        ParseNode::SpacingNode { .. } => " ".into(),
        ParseNode::Accent { label, base, .. } => accented(reader, label, base)?,
        ParseNode::MathOrd { text, .. }
        | ParseNode::TextOrd { text, .. }
        | ParseNode::Atom { text, .. } => character(text)?,
        node => {
            parts.push(reader.row(std::slice::from_ref(node))?);
            return Ok(());
        }
    };
    parts.push(Node::Words(words, face));
    Ok(())
}

/// The parts of a text.
fn list(
    reader: Reader,
    face: Face,
    nodes: &[ParseNode],
    parts: &mut Vec<Node>,
) -> Result<(), String> {
    nodes.iter().try_for_each(|node| part(reader, face, node, parts))
}

/// A formula within a text, which a display makes no larger.
fn mathematics(reader: Reader, body: &[ParseNode]) -> Reading {
    if reader.style != Style::Display {
        return reader.row(body);
    }
    let body = reader.styled(Style::Text).row(body)?;
    Ok(Node::Styled(Style::Text, Box::new(body)))
}

/// A letter with an accent.
fn accented(reader: Reader, label: &str, base: &ParseNode) -> Result<String, String> {
    let accent = symbol::text_accent(label).ok_or_else(|| unsupported(label))?;
    let mut parts = Vec::new();
    part(reader, Face::default(), base, &mut parts)?;
    match parts.as_slice() {
        [Node::Words(base, _)] => Ok(format!("{base}{accent}").nfc().collect()),
        _ => Err(unsupported("an accent on more than a letter")),
    }
}

/// The characters behind a command or a character.
fn character(text: &str) -> Result<String, String> {
    match text {
        "-" => Some("-".into()),
        "'" => Some("’".into()),
        text => {
            symbol::characters(text, Font::Text).or_else(|| symbol::characters(text, Font::Math))
        }
    }
    .ok_or_else(|| unsupported(text))
}

/// The face after a command such as `\textbf`.
fn changed(face: Face, command: &str) -> Face {
    match command {
        "\\textbf" => Face { bold: true, ..face },
        "\\textmd" => Face { bold: false, ..face },
        "\\textit" | "\\emph" | "\\textsl" => Face { italic: true, ..face },
        "\\textup" => Face { italic: false, ..face },
        "\\textsf" => Face { family: Family::SansSerif, ..face },
        "\\texttt" => Face { family: Family::Monospace, ..face },
        "\\textrm" => Face { family: Family::Roman, ..face },
        "\\textnormal" => Face::default(),
        _ => face,
    }
}
