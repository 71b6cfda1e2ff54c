//! Days like today, by their last returns.

use super::scores::ForecastScores;
use super::student_t::StudentT;
use crate::notebook::{Progress, interrupt};
use crate::parallel::Workers;
use crate::words::counted;
use crate::{Error, Result};

/// Forecasts from days like today: those of a training period whose last returns were nearest to today's (Euclidean distance), and what came after them: a Student t
/// distribution estimated from these days alone.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | `length` | | last returns that are compared, today's included |
/// | [`neighbours`](Self::neighbours) | 200 | days that are taken |
///
/// # Example
/// ```
/// use latentlab::regimes::SimilarDays;
///
/// let returns: Vec<f64> = (0..400).map(|day| 0.01 * (day as f64 * 1.7).sin()).collect();
/// let scores = SimilarDays::new(3).neighbours(50).score(&returns, 300)?;
/// assert_eq!(scores.log_densities().len(), 100);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SimilarDays {
    length: usize,
    neighbours: usize,
}

impl SimilarDays {
    /// The rule that compares so many last returns.
    ///
    /// # Example
    /// See [`SimilarDays`].
    pub fn new(length: usize) -> Self {
        Self { length, neighbours: 200 }
    }

    /// Sets how many days are taken. Default 200.
    ///
    /// # Example
    /// See [`SimilarDays`].
    pub fn neighbours(mut self, days: usize) -> Self {
        self.neighbours = days;
        self
    }

    /// How good the forecasts of the returns from number `cut` on were, each told from the returns before it. Similar days come from the returns before `cut` alone.
    ///
    /// # Errors
    /// [`Error::Invalid`] where no return is left to forecast, fewer days can be compared than are to be taken, and for returns that are not finite;
    /// [`Error::Interrupted`] after an interrupt.
    ///
    /// # Example
    /// See [`SimilarDays`].
    pub fn score(&self, returns: &[f64], cut: usize) -> Result<ForecastScores> {
        let comparable = cut.saturating_sub(self.length);
        if self.length == 0
            || cut >= returns.len()
            || self.neighbours < 10
            || comparable < self.neighbours
            || returns.iter().any(|value| !value.is_finite())
        {
            let what = format!(
                "{} of {} like today by {}",
                counted(self.neighbours, "neighbour"),
                counted(comparable, "day"),
                counted(self.length, "return"),
            );
            let problem = "from 10 neighbours to all days, finite returns, and a return to forecast are needed";
            return Err(Error::invalid(what, problem));
        }
        let mut bar = Progress::new("Days like today", (returns.len() - cut) as u64).unit("days");
        let done = Workers::default()
            .run(returns.len() - cut, &mut bar, |place| self.score_day(returns, cut, cut + place));
        interrupt::check()?;
        let scores: Result<Vec<(f64, f64)>> = done.into_iter().flatten().collect();
        let (densities, distances) = scores?.into_iter().unzip();
        ForecastScores::new(densities, distances)
    }

    /// Log density and ranked probability score of one return.
    fn score_day(&self, returns: &[f64], cut: usize, day: usize) -> Result<(f64, f64)> {
        let today = &returns[day - self.length..day];
        let mut near: Vec<(f64, usize)> = (self.length..cut)
            .map(|next| {
                let then = &returns[next - self.length..next];
                let apart = then.iter().zip(today).map(|(one, other)| (one - other).powi(2)).sum();
                (apart, next)
            })
            .collect();
        let order = |one: &(f64, usize), other: &(f64, usize)| {
            one.0.total_cmp(&other.0).then(one.1.cmp(&other.1))
        };
        near.select_nth_unstable_by(self.neighbours - 1, order);
        let after: Vec<f64> =
            near[..self.neighbours].iter().map(|(_, next)| returns[*next]).collect();
        let law = StudentT::fit(&after, &vec![1.0; after.len()])?;
        let distance = law.expected_distance(returns[day]) - law.own_distance() / 2.0;
        Ok((law.log_density(returns[day]), distance))
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::random::Random;

    /// Large moves follow large moves, and small ones small ones.
    fn clustered(count: usize) -> Vec<f64> {
        let mut random = Random::new(2);
        (0..count)
            .map(|day| if day / 200 % 2 == 0 { 0.01 } else { 0.04 } * random.normal())
            .collect()
    }

    #[test]
    fn similar_days_beat_all_days_where_days_hang_together() {
        let returns = clustered(4000);
        let few = SimilarDays::new(3).score(&returns, 3000).unwrap();
        let all = StudentT::fit(&returns[..3000], &[1.0; 3000]).unwrap();
        let later = || returns[3000..].iter();
        let density = later().map(|value| all.log_density(*value)).sum::<f64>() / 1000.0;
        let gain = few.mean_log_density() - density;
        assert!(gain > 0.05, "{gain}");
        let reach = later().map(|value| all.expected_distance(*value)).sum::<f64>() / 1000.0;
        assert!(few.mean_distance() < reach - all.own_distance() / 2.0);
    }

    #[test]
    fn what_comes_later_changes_nothing() {
        let mut returns = clustered(900);
        let before = SimilarDays::new(3).score(&returns, 800).unwrap();
        returns[850..].iter_mut().for_each(|value| *value *= -7.0);
        let after = SimilarDays::new(3).score(&returns, 800).unwrap();
        assert_eq!(before.log_densities()[..50], after.log_densities()[..50]);
        assert_ne!(before.log_densities()[50], after.log_densities()[50]);
    }

    #[test]
    fn periods_that_are_too_short_are_refused() {
        let returns = clustered(300);
        for (rule, cut) in [
            (SimilarDays::new(3), 300),
            (SimilarDays::new(3), 202),
            (SimilarDays::new(0), 250),
            (SimilarDays::new(3).neighbours(5), 250),
        ] {
            assert!(rule.score(&returns, cut).is_err(), "{rule:?} {cut}");
        }
    }
}
