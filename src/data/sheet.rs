//! A table of comma-separated text, read whole, so that every fault can name its line.

use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};

use csv::StringRecord;
use flate2::read::MultiGzDecoder;

use super::cell::quoted;
use crate::notebook::interrupt;
use crate::{Error, Result};

/// More than any table of daily prices holds; a small file may unpack to far more than the memory.
const LARGEST: u64 = 1 << 30;

/// A table in memory: a header, and rows that each have one cell for every name in it.
#[derive(Debug)]
pub(super) struct Sheet {
    path: PathBuf,
    text: String,
    header: Vec<String>,
}

/// One row of a sheet, with its place in the text.
pub(super) struct Row<'sheet> {
    pub(super) place: usize,
    pub(super) cells: &'sheet StringRecord,
}

impl Row<'_> {
    /// The cell of a column, without the blanks around it.
    pub(super) fn cell(&self, column: usize) -> &str {
        self.cells.get(column).unwrap_or_default().trim()
    }
}

impl Sheet {
    /// Reads a file, plain or gzip, and its header. A byte order mark, `\r\n`, and blank lines are accepted.
    pub(super) fn open(path: &Path) -> Result<Self> {
        let text = decode(path, unpack(path, read(path)?, LARGEST)?)?;
        let mut sheet = Self { path: path.to_owned(), text, header: Vec::new() };
        let mut header = StringRecord::new();
        if !sheet.next_row(&mut sheet.reader(), &mut header)? {
            return Err(Error::malformed(path, None, "the file is empty; expected a header line"));
        }
        sheet.header = header.iter().map(|name| name.trim().to_owned()).collect();
        if let [only] = sheet.header.as_slice()
            && let Some(mark) = only.chars().find(|letter| ";\t".contains(*letter))
        {
            let separator = if mark == ';' { "semicolons" } else { "tabs" };
            let problem = format!("the columns are separated by {separator}; expected commas");
            return Err(sheet.fault(0, format!("{problem}: {}", quoted(only))));
        }
        Ok(sheet)
    }

    /// The names in the header.
    pub(super) fn header(&self) -> &[String] {
        &self.header
    }

    /// The first of some names that the header holds. Case does not count, nor do the asterisks that
    /// point to footnotes.
    pub(super) fn column(&self, names: &[&str]) -> Result<usize> {
        for name in names {
            let same = |known: &String| known.trim_end_matches('*').eq_ignore_ascii_case(name);
            let mut places = (0..self.header.len()).filter(|place| same(&self.header[*place]));
            match (places.next(), places.next()) {
                (Some(_), Some(_)) => {
                    let problem = format!("two columns are called `{name}`");
                    return Err(self.fault(0, problem));
                }
                (Some(place), None) => return Ok(place),
                (None, _) => {}
            }
        }
        let wanted = names.join("` or `");
        let found: Vec<String> = self.header.iter().take(12).map(|name| quoted(name)).collect();
        let more = if self.header.len() > 12 { " and more" } else { "" };
        Err(self.fault(0, format!("no column `{wanted}`; found {}{more}", found.join(", "))))
    }

    /// Calls a function with every row behind the header. Rows of another length than the header, and
    /// quotation marks left open, are faults.
    pub(super) fn for_each_row(&self, mut visit: impl FnMut(Row) -> Result<()>) -> Result<()> {
        let mut reader = self.reader();
        let mut cells = StringRecord::new();
        self.next_row(&mut reader, &mut cells)?;
        let mut rows = 0_u64;
        while self.next_row(&mut reader, &mut cells)? {
            // Half a table would pass for a whole one, so an interrupt leaves none.
            interrupt::check()?;
            let place = cells.position().map_or(0, |position| position.byte() as usize);
            if cells.iter().any(|cell| cell.contains('\n')) {
                let problem = "a quotation mark opens here and is not closed on the same line";
                return Err(self.fault(place, problem));
            }
            if cells.len() != self.header.len() {
                return Err(self.fault(place, self.ragged(&cells)));
            }
            visit(Row { place, cells: &cells })?;
            rows += 1;
        }
        if rows == 0 {
            return Err(
                self.fault(0, "the header is the only line; expected lines of data below it")
            );
        }
        Ok(())
    }

    /// A fault of the file at a place in its text.
    pub(super) fn fault(&self, place: usize, problem: impl Into<String>) -> Error {
        Error::malformed(&self.path, line_at(&self.text, place), problem)
    }

    fn reader(&self) -> csv::Reader<&[u8]> {
        csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .from_reader(self.text.as_bytes())
    }

    /// Reads the next line that is not blank; false at the end.
    fn next_row(&self, reader: &mut csv::Reader<&[u8]>, cells: &mut StringRecord) -> Result<bool> {
        loop {
            let more = reader
                .read_record(cells)
                .map_err(|error| Error::malformed(&self.path, None, error.to_string()))?;
            let blank = cells.len() == 1 && cells[0].trim().is_empty();
            if !more || !blank {
                return Ok(more);
            }
        }
    }

    fn ragged(&self, cells: &StringRecord) -> String {
        let semicolons =
            cells.len() < self.header.len() && cells.iter().any(|cell| cell.contains(';'));
        format!(
            "the line has {} cells and the header {}{}: {}",
            cells.len(),
            self.header.len(),
            if semicolons { ", and it is separated by semicolons, not commas" } else { "" },
            quoted(&cells.iter().collect::<Vec<_>>().join(",")),
        )
    }
}

/// The line of a place in a text, from 1. A csv reader's place lies before the line ends it skips.
fn line_at(text: &str, place: usize) -> u64 {
    let bytes = text.as_bytes();
    let skipped = bytes[place..].iter().take_while(|byte| b"\r\n".contains(byte)).count();
    let breaks = bytes[..place + skipped].iter().filter(|byte| **byte == b'\n').count();
    breaks as u64 + 1
}

/// The bytes of a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>> {
    let refused = |error| Error::io("read", path, error);
    let mut bytes = Vec::new();
    File::open(path)
        .map_err(refused)?
        .take(LARGEST + 1)
        .read_to_end(&mut bytes)
        .map_err(refused)?;
    bounded(path, bytes, LARGEST)
}

fn unpack(path: &Path, bytes: Vec<u8>, largest: u64) -> Result<Vec<u8>> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(bytes);
    }
    let mut plain = Vec::new();
    match MultiGzDecoder::new(bytes.as_slice()).take(largest + 1).read_to_end(&mut plain) {
        Ok(_) => bounded(path, plain, largest),
        Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => {
            let problem = format!(
                "the gzip data end too early, after {} bytes; fetch the file again",
                bytes.len()
            );
            Err(Error::malformed(path, None, problem))
        }
        Err(error) => {
            let problem = format!("the gzip data are damaged ({error}); fetch the file again");
            Err(Error::malformed(path, None, problem))
        }
    }
}

fn bounded(path: &Path, bytes: Vec<u8>, largest: u64) -> Result<Vec<u8>> {
    if bytes.len() as u64 <= largest {
        return Ok(bytes);
    }
    let problem = format!("the text is longer than {largest} bytes; expected daily prices");
    Err(Error::malformed(path, None, problem))
}

/// Bytes as text: UTF-8, with or without a byte order mark, and no NUL.
fn decode(path: &Path, mut bytes: Vec<u8>) -> Result<String> {
    if bytes.starts_with(&[0xff, 0xfe]) || bytes.starts_with(&[0xfe, 0xff]) {
        let problem = "the text is UTF-16; save it as UTF-8";
        return Err(Error::malformed(path, 1, problem));
    }
    if bytes.starts_with(&[0xef, 0xbb, 0xbf]) {
        bytes.drain(..3);
    }
    let place = bytes.iter().position(|byte| *byte == 0);
    let text = match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => {
            let place = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let line = bytes[..place].iter().filter(|byte| **byte == b'\n').count() as u64 + 1;
            let problem =
                format!("not UTF-8 text: byte 0x{:02x}; expected a table in text", bytes[place]);
            return Err(Error::malformed(path, line, problem));
        }
    };
    match place {
        Some(place) => {
            let line = text[..place].matches('\n').count() as u64 + 1;
            Err(Error::malformed(path, line, "a NUL byte; expected a table in text"))
        }
        None => Ok(text),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::io::Write;

    use super::*;

    fn places(text: &str) -> Vec<u64> {
        let sheet = Sheet { path: "T.csv".into(), text: text.into(), header: vec!["a".into(); 2] };
        let mut lines = Vec::new();
        sheet
            .for_each_row(|row| {
                lines.push(line_at(text, row.place));
                Ok(())
            })
            .unwrap();
        lines
    }

    #[test]
    fn lines_are_counted_whatever_ends_them() {
        assert_eq!(places("a,b\n1,2\n3,4\n"), [2, 3]);
        assert_eq!(places("a,b\r\n1,2\r\n3,4\r\n"), [2, 3]);
        assert_eq!(places("\n\na,b\n\n1,2\n\r\n3,4\n\n\n"), [5, 7]);
        assert_eq!(places("a,b\n1,2\n   \n3,4"), [2, 4]);
    }

    #[test]
    fn a_file_that_unpacks_without_end_is_refused() {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(&[b'a'; 5000]).unwrap();
        let bytes = packer.finish().unwrap();
        assert!(bytes.len() < 1000);
        let error = unpack(Path::new("T.csv.gz"), bytes, 1000).unwrap_err();
        assert!(error.to_string().contains("longer than 1000 bytes"), "{error}");
    }

    #[test]
    fn names_are_found_in_order_of_preference() {
        let header = ["Date", "Close*", "adj close**"].map(String::from).to_vec();
        let sheet = Sheet { path: "T.csv".into(), text: String::new(), header };
        assert_eq!(sheet.column(&["Adj Close", "Close"]).unwrap(), 2);
        assert_eq!(sheet.column(&["Close"]).unwrap(), 1);
        let error = sheet.column(&["Volume"]).unwrap_err().to_string();
        assert!(error.contains("no column `Volume`; found `Date`, `Close*`"), "{error}");
    }
}
