//! A process between evcxr and the process that runs the cells.
//!
//! evcxr keeps one output per type for the end of a cell, passes text on line by line, and reports a
//! cell that panicked as one that went well. So what a cell says goes from here straight to the proxy, as
//! it comes; evcxr gets only the lines that are meant for it.

use std::io::{ErrorKind, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;
use std::process::{Child, Command, ExitCode, ExitStatus, Stdio};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

use super::environment;
use super::frame::{ECHO_REQUEST, Frame, SOCKET_VARIABLE};
use super::scanner::{Piece, Scanner};

/// Set for the process behind the relay.
pub const RELAYED_VARIABLE: &str = "LATENTLAB_RELAYED";
/// The secret that marks the library's messages in a cell's output.
pub const CHANNEL_VARIABLE: &str = "LATENTLAB_CHANNEL";
/// Names the library that flushes; see [`FLUSH_FUNCTION`].
pub const FLUSH_VARIABLE: &str = "LATENTLAB_FLUSH";
/// Has the form of a cell's function.
pub const FLUSH_FUNCTION: &str = "latentlab_flush";
/// evcxr's order to run a compiled cell.
const RUN_ORDER: &[u8] = b"LOAD_AND_RUN ";
/// How often a process is looked at whose output stays open after its end, because a child holds it.
const LOOK_INTERVAL: u16 = 250;
const BLOCK: usize = 1 << 16;

/// Runs the runtime behind this process and passes its output on, until it ends; then ends likewise.
pub fn run() -> ExitCode {
    match start().and_then(|(runtime, proxy)| follow(runtime, proxy)) {
        Ok(status) => end_likewise(status),
        Err(error) => {
            eprintln!("the cells' process could not be run: {error}");
            ExitCode::FAILURE
        }
    }
}

fn start() -> std::io::Result<(Child, UnixStream)> {
    let socket = std::env::var_os(SOCKET_VARIABLE)
        .ok_or_else(|| std::io::Error::other(format!("{SOCKET_VARIABLE} is not set")))?;
    let proxy = UnixStream::connect(socket)?;
    let mut runtime = Command::new(std::env::current_exe()?);
    runtime
        .args(std::env::args_os().skip(1))
        .env(RELAYED_VARIABLE, "1")
        .env_remove(SOCKET_VARIABLE)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    // What a cell starts sees the user's variables, not those of the kernel's machinery.
    environment::restore_cargo_home(&mut runtime);
    environment::choose_backtrace(&mut runtime);
    let runtime = runtime.spawn()?;
    offer_to_the_memory_killer(runtime.id());
    Ok((runtime, proxy))
}

/// When memory runs out, a cell should go, and not the kernel that can explain it.
fn offer_to_the_memory_killer(process: u32) {
    // Only Linux has this file, and without it the system chooses by size.
    let _without = std::fs::write(format!("/proc/{process}/oom_score_adj"), "500");
}

fn follow(mut runtime: Child, proxy: UnixStream) -> std::io::Result<ExitStatus> {
    let token = std::env::var(CHANNEL_VARIABLE).unwrap_or_default();
    let number = i32::try_from(runtime.id()).map_err(std::io::Error::other)?;
    let mut relay = Relay {
        flush: std::env::var(FLUSH_VARIABLE).ok().filter(|path| !path.contains(' ')),
        flushing: false,
        orders: runtime.stdin.take(),
        scanner: Scanner::new(&token),
        evcxr: std::io::stdout().lock(),
        proxy,
    };
    relay.tell(&Frame::Hello { process: number })?;
    let passed = relay.pass_on(&mut runtime);
    if passed.is_err() {
        // Nobody listens any more; a cell that goes on would go on for ever.
        let _already_gone = runtime.kill();
    }
    let status = runtime.wait()?;
    use std::os::unix::process::ExitStatusExt;
    relay.tell(&Frame::Ended { code: status.code(), signal: status.signal() })?;
    passed.map(|()| status)
}

struct Relay<Evcxr> {
    /// The library that makes a cell's standard output say what it still holds.
    flush: Option<String>,
    flushing: bool,
    /// Where the runtime takes its orders; closed to make it leave.
    orders: Option<std::process::ChildStdin>,
    scanner: Scanner,
    evcxr: Evcxr,
    proxy: UnixStream,
}

impl<Evcxr: Write> Relay<Evcxr> {
    fn tell(&mut self, frame: &Frame) -> std::io::Result<()> {
        frame.write(&mut self.proxy)
    }

    /// Standard output is read first and passed on second: whatever was said on standard error before a
    /// line is then there to be passed on before it.
    fn pass_on(&mut self, runtime: &mut Child) -> std::io::Result<()> {
        let (Some(mut stdout), Some(mut stderr)) = (runtime.stdout.take(), runtime.stderr.take())
        else {
            return Ok(());
        };
        let mut stdin = std::io::stdin().lock();
        let proxy = self.proxy.try_clone()?;
        for stream in [stdout.as_fd(), stderr.as_fd()] {
            do_not_block(stream)?;
        }
        let mut block = vec![0; BLOCK];
        let (mut stdout_open, mut stderr_open) = (true, true);
        while stdout_open || stderr_open {
            let ready = wait([
                stdout_open.then(|| stdout.as_fd()),
                stderr_open.then(|| stderr.as_fd()),
                self.orders.is_some().then(|| stdin.as_fd()),
                Some(proxy.as_fd()),
            ])?;
            if ready == [false; 4] && runtime.try_wait()?.is_some() {
                // What a child of the cell still holds open says nothing of the cell.
                break;
            }
            if ready[2] {
                self.on_order(&mut stdin)?;
            }
            let arrived = if stdout_open { read(&mut stdout, &mut block)? } else { Some(0) };
            let output = block[..arrived.unwrap_or(0)].to_vec();
            stdout_open &= arrived != Some(0);
            while stderr_open {
                match read(&mut stderr, &mut block)? {
                    Some(0) => stderr_open = false,
                    Some(count) => self.tell(&Frame::Stderr(block[..count].to_vec()))?,
                    None => break,
                }
            }
            self.on_output(&output)?;
            if ready[3] {
                self.on_request(&proxy)?;
            }
        }
        let scanner = std::mem::replace(&mut self.scanner, Scanner::new(""));
        let mut rest = Ok(());
        scanner.finish(|piece| rest = self.on_piece(piece));
        rest
    }

    /// Passes on what evcxr tells the runtime, and the end of it.
    fn on_order(&mut self, stdin: &mut (impl Read + AsFd)) -> std::io::Result<()> {
        let mut order = vec![0; BLOCK];
        let count = stdin.read(&mut order)?;
        if count == 0 {
            self.orders = None;
            return Ok(());
        }
        if order[..count].starts_with(RUN_ORDER) {
            self.tell(&Frame::Started)?;
        }
        if let Some(orders) = &mut self.orders {
            // A runtime that has just died is noticed by its output.
            let _dead = orders.write_all(&order[..count]).and_then(|()| orders.flush());
        }
        Ok(())
    }

    fn on_request(&mut self, mut proxy: &UnixStream) -> std::io::Result<()> {
        let mut request = [0];
        match proxy.read(&mut request)? {
            0 => Err(ErrorKind::BrokenPipe.into()),
            _ if request[0] == ECHO_REQUEST => self.tell(&Frame::Echo),
            _ => Ok(()),
        }
    }

    /// Cells have a standard library of their own, whose half-printed line nobody prints at the end of a
    /// cell. Before that end is passed on, the runtime gets an order of ours; its end is the cell's.
    fn asks_to_flush(&mut self) -> bool {
        let (Some(path), false) = (&self.flush, self.flushing) else {
            self.flushing = false;
            return false;
        };
        let order = format!("LOAD_AND_RUN {path} {FLUSH_FUNCTION}\n");
        let orders = self.orders.as_mut();
        self.flushing = orders.is_some_and(|orders| {
            orders.write_all(order.as_bytes()).and_then(|()| orders.flush()).is_ok()
        });
        self.flushing
    }

    fn on_output(&mut self, bytes: &[u8]) -> std::io::Result<()> {
        let mut pieces = Vec::new();
        self.scanner.take(bytes, |piece| pieces.push(piece));
        pieces.into_iter().try_for_each(|piece| self.on_piece(piece))?;
        self.evcxr.flush()
    }

    fn on_piece(&mut self, piece: Piece) -> std::io::Result<()> {
        match piece {
            Piece::Text(bytes) => self.tell(&Frame::Stdout(bytes)),
            Piece::Message { kind, payload } => self.tell(&Frame::Message { kind, payload }),
            Piece::Content { mime, text } => self.tell(&Frame::Content { mime, text }),
            Piece::ForEvcxr(line) => self.evcxr.write_all(&line),
            Piece::Panicked => {
                self.tell(&Frame::Panicked)?;
                self.evcxr.write_all(b"EVCXR_PANIC_NOTIFICATION\n")
            }
            Piece::LeftByError => {
                self.tell(&Frame::LeftByError)?;
                self.evcxr.write_all(b"EVCXR_ERROR_OCCURRED\n")
            }
            Piece::Complete if self.asks_to_flush() => Ok(()),
            Piece::Complete => {
                self.tell(&Frame::Complete)?;
                self.evcxr.write_all(b"EVCXR_EXECUTION_COMPLETE\n")
            }
        }
    }
}

fn do_not_block(stream: BorrowedFd) -> std::io::Result<()> {
    let flags = OFlag::from_bits_truncate(fcntl(stream, FcntlArg::F_GETFL)?);
    fcntl(stream, FcntlArg::F_SETFL(flags | OFlag::O_NONBLOCK))?;
    Ok(())
}

/// Waits until one of the streams has something or ends, or a while has passed; says which.
fn wait<const N: usize>(streams: [Option<BorrowedFd>; N]) -> std::io::Result<[bool; N]> {
    let mut waiting: Vec<PollFd> =
        streams.iter().flatten().map(|stream| PollFd::new(*stream, PollFlags::POLLIN)).collect();
    match poll(&mut waiting, PollTimeout::from(LOOK_INTERVAL)) {
        Ok(_) | Err(nix::errno::Errno::EINTR) => {}
        Err(error) => return Err(error.into()),
    }
    let mut states = waiting.iter().map(|stream| stream.any().unwrap_or(true));
    Ok(streams.map(|stream| stream.is_some() && states.next().unwrap_or(false)))
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

/// evcxr takes the end of this process for that of the cells' process.
fn end_likewise(status: ExitStatus) -> ExitCode {
    use std::os::unix::process::ExitStatusExt;
    if let Some(code) = status.code() {
        return ExitCode::from(u8::try_from(code).unwrap_or(1));
    }
    let signal = status
        .signal()
        .and_then(|number| nix::sys::signal::Signal::try_from(number).ok())
        .unwrap_or(nix::sys::signal::SIGKILL);
    let _not_reached = nix::sys::signal::raise(signal);
    ExitCode::FAILURE
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// What the proxy and evcxr hear of a program in the place of the runtime.
    fn heard(script: &str) -> (Vec<Frame>, String) {
        let (ours, mut theirs) = UnixStream::pair().unwrap();
        let listening = std::thread::spawn(move || {
            let mut frames = Vec::new();
            while let Some(frame) = Frame::read(&mut theirs).unwrap() {
                frames.push(frame);
            }
            frames
        });
        let mut program = Command::new("sh")
            .args(["-c", script])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut evcxr = Vec::new();
        let mut relay = Relay {
            flush: None,
            flushing: false,
            orders: None,
            scanner: Scanner::new("abc"),
            evcxr: &mut evcxr,
            proxy: ours,
        };
        relay.pass_on(&mut program).unwrap();
        drop(relay);
        program.wait().unwrap();
        (listening.join().unwrap(), String::from_utf8(evcxr).unwrap())
    }

    fn joined(frames: &[Frame]) -> String {
        let texts = frames.iter().map(|frame| match frame {
            Frame::Stdout(bytes) | Frame::Stderr(bytes) => String::from_utf8_lossy(bytes),
            other => format!("<{other:?}>").into(),
        });
        texts.collect()
    }

    #[test]
    fn text_goes_to_the_proxy_and_evcxr_hears_its_own_lines() {
        let (frames, evcxr) =
            heard("printf 'a\\n\\nhalfEVCXR_EXECUTION_COMPLETE\\nno newline at the end'");
        assert_eq!(joined(&frames), "a\n\nhalf<Complete>no newline at the end");
        assert_eq!(evcxr, "EVCXR_EXECUTION_COMPLETE\n");
        let (frames, evcxr) = heard("yes 0123456789 | head -c 2200000");
        assert_eq!((joined(&frames).len(), evcxr.len()), (2_200_000, 0));
    }

    #[test]
    fn standard_error_arrives_before_the_line_that_follows_it() {
        let script = "for i in 1 2 3 4 5; do echo err$i >&2; echo out$i; sleep 0.01; done";
        let expected: String = (1..=5).map(|i| format!("err{i}\nout{i}\n")).collect();
        for _ in 0..20 {
            assert_eq!(joined(&heard(script).0), expected);
        }
    }

    #[test]
    fn a_child_that_keeps_the_output_open_holds_nobody_up() {
        let (frames, _) = heard("sleep 30 & echo done");
        assert_eq!(joined(&frames), "done\n");
    }

    #[test]
    fn panics_and_errors_are_told_to_both() {
        let (frames, evcxr) = heard("echo boom >&2; echo EVCXR_PANIC_NOTIFICATION");
        assert_eq!(joined(&frames), "boom\n<Panicked>");
        assert_eq!(evcxr, "EVCXR_PANIC_NOTIFICATION\n");
        let (frames, evcxr) = heard("printf 'x'; echo EVCXR_ERROR_OCCURRED");
        assert_eq!(joined(&frames), "x<LeftByError>");
        assert_eq!(evcxr, "EVCXR_ERROR_OCCURRED\n");
    }
}
