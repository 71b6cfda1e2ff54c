//! Archives that the library does not read, and folders, as one zip archive that it does. Nothing is ever unpacked
//! to disk under a name from an archive, and the result appears under its name only when it is whole.

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Write};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use tar::EntryType;
use tempfile::NamedTempFile;
use zip::write::FileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::Bounded;
use super::tally::{LARGEST_PICTURE, Tally, safe};
use crate::fetch::client::Trouble;
use crate::fetch::folder::{self, Folder};
use crate::files;

/// Folders in folders beyond this are no data set.
const DEEPEST: usize = 4;

type Made = (Tally, Option<NamedTempFile>);

/// A zip archive in the making. JPEGs are stored as they are: packing would save nothing.
struct Zip {
    writer: ZipWriter<BufWriter<File>>,
    file: NamedTempFile,
    tally: Tally,
}

impl Zip {
    fn new(folder: &Folder) -> Result<Self, Trouble> {
        let file = folder.aside().map_err(Trouble::Fatal)?;
        let handle = file.reopen().map_err(|error| unwritten(&file, error))?;
        let writer = ZipWriter::new(BufWriter::new(handle));
        Ok(Self { writer, file, tally: Tally::default() })
    }

    /// Adds a photograph; anything else is counted and left out.
    fn add(&mut self, name: &str, size: u64, content: impl Read) -> Result<(), Trouble> {
        if !self.tally.add(name).map_err(Trouble::Refused)? {
            return Ok(());
        }
        if size > LARGEST_PICTURE {
            return Err(Trouble::Refused(format!(
                "the entry `{name}` is too large for a photograph"
            )));
        }
        let mut bytes = Vec::with_capacity(size as usize);
        let read = content.take(LARGEST_PICTURE + 1).read_to_end(&mut bytes);
        read.map_err(|error| unread(name, &error))?;
        if bytes.len() as u64 != size {
            return Err(Trouble::Refused(format!("the entry `{name}` ends before it should")));
        }
        let options = FileOptions::default().compression_method(CompressionMethod::Stored);
        let written = self.writer.start_file(name, options).map_err(std::io::Error::from);
        let written = written.and_then(|()| self.writer.write_all(&bytes));
        written.map_err(|error| unwritten(&self.file, error))
    }

    fn finish(mut self) -> Result<Made, Trouble> {
        let finished = self.writer.finish().map_err(std::io::Error::from);
        let flushed = finished.and_then(|mut buffer| buffer.flush());
        flushed.map_err(|error| unwritten(&self.file, error))?;
        Ok((self.tally, Some(self.file)))
    }
}

fn unwritten(file: &NamedTempFile, error: std::io::Error) -> Trouble {
    Trouble::Fatal(folder::refused("write", file.path(), &error))
}

fn unread(name: &str, error: &std::io::Error) -> Trouble {
    Trouble::Refused(format!("`{name}` cannot be read: {error}"))
}

/// A gzipped tar archive, of which `most` bytes are unpacked.
pub fn tar(path: &Path, most: u64, folder: &Folder) -> Result<Made, Trouble> {
    let broken = |error: std::io::Error| {
        Trouble::Refused(format!("it is no tar archive that can be read to its end: {error}"))
    };
    let file = File::open(path).map_err(|error| Trouble::Refused(error.to_string()))?;
    let unpacked = MultiGzDecoder::new(BufReader::new(file));
    let mut archive = tar::Archive::new(Bounded { inner: unpacked, left: most });
    let mut zip = Zip::new(folder)?;
    for entry in archive.entries().map_err(broken)? {
        let entry = entry.map_err(broken)?;
        let name = entry.path_bytes();
        let name = std::str::from_utf8(&name)
            .map_err(|_| Trouble::Refused("the name of an entry is no text".into()))?;
        let name = safe(name).map_err(Trouble::Refused)?;
        match entry.header().entry_type() {
            EntryType::Regular | EntryType::Continuous => zip.add(&name, entry.size(), entry)?,
            EntryType::Directory | EntryType::XGlobalHeader => {}
            other => {
                let what = unwanted(other);
                return Err(Trouble::Refused(format!("the entry `{name}` is {what}")));
            }
        }
    }
    // The check sum of the gzip file stands behind everything.
    let mut rest = archive.into_inner();
    std::io::copy(&mut rest, &mut std::io::sink()).map_err(broken)?;
    zip.finish()
}

fn unwanted(kind: EntryType) -> &'static str {
    match kind {
        EntryType::Symlink | EntryType::Link => "a link",
        EntryType::Char | EntryType::Block => "a device",
        EntryType::Fifo => "a pipe",
        _ => "of a kind that photographs are not",
    }
}

/// The photographs of a folder and the folders in it. Links are passed over: they may lead anywhere.
pub fn folder(path: &Path, folder: &Folder) -> Result<Made, Trouble> {
    let mut zip = Zip::new(folder)?;
    let top = path.file_name().and_then(|name| name.to_str()).unwrap_or("lfw-deepfunneled");
    add_folder(&mut zip, path, top, 0)?;
    zip.finish()
}

fn add_folder(zip: &mut Zip, path: &Path, below: &str, depth: usize) -> Result<(), Trouble> {
    for entry in files::sorted_entries(path).map_err(Trouble::Fatal)? {
        let Some(name) = entry.file_name().and_then(|name| name.to_str()) else { continue };
        let name = format!("{below}/{name}");
        let unread = |error| unread(&name, &error);
        let data = std::fs::symlink_metadata(&entry).map_err(unread)?;
        if data.is_dir() && depth < DEEPEST {
            add_folder(zip, &entry, &name, depth + 1)?;
        } else if data.is_file() {
            zip.add(&name, data.len(), File::open(&entry).map_err(unread)?)?;
        }
    }
    Ok(())
}
