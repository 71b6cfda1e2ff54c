//! How far apart two sets of samples lie, as normal distributions.

use ndarray::Array2;

use super::decomposition::{SingularValues, centered};
use super::samples::{check, invalid};
use crate::Result;

/// The squared Fréchet distance of two normal distributions with the means and covariances of two sets of samples, n × p and m × p:
/// |μ₁ − μ₂|² + tr(Σ₁ + Σ₂ − 2 (Σ₁ Σ₂)^½) (Dowson and Landau, Journal of Multivariate Analysis 12, 1982). On features of pictures
/// it is the usual measure of what a network draws (Heusel and others, 2017). Zero or positive; covariances divide by n − 1.
///
/// The trace of the root is the sum of the singular values of Σ₁^½ Σ₂^½, which comes from those of the centred samples: nothing is squared
/// and no root of a product is taken, so that covariances may be singular.
///
/// # Errors
/// [`Error::Invalid`](crate::Error::Invalid) for fewer than two rows, different numbers of columns, values that are not finite.
///
/// # Example
/// ```
/// use latentlab::{ndarray::array, stats::frechet_distance};
///
/// let (one, other) = (array![[0.0, 1.0], [2.0, 3.0]], array![[3.0, 1.0], [5.0, 3.0]]);
/// assert!((frechet_distance(&one, &other)? - 9.0).abs() < 1e-12);
/// # Ok::<(), latentlab::Error>(())
/// ```
pub fn frechet_distance(one: &Array2<f64>, other: &Array2<f64>) -> Result<f64> {
    for samples in [one, other] {
        check(samples, "a Fréchet distance needs")?;
    }
    if one.ncols() != other.ncols() {
        let problem = format!("the other set has {} columns; both need the same", other.ncols());
        return Err(invalid(one, problem));
    }
    let ([first, mean], [second, other_mean]) = (scaled(one), scaled(other));
    let apart: f64 = (&mean - &other_mean).iter().map(|gap| gap * gap).sum();
    let (first, second) = (SingularValues::new(&first)?, SingularValues::new(&second)?);
    let total =
        |parts: &SingularValues| parts.values.iter().map(|value| value * value).sum::<f64>();
    let sides = |parts: &SingularValues| {
        ndarray::Array2::from_shape_fn(parts.right.dim(), |(row, column)| {
            parts.values[row] * parts.right[[row, column]]
        })
    };
    let common = SingularValues::new(&sides(&first).dot(&sides(&second).t()))?;
    let root: f64 = common.values.iter().sum();
    // Rounding may leave a little less than nothing.
    Ok((apart + total(&first) + total(&second) - 2.0 * root).max(0.0))
}

/// Centred samples over √(n − 1), so that their squares make the covariance, and their mean, 1 × p.
fn scaled(samples: &Array2<f64>) -> [Array2<f64>; 2] {
    let (centred, mean) = centered(samples);
    let length = mean.len();
    let divisor = (samples.nrows() as f64 - 1.0).sqrt();
    [centred / divisor, mean.into_shape_with_order((1, length)).unwrap_or_default()]
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use ndarray::array;
    use proptest::prelude::*;

    use super::*;
    use crate::random::Random;

    fn samples(rows: usize, columns: usize, seed: u64) -> Array2<f64> {
        let mut random = Random::new(seed);
        Array2::from_shape_fn((rows, columns), |(_, column)| random.normal() * (column + 1) as f64)
    }

    #[test]
    fn references_agree() {
        let fixture: serde_json::Value =
            serde_json::from_str(include_str!("../../tests/fixtures/frechet.json")).unwrap();
        let matrix = |value: &serde_json::Value| {
            let rows = value.as_array().unwrap();
            let columns = rows[0].as_array().unwrap().len();
            Array2::from_shape_fn((rows.len(), columns), |(row, column)| {
                rows[row][column].as_f64().unwrap()
            })
        };
        for problem in fixture["problems"].as_array().unwrap() {
            let distance =
                frechet_distance(&matrix(&problem["one"]), &matrix(&problem["other"])).unwrap();
            let expected = problem["distance"].as_f64().unwrap();
            let tolerance = problem["tolerance"].as_f64().unwrap();
            assert!(
                (distance - expected).abs() < tolerance * expected,
                "{}: {distance} {expected}",
                problem["name"]
            );
        }
    }

    #[test]
    fn one_variable_has_a_formula() {
        // (μ₁ − μ₂)² + (σ₁ − σ₂)²
        let distance = frechet_distance(&array![[0.0], [2.0]], &array![[1.0], [7.0]]).unwrap();
        let expected = 9.0 + (2.0_f64.sqrt() - 18.0_f64.sqrt()).powi(2);
        assert!((distance - expected).abs() < 1e-12, "{distance}");
    }

    #[test]
    fn fewer_samples_than_variables_are_enough() {
        let (one, other) = (samples(4, 9, 1), samples(3, 9, 2));
        let distance = frechet_distance(&one, &other).unwrap();
        assert!(distance.is_finite() && distance > 0.0);
        assert!(frechet_distance(&one, &one).unwrap() < 1e-10);
        // Samples without any spread have only a mean.
        let still = Array2::from_elem((5, 9), 2.0);
        assert!((frechet_distance(&still, &(&still + 1.0)).unwrap() - 9.0).abs() < 1e-12);
    }

    #[test]
    fn what_has_no_distance_is_refused() {
        let good = samples(5, 2, 1);
        for wrong in [samples(1, 2, 1), samples(5, 3, 1), Array2::zeros((5, 0)), &good * f64::NAN] {
            assert!(frechet_distance(&good, &wrong).is_err());
            assert!(frechet_distance(&wrong, &good).is_err());
        }
    }

    proptest! {
        #[test]
        fn it_is_symmetric_and_zero_on_itself(seed in 0_u64..1000, shift in -3.0_f64..3.0, scale in 0.1_f64..3.0) {
            let one = samples(20, 4, seed);
            let other = samples(30, 4, seed + 1) * scale + shift;
            let there = frechet_distance(&one, &other).unwrap();
            let back = frechet_distance(&other, &one).unwrap();
            prop_assert!((there - back).abs() < 1e-9 * (1.0 + there));
            prop_assert!(there > 0.0);
            prop_assert!(frechet_distance(&other, &other).unwrap() < 1e-9);
        }

        #[test]
        fn rotations_change_nothing_and_shifts_count_their_length(seed in 0_u64..1000, angle in 0.0_f64..6.3, shift in -3.0_f64..3.0) {
            let (one, other) = (samples(20, 2, seed), samples(25, 2, seed + 1));
            let turn = array![[angle.cos(), -angle.sin()], [angle.sin(), angle.cos()]];
            let plain = frechet_distance(&one, &other).unwrap();
            let turned = frechet_distance(&one.dot(&turn), &other.dot(&turn)).unwrap();
            prop_assert!((plain - turned).abs() < 1e-8 * (1.0 + plain));
            let moved = frechet_distance(&one, &(&one + shift)).unwrap();
            prop_assert!((moved - 2.0 * shift * shift).abs() < 1e-8);
        }
    }
}
