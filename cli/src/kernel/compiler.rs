//! A stand-in for rustc in the builds of cells: the call that compiles a cell is written down, so that it
//! can be made again without cargo.

use std::ffi::{OsStr, OsString};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, ExitCode};

use crate::failure::{Failure, Result};

use super::replay::Record;

/// The name under which this program is rustc's wrapper.
pub const NAME: &str = "latentlab-rustc";
/// Where the command that compiles a cell is written down; the next one says for which build.
pub const RECORD_VARIABLE: &str = "LATENTLAB_RECORD";
pub const KEY_VARIABLE: &str = "LATENTLAB_RECORD_KEY";
/// evcxr's name for the crate of a cell.
const CELL: &str = "ctx";

/// Becomes rustc: the arguments are those of cargo's wrapper, the compiler and what it is to do.
pub fn run(arguments: &[OsString]) -> Result<ExitCode> {
    let (rustc, given) = arguments
        .split_first()
        .ok_or_else(|| Failure::usage(format!("{NAME} is called by cargo, with a compiler")))?;
    if is_linked_cell(given) {
        write_down(Path::new(rustc), given);
    }
    let error = Command::new(rustc).args(given).exec();
    Err(Failure::io("start", Path::new(rustc), &error))
}

fn value_of<'a>(arguments: &'a [OsString], name: &str) -> Option<&'a OsStr> {
    let position = arguments.iter().position(|argument| argument == name)?;
    arguments.get(position + 1).map(OsString::as_os_str)
}

/// Whether this makes a cell that can be loaded, rather than checking it.
fn is_linked_cell(arguments: &[OsString]) -> bool {
    value_of(arguments, "--crate-name").is_some_and(|name| name == CELL)
        && value_of(arguments, "--crate-type").is_some_and(|kind| kind == "cdylib")
        && arguments.iter().any(|argument| {
            argument.to_str().is_some_and(|text| {
                text.strip_prefix("--emit=")
                    .is_some_and(|kinds| kinds.split(',').any(|k| k == "link"))
            })
        })
}

fn write_down(rustc: &Path, arguments: &[OsString]) {
    let (Some(path), Ok(key)) = (std::env::var_os(RECORD_VARIABLE), std::env::var(KEY_VARIABLE))
    else {
        return;
    };
    if let Some(record) = Record::of(key, rustc, arguments) {
        // Without it the next build goes through cargo again.
        let _unwritable = record.save(Path::new(&path));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<OsString> {
        text.split(' ').map(OsString::from).collect()
    }

    #[test]
    fn only_cells_that_are_linked_are_written_down() {
        assert!(is_linked_cell(&words(
            "--crate-name ctx --crate-type cdylib --emit=dep-info,link"
        )));
        assert!(!is_linked_cell(&words(
            "--crate-name ctx --crate-type cdylib --emit=dep-info,metadata"
        )));
        assert!(!is_linked_cell(&words("--crate-name tch --crate-type lib --emit=link")));
    }
}
