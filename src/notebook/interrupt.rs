//! Whether the reader has asked the running cell to stop.
//!
//! A loop of your own that looks now and then can end by itself, with its variables kept and its partial result
//! in hand:
//!
//! ```
//! use latentlab::prelude::*;
//!
//! let mut steps = 0_u32;
//! while steps < 1000 && !interrupt::requested() {
//!     steps += 1; // some work
//! }
//! println!("{steps} steps done");
//! ```
//!
//! A cell that never looks is ended by the kernel, and its variables are lost. [`progress`](super::progress()) looks by
//! itself, and so do the long computations of this library, which then return what they have and say so.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use crate::{Error, Result};

/// Names the file that exists while the reader wants the cell to stop.
const INTERRUPT_VARIABLE: &str = "LATENTLAB_INTERRUPT";
/// The file is looked at no more often than this, so that asking costs little in a tight loop.
const PATIENCE: Duration = Duration::from_millis(20);

/// Whether the cell was asked to stop. Cheap enough for every turn of a loop: the answer is looked up at most every
/// 20 ms in each thread. Always false outside a kernel of this project.
///
/// Whoever asks and hears yes should end soon: the kernel is told that the cell will end by itself.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let losses: Vec<f64> =
///     (1..=100).take_while(|_| !interrupt::requested()).map(|epoch| 1.0 / f64::from(epoch)).collect();
/// assert_eq!(losses.len(), 100);
/// ```
pub fn requested() -> bool {
    #[cfg(test)]
    if let Some(answer) = tests::count_down() {
        return answer;
    }
    // While the thread itself ends there is nothing left to ask, and nobody to stop.
    WATCH.try_with(|watch| watch.borrow_mut().requested()).unwrap_or(false)
}

/// An error where the cell was asked to stop, for functions that end by `?`.
///
/// # Errors
/// [`Error::Interrupted`] where the cell was asked to stop.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// fn train(epochs: usize) -> Result<usize> {
///     for _ in 0..epochs {
///         interrupt::check()?;
///     }
///     Ok(epochs)
/// }
/// assert_eq!(train(10)?, 10);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn check() -> Result<()> {
    if requested() { Err(Error::Interrupted) } else { Ok(()) }
}

thread_local! {
    // One for each thread and each cell: a stale answer is at most 20 ms old.
    static WATCH: RefCell<Watch> = const { RefCell::new(Watch { looked: None, seen: false }) };
}

/// The last look at the file.
struct Watch {
    looked: Option<Instant>,
    seen: bool,
}

impl Watch {
    fn requested(&mut self) -> bool {
        let now = Instant::now();
        if self.looked.is_none_or(|looked| now.duration_since(looked) >= PATIENCE) {
            self.looked = Some(now);
            self.seen = request_file().is_some_and(|file| look(&file, self.seen));
        }
        self.seen
    }
}

/// Whether the file exists; the first to see it tells the kernel.
fn look(file: &Path, heard: bool) -> bool {
    let exists = file.exists();
    if exists && !heard {
        let mut name = file.as_os_str().to_owned();
        name.push(".heard");
        // Where it cannot be written the kernel ends the cell by force, and nothing here can help that.
        let _refused = std::fs::write(PathBuf::from(name), "");
    }
    exists
}

fn request_file() -> Option<PathBuf> {
    #[cfg(test)]
    if let Some(file) = tests::FILE.with_borrow(Clone::clone) {
        return Some(file);
    }
    std::env::var_os(INTERRUPT_VARIABLE).filter(|name| !name.is_empty()).map(PathBuf::from)
}

#[cfg(test)]
pub(crate) use tests::{with_request, with_request_after};

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        /// Stands for the environment, which tests cannot change safely.
        pub(super) static FILE: RefCell<Option<PathBuf>> = const { RefCell::new(None) };
        /// Questions of this thread that are still answered by no, where a test counts them.
        static QUESTIONS: Cell<Option<usize>> = const { Cell::new(None) };
    }

    pub(super) fn count_down() -> Option<bool> {
        let left = QUESTIONS.get()?;
        QUESTIONS.set(Some(left.saturating_sub(1)));
        Some(left == 0)
    }

    /// Runs a test as if the reader had asked to stop after this thread has looked so many times.
    pub(crate) fn with_request_after<T>(questions: usize, test: impl FnOnce() -> T) -> T {
        QUESTIONS.set(Some(questions));
        let answer = test();
        QUESTIONS.set(None);
        answer
    }

    /// Runs a test as if the reader had asked to stop from the start.
    pub(crate) fn with_request<T>(test: impl FnOnce(&Path) -> T) -> T {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("interrupt");
        std::fs::write(&file, "").unwrap();
        watch(Some(file.clone()));
        let answer = test(&file);
        watch(None);
        answer
    }

    fn watch(file: Option<PathBuf>) {
        FILE.set(file);
        forget();
    }

    /// The next question looks at the file again.
    fn forget() {
        WATCH.with_borrow_mut(|watch| watch.looked = None);
    }

    #[test]
    fn without_a_request_work_goes_on() {
        assert!(!requested());
        assert!(check().is_ok());
    }

    #[test]
    fn a_request_is_heard_until_it_is_gone() {
        with_request(|file| {
            assert!(requested() && requested());
            assert!(file.with_extension("heard").exists());
            assert!(check().unwrap_err().to_string().contains("interrupted"));
            std::fs::remove_file(file).unwrap();
            forget();
            assert!(!requested());
        });
        assert!(!requested());
    }

    #[test]
    fn the_kernel_is_told_once() {
        with_request(|file| {
            assert!(requested());
            std::fs::remove_file(file.with_extension("heard")).unwrap();
            forget();
            assert!(requested());
            assert!(!file.with_extension("heard").exists());
        });
    }

    #[test]
    fn a_request_between_two_looks_waits_for_the_next() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("interrupt");
        watch(Some(file.clone()));
        assert!(!requested());
        std::fs::write(&file, "").unwrap();
        // A look far in the future stands for one that was just made.
        WATCH
            .with_borrow_mut(|watch| watch.looked = Some(Instant::now() + Duration::from_secs(60)));
        assert!(!requested());
        forget();
        assert!(requested());
        watch(None);
    }
}
