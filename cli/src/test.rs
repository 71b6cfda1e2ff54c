//! `lab test`: every test of both packages, with one closing line.

use std::io::{BufRead, BufReader, Write};
use std::process::{Command, ExitCode, Stdio};

use crate::arguments::TestOptions;
use crate::failure::{Failure, Result};
use crate::kernel::environment;
use crate::setup::{self, Environment};
use crate::workspace::Workspace;

/// The counts of cargo's `test result:` lines.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Tally {
    passed: u64,
    failed: u64,
    ignored: u64,
}

/// `lab test`
pub fn command(workspace: &Workspace, options: &TestOptions) -> Result<ExitCode> {
    let environment = setup::ensure(workspace)?;
    let mut tally = Tally::default();
    let mut ok = true;
    // One package after the other: together, cargo would unify their features and build the
    // dependencies that `cargo lab` has just built once more.
    for package in ["latentlab-cli", "latentlab"] {
        let mut cargo = cargo_test(workspace, &environment, package);
        cargo.args(&options.arguments);
        ok &= run(cargo, &mut tally)?;
    }
    println!("\n{} passed, {} failed, {} skipped", tally.passed, tally.failed, tally.ignored);
    Ok(if ok && tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// In release mode: numerical tests run at the speed users see, and share what `cargo lab` built.
fn cargo_test(workspace: &Workspace, environment: &Environment, package: &str) -> Command {
    let mut cargo = Command::new(&environment.toolchain.cargo);
    environment::clear_package_variables(&mut cargo);
    cargo
        .args(["test", "--locked", "--release", "--no-fail-fast", "--package", package])
        .current_dir(workspace.root())
        // Documentation examples are linked by rustdoc, which knows no run-time search path.
        .env(
            environment::library_path_variable(),
            environment::prepended(
                environment::library_path_variable(),
                &[environment.libtorch.libraries()],
            ),
        )
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    cargo
}

/// Runs cargo, passes its output on, and adds up the results.
fn run(mut cargo: Command, tally: &mut Tally) -> Result<bool> {
    let trouble = |error: std::io::Error| Failure::setup(format!("cannot run cargo: {error}"));
    let mut child = cargo.spawn().map_err(trouble)?;
    if let Some(stdout) = child.stdout.take() {
        let mut screen = std::io::stdout().lock();
        for line in BufReader::new(stdout).split(b'\n') {
            let line = line.map_err(trouble)?;
            tally.add(&String::from_utf8_lossy(&line));
            screen
                .write_all(&line)
                .and_then(|()| screen.write_all(b"\n"))
                .and_then(|()| screen.flush())
                .map_err(trouble)?;
        }
    }
    Ok(child.wait().map_err(trouble)?.success())
}

impl Tally {
    fn add(&mut self, line: &str) {
        if !line.starts_with("test result: ") {
            return;
        }
        let words: Vec<&str> =
            line.split([' ', ';', '.']).filter(|word| !word.is_empty()).collect();
        for pair in words.windows(2) {
            let Ok(count) = pair[0].parse::<u64>() else { continue };
            match pair[1] {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" => self.ignored += count,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_add_up() {
        let mut tally = Tally::default();
        tally.add("running 12 tests");
        tally.add("test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.12s");
        tally.add("test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out");
        assert_eq!(tally, Tally { passed: 15, failed: 2, ignored: 1 });
    }
}
