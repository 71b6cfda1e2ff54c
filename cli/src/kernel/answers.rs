//! Questions that rust-analyzer and evcxr put to cargo at every start, and whose answers are known.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::files::ContentHash;
use crate::setup::toolchain::{CARGO_VARIABLE, RUSTC_VARIABLE};
use crate::workspace::Workspace;

use super::replay::FAILED;

/// The crate by which evcxr tries whether a dependency can be had.
const TRIAL: &str = "name = \"evcxr_dummy_validate_dep\"";

/// Answers without cargo, where that is possible.
pub fn known(arguments: &[OsString]) -> Option<ExitCode> {
    let has = |word: &str| arguments.iter().any(|argument| argument == word);
    if has("-Z") && !is_nightly() {
        // What a stable cargo says, only sooner; rust-analyzer then asks rustc.
        eprintln!("error: the `-Z` flag is only accepted on the nightly channel of Cargo");
        return Some(ExitCode::from(FAILED));
    }
    if !has("metadata") {
        return None;
    }
    if tries_the_library() {
        println!("{{}}");
        return Some(ExitCode::SUCCESS);
    }
    of_the_standard_library(arguments)
}

fn is_nightly() -> bool {
    std::env::var_os(RUSTC_VARIABLE).is_none_or(|path| path.to_string_lossy().contains("nightly"))
}

/// Whether evcxr asks for this checkout's library alone, which is there.
fn tries_the_library() -> bool {
    let Ok(workspace) = Workspace::find() else { return false };
    let manifest = std::fs::read_to_string("Cargo.toml").unwrap_or_default();
    let dependency = format!("latentlab = {{ path = {:?} }}", workspace.root().to_string_lossy());
    is_trial_of(&manifest, &dependency) && workspace.root().join("Cargo.toml").is_file()
}

fn is_trial_of(manifest: &str, dependency: &str) -> bool {
    let mut dependencies = manifest
        .split_once("[dependencies]")
        .map(|(_, rest)| rest.lines().map(str::trim).filter(|line| !line.is_empty()))
        .into_iter()
        .flatten();
    manifest.contains(TRIAL)
        && dependencies.next() == Some(dependency)
        && dependencies.next().is_none()
}

/// The standard library's own metadata, of which every kernel asks the same.
fn of_the_standard_library(arguments: &[OsString]) -> Option<ExitCode> {
    let position = arguments.iter().position(|argument| argument == "--manifest-path")?;
    let manifest = PathBuf::from(arguments.get(position + 1)?);
    if !manifest.to_string_lossy().contains("lib/rustlib/src/rust/library") {
        return None;
    }
    let real = std::env::var_os(CARGO_VARIABLE)?;
    let folder = Workspace::find().ok()?.cache().join("answers");
    let path = folder.join(key(Path::new(&real), arguments, &manifest)?).with_extension("json");
    let answer = std::fs::read(&path).ok().or_else(|| ask(Path::new(&real), arguments, &path))?;
    std::io::Write::write_all(&mut std::io::stdout().lock(), &answer).ok()?;
    Some(ExitCode::SUCCESS)
}

/// What the answer depends on. An update of the toolchain changes it in place: neither path nor manifest
/// tells, but cargo's date and size and the versions that the standard library locks do.
fn key(cargo: &Path, arguments: &[OsString], manifest: &Path) -> Option<String> {
    let mut hash = ContentHash::default();
    hash.add("cargo", cargo.as_os_str().as_encoded_bytes());
    let program = std::fs::metadata(cargo).ok()?;
    hash.add("date", format!("{:?}", program.modified().ok()?).as_bytes());
    hash.add("size", &program.len().to_le_bytes());
    for argument in arguments {
        hash.add("argument", argument.as_encoded_bytes());
    }
    hash.add_file(manifest).ok()?;
    let lock = std::fs::read(manifest.with_file_name("Cargo.lock")).unwrap_or_default();
    hash.add("lock", &lock);
    Some(hash.finish())
}

/// Asks cargo, and keeps the answer.
fn ask(real: &Path, arguments: &[OsString], path: &Path) -> Option<Vec<u8>> {
    let mut cargo = Command::new(real);
    super::environment::restore_cargo_home(&mut cargo);
    let output = cargo.args(arguments).output().ok().filter(|output| output.status.success())?;
    // Unkept, it is asked for again.
    let _unwritable = crate::files::write_whole(path, &output.stdout);
    Some(output.stdout)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_updated_toolchain_is_asked_again() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, content: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, content).unwrap();
            path
        };
        let (cargo, manifest) = (write("cargo", "1.95"), write("Cargo.toml", "[workspace]"));
        let words = [OsString::from("metadata")];
        let of = |words: &[OsString]| key(&cargo, words, &manifest).unwrap();
        let old = of(&words);
        assert_eq!(old, of(&words));
        assert_ne!(old, of(&[]));
        write("Cargo.lock", "hashbrown 2");
        let locked = of(&words);
        assert_ne!(old, locked);
        write("cargo", "1.96 nightly");
        assert_ne!(locked, of(&words));
        assert_eq!(key(&folder.path().join("none"), &words, &manifest), None);
    }

    #[test]
    fn only_the_library_alone_is_known_to_be_there() {
        let library = "latentlab = { path = \"/work\" }";
        let trial = |dependencies: &str| {
            format!("[package]\n    {TRIAL}\n    [dependencies]\n    {dependencies}\n    ")
        };
        assert!(is_trial_of(&trial(library), library));
        assert!(!is_trial_of(&trial("rand = \"0.9\""), library));
        assert!(!is_trial_of(&trial(&format!("{library}\n    rand = \"0.9\"")), library));
        assert!(!is_trial_of(&format!("[dependencies]\n{library}\n"), library));
    }
}
