//! The Jupyter kernel: evcxr_jupyter, started so that it finds libtorch and a finished build.

mod build;
pub mod engine;
pub mod environment;
mod frame;
pub mod home;
mod interrupt;
mod outline;
pub mod proxy;
mod relay;
mod scanner;
pub mod spec;
pub mod stand_in;
pub mod start;
