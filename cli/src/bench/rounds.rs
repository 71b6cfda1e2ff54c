//! What is done in one repeat.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::failure::Result;
use crate::run::session::Session;

use super::memory;
use super::results::{Part, Results, Subject};
use super::script::Cell;
use super::stage::Stage;
use super::stopwatch::lap;

/// Its type is nowhere to be read, so that rust-analyzer must find it.
const INFERRED_LET: &str =
    "let first_values = (1..4u64).map(|number| number * number).collect::<Vec<_>>();";

/// What to measure.
pub struct Plan {
    pub notebook: PathBuf,
    pub notebook_cells: Vec<Cell>,
    pub script: Vec<Cell>,
    pub repeat: usize,
    pub idle: Duration,
}

/// Whether a kernel has been left alone before its first cell, in the words of the report.
enum Before<'a> {
    AtOnce,
    Idle(&'a str),
}

/// A kernel while it is measured.
struct Kernel {
    subject: Subject,
    session: Session,
    /// Seconds of the cells so far.
    total: f64,
}

pub struct Rounds<'a> {
    pub stage: Stage<'a>,
    pub plan: &'a Plan,
    pub results: &'a mut Results,
}

impl Rounds<'_> {
    pub async fn run(&mut self) -> Result<()> {
        for number in 0..self.plan.repeat {
            let mut subjects = self.stage.subjects();
            // Whatever favours the first or the last must not always favour the same kernel.
            if number % 2 == 1 {
                subjects.reverse();
            }
            self.round(number + 1, &subjects).await?;
        }
        Ok(())
    }

    async fn round(&mut self, number: usize, subjects: &[Subject]) -> Result<()> {
        let said = |what: &str, since: Instant| {
            let (all, seconds) = (self.plan.repeat, since.elapsed().as_secs_f64());
            eprintln!("  ✓ [{number}/{all}] {seconds:>6.1} s  {what}");
        };
        for subject in subjects {
            let since = Instant::now();
            self.fresh(*subject).await?;
            said(&format!("{}: from the start to the first cells", subject.title()), since);
        }
        let since = Instant::now();
        self.side_by_side(subjects).await?;
        said("the same cells in each kernel, turn by turn", since);
        for subject in subjects.iter().filter(|subject| subject.loads_library()) {
            let since = Instant::now();
            self.notebook(*subject).await?;
            said(&format!("{}: the notebook", subject.title()), since);
        }
        Ok(())
    }

    /// A kernel that gets its first cells as soon as it answers.
    async fn fresh(&mut self, subject: Subject) -> Result<()> {
        let mut kernel = self.start(subject).await?;
        let answered = kernel.session.answered_after().as_secs_f64();
        self.results.add(Part::Start, "process start → kernel_info reply", subject, answered);
        if self.load_library(&mut kernel, &Before::AtOnce).await? {
            let loaded = kernel.session.spawned().elapsed().as_secs_f64();
            self.results.add(Part::Start, "process start → library loaded", subject, loaded);
        }
        self.infer(&mut kernel, &Before::AtOnce).await?;
        kernel.session.stop().await;
        Ok(())
    }

    /// All kernels at once, each cell in one after the other: what else the machine does meets all of them.
    async fn side_by_side(&mut self, subjects: &[Subject]) -> Result<()> {
        let mut kernels = Vec::new();
        for subject in subjects {
            kernels.push(self.start(*subject).await?);
        }
        tokio::time::sleep(self.plan.idle).await;
        let idle = format!("{} s", self.plan.idle.as_secs());
        for kernel in &mut kernels {
            self.load_library(kernel, &Before::Idle(&idle)).await?;
            self.infer(kernel, &Before::Idle(&idle)).await?;
        }
        let cells = &self.plan.script;
        for (index, cell) in cells.iter().enumerate() {
            let name = numbered(index, cells.len(), &cell.title);
            for kernel in &mut kernels {
                kernel.total += self.time(Part::Script, &name, kernel, cell).await?;
            }
            kernels.reverse();
        }
        for kernel in &kernels {
            self.results.add(Part::Total, "the same cells", kernel.subject, kernel.total);
            self.weigh("the cells", kernel);
        }
        for kernel in kernels {
            kernel.session.stop().await;
        }
        Ok(())
    }

    async fn notebook(&mut self, subject: Subject) -> Result<()> {
        let mut kernel = self.start(subject).await?;
        let cells = &self.plan.notebook_cells;
        for (index, cell) in cells.iter().enumerate() {
            let name = numbered(index, cells.len(), &cell.title);
            kernel.total += self.time(Part::Notebook, &name, &mut kernel, cell).await?;
        }
        self.results.add(Part::Total, "cells of the notebook", subject, kernel.total);
        self.weigh("the notebook", &kernel);
        kernel.session.stop().await;
        Ok(())
    }

    async fn start(&self, subject: Subject) -> Result<Kernel> {
        Ok(Kernel { subject, session: self.stage.start(subject).await?, total: 0.0 })
    }

    /// Loads the library where it belongs; says whether it did so without compiling it.
    async fn load_library(&mut self, kernel: &mut Kernel, before: &Before<'_>) -> Result<bool> {
        if !kernel.subject.loads_library() {
            return Ok(false);
        }
        let compiles = kernel.subject == Subject::StockWithLibrary
            && !self.results.of(Part::Start).any(|one| one.name == COMPILING);
        let name = match before {
            _ if compiles => COMPILING.to_owned(),
            Before::AtOnce => "library cell, sent at once".to_owned(),
            Before::Idle(time) => format!("library cell, after {time} of idleness"),
        };
        let cell = Cell { title: name.clone(), code: self.stage.library_cell(), fails: false };
        self.time(Part::Start, &name, kernel, &cell).await?;
        Ok(!compiles)
    }

    async fn infer(&mut self, kernel: &mut Kernel, before: &Before<'_>) -> Result<()> {
        let name = match before {
            Before::AtOnce => "first inferred `let`, sent at once".to_owned(),
            Before::Idle(time) => format!("first inferred `let`, after {time} of idleness"),
        };
        let cell = Cell { title: name.clone(), code: INFERRED_LET.to_owned(), fails: false };
        self.time(Part::Start, &name, kernel, &cell).await.map(drop)
    }

    /// Runs a cell and notes its time in seconds, which it gives back.
    async fn time(
        &mut self,
        part: Part,
        name: &str,
        kernel: &mut Kernel,
        cell: &Cell,
    ) -> Result<f64> {
        let lap = lap(&mut kernel.session, &cell.code).await?;
        self.results.add(part, name, kernel.subject, lap.seconds);
        if let Some(wrong) = cell.complaint(lap.error) {
            self.results.fail(format!("{}: {name}: {wrong}", kernel.subject.title()));
        }
        Ok(lap.seconds)
    }

    /// Notes the memory of a kernel. Pages that two kernels share, such as this program's, count for each in part.
    fn weigh(&mut self, after: &str, kernel: &Kernel) {
        let roles = kernel.session.process().map(memory::by_role).unwrap_or_default();
        if roles.is_empty() {
            return;
        }
        let all = ("all processes".to_owned(), roles.values().sum());
        for (role, bytes) in roles.into_iter().chain([all]) {
            let name = format!("after {after}: {role}");
            self.results.add(Part::Memory, &name, kernel.subject, bytes as f64);
        }
    }
}

/// The stock kernel's first encounter with the library.
const COMPILING: &str = "library cell, compiling it first";

fn numbered(index: usize, count: usize, title: &str) -> String {
    format!("[{:>2}/{count}] {title}", index + 1)
}
