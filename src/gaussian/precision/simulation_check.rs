//! Independences and edges of a model beside those of a sample, as a table.

use polars::prelude::{Column, DataFrame};

use super::symbol::{markdown_math, symbol};
use crate::Result;
use crate::gaussian::graphs::independence::Independence;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::words::counted;

/// Chance that a true model is doubted anywhere in a table.
const LEVEL: f64 = 0.05;

/// One partial correlation: what the model says, and what a sample says.
///
/// # Example
/// ```
/// # use latentlab::gaussian::PrecisionMatrix;
/// let check = PrecisionMatrix::parse(&["A", "B"], "2 -1; -1 2")?.simulate(4000, 1)?;
/// let row = &check.edges()[0];
/// assert_eq!(row.expected, 0.5);
/// assert!((row.estimate - 0.5).abs() < 4.0 * row.standard_error && row.p_value < 1e-9);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct PartialCorrelation {
    /// The one variable.
    pub variable_1: String,
    /// The other variable.
    pub variable_2: String,
    /// The variables held fixed.
    pub given: Vec<String>,
    /// ρ in the model, −1 to 1; 0 for an independence.
    pub expected: f64,
    /// r in the sample.
    pub estimate: f64,
    /// (1 − r²) / √(n − k − 3) for n samples and k given variables (from Fisher's transformation).
    pub standard_error: f64,
    /// How far the estimate is from the model, in standard errors of Fisher's transformation:
    /// (artanh r − artanh ρ) √(n − k − 3), which is about N(0, 1).
    pub deviation: f64,
    /// How often an independent pair would show an estimate as large or larger: erfc(|artanh r| √((n − k − 3) / 2)).
    pub p_value: f64,
}

/// Each independence of a model and each edge, as partial correlations in the model and in a sample.
///
/// A statement about groups is compared pair by pair. Standard errors and p-values come from Fisher's transformation
/// artanh r (Fisher, Metron 3, 1924), whose variance is 1 / (n − k − 3) for k given variables.
///
/// # Example
/// ```
/// use latentlab::gaussian::PrecisionMatrix;
///
/// let chain = PrecisionMatrix::parse(&["A", "B", "C"], "2 1 0; 1 2 1; 0 1 2")?;
/// let check = chain.simulate(20_000, 365)?;
/// assert_eq!((check.independences().len(), check.edges().len()), (1, 2));
/// assert!(check.agrees());
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct SimulationCheck {
    pub(crate) independences: Vec<PartialCorrelation>,
    pub(crate) edges: Vec<PartialCorrelation>,
    pub(crate) samples: usize,
}

impl SimulationCheck {
    /// The pairs that the model says are independent.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let check = PrecisionMatrix::parse(&["A", "B"], "1 0; 0 1")?.simulate(1000, 1)?;
    /// assert_eq!(check.independences()[0].expected, 0.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn independences(&self) -> &[PartialCorrelation] {
        &self.independences
    }

    /// The pairs that are joined, given all others.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let check = PrecisionMatrix::parse(&["A", "B"], "1 0; 0 1")?.simulate(1000, 1)?;
    /// assert!(check.edges().is_empty());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn edges(&self) -> &[PartialCorrelation] {
        &self.edges
    }

    /// Whether no independence is rejected and every edge is found, at level 5 % for each of the two lists as a whole:
    /// a p-value counts as small below 0.05 divided by the length of its list (Bonferroni).
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// // An edge so weak that a hundred samples cannot show it.
    /// let weak = PrecisionMatrix::parse(&["A", "B"], "1 1/1000; 1/1000 1")?;
    /// assert!(!weak.simulate(100, 2)?.agrees());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn agrees(&self) -> bool {
        self.rejected() == 0 && self.found() == self.edges.len()
    }

    fn rejected(&self) -> usize {
        let bound = level(&self.independences);
        self.independences.iter().filter(|row| row.p_value < bound).count()
    }

    fn found(&self) -> usize {
        let bound = level(&self.edges);
        self.edges.iter().filter(|row| row.p_value < bound).count()
    }

    /// All rows as a table: relation, expected, estimate, standard_error, deviation, p_value.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses the table.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let check = PrecisionMatrix::parse(&["A", "B"], "1 0; 0 1")?.simulate(1000, 1)?;
    /// assert_eq!(check.frame()?.shape(), (1, 6));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let independent = self.independences.iter().map(|row| row.statement().to_string());
        let joined =
            self.edges.iter().map(|row| format!("{} – {}", row.variable_1, row.variable_2));
        let relations: Vec<String> = independent.chain(joined).collect();
        let column = |value: fn(&PartialCorrelation) -> f64| -> Vec<f64> {
            self.independences.iter().chain(&self.edges).map(value).collect()
        };
        Ok(DataFrame::new_infer_height(vec![
            Column::new("relation".into(), relations),
            Column::new("expected".into(), column(|row| row.expected)),
            Column::new("estimate".into(), column(|row| row.estimate)),
            Column::new("standard_error".into(), column(|row| row.standard_error)),
            Column::new("deviation".into(), column(|row| row.deviation)),
            Column::new("p_value".into(), column(|row| row.p_value)),
        ])?)
    }

    /// The outcome in a sentence for each list.
    fn summary(&self) -> Vec<String> {
        let mut lines = Vec::new();
        if !self.independences.is_empty() {
            lines.push(format!(
                "{} of {} rejected (p below 0.05 / {} = {:.4})",
                self.rejected(),
                counted(self.independences.len(), "independence"),
                self.independences.len(),
                level(&self.independences)
            ));
        }
        if !self.edges.is_empty() {
            lines.push(format!("{} of {} found", self.found(), counted(self.edges.len(), "edge")));
        }
        let all = self.independences.iter().chain(&self.edges);
        let farthest = all.map(|row| row.deviation.abs()).fold(0.0, f64::max);
        lines.push(format!("largest distance from the model: {farthest:.1} standard errors"));
        lines
    }
}

/// What each p-value of a list is compared with.
fn level(rows: &[PartialCorrelation]) -> f64 {
    LEVEL / rows.len().max(1) as f64
}

impl PartialCorrelation {
    pub(crate) fn statement(&self) -> Independence {
        Independence {
            groups: vec![vec![self.variable_1.clone()], vec![self.variable_2.clone()]],
            given: self.given.clone(),
        }
    }

    fn numbers(&self) -> String {
        let p_value =
            if self.p_value < 1e-4 { "< 0.0001".into() } else { format!("{:.4}", self.p_value) };
        let signed = |value: f64| format!("{value:.4}").replace('-', "−");
        let expected = if self.expected == 0.0 { "0".into() } else { signed(self.expected) };
        let (estimate, error) = (signed(self.estimate), self.standard_error);
        let deviation = match format!("{:+.1}", self.deviation).as_str() {
            "+0.0" | "-0.0" => "0".into(),
            text => text.replace('-', "−"),
        };
        format!(
            "{expected} | {estimate} | {error:.4} | {deviation} | {}",
            p_value.replace('<', "&lt;")
        )
    }
}

impl std::fmt::Display for SimulationCheck {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let head = format!("{}: {}", counted(self.samples, "sample"), self.summary().join("; "));
        match self.frame() {
            Ok(frame) => write!(formatter, "{head}\n{frame}"),
            Err(error) => write!(formatter, "{head}\nerror: {error}"),
        }
    }
}

impl Show for SimulationCheck {
    fn rich(&self) -> Rich {
        let mut markdown = format!("**{}**\n", counted(self.samples, "sample"));
        for line in self.summary() {
            markdown.push_str(&format!("- {line}\n"));
        }
        markdown.push_str("\n| Relation | Model ρ | Sample r | Standard error | Off by (s.e.) | p-value of ρ = 0 |\n");
        markdown.push_str("|:--|--:|--:|--:|--:|--:|\n");
        for row in &self.independences {
            let relation = markdown_math(&row.statement().latex());
            markdown.push_str(&format!("| {relation} | {} |\n", row.numbers()));
        }
        for row in &self.edges {
            let ends =
                format!("{} \\text{{–}} {}", symbol(&row.variable_1), symbol(&row.variable_2));
            markdown.push_str(&format!("| {} | {} |\n", markdown_math(&ends), row.numbers()));
        }
        Rich::text(self.to_string()).markdown(markdown)
    }
}

impl Inspect for SimulationCheck {
    fn shape(&self) -> Option<String> {
        let (independences, edges) = (self.independences.len(), self.edges.len());
        Some(format!("{}, {}", counted(independences, "independence"), counted(edges, "edge")))
    }

    fn preview(&self) -> String {
        self.summary().join("; ")
    }
}
