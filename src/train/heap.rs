//! What becomes of the memory that a step of a training gives back.

#[cfg(all(target_os = "linux", target_env = "gnu"))]
use std::sync::Once;

/// Bytes from which an allocation is a mapping of its own, given back at once. glibc takes at most 32 MiB in some versions.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const OWN_MAPPING: [libc::c_int; 2] = [128 << 20, 32 << 20];
/// Free bytes at the heap's end from which they are given back.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
const SPARE: libc::c_int = 512 << 20;

/// Lets this process keep up to 512 MiB that tensors no longer need. Each step of a training allocates and frees the same few hundred
/// megabytes; as glibc comes, much of that goes back to the kernel, which hands it out again page by page, filled with zeros.
pub(crate) fn keep_freed_memory() {
    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    {
        static ONCE: Once = Once::new();
        ONCE.call_once(|| {
            // SAFETY: `mallopt` takes two numbers and the allocator's own lock; one that it does not know changes nothing.
            let set = |option, bytes| unsafe { libc::mallopt(option, bytes) } == 1;
            let _larger_where_allowed =
                OWN_MAPPING.iter().any(|bytes| set(libc::M_MMAP_THRESHOLD, *bytes));
            set(libc::M_TRIM_THRESHOLD, SPARE);
        });
    }
}

#[cfg(all(test, target_os = "linux", target_env = "gnu"))]
#[allow(clippy::unwrap_used)]
mod tests {
    use tch::{Device, Kind, Tensor};

    /// How many pages the kernel has handed to this thread.
    fn pages() -> i64 {
        let stat = std::fs::read_to_string("/proc/thread-self/stat").unwrap();
        let after_name = &stat[stat.rfind(')').unwrap() + 2..];
        after_name.split(' ').nth(7).unwrap().parse().unwrap()
    }

    #[test]
    fn a_tensor_of_the_same_size_takes_the_memory_of_the_last_one() {
        super::keep_freed_memory();
        let tensor = || Tensor::zeros([5 << 20], (Kind::Float, Device::Cpu));
        drop(tensor());
        let before = pages();
        (0..10).for_each(|_| drop(tensor()));
        // Ten times 20 MiB are 51,200 pages.
        let handed = pages() - before;
        assert!(handed < 10_000, "{handed}");
    }
}
