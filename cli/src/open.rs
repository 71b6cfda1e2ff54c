//! `lab open`: JupyterLab on the notebooks folder, on this machine only.

use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

use crate::arguments::OpenOptions;
use crate::failure::{Failure, Result};
use crate::files;
use crate::setup;
use crate::workspace::Workspace;

/// Defaults that a reader may change in JupyterLab's settings: completion waits for a kernel that has just
/// been started, and nobody is asked about news, which would come from elsewhere.
const OVERRIDES: &str = r#"{
  "@jupyterlab/completer-extension:manager": { "providerTimeout": 10000 },
  "@jupyterlab/apputils-extension:notification": { "fetchNews": "false", "checkForUpdates": false }
}
"#;

/// `lab open`
pub fn command(workspace: &Workspace, options: &OpenOptions) -> Result<ExitCode> {
    let (folder, page) = place(workspace, options)?;
    let environment = setup::ensure(workspace)?;
    let settings = workspace.stamps().join("jupyterlab");
    files::write_if_changed(&settings.join("overrides.json"), OVERRIDES.as_bytes())?;
    let mut jupyter = Command::new(&environment.python.interpreter);
    jupyter
        .args(["-m", "jupyterlab", "--ServerApp.ip=127.0.0.1"])
        .arg(format!("--ServerApp.port={}", options.port))
        .arg(format!("--ServerApp.root_dir={}", folder.display()))
        .arg(format!("--LabApp.app_settings_dir={}", settings.display()))
        .arg("--KernelSpecManager.ensure_native_kernel=False")
        // The server would drop the outputs of a cell that shows more than a megabyte a second; the kernel
        // has limits of its own, and says so where it cuts.
        .arg("--ZMQChannelsWebsocketConnection.limit_rate=False")
        // Nothing leaves the machine, and nobody is asked whether it may.
        .args([
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        ])
        .current_dir(&folder);
    if let Some(page) = page {
        jupyter.arg(format!("--LabApp.default_url=/lab/tree/{page}"));
    }
    if options.no_browser {
        jupyter.arg("--no-browser");
    }
    if nix::unistd::geteuid().is_root() {
        jupyter.arg("--allow-root");
    }
    // JupyterLab takes this process's place: Ctrl-C is then its alone to answer.
    let error = jupyter.exec();
    Err(Failure::setup(format!("cannot start JupyterLab: {error}")))
}

/// The folder to serve, and the notebook in it to show.
fn place(workspace: &Workspace, options: &OpenOptions) -> Result<(PathBuf, Option<String>)> {
    let Some(given) = &options.path else { return Ok((workspace.notebooks(), None)) };
    let path = given.canonicalize().map_err(|error| {
        Failure::usage(format!("there is no {}: {error}", given.display()))
            .fix("name a notebook, or a folder with notebooks")
    })?;
    if path.is_dir() {
        return Ok((path, None));
    }
    let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
    Ok((path.parent().unwrap_or(Path::new("/")).to_owned(), name))
}
