//! Is A independent of B given C? What the graph says, and what the distribution says.

use super::elimination::others;
use super::named_matrix::NamedMatrix;
use super::precision_matrix::PrecisionMatrix;
use super::scalar::Scalar;
use super::symbol::{markdown_text, symbol};
use crate::gaussian::graphs::independence::{Independence, Independences};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, interrupt};
use crate::words::counted;
use crate::{Error, Result};

/// Variables up to which every subset is looked at.
const FEWEST_TO_REFUSE: usize = 13;

/// The answer to "is A independent of B given C?": from the graph by separation, and from the distribution by the block
/// Cov(A, B | C), which is zero exactly when the answer is yes.
///
/// Where C separates A from B, the distribution must agree. The other way round it need not: contributions of different
/// paths can cancel, and the distribution is then called *unfaithful* to its graph.
///
/// # Example
/// ```
/// use latentlab::gaussian::PrecisionMatrix;
///
/// // A and C are joined directly and through B, and for the margin of A and C the two cancel: ½ − 1 · 1 / 2 = 0.
/// let triangle = PrecisionMatrix::parse(&["A", "B", "C"], "2 1 1/2; 1 2 1; 1/2 1 2")?;
/// let verdict = triangle.independence(&["A"], &["C"], &[])?;
/// assert!(!verdict.separated() && verdict.holds() && verdict.unfaithful());
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct IndependenceVerdict<T: Scalar> {
    statement: Independence,
    path: Option<Vec<String>>,
    covariance: NamedMatrix<T>,
    holds: bool,
}

impl<T: Scalar> IndependenceVerdict<T> {
    /// The statement that was asked about.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let verdict = PrecisionMatrix::parse(&["A", "B"], "1 0; 0 1")?.independence(&["A"], &["B"], &[])?;
    /// assert_eq!(verdict.statement().to_string(), "A ⟂ B");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn statement(&self) -> &Independence {
        &self.statement
    }

    /// Whether the given set separates the two in the graph.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let verdict = PrecisionMatrix::parse(&["A", "B"], "1 0; 0 1")?.independence(&["A"], &["B"], &[])?;
    /// assert!(verdict.separated());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn separated(&self) -> bool {
        self.path.is_none()
    }

    /// A shortest path between the two that avoids the given set, where it does not separate them.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let chain = PrecisionMatrix::parse(&["A", "B", "C"], "2 1 0; 1 2 1; 0 1 2")?;
    /// let verdict = chain.independence(&["A"], &["C"], &[])?;
    /// assert_eq!(verdict.path().map(|path| path.join(" ")).as_deref(), Some("A B C"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn path(&self) -> Option<&[String]> {
        self.path.as_deref()
    }

    /// Whether the distribution has the independence: Cov(A, B | C) = 0.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let verdict = PrecisionMatrix::parse(&["A", "B"], "2 1; 1 2")?.independence(&["A"], &["B"], &[])?;
    /// assert!(!verdict.holds());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn holds(&self) -> bool {
        self.holds
    }

    /// Whether the distribution has an independence that its graph does not show.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let verdict = PrecisionMatrix::parse(&["A", "B"], "1 0; 0 1")?.independence(&["A"], &["B"], &[])?;
    /// assert!(!verdict.unfaithful());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn unfaithful(&self) -> bool {
        self.holds && !self.separated()
    }

    /// Cov(A, B | C), the rows A and the columns B.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let verdict = PrecisionMatrix::parse(&["A", "B"], "2 1; 1 2")?.independence(&["A"], &["B"], &[])?;
    /// assert_eq!(verdict.covariance().values()[[0, 0]].to_string(), "-1/3");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn covariance(&self) -> &NamedMatrix<T> {
        &self.covariance
    }

    fn graph_says(&self, name: impl Fn(&str) -> String) -> String {
        match &self.path {
            None => "yes: every path between the two passes through the given set".into(),
            Some(path) => {
                let path: Vec<String> = path.iter().map(|node| name(node)).collect();
                format!("no: the path {} avoids the given set", path.join(" – "))
            }
        }
    }

    fn distribution_says(&self) -> &'static str {
        match (self.holds, T::EXACT) {
            (true, true) => "yes: the conditional covariance is exactly zero",
            (true, false) => "yes: the conditional covariance is zero up to rounding",
            (false, _) => "no: the conditional covariance is not zero",
        }
    }

    fn remark(&self) -> &'static str {
        if self.unfaithful() {
            "unfaithful: the paths' contributions cancel, so this independence cannot be read from the graph"
        } else {
            ""
        }
    }
}

impl<T: Scalar> PrecisionMatrix<T> {
    /// Is A independent of B given C? Variables in none of the three are integrated out.
    ///
    /// # Errors
    /// [`Error::Invalid`] where A or B is empty or a variable stands in two of the sets, [`Error::Missing`] for an unknown
    /// name.
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let chain = PrecisionMatrix::parse(&["A", "B", "C"], "2 1 0; 1 2 1; 0 1 2")?;
    /// assert!(chain.independence(&["A"], &["C"], &["B"])?.holds());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn independence(
        &self,
        a: &[&str],
        b: &[&str],
        given: &[&str],
    ) -> Result<IndependenceVerdict<T>> {
        let all = [a, b, given].concat();
        if a.is_empty() || b.is_empty() {
            let problem = "independence is between two sets of at least one variable each";
            return Err(Error::invalid("an empty set", problem));
        }
        // Together, so that a variable in two of the sets is found.
        self.scope.resolve(&all)?;
        let [a, b, given] =
            [self.scope.resolve(a)?, self.scope.resolve(b)?, self.scope.resolve(given)?];
        let mut removed = vec![false; self.names().len()];
        given.iter().for_each(|member| removed[*member] = true);
        let path = self.adjacency().path(&a, &b, &removed);
        let covariance = self.conditional_covariance(&a, &b, &given)?;
        Ok(IndependenceVerdict {
            statement: Independence {
                groups: vec![self.scope.named(&a), self.scope.named(&b)],
                given: self.scope.named(&given),
            },
            path: path.map(|path| self.scope.named(&path)),
            holds: covariance.1,
            covariance: covariance.0,
        })
    }

    /// Cov(A, B | C), and whether it is zero beside the variances.
    fn conditional_covariance(
        &self,
        a: &[usize],
        b: &[usize],
        given: &[usize],
    ) -> Result<(NamedMatrix<T>, bool)> {
        let left = others(self.names().len(), given);
        let place = |member: &usize| left.iter().position(|kept| kept == member);
        let (rows, columns): (Vec<usize>, Vec<usize>) =
            (a.iter().filter_map(place).collect(), b.iter().filter_map(place).collect());
        let conditional = self.conditional_of(&left);
        let full = conditional.factors()?.inverse();
        let vanishes = |row: &usize, column: &usize| {
            full[[*row, *column]].vanishes(&full[[*row, *row]], &full[[*column, *column]])
        };
        let holds = rows.iter().all(|row| columns.iter().all(|column| vanishes(row, column)));
        let inverse = PrecisionMatrix { scope: conditional.scope, values: full };
        let sets = [a, b, given].map(|set| {
            let names: Vec<String> =
                self.scope.named(set).iter().map(|name| symbol(name)).collect();
            if names.len() == 1 { names.concat() } else { format!(r"({})", names.join(", ")) }
        });
        let condition = match given.len() {
            0 => String::new(),
            _ => format!(r" \mid {}", sets[2].trim_matches(['(', ')'])),
        };
        let title = format!(r"\operatorname{{Cov}}({}, {}{condition})", sets[0], sets[1]);
        Ok((inverse.named_block(&title, &rows, &columns), holds))
    }

    /// The independences between two variables, given any set, that the distribution has and its graph does not show,
    /// smallest given set first. None means that the distribution is faithful to its graph.
    ///
    /// # Errors
    /// [`Error::Invalid`] for more than 12 variables, whose subsets are too many; [`Error::Interrupted`].
    ///
    /// # Example
    /// ```
    /// # use latentlab::gaussian::PrecisionMatrix;
    /// let triangle = PrecisionMatrix::parse(&["A", "B", "C"], "2 1 1/2; 1 2 1; 1/2 1 2")?;
    /// assert_eq!(triangle.unfaithful()?.to_string(), "A ⟂ C");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn unfaithful(&self) -> Result<Independences> {
        let order = self.names().len();
        if order >= FEWEST_TO_REFUSE {
            return Err(Error::invalid(
                counted(order, "variable"),
                format!(
                    "every subset is looked at, which is possible for up to {}",
                    FEWEST_TO_REFUSE - 1
                ),
            ));
        }
        let graph = self.adjacency();
        let mut found = Vec::new();
        for subset in 0_u32..1 << order {
            interrupt::check()?;
            let given: Vec<bool> = (0..order).map(|node| subset >> node & 1 == 1).collect();
            let left: Vec<usize> = (0..order).filter(|node| !given[*node]).collect();
            let Ok(factors) = self.conditional_of(&left).factors() else { continue };
            let covariance = factors.inverse();
            for (row, one) in left.iter().enumerate() {
                for (column, other) in left.iter().enumerate().skip(row + 1) {
                    let zero = covariance[[row, column]]
                        .vanishes(&covariance[[row, row]], &covariance[[column, column]]);
                    if zero && graph.path(&[*one], &[*other], &given).is_some() {
                        let given: Vec<usize> = (0..order).filter(|node| given[*node]).collect();
                        found.push((given, *one, *other));
                    }
                }
            }
        }
        found.sort_by(|one, other| (one.0.len(), one).cmp(&(other.0.len(), other)));
        let statement = |(given, one, other): &(Vec<usize>, usize, usize)| Independence {
            groups: vec![self.scope.named(&[*one]), self.scope.named(&[*other])],
            given: self.scope.named(given),
        };
        Ok(Independences::whole(found.iter().map(statement).collect()))
    }
}

impl<T: Scalar> std::fmt::Display for IndependenceVerdict<T> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(formatter, "{}", self.statement)?;
        writeln!(formatter, "graph: {}", self.graph_says(str::to_owned))?;
        write!(formatter, "distribution: {}", self.distribution_says())?;
        if self.unfaithful() { write!(formatter, "\n{}", self.remark()) } else { Ok(()) }
    }
}

impl<T: Scalar> Show for IndependenceVerdict<T> {
    fn rich(&self) -> Rich {
        let sure = |name: &str| format!("${}$", symbol(name));
        let mut markdown = format!(
            "${}$\n\n- **Graph**: {}.\n- **Distribution**: {}.\n",
            self.statement.latex(),
            self.graph_says(sure),
            self.distribution_says()
        );
        if self.unfaithful() {
            markdown.push_str(&format!("- **Remark**: {}.\n", markdown_text(self.remark())));
        }
        if self.covariance.fits() {
            let (title, values) = (&self.covariance.symbol, self.covariance.bare_latex());
            markdown.push_str(&format!("\n$${title} = {values}$$\n"));
        }
        Rich::text(self.to_string()).markdown(markdown)
    }
}

impl<T: Scalar> Inspect for IndependenceVerdict<T> {
    fn preview(&self) -> String {
        format!("{}: {}", self.statement, if self.holds { "yes" } else { "no" })
    }
}

#[cfg(test)]
mod tests;
