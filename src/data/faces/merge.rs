//! Photographs and scores brought together by person and number.

use std::collections::{HashMap, HashSet};

use super::archive::Archive;
use super::attributes::{AttributeTable, PictureName};
use super::photographs::Photographs;
use super::report::FaceReport;

/// Which photographs and rows belong together.
#[derive(Debug)]
pub(super) struct Merge {
    /// Place of the photograph among those that could be read, and of its row, in the order of the rows.
    pub(super) pairs: Vec<(usize, usize)>,
    pub(super) report: FaceReport,
}

/// Finds the photograph of every row. With `fewer_than`, people with that many photographs in the archive or more are left
/// out.
pub(super) fn merge(
    archive: &Archive,
    photographs: &Photographs,
    table: &AttributeTable,
    fewer_than: Option<usize>,
) -> Merge {
    let mut report = FaceReport {
        pictures: archive.entries.len(),
        rows: table.rows.len(),
        ignored: archive.ignored.clone(),
        ..FaceReport::default()
    };
    let dropped = frequent(archive, fewer_than, &mut report);
    let places = readable(archive, photographs, &mut report);
    let known: HashSet<&PictureName> = archive.entries.iter().map(|entry| &entry.name).collect();
    let mut used = HashSet::new();
    let mut pairs = Vec::new();
    for (row, name) in table.rows.iter().enumerate() {
        if !used.insert(name) {
            report.repeated.push(name.to_string());
        } else if !known.contains(name) {
            report.without_picture.push(name.to_string());
        } else if let Some(place) =
            places.get(name).filter(|_| !dropped.contains(name.person.as_str()))
        {
            pairs.push((*place, row));
            let scores = table.scores.row(row);
            report.missing_scores += scores.iter().filter(|score| score.is_nan()).count();
        }
    }
    let without =
        archive.entries.iter().map(|entry| &entry.name).filter(|name| !used.contains(name));
    report.without_scores = without.map(ToString::to_string).collect();
    report.kept = pairs.len();
    Merge { pairs, report }
}

/// People with too many photographs.
fn frequent(
    archive: &Archive,
    fewer_than: Option<usize>,
    report: &mut FaceReport,
) -> HashSet<String> {
    let mut counts = HashMap::<&str, usize>::new();
    for entry in &archive.entries {
        *counts.entry(&entry.name.person).or_default() += 1;
    }
    let too_many = |count: usize| fewer_than.is_some_and(|limit| count >= limit);
    let mut people: Vec<(String, usize)> = counts
        .into_iter()
        .filter(|(_, count)| too_many(*count))
        .map(|(person, count)| (person.to_owned(), count))
        .collect();
    people.sort_by(|one, other| other.1.cmp(&one.1).then(one.0.cmp(&other.0)));
    report.pictures_dropped = people.iter().map(|(_, count)| count).sum();
    report.people_dropped = people.clone();
    people.into_iter().map(|(person, _)| person).collect()
}

/// The places of the photographs that could be read, among these.
fn readable<'archive>(
    archive: &'archive Archive,
    photographs: &Photographs,
    report: &mut FaceReport,
) -> HashMap<&'archive PictureName, usize> {
    let failed: HashMap<usize, &String> =
        photographs.failures.iter().map(|(index, reason)| (*index, reason)).collect();
    let mut places = HashMap::new();
    for (index, entry) in archive.entries.iter().enumerate() {
        match failed.get(&index) {
            Some(reason) => report.unreadable.push((entry.path.clone(), (*reason).clone())),
            None => {
                places.insert(&entry.name, places.len());
            }
        }
    }
    places
}
