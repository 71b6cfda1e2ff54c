//! How outputs leave the process that runs the cells.
//!
//! A kernel of this project reads framed messages between the lines of standard output, so that they keep their
//! place among what the cell prints. Any other kernel gets the blocks that evcxr defines, which know neither
//! updates nor clearing.

use std::io::Write;

use serde_json::{Map, Value, json};

use super::{Rich, escape};

/// Set by a kernel that takes live messages, to the word that every message of this process repeats.
const CHANNEL_VARIABLE: &str = "LATENTLAB_CHANNEL";

/// What a message asks of the page.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Message<'a> {
    /// An output, with the id under which it can be replaced.
    Display { output: &'a Rich, id: Option<&'a str> },
    /// The value of a cell's last expression.
    Result(&'a Rich),
    /// Replaces an output that was displayed under this id.
    Update { output: &'a Rich, id: &'a str },
    /// Removes the cell's outputs, at once or when the next one comes.
    Clear { wait: bool },
}

/// Where messages go.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Channel {
    /// To a kernel that reads frames marked with this token.
    Live(String),
    /// To evcxr as it comes, or to no kernel at all.
    Stock,
}

impl Channel {
    /// The channel of this process. Read at each send: evcxr may set variables while it runs.
    pub(crate) fn current() -> Self {
        match std::env::var(CHANNEL_VARIABLE) {
            // A token with blanks would make a header that no reader can split.
            Ok(token) if !token.is_empty() && !token.contains(char::is_whitespace) => {
                Self::Live(token)
            }
            _ => Self::Stock,
        }
    }

    pub(crate) fn is_live(&self) -> bool {
        matches!(self, Self::Live(_))
    }

    /// Writes a message to standard output, in one piece. Where that is closed there is no page, and nothing to do.
    pub(crate) fn send(&self, message: Message) {
        let bytes = self.encode(message);
        if bytes.is_empty() {
            return;
        }
        let mut page = std::io::stdout().lock();
        let _closed = page.write_all(&bytes).and_then(|()| page.flush());
    }

    /// The bytes of a message; none where there is nothing to say or no way to say it.
    fn encode(&self, message: Message) -> Vec<u8> {
        if let Message::Display { output, .. }
        | Message::Result(output)
        | Message::Update { output, .. } = message
            && output.is_empty()
        {
            return Vec::new();
        }
        match (self, message) {
            (Self::Live(token), message) => frame(token, message),
            (Self::Stock, Message::Display { output, .. } | Message::Result(output)) => {
                blocks(output)
            }
            (Self::Stock, Message::Update { .. } | Message::Clear { .. }) => Vec::new(),
        }
    }
}

/// Sends a message to the page of this process.
pub(crate) fn send(message: Message) {
    Channel::current().send(message);
}

/// A header with the payload's length, so that the payload may hold anything, then the payload.
fn frame(token: &str, message: Message) -> Vec<u8> {
    let (kind, payload) = match message {
        Message::Display { output, id } => ("display", bundle(output, id)),
        Message::Result(output) => ("result", bundle(output, None)),
        Message::Update { output, id } => ("update", bundle(output, Some(id))),
        Message::Clear { wait } => ("clear", json!({ "wait": wait })),
    };
    let payload = payload.to_string();
    let mut bytes = format!("\u{1e}LATENTLAB {token} {kind} {}\n", payload.len()).into_bytes();
    bytes.extend_from_slice(payload.as_bytes());
    bytes.push(b'\n');
    bytes
}

/// An output as Jupyter's messages hold it.
fn bundle(output: &Rich, id: Option<&str>) -> Value {
    let data: Map<String, Value> = output
        .forms()
        .map(|(mime, content)| {
            let as_text = || Value::from(content);
            let value = if mime.ends_with("json") {
                serde_json::from_str(content).unwrap_or_else(|_| as_text())
            } else {
                as_text()
            };
            (mime.to_owned(), value)
        })
        .collect();
    let mut bundle = json!({ "data": data, "metadata": {} });
    if let Some([width, height]) = output.png_size() {
        bundle["metadata"]["image/png"] = json!({ "width": width, "height": height });
    }
    if let Some(id) = id {
        bundle["transient"] = json!({ "display_id": id });
    }
    bundle
}

/// The form that evcxr reads: one block for each MIME type.
fn blocks(output: &Rich) -> Vec<u8> {
    let mut text = String::new();
    for (mime, content) in output.forms() {
        text.push_str(&block(mime, content));
    }
    // evcxr has no place for a picture's size.
    if let (Some([width, height]), None, Some(png)) =
        (output.png_size(), output.get("image/svg+xml"), output.get("image/png"))
    {
        let words = escape(output.get("text/plain").unwrap_or_default());
        let image = format!(
            "<img width=\"{width}\" height=\"{height}\" alt=\"{words}\" src=\"data:image/png;base64,{png}\">"
        );
        text.push_str(&block("text/html", &image));
    }
    text.into_bytes()
}

fn block(mime: &str, content: &str) -> String {
    format!("EVCXR_BEGIN_CONTENT {mime}\n{content}\nEVCXR_END_CONTENT\n")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_pictures_size_is_said_beside_it_or_in_html() {
        let picture = Rich::text("a \"b\"").sized_png(b"\x89PNG", 640, 400);
        let live = bundle(&picture, None);
        assert_eq!(live["metadata"], json!({ "image/png": { "width": 640, "height": 400 } }));
        assert!(live["data"].get("text/html").is_none());
        let stock = String::from_utf8(blocks(&picture)).unwrap();
        assert!(stock.contains("<img width=\"640\" height=\"400\" alt=\"a &quot;b&quot;\" src="));
        let with_svg = String::from_utf8(blocks(&picture.svg("<svg/>"))).unwrap();
        assert!(!with_svg.contains("<img"));
    }

    /// Reads one frame as the kernel does: kind and payload.
    fn read(bytes: &[u8], token: &str) -> (String, Value) {
        let end = bytes.iter().position(|byte| *byte == b'\n').unwrap();
        let header = std::str::from_utf8(&bytes[..end]).unwrap();
        let words: Vec<&str> = header.split(' ').collect();
        assert_eq!(words[..2], ["\u{1e}LATENTLAB", token], "{header}");
        let length: usize = words[3].parse().unwrap();
        assert_eq!(bytes.len(), end + 1 + length + 1);
        assert_eq!(bytes[end + 1 + length], b'\n');
        (words[2].to_owned(), serde_json::from_slice(&bytes[end + 1..end + 1 + length]).unwrap())
    }

    fn live() -> Channel {
        Channel::Live("t0ken".into())
    }

    #[test]
    fn evcxr_reads_one_block_per_form() {
        let output = Rich::text("a").html("<i>a</i>").html("<b>a</b>");
        let message = Message::Display { output: &output, id: Some("7") };
        assert_eq!(
            String::from_utf8(Channel::Stock.encode(message)).unwrap(),
            "EVCXR_BEGIN_CONTENT text/plain\na\nEVCXR_END_CONTENT\n\
             EVCXR_BEGIN_CONTENT text/html\n<b>a</b>\nEVCXR_END_CONTENT\n"
        );
        assert_eq!(Channel::Stock.encode(Message::Result(&output)), blocks(&output));
    }

    #[test]
    fn evcxr_gets_neither_updates_nor_clears() {
        let output = Rich::text("a");
        assert!(Channel::Stock.encode(Message::Update { output: &output, id: "7" }).is_empty());
        assert!(Channel::Stock.encode(Message::Clear { wait: true }).is_empty());
    }

    #[test]
    fn every_kind_has_its_payload() {
        let output = Rich::text("a").json("{\"loss\": [0.5]}");
        let (kind, payload) =
            read(&live().encode(Message::Display { output: &output, id: None }), "t0ken");
        assert_eq!(kind, "display");
        let data = json!({ "text/plain": "a", "application/json": { "loss": [0.5] } });
        assert_eq!(payload, json!({ "data": data, "metadata": {} }));
        let (kind, payload) =
            read(&live().encode(Message::Update { output: &output, id: "7" }), "t0ken");
        assert_eq!(
            (kind.as_str(), &payload["transient"]),
            ("update", &json!({ "display_id": "7" }))
        );
        let (kind, payload) = read(&live().encode(Message::Result(&output)), "t0ken");
        assert_eq!((kind.as_str(), payload.get("transient")), ("result", None));
        let clear = read(&live().encode(Message::Clear { wait: true }), "t0ken");
        assert_eq!(clear, ("clear".to_owned(), json!({ "wait": true })));
    }

    #[test]
    fn an_output_without_any_form_sends_nothing() {
        for channel in [live(), Channel::Stock] {
            assert!(channel.encode(Message::Result(&Rich::default())).is_empty());
        }
    }

    #[test]
    fn json_that_is_none_is_sent_as_text() {
        let output = Rich::text("a").json("{broken");
        let (_, payload) = read(&live().encode(Message::Result(&output)), "t0ken");
        assert_eq!(payload["data"]["application/json"], json!("{broken"));
    }

    #[test]
    fn twenty_megabytes_arrive_whole() {
        let large = "0123456789abcde\n".repeat(20 << 16);
        let output = Rich::text("large").html(large.clone());
        let (_, payload) = read(&live().encode(Message::Result(&output)), "t0ken");
        assert_eq!(payload["data"]["text/html"].as_str().unwrap(), large);
    }

    proptest! {
        #[test]
        fn frames_parse_back_to_the_same_output(
            text in "(\\PC|\n|\u{1e}LATENTLAB t0ken display 3\n|\u{0}|EVCXR_END_CONTENT){0,40}",
            html in any::<String>(),
            id in "[a-z0-9]{1,8}",
        ) {
            let output = Rich::text(text.clone()).html(html.clone());
            let message = Message::Display { output: &output, id: Some(&id) };
            let (kind, payload) = read(&live().encode(message), "t0ken");
            prop_assert_eq!(kind, "display");
            prop_assert_eq!(&payload["data"]["text/plain"], &json!(text));
            prop_assert_eq!(&payload["data"]["text/html"], &json!(html));
            prop_assert_eq!(&payload["transient"]["display_id"], &json!(id));
        }
    }
}
