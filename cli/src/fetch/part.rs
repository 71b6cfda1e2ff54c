//! A file that has not arrived completely, with what is known of the whole, so that a later call goes on with it.

use std::fs::File;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::Result;
use crate::files::{self, ContentHash};

use super::client::Answer;
use super::folder::{Folder, refused};

/// What the server said of the whole file.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notes {
    pub address: String,
    /// A strong entity tag, or a date: what tells one version of the file from another.
    pub version: Option<String>,
    pub length: Option<u64>,
    /// How the server packed the file for the way.
    pub encoding: Option<String>,
}

impl Notes {
    pub fn of(address: &str, answer: &Answer) -> Self {
        Self {
            address: address.to_owned(),
            version: version(answer),
            length: answer.length(),
            encoding: answer
                .header("content-encoding")
                .filter(|coding| !coding.is_empty() && !coding.eq_ignore_ascii_case("identity"))
                .map(str::to_ascii_lowercase),
        }
    }
}

/// Weak tags say "about the same", which is not enough to put two halves together.
pub fn version(answer: &Answer) -> Option<String> {
    let tag = answer.header("etag").filter(|tag| tag.starts_with('"'));
    tag.or_else(|| answer.header("last-modified")).map(str::to_owned)
}

/// The bytes that have arrived, in a file of their own for each address.
pub struct Part {
    path: PathBuf,
    notes: Option<Notes>,
    length: u64,
}

impl Part {
    /// Finds what an earlier call has left of a file from an address.
    pub fn find(folder: &Path, name: &str, address: &str) -> Self {
        let mut hash = ContentHash::default();
        hash.add("address", address.as_bytes());
        let path = folder.join(format!("{name}.{}.part", &hash.finish()[..8]));
        let notes = std::fs::read_to_string(notes_path(&path)).ok();
        let notes = notes.and_then(|text| serde_json::from_str::<Notes>(&text).ok());
        let notes = notes.filter(|notes| notes.address == address);
        let length = std::fs::metadata(&path).map_or(0, |data| data.len());
        Self { path, notes, length }
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    pub fn length(&self) -> u64 {
        self.length
    }

    pub fn notes(&self) -> Option<&Notes> {
        self.notes.as_ref()
    }

    /// Where to go on, and with which version: only what is certainly a part of the same file is used again.
    pub fn resumable(&self) -> Option<(u64, &str)> {
        let notes = self.notes.as_ref()?;
        let inside = notes.length.is_none_or(|whole| self.length <= whole);
        (self.length > 0 && inside).then_some((self.length, notes.version.as_deref()?))
    }

    /// Begins anew. The notes come first, so that no bytes are ever taken for another version's.
    pub fn restart(&mut self, notes: Notes) -> Result<()> {
        self.discard();
        let text = serde_json::to_vec_pretty(&notes).unwrap_or_default();
        let path = notes_path(&self.path);
        std::fs::write(&path, text).map_err(|error| refused("write", &path, &error))?;
        std::fs::write(&self.path, "").map_err(|error| refused("write", &self.path, &error))?;
        self.notes = Some(notes);
        Ok(())
    }

    /// Opens the file to add to it.
    pub fn open(&self) -> Result<File> {
        let opened = File::options().append(true).open(&self.path);
        opened.map_err(|error| refused("write", &self.path, &error))
    }

    pub fn add(&mut self, file: &mut File, bytes: &[u8]) -> Result<()> {
        let written = file.write_all(bytes);
        written.map_err(|error| refused("write", &self.path, &error))?;
        self.length += bytes.len() as u64;
        Ok(())
    }

    /// Puts other content in the place of what has arrived.
    pub fn replace(&mut self, content: tempfile::NamedTempFile) -> Result<()> {
        content.persist(&self.path).map_err(|error| refused("write", &self.path, &error.error))?;
        self.length = std::fs::metadata(&self.path).map_or(0, |data| data.len());
        Ok(())
    }

    /// Gives what has arrived its final name.
    pub fn finish(&mut self, folder: &Folder, name: &str) -> Result<()> {
        let path = folder.path().join(name);
        let whole = File::open(&self.path).and_then(|file| {
            files::make_readable(&file)?;
            file.sync_all()
        });
        whole
            .and_then(|()| std::fs::rename(&self.path, &path))
            .map_err(|error| refused("write", &path, &error))?;
        self.discard();
        Ok(())
    }

    /// Throws away what has arrived.
    pub fn discard(&mut self) {
        for path in [self.path.clone(), notes_path(&self.path)] {
            let _not_there = std::fs::remove_file(path);
        }
        self.notes = None;
        self.length = 0;
    }
}

fn notes_path(path: &Path) -> PathBuf {
    path.with_extension("part.json")
}

/// Removes what was begun for an item at any address, once it is there.
pub fn sweep(folder: &Path, name: &str) {
    for path in all(folder, name) {
        let _gone = std::fs::remove_file(&path);
    }
}

/// Everything that was begun for an item, at any address.
pub fn all(folder: &Path, name: &str) -> Vec<PathBuf> {
    let mut paths = files::sorted_entries(folder).unwrap_or_default();
    paths.retain(|path| {
        let file = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let rest = file.strip_prefix(name).and_then(|rest| rest.strip_prefix('.'));
        rest.is_some_and(|rest| rest.ends_with(".part") || rest.ends_with(".part.json"))
    });
    paths
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_what_certainly_belongs_together_is_resumed() {
        let folder = tempfile::tempdir().unwrap();
        let find = || Part::find(folder.path(), "a.zip", "http://x/a.zip");
        let notes = |version: Option<&str>, length| Notes {
            address: "http://x/a.zip".into(),
            version: version.map(str::to_owned),
            length,
            encoding: None,
        };
        let mut part = find();
        assert_eq!(part.resumable(), None);
        part.restart(notes(Some("\"1\""), Some(10))).unwrap();
        part.add(&mut part.open().unwrap(), b"12345").unwrap();
        assert_eq!(find().resumable(), Some((5, "\"1\"")));
        assert_eq!(Part::find(folder.path(), "a.zip", "http://y/a.zip").resumable(), None);

        // Longer than the whole, or without a version: nobody knows what it is.
        for unknown in [notes(Some("\"1\""), Some(4)), notes(None, Some(10))] {
            part.restart(unknown).unwrap();
            part.add(&mut part.open().unwrap(), b"12345").unwrap();
            assert_eq!(find().resumable(), None);
        }
        std::fs::write(notes_path(find().path()), "{").unwrap();
        assert_eq!(find().resumable(), None);
        std::fs::write(folder.path().join("a.zip"), "").unwrap();
        sweep(folder.path(), "a.zip");
        assert_eq!(files::sorted_entries(folder.path()).unwrap().len(), 1);
    }
}
