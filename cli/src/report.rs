//! What the set-up says while it works: a line for each step that had something to do.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use console::style;
use indicatif::{ProgressBar, ProgressStyle};

/// Quiet as long as everything is current.
pub struct Reporter {
    terminal: bool,
    worked: bool,
    started: Instant,
}

impl Reporter {
    pub fn new() -> Self {
        Self { terminal: std::io::stderr().is_terminal(), worked: false, started: Instant::now() }
    }

    /// Says that a step begins which takes a while; the returned guard ends it.
    pub fn begin(&mut self, step: &str, detail: impl Into<String>) -> Working {
        if !self.worked {
            eprintln!("{}", style("Setting up (only what is missing)").bold().for_stderr());
            self.worked = true;
        }
        Working::start(self.terminal, step, detail.into())
    }

    /// Closes the set-up with one line.
    pub fn finish(&self) {
        let seconds = self.started.elapsed().as_secs_f64();
        let verb = if self.worked { "done in" } else { "current, checked in" };
        eprintln!("{} set-up {verb} {seconds:.1} s", style("✓").green().for_stderr());
    }
}

/// A step at work: a spinner on a terminal, one line at each end elsewhere.
pub struct Working {
    step: String,
    started: Instant,
    spinner: Option<ProgressBar>,
}

impl Working {
    fn start(terminal: bool, step: &str, detail: String) -> Self {
        let spinner = terminal.then(|| {
            let spinner = ProgressBar::new_spinner();
            if let Ok(template) = ProgressStyle::with_template("  {spinner} {msg} ({elapsed})") {
                spinner.set_style(template);
            }
            spinner.set_message(format!("{step}: {detail}"));
            spinner.enable_steady_tick(Duration::from_millis(120));
            spinner
        });
        if spinner.is_none() {
            eprintln!("  … {step}: {detail}");
        }
        Self { step: step.to_owned(), started: Instant::now(), spinner }
    }

    /// Hands the terminal to a program that draws its own progress.
    pub fn stand_back(&mut self) {
        if let Some(spinner) = self.spinner.take() {
            spinner.finish_and_clear();
        }
    }

    pub fn done(mut self, result: &str) {
        self.stand_back();
        let seconds = self.started.elapsed().as_secs_f64();
        eprintln!("  {} {}: {result} ({seconds:.1} s)", style("✓").green().for_stderr(), self.step);
    }
}
