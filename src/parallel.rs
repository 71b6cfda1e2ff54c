//! Independent jobs on all cores, with results in the order of the jobs.

use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::notebook::{Progress, interrupt};
use crate::{Error, Result};

/// How many threads share the work.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Workers {
    /// None for as many as the machine has cores.
    pub(crate) threads: Option<usize>,
}

impl Workers {
    /// No thread at all does no work.
    pub(crate) fn check(self) -> Result<()> {
        if self.threads == Some(0) {
            return Err(Error::invalid("threads = 0", "at least one thread is needed"));
        }
        Ok(())
    }

    /// The results of the jobs 0, 1, …, `count` − 1 in this order, whatever thread did them. After an interrupt no new
    /// job begins, and those left have no result. The bar counts the jobs.
    pub(crate) fn run<T: Send>(
        self,
        count: usize,
        progress: &mut Progress,
        job: impl Fn(usize) -> T + Sync,
    ) -> Vec<Option<T>> {
        let crew = Crew { count, next: 0.into(), done: 0.into(), stopped: false.into() };
        let cores = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
        let threads = self.threads.unwrap_or_else(cores).min(count);
        let (begun, nest) = (progress.count(), progress.nest());
        let finished = std::thread::scope(|scope| {
            let (crew, job, nest) = (&crew, &job, &nest);
            let helper = move || {
                nest.enter();
                crew.work(job, |_| {})
            };
            let helpers: Vec<_> = (1..threads).map(|_| scope.spawn(helper)).collect();
            let mut finished = crew.work(job, |done| progress.set(begun + done as u64));
            for helper in helpers {
                match helper.join() {
                    Ok(results) => finished.extend(results),
                    Err(panic) => std::panic::resume_unwind(panic),
                }
            }
            finished
        });
        progress.set(begun + finished.len() as u64);
        let mut results: Vec<Option<T>> = (0..count).map(|_| None).collect();
        for (index, result) in finished {
            results[index] = Some(result);
        }
        results
    }
}

/// What the threads know of each other.
struct Crew {
    count: usize,
    next: AtomicUsize,
    done: AtomicUsize,
    stopped: AtomicBool,
}

impl Crew {
    /// Takes job after job until none is left or the reader wants the cell to stop.
    fn work<T>(&self, job: impl Fn(usize) -> T, mut tell: impl FnMut(usize)) -> Vec<(usize, T)> {
        let mut finished = Vec::new();
        while !self.stopped.load(Ordering::Relaxed) {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            if index >= self.count {
                break;
            }
            finished.push((index, job(index)));
            tell(self.done.fetch_add(1, Ordering::Relaxed) + 1);
            if interrupt::requested() {
                self.stopped.store(true, Ordering::Relaxed);
            }
        }
        finished
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_jobs() {
        for threads in [None, Some(1), Some(2), Some(7)] {
            let mut progress = Progress::new("Squares", 100);
            let squares = Workers { threads }.run(100, &mut progress, |index| index * index);
            assert!(
                squares.iter().enumerate().all(|(index, square)| *square == Some(index * index))
            );
            assert_eq!(progress.count(), 100);
        }
        assert!(Workers { threads: Some(0) }.check().is_err());
        assert!(Workers::default().run(0, &mut Progress::new("None", 0), |_| ()).is_empty());
    }

    #[test]
    fn an_interrupt_leaves_what_is_done() {
        let alone = Workers { threads: Some(1) };
        let results =
            interrupt::with_request(|_| alone.run(9, &mut Progress::new("Jobs", 9), |index| index));
        assert_eq!(results.iter().flatten().count(), 1);
        assert_eq!(results[0], Some(0));
    }

    #[test]
    fn a_panic_in_a_helper_reaches_the_caller() {
        let panics = |index: usize| assert!(index != 3, "job three");
        let caught = std::panic::catch_unwind(|| {
            Workers { threads: Some(4) }.run(8, &mut Progress::new("Jobs", 8), panics);
        });
        assert!(caught.is_err());
    }
}
