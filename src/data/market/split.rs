//! Examples in three parts, with labels and scales that the training part decides.

use polars::prelude::{Column, DataFrame};
use tch::Tensor;

use super::examples::{boundaries, label};
use super::{MarketExamples, MarketReport, MarketScaler, MarketSet, StaticScaler};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};
use crate::random::Random;
use crate::{Error, Result};

/// Examples of a market in three parts that share no ticker, with as near as can be the same classes in each. Limits of the labels, scales of the channels
/// and of the static features were fitted on the training part.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let panel = MarketModel::default().tickers(90).sample()?;
/// let split = panel.examples(&MarketConfig::default())?.split(0.6, 0.2, 1)?;
/// assert_eq!([split.training.len(), split.validation.len(), split.test.len()], [54, 18, 18]);
/// assert_eq!(split.training.class_counts(), [18, 18, 18]);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct MarketSplit {
    /// What everything is fitted on.
    pub training: MarketSet,
    /// What settings are chosen by.
    pub validation: MarketSet,
    /// What the final numbers come from.
    pub test: MarketSet,
    scaler: MarketScaler,
    static_scaler: StaticScaler,
    boundaries: Option<[f64; 2]>,
    report: MarketReport,
}

const PARTS: [&str; 3] = ["training", "validation", "test"];
/// Fewer examples of a class than this cannot be split.
const LEAST: usize = 6;

impl MarketExamples {
    /// Parts the examples by ticker, stratified by class: `training` and `validation` are shares of the tickers, the rest is the test part.
    /// Equal seeds give equal parts.
    ///
    /// Tickers are stratified by the class that most of their examples have, going by limits from all outcomes; the labels themselves
    /// go by limits from the training part.
    ///
    /// # Errors
    /// [`Error::Invalid`] for shares that leave a part empty, and for a class with fewer than six examples in all or none in a part.
    ///
    /// # Example
    /// See [`MarketSplit`].
    pub fn split(&self, training: f64, validation: f64, seed: u64) -> Result<MarketSplit> {
        if !(training > 0.0 && validation > 0.0 && training + validation < 1.0) {
            let what = format!("shares {training} for training and {validation} for validation");
            return Err(Error::invalid(
                what,
                "both must be positive and leave something for the test part",
            ));
        }
        let rough = self.labels(self.boundaries_of_all());
        self.check_counts(&rough)?;
        let parts = self.parts(&rough, [training, validation], seed);
        let chosen = self.config.rule.band().map(|band| {
            boundaries(band, parts[0].iter().map(|example| self.outcomes[*example]).collect())
        });
        let labels = self.labels(chosen);
        let index = |rows: &[usize]| -> Result<Tensor> {
            let rows: Vec<i64> = rows.iter().map(|row| *row as i64).collect();
            Ok(Tensor::f_from_slice(&rows)?)
        };
        let raw =
            |rows: &[usize]| -> Result<Tensor> { Ok(self.raw.f_index_select(0, &index(rows)?)?) };
        for (rows, part) in parts.iter().zip(PARTS) {
            let mut counts = [0; 3];
            rows.iter().for_each(|example| counts[labels[*example]] += 1);
            if counts.contains(&0) {
                let what = format!("{part} part of {} examples", rows.len());
                let problem = format!(
                    "under, neutral and over have {counts:?} examples; each needs one: take more tickers, another band, or larger shares"
                );
                return Err(Error::invalid(what, problem));
            }
        }
        let scaler = MarketScaler::fit(self.config.scaling, &raw(&parts[0])?)?;
        let static_scaler = StaticScaler::fit(&self.statics.rows(&parts[0]));
        let set = |rows: &[usize]| -> Result<MarketSet> {
            let chosen: Vec<i64> = rows.iter().map(|row| labels[*row] as i64).collect();
            let statics = static_scaler.transform(&self.statics.rows(rows))?;
            MarketSet::new(
                &scaler.transform(&raw(rows)?)?,
                &statics,
                &Tensor::f_from_slice(&chosen)?,
            )?
            .with_names(rows.iter().map(|row| &self.names[*row]))?
            .with_static_names(&self.statics.names)
        };
        Ok(MarketSplit {
            training: set(&parts[0])?,
            validation: set(&parts[1])?,
            test: set(&parts[2])?,
            scaler,
            static_scaler,
            boundaries: chosen,
            report: self.report.clone(),
        })
    }

    /// Labels by limits, or those that were drawn.
    fn labels(&self, limits: Option<[f64; 2]>) -> Vec<usize> {
        match (limits, &self.drawn) {
            (None, Some(drawn)) => drawn.clone(),
            (limits, _) => {
                let limits = limits.unwrap_or_default();
                self.outcomes.iter().map(|outcome| label(*outcome, limits)).collect()
            }
        }
    }

    fn check_counts(&self, labels: &[usize]) -> Result<()> {
        let mut counts = [0; 3];
        labels.iter().for_each(|label| counts[*label] += 1);
        if counts.iter().all(|count| *count >= LEAST) {
            return Ok(());
        }
        let what = format!("{} examples", self.len());
        let problem = format!(
            "under, neutral and over have {counts:?}; a split into three parts needs at least {LEAST} of each: take more tickers or \
             windows, or another band"
        );
        Err(Error::invalid(what, problem))
    }

    /// The examples of each part, in order; those of one ticker together.
    fn parts(&self, labels: &[usize], shares: [f64; 2], seed: u64) -> [Vec<usize>; 3] {
        let mut tickers: Vec<(&str, Vec<usize>)> = Vec::new();
        for (example, ticker) in self.tickers.iter().enumerate() {
            match tickers.last_mut() {
                Some((last, examples)) if last == ticker => examples.push(example),
                _ => tickers.push((ticker, vec![example])),
            }
        }
        let mut strata: [Vec<Vec<usize>>; 3] = Default::default();
        for (_, examples) in tickers {
            let mut counts = [0; 3];
            examples.iter().for_each(|example| counts[labels[*example]] += 1);
            let most = (0..3).rev().max_by_key(|class| counts[*class]).unwrap_or_default();
            strata[most].push(examples);
        }
        let mut random = Random::new(seed);
        let mut parts: [Vec<usize>; 3] = Default::default();
        for mut stratum in strata {
            random.shuffle(&mut stratum);
            let count = stratum.len() as f64;
            let ends =
                [shares[0], shares[0] + shares[1]].map(|share| (share * count).round() as usize);
            for (place, examples) in stratum.into_iter().enumerate() {
                let part = usize::from(place >= ends[0]) + usize::from(place >= ends[1]);
                parts[part].extend(examples);
            }
        }
        parts.iter_mut().for_each(|part| part.sort_unstable());
        parts
    }
}

impl MarketSplit {
    /// What brought the channels to [−1, 1].
    pub fn scaler(&self) -> &MarketScaler {
        &self.scaler
    }

    /// What standardised the static features.
    pub fn static_scaler(&self) -> &StaticScaler {
        &self.static_scaler
    }

    /// Between which outcomes an example is neutral; `None` where classes were drawn.
    pub fn boundaries(&self) -> Option<[f64; 2]> {
        self.boundaries
    }

    /// What reading and cutting came upon.
    pub fn report(&self) -> &MarketReport {
        &self.report
    }

    /// One row for each part: how many examples of each class.
    ///
    /// # Errors
    /// [`Error::Frame`] where polars refuses.
    ///
    /// # Example
    /// ```
    /// # use latentlab::prelude::*;
    /// # let panel = MarketModel::default().tickers(90).sample()?;
    /// let split = panel.examples(&MarketConfig::default())?.split(0.6, 0.2, 1)?;
    /// assert_eq!(split.frame()?.shape(), (3, 5));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let parts = [&self.training, &self.validation, &self.test];
        let counts = parts.map(MarketSet::class_counts);
        let column = |name: &str, values: Vec<u64>| Column::new(name.into(), values);
        let mut columns = vec![
            Column::new("part".into(), PARTS.as_slice()),
            column("examples", parts.iter().map(|part| part.len() as u64).collect()),
        ];
        for (class, name) in MarketSet::CLASSES.iter().enumerate() {
            columns.push(column(name, counts.iter().map(|counts| counts[class] as u64).collect()));
        }
        Ok(DataFrame::new(3, columns)?)
    }

    fn title(&self) -> String {
        let limits = match self.boundaries {
            Some([lower, upper]) => format!("; neutral from {lower:.4} to {upper:.4}"),
            None => String::new(),
        };
        let (channels, days) = (self.training.channels(), self.training.days());
        let features = self.training.static_names().len();
        format!(
            "Examples of {channels} channels × {days} days and {features} static features{limits}"
        )
    }
}

impl Show for MarketSplit {
    fn rich(&self) -> Rich {
        titled_frame(&self.title(), self.frame())
    }
}

impl Inspect for MarketSplit {
    fn memory(&self) -> usize {
        [&self.training, &self.validation, &self.test].iter().map(|part| part.memory()).sum()
    }

    fn preview(&self) -> String {
        self.title()
    }
}
