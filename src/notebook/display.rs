//! Outputs in the middle of a cell, outputs that change, and outputs that go away.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use super::channel::{self, Message};
use super::{Rich, Show};

/// Puts a value on the page now, wherever in the cell.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// display(&df!["epoch" => [1, 2], "loss" => [0.9, 0.4]]?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn display(value: &impl Show) {
    value.show();
}

/// Puts a value on the page and returns the handle that replaces it: [`DisplayHandle::new`].
///
/// # Example
/// ```
/// use latentlab::notebook::{display_with_id, markdown};
///
/// let state = display_with_id(&markdown("waiting…"));
/// state.update(&markdown("**done**"));
/// ```
pub fn display_with_id(value: &impl Show) -> DisplayHandle {
    DisplayHandle::new(value)
}

/// An output on the page that can be replaced, also from a later cell.
///
/// Under a kernel without live outputs the first value stays, and updates are left out.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let chart = DisplayHandle::new(&Rich::text("epoch 0"));
/// for epoch in 1..=3 {
///     chart.update(&Rich::text(format!("epoch {epoch}")));
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct DisplayHandle {
    id: String,
}

impl DisplayHandle {
    /// Puts a value on the page, under an id of its own.
    ///
    /// # Example
    /// ```
    /// use latentlab::notebook::{DisplayHandle, Rich};
    ///
    /// let one = DisplayHandle::new(&Rich::text("1"));
    /// let other = DisplayHandle::new(&Rich::text("2"));
    /// assert_ne!(one.id(), other.id());
    /// ```
    pub fn new(value: &impl Show) -> Self {
        let handle = Self { id: unique_id() };
        handle.first(&value.rich());
        handle
    }

    /// Replaces the output wherever it stands on the page.
    ///
    /// # Example
    /// ```
    /// # use latentlab::notebook::{DisplayHandle, Rich};
    /// let handle = DisplayHandle::new(&Rich::text("0 %"));
    /// handle.update(&Rich::text("100 %"));
    /// ```
    pub fn update(&self, value: &impl Show) {
        channel::send(Message::Update { output: &value.rich(), id: &self.id });
    }

    /// The id under which front ends know the output.
    ///
    /// # Example
    /// ```
    /// # use latentlab::notebook::{DisplayHandle, Rich};
    /// assert!(DisplayHandle::new(&Rich::text("0 %")).id().starts_with("latentlab-"));
    /// ```
    pub fn id(&self) -> &str {
        &self.id
    }

    /// A handle whose first output is yet to come.
    pub(super) fn reserved() -> Self {
        Self { id: unique_id() }
    }

    pub(super) fn first(&self, output: &Rich) {
        channel::send(Message::Display { output, id: Some(&self.id) });
    }
}

/// Removes the outputs of the running cell: at once, or, with `wait`, when the next output comes, so that the page
/// does not flicker. Left out under a kernel without live outputs.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// for step in 0..3 {
///     clear_output(true);
///     println!("step {step}");
/// }
/// ```
pub fn clear_output(wait: bool) {
    channel::send(Message::Clear { wait });
}

/// Unique without random numbers. The process alone would not do, since ids are used again, nor the counter,
/// since every cell may bring its own copy of it; the time tells these apart.
fn unique_id() -> String {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let time = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
    format!("latentlab-{:x}-{time:x}-{count:x}", std::process::id())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_never_repeat() {
        let threads: Vec<_> = (0..4)
            .map(|_| std::thread::spawn(|| (0..500).map(|_| unique_id()).collect::<Vec<_>>()))
            .collect();
        let mut ids: Vec<String> =
            threads.into_iter().flat_map(|thread| thread.join().unwrap_or_default()).collect();
        assert_eq!(ids.len(), 2000);
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 2000);
    }

    #[test]
    fn handles_can_be_kept_and_sent() {
        fn storable<T: Send + Sync + 'static>(_: &T) {}
        storable(&DisplayHandle::reserved());
    }
}
