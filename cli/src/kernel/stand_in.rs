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
use super::replay::{self, Record, Watched};
use super::{answers, compiler, environment, outline};

/// Becomes cargo or rustup when called by that name inside a kernel.
pub fn take_over() -> Option<ExitCode> {
    let mut arguments = std::env::args_os();
    let called = PathBuf::from(arguments.next()?);
    let name = called.file_name()?.to_str()?;
    let is_wrapper = name == compiler::NAME;
    let is_stand_in = STAND_INS.contains(&name) && std::env::var_os(ROOT_VARIABLE).is_some();
    if !(is_wrapper || is_stand_in) {
        return None;
    }
    let rest: Vec<OsString> = arguments.collect();
    let outcome = match name {
        "cargo" => cargo(&rest),
        "rustup" => rustup(&rest),
        _ => compiler::run(&rest),
    };
    match outcome {
        Ok(code) => Some(code),
        Err(failure) => {
            failure.print();
            Some(failure.exit_code())
        }
    }
}

fn cargo(arguments: &[OsString]) -> Result<ExitCode> {
    if let Some(answer) = answers::known(arguments) {
        return Ok(answer);
    }
    let workspace = Workspace::find()?;
    pin_dependencies(&workspace, Path::new("."))?;
    let real = std::env::var_os(CARGO_VARIABLE)
        .ok_or_else(|| Failure::setup(format!("{CARGO_VARIABLE} is not set in this kernel")))?;
    let home = std::env::var_os(HOME_VARIABLE).map(PathBuf::from);
    let mut command = Command::new(&real);
    environment::restore_cargo_home(&mut command);
    if let Some(home) = &home {
        command.env("CARGO_BUILD_BUILD_DIR", home::build_in(home));
        if arguments.first().is_some_and(|word| word == "build" || word == "check") {
            return build(command, home, arguments);
        }
    }
    command.args(arguments);
    if outline::is_for_rust_analyzer(arguments) {
        return outline::metadata(command);
    }
    Err(Failure::io("start", Path::new(&real), &command.exec()))
}

/// Builds a cell: as the last time, where nothing has changed, and with cargo otherwise.
fn build(mut cargo: Command, home: &Path, arguments: &[OsString]) -> Result<ExitCode> {
    let manifest = std::fs::read_to_string("Cargo.toml").unwrap_or_default();
    let flags = environment::build_flags(
        &std::env::var_os("RUSTFLAGS").unwrap_or_default(),
        &std::env::var_os("RUSTC").unwrap_or_default(),
    );
    // Errors alone are looked for in the way that the cell is built.
    let is_check = arguments.first().is_some_and(|word| word == "check");
    let mut words = arguments.to_vec();
    if is_check {
        words[0] = OsString::from("build");
    }
    let key = replay::key(&manifest, &words, &flags, std::env::vars_os());
    let path = home::record_in(home, &key);
    let fits = |record: &Record| record.key == key && record.stands();
    if let Some(record) = Record::load(&path).filter(fits) {
        return replay::run(&if is_check { record.as_check() } else { record });
    }
    home::wait_for_build(home);
    if let Some(shim) = environment::shim() {
        environment::share_the_library(&mut cargo, &shim);
    }
    cargo.args(arguments);
    // evcxr sets a wrapper of its own for its cache, which then has to do without ours.
    if std::env::var_os("RUSTC_WRAPPER").is_none() {
        cargo
            .env("RUSTC_WRAPPER", home::programs_in(home).join(compiler::NAME))
            .env(compiler::RECORD_VARIABLE, path)
            .env(compiler::KEY_VARIABLE, key);
    }
    let name = cargo.get_program().to_owned();
    let cargo = cargo.spawn().map_err(|error| Failure::io("start", Path::new(&name), &error))?;
    let ended_well = Watched::new(cargo).wait()?;
    Ok(if ended_well { ExitCode::SUCCESS } else { ExitCode::from(replay::FAILED) })
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
