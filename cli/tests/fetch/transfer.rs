//! Connections that break off or fall silent, and servers that know no ranges or no right length.

use crate::place::{Place, TAG, ZIP, archive, lfw};
use crate::server::{Reply, file};

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
