//! What the parts of a face are painted on: a grid of samples that know their place on the head.

use super::color::{Color, mix};

/// What is visible at a sample, before light falls on it.
#[derive(Clone, Copy, Debug)]
pub(super) struct Surface {
    /// The light it gives back of the light that it gets.
    pub(super) color: Color,
    /// How it falls off to the right and down: zero faces the camera.
    pub(super) slope: [f32; 2],
    /// How much it mirrors the lamp.
    pub(super) shine: f32,
    /// The share of the lamp's light that is not shaded off.
    pub(super) open: f32,
    /// 1 for what the lamp lights, 0 for the background, which has light of its own.
    pub(super) lit: f32,
}

/// A part of the head's plane.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    pub(super) left: f32,
    pub(super) right: f32,
    pub(super) top: f32,
    pub(super) bottom: f32,
}

impl Bounds {
    /// All of it.
    pub(super) const ALL: Self = Self { left: -9.0, right: 9.0, top: -9.0, bottom: 9.0 };

    /// Round a point.
    pub(super) fn around(x: f32, y: f32, across: f32, up: f32) -> Self {
        Self { left: x - across, right: x + across, top: y - up, bottom: y + up }
    }
}

/// How the plane of the head lies in the picture, whose smaller side goes from −1 to 1.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pose {
    pub(super) shift: [f32; 2],
    pub(super) scale: f32,
    pub(super) roll: f32,
    pub(super) yaw: f32,
    pub(super) pitch: f32,
}

/// How far the middle of the face stands out before its rim, for turned heads.
const DEPTH: f32 = 0.5;

/// The samples of a picture, row by row.
#[derive(Debug)]
pub(super) struct Canvas {
    pub(super) columns: usize,
    pub(super) rows: usize,
    pub(super) surfaces: Vec<Surface>,
    /// Where each sample lies: on the head's plane, whose origin is between eyes and nose, x to the right, y down.
    points: Vec<[f32; 2]>,
    /// The distance of two samples on the head.
    pub(super) grain: f32,
    margin: f32,
    view: View,
}

/// From the samples to the picture's plane and back.
#[derive(Debug)]
struct View {
    per_sample: f32,
    per_scale: f32,
    middle: [f32; 2],
    sine: f32,
    cosine: f32,
    pose: Pose,
}

impl Canvas {
    /// An empty canvas of `rows` × `columns` samples.
    pub(super) fn new(rows: usize, columns: usize, pose: Pose) -> Self {
        let per_sample = 2.0 / rows.min(columns) as f32;
        let view = View {
            per_sample,
            per_scale: 1.0 / pose.scale,
            middle: [columns as f32 / 2.0, rows as f32 / 2.0],
            sine: libm::sinf(pose.roll),
            cosine: libm::cosf(pose.roll),
            pose,
        };
        let turn = Turn::new(pose);
        let mut points = Vec::with_capacity(rows * columns);
        for row in 0..rows {
            for column in 0..columns {
                points.push(turn.head(view.unrolled(column as f32 + 0.5, row as f32 + 0.5)));
            }
        }
        let empty = Surface { color: [0.0; 3], slope: [0.0; 2], shine: 0.0, open: 1.0, lit: 0.0 };
        Self {
            columns,
            rows,
            surfaces: vec![empty; rows * columns],
            points,
            grain: per_sample / pose.scale,
            margin: DEPTH * (turn.yaw[0].abs().max(turn.pitch[0].abs())) + 2.0 * per_sample,
            view,
        }
    }

    /// Shows every sample within the bounds to a painter, with its place on the head.
    pub(super) fn visit(
        &mut self,
        bounds: Bounds,
        mut painter: impl FnMut([f32; 2], &mut Surface),
    ) {
        let [left, right, top, bottom] = self.window(bounds);
        for row in top..bottom {
            let line = row * self.columns;
            let samples = line + left..line + right;
            for (point, surface) in
                self.points[samples.clone()].iter().zip(&mut self.surfaces[samples])
            {
                if point[0] >= bounds.left
                    && point[0] <= bounds.right
                    && point[1] >= bounds.top
                    && point[1] <= bounds.bottom
                {
                    painter(*point, surface);
                }
            }
        }
    }

    /// The samples that may lie within the bounds: left, right, top and bottom.
    fn window(&self, bounds: Bounds) -> [usize; 4] {
        let (mut least, mut most) = ([f32::INFINITY; 2], [f32::NEG_INFINITY; 2]);
        let sides = [
            bounds.left - self.margin,
            bounds.right + self.margin,
            bounds.top - self.margin,
            bounds.bottom + self.margin,
        ];
        for (x, y) in [(0, 2), (0, 3), (1, 2), (1, 3)] {
            let corner = self.view.samples([sides[x], sides[y]]);
            for axis in 0..2 {
                least[axis] = least[axis].min(corner[axis]);
                most[axis] = most[axis].max(corner[axis]);
            }
        }
        let place = |value: f32, count: usize| value.clamp(0.0, count as f32) as usize;
        let left = place(least[0].floor(), self.columns);
        let right = place(most[0].ceil(), self.columns).max(left);
        let top = place(least[1].floor(), self.rows);
        [left, right, top, place(most[1].ceil(), self.rows).max(top)]
    }
}

impl View {
    /// Place in the picture of an upright head that does not turn.
    fn unrolled(&self, column: f32, row: f32) -> [f32; 2] {
        let x = (column - self.middle[0]) * self.per_sample - self.pose.shift[0];
        let y = (row - self.middle[1]) * self.per_sample - self.pose.shift[1];
        let (x, y) = (x * self.per_scale, y * self.per_scale);
        [x * self.cosine + y * self.sine, y * self.cosine - x * self.sine]
    }

    fn samples(&self, [x, y]: [f32; 2]) -> [f32; 2] {
        let (x, y) = (x * self.cosine - y * self.sine, x * self.sine + y * self.cosine);
        let (x, y) = (x * self.pose.scale, y * self.pose.scale);
        [
            (x + self.pose.shift[0]) / self.per_sample + self.middle[0],
            (y + self.pose.shift[1]) / self.per_sample + self.middle[1],
        ]
    }
}

/// Sines, and one over the cosines, of a head that turns.
struct Turn {
    yaw: [f32; 2],
    pitch: [f32; 2],
}

impl Turn {
    fn new(pose: Pose) -> Self {
        let pair = |angle: f32| [libm::sinf(angle), 1.0 / libm::cosf(angle)];
        Self { yaw: pair(pose.yaw), pitch: pair(pose.pitch) }
    }

    /// The place on the head that is seen at a place of the picture: what stands out moves with the turn. Three steps of a
    /// fixed-point iteration are as good as exact here, since the face is flat.
    fn head(&self, [across, down]: [f32; 2]) -> [f32; 2] {
        let (mut x, mut y) = (across, down);
        for _ in 0..3 {
            let radius = x * x * (1.0 / (0.78 * 0.78)) + y * y * (1.0 / (0.95 * 0.95));
            let depth = DEPTH * (1.0 - radius).max(0.0);
            x = (across - depth * self.yaw[0]) * self.yaw[1];
            y = (down - depth * self.pitch[0]) * self.pitch[1];
        }
        [x, y]
    }
}

/// How much of a sample lies inside an edge, by its distance to it (negative inside).
pub(super) fn cover(distance: f32, grain: f32) -> f32 {
    (0.5 - distance / grain).clamp(0.0, 1.0)
}

impl Surface {
    /// Lays a colour over what is there.
    pub(super) fn tint(&mut self, color: Color, share: f32) {
        self.color = mix(self.color, color, share);
    }

    /// Lays something else over what is there: its colour, form and shine.
    pub(super) fn lay(&mut self, color: Color, slope: [f32; 2], shine: f32, share: f32) {
        self.tint(color, share);
        for (part, new) in self.slope.iter_mut().zip(slope) {
            *part += (new - *part) * share;
        }
        self.shine += (shine - self.shine) * share;
        self.open += (1.0 - self.open) * share;
        self.lit += (1.0 - self.lit) * share;
    }

    /// Takes a share of the lamp's light away.
    pub(super) fn shade(&mut self, share: f32) {
        self.open *= 1.0 - share.clamp(0.0, 1.0);
    }
}
