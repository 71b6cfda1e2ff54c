//! A process between evcxr and the process that runs the cells, which notes how each cell ended.
//!
//! evcxr reports a cell that panicked, or that left by `?`, to Jupyter as one that went well. The only
//! trace is a line on the runtime's standard output that evcxr keeps to itself; the relay sees it pass.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};

use super::environment;
use super::home::HOME_VARIABLE;

/// Set for the process behind the relay.
pub const RELAYED_VARIABLE: &str = "LATENTLAB_RELAYED";
const PANIC_LINE: &[u8] = b"EVCXR_PANIC_NOTIFICATION\n";
const ERROR_LINE: &[u8] = b"EVCXR_ERROR_OCCURRED\n";
const NOTE: &str = "cell-outcome";

/// How a cell ended that evcxr reports as successful.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Panicked,
    LeftByError,
}

impl Outcome {
    fn word(self) -> &'static str {
        match self {
            Self::Panicked => "panicked",
            Self::LeftByError => "error",
        }
    }

    /// What the relay noted since the last call, if anything.
    pub fn take(kernel_home: &Path) -> Option<Self> {
        let path = kernel_home.join(NOTE);
        let word = std::fs::read_to_string(&path).ok()?;
        let _gone = std::fs::remove_file(&path);
        [Self::Panicked, Self::LeftByError].into_iter().find(|outcome| outcome.word() == word)
    }

    fn leave(self, kernel_home: &Path) {
        // Without the note the cell merely looks as stock evcxr shows it.
        let _unwritable = std::fs::write(kernel_home.join(NOTE), self.word());
    }

    fn told_by(line: &[u8]) -> Option<Self> {
        match line {
            PANIC_LINE => Some(Self::Panicked),
            ERROR_LINE => Some(Self::LeftByError),
            _ => None,
        }
    }
}

/// Runs the runtime behind this process and passes its output on, until it ends; then ends likewise.
pub fn run() -> ExitCode {
    match start().and_then(relay) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("the cells' process could not be started: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> std::io::Result<Child> {
    let mut runtime = Command::new(std::env::current_exe()?);
    runtime.args(std::env::args_os().skip(1)).env(RELAYED_VARIABLE, "1").stdout(Stdio::piped());
    // What a cell starts sees the user's variables, not those of the kernel's machinery.
    environment::restore_cargo_home(&mut runtime);
    runtime.spawn()
}

fn relay(mut runtime: Child) -> std::io::Result<ExitCode> {
    let home = std::env::var_os(HOME_VARIABLE).map(PathBuf::from);
    if let Some(stdout) = runtime.stdout.take() {
        pass_on(BufReader::new(stdout), std::io::stdout().lock(), home.as_deref())?;
    }
    let status = runtime.wait()?;
    if let Some(code) = status.code() {
        return Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)));
    }
    end_by_the_same_signal(status)
}

/// Copies line by line; what has arrived leaves at once.
fn pass_on(
    mut from: BufReader<impl std::io::Read>,
    mut to: impl Write,
    home: Option<&Path>,
) -> std::io::Result<()> {
    let mut line = Vec::new();
    while from.read_until(b'\n', &mut line)? > 0 {
        if let (Some(outcome), Some(home)) = (Outcome::told_by(&line), home) {
            outcome.leave(home);
        }
        to.write_all(&line)?;
        line.clear();
        if from.buffer().is_empty() {
            to.flush()?;
        }
    }
    to.flush()
}

/// evcxr names the signal that ended its child; it should be the one that ended the cells' process.
fn end_by_the_same_signal(status: std::process::ExitStatus) -> std::io::Result<ExitCode> {
    use std::os::unix::process::ExitStatusExt;
    let signal = status
        .signal()
        .and_then(|number| nix::sys::signal::Signal::try_from(number).ok())
        .unwrap_or(nix::sys::signal::SIGKILL);
    nix::sys::signal::raise(signal)?;
    Ok(ExitCode::FAILURE)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn passed(input: &[u8], home: &Path) -> Vec<u8> {
        let mut output = Vec::new();
        pass_on(BufReader::new(input), &mut output, Some(home)).unwrap();
        output
    }

    #[test]
    fn everything_passes_unchanged() {
        let home = tempfile::tempdir().unwrap();
        let input = b"a\n\n\xff\xfe\nEVCXR_EXECUTION_COMPLETE\nno newline at the end";
        assert_eq!(passed(input, home.path()), input);
        assert_eq!(Outcome::take(home.path()), None);
    }

    #[test]
    fn panics_and_errors_are_noted_once() {
        let home = tempfile::tempdir().unwrap();
        passed(b"x\nEVCXR_PANIC_NOTIFICATION\n", home.path());
        assert_eq!(Outcome::take(home.path()), Some(Outcome::Panicked));
        assert_eq!(Outcome::take(home.path()), None);
        passed(b"EVCXR_ERROR_OCCURRED\n", home.path());
        assert_eq!(Outcome::take(home.path()), Some(Outcome::LeftByError));
        passed(b"say EVCXR_ERROR_OCCURRED\n", home.path());
        assert_eq!(Outcome::take(home.path()), None);
    }
}
