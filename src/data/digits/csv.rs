//! The embedded digits: a table without a header, 784 levels and a label in each line.

use std::path::Path;

use super::set::{CLASSES, PIXELS};
use crate::data::sheet::read_unpacked;
use crate::{Error, Result};

/// Levels and labels of all lines.
///
/// The table has four million cells, for which a reader that makes a text of each takes most of a second; whole numbers in
/// ASCII need none.
pub(super) fn read(path: &Path) -> Result<(Vec<u8>, Vec<u8>)> {
    let bytes = read_unpacked(path)?;
    let (mut levels, mut labels) = (Vec::new(), Vec::new());
    for (place, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        read_line(line, &mut levels, &mut labels)
            .map_err(|problem| Error::malformed(path, place as u64 + 1, problem))?;
    }
    if labels.is_empty() {
        return Err(Error::malformed(
            path,
            None,
            "the file is empty; expected a line for each digit",
        ));
    }
    Ok((levels, labels))
}

fn read_line(line: &[u8], levels: &mut Vec<u8>, labels: &mut Vec<u8>) -> Result<(), String> {
    let start = levels.len();
    for cell in line.split(|byte| *byte == b',') {
        levels.push(number(cell).ok_or_else(|| {
            let cell = String::from_utf8_lossy(cell).into_owned();
            format!("a cell holds `{cell}`; expected a whole number from 0 to 255")
        })?);
    }
    let cells = levels.len() - start;
    if cells != PIXELS + 1 {
        return Err(format!("the line has {cells} cells; expected {PIXELS} levels and a label"));
    }
    match levels.pop() {
        Some(label) if usize::from(label) < CLASSES => labels.push(label),
        label => return Err(format!("the label is {}; digits are 0 to 9", label.unwrap_or(0))),
    }
    Ok(())
}

fn number(cell: &[u8]) -> Option<u8> {
    if cell.is_empty() {
        return None;
    }
    cell.iter().try_fold(0_u8, |sum, byte| {
        let digit = byte.is_ascii_digit().then(|| byte - b'0')?;
        sum.checked_mul(10)?.checked_add(digit)
    })
}
