//! `lab bench cells`: how long cells take here and in evcxr_jupyter as it comes, measured side by side; and
//! the graphical lasso and training beside other libraries.

pub mod glasso;
mod machine;
mod memory;
mod peers;
mod quantile;
mod report;
mod results;
mod rounds;
mod script;
mod side_by_side;
mod stage;
mod stopwatch;
mod table;
pub mod train;

use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};

use crate::arguments::CellsOptions;
use crate::failure::{Failure, Result, Status};
use crate::run::document::Document;
use crate::run::ticker::first_line;
use crate::setup;
use crate::workspace::Workspace;

use report::{Ending, Report};
use results::Results;
use rounds::{Plan, Rounds};
use script::Cell;
use stage::Stage;

const NOTEBOOK: &str = "03_portfolio_glasso.ipynb";

/// `lab bench cells`
pub fn command(workspace: &Workspace, options: &CellsOptions) -> Result<ExitCode> {
    let (plan, folder) = plan(workspace, options)?;
    let environment = setup::ensure(workspace)?;
    let machine = machine::machine();
    let versions = machine::versions(workspace, &environment.toolchain);
    let stage = Stage::new(workspace, &environment, &folder, options.same_dependencies)?;
    let mut results = Results::default();
    let ending = measure(Rounds { stage, plan: &plan, results: &mut results })?;
    let report = Report { plan: &plan, results: &results, ending: &ending, machine, versions };
    if options.json {
        println!("{}", report.json());
    } else {
        report.print();
    }
    Ok(match &ending {
        Ending::Interrupted => ExitCode::from(Status::Interrupted as u8),
        Ending::Broken(failure) => failure.exit_code(),
        Ending::Complete if report.ok() => ExitCode::SUCCESS,
        Ending::Complete => ExitCode::from(Status::Findings as u8),
    })
}

/// Reads everything before the first kernel starts: a typing mistake shows at once. Gives the folder of the kernels too.
fn plan(workspace: &Workspace, options: &CellsOptions) -> Result<(Plan, std::path::PathBuf)> {
    let standard = workspace.notebooks().join(NOTEBOOK);
    let path = options.notebook.as_deref().unwrap_or(&standard);
    // Nothing is ever saved, so that it does not matter where.
    let document = Document::open(path, Path::new("/"))
        .map_err(|failure| failure.fix("name an .ipynb file with --notebook"))?;
    let title = |code: &str| first_line(code).to_owned();
    let notebook_cells: Vec<Cell> = document
        .code_cells()
        .into_iter()
        .map(|(_, code)| Cell { title: title(&code), code, fails: false })
        .collect();
    let plan = Plan {
        notebook: document.source().to_owned(),
        notebook_cells,
        script: script::cells(options.script.as_deref())?,
        repeat: options.repeat as usize,
        idle: Duration::from_secs(options.idle),
    };
    Ok((plan, document.folder().to_owned()))
}

/// Measures until everything is done, something breaks, or the user or the system asks to stop. Whatever kernels
/// then run end with the measuring.
fn measure(mut rounds: Rounds<'_>) -> Result<Ending> {
    let unstarted = |error: std::io::Error| Failure::setup(format!("cannot start: {error}"));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(unstarted)?;
    runtime.block_on(async {
        let mut terminate = signal(SignalKind::terminate()).map_err(unstarted)?;
        let mut hang_up = signal(SignalKind::hangup()).map_err(unstarted)?;
        Ok(tokio::select! {
            outcome = rounds.run() => match outcome {
                Ok(()) => Ending::Complete,
                Err(failure) => Ending::Broken(failure),
            },
            _ = tokio::signal::ctrl_c() => Ending::Interrupted,
            _ = terminate.recv() => Ending::Interrupted,
            _ = hang_up.recv() => Ending::Interrupted,
        })
    })
}
