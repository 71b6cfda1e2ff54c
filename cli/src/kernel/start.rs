//! `lab kernel start`: listens where Jupyter wants it, and prepares what the cells need.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::process::{Command, ExitCode};

use jupyter_protocol::ConnectionInfo;

use crate::arguments::StartOptions;
use crate::failure::{Failure, Result};
use crate::files;
use crate::setup::flush;
use crate::setup::libtorch::{self, Libtorch};
use crate::setup::shim::Shim;
use crate::setup::toolchain::Toolchain;
use crate::setup::warm;
use crate::workspace::Workspace;

use super::home::{self, KernelHome};
use super::interrupt::{INTERRUPT_VARIABLE, Interrupt};
use super::proxy::{self, Equipment, Link, Recipe};
use super::relay::{CHANNEL_VARIABLE, FLUSH_VARIABLE};
use super::{environment, replay};

pub fn command(workspace: &Workspace, options: &StartOptions) -> Result<ExitCode> {
    let text = files::read_text(&options.connection)?;
    let connection: ConnectionInfo = serde_json::from_str(&text).map_err(|error| {
        Failure::usage(format!(
            "{} is not a Jupyter connection file: {error}",
            options.connection.display()
        ))
        .fix("kernels are started by Jupyter; try `cargo lab open`")
    })?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::setup(format!("cannot start the kernel: {error}")))?;
    let served = {
        let workspace = workspace.clone();
        runtime.block_on(proxy::serve(&connection, rust_version(), move || equip(&workspace)))
    };
    // Threads that still wait for a relay must not hold the process up.
    runtime.shutdown_background();
    served
}

/// The number of the Rust version, for the page's head.
async fn rust_version() -> String {
    let version = tokio::task::spawn_blocking(|| Toolchain::find()?.version()).await;
    let answer = version.ok().and_then(Result::ok).unwrap_or_default();
    answer.split_whitespace().nth(1).unwrap_or_default().to_owned()
}

/// Everything that takes time and may fail; a failure is shown by the first cell.
fn equip(workspace: &Workspace) -> Result<Equipment> {
    let toolchain = Toolchain::find()?;
    let libtorch = libtorch(workspace)?;
    let shim = Shim::of(workspace, &libtorch)?;
    if !shim.is_there() {
        return Err(Failure::setup("the kernel has no libtorch shim")
            .fix(format!("run `cargo lab setup` in {}", workspace.root().display())));
    }
    // rustc's answers, which are needed below, come in while the folder is made.
    let home = std::thread::scope(|scope| {
        scope.spawn(|| (toolchain.version(), toolchain.libraries()));
        KernelHome::create(workspace, &toolchain.rustc)
    })?;
    let link = Link::open(home.folder())?;
    let interrupt = Interrupt::at(&home.folder().join("interrupt"));
    let program = std::env::current_exe()
        .map_err(|error| Failure::setup(format!("cannot find this program: {error}")))?;
    let mut engine = Command::new(&program);
    environment::prepare(&mut engine, workspace, &toolchain, &libtorch, &shim, &home)?;
    engine
        .env(super::frame::SOCKET_VARIABLE, &link.path)
        .env(CHANNEL_VARIABLE, uuid::Uuid::new_v4().simple().to_string())
        .env(INTERRUPT_VARIABLE, interrupt.path());
    let flush = flush::library(workspace);
    if flush.is_file() {
        engine.env(FLUSH_VARIABLE, flush);
    }
    let owned = |text: &std::ffi::OsStr| text.to_owned();
    let variables =
        engine.get_envs().map(|(name, value)| (owned(name), value.map(owned))).collect();
    seed(workspace, &toolchain, &libtorch, &home, &engine)?;
    let recipe = Recipe { program, variables, folder: home.folder().to_owned() };
    Ok(Equipment { recipe, link, interrupt, warm_up: warm_up(workspace), home })
}

/// Tells the kernel how the set-up compiled a cell and what cargo says about it, so that neither needs cargo.
fn seed(
    workspace: &Workspace,
    toolchain: &Toolchain,
    libtorch: &Libtorch,
    home: &KernelHome,
    engine: &Command,
) -> Result<()> {
    if !warm::is_current(workspace, toolchain, libtorch) {
        return Ok(());
    }
    let mut variables: BTreeMap<OsString, OsString> = std::env::vars_os().collect();
    for (name, value) in engine.get_envs() {
        match value {
            Some(value) => variables.insert(name.to_owned(), value.to_owned()),
            None => variables.remove(name),
        };
    }
    if let Some(metadata) = warm::metadata(workspace, &home.cell_crate()) {
        files::write_whole(&home::metadata_in(home.folder()), metadata.as_bytes())?;
    }
    let host = toolchain.host()?;
    let build = ["build", "--target", &host, "--message-format=json"].map(OsString::from);
    let rustflags = environment::cell_rustflags();
    let flags = environment::build_flags(rustflags.as_ref(), toolchain.rustc.as_os_str());
    for (manifest, record) in warm::records(workspace) {
        let key = replay::key(&manifest, &build, &flags, variables.clone());
        let path = home::record_in(home.folder(), &key);
        let moved = record
            .moved(&workspace.notebook_build(), &home.builds(), key.clone())
            .and_then(|record| record.moved(&warm::folder(workspace), &home.cell_crate(), key));
        if let Some(record) = moved {
            record.save(&path)?;
        }
    }
    Ok(())
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

/// A line in which the engine is to find out a type: by then it has read the library.
fn warm_up(workspace: &Workspace) -> Option<String> {
    let root = workspace.root().to_str()?;
    Some(format!(
        ":dep latentlab = {{ path = {root:?} }}\nuse latentlab::prelude::*;\n\
         let warm = Tensor::from_slice(&[1.0]);\nwarm."
    ))
}
