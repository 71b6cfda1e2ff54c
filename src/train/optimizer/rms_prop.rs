//! RMSprop.

use tch::TchError;

use super::span::Span;

/// RMSprop (Hinton's lecture 6e, 2012), as `torch.optim.RMSprop` takes its steps.
///
/// | Field | Default | Purpose |
/// |---|---|---|
/// | `learning_rate` | | length of a step |
/// | `smoothing` | 0.99 | how much of the mean square is kept (PyTorch's `alpha`; Keras' `rho` is 0.9) |
/// | `epsilon` | 1e-8 | added to the root (Keras: 1e-7) |
/// | `momentum` | 0 | how much of the last step is added to the next |
/// | `centered` | `false` | divides by the standard deviation in place of the root mean square |
/// | `weight_decay` | 0 | times the weights, added to the gradient |
///
/// # Example
/// ```
/// use latentlab::train::RmsProp;
///
/// // What Keras does by default.
/// let rule = RmsProp { smoothing: 0.9, epsilon: 1e-7, ..RmsProp::new(1e-3) };
/// assert_eq!(rule.momentum, 0.0);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RmsProp {
    /// Length of a step.
    pub learning_rate: f64,
    /// How much of the mean square is kept at each step.
    pub smoothing: f64,
    /// What is added to the root of the mean square.
    pub epsilon: f64,
    /// How much of the last step is added to the next.
    pub momentum: f64,
    /// Whether the mean is taken off the mean square.
    pub centered: bool,
    /// Times the weights, added to the gradient.
    pub weight_decay: f64,
}

impl RmsProp {
    /// The rule with a learning rate and PyTorch's defaults otherwise.
    ///
    /// # Example
    /// ```
    /// assert_eq!(latentlab::train::RmsProp::new(1e-4).smoothing, 0.99);
    /// ```
    pub fn new(learning_rate: f64) -> Self {
        Self {
            learning_rate,
            smoothing: 0.99,
            epsilon: 1e-8,
            momentum: 0.0,
            centered: false,
            weight_decay: 0.0,
        }
    }

    pub(super) fn slots(&self) -> &'static [&'static str] {
        match (self.centered, self.momentum > 0.0) {
            (false, false) => &["mean_square"],
            (true, false) => &["mean_square", "mean"],
            (false, true) => &["mean_square", "last_step"],
            (true, true) => &["mean_square", "mean", "last_step"],
        }
    }

    pub(super) fn problem(&self) -> Option<&'static str> {
        if !(0.0..1.0).contains(&self.smoothing) || !(0.0..1.0).contains(&self.momentum) {
            Some("smoothing and momentum must lie from 0 up to, but not including, 1")
        } else if !(self.epsilon >= 0.0 && self.weight_decay >= 0.0) {
            Some("epsilon and weight decay must be zero or positive")
        } else {
            None
        }
    }

    pub(super) fn update(&self, span: &mut Span, rate: f64) -> Result<(), TchError> {
        span.decay_gradient(self.weight_decay)?;
        let share = 1.0 - self.smoothing;
        if !self.centered && self.momentum == 0.0 && rate != 0.0 {
            let [share, shift, factor] =
                [share, self.epsilon, -1.0 / rate].map(|number| number as f32);
            let in_one_pass = span.pass(|weight, gradient, [square]| {
                *square += share * (gradient * gradient - *square);
                *weight += gradient / ((square.sqrt() + shift) * factor);
            });
            if in_one_pass {
                return Ok(());
            }
        }
        let _in_place = span.slots[0].f_lerp_(&span.gradient.f_square()?, share)?;
        let mut divisor = if self.centered {
            let _in_place = span.slots[1].f_lerp_(&span.gradient, share)?;
            span.slots[0].f_sub(&span.slots[1].f_square()?)?.f_sqrt_()?
        } else {
            span.slots[0].f_sqrt()?
        };
        let _in_place = divisor.f_add_scalar_(self.epsilon)?;
        if self.momentum > 0.0 {
            let Some(last) = span.slots.last_mut() else { return Ok(()) };
            let _in_place = last.f_mul_scalar_(self.momentum)?;
            let _in_place = last.f_addcdiv_(&span.gradient, &divisor)?;
            let _in_place = span.parameters.f_sub_(&last.f_mul_scalar(rate)?)?;
        } else if rate != 0.0 {
            let _in_place = divisor.f_mul_scalar_(-1.0 / rate)?;
            let _in_place = span.parameters.f_addcdiv_(&span.gradient, &divisor)?;
        }
        Ok(())
    }
}
