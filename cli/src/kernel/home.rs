//! The folder of one running kernel: its cell crate, and the programs it sees in place of the real ones.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::failure::{Failure, Result};
use crate::files;
use crate::workspace::Workspace;

use super::{build, compiler};

/// Lets a caller choose the folder, to read the generated cell source beside it.
pub const HOME_VARIABLE: &str = "LATENTLAB_KERNEL_HOME";
/// What the kernel calls, and gets this binary for.
pub const STAND_INS: [&str; 2] = ["cargo", "rustup"];
/// What it calls and gets itself, without a detour over rustup.
const RUSTC: &str = "rustc";
const OWNER: &str = "owner";

/// Marks a build folder that is complete.
const COMPLETE: &str = "complete";
const COMPLETE_LIMIT: Duration = Duration::from_secs(60);

/// Removed with everything in it when the kernel ends.
#[derive(Debug)]
pub struct KernelHome {
    folder: PathBuf,
    leaving: Arc<AtomicBool>,
    completing: Option<std::thread::JoinHandle<()>>,
}

impl KernelHome {
    pub fn create(workspace: &Workspace, rustc: &Path) -> Result<Self> {
        sweep(workspace);
        let folder = match std::env::var_os(HOME_VARIABLE) {
            Some(given) => PathBuf::from(given),
            None => new_folder(workspace),
        };
        files::create_folder(&folder)?;
        let folder =
            folder.canonicalize().map_err(|error| Failure::io("resolve", &folder, &error))?;
        let mut home = Self { folder, leaving: Arc::default(), completing: None };
        files::write_whole(&home.folder.join(OWNER), std::process::id().to_string().as_bytes())?;
        let warm = workspace.notebook_build();
        build::begin(&warm, &build_in(&home.folder))
            .map_err(|error| Failure::io("write", &home.folder, &error))?;
        home.complete(warm);
        files::create_folder(&home.cell_crate())?;
        files::create_folder(&home.programs())?;
        let this = std::env::current_exe()
            .map_err(|error| Failure::setup(format!("cannot find this program: {error}")))?;
        for folder in [home.programs(), home.cargo_home().join("bin")] {
            files::create_folder(&folder)?;
            for name in STAND_INS {
                files::link(&this, &folder.join(name))?;
            }
            files::link(rustc, &folder.join(RUSTC))?;
        }
        files::link(&this, &home.programs().join(compiler::NAME))?;
        Ok(home)
    }

    /// Makes the build folder what cargo wants, while other things go on.
    fn complete(&mut self, warm: PathBuf) {
        let (folder, leaving) = (self.folder.clone(), Arc::clone(&self.leaving));
        self.completing = Some(std::thread::spawn(move || {
            // What is missing in the end cargo compiles again.
            let _incomplete = build::complete(&warm, &build_in(&folder), &leaving);
            let _unmarked = std::fs::write(folder.join(COMPLETE), "");
        }));
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where evcxr writes the crate that holds the current cell.
    pub fn cell_crate(&self) -> PathBuf {
        self.folder.join("crate")
    }

    /// Where builds go.
    pub fn builds(&self) -> PathBuf {
        build_in(&self.folder)
    }

    pub fn programs(&self) -> PathBuf {
        programs_in(&self.folder)
    }

    /// rust-analyzer takes the cargo of this folder rather than the one on the PATH.
    pub fn cargo_home(&self) -> PathBuf {
        self.folder.join("cargo-home")
    }
}

impl Drop for KernelHome {
    fn drop(&mut self) {
        self.leaving.store(true, Ordering::Relaxed);
        if let Some(completing) = self.completing.take() {
            let _panicked = completing.join();
        }
        remove(&self.folder);
    }
}

/// Where the builds of the kernel in a folder go.
pub fn build_in(folder: &Path) -> PathBuf {
    folder.join("build")
}

/// Returns when the build folder of a kernel is complete, before cargo looks at it.
pub fn wait_for_build(folder: &Path) {
    let begin = Instant::now();
    while !folder.join(COMPLETE).exists() && begin.elapsed() < COMPLETE_LIMIT {
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Where the stand-ins are.
pub fn programs_in(folder: &Path) -> PathBuf {
    folder.join("bin")
}

/// Where the call of the compiler is written down that is good for a key.
pub fn record_in(folder: &Path, key: &str) -> PathBuf {
    folder.join("records").join(key).with_extension("json")
}

/// Where cargo's metadata of a cell with the library is.
pub fn metadata_in(folder: &Path) -> PathBuf {
    folder.join("metadata.json")
}

/// A folder for a kernel that is about to be started.
pub fn new_folder(workspace: &Workspace) -> PathBuf {
    workspace.kernels().join(uuid::Uuid::new_v4().simple().to_string())
}

/// Removes a kernel's folder.
pub fn remove(folder: &Path) {
    let _gone = std::fs::remove_dir_all(folder);
}

/// Removes what kernels left behind that were killed before they could clean up.
pub fn sweep(workspace: &Workspace) {
    let Ok(folders) = files::sorted_entries(&workspace.kernels()) else { return };
    for folder in folders.iter().filter(|folder| !is_alive(folder)) {
        remove(folder);
    }
}

/// Whether the kernel that owns the folder still runs. A folder without an owner's mark is being made.
pub fn is_alive(folder: &Path) -> bool {
    let owner = std::fs::read_to_string(folder.join(OWNER)).ok();
    match owner.and_then(|text| text.trim().parse().ok()) {
        Some(process) => nix::sys::signal::kill(nix::unistd::Pid::from_raw(process), None).is_ok(),
        None => folder
            .metadata()
            .and_then(|meta| meta.modified())
            .is_ok_and(|time| time.elapsed().is_ok_and(|age| age < Duration::from_secs(60))),
    }
}
