//! Axes: from numbers to places in a panel, with grid, ticks and labels.

use super::calendar;
use super::canvas::{Align, Area, Canvas, Point, TextStyle};
use super::style::{
    AXIS, FAINT_TEXT, GAP, GRID, LABEL_SIZE, LINE_HEIGHT, MARGIN, TEXT, TICK_SIZE, TITLE_SIZE,
};
use super::tick::{Ticks, linear, logarithmic};

/// How an axis spaces its numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Scale {
    Linear,
    Logarithmic,
    /// Numbers are days of the common era.
    Dates,
}

/// The stretch of numbers along an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Range {
    pub(crate) low: f64,
    pub(crate) high: f64,
    pub(crate) scale: Scale,
}

impl Range {
    /// The range of some finite numbers (positive ones for a logarithmic scale), widened by a share of itself at
    /// both ends; `None` without any number. A single number gets room around it.
    pub(crate) fn of(
        numbers: impl Iterator<Item = f64>,
        scale: Scale,
        widening: f64,
    ) -> Option<Self> {
        let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
        for number in numbers {
            low = low.min(number);
            high = high.max(number);
        }
        if low > high {
            return None;
        }
        if scale == Scale::Logarithmic {
            let (mut from, mut to) = (low.log10(), high.log10());
            let margin = if to - from < 1e-9 { 0.3 } else { (to - from) * widening };
            (from, to) = (from - margin, to + margin);
            return Some(Self { low: 10_f64.powf(from), high: 10_f64.powf(to), scale });
        }
        let size = low.abs().max(high.abs());
        let margin = match scale {
            Scale::Dates if high - low < 1.0 => 1.0,
            _ if high - low <= size * 1e-12 => {
                if size > 0.0 {
                    size * 0.1
                } else {
                    1.0
                }
            }
            _ => (high - low) * widening,
        };
        Some(Self { low: low - margin, high: high + margin, scale })
    }

    /// False where the span itself is beyond what numbers can hold.
    pub(crate) fn is_drawable(&self) -> bool {
        self.low.abs() <= 1e300 && self.high.abs() <= 1e300
    }

    /// Position along the axis, from 0 at its low end to 1 at its high end.
    pub(crate) fn share(&self, number: f64) -> f64 {
        if self.scale == Scale::Logarithmic {
            (number / self.low).ln() / (self.high / self.low).ln()
        } else {
            (number - self.low) / (self.high - self.low)
        }
    }

    fn ticks(&self, length: f64, room: f64) -> Ticks {
        let most = (length / room).floor().max(2.0) as usize;
        match self.scale {
            // A short axis may have room for a few labels more than the rule says.
            Scale::Linear => (most..=most + 3)
                .map(|most| linear(self.low, self.high, most))
                .find(|ticks| ticks.ticks.len() > 2 && most as f64 * 0.5 * room <= length)
                .unwrap_or_else(|| linear(self.low, self.high, most)),
            Scale::Logarithmic => logarithmic(self.low, self.high, most),
            Scale::Dates => calendar::dates(self.low, self.high, length),
        }
    }
}

/// The words around a panel, and the room its neighbours need.
pub(crate) struct Frame<'a> {
    pub(crate) size: [f64; 2],
    pub(crate) title: &'a str,
    pub(crate) x_label: &'a str,
    pub(crate) y_label: &'a str,
    /// Width kept free on the right and height kept free at the bottom, for a legend.
    pub(crate) kept: [f64; 2],
    /// Names at 0, 1, 2, … of the horizontal axis, in place of its numbers.
    pub(crate) categories: Option<&'a [String]>,
}

/// A panel with its two axes.
pub(crate) struct Panel {
    pub(crate) area: Area,
    pub(crate) x: Range,
    pub(crate) y: Range,
}

impl Panel {
    pub(crate) fn place(&self, x: f64, y: f64) -> Point {
        [
            self.area.left + self.x.share(x) * self.area.width(),
            self.area.bottom - self.y.share(y) * self.area.height(),
        ]
    }

    /// The same, at the border for what lies far beyond: zero on a logarithmic axis, say.
    pub(crate) fn place_within(&self, x: f64, y: f64) -> Point {
        let Area { left, top, right, bottom } = self.area;
        let [x, y] = self.place(x, y);
        let [wide, high] = [self.area.width(), self.area.height()];
        let x = if x.is_nan() { left } else { x.clamp(left - wide, right + wide) };
        let y = if y.is_nan() { bottom } else { y.clamp(top - high, bottom + high) };
        [x, y]
    }
}

/// Draws a title centred over a figure's width and says where the rest may begin.
pub(crate) fn draw_title(canvas: &mut Canvas, title: &str, from: f64, to: f64) -> f64 {
    if title.trim().is_empty() {
        return MARGIN;
    }
    let lines = canvas.fonts.wrap(title, TITLE_SIZE, true, to - from);
    let style = TextStyle::new(TITLE_SIZE, TEXT).bold();
    canvas.paragraph((from + to) / 2.0, MARGIN, &lines, style) + GAP
}

/// Draws the frame of a panel: title, grid, ticks and labels.
pub(crate) fn draw_panel(canvas: &mut Canvas, frame: &Frame, x: Range, y: Range) -> Panel {
    const TICK_ROOM: [f64; 2] = [64.0, 38.0];
    let [width, height] = frame.size;
    // The power of ten depends on the range alone, so any length of axis tells it.
    let power = match frame.categories {
        Some(_) => String::new(),
        None => x.ticks(width, TICK_ROOM[0]).multiplier,
    };
    let x_label = match (frame.x_label, power) {
        (label, power) if power.is_empty() => label.to_owned(),
        ("", power) => power,
        (label, power) => format!("{label} ({power})"),
    };
    let top = draw_title(canvas, frame.title, MARGIN, width - MARGIN);
    let line = TICK_SIZE * LINE_HEIGHT;
    let names = frame.categories.map(|names| Names::new(canvas, names, width - frame.kept[0]));
    let tick_height = match (&names, x.scale) {
        (Some(names), _) => names.height(),
        (None, Scale::Dates) => 2.0 * line,
        (None, _) => line,
    };
    let x_label_height = if x_label.is_empty() { 0.0 } else { LABEL_SIZE * LINE_HEIGHT + 4.0 };
    let bottom = height - MARGIN - frame.kept[1] - x_label_height - tick_height - GAP;

    let y_ticks = y.ticks(bottom - top, TICK_ROOM[1]);
    let top = if y_ticks.multiplier.is_empty() { top + 0.4 * TICK_SIZE } else { top + line };
    let bottom = bottom.max(top + 1.0);
    let tick_width = canvas.widest(y_ticks.ticks.iter().map(|tick| tick.label.as_str()), TICK_SIZE);
    let y_label_width = if frame.y_label.is_empty() { 0.0 } else { LABEL_SIZE * LINE_HEIGHT + 2.0 };
    let left = MARGIN + y_label_width + tick_width + GAP;

    let x_ticks = match &names {
        Some(_) => Ticks::default(),
        None => {
            // A label under an end of the panel reaches beyond it, which makes the panel narrower.
            let length = |half: f64| width - left.max(half) - MARGIN - frame.kept[0].max(half);
            ticks_that_fit(canvas, x, length, TICK_ROOM[0])
        }
    };
    let half = canvas.widest(x_ticks.ticks.iter().map(|tick| tick.label.as_str()), TICK_SIZE) / 2.0;
    let right = width - MARGIN - frame.kept[0].max(half);
    let area = Area { left: left.max(half), top, right: right.max(left + 1.0), bottom };
    let panel = Panel { area, x, y };
    draw_horizontal_axis(canvas, &panel, &x_ticks);
    draw_vertical_axis(canvas, &panel, &y_ticks);
    if let Some(names) = &names {
        names.draw(canvas, &panel);
    }

    let label = TextStyle::new(LABEL_SIZE, TEXT).align(Align::Middle);
    let [x_middle, y_middle] = area.center();
    if !x_label.is_empty() {
        let text = canvas.fonts.shorten(&x_label, LABEL_SIZE, area.width());
        canvas.text([x_middle, height - MARGIN - frame.kept[1] - 0.25 * LABEL_SIZE], text, label);
    }
    if !frame.y_label.is_empty() {
        let text = canvas.fonts.shorten(frame.y_label, LABEL_SIZE, area.height());
        canvas.text([MARGIN + 0.8 * LABEL_SIZE, y_middle], text, label.upwards());
    }
    panel
}

/// Ticks along a horizontal axis, fewer where their labels are long. `length` is that of the axis when half a label is
/// this wide.
fn ticks_that_fit(canvas: &Canvas, x: Range, length: impl Fn(f64) -> f64, room: f64) -> Ticks {
    let label_width = |ticks: &Ticks| {
        canvas.widest(ticks.ticks.iter().map(|tick| tick.label.as_str()), TICK_SIZE)
    };
    let longest = length(0.0);
    let mut ticks = x.ticks(longest, room);
    let mut room = room;
    loop {
        let width = label_width(&ticks);
        let length = length(width / 2.0);
        let places: Vec<f64> = ticks.ticks.iter().map(|tick| x.share(tick.at) * length).collect();
        let nearest = places.windows(2).map(|pair| pair[1] - pair[0]).fold(f64::INFINITY, f64::min);
        if width + 6.0 <= nearest {
            return ticks;
        }
        // Labels may get shorter with fewer ticks, so the room grows step by step.
        if room >= longest {
            ticks.ticks.truncate(1);
            return ticks;
        }
        room *= 1.3;
        ticks = x.ticks(longest, room);
    }
}

/// Names along a horizontal axis.
struct Names {
    texts: Vec<String>,
    upwards: bool,
    widest: f64,
}

impl Names {
    /// Names are set upright where they find no room beside each other, and shortened where they are long.
    fn new(canvas: &Canvas, names: &[String], width: f64) -> Self {
        const LONGEST: f64 = 110.0;
        // The panel is narrower than the figure by its own labels, 70 to 110 pixels.
        let slot = (width - 110.0).max(40.0) / names.len().max(1) as f64;
        let widest = canvas.widest(names.iter().map(String::as_str), TICK_SIZE);
        let upwards = widest > slot - 6.0 && names.len() > 1;
        let most = if upwards { LONGEST } else { slot.max(LONGEST) };
        let texts: Vec<String> =
            names.iter().map(|name| canvas.fonts.shorten(name, TICK_SIZE, most)).collect();
        let widest = canvas.widest(texts.iter().map(String::as_str), TICK_SIZE);
        Self { texts, upwards, widest }
    }

    fn height(&self) -> f64 {
        if self.upwards { self.widest + 2.0 } else { TICK_SIZE * LINE_HEIGHT }
    }

    fn draw(&self, canvas: &mut Canvas, panel: &Panel) {
        let slot = panel.area.width() / self.texts.len().max(1) as f64;
        let every =
            if self.upwards { (1.15 * TICK_SIZE / slot).ceil().max(1.0) as usize } else { 1 };
        let style = TextStyle::new(TICK_SIZE, TEXT);
        for (index, text) in self.texts.iter().enumerate().step_by(every) {
            let x = panel.place(index as f64, panel.y.low)[0];
            if !(panel.area.left..=panel.area.right).contains(&x) {
                continue;
            }
            if self.upwards {
                let below = [x, panel.area.bottom + GAP];
                canvas.centred_text(below, text.as_str(), style.align(Align::End).upwards());
            } else {
                let baseline = panel.area.bottom + GAP + 0.8 * TICK_SIZE;
                canvas.text([x, baseline], text.as_str(), style.align(Align::Middle));
            }
        }
    }
}

fn draw_horizontal_axis(canvas: &mut Canvas, panel: &Panel, ticks: &Ticks) {
    let area = panel.area;
    let style = TextStyle::new(TICK_SIZE, FAINT_TEXT).align(Align::Middle);
    let baseline = area.bottom + GAP + 0.8 * TICK_SIZE;
    for tick in &ticks.ticks {
        let x = panel.place(tick.at, panel.y.low)[0];
        canvas.line(vec![[x, area.top], [x, area.bottom]], GRID, 1.0);
        canvas.line(vec![[x, area.bottom], [x, area.bottom + 3.0]], AXIS, 1.0);
        canvas.text([x, baseline], tick.label.as_str(), style);
        if !tick.below.is_empty() {
            canvas.text([x, baseline + TICK_SIZE * LINE_HEIGHT], tick.below.as_str(), style);
        }
    }
}

fn draw_vertical_axis(canvas: &mut Canvas, panel: &Panel, ticks: &Ticks) {
    let area = panel.area;
    let style = TextStyle::new(TICK_SIZE, FAINT_TEXT).align(Align::End);
    for tick in &ticks.ticks {
        let y = panel.place(panel.x.low, tick.at)[1];
        let color = if tick.at == 0.0 { AXIS } else { GRID };
        canvas.line(vec![[area.left, y], [area.right, y]], color, 1.0);
        canvas.centred_text([area.left - GAP, y], tick.label.as_str(), style);
    }
    canvas.line(vec![[area.left, area.bottom], [area.right, area.bottom]], AXIS, 1.0);
    if !ticks.multiplier.is_empty() {
        let above = [area.left, area.top - GAP];
        canvas.text(above, ticks.multiplier.as_str(), style.align(Align::Start));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn single_numbers_get_room_and_none_gives_none() {
        let range = |numbers: &[f64], scale| Range::of(numbers.iter().copied(), scale, 0.0);
        assert_eq!(range(&[], Scale::Linear), None);
        for (numbers, scale) in [
            (vec![0.0], Scale::Linear),
            (vec![5.0, 5.0], Scale::Linear),
            (vec![-1e-200], Scale::Linear),
            (vec![1e250], Scale::Linear),
            (vec![3.0], Scale::Logarithmic),
            (vec![738_000.0], Scale::Dates),
        ] {
            let found = range(&numbers, scale);
            assert!(
                found.is_some_and(|r| r.low < numbers[0] && numbers[0] < r.high),
                "{numbers:?} {found:?}"
            );
        }
    }

    #[test]
    fn a_decade_takes_equal_room_on_a_logarithmic_axis() {
        let range = Range { low: 1.0, high: 1000.0, scale: Scale::Logarithmic };
        assert!((range.share(10.0) - 1.0 / 3.0).abs() < 1e-12);
        assert!((range.share(100.0) - 2.0 / 3.0).abs() < 1e-12);
    }
}
