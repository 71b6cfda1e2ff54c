//! The photographs of a data set, in a folder or a zip archive, by their names.

use std::io::{Cursor, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use zip::ZipArchive;

use super::attributes::{PictureName, spelled};
use super::source::FETCH;
use crate::notebook::interrupt;
use crate::{Error, Result};

/// No photograph of this kind has as many bytes; an entry of an archive may unpack to far more than the memory.
const LARGEST_PICTURE: u64 = 16 << 20;
/// The archive is read whole, so that threads can share it.
const LARGEST_ARCHIVE: u64 = 2 << 30;
/// Folders in folders beyond this are no data set.
const DEEPEST: usize = 4;

/// One photograph in a folder or archive.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    pub(super) name: PictureName,
    /// Where it lies, below the folder or in the archive.
    pub(super) path: String,
    size: u64,
    /// When it was last changed, in a folder; its check sum, in an archive.
    mark: u64,
    /// The archive's number for it.
    index: usize,
}

/// What a folder or an archive holds.
#[derive(Debug)]
pub(super) struct Archive {
    pub(super) path: PathBuf,
    /// In the order of their names.
    pub(super) entries: Vec<Entry>,
    /// Files that are no photographs, or whose names say no person and number, with the reason.
    pub(super) ignored: Vec<(String, String)>,
    contents: Contents,
}

#[derive(Debug)]
enum Contents {
    Folder,
    Zip(ZipArchive<Cursor<Arc<[u8]>>>),
}

impl Archive {
    /// Lists a folder with all folders in it, or a zip archive.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let mut archive = if path.is_dir() { Self::folder(path)? } else { Self::zip(path)? };
        archive
            .entries
            .sort_by(|one, other| one.name.cmp(&other.name).then(one.path.cmp(&other.path)));
        archive.ignored.sort();
        let entries = std::mem::take(&mut archive.entries);
        for entry in entries {
            match archive.entries.last().filter(|last| last.name == entry.name) {
                Some(last) => {
                    let reason =
                        format!("a second picture of {}, beside {}", entry.name, last.path);
                    archive.ignored.push((entry.path, reason));
                }
                None => archive.entries.push(entry),
            }
        }
        if archive.entries.is_empty() {
            return Err(archive.nothing());
        }
        Ok(archive)
    }

    fn folder(root: &Path) -> Result<Self> {
        let mut archive = Self {
            path: root.to_owned(),
            entries: Vec::new(),
            ignored: Vec::new(),
            contents: Contents::Folder,
        };
        archive.walk(root, "", 0)?;
        Ok(archive)
    }

    fn walk(&mut self, folder: &Path, below: &str, depth: usize) -> Result<()> {
        let refused = |error| Error::io("list", folder, error);
        for entry in std::fs::read_dir(folder).map_err(refused)? {
            interrupt::check()?;
            let entry = entry.map_err(refused)?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = format!("{below}{name}");
            // Folders behind links may lead in circles.
            if entry.file_type().map_err(refused)?.is_dir() {
                if depth < DEEPEST {
                    self.walk(&entry.path(), &format!("{path}/"), depth + 1)?;
                }
                continue;
            }
            match (picture_name(&path), std::fs::metadata(entry.path())) {
                (Ok(name), Ok(data)) => {
                    let changed =
                        data.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
                    let mark = changed.map_or(0, |time| time.as_nanos() as u64);
                    self.entries.push(Entry { name, path, size: data.len(), mark, index: 0 });
                }
                (Err(reason), _) => self.ignored.push((path, reason)),
                (_, Err(error)) => self.ignored.push((path, error.to_string())),
            }
        }
        Ok(())
    }

    fn zip(path: &Path) -> Result<Self> {
        let refused = |error| Error::io("read", path, error);
        let size = std::fs::metadata(path).map_err(refused)?.len();
        if size > LARGEST_ARCHIVE {
            let problem =
                format!("the archive has {} MB; unpack it and name the folder", size >> 20);
            return Err(Error::malformed(path, None, problem));
        }
        let bytes: Arc<[u8]> = std::fs::read(path).map_err(refused)?.into();
        let mut zip = ZipArchive::new(Cursor::new(bytes)).map_err(|error| {
            let problem =
                format!("no zip archive that can be read ({error}); was the download complete?");
            Error::malformed(path, None, problem)
        })?;
        let (mut entries, mut ignored) = (Vec::new(), Vec::new());
        for index in 0..zip.len() {
            interrupt::check()?;
            let file = match zip.by_index_raw(index) {
                Ok(file) => file,
                Err(error) => {
                    ignored.push((format!("entry {index}"), error.to_string()));
                    continue;
                }
            };
            if file.is_dir() {
                continue;
            }
            let path = file.name().to_owned();
            // Nothing is ever unpacked to such a place, but an archive with such names is none to trust.
            if file.enclosed_name().is_none() {
                ignored.push((path, "the name leads out of the archive".into()));
                continue;
            }
            match picture_name(&path) {
                Ok(name) => {
                    let (size, mark) = (file.size(), u64::from(file.crc32()));
                    entries.push(Entry { name, path, size, mark, index });
                }
                Err(reason) => ignored.push((path, reason)),
            }
        }
        Ok(Self { path: path.to_owned(), entries, ignored, contents: Contents::Zip(zip) })
    }

    /// The bytes of one photograph, or why there are none.
    pub(super) fn read(&self, entry: &Entry) -> Result<Vec<u8>, String> {
        if entry.size > LARGEST_PICTURE {
            return Err(too_large(entry.size));
        }
        match &self.contents {
            Contents::Folder => {
                std::fs::read(self.path.join(&entry.path)).map_err(|error| error.to_string())
            }
            Contents::Zip(zip) => {
                // The archive's directory and bytes are shared; only the place of reading is its own.
                let mut zip = zip.clone();
                let file = zip.by_index(entry.index).map_err(|error| error.to_string())?;
                let mut bytes = Vec::with_capacity(entry.size as usize);
                // The size in the directory need not be the true one.
                let read = file.take(LARGEST_PICTURE + 1).read_to_end(&mut bytes);
                read.map_err(|error| error.to_string())?;
                if bytes.len() as u64 > LARGEST_PICTURE {
                    return Err(too_large(bytes.len() as u64));
                }
                Ok(bytes)
            }
        }
    }

    /// Everything by which one can see that the photographs have changed.
    pub(super) fn state(&self) -> String {
        let place = std::path::absolute(&self.path).unwrap_or_else(|_| self.path.clone());
        let mut state = format!("{}\n", place.display());
        for entry in &self.entries {
            state.push_str(&format!("{}\t{}\t{}\n", entry.path, entry.size, entry.mark));
        }
        state
    }

    fn nothing(&self) -> Error {
        let found = match self.ignored.first() {
            Some((name, reason)) => {
                format!("{} other files, the first of them {name}: {reason}", self.ignored.len())
            }
            None => "nothing at all".into(),
        };
        Error::Missing {
            what: "photographs named as Person_Name/Person_Name_0001.jpg".into(),
            looked_in: vec![format!("{} (found {found})", self.path.display())],
            fix: format!("name the folder `lfw-deepfunneled` or its zip archive, or {FETCH}"),
        }
    }
}

fn too_large(size: u64) -> String {
    format!("{} MB, more than the {} that a photograph may have", size >> 20, LARGEST_PICTURE >> 20)
}

/// The person and the number that a file's name says, or why it says none.
fn picture_name(path: &str) -> Result<PictureName, String> {
    let file = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ""));
    if !ending.eq_ignore_ascii_case("jpg") && !ending.eq_ignore_ascii_case("jpeg") {
        return Err("no JPEG by its name".into());
    }
    let (person, number) = stem.rsplit_once('_').unwrap_or(("", stem));
    let person = spelled(person);
    match number.parse() {
        Ok(number) if !person.is_empty() && !stem.starts_with('.') => {
            Ok(PictureName { person, number })
        }
        _ => Err("the name says no person and number, as Person_Name_0001.jpg does".into()),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use super::*;

    fn archive_of(files: &[(&str, &[u8])]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("faces.zip");
        let mut zip = zip::ZipWriter::new(std::fs::File::create(&path).unwrap());
        for (name, bytes) in files {
            zip.start_file(*name, zip::write::FileOptions::default()).unwrap();
            zip.write_all(bytes).unwrap();
        }
        zip.finish().unwrap();
        (folder, path)
    }

    #[test]
    fn names_say_person_and_number() {
        let name = picture_name("a/Ada_B._Lovelace/Ada_B._Lovelace_0012.JPG").unwrap();
        assert_eq!(name.to_string(), "Ada B. Lovelace 12");
        for other in [
            "Ada_0001.png",
            "readme",
            "Ada.jpg",
            "0001.jpg",
            "_0001.jpg",
            "._Ada_0001.jpg",
            "Ada_x.jpg",
        ] {
            assert!(picture_name(other).is_err(), "{other}");
        }
    }

    #[test]
    fn archives_and_folders_give_the_same_entries() {
        let files: &[(&str, &[u8])] = &[
            ("lfw/Bo/Bo_0002.jpg", b"two"),
            ("lfw/Bo/Bo_0001.jpg", b"one"),
            ("lfw/Ada/Ada_0001.jpg", b"ada"),
            ("lfw/readme.txt", b"text"),
            ("lfw/copy/Bo_0001.jpg", b"again"),
        ];
        let (folder, path) = archive_of(files);
        let zip = Archive::open(&path).unwrap();
        let root = folder.path().join("unpacked");
        for (name, bytes) in files {
            std::fs::create_dir_all(root.join(name).parent().unwrap()).unwrap();
            std::fs::write(root.join(name), bytes).unwrap();
        }
        let plain = Archive::open(&root).unwrap();
        for archive in [&zip, &plain] {
            let names: Vec<String> =
                archive.entries.iter().map(|one| one.name.to_string()).collect();
            assert_eq!(names, ["Ada 1", "Bo 1", "Bo 2"]);
            let bytes: Vec<_> =
                archive.entries.iter().map(|one| archive.read(one).unwrap()).collect();
            assert_eq!(bytes, [b"ada", b"one", b"two"].map(|bytes| bytes.to_vec()));
            assert_eq!(archive.ignored.len(), 2);
            assert!(
                archive.ignored[1].1.contains("a second picture of Bo 1"),
                "{:?}",
                archive.ignored
            );
        }
        let before = plain.state();
        std::fs::write(root.join("lfw/Ada/Ada_0001.jpg"), b"longer").unwrap();
        assert_ne!(Archive::open(&root).unwrap().state(), before);
        assert_ne!(zip.state(), before);
    }

    #[test]
    fn names_that_lead_out_of_an_archive_are_left_out() {
        let (_folder, path) = archive_of(&[
            ("../../Ada_0001.jpg", b"out"),
            ("/etc/Ada_0002.jpg", b"out"),
            ("lfw/Ada_0003.jpg", b"in"),
        ]);
        let archive = Archive::open(&path).unwrap();
        assert_eq!(archive.entries.len(), 1);
        assert_eq!(archive.entries[0].name.number, 3);
        assert!(archive.ignored.iter().all(|(_, reason)| reason.contains("leads out")));
    }

    #[test]
    fn an_entry_that_unpacks_to_too_much_is_refused() {
        let bomb = vec![0; LARGEST_PICTURE as usize + 1];
        let (_folder, path) = archive_of(&[("Ada_0001.jpg", &bomb)]);
        assert!(std::fs::metadata(&path).unwrap().len() < 1 << 20);
        let mut archive = Archive::open(&path).unwrap();
        assert!(archive.read(&archive.entries[0]).unwrap_err().contains("MB, more than"));
        // The same where the archive's directory lies about the size.
        archive.entries[0].size = 10;
        assert!(archive.read(&archive.entries[0]).unwrap_err().contains("MB, more than"));
    }

    #[test]
    fn damaged_and_empty_archives_are_told() {
        let (folder, path) = archive_of(&[("Ada_0001.jpg", b"one"), ("Bo_0001.jpg", b"two")]);
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() / 2]).unwrap();
        let error = Archive::open(&path).unwrap_err().to_string();
        assert!(error.contains("was the download complete"), "{error}");

        // One byte of the first picture changed: its check sum fails, the other one is fine.
        let mut changed = bytes.clone();
        changed[30 + "Ada_0001.jpg".len() + 1] ^= 0x55;
        std::fs::write(&path, &changed).unwrap();
        let archive = Archive::open(&path).unwrap();
        assert!(archive.read(&archive.entries[0]).is_err());
        assert_eq!(archive.read(&archive.entries[1]).unwrap(), b"two");

        let empty = folder.path().join("empty");
        std::fs::create_dir(&empty).unwrap();
        let error = Archive::open(&empty).unwrap_err().to_string();
        assert!(error.contains("found nothing at all"), "{error}");
        std::fs::write(empty.join("notes.txt"), "x").unwrap();
        let error = Archive::open(&empty).unwrap_err().to_string();
        assert!(error.contains("notes.txt: no JPEG by its name"), "{error}");
        let error = Archive::open(&folder.path().join("none.zip")).unwrap_err().to_string();
        assert!(error.contains("cannot read"), "{error}");
    }
}
