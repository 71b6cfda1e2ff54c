//! Which found factor is which known one.

use ndarray::Array2;
use polars::prelude::{Column, DataFrame};

use super::{alike, canonical_correlations, cross_correlation, optimal_assignment};
use crate::Result;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};
use crate::plot::{ColorMap, HeatMap, Matrix};

/// A found factor with the known one that it is taken for; numbers count from 0.
///
/// # Example
/// ```
/// use latentlab::stats::FactorMatch;
///
/// let pair = FactorMatch { found: 0, truth: 2, correlation: -0.9 };
/// assert_eq!(pair.sign(), -1.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FactorMatch {
    /// The found factor.
    pub found: usize,
    /// The known factor.
    pub truth: usize,
    /// Their correlation over the observations.
    pub correlation: f64,
}

impl FactorMatch {
    /// 1, or −1 where the found factor is the known one turned upside down.
    ///
    /// # Example
    /// See [`FactorMatch`].
    pub fn sign(&self) -> f64 {
        1.0_f64.copysign(self.correlation)
    }
}

/// Found factors beside known ones: the correlation of every pair, and who is taken for whom. Shows itself as a table.
///
/// Factors of a linear model are identified only up to an invertible map: a rotation of them with the rotated loadings gives
/// the same data. A table of single correlations therefore asks for more than data can tell;
/// [`canonical`](Self::canonical) asks whether the *space* of the factors was found.
///
/// # Example
/// ```
/// use latentlab::stats::FactorMatching;
///
/// let truth = [[1.0, 0.0], [2.0, 5.0], [3.0, 1.0], [0.0, 2.0]];
/// let found = truth.map(|[one, other]| [-other, one + 0.1 * other]);
/// let matching = FactorMatching::new(found, truth)?;
/// assert_eq!(matching.greedy()[0].truth, 1);
/// assert_eq!(matching.assigned()[1].truth, 0);
/// assert!(matching.canonical().iter().all(|correlation| *correlation > 0.999));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FactorMatching {
    correlations: Array2<f64>,
    assigned: Vec<FactorMatch>,
    canonical: Vec<f64>,
}

impl FactorMatching {
    /// Compares factors, n × a, with known ones, n × b, over the same n observations.
    ///
    /// # Errors
    /// [`Error::Invalid`](crate::Error::Invalid) for different numbers of rows, a factor whose values are all the same, and values that are not finite.
    ///
    /// # Example
    /// See [`FactorMatching`].
    pub fn new(found: impl Matrix, truth: impl Matrix) -> Result<Self> {
        let (found, truth) = alike(found, truth, ["found factors", "known factors"])?;
        let correlations = cross_correlation(&found, &truth)?;
        let assigned = optimal_assignment(correlations.mapv(f64::abs))?
            .into_iter()
            .map(|(found, truth)| FactorMatch {
                found,
                truth,
                correlation: correlations[[found, truth]],
            })
            .collect();
        Ok(Self { canonical: canonical_correlations(&found, &truth)?, correlations, assigned })
    }

    /// The correlation of each found factor (row) with each known one (column), a × b.
    ///
    /// # Example
    /// ```
    /// # use latentlab::stats::FactorMatching;
    /// let matching = FactorMatching::new([[1.0], [2.0]], [[1.0, 2.0], [3.0, 0.0]])?;
    /// assert_eq!(matching.correlations().dim(), (1, 2));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn correlations(&self) -> &Array2<f64> {
        &self.correlations
    }

    /// For each found factor the known one with the largest |correlation|. Several may choose the same.
    ///
    /// # Example
    /// See [`FactorMatching`].
    pub fn greedy(&self) -> Vec<FactorMatch> {
        let rows = self.correlations.outer_iter().enumerate();
        rows.map(|(found, row)| {
            let (truth, correlation) =
                row.iter().enumerate().fold((0, 0.0_f64), |best, (truth, &value)| {
                    if value.abs() > best.1.abs() { (truth, value) } else { best }
                });
            FactorMatch { found, truth, correlation }
        })
        .collect()
    }

    /// Pairs in which nobody comes twice, with the largest sum of |correlation|.
    ///
    /// # Example
    /// See [`FactorMatching`].
    pub fn assigned(&self) -> &[FactorMatch] {
        &self.assigned
    }

    /// The canonical correlations of the two sets, from the largest on.
    ///
    /// # Example
    /// See [`FactorMatching`].
    pub fn canonical(&self) -> &[f64] {
        &self.canonical
    }

    /// One row for each found factor: the known one it is nearest to, and the one it was assigned, numbered from 1.
    ///
    /// # Errors
    /// [`crate::Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::stats::FactorMatching;
    /// assert_eq!(FactorMatching::new([[1.0], [2.0]], [[1.0], [3.0]])?.frame()?.shape(), (1, 5));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let greedy = self.greedy();
        let assigned: Vec<Option<FactorMatch>> = greedy
            .iter()
            .map(|one| self.assigned.iter().find(|other| other.found == one.found).copied())
            .collect();
        let number = |place: usize| place as u32 + 1;
        let nearest: Vec<u32> = greedy.iter().map(|one| number(one.truth)).collect();
        let correlations: Vec<f64> = greedy.iter().map(|one| one.correlation).collect();
        let partners: Vec<Option<u32>> =
            assigned.iter().map(|one| one.map(|one| number(one.truth))).collect();
        let with: Vec<Option<f64>> =
            assigned.iter().map(|one| one.map(|one| one.correlation)).collect();
        let columns = vec![
            Column::new("found".into(), (1..=greedy.len() as u32).collect::<Vec<u32>>()),
            Column::new("nearest".into(), nearest),
            Column::new("correlation".into(), correlations),
            Column::new("assigned".into(), partners),
            Column::new("its correlation".into(), with),
        ];
        Ok(DataFrame::new(greedy.len(), columns)?)
    }

    /// The correlations as colours from −1 to 1, with their numbers: the stronger a colour, the nearer the factors.
    ///
    /// # Example
    /// ```
    /// # use latentlab::stats::FactorMatching;
    /// let map = FactorMatching::new([[1.0], [2.0]], [[1.0], [3.0]])?.heat_map();
    /// assert!(map.figure()?.svg()?.contains("known 1"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn heat_map(&self) -> HeatMap {
        let (rows, columns) = self.correlations.dim();
        HeatMap::new("Correlation of found with known factors", &self.correlations)
            .row_labels((1..=rows).map(|number| format!("found {number}")))
            .column_labels((1..=columns).map(|number| format!("known {number}")))
            .color_map(ColorMap::RdBu)
            .range(-1.0, 1.0)
            .numbers(true)
    }

    fn headline(&self) -> String {
        let mean = |values: &mut dyn Iterator<Item = f64>| {
            let values: Vec<f64> = values.collect();
            values.iter().sum::<f64>() / values.len().max(1) as f64
        };
        format!(
            "Mean |correlation|: {:.3} with the nearest, {:.3} assigned one to one; mean canonical correlation {:.3}",
            mean(&mut self.greedy().iter().map(|one| one.correlation.abs())),
            mean(&mut self.assigned.iter().map(|one| one.correlation.abs())),
            mean(&mut self.canonical.iter().copied()),
        )
    }
}

impl Show for FactorMatching {
    fn rich(&self) -> Rich {
        titled_frame(&self.headline(), self.frame())
    }
}

impl Inspect for FactorMatching {
    fn shape(&self) -> Option<String> {
        Inspect::shape(&self.correlations)
    }

    fn preview(&self) -> String {
        self.headline()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::Array2;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn shuffled_and_flipped_factors_are_found_again(
            values in prop::collection::vec(-1.0..1.0f64, 101),
            order in Just(vec![0usize, 1, 2, 3]).prop_shuffle(),
            flips in prop::collection::vec(prop::bool::ANY, 4),
        ) {
            let truth = Array2::from_shape_fn((40, 4), |(row, column)| {
                values[(row * 29 + column * 11 + row * row * (column + 1)) % 101]
            });
            let found = Array2::from_shape_fn((40, 4), |(row, column)| {
                let value = truth[[row, order[column]]] * 3.0 + 1.0;
                if flips[column] { -value } else { value }
            });
            let matching = FactorMatching::new(&found, &truth).unwrap();
            for (pair, greedy) in matching.assigned().iter().zip(matching.greedy()) {
                prop_assert_eq!(pair.truth, order[pair.found]);
                prop_assert!((pair.correlation.abs() - 1.0).abs() < 1e-9);
                prop_assert_eq!(pair.sign() < 0.0, flips[pair.found]);
                prop_assert_eq!(pair.truth, greedy.truth);
            }
        }

        #[test]
        fn the_nearest_is_never_less_near_than_the_assigned(
            values in prop::collection::vec(-1.0..1.0f64, 101),
        ) {
            let part = |phase: usize, columns: usize| Array2::from_shape_fn((25, columns), |(row, column)| {
                values[(row * 29 + column * 11 + row * row * (column + 1) + phase) % 101]
            });
            let matching = FactorMatching::new(part(0, 5), part(40, 3)).unwrap();
            prop_assert_eq!(matching.assigned().len(), 3);
            for pair in matching.assigned() {
                let nearest = matching.greedy()[pair.found];
                prop_assert!(nearest.correlation.abs() >= pair.correlation.abs());
                // Combinations of the found factors know a known one at least as well as any single one does.
                prop_assert!(matching.canonical()[0] >= nearest.correlation.abs() - 1e-9);
            }
            prop_assert_eq!(matching.frame().unwrap().column("assigned").unwrap().null_count(), 2);
        }
    }

    #[test]
    fn the_page_tells_all_three_measures() {
        let truth = [[1.0, 0.0], [2.0, 5.0], [3.0, 1.0], [0.0, 2.0]];
        let matching = FactorMatching::new(truth, truth).unwrap();
        let text = matching.rich().get("text/plain").unwrap().to_owned();
        assert!(
            text.starts_with("Mean |correlation|: 1.000 with the nearest, 1.000 assigned"),
            "{text}"
        );
        let error = FactorMatching::new(truth, [[1.0], [2.0]]).unwrap_err().to_string();
        assert!(
            error.contains("found factors of shape 4 × 2 and known factors of shape 2 × 1"),
            "{error}"
        );
    }
}
