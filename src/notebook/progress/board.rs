//! The bars of one nest, and what of them is sent when.

use std::time::Duration;

use super::row::{Ending, Row};
use crate::notebook::{Rich, escape};

/// Time between two states of a live bar.
const LIVE: Duration = Duration::from_millis(100);
/// Time between two plain lines.
const PLAIN: Duration = Duration::from_secs(5);

/// What goes out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Emission {
    /// The first state of a live bar.
    First(Rich),
    /// A later state of it.
    Next(Rich),
    /// A plain line.
    Line(String),
}

/// An outermost bar and those below it, in the order in which they were made.
#[derive(Debug)]
pub(super) struct Board {
    live: bool,
    rows: Vec<(usize, Row)>,
    made: usize,
    outermost: Option<usize>,
    shown: bool,
    sent: Duration,
}

impl Board {
    pub(super) fn new(live: bool) -> Self {
        let rows = Vec::new();
        Self { live, rows, made: 0, outermost: None, shown: false, sent: Duration::ZERO }
    }

    /// Whether the outermost bar still lives, or is yet to come.
    pub(super) fn is_open(&self) -> bool {
        self.outermost.is_some()
    }

    /// Takes a bar in; returns its place.
    pub(super) fn open(&mut self, row: Row) -> usize {
        let place = self.made;
        self.made += 1;
        if place == 0 {
            self.outermost = Some(place);
        }
        self.rows.push((place, row));
        place
    }

    /// Notes a bar's state, and says whether it is time to show it.
    pub(super) fn tick(&mut self, place: usize, row: &Row, now: Duration) -> Option<Emission> {
        let own = self.rows.iter_mut().find(|(known, _)| *known == place)?;
        own.1.clone_from(row);
        let (_, outer) = self.rows.first().filter(|_| self.is_open())?;
        let interval = if self.live { LIVE } else { PLAIN };
        // A plain line cannot be taken back, so the first one waits as long as every other.
        let due = if self.shown || !self.live {
            now.saturating_sub(self.sent) >= interval
        } else {
            outer.is_visible(now)
        };
        (due && outer.is_visible(now)).then(|| self.state(now))
    }

    /// Ends a bar. The outermost one leaves a line where it was shown or took long enough to be.
    pub(super) fn close(
        &mut self,
        place: usize,
        row: &Row,
        ending: Ending,
        now: Duration,
    ) -> Option<Emission> {
        self.rows.retain(|(known, _)| *known != place);
        if self.outermost != Some(place) {
            return None;
        }
        // Bars below that outlive this one have nothing left to be shown in.
        self.outermost = None;
        self.rows.clear();
        if !self.shown && !row.is_visible(now) {
            return None;
        }
        let line = row.last_line(ending, now);
        if !self.live {
            return Some(Emission::Line(line));
        }
        let html = format!("<div style=\"{STYLE}\">{}</div>", escape(&line));
        Some(self.emission(Rich::text(line).html(html)))
    }

    /// Every bar that lives, the inner ones indented.
    fn state(&mut self, now: Duration) -> Emission {
        self.sent = now;
        let visible =
            |place: usize, row: &Row| Some(place) == self.outermost || row.is_visible(now);
        let rows: Vec<&Row> = self
            .rows
            .iter()
            .filter(|(place, row)| visible(*place, row))
            .map(|(_, row)| row)
            .collect();
        let text = rows.iter().map(|row| row.text(now)).collect::<Vec<_>>().join(" › ");
        if !self.live {
            self.shown = true;
            return Emission::Line(text);
        }
        let bars: String =
            rows.iter().enumerate().map(|(level, row)| row.html(level, now)).collect();
        let html = format!("<div style=\"{STYLE}\">{bars}</div>");
        self.emission(Rich::text(text).html(html))
    }

    fn emission(&mut self, output: Rich) -> Emission {
        if std::mem::replace(&mut self.shown, true) {
            Emission::Next(output)
        } else {
            Emission::First(output)
        }
    }
}

/// Digits of one width, so that a running bar stands still.
const STYLE: &str = "font-variant-numeric:tabular-nums;line-height:1.6";
