//! How far a long loop has come.
//!
//! ```
//! use latentlab::prelude::*;
//!
//! for epoch in progress("Training", 0..50).unit("epochs") {
//!     // Each turn takes a while; the bar shows itself, and an interrupt ends the loop.
//! }
//!
//! let mut training = Progress::new("Training", 50).unit("epochs");
//! for epoch in 1..=50 {
//!     if interrupt::requested() {
//!         break;
//!     }
//!     let loss = 1.0 / f64::from(epoch);
//!     training.note(format!("loss {loss:.3}")).advance(1);
//! }
//! training.finish();
//! ```
//!
//! A bar shows itself once the work has taken 0.2 s ([`Progress::delay`]) and changes at most ten times a second.
//! Shorter work leaves nothing on the page. When the work ends, one line stays:
//! `Training: 50/50 epochs, 12.3 s, 4.1 epochs/s, loss 0.123`, or, after an interrupt,
//! `Training: stopped at 17/50 epochs after 4.0 s, …`.
//!
//! A bar made while another one lives is nested: it is shown indented below, and is gone when it ends. Bars of
//! different threads know nothing of each other.
//!
//! Under a kernel without live outputs, and outside any, there are plain lines: one every five seconds and the last.

mod board;
mod iterator;
mod pace;
mod row;

use std::cell::RefCell;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use self::board::{Board, Emission};
pub use self::iterator::{ProgressIterator, progress};
use self::pace::Pace;
use self::row::{Ending, Row};
use super::channel::Channel;
use super::display::DisplayHandle;
use super::interrupt;

/// How long work goes on before its bar appears, unless said otherwise.
const DELAY: Duration = Duration::from_millis(200);

thread_local! {
    // The board of the outermost bar that lives, so that a new bar finds its place below.
    static NEST: RefCell<Weak<Shared>> = const { RefCell::new(Weak::new()) };
}

/// What the bars of one nest share.
#[derive(Debug)]
struct Shared {
    started: Instant,
    channel: Channel,
    output: DisplayHandle,
    board: Mutex<Board>,
}

impl Shared {
    /// A board that another thread left in the middle of a change is still good enough to draw.
    fn board(&self) -> MutexGuard<'_, Board> {
        self.board.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn emit(&self, emission: Option<Emission>) {
        use super::channel::Message;
        match emission {
            Some(Emission::First(output)) => {
                self.channel.send(Message::Display { output: &output, id: Some(self.output.id()) });
            }
            Some(Emission::Next(output)) => {
                self.channel.send(Message::Update { output: &output, id: self.output.id() });
            }
            Some(Emission::Line(line)) => {
                use std::io::Write;
                // Where standard output is closed nobody waits for a line.
                let _closed = writeln!(std::io::stdout().lock(), "{line}");
            }
            None => {}
        }
    }
}

/// A bar that shows how far a loop has come. It ends by [`finish`](Self::finish), or where it is dropped.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let mut reading = Progress::new("Reading", 3).unit("files");
/// for name in ["a.csv", "b.csv", "c.csv"] {
///     reading.note(name).advance(1);
/// }
/// assert_eq!(reading.count(), 3);
/// reading.finish();
/// ```
#[derive(Debug)]
pub struct Progress {
    row: Row,
    pace: Pace,
    place: usize,
    shared: Arc<Shared>,
    finished: bool,
}

impl Progress {
    /// A bar for `total` steps.
    ///
    /// # Example
    /// ```
    /// let mut bar = latentlab::notebook::Progress::new("Training", 50);
    /// bar.advance(1);
    /// ```
    pub fn new(title: impl Into<String>, total: u64) -> Self {
        Self::start(title.into(), Some(total))
    }

    /// A bar for work whose length nobody knows: it shows the count, the rate and the time.
    ///
    /// # Example
    /// ```
    /// let mut bar = latentlab::notebook::Progress::unbounded("Sampling").unit("samples");
    /// bar.advance(1000);
    /// ```
    pub fn unbounded(title: impl Into<String>) -> Self {
        Self::start(title.into(), None)
    }

    fn start(title: String, total: Option<u64>) -> Self {
        let shared = nest().unwrap_or_else(|| {
            let channel = Channel::current();
            let board = Mutex::new(Board::new(channel.is_live()));
            let output = DisplayHandle::reserved();
            Arc::new(Shared { started: Instant::now(), channel, output, board })
        });
        // A thread that ends has no bars to nest this one in.
        let _ending = NEST.try_with(|nest| nest.replace(Arc::downgrade(&shared)));
        let row = Row::new(title, total, DELAY, shared.started.elapsed());
        let place = shared.board().open(row.clone());
        Self { row, pace: Pace::default(), place, shared, finished: false }
    }

    /// Sets what is counted, in the plural: "epochs". Default: nothing, and bare numbers are shown.
    ///
    /// # Example
    /// ```
    /// let bar = latentlab::notebook::Progress::new("Training", 50).unit("epochs");
    /// ```
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.row.unit = unit.into();
        self
    }

    /// Sets how long the work goes on before the bar appears; work that ends sooner leaves nothing. Default 0.2 s.
    ///
    /// # Example
    /// ```
    /// use std::time::Duration;
    ///
    /// let bar = latentlab::notebook::Progress::new("Reading", 500).delay(Duration::from_secs(1));
    /// ```
    pub fn delay(mut self, delay: Duration) -> Self {
        self.row.delay = delay;
        self
    }

    /// Counts `steps` more. Costs a few nanoseconds where nothing is to be shown.
    ///
    /// # Example
    /// ```
    /// let mut bar = latentlab::notebook::Progress::new("Training", 50);
    /// bar.advance(2);
    /// assert_eq!(bar.count(), 2);
    /// ```
    #[inline]
    pub fn advance(&mut self, steps: u64) {
        self.row.count = self.row.count.saturating_add(steps);
        self.tick();
    }

    /// Sets the count, for work that does not go by single steps.
    ///
    /// # Example
    /// ```
    /// let mut bar = latentlab::notebook::Progress::new("Reading", 1 << 20).unit("bytes");
    /// bar.set(4096);
    /// assert_eq!(bar.count(), 4096);
    /// ```
    #[inline]
    pub fn set(&mut self, count: u64) {
        self.row.count = count;
        self.tick();
    }

    /// Sets a few words beside the count, such as the current loss. They are shown with the next step.
    ///
    /// # Example
    /// ```
    /// let mut bar = latentlab::notebook::Progress::new("Training", 50);
    /// bar.note("loss 0.123").advance(1);
    /// ```
    pub fn note(&mut self, note: impl Into<String>) -> &mut Self {
        self.row.note = note.into();
        self
    }

    /// The steps counted so far.
    ///
    /// # Example
    /// ```
    /// assert_eq!(latentlab::notebook::Progress::unbounded("Waiting").count(), 0);
    /// ```
    pub fn count(&self) -> u64 {
        self.row.count
    }

    /// Where bars of threads that help with this one's work belong: see [`Nest::enter`].
    pub(crate) fn nest(&self) -> Nest {
        Nest(Arc::downgrade(&self.shared))
    }

    /// Ends the bar: of the outermost one a line stays, of a nested one nothing. Dropping a bar does the same.
    ///
    /// # Example
    /// ```
    /// let mut bar = latentlab::notebook::Progress::new("Training", 1);
    /// bar.advance(1);
    /// bar.finish();
    /// ```
    pub fn finish(self) {}

    /// Looks at the clock once in a while. True where it did.
    #[inline]
    fn tick(&mut self) -> bool {
        let due = self.pace.due();
        if due {
            self.look();
        }
        due
    }

    #[cold]
    fn look(&mut self) {
        let now = self.shared.started.elapsed();
        self.pace.looked(now);
        let emission = self.shared.board().tick(self.place, &self.row, now);
        self.shared.emit(emission);
    }

    fn end(&mut self) {
        if std::mem::replace(&mut self.finished, true) {
            return;
        }
        let complete = self.row.total.is_some_and(|total| self.row.count >= total);
        let stopped = !complete && (std::thread::panicking() || interrupt::requested());
        let ending = if stopped { Ending::Stopped } else { Ending::Done };
        let now = self.shared.started.elapsed();
        let emission = self.shared.board().close(self.place, &self.row, ending, now);
        self.shared.emit(emission);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.end();
    }
}

/// A bar and those below it, for another thread.
#[derive(Clone, Debug)]
pub(crate) struct Nest(Weak<Shared>);

impl Nest {
    /// New bars of the calling thread are nested here, instead of standing on the page for themselves.
    pub(crate) fn enter(&self) {
        // A thread that ends has no bars to nest.
        let _ending = NEST.try_with(|nest| nest.replace(self.0.clone()));
    }
}

/// The nest that this thread's newest bar belongs to, while its outermost bar lives.
fn nest() -> Option<Arc<Shared>> {
    let shared = NEST.try_with(|nest| nest.borrow().upgrade()).ok().flatten()?;
    let open = shared.board().is_open();
    open.then_some(shared)
}

#[cfg(test)]
mod tests;
