//! Conditional independences in words.

use super::separation::Adjacency;
use crate::gaussian::precision::symbol::{listed, symbol};
use crate::notebook::{Rich, Show, escape};
use crate::words::counted;

/// One statement: given a set of variables, these groups of variables are independent of each other.
///
/// The given set is a minimal separator of any two of the groups: with one variable less it would not separate them.
///
/// # Example
/// ```
/// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::array};
/// let precision = array![[1.0, -0.3, 0.0], [-0.3, 1.0, -0.3], [0.0, -0.3, 1.0]];
/// let graph = ConditionalIndependenceGraph::from_precision(&precision, &["T", "FOX", "CMCSA"], 0.0)?;
/// let independences = graph.independences(5);
/// let statement = &independences.statements()[0];
/// assert_eq!(statement.to_string(), "T ⟂ CMCSA | FOX");
/// assert_eq!(statement.latex(), r"\mathrm{T} \perp \mathrm{CMCSA} \mid \mathrm{FOX}");
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Independence {
    /// Two groups or more, independent of each other given the set.
    pub groups: Vec<Vec<String>>,
    /// The variables given; none where the groups are independent outright.
    pub given: Vec<String>,
}

impl Independence {
    /// The statement as LaTeX, without delimiters. A name that is one letter with a number is set as a symbol with an
    /// index, all others as they are.
    ///
    /// # Example
    /// ```
    /// use latentlab::gaussian::Independence;
    ///
    /// let groups = vec![vec!["A_B".into(), "T".into()], vec!["Z1".into()]];
    /// let statement = Independence { groups, given: vec![] };
    /// assert_eq!(statement.latex(), r"\{\mathrm{A\_B}, \mathrm{T}\} \perp Z_{1}");
    /// ```
    pub fn latex(&self) -> String {
        let names =
            |group: &[String]| group.iter().map(|name| symbol(name)).collect::<Vec<_>>().join(", ");
        let group = |group: &Vec<String>| match group.as_slice() {
            [single] => symbol(single),
            several => format!(r"\{{{}\}}", names(several)),
        };
        let groups: Vec<String> = self.groups.iter().map(group).collect();
        let mut text = groups.join(r" \perp ");
        if !self.given.is_empty() {
            text.push_str(&format!(r" \mid {}", names(&self.given)));
        }
        text
    }

    /// The statement as a sentence without its full stop.
    ///
    /// # Example
    /// ```
    /// use latentlab::gaussian::Independence;
    ///
    /// let statement = Independence { groups: vec![vec!["A".into()], vec!["B".into(), "C".into()]], given: vec!["D".into()] };
    /// assert_eq!(statement.words(), "A is independent of B and C, given D");
    /// ```
    pub fn words(&self) -> String {
        let groups: Vec<String> = self.groups.iter().map(|group| listed(group)).collect();
        let mut text = match groups.as_slice() {
            [one, other] => {
                let verb = if self.groups[0].len() == 1 { "is" } else { "are" };
                format!("{one} {verb} independent of {other}")
            }
            several => format!("{} are mutually independent", several.join("; ")),
        };
        if !self.given.is_empty() {
            text.push_str(&format!(", given {}", listed(&self.given)));
        }
        text
    }
}

impl std::fmt::Display for Independence {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let group = |group: &Vec<String>| match group.as_slice() {
            [single] => single.clone(),
            several => format!("{{{}}}", several.join(", ")),
        };
        let groups: Vec<String> = self.groups.iter().map(group).collect();
        formatter.write_str(&groups.join(" ⟂ "))?;
        if !self.given.is_empty() {
            write!(formatter, " | {}", self.given.join(", "))?;
        }
        Ok(())
    }
}

impl Show for Independence {
    fn rich(&self) -> Rich {
        Rich::text(self.to_string()).latex(format!("${}$", self.latex()))
    }
}

/// The independences that a graph states, smallest given set first. Together, untruncated, they cover every pair of
/// variables without an edge, and each covers a pair that those before it do not.
///
/// # Example
/// ```
/// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
/// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(3), &["A", "B", "C"], 0.0)?;
/// let independences = graph.independences(10);
/// assert_eq!(independences.to_string(), "A ⟂ B ⟂ C");
/// assert_eq!(independences.total(), 1);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Independences {
    statements: Vec<Independence>,
    total: usize,
}

impl Independences {
    /// The first `limit` statements of a graph.
    pub(crate) fn of(graph: &Adjacency, names: &[String], limit: usize) -> Self {
        let order = names.len();
        let named =
            |members: &[usize]| members.iter().map(|&member| names[member].clone()).collect();
        let mut covered = vec![false; order * order];
        let mut statements = Vec::new();
        let mut total = 0;
        for separator in graph.close_separators() {
            let groups = graph.full_components(&separator);
            if !cover(&mut covered, order, &groups) {
                continue;
            }
            total += 1;
            if total <= limit {
                let groups = groups.iter().map(|group| named(group)).collect();
                statements.push(Independence { groups, given: named(&separator) });
            }
        }
        Self { statements, total }
    }

    /// A list that is complete.
    pub(crate) fn whole(statements: Vec<Independence>) -> Self {
        Self { total: statements.len(), statements }
    }

    /// The statements, at most as many as asked for.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
    /// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(2), &["A", "B"], 0.0)?;
    /// assert_eq!(graph.independences(10).statements()[0].groups.len(), 2);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn statements(&self) -> &[Independence] {
        &self.statements
    }

    /// How many statements the whole list has.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
    /// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(2), &["A", "B"], 0.0)?;
    /// assert_eq!(graph.independences(0).total(), 1);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn total(&self) -> usize {
        self.total
    }

    /// The statements as LaTeX, one a line, in an `aligned` environment without delimiters.
    ///
    /// # Example
    /// ```
    /// # use latentlab::{gaussian::ConditionalIndependenceGraph, ndarray::Array2};
    /// let graph = ConditionalIndependenceGraph::from_precision(&Array2::eye(2), &["A", "B"], 0.0)?;
    /// let latex = graph.independences(10).latex();
    /// assert_eq!(latex, r"\begin{aligned} & \mathrm{A} \perp \mathrm{B} \end{aligned}");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn latex(&self) -> String {
        let lines: Vec<String> =
            self.statements.iter().map(|statement| format!("& {}", statement.latex())).collect();
        format!(r"\begin{{aligned}} {} \end{{aligned}}", lines.join(r" \\ "))
    }
}

impl std::fmt::Display for Independences {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        if self.total == 0 {
            return formatter
                .write_str("no independences: every two variables are joined by an edge");
        }
        let lines: Vec<String> = self.statements.iter().map(Independence::to_string).collect();
        formatter.write_str(&lines.join("\n"))?;
        let rest = self.total - self.statements.len();
        if rest > 0 {
            let separator = if lines.is_empty() { "" } else { "\n" };
            write!(
                formatter,
                "{separator}and {rest} more of {}",
                counted(self.total, "statement")
            )?;
        }
        Ok(())
    }
}

impl Show for Independences {
    fn rich(&self) -> Rich {
        let text = self.to_string();
        let html = text.lines().map(escape).collect::<Vec<_>>().join("<br>");
        Rich::text(text).html(html)
    }
}

/// Marks the pairs that lie in different groups; true where one of them was not marked yet.
fn cover(covered: &mut [bool], order: usize, groups: &[Vec<usize>]) -> bool {
    let mut news = false;
    for (index, group) in groups.iter().enumerate() {
        for other in &groups[index + 1..] {
            for &first in group {
                for &second in other {
                    let place = first.min(second) * order + first.max(second);
                    news |= !covered[place];
                    covered[place] = true;
                }
            }
        }
    }
    news
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn names(order: usize) -> Vec<String> {
        (0..order).map(|node| format!("v{node}")).collect()
    }

    #[test]
    fn leaves_of_a_star_share_one_statement() {
        let star = Adjacency::new(4, [(0, 1), (0, 2), (0, 3)].into_iter());
        let list = Independences::of(&star, &names(4), 10);
        assert_eq!(list.to_string(), "v1 ⟂ v2 ⟂ v3 | v0");
    }

    #[test]
    fn a_complete_graph_has_nothing_to_say() {
        let complete = Adjacency::new(2, [(0, 1)].into_iter());
        assert!(
            Independences::of(&complete, &names(2), 10).to_string().contains("no independences")
        );
    }

    #[test]
    fn a_limit_says_what_it_leaves_out() {
        let chain = Adjacency::new(5, (0..4).map(|node| (node, node + 1)));
        let list = Independences::of(&chain, &names(5), 1);
        assert_eq!(list.to_string(), "v0 ⟂ {v2, v3, v4} | v1\nand 2 more of 3 statements");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]

        /// Every statement holds, with a separator that is minimal; every pair without an edge is covered.
        #[test]
        fn statements_are_true_minimal_and_complete(order in 2usize..9, bits in prop::collection::vec(any::<bool>(), 36)) {
            let pairs: Vec<(usize, usize)> =
                (0..order).flat_map(|second| (0..second).map(move |first| (first, second))).collect();
            let edges: Vec<(usize, usize)> =
                pairs.iter().zip(&bits).filter(|(_, keep)| **keep).map(|(pair, _)| *pair).collect();
            let graph = Adjacency::new(order, edges.iter().copied());
            let names = names(order);
            let index = |name: &String| names.iter().position(|known| known == name);
            let mut covered = Vec::new();
            for statement in Independences::of(&graph, &names, usize::MAX).statements() {
                let given: Vec<usize> = statement.given.iter().filter_map(index).collect();
                for (place, group) in statement.groups.iter().enumerate() {
                    for other in &statement.groups[place + 1..] {
                        for (first, second) in group.iter().flat_map(|a| other.iter().map(move |b| (a, b))) {
                            let (Some(first), Some(second)) = (index(first), index(second)) else { panic!("known names") };
                            covered.push((first.min(second), first.max(second)));
                            let mut removed = vec![false; order];
                            given.iter().for_each(|&node| removed[node] = true);
                            prop_assert!(!graph.reachable(first, &removed).contains(&second));
                            for &node in &given {
                                removed[node] = false;
                                prop_assert!(graph.reachable(first, &removed).contains(&second));
                                removed[node] = true;
                            }
                        }
                    }
                }
            }
            for pair in pairs {
                prop_assert_eq!(covered.contains(&pair), !edges.contains(&pair));
            }
        }
    }
}
