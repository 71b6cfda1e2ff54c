//! Whether a file is what it should be, whatever its name and its sum: it is opened and read to its end.

mod attributes;
mod digits;
mod photographs;
mod repack;
mod tally;

use std::io::Read;
use std::path::Path;

use crate::fetch::catalogue::{Item, Kind};
use crate::fetch::client::Trouble;
use crate::fetch::folder::Folder;
use crate::fetch::words;

/// A file that is what it should be.
pub struct Sound {
    /// The name it gets.
    pub name: String,
    /// What it holds.
    pub words: String,
    /// How that was found out.
    pub how: &'static str,
    /// What was made of it, where the library cannot read it as it is.
    pub made: Option<tempfile::NamedTempFile>,
}

/// Reads a file or folder to its end. What the library cannot read as it is, is made into what it can, beside its
/// final place.
pub fn check(item: &Item, path: &Path, folder: &Folder) -> Result<Sound, Trouble> {
    let sound = |words, how| Sound { name: item.target.into(), words, how, made: None };
    match item.kind {
        Kind::Photographs => photographs::check(path, folder),
        Kind::Attributes => attributes::check(path)
            .map(|words| sound(words, "no sum is published for it: every line was read"))
            .map_err(Trouble::Refused),
        Kind::Digits { shape, content } => digits::check(path, shape, content)
            .map(|words| sound(words, "content as published (SHA-256)"))
            .map_err(Trouble::Refused),
    }
}

/// Which of a data set's items a file is, by its content.
pub fn recognize<'a>(items: &'a [Item], path: &Path) -> Result<&'a Item, String> {
    let head = head(path)?;
    let kind = words::kind(&head);
    let fits = |item: &&Item| match item.kind {
        Kind::Photographs => matches!(kind, "a zip archive" | "a gzip file"),
        Kind::Attributes => kind == "text",
        Kind::Digits { shape, .. } => digits::shape(path).is_ok_and(|found| found == shape),
    };
    items
        .iter()
        .find(fits)
        .ok_or_else(|| format!("it is {kind} that does not belong to this data set"))
}

/// A file's first bytes.
pub fn head(path: &Path) -> Result<Vec<u8>, String> {
    let mut head = Vec::new();
    let read = std::fs::File::open(path).and_then(|file| file.take(512).read_to_end(&mut head));
    read.map(|_| head).map_err(|error| error.to_string())
}

/// Refuses to read more than a limit, so that a small file cannot unpack to more than the disk.
struct Bounded<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Read for Bounded<R> {
    fn read(&mut self, block: &mut [u8]) -> std::io::Result<usize> {
        let count = self.inner.read(block)?;
        self.left = self.left.checked_sub(count as u64).ok_or_else(|| {
            std::io::Error::other("it unpacks to far more than such a file holds")
        })?;
        Ok(count)
    }
}
