//! A column of W while it is solved.

use crate::gaussian::linalg::add_scaled;

/// Of one variable's regression on others, the nonzero coefficients −Θ_kj / Θ_jj, by ascending k.
pub(super) type Links = Vec<(u32, f64)>;

/// A column while it is solved; the buffers serve one column after another.
#[derive(Default)]
pub(super) struct Work {
    pub(super) links: Links,
    /// S_·j − W β.
    pub(super) slopes: Vec<f64>,
    /// W among the linked variables.
    pub(super) gram: Vec<f64>,
    /// What placing the column changed in W.
    pub(super) changes: Vec<f64>,
}

impl Work {
    /// Where a variable's link is, or would be.
    pub(super) fn place(&self, other: usize) -> Result<usize, usize> {
        self.links.binary_search_by_key(&other, |(place, _)| *place as usize)
    }

    /// Brings the slopes up to date after another column, and with it a row, of W has changed.
    pub(super) fn follow(&mut self, other: usize, changes: &[f64]) {
        if let Ok(at) = self.place(other) {
            add_scaled(&mut self.slopes, -self.links[at].1, changes);
        }
        let own = self.links.iter().map(|(place, value)| value * changes[*place as usize]);
        self.slopes[other] -= own.sum::<f64>();
    }
}
