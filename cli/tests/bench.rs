//! `lab bench cells` with real kernels: what it reports, and that nothing stays behind.

mod common;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use common::{both, lab};
use serde_json::{Value, json};

const SCRIPT: &str =
    "// %% a value\nlet a = 20;\n// %% a mistake (fails)\nlet b: String = a;\n// %% shown\na + 1\n";

/// A small script and notebook, and a temporary folder by which the kernels can be told from all others.
struct Case {
    folder: tempfile::TempDir,
}

impl Case {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let cell = |id: &str, code: &str| json!({"cell_type": "code", "id": id, "metadata": {}, "execution_count": null, "source": code, "outputs": []});
        let notebook = json!({
            "nbformat": 4, "nbformat_minor": 5, "metadata": {},
            "cells": [cell("a", "let a = 20;"), cell("b", "a + 1")],
        });
        std::fs::write(folder.path().join("case.ipynb"), notebook.to_string()).expect("a notebook");
        std::fs::write(folder.path().join("script.txt"), SCRIPT).expect("a script");
        std::fs::create_dir(folder.path().join("tmp")).expect("a folder");
        Self { folder }
    }

    fn command(&self) -> Command {
        let path = |name: &str| self.folder.path().join(name);
        let mut command = lab();
        command
            .args(["bench", "cells", "--json", "--repeat", "1", "--idle", "1", "--notebook"])
            .arg(path("case.ipynb"))
            .arg("--script")
            .arg(path("script.txt"))
            .env("TMPDIR", path("tmp"));
        command
    }

    /// Waits until no process has this case's folder in its variables, and no file is left in it.
    fn nothing_stays(&self) {
        let patience = Instant::now() + Duration::from_secs(60);
        while !processes_with(self.folder.path()).is_empty() {
            let left = processes_with(self.folder.path());
            assert!(Instant::now() < patience, "still running: {left:?}");
            std::thread::sleep(Duration::from_millis(100));
        }
        let files = std::fs::read_dir(self.folder.path().join("tmp")).expect("a folder");
        let left: Vec<_> = files.flatten().map(|entry| entry.path()).collect();
        assert!(left.is_empty(), "{left:?}");
    }
}

fn processes_with(folder: &Path) -> Vec<String> {
    let variable = format!("TMPDIR={}", folder.join("tmp").display());
    let has_it = |process: &Path| {
        let variables = std::fs::read(process.join("environ")).unwrap_or_default();
        variables.split(|byte| *byte == 0).any(|one| one == variable.as_bytes())
    };
    std::fs::read_dir("/proc")
        .expect("a list of processes")
        .flatten()
        .filter(|entry| has_it(&entry.path()))
        .map(|entry| std::fs::read_to_string(entry.path().join("cmdline")).unwrap_or_default())
        .collect()
}

fn measure<'a>(report: &'a Value, part: &str, name: &str) -> &'a Value {
    let measures = report["measures"][part].as_array().expect("measures");
    measures
        .iter()
        .find(|one| one["name"].as_str().is_some_and(|known| known.contains(name)))
        .unwrap_or_else(|| panic!("no {name:?} in {measures:?}"))
}

/// The median of a measure, which must be positive and not above the 95th percentile.
fn median(measure: &Value, kernel: &str) -> f64 {
    let number = |key: &str| measure[kernel][key].as_f64().unwrap_or_else(|| panic!("{measure}"));
    assert!(0.0 < number("median") && number("median") <= number("p95"), "{measure}");
    assert_eq!(measure[kernel]["samples"].as_array().map(Vec::len), Some(1), "{measure}");
    number("median")
}

#[test]
fn both_kernels_are_measured_and_nothing_stays() {
    let case = Case::new();
    let output = case.command().output().expect("lab starts");
    assert!(output.status.success(), "{}", both(&output));
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&report["ok"], &report["interrupted"]), (&json!(true), &json!(false)), "{report}");
    for (group, key) in [
        ("machine", "cores"),
        ("machine", "os"),
        ("versions", "rustc"),
        ("versions", "evcxr"),
        ("versions", "latentlab"),
    ] {
        assert!(!report[group][key].is_null(), "no {group}.{key} in {report}");
    }

    let answered = measure(&report, "start", "kernel_info");
    let loaded = measure(&report, "start", "process start → library loaded");
    let library = measure(&report, "start", "library cell, sent at once");
    assert!(median(answered, "ours") < median(loaded, "ours"), "{report}");
    assert!(median(library, "ours") < median(loaded, "ours"), "{report}");
    assert_eq!(loaded["stock"], Value::Null);
    assert_eq!(answered["stock_same_dependencies"], Value::Null);
    let ratio = median(answered, "ours") / median(answered, "stock");
    assert!((answered["ratio"].as_f64().expect("a ratio") - ratio).abs() < 1e-9);
    median(measure(&report, "start", "library cell, after 1 s"), "ours");
    for name in ["first inferred `let`, sent at once", "first inferred `let`, after 1 s"] {
        median(measure(&report, "start", name), "ours");
        median(measure(&report, "start", name), "stock");
    }

    assert_eq!(report["measures"]["script"].as_array().map(Vec::len), Some(3));
    let cells = ["a value", "a mistake", "shown"];
    for kernel in ["ours", "stock"] {
        let sum: f64 =
            cells.iter().map(|name| median(measure(&report, "script", name), kernel)).sum();
        let total = median(measure(&report, "total", "the same cells"), kernel);
        assert!((total - sum).abs() < 1e-9, "{total} is not {sum}");
        let engine = median(measure(&report, "memory", "after the cells: engine"), kernel);
        let all = median(measure(&report, "memory", "after the cells: all"), kernel);
        assert!(1e6 < engine && engine < all, "{report}");
    }
    assert!(report["measures"]["script_ratios"]["largest"].is_f64(), "{report}");
    assert_eq!(report["measures"]["notebook"].as_array().map(Vec::len), Some(2));
    median(measure(&report, "notebook", "a + 1"), "ours");
    case.nothing_stays();
}

#[test]
fn ctrl_c_reports_what_there_is_and_ends_the_kernels() {
    let case = Case::new();
    let mut child =
        case.command().stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("lab starts");
    let mut said = BufReader::new(child.stderr.take().expect("standard error")).lines();
    // After this line the next kernel is started.
    let first_is_done = said.any(|line| line.expect("text").contains("ours: from the start"));
    assert!(first_is_done, "the first kernel was not measured");
    let id = nix::unistd::Pid::from_raw(child.id() as i32);
    nix::sys::signal::kill(id, nix::sys::signal::SIGINT).expect("lab is running");
    let rest: Vec<String> = said.map_while(Result::ok).collect();
    let output = child.wait_with_output().expect("lab ends");
    assert_eq!(output.status.code(), Some(130), "{rest:?}");
    let report: Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!((&report["ok"], &report["interrupted"]), (&json!(false), &json!(true)), "{report}");
    median(measure(&report, "start", "kernel_info"), "ours");
    assert_eq!(report["measures"]["notebook"], json!([]));
    case.nothing_stays();
}

#[test]
fn bad_calls_are_usage_errors() {
    for (option, words) in [
        ("--notebook", "there is no notebook /nonexistent/x"),
        ("--script", "there is no script /nonexistent/x"),
    ] {
        let mut command = lab();
        command.args(["bench", "cells", option, "/nonexistent/x"]);
        common::fails_with(command, 2, &[words, option]);
    }
    let mut never = lab();
    never.args(["bench", "cells", "--repeat", "0"]);
    common::fails_with(never, 2, &["--repeat"]);
}
