//! Names of nodes: inside their discs, or beside them where nothing else is.

use super::canvas::{Align, Area, Canvas, Point, TextStyle};
use super::style::{Color, TEXT, TICK_SIZE, WHITE};

/// Names longer than this are shortened.
const LONGEST: f64 = 130.0;
/// Distance of a name from its disc.
const APART: f64 = 3.0;

/// How the names of a network are set.
pub(crate) struct Labels {
    /// Radius of every disc.
    pub(crate) radius: f64,
    size: f64,
    inside: bool,
    widest: f64,
}

/// What names must not cover.
pub(crate) struct Scene<'a> {
    pub(crate) names: &'a [String],
    pub(crate) points: &'a [Point],
    pub(crate) edges: &'a [[Point; 2]],
    pub(crate) room: Area,
}

impl Labels {
    /// Inside the discs where names are short for the room that each node has.
    pub(crate) fn choose(canvas: &Canvas, names: &[String], room: Area) -> Self {
        let spacing = (room.width() * room.height() / names.len().max(1) as f64).sqrt();
        for size in [TICK_SIZE, 9.5, 8.5] {
            let widest = canvas.widest(names.iter().map(String::as_str), size);
            let radius = (widest / 2.0 + 2.5).max((0.08 * spacing).clamp(9.0, 16.0));
            if radius <= 22.0 && radius <= 0.19 * spacing {
                return Self { radius, size, inside: true, widest };
            }
        }
        let radius = (0.09 * spacing).clamp(2.5, 8.0);
        let size = if names.len() <= 60 { TICK_SIZE } else { 9.0 };
        let widest = canvas.widest(names.iter().map(String::as_str), size).min(LONGEST);
        Self { radius, size, inside: false, widest }
    }

    /// Room for discs and names between a node and the border: aside and above.
    pub(crate) fn margin(&self) -> [f64; 2] {
        if self.inside {
            [self.radius + 3.0; 2]
        } else {
            [self.radius + 3.0 + 0.5 * self.widest, self.radius + APART + 1.2 * self.size]
        }
    }

    /// Draws the names and says how many found no place.
    pub(crate) fn draw(&self, canvas: &mut Canvas, scene: &Scene, colors: &[Color]) -> usize {
        if self.inside {
            for ((name, point), color) in scene.names.iter().zip(scene.points).zip(colors) {
                let style = TextStyle::new(self.size, color.readable_on()).align(Align::Middle);
                canvas.centred_text(*point, name.as_str(), style);
            }
            return 0;
        }
        let mut taken: Vec<Area> = Vec::new();
        let mut hidden = 0;
        for (name, point) in scene.names.iter().zip(scene.points) {
            let text = canvas.fonts.shorten(name, self.size, LONGEST);
            let width = canvas.width(&text, self.size);
            let best = self
                .candidates(*point, width)
                .into_iter()
                .filter(|area| self.is_free(area, scene, &taken))
                .min_by_key(|area| scene.edges.iter().filter(|edge| crosses(edge, area)).count());
            match best {
                Some(area) => {
                    // Dims the edges behind the name.
                    canvas.rectangle(area, WHITE.alpha(0.7));
                    let style = TextStyle::new(self.size, TEXT).align(Align::Middle);
                    canvas.centred_text(area.center(), text, style);
                    taken.push(area);
                }
                None => hidden += 1,
            }
        }
        hidden
    }

    /// Places around a disc, the most natural first: right, left, above, below, then the diagonals.
    fn candidates(&self, [x, y]: Point, width: f64) -> [Area; 8] {
        let (half_width, half_height) = (width / 2.0 + 1.0, 0.5 * self.size);
        let aside = self.radius + APART + half_width;
        let above = self.radius + APART + half_height;
        let (slant_aside, slant_above) =
            (0.7 * self.radius + half_width, 0.7 * self.radius + half_height);
        [
            [aside, 0.0],
            [-aside, 0.0],
            [0.0, -above],
            [0.0, above],
            [slant_aside, -slant_above],
            [slant_aside, slant_above],
            [-slant_aside, -slant_above],
            [-slant_aside, slant_above],
        ]
        .map(|[right, down]| Area {
            left: x + right - half_width,
            right: x + right + half_width,
            top: y + down - half_height,
            bottom: y + down + half_height,
        })
    }

    fn is_free(&self, area: &Area, scene: &Scene, taken: &[Area]) -> bool {
        let inside = area.left >= scene.room.left
            && area.right <= scene.room.right
            && area.top >= scene.room.top
            && area.bottom <= scene.room.bottom;
        let touches = |point: &Point| {
            let nearest =
                [point[0].clamp(area.left, area.right), point[1].clamp(area.top, area.bottom)];
            (point[0] - nearest[0]).hypot(point[1] - nearest[1]) < self.radius
        };
        inside
            && !taken.iter().any(|other| other.overlaps(area))
            && !scene.points.iter().any(touches)
    }
}

/// True where a segment passes through an area (Liang and Barsky's clipping).
fn crosses([from, to]: &[Point; 2], area: &Area) -> bool {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    let sides = [[area.left, area.right], [area.top, area.bottom]];
    for axis in 0..2 {
        let along = to[axis] - from[axis];
        let [mut near, mut far] = sides[axis].map(|side| (side - from[axis]) / along);
        if along == 0.0 {
            if from[axis] < sides[axis][0] || from[axis] > sides[axis][1] {
                return false;
            }
            continue;
        }
        if near > far {
            std::mem::swap(&mut near, &mut far);
        }
        (enter, leave) = (enter.max(near), leave.min(far));
    }
    enter < leave
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn segments_that_pass_through_are_found() {
        let area = Area { left: 0.0, top: 0.0, right: 10.0, bottom: 5.0 };
        assert!(crosses(&[[-5.0, 2.0], [15.0, 3.0]], &area));
        assert!(crosses(&[[5.0, -5.0], [5.0, 20.0]], &area));
        assert!(!crosses(&[[-5.0, -1.0], [15.0, -1.0]], &area));
        assert!(!crosses(&[[-5.0, 4.0], [2.0, 12.0]], &area));
    }
}
