//! How good forecasts were, and whether one was better than another.

use polars::prelude::{Column, DataFrame};

use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};
use crate::random::Random;
use crate::stats::mean;
use crate::words::counted;
use crate::{Error, Result};

/// The scores of forecasts that are distributions, one for each day: the log density of what came (larger is better), and the continuous ranked probability score, ∫ (F(x) − 1{x ≥ y})² dx (Matheson
/// and Winkler, 1976; smaller is better, in the units of what is forecast). Both are proper: an honest distribution has the best one on average (Gneiting and Raftery, 2007).
///
/// # Example
/// ```
/// let scores = latentlab::regimes::ForecastScores::new(vec![1.0, 3.0], vec![0.2, 0.4])?;
/// assert_eq!(scores.mean_log_density(), 2.0);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct ForecastScores {
    log_densities: Vec<f64>,
    distances: Vec<f64>,
}

impl ForecastScores {
    /// Scores computed elsewhere: log densities and ranked probability scores of the same days.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no days, and different numbers of them.
    ///
    /// # Example
    /// See [`ForecastScores`].
    pub fn new(log_densities: Vec<f64>, ranked_probability_scores: Vec<f64>) -> Result<Self> {
        let (one, other) = (log_densities.len(), ranked_probability_scores.len());
        if one == 0 || one != other {
            let what = format!("scores of {one} and {other} days");
            return Err(Error::invalid(what, "as many of either, and at least one, are needed"));
        }
        Ok(Self { log_densities, distances: ranked_probability_scores })
    }

    /// The log density of what came, each day, in nats.
    pub fn log_densities(&self) -> &[f64] {
        &self.log_densities
    }

    /// The continuous ranked probability score of each day.
    pub fn distances(&self) -> &[f64] {
        &self.distances
    }

    /// The mean log density, in nats a day.
    pub fn mean_log_density(&self) -> f64 {
        mean(&self.log_densities)
    }

    /// The mean continuous ranked probability score.
    pub fn mean_distance(&self) -> f64 {
        mean(&self.distances)
    }
}

/// A mean gain with an interval from a circular block bootstrap (Politis and Romano, 1992): blocks of neighbouring days are drawn together, so that days that hang
/// together count as what they are.
///
/// # Example
/// ```
/// use latentlab::regimes::MeanGain;
///
/// let gains: Vec<f64> = (0..500).map(|day| 1.0 + (day as f64).sin()).collect();
/// let gain = MeanGain::new(&gains, 20, 1000, 1)?;
/// assert!(gain.interval[0] > 0.8 && gain.interval[1] < 1.2);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MeanGain {
    /// The mean over the days.
    pub mean: f64,
    /// The ends of the middle 95 % of the bootstrap's means.
    pub interval: [f64; 2],
}

impl MeanGain {
    /// The mean of each day's gain, with an interval from so many draws of blocks of so many days.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no days, blocks longer than the whole or without days, fewer than 100 draws, and gains that are not finite.
    ///
    /// # Example
    /// See [`MeanGain`].
    pub fn new(gains: &[f64], block: usize, draws: usize, seed: u64) -> Result<Self> {
        let days = gains.len();
        if !(1..=days).contains(&block) || draws < 100 || gains.iter().any(|gain| !gain.is_finite())
        {
            let what = format!(
                "{draws} draws of blocks of {block} from gains of {}",
                counted(days, "day")
            );
            let problem =
                "100 draws or more, blocks from one day to all, and finite gains are needed";
            return Err(Error::invalid(what, problem));
        }
        // Sums from the first day on, twice around, so that a block's sum is one difference.
        let mut sums = vec![0.0];
        for gain in gains.iter().chain(gains) {
            sums.push(sums[sums.len() - 1] + gain);
        }
        let mut random = Random::new(seed);
        let mut means: Vec<f64> = (0..draws)
            .map(|_| {
                let (mut left, mut sum) = (days, 0.0);
                while left > 0 {
                    let start = (random.share() * days as f64) as usize;
                    let length = block.min(left);
                    sum += sums[start + length] - sums[start];
                    left -= length;
                }
                sum / days as f64
            })
            .collect();
        means.sort_by(f64::total_cmp);
        let at = |share: f64| means[((draws - 1) as f64 * share).round() as usize];
        Ok(Self { mean: mean(gains), interval: [at(0.025), at(0.975)] })
    }

    /// What the interval says: whether it lies above zero, below, or on both sides.
    fn verdict(&self) -> Verdict {
        match self.interval {
            [low, _] if low > 0.0 => Verdict::Better,
            [_, high] if high < 0.0 => Verdict::Worse,
            _ => Verdict::Open,
        }
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Verdict {
    Better,
    Worse,
    Open,
}

/// Forecasts of the same days compared with one of them, the reference: mean scores, mean gains with intervals, and a verdict in words.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`block`](Self::block) | 20 | days in a block of the bootstrap |
/// | [`draws`](Self::draws) | 2,000 | its draws |
/// | [`seed`](Self::seed) | 0 | its seed |
///
/// # Example
/// ```
/// use latentlab::regimes::{ForecastComparison, ForecastScores};
///
/// let scores = |level: f64| ForecastScores::new(vec![level; 100], vec![1.0; 100]);
/// let comparison = ForecastComparison::new("plain", scores(3.0)?).with("clever", scores(3.1)?)?;
/// assert_eq!(comparison.frame()?.height(), 2);
/// assert!(comparison.verdict()?.starts_with("clever: better than plain by log density"));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ForecastComparison {
    reference: (String, ForecastScores),
    others: Vec<(String, ForecastScores)>,
    block: usize,
    draws: usize,
    seed: u64,
}

impl ForecastComparison {
    /// A comparison with a reference of this name.
    ///
    /// # Example
    /// See [`ForecastComparison`].
    pub fn new(name: impl Into<String>, reference: ForecastScores) -> Self {
        let reference = (name.into(), reference);
        Self { reference, others: Vec::new(), block: 20, draws: 2000, seed: 0 }
    }

    /// Adds a forecast by name.
    ///
    /// # Errors
    /// [`Error::Invalid`] for another number of days than the reference has.
    ///
    /// # Example
    /// See [`ForecastComparison`].
    pub fn with(mut self, name: impl Into<String>, scores: ForecastScores) -> Result<Self> {
        let (days, wanted) = (scores.distances.len(), self.reference.1.distances.len());
        if days != wanted {
            let what = format!("scores of {}", counted(days, "day"));
            return Err(Error::invalid(what, format!("the reference has {wanted}")));
        }
        self.others.push((name.into(), scores));
        Ok(self)
    }

    /// Sets the days in a block of the bootstrap. Default 20.
    pub fn block(mut self, days: usize) -> Self {
        self.block = days;
        self
    }

    /// Sets the draws of the bootstrap. Default 2,000.
    pub fn draws(mut self, draws: usize) -> Self {
        self.draws = draws;
        self
    }

    /// Sets the seed of the bootstrap. Default 0.
    pub fn seed(mut self, seed: u64) -> Self {
        self.seed = seed;
        self
    }

    /// The gains of each forecast over the reference: in log density, and in the ranked probability score (reference less forecast), so that positive is better in both.
    ///
    /// # Errors
    /// [`Error::Invalid`] for options out of their ranges, and scores that are not finite.
    ///
    /// # Example
    /// ```
    /// # use latentlab::regimes::{ForecastComparison, ForecastScores};
    /// # let scores = |level: f64| ForecastScores::new(vec![level; 100], vec![1.0; 100]);
    /// let comparison = ForecastComparison::new("plain", scores(3.0)?).with("other", scores(2.0)?)?;
    /// assert_eq!(comparison.gains()?[0].1.mean, -1.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn gains(&self) -> Result<Vec<(String, MeanGain, MeanGain)>> {
        let gain = |after: &[f64], before: &[f64]| {
            let gains: Vec<f64> =
                after.iter().zip(before).map(|(one, other)| one - other).collect();
            MeanGain::new(&gains, self.block, self.draws, self.seed)
        };
        let reference = &self.reference.1;
        let both = |(name, scores): &(String, ForecastScores)| {
            let density = gain(&scores.log_densities, &reference.log_densities)?;
            let distance = gain(&reference.distances, &scores.distances)?;
            Ok((name.clone(), density, distance))
        };
        self.others.iter().map(both).collect()
    }

    /// A row for each forecast, the reference first: mean scores, and gains with their intervals. The ranked probability scores are a hundredfold: percent for returns.
    ///
    /// # Errors
    /// As [`gains`](Self::gains).
    ///
    /// # Example
    /// See [`ForecastComparison`].
    pub fn frame(&self) -> Result<DataFrame> {
        let gains = self.gains()?;
        let all = || std::iter::once(&self.reference).chain(&self.others);
        let names: Vec<String> = all().map(|(name, _)| name.clone()).collect();
        let of = |part: fn(&ForecastScores) -> f64| {
            all().map(|(_, scores)| part(scores)).collect::<Vec<f64>>()
        };
        let text = |gain: &MeanGain, scale: f64| {
            let [low, high] = gain.interval.map(|end| end * scale);
            format!("{:+.4} ({low:+.4} to {high:+.4})", gain.mean * scale)
        };
        let words = |part: fn(&(String, MeanGain, MeanGain)) -> MeanGain, scale: f64| {
            let first = std::iter::once("–".to_owned());
            first.chain(gains.iter().map(|row| text(&part(row), scale))).collect::<Vec<String>>()
        };
        let columns = vec![
            Column::new("forecast".into(), names.clone()),
            Column::new("log density, nats".into(), of(ForecastScores::mean_log_density)),
            Column::new("gain (95 %)".into(), words(|row| row.1, 1.0)),
            Column::new("CRPS, %".into(), of(|scores| scores.mean_distance() * 100.0)),
            Column::new("CRPS saved, % (95 %)".into(), words(|row| row.2, 100.0)),
        ];
        Ok(DataFrame::new(names.len(), columns)?)
    }

    /// A line for each forecast that says whether it is better than the reference, worse, or not told apart from it, by each score.
    ///
    /// # Errors
    /// As [`gains`](Self::gains).
    ///
    /// # Example
    /// See [`ForecastComparison`].
    pub fn verdict(&self) -> Result<String> {
        let reference = &self.reference.0;
        let line = |(name, density, distance): (String, MeanGain, MeanGain)| {
            let words = match (density.verdict(), distance.verdict()) {
                (Verdict::Better, Verdict::Better) => {
                    format!("better than {reference} by both scores")
                }
                (Verdict::Worse, Verdict::Worse) => {
                    format!("worse than {reference} by both scores")
                }
                (Verdict::Open, Verdict::Open) => {
                    format!("not told apart from {reference} by either score")
                }
                (density, distance) => {
                    let word = |verdict| match verdict {
                        Verdict::Better => format!("better than {reference}"),
                        Verdict::Worse => format!("worse than {reference}"),
                        Verdict::Open => "not told apart".to_owned(),
                    };
                    format!("{} by log density, {} by CRPS", word(density), word(distance))
                }
            };
            format!("{name}: {words}")
        };
        Ok(self.gains()?.into_iter().map(line).collect::<Vec<String>>().join("\n"))
    }
}

impl Show for ForecastComparison {
    fn rich(&self) -> Rich {
        let days = counted(self.reference.1.distances.len(), "day");
        titled_frame(
            &format!("Forecasts of {days}, compared with {}", self.reference.0),
            self.frame(),
        )
    }
}

impl Inspect for ForecastComparison {
    fn preview(&self) -> String {
        format!("{} against {}", counted(self.others.len(), "forecast"), self.reference.0)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn intervals_hold_the_truth_as_often_as_they_say() {
        // Days that hang together: each keeps 0.7 of the one before. Blocks of one day would be far too sure.
        let mut inside = [0, 0];
        for seed in 0..200 {
            let mut random = Random::new(seed);
            let mut level = 0.0;
            let gains: Vec<f64> = (0..1500)
                .map(|_| {
                    level = 0.7 * level + random.normal();
                    level
                })
                .collect();
            for (place, block) in [1, 40].into_iter().enumerate() {
                let [low, high] = MeanGain::new(&gains, block, 300, seed).unwrap().interval;
                inside[place] += u32::from(low < 0.0 && high > 0.0);
            }
        }
        assert!(inside[0] < 150 && (174..=198).contains(&inside[1]), "{inside:?}");
    }

    #[test]
    fn verdicts_follow_the_intervals() {
        let wave = |level: f64| {
            (0..400).map(|day| level + (f64::from(day) * 0.9).sin()).collect::<Vec<f64>>()
        };
        let scores = |density: f64, distance: f64| {
            ForecastScores::new(vec![density; 400], vec![distance; 400]).unwrap()
        };
        let noisy = ForecastScores::new(wave(0.0), wave(1.0)).unwrap();
        let comparison = ForecastComparison::new("plain", scores(0.0, 1.0))
            .with("good", scores(0.1, 0.9))
            .unwrap()
            .with("bad", scores(-0.1, 1.1))
            .unwrap()
            .with("noisy", noisy)
            .unwrap()
            .with("mixed", scores(0.1, 1.1))
            .unwrap();
        let verdict = comparison.verdict().unwrap();
        let lines: Vec<&str> = verdict.lines().collect();
        assert_eq!(
            lines,
            [
                "good: better than plain by both scores",
                "bad: worse than plain by both scores",
                "noisy: not told apart from plain by either score",
                "mixed: better than plain by log density, worse than plain by CRPS",
            ]
        );
        assert!(
            comparison
                .clone()
                .with("short", ForecastScores::new(vec![0.0], vec![0.0]).unwrap())
                .is_err()
        );
        assert!(comparison.clone().block(401).frame().is_err());
        assert!(comparison.draws(10).verdict().is_err());
        assert!(ForecastScores::new(vec![], vec![]).is_err());
        assert!(MeanGain::new(&[f64::NAN; 5], 1, 100, 0).is_err());
    }
}
