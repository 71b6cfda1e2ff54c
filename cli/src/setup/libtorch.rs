//! libtorch: which one, whether it is the version tch was made for, and the link that cargo uses.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::files;
use crate::workspace::Workspace;

use super::python::{self, PythonEnvironment};

/// The libtorch that tch 0.24 binds to.
pub const TORCH_VERSION: &str = "2.11.0";

#[derive(Clone, Debug)]
pub struct Libtorch {
    /// The folder with `lib/` and `include/` in it, links resolved.
    pub folder: PathBuf,
    pub version: String,
}

impl Libtorch {
    /// Reads the version that the folder states, and looks whether the library is there.
    pub fn at(folder: &Path) -> Result<Self, String> {
        let library = folder.join("lib").join(library_name("torch_cpu"));
        if !library.is_file() {
            return Err(format!("there is no {}", library.display()));
        }
        let version = stated_version(folder)
            .ok_or_else(|| format!("{} states no version", folder.display()))?;
        let folder = folder.canonicalize().map_err(|error| error.to_string())?;
        Ok(Self { folder, version })
    }

    pub fn fits(&self) -> bool {
        python::release(&self.version) == TORCH_VERSION
    }

    pub fn libraries(&self) -> PathBuf {
        self.folder.join("lib")
    }

    /// Whether this libtorch was built with CUDA.
    pub fn has_cuda(&self) -> bool {
        self.libraries().join(library_name("torch_cuda")).is_file()
    }
}

pub fn library_name(stem: &str) -> String {
    format!("lib{stem}.{}", if cfg!(target_os = "macos") { "dylib" } else { "so" })
}

/// The wheel states its version in Python, the plain archive in a file of its own.
fn stated_version(folder: &Path) -> Option<String> {
    let python = std::fs::read_to_string(folder.join("version.py")).ok();
    let quoted = python.as_deref().and_then(|text| {
        text.lines().find_map(|line| {
            let value = line.strip_prefix("__version__")?.trim_start_matches([' ', '=', ':']);
            Some(value.trim_matches(['\'', '"', ' ']).to_owned())
        })
    });
    quoted.or_else(|| {
        let text = std::fs::read_to_string(folder.join("build-version")).ok()?;
        Some(text.trim().to_owned())
    })
}

/// A LIBTORCH the user has set; cargo sets the same variable to our own link, which does not count.
pub fn from_variable(workspace: &Workspace) -> Result<Option<Libtorch>> {
    let Some(value) = std::env::var_os("LIBTORCH").filter(|value| !value.is_empty()) else {
        return Ok(None);
    };
    let folder = PathBuf::from(value);
    if folder == workspace.libtorch_link() {
        return Ok(None);
    }
    let way_out = || {
        format!(
            "unset LIBTORCH to use the project's own libtorch, or point it at libtorch {TORCH_VERSION}"
        )
    };
    let found = Libtorch::at(&folder).map_err(|why| {
        Failure::setup(format!("LIBTORCH={} is not a libtorch: {why}", folder.display()))
            .fix(way_out())
    })?;
    if !found.fits() {
        return Err(Failure::setup(format!(
            "LIBTORCH={} is libtorch {}, and tch 0.24 needs {TORCH_VERSION}",
            folder.display(),
            found.version
        ))
        .fix(way_out()));
    }
    Ok(Some(found))
}

/// Points the link at the libtorch in use.
pub fn ensure(
    workspace: &Workspace,
    python: &PythonEnvironment,
    given: Option<Libtorch>,
) -> Result<Libtorch> {
    let libtorch = match given {
        Some(given) => given,
        None => of_python(python)?,
    };
    files::link(&libtorch.folder, &workspace.libtorch_link())?;
    Ok(libtorch)
}

fn of_python(python: &PythonEnvironment) -> Result<Libtorch> {
    let missing = || {
        Failure::setup(format!(
            "no libtorch in the Python environment {}",
            python.prefix().display()
        ))
        .fix("run `cargo lab clean --all`, then this command again")
    };
    let folder = python.probe.torch_folder.as_deref().ok_or_else(missing)?;
    Libtorch::at(folder).map_err(|_| missing())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn folder(version_file: &str, content: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("lib")).unwrap();
        std::fs::write(folder.path().join("lib").join(library_name("torch_cpu")), "").unwrap();
        std::fs::write(folder.path().join(version_file), content).unwrap();
        folder
    }

    #[test]
    fn wheel_and_archive_state_their_version() {
        let wheel =
            folder("version.py", "from typing import Optional\n__version__ = '2.11.0+cu130'\n");
        assert!(Libtorch::at(wheel.path()).unwrap().fits());
        let archive = folder("build-version", "2.4.0+cpu\n");
        let old = Libtorch::at(archive.path()).unwrap();
        assert_eq!((old.version.as_str(), old.fits()), ("2.4.0+cpu", false));
    }

    #[test]
    fn an_empty_folder_is_no_libtorch() {
        let empty = tempfile::tempdir().unwrap();
        assert!(Libtorch::at(empty.path()).unwrap_err().contains("there is no"));
        let silent = folder("README", "");
        assert!(Libtorch::at(silent.path()).unwrap_err().contains("states no version"));
    }
}
