//! Photographs in a zip archive, which is kept as it is, or in a gzipped tar archive or a folder, which become one.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use zip::ZipArchive;

use super::tally::{LARGEST_PICTURE, Tally, safe};
use super::{Bounded, Sound, head, repack};
use crate::fetch::client::Trouble;
use crate::fetch::folder::Folder;
use crate::fetch::words;

/// Everything in an archive together has no more bytes than this, nor this many times its own size: photographs
/// hardly shrink.
const LARGEST_CONTENT: u64 = 2 << 30;
const HIGHEST_RATIO: u64 = 20;
const SMALL: u64 = 16 << 20;

/// The file type in a Unix mode, and that of a symbolic link.
const TYPE: u32 = 0o170_000;
const LINK: u32 = 0o120_000;

pub fn check(path: &Path, folder: &Folder) -> Result<Sound, Trouble> {
    if path.is_dir() {
        let (tally, made) = repack::folder(path, folder)?;
        return sound(&tally, "every photograph was read", made);
    }
    match words::kind(&head(path).map_err(Trouble::Refused)?) {
        "a zip archive" => {
            let tally = zip(path).map_err(Trouble::Refused)?;
            sound(&tally, "every photograph was unpacked and held against its own check sum", None)
        }
        "a gzip file" => {
            let (tally, made) = repack::tar(path, limit(path), folder)?;
            sound(
                &tally,
                "every photograph was unpacked, and the archive's check sum is right",
                made,
            )
        }
        other => Err(Trouble::Refused(format!("it is {other}, not an archive of photographs"))),
    }
}

fn sound(
    tally: &Tally,
    how: &'static str,
    made: Option<tempfile::NamedTempFile>,
) -> Result<Sound, Trouble> {
    let (name, words) = tally.name_and_words().map_err(Trouble::Refused)?;
    Ok(Sound { name, words, how, made })
}

/// How much an archive may unpack to.
fn limit(path: &Path) -> u64 {
    let packed = std::fs::metadata(path).map_or(0, |data| data.len());
    packed.saturating_mul(HIGHEST_RATIO).clamp(SMALL, LARGEST_CONTENT)
}

/// Unpacks every entry into nothing.
fn zip(path: &Path) -> Result<Tally, String> {
    let file = File::open(path).map_err(|error| error.to_string())?;
    let mut archive = ZipArchive::new(BufReader::new(file))
        .map_err(|error| format!("it is no zip archive that can be read ({error})"))?;
    let mut tally = Tally::default();
    let mut left = limit(path);
    for index in 0..archive.len() {
        let entry = archive.by_index(index).map_err(|error| {
            format!("entry {} of the zip archive cannot be read: {error}", index + 1)
        })?;
        let name = safe(entry.name())?;
        if entry.unix_mode().is_some_and(|mode| mode & TYPE == LINK) {
            return Err(format!("the entry `{name}` is a link"));
        }
        if entry.is_dir() {
            continue;
        }
        let most = if tally.add(&name)? { LARGEST_PICTURE.min(left) } else { left };
        let mut content = Bounded { inner: entry, left: most };
        // At its end the check sum is compared.
        let size = std::io::copy(&mut content.by_ref(), &mut std::io::sink())
            .map_err(|error| format!("the entry `{name}` cannot be unpacked: {error}"))?;
        left -= size;
    }
    Ok(tally)
}
