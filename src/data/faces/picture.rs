//! One JPEG: decoded, cut and brought to size.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::preparation::Preparation;
use super::resample::{Part, resize};

/// No picture has more rows or columns: a small file may claim to hold more pixels than the memory.
const LARGEST_SIDE: usize = 8192;

/// Rows below the last one that is wanted, because color is smoothed from row to row.
const SPARE_ROWS: usize = 8;

/// A decoded picture: levels of red, green and blue, row by row.
struct Picture {
    width: usize,
    height: usize,
    levels: Vec<u8>,
}

/// The levels of a picture as the preparation wants them, or what is wrong with the file.
pub(super) fn prepare(bytes: &[u8], preparation: &Preparation) -> Result<Vec<u8>, String> {
    let [left, top] = preparation.crop;
    check_ends(bytes)?;
    let shorter = (top > SPARE_ROWS).then(|| without_last_rows(bytes, top)).flatten();
    let picture = match &shorter {
        Some((shorter, height)) => Picture { height: *height, ..decode(shorter)? },
        None => decode(bytes)?,
    };
    let (width, height) = (picture.width, picture.height);
    if width <= 2 * left || height <= 2 * top {
        return Err(format!(
            "{width} × {height} pixels, of which nothing is left without {left} at each side and {top} at top and bottom"
        ));
    }
    let part = Part {
        levels: &picture.levels,
        width,
        left,
        top,
        columns: width - 2 * left,
        rows: height - 2 * top,
    };
    let [rows, columns] = preparation.size;
    Ok(resize(part, rows, columns, preparation.filter))
}

fn check_ends(bytes: &[u8]) -> Result<(), String> {
    if bytes.is_empty() {
        return Err("the file is empty".into());
    }
    if !bytes.starts_with(&[0xFF, 0xD8]) {
        return Err("not a JPEG".into());
    }
    if !ends(bytes) {
        return Err("the file breaks off: no end-of-image marker".into());
    }
    Ok(())
}

/// The file with a header that claims fewer rows, and how many it really has: a fifth of the work on a photograph of Labeled
/// Faces in the Wild is below what is kept. Only where blocks follow each other from top to bottom, once: a progressive file, and
/// one with a scan for each component, goes through the whole picture several times.
fn without_last_rows(bytes: &[u8], unwanted: usize) -> Option<(Vec<u8>, usize)> {
    let frame = segment(bytes, 2)?;
    // Baseline and extended sequential: precision, rows, columns, components.
    if !matches!(bytes[frame + 1], 0xC0 | 0xC1) {
        return None;
    }
    let scan = segment(bytes, frame + segment_length(bytes, frame)?)?;
    if bytes[scan + 1] != 0xDA || bytes.get(scan + 4)? != bytes.get(frame + 9)? {
        return None;
    }
    let rows = bytes.get(frame + 5..frame + 7)?;
    let height = usize::from(u16::from_be_bytes([rows[0], rows[1]]));
    let wanted = height.checked_sub(unwanted)? + SPARE_ROWS;
    let mut shorter = bytes.to_vec();
    shorter[frame + 5..frame + 7].copy_from_slice(&u16::try_from(wanted).ok()?.to_be_bytes());
    Some((shorter, height))
}

/// Where the first frame header or scan at or after a place begins.
fn segment(bytes: &[u8], mut at: usize) -> Option<usize> {
    loop {
        let [0xFF, marker] = *bytes.get(at..at + 2)? else { return None };
        let is_frame = matches!(marker, 0xC0..=0xCF) && !matches!(marker, 0xC4 | 0xC8 | 0xCC);
        if is_frame || marker == 0xDA {
            return Some(at);
        }
        at += segment_length(bytes, at)?;
    }
}

/// The bytes of a segment with its marker.
fn segment_length(bytes: &[u8], at: usize) -> Option<usize> {
    let length = bytes.get(at + 2..at + 4)?;
    Some(2 + usize::from(u16::from_be_bytes([length[0], length[1]])))
}

fn decode(bytes: &[u8]) -> Result<Picture, String> {
    let options = DecoderOptions::default()
        .set_strict_mode(true)
        .set_max_width(LARGEST_SIDE)
        .set_max_height(LARGEST_SIDE)
        .jpeg_set_out_colorspace(ColorSpace::RGB);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    let levels = decoder.decode().map_err(|error| format!("{error:?}").replace('\n', " "))?;
    let (width, height) = decoder.dimensions().ok_or("no size in the header")?;
    if levels.len() != 3 * width * height {
        return Err(format!("{} levels for {width} × {height} pixels", levels.len()));
    }
    Ok(Picture { width, height, levels })
}

/// Whether an end-of-image marker stands near the end of the file, where some programs append a few bytes.
fn ends(bytes: &[u8]) -> bool {
    bytes[bytes.len().saturating_sub(1024)..].windows(2).any(|pair| pair == [0xFF, 0xD9])
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn rows_above_those_left_out_stay_as_they_are() {
        let bytes = include_bytes!("../../../tests/fixtures/faces/waves.jpg");
        let whole = decode(bytes).unwrap();
        let unwanted = whole.height / 3;
        let (shorter, height) = without_last_rows(bytes, unwanted).unwrap();
        assert_eq!(height, whole.height);
        let part = decode(&shorter).unwrap();
        assert_eq!(part.height, whole.height - unwanted + SPARE_ROWS);
        let wanted = 3 * whole.width * (whole.height - unwanted);
        assert_eq!(part.levels[..wanted], whole.levels[..wanted]);
        // More rows than there are, headers that break off, and files that go through the picture several times.
        assert!(without_last_rows(bytes, height + 1).is_none());
        for cut in 2..700.min(bytes.len()) {
            let _none_or_some = without_last_rows(&bytes[..cut], unwanted);
        }
        let mut progressive = bytes.to_vec();
        let frame = bytes.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
        progressive[frame + 1] = 0xC2;
        assert!(without_last_rows(&progressive, unwanted).is_none());
        // A scan for each component: the first says that it holds one.
        let mut by_component = bytes.to_vec();
        let scan = bytes.windows(2).position(|pair| pair == [0xFF, 0xDA]).unwrap();
        assert_eq!(by_component[scan + 4], 3);
        by_component[scan + 4] = 1;
        assert!(without_last_rows(&by_component, unwanted).is_none());
    }
}
