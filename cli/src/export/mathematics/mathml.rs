//! The writer of MathML Core.

mod table;

use crate::export::literal::escape;

use super::length::print;
use super::spacing::Space;
use super::tree::{Brace, Class, Face, Family, Limits, Node, Shape, Side, Strike, Style};

/// Signs that stay operators even where TeX sets them without space.
const SIGNS: &str = "+−±∓×÷⋅∗*/|‖\\!¬∣∥<>=:°%′()[]{}";

/// A formula as a `<math>` element.
pub fn write(body: &Node, display: bool) -> String {
    let style = if display { Style::Display } else { Style::Text };
    let mut writer = Writer { markup: String::new(), style };
    let name = if display { "block" } else { "inline" };
    writer.markup.push_str(&format!(
        "<math xmlns=\"http://www.w3.org/1998/Math/MathML\" display=\"{name}\" class=\"tex\">"
    ));
    writer.content(body);
    writer.markup.push_str("</math>");
    writer.markup
}

/// Whether a browser slants the letter when it stands alone.
fn slants(letter: &str) -> bool {
    letter.chars().all(|character| {
        matches!(character, 'A'..='Z' | 'a'..='z' | '\u{370}'..='\u{3FF}' | 'ı' | 'ȷ' | '∂' | '∇')
    })
}

/// The attributes of a style.
fn attributes_of(style: Style) -> &'static str {
    match style {
        Style::Display => "displaystyle=\"true\" scriptlevel=\"0\"",
        Style::Text => "displaystyle=\"false\" scriptlevel=\"0\"",
        Style::Script => "displaystyle=\"false\" scriptlevel=\"1\"",
        Style::Scriptscript => "displaystyle=\"false\" scriptlevel=\"2\"",
    }
}

/// The markup written so far, and the style at its end.
struct Writer {
    markup: String,
    style: Style,
}

impl Writer {
    /// An element; the closure writes what is inside.
    fn element(&mut self, name: &str, attributes: &str, inside: impl FnOnce(&mut Writer)) {
        let space = if attributes.is_empty() { "" } else { " " };
        self.markup.push_str(&format!("<{name}{space}{attributes}>"));
        inside(self);
        self.markup.push_str(&format!("</{name}>"));
    }

    /// An element with text.
    fn leaf(&mut self, name: &str, attributes: &str, text: &str) {
        let text = escape(text);
        self.element(name, attributes, |writer| writer.markup.push_str(&text));
    }

    /// An element around a part.
    fn wrap(&mut self, name: &str, attributes: &str, body: &Node) {
        self.element(name, attributes, |writer| writer.content(body));
    }

    /// Writes something in another style.
    fn within(&mut self, style: Style, write: impl FnOnce(&mut Writer)) {
        let outer = std::mem::replace(&mut self.style, style);
        write(self);
        self.style = outer;
    }

    /// A part as exactly one element.
    fn content(&mut self, node: &Node) {
        match node {
            Node::Row(nodes) => self.element("mrow", "", |writer| writer.row(nodes)),
            node => self.node(node),
        }
    }

    /// Parts one after the other, with the space that their classes demand.
    fn row(&mut self, nodes: &[Node]) {
        let mut previous: Option<&Node> = None;
        let mut explicit = 0.0;
        for node in nodes {
            match node {
                Node::Space(space) => {
                    explicit += space;
                    continue;
                }
                Node::Break => continue,
                _ => {}
            }
            let space = previous.map_or(Space::None, |previous| {
                Space::between(previous.class(false), node.class(true), self.style)
            });
            self.space(space.em() + std::mem::take(&mut explicit));
            self.content(node);
            previous = Some(node);
        }
        self.space(explicit);
    }

    /// Space; a browser takes a negative width for none, but not a negative margin.
    fn space(&mut self, em: f64) {
        if em > 0.0 {
            self.markup.push_str(&format!("<mspace width=\"{}\"/>", print(em)));
        } else if em < 0.0 {
            self.markup.push_str(&format!("<mspace style=\"margin-left:{}\"/>", print(em)));
        }
    }

    /// A part.
    fn node(&mut self, node: &Node) {
        match node {
            Node::Row(_) => self.content(node),
            Node::Letter(letter, Shape::Slanted) => self.leaf("mi", "", letter),
            Node::Letter(letter, Shape::Upright) => self.upright(letter),
            Node::Name(name) if name.chars().count() == 1 => self.upright(name),
            Node::Name(name) => self.leaf("mi", "", name),
            Node::Number(number) => self.leaf("mn", "", number),
            Node::Symbol(text, class) => self.symbol(text, *class),
            Node::Words(text, face) => self.words(text, *face),
            Node::Space(space) => {
                let space = *space;
                self.element("mrow", "", |writer| writer.space(space));
            }
            Node::Break => self.element("mrow", "", |_| {}),
            Node::Table(table) => self.table(table),
            Node::Script { base, above, below, limits } => {
                self.script(base, above.as_deref(), below.as_deref(), *limits);
            }
            Node::Fraction { numerator, denominator, bar } => {
                let attributes = if *bar { "" } else { "linethickness=\"0\"" };
                let style = self.style.fraction();
                self.element("mfrac", attributes, |writer| {
                    writer.within(style, |writer| {
                        writer.content(numerator);
                        writer.content(denominator);
                    });
                });
            }
            Node::Root { radicand, index: None } => self.wrap("msqrt", "", radicand),
            Node::Root { radicand, index: Some(index) } => self.element("mroot", "", |writer| {
                writer.content(radicand);
                writer.within(Style::Scriptscript, |writer| writer.content(index));
            }),
            node => self.grouping(node),
        }
    }

    /// One upright letter.
    fn upright(&mut self, letter: &str) {
        let attributes = if slants(letter) { "mathvariant=\"normal\"" } else { "" };
        self.leaf("mi", attributes, letter);
    }

    /// A symbol. Its space is written as an element of its own.
    fn symbol(&mut self, text: &str, class: Class) {
        let is_sign = text.chars().all(|character| SIGNS.contains(character));
        match class {
            Class::Ordinary if !is_sign => self.upright(text),
            Class::Operator => {
                self.leaf("mo", "lspace=\"0\" rspace=\"0\" movablelimits=\"false\"", text);
            }
            _ => self.leaf("mo", "lspace=\"0\" rspace=\"0\" stretchy=\"false\"", text),
        }
    }

    /// Words of text mode; their spaces are part of them.
    fn words(&mut self, text: &str, face: Face) {
        let mut classes = Vec::new();
        classes.extend(face.bold.then_some("tex-bold"));
        classes.extend(face.italic.then_some("tex-italic"));
        match face.family {
            Family::Roman => {}
            Family::SansSerif => classes.push("tex-sans"),
            Family::Monospace => classes.push("tex-mono"),
        }
        let attributes = match classes.join(" ") {
            classes if classes.is_empty() => String::new(),
            classes => format!("class=\"{classes}\""),
        };
        self.leaf("mtext", &attributes, &text.replace(' ', "\u{A0}"));
    }

    /// A base with scripts.
    fn script(&mut self, base: &Node, above: Option<&Node>, below: Option<&Node>, limits: Limits) {
        let apart = match limits {
            Limits::Beside => false,
            Limits::Display => self.style == Style::Display,
            Limits::Always => true,
        };
        let name = match (above.is_some(), below.is_some(), apart) {
            (true, true, true) => "munderover",
            (true, true, false) => "msubsup",
            (true, false, true) => "mover",
            (true, false, false) => "msup",
            (false, true, true) => "munder",
            (false, true, false) => "msub",
            (false, false, _) => "mrow",
        };
        let style = self.style.script();
        self.element(name, "", |writer| {
            writer.content(base);
            for script in [below, above].into_iter().flatten() {
                writer.within(style, |writer| writer.content(script));
            }
        });
    }

    /// Delimiters, styles, colours.
    fn grouping(&mut self, node: &Node) {
        match node {
            Node::Delimited { left, body, right } => self.element("mrow", "", |writer| {
                writer.fence(left);
                writer.content(body);
                writer.fence(right);
            }),
            Node::Middle(delimiter) => self.fence(delimiter),
            Node::Delimiter { delimiter, size, .. } => {
                let size = print(*size);
                let attributes = format!(
                    "lspace=\"0\" rspace=\"0\" stretchy=\"true\" symmetric=\"true\" \
                     minsize=\"{size}\" maxsize=\"{size}\""
                );
                self.leaf("mo", &attributes, delimiter);
            }
            Node::Function(body) => self.content(body),
            Node::Styled(style, body) => {
                let attributes = attributes_of(*style);
                self.within(*style, |writer| writer.wrap("mstyle", attributes, body));
            }
            Node::Sized(size, body) => {
                self.wrap("mstyle", &format!("mathsize=\"{}\"", print(*size)), body);
            }
            Node::Colored(color, body) => {
                self.wrap("mstyle", &format!("mathcolor=\"{}\"", escape(color)), body);
            }
            Node::Classed(_, body) => self.wrap("mrow", "", body),
            node => self.decoration(node),
        }
    }

    /// A delimiter that grows with its surroundings.
    fn fence(&mut self, delimiter: &str) {
        let attributes =
            "fence=\"true\" stretchy=\"true\" symmetric=\"true\" lspace=\"0\" rspace=\"0\"";
        match delimiter {
            "" => self.space(0.12),
            delimiter => self.leaf("mo", attributes, delimiter),
        }
    }

    /// What stands around, over or under a part.
    fn decoration(&mut self, node: &Node) {
        match node {
            Node::Accent { base, accent } => {
                let (name, attribute) = match accent.under {
                    true => ("munder", "accentunder=\"true\""),
                    false => ("mover", "accent=\"true\""),
                };
                self.element(name, attribute, |writer| {
                    writer.content(base);
                    writer.leaf("mo", &format!("stretchy=\"{}\"", accent.wide), accent.spacing);
                });
            }
            Node::Line { base, over } => {
                let class = if *over { "class=\"tex-over\"" } else { "class=\"tex-under\"" };
                self.wrap("mrow", class, base);
            }
            Node::Brace { base, brace, over } => {
                let (name, mark) = match (over, brace) {
                    (true, Brace::Curly) => ("mover", "⏞"),
                    (false, Brace::Curly) => ("munder", "⏟"),
                    (true, Brace::Bracket) => ("mover", "⎴"),
                    (false, Brace::Bracket) => ("munder", "⎵"),
                    (true, Brace::Round) => ("mover", "⏜"),
                    (false, Brace::Round) => ("munder", "⏝"),
                };
                self.element(name, "", |writer| {
                    writer.content(base);
                    writer.leaf("mo", "stretchy=\"true\"", mark);
                });
            }
            Node::Arrow { arrow, above, below } => self.arrow(*arrow, above, below.as_deref()),
            Node::Cancel(strike, body) => {
                let class = match strike {
                    Strike::Up => "class=\"tex-strike-up\"",
                    Strike::Down => "class=\"tex-strike-down\"",
                    Strike::Cross => "class=\"tex-strike-cross\"",
                    Strike::Through => "class=\"tex-strike-through\"",
                };
                self.wrap("mrow", class, body);
            }
            Node::Boxed { body, border, background } => {
                let class = if *border { "tex-boxed" } else { "tex-ground" };
                let ground = match background {
                    Some(color) => format!(" mathbackground=\"{}\"", escape(color)),
                    None => String::new(),
                };
                self.wrap("mrow", &format!("class=\"{class}\"{ground}"), body);
            }
            node => self.placement(node),
        }
    }

    /// An arrow as long as its labels.
    fn arrow(&mut self, arrow: char, above: &Node, below: Option<&Node>) {
        let name = if below.is_some() { "munderover" } else { "mover" };
        let style = self.style.script();
        self.element(name, "", |writer| {
            let attributes = "lspace=\"0\" rspace=\"0\" stretchy=\"true\"";
            writer.leaf("mo", attributes, &arrow.to_string());
            for label in [below, Some(above)].into_iter().flatten() {
                writer.within(style, |writer| {
                    writer.element("mrow", "", |writer| {
                        writer.space(0.5);
                        writer.content(label);
                        writer.space(0.5);
                    });
                });
            }
        });
    }

    /// What changes the place or the extent of a part.
    fn placement(&mut self, node: &Node) {
        match node {
            Node::Phantom(body) => self.wrap("mphantom", "", body),
            Node::Collapsed { body, width, height } => {
                let width = match width {
                    None => "",
                    Some(Side::Left) => "width=\"0\" class=\"tex-lap-left\"",
                    Some(Side::Center) => "width=\"0\" class=\"tex-lap-center\"",
                    Some(Side::Right) => "width=\"0\"",
                };
                let height = if *height { " height=\"0\" depth=\"0\"" } else { "" };
                self.wrap("mpadded", format!("{width}{height}").trim_start(), body);
            }
            Node::Raised(distance, body) => {
                self.wrap("mpadded", &format!("voffset=\"{}\"", print(*distance)), body);
            }
            Node::Rule(width, height, shift) => {
                let (width, height) = (print(width.max(0.0)), print(height.max(0.0)));
                let attributes = format!("voffset=\"{}\"", print(*shift));
                self.element("mpadded", &attributes, |writer| {
                    writer.markup.push_str(&format!(
                        "<mspace class=\"tex-rule\" width=\"{width}\" height=\"{height}\"/>"
                    ));
                });
            }
            _ => self.element("mrow", "", |_| {}),
        }
    }
}
