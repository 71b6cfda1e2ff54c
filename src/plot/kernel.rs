//! Quantiles and kernel density estimates of a sample.

/// Places at which a density is computed.
const PLACES: usize = 200;
/// Beyond this many values they are counted in fine bins first.
const MOST_VALUES: usize = 5_000;

/// A quantile of sorted numbers, linear between neighbours (NumPy's default).
pub(crate) fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len().max(1) - 1) as f64;
    let (below, rest) = (place.floor() as usize, place.fract());
    match (sorted.get(below), sorted.get(below + 1)) {
        (Some(low), Some(high)) => low + rest * (high - low),
        (Some(low), None) => *low,
        _ => f64::NAN,
    }
}

/// Scott's bandwidth, `std · n^(−1/5)`; something visible where all values are equal.
pub(crate) fn bandwidth(values: &[f64]) -> f64 {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    let variance =
        values.iter().map(|value| (value - mean).powi(2)).sum::<f64>() / (count - 1.0).max(1.0);
    let width = variance.sqrt() * count.powf(-0.2);
    if width > 0.0 { width } else { mean.abs().max(1.0) * 0.05 }
}

/// The Gaussian kernel density of a sample at places from `low` to `high`, as pairs of place and density.
pub(crate) fn density(values: &[f64], low: f64, high: f64) -> Vec<[f64; 2]> {
    let width = bandwidth(values);
    let (centers, weights) = condensed(values, width);
    let unit = 1.0 / (values.len() as f64 * width * std::f64::consts::TAU.sqrt());
    (0..PLACES)
        .map(|step| {
            let place = low + (high - low) * step as f64 / (PLACES - 1) as f64;
            let sum: f64 = centers
                .iter()
                .zip(&weights)
                .map(|(center, weight)| weight * (-0.5 * ((place - center) / width).powi(2)).exp())
                .sum();
            [place, sum * unit]
        })
        .collect()
}

/// The values with weights of one, or fine bins with their counts: a tenth of the bandwidth changes no curve.
fn condensed(values: &[f64], width: f64) -> (Vec<f64>, Vec<f64>) {
    if values.len() <= MOST_VALUES {
        return (values.to_vec(), vec![1.0; values.len()]);
    }
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let step = 0.1 * width;
    let mut counts = std::collections::BTreeMap::<i64, f64>::new();
    for value in values {
        *counts.entry(((value - low) / step) as i64).or_default() += 1.0;
    }
    counts.into_iter().map(|(bin, count)| (low + (bin as f64 + 0.5) * step, count)).unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_numpys() {
        let sorted = [1.0, 2.0, 4.0, 8.0];
        assert_eq!(quantile(&sorted, 0.25), 1.75);
        assert_eq!(quantile(&sorted, 0.5), 3.0);
        assert_eq!(quantile(&sorted, 1.0), 8.0);
        assert_eq!(quantile(&[5.0], 0.75), 5.0);
    }

    #[test]
    fn a_density_has_an_area_of_one() {
        for count in [3, 500, 20_000] {
            let values: Vec<f64> = (0..count).map(|i| (f64::from(i) * 1.7).sin() * 2.0).collect();
            let reach = 6.0 * bandwidth(&values);
            let curve = density(&values, -2.0 - reach, 2.0 + reach);
            let step = curve[1][0] - curve[0][0];
            let area: f64 = curve.iter().map(|[_, height]| height * step).sum();
            assert!((area - 1.0).abs() < 1e-3, "{count}: {area}");
        }
    }
}
