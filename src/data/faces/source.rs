//! Where faces come from.

use std::path::{Path, PathBuf};

use crate::data::data_folder;
use crate::data::location::DATA_VARIABLE;
use crate::{Error, Result};

/// The names under which the photographs and their scores are handed round.
const FOLDER: &str = "lfw-deepfunneled";
const ARCHIVE: &str = "lfw-deepfunneled.zip";
pub(super) const ATTRIBUTES: &str = "lfw_attributes.txt";

/// Where faces come from.
///
/// # Example
/// ```
/// use latentlab::data::faces::{FaceReader, FaceSource};
///
/// let faces = FaceReader::new().source(FaceSource::Drawn { count: 20, seed: 7 }).read()?;
/// assert_eq!(faces.len(), 20);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum FaceSource {
    /// Labeled Faces in the Wild in the folder `lfw/`, where `LATENTLAB_DATA` points to one; else 5,000 drawn faces.
    #[default]
    Auto,
    /// Labeled Faces in the Wild: the folder `lfw-deepfunneled`, the archive `lfw-deepfunneled.zip`, or the folder that
    /// holds one of them. The scores, `lfw_attributes.txt`, lie there or beside it.
    LabeledFaces(PathBuf),
    /// Faces that the library draws. Equal seeds give equal faces on every machine.
    Drawn {
        /// How many.
        count: usize,
        /// Which people, expressions and light.
        seed: u64,
    },
}

/// Faces drawn where none were named.
pub(super) const DRAWN: usize = 5000;
/// The people that these show.
pub(super) const SEED: u64 = 365;

/// Where faces were found, and how to say so.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) place: Place,
    pub(super) words: String,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    Photographs { pictures: PathBuf, scores: PathBuf },
    Drawn { count: usize, seed: u64 },
}

impl FaceSource {
    /// Decides where the faces lie.
    pub(super) fn find(&self, scores: Option<&Path>) -> Result<Found> {
        match self {
            Self::Auto => find_auto(data_folder()?, scores),
            Self::LabeledFaces(path) => labeled_faces(path, scores, ""),
            Self::Drawn { count, seed } => Ok(drawn(*count, *seed, "")),
        }
    }
}

fn find_auto(data: Option<PathBuf>, scores: Option<&Path>) -> Result<Found> {
    let Some(data) = data else {
        return Ok(drawn(DRAWN, SEED, &format!("; {DATA_VARIABLE} is not set")));
    };
    let folder = data.join("lfw");
    if folder.is_dir() {
        return labeled_faces(&folder, scores, &format!("; {DATA_VARIABLE} points to it"));
    }
    let lacking = format!("; {DATA_VARIABLE} is {}, which holds no folder lfw/", data.display());
    Ok(drawn(DRAWN, SEED, &lacking))
}

fn drawn(count: usize, seed: u64, why: &str) -> Found {
    Found {
        place: Place::Drawn { count, seed },
        words: format!("{count} drawn faces, seed {seed}{why}"),
    }
}

fn labeled_faces(path: &Path, scores: Option<&Path>, why: &str) -> Result<Found> {
    let pictures = pictures(path)?;
    let scores = match scores {
        Some(scores) => scores.to_owned(),
        None => scores_beside(path, &pictures)?,
    };
    let words = format!("Labeled Faces in the Wild in {}{why}", pictures.display());
    Ok(Found { place: Place::Photographs { pictures, scores }, words })
}

/// The folder or archive of the photographs: what is named, or what lies in it under its usual name.
fn pictures(path: &Path) -> Result<PathBuf> {
    if path.is_file() {
        return Ok(path.to_owned());
    }
    if path.is_dir() {
        let (folder, archive) = (path.join(FOLDER), path.join(ARCHIVE));
        let known = [(folder.is_dir(), folder), (archive.is_file(), archive)];
        let found = known.into_iter().find(|(exists, _)| *exists).map(|(_, place)| place);
        return Ok(found.unwrap_or_else(|| path.to_owned()));
    }
    Err(Error::Missing {
        what: "Labeled Faces in the Wild".into(),
        looked_in: vec![path.display().to_string()],
        fix: format!(
            "correct the path: the folder {FOLDER}, the archive {ARCHIVE}, or the folder that holds one of them"
        ),
    })
}

/// The file of the scores, in the named folder, in that of the photographs, or beside it.
fn scores_beside(path: &Path, pictures: &Path) -> Result<PathBuf> {
    let absolute = std::path::absolute(pictures).unwrap_or_else(|_| pictures.to_owned());
    let mut folders = vec![path.to_owned()];
    folders.extend(absolute.ancestors().take(3).map(Path::to_owned));
    folders.retain(|folder| folder.is_dir());
    let mut candidates: Vec<PathBuf> =
        folders.iter().map(|folder| folder.join(ATTRIBUTES)).collect();
    candidates.dedup();
    match candidates.iter().find(|file| file.is_file()) {
        Some(file) => Ok(file.clone()),
        None => Err(Error::Missing {
            what: format!("the scores of the faces, {ATTRIBUTES}"),
            looked_in: candidates.iter().map(|file| file.display().to_string()).collect(),
            fix: "put the file there, or name it with `.attributes(path)`".into(),
        }),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn photographs_come_before_drawn_faces() {
        let root = tempfile::tempdir().unwrap();
        assert!(
            find_auto(None, None)
                .unwrap()
                .words
                .contains("5000 drawn faces, seed 365; LATENTLAB_DATA is not set")
        );
        let data = Some(root.path().to_owned());
        assert!(find_auto(data.clone(), None).unwrap().words.contains("holds no folder lfw/"));

        let lfw = root.path().join("lfw");
        std::fs::create_dir(&lfw).unwrap();
        let error = find_auto(data.clone(), None).unwrap_err().to_string();
        assert!(
            error.contains("lfw_attributes.txt") && error.contains(".attributes(path)"),
            "{error}"
        );
        std::fs::write(lfw.join(ATTRIBUTES), "").unwrap();
        let found = find_auto(data.clone(), None).unwrap();
        assert!(found.words.starts_with("Labeled Faces in the Wild in"), "{}", found.words);
        assert_eq!(
            found.place,
            Place::Photographs { pictures: lfw.clone(), scores: lfw.join(ATTRIBUTES) }
        );

        std::fs::write(lfw.join(ARCHIVE), "").unwrap();
        let place = |path: &Path| match labeled_faces(path, None, "").unwrap().place {
            Place::Photographs { pictures, scores } => (pictures, scores),
            drawn => panic!("{drawn:?}"),
        };
        assert_eq!(place(&lfw).0, lfw.join(ARCHIVE));
        assert_eq!(place(&lfw.join(ARCHIVE)), (lfw.join(ARCHIVE), lfw.join(ATTRIBUTES)));
        // Unpacked twice into each other, as an archive manager does it.
        let inner = lfw.join(FOLDER).join(FOLDER);
        std::fs::create_dir_all(&inner).unwrap();
        assert_eq!(place(&lfw).0, lfw.join(FOLDER));
        assert_eq!(place(&inner), (inner.clone(), lfw.join(ATTRIBUTES)));
    }

    #[test]
    fn a_wrong_path_says_what_was_looked_for() {
        let source = FaceSource::LabeledFaces("/no/such/place".into());
        let error = source.find(None).unwrap_err().to_string();
        assert!(
            error.contains("/no/such/place") && error.contains("lfw-deepfunneled.zip"),
            "{error}"
        );
    }
}
