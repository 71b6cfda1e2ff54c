//! How a download comes along: a bar on a terminal, a line now and then elsewhere.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use console::style;
use indicatif::{ProgressBar, ProgressStyle};

use super::words;

/// Time between two lines where there is no terminal.
const QUIET: Duration = Duration::from_secs(10);

pub struct Meter {
    name: String,
    bar: Option<ProgressBar>,
    started: Instant,
    /// What was there when this call began, which says nothing of the speed.
    first: Option<u64>,
    last_line: Instant,
}

impl Meter {
    pub fn start(name: &str) -> Self {
        let bar = std::io::stderr().is_terminal().then(|| {
            let bar = ProgressBar::new_spinner();
            if let Ok(style) = ProgressStyle::with_template("  {spinner} {wide_msg}") {
                bar.set_style(style);
            }
            bar.enable_steady_tick(Duration::from_millis(120));
            bar
        });
        let now = Instant::now();
        Self { name: name.to_owned(), bar, started: now, first: None, last_line: now }
    }

    /// Says how much there is, of how much where that is known.
    pub fn at(&mut self, there: u64, whole: Option<u64>) {
        let first = *self.first.get_or_insert(there);
        let seconds = self.started.elapsed().as_secs_f64();
        let line = || {
            format!(
                "{}: {}",
                self.name,
                progress(there, whole, there.saturating_sub(first), seconds)
            )
        };
        match &self.bar {
            Some(bar) => bar.set_message(line()),
            None if self.last_line.elapsed() >= QUIET => {
                eprintln!("  … {}", line());
                self.last_line = Instant::now();
            }
            None => {}
        }
    }

    /// Says something that stays.
    pub fn note(&self, text: &str) {
        let line = format!("    {text}");
        match &self.bar {
            Some(bar) => bar.suspend(|| eprintln!("{line}")),
            None => eprintln!("{line}"),
        }
    }

    /// Says what the time goes into when nothing arrives any more.
    pub fn working(&self, what: &str) {
        if let Some(bar) = &self.bar {
            bar.set_message(format!("{}: {what}", self.name));
        }
    }

    pub fn done(self, result: &str) {
        let seconds = self.started.elapsed().as_secs_f64();
        let name = self.name.clone();
        drop(self);
        eprintln!("  {} {name}: {result} ({seconds:.1} s)", style("✓").green().for_stderr());
    }

    pub fn failed(self, why: &str) {
        drop(self);
        eprintln!("  {} {why}", style("✗").red().for_stderr());
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        if let Some(bar) = self.bar.take() {
            bar.finish_and_clear();
        }
    }
}

/// Amount, speed and the time that is left.
fn progress(there: u64, whole: Option<u64>, arrived: u64, seconds: f64) -> String {
    let mut text = match whole {
        Some(whole) => format!("{} of {}", words::bytes(there), words::bytes(whole)),
        None => words::bytes(there),
    };
    // In the first moments the speed is noise.
    if seconds >= 0.5 && arrived > 0 {
        let speed = arrived as f64 / seconds;
        text += &format!(", {}/s", words::bytes(speed as u64));
        if let Some(left) = whole.and_then(|whole| whole.checked_sub(there)) {
            text += &format!(", {} left", words::seconds(left as f64 / speed));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amount_speed_and_time_are_said_where_they_are_known() {
        assert_eq!(progress(0, Some(2_000_000), 0, 3.0), "0 B of 2.0 MB");
        assert_eq!(
            progress(60_000_000, Some(120_000_000), 30_000_000, 10.0),
            "60.0 MB of 120.0 MB, 3.0 MB/s, 20 s left"
        );
        assert_eq!(progress(30_000, None, 30_000, 1.0), "30.0 kB, 30.0 kB/s");
        assert_eq!(progress(30_000, None, 30_000, 0.1), "30.0 kB");
    }
}
