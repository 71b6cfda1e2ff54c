//! `lab run` with real kernels: what executes, what fails, and what is left behind.
//!
//! Each test starts a kernel of its own; the first one on a bare machine sets up what is missing.

mod common;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use common::{both, lab};
use serde_json::{Value, json};

struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    /// A notebook with these code cells; the first may be the parameters.
    fn new(cells: &[&str]) -> Self {
        Self::tagged(cells, &[])
    }

    fn tagged(cells: &[&str], tags: &[(usize, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let cells: Vec<Value> = cells
            .iter()
            .enumerate()
            .map(|(index, code)| {
                let tags: Vec<&str> =
                    tags.iter().filter(|(cell, _)| *cell == index).map(|(_, tag)| *tag).collect();
                json!({
                    "cell_type": "code", "id": format!("cell-{index}"), "metadata": {"tags": tags},
                    "execution_count": null, "source": code, "outputs": []
                })
            })
            .collect();
        let notebook = json!({
            "nbformat": 4, "nbformat_minor": 5, "cells": cells,
            "metadata": {"kernelspec": {"name": "rust", "display_name": "Rust", "language": "rust"}}
        });
        std::fs::write(folder.path().join("case.ipynb"), notebook.to_string()).expect("a notebook");
        Self { folder }
    }

    fn source(&self) -> PathBuf {
        self.folder.path().join("case.ipynb")
    }

    fn target(&self) -> PathBuf {
        self.folder.path().join("out").join("case.ipynb")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = lab();
        command
            .args(["run", "--json", "--out"])
            .arg(self.folder.path().join("out"))
            .args(arguments)
            .arg(self.source());
        command
    }

    /// Runs the notebook; gives the exit code, the report of `--json`, and the saved notebook.
    fn run(&self, arguments: &[&str]) -> (Option<i32>, Value, Value) {
        let before = std::fs::read(self.source()).expect("the source");
        let output = self.command(arguments).output().expect("lab starts");
        assert_eq!(std::fs::read(self.source()).expect("the source"), before);
        let report = serde_json::from_slice(&output.stdout)
            .unwrap_or_else(|error| panic!("{error}: {}", both(&output)));
        (output.status.code(), report, self.saved())
    }

    fn saved(&self) -> Value {
        let text = std::fs::read_to_string(self.target()).expect("an executed copy");
        serde_json::from_str(&text).expect("JSON")
    }
}

/// All text of a cell's outputs.
fn text(notebook: &Value, cell: usize) -> String {
    notebook["cells"][cell]["outputs"].to_string()
}

/// Whether the reference implementation of the format accepts a notebook.
fn validate(notebook: &Path) {
    let script = "import nbformat, sys\nnotebook = nbformat.read(sys.argv[1], as_version=nbformat.NO_CONVERT)\nassert (notebook.nbformat, notebook.nbformat_minor) == (4, 5)\nnbformat.validate(notebook)";
    let output = Command::new(common::python())
        .args(["-c", script])
        .arg(notebook)
        .output()
        .expect("Python runs");
    assert!(output.status.success(), "{}", both(&output));
}

#[test]
fn cells_run_in_order_and_keep_their_outputs() {
    let case = Case::new(&[
        "let a = 20;",
        "println!(\"to stdout {a}\");\neprintln!(\"to stderr\");\na + 1",
        "",
        "a * 2",
    ]);
    let (code, report, saved) = case.run(&[]);
    assert_eq!((code, &report["ok"]), (Some(0), &json!(true)), "{report}");
    let cells = &saved["cells"];
    assert_eq!(cells[1]["execution_count"], 2);
    assert_eq!(cells[3]["execution_count"], 3, "an empty cell does not count");
    let outputs = text(&saved, 1);
    assert!(outputs.contains("to stdout 20") && outputs.contains("to stderr"), "{outputs}");
    assert!(outputs.contains("\"text/plain\":[\"21\"]"), "{outputs}");
    assert!(text(&saved, 3).contains("40"));
    validate(&case.target());
    let printed = &report["notebooks"][0]["pdf"];
    assert_eq!((&printed["pages"], &printed["warnings"]), (&json!(1), &json!([])), "{report}");
    let pdf = std::fs::read(case.target().with_extension("pdf")).expect("a PDF");
    assert!(pdf.starts_with(b"%PDF-"));
}

#[test]
fn a_pdf_is_written_also_of_what_ran_before_an_error_but_not_unasked() {
    let case = Case::new(&["1 + 1", "let wrong: String = 1;", "3"]);
    let (code, report, _) = case.run(&[]);
    assert_eq!(code, Some(1));
    let kinds: Vec<_> = report["notebooks"][0]["pdf"]["warnings"]
        .as_array()
        .expect("warnings")
        .iter()
        .map(|warning| warning["kind"].clone())
        .collect();
    assert_eq!(kinds, [json!("error"), json!("never-run")]);
    std::fs::remove_file(case.target().with_extension("pdf")).expect("a PDF");
    let (_, report, _) = case.run(&["--no-pdf"]);
    assert_eq!(report["notebooks"][0]["pdf"], Value::Null);
    assert!(!case.target().with_extension("pdf").exists());
}

#[test]
fn parameters_replace_values_and_keep_types() {
    let case = Case::tagged(
        &["let epochs: usize = 50;\nlet name = \"old\";", "format!(\"{name} {}\", epochs / 4)"],
        &[(0, "parameters")],
    );
    let (code, _, saved) = case.run(&["--param", "EPOCHS=10", "--param", "name=new"]);
    assert_eq!(code, Some(0));
    assert_eq!(saved["cells"][1]["metadata"]["tags"], json!(["injected-parameters"]));
    assert!(text(&saved, 2).contains("new 2"), "{}", text(&saved, 2));
    validate(&case.target());
}

#[test]
fn a_compile_error_stops_the_notebook_at_its_line() {
    let case = Case::new(&["let a = 1;", "let b = a;\nlet text: String = a;\nb", "3 + 3"]);
    let (code, report, saved) = case.run(&[]);
    assert_eq!(code, Some(1));
    let error = &report["notebooks"][0]["error"];
    assert_eq!((&error["cell"], &error["line"]), (&json!(2), &json!(2)), "{report}");
    assert!(error["message"].as_str().expect("a message").contains("mismatched types"));
    assert_eq!(saved["cells"][2]["execution_count"], Value::Null);
    assert!(text(&saved, 1).contains("In[2]"), "{}", text(&saved, 1));
    validate(&case.target());
}

#[test]
fn a_panic_stops_the_notebook_at_its_line() {
    let case = Case::new(&[
        "let v = vec![1, 2, 3];\nlet i: usize = 7;",
        "println!(\"before\");\nlet x = v[i];\nx",
    ]);
    let (code, report, saved) = case.run(&[]);
    assert_eq!(code, Some(1), "{report}");
    let error = &report["notebooks"][0]["error"];
    assert_eq!(error["name"], "Panic", "{report}");
    assert_eq!((&error["cell"], &error["line"]), (&json!(2), &json!(2)), "{report}");
    assert!(error["message"].as_str().expect("a message").contains("index is 7"), "{report}");
    assert!(text(&saved, 1).contains("before"));
    validate(&case.target());
}

#[test]
fn an_error_that_leaves_a_cell_stops_the_notebook() {
    let case = Case::new(&[
        "let text = std::fs::read_to_string(\"/nonexistent/prices.csv\")?;\ntext.len()",
    ]);
    let (code, report, _) = case.run(&[]);
    assert_eq!(code, Some(1), "{report}");
    let message =
        report["notebooks"][0]["error"]["message"].as_str().expect("a message").to_owned();
    assert!(message.contains("No such file"), "{report}");
}

#[test]
fn an_endless_loop_ends_at_the_limit() {
    let case = Case::new(&[
        "println!(\"started\");\nloop { std::thread::sleep(std::time::Duration::from_millis(50)); }",
    ]);
    let started = Instant::now();
    let (code, report, saved) = case.run(&["--timeout", "3"]);
    assert_eq!(code, Some(1));
    assert_eq!(report["notebooks"][0]["error"]["name"], "Timeout", "{report}");
    assert!(text(&saved, 0).contains("started"));
    assert!(started.elapsed() < Duration::from_secs(600), "it hung");
    validate(&case.target());
}

#[test]
fn a_crash_is_an_error_and_not_a_hang() {
    let case = Case::new(&["let a = 1;", "std::process::abort()"]);
    let (code, report, _) = case.run(&[]);
    assert_eq!(code, Some(1), "{report}");
    let message =
        report["notebooks"][0]["error"]["message"].as_str().expect("a message").to_owned();
    assert!(message.contains("aborted"), "{report}");
    assert!(text(&case.saved(), 1).contains("The variable `a` is gone."), "{report}");
}

#[test]
fn ctrl_c_saves_what_there_is() {
    let case = Case::new(&[
        "println!(\"first\");",
        "std::thread::sleep(std::time::Duration::from_secs(600));",
    ]);
    let mut child = case
        .command(&[])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .expect("lab starts");
    // The line for the first cell appears when it is done, and the second is under way.
    let mut said = BufReader::new(child.stderr.take().expect("standard error")).lines();
    let first_is_done = said.any(|line| line.expect("text").contains("[ 1/2]"));
    assert!(first_is_done, "the first cell did not finish");
    let id = nix::unistd::Pid::from_raw(child.id() as i32);
    nix::sys::signal::kill(id, nix::sys::signal::SIGINT).expect("lab is running");
    let rest: Vec<String> = said.map_while(Result::ok).collect();
    let output = child.wait_with_output().expect("lab ends");
    assert_eq!(output.status.code(), Some(130), "{rest:?}");
    assert!(text(&case.saved(), 0).contains("first"));
}

#[test]
fn a_kernel_that_does_not_exist_is_named() {
    let case = Case::new(&["1"]);
    let text = std::fs::read_to_string(case.source()).expect("the source");
    std::fs::write(case.source(), text.replace("\"name\":\"rust\"", "\"name\":\"cobol\""))
        .expect("a file");
    let (code, report, _) = case.run(&[]);
    assert_eq!(code, Some(3));
    assert!(report.to_string().contains("cobol"), "{report}");
}

#[test]
fn bad_calls_are_usage_errors() {
    let case = Case::tagged(&["let epochs = 5;"], &[(0, "parameters")]);
    for (arguments, words) in [
        (vec!["--param", "epochs"], "is not NAME=VALUE"),
        (vec!["--param", "epochs=many"], "whole number"),
        (vec!["--param", "rate=1"], "choose one of epochs"),
    ] {
        common::fails_with(case.command(&arguments), 2, &[words]);
    }
    let mut nowhere = lab();
    nowhere.args(["run", "/nonexistent/a.ipynb"]);
    common::fails_with(nowhere, 2, &["there is no notebook /nonexistent/a.ipynb"]);
    let mut onto_itself = lab();
    onto_itself.args(["run", "--out"]).arg(case.folder.path()).arg(case.source());
    common::fails_with(onto_itself, 2, &["would overwrite"]);
}

/// A cell that looks at its own kernel's build: a library that came with the warm build is a second name
/// for a file there, one that was compiled here has no other name.
const LIBRARIES_COMPILED_HERE: &str = r#"
fn libraries(folder: &std::path::Path) -> Vec<(String, u64)> {
    use std::os::unix::fs::MetadataExt;
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = path.display().to_string();
        if path.is_dir() {
            found.extend(libraries(&path));
        } else if name.ends_with(".rlib") && entry.metadata().unwrap().len() > 100_000 {
            found.push((name, entry.metadata().unwrap().nlink()));
        }
    }
    found
}
let home = std::env::var("LATENTLAB_KERNEL_HOME").unwrap();
let all = libraries(&std::path::Path::new(&home).join("build"));
let has_polars = all.iter().any(|(name, _)| name.contains("libpolars_core"));
let alone: Vec<String> = all.iter().filter(|(_, names)| *names == 1).map(|(name, _)| name.clone()).collect();
format!("libraries: {has_polars}, compiled here: {alone:?}")
"#;

/// The library in a kernel: nothing is compiled but the cells, nothing is fetched, and nothing stays.
#[test]
fn a_kernel_starts_warm_and_leaves_nothing() {
    let dependency = format!(
        ":dep latentlab = {{ path = {:?} }}\nuse latentlab::prelude::*;",
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the root").to_string_lossy()
    );
    // Values of every crate that cells can name must outlive their cell, so their types must be inferred.
    let case = Case::new(&[
        &dependency,
        "let t = Tensor::from_slice(&[1.0, 2.0]);\nlet matrix = Array2::<f64>::eye(2);\nlet frame = df![\"a\" => [1.5, 2.5]]?;\nlet day = NaiveDate::from_ymd_opt(2024, 3, 1).unwrap();\nlet fit = GraphicalLasso::new(0.1).fit_covariance(&matrix)?;\nlet graph = fit.graph(&[\"A\", \"B\"])?;\nlet inner = graph.petgraph().clone();\nlet selection = DeviceSelection::auto()?;",
        "format!(\"{} {} {} {day} {} {} {}\", t.sum(Kind::Double).double_value(&[]), matrix.sum(), frame.height(), fit.edge_count(), inner.node_count(), selection.reason().is_empty())",
        LIBRARIES_COMPILED_HERE,
    ]);
    let output = case.command(&[]).env("CARGO_NET_OFFLINE", "true").output().expect("lab starts");
    assert!(output.status.success(), "{}", both(&output));
    let last = text(&case.saved(), 2);
    assert!(last.contains("3 2 2 2024-03-01 0 2 false"), "{last}");
    let build = text(&case.saved(), 3);
    assert!(build.contains("libraries: true, compiled here: []"), "{build}");
}

/// Kernels at the same time: each has its own build, so that none loads another's cell.
#[test]
fn kernels_side_by_side_keep_apart() {
    let cases: Vec<Case> = (0..3)
        .map(|number| Case::new(&[&format!("let a = {number};"), "a * 10", "a * 100", "a + 7"]))
        .collect();
    let running: Vec<_> = cases
        .iter()
        .map(|case| {
            let mut command = case.command(&[]);
            let quiet = std::process::Stdio::null;
            command.stdout(quiet()).stderr(quiet()).spawn().expect("lab starts")
        })
        .collect();
    for (number, mut child) in running.into_iter().enumerate() {
        assert!(child.wait().expect("lab ends").success());
        let saved = cases[number].saved();
        assert!(text(&saved, 1).contains(&format!("\"{}\"", number * 10)), "{saved}");
        assert!(text(&saved, 2).contains(&format!("\"{}\"", number * 100)), "{saved}");
        assert!(text(&saved, 3).contains(&format!("\"{}\"", number + 7)), "{saved}");
    }
}
