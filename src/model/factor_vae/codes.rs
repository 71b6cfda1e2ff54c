//! What the network is asked for.

use tch::{Device, Kind, Tensor};

use super::factor::FactorVae;
use crate::model::LatentStatistics;
use crate::train::{Batch, Examples};
use crate::{Error, Result};

/// Examples that go through the network at once when nothing is trained.
const CHUNK: usize = 4096;

impl FactorVae {
    /// The distributions of the codes of examples, n × inputs: means and log variances, n × codes each.
    ///
    /// # Errors
    /// [`Error::Invalid`] for examples of another shape.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let config = FactorVaeConfig { conditions: 3, ..Default::default() };
    /// let model = FactorVae::new(config, Device::Cpu, 1)?;
    /// let returns = Tensor::randn([20, 100], (Kind::Float, Device::Cpu));
    /// let sectors = Tensor::zeros([20, 3], (Kind::Float, Device::Cpu));
    /// let (mean, log_variance) = model.encode(&(&returns, &sectors))?;
    /// assert_eq!(log_variance.size(), mean.size());
    /// assert!(model.encode(&returns).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn encode(&self, examples: &impl Examples) -> Result<(Tensor, Tensor)> {
        let codes = self.config.codes;
        let both = self.in_chunks(examples, |batch| {
            let (mean, log_variance) =
                self.distribution(&self.joined(batch, self.config.inputs)?, false);
            Ok(Tensor::f_cat(&[mean, log_variance], 1)?)
        })?;
        let part =
            |start| -> Result<Tensor> { Ok(both.f_narrow(1, start, codes)?.f_contiguous()?) };
        Ok((part(0)?, part(codes)?))
    }

    /// The means of the codes of examples: n × codes.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    ///
    /// # Example
    /// See [`FactorVae`].
    pub fn codes(&self, examples: &impl Examples) -> Result<Tensor> {
        Ok(self.encode(examples)?.0)
    }

    /// One sample of the code of each example, by a seed: n × codes.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FactorVae::new(FactorVaeConfig::default(), Device::Cpu, 1)?;
    /// let returns = Tensor::randn([20, 100], (Kind::Float, Device::Cpu));
    /// assert_eq!(model.sample_codes(&returns, 7)?, model.sample_codes(&returns, 7)?);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn sample_codes(&self, examples: &impl Examples, seed: u64) -> Result<Tensor> {
        let (mean, log_variance) = self.encode(examples)?;
        Ok(&mean + (log_variance / 2.0).exp() * self.noise(&mean.size(), seed)?)
    }

    /// The examples of codes, n × codes: n × inputs.
    ///
    /// # Errors
    /// [`Error::Invalid`] for codes of another length.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FactorVae::new(FactorVaeConfig::default(), Device::Cpu, 1)?;
    /// let codes = Tensor::zeros([2, 5], (Kind::Float, Device::Cpu));
    /// assert_eq!(model.decode(&codes)?.size(), [2, 100]);
    /// assert!(model.decode(&codes.narrow(1, 0, 4)).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn decode(&self, codes: &impl Examples) -> Result<Tensor> {
        self.in_chunks(codes, |batch| {
            Ok(self.decoder.forward(&self.joined(batch, self.config.codes)?))
        })
    }

    /// Examples after their way through the means of their codes and back.
    ///
    /// # Errors
    /// As [`encode`](Self::encode).
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FactorVae::new(FactorVaeConfig::default(), Device::Cpu, 1)?;
    /// let returns = Tensor::randn([20, 100], (Kind::Float, Device::Cpu));
    /// assert_eq!(model.reconstruct(&returns)?.size(), returns.size());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn reconstruct(&self, examples: &impl Examples) -> Result<Tensor> {
        self.in_chunks(examples, |batch| {
            let (mean, _) = self.distribution(&self.joined(batch, self.config.inputs)?, false);
            Ok(self.decoder.forward(&self.with_conditions(&mean, batch)?))
        })
    }

    /// Examples of codes drawn from the prior, without the noise that the decoder leaves out.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no examples, and for a network with conditions, which [`sample_given`](Self::sample_given) asks.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FactorVae::new(FactorVaeConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.sample(500, 7)?.size(), [500, 100]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn sample(&self, count: usize, seed: u64) -> Result<Tensor> {
        self.decode(&self.noise(&[count as i64, self.config.codes], seed)?)
    }

    /// Examples of codes drawn from the prior, one for each row of conditions.
    ///
    /// # Errors
    /// [`Error::Invalid`] for conditions of another shape than n × conditions.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let config = FactorVaeConfig { conditions: 3, ..Default::default() };
    /// let model = FactorVae::new(config, Device::Cpu, 1)?;
    /// let sectors = Tensor::eye(3, (Kind::Float, Device::Cpu));
    /// assert_eq!(model.sample_given(&sectors, 7)?.size(), [3, 100]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn sample_given(&self, conditions: &Tensor, seed: u64) -> Result<Tensor> {
        let count = conditions.size().first().copied().unwrap_or_default();
        let conditions = conditions.f_to_device(self.device())?;
        self.decode(&(&self.noise(&[count, self.config.codes], seed)?, &conditions))
    }

    /// What one unit of each code adds to each input, as the columns of a matrix inputs × codes: decode(eᵢ) − decode(0). The decoder bends, so this is
    /// its slope between these two points alone.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a network with conditions, whose decoder has no single answer.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FactorVae::new(FactorVaeConfig::default(), Device::Cpu, 1)?;
    /// assert_eq!(model.loadings()?.size(), [100, 5]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn loadings(&self) -> Result<Tensor> {
        let codes = self.config.codes;
        let options = (Kind::Float, self.device());
        let points = Tensor::f_cat(
            &[Tensor::f_eye(codes, options)?, Tensor::f_zeros([1, codes], options)?],
            0,
        )?;
        let decoded = self.decode(&points)?;
        Ok((decoded.f_narrow(0, 0, codes)? - decoded.f_narrow(0, codes, 1)?).tr().f_contiguous()?)
    }

    /// What the dimensions of the codes of examples are used for.
    ///
    /// # Errors
    /// As [`encode`](Self::encode), and [`Error::Invalid`] for a single example.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// let model = FactorVae::new(FactorVaeConfig::default(), Device::Cpu, 1)?;
    /// let returns = Tensor::randn([20, 100], (Kind::Float, Device::Cpu));
    /// assert_eq!(model.statistics(&returns)?.divergence().len(), 5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn statistics(&self, examples: &impl Examples) -> Result<LatentStatistics> {
        let (mean, log_variance) = self.encode(examples)?;
        LatentStatistics::new(&mean, &log_variance)
    }

    pub(super) fn distribution(&self, inputs: &Tensor, training: bool) -> (Tensor, Tensor) {
        let features = self.trunk.forward_t(inputs, training);
        (self.mean.forward(&features), self.log_variance.forward(&features))
    }

    /// The first part of a batch, of a known width, with the conditions beside it.
    pub(super) fn joined(&self, batch: &Batch, width: i64) -> Result<Tensor> {
        let inputs = batch.inputs();
        if !matches!(inputs.size()[..], [_, found] if found == width) {
            let what = format!("data of shape {:?}", inputs.size());
            return Err(Error::invalid(what, format!("n × {width} is needed")));
        }
        self.with_conditions(&self.own_kind(inputs)?, batch)
    }

    /// Some numbers with the conditions of a batch beside them.
    pub(super) fn with_conditions(&self, numbers: &Tensor, batch: &Batch) -> Result<Tensor> {
        let wanted = self.config.conditions;
        if wanted == 0 {
            return Ok(numbers.shallow_clone());
        }
        let conditions = batch.part(1)?;
        if !matches!(conditions.size()[..], [_, found] if found == wanted) {
            let what = format!("conditions of shape {:?}", conditions.size());
            return Err(Error::invalid(what, format!("n × {wanted} is needed")));
        }
        Ok(Tensor::f_cat(&[numbers, &self.own_kind(conditions)?], 1)?)
    }

    fn own_kind(&self, numbers: &Tensor) -> Result<Tensor> {
        Ok(numbers.f_to_kind(self.store.root().kind())?)
    }

    pub(super) fn noise(&self, size: &[i64], seed: u64) -> Result<Tensor> {
        tch::manual_seed(seed as i64);
        Ok(Tensor::f_randn(size, (Kind::Float, Device::Cpu))?.f_to_device(self.device())?)
    }

    /// Applies a function to some examples at a time, on the model's device and without gradients.
    pub(super) fn in_chunks(
        &self,
        examples: &impl Examples,
        apply: impl Fn(&Batch) -> Result<Tensor>,
    ) -> Result<Tensor> {
        let _guard = tch::no_grad_guard();
        let data = examples.dataset()?.to_device(self.device())?;
        let chunks: Result<Vec<Tensor>> = (0..data.len())
            .step_by(CHUNK)
            .map(|start| {
                let rows: Vec<i64> =
                    (start..(start + CHUNK).min(data.len())).map(|row| row as i64).collect();
                apply(&data.rows(&rows)?)
            })
            .collect();
        Ok(Tensor::f_cat(&chunks?, 0)?)
    }
}
