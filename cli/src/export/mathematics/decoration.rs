//! Commands that put something around, over or under their arguments.

use ratex_parser::parse_node::{Mode, ParseNode};

use super::reader::{Reader, Reading, class_of, classed, unsupported};
use super::tree::{Brace, Class, Node, Side, Strike, Style};
use super::{color, length, merge, symbol, words};

impl Reader {
    /// A command that puts something around, over or under its argument.
    pub fn decoration(self, node: &ParseNode) -> Reading {
        use ParseNode as P;
        Ok(match node {
            P::Accent { mode: Mode::Text, .. } => words::read(self, node)?,
            P::Accent { label, base, .. } | P::AccentUnder { label, base, .. } => {
                self.accent(label, base)?
            }
            P::Overline { body, .. } => Node::Line { base: self.argument(body)?, over: true },
            P::Underline { body, .. } => Node::Line { base: self.argument(body)?, over: false },
            P::HorizBrace { label, is_over, base, .. } => {
                let brace = if label.ends_with("bracket") { Brace::Bracket } else { Brace::Curly };
                Node::Brace { base: self.argument(base)?, brace, over: *is_over }
            }
            P::XArrow { label, body, below, .. } => {
                let small = self.styled(self.style.script());
                let arrow = symbol::arrow(label).ok_or_else(|| unsupported(label))?;
                let below = small.option(below.as_deref())?;
                Node::Arrow { arrow, above: small.argument(body)?, below }
            }
            P::Enclose { .. } => self.enclosure(node)?,
            P::CdArrow { direction, label_above, label_below, .. } => {
                self.diagram_arrow(direction, label_above.as_deref(), label_below.as_deref())?
            }
            P::Rule { shift, width, height, .. } => Node::Rule(
                length::em(width),
                length::em(height),
                shift.as_ref().map_or(0.0, length::em),
            ),
            node => self.placement(node)?,
        })
    }

    /// A command that changes the place or the extent of its argument.
    fn placement(self, node: &ParseNode) -> Reading {
        use ParseNode as P;
        let collapsed = |body, width, height| {
            let body = self.collapsing()?.argument(body)?;
            Ok::<_, String>(Node::Collapsed { body, width, height })
        };
        Ok(match node {
            P::Phantom { body, .. } => Node::Phantom(Box::new(self.row(body)?)),
            P::VPhantom { body, .. } => {
                Node::Phantom(Box::new(collapsed(body, Some(Side::Right), false)?))
            }
            P::Smash { body, smash_height: false, smash_depth: false, .. } => {
                *self.argument(body)?
            }
            P::Smash { body, .. } => collapsed(body, None, true)?,
            P::Lap { alignment, body, .. } => {
                let side = match alignment.as_str() {
                    "llap" => Side::Left,
                    "rlap" => Side::Right,
                    _ => Side::Center,
                };
                collapsed(body, Some(side), false)?
            }
            P::RaiseBox { dy, body, .. } => Node::Raised(length::em(dy), self.argument(body)?),
            P::VCenter { body, .. } => *self.argument(body)?,
            node => return Err(unsupported(node.type_name())),
        })
    }

    /// A fraction or a binomial coefficient.
    pub fn fraction(self, node: &ParseNode) -> Reading {
        let ParseNode::GenFrac {
            continued,
            numer,
            denom,
            has_bar_line,
            left_delim,
            right_delim,
            ..
        } = node
        else {
            return Err(unsupported("fraction"));
        };
        let style = if *continued { Style::Display } else { self.style.fraction() };
        let part = |node| {
            let part = self.styled(style).argument(node)?;
            Ok::<_, String>(if *continued { Box::new(Node::Styled(style, part)) } else { part })
        };
        let (numerator, denominator) = (part(numer)?, part(denom)?);
        let fraction = Node::Fraction { numerator, denominator, bar: *has_bar_line };
        if left_delim.is_none() && right_delim.is_none() {
            return Ok(fraction);
        }
        let side = |side: &Option<String>| {
            let side = side.as_deref().unwrap_or(".");
            symbol::delimiter(side).ok_or_else(|| unsupported(side))
        };
        let (left, right) = (side(left_delim)?, side(right_delim)?);
        let body = Box::new(fraction);
        Ok(classed(Class::Ordinary, Node::Delimited { left, body, right }))
    }

    /// Delimiters that grow with what they enclose, or of a size of their own.
    pub fn delimiters(self, node: &ParseNode) -> Reading {
        let find = |name: &str| symbol::delimiter(name).ok_or_else(|| unsupported(name));
        Ok(match node {
            ParseNode::LeftRight { body, left, right, .. } => {
                let (left, right) = (find(left)?, find(right)?);
                Node::Delimited { left, body: Box::new(self.row(body)?), right }
            }
            ParseNode::Middle { delim, .. } => Node::Middle(find(delim)?),
            ParseNode::DelimSizing { size, mclass, delim, .. } => {
                let size = 0.6 + 0.6 * f64::from(*size);
                let (delimiter, class) = (find(delim)?, class_of(mclass));
                Node::Delimiter { delimiter, size, class }
            }
            node => return Err(unsupported(node.type_name())),
        })
    }

    /// An accent.
    fn accent(self, label: &str, base: &ParseNode) -> Reading {
        let base = self.argument(base)?;
        match label {
            "\\overgroup" => Ok(Node::Brace { base, brace: Brace::Round, over: true }),
            "\\undergroup" => Ok(Node::Brace { base, brace: Brace::Round, over: false }),
            "\\overlinesegment" => Ok(Node::Line { base, over: true }),
            "\\underlinesegment" => Ok(Node::Line { base, over: false }),
            label => {
                let accent = symbol::accent(label).ok_or_else(|| unsupported(label))?;
                Ok(Node::Accent { base: Box::new(merge::dotless(*base)), accent })
            }
        }
    }

    /// A frame, a ground, or lines through the argument.
    fn enclosure(self, node: &ParseNode) -> Reading {
        let ParseNode::Enclose { label, background_color, border_color, body, .. } = node else {
            return Err(unsupported("enclosure"));
        };
        let body = self.argument(body)?;
        let strike = match label.as_str() {
            "\\cancel" | "\\slashed" | "\\centernot" => Strike::Up,
            "\\bcancel" => Strike::Down,
            "\\xcancel" => Strike::Cross,
            "\\sout" => Strike::Through,
            "\\fbox" | "\\colorbox" | "\\fcolorbox" => {
                let background = background_color.as_deref().and_then(color::parse);
                let border = label == "\\fbox" || border_color.is_some();
                return Ok(Node::Boxed { body, border, background });
            }
            label => return Err(unsupported(label)),
        };
        Ok(Node::Cancel(strike, body))
    }

    /// An arrow of a commutative diagram.
    fn diagram_arrow(
        self,
        direction: &str,
        first: Option<&ParseNode>,
        second: Option<&ParseNode>,
    ) -> Reading {
        let small = self.collapsing()?.styled(self.style.script());
        let first = small.option(first)?.unwrap_or_else(|| Box::new(Node::Row(Vec::new())));
        let second = small.option(second)?;
        let across = |arrow, below| Ok(Node::Arrow { arrow, above: first.clone(), below });
        let delimiter = match direction {
            "right" => return across('→', second),
            "left" => return across('←', second),
            "horiz_eq" => return across('=', second),
            "down" => "↓",
            "up" => "↑",
            "vert_eq" => "‖",
            _ => return Ok(Node::Row(Vec::new())),
        };
        let label = |label, side| {
            let body = Box::new(Node::Styled(small.style, label));
            Node::Collapsed { body, width: Some(side), height: false }
        };
        let arrow =
            Node::Delimiter { delimiter: delimiter.into(), size: 1.8, class: Class::Ordinary };
        let mut parts = vec![label(first, Side::Left), arrow];
        parts.extend(second.map(|second| label(second, Side::Right)));
        Ok(Node::Row(parts))
    }
}
