//! What `lab run` says at the end.

use console::style;
use serde_json::json;

use crate::export;
use crate::failure::Status;
use crate::workspace::Workspace;

use super::execution::{Ending, NotebookResult};
use super::failing::CellFailure;

/// Lines of a cell shown above the one that failed.
const LINES_AROUND: usize = 3;

#[derive(Default)]
pub struct Summary(Vec<NotebookResult>);

impl Summary {
    pub fn add(&mut self, result: NotebookResult) {
        self.0.push(result);
    }

    /// The exit code for all notebooks together: the gravest.
    pub fn worst(&self) -> Option<Status> {
        self.0.iter().filter_map(NotebookResult::status).max_by_key(|status| *status as u8)
    }

    pub fn print(&self, workspace: &Workspace) {
        for result in &self.0 {
            let name = workspace.display(&result.source);
            let target = workspace.display(&result.target);
            match &result.ending {
                Ending::Complete => println!(
                    "{} {name}: {} cells in {:.1} s → {target}{}",
                    style("✓").green(),
                    result.executed,
                    result.seconds,
                    printed(result, workspace)
                ),
                Ending::CellFailed(failure) => {
                    println!("{} {name} failed in cell {}", style("✗").red(), place(failure));
                    print_failure(failure);
                    println!("  up to there: {target}{}", printed(result, workspace));
                }
                Ending::Interrupted => println!(
                    "{} {name}: interrupted after {} of {} cells; up to there: {target}{}",
                    style("✗").red(),
                    result.executed,
                    result.cells,
                    printed(result, workspace)
                ),
                Ending::Broken(failure) => {
                    println!("{} {name} could not be run to the end", style("✗").red());
                    failure.print();
                }
            }
            match &result.printed {
                Some(Ok(exported)) => export::print_findings(exported, false),
                Some(Err(failure)) => failure.print(),
                None => {}
            }
        }
    }

    pub fn json(&self) -> serde_json::Value {
        let notebooks: Vec<_> = self.0.iter().map(result_json).collect();
        json!({ "ok": self.worst().is_none(), "notebooks": notebooks })
    }
}

/// The PDF, for the end of a line.
fn printed(result: &NotebookResult, workspace: &Workspace) -> String {
    match &result.printed {
        Some(Ok(exported)) => format!(
            " and {} ({})",
            workspace.display(&exported.target),
            exported.pages_in_words().unwrap_or_default()
        ),
        _ => String::new(),
    }
}

fn result_json(result: &NotebookResult) -> serde_json::Value {
    let error = match &result.ending {
        Ending::Complete => serde_json::Value::Null,
        Ending::CellFailed(failure) => json!(failure),
        Ending::Interrupted => json!({ "name": "Interrupted", "message": "stopped by Ctrl-C" }),
        Ending::Broken(failure) => json!({
            "name": "Broken",
            "message": failure.what(),
            "fix": failure.remedy(),
        }),
    };
    json!({
        "notebook": result.source,
        "output": result.target,
        "pdf": result.printed.as_ref().and_then(|printed| {
            printed.as_ref().ok().map(export::exported_json)
        }),
        "ok": matches!(result.ending, Ending::Complete),
        "cells": result.cells,
        "executed": result.executed,
        "seconds": result.seconds,
        "error": error,
    })
}

fn place(failure: &CellFailure) -> String {
    match failure.line {
        Some(line) => format!("{0} (In [{0}]), line {line}", failure.cell),
        None => format!("{0} (In [{0}])", failure.cell),
    }
}

fn print_failure(failure: &CellFailure) {
    let lines: Vec<&str> = failure.source.lines().collect();
    let last = failure.line.unwrap_or(lines.len()).min(lines.len());
    let first = last.saturating_sub(LINES_AROUND);
    for (index, text) in lines.iter().enumerate().take(last).skip(first) {
        let number = index + 1;
        if failure.line == Some(number) {
            println!("  {} {number:>3} │ {text}", style("→").red());
        } else {
            println!("    {} │ {text}", style(format!("{number:>3}")).dim());
        }
    }
    println!("  {} {}", style(format!("{}:", failure.name)).red().bold(), failure.message);
    if let Some(report) = failure.report() {
        for line in report.lines() {
            // The kernel colours its reports whoever reads them.
            let plain = || console::strip_ansi_codes(line);
            let line = if console::colors_enabled() { line.into() } else { plain() };
            println!("  {line}");
        }
    }
}
