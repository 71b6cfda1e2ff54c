//! Precision matrices, exact or in `f64`: margins by Schur complements, Markov statements, simulation.

mod elimination;
pub(super) mod markov;
#[cfg(test)]
pub(super) mod matrices;
pub(super) mod named_matrix;
pub(super) mod precision_matrix;
pub(super) mod rational;
mod sampling;
pub(super) mod scalar;
pub(super) mod schur;
mod scope;
mod simulation;
pub(super) mod simulation_check;
pub(super) mod symbol;
pub(super) mod verdict;
