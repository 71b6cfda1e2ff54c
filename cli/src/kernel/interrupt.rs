//! The wish that a cell may end, as two files: one says that the user asked, the other that somebody who
//! can end the cell has seen it. Files, since library, compiler stand-in and proxy are different
//! processes, and looking for a file needs no code that could not be trusted in all of them.

use std::path::{Path, PathBuf};

/// Names the file to the engine and everything below it.
pub const INTERRUPT_VARIABLE: &str = "LATENTLAB_INTERRUPT";

#[derive(Clone, Debug)]
pub struct Interrupt {
    asked: PathBuf,
    heard: PathBuf,
}

impl Interrupt {
    pub fn at(path: &Path) -> Self {
        let mut heard = path.as_os_str().to_owned();
        heard.push(".heard");
        Self { asked: path.to_owned(), heard: PathBuf::from(heard) }
    }

    pub fn path(&self) -> &Path {
        &self.asked
    }

    /// Before a cell.
    pub fn clear(&self) {
        for path in [&self.asked, &self.heard] {
            let _not_there = std::fs::remove_file(path);
        }
    }

    pub fn ask(&self) -> std::io::Result<()> {
        std::fs::write(&self.asked, "")
    }

    /// Whether the user has asked.
    pub fn is_asked(&self) -> bool {
        self.asked.exists()
    }

    /// Says that the cell is about to end.
    pub fn hear(&self) {
        // Unheard, the wish is carried out a little less gently.
        let _unwritable = std::fs::write(&self.heard, "");
    }

    /// Whether somebody is about to end the cell.
    pub fn is_heard(&self) -> bool {
        self.heard.exists()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_wish_is_forgotten_with_the_next_cell() {
        let folder = tempfile::tempdir().unwrap();
        let interrupt = Interrupt::at(&folder.path().join("interrupt"));
        interrupt.clear();
        interrupt.ask().unwrap();
        assert!(interrupt.path().exists() && !interrupt.is_heard());
        std::fs::write(folder.path().join("interrupt.heard"), "").unwrap();
        assert!(interrupt.is_heard());
        interrupt.clear();
        assert!(!interrupt.path().exists() && !interrupt.is_heard());
    }
}
