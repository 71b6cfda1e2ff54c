//! Where the files of a data set may come from: known addresses, or what was named with `--from`.

use std::path::{Path, PathBuf};

use url::Url;

use crate::failure::{Failure, Result};

use super::catalogue::{DataSet, Item, Kind};
use super::check;
use super::sum::Sum;

/// One place to get one item from.
pub struct Candidate {
    pub origin: Origin,
    pub sum: Option<Sum>,
    pub note: &'static str,
}

pub enum Origin {
    Address(String),
    /// A file or folder of the reader's own, which is left as it is.
    Path(PathBuf),
}

impl Candidate {
    fn at(origin: Origin) -> Self {
        Self { origin, sum: None, note: "" }
    }

    pub fn words(&self) -> String {
        match &self.origin {
            Origin::Address(address) => address.clone(),
            Origin::Path(path) => path.display().to_string(),
        }
    }
}

/// The known addresses of an item.
pub fn known(item: &Item) -> Vec<Candidate> {
    let candidate = |address: &super::catalogue::Address| Candidate {
        origin: Origin::Address(address.url.into()),
        sum: address.sum,
        note: address.note,
    };
    item.addresses.iter().map(candidate).collect()
}

/// What was named with `--from`.
pub enum Source {
    /// An address that ends in `/`, with the files below it.
    Below(Url),
    File(&'static Item, Origin),
    Folder(PathBuf),
}

impl Source {
    pub fn read(text: &str, set: &'static DataSet) -> Result<Self> {
        if text.starts_with("http://") || text.starts_with("https://") {
            return address(text, set);
        }
        let path = PathBuf::from(text);
        if path.is_dir() {
            return Ok(Self::Folder(path));
        }
        if !path.exists() {
            return Err(Failure::usage(format!("--from {text}: there is no such file or folder"))
                .fix("name a file, a folder or an address that begins with http:// or https://"));
        }
        match check::recognize(set.items, &path) {
            Ok(item) => Ok(Self::File(item, Origin::Path(path))),
            Err(why) => Err(Failure::usage(format!("--from {text}: {why}"))
                .fix(format!("`cargo lab fetch` lists the files of {}", set.name))),
        }
    }

    /// Whether it is one file.
    pub fn is_file(&self) -> bool {
        matches!(self, Self::File(..))
    }

    /// Where in it an item may be.
    pub fn candidates(&self, item: &Item, set: &DataSet) -> Vec<Candidate> {
        match self {
            Self::File(known, origin) if known.target == item.target => {
                vec![Candidate::at(match origin {
                    Origin::Address(address) => Origin::Address(address.clone()),
                    Origin::Path(path) => Origin::Path(path.clone()),
                })]
            }
            Self::File(..) => Vec::new(),
            Self::Below(base) => {
                // A folder cannot be downloaded.
                let files = item.handed_round.iter().filter(|name| name.contains('.'));
                let joined = files.filter_map(|name| base.join(name).ok());
                joined.map(|url| Candidate::at(Origin::Address(url.into()))).collect()
            }
            Self::Folder(folder) => {
                let found = in_folder(folder, item, set);
                found.map(|path| Candidate::at(Origin::Path(path))).into_iter().collect()
            }
        }
    }
}

/// The address of one file, which its last part must name, or of a place with files.
fn address(text: &str, set: &'static DataSet) -> Result<Source> {
    let url = Url::parse(text)
        .map_err(|error| Failure::usage(format!("--from {text}: this is no address: {error}")))?;
    if url.path().ends_with('/') {
        return Ok(Source::Below(url));
    }
    let file = url.path().rsplit('/').next().unwrap_or_default().to_lowercase();
    let endings = |kind: Kind| -> &[&str] {
        match kind {
            Kind::Photographs => &[".zip", ".tgz", ".tar.gz"],
            Kind::Attributes => &[".txt"],
            Kind::Digits { .. } => &[],
        }
    };
    let named = |item: &&Item| {
        item.handed_round.contains(&file.as_str())
            || endings(item.kind).iter().any(|ending| file.ends_with(ending))
    };
    match set.items.iter().find(named) {
        Some(item) => Ok(Source::File(item, Origin::Address(text.to_owned()))),
        None => Err(Failure::usage(format!(
            "--from {text}: the address does not say which file of {} it is",
            set.name
        ))
        .fix("end it with `/` where several files lie below it, or download the file and name its path")),
    }
}

/// An item in a folder, in the folder of the data set in it, or, for photographs, the folder itself.
fn in_folder(folder: &Path, item: &Item, set: &DataSet) -> Option<PathBuf> {
    let folders = [folder.to_owned(), folder.join(set.name)];
    let named = folders
        .iter()
        .flat_map(|folder| item.handed_round.iter().map(|name| folder.join(name)))
        .find(|path| path.exists());
    named.or_else(|| {
        let is_one = item.kind == Kind::Photographs && holds_people(folder);
        is_one.then(|| folder.to_owned())
    })
}

/// Whether a folder has folders with JPEGs in it.
fn holds_people(folder: &Path) -> bool {
    let entries = |folder: &Path| {
        let listed = std::fs::read_dir(folder).into_iter().flatten().flatten();
        listed.map(|entry| entry.path()).collect::<Vec<_>>()
    };
    let is_jpeg = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "jpg");
    entries(folder)
        .iter()
        .filter(|path| path.is_dir())
        .any(|path| entries(path).iter().any(is_jpeg))
}
