//! Runs of text as Typst source.

use crate::export::literal::quote;
use crate::export::pictures::Picture;
use crate::export::tree::{Color, Emphasis, Inline, Target, Typeset};

use super::source::{Writer, file_name};

/// A CSS pixel would be 0.75 points, and the usual figure as wide as the page; at this size a figure and its code
/// fit on one page more often, and its smallest text has 7 points.
const POINTS_PER_PIXEL: f64 = 0.66;
/// Words longer than this get places where a line may break.
const LONGEST_WORD: usize = 48;

impl Writer<'_> {
    /// A run of text as one expression.
    pub fn inlines(&mut self, body: &[Inline]) -> String {
        let mut code = String::from("{");
        for inline in body {
            code.push_str(&self.inline(inline));
            code.push(';');
        }
        code.push_str("[]}");
        code
    }

    fn inline(&mut self, inline: &Inline) -> String {
        match inline {
            Inline::Text(text) => quote(&breakable(text)),
            Inline::Code(text) => format!("code-words({})", quote(&breakable(text))),
            Inline::Styled(emphasis, body) => {
                format!("{}({})", function(*emphasis), self.inlines(body))
            }
            Inline::Colored { foreground, background, body } => {
                let color = |color: &Option<Color>| {
                    color.map_or("none".into(), |color| quote(&color.hexadecimal()))
                };
                let body = self.inlines(body);
                format!("colored({}, {}, {body})", color(foreground), color(background))
            }
            Inline::Link { target, body } => self.link(target, body),
            Inline::Picture(picture) => self.picture("inline-picture", picture),
            Inline::Formula(typeset) => set(typeset),
            Inline::Break => "linebreak()".into(),
            Inline::Checkbox(done) => format!("tick({done});\" \""),
            Inline::Anchor(name) => {
                self.anchor(name).map_or("none".into(), |name| format!("anchor({name})"))
            }
            Inline::Notice(message) => format!("inline-notice({})", quote(message)),
        }
    }

    fn link(&mut self, target: &Target, body: &[Inline]) -> String {
        let body = self.inlines(body);
        match target {
            Target::Address(address) => format!("link({}, {body})", quote(address)),
            Target::Anchor(name) => match self.labels.get(name) {
                Some(label) => format!("link(label({}), {body})", quote(label)),
                None => body,
            },
        }
    }

    pub fn picture(&self, function: &str, picture: &Picture) -> String {
        let Some(stored) = self.pictures.get(picture.number) else {
            let message = format!("picture {}: it cannot be drawn", picture.alternative);
            return format!("inline-notice({})", quote(&message));
        };
        let name = file_name(picture.number, stored.format.extension());
        let points = |pixels: f64| format!("{:.2}pt", (pixels * POINTS_PER_PIXEL).max(0.5));
        format!(
            "{function}({}, {}, {}, {})",
            quote(&name),
            points(picture.width),
            points(picture.height),
            quote(&picture.alternative)
        )
    }
}

fn function(emphasis: Emphasis) -> &'static str {
    match emphasis {
        Emphasis::Italic => "emph",
        Emphasis::Strong => "strong",
        Emphasis::Struck => "struck",
        Emphasis::Underlined => "underline",
        Emphasis::Subscript => "sub",
        Emphasis::Superscript => "super",
        Emphasis::Marked => "marked",
        Emphasis::Small => "smaller",
        Emphasis::Key => "key",
    }
}

fn set(typeset: &Typeset) -> String {
    match &typeset.formula {
        Some(formula) => formula.typst(),
        None => format!("inline-formula-source({})", quote(&typeset.source)),
    }
}

/// Places in very long words where a line may end: nothing is seen of them.
fn breakable(text: &str) -> String {
    if text.split(' ').all(|word| word.chars().count() <= LONGEST_WORD) {
        return text.to_owned();
    }
    let mut result = String::with_capacity(text.len() + 16);
    let mut since = 0;
    for character in text.chars() {
        result.push(character);
        since = if character == ' ' { 0 } else { since + 1 };
        if since >= LONGEST_WORD / 4 && (!character.is_alphanumeric() || since >= LONGEST_WORD / 2)
        {
            result.push('\u{200B}');
            since = 0;
        }
    }
    result
}
