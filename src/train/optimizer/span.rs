//! The part of the flat buffers that one update works on.

use tch::{TchError, Tensor};

use crate::train::team::{self, CHUNK, numbers};

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

    /// Moves each weight, given its gradient, along with what the rule remembers of it, all in one pass through memory and in single
    /// precision. Where the numbers are others, or on another device, nothing is done and `false` returned.
    pub(super) fn pass<const SLOTS: usize>(
        &mut self,
        step: impl Fn(&mut f32, f32, [&mut f32; SLOTS]) + Sync,
    ) -> bool {
        let slots: Option<Vec<_>> = self.slots.iter_mut().map(numbers::<f32>).collect();
        let all = (numbers::<f32>(&mut self.parameters), numbers::<f32>(&mut self.gradient), slots);
        let (Some(weights), Some(gradients), Some(slots)) = all else { return false };
        let Ok(slots) = <[&mut [f32]; SLOTS]>::try_from(slots) else { return false };
        let mut slots = slots.map(|slot| slot.chunks_mut(CHUNK));
        let chunks = weights.chunks_mut(CHUNK).zip(gradients.chunks(CHUNK));
        let chunks: Option<Vec<_>> = chunks
            .map(|(weights, gradients)| {
                let slots: Option<Vec<_>> = slots.iter_mut().map(Iterator::next).collect();
                Some((weights, gradients, <[&mut [f32]; SLOTS]>::try_from(slots?).ok()?))
            })
            .collect();
        let Some(chunks) = chunks else { return false };
        team::for_each(chunks, |(weights, gradients, slots)| {
            // Equal lengths, known before the loop, let the compiler take several numbers at once.
            let count = weights.len();
            let (gradients, mut slots) =
                (&gradients[..count], slots.map(|slot| &mut slot[..count]));
            for place in 0..count {
                let slots = slots.each_mut().map(|slot| &mut slot[place]);
                step(&mut weights[place], gradients[place], slots);
            }
        });
        true
    }
}
