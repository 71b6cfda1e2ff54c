//! Archives that mean harm: nothing of them is kept, and nothing appears outside.

use tar::EntryType;

use crate::material::{Entry, gzip, noise, photographs, tgz, zip};
use crate::place::Place;

/// Fetches an archive, which must be refused with certain words and leave nothing anywhere.
fn refused(name: &str, content: &[u8], words: &str) {
    let place = Place::new();
    let path = place.beside(name);
    std::fs::write(&path, content).expect("a file");
    place.refused(&[&path.display().to_string()], &[words]);
    assert_eq!(place.files(), [""; 0]);
    let mut outside: Vec<_> = std::fs::read_dir(place.beside(""))
        .expect("a folder")
        .map(|entry| entry.expect("an entry").file_name())
        .collect();
    outside.retain(|found| found != "data" && found != name);
    assert!(outside.is_empty(), "{outside:?}");
}

/// A good photograph and something else.
fn beside_a_photograph(other: Entry) -> Vec<u8> {
    tgz(&[Entry::file("lfw/Bo/Bo_0001.jpg", b"picture"), other])
}

#[test]
fn names_that_lead_out() {
    for name in
        ["../Bo_0002.jpg", "lfw/../../Bo_0002.jpg", "/tmp/Bo_0002.jpg", "a\\..\\Bo_0002.jpg"]
    {
        refused("a.tgz", &beside_a_photograph(Entry::file(name, b"out")), "would lie outside");
        let files = [("lfw/Bo_0001.jpg".to_owned(), vec![1]), (name.to_owned(), vec![2])];
        refused("a.zip", &zip(&files), "would lie outside");
    }
}

#[test]
fn links_and_devices() {
    for (kind, words) in [
        (EntryType::Symlink, "is a link"),
        (EntryType::Link, "is a link"),
        (EntryType::Char, "is a device"),
        (EntryType::Block, "is a device"),
        (EntryType::Fifo, "is a pipe"),
    ] {
        let entry = Entry::other("lfw/Bo/Bo_0002.jpg", kind, "/etc/passwd");
        refused("a.tgz", &beside_a_photograph(entry), words);
    }
    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let link = archive.add_symlink("Bo/Bo_0001.jpg", "/etc/passwd", Default::default());
    link.expect("a link");
    let archive = archive.finish().expect("an archive").into_inner();
    refused("a.zip", &archive, "is a link");
}

#[test]
fn far_more_than_an_archive_of_photographs_holds() {
    let zeros = vec![0; 15 << 20];
    let many: Vec<_> =
        (1..=3).map(|number| (format!("Bo/Bo_{number:04}.jpg"), zeros.clone())).collect();
    refused("a.zip", &zip(&many), "unpacks to far more");
    let entries: Vec<_> = many.iter().map(|(name, content)| Entry::file(name, content)).collect();
    refused("a.tgz", &tgz(&entries), "unpacks to far more");
    // What is no photograph counts as well.
    refused("b.tgz", &tgz(&[Entry::file("readme", &vec![0; 40 << 20])]), "unpacks to far more");
    refused("c.tgz", &gzip(&vec![0; 40 << 20]), "unpacks to far more");
    let large = [("Bo/Bo_0001.jpg".to_owned(), noise(17 << 20, 5))];
    refused("d.zip", &zip(&large), "unpacks to far more");
    refused("d.tgz", &tgz(&[Entry::file(&large[0].0, &large[0].1)]), "too large for a photograph");
}

#[test]
fn entries_that_take_each_others_place() {
    let twice = [Entry::file("Bo/Bo_0001.jpg", b"one"), Entry::file("./Bo/Bo_0001.jpg", b"two")];
    refused("a.tgz", &tgz(&twice), "two entries are called");
}

#[test]
fn archives_that_end_early_or_hold_nothing() {
    let entries: Vec<_> =
        photographs().iter().map(|(name, content)| Entry::file(name, content)).collect();
    let whole = tgz(&entries);
    refused("a.tgz", &whole[..whole.len() / 2], "cannot be read");
    // The last bytes are the check sum.
    refused("b.tgz", &whole[..whole.len() - 4], "no tar archive that can be read to its end");
    let mut changed = whole.clone();
    let middle = changed.len() / 2;
    changed[middle] ^= 0x10;
    let place = Place::new();
    let path = place.beside("c.tgz");
    std::fs::write(&path, &changed).expect("a file");
    place.refused(&[&path.display().to_string()], &[]);
    refused("d.tgz", &tgz(&[Entry::file("readme", b"text")]), "holds no photograph");
    refused("e.zip", &zip(&[("readme".into(), b"text".to_vec())]), "holds no photograph");
    let mut damaged = zip(&photographs());
    damaged[5000] ^= 0x10;
    refused("f.zip", &damaged, "cannot be unpacked");
}
