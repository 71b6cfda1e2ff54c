//! Whether the notebooks will compute on a GPU, and if there is one that they cannot use, why.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use crate::process;
use crate::setup::libtorch::Libtorch;
use crate::setup::python::PythonEnvironment;

use super::Check;

/// The oldest driver series that runs the CUDA 13 libraries in the torch wheel.
const OLDEST_DRIVER: u32 = 580;
const NAME: &str = "device";

/// What the system says about NVIDIA hardware.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Signs {
    /// A display or compute controller of NVIDIA's on the PCI bus.
    hardware: bool,
    /// The kernel driver's version.
    driver: Option<String>,
    /// Device files a process can open.
    device_files: bool,
    /// CUDA_VISIBLE_DEVICES hides every GPU.
    hidden: bool,
}

pub fn check(libtorch: Option<&Libtorch>, python: Option<&PythonEnvironment>) -> Check {
    let signs = Signs::read();
    if let Some(check) = verdict(&signs, libtorch.is_some_and(Libtorch::has_cuda)) {
        return check;
    }
    match python.map(ask_torch) {
        Some(Ok(description)) => Check::good(NAME, description),
        Some(Err(why)) => Check::bad(
            NAME,
            format!(
                "there is a GPU with driver {}, and CUDA does not start: {why}",
                signs.driver.unwrap_or_default()
            ),
            "run `nvidia-smi`; if that fails too, reinstall the driver, and in a container start it with GPU access",
        ),
        None => Check::good(NAME, "an NVIDIA GPU; not tried, since Python is not set up yet"),
    }
}

/// Decides from the signs alone; nothing where CUDA itself has to be asked.
fn verdict(signs: &Signs, libtorch_has_cuda: bool) -> Option<Check> {
    let Some(driver) = &signs.driver else {
        return Some(if signs.hardware {
            Check::bad(
                NAME,
                "CPU: there is an NVIDIA GPU, but no NVIDIA driver is loaded",
                format!("install the NVIDIA driver, version {OLDEST_DRIVER} or newer"),
            )
        } else {
            Check::good(NAME, format!("CPU, {} threads: no NVIDIA GPU", threads()))
        });
    };
    if signs.hidden {
        return Some(Check::good(NAME, "CPU: CUDA_VISIBLE_DEVICES hides the GPU"));
    }
    let series: Option<u32> = driver.split('.').next().and_then(|text| text.parse().ok());
    if series.is_some_and(|series| series < OLDEST_DRIVER) {
        return Some(Check::bad(
            NAME,
            format!("CPU: the NVIDIA driver {driver} is too old for CUDA 13"),
            format!("update the driver to version {OLDEST_DRIVER} or newer"),
        ));
    }
    if !signs.device_files {
        return Some(Check::bad(
            NAME,
            format!("CPU: driver {driver} is loaded, but /dev/nvidiactl cannot be opened"),
            "in a container, start it with GPU access (`--gpus all`); else check the file's permissions",
        ));
    }
    if !libtorch_has_cuda {
        return Some(Check::bad(
            NAME,
            format!("CPU: driver {driver} is ready, but this libtorch was built without CUDA"),
            "unset LIBTORCH, or use a torch with CUDA from PyPI",
        ));
    }
    None
}

impl Signs {
    fn read() -> Self {
        let hidden = std::env::var("CUDA_VISIBLE_DEVICES")
            .is_ok_and(|value| value.trim().is_empty() || value.trim() == "-1");
        Self {
            hardware: on_the_bus(Path::new("/sys/bus/pci/devices")),
            driver: driver_version(Path::new("/proc/driver/nvidia/version")),
            device_files: std::fs::File::open("/dev/nvidiactl").is_ok(),
            hidden,
        }
    }
}

/// Looks for vendor 0x10de with a class of display (0x03) or processing accelerator (0x12).
fn on_the_bus(devices: &Path) -> bool {
    let entries = crate::files::sorted_entries(devices).unwrap_or_default();
    entries.iter().any(|device| {
        let value = |name: &str| std::fs::read_to_string(device.join(name)).unwrap_or_default();
        let class = value("class");
        value("vendor").trim() == "0x10de"
            && (class.starts_with("0x03") || class.starts_with("0x12"))
    })
}

/// "NVRM version: NVIDIA UNIX … Kernel Module  580.65.06  …" holds the version as its first number
/// with a point in it.
fn driver_version(file: &Path) -> Option<String> {
    let text = std::fs::read_to_string(file).ok()?;
    let words = text.lines().next()?.split_whitespace();
    words
        .filter(|word| word.contains('.'))
        .find(|word| word.chars().all(|sign| sign.is_ascii_digit() || sign == '.'))
        .map(str::to_owned)
}

/// Starting CUDA is the only proof that it works.
fn ask_torch(python: &PythonEnvironment) -> Result<String, String> {
    const QUESTION: &str = "import torch\ntorch.zeros(1, device='cuda')\nproperties = torch.cuda.get_device_properties(0)\nprint(f'CUDA {torch.version.cuda}: {properties.name}, {properties.total_memory / 1e9:.0f} GB')";
    let finished = process::run(
        Command::new(&python.interpreter).args(["-I", "-c", QUESTION]),
        Duration::from_secs(120),
    )
    .map_err(|trouble| trouble.to_string())?;
    if finished.status.success() {
        Ok(finished.stdout.trim().to_owned())
    } else {
        Err(finished.last_words())
    }
}

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn ready() -> Signs {
        Signs {
            hardware: true,
            driver: Some("580.65.06".into()),
            device_files: true,
            hidden: false,
        }
    }

    fn detail(signs: &Signs, cuda: bool) -> (bool, String) {
        let check = verdict(signs, cuda).unwrap();
        (check.ok, check.detail)
    }

    #[test]
    fn a_machine_without_a_gpu_is_fine() {
        let (ok, detail) = detail(&Signs::default(), true);
        assert!(ok && detail.contains("no NVIDIA GPU"));
    }

    #[test]
    fn every_reason_for_an_unusable_gpu_has_its_sentence() {
        let cases = [
            (Signs { driver: None, ..ready() }, true, "no NVIDIA driver"),
            (Signs { driver: Some("535.1".into()), ..ready() }, true, "too old"),
            (Signs { device_files: false, ..ready() }, true, "/dev/nvidiactl"),
            (ready(), false, "without CUDA"),
        ];
        for (signs, cuda, expected) in cases {
            let (ok, detail) = detail(&signs, cuda);
            assert!(!ok && detail.contains(expected), "{detail}");
        }
        assert_eq!(verdict(&ready(), true).map(|check| check.detail), None);
    }

    #[test]
    fn the_driver_states_its_version() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("version");
        std::fs::write(&file, "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.65.06  Release Build\nGCC version: gcc version 12.2.0\n").unwrap();
        assert_eq!(driver_version(&file).as_deref(), Some("580.65.06"));
        assert_eq!(driver_version(&folder.path().join("none")), None);
    }

    #[test]
    fn only_gpus_count_on_the_bus() {
        let folder = tempfile::tempdir().unwrap();
        let device = folder.path().join("0000:01:00.0");
        std::fs::create_dir(&device).unwrap();
        std::fs::write(device.join("vendor"), "0x10de\n").unwrap();
        std::fs::write(device.join("class"), "0x040300\n").unwrap();
        assert!(!on_the_bus(folder.path()));
        std::fs::write(device.join("class"), "0x030200\n").unwrap();
        assert!(on_the_bus(folder.path()));
    }
}
