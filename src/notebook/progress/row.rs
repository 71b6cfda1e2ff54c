//! One bar in words and in HTML.

use std::fmt::Write;
use std::time::Duration;

use crate::notebook::escape;

/// Letters of the bar in its plain-text form.
const LETTERS: usize = 20;

/// What a bar knows of its work.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) title: String,
    pub(super) unit: String,
    pub(super) note: String,
    pub(super) total: Option<u64>,
    pub(super) count: u64,
    pub(super) delay: Duration,
    /// When the work began, by the clock of the nest.
    pub(super) began: Duration,
}

/// How work ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    /// By itself.
    Done,
    /// Before its time, by an interrupt or a panic.
    Stopped,
}

impl Row {
    pub(super) fn new(title: String, total: Option<u64>, delay: Duration, began: Duration) -> Self {
        Self { title, unit: String::new(), note: String::new(), total, count: 0, delay, began }
    }

    /// Whether the work has gone on for long enough to be worth showing.
    pub(super) fn is_visible(&self, now: Duration) -> bool {
        now.saturating_sub(self.began) >= self.delay
    }

    /// The bar while the work goes on, on one line.
    pub(super) fn text(&self, now: Duration) -> String {
        let Some(share) = self.share() else {
            return format!("{}: {}", self.title, self.state(now).join(", "));
        };
        let full = (share * LETTERS as f64) as usize;
        format!(
            "{}: {:3.0} % |{}{}| {}",
            self.title,
            (share * 100.0).floor(),
            "█".repeat(full),
            "·".repeat(LETTERS - full),
            self.state(now).join(", ")
        )
    }

    /// The bar while the work goes on. Its greys are see-through and its text has no colour of its own, so that it
    /// fits light pages and dark ones.
    pub(super) fn html(&self, level: usize, now: Duration) -> String {
        let share = self.share();
        let percent = share.map(|share| (share * 100.0).floor());
        let mut bar = String::new();
        if let (Some(share), Some(percent)) = (share, percent) {
            let _infallible = write!(
                bar,
                "<span role=\"progressbar\" aria-valuemin=\"0\" aria-valuemax=\"100\" \
                 aria-valuenow=\"{percent}\" style=\"display:inline-block;width:12em;height:6px;\
                 border-radius:3px;background:rgba(128,128,128,.3);overflow:hidden\">\
                 <span style=\"display:block;height:100%;width:{:.1}%;background:#3d7de0\"></span>\
                 </span><span style=\"min-width:2.8em;text-align:right\">{percent} %</span>",
                share * 100.0
            );
        }
        format!(
            "<div style=\"display:flex;flex-wrap:wrap;align-items:center;gap:0 .7em;\
             padding-left:{:.1}em\"><span>{}</span>{bar}<span style=\"opacity:.75\">{}</span></div>",
            1.5 * level as f64,
            escape(&self.title),
            escape(&self.state(now).join(" · "))
        )
    }

    /// What stays when the work has ended.
    pub(super) fn last_line(&self, ending: Ending, now: Duration) -> String {
        let took = duration(now.saturating_sub(self.began));
        let counted = self.counted();
        let mut words = match ending {
            Ending::Done => vec![counted, took],
            Ending::Stopped => vec![format!("stopped at {counted} after {took}")],
        };
        words.extend(self.rate(now).map(|rate| self.rate_words(rate)));
        if !self.note.is_empty() {
            words.push(self.note.clone());
        }
        format!("{}: {}", self.title, words.join(", "))
    }

    /// Count, rate, time and note.
    fn state(&self, now: Duration) -> Vec<String> {
        let mut words = vec![self.counted()];
        let rate = self.rate(now);
        words.extend(rate.map(|rate| self.rate_words(rate)));
        let left = self.total.map(|total| total.saturating_sub(self.count));
        words.push(match (left, rate) {
            (Some(left), Some(rate)) => {
                // More than a century is no estimate.
                let seconds = (left as f64 / rate).min(4e9);
                format!("{} left", duration(Duration::from_secs_f64(seconds)))
            }
            _ => duration(now.saturating_sub(self.began)),
        });
        if !self.note.is_empty() {
            words.push(self.note.clone());
        }
        words
    }

    /// From 0 to 1, where there is a total.
    fn share(&self) -> Option<f64> {
        self.total.map(|total| match total {
            0 => 1.0,
            total => (self.count as f64 / total as f64).min(1.0),
        })
    }

    /// Steps a second, where any was made.
    fn rate(&self, now: Duration) -> Option<f64> {
        let seconds = now.saturating_sub(self.began).as_secs_f64();
        (self.count > 0 && seconds > 0.0).then(|| self.count as f64 / seconds)
    }

    fn counted(&self) -> String {
        let count = match self.total {
            Some(total) => format!("{}/{total}", self.count),
            None => self.count.to_string(),
        };
        if self.unit.is_empty() { count } else { format!("{count} {}", self.unit) }
    }

    /// In the unit of time that leaves a number one can read.
    fn rate_words(&self, rate: f64) -> String {
        let (rate, time) = match rate {
            rate if rate >= 0.1 => (rate, "s"),
            rate if rate * 60.0 >= 0.1 => (rate * 60.0, "min"),
            rate => (rate * 3600.0, "h"),
        };
        let decimals = match rate {
            rate if rate >= 100.0 => 0,
            rate if rate >= 1.0 => 1,
            _ => 2,
        };
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        format!("{rate:.decimals$}{unit}/{time}")
    }
}

/// "4.0 s", "3 min 05 s", "2 h 07 min".
fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 59.95 {
        return format!("{seconds:.1} s");
    }
    let whole = seconds.round() as u64;
    match whole {
        0..3600 => format!("{} min {:02} s", whole / 60, whole % 60),
        _ => format!("{} h {:02} min", whole / 3600, whole / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn training(count: u64) -> Row {
        let mut row = Row::new("Training".into(), Some(50), Duration::ZERO, Duration::ZERO);
        row.unit = "epochs".into();
        row.note = "loss 0.123".into();
        row.count = count;
        row
    }

    #[test]
    fn the_last_line_is_tidy() {
        let line = training(50).last_line(Ending::Done, Duration::from_millis(12_300));
        assert_eq!(line, "Training: 50/50 epochs, 12.3 s, 4.1 epochs/s, loss 0.123");
        let line = training(17).last_line(Ending::Stopped, Duration::from_secs(4));
        assert_eq!(line, "Training: stopped at 17/50 epochs after 4.0 s, 4.2 epochs/s, loss 0.123");
        let open = Row::new("Waiting".into(), None, Duration::ZERO, Duration::ZERO);
        assert_eq!(open.last_line(Ending::Done, Duration::from_secs(1)), "Waiting: 0, 1.0 s");
    }

    #[test]
    fn the_bar_says_what_is_left() {
        let text = training(25).text(Duration::from_secs(10));
        assert_eq!(
            text,
            "Training:  50 % |██████████··········| 25/50 epochs, 2.5 epochs/s, 10.0 s left, loss 0.123"
        );
    }

    #[test]
    fn hostile_words_stay_words() {
        let mut row = training(1);
        (row.title, row.note) = ("<script>".into(), "<img src=x>".into());
        let html = row.html(0, Duration::from_secs(1));
        assert!(!html.contains("<script") && !html.contains("<img"), "{html}");
    }

    #[test]
    fn every_number_has_words() {
        let mut row = training(0);
        assert!(row.text(Duration::ZERO).contains("0/50"));
        row.count = u64::MAX;
        assert!(row.text(Duration::from_nanos(1)).contains("100 %"));
        (row.total, row.count) = (Some(u64::MAX), 1);
        assert!(row.text(Duration::from_secs(1 << 40)).contains("left"));
        row.total = Some(0);
        assert!(row.html(3, Duration::MAX).contains("100 %"));
    }

    #[test]
    fn slow_work_has_a_rate_one_can_read() {
        let row = training(3);
        assert!(row.text(Duration::from_secs(60)).contains("3.0 epochs/min"));
        assert!(row.text(Duration::from_secs(7200)).contains("1.5 epochs/h"));
        assert_eq!(duration(Duration::from_secs(185)), "3 min 05 s");
        assert_eq!(duration(Duration::from_millis(59_990)), "1 min 00 s");
        assert_eq!(duration(Duration::from_secs(7620)), "2 h 07 min");
    }
}
