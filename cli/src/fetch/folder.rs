//! Where fetched data goes: the folder that `LATENTLAB_DATA` names, else one in the cache. The library looks in both.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::files;
use crate::setup::Lock;
use crate::workspace::Workspace;

/// Begins the names of files that are being made; they are nobody's when a fetch begins.
pub const ASIDE: &str = ".fetch-";
const LOCK: &str = ".fetch.lock";
pub const DATA_VARIABLE: &str = "LATENTLAB_DATA";

/// The folder above those of the data sets.
pub fn data(workspace: &Workspace) -> Result<PathBuf> {
    match std::env::var_os(DATA_VARIABLE).filter(|value| !value.is_empty()) {
        Some(folder) => std::path::absolute(&folder)
            .map_err(|error| Failure::io("resolve", Path::new(&folder), &error)),
        None => Ok(workspace.fetched_data()),
    }
}

/// The folder of a data set, with the right to write to it as long as this value lives.
pub struct Folder {
    path: PathBuf,
    _lock: Lock,
}

impl Folder {
    /// Creates the folder where it is missing, and waits for another `lab` that is fetching into it.
    pub fn open(path: PathBuf) -> Result<Self> {
        std::fs::create_dir_all(&path).map_err(|error| refused("create", &path, &error))?;
        let lock = Lock::at(&path.join(LOCK), "fetching the same data")?;
        let folder = Self { path, _lock: lock };
        folder.sweep()?;
        Ok(folder)
    }

    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A file with a passing name, to be renamed when it is finished.
    pub fn aside(&self) -> Result<tempfile::NamedTempFile> {
        let made = tempfile::Builder::new().prefix(ASIDE).tempfile_in(&self.path);
        made.map_err(|error| refused("write in", &self.path, &error))
    }

    /// Gives a finished file its name.
    pub fn finish(&self, aside: tempfile::NamedTempFile, name: &str) -> Result<()> {
        let path = self.path.join(name);
        let whole = files::make_readable(aside.as_file()).and_then(|()| aside.as_file().sync_all());
        whole.map_err(|error| refused("write", &path, &error))?;
        aside.persist(&path).map_err(|error| refused("write", &path, &error.error))?;
        Ok(())
    }

    /// Removes what a killed fetch was making.
    fn sweep(&self) -> Result<()> {
        for path in files::sorted_entries(&self.path)? {
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.starts_with(ASIDE) && name != LOCK {
                let _gone = std::fs::remove_file(&path);
            }
        }
        Ok(())
    }
}

/// A refused operation on the data folder, with the way out.
pub fn refused(action: &str, path: &Path, error: &std::io::Error) -> Failure {
    let failure = Failure::setup(format!("cannot {action} {}: {error}", path.display()));
    match error.kind() {
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded | ErrorKind::FileTooLarge => {
            failure.fix(format!(
                "free some disk space, or set {DATA_VARIABLE} to a folder on another disk; what has arrived is kept"
            ))
        }
        _ => failure.fix(format!(
            "make {} writable, or set {DATA_VARIABLE} to a folder that is",
            path.parent().unwrap_or(path).display()
        )),
    }
}
