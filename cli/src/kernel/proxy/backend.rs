//! The engine as a client sees it: evcxr_jupyter in a process of its own, on ports of its own.

use std::path::PathBuf;
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use jupyter_protocol::connection_info::Transport;
use jupyter_protocol::{ConnectionInfo, JupyterMessage};
use jupyter_zmq_client::{ClientStdinConnection, DealerSendConnection, RuntimeError};
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use crate::failure::{Failure, Result};

use super::super::engine::CONTROL_FILE;
use super::wire;

/// How long the engine may take until its sockets are there.
const CONNECT_LIMIT: Duration = Duration::from_secs(60);

/// After this long without an answer the engine is asked again.
const ASK_AGAIN: Duration = Duration::from_secs(2);

/// What the engine says.
#[derive(Debug)]
pub enum Event {
    Replied(Said),
    Published(Said),
    /// It wants a line from the user.
    Asked(Said),
}

/// A message of the engine.
#[derive(Debug)]
pub struct Said {
    pub kind: String,
    /// The request it answers.
    pub to: String,
    pub content: Value,
}

/// How to start the engine; kept to start it again.
#[derive(Clone)]
pub struct Recipe {
    pub program: PathBuf,
    pub variables: Vec<(std::ffi::OsString, Option<std::ffi::OsString>)>,
    /// Where the connection file goes.
    pub folder: PathBuf,
}

pub struct Backend {
    process: Child,
    shell: DealerSendConnection,
    replies: mpsc::UnboundedSender<Value>,
    events: mpsc::UnboundedReceiver<Event>,
}

impl Backend {
    /// Starts the engine and returns once its sockets answer; it may still be reading.
    pub async fn start(recipe: &Recipe) -> Result<Self> {
        let (connection, listeners) = connection().await?;
        let file = recipe.folder.join("engine.json");
        let content = serde_json::to_vec(&connection).map_err(trouble)?;
        crate::files::write_private(&file, &content)?;
        let mut command = Command::new(&recipe.program);
        for (name, value) in &recipe.variables {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        // A group of its own, so that whatever a cell has started ends with the engine.
        command
            .arg(CONTROL_FILE)
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .process_group(0)
            .kill_on_drop(true);
        let mut process = command.spawn().map_err(trouble)?;
        drop(listeners);
        let deadline = Instant::now() + CONNECT_LIMIT;
        loop {
            match connect(&connection).await {
                Ok((shell, stdin, events, sender)) => {
                    let (replies, waiting) = mpsc::unbounded_channel();
                    tokio::spawn(ask(stdin, waiting, sender));
                    return Ok(Self { process, shell, replies, events });
                }
                Err(error) => {
                    if let Ok(Some(status)) = process.try_wait() {
                        return Err(trouble(format!("it ended at once ({status})")));
                    }
                    if Instant::now() > deadline {
                        return Err(trouble(error));
                    }
                    tokio::time::sleep(Duration::from_millis(10)).await;
                }
            }
        }
    }

    /// Returns when the engine has read what it needs, and what it publishes is heard: what it says before
    /// the subscription has arrived is lost.
    pub async fn wait_until_ready(&mut self) -> Result<()> {
        let (mut replied, mut published) = (false, false);
        while !(replied && published) {
            self.send("kernel_info_request", serde_json::json!({})).await?;
            let patience = tokio::time::Instant::now() + ASK_AGAIN;
            while !(replied && published) {
                match tokio::time::timeout_at(patience, self.next()).await {
                    Ok(Ok(Event::Replied(_))) => replied = true,
                    Ok(Ok(Event::Published(_))) => published = true,
                    Ok(Ok(Event::Asked(_))) => {}
                    Ok(Err(status)) => {
                        let how = status.map_or("it ended".into(), |status| status.to_string());
                        return Err(trouble(how));
                    }
                    Err(_) => break,
                }
            }
        }
        Ok(())
    }

    /// Sends a request; returns the identity that answers carry.
    pub async fn send(&mut self, kind: &str, content: Value) -> Result<String> {
        let message = wire::message(kind, None, content);
        let id = message.header.msg_id.clone();
        self.shell.send(message).await.map_err(trouble)?;
        Ok(id)
    }

    /// The user's answer to what the engine asked.
    pub fn answer(&self, content: Value) {
        // An engine that is gone needs no answer.
        let _gone = self.replies.send(content);
    }

    /// The next thing the engine says, or how it ended.
    pub async fn next(&mut self) -> std::result::Result<Event, Option<ExitStatus>> {
        tokio::select! {
            biased;
            event = self.events.recv() => match event {
                Some(event) => Ok(event),
                None => Err(self.process.wait().await.ok()),
            },
            status = self.process.wait() => Err(status.ok()),
        }
    }

    /// Ends the engine and all that it and the cells have started.
    pub async fn kill(&mut self) {
        if let Some(id) = self.process.id().and_then(|id| i32::try_from(id).ok()) {
            let group = nix::unistd::Pid::from_raw(id);
            let _already_gone = nix::sys::signal::killpg(group, nix::sys::signal::SIGKILL);
        }
        let _already_gone = self.process.kill().await;
    }
}

async fn connection() -> Result<(ConnectionInfo, Vec<tokio::net::TcpListener>)> {
    let ip = std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST);
    let (ports, listeners) =
        jupyter_zmq_client::peek_ports_with_listeners(ip, 5).await.map_err(trouble)?;
    let info = ConnectionInfo {
        transport: Transport::TCP,
        ip: ip.to_string(),
        stdin_port: ports[0],
        control_port: ports[1],
        hb_port: ports[2],
        shell_port: ports[3],
        iopub_port: ports[4],
        signature_scheme: "hmac-sha256".into(),
        key: uuid::Uuid::new_v4().to_string(),
        kernel_name: None,
    };
    Ok((info, listeners))
}

type Channels = (
    DealerSendConnection,
    ClientStdinConnection,
    mpsc::UnboundedReceiver<Event>,
    mpsc::UnboundedSender<Event>,
);

async fn connect(info: &ConnectionInfo) -> std::result::Result<Channels, RuntimeError> {
    let session = uuid::Uuid::new_v4().to_string();
    let identity = jupyter_zmq_client::peer_identity_for_session(&session)?;
    let shell = jupyter_zmq_client::create_client_shell_connection_with_identity(
        info,
        &session,
        identity.clone(),
    )
    .await?;
    let stdin =
        jupyter_zmq_client::create_client_stdin_connection_with_identity(info, &session, identity)
            .await?;
    let mut iopub = jupyter_zmq_client::create_client_iopub_connection(info, "", &session).await?;
    let (shell, mut replies) = shell.split();
    let (sender, events) = mpsc::unbounded_channel();
    // Reading goes on in tasks of its own: a read that is given up half-way would lose a message.
    let published = sender.clone();
    tokio::spawn(async move {
        while let Some(said) = hear(iopub.read().await) {
            if said.is_some_and(|said| published.send(Event::Published(said)).is_err()) {
                return;
            }
        }
    });
    let replied = sender.clone();
    tokio::spawn(async move {
        while let Some(said) = hear(replies.read().await) {
            if said.is_some_and(|said| replied.send(Event::Replied(said)).is_err()) {
                return;
            }
        }
    });
    Ok((shell, stdin, events, sender))
}

/// Carries questions to the kernel and answers to the engine, which asks one at a time.
async fn ask(
    mut stdin: ClientStdinConnection,
    mut answers: mpsc::UnboundedReceiver<Value>,
    events: mpsc::UnboundedSender<Event>,
) {
    while let Some(question) = hear(stdin.read().await) {
        let Some(question) = question else { continue };
        while answers.try_recv().is_ok() {}
        if events.send(Event::Asked(question)).is_err() {
            return;
        }
        let Some(answer) = answers.recv().await else { return };
        if stdin.send(wire::message("input_reply", None, answer)).await.is_err() {
            return;
        }
    }
}

/// A message, nothing for one that does not parse, or the end.
fn hear(read: std::result::Result<JupyterMessage, RuntimeError>) -> Option<Option<Said>> {
    match read {
        Ok(message) => Some(Some(Said {
            kind: message.message_type().to_owned(),
            to: message.parent_header.map(|header| header.msg_id).unwrap_or_default(),
            content: serde_json::to_value(&message.content).unwrap_or_default(),
        })),
        Err(RuntimeError::ZmqError(_) | RuntimeError::IoError(_)) => None,
        Err(_) => Some(None),
    }
}

fn trouble(error: impl std::fmt::Display) -> Failure {
    Failure::setup(format!("cannot start the kernel's engine: {error}"))
        .fix("restart the kernel; if it fails again, run `cargo lab doctor`")
}
