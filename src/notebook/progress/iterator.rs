//! An iterator that shows how far it has come.

use std::time::Duration;

use super::Progress;
use crate::notebook::interrupt;

/// Shows how far a loop has come, and ends it when the cell is interrupted. The total is what the iterator knows of
/// its length.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let mut sum = 0;
/// for number in progress("Adding", 1..=100) {
///     sum += number;
/// }
/// assert_eq!(sum, 5050);
/// ```
pub fn progress<I: IntoIterator>(
    title: impl Into<String>,
    items: I,
) -> ProgressIterator<I::IntoIter> {
    let items = items.into_iter();
    let bar = match items.size_hint() {
        (least, Some(most)) if least == most => Progress::new(title, most as u64),
        // A filter's upper bound is no promise, but an iterator without one may never end.
        _ => Progress::unbounded(title),
    };
    ProgressIterator { items, bar: Some(bar), started: false, interrupted: false }
}

/// The iterator that [`progress`] returns.
///
/// # Example
/// ```
/// use latentlab::notebook::{ProgressIterator, progress};
///
/// let mut epochs: ProgressIterator<std::ops::Range<u32>> = progress("Training", 0..50).unit("epochs");
/// assert_eq!(epochs.by_ref().count(), 50);
/// assert!(!epochs.interrupted());
/// ```
#[derive(Debug)]
pub struct ProgressIterator<I> {
    items: I,
    /// None once the items have ended.
    bar: Option<Progress>,
    started: bool,
    interrupted: bool,
}

impl<I> ProgressIterator<I> {
    /// Sets what is counted, in the plural: "epochs".
    ///
    /// # Example
    /// ```
    /// let epochs = latentlab::notebook::progress("Training", 0..50).unit("epochs");
    /// ```
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.bar = self.bar.map(|bar| bar.unit(unit));
        self
    }

    /// Sets how long the work goes on before the bar appears. Default 0.2 s.
    ///
    /// # Example
    /// ```
    /// use std::time::Duration;
    ///
    /// let files = latentlab::notebook::progress("Reading", ["a", "b"]).delay(Duration::from_secs(1));
    /// ```
    pub fn delay(mut self, delay: Duration) -> Self {
        self.bar = self.bar.map(|bar| bar.delay(delay));
        self
    }

    /// Sets a few words beside the count, where the loop is written as `while let Some(item) = items.next()`.
    ///
    /// # Example
    /// ```
    /// let mut epochs = latentlab::notebook::progress("Training", 0..50);
    /// while let Some(epoch) = epochs.next() {
    ///     epochs.note(format!("loss {:.3}", 1.0 / (epoch + 1) as f64));
    /// }
    /// ```
    pub fn note(&mut self, note: impl Into<String>) {
        if let Some(bar) = &mut self.bar {
            bar.note(note);
        }
    }

    /// Whether an interrupt ended the iterator before its items did.
    ///
    /// # Example
    /// ```
    /// let mut epochs = latentlab::notebook::progress("Training", 0..50);
    /// let losses: Vec<f64> = epochs.by_ref().map(|epoch| 1.0 / (epoch + 1) as f64).collect();
    /// assert!(!epochs.interrupted() && losses.len() == 50);
    /// ```
    pub fn interrupted(&self) -> bool {
        self.interrupted
    }
}

impl<I: Iterator> Iterator for ProgressIterator<I> {
    type Item = I::Item;

    fn next(&mut self) -> Option<I::Item> {
        let bar = self.bar.as_mut()?;
        // Being asked for the next item means that the one before is done.
        bar.row.count += u64::from(self.started);
        self.started = true;
        let interrupted = bar.tick() && interrupt::requested();
        let item = if interrupted { None } else { self.items.next() };
        if item.is_none() {
            self.interrupted = interrupted && self.items.size_hint() != (0, Some(0));
            self.bar = None;
        }
        item
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        match &self.bar {
            // An interrupt may end it any time.
            Some(_) => (0, self.items.size_hint().1),
            None => (0, Some(0)),
        }
    }
}

impl<I: Iterator> std::iter::FusedIterator for ProgressIterator<I> {}
