//! How the kernels that are compared come to run.

use std::path::{Path, PathBuf};

use tokio::process::Command;

use crate::failure::{Failure, Result};
use crate::files;
use crate::kernel::{engine, environment, home, relay};
use crate::run::session::Session;
use crate::setup::Environment;
use crate::workspace::Workspace;

use super::results::Subject;

/// Starts kernels, all in the same folder.
pub struct Stage<'a> {
    workspace: &'a Workspace,
    environment: &'a Environment,
    cwd: PathBuf,
    /// Where the stock kernel compiles the library, which takes it minutes: once for all repeats.
    library_build: Option<tempfile::TempDir>,
}

impl<'a> Stage<'a> {
    pub fn new(
        workspace: &'a Workspace,
        environment: &'a Environment,
        cwd: &Path,
        same_dependencies: bool,
    ) -> Result<Self> {
        let build = || {
            // Gigabytes, which the cache has room for and a temporary folder may not.
            tempfile::Builder::new()
                .prefix("bench-")
                .tempdir_in(workspace.cache())
                .map_err(|error| Failure::io("write", workspace.cache(), &error))
        };
        let library_build = same_dependencies.then(build).transpose()?;
        Ok(Self { workspace, environment, cwd: cwd.to_owned(), library_build })
    }

    pub fn subjects(&self) -> Vec<Subject> {
        let mut subjects = vec![Subject::Ours, Subject::Stock];
        if self.library_build.is_some() {
            subjects.push(Subject::StockWithLibrary);
        }
        subjects
    }

    pub async fn start(&self, subject: Subject) -> Result<Session> {
        if subject == Subject::Ours {
            return Session::start(self.workspace, None, &self.cwd).await;
        }
        // The stock kernel knows nothing of such a folder, and nothing will be there.
        let home = home::new_folder(self.workspace);
        Session::launch(home, async |connection: &Path| self.stock(subject, connection)).await
    }

    /// evcxr_jupyter as it comes. It is a part of this program, whose own doings between evcxr's processes are left
    /// out by saying that they are already there.
    fn stock(&self, subject: Subject, connection: &Path) -> Result<Command> {
        let this = std::env::current_exe()
            .map_err(|error| Failure::setup(format!("cannot find this program: {error}")))?;
        let own = connection.parent().unwrap_or(Path::new("."));
        let mut command = std::process::Command::new(this);
        environment::clear_build_variables(&mut command);
        for (name, _) in std::env::vars_os() {
            let text = name.to_string_lossy();
            if text.starts_with("LATENTLAB_") || text.starts_with("EVCXR_") {
                command.env_remove(&name);
            }
        }
        // The search path that evcxr leaves in a cell is one folder off, which goes unnoticed where two `..` at the
        // root are as good as one: below /tmp, and not below a home folder.
        let mut libraries = vec![self.environment.toolchain.libraries()?];
        let crate_folder = match &self.library_build {
            Some(build) if subject.loads_library() => {
                // A user of the stock kernel has to tell it where libtorch is.
                let libtorch = &self.environment.libtorch;
                libraries.push(libtorch.libraries());
                command.env("LIBTORCH", &libtorch.folder);
                build.path().to_owned()
            }
            _ => own.join("crate"),
        };
        let library_path = environment::library_path_variable();
        command.env(library_path, environment::prepended(library_path, &libraries));
        files::create_folder(&crate_folder)?;
        command
            .arg(engine::CONTROL_FILE)
            .arg(connection)
            .env(relay::RELAYED_VARIABLE, "1")
            .env("EVCXR_TMPDIR", crate_folder)
            // No start-up cells of the user's, and no kernelspec that evcxr would rewrite.
            .env("EVCXR_CONFIG_DIR", own.join("no-configuration"))
            .env("JUPYTER_PATH", own.join("no-kernelspecs"))
            .current_dir(&self.cwd);
        Ok(command.into())
    }

    /// The cell that loads the library.
    pub fn library_cell(&self) -> String {
        let path = self.workspace.root().to_string_lossy();
        format!(":dep latentlab = {{ path = {path:?} }}\nuse latentlab::prelude::*;")
    }
}
