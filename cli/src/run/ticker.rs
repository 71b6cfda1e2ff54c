//! What is seen while a notebook runs: a line per finished cell, and on a terminal a live one below.

use std::io::IsTerminal;
use std::time::Duration;

use console::{style, truncate_str};
use indicatif::{ProgressBar, ProgressStyle};

pub struct Ticker {
    cells: usize,
    bar: Option<ProgressBar>,
}

impl Ticker {
    pub fn new(name: &str, cells: usize) -> Self {
        eprintln!("{}", style(format!("Running {name} ({cells} cells)")).bold().for_stderr());
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("  {spinner} {elapsed:>4} {wide_msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        Self { cells, bar }
    }

    pub fn starting(&self, what: &str) {
        if let Some(bar) = &self.bar {
            bar.reset_elapsed();
            bar.set_message(what.to_owned());
        }
    }

    /// Shows the last thing a cell wrote.
    pub fn said(&self, text: &str) {
        if let (Some(bar), Some(line)) =
            (&self.bar, text.lines().rev().find(|line| !line.trim().is_empty()))
        {
            bar.set_message(line.trim().to_owned());
        }
    }

    pub fn finished(&self, number: usize, code: &str, seconds: f64, ok: bool) {
        let mark = if ok { style("✓").green() } else { style("✗").red() };
        let line = truncate_str(first_line(code), 72, "…");
        self.print(&format!(
            "  {} [{number:>2}/{}] {seconds:>6.2} s  {line}",
            mark.for_stderr(),
            self.cells
        ));
    }

    fn print(&self, line: &str) {
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{line}")),
            None => eprintln!("{line}"),
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// The first line of a cell that is code.
pub fn first_line(code: &str) -> &str {
    let lines = || code.lines().map(str::trim).filter(|line| !line.is_empty());
    lines().find(|line| !line.starts_with("//")).or_else(|| lines().next()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_do_not_stand_for_a_cell() {
        assert_eq!(first_line("// why\n\n  let a = 1;\n"), "let a = 1;");
        assert_eq!(first_line("// only\n"), "// only");
        assert_eq!(first_line(""), "");
    }
}
