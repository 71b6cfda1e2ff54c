//! The kernel over hundreds of cells, and in a real page. Minutes, hence the name.

mod common;

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use common::{both, lab, python};
use serde_json::{Value, json};

fn scripts() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("kernel")
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("a root").to_owned()
}

#[test]
fn slow_soak() {
    let output = Command::new(python())
        .arg(scripts().join("soak.py"))
        .env("LATENTLAB_TEST_LAB", env!("CARGO_BIN_EXE_lab"))
        .env("LATENTLAB_TEST_ROOT", root())
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .output()
        .expect("Python starts");
    println!("{}", both(&output));
    assert!(output.status.success(), "{}", both(&output));
}

/// A server that ends with the test.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let id = nix::unistd::Pid::from_raw(self.0.id() as i32);
        let _already_gone = nix::sys::signal::kill(id, nix::sys::signal::SIGTERM);
        let _reaped = self.0.wait();
    }
}

#[test]
fn slow_jupyterlab_in_chromium() {
    let Some(modules) = browser_tools() else { return };
    let folder = tempfile::tempdir().expect("a folder");
    std::fs::write(folder.path().join("page.ipynb"), page().to_string()).expect("a notebook");
    let (server, address) = open(folder.path());
    let pictures = std::env::var_os("LATENTLAB_TEST_PICTURES")
        .map_or_else(|| folder.path().to_owned(), PathBuf::from);
    std::fs::create_dir_all(&pictures).expect("a folder for pictures");
    let output = Command::new("node")
        .arg(modules.join("lab.mjs"))
        .args([&address, "page.ipynb"])
        .arg(&pictures)
        .output()
        .expect("node starts");
    drop(server);
    assert!(output.status.success(), "{}\npictures: {}", both(&output), pictures.display());
}

/// The script with its library, where the machine has what it takes.
fn browser_tools() -> Option<PathBuf> {
    let chromium = std::env::var_os("CHROMIUM").map_or("/usr/bin/chromium".into(), PathBuf::from);
    if !chromium.exists() {
        println!(
            "skipped: no Chromium at {} (Debian: apt-get install chromium)",
            chromium.display()
        );
        return None;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    std::fs::create_dir_all(&folder).expect("a folder");
    for name in ["lab.mjs", "package.json", "package-lock.json"] {
        std::fs::copy(scripts().join("browser").join(name), folder.join(name)).expect("a copy");
    }
    let installed =
        Command::new("npm").args(["ci", "--no-audit", "--no-fund"]).current_dir(&folder).output();
    match installed {
        Ok(output) if output.status.success() => Some(folder),
        Ok(output) => {
            println!("skipped: npm cannot install playwright-core: {}", both(&output));
            None
        }
        Err(error) => {
            println!("skipped: no npm to install playwright-core with: {error}");
            None
        }
    }
}

/// `lab open` on a folder, and the address it prints.
fn open(folder: &Path) -> (Server, String) {
    let mut server = lab()
        .args(["open", "--no-browser", "--port", "8971"])
        .arg(folder)
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("lab starts");
    let said = BufReader::new(server.stderr.take().expect("standard error"));
    let (sender, receiver) = std::sync::mpsc::channel();
    // Read to the end, so that the server never waits for a reader.
    std::thread::spawn(move || {
        for line in said.lines().map_while(Result::ok) {
            if let Some(position) = line.find("http://127.0.0.1:")
                && line.contains("token=")
            {
                let _taken = sender.send(line[position..].trim().to_owned());
            }
        }
    });
    let address = receiver.recv_timeout(std::time::Duration::from_secs(120));
    (Server(server), address.expect("an address with a token"))
}

fn page() -> Value {
    let library = format!(
        ":dep latentlab = {{ path = {:?} }}\nuse latentlab::prelude::*;",
        root().to_string_lossy()
    );
    let figures = r#"for power in 1..=3 {
    println!("figure {power}");
    let values: Vec<f64> = (0..60).map(|x| (f64::from(x) / 10.0).powi(power)).collect();
    LineChart::new(format!("x to the {power}")).series("y", values).show();
    std::thread::sleep(std::time::Duration::from_millis(700));
}
for _ in progress("Watching", 0..60) {
    std::thread::sleep(std::time::Duration::from_millis(40));
}"#;
    let training = r#"for _ in progress("Training", 0..1_000_000) {
    weight += 1.0;
    std::thread::sleep(std::time::Duration::from_millis(2));
}"#;
    let cells = [
        &library,
        figures,
        "let mut weight = Tensor::zeros([1], (Kind::Float, Device::Cpu));\nlet names = vec![\"a\", \"b\"];",
        training,
        "weight.double_value(&[0])",
        "let index = 5;\nnames[index]",
        ":vars",
    ]
    .iter()
    .enumerate()
    .map(|(number, source)| {
        json!({
            "cell_type": "code", "id": format!("cell-{number}"), "metadata": {},
            "execution_count": null, "source": source, "outputs": []
        })
    })
    .collect::<Vec<Value>>();
    json!({
        "nbformat": 4, "nbformat_minor": 5, "cells": cells,
        "metadata": { "kernelspec": { "name": "rust", "display_name": "Rust", "language": "rust" } }
    })
}
