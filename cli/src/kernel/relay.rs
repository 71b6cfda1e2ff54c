//! A process between evcxr and the process that runs the cells. It passes everything on, and makes up for
//! two things.
//!
//! evcxr reports a cell that panicked, or that left by `?`, to Jupyter as one that went well. The only
//! trace is a line on the runtime's standard output that evcxr keeps to itself; the relay sees it pass and
//! leaves a note. And evcxr reads the two output streams apart, so that the last words on standard error
//! may arrive after the cell has ended, when nobody listens; the relay passes them on before.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Duration;

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::environment;
use super::home::HOME_VARIABLE;

/// Set for the process behind the relay.
pub const RELAYED_VARIABLE: &str = "LATENTLAB_RELAYED";
const PANIC_LINE: &[u8] = b"EVCXR_PANIC_NOTIFICATION\n";
const ERROR_LINE: &[u8] = b"EVCXR_ERROR_OCCURRED\n";
const COMPLETE_LINE: &[u8] = b"EVCXR_EXECUTION_COMPLETE\n";
const NOTE: &str = "cell-outcome";
/// What a cell said on standard error is remembered up to this length, its end first.
const REMEMBERED: usize = 64 * 1024;
/// The time evcxr gets to send what came on standard error, before it learns that the cell has ended.
const HEAD_START: Duration = Duration::from_millis(20);

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

    /// What the relay noted since the last call, if anything, and what the cell said on standard error.
    pub fn take(kernel_home: &Path) -> Option<(Self, String)> {
        let path = kernel_home.join(NOTE);
        let note = std::fs::read(&path).ok()?;
        let _gone = std::fs::remove_file(&path);
        let note = String::from_utf8_lossy(&note);
        let (word, said) = note.split_once('\n')?;
        let outcome = [Self::Panicked, Self::LeftByError]
            .into_iter()
            .find(|outcome| outcome.word() == word)?;
        Some((outcome, said.to_owned()))
    }

    fn leave(self, kernel_home: &Path, said: &[u8]) {
        let note = [self.word().as_bytes(), b"\n", said].concat();
        // Without the note the cell merely looks as stock evcxr shows it.
        let _unwritable = std::fs::write(kernel_home.join(NOTE), note);
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
    match start().and_then(follow) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("the cells' process could not be run: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> std::io::Result<Child> {
    let mut runtime = Command::new(std::env::current_exe()?);
    runtime
        .args(std::env::args_os().skip(1))
        .env(RELAYED_VARIABLE, "1")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // What a cell starts sees the user's variables, not those of the kernel's machinery.
    environment::restore_cargo_home(&mut runtime);
    runtime.spawn()
}

fn follow(mut runtime: Child) -> std::io::Result<ExitCode> {
    if let (Some(stdout), Some(stderr)) = (runtime.stdout.take(), runtime.stderr.take()) {
        let relay = Relay {
            home: std::env::var_os(HOME_VARIABLE).map(PathBuf::from),
            line: Vec::new(),
            said: Vec::new(),
            stdout: std::io::stdout().lock(),
            stderr: std::io::stderr().lock(),
        };
        relay.pass_on(stdout, stderr)?;
    }
    let status = runtime.wait()?;
    if let Some(code) = status.code() {
        return Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)));
    }
    end_by_the_same_signal(status)
}

struct Relay<Out, Err> {
    home: Option<PathBuf>,
    /// A line of standard output whose end has not come yet.
    line: Vec<u8>,
    /// The end of what this cell has said on standard error.
    said: Vec<u8>,
    stdout: Out,
    stderr: Err,
}

impl<Out: Write, Err: Write> Relay<Out, Err> {
    /// Standard output is read first and passed on second: whatever was said on standard error before a
    /// line is then there to be passed on before it.
    fn pass_on(
        mut self,
        mut stdout: impl Read + AsFd,
        mut stderr: impl Read + AsFd,
    ) -> std::io::Result<()> {
        do_not_block(stdout.as_fd())?;
        do_not_block(stderr.as_fd())?;
        let mut block = vec![0; 1 << 16];
        let (mut stdout_open, mut stderr_open) = (true, true);
        while stdout_open || stderr_open {
            wait([stdout_open.then(|| stdout.as_fd()), stderr_open.then(|| stderr.as_fd())])?;
            let arrived = if stdout_open { read(&mut stdout, &mut block)? } else { Some(0) };
            let lines = block[..arrived.unwrap_or(0)].to_vec();
            stdout_open &= arrived != Some(0);
            while stderr_open {
                match read(&mut stderr, &mut block)? {
                    Some(0) => stderr_open = false,
                    Some(count) => self.on_stderr(&block[..count])?,
                    None => break,
                }
            }
            self.on_stdout(&lines)?;
        }
        self.stdout.write_all(&self.line)?;
        self.stdout.flush()
    }

    fn on_stderr(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        self.said.extend_from_slice(bytes);
        let excess = self.said.len().saturating_sub(REMEMBERED);
        self.said.drain(..excess);
        self.stderr.write_all(bytes)?;
        self.stderr.flush()
    }

    fn on_stdout(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        for piece in bytes.split_inclusive(|byte| *byte == b'\n') {
            self.line.extend_from_slice(piece);
            if piece.ends_with(b"\n") {
                let line = std::mem::take(&mut self.line);
                self.on_line(&line)?;
            }
        }
        self.stdout.flush()
    }

    fn on_line(&mut self, line: &[u8]) -> std::io::Result<()> {
        if let (Some(outcome), Some(home)) = (Outcome::told_by(line), &self.home) {
            outcome.leave(home, &self.said);
        }
        if line == COMPLETE_LINE && !self.said.is_empty() {
            self.said.clear();
            self.stdout.flush()?;
            std::thread::sleep(HEAD_START);
        }
        self.stdout.write_all(line)
    }
}

fn do_not_block(stream: BorrowedFd) -> std::io::Result<()> {
    let flags = OFlag::from_bits_truncate(fcntl(stream, FcntlArg::F_GETFL)?);
    fcntl(stream, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    Ok(())
}

/// Waits until one of the streams has something, or ends.
fn wait(streams: [Option<BorrowedFd>; 2]) -> std::io::Result<()> {
    let mut streams: Vec<PollFd> = streams
        .into_iter()
        .flatten()
        .map(|stream| PollFd::new(stream, PollFlags::POLLIN))
        .collect();
    match poll(&mut streams, PollTimeout::NONE) {
        Ok(_) | Err(nix::errno::Errno::EINTR) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// What has arrived: a count, zero at the end, or nothing yet.
fn read(stream: &mut impl Read, block: &mut [u8]) -> std::io::Result<Option<usize>> {
    match stream.read(block) {
        Ok(count) => Ok(Some(count)),
        Err(error) if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
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

    /// What passes through, both streams into one, from a program in the place of the runtime.
    fn passed(script: &str, home: &Path) -> String {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("both");
        let open = || std::fs::File::options().create(true).append(true).open(&path).unwrap();
        let mut program = Command::new("sh")
            .args(["-c", script])
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let relay = Relay {
            home: Some(home.to_owned()),
            line: Vec::new(),
            said: Vec::new(),
            stdout: open(),
            stderr: open(),
        };
        relay.pass_on(program.stdout.take().unwrap(), program.stderr.take().unwrap()).unwrap();
        program.wait().unwrap();
        String::from_utf8(std::fs::read(&path).unwrap()).unwrap()
    }

    #[test]
    fn everything_passes_unchanged() {
        let home = tempfile::tempdir().unwrap();
        let script = "printf 'a\\n\\nEVCXR_EXECUTION_COMPLETE\\nno newline at the end'";
        assert_eq!(
            passed(script, home.path()),
            "a\n\nEVCXR_EXECUTION_COMPLETE\nno newline at the end"
        );
        let much = passed("yes 0123456789 | head -c 2200000", home.path());
        assert_eq!(much.len(), 2_200_000);
        assert_eq!(Outcome::take(home.path()), None);
    }

    #[test]
    fn standard_error_arrives_before_the_line_that_follows_it() {
        let home = tempfile::tempdir().unwrap();
        let script = "for i in 1 2 3 4 5; do echo err$i >&2; echo out$i; sleep 0.01; done";
        let expected: String = (1..=5).map(|i| format!("err{i}\nout{i}\n")).collect();
        for _ in 0..20 {
            assert_eq!(passed(script, home.path()), expected);
        }
    }

    #[test]
    fn panics_and_errors_are_noted_once_with_what_was_said() {
        let home = tempfile::tempdir().unwrap();
        passed("echo 'boom' >&2; echo EVCXR_PANIC_NOTIFICATION", home.path());
        assert_eq!(Outcome::take(home.path()), Some((Outcome::Panicked, "boom\n".into())));
        assert_eq!(Outcome::take(home.path()), None);
        let earlier = "echo old >&2; echo EVCXR_EXECUTION_COMPLETE; sleep 0.05; echo new >&2; ";
        passed(&format!("{earlier} echo EVCXR_ERROR_OCCURRED"), home.path());
        assert_eq!(Outcome::take(home.path()), Some((Outcome::LeftByError, "new\n".into())));
        passed("echo say EVCXR_ERROR_OCCURRED", home.path());
        assert_eq!(Outcome::take(home.path()), None);
    }
}
