//! `lab kernel start`: prepares a folder and the variables, then lets evcxr_jupyter serve Jupyter.

use std::process::{Command, ExitCode};

use tokio::signal::unix::{SignalKind, signal};

use crate::arguments::StartOptions;
use crate::failure::{Failure, Result};
use crate::setup::libtorch::{self, Libtorch};
use crate::setup::toolchain::Toolchain;
use crate::workspace::Workspace;

use super::engine;
use super::environment;
use super::home::KernelHome;

pub fn command(workspace: &Workspace, options: &StartOptions) -> Result<ExitCode> {
    let connection = std::path::absolute(&options.connection)
        .map_err(|error| Failure::io("resolve", &options.connection, &error))?;
    let toolchain = Toolchain::find()?;
    let libtorch = libtorch(workspace)?;
    let home = KernelHome::create(workspace)?;
    let this = std::env::current_exe()
        .map_err(|error| Failure::setup(format!("cannot find this program: {error}")))?;
    let mut engine = Command::new(this);
    engine.arg(engine::CONTROL_FILE).arg(connection);
    environment::prepare(&mut engine, workspace, &toolchain, &libtorch, &home)?;
    supervise(engine)
}

/// The libtorch the set-up chose; a kernel sets nothing up itself, since nobody would see why it waits.
fn libtorch(workspace: &Workspace) -> Result<Libtorch> {
    if let Some(given) = libtorch::from_variable(workspace)? {
        return Ok(given);
    }
    Libtorch::at(&workspace.libtorch_link()).map_err(|why| {
        Failure::setup(format!("the kernel has no libtorch: {why}"))
            .fix(format!("run `cargo lab setup` in {}", workspace.root().display()))
    })
}

/// Waits for the engine, and ends it when this process is asked to end.
fn supervise(engine: Command) -> Result<ExitCode> {
    let unstarted =
        |error: std::io::Error| Failure::setup(format!("cannot start the kernel: {error}"));
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(unstarted)?;
    runtime.block_on(async {
        let mut engine = tokio::process::Command::from(engine)
            .stdin(std::process::Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(unstarted)?;
        let mut terminate = signal(SignalKind::terminate()).map_err(unstarted)?;
        let mut hang_up = signal(SignalKind::hangup()).map_err(unstarted)?;
        // Ctrl-C in the terminal that runs Jupyter reaches us too; Jupyter decides what it means.
        let mut interrupt = signal(SignalKind::interrupt()).map_err(unstarted)?;
        loop {
            tokio::select! {
                status = engine.wait() => {
                    let code = status.ok().and_then(|status| status.code()).unwrap_or(1);
                    return Ok(ExitCode::from(u8::try_from(code).unwrap_or(1)));
                }
                _ = terminate.recv() => break,
                _ = hang_up.recv() => break,
                _ = interrupt.recv() => {}
            }
        }
        let _already_gone = engine.kill().await;
        Ok(ExitCode::SUCCESS)
    })
}
