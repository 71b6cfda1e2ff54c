//! `lab fetch` against a server of the test's own, which breaks off, stalls, lies and sends other things.

mod common;
#[path = "fetch/hostile.rs"]
mod hostile;
#[path = "fetch/material.rs"]
mod material;
#[path = "fetch/server.rs"]
mod server;

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use common::both;
use material::{attributes, contents, gzip, photographs, tgz, zip};
use server::{Reply, Request, Server, file, missing};

const ZIP: &str = "/lfw-deepfunneled.zip";
const TABLE: &str = "/lfw_attributes.txt";
const TAG: &str = "\"one\"";

/// A data folder of a test's own.
struct Place(tempfile::TempDir);

impl Place {
    fn new() -> Self {
        Self(tempfile::tempdir().expect("a folder"))
    }

    fn lfw(&self, name: &str) -> PathBuf {
        self.0.path().join("data/lfw").join(name)
    }

    /// A folder beside the data.
    fn beside(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = common::lab();
        for name in ["HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"] {
            command.env_remove(name).env_remove(name.to_lowercase());
        }
        command
            .env("LATENTLAB_DATA", self.0.path().join("data"))
            .env("LATENTLAB_CACHE", self.0.path().join("cache"))
            .arg("fetch")
            .args(arguments)
            .stdin(Stdio::null());
        // Long enough for a machine with other work; where nothing comes, a test names its own.
        if !arguments.contains(&"--timeout") {
            command.args(["--timeout", "60"]);
        }
        command.args(["--pause", "0.01", "--retries", "2"]);
        command
    }

    /// What a command says, and its exit code.
    fn run(&self, arguments: &[&str]) -> (String, i32) {
        let output = self.command(arguments).output().expect("lab starts");
        (both(&output), output.status.code().unwrap_or(-1))
    }

    /// Fetches from places in the order given; it must succeed.
    fn fetched(&self, from: &[&str]) -> String {
        let (said, code) = self.run(&arguments(from));
        assert_eq!(code, 0, "{said}");
        said
    }

    /// The same, which must fail with certain words and leave no file under a final name.
    fn refused(&self, from: &[&str], words: &[&str]) -> String {
        let (said, code) = self.run(&arguments(from));
        assert_eq!(code, 1, "{said}");
        for word in words {
            assert!(said.contains(word), "no {word:?} in:\n{said}");
        }
        assert!(!self.lfw("lfw-deepfunneled.zip").exists(), "{said}");
        said
    }

    /// The files of the data set, without the lock.
    fn files(&self) -> Vec<String> {
        let entries = std::fs::read_dir(self.lfw("")).into_iter().flatten().flatten();
        let mut names: Vec<String> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.retain(|name| name != ".fetch.lock");
        names.sort();
        names
    }

    /// What has arrived of a file that is not whole.
    fn part(&self) -> u64 {
        let part = self.files().into_iter().find(|name| name.ends_with(".part"));
        part.map_or(0, |name| std::fs::metadata(self.lfw(&name)).expect("a part").len())
    }

    fn assert_whole(&self) {
        let bytes = std::fs::read(self.lfw("lfw-deepfunneled.zip")).expect("the photographs");
        assert!(bytes == archive(), "the photographs are not those of the server");
        assert_eq!(std::fs::read(self.lfw("lfw_attributes.txt")).expect("the table"), attributes());
        assert_eq!(self.files(), ["lfw-deepfunneled.zip", "lfw_attributes.txt"]);
    }
}

fn arguments<'a>(from: &[&'a str]) -> Vec<&'a str> {
    std::iter::once("lfw").chain(from.iter().flat_map(|place| ["--from", place])).collect()
}

fn archive() -> Vec<u8> {
    zip(&photographs())
}

/// A server of both files, with its own way for the photographs.
fn lfw(photographs: impl Fn(&Request) -> Reply + Send + Sync + 'static) -> Server {
    Server::start(move |request| match request.path.as_str() {
        ZIP => photographs(request),
        TABLE => file(request, &attributes(), TAG),
        _ => missing(),
    })
}

#[test]
fn both_files_arrive_and_are_not_fetched_twice() {
    let (place, server) = (Place::new(), lfw(|request| file(request, &archive(), TAG)));
    let said = place.fetched(&[&server.at("/")]);
    for words in ["30 photographs of 3 people", "30 rows of 8 scores", "no sum is published"] {
        assert!(said.contains(words), "{said}");
    }
    place.assert_whole();
    let said = place.fetched(&[&server.at("/")]);
    assert!(said.contains("already there: 30 photographs"), "{said}");
    assert_eq!(server.requests().len(), 2);
    let (said, code) = place.run(&["lfw", "--force", "--from", &server.at("/")]);
    assert_eq!((code, server.requests().len()), (0, 4), "{said}");
    place.assert_whole();
}

#[test]
fn without_a_folder_of_ones_own_the_cache_takes_the_data() {
    let (place, server) = (Place::new(), lfw(|request| file(request, &archive(), TAG)));
    let mut command = place.command(&["lfw", "--from", &server.at("/")]);
    let output = command.env_remove("LATENTLAB_DATA").output().expect("lab starts");
    assert!(output.status.success(), "{}", both(&output));
    for name in ["lfw-deepfunneled.zip", "lfw_attributes.txt"] {
        assert!(place.beside("cache/data/lfw").join(name).is_file(), "{name}");
    }
}

#[test]
fn the_list_says_where_from_how_large_on_which_terms_and_where_to() {
    let place = Place::new();
    let (said, code) = place.run(&[]);
    assert_eq!(code, 0, "{said}");
    let folder = place.lfw("").display().to_string();
    for words in [
        "for research; may not be handed on",
        "https://sds365.s3.amazonaws.com/lfw/lfw-deepfunneled.zip",
        "110 MB",
        "CC BY-SA 3.0",
        "t10k-labels-idx1-ubyte.gz",
        "not there yet",
        folder.trim_end_matches('/'),
    ] {
        assert!(said.contains(words), "no {words:?} in:\n{said}");
    }
    assert!(!place.lfw("").exists());
}

#[test]
fn a_connection_that_breaks_is_gone_on_with() {
    let server = lfw(|request| {
        let reply = file(request, &archive(), TAG);
        if request.before < 3 { reply.cut(60_000) } else { reply }
    });
    let place = Place::new();
    let said = place.fetched(&[&server.at("/")]);
    assert!(said.contains("the connection ended before the file did"), "{said}");
    place.assert_whole();
    let asked: Vec<_> =
        server.requests_for(ZIP).iter().map(|one| (one.from, one.if_range.clone())).collect();
    let tag = || Some(TAG.to_owned());
    let expected =
        [(None, None), (Some(60_000), tag()), (Some(120_000), tag()), (Some(180_000), tag())];
    assert_eq!(asked, expected);
}

#[test]
fn a_server_that_knows_no_ranges_sends_everything_again() {
    let server = lfw(|request| {
        let reply = Reply::new("200 OK", &archive()).header("etag", TAG);
        if request.before == 0 { reply.cut(100_000) } else { reply }
    });
    let place = Place::new();
    place.fetched(&[&server.at("/")]);
    place.assert_whole();
    assert_eq!(server.requests_for(ZIP)[1].from, Some(100_000));
}

#[test]
fn without_a_version_nothing_is_put_together() {
    let server = lfw(|request| {
        let reply = Reply::new("200 OK", &archive()).header("etag", "W/\"weak\"");
        if request.before == 0 { reply.cut(100_000) } else { reply }
    });
    let place = Place::new();
    place.fetched(&[&server.at("/")]);
    place.assert_whole();
    assert_eq!(server.requests_for(ZIP)[1].from, None);
}

#[test]
fn a_server_that_falls_silent_is_given_up_and_asked_again() {
    let server = lfw(|request| {
        let reply = file(request, &archive(), TAG);
        if request.before == 0 { reply.stall(50_000) } else { reply }
    });
    let place = Place::new();
    let (said, code) = place.run(&["lfw", "--timeout", "0.3", "--from", &server.at("/")]);
    assert!(code == 0 && said.contains("nothing arrived for 0.3 s"), "{said}");
    place.assert_whole();
    assert_eq!(server.requests_for(ZIP)[1].from, Some(50_000));
}

#[test]
fn a_server_that_never_answers_is_given_up() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = format!("http://{}/x.zip", listener.local_addr().expect("an address"));
    let (said, code) = Place::new().run(&["lfw", "--timeout", "0.3", "--from", &address]);
    let words = format!("{address}: nothing arrived for 0.3 s (after 3 attempts)");
    assert!(code == 1 && said.contains(&words), "{said}");
}

#[test]
fn redirects_are_followed_but_not_for_ever_nor_anywhere() {
    let server = Server::start(|request| {
        let to = |place: String| Reply::new("302 Found", b"").header("location", place);
        match request.path.as_str() {
            "/hops/lfw-deepfunneled.zip" => to("../again.zip".into()),
            "/again.zip" => to(ZIP.into()),
            "/round.zip" => to("/round.zip".into()),
            "/file.zip" => to("file:///etc/passwd".into()),
            "/ftp.zip" => to("ftp://127.0.0.1/a.zip".into()),
            ZIP => file(request, &archive(), TAG),
            _ => missing(),
        }
    });
    let place = Place::new();
    place.refused(&[&server.at("/round.zip")], &["more than 10 redirects"]);
    assert_eq!(server.requests_for("/round.zip").len(), 11);
    place.refused(&[&server.at("/file.zip")], &["redirects to file", "not followed"]);
    place.refused(&[&server.at("/ftp.zip")], &["redirects to ftp", "not followed"]);
    let said = place.fetched(&[&server.at("/hops/lfw-deepfunneled.zip")]);
    assert!(said.contains("still missing") && said.contains("lfw_attributes.txt"), "{said}");
}

#[test]
fn a_length_that_is_too_long_is_not_waited_for() {
    // With ranges the server takes its lie back: there is nothing behind what has arrived.
    for ranges in [false, true] {
        let server = lfw(move |request| {
            let mut request = request.clone();
            request.from = request.from.filter(|_| ranges);
            let mut reply = file(&request, &archive(), TAG);
            reply.announced = Some(reply.body.len() + 1000);
            reply
        });
        let place = Place::new();
        if ranges {
            place.fetched(&[&server.at("/")]);
            place.assert_whole();
        } else {
            let words = ["the connection ended before the file did (after"];
            place.refused(&[&server.at(ZIP)], &words);
        }
    }
}

#[test]
fn a_length_that_is_too_short_gives_no_half_archive() {
    let server = lfw(|request| {
        let mut reply = file(request, &archive(), TAG);
        reply.announced = Some(reply.body.len() / 2);
        reply
    });
    let place = Place::new();
    place.refused(&[&server.at(ZIP)], &["no zip archive that can be read"]);
    assert_eq!(place.files(), [""; 0]);
}

#[test]
fn pages_and_noise_in_the_place_of_a_file_are_told() {
    let server = Server::start(|request| match request.path.as_str() {
        "/page.zip" => Reply::new("200 OK", b"<!DOCTYPE html><html>Sign in</html>"),
        "/page.txt" => Reply::new("200 OK", b"<html><body>Sign in</body></html>"),
        "/noise.zip" => Reply::new("200 OK", &material::noise(5000, 1)),
        _ => Reply::new("200 OK", b""),
    });
    let place = Place::new();
    place.refused(&[&server.at("/page.zip")], &["it is an HTML page, not an archive"]);
    place.refused(&[&server.at("/page.txt")], &["it is an HTML page without a line"]);
    place.refused(&[&server.at("/noise.zip")], &["it is something unknown, not an archive"]);
    place.refused(&[&server.at("/empty.zip")], &["it is an empty file, not an archive"]);
    assert_eq!(place.files(), [""; 0]);
}

#[test]
fn a_wrong_sum_is_refused_and_the_right_one_is_said() {
    let (place, server) = (Place::new(), lfw(|request| file(request, &archive(), TAG)));
    let address = server.at(ZIP);
    let wrong = "0".repeat(64);
    let (said, code) = place.run(&["lfw", "--from", &address, "--sha256", &wrong]);
    assert_eq!(code, 1, "{said}");
    assert!(said.contains("its SHA-256 is") && said.contains(&wrong), "{said}");
    assert_eq!(place.files(), [""; 0]);
    let right = said.split("its SHA-256 is ").nth(1).and_then(|rest| rest.split(',').next());
    let right = right.expect("the sum").to_uppercase();
    let (said, code) = place.run(&["lfw", "--from", &address, "--sha256", &right]);
    assert_eq!(code, 0, "{said}");
    assert!(said.contains("SHA-256 as asked for"), "{said}");
}

#[test]
fn other_digits_than_mnists_are_refused() {
    let labels = |count: u32| {
        let header = [&[0, 0, 8, 1], count.to_be_bytes().as_slice()].concat();
        gzip(&[header, vec![7; count as usize]].concat())
    };
    let server = Server::start(move |request| match request.path.as_str() {
        "/train-labels-idx1-ubyte.gz" => file(request, &labels(60_000), TAG),
        "/t10k-labels-idx1-ubyte.gz" => file(request, &labels(9_999), TAG),
        _ => missing(),
    });
    let place = Place::new();
    let (said, code) = place.run(&["mnist", "--from", &server.at("/")]);
    assert_eq!(code, 1, "{said}");
    for words in [
        "its content is another one than MNIST's",
        "its header says 9,999 labels, not 10,000 labels",
        "training images could not be fetched",
        "404 Not Found",
    ] {
        assert!(said.contains(words), "no {words:?} in:\n{said}");
    }
}

#[test]
fn errors_that_pass_are_waited_for_and_others_are_not() {
    let server = Server::start(|request| match (request.path.as_str(), request.before) {
        (ZIP, 0) => Reply::new("503 Service Unavailable", b"").header("retry-after", "0"),
        (ZIP, 1) => Reply::new("500 Internal Server Error", b"oops"),
        (ZIP, _) => file(request, &archive(), TAG),
        ("/always.zip", _) => Reply::new("500 Internal Server Error", b"oops"),
        ("/never.zip", _) => Reply::new("403 Forbidden", b"no"),
        _ => missing(),
    });
    let place = Place::new();
    place.refused(&[&server.at("/never.zip")], &["it answers 403 Forbidden"]);
    assert_eq!(server.requests_for("/never.zip").len(), 1);
    place.refused(&[&server.at("/always.zip")], &["500 Internal Server Error (after 3 attempts)"]);
    // The first place fails, so the second one is tried.
    let said = place.fetched(&[&server.at("/none.zip"), &server.at(ZIP)]);
    for words in ["it answers 404 Not Found", "503 Service Unavailable; trying again in 0 s"] {
        assert!(said.contains(words), "no {words:?} in:\n{said}");
    }
    assert_eq!(server.requests_for(ZIP).len(), 3);
}

#[test]
fn a_file_that_changes_meanwhile_is_fetched_from_its_start() {
    // One server honours If-Range; the other one sends the rest of the new file as if nothing had happened.
    for honest in [true, false] {
        let server = lfw(move |request| {
            if request.before == 0 {
                let older = vec![b'x'; archive().len()];
                return file(request, &older, "\"older\"").cut(80_000);
            }
            let mut request = request.clone();
            if !honest {
                request.if_range = None;
            }
            file(&request, &archive(), TAG)
        });
        let place = Place::new();
        place.fetched(&[&server.at("/")]);
        place.assert_whole();
        assert_eq!(server.requests_for(ZIP)[1].if_range.as_deref(), Some("\"older\""));
    }
}

#[test]
fn pieces_that_do_not_fit_are_fetched_once_more_from_the_start() {
    // Same version and length, other bytes.
    let server = lfw(|request| match request.before {
        0 => file(request, &vec![b'x'; archive().len()], TAG).cut(80_000),
        _ => file(request, &archive(), TAG),
    });
    let place = Place::new();
    let said = place.fetched(&[&server.at("/")]);
    assert!(said.contains("it came in pieces, so once more from the start"), "{said}");
    place.assert_whole();

    // Once more, and not for ever.
    let server = lfw(|request| {
        let reply = file(request, &vec![b'x'; 1000], TAG);
        if request.from.is_none() { reply.cut(500) } else { reply }
    });
    Place::new().refused(&[&server.at(ZIP)], &["it is text, not an archive of photographs"]);
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn what_a_server_packs_for_the_way_is_unpacked() {
    let server = Server::start(|request| match request.path.as_str() {
        ZIP => Reply::new("200 OK", &gzip(&archive())).header("content-encoding", "gzip"),
        TABLE => Reply::new("200 OK", &gzip(&attributes())).header("content-encoding", "gzip"),
        "/strange.txt" => Reply::new("200 OK", b"?").header("content-encoding", "br"),
        _ => missing(),
    });
    let place = Place::new();
    place.refused(&[&server.at("/strange.txt")], &["packed as br"]);
    place.fetched(&[&server.at("/")]);
    place.assert_whole();
}

#[test]
fn a_gzipped_tar_archive_becomes_a_zip_archive() {
    let entries: Vec<_> = photographs()
        .iter()
        .map(|(name, content)| material::Entry::file(name, content))
        .chain([material::Entry::file("lfw-deepfunneled/README", b"text")])
        .collect();
    let packed = tgz(&entries);
    // Servers often name the packing of the file itself as that of the way.
    let server = Server::start(move |request| match request.path.as_str() {
        "/lfw-deepfunneled.tgz" => file(request, &packed, TAG).header("content-encoding", "x-gzip"),
        _ => missing(),
    });
    let place = Place::new();
    let said = place.fetched(&[&server.at("/lfw-deepfunneled.tgz")]);
    assert!(said.contains("30 photographs of 3 people, 1 other files"), "{said}");
    let bytes = std::fs::read(place.lfw("lfw-deepfunneled.zip")).expect("the photographs");
    let mut expected = photographs();
    expected.sort();
    assert!(contents(&bytes) == expected);
    assert_eq!(place.files(), ["lfw-deepfunneled.zip"]);
}

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
    common::fails_with(command, 3, &words);
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
    common::fails_with(shell, 3, &["cannot write", "free some disk space", "is kept"]);
    assert!(!place.lfw("lfw-deepfunneled.zip").exists());
    assert!(place.part() > 0);
    place.fetched(&[&server.at("/")]);
    place.assert_whole();
}

#[test]
fn a_proxy_is_asked_where_one_is_named() {
    let server = lfw(|request| file(request, &archive(), TAG));
    let place = Place::new();
    let proxy = format!("http://127.0.0.1:{}", server.port());
    // No computer has this name, so only the proxy can have answered.
    let mut command = place.command(&["lfw", "--from", "http://faces.invalid/"]);
    let output = command.env("http_proxy", &proxy).output().expect("lab starts");
    assert!(output.status.success(), "{}", both(&output));
    place.assert_whole();
    assert_eq!(server.requests()[0].method, "CONNECT");

    let place = Place::new();
    let mut command = place.command(&["lfw", "--from", "http://faces.invalid/x.zip"]);
    command.env("http_proxy", &proxy).env("NO_PROXY", "invalid");
    common::fails_with(command, 1, &["is there a network?"]);
}

#[test]
fn files_and_folders_of_ones_own_are_taken_and_left_as_they_are() {
    let place = Place::new();
    let own = place.beside("own");
    std::fs::create_dir(&own).expect("a folder");
    let write = |name: &str, content: &[u8]| {
        std::fs::create_dir_all(own.join(name).parent().expect("a folder")).expect("a folder");
        std::fs::write(own.join(name), content).expect("a file");
    };
    let path = |name: &str| own.join(name).display().to_string();
    write("faces.zip", &archive());
    write("scores", &attributes());
    // By its content, whatever its name.
    place.fetched(&[&path("faces.zip"), &path("scores")]);
    place.assert_whole();
    assert!(own.join("faces.zip").exists());

    // A folder that holds the data set's folder, with photographs as they were unpacked.
    let place = Place::new();
    for (name, content) in photographs() {
        write(&format!("data/lfw/{name}"), &content);
    }
    write("data/lfw/lfw_attributes.txt", &attributes());
    let said = place.fetched(&[&path("data")]);
    assert!(said.contains("every photograph was read"), "{said}");
    let bytes = std::fs::read(place.lfw("lfw-deepfunneled.zip")).expect("the photographs");
    let mut expected = photographs();
    expected.sort();
    assert!(contents(&bytes) == expected);

    let place = Place::new();
    for (from, words) in [
        (path("none.zip"), "there is no such file or folder"),
        (path("data/lfw/lfw-deepfunneled/Cy/Cy_0001.jpg"), "does not belong to this data set"),
        (
            own.join("data/lfw/lfw-deepfunneled/Cy").display().to_string(),
            "none of the files of lfw",
        ),
        ("http://127.0.0.1/what".into(), "does not say which file of lfw it is"),
        ("http://".into(), "this is no address"),
    ] {
        let (said, code) = place.run(&["lfw", "--from", &from]);
        assert!(code == 2 && said.contains(words), "{code}: {said}");
    }
    let from = path("data");
    for (arguments, words) in [
        (vec!["lfw", "mnist", "--from", &from], "--from gives the files of one data set"),
        (vec!["lfw", "--from", &from, "--sha256", "00"], "--sha256 is the sum of one file"),
        (vec!["lfw", "--sha256", "00"], "--from"),
        (vec!["lfw", "--timeout", "0"], "expected a number of seconds"),
        (vec!["cifar"], "possible values: lfw, mnist"),
    ] {
        let (said, code) = place.run(&arguments);
        assert!(code == 2 && said.contains(words), "{code}: {said}");
    }
}

#[test]
fn what_is_there_but_damaged_is_told_and_replaced_on_demand() {
    let server = lfw(|request| file(request, &archive(), TAG));
    let place = Place::new();
    std::fs::create_dir_all(place.lfw("")).expect("a folder");
    std::fs::write(place.lfw("lfw-deepfunneled.zip"), &archive()[..5000]).expect("a file");
    let (said, code) = place.run(&["lfw", "--from", &server.at("/")]);
    assert_eq!(code, 1, "{said}");
    assert!(
        said.contains("is there, but it is no zip archive") && said.contains("--force"),
        "{said}"
    );
    let (said, code) = place.run(&["lfw", "--force", "--from", &server.at("/")]);
    assert_eq!(code, 0, "{said}");
    place.assert_whole();
}

/// With the real MNIST at hand (`LATENTLAB_DATA`), it is taken by its content, however it was packed.
#[test]
fn the_real_digits_are_recognized() {
    let folder = std::env::var_os("LATENTLAB_DATA").map(PathBuf::from);
    let Some(folder) = folder.filter(|folder| folder.join("mnist").is_dir()) else {
        eprintln!("skipped: LATENTLAB_DATA names no folder with mnist/ in it");
        return;
    };
    let place = Place::new();
    let (said, code) = place.run(&["mnist", "--from", &folder.display().to_string()]);
    assert_eq!(code, 0, "{said}");
    assert_eq!(said.matches("as published").count(), 4, "{said}");
    let images = place.beside("data/mnist/train-images-idx3-ubyte.gz");
    assert!(Path::new(&images).is_file());
}
