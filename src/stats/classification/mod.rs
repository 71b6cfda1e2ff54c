//! How good a classifier is, and whether another is better.

mod bootstrap;
mod calibration;
mod paired;
mod report;
mod student;
mod top_k;

pub use bootstrap::bootstrap_interval;
pub use calibration::{Calibration, CalibrationBin};
pub use paired::PairedComparison;
pub use report::ClassificationReport;
pub use top_k::top_k_accuracy;

use ndarray::Array2;

use crate::plot::{Matrix, Numbers};
use crate::{Error, Result};

/// True classes as numbers from 0, and a row of scores for each, n × k.
fn scored(truth: impl Numbers, scores: impl Matrix) -> Result<(Vec<usize>, Array2<f64>)> {
    let truth = truth.numbers();
    let scores = scores.matrix().map_err(|problem| Error::invalid("scores of classes", problem))?;
    let what = || format!("{} true classes and scores of shape {:?}", truth.len(), scores.dim());
    if truth.is_empty() || truth.len() != scores.nrows() || scores.ncols() < 2 {
        return Err(Error::invalid(
            what(),
            "each case needs a true class and scores of at least two",
        ));
    }
    if let Some(((row, column), value)) =
        scores.indexed_iter().find(|(_, value)| !value.is_finite())
    {
        return Err(Error::invalid(
            what(),
            format!("row {row}, column {column} holds {value}; expected numbers"),
        ));
    }
    let known = |class: &f64| class.fract() == 0.0 && (0.0..scores.ncols() as f64).contains(class);
    if let Some(class) = truth.iter().find(|class| !known(class)) {
        return Err(Error::invalid(
            what(),
            format!("class {class} among {} from 0", scores.ncols()),
        ));
    }
    Ok((truth.into_iter().map(|class| class as usize).collect(), scores))
}

/// A level of confidence, as 0.95.
fn check_level(level: f64) -> Result<()> {
    if level > 0.0 && level < 1.0 {
        return Ok(());
    }
    Err(Error::invalid(
        format!("level = {level}"),
        "a level of confidence lies between 0 and 1, as 0.95",
    ))
}
