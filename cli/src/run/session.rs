//! A running kernel and the sockets to talk to it.

use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{ExitStatus, Stdio};
use std::time::{Duration, Instant};

use jupyter_protocol::connection_info::Transport;
use jupyter_protocol::{
    ConnectionInfo, ExecuteRequest, ExecutionState, JupyterMessage, JupyterMessageContent,
    KernelInfoRequest, ShutdownRequest,
};
use jupyter_zmq_client::{ClientControlConnection, DealerSendConnection};
use tokio::process::{Child, Command};
use tokio::sync::mpsc;

use crate::failure::{Failure, Result};
use crate::kernel::home::{self, HOME_VARIABLE};
use crate::kernel::proxy::PARENT_VARIABLE;
use crate::kernel::spec;
use crate::workspace::{CACHE_VARIABLE, ROOT_VARIABLE, Workspace};

/// How long a kernel may take until it answers; rust-analyzer reads the standard library first.
const START_LIMIT: Duration = Duration::from_secs(120);
/// How often a kernel is started whose ports are taken, and by which words that is known.
const ATTEMPTS: usize = 3;
const PORT_TAKEN: &str = "cannot listen on port";
/// How long it may take to leave when asked to.
const LEAVE_LIMIT: Duration = Duration::from_secs(5);

/// What a kernel says, on either channel.
pub enum Event {
    /// Output and status.
    Published(JupyterMessage),
    /// A reply to a request.
    Replied(JupyterMessage),
}

pub struct Session {
    process: Child,
    shell: DealerSendConnection,
    control: ClientControlConnection,
    events: mpsc::UnboundedReceiver<Event>,
    folder: tempfile::TempDir,
    /// The kernel's own folder.
    home: PathBuf,
    spawned: Instant,
    /// How long it took to reply for the first time.
    answered_after: Duration,
}

impl Session {
    /// Starts the kernel a notebook asks for, in the notebook's folder.
    pub async fn start(workspace: &Workspace, kernel: Option<&str>, cwd: &Path) -> Result<Self> {
        let mut attempt = 1;
        loop {
            let home = home::new_folder(workspace);
            let command = async |connection: &Path| {
                let mut command = launch_command(workspace, kernel, connection).await?;
                command.current_dir(cwd).env(HOME_VARIABLE, &home);
                Ok(command)
            };
            match Self::launch(home.clone(), command).await {
                // Another program took a port between our choice and the kernel's start.
                Err(failure) if attempt < ATTEMPTS && failure.what().contains(PORT_TAKEN) => {
                    attempt += 1;
                }
                outcome => return outcome,
            }
        }
    }

    /// Starts any kernel, by the command for a connection file. What is in `home` is removed at the end.
    pub async fn launch(
        home: PathBuf,
        command: impl AsyncFnOnce(&Path) -> Result<Command>,
    ) -> Result<Self> {
        let folder = tempfile::Builder::new()
            .prefix("latentlab-run-")
            .tempdir()
            .map_err(|error| Failure::io("write", &std::env::temp_dir(), &error))?;
        let (connection, listeners) = connection().await?;
        let file = folder.path().join("connection.json");
        let content = serde_json::to_vec(&connection).map_err(trouble)?;
        crate::files::write_whole(&file, &content)?;
        let mut command = command(&file).await?;
        let log = folder.path().join("kernel.log");
        let log_file =
            std::fs::File::create(&log).map_err(|error| Failure::io("write", &log, &error))?;
        command
            .env(PARENT_VARIABLE, std::process::id().to_string())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log_file)
            .process_group(0)
            .kill_on_drop(true);
        let spawned = Instant::now();
        let mut process = command.spawn().map_err(trouble)?;
        // The ports were ours so that nobody else takes them; from here on they are the kernel's.
        drop(listeners);
        let deadline = Instant::now() + START_LIMIT;
        let (shell, control, events) = loop {
            match connect(&connection).await {
                Ok(channels) => break channels,
                Err(_) if Instant::now() < deadline => {
                    if let Ok(Some(status)) = process.try_wait() {
                        return Err(not_started(status, &log));
                    }
                    tokio::time::sleep(Duration::from_millis(20)).await;
                }
                Err(error) => return Err(trouble(error)),
            }
        };
        let answered_after = Duration::ZERO;
        let mut session =
            Self { process, shell, control, events, folder, home, spawned, answered_after };
        session.wait_until_ready(deadline).await?;
        Ok(session)
    }

    /// Like [`Self::start`], and waits until a cell would run at once: our kernel answers earlier than
    /// that, and what a cell takes should not include it.
    pub async fn start_ready(
        workspace: &Workspace,
        kernel: Option<&str>,
        cwd: &Path,
    ) -> Result<Self> {
        let mut session = Self::start(workspace, kernel, cwd).await?;
        if kernel.unwrap_or(spec::NAME) == spec::NAME {
            session.wait_for_the_engine(Instant::now() + START_LIMIT).await?;
        }
        Ok(session)
    }

    async fn wait_for_the_engine(&mut self, deadline: Instant) -> Result<()> {
        let request = ExecuteRequest { silent: true, store_history: false, ..request(":version") };
        let message: JupyterMessage = request.into();
        let id = message.header.msg_id.clone();
        self.shell.send(message).await.map_err(trouble)?;
        loop {
            match tokio::time::timeout_at(deadline.into(), self.next()).await {
                Ok(Some(Event::Replied(message)))
                    if message.parent_header.as_ref().is_some_and(|parent| parent.msg_id == id) =>
                {
                    return Ok(());
                }
                Ok(Some(_)) => {}
                Ok(None) => return Err(self.died().await),
                Err(_) => return Err(self.no_answer()),
            }
        }
    }

    /// Asks for the kernel's description until both channels answer: what is published before the
    /// subscription has arrived is lost.
    async fn wait_until_ready(&mut self, deadline: Instant) -> Result<()> {
        let mut published = false;
        let mut replied = false;
        while !(published && replied) {
            let request: JupyterMessage = KernelInfoRequest {}.into();
            self.shell.send(request).await.map_err(trouble)?;
            let patience = tokio::time::sleep(Duration::from_secs(2));
            tokio::pin!(patience);
            while !(published && replied) {
                tokio::select! {
                    event = self.events.recv() => match event {
                        Some(Event::Published(_)) => published = true,
                        Some(Event::Replied(_)) => {
                            if !replied {
                                self.answered_after = self.spawned.elapsed();
                            }
                            replied = true;
                        }
                        None => return Err(self.died().await),
                    },
                    status = self.process.wait() => {
                        let status = status.map_err(trouble)?;
                        return Err(not_started(status, &self.log()));
                    }
                    () = &mut patience => break,
                }
            }
            if Instant::now() > deadline {
                return Err(self.no_answer());
            }
        }
        Ok(())
    }

    /// Sends code to run; returns the identity its outputs will carry.
    pub async fn execute(&mut self, code: &str) -> Result<String> {
        let message: JupyterMessage = request(code).into();
        let id = message.header.msg_id.clone();
        self.shell.send(message).await.map_err(trouble)?;
        Ok(id)
    }

    /// The next thing the kernel says, or nothing once it has ended.
    pub async fn next(&mut self) -> Option<Event> {
        tokio::select! {
            biased;
            event = self.events.recv() => event,
            _ = self.process.wait() => None,
        }
    }

    /// Why the kernel is gone, in its own last words.
    pub async fn died(&mut self) -> Failure {
        let status = self.process.wait().await.ok();
        let how = match status.and_then(|status| status.signal()) {
            Some(9) => "it was killed (often: the machine ran out of memory)".to_owned(),
            Some(signal) => format!("it was ended by signal {signal}"),
            None => format!("it ended with code {:?}", status.and_then(|status| status.code())),
        };
        Failure::setup(format!("the kernel is gone: {how}; it said: {}", last_lines(&self.log())))
    }

    fn no_answer(&self) -> Failure {
        Failure::setup(format!(
            "the kernel did not answer within {} s; it said: {}",
            START_LIMIT.as_secs(),
            last_lines(&self.log())
        ))
    }

    /// When the kernel's first process was started.
    pub fn spawned(&self) -> Instant {
        self.spawned
    }

    /// How long the kernel took, from its start, to reply to its first request.
    pub fn answered_after(&self) -> Duration {
        self.answered_after
    }

    /// The kernel's first process, while it runs.
    pub fn process(&self) -> Option<u32> {
        self.process.id()
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("kernel.log")
    }

    /// Asks the kernel to leave; ends whatever is left of it.
    pub async fn stop(mut self) {
        let request: JupyterMessage = ShutdownRequest { restart: false }.into();
        if self.control.send(request).await.is_ok() {
            let _late = tokio::time::timeout(LEAVE_LIMIT, self.process.wait()).await;
        }
        self.kill().await;
    }

    /// Ends the kernel and its children, whatever they are doing.
    pub async fn kill(&mut self) {
        // A kernel that is asked ends what the cells have started, too.
        self.signal_group(nix::sys::signal::SIGTERM);
        let _late = tokio::time::timeout(LEAVE_LIMIT, self.process.wait()).await;
        self.signal_group(nix::sys::signal::SIGKILL);
        let _already_gone = self.process.kill().await;
        // A kernel that is killed cannot clean up after itself.
        home::remove(&self.home);
    }

    fn signal_group(&self, signal: nix::sys::signal::Signal) {
        if let Some(id) = self.process.id() {
            let group = nix::unistd::Pid::from_raw(id as i32);
            let _already_gone = nix::sys::signal::killpg(group, signal);
        }
    }
}

impl Drop for Session {
    /// A session that is given up in the middle of something ends its kernel too.
    fn drop(&mut self) {
        self.signal_group(nix::sys::signal::SIGTERM);
        home::remove(&self.home);
    }
}

fn request(code: &str) -> ExecuteRequest {
    ExecuteRequest {
        code: code.to_owned(),
        silent: false,
        store_history: true,
        user_expressions: None,
        allow_stdin: false,
        stop_on_error: true,
    }
}

/// Our own kernel is started as its kernelspec says; others are looked up where Jupyter keeps them.
async fn launch_command(
    workspace: &Workspace,
    kernel: Option<&str>,
    connection: &Path,
) -> Result<Command> {
    let name = kernel.unwrap_or(spec::NAME);
    if name == spec::NAME {
        let this = std::env::current_exe().map_err(trouble)?;
        let mut command = Command::new(this);
        command
            .args(["kernel", "start", "-f"])
            .arg(connection)
            .env(ROOT_VARIABLE, workspace.root())
            .env(CACHE_VARIABLE, workspace.cache());
        // Relative to where the user is, not to the notebook.
        if let Some(data) = std::env::var_os("LATENTLAB_DATA").filter(|value| !value.is_empty()) {
            command.env("LATENTLAB_DATA", super::absolute(Path::new(&data)));
        }
        return Ok(command);
    }
    let found = jupyter_zmq_client::find_kernelspec_with_jupyter_paths(name).await;
    let directory = found.map_err(|error| {
        Failure::usage(format!("the notebook asks for the kernel `{name}`: {error}"))
            .fix(format!("choose the kernel `{}` in the notebook, or install `{name}`", spec::NAME))
    })?;
    directory.command(connection, None, None).map_err(trouble)
}

type Listeners = Vec<tokio::net::TcpListener>;

async fn connection() -> Result<(ConnectionInfo, Listeners)> {
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
        kernel_name: Some(spec::NAME.into()),
    };
    Ok((info, listeners))
}

type Channels = (DealerSendConnection, ClientControlConnection, mpsc::UnboundedReceiver<Event>);

async fn connect(info: &ConnectionInfo) -> Result<Channels, jupyter_zmq_client::RuntimeError> {
    let session = uuid::Uuid::new_v4().to_string();
    let identity = jupyter_zmq_client::peer_identity_for_session(&session)?;
    let shell =
        jupyter_zmq_client::create_client_shell_connection_with_identity(info, &session, identity)
            .await?;
    let control = jupyter_zmq_client::create_client_control_connection(info, &session).await?;
    let mut iopub = jupyter_zmq_client::create_client_iopub_connection(info, "", &session).await?;
    let (shell, mut replies) = shell.split();
    let (sender, events) = mpsc::unbounded_channel();
    let published = sender.clone();
    // Reading goes on in tasks of its own: a read that is given up half-way would lose a message. A
    // message that does not parse is the kernel's mistake, and no reason to stop listening.
    tokio::spawn(async move {
        loop {
            let goes_on = match iopub.read().await {
                Ok(message) => published.send(Event::Published(message)).is_ok(),
                Err(error) => !is_closed(&error),
            };
            if !goes_on {
                break;
            }
        }
    });
    tokio::spawn(async move {
        loop {
            let goes_on = match replies.read().await {
                Ok(message) => sender.send(Event::Replied(message)).is_ok(),
                Err(error) => !is_closed(&error),
            };
            if !goes_on {
                break;
            }
        }
    });
    Ok((shell, control, events))
}

fn is_closed(error: &jupyter_zmq_client::RuntimeError) -> bool {
    matches!(
        error,
        jupyter_zmq_client::RuntimeError::ZmqError(_)
            | jupyter_zmq_client::RuntimeError::IoError(_)
    )
}

/// Whether a message says that the kernel has finished a request.
pub fn is_idle(content: &JupyterMessageContent) -> bool {
    matches!(content, JupyterMessageContent::Status(status) if status.execution_state == ExecutionState::Idle)
}

fn not_started(status: ExitStatus, log: &Path) -> Failure {
    Failure::setup(format!("the kernel ended at once ({status}): {}", last_lines(log)))
        .fix("run `cargo lab doctor`")
}

fn last_lines(log: &Path) -> String {
    let bytes = std::fs::read(log).unwrap_or_default();
    let text = String::from_utf8_lossy(&bytes);
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).collect();
    match lines.len() {
        0 => "nothing".into(),
        count => lines[count.saturating_sub(4)..].join(" | "),
    }
}

fn trouble(error: impl std::fmt::Display) -> Failure {
    Failure::setup(format!("cannot talk to the kernel: {error}"))
}
