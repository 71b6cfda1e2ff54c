//! Small data sets in the shape of the real ones, and archives that mean harm.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use tar::{EntryType, Header};
use zip::ZipWriter;
use zip::write::FileOptions;

/// Bytes that cannot be packed, as those of a photograph.
pub fn noise(length: usize, seed: u64) -> Vec<u8> {
    let mut state = seed.wrapping_mul(2).wrapping_add(1);
    let mut next = || {
        state = state.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
        (state >> 33) as u8
    };
    (0..length).map(|_| next()).collect()
}

/// Names and contents of some photographs.
pub fn photographs() -> Vec<(String, Vec<u8>)> {
    let name = |number: usize| {
        let person = ["Ada_Lovelace", "Bo_Li", "Cy"][number % 3];
        format!("lfw-deepfunneled/{person}/{person}_{:04}.jpg", number / 3 + 1)
    };
    (0..30).map(|number| (name(number), noise(9000 + number, number as u64))).collect()
}

pub fn zip(files: &[(String, Vec<u8>)]) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(name.as_str(), FileOptions::default()).expect("an entry");
        writer.write_all(content).expect("its content");
    }
    writer.finish().expect("an archive").into_inner()
}

/// Names and contents of an archive.
pub fn contents(zip: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = zip::ZipArchive::new(Cursor::new(zip)).expect("a zip archive");
    let mut read = |index| {
        let mut file = archive.by_index(index).expect("an entry");
        let mut content = Vec::new();
        std::io::copy(&mut file, &mut content).expect("its content");
        (file.name().to_owned(), content)
    };
    let mut files: Vec<_> = (0..30).map(&mut read).collect();
    files.sort();
    files
}

pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(content).expect("room");
    packer.finish().expect("room")
}

/// One entry of a tar archive, with any name.
pub struct Entry {
    pub name: String,
    pub kind: EntryType,
    pub link: &'static str,
    pub content: Vec<u8>,
}

impl Entry {
    pub fn file(name: &str, content: &[u8]) -> Self {
        let name = name.to_owned();
        Self { name, kind: EntryType::Regular, link: "", content: content.to_vec() }
    }

    pub fn other(name: &str, kind: EntryType, link: &'static str) -> Self {
        Self { name: name.to_owned(), kind, link, content: Vec::new() }
    }
}

pub fn tgz(entries: &[Entry]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for entry in entries {
        let mut header = Header::new_ustar();
        // The crate refuses to write the names that it should be tested with.
        let name = &mut header.as_old_mut().name;
        name[..entry.name.len()].copy_from_slice(entry.name.as_bytes());
        header.set_entry_type(entry.kind);
        header.set_size(entry.content.len() as u64);
        header.set_mode(0o644);
        header.as_old_mut().linkname[..entry.link.len()].copy_from_slice(entry.link.as_bytes());
        header.set_cksum();
        tar.append(&header, entry.content.as_slice()).expect("an entry");
    }
    gzip(&tar.into_inner().expect("an archive"))
}

pub fn attributes() -> Vec<u8> {
    let columns =
        "Male\tSmiling\tEyeglasses\tSunglasses\tMustache\tEyes Open\tMouth Wide Open\tHeavy Makeup";
    let mut text = format!("# scores\n#\tperson\timagenum\t{columns}\n");
    for number in 1..=10 {
        for person in ["Ada Lovelace", "Bo Li", "Cy"] {
            text += &format!("{person}\t{number}{}\n", "\t-0.25".repeat(8));
        }
    }
    text.into_bytes()
}
