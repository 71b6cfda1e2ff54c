//! Files of the IDX format: a magic number, big-endian sizes, then bytes.

use std::path::Path;

use super::set::{CLASSES, PIXELS, SIDE};
use crate::data::sheet::read_unpacked;
use crate::{Error, Result};

/// What one of the two files is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Content {
    Images,
    Labels,
}

impl Content {
    /// Two zeros, 8 for unsigned bytes, and the number of dimensions.
    fn magic(self) -> [u8; 4] {
        match self {
            Self::Images => [0, 0, 8, 3],
            Self::Labels => [0, 0, 8, 1],
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Images => "images",
            Self::Labels => "labels",
        }
    }

    fn other(self) -> Self {
        match self {
            Self::Images => Self::Labels,
            Self::Labels => Self::Images,
        }
    }
}

/// Images and labels of two files that belong together: n · 28 · 28 levels, and n labels.
pub(super) fn read_pair(images: &Path, labels: &Path) -> Result<(Vec<u8>, Vec<u8>)> {
    let (count, levels) = read(images, Content::Images)?;
    let (labelled, classes) = read(labels, Content::Labels)?;
    if labelled != count {
        let problem = format!(
            "it holds {labelled} labels, and {} holds {count} images; the two files do not belong together",
            images.display()
        );
        return Err(Error::malformed(labels, None, problem));
    }
    if let Some((place, label)) =
        classes.iter().enumerate().find(|(_, label)| usize::from(**label) >= CLASSES)
    {
        let problem = format!("label {place}, counted from 0, is {label}; digits are 0 to 9");
        return Err(Error::malformed(labels, None, problem));
    }
    Ok((levels, classes))
}

/// The number of items in a file, and their bytes.
fn read(path: &Path, content: Content) -> Result<(usize, Vec<u8>)> {
    let mut bytes = read_unpacked(path)?;
    let fault = |problem: String| Error::malformed(path, None, problem);
    if bytes.is_empty() {
        return Err(fault("the file is empty".into()));
    }
    let word = content.word();
    if !bytes.starts_with(&content.magic()) {
        if bytes.starts_with(&content.other().magic()) {
            let found = content.other().word();
            return Err(fault(format!(
                "it holds {found} and not {word}; were the two files swapped?"
            )));
        }
        let found: Vec<String> = bytes.iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        let expected: Vec<String> =
            content.magic().iter().map(|byte| format!("{byte:02x}")).collect();
        return Err(fault(format!(
            "no IDX file of {word}: it begins with the bytes {}; expected {}",
            found.join(" "),
            expected.join(" ")
        )));
    }
    let dimensions = usize::from(content.magic()[3]);
    let header = 4 + 4 * dimensions;
    if bytes.len() < header {
        return Err(fault(format!(
            "the header ends after {} bytes; expected {header}; fetch the file again",
            bytes.len()
        )));
    }
    let size = |place: usize| {
        let at = 4 + 4 * place;
        bytes[at..at + 4].iter().fold(0_usize, |sum, byte| sum << 8 | usize::from(*byte))
    };
    let count = size(0);
    if content == Content::Images && [size(1), size(2)] != [SIDE; 2] {
        return Err(fault(format!(
            "its images have {} × {} pixels; {SIDE} × {SIDE} are needed",
            size(1),
            size(2)
        )));
    }
    if count == 0 {
        return Err(fault(format!("its header says that there are no {word}")));
    }
    let each = if content == Content::Images { PIXELS } else { 1 };
    let (announced, found) = (count * each, bytes.len() - header);
    if found != announced {
        return Err(fault(format!(
            "the header says {count} {word}, which are {announced} bytes, and {found} follow; fetch the file again"
        )));
    }
    bytes.drain(..header);
    Ok((count, bytes))
}
