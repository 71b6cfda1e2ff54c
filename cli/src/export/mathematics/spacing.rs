//! The space between two atoms (The TeXbook, chapter 18), and which signs are operations.

use super::tree::{Class, Node, Style};

/// The three widths of space that TeX sets by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Space {
    /// None.
    None,
    /// 3 mu.
    Thin,
    /// 4 mu.
    Medium,
    /// 5 mu.
    Thick,
}

impl Space {
    /// The width in em.
    pub fn em(self) -> f64 {
        match self {
            Space::None => 0.0,
            Space::Thin => 3.0 / 18.0,
            Space::Medium => 4.0 / 18.0,
            Space::Thick => 5.0 / 18.0,
        }
    }

    /// The space between neighbours.
    pub fn between(left: Class, right: Class, style: Style) -> Space {
        use Class::{Binary, Closing, Inner, Opening, Operator, Ordinary, Punctuation, Relation};
        let space = match (left, right) {
            (Operator, Ordinary | Operator) | (Ordinary | Closing, Operator) => return Space::Thin,
            (Inner, Operator) => return Space::Thin,
            (Opening, _) | (_, Closing) => Space::None,
            (Binary, _) | (_, Binary) => Space::Medium,
            (Relation, Relation) => Space::None,
            (Relation, Punctuation) | (Ordinary | Closing, Punctuation) => Space::None,
            (Operator, Opening | Punctuation) => Space::None,
            (Punctuation, _) => Space::Thin,
            (Relation, _) | (_, Relation) => Space::Thick,
            (Inner, _) | (Ordinary | Closing | Operator, Inner) => Space::Thin,
            _ => Space::None,
        };
        if style.is_small() { Space::None } else { space }
    }
}

/// A sign is an operation only between two operands: `a - b`, but `-b` and `= -b`.
pub fn settle(nodes: &mut [Node]) {
    let mut atoms = Vec::new();
    collect(nodes, &mut atoms);
    let mut previous: Option<usize> = None;
    for position in 0..atoms.len() {
        let class = atoms[position].class(true);
        let before = previous.map(|index| atoms[index].class(false));
        if class == Class::Binary && before.is_none_or(refuses_operation_after) {
            demote(atoms[position]);
        }
        let ends = matches!(class, Class::Relation | Class::Closing | Class::Punctuation);
        if let (true, Some(index), Some(Class::Binary)) = (ends, previous, before) {
            demote(atoms[index]);
        }
        previous = Some(position);
    }
    if let Some(index) = previous
        && atoms[index].class(false) == Class::Binary
    {
        demote(atoms[index]);
    }
}

/// Whether no operation can follow an atom of the class.
fn refuses_operation_after(class: Class) -> bool {
    !matches!(class, Class::Ordinary | Class::Closing | Class::Inner)
}

/// The atoms of a row, seen through colours and styles.
fn collect<'tree>(nodes: &'tree mut [Node], atoms: &mut Vec<&'tree mut Node>) {
    for node in nodes {
        match node {
            Node::Space(_) | Node::Break => {}
            Node::Colored(_, body) | Node::Styled(_, body) | Node::Sized(_, body) => {
                match &mut **body {
                    Node::Row(nodes) => collect(nodes, atoms),
                    body => collect(std::slice::from_mut(body), atoms),
                }
            }
            node => atoms.push(node),
        }
    }
}

/// Makes an operation an ordinary atom.
fn demote(node: &mut Node) {
    match node {
        Node::Symbol(_, class) | Node::Classed(class, _) | Node::Delimiter { class, .. } => {
            *class = Class::Ordinary;
        }
        Node::Script { base, .. } | Node::Cancel(_, base) => demote(base),
        _ => {}
    }
}
