//! One set-up or fetch at a time: the system drops the lock when its holder ends, however it ends.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::failure::{Failure, Result};
use crate::files;
use crate::workspace::Workspace;

pub struct Lock {
    _file: File,
}

impl Lock {
    /// Waits for another `lab` that is setting up, and says that it does.
    pub fn acquire(workspace: &Workspace) -> Result<Self> {
        files::create_folder(workspace.cache())?;
        Self::at(&workspace.cache().join("setup.lock"), "setting up")
    }

    /// Waits for another `lab` that holds a file, and says what it is doing.
    pub fn at(path: &Path, doing: &str) -> Result<Self> {
        let refused = |error: std::io::Error| Failure::io("lock", path, &error);
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(path)
            .map_err(refused)?;
        if let Err(std::fs::TryLockError::WouldBlock) = file.try_lock() {
            let mut holder = String::new();
            let _unreadable = file.read_to_string(&mut holder);
            eprintln!("another lab (process {}) is {doing}; waiting for it", holder.trim());
            file.lock().map_err(refused)?;
        }
        file.set_len(0)
            .and_then(|()| file.rewind())
            .and_then(|()| write!(file, "{}", std::process::id()))
            .map_err(refused)?;
        Ok(Self { _file: file })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::mpsc;
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_second_waits_for_the_first() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(folder.path(), folder.path());
        let first = Lock::acquire(&workspace).unwrap();
        let (sender, receiver) = mpsc::channel();
        let waiting = std::thread::spawn({
            let workspace = workspace.clone();
            move || {
                let second = Lock::acquire(&workspace).unwrap();
                sender.send(()).unwrap();
                drop(second);
            }
        });
        assert!(receiver.recv_timeout(Duration::from_millis(200)).is_err());
        drop(first);
        receiver.recv_timeout(Duration::from_secs(10)).unwrap();
        waiting.join().unwrap();
    }
}
