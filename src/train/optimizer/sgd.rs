//! Stochastic gradient descent.

use tch::TchError;

use super::span::Span;

/// Stochastic gradient descent with momentum (Polyak, 1964; Nesterov, 1983), as `torch.optim.SGD` takes its steps.
///
/// | Field | Default | Purpose |
/// |---|---|---|
/// | `learning_rate` | | length of a step |
/// | `momentum` | 0 | how much of the last direction is kept |
/// | `dampening` | 0 | the share of a gradient that does not enter the direction |
/// | `nesterov` | `false` | looks one step ahead along the direction |
/// | `weight_decay` | 0 | times the weights, added to the gradient |
///
/// # Example
/// ```
/// use latentlab::train::Sgd;
///
/// let rule = Sgd { momentum: 0.9, nesterov: true, ..Sgd::new(0.01) };
/// assert_eq!(rule.learning_rate, 0.01);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sgd {
    /// Length of a step.
    pub learning_rate: f64,
    /// How much of the last direction is kept.
    pub momentum: f64,
    /// The share of a gradient that does not enter the direction.
    pub dampening: f64,
    /// Whether a step looks ahead along the direction; needs a momentum and no dampening.
    pub nesterov: bool,
    /// Times the weights, added to the gradient.
    pub weight_decay: f64,
}

impl Sgd {
    /// The rule with a learning rate, without momentum.
    ///
    /// # Example
    /// ```
    /// assert_eq!(latentlab::train::Sgd::new(0.1).momentum, 0.0);
    /// ```
    pub fn new(learning_rate: f64) -> Self {
        Self { learning_rate, momentum: 0.0, dampening: 0.0, nesterov: false, weight_decay: 0.0 }
    }

    pub(super) fn slots(&self) -> &'static [&'static str] {
        if self.momentum > 0.0 { &["direction"] } else { &[] }
    }

    pub(super) fn problem(&self) -> Option<&'static str> {
        if !(self.momentum >= 0.0 && self.weight_decay >= 0.0) {
            Some("momentum and weight decay must be zero or positive")
        } else if self.nesterov && !(self.momentum > 0.0 && self.dampening == 0.0) {
            Some("Nesterov's step needs a momentum and no dampening")
        } else {
            None
        }
    }

    pub(super) fn update(&self, span: &mut Span, rate: f64) -> Result<(), TchError> {
        span.decay_gradient(self.weight_decay)?;
        let direction = match span.slots.first_mut() {
            None => span.gradient.shallow_clone(),
            Some(kept) => {
                // The first direction is the gradient itself, without dampening.
                let share = if span.step == 1 { 1.0 } else { 1.0 - self.dampening };
                let _in_place = kept.f_mul_scalar_(self.momentum)?;
                let _in_place = kept.f_add_(&span.gradient.f_mul_scalar(share)?)?;
                if self.nesterov {
                    span.gradient.f_add(&kept.f_mul_scalar(self.momentum)?)?
                } else {
                    kept.shallow_clone()
                }
            }
        };
        let _in_place = span.parameters.f_sub_(&direction.f_mul_scalar(rate)?)?;
        Ok(())
    }
}
