//! Copies of all that a network has learned.

use std::collections::BTreeMap;

use tch::nn::VarStore;
use tch::{TchError, Tensor};

use super::checkpoint::State;
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

impl State for Snapshot {
    fn state(&self) -> Result<Vec<(String, Tensor)>> {
        let values = self.values.iter();
        Ok(values.map(|(name, tensor)| (name.clone(), tensor.shallow_clone())).collect())
    }

    fn set_state(&mut self, state: &BTreeMap<String, Tensor>) -> Result<()> {
        let values = state.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone()));
        self.values = values.collect();
        Ok(())
    }
}

/// A store's weights, which can be set although the store is only borrowed.
pub(super) struct Weights<'a>(pub(super) &'a VarStore);

impl State for Weights<'_> {
    fn state(&self) -> Result<Vec<(String, Tensor)>> {
        self.0.state()
    }

    fn set_state(&mut self, state: &BTreeMap<String, Tensor>) -> Result<()> {
        let values = state.iter().map(|(name, tensor)| (name.clone(), tensor.shallow_clone()));
        Snapshot { values: values.collect() }.restore(self.0)
    }
}

/// A tensor of its own memory.
pub(super) fn copied(tensor: &Tensor) -> Result<Tensor, TchError> {
    let source = tensor.f_detach()?;
    let mut copy = source.f_zeros_like()?;
    copy.f_copy_(&source)?;
    Ok(copy)
}
