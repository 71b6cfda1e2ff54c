//! `lab export`: notebooks of every construct, notebooks made to do harm, and what the command says.
//!
//! The notebooks and what is expected of each come from `export/make.py`.

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use common::{both, lab};
use serde_json::{Value, json};

/// Far more than any of them takes; a notebook that takes longer would hang.
const LIMIT: Duration = Duration::from_secs(60);

fn set() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("export")
}

fn notebooks(folder: &str) -> Vec<PathBuf> {
    let mut paths: Vec<PathBuf> = std::fs::read_dir(set().join(folder))
        .expect("the set")
        .map(|entry| entry.expect("an entry").path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "ipynb"))
        .collect();
    paths.sort();
    paths
}

fn expected() -> Value {
    let text = std::fs::read_to_string(set().join("expected.json")).expect("the expectations");
    serde_json::from_str(&text).expect("JSON")
}

fn export(arguments: &[&str], paths: &[PathBuf]) -> Output {
    lab().arg("export").args(arguments).args(paths).output().expect("lab starts")
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|error| panic!("{error}: {}", both(output)))
}

/// A notebook of these cells in a folder of its own.
fn notebook(metadata: Value, cells: &[Value]) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("case.ipynb");
    let content =
        json!({ "nbformat": 4, "nbformat_minor": 4, "metadata": metadata, "cells": cells });
    std::fs::write(&path, content.to_string()).expect("a notebook");
    (folder, path)
}

fn markdown(source: &str) -> Value {
    json!({ "cell_type": "markdown", "metadata": {}, "source": source })
}

fn code(source: &str, outputs: Value) -> Value {
    json!({
        "cell_type": "code", "metadata": {}, "execution_count": 1, "source": source, "outputs": outputs
    })
}

/// The command in a network of its own, which leads nowhere, where the machine allows that.
fn offline() -> Command {
    let isolated = Command::new("unshare").args(["-rn", "true"]).status();
    if !isolated.is_ok_and(|status| status.success()) {
        eprintln!("not offline: this machine does not allow `unshare -rn`");
        return lab();
    }
    let mut command = Command::new("unshare");
    command.args(["-rn"]).arg(env!("CARGO_BIN_EXE_lab"));
    for name in ["LIBTORCH", "VIRTUAL_ENV", "CONDA_PREFIX", "LATENTLAB_DATA", "LATENTLAB_PYTHON"] {
        command.env_remove(name);
    }
    command
}

#[test]
fn every_construct_reaches_the_page() {
    let python = common::python();
    let folder = tempfile::tempdir().expect("a folder");
    let output = offline()
        .args(["export", "--json", "--out"])
        .arg(folder.path())
        .args(notebooks("notebooks"))
        .output()
        .expect("lab starts");
    assert!(output.status.success(), "{}", both(&output));
    let saved = folder.path().join("report.json");
    std::fs::write(&saved, &output.stdout).expect("the report");
    let read = Command::new(python)
        .arg(set().join("read.py"))
        .arg(set().join("expected.json"))
        .arg(&saved)
        .output()
        .expect("Python starts");
    assert!(read.status.success() && read.stdout.is_empty(), "{}", both(&read));
}

#[test]
fn pages_for_browsers_hold_the_same() {
    let folder = tempfile::tempdir().expect("a folder");
    let out = folder.path().to_str().expect("a path");
    let output = export(&["--json", "--to", "html", "--out", out], &notebooks("notebooks"));
    assert!(output.status.success(), "{}", both(&output));
    let expected = expected();
    let mut faults = Vec::new();
    for exported in report(&output)["notebooks"].as_array().expect("a list") {
        let source = Path::new(exported["notebook"].as_str().expect("a name"));
        let name = source.file_name().expect("a name").to_string_lossy().into_owned();
        let html =
            std::fs::read_to_string(exported["output"].as_str().expect("a file")).expect("a page");
        let text = bare(&html_text(&html));
        let wanted = &expected[format!("notebooks/{name}")];
        for words in wanted["not_text"].as_array().into_iter().flatten() {
            let words = words.as_str().expect("text");
            if text.contains(&bare(words)) {
                faults.push(format!("{name} shows {words:?}"));
            }
        }
        for words in wanted["text"].as_array().into_iter().flatten() {
            // The numbers of lists are the browser's.
            let words = words.as_str().expect("text");
            let words = words.trim_start_matches(|sign: char| sign.is_ascii_digit() || sign == '.');
            if !text.contains(&bare(words)) {
                faults.push(format!("{name} lacks {words:?}"));
            }
        }
        if html.contains("<script") || html.contains("src=\"http") {
            faults.push(format!("{name} reaches out"));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

/// What a reader sees of a page.
fn html_text(html: &str) -> String {
    let page = scraper::Html::parse_document(html);
    let body = scraper::Selector::parse("body").expect("a selector");
    page.select(&body).flat_map(|body| body.text()).collect()
}

fn bare(text: &str) -> String {
    use unicode_normalization::UnicodeNormalization;
    text.nfkc().filter(|sign| !sign.is_whitespace() && !"\u{ad}\u{200b}".contains(*sign)).collect()
}

/// Runs the command with a limit of time.
fn within_limit(command: &mut Command) -> Output {
    let started = Instant::now();
    let output = command.output().expect("lab starts");
    assert!(started.elapsed() < LIMIT, "it took {} s", started.elapsed().as_secs());
    output
}

#[test]
fn hostile_notebooks_give_an_error_or_a_safe_page() {
    let python = common::python();
    let expected = expected();
    let paths = notebooks("hostile");
    // Each is an export of its own, so that one that crashes is known by name.
    std::thread::scope(|scope| {
        for part in paths.chunks(paths.len().div_ceil(4)) {
            let (python, expected) = (&python, &expected);
            scope.spawn(move || part.iter().for_each(|path| check_hostile(path, python, expected)));
        }
    });
}

fn check_hostile(path: &Path, python: &Path, expected: &Value) {
    let folder = tempfile::tempdir().expect("a folder");
    let name = path.file_name().expect("a name").to_string_lossy().into_owned();
    let wanted = &expected[format!("hostile/{name}")];
    let list = |key: &str| {
        let words = wanted[key].as_array().cloned().unwrap_or_default();
        words.into_iter().map(|words| words.as_str().expect("text").to_owned()).collect::<Vec<_>>()
    };
    for format in ["pdf", "html"] {
        let target = folder.path().join(&name).with_extension(format);
        let output = within_limit(
            lab().args(["export", "--json", "--to", format, "--out"]).arg(&target).arg(path),
        );
        let result = match output.status.code() {
            Some(0) => "page",
            Some(2) => "error",
            other => panic!("{name} as {format} ended with {other:?}: {}", both(&output)),
        };
        let either = wanted["result"] == "either";
        assert!(either || wanted["result"] == result, "{name} as {format}: {}", both(&output));
        assert_eq!(target.exists(), result == "page", "{name}");
        if result == "error" {
            continue;
        }
        let text = bare(&page_text(python, &target));
        for words in list("not_text") {
            assert!(!text.contains(&bare(&words)), "{name} as {format} shows {words:?}");
        }
        if format == "html" {
            let html = std::fs::read_to_string(&target).expect("a page").to_lowercase();
            for words in list("not_html") {
                assert!(!html.contains(&words.to_lowercase()), "{name} holds {words:?}");
            }
        }
    }
}

/// What is written on a page.
fn page_text(python: &Path, target: &Path) -> String {
    if target.extension().is_some_and(|extension| extension == "html") {
        let html = std::fs::read_to_string(target).expect("a page");
        return html_text(&html);
    }
    let read = Command::new(python)
        .arg(set().join("read.py"))
        .arg(target)
        .output()
        .expect("Python starts");
    assert!(read.status.success(), "{}", both(&read));
    String::from_utf8_lossy(&read.stdout).into_owned()
}

#[test]
fn what_is_too_large_for_git_is_exported_too() {
    let folder = tempfile::tempdir().expect("a folder");
    let python = common::python();
    let made = Command::new(&python)
        .arg(set().join("make.py"))
        .arg("--large")
        .arg(folder.path())
        .output()
        .expect("Python starts");
    assert!(made.status.success(), "{}", both(&made));
    let mut seen = 0;
    for entry in std::fs::read_dir(folder.path()).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "ipynb") {
            continue;
        }
        seen += 1;
        let output =
            lab().args(["export", "--to", "html"]).arg(&path).output().expect("lab starts");
        assert!(
            matches!(output.status.code(), Some(0 | 2)),
            "{}: {}",
            path.display(),
            both(&output)
        );
    }
    assert!(seen > 3, "only {seen} notebooks");
}

#[test]
fn five_hundred_cells_are_all_there() {
    let cells: Vec<Value> = (0..250)
        .flat_map(|number| {
            let text = format!("## Step {number}\n\nThe *sum* of $x_{{{number}}}^2$ grows: **{number}**.");
            let outputs = json!([
                { "output_type": "stream", "name": "stdout", "text": format!("loss {number}.5\n") },
                { "output_type": "execute_result", "execution_count": 1, "metadata": {}, "data": {
                    "text/html": format!("<table><tr><th>a</th></tr><tr><td>{number}</td></tr></table>"),
                    "text/plain": "table" } },
            ]);
            let source = format!("let step = {number};\nprintln!(\"loss {{}}\", step as f64 + 0.5);\ntable(step)");
            [markdown(&text), code(&source, outputs)]
        })
        .collect();
    let (_folder, path) = notebook(json!({}), &cells);
    let output = export(&["--json"], std::slice::from_ref(&path));
    assert!(output.status.success(), "{}", both(&output));
    let exported = &report(&output)["notebooks"][0];
    assert_eq!(exported["problems"].as_array().expect("a list").len(), 250);
    let text = page_text(&common::python(), &path.with_extension("pdf"));
    for number in [0, 124, 249] {
        assert!(text.contains(&format!("loss {number}.5")), "{number}");
    }
}

#[test]
fn problems_have_pages() {
    let cells = [
        markdown("# Homework"),
        markdown("## Problem 1\n\nFirst."),
        code("1 + 1", json!([{ "output_type": "stream", "name": "stdout", "text": "2" }])),
        markdown("## Problem 2\n\nSecond."),
    ];
    let (folder, path) =
        notebook(json!({ "authors": [{ "name": "Ada" }], "title": "Set 1" }), &cells);
    let output = export(&["--json", "--problems-on-new-pages"], std::slice::from_ref(&path));
    let exported = &report(&output)["notebooks"][0];
    assert_eq!(exported["pages"], 3);
    let problems = exported["problems"].as_array().expect("a list");
    assert_eq!(problems[1], json!({ "title": "Problem 2", "first_page": 3, "last_page": 3 }));
    let said = both(&export(&[], std::slice::from_ref(&path)));
    assert!(said.contains("Problem 1  page 1") && said.contains("1 page"), "{said}");
    let script = "import sys, pypdf\nreader = pypdf.PdfReader(sys.argv[1])\n\
        print(reader.metadata.title, reader.metadata.author, [entry.title for entry in reader.outline if not isinstance(entry, list)])";
    let read = Command::new(common::python())
        .args(["-c", script])
        .arg(folder.path().join("case.pdf"))
        .output()
        .expect("Python starts");
    assert!(both(&read).contains("Set 1 Ada ['Homework']"), "{}", both(&read));
}

#[test]
fn strict_makes_warnings_errors() {
    let cells = [
        markdown("![x](nowhere.png) and $\\nosuchcommand$"),
        code(
            "a",
            json!([{ "output_type": "error", "ename": "E", "evalue": "v", "traceback": [] }]),
        ),
        code("value", json!([])),
    ];
    let (_folder, path) = notebook(json!({}), &cells);
    let usual = export(&[], std::slice::from_ref(&path));
    let said = both(&usual);
    assert!(usual.status.success(), "{said}");
    for words in [
        "warning: cell 1: picture x: there is no file nowhere.png",
        "warning: cell 1: the formula $\\nosuchcommand$ cannot be set",
        "1 formula(s) could not be set",
        "warning: cell 2: this cell ended in an error: E",
        "warning: cell 3: this cell ends in a value, but shows none",
    ] {
        assert!(said.contains(words), "no {words:?} in:\n{said}");
    }
    let strict = export(&["--strict"], std::slice::from_ref(&path));
    assert_eq!(strict.status.code(), Some(1));
    assert!(both(&strict).contains("error: cell 2"), "{}", both(&strict));
    assert!(path.with_extension("pdf").exists());
}

#[test]
fn the_same_notebook_gives_the_same_bytes() {
    let picture =
        "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'><circle r='5'/></svg>";
    let data = json!({ "image/svg+xml": picture, "text/plain": "figure" });
    let output = json!([{ "output_type": "display_data", "metadata": {}, "data": data }]);
    let (folder, path) = notebook(json!({}), &[markdown("# A\n\n$x^2$"), code("f", output)]);
    let write = |name: &str| {
        let target = folder.path().join(name);
        let output =
            export(&["--out", target.to_str().expect("a path")], std::slice::from_ref(&path));
        assert!(output.status.success(), "{}", both(&output));
        std::fs::read(target).expect("a file")
    };
    assert!(write("a.pdf") == write("b.pdf"));
}

#[test]
fn wrong_arguments_are_explained() {
    let (folder, path) = notebook(json!({}), &[]);
    let copy = folder.path().join("other").join("case.ipynb");
    std::fs::create_dir(copy.parent().expect("a folder")).expect("a folder");
    std::fs::copy(&path, &copy).expect("a copy");
    let command = |arguments: &[&str]| {
        let mut command = lab();
        command.arg("export").args(arguments);
        command
    };
    let (path, copy) = (path.to_str().expect("a path"), copy.to_str().expect("a path"));
    let out = folder.path().join("out").to_str().expect("a path").to_owned();
    common::fails_with(
        command(&["/nowhere/a.ipynb"]),
        2,
        &["there is no notebook /nowhere/a.ipynb"],
    );
    common::fails_with(command(&[path, copy, "--out", "a.pdf"]), 2, &["is one file", "--out"]);
    common::fails_with(command(&[path, copy, "--out", &out]), 2, &["two notebooks would become"]);
    common::fails_with(command(&[]), 2, &["NOTEBOOKS"]);
    common::fails_with(command(&[path, "--to", "docx"]), 2, &["pdf", "html"]);
}

#[test]
fn an_existing_file_stays_when_the_notebook_is_broken() {
    let (folder, path) = notebook(json!({}), &[]);
    let target = folder.path().join("case.pdf");
    std::fs::write(&target, "old").expect("a file");
    std::fs::write(&path, "{").expect("a broken notebook");
    assert_eq!(export(&[], std::slice::from_ref(&path)).status.code(), Some(2));
    assert_eq!(std::fs::read(&target).expect("the file"), b"old");
}
