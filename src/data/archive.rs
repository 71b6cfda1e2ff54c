//! Tables that numpy wrote: several arrays in one zip file, `.npz`.

use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::DeflateDecoder;
use ndarray::{Array2, ShapeBuilder};

use super::sheet::read;
use crate::{Error, Result};

/// What a zip file ends with, the least length of that record, and the signatures of what it points to.
const END: &[u8] = b"PK\x05\x06";
const END_LENGTH: usize = 22;
const CENTRAL: &[u8] = b"PK\x01\x02";
const LOCAL: &[u8] = b"PK\x03\x04";
/// More than any table of prices holds; a small file may unpack to far more than the memory.
const LARGEST: u64 = 1 << 28;

/// An archive in memory.
pub(super) struct Archive {
    path: PathBuf,
    bytes: Vec<u8>,
}

/// One array, as its file has it.
struct Table {
    kind: String,
    shape: (usize, usize),
    by_columns: bool,
    values: Vec<u8>,
}

impl Archive {
    pub(super) fn open(path: &Path) -> Result<Self> {
        Ok(Self { path: path.to_owned(), bytes: read(path)? })
    }

    /// A table of `f64`.
    pub(super) fn numbers(&self, name: &str) -> Result<Array2<f64>> {
        let table = self.table(name)?;
        let number = |bytes: &[u8]| bytes.try_into().map(f64::from_le_bytes).ok();
        match table.kind.as_str() {
            "<f8" => self.cells(name, &table, 8, number),
            other => Err(self.fault(name, format!("holds `{other}`; expected numbers, `<f8`"))),
        }
    }

    /// A table of text.
    pub(super) fn texts(&self, name: &str) -> Result<Array2<String>> {
        let table = self.table(name)?;
        let letters = table.kind.strip_prefix("<U").and_then(|count| count.parse::<usize>().ok());
        match letters.and_then(|letters| letters.checked_mul(4)).filter(|width| *width > 0) {
            Some(width) => self.cells(name, &table, width, text),
            None => {
                let problem = format!("holds `{}`; expected text, `<U…`", table.kind);
                Err(self.fault(name, problem))
            }
        }
    }

    /// Cuts a table's bytes into cells.
    fn cells<T>(
        &self,
        name: &str,
        table: &Table,
        width: usize,
        cell: impl Fn(&[u8]) -> Option<T>,
    ) -> Result<Array2<T>> {
        let (rows, columns) = table.shape;
        let expected = rows.checked_mul(columns).and_then(|cells| cells.checked_mul(width));
        if expected != Some(table.values.len()) {
            let problem = format!(
                "{} bytes for {rows} × {columns} cells of {width}; fetch the file again",
                table.values.len()
            );
            return Err(self.fault(name, problem));
        }
        let cells: Option<Vec<T>> = table.values.chunks_exact(width).map(cell).collect();
        let shape = table.shape.set_f(table.by_columns);
        cells
            .and_then(|cells| Array2::from_shape_vec(shape, cells).ok())
            .ok_or_else(|| self.fault(name, "a cell cannot be read; fetch the file again"))
    }

    /// Finds an array and reads its header: a Python dictionary behind eight bytes and its length.
    fn table(&self, name: &str) -> Result<Table> {
        let bytes = self.member(&format!("{name}.npy"))?;
        let split = || -> Option<(&str, &[u8])> {
            let rest = bytes.strip_prefix(b"\x93NUMPY")?;
            let (length, start): (usize, usize) = match rest.first()? {
                1 => (number(rest, 2, 2)?, 4),
                _ => (number(rest, 2, 4)?, 6),
            };
            let header = rest.get(start..start.checked_add(length)?)?;
            Some((std::str::from_utf8(header).ok()?, &rest[start + length..]))
        };
        let (header, values) =
            split().ok_or_else(|| self.fault(name, "no header of a numpy array"))?;
        let read_header = || -> Option<Table> {
            let value = |key: &str| Some(header.split_once(key)?.1.trim_start());
            let kind = value("'descr':")?.strip_prefix('\'')?.split('\'').next()?.to_owned();
            let by_columns = value("'fortran_order':")?.starts_with("True");
            let shape = value("'shape':")?.strip_prefix('(')?.split(')').next()?;
            let (rows, columns) = shape.split_once(',')?;
            let shape = (rows.trim().parse().ok()?, columns.trim().parse().ok()?);
            Some(Table { kind, shape, by_columns, values: values.to_vec() })
        };
        read_header().ok_or_else(|| {
            let problem = format!("expected a table with two dimensions; found {}", header.trim());
            self.fault(name, problem)
        })
    }

    /// The unpacked bytes of one file in the archive.
    fn member(&self, name: &str) -> Result<Vec<u8>> {
        let damaged = |what: &str| {
            let problem = format!("{what}; expected an archive of numpy, fetch the file again");
            Error::malformed(&self.path, None, problem)
        };
        let places = self.places().ok_or_else(|| damaged("no zip archive, or not all of it"))?;
        let Some((_, place, length)) = places.iter().find(|(known, _, _)| known == name) else {
            let known: Vec<&str> = places.iter().map(|(known, _, _)| known.as_str()).collect();
            return Err(damaged(&format!("no {name} in it, but {}", known.join(", "))));
        };
        let unpacked = || -> Option<Vec<u8>> {
            let local = self.bytes.get(*place..).filter(|bytes| bytes.starts_with(LOCAL))?;
            let start = 30 + number(local, 26, 2)? + number(local, 28, 2)?;
            let packed = local.get(start..start.checked_add(*length)?)?;
            match number(local, 8, 2)? {
                0 => Some(packed.to_vec()),
                8 => {
                    let mut plain = Vec::new();
                    DeflateDecoder::new(packed).take(LARGEST).read_to_end(&mut plain).ok()?;
                    Some(plain)
                }
                _ => None,
            }
        };
        unpacked().ok_or_else(|| damaged(&format!("{name} cannot be unpacked")))
    }

    /// Name, place and packed length of every file, from the directory at the archive's end.
    fn places(&self) -> Option<Vec<(String, usize, usize)>> {
        let last = self.bytes.len().checked_sub(END_LENGTH)?;
        let end = (0..=last).rev().find(|place| self.bytes[*place..].starts_with(END))?;
        let count = number(&self.bytes, end + 10, 2)?;
        let mut directory = self.bytes.get(number(&self.bytes, end + 16, 4)?..)?;
        let mut places = Vec::new();
        for _ in 0..count {
            directory = directory.strip_prefix(CENTRAL)?;
            // The signature's four bytes are gone, so each place is four less than the format says.
            let length = number(directory, 16, 4)?;
            let tail = [24, 26, 28].map(|place| number(directory, place, 2));
            let [Some(name), Some(extra), Some(comment)] = tail else { return None };
            let text = directory.get(42..42 + name)?;
            let place = number(directory, 38, 4)?;
            places.push((String::from_utf8_lossy(text).into_owned(), place, length));
            directory = directory.get(42 + name + extra + comment..)?;
        }
        Some(places)
    }

    fn fault(&self, name: &str, problem: impl std::fmt::Display) -> Error {
        Error::malformed(&self.path, None, format!("array `{name}`: {problem}"))
    }
}

/// A number of two or four bytes, the lowest first.
fn number(bytes: &[u8], place: usize, width: usize) -> Option<usize> {
    let bytes = bytes.get(place..place + width)?;
    Some(bytes.iter().rev().fold(0, |sum, byte| sum << 8 | usize::from(*byte)))
}

/// Text of four bytes a letter, filled up with zeros.
fn text(bytes: &[u8]) -> Option<String> {
    let letters = bytes
        .chunks_exact(4)
        .map(|letter| letter.try_into().map(u32::from_le_bytes).ok().and_then(char::from_u32));
    letters.collect::<Option<String>>().map(|text| text.trim_end_matches('\0').to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// An archive as numpy 2.4.6's `savez_compressed(file, data=[[1, 2, 3], [4, 5, 6.5]], info=[["Ä", "bc"]])` writes it.
    const SAMPLE: &[u8] = include_bytes!("archive/sample.npz");

    fn archive(bytes: &[u8]) -> Archive {
        Archive { path: "sample.npz".into(), bytes: bytes.to_vec() }
    }

    #[test]
    fn numbers_and_texts_of_numpy_are_read() {
        let sample = archive(SAMPLE);
        assert_eq!(
            sample.numbers("data").unwrap(),
            ndarray::array![[1.0, 2.0, 3.0], [4.0, 5.0, 6.5]]
        );
        let turned = ndarray::array![[1.0, 4.0], [2.0, 5.0], [3.0, 6.5]];
        assert_eq!(sample.numbers("by_columns").unwrap(), turned);
        assert_eq!(sample.texts("info").unwrap(), ndarray::array![["Ä", "bc"]]);
    }

    #[test]
    fn faults_say_what_was_found() {
        let sample = archive(SAMPLE);
        for (result, words) in [
            (sample.numbers("prices").map(drop), "no prices.npy in it, but data.npy"),
            (sample.numbers("info").map(drop), "array `info`: holds `<U2`; expected numbers"),
            (sample.texts("data").map(drop), "array `data`: holds `<f8`; expected text"),
            (sample.numbers("line").map(drop), "two dimensions; found {'descr': '<f8'"),
            (archive(b"").numbers("data").map(drop), "no zip archive"),
            (archive(b"Date,A\n2003-01-02,1\n").numbers("data").map(drop), "no zip archive"),
            (archive(&SAMPLE[..SAMPLE.len() / 2]).numbers("data").map(drop), "no zip archive"),
        ] {
            let message = result.unwrap_err().to_string();
            assert!(message.contains(words), "{message}");
            assert!(message.starts_with("sample.npz: "), "{message}");
        }
        assert!(matches!(Archive::open(Path::new("/no/such.npz")), Err(Error::Io { .. })));
    }

    proptest! {
        /// Damage is refused or survived; it never brings the notebook down.
        #[test]
        fn damaged_archives_do_not_panic(
            places in prop::collection::vec((0..SAMPLE.len(), any::<u8>()), 0..8),
            length in 0..=SAMPLE.len(),
        ) {
            let mut bytes = SAMPLE.to_vec();
            for (place, byte) in places {
                bytes[place] = byte;
            }
            bytes.truncate(length);
            let damaged = archive(&bytes);
            for result in [damaged.numbers("data").map(drop), damaged.texts("info").map(drop)] {
                let expected = matches!(result, Ok(()) | Err(Error::Malformed { .. }));
                prop_assert!(expected, "{result:?}");
            }
        }
    }
}
