//! What the dimensions of a space of codes are used for.

use polars::prelude::{Column, DataFrame};
use tch::{Kind, Tensor};

use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};
use crate::words::counted;
use crate::{Error, Result};

/// A unit whose mean varies less than this over the data is idle (Burda, Grosse and Salakhutdinov, 2016).
const ACTIVE: f64 = 0.01;

/// Per dimension of a variational autoencoder's codes: how much it says, and how its values over a data set compare with
/// the prior.
///
/// # Example
/// ```
/// use latentlab::model::LatentStatistics;
/// use latentlab::prelude::*;
///
/// // Two images, two dimensions: the first tells them apart, the second is the prior for both.
/// let mean = Tensor::from_slice(&[1.0, 0.0, -1.0, 0.0]).view([2, 2]);
/// let log_variance = Tensor::from_slice(&[-2.0, 0.0, -2.0, 0.0]).view([2, 2]);
/// let statistics = LatentStatistics::new(&mean, &log_variance)?;
/// assert_eq!(statistics.active_units(), 1);
/// assert_eq!(statistics.divergence()[1], 0.0);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LatentStatistics {
    divergence: Vec<f64>,
    variance_of_means: Vec<f64>,
    mean: Vec<f64>,
    variance: Vec<f64>,
}

impl LatentStatistics {
    /// The statistics of codes given by their means and log variances, both n × d.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the shapes differ or there are fewer than two codes.
    ///
    /// # Example
    /// See [`LatentStatistics`].
    pub fn new(mean: &Tensor, log_variance: &Tensor) -> Result<Self> {
        let _guard = tch::no_grad_guard();
        if mean.size() != log_variance.size()
            || !matches!(mean.size()[..], [count, length] if count > 1 && length > 0)
        {
            let what = format!(
                "means of shape {:?} and log variances of {:?}",
                mean.size(),
                log_variance.size()
            );
            return Err(Error::invalid(what, "both must be n × d, for at least two codes"));
        }
        let (mean, log_variance) =
            (mean.f_to_kind(Kind::Double)?, log_variance.f_to_kind(Kind::Double)?);
        let over_codes =
            |values: &Tensor| values.f_mean_dim([0_i64].as_slice(), false, Kind::Double);
        let variances = log_variance.exp();
        let divergence = (&variances + mean.square() - 1.0 - &log_variance) / 2.0;
        let centre = over_codes(&mean)?;
        let variance_of_means = over_codes(&(&mean - &centre).square())?;
        // Of the mixture of all codes' distributions, by the law of total variance.
        let variance = over_codes(&variances)? + &variance_of_means;
        Ok(Self {
            divergence: over_codes(&divergence)?.try_into()?,
            variance_of_means: variance_of_means.try_into()?,
            mean: centre.try_into()?,
            variance: variance.try_into()?,
        })
    }

    /// The mean Kullback-Leibler divergence of each dimension from the prior, in nats.
    ///
    /// # Example
    /// See [`LatentStatistics`].
    pub fn divergence(&self) -> &[f64] {
        &self.divergence
    }

    /// How many dimensions are used: those whose mean has a variance over the data above 0.01.
    ///
    /// # Example
    /// See [`LatentStatistics`].
    pub fn active_units(&self) -> usize {
        self.variance_of_means.iter().filter(|&&variance| variance > ACTIVE).count()
    }

    /// The variance of each dimension's mean over the data.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::LatentStatistics, prelude::*};
    /// # let mean = Tensor::from_slice(&[1.0, -1.0]).view([2, 1]);
    /// let statistics = LatentStatistics::new(&mean, &mean.zeros_like())?;
    /// assert_eq!(statistics.variance_of_means(), [1.0]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn variance_of_means(&self) -> &[f64] {
        &self.variance_of_means
    }

    /// The mean of each dimension under the aggregated posterior, the mixture of all codes' distributions. The prior's is 0.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::LatentStatistics, prelude::*};
    /// # let mean = Tensor::from_slice(&[1.0, -1.0]).view([2, 1]);
    /// let statistics = LatentStatistics::new(&mean, &mean.zeros_like())?;
    /// assert_eq!(statistics.aggregated_mean(), [0.0]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn aggregated_mean(&self) -> &[f64] {
        &self.mean
    }

    /// The variance of each dimension under the aggregated posterior. The prior's is 1.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::LatentStatistics, prelude::*};
    /// # let mean = Tensor::from_slice(&[1.0, -1.0]).view([2, 1]);
    /// let statistics = LatentStatistics::new(&mean, &mean.zeros_like())?;
    /// assert_eq!(statistics.aggregated_variance(), [2.0]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn aggregated_variance(&self) -> &[f64] {
        &self.variance
    }

    /// One row a dimension, the one that says most first.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{model::LatentStatistics, prelude::*};
    /// # let mean = Tensor::from_slice(&[1.0, -1.0]).view([2, 1]);
    /// assert_eq!(LatentStatistics::new(&mean, &mean.zeros_like())?.frame()?.height(), 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let mut order: Vec<usize> = (0..self.divergence.len()).collect();
        order.sort_by(|&one, &other| self.divergence[other].total_cmp(&self.divergence[one]));
        let of = |values: &[f64]| order.iter().map(|&unit| values[unit]).collect::<Vec<f64>>();
        let units: Vec<u32> = order.iter().map(|&unit| unit as u32).collect();
        let columns = vec![
            Column::new("dimension".into(), units),
            Column::new("divergence".into(), of(&self.divergence)),
            Column::new("variance of means".into(), of(&self.variance_of_means)),
            Column::new("aggregated mean".into(), of(&self.mean)),
            Column::new("aggregated variance".into(), of(&self.variance)),
        ];
        Ok(DataFrame::new(order.len(), columns)?)
    }

    fn headline(&self) -> String {
        let (used, total) = (self.active_units(), self.divergence.iter().sum::<f64>());
        format!(
            "{used} of {} in use, {total:.1} nats an example",
            counted(self.mean.len(), "dimension")
        )
    }
}

impl Show for LatentStatistics {
    fn rich(&self) -> Rich {
        titled_frame(&self.headline(), self.frame())
    }
}

impl Inspect for LatentStatistics {
    fn shape(&self) -> Option<String> {
        Some(counted(self.mean.len(), "dimension"))
    }

    fn preview(&self) -> String {
        self.headline()
    }
}
