//! Where everything lies: the checkout, and the cache it shares with other checkouts.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};

/// Names the checkout for processes that Jupyter starts.
pub const ROOT_VARIABLE: &str = "LATENTLAB_ROOT";
/// Moves the cache.
pub const CACHE_VARIABLE: &str = "LATENTLAB_CACHE";

#[derive(Clone, Debug)]
pub struct Workspace {
    root: PathBuf,
    cache: PathBuf,
}

impl Workspace {
    /// The checkout that a kernel was told, that cargo runs this program for, or that it was built in. With
    /// a target folder shared by several checkouts the last may be another one.
    pub fn find() -> Result<Self> {
        let told = std::env::var_os(ROOT_VARIABLE).map(PathBuf::from);
        let parent = |folder: &Path| folder.parent().map(Path::to_path_buf);
        let run_for =
            std::env::var_os("CARGO_MANIFEST_DIR").and_then(|package| parent(Path::new(&package)));
        let built_in = parent(Path::new(env!("CARGO_MANIFEST_DIR")));
        let root = [told, run_for, built_in]
            .into_iter()
            .flatten()
            .find(|root| is_checkout(root))
            .ok_or_else(|| {
            Failure::setup("this `lab` was built in a checkout that is no longer there")
                .fix(format!("run `cargo lab` inside a checkout, or set {ROOT_VARIABLE}"))
        })?;
        Ok(Self { root, cache: cache_folder()? })
    }

    #[cfg(test)]
    pub fn at(root: &Path, cache: &Path) -> Self {
        Self { root: root.to_owned(), cache: cache.to_owned() }
    }

    /// The checkout.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// What checkouts share: Python environment, embedded data, the notebooks' warm build.
    pub fn cache(&self) -> &Path {
        &self.cache
    }

    pub fn notebooks(&self) -> PathBuf {
        self.root.join("notebooks")
    }

    pub fn requirements(&self) -> PathBuf {
        self.root.join("requirements.txt")
    }

    /// The link that `.cargo/config.toml` gives to torch-sys.
    pub fn libtorch_link(&self) -> PathBuf {
        self.root.join("target").join("libtorch")
    }

    /// Stamps of the steps that belong to this checkout. Below target/, where rust-analyzer, which
    /// walks every other folder of the package at each kernel start, does not look.
    pub fn stamps(&self) -> PathBuf {
        self.root.join("target").join("lab")
    }

    pub fn embedded_data(&self) -> PathBuf {
        self.cache.join("embedded")
    }

    /// What `lab fetch` puts where `LATENTLAB_DATA` names no folder; the library looks there too.
    pub fn fetched_data(&self) -> PathBuf {
        self.cache.join("data")
    }

    /// The warm build that every kernel starts from, so that none compiles a dependency again.
    pub fn notebook_build(&self) -> PathBuf {
        self.cache.join("notebook-build")
    }

    /// The Python environments of other libraries that benchmarks measure.
    pub fn peers(&self) -> PathBuf {
        self.cache.join("peers")
    }

    /// Each running kernel has a folder of its own in here.
    pub fn kernels(&self) -> PathBuf {
        self.cache.join("kernels")
    }

    /// A path as a person would write it.
    pub fn display(&self, path: &Path) -> String {
        if let Ok(inside) = path.strip_prefix(&self.root) {
            return inside.display().to_string();
        }
        match std::env::home_dir().and_then(|home| path.strip_prefix(home).ok().map(PathBuf::from))
        {
            Some(inside) => format!("~/{}", inside.display()),
            None => path.display().to_string(),
        }
    }
}

fn is_checkout(folder: &Path) -> bool {
    folder.join("requirements.txt").is_file() && folder.join("cli").join("Cargo.toml").is_file()
}

fn cache_folder() -> Result<PathBuf> {
    if let Some(folder) = std::env::var_os(CACHE_VARIABLE).filter(|value| !value.is_empty()) {
        return std::path::absolute(&folder)
            .map_err(|error| Failure::io("resolve", Path::new(&folder), &error));
    }
    // As in the library: the XDG specification says that a relative path there is to be ignored.
    let shared = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    if let Some(folder) = shared.filter(|folder| folder.is_absolute()) {
        return Ok(folder.join("latentlab"));
    }
    std::env::home_dir().map(|home| home.join(".cache").join("latentlab")).ok_or_else(|| {
        Failure::setup("neither HOME nor XDG_CACHE_HOME is set, so there is no cache folder")
            .fix(format!("set {CACHE_VARIABLE} to a folder with 12 GB of space"))
    })
}
