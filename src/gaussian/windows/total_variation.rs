//! Steps instead of noise: the values nearest to a series whose changes cost.

/// Replaces y by the x that minimises ½ Σ (x_k − y_k)² + λ Σ |x_k − x_{k−1}|, exactly and in one pass as a rule (Condat,
/// IEEE Signal Processing Letters 20, 2013).
///
/// A stretch of equal values grows from `start`; `low` and `high` bound its value, and `below` and `above` are the running
/// sums of y − x for the two, which must stay within ±λ. Where neither bound can go on, the stretch ends.
pub(super) fn flatten(series: &mut [f64], penalty: f64) {
    let length = series.len();
    if length < 2 || penalty <= 0.0 {
        return;
    }
    let y = series.to_vec();
    let last = length - 1;
    let (mut place, mut start, mut end_high, mut end_low) = (0, 0, 0, 0);
    let (mut low, mut high) = (y[0] - penalty, y[0] + penalty);
    let (mut below, mut above) = (penalty, -penalty);
    loop {
        while place == last {
            if below < 0.0 {
                series[start..=end_low].fill(low);
                start = end_low + 1;
                (place, end_low) = (start, start);
                low = y[place];
                below = penalty;
                above = y[place] + penalty - high;
            } else if above > 0.0 {
                series[start..=end_high].fill(high);
                start = end_high + 1;
                (place, end_high) = (start, start);
                high = y[place];
                above = -penalty;
                below = y[place] - penalty - low;
            } else {
                series[start..].fill(low + below / (place - start + 1) as f64);
                return;
            }
        }
        let next = y[place + 1];
        if next + below < low - penalty {
            // Down: even the lower bound is too high from here on.
            series[start..=end_low].fill(low);
            start = end_low + 1;
            (place, end_low, end_high) = (start, start, start);
            (low, high) = (y[place], y[place] + 2.0 * penalty);
            (below, above) = (penalty, -penalty);
        } else if next + above > high + penalty {
            series[start..=end_high].fill(high);
            start = end_high + 1;
            (place, end_low, end_high) = (start, start, start);
            (low, high) = (y[place] - 2.0 * penalty, y[place]);
            (below, above) = (penalty, -penalty);
        } else {
            place += 1;
            below += next - low;
            above += next - high;
            let count = (place - start + 1) as f64;
            if below >= penalty {
                low += (below - penalty) / count;
                below = penalty;
                end_low = place;
            }
            if above <= -penalty {
                high += (above + penalty) / count;
                above = -penalty;
                end_high = place;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use proptest::prelude::*;

    use super::*;

    fn flat(series: &[f64], penalty: f64) -> Vec<f64> {
        let mut series = series.to_vec();
        flatten(&mut series, penalty);
        series
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        /// The conditions of optimality: the running sums of y − x stay within ±λ, end at zero, and are ∓λ where x
        /// goes up or down.
        #[test]
        fn the_result_is_the_nearest(
            series in prop::collection::vec(prop_oneof![-3.0..3.0f64, Just(0.0), Just(1.0)], 1..25),
            penalty in prop_oneof![Just(0.0), 0.01..4.0f64],
        ) {
            let flat = flat(&series, penalty);
            let mut sum = 0.0;
            for (place, (x, y)) in flat.iter().zip(&series).enumerate() {
                sum += y - x;
                let Some(next) = flat.get(place + 1) else { break };
                prop_assert!(sum.abs() <= penalty + 1e-10, "{sum} at {place}");
                if (next - x).abs() > 1e-9 {
                    let expected = -penalty * (next - x).signum();
                    prop_assert!((sum - expected).abs() < 1e-9, "{sum} at {place}, {expected}");
                }
            }
            prop_assert!(sum.abs() < 1e-10, "{sum} at the end");
        }
    }

    #[test]
    fn a_large_penalty_leaves_the_mean() {
        let found = flat(&[1.0, 2.0, 6.0], 100.0);
        assert!(found.iter().all(|value| (value - 3.0).abs() < 1e-12), "{found:?}");
        assert_eq!(flat(&[5.0], 1.0), [5.0]);
        assert_eq!(flat(&[0.0, 0.0, 3.0, 3.0], 0.5), [0.25, 0.25, 2.75, 2.75]);
        flatten(&mut [], 1.0);
    }
}
