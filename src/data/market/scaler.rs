//! What brings channels and static features to comparable sizes, fitted on the training part.

use ndarray::{Array2, Axis};
use tch::{Kind, Tensor};

use super::bars::{CLOSE, PRICES, VOLUME};
use super::config::ChannelScaling;
use super::statics::StaticTable;
use crate::plot::quantile;
use crate::{Error, Result};

/// Brings the channels of series to [−1, 1] and back, by numbers fitted on the training part. Series of other parts may lie beyond.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let panel = MarketModel::default().tickers(60).sample()?;
/// let split = panel.examples(&MarketConfig::default())?.split(0.6, 0.2, 1)?;
/// let dollars = split.scaler().inverse(split.test.series())?;
/// let again = split.scaler().transform(&dollars)?;
/// assert!(f64::try_from((again - split.test.series()).abs().max())? < 1e-5);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct MarketScaler {
    scaling: ChannelScaling,
    smallest: Vec<f64>,
    largest: Vec<f64>,
}

impl MarketScaler {
    /// Fits the scaling on series, n × channels × days.
    pub(super) fn fit(scaling: ChannelScaling, raw: &Tensor) -> Result<Self> {
        let values = prepared(scaling, raw)?;
        let ends = |ends: Tensor| -> Result<Vec<f64>> { Ok(Vec::<f64>::try_from(ends)?) };
        Ok(Self {
            scaling,
            smallest: ends(values.f_amin([0_i64, 2], false)?)?,
            largest: ends(values.f_amax([0_i64, 2], false)?)?,
        })
    }

    /// The smallest value of each channel in the training part, which becomes −1; with [`ChannelScaling::PerSeries`] after each series was
    /// compared with itself.
    pub fn smallest(&self) -> &[f64] {
        &self.smallest
    }

    /// The largest value of each channel in the training part, which becomes 1.
    pub fn largest(&self) -> &[f64] {
        &self.largest
    }

    /// Series as they were read, n × channels × days, scaled: `f32`. A channel that was constant in the training part becomes 0.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another shape.
    ///
    /// # Example
    /// See [`MarketScaler`].
    pub fn transform(&self, raw: &Tensor) -> Result<Tensor> {
        self.check(raw)?;
        let values = prepared(self.scaling, raw)?;
        let (centre, half) = self.centre_and_half(raw)?;
        let safe = half.f_where_self(&half.f_gt(0.0)?, &half.f_ones_like()?)?;
        Ok(values.f_sub(&centre)?.f_div(&safe)?.f_to_kind(Kind::Float)?)
    }

    /// Scaled series, n × channels × days, real or made, in the units they were read in: `f64`. With [`ChannelScaling::PerSeries`] a price
    /// comes back as a multiple of the series' first close, a volume as one of its mean.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another shape.
    ///
    /// # Example
    /// See [`MarketScaler`].
    pub fn inverse(&self, scaled: &Tensor) -> Result<Tensor> {
        self.check(scaled)?;
        let (centre, half) = self.centre_and_half(scaled)?;
        let values = scaled.f_detach()?.f_to_kind(Kind::Double)?.f_mul(&half)?.f_add(&centre)?;
        if self.scaling == ChannelScaling::Global {
            return Ok(values);
        }
        let channels: Vec<Tensor> = (0..self.smallest.len())
            .map(|channel| {
                let values = values.f_narrow(1, channel as i64, 1)?;
                match channel {
                    VOLUME => values.f_expm1(),
                    price if PRICES.contains(&price) => values.f_exp(),
                    _ => Ok(values),
                }
            })
            .collect::<Result<_, tch::TchError>>()?;
        Ok(Tensor::f_cat(&channels, 1)?)
    }

    fn check(&self, series: &Tensor) -> Result<()> {
        if matches!(series.size()[..], [_, channels, days] if channels as usize == self.smallest.len() && days > 0)
        {
            return Ok(());
        }
        let problem = format!("expected n × {} × days", self.smallest.len());
        Err(Error::invalid(format!("series of shape {:?}", series.size()), problem))
    }

    fn centre_and_half(&self, like: &Tensor) -> Result<(Tensor, Tensor)> {
        let column = |number: fn(f64, f64) -> f64| -> Result<Tensor> {
            let numbers: Vec<f64> = self
                .smallest
                .iter()
                .zip(&self.largest)
                .map(|(low, high)| number(*low, *high))
                .collect();
            Ok(Tensor::f_from_slice(&numbers)?.f_view([1, -1, 1])?.f_to_device(like.device())?)
        };
        Ok((column(|low, high| (low + high) / 2.0)?, column(|low, high| (high - low) / 2.0)?))
    }
}

/// Series in `f64`, each compared with itself where that is asked for.
fn prepared(scaling: ChannelScaling, raw: &Tensor) -> Result<Tensor> {
    let raw = raw.f_detach()?.f_to_kind(Kind::Double)?;
    if scaling == ChannelScaling::Global {
        return Ok(raw);
    }
    let first = raw.f_narrow(1, CLOSE as i64, 1)?.f_narrow(2, 0, 1)?;
    let channels: Vec<Tensor> = (0..raw.size()[1] as usize)
        .map(|channel| {
            let values = raw.f_narrow(1, channel as i64, 1)?;
            match channel {
                VOLUME => {
                    let mean = values
                        .f_mean_dim([2_i64].as_slice(), true, None)?
                        .f_clamp_min(f64::MIN_POSITIVE)?;
                    values.f_div(&mean)?.f_log1p()
                }
                price if PRICES.contains(&price) => values.f_div(&first)?.f_log(),
                _ => Ok(values),
            }
        })
        .collect::<Result<_, tch::TchError>>()?;
    Ok(Tensor::f_cat(&channels, 1)?)
}

/// Brings static features to mean 0 and standard deviation 1, and puts the median where one is missing; fitted on the training part.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let panel = MarketModel::default().tickers(60).sample()?;
/// let split = panel.examples(&MarketConfig::default())?.split(0.6, 0.2, 1)?;
/// assert_eq!(split.static_scaler().means().len(), 7);
/// assert_eq!(split.static_scaler().inverse(split.test.statics())?.size(), [12, 7]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct StaticScaler {
    medians: Vec<f64>,
    means: Vec<f64>,
    deviations: Vec<f64>,
}

impl StaticScaler {
    pub(super) fn fit(table: &StaticTable) -> Self {
        let mut scaler = Self { medians: Vec::new(), means: Vec::new(), deviations: Vec::new() };
        for column in table.values.axis_iter(Axis(1)) {
            let mut known: Vec<f64> =
                column.iter().copied().filter(|value| value.is_finite()).collect();
            known.sort_by(f64::total_cmp);
            let median = if known.is_empty() { 0.0 } else { quantile(&known, 0.5) };
            let filled = column.mapv(|value| if value.is_finite() { value } else { median });
            let mean = filled.sum() / filled.len() as f64;
            let variance = filled.mapv(|value| (value - mean).powi(2)).sum() / filled.len() as f64;
            // Rounding must not pass for a spread.
            let constant = variance.sqrt() <= 1e-9 * mean.abs();
            scaler.medians.push(median);
            scaler.means.push(mean);
            scaler.deviations.push(if constant { 0.0 } else { variance.sqrt() });
        }
        scaler
    }

    /// The means of the training part.
    pub fn means(&self) -> &[f64] {
        &self.means
    }

    /// The standard deviations (1/n) of the training part; 0 for a feature that is constant there, which becomes 0 everywhere.
    pub fn deviations(&self) -> &[f64] {
        &self.deviations
    }

    /// Features n × s, scaled: `f32`.
    pub(super) fn transform(&self, table: &StaticTable) -> Result<Tensor> {
        let scaled = Array2::from_shape_fn(table.values.dim(), |(row, column)| {
            let value = table.values[[row, column]];
            let value = if value.is_finite() { value } else { self.medians[column] };
            let deviation = self.deviations[column];
            if deviation > 0.0 { ((value - self.means[column]) / deviation) as f32 } else { 0.0 }
        });
        let size = [scaled.nrows() as i64, scaled.ncols() as i64];
        let flat: Vec<f32> = scaled.into_iter().collect();
        Ok(Tensor::f_from_slice(&flat)?.f_view(size)?)
    }

    /// Scaled features, n × s, in their own units: `f64`. A feature that was missing comes back as the median.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another shape.
    ///
    /// # Example
    /// See [`StaticScaler`].
    pub fn inverse(&self, scaled: &Tensor) -> Result<Tensor> {
        if !matches!(scaled.size()[..], [_, features] if features as usize == self.means.len()) {
            let problem = format!("expected n × {}", self.means.len());
            return Err(Error::invalid(
                format!("static features of shape {:?}", scaled.size()),
                problem,
            ));
        }
        let row = |numbers: &[f64]| -> Result<Tensor> {
            Ok(Tensor::f_from_slice(numbers)?.f_to_device(scaled.device())?)
        };
        let values = scaled.f_detach()?.f_to_kind(Kind::Double)?;
        Ok(values.f_mul(&row(&self.deviations)?)?.f_add(&row(&self.means)?)?)
    }
}
