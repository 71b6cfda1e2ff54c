//! What an optimiser remembers between runs.

use std::collections::BTreeMap;

use tch::Tensor;

use super::optimizer::Optimizer;
use crate::Result;
use crate::train::snapshot::copied;

/// What a checkpoint holds of an optimiser.
impl Optimizer {
    /// What the rule remembers of each weight, and how many steps it has taken.
    pub(crate) fn moments(&self) -> Result<Vec<(String, Tensor)>> {
        let _guard = tch::no_grad_guard();
        let mut moments = Vec::new();
        for group in &self.groups {
            for (piece, step) in group.flat.pieces.iter().zip(&group.steps) {
                moments.push((format!("{}.step", piece.name), Tensor::from(*step as i64)));
                for (slot, name) in group.slots.iter().zip(self.rule.slots()) {
                    let moment = copied(&piece.view(slot)?)?;
                    moments.push((format!("{}.{name}", piece.name), moment));
                }
            }
        }
        Ok(moments)
    }

    pub(crate) fn set_moments(&mut self, moments: &BTreeMap<String, Tensor>) -> Result<()> {
        let _guard = tch::no_grad_guard();
        let slots = self.rule.slots();
        for group in &mut self.groups {
            for (piece, step) in group.flat.pieces.iter().zip(&mut group.steps) {
                if let Some(known) = moments.get(&format!("{}.step", piece.name)) {
                    *step = known.f_int64_value(&[])?.max(0) as u64;
                }
                for (slot, name) in group.slots.iter().zip(slots) {
                    if let Some(moment) = moments.get(&format!("{}.{name}", piece.name)) {
                        piece.view(slot)?.f_copy_(moment)?;
                    }
                }
            }
        }
        Ok(())
    }
}
