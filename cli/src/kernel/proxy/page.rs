//! Where the outputs of the current cell go, in the order in which they come.

use jupyter_protocol::messaging::Header;
use serde_json::{Map, Value, json};

use super::ending;
use super::publisher::Publisher;
use super::stream::{Name, Stream};

/// A single output may be this long; browsers and notebook files choke on more.
const OUTPUT_LIMIT: usize = 100_000_000;
/// The end of what a cell said on standard error, kept to explain how it ended.
const REMEMBERED: usize = 64 * 1024;

pub struct Page {
    publisher: Publisher,
    parent: Option<Header>,
    /// A silent execution shows nothing.
    silent: bool,
    count: usize,
    stream: Stream,
    /// An output in evcxr's notation, whose further forms may follow.
    content: Option<Map<String, Value>>,
    said: Vec<u8>,
}

impl Page {
    pub fn new(publisher: Publisher) -> Self {
        Self {
            publisher,
            parent: None,
            silent: false,
            count: 0,
            stream: Stream::default(),
            content: None,
            said: Vec::new(),
        }
    }

    /// Turns to a new cell. Its predecessor's threads may still print; that belongs to the new one now.
    pub fn begin(&mut self, parent: &Header, count: usize, silent: bool) {
        self.parent = Some(parent.clone());
        self.count = count;
        self.silent = silent;
        self.stream = Stream::default();
        self.content = None;
        self.said.clear();
    }

    pub async fn text(&mut self, name: Name, bytes: &[u8]) {
        self.settle(false).await;
        if name == Name::Stderr {
            self.said.extend_from_slice(bytes);
            let excess = self.said.len().saturating_sub(REMEMBERED);
            self.said.drain(..excess);
        }
        for (name, text) in self.stream.take(name, bytes) {
            self.show_text(name, text).await;
        }
    }

    /// A message of the library.
    pub async fn message(&mut self, kind: &str, payload: &[u8]) {
        self.settle(false).await;
        self.flush().await;
        if payload.len() > OUTPUT_LIMIT {
            return self.note_too_long(payload.len()).await;
        }
        let Ok(Value::Object(mut content)) = serde_json::from_slice(payload) else {
            let note = format!("[An output of kind {kind} could not be read.]\n");
            return self.show_text(Name::Stderr, note).await;
        };
        match kind {
            "display" => self.publish("display_data", Value::Object(content)).await,
            "update" => self.publish("update_display_data", Value::Object(content)).await,
            "clear" => self.publish("clear_output", Value::Object(content)).await,
            "result" => {
                content.insert("execution_count".into(), json!(self.count));
                content.remove("transient");
                self.publish("execute_result", Value::Object(content)).await;
            }
            _ => {}
        }
    }

    /// One form of an output in evcxr's notation. By that notation the forms of one output and several
    /// outputs look alike; a text followed by one richer form is taken for one output.
    pub async fn content(&mut self, mime: String, text: &[u8]) {
        self.flush().await;
        if text.len() > OUTPUT_LIMIT {
            return self.note_too_long(text.len()).await;
        }
        let text = String::from_utf8_lossy(text).into_owned();
        let value = match serde_json::from_str(&text) {
            Ok(value) if mime.ends_with("json") => value,
            _ => Value::String(text),
        };
        let completes = self.content.as_ref().is_some_and(|forms| {
            forms.len() == 1 && forms.contains_key("text/plain") && mime != "text/plain"
        });
        if !completes {
            self.settle(false).await;
        }
        self.content.get_or_insert_default().insert(mime, value);
    }

    /// Shows an output in evcxr's notation that is complete. The last one of a cell is its result.
    pub async fn settle(&mut self, ends_the_cell: bool) {
        let Some(mut data) = self.content.take() else { return };
        // What a loop at the end of a cell amounts to.
        if ends_the_cell && data.len() == 1 && data.get("text/plain") == Some(&json!("()")) {
            return;
        }
        if !data.contains_key("text/plain") {
            let kinds: Vec<&str> = data.keys().map(String::as_str).collect();
            let twin = format!("[{}]", kinds.join(", "));
            data.insert("text/plain".into(), Value::String(twin));
        }
        if ends_the_cell {
            self.result(Value::Object(data)).await;
        } else {
            self.publish("display_data", json!({ "data": data, "metadata": {}, "transient": {} }))
                .await;
        }
    }

    pub async fn result(&mut self, data: Value) {
        self.flush().await;
        let content = json!({
            "execution_count": self.count, "data": data, "metadata": {}
        });
        self.publish("execute_result", content).await;
    }

    pub async fn error(&mut self, name: &str, value: &str, traceback: &[String]) {
        self.flush().await;
        let content = json!({ "ename": name, "evalue": value, "traceback": traceback });
        self.publish("error", content).await;
    }

    /// Whether the text that waits begins to report how the cell ends.
    pub fn reports_a_crash(&self) -> bool {
        let text = String::from_utf8_lossy(self.stream.waiting());
        ending::crash_report_start(&text).or(ending::panic_report_start(&text)).is_some()
    }

    /// Whether something waits for [`Page::tick`].
    pub fn waits(&self) -> bool {
        !self.stream.is_empty() || self.content.is_some()
    }

    /// Shows what has waited long enough for more.
    pub async fn tick(&mut self) {
        self.settle(false).await;
        if let Some((name, text)) = self.stream.flush_whole() {
            self.show_text(name, text).await;
        }
    }

    pub async fn flush(&mut self) {
        if let Some((name, text)) = self.stream.flush() {
            self.show_text(name, text).await;
        }
    }

    /// What the cell said on standard error.
    pub fn said(&self) -> String {
        String::from_utf8_lossy(&self.said).into_owned()
    }

    /// Keeps from the page what will be part of an error.
    pub fn take_back(&mut self, find: impl Fn(&str) -> Option<usize>) {
        self.stream.take_back(find);
    }

    async fn show_text(&self, name: Name, text: String) {
        self.publish("stream", json!({ "name": name.word(), "text": text })).await;
    }

    async fn note_too_long(&self, length: usize) {
        let note = format!(
            "[An output of {} MB is not shown; the limit is {} MB. Save it to a file instead.]\n",
            length / 1_000_000,
            OUTPUT_LIMIT / 1_000_000
        );
        self.show_text(Name::Stderr, note).await;
    }

    async fn publish(&self, kind: &str, content: Value) {
        // Before the first cell there is nowhere to show anything.
        if !self.silent && self.parent.is_some() {
            self.publisher.publish(kind, self.parent.as_ref(), content).await;
        }
    }
}
