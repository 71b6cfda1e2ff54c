//! What only the order of values says: correlations and transformations that outliers and skewed margins leave
//! alone.

use ndarray::{Array1, Array2, ArrayView1};

use super::empirical_covariance;
use super::samples::{check, invalid};
use crate::Result;

/// The ranks of values, from 1; equal values share the mean of their ranks.
fn ranks(values: ArrayView1<f64>) -> Array1<f64> {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_by(|&one, &other| values[one].total_cmp(&values[other]));
    let mut ranks = Array1::zeros(values.len());
    let mut start = 0;
    while start < order.len() {
        let value = values[order[start]];
        let end =
            start + order[start..].iter().take_while(|&&index| values[index] == value).count();
        // The mean of start + 1, …, end.
        let rank = (start + 1 + end) as f64 / 2.0;
        order[start..end].iter().for_each(|&index| ranks[index] = rank);
        start = end;
    }
    ranks
}

/// Every column replaced by its ranks.
fn ranked(samples: &Array2<f64>) -> Result<Array2<f64>> {
    check(samples, "ranks need")?;
    let mut result = Array2::zeros(samples.dim());
    for (from, mut to) in samples.columns().into_iter().zip(result.columns_mut()) {
        let ranks = ranks(from);
        if ranks.iter().all(|rank| *rank == ranks[0]) {
            let problem = "a column is constant: it has no order to compare; drop it";
            return Err(invalid(samples, problem));
        }
        to.assign(&ranks);
    }
    Ok(result)
}

/// The p × p matrix of Spearman's rank correlations of an n × p matrix of samples: the correlations of the ranks.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) for fewer than two rows, no column, a value that is not finite, or a constant column.
///
/// # Example
/// ```
/// use latentlab::{ndarray::array, stats::spearman_correlation};
///
/// // The second column grows with the first, if not in proportion to it.
/// let correlation = spearman_correlation(&array![[1.0, 1.0], [2.0, 10.0], [3.0, 1e6]])?;
/// assert!((correlation[[0, 1]] - 1.0).abs() < 1e-12);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn spearman_correlation(samples: &Array2<f64>) -> Result<Array2<f64>> {
    let covariance = empirical_covariance(&ranked(samples)?)?;
    let deviation = covariance.diag().mapv(f64::sqrt);
    let order = covariance.nrows();
    Ok(Array2::from_shape_fn((order, order), |(row, column)| {
        if row == column {
            return 1.0;
        }
        (covariance[[row, column]] / (deviation[row] * deviation[column])).clamp(-1.0, 1.0)
    }))
}

/// Samples with normal margins and the order they had: each value becomes Φ⁻¹(r / (n + 1)), with r its rank in its column,
/// divided by the standard deviation that all columns without ties then share. A graphical lasso on the result
/// estimates the graph of a nonparanormal distribution, that of increasing functions of Gaussian variables (Liu, Lafferty and
/// Wasserman, The nonparanormal, 2009; the shrunken distribution function of R's huge 1.3).
///
/// # Errors
/// As [`spearman_correlation`].
///
/// # Example
/// ```
/// use latentlab::{ndarray::array, stats::nonparanormal_transform};
///
/// let skewed = array![[1.0], [10.0], [1e6]];
/// let normal = nonparanormal_transform(&skewed)?;
/// assert!(normal[[1, 0]].abs() < 1e-12 && (normal[[0, 0]] + normal[[2, 0]]).abs() < 1e-12);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn nonparanormal_transform(samples: &Array2<f64>) -> Result<Array2<f64>> {
    let count = samples.nrows() as f64;
    let ranked = ranked(samples)?;
    let scores: Vec<f64> =
        (1..=samples.nrows()).map(|rank| normal_quantile(rank as f64 / (count + 1.0))).collect();
    let squares: f64 = scores.iter().map(|score| score * score).sum();
    let deviation = (squares / (count - 1.0)).sqrt();
    Ok(ranked.mapv(|rank| normal_quantile(rank / (count + 1.0)) / deviation))
}

/// The quantile of the standard normal distribution at a probability between 0 and 1 (Wichura, Algorithm AS 241,
/// 1988; some 16 digits).
pub(super) fn normal_quantile(probability: f64) -> f64 {
    let centred = probability - 0.5;
    if centred.abs() <= 0.425 {
        let r = 0.180_625 - centred * centred;
        return centred * ratio(r, &CENTRE);
    }
    let tail = if centred < 0.0 { probability } else { 1.0 - probability };
    let r = (-tail.ln()).sqrt();
    let value = if r <= 5.0 { ratio(r - 1.6, &MIDDLE) } else { ratio(r - 5.0, &TAIL) };
    if centred < 0.0 { -value } else { value }
}

/// Numerator and denominator of a rational function, the constants first.
type Rational = [[f64; 8]; 2];

fn ratio(at: f64, [numerator, denominator]: &Rational) -> f64 {
    let polynomial = |coefficients: &[f64; 8]| {
        coefficients.iter().rev().fold(0.0, |sum, coefficient| sum * at + coefficient)
    };
    polynomial(numerator) / polynomial(denominator)
}

const CENTRE: Rational = [
    [
        3.387_132_872_796_366_5,
        133.141_667_891_784_38,
        1_971.590_950_306_551_3,
        13_731.693_765_509_46,
        45_921.953_931_549_87,
        67_265.770_927_008_7,
        33_430.575_583_588_13,
        2_509.080_928_730_122_7,
    ],
    [
        1.0,
        42.313_330_701_600_91,
        687.187_007_492_057_9,
        5_394.196_021_424_751,
        21_213.794_301_586_597,
        39_307.895_800_092_71,
        28_729.085_735_721_943,
        5_226.495_278_852_854,
    ],
];
const MIDDLE: Rational = [
    [
        1.423_437_110_749_683_5,
        4.630_337_846_156_546,
        5.769_497_221_460_691,
        3.647_848_324_763_204_5,
        1.270_458_252_452_368_4,
        0.241_780_725_177_450_6,
        0.022_723_844_989_269_184,
        7.745_450_142_783_414e-4,
    ],
    [
        1.0,
        2.053_191_626_637_759,
        1.676_384_830_183_803_8,
        0.689_767_334_985_1,
        0.148_103_976_427_480_08,
        0.015_198_666_563_616_457,
        5.475_938_084_995_345e-4,
        1.050_750_071_644_416_9e-9,
    ],
];
const TAIL: Rational = [
    [
        6.657_904_643_501_103,
        5.463_784_911_164_114,
        1.784_826_539_917_291_3,
        0.296_560_571_828_504_87,
        0.026_532_189_526_576_124,
        0.001_242_660_947_388_078_4,
        2.711_555_568_743_487_6e-5,
        2.010_334_399_292_288_1e-7,
    ],
    [
        1.0,
        0.599_832_206_555_888,
        0.136_929_880_922_735_8,
        0.014_875_361_290_850_615,
        7.868_691_311_456_133e-4,
        1.846_318_317_510_054_7e-5,
        1.421_511_758_316_446e-7,
        2.044_263_103_389_939_8e-15,
    ],
];

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_values_share_their_rank() {
        assert_eq!(ranks(array![3.0, 1.0, 3.0, 2.0].view()), array![3.5, 1.0, 3.5, 2.0]);
    }

    #[test]
    fn what_has_no_order_is_refused() {
        let message =
            |samples: Array2<f64>| spearman_correlation(&samples).unwrap_err().to_string();
        assert!(message(array![[1.0], [1.0]]).contains("constant"));
        assert!(message(array![[1.0], [f64::INFINITY]]).contains("row 1, column 0 holds inf"));
        assert!(message(array![[1.0, 2.0]]).contains("two rows"));
    }

    proptest! {
        #[test]
        fn increasing_functions_change_nothing(values in prop::collection::vec(-3.0_f64..3.0, 30)) {
            let samples = Array2::from_shape_vec((10, 3), values).unwrap();
            let bent = samples.mapv(|value| value.exp() * 100.0);
            prop_assert_eq!(spearman_correlation(&samples).unwrap(), spearman_correlation(&bent).unwrap());
            let one = nonparanormal_transform(&samples).unwrap();
            prop_assert_eq!(one, nonparanormal_transform(&bent).unwrap());
        }
    }
}
