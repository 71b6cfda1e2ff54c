//! Copies of all that a network has learned.

use std::collections::BTreeMap;

use tch::nn::VarStore;
use tch::{TchError, Tensor};

use crate::Result;

/// Weights and running statistics at one moment, by name.
#[derive(Debug)]
pub(super) struct Snapshot {
    pub(super) values: BTreeMap<String, Tensor>,
}

impl Snapshot {
    pub(super) fn take(store: &VarStore) -> Result<Self> {
        let _guard = tch::no_grad_guard();
        let mut values = BTreeMap::new();
        for (name, variable) in store.variables() {
            values.insert(name, copied(&variable)?);
        }
        Ok(Self { values })
    }

    /// Puts the values back.
    pub(super) fn restore(&self, store: &VarStore) -> Result<()> {
        let _guard = tch::no_grad_guard();
        for (name, mut variable) in store.variables() {
            if let Some(value) = self.values.get(&name) {
                variable.f_copy_(value)?;
            }
        }
        Ok(())
    }
}

/// A tensor of its own memory.
pub(super) fn copied(tensor: &Tensor) -> Result<Tensor, TchError> {
    let source = tensor.f_detach()?;
    let mut copy = source.f_zeros_like()?;
    copy.f_copy_(&source)?;
    Ok(copy)
}
