//! Fewer points for the same picture.

use super::canvas::Point;

/// Keeps the lowest and the highest point of every pixel column, and the two ends: what a line drawn through all
/// points covers, as far as an eye can tell. Lines that turn back in x are left alone.
pub(crate) fn envelope(points: Vec<Point>) -> Vec<Point> {
    let forward = points.windows(2).all(|pair| pair[0][0] <= pair[1][0]);
    let backward = points.windows(2).all(|pair| pair[0][0] >= pair[1][0]);
    let (Some(first), Some(last)) = (points.first().copied(), points.last().copied()) else {
        return points;
    };
    let columns = (last[0] - first[0]).abs() + 1.0;
    if !(forward || backward) || points.len() as f64 <= 2.0 * columns {
        return points;
    }
    let mut kept = vec![first];
    for column in points.chunk_by(|one, next| one[0].floor() == next[0].floor()) {
        let (mut low, mut high) = (0, 0);
        for (index, point) in column.iter().enumerate() {
            if point[1] < column[low][1] {
                low = index;
            }
            if point[1] > column[high][1] {
                high = index;
            }
        }
        kept.push(column[low.min(high)]);
        if low != high {
            kept.push(column[low.max(high)]);
        }
    }
    kept.push(last);
    kept.dedup();
    kept
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn extremes_and_ends_survive(heights in prop::collection::vec(0.0..300.0_f64, 2..3000), width in 1.0..600.0_f64) {
            let last = heights.len() as f64 - 1.0;
            let points: Vec<Point> =
                heights.iter().enumerate().map(|(i, y)| [i as f64 / last * width, *y]).collect();
            let kept = envelope(points.clone());
            let bounds = |points: &[Point]| {
                points.iter().fold((f64::MAX, f64::MIN), |(low, high), p| (low.min(p[1]), high.max(p[1])))
            };
            prop_assert_eq!(bounds(&kept), bounds(&points));
            prop_assert_eq!((kept.first(), kept.last()), (points.first(), points.last()));
            prop_assert!(kept.len() as f64 <= (2.0 * width + 6.0).max(2.0 * (width + 1.0)));
        }
    }

    #[test]
    fn curves_that_turn_back_keep_every_point() {
        let circle: Vec<Point> =
            (0..1000).map(|i| f64::from(i).sin_cos()).map(|(y, x)| [x, y]).collect();
        assert_eq!(envelope(circle.clone()), circle);
    }
}
