//! Medians and other quantiles of a few measurements.

/// The value below which a share of the sample lies, interpolated linearly between neighbours (as numpy and
/// R do by default); nothing for an empty sample.
pub fn quantile(sample: &[f64], share: f64) -> Option<f64> {
    let mut sorted = sample.to_vec();
    sorted.sort_by(f64::total_cmp);
    let last = sorted.len().checked_sub(1)?;
    let position = share.clamp(0.0, 1.0) * last as f64;
    let below = position.floor() as usize;
    let above = (below + 1).min(last);
    let weight = position - below as f64;
    Some(sorted[below] * (1.0 - weight) + sorted[above] * weight)
}

/// The middle of a sample.
pub fn median(sample: &[f64]) -> Option<f64> {
    quantile(sample, 0.5)
}

/// The 95th percentile: what one has to expect now and then.
pub fn p95(sample: &[f64]) -> Option<f64> {
    quantile(sample, 0.95)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_interpolate_whatever_the_order() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), Some(2.0));
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), Some(2.5));
        // numpy.percentile([1, 2, 3, 4, 5], 95)
        assert!((p95(&[5.0, 4.0, 3.0, 2.0, 1.0]).unwrap_or_default() - 4.8).abs() < 1e-12);
    }

    #[test]
    fn one_value_is_every_quantile_and_none_has_no_quantile() {
        assert_eq!((median(&[7.0]), p95(&[7.0])), (Some(7.0), Some(7.0)));
        assert_eq!(median(&[]), None);
    }
}
