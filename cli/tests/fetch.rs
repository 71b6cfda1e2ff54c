//! `lab fetch` against a server of the test's own, which breaks off, stalls, lies and sends other things.

#[path = "fetch/answers.rs"]
mod answers;
mod common;
#[path = "fetch/ending.rs"]
mod ending;
#[path = "fetch/hostile.rs"]
mod hostile;
#[path = "fetch/material.rs"]
mod material;
#[path = "fetch/own.rs"]
mod own;
#[path = "fetch/place.rs"]
mod place;
#[path = "fetch/server.rs"]
mod server;
#[path = "fetch/transfer.rs"]
mod transfer;

use common::both;
use place::{Place, TAG, archive, lfw};
use server::file;

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
