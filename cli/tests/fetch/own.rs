//! Files of one's own, and what is there already.

use std::path::PathBuf;

use crate::material::{attributes, contents, photographs};
use crate::place::{Place, TAG, archive, lfw};
use crate::server::file;

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
    assert!(images.is_file());
}
