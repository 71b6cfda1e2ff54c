//! Cells become sections of a page.

use serde_json::Value;

use super::context::{Context, Shared};
use super::findings::Kind;
use super::html::Reader;
use super::markdown;
use super::notebook::{Cell, CellKind, Notebook};
use super::outputs;
use super::tree::{Block, Content, Section};
use super::{ansi, highlight};

/// Reads all cells. Formulas are announced first, so that a reference can come before what it refers to.
pub fn sections(notebook: &Notebook, shared: &mut Shared, hide_code: bool) -> Vec<Section> {
    let shown = || notebook.cells.iter().enumerate().filter(|(_, cell)| !cell.is_removed());
    for (_, cell) in shown().filter(|(_, cell)| matches!(cell.kind, CellKind::Markdown)) {
        for formula in markdown::formulas(&cell.source) {
            shared.mathematics.announce(&formula.body);
        }
    }
    let never_run = is_unexecuted(notebook);
    if never_run {
        let message = "no cell of this notebook was ever run, so it shows no results";
        shared.findings.add(Kind::NotExecuted, None, message);
    }
    let language = notebook.language();
    let mut sections = Vec::new();
    for (index, cell) in shown() {
        let mut context = Context {
            shared: &mut *shared,
            folder: &notebook.folder,
            attachments: &cell.attachments,
            cell: index + 1,
        };
        let content = match &cell.kind {
            CellKind::Markdown => Content::Text(text(&cell.source, &mut context)),
            CellKind::Raw => Content::Text(raw(cell, &mut context)),
            CellKind::Other(name) => {
                Content::Text(outputs::notice(&format!("a cell of type {name}"), &mut context))
            }
            CellKind::Code { count, outputs } => {
                if !never_run {
                    check(cell, *count, outputs, &language, &mut context);
                }
                code(cell, *count, outputs, &language, hide_code, &mut context)
            }
        };
        sections.push(Section { cell: index + 1, content });
    }
    sections
}

/// Markdown with its formulas.
pub fn text(source: &str, context: &mut Context) -> Vec<Block> {
    let (html, formulas) = markdown::html(source);
    Reader::new(context, Some(&formulas)).read(&html)
}

fn code(
    cell: &Cell,
    count: Option<i64>,
    outputs: &[Value],
    language: &str,
    hide_code: bool,
    context: &mut Context,
) -> Content {
    let hidden = hide_code || cell.hides_input() || cell.source.trim().is_empty();
    let source = (!hidden).then(|| highlight::lines(&cell.source, magic(&cell.source, language)));
    let outputs =
        if cell.hides_output() { Vec::new() } else { outputs::read_all(outputs, context) };
    Content::Code { count, source, outputs }
}

/// The language of a cell that begins with a magic such as `%%bash`.
fn magic<'a>(source: &'a str, language: &'a str) -> &'a str {
    let first = source.lines().next().unwrap_or_default();
    match first.strip_prefix("%%").map(|name| name.split(' ').next().unwrap_or_default()) {
        Some("bash" | "sh") => "bash",
        Some("html") => "html",
        Some("rust") => "rust",
        _ => language,
    }
}

/// What a raw cell is meant for is said in its metadata.
fn raw(cell: &Cell, context: &mut Context) -> Vec<Block> {
    let named = |key: &str| cell.metadata.get(key).and_then(Value::as_str);
    match named("raw_mimetype").or_else(|| named("format")) {
        Some("text/markdown" | "markdown") => text(&cell.source, context),
        Some("text/html" | "html") => Reader::new(context, None).read(&cell.source),
        Some("text/latex" | "latex") => outputs::latex(&cell.source, context),
        _ if cell.source.is_empty() => Vec::new(),
        _ => vec![Block::Lines { lines: ansi::lines(&cell.source), framed: false }],
    }
}

fn is_unexecuted(notebook: &Notebook) -> bool {
    let mut sources = notebook.cells.iter().filter_map(|cell| match &cell.kind {
        CellKind::Code { count, outputs } if !cell.source.trim().is_empty() => {
            Some(count.is_none() && outputs.is_empty())
        }
        _ => None,
    });
    sources.next().is_some_and(|first| first && sources.all(|never_run| never_run))
}

fn check(
    cell: &Cell,
    count: Option<i64>,
    outputs: &[Value],
    language: &str,
    context: &mut Context,
) {
    if cell.source.trim().is_empty() {
        return;
    }
    if count.is_none() {
        let message = match outputs {
            [] => "this cell was never run",
            _ => "this cell was not run since its outputs were made",
        };
        return context.finding(Kind::NeverRun, message);
    }
    let name = outputs.iter().find_map(|output| {
        let is_error = output.get("output_type").and_then(Value::as_str) == Some("error");
        is_error.then(|| output.get("ename").and_then(Value::as_str).unwrap_or("an error"))
    });
    if let Some(name) = name {
        context.finding(Kind::Error, format!("this cell ended in an error: {name}"));
    } else if outputs.is_empty() && language == "rust" && ends_in_a_value(&cell.source) {
        context.finding(Kind::NoOutput, "this cell ends in a value, but shows none");
    }
}

/// Whether the last thing in a Rust cell is an expression that evcxr would show.
fn ends_in_a_value(source: &str) -> bool {
    let last = source
        .lines()
        .map(|line| line.split("//").next().unwrap_or_default().trim())
        .rfind(|line| !line.is_empty());
    last.is_some_and(|line| {
        !line.ends_with([';', '}', '*', '/', ',']) && !line.starts_with([':', '#', '%'])
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_at_the_end_is_seen() {
        for shown in ["a", "let b = 1;\nb // why", "figure.draw()", "x\n    .y()\n\n"] {
            assert!(ends_in_a_value(shown), "{shown}");
        }
        for silent in
            ["let a = 1;", ":dep a = \"1\"", "fn f() {\n}", "// comment", "use a;", "#[derive(A)]"]
        {
            assert!(!ends_in_a_value(silent), "{silent}");
        }
    }
}
