//! What to compare, and how.

use tch::Tensor;

use super::autocorrelation::AutocorrelationComparison;
use super::correlation::CorrelationComparison;
use super::distance::{MarginalDistance, kolmogorov_smirnov_sorted, wasserstein_sorted};
use super::memorization::Memorization;
use super::moments::class_differences;
use super::report::RealismReport;
use super::samples::{check_alike, labels, series, sorted_channel};
use crate::stats::moments::mean_and_deviation;
use crate::{Error, Result};

/// Compares synthetic series with real ones, n × channels × days.
///
/// | Option | Default | Purpose | Range |
/// |---|---|---|---|
/// | [`lags`](Self::lags) | 20 | days over which autocorrelations are compared; fewer where series are short | from 1 |
/// | [`return_channel`](Self::return_channel) | 6 of eight channels, else the first | the channel whose autocorrelations are compared | a channel |
/// | [`channel_names`](Self::channel_names) | numbers | what tables call them | |
/// | [`labels`](Self::labels) | none | classes, for means and deviations of each | |
/// | [`held_out`](Self::held_out) | none | real series that nothing was trained on: the yardstick of every distance, and for copies | |
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let panel = MarketModel::default().tickers(60).sample()?;
/// let split = panel.examples(&MarketConfig::default().days(60))?.split(0.4, 0.3, 1)?;
/// let (training, test) = (&split.training, &split.test);
/// // A generator without a fault: it draws what the market draws.
/// let report = Realism::default()
///     .labels(training.labels(), split.validation.labels())
///     .held_out(test.series())
///     .compare(training.series(), split.validation.series())?;
/// assert_eq!((report.classes().len(), report.marginals().len()), (3, 8));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct Realism {
    lags: usize,
    return_channel: Option<usize>,
    channel_names: Vec<String>,
    labels: Option<[Tensor; 2]>,
    held_out: Option<Tensor>,
}

impl Default for Realism {
    fn default() -> Self {
        Self {
            lags: 20,
            return_channel: None,
            channel_names: Vec::new(),
            labels: None,
            held_out: None,
        }
    }
}

impl Realism {
    /// Sets the largest lag of the autocorrelations. Default 20.
    ///
    /// # Example
    /// ```
    /// let realism = latentlab::stats::Realism::default().lags(5);
    /// ```
    pub fn lags(mut self, lags: usize) -> Self {
        self.lags = lags;
        self
    }

    /// Sets the channel that holds returns, from 0. Default 6 where there are eight channels, as in the examples of a market, else 0.
    ///
    /// # Example
    /// ```
    /// let realism = latentlab::stats::Realism::default().return_channel(1);
    /// ```
    pub fn return_channel(mut self, channel: usize) -> Self {
        self.return_channel = Some(channel);
        self
    }

    /// Sets what channels are called. Default: their numbers, from 0.
    ///
    /// # Example
    /// ```
    /// let realism = latentlab::stats::Realism::default().channel_names(["close", "volume"]);
    /// ```
    pub fn channel_names(mut self, names: impl IntoIterator<Item = impl ToString>) -> Self {
        self.channel_names = names.into_iter().map(|name| name.to_string()).collect();
        self
    }

    /// Sets the classes of the real and of the synthetic series.
    ///
    /// # Example
    /// See [`Realism`].
    pub fn labels(mut self, real: &Tensor, synthetic: &Tensor) -> Self {
        self.labels = Some([real.shallow_clone(), synthetic.shallow_clone()]);
        self
    }

    /// Sets real series that nothing was trained on.
    ///
    /// # Example
    /// See [`Realism`].
    pub fn held_out(mut self, series: &Tensor) -> Self {
        self.held_out = Some(series.shallow_clone());
        self
    }

    /// Compares. The real series are those that the generator was trained on.
    ///
    /// # Errors
    /// [`Error::Invalid`] for other shapes, fewer than two series of a kind, values that are not finite, a channel or a lag that is not
    /// there; [`Error::Interrupted`].
    ///
    /// # Example
    /// See [`Realism`].
    pub fn compare(&self, real: &Tensor, synthetic: &Tensor) -> Result<RealismReport> {
        let classes = self.labels.as_ref().map(|[one, other]| -> Result<_> {
            let count =
                |tensor: &Tensor| tensor.size().first().copied().unwrap_or_default() as usize;
            Ok([labels(one, count(real), "real")?, labels(other, count(synthetic), "synthetic")?])
        });
        let classes = classes.transpose()?;
        let (real, synthetic) = (series(real, "real")?, series(synthetic, "synthetic")?);
        check_alike(&real, &synthetic, "synthetic")?;
        let held_out =
            self.held_out.as_ref().map(|tensor| series(tensor, "held-out")).transpose()?;
        if let Some(held_out) = &held_out {
            check_alike(&real, held_out, "held-out")?;
        }
        let (channels, days) = (real.shape()[1], real.shape()[2]);
        let channel = self.return_channel.unwrap_or(if channels == 8 { 6 } else { 0 });
        let names = self.names(channels)?;
        if channel >= channels || self.lags == 0 {
            let what = format!("return channel {channel}, {} lags", self.lags);
            return Err(Error::invalid(
                what,
                format!("there are {channels} channels from 0, and one lag is the least"),
            ));
        }
        let lags = self.lags.min(days - 1);
        let marginals = |other: &ndarray::Array3<f64>| -> Vec<MarginalDistance> {
            let distance = |(channel, name): (usize, &String)| {
                let (one, other) =
                    (sorted_channel(real.view(), channel), sorted_channel(other.view(), channel));
                MarginalDistance {
                    channel: name.clone(),
                    wasserstein: wasserstein_sorted(&one, &other),
                    kolmogorov_smirnov: kolmogorov_smirnov_sorted(&one, &other),
                    deviation: mean_and_deviation(one.iter().copied()).1,
                }
            };
            names.iter().enumerate().map(distance).collect()
        };
        let autocorrelation = |other| AutocorrelationComparison::new(&real, other, channel, lags);
        let held = held_out.as_ref();
        Ok(RealismReport {
            counts: [real.shape()[0], synthetic.shape()[0]],
            classes: classes.map_or(Vec::new(), |[one, other]| {
                class_differences(&real, &one, &synthetic, &other)
            }),
            marginals: marginals(&synthetic),
            marginals_held_out: held.map(marginals),
            autocorrelation: autocorrelation(&synthetic),
            autocorrelation_held_out: held.map(autocorrelation),
            correlation: CorrelationComparison::new(&real, &synthetic),
            correlation_held_out: held.map(|held| CorrelationComparison::new(&real, held)),
            memorization: held
                .map(|held| Memorization::new(&real, &synthetic, held))
                .transpose()?,
        })
    }

    fn names(&self, channels: usize) -> Result<Vec<String>> {
        match self.channel_names.len() {
            0 => Ok((0..channels).map(|channel| format!("channel {channel}")).collect()),
            count if count == channels => Ok(self.channel_names.clone()),
            count => Err(Error::invalid(
                format!("{count} names"),
                format!("there are {channels} channels, each needs one"),
            )),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;
    use tch::Kind;

    use super::*;

    fn tensor(values: &[f64], channels: i64, days: i64) -> Tensor {
        Tensor::from_slice(values).view([-1, channels, days])
    }

    #[test]
    fn what_cannot_be_compared_is_refused() {
        let zeros = |size: &[i64]| Tensor::zeros(size, (Kind::Float, tch::Device::Cpu));
        let real = zeros(&[4, 2, 9]);
        let message = |realism: Realism, synthetic: &Tensor| {
            realism.compare(&real, synthetic).unwrap_err().to_string()
        };
        let plain = Realism::default;
        assert!(message(plain(), &zeros(&[4, 18])).contains("n × channels × days"));
        assert!(message(plain(), &zeros(&[1, 2, 9])).contains("at least two series"));
        assert!(message(plain(), &zeros(&[4, 3, 9])).contains("the real ones have 2 × 9"));
        assert!(message(plain(), &(zeros(&[4, 2, 9]) / 0.0)).contains("72 values are not finite"));
        assert!(message(plain().held_out(&zeros(&[4, 2, 8])), &real).contains("held-out"));
        assert!(message(plain().return_channel(2), &real).contains("return channel 2"));
        assert!(message(plain().lags(0), &real).contains("0 lags"));
        assert!(message(plain().channel_names(["one"]), &real).contains("2 channels"));
        let labels = Tensor::from_slice(&[0_i64, 1]);
        assert!(message(plain().labels(&labels, &labels), &real).contains("real labels"));
    }

    #[test]
    fn constant_series_have_finite_distances() {
        let real = Tensor::ones([4, 2, 9], (Kind::Float, tch::Device::Cpu));
        let report = Realism::default().held_out(&real).compare(&real, &real).unwrap();
        assert_eq!(report.correlation().distance(), 0.0);
        assert!(report.marginals().iter().all(|one| one.wasserstein == 0.0));
        let text = report.frame().unwrap().to_string();
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn a_set_does_not_differ_from_itself_in_any_order(
            values in prop::collection::vec(-1.0_f64..1.0, 48),
            shift in 0.1_f64..2.0,
        ) {
            let real = tensor(&values, 2, 6);
            let turned = real.flip([0_i64]);
            let labels = Tensor::from_slice(&[0_i64, 0, 1, 1]);
            let realism = Realism::default().labels(&labels, &labels.flip([0_i64])).held_out(&turned);
            let report = realism.compare(&real, &turned).unwrap();
            prop_assert!(report.classes().iter().all(|class| class.mean < 1e-12 && class.deviation < 1e-12));
            prop_assert!(report.marginals().iter().all(|one| one.wasserstein == 0.0 && one.kolmogorov_smirnov == 0.0));
            prop_assert!(report.autocorrelation().difference() < 1e-12);
            prop_assert!(report.autocorrelation().difference_of_squares() < 1e-12);
            prop_assert!(report.correlation().distance() < 1e-12);
            prop_assert!(report.memorization().unwrap().synthetic.iter().all(|distance| *distance == 0.0));
            // What is moved and stretched keeps its order in time and between channels.
            let moved = &real * 3.0 + shift;
            let report = Realism::default().compare(&real, &moved).unwrap();
            prop_assert!(report.autocorrelation().difference() < 1e-9);
            prop_assert!(report.correlation().distance() < 1e-9);
            let plain = Realism::default().compare(&real, &(&real + shift)).unwrap();
            prop_assert!(plain.marginals().iter().all(|one| (one.wasserstein - shift).abs() < 1e-9));
        }
    }
}
