//! How found factors compare with known ones.

mod assignment;
mod correlation;
mod disentanglement;
mod matching;
mod procrustes;
mod subspace;

pub use assignment::optimal_assignment;
pub use correlation::cross_correlation;
pub use disentanglement::Disentanglement;
pub use matching::{FactorMatch, FactorMatching};
pub use procrustes::procrustes_rotation;
pub use subspace::{canonical_correlations, principal_angles};

use ndarray::Array2;

use crate::plot::Matrix;
use crate::{Error, Result};

/// Two matrices with the same number of rows; `names` are what they hold.
fn alike(
    one: impl Matrix,
    other: impl Matrix,
    names: [&str; 2],
) -> Result<(Array2<f64>, Array2<f64>)> {
    let one = one.matrix().map_err(|problem| Error::invalid(names[0], problem))?;
    let other = other.matrix().map_err(|problem| Error::invalid(names[1], problem))?;
    if one.nrows() != other.nrows() {
        let shapes = [one.dim(), other.dim()].map(|(rows, columns)| format!("{rows} × {columns}"));
        return Err(Error::invalid(
            format!("{} of shape {} and {} of shape {}", names[0], shapes[0], names[1], shapes[1]),
            "both need a row for each of the same observations",
        ));
    }
    Ok((one, other))
}
