//! What a kernel gets for `cargo` and `rustup`.
//!
//! evcxr asks `rustup which cargo` and runs what it is told. Our cargo does two things before it
//! becomes the real one: it points the build at the kernel's twin of the warm build, and it pins the cell's
//! dependencies to the versions of this checkout's Cargo.lock. Without the second, cargo would take
//! the newest version of everything, and with it minutes of compiling and a network connection.
//! What it tells rust-analyzer about the dependencies is shortened, see [`super::outline`].

use std::ffi::OsString;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::failure::{Failure, Result};
use crate::setup::toolchain::{CARGO_VARIABLE, RUSTC_VARIABLE};
use crate::workspace::{ROOT_VARIABLE, Workspace};

use super::home::{self, HOME_VARIABLE, STAND_INS};
use super::{environment, outline};

/// Becomes cargo or rustup when called by that name inside a kernel.
pub fn take_over() -> Option<ExitCode> {
    let mut arguments = std::env::args_os();
    let called = PathBuf::from(arguments.next()?);
    let name = called.file_name()?.to_str()?;
    if !STAND_INS.contains(&name) || std::env::var_os(ROOT_VARIABLE).is_none() {
        return None;
    }
    let rest: Vec<OsString> = arguments.collect();
    let outcome = if name == "cargo" { cargo(&rest) } else { rustup(&rest) };
    match outcome {
        Ok(code) => Some(code),
        Err(failure) => {
            failure.print();
            Some(failure.exit_code())
        }
    }
}

fn cargo(arguments: &[OsString]) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    pin_dependencies(&workspace, Path::new("."))?;
    let real = std::env::var_os(CARGO_VARIABLE)
        .ok_or_else(|| Failure::setup(format!("{CARGO_VARIABLE} is not set in this kernel")))?;
    let mut command = Command::new(&real);
    command.args(arguments);
    if let Some(home) = std::env::var_os(HOME_VARIABLE) {
        command.env("CARGO_BUILD_BUILD_DIR", home::build_in(Path::new(&home)));
    }
    environment::restore_cargo_home(&mut command);
    if outline::is_for_rust_analyzer(arguments) {
        return outline::metadata(command);
    }
    Err(Failure::io("start", Path::new(&real), &command.exec()))
}

/// Gives a crate that has just come to depend on the library this checkout's Cargo.lock, from which
/// cargo drops what the crate does not need.
fn pin_dependencies(workspace: &Workspace, crate_folder: &Path) -> Result<()> {
    let manifest = std::fs::read_to_string(crate_folder.join("Cargo.toml")).unwrap_or_default();
    if !manifest.lines().any(|line| line.trim_start().starts_with("latentlab =")) {
        return Ok(());
    }
    let lock = crate_folder.join("Cargo.lock");
    let current = std::fs::read_to_string(&lock).unwrap_or_default();
    if current.contains("name = \"latentlab\"") {
        return Ok(());
    }
    let pins = crate::files::read_text(&workspace.root().join("Cargo.lock"))?;
    crate::files::write_whole(&lock, pins.as_bytes())
}

fn rustup(arguments: &[OsString]) -> Result<ExitCode> {
    let words: Vec<&str> = arguments.iter().filter_map(|word| word.to_str()).collect();
    let answer = match words.as_slice() {
        ["which", "cargo"] => std::env::args_os()
            .next()
            .and_then(|called| which::which(called).ok())
            .map(|path| path.with_file_name("cargo").into_os_string()),
        ["which", "rustc"] => std::env::var_os(RUSTC_VARIABLE),
        _ => None,
    };
    if let Some(path) = answer {
        println!("{}", path.to_string_lossy());
        return Ok(ExitCode::SUCCESS);
    }
    let real = real_rustup()
        .ok_or_else(|| Failure::setup("this kernel's toolchain is not managed by rustup"))?;
    let error = Command::new(&real).args(arguments).exec();
    Err(Failure::io("start", &real, &error))
}

/// The rustup behind this stand-in on the PATH.
fn real_rustup() -> Option<PathBuf> {
    let this = std::env::current_exe().ok()?;
    which::which_all("rustup")
        .ok()?
        .find(|path| path.canonicalize().is_ok_and(|resolved| resolved != this))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    const PINS: &str = "[[package]]\nname = \"latentlab\"\n";

    fn after_pinning(manifest: &str, lock: &str) -> String {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        let cell = folder.path().join("cell");
        std::fs::create_dir_all(&root).unwrap();
        std::fs::create_dir_all(&cell).unwrap();
        std::fs::write(root.join("Cargo.lock"), PINS).unwrap();
        std::fs::write(cell.join("Cargo.toml"), manifest).unwrap();
        std::fs::write(cell.join("Cargo.lock"), lock).unwrap();
        pin_dependencies(&Workspace::at(&root, folder.path()), &cell).unwrap();
        std::fs::read_to_string(cell.join("Cargo.lock")).unwrap()
    }

    #[test]
    fn a_new_dependency_on_the_library_brings_its_pins() {
        let manifest = "[dependencies]\nlatentlab = { path = \"/x\" }\n";
        assert_eq!(after_pinning(manifest, "# empty\n"), PINS);
    }

    #[test]
    fn later_builds_and_other_crates_keep_their_lock() {
        let manifest = "[dependencies]\nlatentlab = { path = \"/x\" }\n";
        let own = "[[package]]\nname = \"latentlab\"\nversion = \"0.1.0\"\n";
        assert_eq!(after_pinning(manifest, own), own);
        assert_eq!(after_pinning("[dependencies]\nserde = \"1\"\n", "# empty\n"), "# empty\n");
    }
}
