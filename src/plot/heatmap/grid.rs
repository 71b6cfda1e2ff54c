//! The cells, names and colour bar of a heat map.

use super::HeatMap;
use crate::Result;
use crate::plot::ColorMap;
use crate::plot::axis::draw_title;
use crate::plot::canvas::{Align, Area, Canvas, TextStyle};
use crate::plot::style::{
    Color, FAINT_TEXT, GAP, LABEL_SIZE, LINE_HEIGHT, MARGIN, MISSING, SMALLEST_SIZE, TEXT,
    TICK_SIZE, WHITE,
};
use crate::plot::tick::{Ticks, fixed};

/// Numbers are written into cells of matrices with at most this many rows and columns.
const MOST_NUMBERED: usize = 12;
/// Beyond this many cells the grid becomes one image instead of single rectangles.
const MOST_RECTANGLES: usize = 1_600;
/// Most rows and columns of that image; longer sides are condensed.
pub(super) const MOST_PIXELS: usize = 1_000;
/// Side of the panel, and of a cell, when nobody set a size.
const PANEL: f64 = 480.0;
pub(super) const CELL: f64 = 48.0;
/// Names longer than this are shortened.
pub(super) const LONGEST: f64 = 130.0;
/// Distance from panel to colour bar, the bar's width, and its least height.
const BAR: [f64; 3] = [14.0, 14.0, 90.0];

/// Where a cell's colour comes from.
pub(super) struct Colors {
    map: ColorMap,
    pub(super) low: f64,
    pub(super) high: f64,
}

impl Colors {
    fn of(&self, value: f64) -> Color {
        if value.is_finite() {
            Color::rgb(self.map.color((value - self.low) / (self.high - self.low)))
        } else {
            MISSING
        }
    }
}

/// Sizes of everything around the panel.
pub(super) struct Sizes {
    pub(super) figure: [f64; 2],
    panel: Area,
    bar: Area,
    cell: [f64; 2],
    upwards: bool,
    /// Room that the names take below and beside the panel.
    names: [f64; 2],
}

impl HeatMap {
    /// What is drawn in a cell; NaN where the diagonal is hidden.
    pub(super) fn value(&self, row: usize, column: usize) -> f64 {
        if self.hide_diagonal && row == column { f64::NAN } else { self.matrix[[row, column]] }
    }

    /// A missing entry is grey, a hidden diagonal as white as the page.
    pub(super) fn cell_color(&self, colors: &Colors, row: usize, column: usize) -> Color {
        if self.hide_diagonal && row == column {
            WHITE
        } else {
            colors.of(self.matrix[[row, column]])
        }
    }

    pub(super) fn shown(&self) -> impl Iterator<Item = f64> {
        self.matrix
            .indexed_iter()
            .map(|((row, column), _)| self.value(row, column))
            .filter(|value| value.is_finite())
    }

    pub(super) fn colors(&self) -> Result<Colors> {
        let least = self.shown().fold(f64::INFINITY, f64::min);
        let greatest = self.shown().fold(f64::NEG_INFINITY, f64::max);
        // A single variable with its diagonal hidden has nothing to show but is no mistake.
        let (least, greatest) = match (least <= greatest, self.hide_diagonal) {
            (true, _) => (least, greatest),
            (false, true) if self.matrix.nrows() == 1 => (0.0, 1.0),
            _ => return Err(self.error("no finite entry to show")),
        };
        let mixed = least < 0.0 && greatest > 0.0;
        // A map with a neutral middle says "zero" there, also where all entries have one sign.
        let diverging =
            self.color_map.is_some_and(ColorMap::is_diverging) && (least, greatest) != (0.0, 0.0);
        let natural = if mixed || diverging {
            let largest = greatest.max(-least);
            [-largest, largest]
        } else if least < greatest {
            [least, greatest]
        } else if least == 0.0 {
            [0.0, 1.0]
        } else {
            [least.min(0.0), least.max(0.0)]
        };
        let [low, high] = self.range.unwrap_or(natural);
        if !(high - low).is_finite() {
            return Err(self.error("the entries span more than a colour bar can show"));
        }
        let usual = if low < 0.0 && high > 0.0 { ColorMap::RdBu } else { ColorMap::Viridis };
        Ok(Colors { map: self.color_map.unwrap_or(usual), low, high })
    }

    /// Divides the figure; the title is drawn on the way, since its lines decide where the panel begins.
    pub(super) fn sizes(
        &self,
        canvas: &mut Canvas,
        names: &[Vec<String>; 2],
        bar_text: f64,
    ) -> Result<Sizes> {
        let (rows, columns) = self.matrix.dim();
        let [row_width, column_width] =
            [&names[0], &names[1]].map(|n| canvas.widest(n.iter().map(String::as_str), TICK_SIZE));
        let words =
            |label: &str| if label.is_empty() { 0.0 } else { LABEL_SIZE * LINE_HEIGHT + 2.0 };
        let [below_words, beside_words] = [0, 1].map(|axis| words(&self.axis_labels[axis]));
        let left = MARGIN + beside_words + row_width + GAP;
        let right = BAR[0] + BAR[1] + GAP + bar_text + MARGIN;
        let natural = |count: usize| {
            let cell = (PANEL / count as f64).min(self.cell);
            if cell >= 4.0 { cell.floor() } else { cell }
        };
        let mut cell = [natural(columns), natural(rows)];
        let width = match self.size {
            Some([width, _]) => {
                cell[0] = (width - left - right) / columns as f64;
                width
            }
            None => (left + cell[0] * columns as f64 + right).max(240.0),
        };
        // A single name may reach beyond its cell, as far as the colour bar.
        let slack = if columns == 1 { 1.5 * BAR[0] } else { -4.0 };
        let upwards = column_width > cell[0] + slack;
        let below = if upwards { column_width } else { TICK_SIZE };
        let bottom = GAP + below + below_words + MARGIN;
        let top = draw_title(canvas, &self.title, MARGIN, width - MARGIN);
        if let Some([_, height]) = self.size {
            cell[1] = (height - top - bottom) / rows as f64;
            if rows == columns {
                cell = [cell[0].min(cell[1]); 2];
            }
        }
        let [across, down] = [cell[0] * columns as f64, cell[1] * rows as f64];
        if across < 20.0 || down < 20.0 {
            let fix = "a larger size or shorter labels are needed";
            return Err(self.error(format!("title and labels leave the cells no room; {fix}")));
        }
        let height = self.size.map_or(top + down.max(BAR[2]) + bottom, |[_, height]| height);
        let from = left + ((width - left - right - across) / 2.0).max(0.0);
        let (from, top) = (from.round(), top.round());
        let panel = Area { left: from, top, right: from + across, bottom: top + down };
        let bar_left = panel.right + BAR[0];
        let bar_bottom = top + down.max(BAR[2]).min(height - top - MARGIN);
        let bar = Area { left: bar_left, top, right: bar_left + BAR[1], bottom: bar_bottom };
        let names = [GAP + below, GAP + row_width];
        Ok(Sizes { figure: [width.ceil(), height.ceil()], panel, bar, cell, upwards, names })
    }

    pub(super) fn cell_area(&self, sizes: &Sizes, row: usize, column: usize) -> Area {
        // Whole pixels leave no seams between neighbours; wide cells stand a pixel apart.
        let gap = if sizes.cell[0].min(sizes.cell[1]) >= 14.0 { 1.0 } else { 0.0 };
        let x = |column: usize| (sizes.panel.left + column as f64 * sizes.cell[0]).round();
        let y = |row: usize| (sizes.panel.top + row as f64 * sizes.cell[1]).round();
        Area { left: x(column), top: y(row), right: x(column + 1) - gap, bottom: y(row + 1) - gap }
    }

    pub(super) fn draw_cells(&self, canvas: &mut Canvas, sizes: &Sizes, colors: &Colors) {
        let (rows, columns) = self.matrix.dim();
        if rows * columns <= MOST_RECTANGLES {
            for row in 0..rows {
                for column in 0..columns {
                    let area = self.cell_area(sizes, row, column);
                    canvas.rectangle(area, self.cell_color(colors, row, column));
                }
            }
            return;
        }
        let [every_row, every_column] = [rows, columns].map(|count| count.div_ceil(MOST_PIXELS));
        let mut pixels = Vec::new();
        for row in (0..rows).step_by(every_row) {
            for column in (0..columns).step_by(every_column) {
                let mut strongest = self.value(row, column);
                let mut color = self.cell_color(colors, row, column);
                for r in row..(row + every_row).min(rows) {
                    for c in column..(column + every_column).min(columns) {
                        let value = self.value(r, c);
                        if value.is_finite()
                            && (strongest.is_nan() || value.abs() > strongest.abs())
                        {
                            strongest = value;
                            color = colors.of(value);
                        }
                    }
                }
                pixels.push(color.pixel());
            }
        }
        canvas.image(sizes.panel, columns.div_ceil(every_column), pixels);
    }

    pub(super) fn draw_numbers(&self, canvas: &mut Canvas, sizes: &Sizes, colors: &Colors) {
        let (rows, columns) = self.matrix.dim();
        let wanted = self.numbers.unwrap_or(rows.max(columns) <= MOST_NUMBERED);
        if !wanted || rows * columns > MOST_RECTANGLES {
            return;
        }
        let text = |row: usize, column: usize| match &self.texts {
            Some(texts) => texts[[row, column]].clone(),
            None => number(self.value(row, column), self.largest()),
        };
        let cells = || (0..rows).flat_map(|row| (0..columns).map(move |column| (row, column)));
        let filled = || cells().filter(|(row, column)| self.value(*row, *column).is_finite());
        let lines: Vec<String> = filled()
            .flat_map(|(row, column)| {
                text(row, column).lines().map(str::to_owned).collect::<Vec<_>>()
            })
            .collect();
        let most = if self.texts.is_some() { 2.0 } else { 1.0 };
        let widest = canvas.widest(lines.iter().map(String::as_str), TICK_SIZE);
        let shrink =
            ((sizes.cell[0] - 4.0) / widest).min((sizes.cell[1] - 4.0) / (TICK_SIZE * most));
        let size = TICK_SIZE * shrink.min(1.0);
        if size < SMALLEST_SIZE {
            return;
        }
        for (row, column) in filled() {
            let color = colors.of(self.value(row, column)).readable_on();
            let style = TextStyle::new(size, color).align(Align::Middle);
            let [x, y] = self.cell_area(sizes, row, column).center();
            let text = text(row, column);
            let count = text.lines().count() as f64;
            for (index, line) in text.lines().enumerate() {
                let down = (index as f64 - (count - 1.0) / 2.0) * 1.2 * size;
                canvas.centred_text([x, y + down], line, style);
            }
        }
    }

    /// The words below and beside the names.
    pub(super) fn draw_axis_labels(&self, canvas: &mut Canvas, sizes: &Sizes) {
        let style = TextStyle::new(LABEL_SIZE, TEXT).align(Align::Middle);
        let [x, y] = sizes.panel.center();
        let [below, beside] = &self.axis_labels;
        if !below.is_empty() {
            let text = canvas.fonts.shorten(below, LABEL_SIZE, sizes.figure[0] - 2.0 * MARGIN);
            canvas.text([x, sizes.panel.bottom + sizes.names[0] + LABEL_SIZE + 2.0], text, style);
        }
        if !beside.is_empty() {
            let text = canvas.fonts.shorten(beside, LABEL_SIZE, sizes.figure[1] - 2.0 * MARGIN);
            let left = sizes.panel.left - sizes.names[1] - 4.0;
            canvas.text([left, y], text, style.upwards());
        }
    }

    pub(super) fn largest(&self) -> f64 {
        self.shown().fold(0.0, |largest, value| largest.max(value.abs()))
    }

    pub(super) fn draw_names(&self, canvas: &mut Canvas, sizes: &Sizes, names: &[Vec<String>; 2]) {
        let [row_names, column_names] = names;
        let style = |room: f64| TextStyle::new((0.95 * room).clamp(SMALLEST_SIZE, TICK_SIZE), TEXT);
        let given = self.row_labels.is_some();
        for (index, name) in every(row_names, sizes.cell[1], SMALLEST_SIZE * 1.15, given) {
            let y = sizes.panel.top + (index as f64 + 0.5) * sizes.cell[1];
            let style = style(sizes.cell[1]).align(Align::End);
            canvas.centred_text([sizes.panel.left - GAP, y], name, style);
        }
        let given = self.column_labels.is_some();
        let room = if sizes.upwards { SMALLEST_SIZE * 1.15 } else { 0.0 };
        for (index, name) in every(column_names, sizes.cell[0], room, given) {
            let x = sizes.panel.left + (index as f64 + 0.5) * sizes.cell[0];
            if sizes.upwards {
                let style = style(sizes.cell[0]).align(Align::End).upwards();
                canvas.centred_text([x, sizes.panel.bottom + GAP], name, style);
            } else {
                let style = style(TICK_SIZE * 2.0).align(Align::Middle);
                canvas.text([x, sizes.panel.bottom + GAP + 0.8 * TICK_SIZE], name, style);
            }
        }
    }
}

pub(super) fn labels_or_indices(labels: &Option<Vec<String>>, count: usize) -> Vec<String> {
    labels.clone().unwrap_or_else(|| (0..count).map(|index| index.to_string()).collect())
}

/// The names that find room at a distance: every one, or every second, fifth, tenth …; indices at most some 12.
fn every(
    names: &[String],
    cell: f64,
    room: f64,
    given: bool,
) -> impl Iterator<Item = (usize, &str)> {
    let crowded = (room / cell).ceil().max(1.0) as usize;
    let least = if given { crowded } else { crowded.max(names.len().div_ceil(12)) };
    let steps = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
    let step = steps.into_iter().find(|step| *step >= least).unwrap_or(least);
    names.iter().map(String::as_str).enumerate().step_by(step)
}

/// A number for a cell, in as few digits as the largest one allows.
fn number(value: f64, largest: f64) -> String {
    match largest {
        _ if value == 0.0 && largest < 0.01 => "0".into(),
        x if !(0.01..1e5).contains(&x) => format!("{value:.0e}").replace('-', "−"),
        x if x < 0.1 => fixed(value, 3),
        x if x < 10.0 => fixed(value, 2),
        x if x < 100.0 => fixed(value, 1),
        _ => fixed(value, 0),
    }
}

pub(super) fn draw_bar(canvas: &mut Canvas, sizes: &Sizes, colors: &Colors, ticks: &Ticks) {
    const STEPS: usize = 128;
    let bar = sizes.bar;
    let level = |row: usize| colors.map.color(1.0 - row as f64 / (STEPS - 1) as f64);
    let pixels = (0..STEPS).map(|row| Color::rgb(level(row)).pixel());
    canvas.image(bar, 1, pixels.collect());
    let style = TextStyle::new(TICK_SIZE, FAINT_TEXT);
    for tick in &ticks.ticks {
        let share = (tick.at - colors.low) / (colors.high - colors.low);
        let y = bar.bottom - share * bar.height();
        canvas.line(vec![[bar.right, y], [bar.right + 3.0, y]], FAINT_TEXT, 1.0);
        canvas.centred_text([bar.right + GAP, y], tick.label.as_str(), style);
    }
    if !ticks.multiplier.is_empty() {
        let below = [bar.left, bar.bottom + GAP + 0.8 * TICK_SIZE];
        canvas.text(below, ticks.multiplier.as_str(), style);
    }
}
