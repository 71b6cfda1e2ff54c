//! `lab run`: notebooks executed without a front end, through the kernel and the Jupyter protocol.

pub mod document;
mod execution;
mod failing;
mod outputs;
mod parameters;
pub mod session;
mod summary;
pub mod ticker;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Duration;

use crate::arguments::RunOptions;
use crate::export::Exporter;
use crate::failure::{Failure, Result, Status};
use crate::setup;
use crate::workspace::Workspace;

use document::Document;
use execution::Execution;
use parameters::Assignment;
use summary::Summary;

/// `lab run`
pub fn command(workspace: &Workspace, options: &RunOptions) -> Result<ExitCode> {
    let assignments = options
        .parameters
        .iter()
        .map(|text| Assignment::parse(text))
        .collect::<Result<Vec<_>>>()?;
    let documents = prepare(workspace, options, &assignments)?;
    let environment = setup::ensure(workspace)?;
    let exporter =
        (!options.no_pdf).then(|| Exporter::usual(environment.python.interpreter.clone()));
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| Failure::setup(format!("cannot start: {error}")))?;
    let summary =
        runtime.block_on(run_all(workspace, documents, options.timeout, exporter.as_ref()));
    if options.json {
        println!("{}", summary.json());
    } else {
        summary.print(workspace);
    }
    Ok(match summary.worst() {
        None => ExitCode::SUCCESS,
        Some(status) => ExitCode::from(status as u8),
    })
}

/// Reads every notebook before the first one runs: a typing mistake shows at once, not after minutes.
fn prepare(
    workspace: &Workspace,
    options: &RunOptions,
    assignments: &[Assignment],
) -> Result<Vec<Document>> {
    let paths = chosen(workspace, &options.notebooks)?;
    let out = std::path::absolute(&options.out)
        .map_err(|error| Failure::io("resolve", &options.out, &error))?;
    let mut documents =
        paths.iter().map(|path| Document::open(path, &out)).collect::<Result<Vec<_>>>()?;
    refuse_clashes(&documents)?;
    parameters::apply(&mut documents, assignments)?;
    Ok(documents)
}

fn chosen(workspace: &Workspace, named: &[PathBuf]) -> Result<Vec<PathBuf>> {
    if !named.is_empty() {
        return Ok(named.to_vec());
    }
    let folder = workspace.notebooks();
    let found: Vec<PathBuf> = crate::files::sorted_entries(&folder)?
        .into_iter()
        .filter(|path| path.extension().is_some_and(|extension| extension == "ipynb"))
        .collect();
    if found.is_empty() {
        return Err(Failure::usage(format!("no notebooks in {}", folder.display())));
    }
    Ok(found)
}

/// Two notebooks of the same name would overwrite each other's result, and a notebook in the output
/// folder itself.
fn refuse_clashes(documents: &[Document]) -> Result<()> {
    for (index, document) in documents.iter().enumerate() {
        if document.target() == document.source() {
            return Err(Failure::usage(format!(
                "the executed copy would overwrite {}",
                document.source().display()
            ))
            .fix("choose another folder with --out"));
        }
        if documents[..index].iter().any(|earlier| earlier.target() == document.target()) {
            return Err(Failure::usage(format!(
                "two notebooks are called {}; their results would overwrite each other",
                document.name()
            ))
            .fix("run them one after the other, with different --out folders"));
        }
    }
    Ok(())
}

async fn run_all(
    workspace: &Workspace,
    documents: Vec<Document>,
    timeout: u64,
    exporter: Option<&Exporter>,
) -> Summary {
    let limit = (timeout > 0).then(|| Duration::from_secs(timeout));
    let mut summary = Summary::default();
    for document in documents {
        let mut result = Execution::new(workspace, document, limit).run().await;
        if let Some(exporter) = exporter.filter(|_| result.executed > 0) {
            result.printed = Some(exporter.export(
                &result.target,
                &result.target.with_extension("pdf"),
                // Pictures in Markdown stay where they are.
                result.source.parent(),
            ));
        }
        let interrupted = result.status() == Some(Status::Interrupted);
        summary.add(result);
        if interrupted {
            break;
        }
    }
    summary
}

/// A path given by the user, as seen from anywhere.
fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().or_else(|_| std::path::absolute(path)).unwrap_or_else(|_| path.to_owned())
}
