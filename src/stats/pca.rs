//! Principal components of samples.

use ndarray::{Array2, Axis, s};
use tch::{Device, Kind, Tensor};

use super::decomposition::{SingularValues, array, centered, tensor};
use super::pca_fit::PcaFit;
use super::samples::{check, invalid};
use crate::plot::Matrix;
use crate::random::Random;
use crate::{Error, Result};

/// From this length of the shorter side on, an exact decomposition takes seconds.
const LARGE: usize = 500;

/// How singular vectors are computed.
///
/// # Example
/// ```
/// assert_eq!(latentlab::stats::PcaSolver::default(), latentlab::stats::PcaSolver::Automatic);
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PcaSolver {
    /// Randomised where both sides of the samples are longer than 500 and fewer than a fifth of all components are wanted, else
    /// exact.
    #[default]
    Automatic,
    /// The singular value decomposition of all samples.
    Exact,
    /// That of the samples' products with `components + oversamples` random directions, after some rounds of power iteration
    /// (Halko, Martinsson and Tropp, SIAM Review 53, 2011, algorithms 4.4 and 5.1).
    Randomized {
        /// Directions besides those that are wanted; 10 is usual.
        oversamples: usize,
        /// Rounds that sharpen the directions; 4 is usual, more where singular values fall slowly.
        iterations: usize,
    },
}

/// Principal component analysis (Pearson, 1901; Hotelling, 1933): the directions in which samples vary most.
///
/// | Option | Default | Purpose | Range |
/// |---|---|---|---|
/// | `components` | | directions to find | 1 to the shorter side of the samples |
/// | [`solver`](Self::solver) | automatic | exact or randomised | |
/// | [`seed`](Self::seed) | 0 | the random directions of the latter | |
///
/// Columns are centred and not scaled: [`standardize`](super::standardize()) them where their units differ. Of each direction and
/// its opposite, the one whose entry of largest magnitude is positive is taken, as scikit-learn does (`svd_flip` by rows of Vᵀ, since
/// its version 1.5).
///
/// # Example
/// ```
/// use latentlab::ndarray::array;
/// use latentlab::stats::Pca;
///
/// let samples = array![[0.0, 0.1], [1.0, 1.9], [2.0, 4.1], [3.0, 5.9]];
/// let fit = Pca::new(1).fit(&samples)?;
/// assert!(fit.explained_variance_ratio()[0] > 0.99);
/// assert_eq!(fit.transform(&samples)?.dim(), (4, 1));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pca {
    components: usize,
    solver: PcaSolver,
    seed: u64,
}

impl Pca {
    /// The analysis with a number of components.
    ///
    /// # Example
    /// See [`Pca`].
    pub fn new(components: usize) -> Self {
        Self { components, solver: PcaSolver::Automatic, seed: 0 }
    }

    /// Sets how the components are computed. Default: exact but for large samples.
    ///
    /// # Example
    /// ```
    /// use latentlab::stats::{Pca, PcaSolver};
    ///
    /// let pca = Pca::new(5).solver(PcaSolver::Randomized { oversamples: 10, iterations: 4 });
    /// ```
    pub fn solver(mut self, solver: PcaSolver) -> Self {
        self.solver = solver;
        self
    }

    /// Sets the seed of the randomised method. Default 0.
    ///
    /// # Example
    /// ```
    /// let pca = latentlab::stats::Pca::new(5).seed(42);
    /// ```
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The components of samples, one a row: an `ndarray` matrix, a tensor or rows of numbers, n × p.
    ///
    /// # Errors
    /// [`Error::Invalid`] for fewer than two rows, values that are not finite, rows that are all equal, and more components than
    /// the shorter side has.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    /// use latentlab::stats::Pca;
    ///
    /// // More columns than rows, and a constant one among them.
    /// let fit = Pca::new(2).fit([[1.0, 7.0, 0.0, 2.0], [2.0, 7.0, 1.0, 4.5], [4.0, 7.0, 0.0, 8.0]])?;
    /// assert_eq!(fit.components()[[0, 1]], 0.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit(&self, samples: impl Matrix) -> Result<PcaFit> {
        let samples = samples.matrix().map_err(|problem| Error::invalid("samples", problem))?;
        check(&samples, "principal components need")?;
        let (rows, columns) = samples.dim();
        let most = rows.min(columns);
        if !(1..=most).contains(&self.components) {
            let problem =
                format!("{} components were asked for; it has from 1 to {most}", self.components);
            return Err(invalid(&samples, problem));
        }
        let (centered, mean) = centered(&samples);
        let total = centered.iter().map(|value| value * value).sum::<f64>() / (rows as f64 - 1.0);
        if !(total > 0.0 && total.is_finite()) {
            let problem =
                "rows must be not all equal, and not so far apart that their squares overflow";
            return Err(invalid(&samples, problem));
        }
        let parts = self.decompose(&centered)?;
        let mut components = parts.right.slice(s![..self.components, ..]).to_owned();
        for mut direction in components.axis_iter_mut(Axis(0)) {
            let largest = direction
                .iter()
                .fold(0.0_f64, |most, &entry| if entry.abs() > most.abs() { entry } else { most });
            if largest < 0.0 {
                direction.mapv_inplace(|entry| -entry);
            }
            // Rounding leaves zeros of either sign where a column is constant.
            direction.mapv_inplace(|entry| if entry == 0.0 { 0.0 } else { entry });
        }
        let singular = parts.values[..self.components].to_vec();
        Ok(PcaFit::new(mean, components, singular, total, rows))
    }

    fn decompose(&self, centered: &Array2<f64>) -> Result<SingularValues> {
        let (rows, columns) = centered.dim();
        let shorter = rows.min(columns);
        match self.solver {
            PcaSolver::Automatic if shorter > LARGE && self.components * 5 < shorter => {
                self.project(centered, 10, 4)
            }
            PcaSolver::Automatic | PcaSolver::Exact => SingularValues::new(centered),
            PcaSolver::Randomized { oversamples, iterations } => {
                self.project(centered, oversamples, iterations)
            }
        }
    }

    /// The decomposition within the space that random directions span.
    fn project(
        &self,
        centered: &Array2<f64>,
        oversamples: usize,
        iterations: usize,
    ) -> Result<SingularValues> {
        let _guard = tch::no_grad_guard();
        let (rows, columns) = centered.dim();
        let directions = (self.components + oversamples).min(rows.min(columns));
        let mut random = Random::new(self.seed);
        let draws: Vec<f64> = (0..columns * directions).map(|_| random.normal()).collect();
        let start = Tensor::f_from_slice(&draws)?.f_view([columns as i64, directions as i64])?;
        let samples = tensor(centered)?;
        let basis =
            |images: Tensor| -> Result<Tensor> { Ok(Tensor::f_linalg_qr(&images, "reduced")?.0) };
        let mut range = basis(samples.f_matmul(&start)?)?;
        for _ in 0..iterations {
            // Without a basis in between, all directions would end in the first component.
            let across = basis(samples.tr().f_matmul(&range)?)?;
            range = basis(samples.f_matmul(&across)?)?;
        }
        let small = SingularValues::of(&range.tr().f_matmul(&samples)?)?;
        let left = array(&range.f_matmul(&tensor(&small.left)?)?)?;
        debug_assert_eq!((samples.kind(), samples.device()), (Kind::Double, Device::Cpu));
        Ok(SingularValues { left, ..small })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;

    fn samples(rows: usize, columns: usize, values: &[f64]) -> Array2<f64> {
        Array2::from_shape_fn((rows, columns), |(row, column)| {
            values[(row * 31 + column * 17 + row * column) % values.len()] * (1 + column % 4) as f64
        })
    }

    fn gap(one: &Array2<f64>, other: &Array2<f64>) -> f64 {
        (one - other).iter().fold(0.0, |most, value| most.max(value.abs()))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn all_components_rotate_and_lose_nothing(
            rows in 2usize..20,
            columns in 1usize..20,
            values in prop::collection::vec(-2.0..2.0f64, 97),
        ) {
            let samples = samples(rows, columns, &values);
            let most = rows.min(columns);
            let fit = Pca::new(most).fit(&samples).unwrap();
            prop_assert!((fit.explained_variance_ratio().iter().sum::<f64>() - 1.0).abs() < 1e-10);
            prop_assert!(fit.explained_variance().is_sorted_by(|one, other| one >= other));
            let unit = fit.components().dot(&fit.components().t());
            prop_assert!(gap(&unit, &Array2::eye(most)) < 1e-10);
            prop_assert!(gap(&fit.reconstruct(&samples).unwrap(), &samples) < 1e-9);
            // Scores are uncorrelated, with the variances that the fit tells.
            let scores = fit.transform(&samples).unwrap();
            let products = scores.t().dot(&scores) / (rows as f64 - 1.0);
            let variances: ndarray::Array1<f64> = fit.explained_variance().iter().copied().collect();
            let wanted = Array2::from_diag(&variances);
            prop_assert!(gap(&products, &wanted) < 1e-9);
        }

        #[test]
        fn shifted_and_turned_samples_have_turned_components(
            values in prop::collection::vec(-2.0..2.0f64, 97),
            angle in 0.0..6.2f64,
            shift in -1e3..1e3f64,
        ) {
            let samples = samples(12, 2, &values);
            let turn = array![[angle.cos(), -angle.sin()], [angle.sin(), angle.cos()]];
            let before = Pca::new(2).fit(&samples).unwrap();
            let after = Pca::new(2).fit(&(samples.dot(&turn) + shift)).unwrap();
            for (one, other) in before.explained_variance().iter().zip(after.explained_variance()) {
                prop_assert!((one - other).abs() < 1e-8 * before.explained_variance()[0]);
            }
        }
    }

    #[test]
    fn random_directions_find_what_the_exact_way_finds() {
        let mut random = Random::new(5);
        let mut normal =
            |rows, columns| Array2::from_shape_simple_fn((rows, columns), || random.normal());
        for (rows, columns) in [(700, 520), (60, 900)] {
            let samples = normal(rows, 4).dot(&normal(4, columns)) * 3.0 + normal(rows, columns);
            let exact = Pca::new(4).solver(PcaSolver::Exact).fit(&samples).unwrap();
            let solver = PcaSolver::Randomized { oversamples: 10, iterations: 4 };
            for pca in [Pca::new(4).solver(solver), Pca::new(4).solver(solver).seed(9)] {
                let fit = pca.fit(&samples).unwrap();
                assert!(gap(fit.components(), exact.components()) < 1e-6);
                assert!((fit.noise_variance() / exact.noise_variance() - 1.0).abs() < 1e-9);
                assert_eq!(fit.components(), pca.fit(&samples).unwrap().components());
            }
        }
    }

    #[test]
    fn what_has_no_components_is_refused() {
        let message =
            |samples: Array2<f64>, count| Pca::new(count).fit(samples).unwrap_err().to_string();
        assert!(message(Array2::ones((5, 3)), 2).contains("not all equal"));
        assert!(message(Array2::eye(3), 4).contains("from 1 to 3"));
        assert!(message(Array2::eye(3), 0).contains("from 1 to 3"));
        assert!(message(array![[1.0, 2.0]], 1).contains("two rows"));
        assert!(message(array![[1.0], [f64::NAN]], 1).contains("row 1, column 0"));
        assert!(message(array![[1e200], [-1e200]], 1).contains("overflow"));
        let ragged = Pca::new(1).fit(vec![vec![1.0], vec![]]).unwrap_err().to_string();
        assert!(ragged.contains("row 1 has 0"), "{ragged}");
        let fit = Pca::new(1).fit(Array2::<f64>::eye(3)).unwrap();
        assert!(
            fit.transform(Array2::<f64>::eye(2)).unwrap_err().to_string().contains("3 columns")
        );
        assert!(fit.inverse_transform(Array2::<f64>::eye(2)).is_err());
    }
}
