//! One JPEG: decoded, cut and brought to size.

use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::preparation::Preparation;
use super::resample::{Part, resize};

/// No picture has more rows or columns: a small file may claim to hold more pixels than the memory.
const LARGEST_SIDE: usize = 8192;

/// A decoded picture: levels of red, green and blue, row by row.
struct Picture {
    width: usize,
    height: usize,
    levels: Vec<u8>,
}

/// The levels of a picture as the preparation wants them, or what is wrong with the file.
pub(super) fn prepare(bytes: &[u8], preparation: &Preparation) -> Result<Vec<u8>, String> {
    let picture = decode(bytes)?;
    let [left, top] = preparation.crop;
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

fn decode(bytes: &[u8]) -> Result<Picture, String> {
    if bytes.is_empty() {
        return Err("the file is empty".into());
    }
    if !bytes.starts_with(&[0xFF, 0xD8]) {
        return Err("not a JPEG".into());
    }
    if !ends(bytes) {
        return Err("the file breaks off: no end-of-image marker".into());
    }
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
