//! What crosses the files of this folder: archives with scores, broken pictures, the cache, and Pillow's own results.

#![allow(clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use base64::Engine;
use proptest::prelude::*;
use serde_json::Value;

use super::picture::prepare;
use super::preparation::Preparation;
use super::resample::{Part, resize};
use super::*;
use crate::notebook::{Show, interrupt};
use crate::{Error, Result};

const WAVES: &[u8] = include_bytes!("../../../tests/fixtures/faces/waves.jpg");
const PROGRESSIVE: &[u8] = include_bytes!("../../../tests/fixtures/faces/progressive.jpg");
const FINE: &[u8] = include_bytes!("../../../tests/fixtures/faces/fine.jpg");
const GRAY: &[u8] = include_bytes!("../../../tests/fixtures/faces/gray.jpg");

fn fixture() -> Value {
    serde_json::from_str(include_str!("../../../tests/fixtures/faces.json")).unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    base64::engine::general_purpose::STANDARD.decode(value.as_str().unwrap()).unwrap()
}

fn side(value: &Value, index: usize) -> usize {
    value[index].as_u64().unwrap() as usize
}

#[test]
fn resized_pictures_are_pillows_to_the_last_bit() {
    for problem in fixture()["resized"].as_array().unwrap() {
        let levels = bytes(&problem["levels"]);
        let (rows, columns) = (side(&problem["from"], 0), side(&problem["from"], 1));
        let part = Part { levels: &levels, width: columns, left: 0, top: 0, columns, rows };
        let to = (side(&problem["to"], 0), side(&problem["to"], 1));
        for (filter, name) in [
            (ResizeFilter::Bilinear, "bilinear"),
            (ResizeFilter::Bicubic, "bicubic"),
            (ResizeFilter::Lanczos, "lanczos"),
        ] {
            assert_eq!(
                resize(part, to.0, to.1, filter),
                bytes(&problem[name]),
                "{name} {rows} × {columns} to {to:?}"
            );
        }
    }
}

#[test]
fn prepared_pictures_are_pillows_within_a_level() {
    let files = [
        ("waves.jpg", WAVES),
        ("progressive.jpg", PROGRESSIVE),
        ("fine.jpg", FINE),
        ("gray.jpg", GRAY),
    ];
    let pictures = fixture()["pictures"].as_array().unwrap().clone();
    for ((name, file), picture) in files.into_iter().zip(pictures) {
        assert_eq!(picture["name"], name);
        let (ours, theirs) =
            (prepare(file, &Preparation::default()).unwrap(), bytes(&picture["middle"]));
        assert_eq!(ours.len(), theirs.len());
        let total: u32 =
            ours.iter().zip(&theirs).map(|(one, other)| u32::from(one.abs_diff(*other))).sum();
        // Decoders may round differently; the filter does not.
        let mean = f64::from(total) / ours.len() as f64;
        assert!(mean <= 1.0, "{name}: {mean} levels apart");
    }
}

#[test]
fn pictures_that_cannot_be_read_say_why() {
    let preparation = Preparation::default();
    let refused = |bytes: &[u8]| prepare(bytes, &preparation).unwrap_err();
    assert!(refused(b"").contains("empty"));
    assert!(refused(b"\x89PNG\r\n").contains("not a JPEG"));
    assert!(refused(&[0xFF, 0xD8, 0xFF, 0xD9]).len() > 3);
    for file in [WAVES, PROGRESSIVE, FINE, GRAY] {
        for share in [0.02, 0.3, 0.7, 0.99] {
            let cut = &file[..(file.len() as f64 * share) as usize];
            assert!(refused(cut).contains("breaks off"), "{}", refused(cut));
        }
    }
    // A header that is cut and closed.
    assert!(prepare(&[&WAVES[..200], &[0xFF, 0xD9]].concat(), &preparation).is_err());
    let mut huge = WAVES.to_vec();
    let frame = huge.windows(2).position(|pair| pair == [0xFF, 0xC0]).unwrap();
    huge[frame + 5..frame + 9].fill(0xFF);
    assert!(
        refused(&huge).contains("eight") || refused(&huge).contains("idth"),
        "{}",
        refused(&huge)
    );
    let narrow = Preparation { crop: [125, 70], ..Preparation::default() };
    assert!(
        prepare(WAVES, &narrow).unwrap_err().contains("250 × 250 pixels, of which nothing is left")
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn a_damaged_picture_is_read_or_refused(changes in prop::collection::vec((0.0..1.0, 0_u8..=255), 1..20), file in 0..4) {
        let mut file = [WAVES, PROGRESSIVE, FINE, GRAY][file as usize].to_vec();
        let length = file.len() as f64;
        changes.into_iter().for_each(|(share, byte): (f64, u8)| file[(share * length) as usize] = byte);
        if let Ok(levels) = prepare(&file, &Preparation::default()) {
            prop_assert_eq!(levels.len(), 45 * 45 * 3);
        }
    }
}

/// A small data set: folder with photographs of three people, of which some are broken, and scores.
struct Set {
    root: tempfile::TempDir,
}

impl Set {
    fn new() -> Self {
        let set = Self { root: tempfile::tempdir().unwrap() };
        for (name, file) in [
            ("Ada_B._Lovelace_0001.jpg", WAVES),
            ("Ada_B._Lovelace_0002.jpg", PROGRESSIVE),
            ("Ada_B._Lovelace_0003.jpg", &WAVES[..WAVES.len() / 2]),
            ("Bo_0001.jpg", FINE),
            ("Bo_0002.jpg", b""),
            ("Cy_0001.jpg", GRAY),
            ("Cy_0007.jpg", b"\x89PNG"),
            ("Thumbs.db", b"x"),
        ] {
            set.put(name, file);
        }
        set.scores(
            "Cy\t1\t3\tNaN\nBo\t1\t-1\t1\nBo\t9\t0\t0\nAda B. Lovelace\t2\t2\t2\nAda B. Lovelace\t2\t9\t9\nBo\t2\t0\t0\n",
        );
        set
    }

    fn folder(&self) -> PathBuf {
        self.root.path().join("lfw-deepfunneled")
    }

    fn put(&self, name: &str, bytes: &[u8]) {
        let person = name.rsplit_once('_').map_or("other", |(person, _)| person);
        std::fs::create_dir_all(self.folder().join(person)).unwrap();
        std::fs::write(self.folder().join(person).join(name), bytes).unwrap();
    }

    fn scores(&self, rows: &str) {
        let text = format!("# made up\n#\tperson\timagenum\tMale\tSmiling\n{rows}");
        std::fs::write(self.root.path().join("lfw_attributes.txt"), text).unwrap();
    }

    fn cache(&self) -> PathBuf {
        self.root.path().join("cache")
    }

    fn reader(&self) -> FaceReader {
        let source = FaceSource::LabeledFaces(self.root.path().to_owned());
        FaceReader::new().source(source).cache_folder(&self.cache())
    }

    fn read(&self) -> Result<FaceData> {
        self.reader().read()
    }
}

#[test]
fn photographs_and_scores_come_together() {
    let set = Set::new();
    let faces = set.read().unwrap();
    assert_eq!(faces.people(), ["Cy", "Bo", "Ada B. Lovelace"]);
    assert_eq!(faces.scores("Male").unwrap(), [3.0, -1.0, 2.0]);
    assert_eq!(faces.images().dim(), (3, 45, 45, 3));
    for (index, file) in [GRAY, FINE, PROGRESSIVE].into_iter().enumerate() {
        let picture = prepare(file, &Preparation::default()).unwrap();
        assert!(faces.images().index_axis(ndarray::Axis(0), index).iter().eq(&picture));
    }
    let report = faces.report();
    assert_eq!((report.pictures, report.rows, report.kept), (7, 6, 3));
    assert_eq!(report.unreadable.len(), 3);
    assert_eq!(report.without_picture, ["Bo 9"]);
    assert_eq!(report.repeated, ["Ada B. Lovelace 2"]);
    assert_eq!(report.without_scores, ["Ada B. Lovelace 1", "Ada B. Lovelace 3", "Cy 7"]);
    assert_eq!((report.ignored.len(), report.missing_scores), (1, 1));
    let text = report.rich();
    for part in [
        "3 faces kept of 7 pictures",
        "Thumbs.db",
        "the file is empty",
        "breaks off",
        "1 score missing",
        "Bo 9",
    ] {
        assert!(text.get("text/plain").unwrap().contains(part), "{part}: {text:?}");
    }
    assert!(text.get("text/html").unwrap().contains("pictures that could not be read"));
    assert!(
        faces
            .rich()
            .get("text/plain")
            .unwrap()
            .contains("3 faces of 3 people, 45 × 45 pixels, 2 attributes")
    );
    assert_eq!(faces.parameters(), None);
    assert!(faces.parameter_frame().unwrap_err().to_string().contains("no parameters"));
    // A missing score counts as none.
    assert_eq!(faces.highest("smiling", 2).unwrap().people(), ["Ada B. Lovelace", "Bo"]);
    assert!(faces.highest("Smiling", 3).unwrap_err().to_string().contains("1 to 2"));
}

#[test]
fn people_with_many_photographs_can_be_left_out() {
    let set = Set::new();
    let faces = set.reader().fewer_than(3).read().unwrap();
    assert_eq!(faces.people(), ["Cy", "Bo"]);
    assert_eq!(faces.report().people_dropped, [("Ada B. Lovelace".to_owned(), 3)]);
    assert_eq!(faces.report().pictures_dropped, 3);
    let error = set.reader().fewer_than(1).read().unwrap_err().to_string();
    assert!(
        error.contains("no picture is left") && error.contains("people with too many pictures"),
        "{error}"
    );
}

#[test]
fn options_decide_what_is_kept_of_a_picture() {
    let set = Set::new();
    let faces =
        set.reader().crop(20, 60).size(20, 30).filter(ResizeFilter::Lanczos).read().unwrap();
    assert_eq!(faces.images().dim(), (3, 20, 30, 3));
    // The picture of 260 × 220 pixels is gone.
    let cut = set.reader().crop(0, 110).read().unwrap();
    assert_eq!(cut.people(), ["Cy", "Ada B. Lovelace"]);
    assert!(cut.report().unreadable.iter().any(|(_, reason)| reason.contains("260 × 220")));
    for (rows, columns) in [(0, 45), (45, 0), (usize::MAX, 2), (1 << 20, 1 << 20)] {
        assert!(matches!(set.reader().size(rows, columns).read(), Err(Error::Invalid { .. })));
    }
    assert!(matches!(set.reader().threads(0).read(), Err(Error::Invalid { .. })));
}

#[test]
fn the_cache_is_used_until_anything_changes() {
    let set = Set::new();
    let first = set.read().unwrap();
    assert_eq!(first.report().preparation, "decoded, and cached");
    let second = set.read().unwrap();
    assert_eq!(second.report().preparation, "read from the cache");
    assert_eq!(
        (second.images(), &second.report().unreadable),
        (first.images(), &first.report().unreadable)
    );
    assert_eq!(
        set.reader().size(30, 30).read().unwrap().report().preparation,
        "decoded, and cached"
    );
    assert_eq!(
        set.reader().cached(false).read().unwrap().report().preparation,
        "decoded, not cached"
    );
    set.put("Bo_0002.jpg", WAVES);
    let mended = set.read().unwrap();
    assert_eq!((mended.len(), mended.report().preparation.as_str()), (4, "decoded, and cached"));
    for other in 0..9 {
        set.reader().size(8 + other, 8).read().unwrap();
    }
    let left: Vec<_> =
        std::fs::read_dir(set.cache()).unwrap().map(|file| file.unwrap().file_name()).collect();
    assert!(
        left.len() <= 6 && left.iter().all(|name| Path::new(name).extension().unwrap() == "faces"),
        "{left:?}"
    );
}

#[test]
fn a_damaged_cache_is_noticed_and_made_anew() {
    let set = Set::new();
    let first = set.read().unwrap();
    let file = std::fs::read_dir(set.cache()).unwrap().next().unwrap().unwrap().path();
    let good = std::fs::read(&file).unwrap();
    let mut flipped = good.clone();
    let last = flipped.len() - 40;
    flipped[last] ^= 1;
    let reason =
        String::from_utf8_lossy(&good).replacen("the file is empty", "the file is filled", 1);
    for bad in
        [&flipped[..], &good[..good.len() - 1], &good[1..], b"", b"\n", b"{}\n", reason.as_bytes()]
    {
        std::fs::write(&file, bad).unwrap();
        let again = set.read().unwrap();
        assert!(
            again.report().preparation.contains("was damaged, and cached"),
            "{}",
            again.report().preparation
        );
        assert_eq!(again.images(), first.images());
        assert_eq!(std::fs::read(&file).unwrap(), good);
    }
    // A cache that cannot be written is told and does no harm.
    std::fs::remove_dir_all(set.cache()).unwrap();
    std::fs::write(set.cache(), "a file where the folder should be").unwrap();
    let without = set.read().unwrap();
    assert!(
        without.report().preparation.contains("could not be cached"),
        "{}",
        without.report().preparation
    );
    assert_eq!(without.images(), first.images());
}

#[test]
fn an_interrupt_leaves_neither_faces_nor_cache() {
    let set = Set::new();
    let error = interrupt::with_request(|_| set.read()).unwrap_err();
    assert!(matches!(error, Error::Interrupted), "{error}");
    let error = interrupt::with_request_after(16, || set.reader().threads(1).read()).unwrap_err();
    assert!(matches!(error, Error::Interrupted), "{error}");
    assert!(!set.cache().exists());
    assert!(interrupt::with_request(|_| FaceData::drawn(50, 1)).is_err());
}

#[test]
fn a_data_set_without_pictures_or_scores_says_what_it_lacks() {
    let set = Set::new();
    std::fs::remove_file(set.root.path().join("lfw_attributes.txt")).unwrap();
    let error = set.read().unwrap_err().to_string();
    assert!(
        error.contains("lfw_attributes.txt not found") && error.contains(".attributes(path)"),
        "{error}"
    );
    set.scores("Nobody\t1\t0\t0\n");
    let error = set.read().unwrap_err().to_string();
    assert!(
        error.contains("no picture is left") && error.contains("1 rows without a picture"),
        "{error}"
    );
    std::fs::remove_dir_all(set.folder()).unwrap();
    std::fs::create_dir(set.folder()).unwrap();
    let error = set.read().unwrap_err().to_string();
    assert!(error.contains("found nothing at all"), "{error}");
}

#[test]
fn scores_can_lie_elsewhere() {
    let set = Set::new();
    let elsewhere = set.root.path().join("scores.txt");
    std::fs::rename(set.root.path().join("lfw_attributes.txt"), &elsewhere).unwrap();
    assert_eq!(set.reader().attributes(&elsewhere).read().unwrap().len(), 3);
    let error = set.reader().attributes("/no/such/scores").read().unwrap_err().to_string();
    assert!(error.contains("cannot read /no/such/scores"), "{error}");
}

#[test]
fn tensors_hold_the_levels_by_channel() {
    let faces = FaceData::drawn(4, 3).unwrap();
    let tensor = faces.tensor(tch::Device::Cpu).unwrap();
    assert_eq!(tensor.size(), [4, 3, 45, 45]);
    assert!(tensor.is_contiguous());
    for (face, channel, row, column) in [(0, 0, 0, 0), (3, 2, 44, 44), (2, 1, 20, 7)] {
        let level = f32::from(faces.images()[[face, row, column, channel]]) / 255.0;
        let place = [face as i64, channel as i64, row as i64, column as i64];
        assert_eq!(tensor.double_value(&place) as f32, level);
    }
}

#[test]
fn faces_are_split_by_chance_and_by_person() {
    let faces = FaceData::drawn(120, 5).unwrap();
    let (train, test) = faces.split(0.25, 1).unwrap();
    assert_eq!((train.len(), test.len()), (90, 30));
    assert_eq!(test.images(), faces.split(0.25, 1).unwrap().1.images());
    assert_ne!(test.images(), faces.split(0.25, 2).unwrap().1.images());
    let (train, test) = faces.split_by_person(0.25, 1).unwrap();
    assert!(test.len() >= 30 && train.len() + test.len() == 120);
    assert!(train.people().iter().all(|person| !test.people().contains(person)));
    for share in [0.0, 1.0, -0.5, 0.999, f64::NAN, f64::INFINITY] {
        assert!(
            faces.split(share, 1).is_err() && faces.split_by_person(share, 1).is_err(),
            "{share}"
        );
    }
    let one = faces.highest("Male", 1).unwrap();
    assert!(one.split(0.5, 1).is_err());
}

#[test]
fn groups_are_in_order_and_missing_attributes_have_neighbours() {
    let faces = FaceData::drawn(80, 5).unwrap();
    let high = faces.highest("Male", 80).unwrap().scores("Male").unwrap();
    assert!(high.windows(2).all(|pair| pair[0] >= pair[1]));
    let low = faces.lowest("Male", 80).unwrap().scores("Male").unwrap();
    assert!(low.iter().eq(high.iter().rev()));
    let error = faces.highest("Eye glasses", 3).unwrap_err().to_string();
    assert!(error.contains("`Eyeglasses`"), "{error}");
    assert!(faces.highest("Male", 0).is_err() && faces.lowest("Male", 81).is_err());
    assert!(faces.first(81).is_err() && faces.first(0).is_err());
}
