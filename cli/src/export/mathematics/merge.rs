//! Neighbours that belong together: digits of a number, letters of a word, a stroke and its symbol.

use unicode_normalization::UnicodeNormalization;

use super::alphabet::Alphabet;
use super::reader::STROKE;
use super::tree::{Class, Face, Node, Shape, Strike};

/// Whether the character is a letter that mathematics has alphabets for.
pub fn is_letter(character: char) -> bool {
    character.is_alphabetic()
        && matches!(character,
            'A'..='Z' | 'a'..='z' | '\u{C0}'..='\u{24F}' | '\u{370}'..='\u{3FF}'
            | '\u{2100}'..='\u{214F}' | '\u{1D400}'..='\u{1D7FF}')
}

/// A character that is no letter of mathematics: a symbol, or text of some language.
pub fn unusual(characters: String) -> Node {
    let is_symbol = |character: char| {
        matches!(character, '!'..='~' | '\u{A1}'..='\u{BF}' | '×' | '÷' | '\u{2010}'..='\u{2BFF}')
            && !character.is_alphanumeric()
    };
    let base = characters.trim_end_matches(['\u{FE00}', '\u{FE01}']);
    let mut rest = base.chars();
    match (rest.next(), rest.next()) {
        (Some(first), None) if is_symbol(first) => Node::Symbol(characters, Class::Ordinary),
        _ => Node::Words(characters, Face::default()),
    }
}

/// Joins what belongs together.
pub fn neighbours(nodes: Vec<Node>, alphabet: Alphabet) -> Vec<Node> {
    let mut joined: Vec<Node> = Vec::with_capacity(nodes.len());
    for node in nodes {
        match (joined.pop(), node) {
            (None, node) => joined.push(node),
            (Some(previous), node) => match pair(previous, node, alphabet) {
                Ok(one) => joined.push(one),
                Err(two) => joined.extend(*two),
            },
        }
    }
    group_digits(joined)
}

/// Two neighbours as one, or as they are.
fn pair(left: Node, right: Node, alphabet: Alphabet) -> Result<Node, Box<[Node; 2]>> {
    match (left, right) {
        (Node::Number(left), Node::Number(right)) => Ok(Node::Number(left + &right)),
        (Node::Number(left), Node::Script { base, above, below, limits })
            if matches!(&*base, Node::Number(_)) =>
        {
            let base = match *base {
                Node::Number(right) => Node::Number(left + &right),
                base => base,
            };
            Ok(Node::Script { base: Box::new(base), above, below, limits })
        }
        (
            Node::Letter(left, Shape::Upright) | Node::Name(left),
            Node::Letter(right, Shape::Upright) | Node::Name(right),
        ) if alphabet.forms_words() => Ok(Node::Name(left + &right)),
        (Node::Words(left, face), Node::Words(right, other)) if face == other => {
            Ok(Node::Words(left + &right, face))
        }
        (left, right) => Err(Box::new([left, right])),
    }
}

/// `10{,}000` is one number.
fn group_digits(nodes: Vec<Node>) -> Vec<Node> {
    let mut joined: Vec<Node> = Vec::with_capacity(nodes.len());
    for node in nodes {
        joined.push(node);
        let length = joined.len();
        if let [.., Node::Number(left), Node::Symbol(comma, Class::Ordinary), Node::Number(right)] =
            joined.as_slice()
            && comma == ","
        {
            let number = format!("{left},{right}");
            joined.truncate(length - 3);
            joined.push(Node::Number(number));
        }
    }
    joined
}

/// A symbol with a stroke through it.
pub fn negated(node: Node) -> Node {
    match node {
        Node::Symbol(text, class) => Node::Symbol(format!("{text}{STROKE}").nfc().collect(), class),
        Node::Script { base, above, below, limits } => {
            Node::Script { base: Box::new(negated(*base)), above, below, limits }
        }
        Node::Classed(class, body) => Node::Classed(class, Box::new(negated(*body))),
        node => Node::Cancel(Strike::Up, Box::new(node)),
    }
}

/// The name of an operator: a hyphen in it is no minus sign, a star no operation.
pub fn name(node: Node) -> Node {
    match node {
        Node::Letter(letter, Shape::Upright) => Node::Name(letter),
        Node::Symbol(text, _) if text == "−" => Node::Name("-".into()),
        Node::Row(nodes) => {
            let nodes = nodes.into_iter().map(name).collect();
            Node::row(neighbours(nodes, Alphabet::Roman))
        }
        node => node,
    }
}

/// Under an accent, i and j lose their dots.
pub fn dotless(node: Node) -> Node {
    match node {
        Node::Letter(letter, Shape::Slanted) if letter == "i" => {
            Node::Letter("ı".into(), Shape::Slanted)
        }
        Node::Letter(letter, Shape::Slanted) if letter == "j" => {
            Node::Letter("ȷ".into(), Shape::Slanted)
        }
        node => node,
    }
}
