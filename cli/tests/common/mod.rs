//! What the command's tests share.

#![allow(dead_code, reason = "each test file uses its part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

/// The command under test, without what an outer cargo, shell or environment would add.
pub fn lab() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_lab"));
    for name in ["LIBTORCH", "VIRTUAL_ENV", "CONDA_PREFIX", "LATENTLAB_DATA", "LATENTLAB_PYTHON"] {
        command.env_remove(name);
    }
    command
}

/// Writes a program for the place of a real one.
pub fn script(folder: &Path, name: &str, body: &str) -> PathBuf {
    use std::os::unix::fs::PermissionsExt;
    let path = folder.join(name);
    std::fs::write(&path, format!("#!/bin/sh\n{body}\n")).expect("a script");
    let mode = std::fs::Permissions::from_mode(0o755);
    std::fs::set_permissions(&path, mode).expect("an executable script");
    path
}

/// Names cargo, rustc and the C++ compiler by their full path, for tests that empty the PATH.
pub fn keep_toolchain(command: &mut Command) {
    for (variable, program) in
        [("LATENTLAB_CARGO", "cargo"), ("LATENTLAB_RUSTC", "rustc"), ("CXX", "c++")]
    {
        let output = Command::new("sh")
            .args(["-c", &format!("command -v {program}")])
            .output()
            .expect("sh answers");
        command.env(variable, String::from_utf8_lossy(&output.stdout).trim());
    }
}

/// Runs a command that must fail with a code and with certain words on standard error.
pub fn fails_with(mut command: Command, code: i32, words: &[&str]) {
    let output = command.output().expect("the command starts");
    let said = both(&output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    for word in words {
        assert!(said.contains(word), "no {word:?} in:\n{said}");
    }
}

/// Everything a command said.
pub fn both(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// The interpreter of the project's Python environment, as the doctor names it.
pub fn python() -> PathBuf {
    let set_up = lab().arg("setup").output().expect("lab starts");
    assert!(set_up.status.success(), "{}", both(&set_up));
    let output = lab().args(["doctor", "--json"]).output().expect("the doctor runs");
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let detail = report["python"].as_str().expect("a Python environment");
    let prefix = detail.split(" in ").nth(1).and_then(|rest| rest.split(" (").next());
    Path::new(prefix.expect("a prefix")).join("bin").join("python")
}
