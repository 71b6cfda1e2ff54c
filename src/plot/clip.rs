//! What of a line or a shape lies inside a panel.

use super::canvas::{Area, Point};

/// The pieces of a line inside an area, by Liang and Barsky's method for each of its segments.
pub(crate) fn clipped_line(points: Vec<Point>, area: Area) -> Vec<Vec<Point>> {
    if points.iter().all(|point| area.contains(*point)) {
        return vec![points];
    }
    let mut pieces: Vec<Vec<Point>> = Vec::new();
    for pair in points.windows(2) {
        let Some([from, to]) = clipped_segment(pair[0], pair[1], area) else { continue };
        match pieces.last_mut() {
            Some(piece) if piece.last() == Some(&from) => piece.push(to),
            _ => pieces.push(vec![from, to]),
        }
    }
    pieces
}

fn clipped_segment(from: Point, to: Point, area: Area) -> Option<[Point; 2]> {
    let (mut enter, mut leave) = (0.0_f64, 1.0_f64);
    let sides = [[area.left, area.right], [area.top, area.bottom]];
    for axis in 0..2 {
        let along = to[axis] - from[axis];
        if along == 0.0 {
            if from[axis] < sides[axis][0] || from[axis] > sides[axis][1] {
                return None;
            }
            continue;
        }
        let [one, other] = sides[axis].map(|side| (side - from[axis]) / along);
        (enter, leave) = (enter.max(one.min(other)), leave.min(one.max(other)));
    }
    let at = |share: f64| match share {
        0.0 => from,
        1.0 => to,
        _ => [from[0] + share * (to[0] - from[0]), from[1] + share * (to[1] - from[1])],
    };
    (enter <= leave).then(|| [at(enter), at(leave)])
}

/// The part of a shape inside an area, by Sutherland and Hodgman's method: one side after the other.
pub(crate) fn clipped_polygon(points: Vec<Point>, area: Area) -> Vec<Point> {
    if points.iter().all(|point| area.contains(*point)) {
        return points;
    }
    let sides: [(usize, f64, f64); 4] =
        [(0, area.left, 1.0), (0, area.right, -1.0), (1, area.top, 1.0), (1, area.bottom, -1.0)];
    sides.iter().fold(points, |points, (axis, side, sign)| {
        let depth = |point: Point| sign * (point[*axis] - side);
        let mut kept = Vec::with_capacity(points.len() + 4);
        for (index, point) in points.iter().enumerate() {
            let before = points[(index + points.len() - 1) % points.len()];
            let (last, this) = (depth(before), depth(*point));
            if (last < 0.0) != (this < 0.0) {
                let share = last / (last - this);
                kept.push([0, 1].map(|axis| before[axis] + share * (point[axis] - before[axis])));
            }
            if this >= 0.0 {
                kept.push(*point);
            }
        }
        kept
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const AREA: Area = Area { left: 0.0, top: 0.0, right: 10.0, bottom: 5.0 };

    #[test]
    fn lines_are_cut_where_they_leave() {
        let line = vec![[-5.0, 2.0], [5.0, 2.0], [5.0, 9.0], [8.0, 9.0], [8.0, 1.0]];
        let pieces = clipped_line(line, AREA);
        assert_eq!(
            pieces,
            [vec![[0.0, 2.0], [5.0, 2.0], [5.0, 5.0]], vec![[8.0, 5.0], [8.0, 1.0]]]
        );
        assert!(clipped_line(vec![[-1.0, 6.0], [11.0, 7.0]], AREA).is_empty());
    }

    proptest! {
        #[test]
        fn shapes_stay_inside_and_keep_their_area_there(
            corners in prop::array::uniform4(-20.0..20.0_f64),
        ) {
            let [left, right, top, bottom] = corners;
            let (left, right) = (left.min(right), left.max(right));
            let (top, bottom) = (top.min(bottom), top.max(bottom));
            let shape = vec![[left, top], [right, top], [right, bottom], [left, bottom]];
            let kept = clipped_polygon(shape, AREA);
            for point in &kept {
                prop_assert!((-1e-9..=10.0 + 1e-9).contains(&point[0]));
                prop_assert!((-1e-9..=5.0 + 1e-9).contains(&point[1]));
            }
            let area: f64 = (0..kept.len())
                .map(|i| (kept[i], kept[(i + 1) % kept.len()]))
                .map(|(a, b)| (a[0] * b[1] - b[0] * a[1]) / 2.0)
                .sum();
            let side = |low: f64, high: f64, most: f64| (high.min(most) - low.max(0.0)).max(0.0);
            let expected = side(left, right, 10.0) * side(top, bottom, 5.0);
            prop_assert!((area.abs() - expected).abs() < 1e-9, "{area} {expected}");
        }
    }
}
