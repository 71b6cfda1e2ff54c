//! Whether each code speaks of one factor.

use ndarray::{Array2, ArrayView1};

use super::{alike, cross_correlation};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::plot::Matrix;
use crate::stats::mean;
use crate::stats::samples::check;
use crate::{Error, Result};

/// How far each known factor is told by one code alone: the gap between the code that tells most of it and the next, from 0
/// (two tell equally much) to 1 (one tells everything, the others nothing), as a mean over the factors.
///
/// | Measure | What a code tells of a factor |
/// |---|---|
/// | [`mutual_information_gap`](Self::mutual_information_gap) | mutual information over the factor's entropy, both in bins of equal counts (Chen and others, Isolating sources of disentanglement, 2018) |
/// | [`attribute_predictability`](Self::attribute_predictability) | the share of its variance that a line explains: the SAP score (Kumar, Sattigeri and Balakrishnan, 2018) |
///
/// Unlike [`canonical_correlations`](super::canonical_correlations), both punish codes that are a rotation of the factors. Bins make mutual
/// information too large by about (bins − 1)² / 2n nats; the gap takes most of that away again.
///
/// # Example
/// ```
/// use latentlab::ndarray::Array2;
/// use latentlab::stats::Disentanglement;
///
/// let factors = Array2::from_shape_fn((400, 2), |(row, column)| ((row * (7 + 4 * column)) % 401) as f64);
/// let own = Disentanglement::new(&factors, &factors, 10)?;
/// let mixed = factors.dot(&latentlab::ndarray::array![[1.0, 1.0], [1.0, -1.0]]);
/// let mixed = Disentanglement::new(&mixed, &factors, 10)?;
/// assert!(own.attribute_predictability() > 0.9 && mixed.attribute_predictability() < 0.1);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Disentanglement {
    information: Vec<f64>,
    predictability: Vec<f64>,
}

impl Disentanglement {
    /// Measures codes, n × a with a ≥ 2, against known factors, n × b, in so many bins; n/100 bins are enough.
    ///
    /// # Errors
    /// [`Error::Invalid`] for different numbers of rows, fewer than two codes, fewer than two bins or more than there are rows, a column
    /// whose values are all the same, and values that are not finite.
    ///
    /// # Example
    /// See [`Disentanglement`].
    pub fn new(codes: impl Matrix, factors: impl Matrix, bins: usize) -> Result<Self> {
        let (codes, factors) = alike(codes, factors, ["codes", "factors"])?;
        check(&codes, "codes need")?;
        if codes.ncols() < 2 || !(2..=codes.nrows()).contains(&bins) {
            let what = format!("{} codes of {} rows in {bins} bins", codes.ncols(), codes.nrows());
            return Err(Error::invalid(
                what,
                "a gap needs two codes, and from two bins to one a row",
            ));
        }
        let correlations = cross_correlation(&codes, &factors)?;
        let predictability = correlations
            .columns()
            .into_iter()
            .map(|column| gap(column.mapv(|value| value * value).view()));
        let binned = |values: &Array2<f64>| -> Vec<Vec<usize>> {
            values.columns().into_iter().map(|column| bin(column, bins)).collect()
        };
        let code_bins = binned(&codes);
        let information = binned(&factors).into_iter().map(|factor| {
            let shares = code_bins.iter().map(|code| normalized_information(code, &factor, bins));
            gap(shares.collect::<ndarray::Array1<f64>>().view())
        });
        Ok(Self { information: information.collect(), predictability: predictability.collect() })
    }

    /// The mean over the factors of the gap in mutual information.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::Array2, stats::Disentanglement};
    /// let factors = Array2::from_shape_fn((400, 2), |(row, column)| ((row * (7 + 4 * column)) % 401) as f64);
    /// assert!(Disentanglement::new(&factors, &factors, 10)?.mutual_information_gap() > 0.9);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn mutual_information_gap(&self) -> f64 {
        mean(&self.information)
    }

    /// The mean over the factors of the gap in explained variance.
    ///
    /// # Example
    /// See [`Disentanglement`].
    pub fn attribute_predictability(&self) -> f64 {
        mean(&self.predictability)
    }

    /// The gaps in mutual information, one for each factor.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::Array2, stats::Disentanglement};
    /// let factors = Array2::from_shape_fn((400, 2), |(row, column)| ((row * (7 + 4 * column)) % 401) as f64);
    /// assert_eq!(Disentanglement::new(&factors, &factors, 10)?.information_gaps().len(), 2);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn information_gaps(&self) -> &[f64] {
        &self.information
    }

    /// The gaps in explained variance, one for each factor.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::Array2, stats::Disentanglement};
    /// let factors = Array2::from_shape_fn((400, 2), |(row, column)| ((row * (7 + 4 * column)) % 401) as f64);
    /// assert_eq!(Disentanglement::new(&factors, &factors, 10)?.predictability_gaps().len(), 2);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn predictability_gaps(&self) -> &[f64] {
        &self.predictability
    }
}

impl std::fmt::Display for Disentanglement {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            formatter,
            "mutual information gap {:.3}, separated attribute predictability {:.3}",
            self.mutual_information_gap(),
            self.attribute_predictability()
        )
    }
}

impl Show for Disentanglement {
    fn rich(&self) -> Rich {
        Rich::text(self.to_string())
    }
}

impl Inspect for Disentanglement {
    fn preview(&self) -> String {
        self.to_string()
    }
}

/// The largest value less the next.
fn gap(values: ArrayView1<f64>) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(|one, other| other.total_cmp(one));
    values[0] - values[1]
}

/// The number of the bin that each value falls into, where bins hold equally many; equal values may part.
fn bin(values: ArrayView1<f64>, bins: usize) -> Vec<usize> {
    let mut places: Vec<usize> = (0..values.len()).collect();
    places.sort_by(|&one, &other| values[one].total_cmp(&values[other]));
    let mut numbers = vec![0; values.len()];
    for (rank, place) in places.into_iter().enumerate() {
        numbers[place] = rank * bins / values.len();
    }
    numbers
}

/// The mutual information of two binned variables, over the entropy of the second.
fn normalized_information(code: &[usize], factor: &[usize], bins: usize) -> f64 {
    let count = code.len() as f64;
    let mut joint = Array2::<f64>::zeros((bins, bins));
    for (&one, &other) in code.iter().zip(factor) {
        joint[[one, other]] += 1.0 / count;
    }
    let (rows, columns) = (joint.sum_axis(ndarray::Axis(1)), joint.sum_axis(ndarray::Axis(0)));
    let information: f64 = joint
        .indexed_iter()
        .filter(|(_, share)| **share > 0.0)
        .map(|((row, column), share)| share * (share / (rows[row] * columns[column])).ln())
        .sum();
    let entropy: f64 =
        columns.iter().filter(|share| **share > 0.0).map(|share| -share * share.ln()).sum();
    information / entropy
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn normal(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
        let mut random = Random::new(seed);
        Array2::from_shape_simple_fn((rows, columns), || random.normal())
    }

    #[test]
    fn order_and_sign_of_codes_do_not_matter_and_rotation_does() {
        let factors = normal(2000, 3, 1);
        let mut codes = factors.clone();
        codes.invert_axis(ndarray::Axis(1));
        codes.mapv_inplace(|value| -2.0 * value);
        let own = Disentanglement::new(&codes, &factors, 20).unwrap();
        assert!(own.mutual_information_gap() > 0.9 && own.attribute_predictability() > 0.95);
        let turn =
            crate::stats::procrustes_rotation(Array2::<f64>::eye(3), normal(3, 3, 5)).unwrap();
        let turned = Disentanglement::new(codes.dot(&turn), &factors, 20).unwrap();
        assert!(turned.mutual_information_gap() < 0.6 * own.mutual_information_gap());
        assert!(turned.attribute_predictability() < 0.8 * own.attribute_predictability());
        let none = Disentanglement::new(normal(2000, 3, 9), &factors, 20).unwrap();
        assert!(none.mutual_information_gap() < 0.03 && none.attribute_predictability() < 0.01);
    }

    #[test]
    fn a_bent_code_tells_as_much_as_a_straight_one() {
        let factors = normal(2000, 2, 3);
        let straight = Disentanglement::new(&factors, &factors, 20).unwrap();
        let bent = Disentanglement::new(factors.mapv(f64::exp), &factors, 20).unwrap();
        assert_eq!(straight.information_gaps(), bent.information_gaps());
        assert!(bent.attribute_predictability() < straight.attribute_predictability());
    }

    #[test]
    fn what_has_no_gap_is_refused() {
        let factors = normal(50, 2, 1);
        assert!(Disentanglement::new(normal(50, 1, 2), &factors, 5).is_err());
        for bins in [0, 1, 51] {
            assert!(Disentanglement::new(&factors, &factors, bins).is_err());
        }
        assert!(Disentanglement::new(Array2::<f64>::ones((50, 2)), &factors, 5).is_err());
    }
}
