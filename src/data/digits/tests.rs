#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::path::{Path, PathBuf};

use super::set::PIXELS;
use super::source::{embedded_in, open_in};
use super::*;
use crate::notebook::Show;

fn images(count: u32) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, 3];
    for size in [count, 28, 28] {
        bytes.extend(size.to_be_bytes());
    }
    bytes.extend((0..count as usize * PIXELS).map(|place| (place / PIXELS) as u8));
    bytes
}

fn labels(classes: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0, 0, 8, 1];
    bytes.extend((classes.len() as u32).to_be_bytes());
    bytes.extend(classes);
    bytes
}

fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

fn read(images: &[u8], labels: &[u8]) -> crate::Result<Digits> {
    let folder = tempfile::tempdir().unwrap();
    let paths = ["images", "labels"].map(|name| folder.path().join(name));
    std::fs::write(&paths[0], images).unwrap();
    std::fs::write(&paths[1], labels).unwrap();
    Digits::read_idx(&paths[0], &paths[1])
}

fn table(rows: usize) -> String {
    let lines =
        (0..rows).map(|row| format!("{}{}\n", format!("{},", row % 256).repeat(PIXELS), row % 10));
    lines.collect()
}

fn embedded(folder: &Path, text: &str) -> crate::Result<Digits> {
    std::fs::write(folder.join("mnist_5k.csv.gz"), packed(text.as_bytes())).unwrap();
    embedded_in(folder, "")
}

#[test]
fn plain_and_packed_files_give_the_same_digits() {
    let (images, labels) = (images(3), labels(&[7, 0, 9]));
    let plain = read(&images, &labels).unwrap();
    let gzip = read(&packed(&images), &packed(&labels)).unwrap();
    assert_eq!((&plain.levels, &plain.classes), (&gzip.levels, &gzip.classes));
    assert_eq!(plain.images().size(), [3, 1, 28, 28]);
    assert_eq!(plain.images().int64_value(&[2, 0, 27, 27]), 2);
    assert_eq!(Vec::<i64>::try_from(plain.labels()).unwrap(), [7, 0, 9]);
    assert_eq!(plain.counts(), [1, 0, 0, 0, 0, 0, 0, 1, 0, 1]);
}

#[test]
fn faults_of_the_files_are_named() {
    let good = (images(2), labels(&[1, 2]));
    let refused = |images: &[u8], labels: &[u8], words: &str| {
        let error = read(images, labels).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    refused(&good.1, &good.0, "it holds labels and not images; were the two files swapped?");
    refused(b"", &good.1, "the file is empty");
    refused(&good.0, b"", "the file is empty");
    refused(b"<html>", &good.1, "begins with the bytes 3c 68 74 6d; expected 00 00 08 03");
    refused(&[0, 0, 13, 3, 0, 0], &good.1, "begins with the bytes 00 00 0d 03");
    refused(&good.0[..10], &good.1, "the header ends after 10 bytes; expected 16");
    refused(
        &good.0[..good.0.len() - 1],
        &good.1,
        "2 images, which are 1568 bytes, and 1567 follow",
    );
    refused(&[&good.0[..], &[0]].concat(), &good.1, "and 1569 follow");
    refused(&good.0, &good.1[..9], "2 labels, which are 2 bytes, and 1 follow");
    refused(&images(0), &labels(&[]), "there are no images");
    refused(&good.0, &labels(&[1]), "it holds 1 labels, and");
    refused(&good.0, &labels(&[1, 10]), "label 1, counted from 0, is 10; digits are 0 to 9");
    let mut wide = good.0.clone();
    wide[15] = 32;
    refused(&wide, &good.1, "its images have 28 × 32 pixels; 28 × 28 are needed");
    let gzip = packed(&good.0);
    refused(&gzip[..gzip.len() / 2], &good.1, "the gzip data end too early");
    let mut damaged = gzip.clone();
    let last = damaged.len() - 6;
    damaged[last] ^= 0xff;
    refused(&damaged, &good.1, "the gzip data are damaged");
    let error = Digits::read_idx("/no/such/images", "/no/such/labels").unwrap_err().to_string();
    assert!(error.contains("cannot read /no/such/images"), "{error}");
}

#[test]
fn a_size_that_overflows_no_memory_is_refused() {
    let mut huge = images(1);
    huge[4..8].copy_from_slice(&u32::MAX.to_be_bytes());
    assert!(read(&huge, &labels(&[1])).unwrap_err().to_string().contains("and 784 follow"));
}

#[test]
fn parts_share_out_each_class_and_never_change() {
    let folder = tempfile::tempdir().unwrap();
    let digits = embedded(folder.path(), &table(100)).unwrap();
    let (training, test) = (digits.training().unwrap(), digits.test().unwrap());
    assert_eq!((training.counts(), test.counts()), ([8; 10], [2; 10]));
    let first =
        |digits: &Digits| -> Vec<u8> { digits.levels.iter().step_by(PIXELS).copied().collect() };
    let mut all = [first(&training), first(&test)].concat();
    all.sort_unstable();
    assert_eq!(all, (0..100).collect::<Vec<u8>>());
    assert_eq!(embedded(folder.path(), &table(100)).unwrap(), digits);
    // The file is in order of the rows, the digits are not.
    assert_ne!(first(&digits), (0..100).collect::<Vec<u8>>());
    // An image keeps its label.
    assert!(first(&digits).iter().zip(&digits.classes).all(|(level, class)| level % 10 == *class));
    assert_eq!(training.training().unwrap().classes, training.classes);
    assert!(training.test().unwrap_err().to_string().contains("the test part of 80 digits"));
    assert!(test.training().is_err());
    assert!(test.source().starts_with("test part of embedded digits of MNIST"));
}

#[test]
fn some_digits_are_taken_by_number() {
    let digits = read(&images(5), &labels(&[0, 1, 2, 3, 4])).unwrap();
    assert_eq!(digits.take(2).unwrap().classes, [0, 1]);
    assert_eq!(digits.select(&[4, 0, 4]).unwrap().classes, [4, 0, 4]);
    for wrong in [digits.take(0), digits.take(6), digits.select(&[]), digits.select(&[5])] {
        assert!(wrong.is_err());
    }
}

#[test]
fn lines_of_the_embedded_table_are_checked() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |text: &str, words: &str| {
        let error = embedded(folder.path(), text).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    };
    let good = table(1);
    refused("", "the file is empty");
    refused(
        &format!("{good}1,2,3\n"),
        "line 2: the line has 3 cells; expected 784 levels and a label",
    );
    refused(&good.replacen('0', "256", 1), "line 1: a cell holds `256`");
    refused(&good.replacen('0', "-1", 1), "a cell holds `-1`");
    refused(&good.replacen('0', "", 1), "a cell holds ``");
    refused(&format!("{}12\n", "0,".repeat(PIXELS)), "the label is 12");
    assert_eq!(embedded(folder.path(), &good.replace('\n', "\r\n")).unwrap().len(), 1);
}

#[test]
fn own_files_come_first_then_fetched_ones_then_embedded_ones() {
    let root = tempfile::tempdir().unwrap();
    let folder = |name: &str| -> PathBuf {
        let folder = root.path().join(name);
        std::fs::create_dir_all(&folder).unwrap();
        folder
    };
    let (own, fetched, cache) = (folder("own"), folder("fetched"), folder("cache"));
    let open =
        |own: Option<&PathBuf>| open_in(own.cloned(), Some(fetched.clone()), || Ok(cache.clone()));
    let error = open(None).unwrap_err().to_string();
    for words in
        ["mnist_5k.csv.gz", "cargo lab run", "cargo lab fetch mnist", "LATENTLAB_DATA is not set"]
    {
        assert!(error.contains(words), "{error}");
    }
    std::fs::write(cache.join("mnist_5k.csv.gz"), table(20)).unwrap();
    assert!(open(None).unwrap().source().ends_with("LATENTLAB_DATA is not set"));
    assert!(open(Some(&own)).unwrap().source().contains("which holds no folder mnist/"));

    let half = folder("fetched/mnist");
    assert!(
        open(None).unwrap().source().contains("is not complete, run `cargo lab fetch mnist` again")
    );
    let fill = |folder: &Path, ending: &str, training: u32| {
        for (part, count) in [("train", training), ("t10k", 1)] {
            let classes = vec![3; count as usize];
            let (images, labels) = (images(count), labels(&classes));
            let pack = |bytes: Vec<u8>| if ending.is_empty() { bytes } else { packed(&bytes) };
            std::fs::write(folder.join(format!("{part}-images-idx3-ubyte{ending}")), pack(images))
                .unwrap();
            std::fs::write(folder.join(format!("{part}-labels-idx1-ubyte{ending}")), pack(labels))
                .unwrap();
        }
    };
    fill(&half, ".gz", 2);
    let digits = open(Some(&own)).unwrap();
    assert!(digits.source().ends_with("`cargo lab fetch` put it there"), "{}", digits.source());
    assert_eq!((digits.training().unwrap().len(), digits.test().unwrap().len()), (2, 1));

    let mnist = folder("own/mnist");
    let error = open(Some(&own)).unwrap_err().to_string();
    assert!(error.contains("the MNIST file train-images-idx3-ubyte.gz not found"), "{error}");
    fill(&mnist, "", 4);
    let digits = open(Some(&own)).unwrap();
    assert!(digits.source().ends_with("LATENTLAB_DATA points to it"));
    assert_eq!(digits.len(), 5);
}

#[test]
fn a_set_shows_samples_and_counts() {
    let digits = read(&images(4), &labels(&[5, 5, 5, 2])).unwrap();
    let rich = digits.rich();
    let (text, html) = (rich.get("text/plain").unwrap(), rich.get("text/html").unwrap());
    assert!(text.starts_with("4 digits of 28 × 28 pixels; digits in"), "{text}");
    assert!(html.contains("<img width=") && html.contains("0.75"), "{html}");
    assert!(digits.gallery("All").figure().unwrap().description().contains("4 images of 28 × 28"));
}

#[test]
fn the_embedded_digits_are_all_there() {
    let Ok(digits) = Digits::embedded() else {
        eprintln!("skipped: `cargo lab run` has not fetched the embedded digits");
        return;
    };
    assert_eq!((digits.len(), digits.counts()), (5000, [500; 10]));
    assert_eq!(
        (digits.training().unwrap().counts(), digits.test().unwrap().counts()),
        ([400; 10], [100; 10])
    );
    // A zero has a hole, and ones are thin: mean levels of the classes say that images and labels belong together.
    let mean = |class: i64| {
        let rows = digits.labels().eq(class).nonzero().squeeze_dim(1);
        digits
            .images()
            .index_select(0, &rows)
            .to_kind(tch::Kind::Double)
            .mean(tch::Kind::Double)
            .double_value(&[])
    };
    assert!(mean(1) < 0.6 * mean(0), "{} {}", mean(1), mean(0));
}

#[test]
fn mnist_is_read_where_it_lies() {
    let Ok(Some(folder)) = crate::data::data_folder() else {
        eprintln!("skipped: LATENTLAB_DATA is not set");
        return;
    };
    if !folder.join("mnist").is_dir() {
        eprintln!("skipped: LATENTLAB_DATA holds no mnist/");
        return;
    }
    let digits = Digits::open().unwrap();
    assert_eq!((digits.training().unwrap().len(), digits.test().unwrap().len()), (60_000, 10_000));
    assert_eq!(digits.classes[..5], [5, 0, 4, 1, 9]);
}
