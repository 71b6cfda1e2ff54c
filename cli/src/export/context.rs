//! What the parts of one document share while it is read.

use std::path::Path;

use serde_json::{Map, Value};

use super::delimiters::{self, Piece, Syntax};
use super::findings::{Findings, Kind};
use super::html;
use super::markdown::Source;
use super::mathematics::Mathematics;
use super::notebook;
use super::pictures::{Picture, Pictures, Trouble};
use super::remote::Remote;
use super::tree::{Inline, Typeset};

/// Longer sources are cut where they are quoted in a message.
const QUOTED: usize = 60;

/// What all cells share.
#[derive(Default)]
pub struct Shared {
    pub mathematics: Mathematics,
    pub pictures: Pictures,
    pub findings: Findings,
    pub remote: Remote,
}

/// What the parts of one cell share.
pub struct Context<'a> {
    pub shared: &'a mut Shared,
    /// The notebook's folder.
    pub folder: &'a Path,
    pub attachments: &'a Map<String, Value>,
    /// The position of the cell, from 1.
    pub cell: usize,
}

impl Context<'_> {
    pub fn finding(&mut self, kind: Kind, message: impl Into<String>) {
        self.shared.findings.add(kind, Some(self.cell), message);
    }

    /// The name of a place in the document. Footnotes begin again in every cell.
    pub fn anchor(&self, name: &str) -> String {
        if name.starts_with("fn-") || name.starts_with("fnref-") {
            format!("{}:{name}", self.cell)
        } else {
            name.to_owned()
        }
    }

    /// The name JupyterLab gives to a heading.
    pub fn heading_anchor(&self, words: &str) -> String {
        words.replace(' ', "-")
    }

    /// Sets a formula; nothing is shown of one that only defines commands.
    pub fn formula(&mut self, source: &Source) -> Option<Inline> {
        let set = self.shared.mathematics.set(&source.body, source.display);
        let formula = match set {
            Ok(formula) if formula.is_definition_only() => return None,
            Ok(formula) => Some(formula),
            Err(reason) => {
                let quoted = shortened(&source.source);
                self.finding(
                    Kind::Formula,
                    format!("the formula {quoted} cannot be set: {reason}"),
                );
                None
            }
        };
        let (source, display) = (source.source.clone(), source.display);
        Some(Inline::Formula(Typeset { source, display, formula }))
    }

    /// Text with formulas as MathJax finds them on a page.
    pub fn mathematics(&mut self, text: &str) -> Vec<Inline> {
        let mut inlines = Vec::new();
        for piece in delimiters::split(text, Syntax::Plain) {
            match piece {
                Piece::Text(text) => inlines.push(Inline::Text(html::collapsed(text))),
                Piece::Formula { body, source, display } => {
                    let formula = Source { body: body.into(), source: source.into(), display };
                    inlines.extend(self.formula(&formula));
                }
            }
        }
        inlines
    }

    /// A picture that a text refers to, or what is said in its place.
    pub fn picture(
        &mut self,
        address: &str,
        alternative: &str,
        size: (Option<f64>, Option<f64>),
    ) -> Inline {
        let found = self.find_picture(address);
        let named =
            if alternative.is_empty() { shortened(address) } else { alternative.to_owned() };
        self.shown(found, &named, size)
    }

    fn find_picture(&mut self, address: &str) -> Result<Picture, Trouble> {
        let scheme = address.split_once(':').map(|(scheme, _)| scheme.to_ascii_lowercase());
        match scheme.as_deref() {
            Some("data") => self.shared.pictures.add_data_address(address),
            Some("attachment") => self.attachment(&address["attachment:".len()..]),
            Some("http" | "https") => {
                let bytes = self.shared.remote.fetch(address)?;
                self.shared.pictures.add(bytes)
            }
            Some("file") => Err(Trouble {
                kind: Kind::RefusedImage,
                message: format!("{} is an absolute address", shortened(address)),
            }),
            _ if address.starts_with("//") => Err(Trouble {
                kind: Kind::RemoteImage,
                message: format!("{} lies on a server", shortened(address)),
            }),
            _ => self.shared.pictures.add_file(self.folder, address),
        }
    }

    fn attachment(&mut self, name: &str) -> Result<Picture, Trouble> {
        let decoded = percent_decoded(name);
        let bundle = self.attachments.get(name).or_else(|| self.attachments.get(&decoded));
        let content = bundle
            .and_then(Value::as_object)
            .and_then(|bundle| bundle.iter().find(|(media, _)| media.starts_with("image/")));
        let Some((media, content)) = content else {
            return Err(Trouble {
                kind: Kind::MissingImage,
                message: format!("there is no attachment {}", shortened(&decoded)),
            });
        };
        let text = notebook::text(content);
        if media == "image/svg+xml" && text.trim_start().starts_with('<') {
            return self.shared.pictures.add(text.into_bytes());
        }
        self.shared.pictures.add_base64(&text)
    }

    /// A drawing that stands in HTML itself.
    pub fn inline_drawing(&mut self, text: String) -> Inline {
        let found = self.shared.pictures.add(text.into_bytes());
        self.shown(found, "a drawing", (None, None))
    }

    /// A picture in the size its place asks for; trouble becomes a finding and a notice.
    pub fn shown(
        &mut self,
        found: Result<Picture, Trouble>,
        name: &str,
        size: (Option<f64>, Option<f64>),
    ) -> Inline {
        match found {
            Ok(picture) => Inline::Picture(resized(picture, size, name)),
            Err(trouble) => {
                let message = format!("picture {name}: {}", trouble.message);
                self.finding(trouble.kind, message.clone());
                Inline::Notice(message)
            }
        }
    }

    /// Says what was left out, where it was left out.
    pub fn unsupported(&mut self, what: &str) -> Inline {
        let message = format!("not shown: {what}");
        self.finding(Kind::UnsupportedOutput, message.clone());
        Inline::Notice(message)
    }
}

/// One given side keeps the proportions.
fn resized(picture: Picture, size: (Option<f64>, Option<f64>), name: &str) -> Picture {
    let ratio = picture.height / picture.width;
    let (width, height) = match size {
        (Some(width), Some(height)) => (width, height),
        (Some(width), None) => (width, width * ratio),
        (None, Some(height)) => (height / ratio, height),
        (None, None) => (picture.width, picture.height),
    };
    Picture { width, height, alternative: name.to_owned(), ..picture }
}

/// `%41` → `A`, where that is text.
pub fn percent_decoded(name: &str) -> String {
    String::from_utf8(super::pictures::percent_decoded(name)).unwrap_or_else(|_| name.to_owned())
}

/// The beginning of a text that may be long, on one line, and without what would command a terminal.
pub fn shortened(text: &str) -> String {
    let visible = text.replace(|sign: char| sign.is_control() && !sign.is_whitespace(), "\u{FFFD}");
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= QUOTED {
        return line;
    }
    let begin: String = line.chars().take(QUOTED).collect();
    format!("{begin}…")
}
