//! libtorch's threads and libtorch's numbers, for loops of our own.
//!
//! What takes libtorch several kernels, each of which reads and writes whole tensors, is often one pass here. It has to run on libtorch's own
//! threads: those of an OpenMP team look for their next work without a pause for some milliseconds, and threads of another pool would share the
//! cores with them.

use std::any::Any;
use std::ffi::{c_uint, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, OnceLock, PoisonError};

use tch::{Device, Kind, Tensor};

/// Numbers that one thread works on at a time: few enough for the cache of its core, many enough that sharing them out costs nothing.
pub(crate) const CHUNK: usize = 16_384;

/// `GOMP_parallel`, by which compiled OpenMP programs begin a parallel region (GNU's libgomp and LLVM's libomp have it): the function, what it
/// gets, the number of threads, flags.
type Parallel = unsafe extern "C" fn(extern "C" fn(*mut c_void), *mut c_void, c_uint, c_uint);

/// Numbers of tensors.
pub(crate) trait Number: Copy + PartialOrd + Send + Sync {
    /// What libtorch calls them.
    const KIND: Kind;

    /// The nearest to a number.
    fn nearest(value: f64) -> Self;
}

impl Number for f32 {
    const KIND: Kind = Kind::Float;

    fn nearest(value: f64) -> Self {
        value as f32
    }
}

impl Number for f64 {
    const KIND: Kind = Kind::Double;

    fn nearest(value: f64) -> Self {
        value
    }
}

/// The numbers of a tensor in the order of memory, where they are of this kind, on the CPU, and fill a stretch of memory. Tensors that
/// share this memory must not be read or written while the numbers are borrowed.
pub(crate) fn numbers<T: Number>(tensor: &mut Tensor) -> Option<&mut [T]> {
    if tensor.device() != Device::Cpu || tensor.kind() != T::KIND || !fills_memory(tensor) {
        return None;
    }
    if tensor.numel() == 0 {
        return Some(&mut []);
    }
    // SAFETY: the tensor holds this many numbers of this type from this address on, one after the other (checked above), and lives as long as
    // the borrow; where nothing has been written yet, any bits are a number. Others that share the memory are excluded by what is asked of
    // callers, all of which are in this library.
    Some(unsafe { std::slice::from_raw_parts_mut(tensor.data_ptr().cast::<T>(), tensor.numel()) })
}

/// Whether a tensor's numbers lie next to each other, in whatever order of its dimensions.
fn fills_memory(tensor: &Tensor) -> bool {
    let mut dimensions: Vec<(i64, i64)> =
        tensor.stride().into_iter().zip(tensor.size()).filter(|(_, size)| *size != 1).collect();
    dimensions.sort_unstable();
    let mut next = 1;
    for (stride, size) in dimensions {
        if stride != next && tensor.numel() > 0 {
            return false;
        }
        next *= size;
    }
    true
}

/// Does some work for each item, on as many of libtorch's threads as it uses itself, in no certain order.
pub(crate) fn for_each<T: Send>(items: Vec<T>, work: impl Fn(T) + Sync) {
    let threads = usize::try_from(tch::get_num_threads()).unwrap_or(1).min(items.len());
    let Some(parallel) = parallel().filter(|_| threads > 1) else {
        return items.into_iter().for_each(work);
    };
    let items: Vec<Mutex<Option<T>>> =
        items.into_iter().map(|item| Mutex::new(Some(item))).collect();
    let (next, panic) = (AtomicUsize::new(0), Mutex::new(None));
    let share = || {
        while let Some(place) = items.get(next.fetch_add(1, Ordering::Relaxed)) {
            let item = place.lock().unwrap_or_else(PoisonError::into_inner).take();
            item.into_iter().for_each(&work);
        }
    };
    let caught = || {
        if let Err(cause) = catch_unwind(AssertUnwindSafe(share)) {
            *panic.lock().unwrap_or_else(PoisonError::into_inner) = Some(cause);
        }
    };
    run(parallel, &caught, threads);
    let panic: Option<Box<dyn Any + Send>> =
        panic.into_inner().unwrap_or_else(PoisonError::into_inner);
    if let Some(cause) = panic {
        resume_unwind(cause);
    }
}

/// Calls a function once on each of several threads, and waits for all.
fn run<F: Fn() + Sync>(parallel: Parallel, work: &F, threads: usize) {
    extern "C" fn call<F: Fn() + Sync>(work: *mut c_void) {
        // SAFETY: the address is that of an `F`, which is borrowed until all threads are done.
        unsafe { (*work.cast_const().cast::<F>())() }
    }
    let address = std::ptr::from_ref(work).cast_mut().cast::<c_void>();
    // SAFETY: `GOMP_parallel` calls the function with the address on each thread and returns when all have ended; the function only reads there,
    // may be called by several threads at once (`Sync`), and lets no panic out (`for_each` catches them).
    unsafe { parallel(call::<F>, address, threads as c_uint, 0) }
}

/// How libtorch's OpenMP begins a parallel region; none where libtorch was built with something else.
#[cfg(all(target_os = "linux", target_env = "gnu"))]
fn parallel() -> Option<Parallel> {
    use libloading::os::unix::{Library, RTLD_NOW};

    static PARALLEL: OnceLock<Option<Parallel>> = OnceLock::new();
    *PARALLEL.get_or_init(|| {
        // libtorch names the library that it came with; those built for CUDA have a name with a checksum.
        let maps = std::fs::read_to_string("/proc/self/maps").ok()?;
        let path = super::cuda::mapped_file(&maps, |name| name.starts_with("libgomp"))?;
        // SAFETY: the library runs in this process already; the flag gives what is loaded and loads nothing.
        let library = unsafe { Library::open(Some(path), RTLD_NOW | libc::RTLD_NOLOAD) }.ok()?;
        // SAFETY: this is the function's type in GCC's ABI, unchanged since version 4.9.
        let parallel =
            unsafe { library.get::<Parallel>(b"GOMP_parallel\0") }.ok().map(|symbol| *symbol);
        // Its threads never end.
        std::mem::forget(library);
        parallel
    })
}

#[cfg(not(all(target_os = "linux", target_env = "gnu")))]
fn parallel() -> Option<Parallel> {
    None
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_item_is_worked_on_once() {
        for count in [0, 1, 2, 500] {
            let done: Vec<AtomicUsize> = (0..count).map(|_| AtomicUsize::new(0)).collect();
            for_each((0..count).collect(), |item| {
                done[item].fetch_add(1, Ordering::Relaxed);
            });
            assert!(done.iter().all(|times| times.load(Ordering::Relaxed) == 1));
        }
    }

    #[cfg(all(target_os = "linux", target_env = "gnu"))]
    #[test]
    fn the_team_has_as_many_threads_as_it_is_asked_for() {
        let parallel = parallel().unwrap();
        for count in [1, 2, 5] {
            let threads = Mutex::new(Vec::new());
            run(parallel, &|| threads.lock().unwrap().push(std::thread::current().id()), count);
            let threads = threads.into_inner().unwrap();
            assert_eq!(threads.len(), count);
            let threads: std::collections::HashSet<_> = threads.into_iter().collect();
            assert!(threads.contains(&std::thread::current().id()) && threads.len() == count);
        }
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_team_works_on() {
        let work = |item: usize| assert!(item != 30, "item thirty");
        let caught = catch_unwind(|| for_each((0..100).collect(), work)).unwrap_err();
        assert_eq!(caught.downcast_ref::<&str>(), Some(&"item thirty"));
        let sum = AtomicUsize::new(0);
        for_each((0..100).collect(), |item| {
            sum.fetch_add(item, Ordering::Relaxed);
        });
        assert_eq!(sum.into_inner(), 4950);
    }

    #[test]
    fn numbers_are_those_of_memory_where_they_fill_it() {
        let float = (Kind::Float, Device::Cpu);
        let rows = Tensor::arange(24, float).view([2, 3, 4]);
        let before: Vec<f32> = (0..24_u8).map(f32::from).collect();
        for mut tensor in [rows.shallow_clone(), rows.permute([2, 0, 1]), rows.view([2, 1, 12, 1])]
        {
            assert_eq!(numbers::<f32>(&mut tensor).unwrap(), before);
        }
        numbers::<f32>(&mut rows.narrow(0, 1, 1)).unwrap()[0] = -1.0;
        assert_eq!(rows.double_value(&[1, 0, 0]), -1.0);
        for mut tensor in
            [rows.narrow(2, 0, 3), rows.narrow(1, 1, 2), rows.expand([5, 2, 3, 4], false)]
        {
            assert!(numbers::<f32>(&mut tensor).is_none(), "{:?}", tensor.stride());
        }
        assert!(numbers::<f64>(&mut rows.shallow_clone()).is_none());
        assert!(numbers::<f64>(&mut Tensor::zeros([3], (Kind::Double, Device::Cpu))).is_some());
        assert_eq!(numbers::<f32>(&mut rows.narrow(2, 0, 0)), Some(&mut [] as &mut [f32]));
        assert_eq!(numbers::<f32>(&mut Tensor::from(2.5_f32)).unwrap(), [2.5]);
    }
}
