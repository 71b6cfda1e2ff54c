//! Fetches that end early: signals, disks that are full, and others that hold the folder.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use crate::common::{both, fails_with};
use crate::place::{Place, TAG, ZIP, archive, lfw};
use crate::server::file;

/// Waits until something is so.
fn wait_for(so: impl Fn() -> bool) {
    let started = Instant::now();
    while !so() {
        assert!(started.elapsed() < Duration::from_secs(60), "it never comes to that");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// Starts a fetch that hangs after some bytes, ends it by a signal, and lets a second call complete it.
fn ended_by(signal: &str) -> (String, Option<i32>) {
    let server = lfw(|request| {
        let reply = file(request, &archive(), TAG);
        if request.before == 0 { reply.stall(90_000) } else { reply }
    });
    let place = Place::new();
    let mut child = place
        .command(&["lfw", "--from", &server.at("/")])
        .stderr(Stdio::piped())
        .spawn()
        .expect("lab starts");
    wait_for(|| place.part() == 90_000);
    let process = nix::unistd::Pid::from_raw(i32::try_from(child.id()).expect("a process"));
    let signal: nix::sys::signal::Signal = signal.parse().expect("a signal");
    nix::sys::signal::kill(process, signal).expect("it lives");
    let status = child.wait().expect("it ends");
    let mut said = String::new();
    child.stderr.take().expect("its words").read_to_string(&mut said).expect("text");
    assert!(!place.lfw("lfw-deepfunneled.zip").exists());
    assert_eq!(place.part(), 90_000);
    // A killed program may leave more: what it was making.
    std::fs::write(place.lfw(".fetch-abc"), "half").expect("a file");
    let more = place.fetched(&[&server.at("/")]);
    assert!(more.contains("going on after 90.0 kB"), "{more}");
    assert_eq!(server.requests_for(ZIP)[1].from, Some(90_000));
    place.assert_whole();
    (said, status.code())
}

#[test]
fn ctrl_c_leaves_the_part_for_the_next_call() {
    let (said, code) = ended_by("SIGINT");
    assert_eq!(code, Some(130), "{said}");
    assert!(said.contains("interrupted; what has arrived is kept"), "{said}");
    assert_eq!(ended_by("SIGTERM").1, Some(130));
}

#[test]
fn a_killed_fetch_leaves_the_part_for_the_next_call() {
    assert_eq!(ended_by("SIGKILL").1, None);
}

#[test]
fn two_at_the_same_time_fetch_once() {
    let waiting = Arc::new(AtomicBool::new(false));
    let seen = waiting.clone();
    // The first one gets its answer when the second one says that it waits.
    let server = lfw(move |request| {
        wait_for(|| seen.load(Ordering::Relaxed));
        file(request, &archive(), TAG)
    });
    let place = Place::new();
    let start = || {
        let mut command = place.command(&["lfw", "--from", &server.at("/")]);
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("lab starts")
    };
    let first = start();
    wait_for(|| !server.requests().is_empty());
    let mut second = start();
    let mut said = BufReader::new(second.stderr.take().expect("its words"));
    let mut line = String::new();
    while !line.contains("is fetching the same data; waiting for it") {
        line.clear();
        assert!(said.read_line(&mut line).expect("text") > 0, "it does not wait");
    }
    waiting.store(true, Ordering::Relaxed);
    let mut rest = String::new();
    said.read_to_string(&mut rest).expect("text");
    assert!(second.wait().expect("it ends").success(), "{rest}");
    assert_eq!(rest.matches("already there").count(), 2, "{rest}");
    let first = first.wait_with_output().expect("it ends");
    assert!(first.status.success(), "{}", both(&first));
    assert_eq!(server.requests().len(), 2);
    place.assert_whole();
}

/// Root may write anywhere, but nothing can be created in /sys.
#[cfg(target_os = "linux")]
#[test]
fn a_folder_that_cannot_be_written_is_told() {
    let place = Place::new();
    let mut command = place.command(&["mnist"]);
    command.env("LATENTLAB_DATA", "/sys/latentlab");
    let words = ["cannot create /sys/latentlab/mnist", "LATENTLAB_DATA to a folder that is"];
    fails_with(command, 3, &words);
}

/// The shell's limit on the size of files stands for a full disk: the write is refused in the middle.
#[test]
fn a_disk_that_is_full_is_told_and_what_has_arrived_is_kept() {
    let server = lfw(|request| file(request, &archive(), TAG));
    let place = Place::new();
    let fetch = place.command(&["lfw", "--from", &server.at("/")]);
    let mut shell = Command::new("sh");
    let script = "trap '' XFSZ; ulimit -f 256; exec \"$@\"";
    shell.args(["-c", script, "sh"]).arg(fetch.get_program()).args(fetch.get_args());
    for (name, value) in fetch.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    fails_with(shell, 3, &["cannot write", "free some disk space", "is kept"]);
    assert!(!place.lfw("lfw-deepfunneled.zip").exists());
    assert!(place.part() > 0);
    place.fetched(&[&server.at("/")]);
    place.assert_whole();
}
