//! Arrays of ndarray, owned and seen.

use std::fmt::Debug;

use ndarray::{ArrayBase, Data, Dimension};

use super::{Inspect, listed, product, short_name};

impl<S: Data<Elem: Debug>, D: Dimension> Inspect for ArrayBase<S, D> {
    fn shape(&self) -> Option<String> {
        Some(if self.ndim() == 0 { "scalar".into() } else { product(ArrayBase::shape(self)) })
    }

    fn dtype(&self) -> Option<String> {
        Some(short_name::<S::Elem>())
    }

    /// A view counts what it sees.
    fn memory(&self) -> usize {
        size_of_val(self) + self.len() * size_of::<S::Elem>()
    }

    fn preview(&self) -> String {
        listed(self.iter(), self.len())
    }
}
