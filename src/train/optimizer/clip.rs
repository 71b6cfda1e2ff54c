//! Limits on gradients.

use tch::Tensor;

use crate::{Error, Result};

/// How gradients are limited before a step.
///
/// # Example
/// ```
/// use latentlab::train::Clip;
///
/// assert_ne!(Clip::Norm(1.0), Clip::Value(1.0));
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Clip {
    /// Scales the gradient of all weights together down to this Euclidean length where it is longer, as
    /// `torch.nn.utils.clip_grad_norm_` does.
    Norm(f64),
    /// Cuts each element to ± this value.
    Value(f64),
}

impl Clip {
    pub(crate) fn checked(self) -> Result<Self> {
        let (Self::Norm(limit) | Self::Value(limit)) = self;
        if limit > 0.0 {
            return Ok(self);
        }
        Err(Error::invalid(format!("{self:?}"), "gradients need a limit above zero, such as 1.0"))
    }

    /// Limits gradients in place, without a look at them from the host.
    pub(super) fn apply(self, gradients: &mut [Tensor]) -> Result<()> {
        match self {
            Self::Value(limit) => {
                for gradient in gradients {
                    let _in_place = gradient.f_clamp_(-limit, limit)?;
                }
            }
            Self::Norm(limit) => {
                let mut norm = match &*gradients {
                    [only] => only.f_norm()?,
                    several => {
                        let norms: Result<Vec<Tensor>, tch::TchError> = several
                            .iter()
                            .map(|gradient| gradient.f_norm()?.f_to_kind(tch::Kind::Double))
                            .collect();
                        Tensor::f_stack(&norms?, 0)?.f_norm()?
                    }
                };
                let _in_place = norm.f_add_scalar_(1e-6)?;
                let _in_place = norm.f_reciprocal_()?;
                let _in_place = norm.f_mul_scalar_(limit)?;
                let _in_place = norm.f_clamp_max_(1.0)?;
                for gradient in gradients {
                    let _in_place = gradient.f_mul_(&norm)?;
                }
            }
        }
        Ok(())
    }
}
