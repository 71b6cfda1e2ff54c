//! The variables of one kind, with what a rule remembers of them.

use tch::{TchError, Tensor};

use super::flat::Flat;
use super::rule::Rule;
use super::span::Span;
use crate::Result;

#[derive(Debug)]
pub(super) struct Group {
    pub(super) flat: Flat,
    /// One buffer for each of the rule's names.
    pub(super) slots: Vec<Tensor>,
    /// Steps taken by each piece: a frozen one waits.
    pub(super) steps: Vec<u64>,
}

impl Group {
    pub(super) fn new(named: Vec<(String, Tensor)>, rule: &Rule) -> Result<Self> {
        let flat = Flat::new(named)?;
        let slots: Result<Vec<Tensor>, TchError> =
            rule.slots().iter().map(|_| flat.parameters.f_zeros_like()).collect();
        let steps = vec![0; flat.pieces.len()];
        Ok(Self { flat, slots: slots?, steps })
    }

    /// Moves the pieces that have a gradient, neighbours of equal age together.
    pub(super) fn step(&mut self, rule: &Rule, rate: f64, moving: &[bool]) -> Result<(), TchError> {
        let mut first = 0;
        while first < moving.len() {
            let end = (first + 1..moving.len())
                .find(|&piece| {
                    moving[piece] != moving[first] || self.steps[piece] != self.steps[first]
                })
                .unwrap_or(moving.len());
            if moving[first] {
                self.steps[first..end].iter_mut().for_each(|step| *step += 1);
                rule.update(&mut self.span(first, end)?, rate)?;
            }
            first = end;
        }
        Ok(())
    }

    fn span(&self, first: usize, end: usize) -> Result<Span, TchError> {
        let step = self.steps[first];
        // The usual case, all weights together, needs no views.
        if (first, end) == (0, self.steps.len()) {
            return Ok(Span {
                parameters: self.flat.parameters.shallow_clone(),
                gradient: self.flat.gradient.shallow_clone(),
                slots: self.slots.iter().map(Tensor::shallow_clone).collect(),
                step,
            });
        }
        let (start, length) = self.flat.extent(first, end);
        let slots: Result<Vec<Tensor>, TchError> =
            self.slots.iter().map(|slot| slot.f_narrow(0, start, length)).collect();
        Ok(Span {
            parameters: self.flat.parameters.f_narrow(0, start, length)?,
            gradient: self.flat.gradient.f_narrow(0, start, length)?,
            slots: slots?,
            step,
        })
    }
}
