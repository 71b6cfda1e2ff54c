//! The Jupyter kernel: evcxr_jupyter, started so that it finds libtorch and a finished build.

mod answers;
mod build;
pub mod compiler;
pub mod engine;
pub mod environment;
mod frame;
pub mod home;
mod interrupt;
pub mod outline;
pub mod proxy;
pub mod relay;
pub mod replay;
mod scanner;
pub mod spec;
pub mod stand_in;
pub mod start;
