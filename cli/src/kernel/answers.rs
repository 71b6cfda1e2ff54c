//! Questions that rust-analyzer and evcxr put to cargo at every start, and whose answers are known.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use crate::setup::sources;
use crate::setup::toolchain::RUSTC_VARIABLE;
use crate::workspace::Workspace;

use super::home::{self, HOME_VARIABLE};
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
    let position = arguments.iter().position(|argument| argument == "--manifest-path");
    let manifest = position.and_then(|position| arguments.get(position + 1)).map(PathBuf::from);
    if has("locate-project") {
        return locate(&manifest?);
    }
    if !has("metadata") {
        return None;
    }
    if tries_the_library() {
        println!("{{}}");
        return Some(ExitCode::SUCCESS);
    }
    let manifest = manifest?;
    let answer = sources::metadata(&manifest).or_else(|| of_the_cell(&manifest))?;
    std::io::Write::write_all(&mut std::io::stdout().lock(), &answer).ok()?;
    Some(ExitCode::SUCCESS)
}

fn is_nightly() -> bool {
    std::env::var_os(RUSTC_VARIABLE).is_none_or(|path| path.to_string_lossy().contains("nightly"))
}

/// The cell's crate belongs to no workspace.
fn locate(manifest: &Path) -> Option<ExitCode> {
    let home = PathBuf::from(std::env::var_os(HOME_VARIABLE)?);
    if !manifest.starts_with(&home) {
        return None;
    }
    println!("{}", serde_json::json!({ "root": manifest }));
    Some(ExitCode::SUCCESS)
}

/// Whether evcxr asks for this checkout's library alone, which is there.
fn tries_the_library() -> bool {
    let Ok(workspace) = Workspace::find() else { return false };
    let manifest = std::fs::read_to_string("Cargo.toml").unwrap_or_default();
    manifest.contains(TRIAL)
        && dependencies(&manifest) == [library_line(&workspace)]
        && workspace.root().join("Cargo.toml").is_file()
}

/// The cell's metadata, if it depends on the library or on nothing. The answer has the library in it in both
/// cases: a kernel without a notebook that has run its `:dep` is about to run it, and rust-analyzer then
/// reads everything once, in the background, and not a second time when the `:dep` comes.
fn of_the_cell(manifest: &Path) -> Option<Vec<u8>> {
    let home = PathBuf::from(std::env::var_os(HOME_VARIABLE)?);
    if !manifest.starts_with(&home) {
        return None;
    }
    let dependencies = dependencies(&std::fs::read_to_string(manifest).ok()?);
    let is_library = dependencies == [library_line(&Workspace::find().ok()?)];
    (dependencies.is_empty() || is_library)
        .then(|| std::fs::read(home::metadata_in(&home)).ok())
        .flatten()
}

/// How a manifest names this checkout's library as a dependency.
fn library_line(workspace: &Workspace) -> String {
    format!("latentlab = {{ path = {:?} }}", workspace.root().to_string_lossy())
}

/// The lines of the last section of a manifest that evcxr has written.
fn dependencies(manifest: &str) -> Vec<String> {
    let section = manifest.split_once("[dependencies]").map(|(_, rest)| rest).unwrap_or_default();
    section.lines().map(str::trim).filter(|line| !line.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dependencies_are_all_lines_of_their_section() {
        let library = "latentlab = { path = \"/work\" }";
        let manifest =
            |lines: &str| format!("[package]\n    {TRIAL}\n    [dependencies]\n    {lines}\n    ");
        assert_eq!(dependencies(&manifest(library)), [library]);
        assert!(dependencies(&manifest("")).is_empty());
        let both = format!("{library}\n    rand = \"0.9\"");
        assert_eq!(dependencies(&manifest(&both)), [library, "rand = \"0.9\""]);
        assert!(dependencies("[package]\n").is_empty());
    }
}
