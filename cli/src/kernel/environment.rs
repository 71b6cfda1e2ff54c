//! The variables that make a kernel's builds hit the warm build and its cells find libtorch.

use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::Result;
use crate::setup::libtorch::Libtorch;
use crate::setup::shim::Shim;
use crate::setup::sources::Sources;
use crate::setup::toolchain::{CARGO_VARIABLE, RUSTC_VARIABLE, Toolchain};
use crate::workspace::{ROOT_VARIABLE, Workspace};

use super::build;
use super::home::{HOME_VARIABLE, KernelHome};

/// Remembers the user's CARGO_HOME, which a kernel replaces.
const CARGO_HOME_VARIABLE: &str = "LATENTLAB_CARGO_HOME";

/// Names cargo's settings for the shim.
const SHIM_VARIABLE: &str = "LATENTLAB_SHIM";

/// What RUST_BACKTRACE is for the cells.
const BACKTRACE_VARIABLE: &str = "LATENTLAB_BACKTRACE";

/// The flags evcxr 0.22 gives to rustc: it takes lld when it sees one (mold goes by another way).
pub fn cell_rustflags() -> String {
    let has = |linker: &str| which::which(linker).is_ok();
    if !cfg!(target_os = "macos") && !has("mold") && has("lld") {
        "-Cprefer-dynamic -Clink-arg=-fuse-ld=lld".into()
    } else {
        "-Cprefer-dynamic".into()
    }
}

/// Takes away what an outer cargo (as in `cargo lab run`) or a user's shell sets and what would give
/// the builds another fingerprint. Registry, network and home settings stay.
pub fn clear_build_variables(command: &mut Command) {
    const KEPT: [&str; 5] =
        ["CARGO_HOME", "CARGO_NET_", "CARGO_HTTP_", "CARGO_REGISTR", "CARGO_TERM_"];
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        let of_cargo = text.starts_with("CARGO") && !KEPT.iter().any(|kept| text.starts_with(kept));
        let of_rustc = ["RUSTFLAGS", "RUSTC", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER"]
            .contains(&text.as_ref());
        if of_cargo || of_rustc {
            command.env_remove(&name);
        }
    }
}

/// Takes away what `cargo run` tells the program it runs about its package. Build scripts that look at such
/// variables (ring's does) would run anew under a cargo that this program starts.
pub fn clear_package_variables(command: &mut Command) {
    const EXACT: [&str; 4] =
        ["CARGO", "CARGO_BIN_NAME", "CARGO_CRATE_NAME", "CARGO_PRIMARY_PACKAGE"];
    for (name, _) in std::env::vars_os() {
        let text = name.to_string_lossy();
        if EXACT.contains(&text.as_ref())
            || text.starts_with("CARGO_PKG_")
            || text.starts_with("CARGO_MANIFEST_")
        {
            command.env_remove(&name);
        }
    }
}

/// What every build of a cell gets from evcxr.
pub fn build_flags(rustflags: &OsStr, rustc: &OsStr) -> String {
    format!("{} {}", rustflags.to_string_lossy(), rustc.to_string_lossy())
}

/// Makes cargo build as all cells do: with the shared shim in the place of torch-sys's own, and with names
/// that tell the libraries of several checkouts apart, which shared libraries otherwise have not.
pub fn share_the_library(cargo: &mut Command, shim: &Path) {
    cargo.arg("--config").arg(shim).env("__CARGO_DEFAULT_LIB_METADATA", "latentlab");
}

/// cargo's settings for the shim of this kernel.
pub fn shim() -> Option<PathBuf> {
    std::env::var_os(SHIM_VARIABLE).map(PathBuf::from).filter(|path| path.is_file())
}

/// Sets up the kernel process.
pub fn prepare(
    command: &mut Command,
    workspace: &Workspace,
    toolchain: &Toolchain,
    libtorch: &Libtorch,
    shim: &Shim,
    home: &KernelHome,
) -> Result<()> {
    clear_build_variables(command);
    // evcxr relies on a search path relative to where cargo puts a cell's library; ours is another place,
    // so the standard library is named here like libtorch.
    let shared = build::libraries(&home.builds(), &toolchain.host()?);
    let libraries =
        [libtorch.libraries(), toolchain.libraries()?, shim.folder().to_owned(), shared];
    command
        .env(SHIM_VARIABLE, shim.configuration())
        .env("LIBTORCH", &libtorch.folder)
        .env(library_path_variable(), prepended(library_path_variable(), &libraries))
        .env("PATH", prepended("PATH", &[home.programs()]))
        .env("EVCXR_TMPDIR", home.cell_crate())
        .env("EVCXR_CONFIG_DIR", home.folder())
        .env(HOME_VARIABLE, home.folder())
        // evcxr rewrites the kernelspec it finds in a user's data folder; this shows it none.
        .env("JUPYTER_PATH", home.folder().join("no-kernelspecs"))
        .env(CARGO_HOME_VARIABLE, std::env::var_os("CARGO_HOME").unwrap_or_default())
        .env("CARGO_HOME", home.cargo_home())
        .env(CARGO_VARIABLE, &toolchain.cargo)
        .env(RUSTC_VARIABLE, &toolchain.rustc)
        .env(ROOT_VARIABLE, workspace.root());
    let sources = Sources::of(workspace, toolchain)?;
    if sources.is_there() {
        // rust-analyzer takes the standard library from there.
        command.env("RUST_SRC_PATH", sources.folder());
    }
    Ok(())
}

/// evcxr asks for backtraces. In stripped and optimised cells they name no line of the reader's and fill
/// pages; whoever wants them all the same asks for them by a variable of ours.
pub fn choose_backtrace(command: &mut Command) {
    match std::env::var_os(BACKTRACE_VARIABLE) {
        Some(own) if !own.is_empty() => command.env("RUST_BACKTRACE", own),
        _ => command.env_remove("RUST_BACKTRACE"),
    };
}

/// Gives a program behind the stand-ins the user's own cargo folder again.
pub fn restore_cargo_home(command: &mut Command) {
    match std::env::var_os(CARGO_HOME_VARIABLE) {
        Some(own) if !own.is_empty() => command.env("CARGO_HOME", own),
        Some(_) => command.env_remove("CARGO_HOME"),
        None => command,
    };
}

pub fn library_path_variable() -> &'static str {
    if cfg!(target_os = "macos") { "DYLD_LIBRARY_PATH" } else { "LD_LIBRARY_PATH" }
}

/// A search path with more folders in front.
pub fn prepended(variable: &str, folders: &[PathBuf]) -> OsString {
    let rest = std::env::var_os(variable).unwrap_or_default();
    let known = std::env::split_paths(&rest).filter(|path| path.as_os_str() != OsStr::new(""));
    let all: Vec<PathBuf> = folders.iter().cloned().chain(known).collect();
    // A folder with a colon in its name cannot stand in a search path at all.
    std::env::join_paths(all).unwrap_or(rest)
}
