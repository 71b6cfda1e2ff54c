//! What moves the weights of a network.

use std::collections::HashMap;

use tch::nn::VarStore;
use tch::{Kind, Tensor};

use super::cut::{self, Cut};
use super::flat::is_float;
use super::group::Group;
use super::scale::LossScale;
use super::{Clip, Rule};
use crate::train::heap::keep_freed_memory;
use crate::words::counted;
use crate::{Error, Result};

/// Weights by name.
type Named = Vec<(String, Tensor)>;

/// Moves the trainable weights of a network along their gradients by a [`Rule`].
///
/// The weights become views of one flat tensor, so that a step costs a handful of kernels. Layers made by
/// [`tch::nn`] work on unchanged, and so do the store's `freeze`, `save` and `load`. A frozen weight keeps its place and what
/// the rule remembers of it, as in PyTorch. Where several optimisers are made for one network, each takes up its current
/// weights.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`clip`](Self::clip) | none | limits gradients before each step |
/// | [`set_learning_rate`](Self::set_learning_rate) | the rule's | for schedules |
///
/// # Example
/// ```
/// use latentlab::prelude::*;
/// use latentlab::train::{Adam, Optimizer};
/// use tch::nn::{self, Module};
///
/// tch::manual_seed(1); // where the weights start
/// let store = nn::VarStore::new(Device::Cpu);
/// let line = nn::linear(store.root(), 1, 1, Default::default());
/// let mut optimizer = Optimizer::new(&store, Adam::new(0.3))?;
/// let x = Tensor::from_slice(&[1_f32, 2.0, 3.0]).view([3, 1]);
/// for _ in 0..300 {
///     let loss = (line.forward(&x) - (&x * 2.0 + 1.0)).square().mean(Kind::Float);
///     optimizer.minimize(&loss)?;
/// }
/// assert!((line.ws.double_value(&[0, 0]) - 2.0).abs() < 0.1);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Debug)]
pub struct Optimizer {
    pub(super) groups: Vec<Group>,
    pub(super) rule: Rule,
    learning_rate: f64,
    clip: Option<Clip>,
    scale: Option<LossScale>,
}

impl Optimizer {
    /// An optimiser for all trainable weights of a store.
    ///
    /// # Errors
    /// [`Error::Invalid`] for options that cannot work (a negative learning rate, say) and for a store without trainable
    /// weights.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    /// use latentlab::train::{Optimizer, Sgd};
    ///
    /// let empty = tch::nn::VarStore::new(Device::Cpu);
    /// assert!(Optimizer::new(&empty, Sgd::new(0.1)).is_err());
    /// ```
    pub fn new(store: &VarStore, rule: impl Into<Rule>) -> Result<Self> {
        Self::of_variables(named_trainables(store), rule)
    }

    /// An optimiser for weights given by name, for those of several stores, or a part of one.
    ///
    /// # Errors
    /// As [`new`](Self::new), and [`Error::Invalid`] for weights that hold no floating-point numbers.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    /// use latentlab::train::{Optimizer, Sgd};
    ///
    /// let weight = Tensor::from_slice(&[3_f32]).set_requires_grad(true);
    /// let named = vec![("weight".to_owned(), weight.shallow_clone())];
    /// let mut optimizer = Optimizer::of_variables(named, Sgd::new(0.5))?;
    /// optimizer.minimize(&weight.square().sum(Kind::Float))?;
    /// assert_eq!(weight.double_value(&[0]), 0.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn of_variables(named: Vec<(String, Tensor)>, rule: impl Into<Rule>) -> Result<Self> {
        let rule = rule.into().checked()?;
        keep_freed_memory();
        if named.is_empty() {
            let problem =
                "there are no trainable weights to move; make the optimiser after the layers";
            return Err(Error::invalid("optimiser", problem));
        }
        // Weights of one kind on one device share a buffer; nearly always there is one.
        let mut kinds: Vec<((Kind, tch::Device), Named)> = Vec::new();
        for (name, variable) in named {
            let (kind, device) = (variable.kind(), variable.device());
            if !is_float(kind) {
                let problem = format!("gradients need floating-point numbers, not {kind:?}");
                return Err(Error::invalid(format!("weight `{name}`"), problem));
            }
            match kinds.iter_mut().find(|(known, _)| *known == (kind, device)) {
                Some((_, alike)) => alike.push((name, variable)),
                None => kinds.push(((kind, device), vec![(name, variable)])),
            }
        }
        let groups: Result<Vec<Group>> =
            kinds.into_iter().map(|(_, named)| Group::new(named, &rule)).collect();
        Ok(Self {
            groups: groups?,
            rule,
            learning_rate: rule.learning_rate(),
            clip: None,
            scale: None,
        })
    }

    /// Limits gradients before each step.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a limit that is not above zero.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    /// use latentlab::train::{Clip, Optimizer, Sgd};
    ///
    /// let weight = Tensor::from_slice(&[3_f32]).set_requires_grad(true);
    /// let named = vec![("weight".to_owned(), weight.shallow_clone())];
    /// let mut optimizer = Optimizer::of_variables(named, Sgd::new(1.0))?.clip(Clip::Norm(0.5))?;
    /// optimizer.minimize(&weight.square().sum(Kind::Float))?;
    /// assert!((weight.double_value(&[0]) - 2.5).abs() < 1e-6);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn clip(mut self, clip: Clip) -> Result<Self> {
        self.clip = Some(clip.checked()?);
        Ok(self)
    }

    /// The rule it was made with.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::{Adam, Optimizer};
    /// # let named = vec![("w".to_owned(), Tensor::from_slice(&[3_f32]).set_requires_grad(true))];
    /// let optimizer = Optimizer::of_variables(named, Adam::new(0.1))?;
    /// assert_eq!(optimizer.rule().name(), "Adam");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn rule(&self) -> Rule {
        self.rule
    }

    /// The length of the next step.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::{Adam, Optimizer};
    /// # let named = vec![("w".to_owned(), Tensor::from_slice(&[3_f32]).set_requires_grad(true))];
    /// assert_eq!(Optimizer::of_variables(named, Adam::new(0.1))?.learning_rate(), 0.1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn learning_rate(&self) -> f64 {
        self.learning_rate
    }

    /// Sets the length of the next steps.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::{Adam, Optimizer};
    /// # let named = vec![("w".to_owned(), Tensor::from_slice(&[3_f32]).set_requires_grad(true))];
    /// let mut optimizer = Optimizer::of_variables(named, Adam::new(0.1))?;
    /// optimizer.set_learning_rate(0.01);
    /// assert_eq!(optimizer.learning_rate(), 0.01);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn set_learning_rate(&mut self, rate: f64) {
        self.learning_rate = rate;
    }

    /// How many numbers it moves.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::{Adam, Optimizer};
    /// # let named = vec![("w".to_owned(), Tensor::from_slice(&[3_f32]).set_requires_grad(true))];
    /// assert_eq!(Optimizer::of_variables(named, Adam::new(0.1))?.parameters(), 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn parameters(&self) -> usize {
        self.groups.iter().map(|group| group.flat.parameters.numel()).sum()
    }

    /// Takes the gradient of a loss, a tensor with one element, and one step against it. Nothing is added to the
    /// weights' own `grad`, and no other network's gradients are computed.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a loss that is no single number or depends on none of the weights.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # use latentlab::train::{Optimizer, Sgd};
    /// let weight = Tensor::from_slice(&[1_f32]).set_requires_grad(true);
    /// let named = vec![("weight".to_owned(), weight.shallow_clone())];
    /// let mut optimizer = Optimizer::of_variables(named, Sgd::new(0.25))?;
    /// assert!(optimizer.minimize(&Tensor::from(1.0_f32)).is_err());
    /// optimizer.minimize(&weight.square().sum(Kind::Float))?;
    /// assert_eq!(weight.double_value(&[0]), 0.5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn minimize(&mut self, loss: &Tensor) -> Result<()> {
        let Some(scale) = self.scale.as_mut() else {
            let moving = self.differentiate(loss, &[], false)?;
            return self.clip_and_step(&moving);
        };
        let factor = scale.factor;
        let moving = self.differentiate(&loss.f_mul_scalar(factor)?, &[], false)?;
        let guard = tch::no_grad_guard();
        let mut finite = true;
        for group in &mut self.groups {
            let gradient = &mut group.flat.gradient;
            let _in_place = gradient.f_mul_scalar_(1.0 / factor)?;
            finite &= gradient.f_isfinite()?.f_all()?.f_int64_value(&[])? != 0;
        }
        drop(guard);
        if let Some(scale) = self.scale.as_mut() {
            scale.learn(finite);
        }
        if finite { self.clip_and_step(&moving) } else { Ok(()) }
    }

    /// Takes the gradients of two losses, each for the weights of its own optimiser, and only then both steps: the simultaneous
    /// step of two networks that play against each other. The losses may share what was computed for them.
    ///
    /// # Errors
    /// As [`minimize`](Self::minimize); no weight has moved then.
    ///
    /// # Example
    /// ```
    /// use latentlab::prelude::*;
    /// use latentlab::train::{Optimizer, Sgd};
    ///
    /// let weight = |value: f32| Tensor::from_slice(&[value]).set_requires_grad(true);
    /// let (x, y) = (weight(1.0), weight(2.0));
    /// let mut first = Optimizer::of_variables(vec![("x".into(), x.shallow_clone())], Sgd::new(0.1))?;
    /// let mut second = Optimizer::of_variables(vec![("y".into(), y.shallow_clone())], Sgd::new(0.1))?;
    /// let product = (&x * &y).sum(Kind::Float);
    /// Optimizer::minimize_both((&mut first, &product), (&mut second, &-&product))?;
    /// // Both gradients are those at (1, 2).
    /// assert!((x.double_value(&[0]) - 0.8).abs() < 1e-6 && (y.double_value(&[0]) - 2.1).abs() < 1e-6);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn minimize_both(
        (one, loss): (&mut Self, &Tensor),
        (other, other_loss): (&mut Self, &Tensor),
    ) -> Result<()> {
        Self::minimize_both_through((one, loss, &[]), (other, other_loss))
    }

    /// The same for a first loss whose graph is cut.
    pub(crate) fn minimize_both_through(
        (one, loss, cuts): (&mut Self, &Tensor, &[Cut]),
        (other, other_loss): (&mut Self, &Tensor),
    ) -> Result<()> {
        let moving = one.differentiate(loss, cuts, true)?;
        let other_moving = other.differentiate(other_loss, &[], false)?;
        one.clip_and_step(&moving)?;
        other.clip_and_step(&other_moving)
    }

    /// Scales losses so that gradients in 16 bits keep their small values; steps whose gradient is not finite are left
    /// out, and the scale is then halved.
    pub(crate) fn scale_losses(&mut self) {
        self.scale = Some(LossScale::default());
    }

    /// Gathers the gradients in the buffers; says which pieces of each group have one. What was computed for the loss can be
    /// kept for another one.
    pub(super) fn differentiate(
        &mut self,
        loss: &Tensor,
        cuts: &[Cut],
        keep: bool,
    ) -> Result<Vec<Vec<bool>>> {
        if loss.numel() != 1 {
            let problem = "one number is needed; take the mean or the sum over the batch";
            return Err(Error::invalid(format!("loss of shape {:?}", loss.size()), problem));
        }
        if !loss.requires_grad() {
            let problem = "it depends on no trainable weight; was it computed under `no_grad`, detached, or are all weights frozen?";
            return Err(Error::invalid("loss", problem));
        }
        let mut trainable = Vec::new();
        for group in &mut self.groups {
            group.flat.refresh()?;
            let free = group.flat.pieces.iter().filter(|piece| piece.variable.requires_grad());
            trainable.extend(free.map(|piece| piece.variable.shallow_clone()));
        }
        if trainable.is_empty() {
            return Err(Error::invalid("optimiser", "all its weights are frozen; unfreeze some"));
        }
        let gradients = cut::gradients(loss, &trainable, cuts, keep)?;
        let _guard = tch::no_grad_guard();
        let mut gradients = gradients.into_iter();
        let mut moving = Vec::with_capacity(self.groups.len());
        for group in &mut self.groups {
            let pieces = group.flat.pieces.iter();
            let of_group: Vec<Option<Tensor>> = pieces
                .map(|piece| match piece.variable.requires_grad() {
                    true => gradients.next().flatten(),
                    false => None,
                })
                .collect();
            group.flat.gather(&of_group)?;
            moving.push(of_group.iter().map(Option::is_some).collect());
        }
        Ok(moving)
    }

    pub(super) fn clip_and_step(&mut self, moving: &[Vec<bool>]) -> Result<()> {
        let _guard = tch::no_grad_guard();
        if let Some(clip) = self.clip {
            let gradients = self.groups.iter().map(|group| group.flat.gradient.shallow_clone());
            clip.apply(&mut gradients.collect::<Vec<_>>())?;
        }
        for (group, moving) in self.groups.iter_mut().zip(moving) {
            group.step(&self.rule, self.learning_rate, moving)?;
        }
        Ok(())
    }
}

impl std::fmt::Display for Optimizer {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tensors: usize = self.groups.iter().map(|group| group.steps.len()).sum();
        let (name, rate) = (self.rule.name(), self.learning_rate);
        let weights = counted(self.parameters(), "weight");
        write!(
            formatter,
            "{name}, learning rate {rate}: {weights} in {}",
            counted(tensors, "tensor")
        )
    }
}

/// The trainable weights of a store with their names, in the order in which the layers were made.
pub(crate) fn named_trainables(store: &VarStore) -> Vec<(String, Tensor)> {
    // A store knows names and order apart; the address of the values joins them.
    let names: HashMap<usize, String> = store
        .variables()
        .into_iter()
        .map(|(name, variable)| (variable.data_ptr() as usize, name))
        .collect();
    let trainable = store.trainable_variables().into_iter().enumerate();
    trainable
        .map(|(place, variable)| {
            let name = names.get(&(variable.data_ptr() as usize)).cloned();
            (name.unwrap_or_else(|| format!("variable {place}")), variable)
        })
        .collect()
}

#[cfg(test)]
mod tests;
