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
}

pub struct Link {
    pub path: PathBuf,
    heard: mpsc::Receiver<Heard>,
    relay: Option<UnixStream>,
    /// Where the socket lies when the kernel's folder has too long a name.
    _elsewhere: Option<tempfile::TempDir>,
}

impl Link {
    /// Listens in a folder; every relay that calls replaces the one before.
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
            match self.heard.recv().await? {
                Heard::Connected(relay) => self.relay = Some(relay),
                Heard::Frame(frame) => return Some(frame),
            }
        }
    }

    /// Asks the relay for an echo; says whether there is one to answer.
    pub fn ask_for_echo(&mut self) -> bool {
        let asked = self.relay.as_mut().map(|relay| relay.write_all(&[ECHO_REQUEST]));
        if !matches!(asked, Some(Ok(()))) {
            self.relay = None;
        }
        self.relay.is_some()
    }
}

fn accept(listener: &UnixListener, sender: &mpsc::Sender<Heard>) {
    while let Ok((relay, _)) = listener.accept() {
        let Ok(answers) = relay.try_clone() else { continue };
        if sender.blocking_send(Heard::Connected(answers)).is_err() {
            return;
        }
        let sender = sender.clone();
        std::thread::spawn(move || listen(relay, &sender));
    }
}

fn listen(relay: UnixStream, sender: &mpsc::Sender<Heard>) {
    let mut relay = std::io::BufReader::with_capacity(1 << 16, relay);
    // A line that breaks has said what it had to say.
    while let Ok(Some(frame)) = Frame::read(&mut relay) {
        if sender.blocking_send(Heard::Frame(frame)).is_err() {
            return;
        }
    }
}
