//! The kernelspec: how Jupyter learns of the kernel.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use serde_json::json;

use crate::arguments::InstallOptions;
use crate::failure::{Failure, Result};
use crate::files;
use crate::setup;
use crate::workspace::{CACHE_VARIABLE, ROOT_VARIABLE, Workspace};

/// The name notebooks carry; stock evcxr's kernel has the same, so that they open elsewhere too.
pub const NAME: &str = "rust";
const LOGO: &str = include_str!("logo.svg");

/// `lab kernel install`
pub fn command(workspace: &Workspace, options: &InstallOptions) -> Result<ExitCode> {
    let environment = setup::ensure(workspace)?;
    let folder = if options.user {
        install_into(workspace, &user_folder()?)?
    } else {
        install(workspace, environment.python.prefix())?
    };
    println!("Jupyter lists the kernel as \"Rust\": {}", folder.display());
    Ok(ExitCode::SUCCESS)
}

/// Writes the kernelspec into a Python environment, where it is missing or differs.
pub fn install(workspace: &Workspace, prefix: &Path) -> Result<PathBuf> {
    install_into(workspace, &prefix.join("share").join("jupyter").join("kernels"))
}

fn install_into(workspace: &Workspace, kernels: &Path) -> Result<PathBuf> {
    let folder = kernels.join(NAME);
    files::write_if_changed(&folder.join("kernel.json"), content(workspace)?.as_bytes())?;
    files::write_if_changed(&folder.join("logo-svg.svg"), LOGO.as_bytes())?;
    Ok(folder)
}

/// Whether the kernelspec of an environment starts this checkout's kernel.
pub fn is_current(workspace: &Workspace, prefix: &Path) -> bool {
    let path = prefix.join("share").join("jupyter").join("kernels").join(NAME).join("kernel.json");
    let installed = std::fs::read_to_string(path).ok();
    installed.is_some() && installed == content(workspace).ok()
}

/// What stands in kernel.json.
fn content(workspace: &Workspace) -> Result<String> {
    let this = std::env::current_exe()
        .map_err(|error| Failure::setup(format!("cannot find this program: {error}")))?;
    let mut variables = json!({ ROOT_VARIABLE: workspace.root() });
    if std::env::var_os(CACHE_VARIABLE).is_some() {
        variables[CACHE_VARIABLE] = json!(workspace.cache());
    }
    let spec = json!({
        "argv": [this, "kernel", "start", "-f", "{connection_file}"],
        "display_name": "Rust",
        "language": "rust",
        "interrupt_mode": "message",
        "env": variables,
    });
    Ok(format!("{spec:#}\n"))
}

fn user_folder() -> Result<PathBuf> {
    let data = std::env::var_os("JUPYTER_DATA_DIR").map(PathBuf::from).or_else(|| {
        let home = std::env::home_dir()?;
        Some(if cfg!(target_os = "macos") {
            home.join("Library").join("Jupyter")
        } else {
            home.join(".local").join("share").join("jupyter")
        })
    });
    data.map(|data| data.join("kernels"))
        .ok_or_else(|| Failure::setup("no home folder to install the kernel into"))
}
