//! What all measurements beside other libraries share: our part is an example of the library, theirs a Python script in
//! `benches/peers` that runs both and writes a line of JSON for each result.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

use serde_json::Value;

use super::machine;
use crate::failure::{Failure, Result};
use crate::kernel::environment;
use crate::setup::Environment;
use crate::workspace::Workspace;

/// Builds an example of the library, and tells where cargo says it lies.
pub fn build_example(
    workspace: &Workspace,
    environment: &Environment,
    name: &str,
) -> Result<PathBuf> {
    let mut cargo = Command::new(&environment.toolchain.cargo);
    environment::clear_package_variables(&mut cargo);
    cargo
        .args(["build", "--locked", "--release", "--package", "latentlab", "--example", name])
        .args(["--message-format", "json-render-diagnostics"])
        .current_dir(workspace.root())
        .stdin(Stdio::null())
        .stderr(Stdio::inherit());
    let output =
        cargo.output().map_err(|error| Failure::setup(format!("cannot run cargo: {error}")))?;
    let said = String::from_utf8_lossy(&output.stdout);
    let mut executables = said
        .lines()
        .filter_map(|line| serde_json::from_str::<Value>(line).ok())
        .filter_map(|message| message["executable"].as_str().map(PathBuf::from));
    executables.next_back().filter(|_| output.status.success()).ok_or_else(|| {
        Failure::setup(format!("cargo did not build the example `{name}`; its words are above"))
    })
}

/// Runs a script to its end, and hands over what each of its lines says.
pub fn run(mut script: Command, mut take: impl FnMut(Value)) -> Result<()> {
    let name = script.get_args().next().unwrap_or_default().to_string_lossy().into_owned();
    let broken = |what: String| Failure::setup(format!("{name} {what}; its words are above"));
    let mut child = script
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| broken(format!("cannot be started: {error}")))?;
    for line in child.stdout.take().into_iter().flat_map(|stdout| BufReader::new(stdout).lines()) {
        let line = line.map_err(|error| broken(format!("cannot be read: {error}")))?;
        take(serde_json::from_str(&line).map_err(|_| broken(format!("said {line:?}")))?);
    }
    let status = child.wait().map_err(|error| broken(format!("was lost: {error}")))?;
    if !status.success() {
        return Err(broken(format!("ended with {status}")));
    }
    Ok(())
}

/// Without these a time says nothing.
pub fn conditions(machine: &Value, versions: &Value) -> String {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    format!(
        "{} × {}, {}; load {} before, {} after; {}, latentlab {} ({})",
        text(&machine["cores"]),
        text(&machine["cpu"]),
        text(&machine["os"]),
        text(&machine["load"]),
        machine::load().map_or("unknown".into(), |load| load.to_string()),
        text(&versions["rustc"]),
        text(&versions["latentlab"]),
        text(&versions["git"]),
    )
}
