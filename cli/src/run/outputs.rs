//! The outputs of one cell, put together from the messages as they arrive.

use std::collections::HashMap;

use jupyter_protocol::{JupyterMessageContent, Stdio};
use nbformat::v4::{DisplayData, ErrorOutput, ExecuteResult, MultilineString, Output};

use super::document::Document;

/// Where displays with an identity are, so that a later message can replace them.
#[derive(Default)]
pub struct Displays(HashMap<String, Vec<(usize, usize)>>);

/// The outputs of the cell that is running.
pub struct CellOutputs {
    cell: usize,
    count: i32,
    list: Vec<Output>,
    clear_before_next: bool,
}

impl CellOutputs {
    pub fn new(cell: usize, count: i32) -> Self {
        Self { cell, count, list: Vec::new(), clear_before_next: false }
    }

    pub fn into_list(self) -> Vec<Output> {
        self.list
    }

    /// Takes in one message; those that say nothing to a reader are passed over.
    pub fn take(
        &mut self,
        content: JupyterMessageContent,
        document: &mut Document,
        displays: &mut Displays,
    ) {
        match content {
            JupyterMessageContent::StreamContent(stream) => {
                let name = match stream.name {
                    Stdio::Stdout => "stdout",
                    Stdio::Stderr => "stderr",
                };
                self.push_stream(name, stream.text);
            }
            JupyterMessageContent::DisplayData(display) => {
                let output = DisplayData { data: display.data, metadata: display.metadata };
                let id = display.transient.and_then(|transient| transient.display_id);
                self.push(Output::DisplayData(output));
                if let Some(id) = id {
                    displays.0.entry(id).or_default().push((self.cell, self.list.len() - 1));
                }
            }
            JupyterMessageContent::UpdateDisplayData(update) => {
                let Some(id) = update.transient.display_id else { return };
                let output = DisplayData { data: update.data, metadata: update.metadata };
                for &(cell, index) in displays.0.get(&id).into_iter().flatten() {
                    let list = if cell == self.cell {
                        Some(&mut self.list)
                    } else {
                        document.outputs_mut(cell)
                    };
                    if let Some(slot) = list.and_then(|list| list.get_mut(index)) {
                        *slot = Output::DisplayData(output.clone());
                    }
                }
            }
            JupyterMessageContent::ExecuteResult(result) => {
                self.push(Output::ExecuteResult(ExecuteResult {
                    execution_count: (self.count as usize).into(),
                    data: result.data,
                    metadata: result.metadata,
                }));
            }
            JupyterMessageContent::ErrorOutput(error) => self.push_error(ErrorOutput {
                ename: error.ename,
                evalue: error.evalue,
                traceback: error.traceback.iter().map(|line| self.renumber(line)).collect(),
            }),
            JupyterMessageContent::ClearOutput(clear) => {
                if clear.wait {
                    self.clear_before_next = true;
                } else {
                    self.list.clear();
                }
            }
            _ => {}
        }
    }

    pub fn push_error(&mut self, error: ErrorOutput) {
        self.push(Output::Error(error));
    }

    /// evcxr counts the first cell as the second.
    fn renumber(&self, line: &str) -> String {
        line.replace(&format!("command_{}", self.count + 1), &format!("In[{}]", self.count))
    }

    fn push(&mut self, output: Output) {
        if std::mem::take(&mut self.clear_before_next) {
            self.list.clear();
        }
        self.list.push(output);
    }

    /// Text of one stream that arrives in pieces is one output.
    fn push_stream(&mut self, name: &str, text: String) {
        if !self.clear_before_next
            && let Some(Output::Stream { name: last, text: before }) = self.list.last_mut()
            && last == name
        {
            before.0.push_str(&text);
            return;
        }
        self.push(Output::Stream { name: name.to_owned(), text: MultilineString(text) });
    }

    pub fn first_error(&self) -> Option<&ErrorOutput> {
        self.list.iter().find_map(|output| match output {
            Output::Error(error) => Some(error),
            _ => None,
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use jupyter_protocol::media::{Media, MediaType};
    use jupyter_protocol::messaging::{ClearOutput, DisplayData, Transient, UpdateDisplayData};
    use jupyter_protocol::{ErrorOutput, StreamContent};

    use super::super::document::tests::notebook;
    use super::*;

    fn text(output: &Output) -> String {
        match output {
            Output::Stream { text, .. } => text.0.clone(),
            Output::DisplayData(display) => match &display.data.content[0] {
                MediaType::Plain(text) => text.clone(),
                _ => String::new(),
            },
            _ => String::new(),
        }
    }

    fn stdout(outputs: &CellOutputs) -> String {
        outputs
            .list
            .iter()
            .filter(|output| matches!(output, Output::Stream { .. }))
            .map(text)
            .collect()
    }

    fn plain(text: &str) -> Media {
        Media::new(vec![MediaType::Plain(text.into())])
    }

    fn collect(messages: Vec<JupyterMessageContent>) -> CellOutputs {
        let (_folder, mut document) = notebook("1", None);
        let mut displays = Displays::default();
        let mut outputs = CellOutputs::new(0, 3);
        for message in messages {
            outputs.take(message, &mut document, &mut displays);
        }
        outputs
    }

    fn stream(text: &str) -> JupyterMessageContent {
        StreamContent { name: Stdio::Stdout, text: text.into() }.into()
    }

    fn display(text: &str) -> JupyterMessageContent {
        DisplayData {
            data: plain(text),
            metadata: Default::default(),
            transient: Some(Transient { display_id: Some("bar".into()) }),
        }
        .into()
    }

    #[test]
    fn pieces_of_a_stream_become_one_output() {
        let outputs = collect(vec![stream("a\n"), stream("b\n"), display("1 %"), stream("c\n")]);
        let texts: Vec<String> = outputs.list.iter().map(text).collect();
        assert_eq!(texts, ["a\nb\n", "1 %", "c\n"]);
        assert_eq!(stdout(&outputs), "a\nb\nc\n");
    }

    #[test]
    fn an_update_replaces_in_place() {
        let update = UpdateDisplayData {
            data: plain("100 %"),
            metadata: Default::default(),
            transient: Transient { display_id: Some("bar".into()) },
        };
        let outputs = collect(vec![display("1 %"), stream("x"), update.into()]);
        assert_eq!(text(&outputs.list[0]), "100 %");
    }

    #[test]
    fn clearing_can_wait_for_the_next_output() {
        let clear = |wait| JupyterMessageContent::from(ClearOutput { wait });
        assert!(collect(vec![stream("a"), clear(false)]).list.is_empty());
        assert_eq!(collect(vec![stream("a"), clear(true)]).list.len(), 1);
        let outputs = collect(vec![stream("a"), clear(true), stream("b")]);
        assert_eq!(stdout(&outputs), "b");
    }

    #[test]
    fn tracebacks_carry_the_number_that_is_shown() {
        let error = ErrorOutput {
            ename: "Error".into(),
            evalue: "e".into(),
            traceback: vec!["[command_4:1:5]".into()],
        };
        let outputs = collect(vec![error.into()]);
        assert_eq!(outputs.first_error().unwrap().traceback, ["[In[3]:1:5]"]);
    }
}
