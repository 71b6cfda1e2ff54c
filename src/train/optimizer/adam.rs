//! Adam and AdamW.

use tch::TchError;

use super::span::Span;

macro_rules! adam_options {
    ($name:ident, $decay:literal, $decays:literal) => {
        impl $name {
            #[doc = "The rule with a learning rate, 1e-3 in the paper, and PyTorch's defaults otherwise."]
            #[doc = ""]
            #[doc = "# Example"]
            #[doc = "```"]
            #[doc = concat!("use latentlab::train::", stringify!($name), ";")]
            #[doc = ""]
            #[doc = concat!("assert_eq!(", stringify!($name), "::new(1e-3).learning_rate, 1e-3);")]
            #[doc = "```"]
            pub fn new(learning_rate: f64) -> Self {
                Self {
                    learning_rate,
                    betas: [0.9, 0.999],
                    epsilon: 1e-8,
                    weight_decay: $decay,
                    amsgrad: false,
                }
            }

            /// Sets how much of the moments is kept at each step, from 0 up to, but not including, 1. Default 0.9, 0.999.
            #[doc = ""]
            #[doc = "# Example"]
            #[doc = "```"]
            #[doc = concat!("let rule = latentlab::train::", stringify!($name), "::new(2e-4).betas(0.5, 0.999);")]
            #[doc = "assert_eq!(rule.betas, [0.5, 0.999]);"]
            #[doc = "```"]
            pub fn betas(mut self, first: f64, second: f64) -> Self {
                self.betas = [first, second];
                self
            }

            /// Sets what is added to the root of the second moment. Default 1e-8; Keras takes 1e-7.
            #[doc = ""]
            #[doc = "# Example"]
            #[doc = "```"]
            #[doc = concat!("let rule = latentlab::train::", stringify!($name), "::new(1e-3).epsilon(1e-7);")]
            #[doc = "assert_eq!(rule.epsilon, 1e-7);"]
            #[doc = "```"]
            pub fn epsilon(mut self, epsilon: f64) -> Self {
                self.epsilon = epsilon;
                self
            }

            #[doc = $decays]
            #[doc = ""]
            #[doc = "# Example"]
            #[doc = "```"]
            #[doc = concat!("let rule = latentlab::train::", stringify!($name), "::new(1e-3).weight_decay(0.1);")]
            #[doc = "assert_eq!(rule.weight_decay, 0.1);"]
            #[doc = "```"]
            pub fn weight_decay(mut self, decay: f64) -> Self {
                self.weight_decay = decay;
                self
            }

            /// Sets whether the largest second moment so far takes the place of the current one (Reddi, Kale and Kumar,
            /// 2018). Default `false`.
            #[doc = ""]
            #[doc = "# Example"]
            #[doc = "```"]
            #[doc = concat!("assert!(latentlab::train::", stringify!($name), "::new(1e-3).amsgrad(true).amsgrad);")]
            #[doc = "```"]
            pub fn amsgrad(mut self, is: bool) -> Self {
                self.amsgrad = is;
                self
            }

            pub(super) fn slots(&self) -> &'static [&'static str] {
                const SLOTS: &[&str] = &["first_moment", "second_moment", "largest_second_moment"];
                if self.amsgrad { SLOTS } else { &SLOTS[..2] }
            }

            pub(super) fn problem(&self) -> Option<&'static str> {
                if self.betas.iter().any(|beta| !(0.0..1.0).contains(beta)) {
                    Some("betas must lie from 0 up to, but not including, 1")
                } else if !(self.epsilon >= 0.0 && self.weight_decay >= 0.0) {
                    Some("epsilon and weight decay must be zero or positive")
                } else {
                    None
                }
            }
        }
    };
}

/// Adam (Kingma and Ba, 2015), as `torch.optim.Adam` takes its steps.
///
/// | Field | Default | Purpose |
/// |---|---|---|
/// | `learning_rate` | | length of a step |
/// | `betas` | 0.9, 0.999 | how much of the two moments is kept |
/// | `epsilon` | 1e-8 | keeps the division finite |
/// | `weight_decay` | 0 | times the weights, added to the gradient |
/// | `amsgrad` | `false` | the largest second moment so far in place of the current one |
///
/// # Example
/// ```
/// use latentlab::train::Adam;
///
/// let rule = Adam::new(2e-4).betas(0.5, 0.999);
/// assert_eq!(rule.epsilon, 1e-8);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Adam {
    /// Length of a step.
    pub learning_rate: f64,
    /// How much of the first and the second moment is kept at each step.
    pub betas: [f64; 2],
    /// What is added to the root of the second moment.
    pub epsilon: f64,
    /// Times the weights, added to the gradient.
    pub weight_decay: f64,
    /// Whether the largest second moment so far takes the place of the current one.
    pub amsgrad: bool,
}

adam_options!(
    Adam,
    0.0,
    "Sets how strongly weights are pulled to zero, through the gradient. Default 0."
);

/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019), as `torch.optim.AdamW` takes its steps.
///
/// | Field | Default | Purpose |
/// |---|---|---|
/// | `learning_rate` | | length of a step |
/// | `betas` | 0.9, 0.999 | how much of the two moments is kept |
/// | `epsilon` | 1e-8 | keeps the division finite |
/// | `weight_decay` | 0.01 | times the learning rate: the share of each weight that a step takes away |
/// | `amsgrad` | `false` | the largest second moment so far in place of the current one |
///
/// # Example
/// ```
/// use latentlab::train::AdamW;
///
/// assert_eq!(AdamW::new(1e-3).weight_decay, 0.01);
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AdamW {
    /// Length of a step.
    pub learning_rate: f64,
    /// How much of the first and the second moment is kept at each step.
    pub betas: [f64; 2],
    /// What is added to the root of the second moment.
    pub epsilon: f64,
    /// Times the learning rate: the share of each weight that a step takes away.
    pub weight_decay: f64,
    /// Whether the largest second moment so far takes the place of the current one.
    pub amsgrad: bool,
}

adam_options!(
    AdamW,
    0.01,
    "Sets how strongly weights are pulled to zero, beside the gradient. Default 0.01."
);

impl Adam {
    pub(super) fn update(&self, span: &mut Span, rate: f64) -> Result<(), TchError> {
        span.decay_gradient(self.weight_decay)?;
        step(self.betas, self.epsilon, self.amsgrad, span, rate)
    }
}

impl AdamW {
    pub(super) fn update(&self, span: &mut Span, rate: f64) -> Result<(), TchError> {
        let _in_place = span.parameters.f_mul_scalar_(1.0 - rate * self.weight_decay)?;
        step(self.betas, self.epsilon, self.amsgrad, span, rate)
    }
}

/// p ← p − rate / (1 − β₁ᵗ) · m / (√(v / (1 − β₂ᵗ)) + ε). The two corrections go into the divisor, which is one kernel
/// less than to apply them where the formula has them.
fn step(
    betas: [f64; 2],
    epsilon: f64,
    amsgrad: bool,
    span: &mut Span,
    rate: f64,
) -> Result<(), TchError> {
    let steps = span.step.min(i32::MAX as u64) as i32;
    let [first, second] = betas.map(|beta| 1.0 - beta);
    let correction = (1.0 - betas[1].powi(steps)).sqrt();
    let shift = epsilon * correction;
    // Without a step there is nothing to divide by.
    let factor = (rate != 0.0).then(|| -(1.0 - betas[0].powi(steps)) / (rate * correction));
    if let (false, Some(factor)) = (amsgrad, factor) {
        let [share, square_share, shift, factor] =
            [first, second, shift, factor].map(|number| number as f32);
        let in_one_pass = span.pass(|weight, gradient, [mean, square]| {
            *mean += share * (gradient - *mean);
            *square += square_share * (gradient * gradient - *square);
            *weight += *mean / ((square.sqrt() + shift) * factor);
        });
        if in_one_pass {
            return Ok(());
        }
    }
    let _in_place = span.slots[0].f_lerp_(&span.gradient, first)?;
    let _in_place = span.slots[1].f_lerp_(&span.gradient.f_square()?, second)?;
    let mut divisor = if amsgrad {
        let largest = span.slots[2].f_maximum(&span.slots[1])?;
        span.slots[2].f_copy_(&largest)?;
        largest.f_sqrt()?
    } else {
        span.slots[1].f_sqrt()?
    };
    let Some(factor) = factor else { return Ok(()) };
    let _in_place = divisor.f_add_scalar_(shift)?;
    let _in_place = divisor.f_mul_scalar_(factor)?;
    let _in_place = span.parameters.f_addcdiv_(&span.slots[0], &divisor)?;
    Ok(())
}
