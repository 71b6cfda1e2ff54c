//! The part of the flat buffers that one update works on.

use tch::{TchError, Tensor};

/// Neighbouring weights that take their steps together: views of the flat buffers, all of one length.
#[derive(Debug)]
pub(super) struct Span {
    pub(super) parameters: Tensor,
    pub(super) gradient: Tensor,
    /// What the rule remembers, in the order of its names.
    pub(super) slots: Vec<Tensor>,
    /// The number of this step for these weights, from 1.
    pub(super) step: u64,
}

impl Span {
    /// Adds the pull towards zero to the gradient.
    pub(super) fn decay_gradient(&mut self, decay: f64) -> Result<(), TchError> {
        if decay != 0.0 {
            self.gradient = self.gradient.f_add(&self.parameters.f_mul_scalar(decay)?)?;
        }
        Ok(())
    }
}
