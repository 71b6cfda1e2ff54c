//! Training: so far, the choice of the device that it runs on.

mod cuda;
mod device;

pub use device::{DeviceRequest, DeviceSelection};
