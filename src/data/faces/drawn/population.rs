//! A data set of drawn faces.

use std::time::Duration;

use ndarray::{Array2, Array4};

use super::people::sittings;
use super::portrait::check_size;
use super::scores::{SCORES, scores};
use crate::data::faces::attributes::PictureName;
use crate::data::faces::face_data::FaceData;
use crate::data::faces::report::FaceReport;
use crate::notebook::Progress;
use crate::parallel::Workers;
use crate::{Error, Result};

/// More faces than this are no data set for a notebook's memory.
const MOST_FACES: usize = 1_000_000;

/// Draws the first `count` faces of a seed, of `size` = height and width, with the scores of their attributes.
pub(in crate::data::faces) fn faces(
    count: usize,
    seed: u64,
    size: [usize; 2],
    workers: Workers,
    source: String,
) -> Result<FaceData> {
    let [height, width] = size;
    check_size(height, width)?;
    if !(1..=MOST_FACES).contains(&count) {
        let problem = format!("choose 1 to {MOST_FACES}");
        return Err(Error::invalid(format!("{count} drawn faces"), problem));
    }
    let sittings = sittings(count, seed);
    let mut progress =
        Progress::new("Drawing faces", count as u64).unit("faces").delay(Duration::from_secs(1));
    let bytes = 3 * height * width;
    let pictures = workers.run(count, &mut progress, |index| {
        let mut levels = vec![0; bytes];
        sittings[index].face.draw_into(height, width, &mut levels);
        levels
    });
    let mut levels = Vec::with_capacity(count * bytes);
    for picture in pictures {
        levels.extend(picture.ok_or(Error::Interrupted)?);
    }
    let fault = |error: ndarray::ShapeError| Error::invalid("drawn faces", error.to_string());
    let table: Vec<f32> = sittings.iter().flat_map(|one| scores(&one.face, one.seed)).collect();
    let name = |person: usize, number: usize| PictureName {
        person: format!("Person {person}"),
        number: number as u32,
    };
    Ok(FaceData {
        source,
        images: Array4::from_shape_vec((count, height, width, 3), levels).map_err(fault)?,
        names: sittings.iter().map(|one| name(one.person, one.picture)).collect(),
        attributes: SCORES.iter().map(|(name, _)| (*name).to_owned()).collect(),
        scores: Array2::from_shape_vec((count, SCORES.len()), table).map_err(fault)?,
        parameters: Some(sittings.into_iter().map(|one| one.face).collect()),
        report: FaceReport { kept: count, ..FaceReport::default() },
    })
}
