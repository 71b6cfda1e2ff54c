//! What `lab export` says at the end.

use std::path::{Path, PathBuf};

use console::style;
use serde_json::json;

use crate::failure::{Failure, Status};
use crate::workspace::Workspace;

use super::Exported;
use super::findings::Kind;

pub struct Summary {
    strict: bool,
    exported: Vec<Exported>,
    failed: Vec<(PathBuf, Failure)>,
}

impl Summary {
    pub fn new(strict: bool) -> Self {
        Self { strict, exported: Vec::new(), failed: Vec::new() }
    }

    pub fn add(&mut self, exported: Exported) {
        self.exported.push(exported);
    }

    pub fn add_failure(&mut self, notebook: &Path, failure: Failure) {
        self.failed.push((notebook.to_owned(), failure));
    }

    pub fn worst(&self) -> Option<Status> {
        let failed = self.failed.iter().map(|(_, failure)| failure.status());
        let warned = self.strict && self.exported.iter().any(|one| !one.findings.is_empty());
        failed.chain(warned.then_some(Status::Findings)).max_by_key(|status| *status as u8)
    }

    pub fn print(&self, workspace: &Workspace) {
        for exported in &self.exported {
            print(exported, self.strict, workspace);
        }
        for (notebook, failure) in &self.failed {
            println!("{} {}", style("✗").red(), workspace.display(notebook));
            failure.print();
        }
    }

    pub fn json(&self) -> serde_json::Value {
        let exported = self.exported.iter().map(|one| {
            let mut value = exported_json(one);
            value["notebook"] = json!(one.source);
            value["ok"] = json!(!self.strict || one.findings.is_empty());
            value
        });
        let failed = self.failed.iter().map(|(notebook, failure)| {
            json!({
                "notebook": notebook,
                "ok": false,
                "error": { "message": failure.what(), "fix": failure.remedy() },
            })
        });
        json!({
            "ok": self.worst().is_none(),
            "notebooks": exported.chain(failed).collect::<Vec<_>>(),
        })
    }
}

/// One file that was written.
pub fn exported_json(exported: &Exported) -> serde_json::Value {
    json!({
        "output": exported.target,
        "pages": exported.pages,
        "pictures": exported.pictures,
        "bytes": exported.bytes,
        "seconds": exported.seconds,
        "problems": exported.problems,
        "warnings": exported.findings,
    })
}

fn print(exported: &Exported, strict: bool, workspace: &Workspace) {
    let target = workspace.display(&exported.target);
    let pages = exported.pages_in_words().map_or(String::new(), |pages| format!("{pages}, "));
    let size = exported.bytes as f64 / 1e6;
    let good = exported.findings.is_empty() || !strict;
    let sign = if good { style("✓").green() } else { style("✗").red() };
    println!("{sign} {target}: {pages}{size:.2} MB in {:.1} s", exported.seconds);
    print_findings(exported, strict);
    print_problems(exported);
}

/// What a reader would miss, cell by cell.
pub fn print_findings(exported: &Exported, strict: bool) {
    let word = if strict { style("error:").red() } else { style("warning:").yellow() };
    for finding in &exported.findings {
        match finding.cell {
            Some(cell) => println!("  {word} cell {cell}: {}", finding.message),
            None => println!("  {word} {}", finding.message),
        }
    }
    let formulas = exported.findings.iter().filter(|finding| finding.kind == Kind::Formula).count();
    if formulas > 0 {
        println!("  {formulas} formula(s) could not be set and are shown as their sources");
    }
}

/// For the page that asks which pages hold which problem.
fn print_problems(exported: &Exported) {
    let width = exported.problems.iter().map(|entry| entry.title.chars().count()).max();
    let Some(width) = width.map(|width| width.min(60)) else { return };
    for entry in &exported.problems {
        let title: String = entry.title.chars().take(60).collect();
        let pages = match entry.last_page {
            last if last == entry.first_page => format!("page {last}"),
            last => format!("pages {} to {last}", entry.first_page),
        };
        println!("  {title:<width$}  {pages}");
    }
}
