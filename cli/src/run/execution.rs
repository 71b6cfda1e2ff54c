//! One notebook, from its first cell to its last or to the first that fails.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use jupyter_protocol::JupyterMessageContent;
use jupyter_protocol::media::MediaType;
use nbformat::v4::ErrorOutput;
use tokio::signal::unix::{Signal, SignalKind, signal};

use crate::export::Exported;
use crate::failure::{Failure, Result, Status};
use crate::workspace::Workspace;

use super::document::Document;
use super::failing::CellFailure;
use super::outputs::{CellOutputs, Displays};
use super::session::{Event, Session, is_idle};
use super::ticker::{Ticker, first_line};

/// The copy on disk is renewed after a cell, but not more often than this.
const SAVE_INTERVAL: Duration = Duration::from_secs(2);

pub struct Execution<'a> {
    workspace: &'a Workspace,
    /// Remembers a Ctrl-C that comes while nobody waits for one.
    ctrl_c: CtrlC,
    document: Document,
    limit: Option<Duration>,
    displays: Displays,
}

/// How a notebook went.
pub struct NotebookResult {
    pub source: PathBuf,
    pub target: PathBuf,
    pub cells: usize,
    pub executed: usize,
    pub seconds: f64,
    pub ending: Ending,
    /// What came of writing the PDF; none where nothing was to be written.
    pub printed: Option<Result<Exported>>,
}

pub enum Ending {
    Complete,
    CellFailed(CellFailure),
    Interrupted,
    Broken(Failure),
}

impl NotebookResult {
    /// The exit code this result asks for.
    pub fn status(&self) -> Option<Status> {
        match &self.ending {
            Ending::Complete => match &self.printed {
                Some(Err(failure)) => Some(failure.status()),
                _ => None,
            },
            Ending::CellFailed(_) => Some(Status::Findings),
            Ending::Interrupted => Some(Status::Interrupted),
            Ending::Broken(_) => Some(Status::Setup),
        }
    }
}

/// How long a cell's last words may take after its end.
const LATE: Duration = Duration::from_millis(15);

/// A request is finished when the kernel has both replied to it and become idle.
enum Step {
    Replied,
    Idle,
}

/// How waiting for one cell ended.
enum Wait {
    Finished,
    TimedOut,
    Interrupted,
    KernelGone,
}

impl<'a> Execution<'a> {
    pub fn new(workspace: &'a Workspace, document: Document, limit: Option<Duration>) -> Self {
        Self { workspace, ctrl_c: CtrlC::new(), document, limit, displays: Displays::default() }
    }

    /// Runs the cells in order and saves what there is, however it ends.
    pub async fn run(mut self) -> NotebookResult {
        let started = Instant::now();
        let cells = self.document.code_cells();
        let ticker = Ticker::new(&self.document.name(), cells.len());
        let mut executed = 0;
        let ending = self.run_cells(&cells, &ticker, &mut executed).await;
        drop(ticker);
        let ending = match (self.document.save(), ending) {
            (Err(failure), Ending::Complete) => Ending::Broken(failure),
            (Err(failure), ending) => {
                failure.print();
                ending
            }
            (Ok(()), ending) => ending,
        };
        NotebookResult {
            source: self.document.source().to_owned(),
            target: self.document.target().to_owned(),
            cells: cells.len(),
            executed,
            seconds: started.elapsed().as_secs_f64(),
            ending,
            printed: None,
        }
    }

    async fn run_cells(
        &mut self,
        cells: &[(usize, String)],
        ticker: &Ticker,
        executed: &mut usize,
    ) -> Ending {
        ticker.starting("starting the kernel");
        let session =
            Session::start_ready(self.workspace, self.document.kernel(), self.document.folder());
        let mut session = tokio::select! {
            session = session => match session {
                Ok(session) => session,
                Err(failure) => return Ending::Broken(failure),
            },
            () = self.ctrl_c.pressed() => return Ending::Interrupted,
        };
        let mut saved = Instant::now();
        for (position, (index, code)) in cells.iter().enumerate() {
            let number = position + 1;
            ticker.starting(first_line(code));
            let started = Instant::now();
            let outcome = self.run_cell(&mut session, number, *index, code, ticker).await;
            let seconds = started.elapsed().as_secs_f64();
            ticker.finished(number, code, seconds, matches!(outcome, Ok(None)));
            match outcome {
                Ok(None) => *executed += 1,
                Ok(Some(failure)) => {
                    session.stop().await;
                    return Ending::CellFailed(failure);
                }
                Err(ending) => {
                    session.kill().await;
                    return ending;
                }
            }
            if saved.elapsed() > SAVE_INTERVAL {
                if let Err(failure) = self.document.save() {
                    session.stop().await;
                    return Ending::Broken(failure);
                }
                saved = Instant::now();
            }
        }
        session.stop().await;
        Ending::Complete
    }

    /// Runs one cell and keeps its outputs.
    async fn run_cell(
        &mut self,
        session: &mut Session,
        number: usize,
        index: usize,
        code: &str,
        ticker: &Ticker,
    ) -> Result<Option<CellFailure>, Ending> {
        let mut outputs = CellOutputs::new(index, number as i32);
        let id = session.execute(code).await.map_err(Ending::Broken)?;
        let wait = match self.limit {
            Some(limit) => {
                let listening = self.listen(session, &id, &mut outputs, ticker);
                tokio::time::timeout(limit, listening).await.unwrap_or(Wait::TimedOut)
            }
            None => self.listen(session, &id, &mut outputs, ticker).await,
        };
        match wait {
            Wait::Finished => {}
            Wait::TimedOut => {
                outputs.push_error(timeout_error(self.limit));
                session.kill().await;
            }
            Wait::KernelGone => {
                let failure = session.died().await;
                outputs.push_error(named_error("KernelDied", failure.what()));
            }
            Wait::Interrupted => {
                outputs.push_error(named_error("Interrupted", "stopped by Ctrl-C"));
                self.document.set_result(index, number as i32, outputs.into_list());
                return Err(Ending::Interrupted);
            }
        }
        let failure = outputs.first_error().map(|error| CellFailure::new(number, code, error));
        self.document.set_result(index, number as i32, outputs.into_list());
        Ok(failure)
    }

    /// Takes in what the kernel says until it has both replied and become idle.
    async fn listen(
        &mut self,
        session: &mut Session,
        id: &str,
        outputs: &mut CellOutputs,
        ticker: &Ticker,
    ) -> Wait {
        let mut replied = false;
        let mut idle = false;
        while !(replied && idle) {
            let event = tokio::select! {
                event = session.next() => event,
                () = self.ctrl_c.pressed() => return Wait::Interrupted,
            };
            let Some(event) = event else { return Wait::KernelGone };
            match self.take_in(event, id, outputs, ticker) {
                Some(Step::Replied) => replied = true,
                Some(Step::Idle) => idle = true,
                None => {}
            }
        }
        // Standard error comes by a way of its own, and can be the last to arrive.
        let patience = tokio::time::Instant::now() + LATE;
        while let Ok(Some(event)) = tokio::time::timeout_at(patience, session.next()).await {
            self.take_in(event, id, outputs, ticker);
        }
        Wait::Finished
    }

    /// Takes in one message, if it belongs to the request; says which step of the request it ends.
    fn take_in(
        &mut self,
        event: Event,
        id: &str,
        outputs: &mut CellOutputs,
        ticker: &Ticker,
    ) -> Option<Step> {
        let (message, is_reply) = match event {
            Event::Replied(message) => (message, true),
            Event::Published(message) => (message, false),
        };
        if message.parent_header.as_ref().is_none_or(|parent| parent.msg_id != id) {
            return None;
        }
        if is_reply {
            return Some(Step::Replied);
        }
        if is_idle(&message.content) {
            return Some(Step::Idle);
        }
        if let Some(text) = plain_text(&message.content) {
            ticker.said(text);
        }
        outputs.take(message.content, &mut self.document, &mut self.displays);
        None
    }
}

/// Ctrl-C from the moment of creation on.
struct CtrlC(Option<Signal>);

impl CtrlC {
    fn new() -> Self {
        Self(signal(SignalKind::interrupt()).ok())
    }

    async fn pressed(&mut self) {
        match &mut self.0 {
            Some(signal) => drop(signal.recv().await),
            // Without a handler the system ends the process itself.
            None => std::future::pending().await,
        }
    }
}

/// What a message says in words: a line printed, or the state of a progress bar.
fn plain_text(content: &JupyterMessageContent) -> Option<&str> {
    let data = match content {
        JupyterMessageContent::StreamContent(stream) => return Some(&stream.text),
        JupyterMessageContent::DisplayData(display) => &display.data,
        JupyterMessageContent::UpdateDisplayData(update) => &update.data,
        _ => return None,
    };
    data.content.iter().find_map(|form| match form {
        MediaType::Plain(text) => Some(text.as_str()),
        _ => None,
    })
}

fn timeout_error(limit: Option<Duration>) -> ErrorOutput {
    let seconds = limit.unwrap_or_default().as_secs();
    named_error(
        "Timeout",
        &format!("the cell ran longer than {seconds} s and was stopped; --timeout sets the limit"),
    )
}

fn named_error(name: &str, message: &str) -> ErrorOutput {
    ErrorOutput {
        ename: name.into(),
        evalue: message.into(),
        traceback: vec![format!("{name}: {message}")],
    }
}
