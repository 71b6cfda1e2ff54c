//! Where faces come from.

use std::path::{Path, PathBuf};

use crate::data::data_folder;
use crate::data::location::{DATA_VARIABLE, fetched_folder};
use crate::{Error, Result};

/// The names under which the photographs and their scores are handed round; the first is what is usually meant, the
/// others are the same photographs aligned in another way.
const FOLDERS: [&str; 2] = ["lfw-deepfunneled", "lfw_funneled"];
const ARCHIVES: [&str; 3] = ["lfw-deepfunneled.zip", "lfw-funneled.zip", "lfw.zip"];
/// What gets them.
pub(super) const FETCH: &str = "run `cargo lab fetch lfw`";
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
    /// Labeled Faces in the Wild in the folder `lfw/` where `LATENTLAB_DATA` points; else where `cargo lab fetch lfw` has
    /// put it; else 5,000 drawn faces.
    #[default]
    Auto,
    /// Labeled Faces in the Wild: the folder `lfw-deepfunneled`, the archive `lfw-deepfunneled.zip`, or the folder that
    /// holds one of them (or `lfw_funneled`, `lfw-funneled.zip`, `lfw.zip`, which are aligned in another way). The scores, `lfw_attributes.txt`, lie there or beside it.
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
            Self::Auto => find_auto(data_folder()?, fetched_folder().ok(), scores),
            Self::LabeledFaces(path) => labeled_faces(path, scores, ""),
            Self::Drawn { count, seed } => Ok(drawn(*count, *seed, "")),
        }
    }
}

fn find_auto(
    data: Option<PathBuf>,
    fetched: Option<PathBuf>,
    scores: Option<&Path>,
) -> Result<Found> {
    let lacking = match data {
        Some(data) => {
            let folder = data.join("lfw");
            if folder.is_dir() {
                return labeled_faces(&folder, scores, &format!("; {DATA_VARIABLE} points to it"));
            }
            format!("; {DATA_VARIABLE} is {}, which holds no folder lfw/", data.display())
        }
        None => format!("; {DATA_VARIABLE} is not set"),
    };
    match fetched.map(|folder| folder.join("lfw")).filter(|folder| folder.is_dir()) {
        Some(folder) if is_complete(&folder) => {
            labeled_faces(&folder, scores, "; `cargo lab fetch` put it there")
        }
        Some(folder) => {
            let half = format!("; {} is not complete, {FETCH} again", folder.display());
            Ok(drawn(DRAWN, SEED, &(lacking + &half)))
        }
        None => Ok(drawn(DRAWN, SEED, &lacking)),
    }
}

/// A fetch that was interrupted has left less.
fn is_complete(folder: &Path) -> bool {
    usual(folder).is_some() && folder.join(ATTRIBUTES).is_file()
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
        return Ok(usual(path).unwrap_or_else(|| path.to_owned()));
    }
    Err(Error::Missing {
        what: "Labeled Faces in the Wild".into(),
        looked_in: vec![path.display().to_string()],
        fix: format!(
            "correct the path: the folder {}, the archive {}, or the folder that holds one of them; or {FETCH}",
            FOLDERS[0], ARCHIVES[0]
        ),
    })
}

/// The folder or archive with a usual name in a folder.
fn usual(folder: &Path) -> Option<PathBuf> {
    let named = |index: usize| {
        let unpacked =
            FOLDERS.get(index).map(|name| folder.join(name)).filter(|path| path.is_dir());
        let packed =
            ARCHIVES.get(index).map(|name| folder.join(name)).filter(|path| path.is_file());
        unpacked.or(packed)
    };
    (0..ARCHIVES.len()).find_map(named)
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
            fix: format!("{FETCH}, put the file there, or name it with `.attributes(path)`"),
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
            find_auto(None, None, None)
                .unwrap()
                .words
                .contains("5000 drawn faces, seed 365; LATENTLAB_DATA is not set")
        );
        let data = Some(root.path().to_owned());
        assert!(
            find_auto(data.clone(), None, None).unwrap().words.contains("holds no folder lfw/")
        );

        let lfw = root.path().join("lfw");
        std::fs::create_dir(&lfw).unwrap();
        let error = find_auto(data.clone(), None, None).unwrap_err().to_string();
        assert!(
            error.contains("lfw_attributes.txt") && error.contains("cargo lab fetch lfw"),
            "{error}"
        );
        std::fs::write(lfw.join(ATTRIBUTES), "").unwrap();
        let found = find_auto(data.clone(), None, None).unwrap();
        assert!(found.words.starts_with("Labeled Faces in the Wild in"), "{}", found.words);
        assert_eq!(
            found.place,
            Place::Photographs { pictures: lfw.clone(), scores: lfw.join(ATTRIBUTES) }
        );

        std::fs::write(lfw.join(ARCHIVES[0]), "").unwrap();
        let place = |path: &Path| match labeled_faces(path, None, "").unwrap().place {
            Place::Photographs { pictures, scores } => (pictures, scores),
            drawn => panic!("{drawn:?}"),
        };
        assert_eq!(place(&lfw).0, lfw.join(ARCHIVES[0]));
        assert_eq!(place(&lfw.join(ARCHIVES[0])), (lfw.join(ARCHIVES[0]), lfw.join(ATTRIBUTES)));
        // Another alignment counts where the usual one is not there.
        std::fs::rename(lfw.join(ARCHIVES[0]), lfw.join(ARCHIVES[1])).unwrap();
        assert_eq!(place(&lfw).0, lfw.join(ARCHIVES[1]));
        std::fs::rename(lfw.join(ARCHIVES[1]), lfw.join(ARCHIVES[0])).unwrap();
        // Unpacked twice into each other, as an archive manager does it.
        let inner = lfw.join(FOLDERS[0]).join(FOLDERS[0]);
        std::fs::create_dir_all(&inner).unwrap();
        assert_eq!(place(&lfw).0, lfw.join(FOLDERS[0]));
        assert_eq!(place(&inner), (inner.clone(), lfw.join(ATTRIBUTES)));
    }

    #[test]
    fn fetched_photographs_count_once_they_are_complete() {
        let root = tempfile::tempdir().unwrap();
        let (own, fetched) = (root.path().join("own"), root.path().join("data"));
        let lfw = fetched.join("lfw");
        let find = |data: Option<&Path>| {
            find_auto(data.map(Path::to_owned), Some(fetched.clone()), None).unwrap().words
        };
        assert!(find(None).contains("drawn faces, seed 365; LATENTLAB_DATA is not set"));
        std::fs::create_dir_all(&lfw).unwrap();
        std::fs::write(lfw.join(ATTRIBUTES), "").unwrap();
        let words = find(None);
        assert!(words.contains("drawn") && words.contains("run `cargo lab fetch lfw` again"));
        std::fs::write(lfw.join(ARCHIVES[2]), "").unwrap();
        assert!(find(None).ends_with("lfw.zip; `cargo lab fetch` put it there"), "{}", find(None));
        // The reader's own folder comes first, where it has any.
        std::fs::create_dir_all(&own).unwrap();
        assert!(find(Some(&own)).contains("`cargo lab fetch` put it there"));
        std::fs::create_dir_all(own.join("lfw")).unwrap();
        std::fs::write(own.join("lfw").join(ATTRIBUTES), "").unwrap();
        assert!(find(Some(&own)).contains("LATENTLAB_DATA points to it"));
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
