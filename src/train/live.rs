//! Learning curves that grow while training goes on.

use std::time::{Duration, Instant};

use super::history::History;
use crate::notebook::{self, DisplayHandle};

/// Time between two changes of the figure: drawing it costs some 20 ms.
const PACE: Duration = Duration::from_millis(500);

/// A figure on a page that can change; nothing elsewhere.
#[derive(Debug)]
pub(super) struct Live {
    wanted: bool,
    handle: Option<DisplayHandle>,
    drawn: Instant,
    drawn_epochs: usize,
}

impl Live {
    pub(super) fn new(wanted: bool) -> Self {
        let wanted = wanted && notebook::is_live();
        Self { wanted, handle: None, drawn: Instant::now(), drawn_epochs: 0 }
    }

    /// Called after each epoch; draws when it is time.
    pub(super) fn epoch(&mut self, history: &History) {
        if self.wanted && history.epochs().len() > 1 && self.drawn.elapsed() >= PACE {
            self.draw(history);
        }
    }

    /// Draws the end, where the page has a figure and it is not the last one.
    pub(super) fn end(&mut self, history: &History) {
        if self.wanted && history.epochs().len() > 1 && self.drawn_epochs != history.epochs().len()
        {
            self.draw(history);
        }
    }

    fn draw(&mut self, history: &History) {
        let curves = history.curves();
        match &self.handle {
            Some(handle) => handle.update(&curves),
            None => self.handle = Some(DisplayHandle::new(&curves)),
        }
        self.drawn = Instant::now();
        self.drawn_epochs = history.epochs().len();
    }
}
