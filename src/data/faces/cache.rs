//! Prepared photographs on disk, so that they are decoded once.

use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Crc;
use serde_json::{Value, json};

use super::archive::Archive;
use super::photographs::Photographs;
use super::preparation::Preparation;

/// Changes where the same photographs would be prepared otherwise.
const VERSION: u32 = 1;
/// Older files than the last few are removed.
const MOST_FILES: usize = 6;
const ENDING: &str = "faces";

/// The file that holds the photographs of one archive in one preparation.
#[derive(Debug)]
pub(super) struct CacheFile {
    folder: PathBuf,
    key: String,
    /// Pictures in the archive, and bytes of each.
    count: usize,
    bytes: usize,
}

/// What a look into the cache gives.
#[derive(Debug)]
pub(super) enum Cached {
    Found(Photographs),
    Missing,
    /// There is a file, and it is not what was written.
    Damaged,
}

impl CacheFile {
    pub(super) fn new(folder: &Path, archive: &Archive, preparation: &Preparation) -> Self {
        let state = format!("{VERSION}\n{preparation:?}\n{}", archive.state());
        Self {
            folder: folder.to_owned(),
            key: fingerprint(&state),
            count: archive.entries.len(),
            bytes: preparation.bytes(),
        }
    }

    fn path(&self) -> PathBuf {
        self.folder.join(format!("{}.{ENDING}", self.key))
    }

    /// Reads the file, where there is one.
    pub(super) fn read(&self) -> Cached {
        match std::fs::read(self.path()) {
            Ok(content) => self.parse(&content).map_or(Cached::Damaged, Cached::Found),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Cached::Missing,
            Err(_) => Cached::Damaged,
        }
    }

    /// A line of JSON, then the levels. None where anything is not as it was written.
    fn parse(&self, content: &[u8]) -> Option<Photographs> {
        let end = content.iter().take(1 << 24).position(|byte| *byte == b'\n')?;
        let head: Value = serde_json::from_slice(&content[..end]).ok()?;
        let levels = &content[end + 1..];
        let mut failures = Vec::new();
        for failure in head["failures"].as_array()? {
            let index = usize::try_from(failure[0].as_u64()?).ok()?;
            failures.push((index, failure[1].as_str()?.to_owned()));
        }
        let sound = head["key"] == self.key.as_str()
            && failures.len() <= self.count
            && failures.iter().all(|(index, _)| *index < self.count)
            && levels.len() == (self.count - failures.len()) * self.bytes
            && head["check"].as_u64() == Some(u64::from(check(levels, &failures)));
        sound.then(|| Photographs { levels: levels.to_vec(), failures })
    }

    /// Writes the file aside and renames it, and removes the oldest where there are many.
    pub(super) fn write(&self, photographs: &Photographs) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        let head = json!({
            "key": self.key,
            "failures": photographs.failures,
            "check": check(&photographs.levels, &photographs.failures),
        });
        let aside = self.folder.join(format!("{}.{}.part", self.key, std::process::id()));
        let written = std::fs::File::create(&aside).and_then(|mut file| {
            writeln!(file, "{head}")?;
            file.write_all(&photographs.levels)?;
            file.sync_all()?;
            std::fs::rename(&aside, self.path())
        });
        if written.is_err() {
            // Where writing failed, removing may too; the name tells what it is.
            let _left_behind = std::fs::remove_file(&aside);
        } else {
            self.prune();
        }
        written
    }

    fn prune(&self) {
        let Ok(listing) = std::fs::read_dir(&self.folder) else {
            return;
        };
        let mut files: Vec<_> = listing
            .flatten()
            .filter(|entry| entry.path().extension().is_some_and(|ending| ending == ENDING))
            .filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path())))
            .collect();
        files.sort();
        let surplus = files.len().saturating_sub(MOST_FILES);
        for (_, path) in files.iter().take(surplus).filter(|(_, path)| *path != self.path()) {
            // Another kernel may have removed it already.
            let _gone = std::fs::remove_file(path);
        }
    }
}

fn check(levels: &[u8], failures: &[(usize, String)]) -> u32 {
    let mut sum = Crc::new();
    sum.update(levels);
    sum.update(format!("{failures:?}").as_bytes());
    sum.sum()
}

/// FNV-1a (Fowler, Noll and Vo), twice from different starts: 128 bits that do not depend on the version of Rust.
fn fingerprint(text: &str) -> String {
    let hash = |start: u64| {
        text.bytes()
            .fold(start, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3))
    };
    format!("{:016x}{:016x}", hash(0xCBF2_9CE4_8422_2325), hash(0x9E37_79B9_7F4A_7C15))
}
