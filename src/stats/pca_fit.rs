//! What a principal component analysis has found.

use ndarray::{Array1, Array2};
use polars::prelude::{Column, DataFrame};

use super::samples::invalid;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};
use crate::plot::{BarChart, Matrix};
use crate::words::counted;
use crate::{Error, Result};

/// The components that [`Pca::fit`](super::Pca::fit) found, with the variance along each. Shows itself as a table.
///
/// # Example
/// ```
/// use latentlab::ndarray::array;
/// use latentlab::stats::Pca;
///
/// let samples = array![[0.0, 0.0, 1.0], [3.0, 4.0, 0.0], [6.0, 8.0, 1.0]];
/// let fit = Pca::new(2).fit(&samples)?;
/// assert!((fit.components()[[0, 1]] - 0.8).abs() < 1e-9);
/// assert!((fit.cumulative_ratio()[1] - 1.0).abs() < 1e-12);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PcaFit {
    mean: Array1<f64>,
    components: Array2<f64>,
    singular: Vec<f64>,
    explained: Vec<f64>,
    total: f64,
    rows: usize,
}

impl PcaFit {
    pub(super) fn new(
        mean: Array1<f64>,
        components: Array2<f64>,
        singular: Vec<f64>,
        total: f64,
        rows: usize,
    ) -> Self {
        let explained = singular.iter().map(|value| value * value / (rows as f64 - 1.0)).collect();
        Self { mean, components, singular, explained, total, rows }
    }

    /// The directions, k × p: orthonormal rows, the one of largest variance first.
    ///
    /// # Example
    /// See [`PcaFit`].
    pub fn components(&self) -> &Array2<f64> {
        &self.components
    }

    /// The means of the columns, p numbers.
    ///
    /// # Example
    /// See [`transform`](Self::transform).
    pub fn mean(&self) -> &Array1<f64> {
        &self.mean
    }

    /// The singular values of the centred samples that belong to the directions.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, stats::Pca};
    /// let fit = Pca::new(1).fit(array![[-3.0], [3.0]])?;
    /// assert!((fit.singular_values()[0] - 18f64.sqrt()).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn singular_values(&self) -> &[f64] {
        &self.singular
    }

    /// The variance (1/(n − 1)) along each direction.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, stats::Pca};
    /// let fit = Pca::new(1).fit(array![[-3.0], [3.0]])?;
    /// assert!((fit.explained_variance()[0] - 18.0).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn explained_variance(&self) -> &[f64] {
        &self.explained
    }

    /// The share of the whole variance that lies along each direction.
    ///
    /// # Example
    /// See [`PcaFit`].
    pub fn explained_variance_ratio(&self) -> Vec<f64> {
        self.explained.iter().map(|variance| variance / self.total).collect()
    }

    /// The share of the whole variance in the first one, two, … directions together.
    ///
    /// # Example
    /// See [`PcaFit`].
    pub fn cumulative_ratio(&self) -> Vec<f64> {
        let mut sum = 0.0;
        let add = |share: f64| {
            sum += share;
            sum
        };
        self.explained_variance_ratio().into_iter().map(add).collect()
    }

    /// The mean variance along the directions that were left out, the noise of the probabilistic model (Tipping and Bishop,
    /// Journal of the Royal Statistical Society B 61, 1999); zero where none was.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, stats::Pca};
    /// let fit = Pca::new(1).fit(array![[2.0, 0.0], [-2.0, 0.0], [0.0, 1.0], [0.0, -1.0]])?;
    /// assert!((fit.noise_variance() - 2.0 / 3.0).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn noise_variance(&self) -> f64 {
        let left = self.rows.min(self.mean.len()) - self.explained.len();
        if left == 0 {
            return 0.0;
        }
        (self.total - self.explained.iter().sum::<f64>()).max(0.0) / left as f64
    }

    /// Where samples, n × p, lie along the directions: n × k.
    ///
    /// # Errors
    /// [`Error::Invalid`] for samples with another number of columns.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, stats::Pca};
    /// let fit = Pca::new(1).fit(array![[0.0, 0.0], [3.0, 4.0]])?;
    /// assert_eq!(fit.mean(), array![1.5, 2.0]);
    /// assert!((fit.transform([[4.5, 6.0]])?[[0, 0]] - 5.0).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn transform(&self, samples: impl Matrix) -> Result<Array2<f64>> {
        let samples = matrix(samples, self.mean.len(), "the components have")?;
        Ok((samples - &self.mean).dot(&self.components.t()))
    }

    /// Samples from places along the directions, n × k: n × p.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another number of columns than there are components.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, stats::Pca};
    /// let fit = Pca::new(1).fit(array![[0.0, 0.0], [3.0, 4.0]])?;
    /// assert!((fit.inverse_transform([[5.0]])?[[0, 0]] - 4.5).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn inverse_transform(&self, scores: impl Matrix) -> Result<Array2<f64>> {
        let scores = matrix(scores, self.components.nrows(), "its components make")?;
        Ok(scores.dot(&self.components) + &self.mean)
    }

    /// Samples as far as the components tell them: n × p.
    ///
    /// # Errors
    /// As [`transform`](Self::transform).
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, stats::Pca};
    /// let fit = Pca::new(1).fit(array![[0.0, 0.0], [3.0, 4.0]])?;
    /// let again = fit.reconstruct([[4.0, -3.0]])?;
    /// assert!(again[[0, 0]].abs() < 1e-12 && again[[0, 1]].abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn reconstruct(&self, samples: impl Matrix) -> Result<Array2<f64>> {
        self.inverse_transform(self.transform(samples)?)
    }

    /// The log density, in nats, of each sample under the probabilistic model: a normal distribution with these directions,
    /// their variances, and the [noise](Self::noise_variance) everywhere else.
    ///
    /// # Errors
    /// As [`transform`](Self::transform), and [`Error::Invalid`] where no direction was left for noise.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, stats::Pca};
    /// let samples = array![[2.0, 0.1], [-2.0, 0.0], [1.0, 0.2], [-1.0, -0.3]];
    /// let fit = Pca::new(1).fit(&samples)?;
    /// let density = fit.log_likelihoods([[1.5, 0.0], [1.5, 3.0]])?;
    /// assert!(density[0] > density[1]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn log_likelihoods(&self, samples: impl Matrix) -> Result<Vec<f64>> {
        let noise = self.noise_variance();
        let samples = matrix(samples, self.mean.len(), "the components have")? - &self.mean;
        if noise <= 0.0 {
            let problem = "the components explain everything; fit fewer, so that there is noise";
            return Err(invalid(&samples, problem));
        }
        let columns = samples.ncols() as f64;
        let scores = samples.dot(&self.components.t());
        let spread: f64 = self.explained.iter().map(|variance| variance.ln()).sum();
        let outside = columns - self.explained.len() as f64;
        let constant = columns * std::f64::consts::TAU.ln() + spread + outside * noise.ln();
        let density = |(sample, scores): (ndarray::ArrayView1<f64>, ndarray::ArrayView1<f64>)| {
            let inside: f64 = scores
                .iter()
                .zip(&self.explained)
                .map(|(score, variance)| score * score / variance)
                .sum();
            let rest = sample.dot(&sample) - scores.dot(&scores);
            -(constant + inside + rest / noise) / 2.0
        };
        Ok(samples.outer_iter().zip(scores.outer_iter()).map(density).collect())
    }

    /// One row a component: variance, share of all variance, and the shares up to it together.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, stats::Pca};
    /// assert_eq!(Pca::new(1).fit(array![[-3.0], [3.0]])?.frame()?.height(), 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let numbers: Vec<u32> = (1..=self.explained.len() as u32).collect();
        let columns = vec![
            Column::new("component".into(), numbers),
            Column::new("variance".into(), self.explained.clone()),
            Column::new("share".into(), self.explained_variance_ratio()),
            Column::new("cumulative".into(), self.cumulative_ratio()),
        ];
        Ok(DataFrame::new(self.explained.len(), columns)?)
    }

    /// The shares as bars, with their running total as a line.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::array, stats::Pca};
    /// let fit = Pca::new(1).fit(array![[-3.0], [3.0]])?;
    /// assert!(fit.chart().figure()?.description().contains("1 line"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn chart(&self) -> BarChart {
        BarChart::new("Variance explained by principal components")
            .bars("each", self.explained_variance_ratio())
            .line("together", self.cumulative_ratio())
            .x_label("component")
            .y_label("share of the variance")
            .y_range(0.0, 1.0)
    }

    fn headline(&self) -> String {
        let share = 100.0 * self.cumulative_ratio().last().copied().unwrap_or_default();
        format!(
            "{} of {} columns: {share:.1} % of the variance",
            counted(self.explained.len(), "component"),
            self.mean.len()
        )
    }
}

/// Numbers with as many columns as are needed; `owner` begins with what needs them.
fn matrix(values: impl Matrix, columns: usize, owner: &str) -> Result<Array2<f64>> {
    let values = values.matrix().map_err(|problem| Error::invalid("samples", problem))?;
    if values.ncols() != columns {
        return Err(invalid(&values, format!("{owner} {}", counted(columns, "column"))));
    }
    Ok(values)
}

impl Show for PcaFit {
    fn rich(&self) -> Rich {
        titled_frame(&self.headline(), self.frame())
    }
}

impl Inspect for PcaFit {
    fn shape(&self) -> Option<String> {
        Inspect::shape(&self.components)
    }

    fn preview(&self) -> String {
        self.headline()
    }
}
