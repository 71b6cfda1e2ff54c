//! Graphs that change with time: one precision matrix for each window of the observations.

pub(super) mod figures;
pub(super) mod fused;
pub(super) mod sequence;
pub(super) mod span;
pub(super) mod time_varying;
pub(super) mod total_variation;
