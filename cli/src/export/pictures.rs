//! Pictures of a notebook: decoded, measured, and refused where they would spoil the page.

use std::io::Cursor;
use std::path::{Component, Path};

use base64::Engine;
use image::{ImageFormat, ImageReader, Limits};

use super::drawing;
use super::findings::Kind;

/// Larger pictures are refused: some 8,000 × 8,000 pixels, half a gigabyte in memory.
const MOST_PIXELS: u64 = 64_000_000;
const MOST_BYTES: usize = 256 << 20;

/// A picture on the page.
#[derive(Clone, Debug)]
pub struct Picture {
    /// Its place among the [`Pictures`].
    pub number: usize,
    /// In CSS pixels, 96 to the inch.
    pub width: f64,
    pub height: f64,
    pub alternative: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Png,
    Jpeg,
    Gif,
    Webp,
    Svg,
}

impl Format {
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
            Self::Gif => "gif",
            Self::Webp => "webp",
            Self::Svg => "svg",
        }
    }

    pub fn media_type(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
            Self::Gif => "image/gif",
            Self::Webp => "image/webp",
            Self::Svg => "image/svg+xml",
        }
    }
}

pub struct Stored {
    pub format: Format,
    pub bytes: Vec<u8>,
}

/// Why there is no picture.
#[derive(Debug)]
pub struct Trouble {
    pub kind: Kind,
    pub message: String,
}

impl Trouble {
    fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into() }
    }
}

/// All pictures of one document.
#[derive(Default)]
pub struct Pictures(Vec<Option<Stored>>);

impl Pictures {
    /// None where the picture was refused after all.
    pub fn get(&self, number: usize) -> Option<&Stored> {
        self.0.get(number)?.as_ref()
    }

    pub fn iter(&self) -> impl Iterator<Item = (usize, &Stored)> {
        self.0.iter().enumerate().filter_map(|(number, stored)| Some((number, stored.as_ref()?)))
    }

    /// Gives up a picture that cannot be drawn.
    pub fn refuse(&mut self, number: usize) {
        if let Some(stored) = self.0.get_mut(number) {
            *stored = None;
        }
    }

    /// Takes in a picture in whatever format its bytes show.
    pub fn add(&mut self, bytes: Vec<u8>) -> Result<Picture, Trouble> {
        if bytes.len() > MOST_BYTES {
            return Err(broken(format!("it has {} MB", bytes.len() >> 20)));
        }
        let (format, width, height) = match raster_format(&bytes) {
            Some((format, kind)) => {
                let (width, height) = decode(&bytes, kind)?;
                (format, width, height)
            }
            None => {
                let (width, height) = drawing::size(&bytes).map_err(broken)?;
                (Format::Svg, width, height)
            }
        };
        self.0.push(Some(Stored { format, bytes }));
        Ok(Picture { number: self.0.len() - 1, width, height, alternative: String::new() })
    }

    /// Takes in a picture as notebooks store it.
    pub fn add_base64(&mut self, text: &str) -> Result<Picture, Trouble> {
        self.add(from_base64(text)?)
    }

    /// Takes in what a `data:` address holds.
    pub fn add_data_address(&mut self, address: &str) -> Result<Picture, Trouble> {
        let body = address.strip_prefix("data:").unwrap_or(address);
        let (head, content) =
            body.split_once(',').ok_or_else(|| broken("its data: address has no data"))?;
        if head.ends_with(";base64") {
            self.add_base64(content)
        } else {
            self.add(percent_decoded(content))
        }
    }

    /// Takes in a file; only from the notebook's own folder and those below it.
    pub fn add_file(&mut self, folder: &Path, name: &str) -> Result<Picture, Trouble> {
        let name = name.split(['?', '#']).next().unwrap_or_default();
        let decoded = String::from_utf8(percent_decoded(name))
            .map_err(|_| Trouble::new(Kind::MissingImage, format!("there is no file {name}")))?;
        let path = Path::new(&decoded);
        let refused = || {
            Trouble::new(
                Kind::RefusedImage,
                format!("{decoded} lies outside the notebook's folder"),
            )
        };
        if !stays_inside(path) {
            return Err(refused());
        }
        let missing = |_| Trouble::new(Kind::MissingImage, format!("there is no file {decoded}"));
        // A symbolic link may lead elsewhere.
        let resolved = folder.join(path).canonicalize().map_err(missing)?;
        let root = folder.canonicalize().map_err(missing)?;
        if !resolved.starts_with(&root) {
            return Err(refused());
        }
        let size = std::fs::metadata(&resolved).map_err(missing)?;
        if !size.is_file() || size.len() > MOST_BYTES as u64 {
            return Err(broken(format!("{decoded} is not a picture")));
        }
        let bytes = std::fs::read(&resolved).map_err(missing)?;
        self.add(bytes).map_err(|trouble| Trouble {
            message: format!("{decoded}: {}", trouble.message),
            ..trouble
        })
    }
}

/// Whether a path never climbs above where it starts.
fn stays_inside(path: &Path) -> bool {
    let mut depth = 0_i32;
    path.components().all(|part| {
        match part {
            Component::Normal(_) => depth += 1,
            Component::CurDir => {}
            Component::ParentDir => depth -= 1,
            Component::RootDir | Component::Prefix(_) => depth = i32::MIN,
        }
        depth >= 0
    })
}

fn broken(message: impl Into<String>) -> Trouble {
    Trouble::new(Kind::BrokenImage, message)
}

fn from_base64(text: &str) -> Result<Vec<u8>, Trouble> {
    let compact: String = text.chars().filter(|character| !character.is_whitespace()).collect();
    base64::engine::general_purpose::STANDARD
        .decode(compact)
        .map_err(|error| broken(format!("its base64 text is damaged: {error}")))
}

/// `%41` → `A`; what is no such code stays as it is.
pub fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|digits| u8::from_str_radix(digits, 16).ok());
        decoded.push(code.unwrap_or(bytes[at]));
        at += if code.is_some() { 3 } else { 1 };
    }
    decoded
}

fn raster_format(bytes: &[u8]) -> Option<(Format, ImageFormat)> {
    let kind = image::guess_format(bytes).ok()?;
    let format = match kind {
        ImageFormat::Png => Format::Png,
        ImageFormat::Jpeg => Format::Jpeg,
        ImageFormat::Gif => Format::Gif,
        ImageFormat::WebP => Format::Webp,
        _ => return None,
    };
    Some((format, kind))
}

/// Decodes the whole picture: a damaged one would otherwise end the setting of the whole document.
fn decode(bytes: &[u8], kind: ImageFormat) -> Result<(f64, f64), Trouble> {
    let unreadable = |error: image::ImageError| broken(format!("it cannot be decoded: {error}"));
    let reader = || ImageReader::with_format(Cursor::new(bytes), kind);
    let (width, height) = reader().into_dimensions().map_err(unreadable)?;
    if width == 0 || height == 0 || u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(broken(format!("it claims to have {width} × {height} pixels")));
    }
    let mut full = reader();
    let mut limits = Limits::default();
    limits.max_alloc = Some(MOST_PIXELS * 8);
    full.limits(limits);
    full.decode().map_err(unreadable)?;
    Ok((f64::from(width), f64::from(height)))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn png() -> Vec<u8> {
        let mut bytes = Vec::new();
        image::RgbImage::new(4, 3)
            .write_to(&mut Cursor::new(&mut bytes), ImageFormat::Png)
            .unwrap();
        bytes
    }

    #[test]
    fn formats_are_read_from_the_bytes() {
        let mut pictures = Pictures::default();
        let picture = pictures.add(png()).unwrap();
        assert_eq!((picture.width, picture.height), (4.0, 3.0));
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 20 10' width='2in'/>";
        let drawing = pictures.add(svg.to_vec()).unwrap();
        assert_eq!((drawing.width, drawing.height), (192.0, 10.0));
        assert_eq!(pictures.get(1).unwrap().format, Format::Svg);
    }

    #[test]
    fn damaged_pictures_are_named() {
        let mut pictures = Pictures::default();
        let whole = png();
        let mut lying = whole.clone();
        lying[16..24].copy_from_slice(&[0, 0, 0xea, 0x60, 0, 0, 0xea, 0x60]);
        for bytes in [
            whole[..whole.len() / 2].to_vec(),
            lying,
            Vec::new(),
            b"text".to_vec(),
            b"<svg".to_vec(),
            b"<html xmlns='http://www.w3.org/2000/svg'/>".to_vec(),
            b"<svg xmlns='http://www.w3.org/2000/svg' width='0' height='1e99'/>".to_vec(),
        ] {
            assert_eq!(pictures.add(bytes).unwrap_err().kind, Kind::BrokenImage);
        }
        assert!(pictures.add_base64("!!").is_err() && pictures.add_data_address("data:x").is_err());
    }

    #[test]
    fn files_come_only_from_the_notebooks_folder() {
        let outside = tempfile::tempdir().unwrap();
        let folder = outside.path().join("course");
        std::fs::create_dir_all(folder.join("images")).unwrap();
        std::fs::write(outside.path().join("secret.png"), png()).unwrap();
        std::fs::write(folder.join("images/a b.png"), png()).unwrap();
        std::os::unix::fs::symlink(outside.path().join("secret.png"), folder.join("link.png"))
            .unwrap();
        let mut pictures = Pictures::default();
        assert!(pictures.add_file(&folder, "images/a%20b.png").is_ok());
        assert!(pictures.add_file(&folder, "./images/../images/a b.png?raw=1").is_ok());
        for name in ["../secret.png", "images/../../secret.png", "/etc/passwd", "link.png"] {
            assert_eq!(
                pictures.add_file(&folder, name).unwrap_err().kind,
                Kind::RefusedImage,
                "{name}"
            );
        }
        assert_eq!(pictures.add_file(&folder, "none.png").unwrap_err().kind, Kind::MissingImage);
        assert_eq!(pictures.add_file(&folder, "\u{0}").unwrap_err().kind, Kind::MissingImage);
    }
}
