//! The notebooks' dependency build: done once here, so that no kernel ever compiles polars or tch.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::failure::{Failure, Result, Status};
use crate::files::{self, ContentHash};
use crate::kernel::environment;
use crate::report::Reporter;
use crate::workspace::Workspace;

use super::{Environment, Stamp};

/// The crate that evcxr 0.22 generates for a cell, with our library as its dependency. Profile and
/// flags must be evcxr's to the letter, or cargo takes a kernel's build for a different one.
fn cell_manifest(root: &Path) -> String {
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
latentlab = {{ path = {:?} }}
"#,
        root.to_string_lossy()
    )
}

/// Builds what a kernel's first cell would build, where all kernels will find it.
pub fn ensure(
    workspace: &Workspace,
    environment: &Environment,
    report: &mut Reporter,
) -> Result<()> {
    let stamp = stamp(workspace, environment)?;
    if stamp.is_current() && workspace.notebook_build().is_dir() {
        return Ok(());
    }
    stamp.clear();
    let mut working = report
        .begin("Notebook build", "compiling the library and its dependencies for the kernels");
    working.stand_back();
    let folder = folder(workspace)?;
    files::write_whole(&folder.join("src/lib.rs"), b"pub use latentlab::prelude;\n")?;
    files::write_whole(&folder.join("Cargo.toml"), cell_manifest(workspace.root()).as_bytes())?;
    let lock = files::read_text(&workspace.root().join("Cargo.lock"))?;
    files::write_whole(&folder.join("Cargo.lock"), lock.as_bytes())?;
    // Everything for every platform: `cargo metadata`, which each notebook runs, reads them all, and
    // would fetch them without a network otherwise.
    cargo(workspace, environment, &folder, &["fetch"])?;
    cargo(workspace, environment, &folder, &["build", "--target", &environment.toolchain.host()?])?;
    stamp.set()?;
    working.done("kernels start warm");
    Ok(())
}

/// Whether kernels of this checkout start warm.
pub fn is_current(workspace: &Workspace, environment: &Environment) -> bool {
    stamp(workspace, environment).is_ok_and(|stamp| stamp.is_current())
        && workspace.notebook_build().is_dir()
}

fn stamp(workspace: &Workspace, environment: &Environment) -> Result<Stamp> {
    let root = workspace.root();
    let mut hash = ContentHash::default();
    for name in ["Cargo.toml", "Cargo.lock", "build.rs"] {
        hash.add_file(&root.join(name))?;
    }
    hash.add_tree(&root.join("src"))?;
    hash.add("rustc", environment.toolchain.version()?.as_bytes());
    hash.add("flags", environment::cell_rustflags().as_bytes());
    hash.add("manifest", cell_manifest(root).as_bytes());
    hash.add("build", workspace.notebook_build().to_string_lossy().as_bytes());
    hash.add("libtorch", environment.libtorch.folder.to_string_lossy().as_bytes());
    hash.add("libtorch version", environment.libtorch.version.as_bytes());
    Ok(Stamp::new(workspace.stamps().join("notebook-build"), hash.finish()))
}

/// Each checkout has its own cell crate; the dependencies' artefacts are common.
fn folder(workspace: &Workspace) -> Result<PathBuf> {
    let mut hash = ContentHash::default();
    hash.add("root", workspace.root().to_string_lossy().as_bytes());
    let folder = workspace.cache().join("warm").join(&hash.finish()[..12]);
    files::create_folder(&folder.join("src"))?;
    Ok(folder)
}

/// Runs cargo as a kernel's cell would, with its own progress on the screen.
fn cargo(
    workspace: &Workspace,
    environment: &Environment,
    folder: &Path,
    arguments: &[&str],
) -> Result<()> {
    let mut cargo = Command::new(&environment.toolchain.cargo);
    environment::clear_build_variables(&mut cargo);
    let status = cargo
        .args(arguments)
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
