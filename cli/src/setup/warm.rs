//! The notebooks' dependency build: done once here, so that no kernel ever compiles polars or tch.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::failure::{Failure, Result, Status};
use crate::files::{self, ContentHash};
use crate::kernel::replay::Record;
use crate::kernel::{compiler, environment, outline};
use crate::report::Reporter;
use crate::workspace::Workspace;

use super::libtorch::Libtorch;
use super::packages;
use super::shim::Shim;
use super::toolchain::Toolchain;
use super::{Environment, Stamp, flush};

/// What cargo says about a cell with the library.
const METADATA: &str = "metadata.json";
const METADATA_LIMIT: Duration = Duration::from_secs(60);

/// The crate that evcxr 0.22 generates for a cell. Profile and flags must be evcxr's to the letter, or
/// cargo takes a kernel's build for a different one.
fn cell_manifest(dependencies: &str) -> String {
    format!(
        r#"
[package]
name = "ctx"
version = "1.0.0"
edition = "2024"

[lib]
crate-type = ["cdylib"]
path = "src/lib.rs"

[profile.dev]
opt-level = 2
debug = false
strip = "debuginfo"
rpath = true
lto = false
debug-assertions = true
codegen-units = 16
panic = 'unwind'
incremental = true
overflow-checks = true

[dependencies]
{dependencies}
"#
    )
}

/// A cell's manifests that every notebook has: before its first `:dep`, and with the library.
fn manifests(root: &Path) -> [String; 2] {
    let library = format!("latentlab = {{ path = {:?} }}\n", root.to_string_lossy());
    [cell_manifest(""), cell_manifest(&library)]
}

/// Builds what a kernel's first cell would build, where all kernels will find it.
pub fn ensure(
    workspace: &Workspace,
    environment: &Environment,
    shim: &Shim,
    report: &mut Reporter,
) -> Result<()> {
    let Environment { toolchain, libtorch, .. } = environment;
    let stamp = stamp(workspace, toolchain, libtorch)?;
    if stamp.is_current() && is_whole(workspace) {
        return Ok(());
    }
    stamp.clear();
    let mut working = report
        .begin("Notebook build", "compiling the library and its dependencies for the kernels");
    working.stand_back();
    let folder = folder(workspace);
    files::create_folder(&folder.join("src"))?;
    let this = std::env::current_exe()
        .map_err(|error| Failure::setup(format!("cannot find this program: {error}")))?;
    files::link(&this, &folder.join(compiler::NAME))?;
    for (index, manifest) in manifests(workspace.root()).iter().enumerate() {
        let cell = format!("pub const CELL: usize = {index};\n");
        files::write_whole(&folder.join("src/lib.rs"), cell.as_bytes())?;
        files::write_whole(&folder.join("Cargo.toml"), manifest.as_bytes())?;
        let lock = files::read_text(&workspace.root().join("Cargo.lock"))?;
        files::write_whole(&folder.join("Cargo.lock"), lock.as_bytes())?;
        // Everything for every platform: `cargo metadata`, which each notebook runs, reads them all, and
        // would fetch them without a network otherwise.
        cargo(workspace, environment, shim, &folder, &["fetch"], index)?;
        let build = ["build", "--target", &toolchain.host()?];
        cargo(workspace, environment, shim, &folder, &build, index)?;
    }
    write_metadata(toolchain, &folder)?;
    flush::build(workspace, toolchain)?;
    stamp.set()?;
    working.done("kernels start warm");
    Ok(())
}

/// Whether kernels of this checkout start warm.
pub fn is_current(workspace: &Workspace, toolchain: &Toolchain, libtorch: &Libtorch) -> bool {
    stamp(workspace, toolchain, libtorch).is_ok_and(|stamp| stamp.is_current())
        && is_whole(workspace)
}

/// Whether all is there that the stamp speaks of. The stamp is in the checkout and the build in the common
/// cache, where `lab clean` in another checkout takes it away.
fn is_whole(workspace: &Workspace) -> bool {
    let folder = folder(workspace);
    let count = manifests(workspace.root()).len();
    workspace.notebook_build().is_dir()
        && folder.join(METADATA).is_file()
        && (0..count).all(|index| record_in(&folder, index).is_file())
}

/// How cells are compiled in a kernel that starts warm: each manifest with its call of the compiler, and
/// the folders that are named in it. Good where the set-up [is current](is_current).
pub fn records(workspace: &Workspace) -> Vec<(String, Record)> {
    let folder = folder(workspace);
    manifests(workspace.root())
        .into_iter()
        .enumerate()
        .filter_map(|(index, manifest)| Some((manifest, Record::load(&record_in(&folder, index))?)))
        .collect()
}

/// What cargo says about a cell with the library, shortened for rust-analyzer.
fn write_metadata(toolchain: &Toolchain, folder: &Path) -> Result<()> {
    let answer = packages::ask(toolchain, folder, &["--offline"], &[], METADATA_LIMIT)?;
    let short = outline::shortened(answer)
        .ok_or_else(|| Failure::setup("an answer of cargo metadata without the library"))?;
    files::write_whole(&folder.join(METADATA), short.to_string().as_bytes())
}

/// The same for a cell crate that is elsewhere. Good where the set-up [is current](is_current).
pub fn metadata(workspace: &Workspace, cell_crate: &Path) -> Option<String> {
    let folder = folder(workspace);
    let text = std::fs::read_to_string(folder.join(METADATA)).ok()?;
    Some(text.replace(&*folder.to_string_lossy(), &cell_crate.to_string_lossy()))
}

fn record_in(folder: &Path, index: usize) -> PathBuf {
    folder.join(format!("record-{index}.json"))
}

fn stamp(workspace: &Workspace, toolchain: &Toolchain, libtorch: &Libtorch) -> Result<Stamp> {
    let root = workspace.root();
    let mut hash = ContentHash::default();
    for name in ["Cargo.toml", "Cargo.lock", "build.rs"] {
        hash.add_file(&root.join(name))?;
    }
    hash.add_tree(&root.join("src"))?;
    hash.add("rustc", toolchain.version()?.as_bytes());
    hash.add("flags", environment::cell_rustflags().as_bytes());
    for manifest in manifests(root) {
        hash.add("manifest", manifest.as_bytes());
    }
    hash.add("build", workspace.notebook_build().to_string_lossy().as_bytes());
    hash.add("libtorch", libtorch.folder.to_string_lossy().as_bytes());
    hash.add("libtorch version", libtorch.version.as_bytes());
    hash.add("shared", b"3");
    Ok(Stamp::new(workspace.stamps().join("notebook-build"), hash.finish()))
}

/// Each checkout has its own cell crate; the dependencies' artefacts are common.
pub fn folder(workspace: &Workspace) -> PathBuf {
    let mut hash = ContentHash::default();
    hash.add("root", workspace.root().to_string_lossy().as_bytes());
    workspace.cache().join("warm").join(&hash.finish()[..12])
}

/// Runs cargo as a kernel's cell would, with its own progress on the screen.
fn cargo(
    workspace: &Workspace,
    environment: &Environment,
    shim: &Shim,
    folder: &Path,
    arguments: &[&str],
    index: usize,
) -> Result<()> {
    let mut cargo = Command::new(&environment.toolchain.cargo);
    environment::clear_build_variables(&mut cargo);
    environment::share_the_library(&mut cargo, &shim.configuration());
    let status = cargo
        .args(arguments)
        .env("RUSTC_WRAPPER", folder.join(compiler::NAME))
        .env(compiler::RECORD_VARIABLE, record_in(folder, index))
        .env(compiler::KEY_VARIABLE, "")
        .current_dir(folder)
        .env("RUSTC", &environment.toolchain.rustc)
        .env("RUSTFLAGS", environment::cell_rustflags())
        .env("LIBTORCH", &environment.libtorch.folder)
        .env("CARGO_TARGET_DIR", "target")
        .env("CARGO_BUILD_BUILD_DIR", workspace.notebook_build())
        .stdin(Stdio::null())
        .status()
        .map_err(|error| Failure::io("start", &environment.toolchain.cargo, &error))?;
    if status.success() {
        return Ok(());
    }
    let failure =
        Failure::new(Status::Setup, "the notebook build failed; cargo's message is above");
    Err(failure.fix(
        "mend what cargo names (often: disk space, memory or network), then run this again; what is built stays built",
    ))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_build_without_its_records_is_not_whole() {
        let folder = tempfile::tempdir().unwrap();
        let workspace = Workspace::at(&folder.path().join("root"), &folder.path().join("cache"));
        std::fs::create_dir_all(workspace.notebook_build()).unwrap();
        let crate_folder = super::folder(&workspace);
        std::fs::create_dir_all(&crate_folder).unwrap();
        assert!(!is_whole(&workspace));
        for index in 0..2 {
            std::fs::write(record_in(&crate_folder, index), "{}").unwrap();
        }
        assert!(!is_whole(&workspace));
        std::fs::write(crate_folder.join(METADATA), "{}").unwrap();
        assert!(is_whole(&workspace));
        std::fs::remove_dir(workspace.notebook_build()).unwrap();
        assert!(!is_whole(&workspace));
    }
}
