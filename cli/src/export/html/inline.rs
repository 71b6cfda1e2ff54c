//! Elements within a line.

use scraper::{ElementRef, Node};

use super::element::{Element, background, foreground, is_unseen, property};
use super::{DEEPEST, Reader, collapsed};
use crate::export::context::percent_decoded;
use crate::export::drawing::length;
use crate::export::tree::{Emphasis, Inline, Target};

impl Reader<'_, '_> {
    /// The children of an element, one after the other.
    pub(super) fn inlines(&mut self, parent: Element) -> Vec<Inline> {
        let mut run = Vec::new();
        self.depth += 1;
        if self.depth > DEEPEST {
            run.push(Inline::Text(collapsed(&parent.text().collect::<String>())));
        } else {
            for child in parent.children() {
                match child.value() {
                    Node::Text(text) => run.extend(self.text(text)),
                    Node::Element(_) => {
                        if let Some(element) = ElementRef::wrap(child) {
                            run.extend(self.inline(element));
                        }
                    }
                    _ => {}
                }
            }
        }
        self.depth -= 1;
        run
    }

    pub(super) fn inline(&mut self, element: Element) -> Vec<Inline> {
        let name = element.value().name();
        if is_unseen(name) {
            return Vec::new();
        }
        let mut run = match name {
            "br" => vec![Inline::Break],
            "wbr" => Vec::new(),
            "img" => self.picture(element),
            "svg" => self.drawing(element),
            "input" => checkbox(element),
            "code" | "tt" | "samp" => self.code(element),
            "a" => self.link(element),
            "q" => self.quoted(element),
            "iframe" | "object" | "embed" | "video" | "audio" | "canvas" => {
                vec![self.left_out(element)]
            }
            _ => match emphasis(name) {
                Some(emphasis) => vec![Inline::Styled(emphasis, self.inlines(element))],
                None => self.inlines(element),
            },
        };
        if let Some(anchor) = element.value().id().or_else(|| element.attr("name")) {
            run.insert(0, Inline::Anchor(self.context.anchor(anchor)));
        }
        styled(element, run)
    }

    fn code(&mut self, element: Element) -> Vec<Inline> {
        let text = self.verbatim(&element.text().collect::<String>());
        vec![Inline::Code(text.replace(['\n', '\t'], " "))]
    }

    fn quoted(&mut self, element: Element) -> Vec<Inline> {
        let mut run = vec![Inline::Text("“".into())];
        run.extend(self.inlines(element));
        run.push(Inline::Text("”".into()));
        run
    }

    fn link(&mut self, element: Element) -> Vec<Inline> {
        let body = self.inlines(element);
        let address = element.attr("href").unwrap_or_default().trim();
        match self.target(address) {
            Some(target) => vec![Inline::Link { target, body }],
            None => body,
        }
    }

    /// Only addresses that a reader can follow; `javascript:` and local files are not.
    fn target(&self, address: &str) -> Option<Target> {
        if let Some(anchor) = address.strip_prefix('#') {
            return Some(Target::Anchor(self.context.anchor(&percent_decoded(anchor))));
        }
        let scheme = address.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        let known = matches!(scheme.as_deref(), Some("http" | "https" | "mailto"));
        let clean = !address.chars().any(|character| character.is_control() || character == ' ');
        (known && clean && address.len() < 2_000).then(|| Target::Address(address.to_owned()))
    }

    fn picture(&mut self, element: Element) -> Vec<Inline> {
        let alternative = element.attr("alt").unwrap_or_default();
        let Some(source) = element.attr("src").filter(|source| !source.trim().is_empty()) else {
            return vec![Inline::Text(alternative.to_owned())];
        };
        let size =
            |name: &str| property(element, name).or_else(|| element.attr(name)).and_then(length);
        vec![self.context.picture(source.trim(), alternative, (size("width"), size("height")))]
    }

    fn drawing(&mut self, element: Element) -> Vec<Inline> {
        let mut text = element.html();
        if !text.contains("http://www.w3.org/2000/svg") {
            text = text.replacen("<svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"", 1);
        }
        vec![self.context.inline_drawing(text)]
    }

    fn left_out(&mut self, element: Element) -> Inline {
        let name = element.value().name();
        let what = match name {
            "iframe" => "an embedded page",
            "video" => "a video",
            "audio" => "a sound",
            "canvas" => "a canvas that a script would draw on",
            _ => "an embedded object",
        };
        let address = element
            .attr("src")
            .or_else(|| element.attr("data"))
            .filter(|address| !address.starts_with("data:") && address.len() < 200);
        self.context.unsupported(&match address {
            Some(address) => format!("{what}: {address}"),
            None => what.to_owned(),
        })
    }
}

fn emphasis(name: &str) -> Option<Emphasis> {
    Some(match name {
        "b" | "strong" | "th" => Emphasis::Strong,
        "i" | "em" | "cite" | "dfn" | "var" => Emphasis::Italic,
        "s" | "del" | "strike" => Emphasis::Struck,
        "u" | "ins" => Emphasis::Underlined,
        "sub" => Emphasis::Subscript,
        "sup" => Emphasis::Superscript,
        "mark" => Emphasis::Marked,
        "small" => Emphasis::Small,
        "kbd" => Emphasis::Key,
        _ => return None,
    })
}

fn checkbox(element: Element) -> Vec<Inline> {
    if element.attr("type") != Some("checkbox") {
        return element.attr("value").map(|text| Inline::Text(text.into())).into_iter().collect();
    }
    vec![Inline::Checkbox(element.attr("checked").is_some())]
}

/// What the `style` attribute of any element in a line can say.
fn styled(element: Element, mut run: Vec<Inline>) -> Vec<Inline> {
    let has = |name: &str, values: &[&str]| {
        property(element, name)
            .is_some_and(|value| values.iter().any(|known| value.contains(known)))
    };
    for (found, emphasis) in [
        (has("font-weight", &["bold", "600", "700", "800", "900"]), Emphasis::Strong),
        (has("font-style", &["italic", "oblique"]), Emphasis::Italic),
        (has("text-decoration", &["underline"]), Emphasis::Underlined),
        (has("text-decoration", &["line-through"]), Emphasis::Struck),
    ] {
        if found {
            run = vec![Inline::Styled(emphasis, run)];
        }
    }
    let (foreground, background) = (foreground(element), background(element));
    if foreground.is_some() || background.is_some() {
        run = vec![Inline::Colored { foreground, background, body: run }];
    }
    run
}
