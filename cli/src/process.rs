//! Other programs: run to the end, with a limit, and with what they said.

use std::io::Read;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

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
    run_with_input(command.stdin(Stdio::null()), limit)
}

/// Like [`run`], with the input that the command was given.
pub fn run_with_input(command: &mut Command, limit: Duration) -> Result<Finished, Trouble> {
    let mut child = command
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

/// Ends a program with all that it has started; where there is no /proc, the program alone. It is halted
/// first, so that it starts nothing more while the others are being found.
pub fn kill_tree(program: &mut Child) {
    // Once it has ended, its number may be another's.
    if !matches!(program.try_wait(), Ok(None)) {
        return;
    }
    let send = |process: u32, signal: Signal| {
        if let Ok(process) = i32::try_from(process) {
            let _already_gone = kill(Pid::from_raw(process), signal);
        }
    };
    send(program.id(), Signal::SIGSTOP);
    for process in tree(program.id()).into_iter().skip(1) {
        send(process, Signal::SIGKILL);
    }
    let _already_gone = program.kill();
}

/// A process and its descendants, itself first.
pub fn tree(root: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(|process| Some((process, parent(process)?)))
        .collect();
    let mut found = vec![root];
    let mut next = 0;
    while let Some(&above) = found.get(next) {
        found.extend(parents.iter().filter(|(_, parent)| *parent == above).map(|(id, _)| *id));
        next += 1;
    }
    found
}

fn parent(process: u32) -> Option<u32> {
    parent_in(&std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?)
}

/// The fourth field. The second is the program's name in parentheses, which may hold anything.
fn parent_in(stat: &str) -> Option<u32> {
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
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

    #[test]
    fn the_parent_is_read_behind_any_program_name() {
        assert_eq!(parent_in("12 (a) b (c) S 7 12 12 0"), Some(7));
        assert_eq!(parent_in("nonsense"), None);
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn what_a_program_has_started_ends_with_it() {
        let mut program = Command::new("sh")
            .args(["-c", "sleep 600 & echo started; wait"])
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut output = program.stdout.take().unwrap();
        output.read_exact(&mut [0; 8]).unwrap();
        kill_tree(&mut program);
        assert!(!program.wait().unwrap().success());
        // The pipe ends with the last of those who hold it.
        let (sender, receiver) = std::sync::mpsc::channel();
        std::thread::spawn(move || sender.send(output.read_to_end(&mut Vec::new())));
        assert_eq!(receiver.recv_timeout(Duration::from_secs(60)).unwrap().unwrap(), 0);
        kill_tree(&mut program);
    }
}
