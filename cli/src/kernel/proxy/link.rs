//! The proxy's end of the line to the relay.

use std::io::Write;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};

use tokio::sync::mpsc;

use crate::failure::{Failure, Result};

use super::super::frame::{ECHO_REQUEST, Frame};

/// Frames that may wait before the relay has to; a cell that prints faster than it is shown then waits.
const QUEUE: usize = 256;
/// A socket's path may have some hundred bytes, and a cache may lie deep.
const LONGEST_PATH: usize = 100;

/// What is heard over the line.
#[derive(Debug)]
pub enum Heard {
    /// A relay has called; it answers echo requests on this.
    Connected(UnixStream),
    Frame(Frame),
    /// The relay has said all it will say.
    Gone,
}

pub struct Link {
    pub path: PathBuf,
    heard: mpsc::Receiver<Heard>,
    relay: Option<UnixStream>,
    /// Where the socket lies when the kernel's folder has too long a name.
    _elsewhere: Option<tempfile::TempDir>,
}

impl Link {
    /// Listens in a folder, to one relay after the other.
    pub fn open(folder: &Path) -> Result<Self> {
        let mut path = folder.join("relay");
        let mut elsewhere = None;
        if path.as_os_str().len() > LONGEST_PATH {
            let folder = tempfile::Builder::new()
                .prefix("latentlab-")
                .tempdir()
                .map_err(|error| Failure::io("write", &std::env::temp_dir(), &error))?;
            path = folder.path().join("relay");
            elsewhere = Some(folder);
        }
        // Left over from a kernel of the same name that was killed.
        let _not_there = std::fs::remove_file(&path);
        let listener =
            UnixListener::bind(&path).map_err(|error| Failure::io("listen on", &path, &error))?;
        let (sender, heard) = mpsc::channel(QUEUE);
        std::thread::spawn(move || accept(&listener, &sender));
        Ok(Self { path, heard, relay: None, _elsewhere: elsewhere })
    }

    /// The next frame.
    pub async fn next(&mut self) -> Option<Frame> {
        loop {
            if let Some(frame) = self.step().await? {
                return Some(frame);
            }
        }
    }

    /// The next frame of the relay that is there; none if there is no relay, or it has said all.
    pub async fn next_of_this_relay(&mut self) -> Option<Frame> {
        match self.relay {
            Some(_) => self.step().await?,
            None => None,
        }
    }

    /// The next frame that has already arrived.
    pub fn at_hand(&mut self) -> Option<Frame> {
        loop {
            let heard = self.heard.try_recv().ok()?;
            if let Some(frame) = self.take(heard) {
                return Some(frame);
            }
        }
    }

    /// Takes one thing in; the inner nothing is for what is no frame.
    async fn step(&mut self) -> Option<Option<Frame>> {
        let heard = self.heard.recv().await?;
        Some(self.take(heard))
    }

    fn take(&mut self, heard: Heard) -> Option<Frame> {
        match heard {
            Heard::Frame(frame) => return Some(frame),
            Heard::Connected(relay) => self.relay = Some(relay),
            Heard::Gone => self.relay = None,
        }
        None
    }

    /// Asks the relay for an echo.
    pub fn ask_for_echo(&mut self) {
        if let Some(relay) = &mut self.relay {
            // A relay that has gone does not answer, but what it said before is still to be heard.
            let _gone = relay.write_all(&[ECHO_REQUEST]);
        }
    }
}

/// The last words of one relay come before the first of the next, which waits until its line is taken.
fn accept(listener: &UnixListener, sender: &mpsc::Sender<Heard>) {
    while let Ok((relay, _)) = listener.accept() {
        if listen(relay, sender).is_none() {
            return;
        }
    }
}

/// Passes on what a relay says, to its end; nothing once nobody listens any more.
fn listen(relay: UnixStream, sender: &mpsc::Sender<Heard>) -> Option<()> {
    if let Ok(answers) = relay.try_clone() {
        sender.blocking_send(Heard::Connected(answers)).ok()?;
        let mut relay = std::io::BufReader::with_capacity(1 << 16, relay);
        // A line that breaks has said what it had to say.
        while let Ok(Some(frame)) = Frame::read(&mut relay) {
            sender.blocking_send(Heard::Frame(frame)).ok()?;
        }
        sender.blocking_send(Heard::Gone).ok()?;
    }
    Some(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn said_by(relay: &mut UnixStream, frames: &[Frame]) {
        for frame in frames {
            frame.write(relay).unwrap();
        }
    }

    #[tokio::test]
    async fn the_last_words_of_a_relay_are_heard_although_the_next_has_called() {
        let folder = tempfile::tempdir().unwrap();
        let mut link = Link::open(folder.path()).unwrap();
        for process in 1..=50 {
            let ended = Frame::Ended { code: None, signal: Some(9) };
            let mut relay = UnixStream::connect(&link.path).unwrap();
            let next = UnixStream::connect(&link.path).unwrap();
            said_by(&mut relay, &[Frame::Hello { process }]);
            assert_eq!(link.next().await, Some(Frame::Hello { process }));
            said_by(&mut relay, &[Frame::Stdout(b"x".to_vec()), ended.clone()]);
            drop(relay);
            link.ask_for_echo();
            assert_eq!(link.next_of_this_relay().await, Some(Frame::Stdout(b"x".to_vec())));
            assert_eq!(link.next_of_this_relay().await, Some(ended));
            assert_eq!(link.next_of_this_relay().await, None);
            assert_eq!(link.next_of_this_relay().await, None, "there is no relay");
            drop(next);
            while !matches!(link.step().await, Some(None)) || link.relay.is_some() {}
        }
    }

    #[tokio::test]
    async fn a_relay_answers_on_the_line_it_has_called_on() {
        let folder = tempfile::tempdir().unwrap();
        let mut link = Link::open(folder.path()).unwrap();
        assert_eq!(link.next_of_this_relay().await, None);
        link.ask_for_echo();
        let mut relay = UnixStream::connect(&link.path).unwrap();
        said_by(&mut relay, &[Frame::Complete]);
        assert_eq!(link.next().await, Some(Frame::Complete));
        link.ask_for_echo();
        let mut asked = [0];
        std::io::Read::read_exact(&mut relay, &mut asked).unwrap();
        assert_eq!(asked, [ECHO_REQUEST]);
    }
}
