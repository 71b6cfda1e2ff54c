//! What servers answer in the place of a file, or around it.

use crate::common::{both, fails_with};
use crate::material::{Entry, attributes, contents, gzip, noise, photographs, tgz};
use crate::place::{Place, TABLE, TAG, ZIP, archive, lfw};
use crate::server::{Reply, Server, file, missing};

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
fn pages_and_noise_in_the_place_of_a_file_are_told() {
    let server = Server::start(|request| match request.path.as_str() {
        "/page.zip" => Reply::new("200 OK", b"<!DOCTYPE html><html>Sign in</html>"),
        "/page.txt" => Reply::new("200 OK", b"<html><body>Sign in</body></html>"),
        "/noise.zip" => Reply::new("200 OK", &noise(5000, 1)),
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
        .map(|(name, content)| Entry::file(name, content))
        .chain([Entry::file("lfw-deepfunneled/README", b"text")])
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
    fails_with(command, 1, &["is there a network?"]);
}
