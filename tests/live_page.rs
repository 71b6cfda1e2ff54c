//! What a cell's process writes to standard output, under a kernel that takes live messages and under one that does
//! not. Each test runs one of the cells below in a process of its own, since the environment decides.
#![allow(clippy::unwrap_used)]

use std::process::Command;
use std::time::Duration;

use latentlab::notebook::{DisplayHandle, Show};
use latentlab::prelude::*;
use serde_json::Value;

/// Runs one cell; returns what it wrote.
fn run(cell: &str, variables: &[(&str, &str)]) -> String {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--ignored", "--exact", "--nocapture", "--test-threads=1", cell]);
    command.env_remove("LATENTLAB_CHANNEL").env_remove("LATENTLAB_INTERRUPT");
    let output = command.envs(variables.iter().copied()).output().unwrap();
    assert!(output.status.success(), "{output:?}");
    String::from_utf8(output.stdout).unwrap()
}

/// The messages among the printed text, as a kernel takes them out: kind and payload; and the text without them.
fn messages(mut page: &str) -> (Vec<(String, Value)>, String) {
    let (mut found, mut printed) = (Vec::new(), String::new());
    while let Some((before, rest)) = page.split_once("\u{1e}LATENTLAB t0ken ") {
        printed.push_str(before);
        let (header, rest) = rest.split_once('\n').unwrap();
        let (kind, length) = header.split_once(' ').unwrap();
        let (payload, rest) = rest.split_at(length.parse().unwrap());
        found.push((kind.to_owned(), serde_json::from_str(payload).unwrap()));
        page = rest.strip_prefix('\n').unwrap();
    }
    (found, printed + page)
}

fn live(cell: &str) -> (Vec<(String, Value)>, String) {
    messages(&run(cell, &[("LATENTLAB_CHANNEL", "t0ken")]))
}

#[test]
#[ignore = "a cell that other tests run in a process of its own"]
fn cell_with_outputs() {
    print!("half a line");
    markdown("**one**").show();
    let handle = DisplayHandle::new(&Rich::text("two"));
    handle.update(&Rich::text("three"));
    clear_output(true);
    println!("printed");
    Rich::text("four").evcxr_display();
}

#[test]
#[ignore = "a cell that other tests run in a process of its own"]
fn cell_with_a_loop() {
    let mut epochs = progress("Training", 0..3).unit("epochs").delay(Duration::ZERO);
    while let Some(epoch) = epochs.next() {
        for _ in progress("Batches", 0..10) {}
        epochs.note(format!("loss 0.{epoch}"));
    }
}

#[test]
fn messages_keep_their_place_and_their_kind() {
    let (found, printed) = live("cell_with_outputs");
    let kinds: Vec<&str> = found.iter().map(|(kind, _)| kind.as_str()).collect();
    assert_eq!(kinds, ["display", "display", "update", "clear", "result"]);
    assert_eq!(found[0].1["data"]["text/markdown"], "**one**");
    let id = &found[1].1["transient"]["display_id"];
    assert!(id.is_string() && *id == found[2].1["transient"]["display_id"]);
    assert_eq!(found[4].1["data"]["text/plain"], "four");
    assert!(printed.contains("half a line") && printed.contains("printed\n"), "{printed}");
}

#[test]
fn evcxr_as_it_comes_reads_blocks_only() {
    let page = run("cell_with_outputs", &[]);
    assert!(!page.contains('\u{1e}') && !page.contains("three"), "{page}");
    let shown = page.matches("EVCXR_BEGIN_CONTENT text/plain\n").count();
    assert_eq!((shown, page.matches("EVCXR_END_CONTENT\n").count()), (3, 4));
}

#[test]
fn a_loop_leaves_one_line() {
    let (found, _) = live("cell_with_a_loop");
    assert_eq!(found[0].0, "display");
    assert!(found[1..].iter().all(|(kind, _)| kind == "update"));
    let last = found[found.len() - 1].1["data"]["text/plain"].as_str().unwrap();
    assert!(last.starts_with("Training: 3/3 epochs, ") && last.ends_with(", loss 0.2"), "{last}");
    let page = run("cell_with_a_loop", &[]);
    let lines = page.lines().filter(|line| line.contains("Training: 3/3 epochs, "));
    assert_eq!((lines.count(), page.matches("Batches").count()), (1, 0), "{page}");
}

#[test]
fn an_interrupt_ends_the_loop_and_the_line_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let request = folder.path().join("interrupt");
    std::fs::write(&request, "").unwrap();
    let variables =
        [("LATENTLAB_CHANNEL", "t0ken"), ("LATENTLAB_INTERRUPT", request.to_str().unwrap())];
    let (found, _) = messages(&run("cell_with_a_loop", &variables));
    let last = found[found.len() - 1].1["data"]["text/plain"].as_str().unwrap();
    assert!(last.starts_with("Training: stopped at 0/3 epochs after "), "{last}");
    assert!(folder.path().join("interrupt.heard").exists());
}
