//! The Jupyter kernel: evcxr_jupyter, started so that it finds libtorch and a finished build.

mod build;
pub mod engine;
pub mod environment;
pub mod home;
mod outline;
pub mod relay;
pub mod spec;
pub mod stand_in;
pub mod start;
