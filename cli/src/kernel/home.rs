//! The folder of one running kernel: its cell crate, and the programs it sees in place of the real ones.

use std::path::{Path, PathBuf};

use crate::failure::{Failure, Result};
use crate::files;
use crate::workspace::Workspace;

/// Lets a caller choose the folder, to read the generated cell source beside it.
pub const HOME_VARIABLE: &str = "LATENTLAB_KERNEL_HOME";
/// What the kernel calls, and gets this binary for.
pub const STAND_INS: [&str; 2] = ["cargo", "rustup"];
const OWNER: &str = "owner";

/// Removed with everything in it when the kernel ends.
#[derive(Debug)]
pub struct KernelHome {
    folder: PathBuf,
    build: PathBuf,
}

impl KernelHome {
    pub fn create(workspace: &Workspace) -> Result<Self> {
        sweep(workspace);
        let folder = match std::env::var_os(HOME_VARIABLE) {
            Some(given) => PathBuf::from(given),
            None => workspace.kernels().join(uuid::Uuid::new_v4().simple().to_string()),
        };
        files::create_folder(&folder)?;
        let folder =
            folder.canonicalize().map_err(|error| Failure::io("resolve", &folder, &error))?;
        let home = Self { folder, build: workspace.notebook_build() };
        files::write_whole(&home.folder.join(OWNER), std::process::id().to_string().as_bytes())?;
        files::create_folder(&home.cell_crate())?;
        files::create_folder(&home.programs())?;
        let this = std::env::current_exe()
            .map_err(|error| Failure::setup(format!("cannot find this program: {error}")))?;
        files::create_folder(&home.cargo_home().join("bin"))?;
        for name in STAND_INS {
            files::link(&this, &home.programs().join(name))?;
            files::link(&this, &home.cargo_home().join("bin").join(name))?;
        }
        Ok(home)
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where evcxr writes the crate that holds the current cell.
    pub fn cell_crate(&self) -> PathBuf {
        self.folder.join("crate")
    }

    pub fn programs(&self) -> PathBuf {
        self.folder.join("bin")
    }

    /// rust-analyzer takes the cargo of this folder rather than the one on the PATH.
    pub fn cargo_home(&self) -> PathBuf {
        self.folder.join("cargo-home")
    }
}

impl Drop for KernelHome {
    fn drop(&mut self) {
        remove(&self.folder, &self.build);
    }
}

/// Removes what kernels left behind that were killed before they could clean up.
pub fn sweep(workspace: &Workspace) {
    let Ok(folders) = files::sorted_entries(&workspace.kernels()) else { return };
    for folder in folders {
        if !is_alive(&folder) {
            remove(&folder, &workspace.notebook_build());
        }
    }
}

/// Whether the kernel that owns the folder still runs. A folder without an owner's mark is being made.
pub fn is_alive(folder: &Path) -> bool {
    let owner = std::fs::read_to_string(folder.join(OWNER)).ok();
    match owner.and_then(|text| text.trim().parse().ok()) {
        Some(process) => nix::sys::signal::kill(nix::unistd::Pid::from_raw(process), None).is_ok(),
        None => folder.metadata().and_then(|meta| meta.modified()).is_ok_and(|time| {
            time.elapsed().is_ok_and(|age| age < std::time::Duration::from_secs(60))
        }),
    }
}

/// Removes a kernel's folder, and its cells' artefacts from the shared build.
fn remove(folder: &Path, build: &Path) {
    let _gone = std::fs::remove_dir_all(folder);
    remove_cell_artefacts(build);
}

/// The shared build keeps each cell crate's last artefacts under a name made from the crate's path.
/// cargo's dependency files tell which crate they belong to; what belongs to no crate any more goes.
fn remove_cell_artefacts(build: &Path) {
    let Ok(targets) = files::sorted_entries(build) else { return };
    for target in targets {
        let debug = target.join("debug");
        let Ok(entries) = files::sorted_entries(&debug.join("deps")) else { continue };
        for entry in entries {
            let Some(unit) = cell_unit(&entry) else { continue };
            if !source_exists(&entry) {
                remove_unit(&debug, &unit);
            }
        }
    }
}

/// `…/deps/ctx-0123abcd.d` belongs to unit `0123abcd` of a cell crate.
fn cell_unit(dependency_file: &Path) -> Option<String> {
    let name = dependency_file.file_name()?.to_str()?;
    Some(name.strip_prefix("ctx-")?.strip_suffix(".d")?.to_owned())
}

fn source_exists(dependency_file: &Path) -> bool {
    let Ok(text) = std::fs::read_to_string(dependency_file) else { return true };
    let source = text.split_whitespace().find(|word| word.ends_with("src/lib.rs"));
    source.is_none_or(|path| Path::new(path).exists())
}

fn remove_unit(debug: &Path, unit: &str) {
    for folder in ["deps", ".fingerprint", "incremental", "build"] {
        let Ok(entries) = files::sorted_entries(&debug.join(folder)) else { continue };
        for entry in entries {
            let name = entry.file_name().map(|name| name.to_string_lossy().into_owned());
            if name.is_some_and(|name| name.contains(unit)) {
                let _gone = if entry.is_dir() {
                    std::fs::remove_dir_all(&entry)
                } else {
                    std::fs::remove_file(&entry)
                };
            }
        }
    }
}
