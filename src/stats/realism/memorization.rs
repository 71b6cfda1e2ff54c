//! Whether synthetic series are copies of training examples.

use ndarray::Array3;
use tch::Tensor;

use crate::Result;
use crate::notebook::{Progress, interrupt};
use crate::plot::quantile;

/// How near synthetic series come to their nearest real one, beside how near real ones that no one trained on come to theirs.
///
/// Distances are root mean squares of the differences over channels and days. A generator that draws from the market comes as near as
/// held-out examples do: a ratio of medians near 1. Far below 1, it repeats what it was trained on; far above, it draws something else.
///
/// # Example
/// See [`RealismReport::memorization`](super::RealismReport::memorization).
#[derive(Clone, Debug, PartialEq)]
pub struct Memorization {
    /// The distance of each synthetic series from its nearest real one.
    pub synthetic: Vec<f64>,
    /// The distance of each held-out series from its nearest real one.
    pub held_out: Vec<f64>,
}

/// The quantiles that are told.
const QUANTILES: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
/// Series compared with all real ones at once.
const CHUNK: usize = 32;

impl Memorization {
    pub(super) fn new(
        real: &Array3<f64>,
        synthetic: &Array3<f64>,
        held_out: &Array3<f64>,
    ) -> Result<Self> {
        let rows = synthetic.shape()[0] + held_out.shape()[0];
        let mut progress = Progress::new("Nearest neighbours", rows as u64)
            .unit("series")
            .delay(std::time::Duration::from_secs(1));
        let real = flat(real)?;
        Ok(Self {
            synthetic: nearest(&flat(synthetic)?, &real, &mut progress)?,
            held_out: nearest(&flat(held_out)?, &real, &mut progress)?,
        })
    }

    /// The median distance of the synthetic series over that of the held-out ones; 1 where both are 0.
    pub fn ratio(&self) -> f64 {
        let medians =
            [&self.synthetic, &self.held_out].map(|distances| Self::quantiles(distances)[2]);
        if medians == [0.0; 2] { 1.0 } else { medians[0] / medians[1] }
    }

    /// The share of synthetic series that are nearer to a real one than all but a twentieth of the held-out series: 0.05 where nothing
    /// was learnt by heart.
    pub fn suspicious(&self) -> f64 {
        let limit = Self::quantiles(&self.held_out)[0];
        self.synthetic.iter().filter(|distance| **distance < limit).count() as f64
            / self.synthetic.len() as f64
    }

    /// The quantiles 0.05, 0.25, 0.5, 0.75 and 0.95 of distances.
    ///
    /// # Example
    /// ```
    /// let distances: Vec<f64> = (0..101).map(f64::from).collect();
    /// assert_eq!(latentlab::stats::Memorization::quantiles(&distances), [5.0, 25.0, 50.0, 75.0, 95.0]);
    /// ```
    pub fn quantiles(distances: &[f64]) -> [f64; 5] {
        let mut sorted = distances.to_vec();
        sorted.sort_by(f64::total_cmp);
        QUANTILES.map(|share| quantile(&sorted, share))
    }
}

/// One row for each series, so that the distance of two rows is the root mean square of their difference.
fn flat(series: &Array3<f64>) -> Result<Tensor> {
    let width = series.len() / series.shape()[0];
    let scale = (width as f64).sqrt();
    let values: Vec<f64> = series.iter().map(|value| value / scale).collect();
    Ok(Tensor::f_from_slice(&values)?.f_view([-1, width as i64])?)
}

/// The distance of each row from the nearest of others.
fn nearest(rows: &Tensor, others: &Tensor, progress: &mut Progress) -> Result<Vec<f64>> {
    // Differences, not products of norms: those would give copies a distance.
    const BY_DIFFERENCES: i64 = 2;
    let mut distances = Vec::new();
    for chunk in rows.f_split(CHUNK as i64, 0)? {
        interrupt::check()?;
        let between = Tensor::f_cdist(&chunk, others, 2.0, BY_DIFFERENCES)?;
        distances.extend(Vec::<f64>::try_from(between.f_amin([1_i64], false)?)?);
        progress.advance(chunk.size()[0] as u64);
    }
    Ok(distances)
}
