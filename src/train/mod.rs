//! Training: the device it runs on, optimisers, schedules.
//!
//! | | |
//! |---|---|
//! | [`DeviceSelection`] | the device, and why this one |
//! | [`Optimizer`], [`Adam`], [`AdamW`], [`RmsProp`], [`Sgd`] | how weights move |
//! | [`Clip`], [`Schedule`] | limits on gradients, the learning rate over the epochs |

mod cuda;
mod device;
mod optimizer;
mod schedule;

pub use device::{DeviceRequest, DeviceSelection};
pub use optimizer::{Adam, AdamW, Clip, Optimizer, RmsProp, Rule, Sgd};
pub use schedule::Schedule;
