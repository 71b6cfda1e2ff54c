//! Faces that the library draws, since photographs of people may not be handed on: a head from some seventy parameters,
//! painted part by part on a grid of samples, lit, and seen by a camera.
//!
//! Sums, products, quotients and square roots are the same on every machine; sines and powers come from `libm`. Nothing
//! else is used, so that equal parameters give equal pictures to the last bit.

mod background;
mod beard;
mod camera;
mod canvas;
mod color;
mod eyes;
mod glasses;
mod grain;
mod hair;
mod hat;
mod head;
mod light;
mod lines;
mod mouth;
mod nose;
mod parameters;
mod people;
pub(super) mod population;
mod portrait;
mod scores;

pub use parameters::FaceParameters;
