//! The common way from numbers to a drawn panel: ranges, axes, layers, legend.

use super::axis::{Frame, Panel, Range, Scale, draw_panel};
use super::canvas::{Area, Canvas, Point};
use super::clip::{clipped_line, clipped_polygon};
use super::cloud::{cloud, shade};
use super::decimate::envelope;
use super::figure::Figure;
use super::legend::{Entry, Legend, Sample};
use super::options::Options;
use super::style::{Color, FAINT_TEXT};
use crate::Result;

/// More dots than this are painted into one image.
const MOST_DOTS: usize = 5_000;

/// Something on a panel, in the axes' numbers. Later layers cover earlier ones.
#[derive(Clone, Debug)]
pub(crate) enum Layer {
    /// A line with gaps where a point cannot be drawn; a point alone between gaps becomes a dot.
    Line {
        points: Vec<Point>,
        color: Color,
        width: f64,
    },
    Dots {
        points: Vec<Point>,
        color: Color,
        radius: f64,
    },
    /// A shade where points crowd.
    Density {
        points: Vec<Point>,
        color: Color,
    },
    /// A filled shape.
    Area {
        points: Vec<Point>,
        color: Color,
    },
    /// A rectangle between two corners.
    Bar {
        from: Point,
        to: Point,
        color: Color,
    },
    /// A dashed line across the whole panel.
    Level {
        at: f64,
        upright: bool,
        color: Color,
    },
}

/// What lies along the horizontal axis.
#[derive(Clone, Debug)]
pub(crate) enum Across {
    Numbers,
    Dates,
    /// Names at 0, 1, 2, …
    Categories(Vec<String>),
}

/// A chart that is ready to be drawn.
pub(crate) struct Chart<'a> {
    pub(crate) kind: &'static str,
    pub(crate) options: &'a Options,
    pub(crate) across: Across,
    pub(crate) layers: Vec<Layer>,
    pub(crate) entries: Vec<Entry>,
    /// Shares of the data's range that are added at both ends of the axes.
    pub(crate) widening: [f64; 2],
    /// The vertical axis begins (or ends) at zero.
    pub(crate) from_zero: bool,
    /// Words at the axes where the reader gave none.
    pub(crate) x_label: &'a str,
    pub(crate) y_label: &'a str,
    /// What the chart shows, in words.
    pub(crate) detail: String,
}

impl Chart<'_> {
    /// Draws it; the options have been checked.
    pub(crate) fn figure(mut self) -> Result<Figure> {
        let (x, y) = self.ranges()?;
        for line in &self.options.references {
            let (color, sample) = (FAINT_TEXT, Sample::Dashed);
            self.layers.push(Layer::Level { at: line.at, upright: line.upright, color });
            self.entries.push(Entry { label: line.name.clone(), color, sample });
        }
        let mut canvas = Canvas::new()?;
        let size = self.options.size;
        let legend = Legend::new(&canvas, self.entries.clone(), size);
        let frame = Frame {
            size,
            title: &self.options.title,
            x_label: match self.options.x_label.as_str() {
                "" => self.x_label,
                given => given,
            },
            y_label: self.options.y_label.as_deref().unwrap_or(self.y_label),
            kept: legend.kept(),
            categories: match &self.across {
                Across::Categories(names) => Some(names),
                _ => None,
            },
        };
        let panel = draw_panel(&mut canvas, &frame, x, y);
        self.draw_layers(&mut canvas, &panel);
        legend.draw(&mut canvas, panel.area.right, panel.area.top, size);
        let detail = self.described();
        Ok(Figure::new(self.kind, &self.options.title, size, detail, canvas))
    }

    /// The ends of both axes, for a neighbour that is to share them.
    pub(crate) fn limits(&self) -> Result<[[f64; 2]; 2]> {
        let (x, y) = self.ranges()?;
        Ok([[x.low, x.high], [y.low, y.high]])
    }

    fn ranges(&self) -> Result<(Range, Range)> {
        let y_scale = if self.options.log_y { Scale::Logarithmic } else { Scale::Linear };
        let x_scale = match self.across {
            Across::Dates => Scale::Dates,
            _ if self.options.log_x => Scale::Logarithmic,
            _ => Scale::Linear,
        };
        let corners = || self.layers.iter().flat_map(Layer::corners);
        let natural = |axis: usize, scale: Scale, drawable: &dyn Fn(f64) -> bool| {
            let numbers =
                || corners().map(|corner| corner[axis]).filter(|number| drawable(*number));
            // Lines of reference alone make no chart.
            numbers().next()?;
            let across = self.options.references.iter().filter(|line| line.upright == (axis == 0));
            let lines = across.map(|line| line.at).filter(|number| drawable(*number));
            Range::of(numbers().chain(lines), scale, self.widening[axis])
        };
        let x = match (self.options.x_range, &self.across) {
            (_, Across::Categories(names)) => {
                Some(Range { low: -0.5, high: names.len() as f64 - 0.5, scale: Scale::Linear })
            }
            (Some([low, high]), _) => Some(Range { low, high, scale: x_scale }),
            (None, _) => natural(0, x_scale, &|x| self.is_drawable_x(x)),
        };
        let y = match self.options.y_range {
            Some([low, high]) => Some(Range { low, high, scale: y_scale }),
            None => natural(1, y_scale, &|y| self.is_drawable_y(y)).map(|y| self.anchored(y)),
        };
        let error = |problem: &str| self.options.error(self.kind, problem);
        match (x, y) {
            (Some(x), Some(y)) if x.is_drawable() && y.is_drawable() => Ok((x, y)),
            (Some(_), Some(_)) => Err(error("the numbers span more than an axis can show (1e300)")),
            (None, _) if self.options.log_x => {
                Err(error("no positive position, and a logarithmic axis shows only those"))
            }
            (_, None) if self.options.log_y => Err(error(
                "no positive value in any series, and a logarithmic axis shows only those",
            )),
            _ => Err(error("no finite value in any series")),
        }
    }

    /// Bars stand on zero, without a gap below them.
    fn anchored(&self, y: Range) -> Range {
        if !self.from_zero || self.options.log_y {
            return y;
        }
        let lines = || self.options.references.iter().filter(|line| !line.upright);
        let corners = || self.layers.iter().flat_map(Layer::corners).map(|corner| corner[1]);
        let values = || corners().chain(lines().map(|line| line.at));
        let negative = values().any(|value| value < 0.0);
        let positive = values().any(|value| value > 0.0);
        Range {
            low: if negative { y.low } else { 0.0 },
            high: if positive || !negative { y.high.max(f64::MIN_POSITIVE) } else { 0.0 },
            ..y
        }
    }

    fn is_drawable_x(&self, x: f64) -> bool {
        x.is_finite() && (!self.options.log_x || x > 0.0)
    }

    fn is_drawable_y(&self, y: f64) -> bool {
        y.is_finite() && (!self.options.log_y || y > 0.0)
    }

    pub(crate) fn is_drawable(&self, point: &Point) -> bool {
        self.is_drawable_x(point[0]) && self.is_drawable_y(point[1])
    }

    fn draw_layers(&self, canvas: &mut Canvas, panel: &Panel) {
        let dots =
            |layer: &Layer| if let Layer::Dots { points, .. } = layer { points.len() } else { 0 };
        let many = self.layers.iter().map(dots).sum::<usize>() > MOST_DOTS;
        for layer in &self.layers {
            match layer {
                Layer::Line { points, color, width } => {
                    self.draw_line(canvas, panel, points, *color, *width);
                }
                Layer::Dots { points, color, radius } => {
                    let places = self.places(panel, points);
                    if many {
                        cloud(canvas, panel.area, &places, *color, *radius);
                    } else {
                        for place in places {
                            canvas.disc(place, *radius, *color);
                        }
                    }
                }
                Layer::Density { points, color } => {
                    shade(canvas, panel.area, &self.places(panel, points), *color);
                }
                Layer::Area { points, color } => {
                    let places = points.iter().map(|[x, y]| panel.place_within(*x, *y)).collect();
                    let shape = clipped_polygon(places, panel.area);
                    if shape.len() > 2 {
                        canvas.polygon(shape, *color);
                    }
                }
                Layer::Bar { from, to, color } => draw_bar(canvas, panel, *from, *to, *color),
                Layer::Level { at, upright, color } => {
                    draw_level(canvas, panel, *at, *upright, *color);
                }
            }
        }
    }

    /// Where dots lie that can be seen.
    fn places(&self, panel: &Panel, points: &[Point]) -> Vec<Point> {
        let visible = points.iter().filter(|point| self.is_drawable(point));
        let places = visible.map(|[x, y]| panel.place(*x, *y));
        places.filter(|place| panel.area.contains(*place)).collect()
    }

    fn draw_line(
        &self,
        canvas: &mut Canvas,
        panel: &Panel,
        points: &[Point],
        color: Color,
        width: f64,
    ) {
        for run in points.chunk_by(|one, next| self.is_drawable(one) == self.is_drawable(next)) {
            if !self.is_drawable(&run[0]) {
                continue;
            }
            let places: Vec<Point> = run.iter().map(|[x, y]| panel.place(*x, *y)).collect();
            if let [alone] = places[..] {
                if panel.area.contains(alone) {
                    canvas.disc(alone, 1.5 * width, color);
                }
                continue;
            }
            for piece in clipped_line(envelope(places), panel.area) {
                canvas.line(piece, color, width);
            }
        }
    }

    /// The detail, with what is common to all charts.
    fn described(&self) -> String {
        let mut text = self.detail.clone();
        match (self.options.log_x, self.options.log_y) {
            (false, false) => {}
            (true, true) => text.push_str(", both axes logarithmic"),
            (true, false) => text.push_str(", logarithmic positions"),
            (false, true) => text.push_str(", logarithmic"),
        }
        text
    }
}

impl Layer {
    /// The points that the axes must reach.
    fn corners(&self) -> Box<dyn Iterator<Item = Point> + '_> {
        match self {
            Self::Line { points, .. }
            | Self::Dots { points, .. }
            | Self::Density { points, .. }
            | Self::Area { points, .. } => Box::new(points.iter().copied()),
            Self::Bar { from, to, .. } => Box::new([*from, *to].into_iter()),
            Self::Level { .. } => Box::new(std::iter::empty()),
        }
    }
}

fn draw_bar(canvas: &mut Canvas, panel: &Panel, from: Point, to: Point, color: Color) {
    if ![from, to].iter().flatten().all(|number| number.is_finite()) {
        return;
    }
    let (one, other) = (panel.place_within(from[0], from[1]), panel.place_within(to[0], to[1]));
    let area = Area {
        left: one[0].min(other[0]),
        right: one[0].max(other[0]),
        top: one[1].min(other[1]),
        bottom: one[1].max(other[1]),
    };
    if area.width() > 0.0 && area.height() > 0.0 {
        canvas.rectangle(area, color);
    }
}

fn draw_level(canvas: &mut Canvas, panel: &Panel, at: f64, upright: bool, color: Color) {
    let area = panel.area;
    let [x, y] =
        panel.place(if upright { at } else { panel.x.low }, if upright { panel.y.low } else { at });
    if upright && (area.left..=area.right).contains(&x) {
        canvas.dashed([x, area.bottom], [x, area.top], color, 1.3);
    } else if !upright && (area.top..=area.bottom).contains(&y) {
        canvas.dashed([area.left, y], [area.right, y], color, 1.3);
    }
}
