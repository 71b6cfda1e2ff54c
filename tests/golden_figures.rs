//! Every kind of figure against a picture of it that a person has looked at.
//!
//! The pictures in `tests/golden` are a quarter as wide and high as the figures. A figure passes when the mean
//! difference is at most 1 level of 255 and at most one pixel in 200 differs by more than 24. Fonts and painting are the
//! library's own, so on one machine both are zero; the tolerance is for other processors' last digits.
//! `LATENTLAB_GOLDEN=write cargo test --test golden_figures` draws the pictures anew; look at them before committing.

#[path = "../examples/figures.rs"]
#[allow(dead_code)]
mod figures;

use std::path::{Path, PathBuf};

use image::imageops::FilterType;
use image::{GrayImage, RgbImage};

const MOST_MEAN: f64 = 1.0;
const MOST_FAR: f64 = 0.005;
const FAR: i32 = 24;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests").join("golden")
}

fn small(png: &[u8]) -> RgbImage {
    let picture = image::load_from_memory(png).expect("a PNG").to_rgb8();
    let (width, height) = (picture.width() / 4, picture.height() / 4);
    image::imageops::resize(&picture, width, height, FilterType::Triangle)
}

/// The mean difference, and the share of pixels that differ much.
fn difference(one: &RgbImage, other: &RgbImage) -> (f64, f64) {
    let apart = |(a, b): (&image::Rgb<u8>, &image::Rgb<u8>)| {
        (0..3).map(|c| (i32::from(a[c]) - i32::from(b[c])).abs()).max().unwrap_or_default()
    };
    let all: Vec<i32> = one.pixels().zip(other.pixels()).map(apart).collect();
    let far = all.iter().filter(|apart| **apart > FAR).count();
    (f64::from(all.iter().sum::<i32>()) / all.len() as f64, far as f64 / all.len() as f64)
}

#[test]
fn figures_look_as_they_did() {
    let write = std::env::var("LATENTLAB_GOLDEN").is_ok_and(|what| what == "write");
    for case in figures::cases() {
        let figure = (case.draw)().expect(case.name);
        let drawn = small(&figure.png().expect(case.name));
        let path = folder().join(format!("{}.png", case.name));
        if write {
            std::fs::create_dir_all(folder()).expect("a folder");
            drawn.save(&path).expect("a file");
            continue;
        }
        let golden = image::open(&path)
            .unwrap_or_else(|error| panic!("{}: {error}", path.display()))
            .to_rgb8();
        assert_eq!(drawn.dimensions(), golden.dimensions(), "{}", case.name);
        let (mean, far) = difference(&drawn, &golden);
        assert!(mean <= MOST_MEAN && far <= MOST_FAR, "{}: mean {mean}, far {far}", case.name);
    }
}

#[test]
fn the_measure_notices_a_moved_word() {
    let white = GrayImage::from_pixel(160, 100, image::Luma([255]));
    let one = image::DynamicImage::ImageLuma8(white).to_rgb8();
    let mut other = one.clone();
    for x in 20..40 {
        for y in 10..14 {
            other.put_pixel(x, y, image::Rgb([120, 120, 120]));
        }
    }
    assert_eq!(difference(&one, &one), (0.0, 0.0));
    let (mean, far) = difference(&one, &other);
    assert!(mean > MOST_MEAN / 2.0 && far >= MOST_FAR, "{mean} {far}");
}

#[test]
fn a_million_points_are_one_small_file() {
    let case = figures::cases().into_iter().find(|case| case.name == "scatter_million");
    let figure = (case.expect("the case").draw)().expect("a figure");
    assert!(figure.png().expect("a PNG").len() < 1_000_000);
    assert!(figure.svg().expect("an SVG").len() < 1_000_000);
}
