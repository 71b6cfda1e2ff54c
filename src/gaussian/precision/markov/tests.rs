#![allow(clippy::unwrap_used)]
use std::collections::BTreeSet;

use proptest::prelude::*;

use super::*;
use crate::gaussian::Rational;
use crate::gaussian::precision::matrices::sparse;

/// Two variables, the smaller first, and a given set as bits.
type Triple = (usize, usize, u32);

/// Every triple that the statements make, pair by pair, in the order of the list.
fn triples(list: &Independences, names: &[String]) -> Vec<Triple> {
    let place = |name: &String| names.iter().position(|known| known == name).unwrap();
    let mut triples = Vec::new();
    for statement in list.statements() {
        let given = statement.given.iter().fold(0, |bits, name| bits | 1 << place(name));
        for (index, group) in statement.groups.iter().enumerate() {
            for (one, other) in group.iter().flat_map(|one| {
                statement.groups[index + 1..].iter().flatten().map(move |other| (one, other))
            }) {
                let (one, other) = (place(one), place(other));
                triples.push((one.min(other), one.max(other), given));
            }
        }
    }
    triples
}

/// Whether removing a set leaves no path, by growing the reached set until it stops.
fn separated(precision: &PrecisionMatrix<Rational>, one: usize, other: usize, given: u32) -> bool {
    let order = precision.names().len();
    let mut reached = 1_u32 << one;
    for _ in 0..order {
        for (from, to) in (0..order).flat_map(|from| (0..order).map(move |to| (from, to))) {
            let joined = from != to && precision.values()[[from, to]] != Rational::from(0);
            if reached >> from & 1 == 1 && given >> to & 1 == 0 && joined {
                reached |= 1 << to;
            }
        }
    }
    reached >> other & 1 == 0
}

/// All triples of a graph that hold.
fn all(precision: &PrecisionMatrix<Rational>) -> BTreeSet<Triple> {
    let order = precision.names().len();
    let mut found = BTreeSet::new();
    for one in 0..order {
        for other in one + 1..order {
            for given in 0..1_u32 << order {
                let free = given >> one & 1 == 0 && given >> other & 1 == 0;
                if free && separated(precision, one, other, given) {
                    found.insert((one, other, given));
                }
            }
        }
    }
    found
}

#[test]
fn a_square_states_its_two_diagonals() {
    let rows = "2 1 1 0; 1 2 0 1; 1 0 3 1; 0 1 1 3";
    let properties =
        PrecisionMatrix::parse(&["Z1", "Z2", "Z3", "Z4"], rows).unwrap().markov().unwrap();
    assert_eq!(properties.global().to_string(), "Z2 ⟂ Z3 | Z1, Z4\nZ1 ⟂ Z4 | Z2, Z3");
    // Here pairwise, local and global statements are the same two.
    assert_eq!(properties.local().total(), 2);
    let rich = properties.rich();
    let markdown = rich.get("text/markdown").unwrap();
    assert!(markdown.contains(
        r"| $Z_{2} \perp Z_{3} \mid Z_{1}, Z_{4}$ | Z2 is independent of Z3, given Z1 and Z4 |"
    ));
}

#[test]
fn a_complete_graph_states_nothing() {
    let properties = PrecisionMatrix::parse(&["A", "B"], "2 1; 1 2").unwrap().markov().unwrap();
    assert!(properties.rich().get("text/markdown").unwrap().contains("none: every two"));
}

#[test]
fn too_many_separators_are_refused() {
    // 13 pairs side by side between two ends: each pair is cut at either member, 2^13 ways.
    let order = 28;
    let mut values = ndarray::Array2::<f64>::eye(order) * 40.0;
    for pair in 0..13 {
        for (one, other) in [(0, 2 + 2 * pair), (2 + 2 * pair, 3 + 2 * pair), (3 + 2 * pair, 1)] {
            values[[one, other]] = 1.0;
            values[[other, one]] = 1.0;
        }
    }
    let names: Vec<String> = (0..order).map(|index| format!("V{index}")).collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    let error = PrecisionMatrix::new(&names, values).unwrap().markov().unwrap_err().to_string();
    assert!(error.contains("more than 5000 minimal separators"), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(80))]

    /// The global list is exactly the triples whose given set has no member to spare: none missing, none twice, none
    /// that follows from another. Everything else the graph states is one of them with a larger given set.
    #[test]
    fn the_global_list_is_complete_and_without_redundancy(precision in sparse(6)) {
        let properties = precision.markov().unwrap();
        let listed = triples(properties.global(), precision.names());
        let once: BTreeSet<Triple> = listed.iter().copied().collect();
        prop_assert_eq!(listed.len(), once.len(), "a triple stands twice");
        let all = all(&precision);
        let minimal = |(one, other, given): &&Triple| {
            (0..precision.names().len()).all(|node| given >> node & 1 == 0 || !all.contains(&(*one, *other, given & !(1 << node))))
        };
        let expected: BTreeSet<Triple> = all.iter().filter(minimal).copied().collect();
        prop_assert_eq!(&once, &expected);
        for (one, other, given) in &all {
            let follows = once.iter().any(|triple| (triple.0, triple.1) == (*one, *other) && triple.2 & given == triple.2);
            prop_assert!(follows);
        }
    }

    /// Pairwise: one statement for each missing edge. Local: covers the same pairs, and each statement is true.
    #[test]
    fn the_other_lists_cover_the_missing_edges(precision in sparse(6)) {
        let properties = precision.markov().unwrap();
        let names = precision.names();
        let order = names.len();
        let missing: BTreeSet<(usize, usize)> = (0..order)
            .flat_map(|one| (one + 1..order).map(move |other| (one, other)))
            .filter(|(one, other)| precision.values()[[*one, *other]] == Rational::from(0))
            .collect();
        for list in [properties.pairwise(), properties.local()] {
            let triples = triples(list, names);
            let pairs: BTreeSet<(usize, usize)> = triples.iter().map(|triple| (triple.0, triple.1)).collect();
            prop_assert_eq!(&pairs, &missing);
            prop_assert!(triples.iter().all(|(one, other, given)| separated(&precision, *one, *other, *given)));
        }
        prop_assert_eq!(properties.pairwise().total(), missing.len());
        let texts: BTreeSet<String> = properties.local().statements().iter().map(ToString::to_string).collect();
        prop_assert_eq!(texts.len(), properties.local().total());
    }

    /// Each statement, with its whole groups, holds exactly in the distribution.
    #[test]
    fn the_distribution_has_every_statement(precision in sparse(6)) {
        let properties = precision.markov().unwrap();
        for list in [properties.pairwise(), properties.local(), properties.global()] {
            for statement in list.statements() {
                for (place, group) in statement.groups.iter().enumerate() {
                    for other in &statement.groups[place + 1..] {
                        let [a, b, given] = [group, other, &statement.given]
                            .map(|set| set.iter().map(String::as_str).collect::<Vec<_>>());
                        let verdict = precision.independence(&a, &b, &given).unwrap();
                        prop_assert!(verdict.separated() && verdict.holds());
                    }
                }
            }
        }
    }
}
