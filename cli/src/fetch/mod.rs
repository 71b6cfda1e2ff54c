//! `lab fetch`: data sets that may not be handed on with the project, from where they are published.
//!
//! A file is downloaded beside its final place, read to its end, and only then given its name; so whatever ends the
//! program, the library sees a whole file or none.

mod catalogue;
mod check;
mod client;
mod download;
mod encoding;
mod folder;
mod interrupt;
mod meter;
mod overview;
mod part;
mod proxy;
mod source;
mod sum;
mod words;
mod work;

use std::process::ExitCode;
use std::time::Duration;

use console::style;

use crate::arguments::FetchOptions;
use crate::failure::{Failure, Result, Status};
use crate::workspace::Workspace;

pub use catalogue::Name;
pub use overview::complete;

use catalogue::{DataSet, Item};
use client::Client;
use download::Patience;
use folder::Folder;
use source::Source;
use work::Work;

/// `lab fetch`
pub fn command(workspace: &Workspace, options: &FetchOptions) -> Result<ExitCode> {
    if options.names.is_empty() {
        overview::print(workspace)?;
        return Ok(ExitCode::SUCCESS);
    }
    if !options.from.is_empty() && options.names.len() != 1 {
        return Err(Failure::usage("--from gives the files of one data set")
            .fix("name one data set, such as `cargo lab fetch lfw --from PATH`"));
    }
    interrupt::watch();
    for name in &options.names {
        fetch(workspace, name.data_set(), options)?;
    }
    Ok(ExitCode::SUCCESS)
}

/// Fetches what is missing of a data set.
fn fetch(workspace: &Workspace, set: &'static DataSet, options: &FetchOptions) -> Result<()> {
    let sources = options.from.iter().map(|text| Source::read(text, set));
    let sources = sources.collect::<Result<Vec<_>>>()?;
    if options.sha256.is_some() && !matches!(&sources[..], [source] if source.is_file()) {
        return Err(Failure::usage("--sha256 is the sum of one file")
            .fix("name that file with --from, by its path or its address"));
    }
    let path = folder::data(workspace)?.join(set.name);
    let shown = workspace.display(&path);
    eprintln!("{}", style(format!("{} → {shown}", set.title)).bold().for_stderr());
    eprintln!("  terms: {}", set.terms);
    let work = Work {
        folder: Folder::open(path)?,
        client: Client::new(Duration::from_secs_f64(options.timeout)),
        patience: Patience {
            retries: options.retries,
            pause: Duration::from_secs_f64(options.pause),
        },
        force: options.force,
        sha256: options.sha256.as_deref().map(str::to_lowercase),
    };
    let mut failures = Vec::new();
    let mut missing = Vec::new();
    for item in set.items {
        let candidates = match &sources[..] {
            [] => source::known(item),
            some => some.iter().flat_map(|source| source.candidates(item, set)).collect(),
        };
        match work.obtain(item, &candidates) {
            Ok(true) => {}
            Ok(false) => missing.push(item),
            Err(failure) if failure.status() == Status::Findings => failures.push(failure),
            Err(failure) => return Err(failure),
        }
    }
    conclude(set, &shown, &missing, failures)
}

/// The last words: what is there now and what is not.
fn conclude(
    set: &DataSet,
    shown: &str,
    missing: &[&Item],
    mut failures: Vec<Failure>,
) -> Result<()> {
    if let Some(last) = failures.pop() {
        // All say their own; the program ends with the last of them.
        failures.iter().for_each(Failure::print);
        return Err(last);
    }
    let ok = style("✓").green().for_stderr();
    if missing.is_empty() {
        eprintln!("{ok} {} is complete in {shown}; notebooks find it there", set.name);
        return Ok(());
    }
    let files: Vec<&str> = missing.iter().map(|item| item.target).collect();
    if files.len() == set.items.len() {
        return Err(Failure::usage(format!("none of the files of {} lies there", set.name))
            .fix(format!("it should hold {}", files.join(", "))));
    }
    eprintln!(
        "{ok} still missing in {shown}: {}; `cargo lab fetch {}` fetches what is missing",
        files.join(", "),
        set.name
    );
    Ok(())
}
