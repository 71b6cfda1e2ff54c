//! Where tensors live and models run, and why there.

use std::str::FromStr;

use tch::Device;

use crate::notebook::variables::{Inspect, device_name};
use crate::notebook::{Rich, Show};
use crate::{Error, Result};

use super::cuda;

/// Overrides [`DeviceRequest::Auto`] without a change to the notebook.
const VARIABLE: &str = "LATENTLAB_DEVICE";

/// What the notebook asks for.
///
/// # Example
/// ```
/// use latentlab::train::DeviceRequest;
///
/// assert_eq!("cuda:1".parse::<DeviceRequest>()?, DeviceRequest::Cuda(1));
/// assert_eq!(DeviceRequest::default(), DeviceRequest::Auto);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DeviceRequest {
    /// A GPU where one works, else the CPU.
    #[default]
    Auto,
    /// The CPU.
    Cpu,
    /// The NVIDIA GPU with this number, counted from 0.
    Cuda(usize),
}

impl FromStr for DeviceRequest {
    type Err = Error;

    /// Reads `auto`, `cpu`, `cuda` or `cuda:1`.
    fn from_str(text: &str) -> Result<Self> {
        let text = text.trim().to_ascii_lowercase();
        let request = match text.as_str() {
            "auto" | "" => Some(Self::Auto),
            "cpu" => Some(Self::Cpu),
            "cuda" => Some(Self::Cuda(0)),
            other => {
                other.strip_prefix("cuda:").and_then(|number| number.parse().ok()).map(Self::Cuda)
            }
        };
        request.ok_or_else(|| {
            Error::invalid(format!("device `{text}`"), "choose auto, cpu, cuda or cuda:1")
        })
    }
}

/// The device that was chosen, with the reason in words.
///
/// # Example
/// ```
/// use latentlab::train::{DeviceRequest, DeviceSelection};
///
/// let selection = DeviceSelection::new(DeviceRequest::Cpu)?;
/// assert_eq!(selection.device(), tch::Device::Cpu);
/// assert!(selection.reason().contains("asked for"));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct DeviceSelection {
    device: Device,
    reason: String,
}

impl DeviceSelection {
    /// The best device that works: a GPU, else the CPU. The environment variable `LATENTLAB_DEVICE`
    /// (`cpu`, `cuda`, `cuda:1`) overrides the choice.
    ///
    /// # Errors
    /// When `LATENTLAB_DEVICE` names no device, or one that does not work here.
    ///
    /// # Example
    /// ```
    /// let selection = latentlab::train::DeviceSelection::auto()?;
    /// let zeros = tch::Tensor::zeros([2, 3], (tch::Kind::Float, selection.device()));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn auto() -> Result<Self> {
        Self::new(DeviceRequest::Auto)
    }

    /// The device asked for.
    ///
    /// # Errors
    /// When a GPU is asked for by number and does not work; the message says why.
    pub fn new(request: DeviceRequest) -> Result<Self> {
        let (request, from_variable) = match std::env::var(VARIABLE) {
            Ok(text) if request == DeviceRequest::Auto => (text.parse()?, true),
            _ => (request, false),
        };
        let asker = if from_variable { VARIABLE } else { "the notebook" };
        decide(request, asker, cuda::driver_is_loaded(), cuda::count_devices)
    }

    /// The device, for tensors and models.
    pub fn device(&self) -> Device {
        self.device
    }

    /// Why this device.
    pub fn reason(&self) -> &str {
        &self.reason
    }
}

/// CUDA is touched only where there is a driver, so that a machine without a GPU pays nothing.
fn decide(
    request: DeviceRequest,
    asker: &str,
    driver: bool,
    count_devices: impl FnOnce() -> Result<usize, String>,
) -> Result<DeviceSelection> {
    let cpu = |why: String| {
        let reason = format!("{} threads; {why}", tch::get_num_threads());
        Ok(DeviceSelection { device: Device::Cpu, reason })
    };
    let devices = || match driver {
        true => count_devices(),
        false => Err("no NVIDIA driver is loaded".into()),
    };
    match request {
        DeviceRequest::Cpu => cpu(format!("{asker} asked for it")),
        DeviceRequest::Auto => match devices() {
            Ok(count) => Ok(DeviceSelection {
                device: Device::Cuda(0),
                reason: format!("first of {count} NVIDIA GPU{}", if count == 1 { "" } else { "s" }),
            }),
            Err(why) => cpu(why),
        },
        DeviceRequest::Cuda(number) => match devices() {
            Ok(count) if number < count => Ok(DeviceSelection {
                device: Device::Cuda(number),
                reason: format!("{asker} asked for it"),
            }),
            Ok(count) => Err(Error::invalid(
                format!("device cuda:{number}"),
                format!("there are {count} GPUs, counted from 0; choose a smaller number"),
            )),
            Err(why) => Err(Error::invalid(
                format!("device cuda:{number}"),
                format!("{why}; ask for auto or cpu, or see `cargo lab doctor`"),
            )),
        },
    }
}

impl std::fmt::Display for DeviceSelection {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match self.device {
            Device::Cpu => "CPU".to_owned(),
            Device::Cuda(number) => format!("CUDA {number}"),
            other => format!("{other:?}"),
        };
        write!(formatter, "{name}: {}", self.reason)
    }
}

impl Show for DeviceSelection {
    fn rich(&self) -> Rich {
        Rich::text(self.to_string())
    }
}

impl Inspect for DeviceSelection {
    fn device(&self) -> Option<String> {
        Some(device_name(self.device))
    }

    fn preview(&self) -> String {
        self.reason.clone()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn chosen(request: DeviceRequest, driver: bool, count: Result<usize, String>) -> String {
        match decide(request, "the notebook", driver, || count) {
            Ok(selection) => selection.to_string(),
            Err(error) => error.to_string(),
        }
    }

    #[test]
    fn without_a_driver_cuda_is_not_even_asked() {
        let selection =
            decide(DeviceRequest::Auto, "x", false, || panic!("CUDA was touched")).unwrap();
        assert_eq!(selection.device(), Device::Cpu);
        assert!(selection.reason().contains("no NVIDIA driver"));
    }

    #[test]
    fn a_working_gpu_is_taken() {
        assert_eq!(chosen(DeviceRequest::Auto, true, Ok(1)), "CUDA 0: first of 1 NVIDIA GPU");
        assert_eq!(
            chosen(DeviceRequest::Cuda(1), true, Ok(2)),
            "CUDA 1: the notebook asked for it"
        );
    }

    #[test]
    fn a_broken_gpu_is_an_error_only_when_asked_for() {
        let broken = || Err("libtorch_cuda.so cannot be loaded".to_owned());
        assert!(chosen(DeviceRequest::Auto, true, broken()).starts_with("CPU: "));
        assert!(chosen(DeviceRequest::Cuda(0), true, broken()).contains("cannot be loaded"));
        assert!(chosen(DeviceRequest::Cuda(3), true, Ok(2)).contains("there are 2 GPUs"));
    }

    #[test]
    fn requests_are_read_as_people_write_them() {
        assert_eq!(" CPU ".parse::<DeviceRequest>().unwrap(), DeviceRequest::Cpu);
        assert_eq!("cuda".parse::<DeviceRequest>().unwrap(), DeviceRequest::Cuda(0));
        assert!("tpu".parse::<DeviceRequest>().unwrap_err().to_string().contains("choose auto"));
        assert!("cuda:x".parse::<DeviceRequest>().is_err());
    }
}
