//! What an experiment found.

use polars::prelude::{Column, DataFrame};

use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, escape, frame_html};
use crate::stats::{PairedComparison, mean};
use crate::words::{close_to, counted};
use crate::{Error, Result};

/// The measures of a classifier on a test part.
pub(super) const MEASURES: [&str; 9] = [
    "accuracy",
    "macro F1",
    "log loss",
    "precision under",
    "precision neutral",
    "precision over",
    "recall under",
    "recall neutral",
    "recall over",
];

/// How many of them are of the whole; those of each class follow.
const OF_THE_WHOLE: usize = 3;

/// Chance that an interval holds the true difference.
const LEVEL: f64 = 0.95;
/// The same for the two measures that decide the verdict: each may err half as often, so that one of them errs in five of a hundred at most.
const VERDICT_LEVEL: f64 = 0.975;
/// Seeds below which differences may agree by chance: of four, all point the same way in one of eight cases.
const FEWEST: usize = 5;

/// The classifiers that had the same kind of examples.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Arm {
    pub(super) name: String,
    /// The measures of each seed.
    pub(super) seeds: Vec<[f64; MEASURES.len()]>,
}

impl Arm {
    pub(super) fn new(name: String) -> Self {
        Self { name, seeds: Vec::new() }
    }

    fn values(&self, measure: usize) -> Vec<f64> {
        self.seeds.iter().map(|values| values[measure]).collect()
    }
}

/// The measures of classifiers with and without more examples, over seeds. Shows itself as the sentences that follow, which say what
/// happened to the classes, above a table of the first three measures.
///
/// Measures are `accuracy`, `macro F1`, `log loss` (lower is better), and `precision` and `recall` of `under`, `neutral` and `over`, all on the
/// test part.
///
/// Splits of different seeds share examples. The seeds are therefore not quite independent of each other, and intervals over them are a little too narrow
/// (Nadeau and Bengio, *Inference for the Generalization Error*, 2003).
///
/// # Example
/// ```no_run
/// use latentlab::prelude::*;
///
/// let examples = MarketPanel::open()?.examples(&MarketConfig::default())?;
/// let result = AugmentationExperiment::default().with(Augmentation::Copies).run(&examples)?;
/// println!("{:?} over {} seeds", result.arms(), result.seeds());
/// println!("{:?}", result.values("copies", "recall neutral")?);
/// println!("{:.3}", result.comparison("copies", "accuracy")?.p_value());
/// println!("{}\n{}", result.verdict()?, result.frame()?);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct AugmentationResult {
    pub(super) arms: Vec<Arm>,
    pub(super) wanted: usize,
    pub(super) counts: [usize; 3],
}

impl AugmentationResult {
    /// What was tried, `none` first.
    ///
    /// # Example
    /// See [`AugmentationResult`].
    pub fn arms(&self) -> Vec<String> {
        self.arms.iter().map(|arm| arm.name.clone()).collect()
    }

    /// How many seeds are whole.
    ///
    /// # Example
    /// See [`AugmentationResult`].
    pub fn seeds(&self) -> usize {
        self.arms[0].seeds.len()
    }

    /// A measure of the classifiers that had some kind of examples, one number a seed.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that is not there.
    ///
    /// # Example
    /// See [`AugmentationResult`].
    pub fn values(&self, arm: &str, measure: &str) -> Result<Vec<f64>> {
        let place = MEASURES.iter().position(|known| *known == measure);
        let Some(place) = place else { return Err(unknown("measure", measure, &MEASURES)) };
        let found = self.arms.iter().find(|known| known.name == arm);
        found.map(|arm| arm.values(place)).ok_or_else(|| unknown("arm", arm, &self.arms()))
    }

    /// A measure with some kind of more examples against none, seed by seed: differences above zero mean that it is larger with them.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that is not there, and for a single seed.
    ///
    /// # Example
    /// See [`AugmentationResult`].
    pub fn comparison(&self, arm: &str, measure: &str) -> Result<PairedComparison> {
        PairedComparison::new(self.values(arm, measure)?, self.values("none", measure)?)
    }

    /// All measures, a row for each way and measure: the mean with and without, the difference, its interval, and how probable one as large would be by
    /// chance alone (t test on pairs).
    ///
    /// # Errors
    /// As [`comparison`](Self::comparison).
    ///
    /// # Example
    /// See [`AugmentationResult`].
    pub fn frame(&self) -> Result<DataFrame> {
        self.table(&MEASURES)
    }

    fn table(&self, measures: &[&str]) -> Result<DataFrame> {
        let mut names: [Vec<String>; 3] = Default::default();
        let mut numbers: [Vec<f64>; 4] = Default::default();
        for arm in &self.arms[1..] {
            for measure in measures {
                let pairs = self.comparison(&arm.name, measure)?;
                let [low, high] = pairs.interval(LEVEL)?;
                names[0].push(arm.name.clone());
                names[1].push((*measure).to_owned());
                names[2].push(format!("{low:+.3} to {high:+.3}"));
                let row = [
                    mean(&self.values("none", measure)?),
                    mean(&self.values(&arm.name, measure)?),
                    pairs.mean(),
                    pairs.p_value(),
                ];
                numbers
                    .iter_mut()
                    .zip(row)
                    .for_each(|(column, value)| column.push((value * 1e4).round() / 1e4));
            }
        }
        let [arms, measures, intervals] = names;
        let [without, with, differences, chances] = numbers;
        let columns = vec![
            Column::new("more examples".into(), arms),
            Column::new("measure".into(), measures),
            Column::new("without".into(), without),
            Column::new("with".into(), with),
            Column::new("difference".into(), differences),
            Column::new("95 % interval".into(), intervals),
            Column::new("p".into(), chances),
        ];
        Ok(DataFrame::new(columns[0].len(), columns)?)
    }

    /// The sentences that follow: whether each way helped the accuracy or the macro F1, and where it moved a class. It helped or harmed where
    /// the 97.5 % interval of either leaves out zero, so that both together err in 5 % of cases at most. Fewer than five seeds decide nothing.
    ///
    /// # Errors
    /// As [`comparison`](Self::comparison).
    ///
    /// # Example
    /// See [`AugmentationResult`].
    pub fn verdict(&self) -> Result<String> {
        let sentences: Result<Vec<String>> =
            self.arms[1..].iter().map(|arm| self.sentence(&arm.name)).collect();
        Ok(sentences?.join("\n"))
    }

    fn sentence(&self, arm: &str) -> Result<String> {
        let mut words = Vec::new();
        let mut directions = Vec::new();
        for measure in &MEASURES[..2] {
            let pairs = self.comparison(arm, measure)?;
            let [low, high] = pairs.interval(VERDICT_LEVEL)?;
            directions.push(if low > 0.0 {
                1
            } else if high < 0.0 {
                -1
            } else {
                0
            });
            words.push(format!("{measure} {:+.3} ({low:+.3} to {high:+.3})", pairs.mean()));
        }
        let [under, neutral, over] = self.counts;
        let what = format!(
            "{arm}: {under}, {neutral} and {over} more examples of under, neutral and over"
        );
        let (words, seeds) = (words.join(", "), counted(self.seeds(), "seed"));
        if self.seeds() < FEWEST {
            return Ok(format!("{what}, {seeds}, too few to tell from chance: {words}."));
        }
        let outcome = match (directions.iter().max(), directions.iter().min()) {
            (Some(1), Some(-1)) => "helped one measure and harmed the other",
            (Some(1), _) => "helped",
            (_, Some(-1)) => "harmed",
            _ => "made no difference that these seeds can tell from chance",
        };
        let mut moved = Vec::new();
        for measure in &MEASURES[OF_THE_WHOLE..] {
            let pairs = self.comparison(arm, measure)?;
            let [low, high] = pairs.interval(LEVEL)?;
            if low > 0.0 || high < 0.0 {
                moved.push(format!("{measure} by {:+.3}", pairs.mean()));
            }
        }
        let moved = if moved.is_empty() {
            String::new()
        } else {
            format!(" It moved {}.", moved.join(", "))
        };
        Ok(format!("{what} {outcome}: {words}, 97.5 % intervals, {seeds}.{moved}"))
    }
}

pub(super) fn unknown<T: AsRef<str>>(what: &str, wanted: &str, known: &[T]) -> Error {
    let close = close_to(wanted, known).join("`, `");
    Error::invalid(format!("{what} `{wanted}`"), format!("there is none; did you mean `{close}`?"))
}

impl Show for AugmentationResult {
    fn rich(&self) -> Rich {
        let mut sentences = self.verdict().unwrap_or_else(|error| error.to_string());
        if self.seeds() < self.wanted {
            let (seeds, wanted) = (self.seeds(), self.wanted);
            sentences.push_str(&format!("\nInterrupted after {seeds} of {wanted} seeds."));
        }
        let Ok(table) = self.table(&MEASURES[..OF_THE_WHOLE]) else { return Rich::text(sentences) };
        let paragraphs: String =
            sentences.lines().map(|line| format!("<p>{}</p>\n", escape(line))).collect();
        Rich::text(format!("{sentences}\n{table}")).html(paragraphs + &frame_html(&table))
    }
}

impl Inspect for AugmentationResult {
    fn shape(&self) -> Option<String> {
        Some(format!("{} × {}", counted(self.arms.len(), "arm"), counted(self.seeds(), "seed")))
    }

    fn preview(&self) -> String {
        self.arms().join(", ")
    }
}
