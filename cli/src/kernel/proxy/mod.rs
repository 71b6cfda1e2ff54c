//! The kernel that Jupyter talks to. Behind it stands evcxr_jupyter, which compiles and runs the cells.
//!
//! ```text
//! Jupyter ── kernel ── backend ── evcxr_jupyter ── relay ── the cells' process
//!              └────────── link ────────────────────┘
//! ```
//!
//! evcxr_jupyter hears one request at a time; what the cells say comes over the link, as it is said.

mod backend;
mod completeness;
mod control;
mod ending;
mod history;
mod info;
mod kernel;
mod link;
mod memory;
mod page;
mod place;
mod publisher;
mod run;
mod stream;
mod variables;
mod wire;

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use jupyter_protocol::ConnectionInfo;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::mpsc;

use crate::failure::{Failure, Result};

pub use backend::Recipe;
pub use kernel::Equipment;
pub use link::Link;

use kernel::{Command, Front, Kernel};

/// Names the process of the Jupyter server, without which a kernel has no purpose.
pub const PARENT_VARIABLE: &str = "JPY_PARENT_PID";
const PARENT_INTERVAL: Duration = Duration::from_secs(1);
/// The last messages get this long to leave.
const LAST_WORDS: Duration = Duration::from_millis(100);

/// Serves Jupyter on a connection until it is told to leave. The sockets are there at once; the engine is
/// prepared meanwhile.
pub async fn serve(
    connection: &ConnectionInfo,
    rust_version: impl Future<Output = String>,
    equip: impl Fn() -> Result<Equipment> + Send + Sync + 'static,
) -> Result<ExitCode> {
    if !connection.ip.starts_with("127.") && connection.ip != "localhost" && connection.ip != "::1"
    {
        return Err(Failure::usage(format!(
            "the kernel listens on this machine only, and the connection file says {}",
            connection.ip
        ))
        .fix("let Jupyter choose 127.0.0.1 (`--KernelManager.ip=127.0.0.1`)"));
    }
    let session = uuid::Uuid::new_v4().to_string();
    let (shell, requests) = wire::open(connection, connection.shell_port, &session).await?;
    let (control, orders) = wire::open(connection, connection.control_port, &session).await?;
    let (stdin, lines) = wire::open(connection, connection.stdin_port, &session).await?;
    let publisher = publisher::Publisher::open(connection, &session).await?;
    let heartbeat = jupyter_zmq_client::create_kernel_heartbeat_connection(connection)
        .await
        .map_err(|error| Failure::setup(format!("cannot open the heartbeat: {error}")))?;
    tokio::spawn(beat(heartbeat));
    publisher.status("starting", None).await;
    let (commands, received) = mpsc::unbounded_channel();
    tokio::spawn(watch_signals(commands.clone()));
    tokio::spawn(watch_parent(commands.clone()));
    let equip: kernel::Equip = Arc::new(equip);
    let rust_version = rust_version.await;
    tokio::spawn(control::serve(
        control,
        orders,
        commands,
        publisher.clone(),
        rust_version.clone(),
    ));
    let front =
        Front { shell, requests, stdin, lines, commands: received, publisher, rust_version };
    Kernel::new(front, equip).serve().await;
    tokio::time::sleep(LAST_WORDS).await;
    Ok(ExitCode::SUCCESS)
}

async fn beat(mut heartbeat: jupyter_zmq_client::KernelHeartbeatConnection) {
    loop {
        if heartbeat.single_heartbeat().await.is_err() {
            // A client that went away in the middle of a beat; the next one may come.
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}

/// A kernel that is asked to end by the system takes its children with it.
async fn watch_signals(commands: mpsc::UnboundedSender<Command>) {
    let opened = (
        signal(SignalKind::terminate()),
        signal(SignalKind::hangup()),
        // Ctrl-C in the terminal that runs Jupyter reaches us too; Jupyter decides what it means.
        signal(SignalKind::interrupt()),
    );
    let (Ok(mut terminate), Ok(mut hang_up), Ok(mut interrupt)) = opened else { return };
    loop {
        tokio::select! {
            _ = terminate.recv() => break,
            _ = hang_up.recv() => break,
            _ = interrupt.recv() => {}
        }
    }
    let _left = commands.send(Command::Leave);
}

/// A server that was killed cannot tell its kernels.
async fn watch_parent(commands: mpsc::UnboundedSender<Command>) {
    let parent = nix::unistd::getppid();
    if std::env::var(PARENT_VARIABLE).ok().as_deref() != Some(parent.to_string().as_str()) {
        // Started by something in between; whose end means nothing.
        return;
    }
    while nix::unistd::getppid() == parent {
        tokio::time::sleep(PARENT_INTERVAL).await;
    }
    let _left = commands.send(Command::Leave);
}
