//! The Python environment of the libraries that ours is measured against: in the cache, and made anew when its
//! requirements change.

use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Failure, Result};
use crate::files::{self, ContentHash};
use crate::report::Reporter;
use crate::setup::Stamp;
use crate::setup::python::{PythonEnvironment, expect};
use crate::workspace::Workspace;

/// The interpreter that has the packages of `benches/peers/requirements-NAME.txt`, after the first call at once.
pub fn ensure(workspace: &Workspace, python: &PythonEnvironment, name: &str) -> Result<PathBuf> {
    let requirements =
        workspace.root().join("benches/peers").join(format!("requirements-{name}.txt"));
    let mut hash = ContentHash::default();
    hash.add("requirements", files::read_text(&requirements)?.as_bytes());
    hash.add("python", python.version().as_bytes());
    let content = hash.finish();
    let folder = workspace.peers().join(format!("{name}-{}", &content[..12]));
    let interpreter = folder.join("bin").join("python");
    let stamp = Stamp::new(folder.join("latentlab-stamp"), content);
    if stamp.is_current() && interpreter.exists() {
        return Ok(interpreter);
    }
    let mut report = Reporter::new();
    let working = report.begin("Other libraries", folder.display().to_string());
    if folder.exists() {
        std::fs::remove_dir_all(&folder)
            .map_err(|error| Failure::io("replace", &folder, &error))?;
    }
    files::create_folder(&folder)?;
    let mut venv = Command::new(&python.interpreter);
    venv.args(["-I", "-m", "venv"]).arg(&folder);
    expect(&mut venv, "making the environment of the other libraries")?;
    let mut pip = Command::new(&interpreter);
    pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"])
        .arg(&requirements);
    expect(&mut pip, &format!("installing {}", workspace.display(&requirements)))?;
    stamp.set()?;
    working.done("installed");
    Ok(interpreter)
}
