//! Files that a server packed for the way, although nobody asked for it.

use std::fs::File;
use std::io::{BufReader, Read};

use flate2::read::MultiGzDecoder;

use super::check;
use super::client::Trouble;
use super::folder::{Folder, refused};
use super::part::Part;

/// Unpacks a part that the server packed. Many servers call a `.tgz` that they send as it lies on their disk
/// gzip-encoded, so what is inside decides.
pub fn undo(part: &mut Part, folder: &Folder, largest: u64) -> Result<(), Trouble> {
    let Some(encoding) = part.notes().and_then(|notes| notes.encoding.clone()) else {
        return Ok(());
    };
    if encoding != "gzip" && encoding != "x-gzip" {
        return Err(Trouble::Refused(format!("it sends the file packed as {encoding}")));
    }
    if !check::head(part.path()).map_err(Trouble::Refused)?.starts_with(&[0x1f, 0x8b]) {
        return Ok(());
    }
    let open = || File::open(part.path()).map(|file| MultiGzDecoder::new(BufReader::new(file)));
    let mut inside = Vec::new();
    let read = open().and_then(|content| content.take(512).read_to_end(&mut inside));
    if read.is_err() || is_packed_by_itself(&inside) {
        // The check of the file says what is wrong with it, if anything is.
        return Ok(());
    }
    let mut unpacked = folder.aside().map_err(Trouble::Fatal)?;
    let failed = |error: std::io::Error| match error.kind() {
        std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
            Trouble::Fatal(refused("write", folder.path(), &error))
        }
        _ => Trouble::Refused(format!("it cannot be unpacked: {error}")),
    };
    let content = open().map_err(failed)?.take(largest + 1);
    let count = std::io::copy(&mut { content }, &mut unpacked).map_err(failed)?;
    if count > largest {
        return Err(Trouble::Refused("it unpacks to far more than such a file holds".into()));
    }
    part.replace(unpacked).map_err(Trouble::Fatal)
}

/// Whether the content is a tar archive or numbers, which are handed round gzipped.
fn is_packed_by_itself(content: &[u8]) -> bool {
    content.get(257..262) == Some(b"ustar") || content.starts_with(&[0, 0, 8])
}
