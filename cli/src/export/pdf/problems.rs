//! Which parts of a document are problems, and on which pages they stand.

use std::sync::LazyLock;

use regex::Regex;
use serde::{Deserialize, Serialize};

static PROBLEM: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)^\s*(?:\d+[.)]?\s+)?(problem|question|exercise|task|aufgabe|ejercicio|exercice)\s*\d",
    )
    .ok()
});
/// A place at most this far from the upper edge begins its page, in points.
const TOP: f64 = 90.0;

/// What counts as a problem.
#[derive(Clone, Copy, Debug, Default)]
pub struct Problems {
    /// Whether each begins a page.
    pub new_pages: bool,
}

/// A line of the table of pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entry {
    pub title: String,
    pub first_page: usize,
    pub last_page: usize,
}

/// Where a heading stands, as Typst says.
#[derive(Clone, Copy, Debug, Deserialize)]
pub struct Spot {
    pub number: usize,
    pub page: usize,
    pub y: f64,
}

fn is_problem(title: &str) -> bool {
    PROBLEM.as_ref().is_some_and(|pattern| pattern.is_match(title))
}

impl Problems {
    pub fn starts_page(self, level: u8, title: &str) -> bool {
        self.new_pages && level <= 2 && is_problem(title)
    }
}

/// The pages of each problem; of each heading of the upper two levels where nothing is called a problem.
pub fn entries(headings: &[(u8, String)], spots: &[Spot]) -> Vec<Entry> {
    let any = headings.iter().any(|(_, title)| is_problem(title));
    let listed = |number: usize| {
        headings
            .get(number)
            .filter(|(level, title)| if any { is_problem(title) } else { *level <= 2 })
    };
    let mut entries = Vec::new();
    for spot in spots {
        let Some((level, title)) = listed(spot.number) else { continue };
        // It reaches to the next heading of its level or above, subordinate problems included.
        let next = spots.iter().find(|other| {
            other.number > spot.number
                && headings.get(other.number).is_none_or(|(other, _)| other <= level)
        });
        let last_page = next.map_or(spot.page, |next| {
            let begins_page = next.y < TOP && next.number < headings.len();
            if begins_page { next.page - 1 } else { next.page }
        });
        entries.push(Entry {
            title: title.clone(),
            first_page: spot.page,
            last_page: last_page.max(spot.page),
        });
    }
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spot(number: usize, page: usize, y: f64) -> Spot {
        Spot { number, page, y }
    }

    #[test]
    fn problems_reach_to_the_next_of_their_level() {
        let headings =
            [(1, "Homework"), (2, "Problem 1"), (3, "1.1 Data"), (2, "Problem 2: Graphs")]
                .map(|(level, title)| (level, title.to_owned()));
        let spots = [
            spot(0, 1, 60.0),
            spot(1, 1, 300.0),
            spot(2, 2, 500.0),
            spot(3, 4, 54.0),
            spot(4, 6, 200.0),
        ];
        let entries = entries(&headings, &spots);
        let pages: Vec<_> =
            entries.iter().map(|entry| (entry.first_page, entry.last_page)).collect();
        assert_eq!(pages, [(1, 3), (4, 6)]);
        assert_eq!(entries[1].title, "Problem 2: Graphs");
    }

    #[test]
    fn without_problems_the_upper_headings_are_listed() {
        let headings = [(1, "Data".to_owned()), (3, "Detail".to_owned()), (2, "Model".to_owned())];
        let spots = [spot(0, 1, 60.0), spot(1, 1, 90.0), spot(2, 2, 400.0), spot(3, 2, 700.0)];
        let titles: Vec<_> =
            entries(&headings, &spots).into_iter().map(|entry| entry.title).collect();
        assert_eq!(titles, ["Data", "Model"]);
        assert!(entries(&[], &[spot(0, 1, 100.0)]).is_empty());
    }

    #[test]
    fn problems_are_known_by_their_names() {
        for title in ["Problem 1", "question 2b", "3. Exercise 4", "TASK 5: x"] {
            assert!(is_problem(title), "{title}");
        }
        for title in ["Problems", "The problem 1", "Data"] {
            assert!(!is_problem(title), "{title}");
        }
    }
}
