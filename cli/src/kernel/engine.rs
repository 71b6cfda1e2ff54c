//! This binary in its other roles: evcxr's kernel process, and the process that runs the cells.

use std::process::ExitCode;
use std::time::Duration;

use super::relay;

/// Set by evcxr for the process that loads and runs the cells.
const RUNTIME_VARIABLE: &str = "EVCXR_IS_RUNTIME";
/// Set by evcxr for a wrapper around rustc.
const WRAPPER_VARIABLE: &str = "EVCXR_RUSTC_WRAPPER";
/// The first argument of the kernel process.
pub const CONTROL_FILE: &str = "--control_file";

/// Becomes what evcxr or a kernel started this process for, if that is what it was started for.
pub fn take_over() -> Option<ExitCode> {
    if let Some(code) = super::stand_in::take_over() {
        return Some(code);
    }
    let is_engine = std::env::args().nth(1).is_some_and(|argument| argument == CONTROL_FILE);
    let is_runtime = std::env::var_os(RUNTIME_VARIABLE).is_some();
    let is_wrapper = std::env::var_os(WRAPPER_VARIABLE).is_some();
    if !(is_engine || is_runtime || is_wrapper) {
        return None;
    }
    if is_engine || is_runtime {
        end_with_parent();
    }
    let is_relayed = std::env::var_os(relay::RELAYED_VARIABLE).is_some();
    if is_runtime && !is_relayed {
        return Some(relay::run());
    }
    match evcxr_jupyter::main() {
        Ok(()) => Some(ExitCode::SUCCESS),
        Err(error) => {
            eprintln!("the kernel ended: {error:#}");
            Some(ExitCode::FAILURE)
        }
    }
}

/// A kernel that is killed cannot tell its children; they look for it themselves, so that a cell in
/// an endless loop does not go on for ever.
fn end_with_parent() {
    let parent = nix::unistd::getppid();
    std::thread::spawn(move || {
        while nix::unistd::getppid() == parent {
            std::thread::sleep(Duration::from_millis(500));
        }
        std::process::exit(1);
    });
}
