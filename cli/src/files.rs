//! Files that are whole or not there, and content hashes.

use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use crate::failure::{Failure, Result};

/// Creates a folder and its parents.
pub fn create_folder(folder: &Path) -> Result<()> {
    std::fs::create_dir_all(folder).map_err(|error| Failure::io("create", folder, &error))
}

/// Writes beside the target and renames, so that a reader sees the old file or the new one.
pub fn write_whole(path: &Path, content: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    create_folder(folder)?;
    let refused = |error: std::io::Error| Failure::io("write", path, &error);
    let mut aside = tempfile::NamedTempFile::new_in(folder).map_err(refused)?;
    aside.write_all(content).map_err(refused)?;
    let file = aside.as_file();
    file.sync_all().map_err(refused)?;
    make_readable(file).map_err(refused)?;
    aside.persist(path).map_err(|error| Failure::io("write", path, &error.error))?;
    Ok(())
}

/// Like [`write_whole`], for nobody else's eyes.
pub fn write_private(path: &Path, content: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(Path::new("."));
    let refused = |error: std::io::Error| Failure::io("write", path, &error);
    let mut aside = tempfile::NamedTempFile::new_in(folder).map_err(refused)?;
    aside.write_all(content).map_err(refused)?;
    aside.persist(path).map_err(|error| Failure::io("write", path, &error.error))?;
    Ok(())
}

/// Temporary files are private by default; finished ones get the usual mode.
pub fn make_readable(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    file.set_permissions(std::fs::Permissions::from_mode(0o644))
}

/// Writes only when the content differs, so that nothing downstream sees a new date.
pub fn write_if_changed(path: &Path, content: &[u8]) -> Result<bool> {
    if std::fs::read(path).is_ok_and(|current| current == content) {
        return Ok(false);
    }
    write_whole(path, content)?;
    Ok(true)
}

pub fn read_text(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).map_err(|error| Failure::io("read", path, &error))
}

/// Points a symbolic link somewhere else in one step.
pub fn link(target: &Path, link: &Path) -> Result<()> {
    if std::fs::read_link(link).is_ok_and(|current| current == target) {
        return Ok(());
    }
    if link.is_dir() && !link.is_symlink() {
        return Err(Failure::setup(format!("{} is a folder, not a link", link.display()))
            .fix("move it away; the set-up puts a link there"));
    }
    let folder = link.parent().unwrap_or(Path::new("."));
    create_folder(folder)?;
    let aside = folder.join(format!(".link-{}", uuid::Uuid::new_v4().simple()));
    std::os::unix::fs::symlink(target, &aside)
        .and_then(|()| std::fs::rename(&aside, link))
        .map_err(|error| Failure::io("write", link, &error))
}

/// A hash over labelled parts, in hexadecimal.
#[derive(Default)]
pub struct ContentHash(Sha256);

impl ContentHash {
    pub fn add(&mut self, label: &str, content: &[u8]) {
        for part in [label.as_bytes(), content] {
            self.0.update((part.len() as u64).to_le_bytes());
            self.0.update(part);
        }
    }

    pub fn add_file(&mut self, path: &Path) -> Result<()> {
        let content = std::fs::read(path).map_err(|error| Failure::io("read", path, &error))?;
        self.add(&path.to_string_lossy(), &content);
        Ok(())
    }

    /// Adds every file below a folder, in a fixed order.
    pub fn add_tree(&mut self, folder: &Path) -> Result<()> {
        for path in sorted_entries(folder)? {
            if path.is_dir() {
                self.add_tree(&path)?;
            } else {
                self.add_file(&path)?;
            }
        }
        Ok(())
    }

    pub fn finish(self) -> String {
        hexadecimal(&self.0.finalize())
    }
}

pub fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>> {
    let refused = |error: std::io::Error| Failure::io("read", folder, &error);
    let mut entries = std::fs::read_dir(folder)
        .map_err(refused)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<std::io::Result<Vec<_>>>()
        .map_err(refused)?;
    entries.sort();
    Ok(entries)
}

/// The SHA-256 of a file, or nothing where it cannot be read.
pub fn file_hash(path: &Path) -> Option<String> {
    file_digest::<Sha256>(path).ok()
}

/// The sum of a file by any algorithm, in hexadecimal.
pub fn file_digest<D: Digest>(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hash = D::new();
    let mut block = vec![0; 1 << 16];
    loop {
        match file.read(&mut block)? {
            0 => return Ok(hexadecimal(&hash.finalize())),
            count => hash.update(&block[..count]),
        }
    }
}

pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Bytes a user without privileges may still write to the disk that holds `path`, or will hold it.
pub fn free_space(path: &Path) -> Option<u64> {
    let existing = path.ancestors().find(|folder| folder.exists())?;
    let statistics = nix::sys::statvfs::statvfs(existing).ok()?;
    Some(statistics.blocks_available() as u64 * statistics.fragment_size() as u64)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_write_leaves_the_old_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        write_whole(&path, b"old").unwrap();
        assert!(!write_if_changed(&path, b"old").unwrap());
        assert!(write_if_changed(&path, b"new").unwrap());
        assert_eq!(std::fs::read(&path).unwrap(), b"new");
        assert_eq!(sorted_entries(folder.path()).unwrap().len(), 1);
    }

    #[test]
    fn links_move_and_never_replace_a_folder() {
        let folder = tempfile::tempdir().unwrap();
        let name = folder.path().join("libtorch");
        link(Path::new("/a"), &name).unwrap();
        link(Path::new("/b"), &name).unwrap();
        assert_eq!(std::fs::read_link(&name).unwrap(), Path::new("/b"));
        std::fs::remove_file(&name).unwrap();
        std::fs::create_dir(&name).unwrap();
        assert!(link(Path::new("/a"), &name).unwrap_err().what().contains("is a folder"));
    }

    #[test]
    fn hashes_depend_on_content_and_place() {
        let hash = |parts: &[(&str, &str)]| {
            let mut hash = ContentHash::default();
            parts.iter().for_each(|(label, content)| hash.add(label, content.as_bytes()));
            hash.finish()
        };
        assert_eq!(hash(&[("a", "1")]), hash(&[("a", "1")]));
        assert_ne!(hash(&[("a", "12")]), hash(&[("a1", "2")]));
        assert_ne!(hash(&[("a", "1"), ("b", "")]), hash(&[("a", ""), ("b", "1")]));
    }
}
