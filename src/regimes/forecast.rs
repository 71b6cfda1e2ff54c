//! Tomorrow's return by regime.

use ndarray::{Array1, Array2, Axis};
use polars::prelude::{Column, DataFrame};

use super::samples::finite_samples;
use super::scores::ForecastScores;
use super::student_t::StudentT;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, interrupt, titled_frame};
use crate::plot::Matrix;
use crate::words::counted;
use crate::{Error, Result};

/// A distribution of the next return for each regime, and for a day the mixture of them by how probable the regimes are: Student's t distributions, estimated together
/// from the days of a training period.
///
/// A regime of few days would be told by chance alone. Each therefore counts [`SHARED_DAYS`](Self::SHARED_DAYS) days more, spread over all days of the training period.
///
/// # Example
/// ```
/// use latentlab::ndarray::Array2;
/// use latentlab::regimes::RegimeForecast;
///
/// let returns: Vec<f64> = (0..200).map(|day| (day as f64 * 1.7).sin() * if day < 100 { 0.01 } else { 0.03 }).collect();
/// let regime = Array2::from_shape_fn((200, 2), |(day, regime)| f64::from((day < 100) == (regime == 0)));
/// let forecast = RegimeForecast::fit(&regime, &returns)?;
/// assert!(forecast.laws()[1].scale() > 2.0 * forecast.laws()[0].scale());
/// let scores = forecast.score(&regime, &returns)?;
/// assert_eq!(scores.log_densities().len(), 200);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct RegimeForecast {
    laws: Vec<StudentT>,
    /// Expected distances of draws from two regimes each.
    distances: Array2<f64>,
}

/// Rounds of the joint estimate at most.
const ROUNDS: usize = 60;

impl RegimeForecast {
    /// Days of all regimes that each regime is given besides its own.
    pub const SHARED_DAYS: f64 = 20.0;

    /// The distributions from the probabilities of the regimes on each day (days × regimes, rows sum to 1) and each day's next return. Where regimes
    /// are not certain, days are shared out by the distributions found so far, in rounds (as for a mixture whose weights are known).
    ///
    /// # Errors
    /// [`Error::Invalid`] for shapes that do not match, fewer than ten days, rows that are no probabilities, and returns that are not finite or all equal.
    ///
    /// # Example
    /// See [`RegimeForecast`].
    pub fn fit(regimes: impl Matrix, next_returns: &[f64]) -> Result<Self> {
        let regimes = probabilities(regimes, next_returns)?;
        let days = next_returns.len();
        if days < 10 {
            let what = format!("a training period of {}", counted(days, "day"));
            return Err(Error::invalid(what, "at least 10 are needed"));
        }
        let common = StudentT::fit(next_returns, &vec![1.0; days])?;
        let shared = Self::SHARED_DAYS / days as f64;
        let weights_of = |shares: &Array2<f64>, regime: usize| -> Vec<f64> {
            shares.column(regime).iter().map(|share| share + shared).collect()
        };
        let certain = regimes.iter().all(|share| *share < 1e-9 || *share > 1.0 - 1e-9);
        if certain {
            let laws: Result<Vec<StudentT>> = (0..regimes.ncols())
                .map(|regime| StudentT::fit(next_returns, &weights_of(&regimes, regime)))
                .collect();
            return Ok(Self::of(laws?));
        }
        let mut laws = vec![common; regimes.ncols()];
        let mut shares = regimes.clone();
        let mut before = f64::NEG_INFINITY;
        for round in 0..ROUNDS {
            for (regime, law) in laws.iter_mut().enumerate() {
                let weights = weights_of(&shares, regime);
                *law = law.moved(next_returns, &weights);
                if round % 3 == 2 {
                    let degrees = law.best_degrees(next_returns, &weights);
                    *law = StudentT::new(law.location(), law.scale(), degrees)?;
                }
            }
            let total = share_out(&laws, &regimes, next_returns, &mut shares);
            if (total - before).abs() < 1e-4 || interrupt::requested() {
                break;
            }
            before = total;
        }
        Ok(Self::of(laws))
    }

    fn of(laws: Vec<StudentT>) -> Self {
        let distances = Array2::from_shape_fn((laws.len(), laws.len()), |(one, other)| {
            if one == other {
                laws[one].own_distance()
            } else {
                distance_between(&laws[one.min(other)], &laws[one.max(other)])
            }
        });
        Self { laws, distances }
    }

    /// The distribution of each regime.
    ///
    /// # Example
    /// See [`RegimeForecast`].
    pub fn laws(&self) -> &[StudentT] {
        &self.laws
    }

    /// How good the forecasts of some days were, from the probabilities of their regimes, as known on the day, and the returns that came next.
    ///
    /// # Errors
    /// [`Error::Invalid`] for shapes that do not match and rows that are no probabilities.
    ///
    /// # Example
    /// See [`RegimeForecast`].
    pub fn score(&self, regimes: impl Matrix, next_returns: &[f64]) -> Result<ForecastScores> {
        let regimes = probabilities(regimes, next_returns)?;
        if regimes.ncols() != self.laws.len() {
            let what = format!("probabilities of {}", counted(regimes.ncols(), "regime"));
            return Err(Error::invalid(what, format!("{} are needed", self.laws.len())));
        }
        let (mut densities, mut distances) = (Vec::new(), Vec::new());
        for (shares, &value) in regimes.outer_iter().zip(next_returns) {
            let logs: Array1<f64> = shares
                .iter()
                .zip(&self.laws)
                .map(|(share, law)| share.ln() + law.log_density(value))
                .collect();
            let most = logs.iter().fold(f64::NEG_INFINITY, |most, log| most.max(*log));
            densities.push(most + logs.mapv(|log| (log - most).exp()).sum().ln());
            let away: f64 = shares
                .iter()
                .zip(&self.laws)
                .map(|(share, law)| share * law.expected_distance(value))
                .sum();
            distances.push(away - shares.dot(&self.distances.dot(&shares)) / 2.0);
        }
        ForecastScores::new(densities, distances)
    }

    /// A row for each regime: location, standard deviation and degrees of freedom of the next return.
    ///
    /// # Errors
    /// [`Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{ndarray::Array2, regimes::RegimeForecast};
    /// # let returns: Vec<f64> = (0..50).map(|day| (day as f64 * 1.7).sin()).collect();
    /// let one = RegimeForecast::fit(Array2::<f64>::ones((50, 1)), &returns)?;
    /// assert_eq!(one.frame()?.shape(), (1, 4));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let column = |part: fn(&StudentT) -> f64| self.laws.iter().map(part).collect::<Vec<f64>>();
        let regimes: Vec<u32> = (1..=self.laws.len() as u32).collect();
        let columns = vec![
            Column::new("regime".into(), regimes),
            Column::new("location".into(), column(StudentT::location)),
            Column::new("standard deviation".into(), column(StudentT::standard_deviation)),
            Column::new("degrees of freedom".into(), column(StudentT::degrees)),
        ];
        Ok(DataFrame::new(self.laws.len(), columns)?)
    }
}

/// Sets the probabilities of the regimes given each day's next return, too; gives the log likelihood.
fn share_out(
    laws: &[StudentT],
    regimes: &Array2<f64>,
    values: &[f64],
    shares: &mut Array2<f64>,
) -> f64 {
    let mut total = 0.0;
    for (day, value) in values.iter().enumerate() {
        let mut row = shares.row_mut(day);
        for (regime, law) in laws.iter().enumerate() {
            row[regime] = regimes[[day, regime]] * law.density(*value);
        }
        let sum = row.sum();
        // Far beyond all tails densities are zero, and the return says nothing about the regime.
        if sum > 0.0 {
            row /= sum;
            total += sum.ln();
        } else {
            row.assign(&regimes.row(day));
        }
    }
    total
}

/// E|X − Y| of two independent draws: ∫ F (1 − G) + G (1 − F), by substituting x = centre + width · sinh u, whose steps grow with the tails.
fn distance_between(one: &StudentT, other: &StudentT) -> f64 {
    let center = (one.location() + other.location()) / 2.0;
    let width = one.scale().max(other.scale()) + (one.location() - other.location()).abs();
    let (steps, reach) = (4000, 18.0);
    let step = 2.0 * reach / f64::from(steps);
    (0..=steps)
        .map(|place| {
            let along = -reach + f64::from(place) * step;
            let at = center + width * along.sinh();
            let (first, second) = (one.cumulative(at), other.cumulative(at));
            let integrand = first * (1.0 - second) + second * (1.0 - first);
            integrand * width * along.cosh() * step
        })
        .sum()
}

fn probabilities(regimes: impl Matrix, next_returns: &[f64]) -> Result<Array2<f64>> {
    let regimes = finite_samples(regimes)?;
    if regimes.nrows() != next_returns.len() {
        let what = format!("regimes of {}", counted(regimes.nrows(), "day"));
        let problem = format!("there are {}", counted(next_returns.len(), "next return"));
        return Err(Error::invalid(what, problem));
    }
    if let Some(day) = next_returns.iter().position(|value| !value.is_finite()) {
        let what = format!("next return of day {day}");
        return Err(Error::invalid(
            what,
            format!("it is {}; expected a number", next_returns[day]),
        ));
    }
    for (day, row) in regimes.axis_iter(Axis(0)).enumerate() {
        if row.iter().any(|share| *share < 0.0) || (row.sum() - 1.0).abs() > 1e-6 {
            let what = format!("regimes of day {day}");
            return Err(Error::invalid(what, format!("{row} are no probabilities that sum to 1")));
        }
    }
    Ok(regimes)
}

impl Show for RegimeForecast {
    fn rich(&self) -> Rich {
        let title = format!("Next return in {}", counted(self.laws.len(), "regime"));
        titled_frame(&title, self.frame())
    }
}

impl Inspect for RegimeForecast {
    fn preview(&self) -> String {
        counted(self.laws.len(), "regime")
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::random::Random;

    fn draws(count: usize, seed: u64, scale: impl Fn(usize) -> f64) -> Vec<f64> {
        let mut random = Random::new(seed);
        (0..count).map(|day| scale(day) * random.normal()).collect()
    }

    #[test]
    fn distances_of_a_law_from_itself_agree() {
        for degrees in [2.2, 3.0, 30.0] {
            let law = StudentT::new(0.2, 0.5, degrees).unwrap();
            let (exact, summed) = (law.own_distance(), distance_between(&law, &law));
            assert!((exact / summed - 1.0).abs() < 1e-6, "{degrees}: {exact} {summed}");
        }
    }

    #[test]
    fn scores_of_a_mixture_are_those_of_its_distribution() {
        let laws =
            vec![StudentT::new(-0.5, 0.4, 5.0).unwrap(), StudentT::new(1.0, 1.5, 8.0).unwrap()];
        let forecast = RegimeForecast::of(laws.clone());
        let scores = forecast.score([[0.3, 0.7]], &[0.8]).unwrap();
        let cumulative = |at: f64| 0.3 * laws[0].cumulative(at) + 0.7 * laws[1].cumulative(at);
        let step = 1e-3;
        // The definition: ∫ (F(x) − 1{x ≥ y})² dx.
        let wanted: f64 = (-300_000..300_000)
            .map(|place| {
                let at = (f64::from(place) + 0.5) * step;
                (cumulative(at) - f64::from(at >= 0.8)).powi(2) * step
            })
            .sum();
        assert!((scores.distances()[0] - wanted).abs() < 1e-4, "{scores:?} {wanted}");
        let density = 0.3 * laws[0].density(0.8) + 0.7 * laws[1].density(0.8);
        assert!((scores.log_densities()[0] - density.ln()).abs() < 1e-12);
    }

    #[test]
    fn uncertain_regimes_are_told_apart_all_the_same() {
        let values = draws(4000, 5, |day| if day % 2 == 0 { 1.0 } else { 5.0 });
        let shares = Array2::from_shape_fn((4000, 2), |(day, regime)| {
            if (day % 2 == 0) == (regime == 0) { 0.8 } else { 0.2 }
        });
        // The days are in truth as often in the other regime as the probabilities say.
        let mut random = Random::new(9);
        let values: Vec<f64> = values
            .iter()
            .enumerate()
            .map(|(day, value)| {
                let other = random.share() < 0.2;
                match (other, day % 2) {
                    (false, _) => *value,
                    (true, 0) => value * 5.0,
                    (true, _) => value / 5.0,
                }
            })
            .collect();
        let forecast = RegimeForecast::fit(&shares, &values).unwrap();
        let [calm, wild] = [0, 1].map(|regime| forecast.laws()[regime].standard_deviation());
        assert!((0.9..1.3).contains(&calm) && (4.5..5.5).contains(&wild), "{calm} {wild}");
        let one = RegimeForecast::fit(Array2::<f64>::ones((4000, 1)), &values).unwrap();
        let mean = |scores: ForecastScores| scores.mean_log_density();
        let better = mean(forecast.score(&shares, &values).unwrap());
        assert!(better > mean(one.score(Array2::<f64>::ones((4000, 1)), &values).unwrap()) + 0.02);
    }

    #[test]
    fn regimes_and_returns_must_match() {
        let values = draws(20, 1, |_| 1.0);
        let ones = Array2::<f64>::ones((20, 1));
        assert!(RegimeForecast::fit(&ones, &values[..19]).is_err());
        assert!(
            RegimeForecast::fit(&ones * 0.9, &values).unwrap_err().to_string().contains("sum to 1")
        );
        assert!(RegimeForecast::fit(Array2::<f64>::ones((5, 1)), &values[..5]).is_err());
        let forecast = RegimeForecast::fit(&ones, &values).unwrap();
        assert!(forecast.score(Array2::<f64>::from_elem((20, 2), 0.5), &values).is_err());
        assert!(forecast.score(&ones, &[f64::NAN; 20]).unwrap_err().to_string().contains("day 0"));
    }
}
