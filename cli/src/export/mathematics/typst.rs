//! The writer of Typst code.
//!
//! The code is generated: constructors, names of helper functions, numbers, and string literals,
//! which alone hold characters of the formula.

mod table;

use crate::export::literal::quote;

use super::length::print;
use super::spacing::Space;
use super::table::Kind;
use super::tree::{Accent, Brace, Class, Face, Family, Limits, Node, Shape, Side, Strike, Style};

/// More parts than a formula can have on a page.
pub const MOST: usize = 20_000;

/// A formula as one expression.
pub fn write(body: &Node, display: bool) -> String {
    let style = if display { Style::Display } else { Style::Text };
    let margin = display && matches!(body, Node::Table(_));
    let mut writer = Writer { code: String::new(), style, margin };
    match body {
        Node::Table(table) if display && table.kind == Kind::Multiline => writer.lines(table),
        body if display => writer.call("tex-display", |writer| {
            writer.code.push_str("tag => ");
            writer.content(body);
        }),
        body => writer.call("math.equation", |writer| {
            writer.code.push_str("block: false, ");
            writer.content(body);
        }),
    }
    writer.code
}

/// Typst's name of a class.
fn name_of(class: Class) -> &'static str {
    match class {
        Class::Ordinary | Class::Inner => "normal",
        Class::Operator => "large",
        Class::Binary => "binary",
        Class::Relation => "relation",
        Class::Opening => "opening",
        Class::Closing => "closing",
        Class::Punctuation => "punctuation",
    }
}

/// Typst's function that sets its argument in a style.
fn function_of(style: Style) -> &'static str {
    match style {
        Style::Display => "math.display",
        Style::Text => "math.inline",
        Style::Script => "math.script",
        Style::Scriptscript => "math.sscript",
    }
}

/// The code written so far, and the style at its end.
struct Writer {
    code: String,
    style: Style,
    margin: bool,
}

impl Writer {
    /// A call; the closure writes the arguments.
    fn call(&mut self, function: &str, arguments: impl FnOnce(&mut Writer)) {
        self.code.push_str(function);
        self.code.push('(');
        arguments(self);
        self.code.push(')');
    }

    /// A call with one argument.
    fn wrap(&mut self, function: &str, body: &Node) {
        self.call(function, |writer| writer.content(body));
    }

    /// A call with more before its body.
    fn wrap_after(&mut self, function: &str, before: &str, body: &Node) {
        self.call(function, |writer| {
            writer.code.push_str(before);
            writer.code.push_str(", ");
            writer.content(body);
        });
    }

    /// A call whose function puts its body into a box, which would forget the style.
    fn boxed(&mut self, function: &str, before: &str, body: &Node) {
        let style = function_of(self.style);
        self.call(function, |writer| {
            writer.code.push_str(before);
            writer.code.push_str(", ");
            writer.wrap(style, body);
        });
    }

    /// Writes something in another style.
    fn within(&mut self, style: Style, write: impl FnOnce(&mut Writer)) {
        let outer = std::mem::replace(&mut self.style, style);
        write(self);
        self.style = outer;
    }

    /// A part as an argument: never nothing, always one expression.
    fn content(&mut self, node: &Node) {
        match node {
            Node::Row(nodes) if nodes.is_empty() => self.code.push_str("none"),
            Node::Row(nodes) => {
                self.code.push('{');
                self.row(nodes);
                self.code.push('}');
            }
            node => self.node(node),
        }
    }

    /// Parts one after the other, with the space that their classes demand.
    fn row(&mut self, nodes: &[Node]) {
        let mut previous: Option<&Node> = None;
        let mut explicit: Option<f64> = None;
        let mut first = true;
        for node in nodes {
            if let Node::Space(space) = node {
                explicit = Some(explicit.unwrap_or(0.0) + space);
                continue;
            }
            if matches!(node, Node::Break) {
                continue;
            }
            let space = previous.map_or(Space::None, |previous| {
                Space::between(previous.class(false), node.class(true), self.style)
            });
            self.space(space, explicit.take(), &mut first);
            self.separate(&mut first);
            self.content(node);
            previous = Some(node);
        }
        self.space(Space::None, explicit, &mut first);
    }

    /// A semicolon between two statements.
    fn separate(&mut self, first: &mut bool) {
        if !std::mem::replace(first, false) {
            self.code.push_str("; ");
        }
    }

    /// The space between two parts. Once it is explicit, Typst adds none by itself.
    fn space(&mut self, between: Space, explicit: Option<f64>, first: &mut bool) {
        let code = match (between, explicit) {
            (Space::None, None) => return,
            (Space::Thin, None) => "tex-thin".into(),
            (Space::Medium, None) => "tex-medium".into(),
            (Space::Thick, None) => "tex-thick".into(),
            (between, Some(explicit)) => format!("h({})", print(between.em() + explicit)),
        };
        self.separate(first);
        self.code.push_str(&code);
    }

    /// A part.
    fn node(&mut self, node: &Node) {
        match node {
            Node::Row(_) => self.content(node),
            Node::Letter(letter, Shape::Slanted) => self.quoted("tex-symbol", letter),
            Node::Letter(letter, Shape::Upright) => self.quoted("tex-upright", letter),
            Node::Name(text) | Node::Number(text) => self.code.push_str(&quote(text)),
            Node::Symbol(text, class) => self.symbol(text, *class),
            Node::Words(text, face) => self.words(text, *face),
            Node::Space(space) => self.code.push_str(&format!("h({})", print(*space))),
            Node::Break => self.code.push_str("none"),
            Node::Table(table) => self.table(table),
            Node::Script { base, above, below, limits } => {
                self.script(base, above.as_deref(), below.as_deref(), *limits);
            }
            Node::Fraction { numerator, denominator, bar } => {
                let function = if *bar { "tex-fraction" } else { "tex-stack" };
                self.fraction(function, numerator, denominator);
            }
            Node::Root { radicand, index: None } => self.wrap("math.sqrt", radicand),
            Node::Root { radicand, index: Some(index) } => self.call("math.root", |writer| {
                writer.within(Style::Scriptscript, |writer| writer.content(index));
                writer.code.push_str(", ");
                writer.content(radicand);
            }),
            node => self.grouping(node),
        }
    }

    /// A call with a string literal.
    fn quoted(&mut self, function: &str, text: &str) {
        let literal = quote(text);
        self.call(function, |writer| writer.code.push_str(&literal));
    }

    /// A symbol of a class.
    fn symbol(&mut self, text: &str, class: Class) {
        if class == Class::Operator {
            return self.quoted("tex-symbol", text);
        }
        let (class, literal) = (name_of(class), quote(text));
        self.code.push_str(&format!("tex-{class}({literal})"));
    }

    /// Words of text mode.
    fn words(&mut self, text: &str, face: Face) {
        let literal = quote(text);
        self.call("tex-words", |writer| {
            writer.code.push_str(&literal);
            if face.bold {
                writer.code.push_str(", bold: true");
            }
            if face.italic {
                writer.code.push_str(", italic: true");
            }
            match face.family {
                Family::Roman => {}
                Family::SansSerif => writer.code.push_str(", family: \"sans\""),
                Family::Monospace => writer.code.push_str(", family: \"mono\""),
            }
        });
    }

    /// Two parts above each other.
    fn fraction(&mut self, function: &str, numerator: &Node, denominator: &Node) {
        let style = self.style.fraction();
        self.call(function, |writer| {
            writer.within(style, |writer| {
                writer.content(numerator);
                writer.code.push_str(", ");
                writer.content(denominator);
            });
        });
    }

    /// A base with scripts.
    fn script(&mut self, base: &Node, above: Option<&Node>, below: Option<&Node>, limits: Limits) {
        let (upper, lower) = if limits == Limits::Beside { ("tr", "br") } else { ("t", "b") };
        self.call("math.attach", |writer| {
            writer.base(base, limits);
            let style = writer.style.script();
            for (place, script) in [(upper, above), (lower, below)] {
                let Some(script) = script else { continue };
                writer.code.push_str(&format!(", {place}: "));
                writer.within(style, |writer| writer.content(script));
            }
        });
    }

    /// The base of scripts, told where they stand.
    fn base(&mut self, base: &Node, limits: Limits) {
        // As a large operator, Typst would enlarge a symbol that is only to carry limits.
        let base = match base {
            Node::Classed(Class::Operator, body) if !matches!(limits, Limits::Beside) => body,
            base => base,
        };
        match (limits, base) {
            (_, Node::Row(nodes)) if nodes.is_empty() => self.code.push_str("tex-empty"),
            (Limits::Beside, base) => self.content(base),
            (Limits::Display, base) => {
                self.code.push_str("math.limits(inline: false, ");
                self.content(base);
                self.code.push(')');
            }
            (Limits::Always, base) => self.wrap("math.limits", base),
        }
    }

    /// Delimiters, names, styles, colours.
    fn grouping(&mut self, node: &Node) {
        match node {
            Node::Delimited { left, body, right } => self.delimited(left, body, right),
            Node::Middle(delimiter) if delimiter.is_empty() => self.code.push_str("none"),
            Node::Middle(delimiter) => self.quoted("tex-middle", delimiter),
            Node::Delimiter { delimiter, .. } if delimiter.is_empty() => {
                self.code.push_str("none");
            }
            Node::Delimiter { delimiter, size, class } => {
                let (literal, class) = (quote(delimiter), name_of(*class));
                let size = print(*size);
                self.code.push_str(&format!("tex-big({literal}, {size}, \"{class}\")"));
            }
            Node::Function(body) => self.wrap("math.op", body),
            Node::Styled(style, body) => {
                self.within(*style, |writer| writer.wrap(function_of(*style), body));
            }
            Node::Sized(size, body) => {
                self.wrap_after("text", &format!("size: {}", print(*size)), body);
            }
            Node::Colored(color, body) => {
                let fill = format!("fill: rgb({})", quote(color));
                self.wrap_after("text", &fill, body);
            }
            Node::Classed(Class::Operator, body) => match &**body {
                symbol @ Node::Symbol(_, Class::Operator) => self.node(symbol),
                body => self.wrap("math.op", body),
            },
            Node::Classed(class, body) => {
                let class = quote(name_of(*class));
                self.wrap_after("math.class", &class, body);
            }
            node => self.decoration(node),
        }
    }

    /// A body between delimiters that grow with it.
    fn delimited(&mut self, left: &str, body: &Node, right: &str) {
        if let (Node::Fraction { numerator, denominator, bar: false }, "(", ")") =
            (body, left, right)
        {
            return self.fraction("math.binom", numerator, denominator);
        }
        self.code.push_str("math.lr({");
        self.end("tex-opening", left);
        self.code.push_str("; ");
        self.content(body);
        self.code.push_str("; ");
        self.end("tex-closing", right);
        self.code.push_str("})");
    }

    /// A delimiter, or the gap that stands for an invisible one.
    fn end(&mut self, function: &str, delimiter: &str) {
        match delimiter {
            "" => self.code.push_str("tex-gap"),
            delimiter => self.quoted(function, delimiter),
        }
    }

    /// What stands around, over or under a part.
    fn decoration(&mut self, node: &Node) {
        match node {
            Node::Accent { base, accent } => self.accent(base, accent),
            Node::Line { base, over: true } => self.wrap("math.overline", base),
            Node::Line { base, over: false } => self.wrap("math.underline", base),
            Node::Brace { base, brace, over } => {
                let function = match (brace, over) {
                    (Brace::Curly, true) => "math.overbrace",
                    (Brace::Curly, false) => "math.underbrace",
                    (Brace::Bracket, true) => "math.overbracket",
                    (Brace::Bracket, false) => "math.underbracket",
                    (Brace::Round, true) => "math.overparen",
                    (Brace::Round, false) => "math.underparen",
                };
                self.wrap(function, base);
            }
            Node::Arrow { arrow, above, below } => {
                let arrow = quote(&arrow.to_string());
                let style = self.style.script();
                self.call("tex-arrow", |writer| {
                    writer.code.push_str(&arrow);
                    for label in [Some(&**above), below.as_deref()].into_iter().flatten() {
                        writer.code.push_str(", ");
                        writer.within(style, |writer| writer.content(label));
                    }
                });
            }
            Node::Cancel(strike, body) => {
                let angle = match strike {
                    Strike::Up => "inverted: false",
                    Strike::Down => "inverted: true",
                    Strike::Cross => "cross: true",
                    Strike::Through => "angle: 90deg",
                };
                self.wrap_after("math.cancel", angle, body);
            }
            Node::Boxed { body, border, background } => {
                let fill = match background {
                    Some(color) => format!("rgb({})", quote(color)),
                    None => "none".into(),
                };
                self.boxed("tex-boxed", &format!("border: {border}, fill: {fill}"), body);
            }
            node => self.placement(node),
        }
    }

    /// An accent.
    fn accent(&mut self, base: &Node, accent: &Accent) {
        let literal = quote(&accent.combining.to_string());
        self.call("math.accent", |writer| {
            writer.content(base);
            writer.code.push_str(&format!(", {literal}, dotless: false"));
            if !accent.wide {
                writer.code.push_str(", size: 0%");
            }
        });
    }

    /// What changes the place or the extent of a part.
    fn placement(&mut self, node: &Node) {
        match node {
            Node::Phantom(body) => self.wrap("hide", body),
            Node::Collapsed { body, width, height } => {
                let side = match width {
                    None => "none",
                    Some(Side::Left) => "left",
                    Some(Side::Center) => "center",
                    Some(Side::Right) => "right",
                };
                let arguments = format!("side: {side}, flat: {height}");
                self.boxed("tex-collapsed", &arguments, body);
            }
            Node::Raised(distance, body) => {
                self.boxed("tex-raised", &print(*distance), body);
            }
            Node::Rule(width, height, shift) => {
                let (width, height) = (print(width.max(0.0)), print(height.max(0.0)));
                self.code.push_str(&format!("tex-rule({width}, {height}, {})", print(*shift)));
            }
            _ => self.code.push_str("none"),
        }
    }
}
