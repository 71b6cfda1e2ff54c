//! Drawn faces show what their parameters and scores say, and Labeled Faces in the Wild is read where it lies.

#![allow(clippy::unwrap_used)]

use latentlab::data::data_folder;
use latentlab::data::faces::{FaceData, FaceParameters, FaceReader, FaceSource};
use latentlab::ndarray::{Array3, s};

fn plain() -> FaceParameters {
    FaceParameters::default()
}

fn level_at(
    image: &Array3<u8>,
    rows: std::ops::Range<usize>,
    columns: std::ops::Range<usize>,
) -> f64 {
    let part = image.slice(s![rows, columns, ..]);
    part.iter().map(|level| f64::from(*level)).sum::<f64>() / part.len() as f64
}

/// Mean distance of two pictures, in levels.
fn distance(one: &Array3<u8>, other: &Array3<u8>) -> f64 {
    let total: f64 =
        one.iter().zip(other).map(|(one, other)| f64::from(one.abs_diff(*other))).sum();
    total / one.len() as f64
}

#[test]
fn faces_are_the_same_on_every_machine() {
    // A change of the renderer is to be seen and meant; then the new number goes into the file.
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/faces_drawn.txt");
    let expected = std::fs::read_to_string(file).unwrap();
    let faces = FaceData::drawn(64, 365).unwrap();
    let mut hash = 0xCBF2_9CE4_8422_2325_u64;
    for level in faces.images() {
        hash = (hash ^ u64::from(*level)).wrapping_mul(0x0100_0000_01B3);
    }
    for score in faces.attribute_names().iter().flat_map(|name| faces.scores(name).unwrap()) {
        hash = (hash ^ u64::from(score.to_bits())).wrapping_mul(0x0100_0000_01B3);
    }
    assert_eq!(format!("{hash:016x}"), expected.trim());
}

#[test]
fn every_parameter_is_seen_in_a_small_picture() {
    let man = FaceParameters { masculinity: 0.9, hair_length: 0.15, ..plain() };
    let woman = FaceParameters { masculinity: 0.1, hair_length: 0.6, ..plain() };
    for name in FaceParameters::NAMES {
        let base = match *name {
            "glasses_roundness" => FaceParameters { glasses: 0.8, ..man.clone() },
            "hat_hue" | "hat_brim" => FaceParameters { hat: 0.8, ..man.clone() },
            "lipstick" | "makeup" | "earrings" | "waviness" => woman.clone(),
            "beard" | "mustache" | "goatee" | "stubble" | "sideburns" => man.clone(),
            _ => plain(),
        };
        let [least, most] = FaceParameters::range(name).unwrap();
        let draw = |value: f32| base.with(name, value).unwrap().draw(45, 45).unwrap();
        let half = (least + most) / 2.0;
        // Both ends of a hue are the same red.
        let apart = distance(&draw(least), &draw(most)).max(distance(&draw(least), &draw(half)));
        assert!(apart > 0.2, "{name} changes a level by {apart:.2} in the mean");
        assert_ne!(draw(half), draw(least), "{name}");
        assert_ne!(draw(half), draw(most), "{name}");
    }
}

#[test]
fn parameters_beyond_their_range_count_as_its_end() {
    let draw = |face: FaceParameters| face.draw(45, 45).unwrap();
    for (name, range) in
        FaceParameters::NAMES.iter().map(|name| (name, FaceParameters::range(name).unwrap()))
    {
        for (beyond, end) in [(f32::INFINITY, range[1]), (f32::NEG_INFINITY, range[0])] {
            let (one, other) =
                (plain().with(name, beyond).unwrap(), plain().with(name, end).unwrap());
            assert_eq!(draw(one), draw(other), "{name}");
        }
    }
    assert_eq!(draw(FaceParameters { smile: f32::NAN, ..plain() }), draw(plain()));
}

#[test]
fn a_face_has_the_size_asked_for() {
    for (height, width) in [(8, 8), (45, 45), (64, 48), (31, 90), (300, 300)] {
        assert_eq!(plain().draw(height, width).unwrap().dim(), (height, width, 3));
    }
    for (height, width) in [(7, 45), (45, 0), (1025, 45)] {
        assert!(plain().draw(height, width).unwrap_err().to_string().contains("8 to 1024"));
    }
    assert!(plain().get("smiles").unwrap_err().to_string().contains("`smile`"));
}

#[test]
fn light_falls_where_it_comes_from() {
    let still =
        FaceParameters { noise: 0.0, harshness: 0.9, parting: 0.0, hair_length: 0.0, ..plain() };
    let left = FaceParameters { light_x: -0.9, ..still.clone() }.draw(45, 45).unwrap();
    let right = FaceParameters { light_x: 0.9, ..still }.draw(45, 45).unwrap();
    let cheeks =
        |image: &Array3<u8>| (level_at(image, 25..32, 11..17), level_at(image, 25..32, 28..34));
    let ((left_left, left_right), (right_left, right_right)) = (cheeks(&left), cheeks(&right));
    assert!(left_left > left_right + 20.0, "{left_left} {left_right}");
    assert!(right_right > right_left + 20.0, "{right_left} {right_right}");
}

#[test]
fn scores_follow_the_parameters() {
    let faces = FaceData::drawn(1500, 9).unwrap();
    let truth = |name: &str| -> Vec<f64> {
        faces.parameters().unwrap().iter().map(|face| f64::from(face.get(name).unwrap())).collect()
    };
    for (attribute, parameter, sign) in [
        ("Male", "masculinity", 1.0),
        ("Smiling", "smile", 1.0),
        ("Eyeglasses", "glasses", 1.0),
        ("Sunglasses", "sunglasses", 1.0),
        ("Mustache", "mustache", 1.0),
        ("Bald", "baldness", 1.0),
        ("Goatee", "goatee", 1.0),
        ("Mouth Wide Open", "mouth_open", 1.0),
        ("Eyes Open", "eyes_open", 1.0),
        ("Wearing Lipstick", "lipstick", 1.0),
        ("Heavy Makeup", "makeup", 1.0),
        ("Harsh Lighting", "harshness", 1.0),
        ("Wearing Hat", "hat", 1.0),
        ("Senior", "age", 1.0),
        ("Pale Skin", "skin_tone", -1.0),
    ] {
        let scores: Vec<f64> =
            faces.scores(attribute).unwrap().into_iter().map(f64::from).collect();
        let correlation = sign * correlation(&scores, &truth(parameter));
        assert!(correlation > 0.7, "{attribute} and {parameter}: {correlation}");
        assert!(correlation < 0.9999, "{attribute} has no noise");
        assert!(
            scores.iter().any(|score| *score > 0.5) && scores.iter().any(|score| *score < -0.5),
            "{attribute}"
        );
    }
    assert!(faces.attribute_names().len() >= 20);
    // Features go together as among people.
    assert!(correlation(&truth("masculinity"), &truth("lipstick")) < -0.3);
    assert!(correlation(&truth("masculinity"), &truth("hair_length")) < -0.5);
    assert!(correlation(&truth("age"), &truth("hair_gray")) > 0.4);
    let open = |smiling: bool| {
        let faces = faces.parameters().unwrap().iter().filter(|face| (face.smile > 0.5) == smiling);
        let open: Vec<f64> = faces.map(|face| f64::from(face.mouth_open > 0.1)).collect();
        open.iter().sum::<f64>() / open.len() as f64
    };
    assert!(open(true) > open(false) + 0.2, "{} {}", open(true), open(false));
}

fn correlation(one: &[f64], other: &[f64]) -> f64 {
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let (first, second) = (mean(one), mean(other));
    let product = |a: &[f64], a0: f64, b: &[f64], b0: f64| -> f64 {
        a.iter().zip(b).map(|(a, b)| (a - a0) * (b - b0)).sum()
    };
    product(one, first, other, second)
        / (product(one, first, one, first) * product(other, second, other, second)).sqrt()
}

#[test]
fn a_person_keeps_identity_and_changes_expression() {
    let faces = FaceData::drawn(400, 2).unwrap();
    let (people, parameters) = (faces.people(), faces.parameters().unwrap());
    let mut pairs = 0;
    for face in 1..faces.len() {
        let (one, other) = (&parameters[face - 1], &parameters[face]);
        if people[face - 1] == people[face] {
            pairs += 1;
            assert_eq!(
                (one.masculinity, one.skin_tone, one.nose_width),
                (other.masculinity, other.skin_tone, other.nose_width)
            );
            assert_ne!((one.smile, one.yaw, one.light_x), (other.smile, other.yaw, other.light_x));
        } else {
            assert_ne!(one.nose_width, other.nose_width);
        }
    }
    assert!(pairs > 80, "{pairs} neighbours of the same person");
    // Pictures of one person are nearer to each other than those of different people.
    let image = |face: usize| faces.images().slice(s![face, .., .., ..]).to_owned();
    let mean = |same: bool| {
        let chosen: Vec<f64> = (1..faces.len())
            .filter(|face| (people[face - 1] == people[*face]) == same)
            .map(|face| distance(&image(face - 1), &image(face)))
            .collect();
        chosen.iter().sum::<f64>() / chosen.len() as f64
    };
    assert!(mean(true) < mean(false), "{} {}", mean(true), mean(false));
}

#[test]
fn impossible_populations_are_refused() {
    for count in [0, 1_000_001] {
        assert!(FaceData::drawn(count, 1).unwrap_err().to_string().contains("choose 1 to"));
    }
    let tiny = FaceReader::new().source(FaceSource::Drawn { count: 1, seed: 1 }).size(4, 4).read();
    assert!(tiny.unwrap_err().to_string().contains("8 to 1024"));
}

/// Where `LATENTLAB_DATA` points to the real data; says that the test was skipped where not.
fn labeled_faces() -> Option<std::path::PathBuf> {
    let folder =
        data_folder().unwrap().map(|folder| folder.join("lfw")).filter(|folder| folder.is_dir());
    if folder.is_none() {
        println!("skipped: LATENTLAB_DATA points to no folder with lfw/ in it");
    }
    folder
}

#[test]
fn labeled_faces_in_the_wild_are_read() {
    let Some(folder) = labeled_faces() else { return };
    let reader = FaceReader::new().source(FaceSource::LabeledFaces(folder)).cached(false);
    let faces = reader.read().unwrap();
    let report = faces.report();
    assert!(report.unreadable.is_empty(), "{:?}", report.unreadable);
    assert_eq!(report.kept, faces.len());
    assert_eq!(report.kept + report.without_scores.len(), report.pictures);
    assert!(faces.attribute_names().len() >= 70 && faces.len() > 5000);
    assert_eq!(faces.images().dim(), (faces.len(), 45, 45, 3));
    for name in [
        "Smiling",
        "Eyeglasses",
        "Sunglasses",
        "Mustache",
        "Male",
        "Eyes Open",
        "Mouth Wide Open",
        "Heavy Makeup",
    ] {
        let (high, low) = (faces.highest(name, 36).unwrap(), faces.lowest(name, 36).unwrap());
        assert!(high.scores(name).unwrap()[35] > low.scores(name).unwrap()[35], "{name}");
    }
    // Faces are skin, on the whole: more red than blue.
    let mean = |channel: usize| {
        let levels = faces.images();
        let channel = levels.slice(s![.., .., .., channel]);
        channel.iter().map(|level| f64::from(*level)).sum::<f64>() / channel.len() as f64
    };
    assert!(mean(0) > mean(2) + 10.0, "{} {}", mean(0), mean(2));

    let few = reader.fewer_than(100).read().unwrap();
    let dropped = &few.report().people_dropped;
    assert!(dropped.iter().any(|(person, _)| person == "George W Bush"), "{dropped:?}");
    assert!(few.len() < faces.len() && !few.people().contains(&"George W Bush"));
}
