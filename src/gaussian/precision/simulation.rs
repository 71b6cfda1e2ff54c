//! Independences and edges of a model, compared with a sample.

use ndarray::Array2;
use polars::prelude::{Column, DataFrame};

use super::elimination::block;
use super::precision_matrix::PrecisionMatrix;
use super::scalar::Scalar;
use super::symbol::{markdown_math, symbol};
use crate::gaussian::graphs::independence::{Independence, Independences};
use crate::gaussian::graphs::partial_correlation::partial_correlations;
use crate::gaussian::linalg::Cholesky;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::stats::empirical_covariance;
use crate::words::counted;
use crate::{Error, Result};

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
    independences: Vec<PartialCorrelation>,
    edges: Vec<PartialCorrelation>,
    samples: usize,
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
    /// assert!(!weak.simulate(100, 1)?.agrees());
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
    /// [`Error::Frame`] where polars refuses the table.
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
    fn statement(&self) -> Independence {
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

impl<T: Scalar> PrecisionMatrix<T> {
    /// Draws samples and compares with them every independence that the graph states (global, local and pairwise, each
    /// pair of variables and given set once) and every edge.
    ///
    /// # Errors
    /// As for [`markov`](Self::markov), [`samples`](Self::samples) and [`compare`](Self::compare).
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let chain = PrecisionMatrix::parse(&["A", "B", "C"], "2 1 0; 1 2 1; 0 1 2")?;
    /// assert!(chain.simulate(10_000, 1)?.agrees());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn simulate(&self, samples: usize, seed: u64) -> Result<SimulationCheck> {
        let properties = self.markov()?;
        let lists = [properties.global(), properties.local(), properties.pairwise()];
        let statements = lists.iter().flat_map(|list| list.statements().iter().cloned()).collect();
        self.compare(&self.samples(samples, seed)?, &Independences::whole(statements))
    }

    /// Compares statements, and every edge of the graph, with samples, n × p, the columns in the order of the names.
    ///
    /// # Errors
    /// [`Error::Invalid`] for samples of another width, fewer than p + 4 of them, or columns that are combinations of
    /// each other; [`Error::Missing`] for a statement about an unknown variable.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let chain = PrecisionMatrix::parse(&["A", "B", "C"], "2 1 0; 1 2 1; 0 1 2")?;
    /// let check = chain.compare(&chain.samples(5000, 7)?, chain.markov()?.global())?;
    /// assert!(check.independences()[0].p_value > 0.001);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn compare(
        &self,
        samples: &Array2<f64>,
        statements: &Independences,
    ) -> Result<SimulationCheck> {
        let order = self.names().len();
        let (count, width) = samples.dim();
        if width != order || count < order + 4 {
            return Err(Error::invalid(
                format!("samples of shape {count} × {width}"),
                format!(
                    "{} need {order} columns and at least {} rows",
                    counted(order, "variable"),
                    order + 4
                ),
            ));
        }
        let covariance = empirical_covariance(samples)?;
        let row = |relation: &Relation| self.row(relation, &covariance, count);
        let independences: Result<Vec<_>> = self.pairs(statements)?.iter().map(row).collect();
        let edges: Result<Vec<_>> = self.edge_pairs().iter().map(row).collect();
        Ok(SimulationCheck { independences: independences?, edges: edges?, samples: count })
    }

    /// The pairs in different groups of the statements, each with its given set, each once.
    fn pairs(&self, statements: &Independences) -> Result<Vec<Relation>> {
        let indices = |names: &Vec<String>| {
            self.scope.resolve(&names.iter().map(String::as_str).collect::<Vec<_>>())
        };
        let mut pairs = Vec::new();
        for statement in statements.statements() {
            let given = indices(&statement.given)?;
            let groups: Result<Vec<Vec<usize>>> = statement.groups.iter().map(indices).collect();
            let groups = groups?;
            for (place, group) in groups.iter().enumerate() {
                for (one, other) in group.iter().flat_map(|one| {
                    groups[place + 1..]
                        .iter()
                        .flatten()
                        .map(move |other| (*one.min(other), *one.max(other)))
                }) {
                    let relation = Relation { pair: [one, other], given: given.clone() };
                    if !pairs.contains(&relation) {
                        pairs.push(relation);
                    }
                }
            }
        }
        Ok(pairs)
    }

    fn edge_pairs(&self) -> Vec<Relation> {
        let order = self.names().len();
        let pairs = (0..order).flat_map(|one| (one + 1..order).map(move |other| [one, other]));
        let rest = |pair: &[usize; 2]| (0..order).filter(|node| !pair.contains(node)).collect();
        pairs
            .filter(|[one, other]| self.joined(*one, *other))
            .map(|pair| Relation { pair, given: rest(&pair) })
            .collect()
    }

    fn row(
        &self,
        relation: &Relation,
        covariance: &Array2<f64>,
        count: usize,
    ) -> Result<PartialCorrelation> {
        let [one, other] = relation.pair;
        let mut members = vec![one, other];
        members.extend(&relation.given);
        let estimate = partial(&block(covariance, &members, &members))?;
        let mut kept = members.clone();
        kept.sort_unstable();
        let model = self.marginal_of(&kept)?;
        let places = [one, other].map(|node| kept.binary_search(&node).unwrap_or(0));
        let expected = match model.joined(places[0], places[1]) {
            true => model.partial_correlations().values()[places],
            false => 0.0,
        };
        let freedom = (count - relation.given.len() - 3) as f64;
        let fisher = |correlation: f64| correlation.atanh() * freedom.sqrt();
        Ok(PartialCorrelation {
            variable_1: self.names()[one].clone(),
            variable_2: self.names()[other].clone(),
            given: self.scope.named(&relation.given),
            expected,
            estimate,
            standard_error: (1.0 - estimate * estimate) / freedom.sqrt(),
            deviation: fisher(estimate) - fisher(expected),
            p_value: libm::erfc(fisher(estimate).abs() / std::f64::consts::SQRT_2),
        })
    }
}

/// Two variables and a given set, as indices.
#[derive(PartialEq, Eq)]
struct Relation {
    pair: [usize; 2],
    given: Vec<usize>,
}

/// The partial correlation of the first two variables given all others.
fn partial(covariance: &Array2<f64>) -> Result<f64> {
    let inverse = Cholesky::new(covariance)?.inverse();
    Ok(partial_correlations(&inverse)[[0, 1]])
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const CHAIN: &str = "2 1 0 0; 1 2 1 0; 0 1 2 1; 0 0 1 2";

    #[test]
    fn a_true_model_is_rejected_as_often_as_it_should_be() {
        let chain = PrecisionMatrix::parse(&["A", "B", "C", "D"], CHAIN).unwrap();
        let (mut small, mut all, mut squares) = (0, 0, 0.0);
        for seed in 0..200 {
            let check = chain.simulate(60, seed).unwrap();
            for row in check.independences() {
                all += 1;
                small += usize::from(row.p_value < 0.05);
            }
            for row in check.independences().iter().chain(check.edges()) {
                squares += row.deviation * row.deviation / (check.independences().len() + 3) as f64;
            }
        }
        let share = small as f64 / all as f64;
        assert!((0.03..0.07).contains(&share), "p < 0.05 in {share}");
        assert!(
            (0.85..1.15).contains(&(squares / 200.0)),
            "mean squared deviation {}",
            squares / 200.0
        );
    }

    #[test]
    fn a_wrong_model_is_found_out() {
        let chain = PrecisionMatrix::parse(&["A", "B", "C", "D"], CHAIN).unwrap();
        let other =
            PrecisionMatrix::parse(&["A", "B", "C", "D"], "2 1 0 1/2; 1 2 1 0; 0 1 2 1; 1/2 0 1 2")
                .unwrap();
        let check = chain
            .compare(&other.samples(2000, 1).unwrap(), chain.markov().unwrap().global())
            .unwrap();
        assert!(!check.agrees() && check.to_string().contains("rejected"));
    }

    #[test]
    fn the_table_and_its_errors() {
        let chain = PrecisionMatrix::parse(&["A", "B", "C", "D"], CHAIN).unwrap();
        let check = chain.simulate(5000, 3).unwrap();
        assert_eq!(check, chain.simulate(5000, 3).unwrap());
        // Global and local: A and B beside D, A beside C and D …; pairwise repeats none of them.
        let relations: Vec<String> =
            check.independences().iter().map(|row| row.statement().to_string()).collect();
        assert!(
            relations.contains(&"A ⟂ D | B".into()) && relations.contains(&"A ⟂ C | B, D".into()),
            "{relations:?}"
        );
        let mut once = relations.clone();
        once.sort();
        once.dedup();
        assert_eq!(once.len(), relations.len());
        assert!(
            check
                .rich()
                .get("text/markdown")
                .unwrap()
                .contains(r"$\mathrm{A} \perp \mathrm{D} \mid \mathrm{B}$ | 0 |")
        );
        let message = chain.simulate(7, 1).unwrap_err().to_string();
        assert!(message.contains("at least 8 rows"), "{message}");
        assert!(chain.simulate(0, 1).is_err());
    }
}
