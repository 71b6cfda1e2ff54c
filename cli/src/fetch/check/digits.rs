//! Files of numbers in the IDX format, gzipped: the sizes in the header, the length, and the sum of the content.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::MultiGzDecoder;
use sha2::{Digest, Sha256};

use super::{Bounded, head};
use crate::fetch::sum::Sum;
use crate::fetch::words;
use crate::files;

/// Bytes, in the header's third byte; its fourth is the number of dimensions.
const UNSIGNED_BYTES: u8 = 8;
const LARGEST: u64 = 100 << 20;

/// The sizes that a header names.
pub fn shape(path: &Path) -> Result<Vec<u32>, String> {
    read_header(&mut open(path)?).map(|(_, shape)| shape)
}

/// Holds a file against the sizes and the content that it should have.
pub fn check(path: &Path, expected: &[u32], sum: Sum) -> Result<String, String> {
    let mut source = open(path)?;
    let (header, shape) = read_header(&mut source)?;
    if shape != expected {
        return Err(format!("its header says {}, not {}", sizes(&shape), sizes(expected)));
    }
    let mut hash = Sha256::new();
    hash.update(&header);
    let count = std::io::copy(&mut source, &mut hash)
        .map_err(|error| format!("it cannot be unpacked to its end: {error}"))?;
    let announced: u64 = shape.iter().map(|size| u64::from(*size)).product();
    if count != announced {
        return Err(format!("it holds {count} numbers, and its header says {announced}"));
    }
    let found = files::hexadecimal(&hash.finalize());
    if found != sum.digits() {
        return Err(format!("its content is another one than MNIST's (SHA-256 {found})"));
    }
    Ok(sizes(&shape))
}

fn open(path: &Path) -> Result<impl Read, String> {
    match words::kind(&head(path)?) {
        "a gzip file" => {}
        other => return Err(format!("it is {other}, not a gzip file of digits")),
    }
    let file = File::open(path).map_err(|error| error.to_string())?;
    Ok(Bounded { inner: MultiGzDecoder::new(BufReader::new(file)), left: LARGEST })
}

fn read_header(source: &mut impl Read) -> Result<(Vec<u8>, Vec<u32>), String> {
    let mut bytes = |count: usize| {
        let mut bytes = vec![0; count];
        let read = source.read_exact(&mut bytes);
        read.map(|()| bytes).map_err(|error| format!("it has no header of numbers: {error}"))
    };
    let mut header = bytes(4)?;
    let [0, 0, UNSIGNED_BYTES, dimensions @ 1..=4] = header[..] else {
        return Err("it has no header of numbers".into());
    };
    let mut shape = Vec::new();
    for _ in 0..dimensions {
        let size = bytes(4)?;
        shape.push(size.iter().fold(0, |sum, byte| sum << 8 | u32::from(*byte)));
        header.extend(size);
    }
    Ok((header, shape))
}

fn sizes(shape: &[u32]) -> String {
    let sizes: Vec<String> = shape.iter().map(|size| words::number(*size as usize)).collect();
    match sizes.as_slice() {
        [count] => format!("{count} labels"),
        [count, rest @ ..] => format!("{count} images of {}", rest.join(" × ")),
        [] => "nothing".into(),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use super::*;

    fn packed(content: &[u8]) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("digits.gz");
        let mut packer =
            flate2::write::GzEncoder::new(File::create(&path).unwrap(), Default::default());
        packer.write_all(content).unwrap();
        packer.finish().unwrap();
        (folder, path)
    }

    /// Three labels.
    const LABELS: [u8; 11] = [0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 9];

    #[test]
    fn sizes_length_and_content_are_checked() {
        let sum: &'static str = files::hexadecimal(&Sha256::digest(LABELS)).leak();
        let (_kept, path) = packed(&LABELS);
        assert_eq!(check(&path, &[3], Sum::sha256(sum)).unwrap(), "3 labels");
        assert_eq!(shape(&path).unwrap(), [3]);
        let refused = |content: &[u8], expected: &[u32], words: &str| {
            let (_kept, path) = packed(content);
            let why = check(&path, expected, Sum::sha256(sum)).unwrap_err();
            assert!(why.contains(words), "{why}");
        };
        refused(&LABELS, &[4], "its header says 3 labels, not 4 labels");
        refused(&LABELS[..10], &[3], "it holds 2 numbers, and its header says 3");
        refused(&[LABELS.as_slice(), &[1]].concat(), &[3], "it holds 4 numbers");
        refused(&[0, 0, 8, 1, 0, 0, 0, 3, 7, 8, 8], &[3], "another one than MNIST's");
        refused(b"text", &[3], "no header of numbers");
        refused(b"", &[3], "no header of numbers");

        // Half of the file.
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 6]).unwrap();
        assert!(check(&path, &[3], Sum::sha256(sum)).is_err());
        std::fs::write(&path, "<html>").unwrap();
        assert!(shape(&path).unwrap_err().contains("an HTML page"));
    }
}
