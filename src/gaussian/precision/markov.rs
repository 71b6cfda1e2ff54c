//! The Markov properties of a graph, written out as statements.

use super::precision_matrix::PrecisionMatrix;
use super::scalar::Scalar;
use super::symbol::{markdown_math, markdown_text};
use crate::gaussian::graphs::independence::{Independence, Independences};
use crate::gaussian::graphs::separation::Adjacency;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::{Error, Result};

/// Separators beyond which a list is of no use to a reader.
const MOST_SEPARATORS: usize = 5_000;

/// What a graph states about independence, in three forms (Lauritzen, Graphical Models, 1996, section 3.2). For a Gaussian
/// with positive definite Σ each form implies the others.
///
/// | Form | Statements |
/// |---|---|
/// | pairwise | two variables that are not joined, given all the others |
/// | local | a variable and all that it is not joined to, given its neighbours |
/// | global | groups of variables, given a set that separates them |
///
/// No list holds a statement twice. The global one has a statement for every minimal separator: for two variables, the
/// sets that separate them with no member to spare are exactly the given sets of the statements in which the two stand in
/// different groups. Whatever else the graph states follows from one of these by leaving out members of the groups or
/// adding variables to the given set.
///
/// # Example
/// ```
/// use latentlab::gaussian::PrecisionMatrix;
///
/// let chain = PrecisionMatrix::parse(&["A", "B", "C", "D"], "2 1 0 0; 1 2 1 0; 0 1 2 1; 0 0 1 2")?;
/// let properties = chain.markov()?;
/// assert_eq!(properties.pairwise().to_string(), "A ⟂ C | B, D\nA ⟂ D | B, C\nB ⟂ D | A, C");
/// assert_eq!(properties.global().to_string(), "A ⟂ {C, D} | B\n{A, B} ⟂ D | C");
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkovProperties {
    pairwise: Independences,
    local: Independences,
    global: Independences,
}

impl MarkovProperties {
    fn of(graph: &Adjacency, names: &[String]) -> Result<Self> {
        let Some(separators) = graph.minimal_separators(MOST_SEPARATORS) else {
            return Err(Error::invalid(
                format!("graph of {} variables", names.len()),
                format!(
                    "it has more than {MOST_SEPARATORS} minimal separators, too many to list; \
                     `graph()?.independences(20)` lists some that cover every pair"
                ),
            ));
        };
        let global = separators
            .iter()
            .map(|separator| (graph.full_components(separator), separator.clone()));
        let named = |statements: Vec<(Vec<Vec<usize>>, Vec<usize>)>| {
            let name = |members: &Vec<usize>| {
                members.iter().map(|&member| names[member].clone()).collect()
            };
            let statement = |(groups, given): &(Vec<Vec<usize>>, Vec<usize>)| Independence {
                groups: groups.iter().map(name).collect(),
                given: name(given),
            };
            Independences::whole(statements.iter().map(statement).collect())
        };
        Ok(Self {
            pairwise: named(pairwise(graph, names.len())),
            local: named(local(graph, names.len())),
            global: named(global.collect()),
        })
    }

    /// A statement for each pair of variables that are not joined, given all others.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let properties = PrecisionMatrix::parse(&["A", "B"], "1 0; 0 1")?.markov()?;
    /// assert_eq!(properties.pairwise().to_string(), "A ⟂ B");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn pairwise(&self) -> &Independences {
        &self.pairwise
    }

    /// A statement for each variable that is not joined to all others, given its neighbours.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let properties = PrecisionMatrix::parse(&["A", "B", "C"], "2 1 0; 1 2 0; 0 0 1")?.markov()?;
    /// assert_eq!(properties.local().to_string(), "A ⟂ C | B\nB ⟂ C | A\nC ⟂ {A, B}");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn local(&self) -> &Independences {
        &self.local
    }

    /// A statement for each minimal separator, smallest first.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let properties = PrecisionMatrix::parse(&["A", "B", "C"], "2 1 0; 1 2 0; 0 0 1")?.markov()?;
    /// assert_eq!(properties.global().to_string(), "{A, B} ⟂ C");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn global(&self) -> &Independences {
        &self.global
    }

    fn forms(&self) -> [(&'static str, &'static str, &Independences); 3] {
        [
            ("Pairwise", "two variables without an edge, given all others", &self.pairwise),
            (
                "Local",
                "a variable and those it is not joined to, given its neighbours",
                &self.local,
            ),
            ("Global", "groups, given each minimal set that separates them", &self.global),
        ]
    }
}

type Statements = Vec<(Vec<Vec<usize>>, Vec<usize>)>;

fn pairwise(graph: &Adjacency, order: usize) -> Statements {
    let mut statements = Vec::new();
    for one in 0..order {
        for other in one + 1..order {
            if !graph.neighbours(one).contains(&other) {
                let rest = (0..order).filter(|node| *node != one && *node != other).collect();
                statements.push((vec![vec![one], vec![other]], rest));
            }
        }
    }
    statements
}

fn local(graph: &Adjacency, order: usize) -> Statements {
    let mut statements: Statements = Vec::new();
    for node in 0..order {
        let around = graph.neighbours(node);
        let far: Vec<usize> =
            (0..order).filter(|other| *other != node && !around.contains(other)).collect();
        // Two variables with the same neighbours and nothing else far from them make the same statement.
        let mirrored = (vec![far.clone(), vec![node]], around.to_vec());
        if !far.is_empty() && !statements.contains(&mirrored) {
            statements.push((vec![vec![node], far], around.to_vec()));
        }
    }
    statements
}

impl<T: Scalar> PrecisionMatrix<T> {
    /// What the graph states about independence: pairwise, local and global Markov properties.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a graph with more than 5,000 minimal separators.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let chain = PrecisionMatrix::parse(&["A", "B", "C"], "2 1 0; 1 2 1; 0 1 2")?;
    /// assert_eq!(chain.markov()?.global().to_string(), "A ⟂ C | B");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn markov(&self) -> Result<MarkovProperties> {
        MarkovProperties::of(&self.adjacency(), self.names())
    }

    pub(crate) fn adjacency(&self) -> Adjacency {
        let order = self.names().len();
        let pairs = (0..order).flat_map(|one| (one + 1..order).map(move |other| (one, other)));
        Adjacency::new(order, pairs.filter(|(one, other)| self.joined(*one, *other)))
    }
}

impl std::fmt::Display for MarkovProperties {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let part = |(form, meaning, list): &(&str, &str, &Independences)| {
            format!("{form} ({meaning}):\n{list}")
        };
        formatter.write_str(&self.forms().iter().map(part).collect::<Vec<_>>().join("\n\n"))
    }
}

impl Show for MarkovProperties {
    fn rich(&self) -> Rich {
        let mut markdown = String::new();
        for (form, meaning, list) in self.forms() {
            markdown.push_str(&format!("**{form}**: {meaning}\n\n"));
            markdown.push_str(&statement_table(list));
            markdown.push('\n');
        }
        Rich::text(self.to_string()).markdown(markdown)
    }
}

/// Statements as a Markdown table: formula and words.
pub(crate) fn statement_table(list: &Independences) -> String {
    if list.statements().is_empty() {
        return "none: every two variables are joined by an edge\n".into();
    }
    let mut table = String::from("| Statement | In words |\n|:--|:--|\n");
    for statement in list.statements() {
        let (formula, words) =
            (markdown_math(&statement.latex()), markdown_text(&statement.words()));
        table.push_str(&format!("| {formula} | {words} |\n"));
    }
    table
}

impl Inspect for MarkovProperties {
    fn shape(&self) -> Option<String> {
        let [pairwise, local, global] = self.forms().map(|(_, _, list)| list.total());
        Some(format!("{pairwise} pairwise, {local} local, {global} global"))
    }

    fn preview(&self) -> String {
        self.global.to_string()
    }
}

#[cfg(test)]
mod tests;
