//! Outputs of cells: of the forms an output comes in, the richest that can be drawn.

use serde_json::{Map, Value};

use super::ansi;
use super::cells;
use super::context::Context;
use super::delimiters::{self, Piece, Syntax};
use super::html::Reader;
use super::markdown::Source;
use super::notebook::text;
use super::pictures::{Picture, Trouble};
use super::tree::{Block, Channel, Inline, Output};

/// The forms that can be drawn, the richest first. Pictures stand before HTML with scripts, which is the
/// moving version of the same figure.
const DRAWINGS: [&str; 5] = ["image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp"];

pub fn read_all(outputs: &[Value], context: &mut Context) -> Vec<Output> {
    let mut read = Vec::new();
    let mut printing: Option<(Channel, String)> = None;
    for output in outputs {
        match (stream(output), &mut printing) {
            // Text of one stream that arrived in pieces.
            (Some((channel, piece)), Some((last, text))) if *last == channel => {
                text.push_str(&piece);
            }
            (Some(piece), _) => read.extend(printing.replace(piece).map(finished)),
            (None, _) => {
                read.extend(printing.take().map(finished));
                read.push(read_one(output, context));
            }
        }
    }
    read.extend(printing.map(finished));
    read
}

fn kind(output: &Value) -> Option<&str> {
    output.get("output_type").and_then(Value::as_str)
}

fn stream(output: &Value) -> Option<(Channel, String)> {
    if kind(output) != Some("stream") {
        return None;
    }
    let stderr = output.get("name").and_then(Value::as_str) == Some("stderr");
    let channel = if stderr { Channel::Stderr } else { Channel::Stdout };
    Some((channel, text(output.get("text").unwrap_or(&Value::Null))))
}

fn finished((channel, text): (Channel, String)) -> Output {
    Output { channel, blocks: printed(&text) }
}

fn read_one(output: &Value, context: &mut Context) -> Output {
    match kind(output) {
        Some("error") => Output { channel: Channel::Error, blocks: error(output) },
        Some("execute_result") => {
            Output { channel: Channel::Result, blocks: display(output, context) }
        }
        Some("display_data") => {
            Output { channel: Channel::Display, blocks: display(output, context) }
        }
        other => {
            let what = format!("an output of type {}", other.unwrap_or("unknown"));
            Output { channel: Channel::Display, blocks: notice(&what, context) }
        }
    }
}

fn printed(text: &str) -> Vec<Block> {
    vec![Block::Lines { lines: ansi::lines(text), framed: false }]
}

/// Says in place of something what it is.
pub fn notice(what: &str, context: &mut Context) -> Vec<Block> {
    match context.unsupported(what) {
        Inline::Notice(message) => vec![Block::Notice(message)],
        other => vec![Block::Paragraph { body: vec![other], alignment: None }],
    }
}

fn error(output: &Value) -> Vec<Block> {
    let string = |key: &str| text(output.get(key).unwrap_or(&Value::Null));
    let traceback: Vec<&str> = output
        .get("traceback")
        .and_then(Value::as_array)
        .map(|lines| lines.iter().filter_map(Value::as_str).collect())
        .unwrap_or_default();
    if traceback.iter().any(|line| !line.trim().is_empty()) {
        return printed(&traceback.join("\n"));
    }
    printed(&format!("{}: {}", string("ename"), string("evalue")))
}

fn display(output: &Value, context: &mut Context) -> Vec<Block> {
    let empty = Map::new();
    let data = output.get("data").and_then(Value::as_object).unwrap_or(&empty);
    let metadata = output.get("metadata").and_then(Value::as_object).unwrap_or(&empty);
    let get = |media: &str| data.get(media).map(text).filter(|content| !content.is_empty());
    if let Some(html) = get("text/html").filter(|html| !moves(html)) {
        let blocks = Reader::new(context, None).read(&html);
        if is_visible(&blocks) {
            return blocks;
        }
    }
    if let Some(markdown) = get("text/markdown") {
        return cells::text(&markdown, context);
    }
    if let Some(source) = get("text/latex") {
        return latex(&source, context);
    }
    if let Some(block) = figure(data, metadata, context) {
        return vec![block];
    }
    if let Some(html) = get("text/html") {
        let blocks = Reader::new(context, None).read(&html);
        if is_visible(&blocks) {
            return blocks;
        }
    }
    if let Some(plain) = get("text/plain") {
        return printed(&plain);
    }
    if let Some(value) = data.get("application/json") {
        let pretty = serde_json::to_string_pretty(value).unwrap_or_default();
        return vec![Block::Lines {
            lines: super::highlight::lines(&pretty, "json"),
            framed: false,
        }];
    }
    let kinds: Vec<&str> = data.keys().map(String::as_str).collect();
    let what = if kinds.is_empty() { "an output without data".into() } else { kinds.join(", ") };
    notice(&what, context)
}

/// Whether there is anything to see besides places that links go to.
fn is_visible(blocks: &[Block]) -> bool {
    !blocks.iter().all(|block| match block {
        Block::Anchor(_) => true,
        Block::Group { blocks, .. } => !is_visible(blocks),
        Block::Paragraph { body, .. } => {
            body.iter().all(|inline| matches!(inline, Inline::Anchor(_) | Inline::Break))
        }
        _ => false,
    })
}

/// Whether HTML is a program rather than a page.
fn moves(html: &str) -> bool {
    let lower = html.to_ascii_lowercase();
    ["<script", "<iframe", "<canvas", "<object", "<embed"].iter().any(|tag| lower.contains(tag))
}

fn figure(
    data: &Map<String, Value>,
    metadata: &Map<String, Value>,
    context: &mut Context,
) -> Option<Block> {
    let mut troubles: Vec<Trouble> = Vec::new();
    for media in DRAWINGS {
        let Some(content) = data.get(media).map(text).filter(|content| !content.trim().is_empty())
        else {
            continue;
        };
        match decode(media, content, context) {
            Ok(picture) => {
                let size = |key: &str| {
                    let of = |holder: &Map<String, Value>| holder.get(key).and_then(Value::as_f64);
                    let specific = metadata.get(media).and_then(Value::as_object);
                    let number = specific.and_then(of).or_else(|| of(metadata));
                    number.filter(|number| number.is_finite() && (1.0..1e5).contains(number))
                };
                let name = data.get("text/plain").map(text).unwrap_or_default();
                let size = (size("width"), size("height"));
                let inline = context.shown(Ok(picture), &alternative(&name), size);
                return Some(Block::Paragraph { body: vec![inline], alignment: None });
            }
            Err(trouble) => troubles.push(trouble),
        }
    }
    let trouble = troubles.into_iter().next()?;
    let inline = context.shown(Err(trouble), "of this output", (None, None));
    let mut body = vec![inline];
    if let Some(plain) = data.get("text/plain").map(text) {
        body.push(Inline::Break);
        body.push(Inline::Text(plain));
    }
    Some(Block::Paragraph { body, alignment: None })
}

fn decode(media: &str, content: String, context: &mut Context) -> Result<Picture, Trouble> {
    let pictures = &mut context.shared.pictures;
    // SVG is stored as it is; some tools store it in base64 all the same.
    if media == "image/svg+xml" && content.contains('<') {
        return pictures.add(content.into_bytes());
    }
    pictures.add_base64(&content)
}

fn alternative(plain: &str) -> String {
    let words = super::context::shortened(plain);
    if words.is_empty() { "figure".into() } else { words }
}

/// LaTeX: formulas, and whatever stands between them as text.
pub fn latex(source: &str, context: &mut Context) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut body = Vec::new();
    let source = delimiters::without_marks(source);
    for piece in delimiters::split(&source, Syntax::Plain) {
        match piece {
            Piece::Text(text) if text.trim().is_empty() => {}
            Piece::Text(text) => body.push(Inline::Text(text.trim().to_owned())),
            Piece::Formula { body: inner, source, display } => {
                let formula = Source { body: inner.into(), source: source.into(), display };
                match context.formula(&formula) {
                    Some(Inline::Formula(typeset)) if display => {
                        if !body.is_empty() {
                            let body = std::mem::take(&mut body);
                            blocks.push(Block::Paragraph { body, alignment: None });
                        }
                        blocks.push(Block::Formula(typeset));
                    }
                    other => body.extend(other),
                }
            }
        }
    }
    if !body.is_empty() {
        blocks.push(Block::Paragraph { body, alignment: None });
    }
    blocks
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use serde_json::json;

    use super::super::context::Shared;
    use super::super::findings::Kind;
    use super::*;

    fn read(outputs: &[Value]) -> (Vec<Output>, Shared) {
        let mut shared = Shared::default();
        let attachments = Map::new();
        let mut context = Context {
            shared: &mut shared,
            folder: std::path::Path::new("/nowhere"),
            attachments: &attachments,
            cell: 1,
        };
        let outputs = read_all(outputs, &mut context);
        (outputs, shared)
    }

    fn kinds(shared: &Shared) -> Vec<Kind> {
        shared.findings.list().iter().map(|finding| finding.kind).collect()
    }

    #[test]
    fn nothing_is_dropped_without_a_word() {
        let (outputs, shared) = read(&[
            json!({"output_type": "smell", "data": 3}),
            json!(7),
            json!({"output_type": "display_data", "data": {"application/x-thing": "1"}, "metadata": {}}),
            json!({"output_type": "display_data", "data": {"text/html": "<script>alert(1)</script>"}}),
            json!({"output_type": "display_data", "data": null}),
        ]);
        assert!(outputs.iter().all(|output| matches!(output.blocks[..], [Block::Notice(_)])));
        assert_eq!(kinds(&shared), [Kind::UnsupportedOutput; 5]);
    }

    #[test]
    fn a_drawing_comes_before_its_words_and_after_its_table() {
        let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'/>";
        let (outputs, _) = read(&[
            json!({"output_type": "execute_result", "data": {"text/plain": "f", "image/svg+xml": svg}}),
            json!({"output_type": "execute_result", "data": {"text/plain": "t", "text/html": "<table><tr><td>1"}}),
        ]);
        assert!(
            matches!(&outputs[0].blocks[..], [Block::Paragraph { body, .. }] if matches!(body[..], [Inline::Picture(_)]))
        );
        assert!(matches!(outputs[1].blocks[..], [Block::Table(_)]));
    }

    #[test]
    fn a_broken_picture_is_named_and_its_words_stay() {
        let (outputs, shared) = read(&[
            json!({"output_type": "display_data", "data": {"text/plain": "words", "image/png": "AAAA"}}),
        ]);
        assert_eq!(kinds(&shared), [Kind::BrokenImage]);
        let Block::Paragraph { body, .. } = &outputs[0].blocks[0] else { panic!("no paragraph") };
        assert!(super::super::tree::words(body).ends_with("words"));
    }

    #[test]
    fn streams_in_pieces_are_one_output() {
        let stream = |name: &str| json!({"output_type": "stream", "name": name, "text": ["a\n"]});
        let (outputs, _) = read(&[stream("stdout"), stream("stdout"), stream("stderr")]);
        assert_eq!(outputs.len(), 2);
        assert!(matches!(&outputs[0].blocks[..], [Block::Lines { lines, .. }] if lines.len() == 2));
    }
}
