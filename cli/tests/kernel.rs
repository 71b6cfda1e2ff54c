//! The kernel as its clients see it: each test runs a case of `kernel/cases.py` with `jupyter_client`.

mod common;

use std::path::{Path, PathBuf};
use std::process::Command;

use common::{both, lab, python};

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("kernel")
}

/// Runs a case to its end.
fn case(name: &str) {
    python_script("cases.py", &[name]);
}

/// Runs a script; what it said is shown where it fails.
fn python_script(script: &str, arguments: &[&str]) {
    let mut command = Command::new(python());
    // The variables that the command's other tests take away are no business of a kernel either.
    for (variable, value) in lab().get_envs() {
        match value {
            Some(value) => command.env(variable, value),
            None => command.env_remove(variable),
        };
    }
    let output = command
        .arg(scripts().join(script))
        .args(arguments)
        .env("LATENTLAB_TEST_LAB", env!("CARGO_BIN_EXE_lab"))
        .env("LATENTLAB_TEST_ROOT", Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("root"))
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("Python starts");
    assert!(output.status.success(), "{}", both(&output));
}

macro_rules! cases {
    ($($name:ident),* $(,)?) => {
        $(#[test] fn $name() { case(stringify!($name)); })*
    };
}

cases!(
    protocol,
    trust,
    errors_stop_the_queue,
    display,
    big_outputs,
    values,
    streams,
    interrupt,
    interrupt_by_force,
    crashes,
    engine_killed,
    variables,
    completion,
    builds,
    leaving,
    killed_client,
    side_by_side,
    stock_notebook,
);

#[test]
fn conformance() {
    python_script("conformance.py", &[]);
}
