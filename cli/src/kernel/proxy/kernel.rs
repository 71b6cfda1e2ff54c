//! The kernel as Jupyter sees it: takes requests one after the other, has the engine run the cells, and
//! shows what comes of them.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use crate::failure::{Failure, Result};

use super::super::frame::Frame;
use super::super::home::KernelHome;
use super::super::interrupt::Interrupt;
use super::backend::{Backend, Event, Recipe};
use super::ending::{self, Death, Shown};
use super::history::History;
use super::link::Link;
use super::page::Page;
use super::publisher::Publisher;
use super::run::{Ending, Run, engine_error};
use super::stream::Name;
use super::variables::{self, Variables};
use super::wire::{self, Replies, Request, error_content};
use super::{completeness, info, memory, place};

/// Text is gathered for this long before it is shown.
const GATHER: Duration = Duration::from_millis(30);
/// The report of a crash takes longer to come, and becomes part of the error.
const GATHER_REPORT: Duration = Duration::from_millis(400);
/// How long the relay may take to say what it still knows.
const ECHO_LIMIT: Duration = Duration::from_secs(2);
/// How long requests that were sent together may take to arrive, when an error is to stop them all.
const STRAGGLERS: Duration = Duration::from_millis(20);
/// How often an engine is started that does not come.
const ATTEMPTS: usize = 3;
/// How long something half-started may hold up the end.
const LEAVE_LIMIT: Duration = Duration::from_secs(3);
/// How long the engine may take for a question that it answers from memory.
const QUESTION_LIMIT: Duration = Duration::from_secs(10);

/// What the control channel asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Command {
    Interrupt,
    Leave,
}

/// The channels to the clients.
pub struct Front {
    pub shell: Replies,
    pub requests: mpsc::UnboundedReceiver<Request>,
    pub stdin: Replies,
    pub lines: mpsc::UnboundedReceiver<Request>,
    pub commands: mpsc::UnboundedReceiver<Command>,
    pub publisher: Publisher,
    pub rust_version: String,
}

/// What a kernel needs to have an engine.
pub struct Equipment {
    /// The kernel's folder, which goes with it.
    pub home: KernelHome,
    pub recipe: Recipe,
    pub link: Link,
    pub interrupt: Interrupt,
    /// Code that makes the engine read the library before anybody needs it.
    pub warm_up: Option<String>,
}

/// Makes the equipment; again, if it has failed.
pub type Equip = Arc<dyn Fn() -> Result<Equipment> + Send + Sync>;

enum Engine {
    Equipping(JoinHandle<Result<Equipment>>),
    Starting(oneshot::Receiver<Result<Backend>>),
    Ready(Box<Backend>),
    /// Held by what is running.
    Busy,
    Missing(Failure),
}

/// What the engine was waited for.
enum Step {
    Equipped(Result<Equipment>),
    Started(Result<Backend>),
}

pub struct Kernel {
    front: Front,
    equip: Equip,
    home: Option<KernelHome>,
    recipe: Option<Recipe>,
    link: Option<Link>,
    interrupt: Option<Interrupt>,
    warm_up: Option<String>,
    engine: Engine,
    waiting: VecDeque<Request>,
    page: Page,
    history: History,
    variables: Variables,
    /// The number of the last cell.
    count: usize,
    /// The cells' process, while there is one.
    runtime: Option<i32>,
    gathered: Option<Instant>,
    /// How long the report of a crash is waited for.
    reporting: Option<Instant>,
    /// How the cells' process ended while no cell was running.
    died_idle: Option<Death>,
    /// The engine is still at a cell that no user wrote.
    fresh: bool,
    /// The engine has compiled a `?`.
    has_seen_a_question_mark: bool,
    leaving: bool,
}

impl Kernel {
    pub fn new(front: Front, equip: Equip) -> Self {
        let page = Page::new(front.publisher.clone());
        let engine = prepare(&equip);
        Self {
            front,
            equip,
            home: None,
            recipe: None,
            link: None,
            interrupt: None,
            warm_up: None,
            engine,
            waiting: VecDeque::new(),
            page,
            history: History::default(),
            variables: Variables::default(),
            count: 0,
            runtime: None,
            gathered: None,
            reporting: None,
            died_idle: None,
            fresh: true,
            has_seen_a_question_mark: false,
            leaving: false,
        }
    }

    /// Serves until it is told to leave.
    pub async fn serve(mut self) {
        while !self.leaving {
            if let Some(request) = self.waiting.pop_front() {
                self.answer(request).await;
                continue;
            }
            let gathered = self.gathered;
            tokio::select! {
                biased;
                command = self.front.commands.recv() => {
                    // With nothing running there is nothing to interrupt.
                    self.leaving = matches!(command, Some(Command::Leave) | None);
                }
                request = self.front.requests.recv() => match request {
                    Some(request) => self.waiting.push_back(request),
                    None => self.leaving = true,
                },
                frame = next_frame(&mut self.link) => {
                    // The engine notices only when it wants to run the next cell.
                    let mut idle = Run::default();
                    self.on_frame_of(&mut idle, frame).await;
                    self.died_idle = idle.death.or(self.died_idle);
                }
                () = sleep_until(gathered.unwrap_or_else(Instant::now)), if gathered.is_some() => {
                    self.show_gathered().await;
                }
                step = next_step(&mut self.engine) => {
                    self.take_step(step);
                    self.warm_up().await;
                }
            }
        }
        self.leave().await;
    }

    /// Ends what was started, and removes its folder.
    async fn leave(mut self) {
        if let Engine::Starting(receiver) = &mut self.engine
            && let Ok(Ok(Ok(backend))) = timeout(LEAVE_LIMIT, receiver).await
        {
            self.engine = Engine::Ready(Box::new(backend));
        }
        if let Engine::Equipping(equipping) = &mut self.engine
            && let Ok(Ok(Ok(equipment))) = timeout(LEAVE_LIMIT, equipping).await
        {
            self.home = Some(equipment.home);
        }
        if let Engine::Ready(backend) = &mut self.engine {
            backend.kill().await;
        }
        drop(self.home.take());
    }

    fn take_step(&mut self, step: Step) {
        self.engine = match step {
            Step::Equipped(Ok(equipment)) => {
                let engine = start(&equipment.recipe);
                self.home = Some(equipment.home);
                self.recipe = Some(equipment.recipe);
                self.link = Some(equipment.link);
                self.interrupt = Some(equipment.interrupt);
                self.warm_up = equipment.warm_up;
                engine
            }
            Step::Started(Ok(backend)) => Engine::Ready(Box::new(backend)),
            Step::Equipped(Err(failure)) | Step::Started(Err(failure)) => Engine::Missing(failure),
        };
    }

    /// Another attempt, after the engine has gone or did not come.
    fn start_again(&mut self) {
        self.fresh = true;
        self.has_seen_a_question_mark = false;
        self.engine = match &self.recipe {
            Some(recipe) => start(recipe),
            None => prepare(&self.equip),
        };
    }

    /// Has the engine look at the library, as soon as nobody waits for anything else.
    async fn warm_up(&mut self) {
        if !self.waiting.is_empty() || !self.front.requests.is_empty() {
            return;
        }
        if let Engine::Ready(backend) = &mut self.engine
            && let Some(code) = self.warm_up.take()
        {
            let request = json!({ "code": code, "cursor_pos": code.chars().count() });
            // The answer is of no interest, and an engine that fails shows it at the first cell.
            let _asked = backend.send("complete_request", request).await;
        }
    }

    async fn answer(&mut self, request: Request) {
        self.front.publisher.status("busy", Some(&request.header)).await;
        let reply = match request.kind() {
            "kernel_info_request" => Some(info::content(&self.front.rust_version)),
            "execute_request" => Some(self.execute(&request).await),
            "complete_request" => Some(self.consult(&request, no_completions(&request)).await),
            "inspect_request" => {
                let nothing = json!({ "status": "ok", "found": false, "data": {}, "metadata": {} });
                let mut request = request.clone();
                request.content["cursor_pos"] = json!(end_of_name(&request));
                Some(self.consult(&request, nothing).await)
            }
            "is_complete_request" => Some(completeness::reply(request.text("code"))),
            "history_request" => Some(self.history.reply(&request)),
            "comm_info_request" => Some(json!({ "status": "ok", "comms": {} })),
            "connect_request" => Some(json!({ "status": "ok" })),
            "comm_open" => {
                let content = json!({ "comm_id": request.text("comm_id"), "data": {} });
                self.front.publisher.publish("comm_close", Some(&request.header), content).await;
                None
            }
            "comm_msg" | "comm_close" => None,
            "shutdown_request" => {
                self.leaving = true;
                Some(json!({ "status": "ok", "restart": request.flag("restart", false) }))
            }
            kind => {
                eprintln!("a request of the unknown kind {kind} was left unanswered");
                None
            }
        };
        if let Some(content) = reply {
            self.reply(&request, content).await;
        }
        self.front.publisher.status("idle", Some(&request.header)).await;
    }

    async fn reply(&mut self, request: &Request, content: Value) {
        if let Err(error) = self.front.shell.send(request.reply(content)).await {
            eprintln!("a reply could not be sent: {error}");
        }
    }

    async fn execute(&mut self, request: &Request) -> Value {
        let code = request.text("code").to_owned();
        let silent = request.flag("silent", false);
        let stored = request.flag("store_history", !silent) && !silent;
        if stored && !code.trim().is_empty() {
            self.count += 1;
            self.history.add(self.count, &code);
        }
        self.page.begin(&request.header, self.count, silent);
        if !silent {
            let content = json!({ "code": code, "execution_count": self.count });
            self.front.publisher.publish("execute_input", Some(&request.header), content).await;
        }
        let shown = match code.trim().is_empty() {
            true => None,
            false => self.run(&code, request).await,
        };
        self.page.flush().await;
        self.gathered = None;
        let Some(shown) = shown else {
            return json!({
                "status": "ok",
                "execution_count": self.count,
                "payload": [],
                "user_expressions": refused_expressions(&request.content),
            });
        };
        self.page.error(&shown.name, &shown.value, &shown.traceback).await;
        if request.flag("stop_on_error", true) {
            self.abort_waiting().await;
        }
        let mut content = error_content(&shown.name, &shown.value, &shown.traceback);
        content["execution_count"] = json!(self.count);
        content
    }

    /// Cells that were sent together with one that failed are not run.
    async fn abort_waiting(&mut self) {
        let deadline = Instant::now() + STRAGGLERS;
        while let Ok(Some(request)) = timeout_at(deadline, self.front.requests.recv()).await {
            self.waiting.push_back(request);
        }
        for request in std::mem::take(&mut self.waiting) {
            if request.kind() != "execute_request" {
                self.waiting.push_back(request);
                continue;
            }
            self.front.publisher.status("busy", Some(&request.header)).await;
            // Without a count, or the page would show one for a cell that has not run.
            self.reply(&request, json!({ "status": "aborted" })).await;
            self.front.publisher.status("idle", Some(&request.header)).await;
        }
    }

    /// Runs a cell; says what went wrong, if anything did.
    async fn run(&mut self, code: &str, request: &Request) -> Option<Shown> {
        let mut backend = match self.engine_for_a_cell().await {
            Ok(Some(backend)) => backend,
            Ok(None) => return Some(ending::interrupted(false)),
            Err(shown) => return Some(shown),
        };
        self.warm_up = None;
        self.forget_the_past().await;
        if code.contains('?') && !self.has_seen_a_question_mark {
            self.show_a_question_mark(&mut backend).await;
        }
        if let Some(interrupt) = &self.interrupt {
            interrupt.clear();
        }
        let code = if variables::is_asked_for(code) && self.knows_the_library() {
            self.variables.table_cell()
        } else {
            code.to_owned()
        };
        let kills_before = memory::kills();
        let content = json!({
            "code": code, "silent": false, "store_history": true, "user_expressions": {},
            "allow_stdin": request.flag("allow_stdin", false), "stop_on_error": true,
        });
        let mut run = Run { death: self.died_idle.take(), ..Run::default() };
        match backend.send("execute_request", content).await {
            Ok(id) => run.id = id,
            Err(_) => run.engine_gone = true,
        }
        self.watch(&mut backend, &mut run, request).await;
        if self.leaving {
            backend.kill().await;
            return Some(ending::interrupted(false));
        }
        self.hear_the_rest(&mut run).await;
        if matches!(run.death, Some(Death::Signal(9))) && kills_before < memory::kills() {
            run.death = Some(Death::OutOfMemory);
        }
        self.conclude(backend, run).await
    }

    /// The engine, as soon as there is one; nothing if the user does not want to wait.
    async fn engine_for_a_cell(&mut self) -> Result<Option<Backend>, Shown> {
        while matches!(self.engine, Engine::Equipping(_) | Engine::Starting(_)) {
            tokio::select! {
                step = next_step(&mut self.engine) => self.take_step(step),
                command = self.front.commands.recv() => {
                    self.leaving |= command != Some(Command::Interrupt);
                    return Ok(None);
                }
            }
        }
        match std::mem::replace(&mut self.engine, Engine::Busy) {
            Engine::Ready(backend) => Ok(Some(*backend)),
            Engine::Missing(failure) => {
                let fix = failure.remedy().unwrap_or("restart the kernel").to_owned();
                let shown =
                    Shown::new("KernelError", failure.what(), &[format!("What to do: {fix}.")]);
                // The next cell is another chance.
                self.start_again();
                Err(shown)
            }
            Engine::Equipping(_) | Engine::Starting(_) | Engine::Busy => Ok(None),
        }
    }

    /// evcxr takes a cell's first `?` for an error, and learns from it that cells may hold some. In the line that a cell shows it would
    /// draw another conclusion as well, that the value has no display, and show it as Rust's debug text.
    async fn show_a_question_mark(&mut self, backend: &mut Backend) {
        self.has_seen_a_question_mark = true;
        self.fresh = true;
        let _learnt = unheard(backend, "Ok::<(), std::fmt::Error>(())?;").await;
        self.forget_the_past().await;
    }

    /// An engine that has just started has run a cell of its own; what came of it is nobody's business.
    async fn forget_the_past(&mut self) {
        let deadline = Instant::now() + ECHO_LIMIT;
        while self.fresh {
            match timeout_at(deadline, next_frame(&mut self.link)).await {
                Ok(frame) => self.on_frame(frame).await,
                Err(_) => self.fresh = false,
            }
        }
    }

    /// Follows a cell to its end.
    async fn watch(&mut self, backend: &mut Backend, run: &mut Run, request: &Request) {
        while !run.is_over() && !self.leaving {
            let gathered = self.gathered;
            let patience = run.patience();
            tokio::select! {
                frame = next_frame(&mut self.link) => {
                    self.on_frame_of(run, frame).await;
                    if run.death.is_some() {
                        take_back_question(backend, run);
                    }
                }
                event = backend.next() => match event {
                    Ok(event) => self.on_engine(event, run, request).await,
                    Err(_) => run.engine_gone = true,
                },
                command = self.front.commands.recv() => match command {
                    Some(Command::Interrupt) => {
                        self.interrupt(run);
                        take_back_question(backend, run);
                    }
                    Some(Command::Leave) | None => self.leaving = true,
                },
                line = self.front.lines.recv() => if let Some(line) = line {
                    run.questioned = false;
                    backend.answer(line.content);
                },
                () = sleep_until(gathered.unwrap_or_else(Instant::now)), if gathered.is_some() => {
                    self.show_gathered().await;
                }
                () = sleep_until(patience.unwrap_or_else(Instant::now)), if patience.is_some() => {
                    if self.is_heard() {
                        // It will end; only a second press ends the patience.
                        run.asked = run.asked.map(|_| Instant::now());
                    } else {
                        self.kill_cells(run);
                    }
                }
            }
        }
    }

    /// The first press asks, the second does not.
    fn interrupt(&mut self, run: &mut Run) {
        let asked = self.interrupt.as_ref().map(Interrupt::ask);
        if run.asked.is_some() || !matches!(asked, Some(Ok(()))) {
            self.kill_cells(run);
        }
        run.asked.get_or_insert_with(Instant::now);
    }

    fn is_heard(&self) -> bool {
        self.interrupt.as_ref().is_some_and(Interrupt::is_heard)
    }

    fn kill_cells(&mut self, run: &mut Run) {
        if let Some(process) = self.runtime.take() {
            run.killed = true;
            let process = nix::unistd::Pid::from_raw(process);
            let _already_gone = nix::sys::signal::kill(process, nix::sys::signal::SIGKILL);
        }
    }

    async fn on_engine(&mut self, event: Event, run: &mut Run, request: &Request) {
        match event {
            Event::Replied(said) if said.to == run.id => run.replied = true,
            Event::Published(said) if said.to == run.id => match said.kind.as_str() {
                "status" => run.idle |= said.content["execution_state"] == "idle",
                "error" => run.errors.push(engine_error(&said.content, self.count)),
                "execute_result" => self.page.result(said.content["data"].clone()).await,
                "stream" => {
                    let name = match said.content["name"].as_str() {
                        Some("stderr") => Name::Stderr,
                        _ => Name::Stdout,
                    };
                    let text = said.content["text"].as_str().unwrap_or_default().to_owned();
                    self.page.text(name, text.as_bytes()).await;
                    self.gather();
                }
                _ => {}
            },
            Event::Asked(question) => {
                run.questioned = true;
                self.page.flush().await;
                let mut message =
                    wire::message("input_request", Some(&request.header), question.content);
                message.zmq_identities.clone_from(&request.route);
                if let Err(error) = self.front.stdin.send(message).await {
                    eprintln!("a question could not be sent: {error}");
                }
            }
            _ => {}
        }
    }

    /// Notes and shows what a frame says. The end of a process that was killed from here is no news, and
    /// may be told when the next cell is running.
    async fn on_frame_of(&mut self, run: &mut Run, frame: Frame) {
        let is_known = matches!(frame, Frame::Ended { .. }) && self.runtime.is_none();
        if !is_known {
            run.note(&frame);
        }
        self.on_frame(frame).await;
    }

    async fn on_frame(&mut self, frame: Frame) {
        match frame {
            Frame::Complete if self.fresh => self.fresh = false,
            Frame::Stdout(_) | Frame::Stderr(_) | Frame::Message { .. } | Frame::Content { .. }
                if self.fresh => {}
            Frame::Hello { process } => self.runtime = Some(process),
            Frame::Ended { .. } => {
                self.runtime = None;
                self.page.take_back(ending::crash_report_start);
            }
            Frame::Stdout(bytes) => self.page.text(Name::Stdout, &bytes).await,
            Frame::Stderr(bytes) => self.page.text(Name::Stderr, &bytes).await,
            Frame::Message { kind, payload } => self.page.message(&kind, &payload).await,
            Frame::Content { mime, text } => self.page.content(mime, &text).await,
            Frame::Complete => self.page.settle(true).await,
            Frame::Panicked => self.page.take_back(ending::panic_report_start),
            Frame::LeftByError => self.page.take_back(ending::last_paragraph_start),
            Frame::Started | Frame::Echo => {}
        }
        self.gather();
    }

    fn gather(&mut self) {
        if !self.page.waits() {
            self.gathered = None;
        } else if self.gathered.is_none() {
            self.gathered = Some(Instant::now() + GATHER);
        }
    }

    async fn show_gathered(&mut self) {
        let now = Instant::now();
        let patience = *self.reporting.get_or_insert(now + GATHER_REPORT);
        if self.page.reports_a_crash() && now < patience {
            self.gathered = Some(now + GATHER);
            return;
        }
        self.reporting = None;
        self.gathered = None;
        self.page.tick().await;
    }

    /// What the relay knew before the engine replied may come after the reply.
    async fn hear_the_rest(&mut self, run: &mut Run) {
        let deadline = Instant::now() + ECHO_LIMIT;
        while let Some(frame) = self.link.as_mut().and_then(Link::at_hand) {
            self.on_frame_of(run, frame).await;
        }
        if let Some(link) = &mut self.link {
            link.ask_for_echo();
        }
        while let Some(link) = &mut self.link
            && let Ok(Some(frame)) = timeout_at(deadline, link.next_of_this_relay()).await
            && frame != Frame::Echo
        {
            self.on_frame_of(run, frame).await;
        }
    }

    /// Puts the engine back, sees what became of the variables, and words the end.
    async fn conclude(&mut self, mut backend: Backend, run: Run) -> Option<Shown> {
        let heard = self.is_heard();
        let said = self.page.said();
        let before = std::mem::take(&mut self.variables);
        let ending = run.ending();
        if matches!(ending, Ending::EngineGone) {
            backend.kill().await;
            self.start_again();
        } else {
            match ask_for_variables(&mut backend).await {
                Some(now) => self.variables = now,
                None => self.variables.clone_from(&before),
            }
            self.engine = Engine::Ready(Box::new(backend));
        }
        let lost = before.lost(&self.variables);
        match ending {
            Ending::Well => None,
            Ending::Refused(shown) => Some(shown),
            Ending::Interrupted => Some(ending::interrupted(heard)),
            Ending::KilledByInterrupt => Some(ending::killed_by_interrupt(&lost)),
            Ending::Died(death) => Some(ending::death(death, &said, &lost)),
            Ending::EngineGone => Some(ending::engine_gone(&lost)),
            Ending::LeftByError => Some(ending::left_by_error(&said, &lost)),
            Ending::Panicked => {
                let cells = self.history.cells();
                let home = self.home.as_ref();
                let place =
                    home.and_then(|home| place::of_panic(&said, &home.cell_crate(), &cells));
                Some(ending::panic(&said, place.as_ref(), &lost))
            }
        }
    }

    /// Whether cells can name the library's types.
    fn knows_the_library(&self) -> bool {
        let manifest = self.home.as_ref().map(|home| home.cell_crate().join("Cargo.toml"));
        !self.variables.is_empty()
            && manifest
                .and_then(|path| std::fs::read_to_string(path).ok())
                .is_some_and(|text| text.lines().any(|line| line.starts_with("latentlab =")))
    }

    /// Passes a question on to the engine.
    async fn consult(&mut self, request: &Request, otherwise: Value) -> Value {
        let Ok(Some(mut backend)) = self.engine_for_a_cell().await else { return otherwise };
        let answer = question(&mut backend, request.kind(), request.content.clone());
        let answer = tokio::select! {
            answer = answer => answer,
            command = self.front.commands.recv() => {
                self.leaving |= command != Some(Command::Interrupt);
                None
            }
        };
        self.engine = Engine::Ready(Box::new(backend));
        answer.filter(|content| content["status"] == "ok").unwrap_or(otherwise)
    }
}

/// Lets the engine go on that waits for a line nobody is going to type: until then it hears nothing else.
fn take_back_question(backend: &Backend, run: &mut Run) {
    if std::mem::take(&mut run.questioned) {
        backend.answer(json!({ "value": "" }));
    }
}

fn start(recipe: &Recipe) -> Engine {
    let (sender, receiver) = oneshot::channel();
    let recipe = recipe.clone();
    tokio::spawn(async move {
        // Another program may take one of the engine's ports before the engine does.
        let mut started = start_once(&recipe).await;
        for _ in 1..ATTEMPTS {
            if started.is_ok() || sender.is_closed() {
                break;
            }
            started = start_once(&recipe).await;
        }
        // A kernel that has left in the meantime drops the engine, which ends it.
        let _left = sender.send(started);
    });
    Engine::Starting(receiver)
}

async fn start_once(recipe: &Recipe) -> Result<Backend> {
    let mut backend = Backend::start(recipe).await?;
    backend.wait_until_ready().await?;
    Ok(backend)
}

/// Makes the equipment beside what else goes on.
fn prepare(equip: &Equip) -> Engine {
    let equip = Arc::clone(equip);
    Engine::Equipping(tokio::task::spawn_blocking(move || equip()))
}

/// Waits for the next step towards an engine; for ever if none is under way.
async fn next_step(engine: &mut Engine) -> Step {
    let lost = || Failure::setup("the kernel's engine did not start");
    match engine {
        Engine::Equipping(equipping) => {
            Step::Equipped(equipping.await.unwrap_or_else(|_| Err(lost())))
        }
        Engine::Starting(receiver) => Step::Started(receiver.await.unwrap_or_else(|_| Err(lost()))),
        _ => std::future::pending().await,
    }
}

/// What comes over the line; for ever nothing while there is none.
async fn next_frame(link: &mut Option<Link>) -> Frame {
    match link {
        Some(link) => match link.next().await {
            Some(frame) => frame,
            None => std::future::pending().await,
        },
        None => std::future::pending().await,
    }
}

/// The engine's answer to a question that changes nothing.
async fn question(backend: &mut Backend, kind: &str, content: Value) -> Option<Value> {
    let id = backend.send(kind, content).await.ok()?;
    loop {
        if let Event::Replied(said) = backend.next().await.ok()?
            && said.to == id
        {
            return Some(said.content);
        }
    }
}

/// evcxr's own list of variables and types.
async fn ask_for_variables(backend: &mut Backend) -> Option<Variables> {
    Some(Variables::from_data(&unheard(backend, ":vars").await?))
}

/// Runs code that is no cell of the notebook; what it evaluates to.
async fn unheard(backend: &mut Backend, code: &str) -> Option<Value> {
    let content = json!({
        "code": code, "silent": true, "store_history": false, "user_expressions": {},
        "allow_stdin": false, "stop_on_error": false,
    });
    let id = backend.send("execute_request", content).await.ok()?;
    let asking = async {
        let mut data = Value::Null;
        let (mut replied, mut idle) = (false, false);
        while !(replied && idle) {
            match backend.next().await.ok()? {
                Event::Replied(said) if said.to == id => replied = true,
                Event::Published(said) if said.to == id => match said.kind.as_str() {
                    "execute_result" => data = said.content["data"].clone(),
                    "status" => idle |= said.content["execution_state"] == "idle",
                    _ => {}
                },
                _ => {}
            }
        }
        Some(data)
    };
    timeout(QUESTION_LIMIT, asking).await.ok()?
}

/// evcxr looks at what stands before the cursor; a reader may point anywhere at a name.
fn end_of_name(request: &Request) -> usize {
    let at = request.content["cursor_pos"].as_u64().and_then(|at| usize::try_from(at).ok());
    let at = at.unwrap_or_default();
    let is_of_name = |letter: &char| letter.is_alphanumeric() || *letter == '_';
    at + request.text("code").chars().skip(at).take_while(is_of_name).count()
}

fn no_completions(request: &Request) -> Value {
    let at = &request.content["cursor_pos"];
    json!({ "status": "ok", "matches": [], "cursor_start": at, "cursor_end": at, "metadata": {} })
}

/// Rust has no way to evaluate an expression beside the cell; each is answered as an error.
fn refused_expressions(content: &Value) -> Value {
    let names = content["user_expressions"].as_object().into_iter().flat_map(|map| map.keys());
    let refused = names.map(|name| {
        let why = "this kernel evaluates no user expressions";
        (name.clone(), error_content("NotSupported", why, &[]))
    });
    Value::Object(refused.collect())
}

#[cfg(test)]
mod tests {
    use super::super::wire::tests::request;
    use super::*;

    #[test]
    fn a_name_is_looked_at_as_a_whole() {
        let at = |code: &str, cursor: usize| {
            end_of_name(&request("inspect_request", json!({"code": code, "cursor_pos": cursor})))
        };
        assert_eq!(at("weight.double_value(&[0])", 2), 6);
        assert_eq!(at("weight.double_value(&[0])", 6), 6);
        assert_eq!(at("weight.double_value(&[0])", 9), 19);
        assert_eq!(at("é_x + 1", 0), 3);
        assert_eq!(at("x", 9), 9);
    }
}
