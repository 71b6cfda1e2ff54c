//! Independences and edges of a model, compared with a sample.

use ndarray::Array2;

use super::elimination::block;
use super::precision_matrix::PrecisionMatrix;
use super::scalar::Scalar;
use super::simulation_check::{PartialCorrelation, SimulationCheck};
use crate::gaussian::graphs::independence::Independences;
use crate::gaussian::graphs::partial_correlation::partial_correlations;
use crate::gaussian::linalg::Cholesky;
use crate::stats::empirical_covariance;
use crate::words::counted;
use crate::{Error, Result};

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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;
    use crate::notebook::Show;

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
