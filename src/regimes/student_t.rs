//! Student's t distribution, for returns, whose tails are heavier than normal ones.

use std::f64::consts::PI;

use libm::lgamma;

use crate::stats::incomplete_beta::incomplete_beta;
use crate::{Error, Result};

/// Student's t distribution about a location, with a scale. Its variance is scale² · ν / (ν − 2).
///
/// # Example
/// ```
/// use latentlab::regimes::StudentT;
///
/// let law = StudentT::new(0.0, 1.0, 4.0)?;
/// assert!((law.cumulative(2.131_846_8) - 0.95).abs() < 1e-8);
/// assert!((law.density(0.0) - 0.375).abs() < 1e-12);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct StudentT {
    location: f64,
    scale: f64,
    degrees: f64,
}

/// The range in which degrees of freedom are looked for: with more than two the variance is finite, and with 200 tails are normal to the eye.
const DEGREES: [f64; 2] = [2.1, 200.0];
/// Rounds of an estimate at most.
const ROUNDS: usize = 100;

impl StudentT {
    /// A distribution from its parameters.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a scale that is not above zero, and degrees of freedom of 1 or less, with which there is no mean.
    ///
    /// # Example
    /// ```
    /// assert!(latentlab::regimes::StudentT::new(0.0, 1.0, 1.0).is_err());
    /// ```
    pub fn new(location: f64, scale: f64, degrees: f64) -> Result<Self> {
        let law = Self { location, scale, degrees };
        let positive = scale > 0.0 && scale.is_finite() && degrees > 1.0 && degrees.is_finite();
        if positive && location.is_finite() {
            return Ok(law);
        }
        let problem =
            "a finite location, a scale above zero and degrees of freedom above 1 are needed";
        Err(Error::invalid(format!("{law:?}"), problem))
    }

    /// The distribution that is likeliest for values with weights, by expectation and conditional maximisation either (Liu and Rubin, 1995); degrees of freedom
    /// from 2.1 to 200.
    ///
    /// # Errors
    /// [`Error::Invalid`] for values that do not match their weights, are not finite or all equal, and weights that are negative or all zero.
    ///
    /// # Example
    /// ```
    /// use latentlab::regimes::StudentT;
    ///
    /// let values: Vec<f64> = (0..101).map(|place| (place as f64 - 50.0) / 10.0).collect();
    /// let law = StudentT::fit(&values, &[1.0; 101])?;
    /// assert!(law.location().abs() < 1e-6 && law.degrees() > 100.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fit(values: &[f64], weights: &[f64]) -> Result<Self> {
        Ok(Self::start(values, weights)?.improved(values, weights))
    }

    /// Mean and standard deviation, the latter shortened since the tails will explain a part of it.
    fn start(values: &[f64], weights: &[f64]) -> Result<Self> {
        let total: f64 = weights.iter().sum();
        let pairs = || values.iter().zip(weights);
        let location = pairs().map(|(value, weight)| value * weight).sum::<f64>() / total;
        let squares = pairs().map(|(value, weight)| (value - location).powi(2) * weight);
        let scale = 0.8 * (squares.sum::<f64>() / total).sqrt();
        let bad = weights.iter().any(|weight| *weight < 0.0) || values.len() != weights.len();
        if bad || !(scale > 0.0 && scale.is_finite()) {
            let what = format!("{} values with {} weights", values.len(), weights.len());
            let problem = "a weight of zero or more for each value, and finite values that are not all equal are needed";
            return Err(Error::invalid(what, problem));
        }
        Ok(Self { location, scale, degrees: 5.0 })
    }

    /// Rounds until nothing moves any more. The degrees of freedom, which cost most, take their turn at every third.
    fn improved(mut self, values: &[f64], weights: &[f64]) -> Self {
        for _ in 0..ROUNDS {
            let before = self;
            for _ in 0..3 {
                self = self.moved(values, weights);
            }
            self.degrees = self.best_degrees(values, weights);
            let step = (self.location - before.location).abs() + (self.scale - before.scale).abs();
            if step < 1e-7 * self.scale && (self.degrees / before.degrees - 1.0).abs() < 1e-4 {
                break;
            }
        }
        self
    }

    /// One round for location and scale: values far out count less.
    pub(super) fn moved(self, values: &[f64], weights: &[f64]) -> Self {
        let (mut sum, mut first, mut total) = (0.0, 0.0, 0.0);
        let shares: Vec<f64> = values
            .iter()
            .zip(weights)
            .map(|(value, weight)| {
                let score = (value - self.location) / self.scale;
                let share = weight * (self.degrees + 1.0) / (self.degrees + score * score);
                sum += share;
                first += share * value;
                total += weight;
                share
            })
            .collect();
        let location = first / sum;
        let squares: f64 = values
            .iter()
            .zip(&shares)
            .map(|(value, share)| share * (value - location).powi(2))
            .sum();
        Self { location, scale: (squares / total).sqrt(), ..self }
    }

    /// The likeliest degrees of freedom with this location and scale, by golden sections on their logarithm.
    pub(super) fn best_degrees(self, values: &[f64], weights: &[f64]) -> f64 {
        let total: f64 = weights.iter().sum();
        let squares: Vec<f64> =
            values.iter().map(|value| ((value - self.location) / self.scale).powi(2)).collect();
        let fit = |log: f64| {
            let degrees = log.exp();
            let tails: f64 = squares
                .iter()
                .zip(weights)
                .map(|(square, weight)| weight * (square / degrees).ln_1p())
                .sum();
            total * log_constant(degrees) - (degrees + 1.0) / 2.0 * tails
        };
        let golden = (5.0_f64.sqrt() - 1.0) / 2.0;
        let [mut low, mut high] = DEGREES.map(f64::ln);
        let inner =
            |low: f64, high: f64| (high - golden * (high - low), low + golden * (high - low));
        let (mut left, mut right) = inner(low, high);
        let (mut at_left, mut at_right) = (fit(left), fit(right));
        while high - low > 1e-5 {
            if at_left > at_right {
                high = right;
                (right, at_right) = (left, at_left);
                left = inner(low, high).0;
                at_left = fit(left);
            } else {
                low = left;
                (left, at_left) = (right, at_right);
                right = inner(low, high).1;
                at_right = fit(right);
            }
        }
        ((low + high) / 2.0).exp()
    }

    /// The centre, which is the mean and the median.
    pub fn location(&self) -> f64 {
        self.location
    }

    /// The unit of length.
    pub fn scale(&self) -> f64 {
        self.scale
    }

    /// Degrees of freedom: the fewer, the heavier the tails.
    pub fn degrees(&self) -> f64 {
        self.degrees
    }

    /// The standard deviation; infinite for two degrees of freedom or fewer.
    ///
    /// # Example
    /// ```
    /// let law = latentlab::regimes::StudentT::new(0.0, 3.0, 4.0)?;
    /// assert!((law.standard_deviation() - 18f64.sqrt()).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn standard_deviation(&self) -> f64 {
        match self.degrees {
            degrees if degrees > 2.0 => self.scale * (degrees / (degrees - 2.0)).sqrt(),
            _ => f64::INFINITY,
        }
    }

    /// The logarithm of the density at a value.
    ///
    /// # Example
    /// ```
    /// let law = latentlab::regimes::StudentT::new(1.0, 2.0, 5.0)?;
    /// assert!((law.log_density(3.0) - law.density(3.0).ln()).abs() < 1e-12);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn log_density(&self, value: f64) -> f64 {
        let score = (value - self.location) / self.scale;
        log_constant(self.degrees)
            - self.scale.ln()
            - (self.degrees + 1.0) / 2.0 * (score * score / self.degrees).ln_1p()
    }

    /// The density at a value.
    ///
    /// # Example
    /// See [`StudentT`].
    pub fn density(&self, value: f64) -> f64 {
        self.log_density(value).exp()
    }

    /// The probability of values up to one.
    ///
    /// # Example
    /// See [`StudentT`].
    pub fn cumulative(&self, value: f64) -> f64 {
        let score = (value - self.location) / self.scale;
        let (square, degrees) = (score * score, self.degrees);
        let shares = [degrees / (degrees + square), square / (degrees + square)];
        let tail = incomplete_beta(shares, [degrees / 2.0, 0.5]) / 2.0;
        if score > 0.0 { 1.0 - tail } else { tail }
    }

    /// The expected distance of a draw from a value: E|X − y|.
    pub(super) fn expected_distance(&self, value: f64) -> f64 {
        let score = (value - self.location) / self.scale;
        let standard = Self { location: 0.0, scale: 1.0, degrees: self.degrees };
        let (cumulative, density) = (standard.cumulative(score), standard.density(score));
        let reach = (self.degrees + score * score) / (self.degrees - 1.0);
        self.scale * (score * (2.0 * cumulative - 1.0) + 2.0 * density * reach)
    }

    /// The expected distance of two draws of this distribution, E|X − X′| (Jordan, Krüger and Lerch, *Evaluating probabilistic forecasts*, 2019).
    pub(super) fn own_distance(&self) -> f64 {
        let degrees = self.degrees;
        let log_beta = |one: f64, other: f64| lgamma(one) + lgamma(other) - lgamma(one + other);
        let ratio = log_beta(0.5, degrees - 0.5) - 2.0 * log_beta(0.5, degrees / 2.0);
        self.scale * 4.0 * degrees.sqrt() / (degrees - 1.0) * ratio.exp()
    }
}

/// log Γ((ν + 1)/2) − log Γ(ν/2) − ½ log νπ.
fn log_constant(degrees: f64) -> f64 {
    lgamma((degrees + 1.0) / 2.0) - lgamma(degrees / 2.0) - (degrees * PI).ln() / 2.0
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::random::Random;

    /// ∫ by Simpson's rule.
    fn integral(from: f64, to: f64, of: impl Fn(f64) -> f64) -> f64 {
        let (steps, width) = (20_000, (to - from) / 20_000.0);
        let weight = |step: usize| match step {
            0 | 20_000 => 1.0,
            _ if step % 2 == 1 => 4.0,
            _ => 2.0,
        };
        (0..=steps).map(|step| weight(step) * of(from + step as f64 * width)).sum::<f64>() * width
            / 3.0
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(30))]

        #[test]
        fn probabilities_are_areas_under_the_density(
            degrees in 2.5..150.0f64,
            scale in 0.1..3.0f64,
            value in -4.0..4.0f64,
        ) {
            let law = StudentT::new(0.3, scale, degrees).unwrap();
            let area = integral(0.3, value, |at| law.density(at));
            prop_assert!((law.cumulative(value) - 0.5 - area).abs() < 1e-9);
            prop_assert!((law.cumulative(value) + law.cumulative(0.6 - value) - 1.0).abs() < 1e-12);
        }

        #[test]
        fn distances_are_integrals(degrees in 4.0..80.0f64, scale in 0.5..2.0f64, value in -3.0..3.0f64) {
            let law = StudentT::new(0.0, scale, degrees).unwrap();
            let reach = 400.0 * scale;
            let side = |sign: f64| integral(0.0, reach, |away| {
                let at = value + sign * away;
                let beyond = if sign > 0.0 { 1.0 - law.cumulative(at) } else { law.cumulative(at) };
                beyond.max(0.0)
            });
            prop_assert!((law.expected_distance(value) - side(1.0) - side(-1.0)).abs() < 1e-4 * scale);
            let own = 4.0 * integral(0.0, reach, |at| law.cumulative(at) * law.cumulative(-at));
            prop_assert!((law.own_distance() - own).abs() < 1e-4 * scale);
        }
    }

    #[test]
    fn estimates_find_what_values_were_drawn_from() {
        let mut random = Random::new(3);
        let draw = |random: &mut Random| {
            let chi: f64 = (0..5).map(|_| random.normal().powi(2)).sum();
            0.7 + 2.0 * random.normal() / (chi / 5.0).sqrt()
        };
        let values: Vec<f64> = (0..20_000).map(|_| draw(&mut random)).collect();
        let law = StudentT::fit(&values, &vec![1.0; values.len()]).unwrap();
        assert!((law.location() - 0.7).abs() < 0.06, "{law:?}");
        assert!((law.scale() - 2.0).abs() < 0.06 && (law.degrees() - 5.0).abs() < 0.5, "{law:?}");
        // No neighbour is likelier.
        let fit = |law: StudentT| values.iter().map(|value| law.log_density(*value)).sum::<f64>();
        for (location, scale, degrees) in [
            (1.001, 1.0, 1.0),
            (1.0, 1.002, 1.0),
            (1.0, 0.998, 1.0),
            (1.0, 1.0, 1.02),
            (1.0, 1.0, 0.98),
        ] {
            let other =
                StudentT::new(law.location * location, law.scale * scale, law.degrees * degrees)
                    .unwrap();
            assert!(fit(other) < fit(law), "{other:?}");
        }
    }

    #[test]
    fn values_that_tell_nothing_are_refused() {
        for (values, weights) in [
            (&[1.0, 1.0][..], &[1.0, 1.0][..]),
            (&[1.0, 2.0], &[1.0]),
            (&[1.0, 2.0], &[0.0, 0.0]),
            (&[1.0, 2.0], &[1.0, -0.5]),
            (&[1.0, f64::NAN], &[1.0, 1.0]),
            (&[], &[]),
        ] {
            assert!(StudentT::fit(values, weights).is_err(), "{values:?}");
        }
        assert!(
            StudentT::new(0.0, 0.0, 3.0).is_err() && StudentT::new(f64::NAN, 1.0, 3.0).is_err()
        );
    }
}
