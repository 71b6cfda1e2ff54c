//! Other programs: run to the end, with a limit, and with what they said.

use std::io::Read;
use std::process::{Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

/// What a finished program left behind.
#[derive(Debug)]
pub struct Finished {
    pub status: ExitStatus,
    pub stdout: String,
    pub stderr: String,
}

impl Finished {
    /// The last lines of what the program said, for an error message.
    pub fn last_words(&self) -> String {
        let said = if self.stderr.trim().is_empty() { &self.stdout } else { &self.stderr };
        let lines: Vec<&str> = said.lines().filter(|line| !line.trim().is_empty()).collect();
        lines[lines.len().saturating_sub(3)..].join(" | ")
    }
}

/// Why a program gave no result.
#[derive(Debug, thiserror::Error)]
pub enum Trouble {
    #[error("it could not be started: {0}")]
    NotStarted(std::io::Error),
    #[error("it did not answer within {} s", .0.as_secs())]
    TimedOut(Duration),
}

/// Runs a program without input and collects what it says; kills it at the limit.
pub fn run(command: &mut Command, limit: Duration) -> Result<Finished, Trouble> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(Trouble::NotStarted)?;
    let stdout = collect(child.stdout.take());
    let stderr = collect(child.stderr.take());
    let deadline = Instant::now() + limit;
    let status = loop {
        match child.try_wait().map_err(Trouble::NotStarted)? {
            Some(status) => break status,
            None if Instant::now() >= deadline => {
                let _already_gone = child.kill();
                let _reaped = child.wait();
                return Err(Trouble::TimedOut(limit));
            }
            None => std::thread::sleep(Duration::from_millis(5)),
        }
    };
    let text = |reader: std::thread::JoinHandle<Vec<u8>>| {
        String::from_utf8_lossy(&reader.join().unwrap_or_default()).into_owned()
    };
    Ok(Finished { status, stdout: text(stdout), stderr: text(stderr) })
}

fn collect<R: Read + Send + 'static>(source: Option<R>) -> std::thread::JoinHandle<Vec<u8>> {
    std::thread::spawn(move || {
        let mut content = Vec::new();
        if let Some(mut source) = source {
            // A pipe that breaks has given what it had.
            let _broken = source.read_to_end(&mut content);
        }
        content
    })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_hangs_is_ended() {
        let outcome = run(Command::new("sleep").arg("60"), Duration::from_millis(50));
        assert!(matches!(outcome, Err(Trouble::TimedOut(_))));
    }

    #[test]
    fn much_output_on_both_streams_does_not_block() {
        let script = "yes out | head -c 300000; yes err | head -c 300000 >&2; exit 3";
        let finished =
            run(Command::new("sh").args(["-c", script]), Duration::from_secs(20)).unwrap();
        assert_eq!(finished.status.code(), Some(3));
        assert_eq!((finished.stdout.len(), finished.stderr.len()), (300_000, 300_000));
    }
}
