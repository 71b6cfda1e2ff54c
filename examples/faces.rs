//! Draws faces and reads photographs, with the times of each, and writes galleries to look at.
//!
//!     cargo run --release --example faces -- FOLDER [LFW] [--threads N]
//!
//! FOLDER gets `drawn.png` (a population), `large.png` (some of it in 256 × 256 pixels) and `parameters-N.png` (a row for
//! each parameter, from its least value to its greatest). LFW is what `FaceSource::LabeledFaces` takes; then there are also
//! `groups.png` and `levels.bin`, the prepared pictures.

use std::path::Path;
use std::time::Instant;

use latentlab::data::faces::{FaceData, FaceParameters, FaceReader, FaceSource};
use latentlab::ndarray::{Array4, Axis, s, stack};
use latentlab::plot::ImageGallery;
use latentlab::prelude::*;

fn main() -> Result<()> {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut reader = FaceReader::new().cached(false);
    if let Some(place) = arguments.iter().position(|argument| argument == "--threads") {
        let threads = arguments.get(place + 1).and_then(|count| count.parse().ok()).unwrap_or(1);
        reader = reader.threads(threads);
        arguments.truncate(place);
    }
    let folder = Path::new(arguments.first().map_or("out/faces", String::as_str)).to_owned();
    std::fs::create_dir_all(&folder).map_err(|error| Error::io("make", &folder, error))?;
    match arguments.get(1) {
        Some(path) => photographs(&folder, &reader, path),
        None => drawn(&folder, &reader),
    }
}

fn drawn(folder: &Path, reader: &FaceReader) -> Result<()> {
    let begun = Instant::now();
    let faces = reader.clone().source(FaceSource::Drawn { count: 5000, seed: 365 }).read()?;
    println!("{} faces drawn in {:.2} s", faces.len(), begun.elapsed().as_secs_f64());
    let first = faces.images().slice(s![..200, .., .., ..]).to_owned();
    ImageGallery::new("")
        .images(&first)
        .columns(20)
        .zoom(1.5)
        .figure()?
        .save(folder.join("drawn.png"))?;
    let large =
        reader.clone().source(FaceSource::Drawn { count: 24, seed: 365 }).size(256, 256).read()?;
    ImageGallery::new("")
        .images(large.images())
        .columns(6)
        .zoom(0.5)
        .figure()?
        .save(folder.join("large.png"))?;
    for (page, names) in FaceParameters::NAMES.chunks(18).enumerate() {
        let rows = names.iter().map(|name| row(name)).collect::<Result<Vec<_>>>()?;
        let views: Vec<_> = rows.iter().map(|row| row.view()).collect();
        let rows = latentlab::ndarray::concatenate(Axis(0), &views)
            .map_err(|error| Error::invalid("rows", error.to_string()))?;
        let gallery = ImageGallery::new("").images(&rows).columns(7).row_titles(names).zoom(1.0);
        gallery.figure()?.save(folder.join(format!("parameters-{page}.png")))?;
    }
    Ok(())
}

/// Seven faces from the least to the greatest value of a parameter, on a face that shows it.
fn row(name: &str) -> Result<Array4<u8>> {
    let man = FaceParameters { masculinity: 0.9, hair_length: 0.15, ..FaceParameters::default() };
    let woman = FaceParameters { masculinity: 0.1, hair_length: 0.6, ..FaceParameters::default() };
    let plain = match name {
        "beard" | "mustache" | "goatee" | "stubble" | "sideburns" | "baldness" | "receding" => man,
        "glasses_roundness" => FaceParameters { glasses: 0.8, ..man },
        "hat_hue" | "hat_brim" => FaceParameters { hat: 0.8, ..man },
        "lipstick" | "makeup" | "waviness" | "earrings" => woman,
        _ => FaceParameters::default(),
    };
    let [least, most] = FaceParameters::range(name)?;
    let faces = (0..7)
        .map(|step| plain.with(name, least + (most - least) * step as f32 / 6.0)?.draw(45, 45))
        .collect::<Result<Vec<_>>>()?;
    let views: Vec<_> = faces.iter().map(|face| face.view()).collect();
    stack(Axis(0), &views).map_err(|error| Error::invalid(name, error.to_string()))
}

fn photographs(folder: &Path, reader: &FaceReader, path: &str) -> Result<()> {
    let reader = reader.clone().source(FaceSource::LabeledFaces(path.into()));
    let begun = Instant::now();
    let faces = reader.read()?;
    println!("seconds {:.3}", begun.elapsed().as_secs_f64());
    let levels = faces.images();
    let file = folder.join("levels.bin");
    std::fs::write(&file, levels.as_slice().unwrap_or_default())
        .map_err(|error| Error::io("write", &file, error))?;
    println!("{}", faces.report().rich().get("text/plain").unwrap_or_default());
    groups(&faces, &folder.join("groups.png"))
}

fn groups(faces: &FaceData, file: &Path) -> Result<()> {
    let names = ["Smiling", "Eyeglasses", "Sunglasses", "Mustache", "Male"];
    let mut gallery = ImageGallery::new("Highest scores");
    for name in names {
        gallery = gallery.images(faces.highest(name, 8)?.images());
    }
    gallery.columns(8).row_titles(names).figure()?.save(file)
}
