//! All photographs of an archive, prepared on all cores or read from the cache.

use std::path::Path;
use std::time::Duration;

use super::archive::Archive;
use super::cache::{CacheFile, Cached};
use super::picture::prepare;
use super::preparation::Preparation;
use crate::notebook::Progress;
use crate::parallel::Workers;
use crate::{Error, Result};

/// More levels than this are no data set for a notebook's memory.
const MOST_BYTES: usize = 8 << 30;

/// Prepared photographs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Photographs {
    /// Levels of those that could be read, one after the other.
    pub(super) levels: Vec<u8>,
    /// Those that could not, by their place in the archive, with the reason.
    pub(super) failures: Vec<(usize, String)>,
}

/// The photographs of an archive, and in words what the cache had to do with them. Without a folder for the cache there
/// is none.
pub(super) fn photographs(
    archive: &Archive,
    preparation: &Preparation,
    cache: Option<&Path>,
    workers: Workers,
) -> Result<(Photographs, String)> {
    check_size(archive.entries.len(), preparation)?;
    let Some(folder) = cache else {
        return Ok((decode_all(archive, preparation, workers)?, "decoded, not cached".into()));
    };
    let file = CacheFile::new(folder, archive, preparation);
    let before = match file.read() {
        Cached::Found(found) => return Ok((found, "read from the cache".into())),
        Cached::Missing => "decoded",
        Cached::Damaged => "decoded again, since the file in the cache was damaged",
    };
    let decoded = decode_all(archive, preparation, workers)?;
    // A cache that cannot be written costs time and nothing else.
    let after = match file.write(&decoded) {
        Ok(()) => String::from(", and cached"),
        Err(error) => format!("; they could not be cached in {} ({error})", folder.display()),
    };
    Ok((decoded, format!("{before}{after}")))
}

fn check_size(count: usize, preparation: &Preparation) -> Result<()> {
    let [rows, columns] = preparation.size;
    if rows == 0 || columns == 0 {
        let problem = "a picture needs at least one row and one column";
        return Err(Error::invalid(format!("size {rows} × {columns}"), problem));
    }
    let bytes = rows.checked_mul(columns).and_then(|pixels| pixels.checked_mul(3 * count));
    if bytes.is_none_or(|bytes| bytes > MOST_BYTES) {
        let problem = format!(
            "{count} pictures of that size take more than {} GB; choose a smaller one",
            MOST_BYTES >> 30
        );
        return Err(Error::invalid(format!("size {rows} × {columns}"), problem));
    }
    Ok(())
}

fn decode_all(
    archive: &Archive,
    preparation: &Preparation,
    workers: Workers,
) -> Result<Photographs> {
    let entries = &archive.entries;
    let mut progress = Progress::new("Reading faces", entries.len() as u64)
        .unit("pictures")
        .delay(Duration::from_secs(1));
    let results = workers.run(entries.len(), &mut progress, |index| {
        archive.read(&entries[index]).and_then(|bytes| prepare(&bytes, preparation))
    });
    let mut levels = Vec::with_capacity(entries.len() * preparation.bytes());
    let mut failures = Vec::new();
    for (index, result) in results.into_iter().enumerate() {
        // Half the faces would pass for all of them, so an interrupt leaves none.
        match result.ok_or(Error::Interrupted)? {
            Ok(picture) => levels.extend(picture),
            Err(reason) => failures.push((index, reason)),
        }
    }
    Ok(Photographs { levels, failures })
}
