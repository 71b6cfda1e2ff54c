//! What is known of the cell that is running, and how it ended.

use std::time::Duration;

use serde_json::Value;
use tokio::time::Instant;

use super::super::frame::Frame;
use super::ending::{Death, Shown};

/// How long a cell may take to stop by itself before its process is ended.
pub const GRACE: Duration = Duration::from_secs(5);

#[derive(Default)]
pub struct Run {
    /// The request at the engine.
    pub id: String,
    pub replied: bool,
    pub idle: bool,
    pub panicked: bool,
    pub left_by_error: bool,
    pub death: Option<Death>,
    /// The engine's own errors: the compiler's, mostly.
    pub errors: Vec<Shown>,
    /// When the user asked to stop.
    pub asked: Option<Instant>,
    /// The cell waits for a line from the user.
    pub questioned: bool,
    /// The cells' process was ended because the user asked.
    pub killed: bool,
    /// The engine itself is gone.
    pub engine_gone: bool,
}

/// How a cell ended.
pub enum Ending {
    Well,
    Interrupted,
    KilledByInterrupt,
    Died(Death),
    EngineGone,
    Panicked,
    LeftByError,
    Refused(Shown),
}

impl Run {
    pub fn is_over(&self) -> bool {
        self.engine_gone || (self.replied && self.idle)
    }

    /// When the patience with an interrupted cell ends.
    pub fn patience(&self) -> Option<Instant> {
        self.asked.filter(|_| !self.killed).map(|asked| asked + GRACE)
    }

    /// Notes what a frame says of the ending.
    pub fn note(&mut self, frame: &Frame) {
        match frame {
            Frame::Panicked => self.panicked = true,
            Frame::LeftByError => self.left_by_error = true,
            Frame::Ended { code, signal } => {
                self.death = match (code, signal) {
                    (Some(code), _) => Some(Death::Exited(*code)),
                    (None, Some(signal)) => Some(Death::Signal(*signal)),
                    (None, None) => None,
                };
            }
            _ => {}
        }
    }

    /// What weighs most comes first: a process that is gone cannot have panicked politely.
    pub fn ending(mut self) -> Ending {
        if self.engine_gone {
            return Ending::EngineGone;
        }
        if self.killed {
            return Ending::KilledByInterrupt;
        }
        if let Some(death) = self.death {
            return Ending::Died(death);
        }
        if self.asked.is_some() {
            return Ending::Interrupted;
        }
        if self.panicked {
            return Ending::Panicked;
        }
        if self.left_by_error {
            return Ending::LeftByError;
        }
        match self.errors.len() {
            0 => Ending::Well,
            _ => Ending::Refused(merged(std::mem::take(&mut self.errors))),
        }
    }
}

/// Several errors of a compiler are one error of the cell.
fn merged(errors: Vec<Shown>) -> Shown {
    let more = errors.len() - 1;
    let mut errors = errors.into_iter();
    let Some(mut first) = errors.next() else {
        return Shown::new("Error", "no reason was given", &[]);
    };
    if more > 0 {
        let plural = if more == 1 { "error" } else { "errors" };
        first.value = format!("{} (and {more} more {plural})", first.value);
    }
    for error in errors {
        first.traceback.push(String::new());
        first.traceback.extend(error.traceback);
    }
    first
}

/// An error of the engine, with the number of the cell that the reader sees.
pub fn engine_error(content: &Value, count: usize) -> Shown {
    let text = |field: &str| content[field].as_str().unwrap_or_default().to_owned();
    let lines = content["traceback"].as_array().cloned().unwrap_or_default();
    let traceback: Vec<String> =
        lines.iter().filter_map(Value::as_str).map(|line| renumbered(line, count)).collect();
    let is_report = traceback.len() > 1;
    let name = if is_report { "CompileError" } else { "Error" };
    Shown { name: name.into(), value: text("evalue"), traceback }
}

/// evcxr has its own count of cells, in which hidden requests are cells, too.
fn renumbered(line: &str, count: usize) -> String {
    static NUMBER: std::sync::LazyLock<Option<regex::Regex>> =
        std::sync::LazyLock::new(|| regex::Regex::new(r"\bcommand_\d+\b").ok());
    match NUMBER.as_ref() {
        Some(number) => number.replace_all(line, format!("In[{count}]")).into_owned(),
        None => line.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn errors_of_one_cell_become_one() {
        let content = |text: &str| {
            json!({"ename": "Error", "evalue": text, "traceback": [
                format!("   ╭─[ command_7:1:5 ]"), text
            ]})
        };
        let errors = vec![engine_error(&content("a"), 3), engine_error(&content("b"), 3)];
        let run = Run { errors, ..Run::default() };
        let Ending::Refused(shown) = run.ending() else { panic!("not refused") };
        assert_eq!(shown.name, "CompileError");
        assert_eq!(shown.value, "a (and 1 more error)");
        assert_eq!(shown.traceback[0], "   ╭─[ In[3]:1:5 ]");
        assert_eq!(shown.traceback.len(), 5);
    }

    #[test]
    fn what_weighs_most_decides() {
        let mut run = Run { panicked: true, asked: Some(Instant::now()), ..Run::default() };
        run.note(&Frame::LeftByError);
        assert!(matches!(run.ending(), Ending::Interrupted));
        let mut run = Run { panicked: true, ..Run::default() };
        run.note(&Frame::Ended { code: None, signal: Some(6) });
        assert!(matches!(run.ending(), Ending::Died(Death::Signal(6))));
        assert!(matches!(Run::default().ending(), Ending::Well));
    }
}
