//! libtorch's CUDA half, loaded when there is a driver for it.
//!
//! `torch-sys` asks the linker for libtorch_cuda, but rustc links with `--as-needed`, which drops a
//! library whose symbols nobody names. CUDA registers itself when its library is loaded, so loading it
//! by hand before the first question about devices is all it takes.

use std::path::{Path, PathBuf};

/// Whether the NVIDIA kernel driver is loaded.
pub(crate) fn driver_is_loaded() -> bool {
    Path::new("/proc/driver/nvidia/version").exists()
}

/// Loads libtorch_cuda if that has not happened, and counts the devices that work.
pub(crate) fn count_devices() -> Result<usize, String> {
    if !tch::utils::has_cudart() {
        load()?;
    }
    let count = tch::Cuda::device_count();
    match usize::try_from(count) {
        Ok(count) if count > 0 && tch::Cuda::is_available() => Ok(count),
        _ => Err("CUDA starts but finds no device; CUDA_VISIBLE_DEVICES may hide them, and `cargo lab doctor` looks further".into()),
    }
}

#[cfg(target_os = "linux")]
fn load() -> Result<(), String> {
    use libloading::os::unix::{Library, RTLD_GLOBAL, RTLD_NOW};

    let path = beside_libtorch("libtorch_cuda.so")?;
    // SAFETY: the library is the other half of the libtorch this process already runs, from the same
    // folder; its initialisers only register CUDA with it.
    let library = unsafe { Library::open(Some(&path), RTLD_NOW | RTLD_GLOBAL) }
        .map_err(|error| format!("{} cannot be loaded: {error}", path.display()))?;
    // What it registered must outlive every tensor.
    std::mem::forget(library);
    Ok(())
}

#[cfg(not(target_os = "linux"))]
fn load() -> Result<(), String> {
    Err("CUDA is supported on Linux only".into())
}

/// A library in the folder that libtorch itself was loaded from.
#[cfg(target_os = "linux")]
fn beside_libtorch(name: &str) -> Result<PathBuf, String> {
    let maps = std::fs::read_to_string("/proc/self/maps").map_err(|error| error.to_string())?;
    let loaded = mapped_file(&maps, |name| name == "libtorch_cpu.so")
        .ok_or("libtorch is not loaded in this process")?;
    let path = loaded.with_file_name(name);
    if path.is_file() {
        Ok(path)
    } else {
        Err(format!("this libtorch was built without CUDA: there is no {}", path.display()))
    }
}

/// The path under which a library is mapped whose file's name is wanted; everything from the sixth column on is the path.
#[cfg(any(target_os = "linux", test))]
pub(super) fn mapped_file(maps: &str, wanted: impl Fn(&str) -> bool) -> Option<PathBuf> {
    maps.lines().find_map(|line| {
        let path = Path::new(&line[line.find('/')?..]);
        wanted(path.file_name()?.to_str()?).then(|| path.to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn libtorch_is_found_among_the_mappings() {
        let maps = "7f00-7f01 r-xp 00000000 08:01 12  /usr/lib/libc.so.6\n\
                    7f02-7f03 r--p 00000000 08:01 13  /opt/my torch/lib/libtorch_cpu.so\n\
                    7f04-7f05 rw-p 00000000 00:00 0   [heap]\n";
        let found = mapped_file(maps, |name| name == "libtorch_cpu.so");
        assert_eq!(found.as_deref(), Some(Path::new("/opt/my torch/lib/libtorch_cpu.so")));
        assert_eq!(mapped_file(maps, |name| name == "libtorch_cuda.so"), None);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_runs_libtorch_from_a_folder_that_exists() {
        assert_eq!(tch::Tensor::from(2.0).double_value(&[]), 2.0);
        let maps = std::fs::read_to_string("/proc/self/maps").unwrap_or_default();
        assert!(
            mapped_file(&maps, |name| name == "libtorch_cpu.so").is_some_and(|path| path.is_file())
        );
    }
}
