//! The mark that a step leaves when it is finished: a hash of everything it was made from.

use std::path::{Path, PathBuf};

use crate::failure::Result;
use crate::files;

#[derive(Clone, Debug)]
pub struct Stamp {
    path: PathBuf,
    content: String,
}

impl Stamp {
    pub fn new(path: impl AsRef<Path>, content: impl Into<String>) -> Self {
        Self { path: path.as_ref().to_owned(), content: content.into() }
    }

    /// Whether the step was finished with the same content.
    pub fn is_current(&self) -> bool {
        std::fs::read_to_string(&self.path).is_ok_and(|current| current == self.content)
    }

    /// Says that the step is finished. Written last, so that an interrupted step is done again.
    pub fn set(&self) -> Result<()> {
        files::write_whole(&self.path, self.content.as_bytes())
    }

    /// Takes the mark away before the step starts over.
    pub fn clear(&self) {
        let _not_there = std::fs::remove_file(&self.path);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_stamp_holds_for_its_content_only() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("step");
        let stamp = Stamp::new(&path, "a");
        assert!(!stamp.is_current());
        stamp.set().unwrap();
        assert!(stamp.is_current());
        assert!(!Stamp::new(&path, "b").is_current());
        stamp.clear();
        assert!(!stamp.is_current());
    }
}
