//! What putting photographs and scores together kept and left out.

use polars::prelude::DataFrame;

use crate::Result;
use crate::data::finding::{Finding, findings_frame, findings_shown};
use crate::notebook::{Rich, Show};
use crate::words::counted;

/// What reading faces came upon: how many photographs and rows of scores there were, how many belong together, and what was
/// left out, with the reason. Where nothing was read, as with drawn faces, all of it is empty.
///
/// # Example
/// ```
/// use latentlab::data::faces::FaceData;
///
/// let report = FaceData::drawn(10, 1)?.report().clone();
/// assert_eq!((report.kept, report.unreadable.len()), (10, 0));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FaceReport {
    /// Photographs found.
    pub pictures: usize,
    /// Rows of scores found.
    pub rows: usize,
    /// Photographs with scores that were kept.
    pub kept: usize,
    /// Photographs that could not be read, with the reason.
    pub unreadable: Vec<(String, String)>,
    /// Photographs without a row of scores.
    pub without_scores: Vec<String>,
    /// Rows of scores without a photograph.
    pub without_picture: Vec<String>,
    /// Rows for a photograph that an earlier row was for; the earlier one counts.
    pub repeated: Vec<String>,
    /// People left out for the number of their photographs, with that number.
    pub people_dropped: Vec<(String, usize)>,
    /// Photographs of these people.
    pub pictures_dropped: usize,
    /// Files that are no photographs or have other names, with the reason.
    pub ignored: Vec<(String, String)>,
    /// Scores missing in the rows that were kept.
    pub missing_scores: usize,
    /// Whether the photographs were decoded or came from the cache, in words; empty where none were read.
    pub preparation: String,
}

impl FaceReport {
    /// One row for each kind of thing that was left out: how many, and the first few.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::faces::FaceData;
    ///
    /// let frame = FaceData::drawn(10, 1)?.report().frame()?;
    /// assert_eq!(frame.height(), 7);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        findings_frame("left out", &self.findings())
    }

    /// The outcome in one or two sentences.
    pub(super) fn words(&self) -> String {
        if self.pictures == 0 {
            return format!("{}, all of them drawn.", counted(self.kept, "face"));
        }
        let mut words = format!(
            "{} kept of {} and {} of scores; pictures {}.",
            counted(self.kept, "face"),
            counted(self.pictures, "picture"),
            counted(self.rows, "row"),
            self.preparation,
        );
        let left_out: Vec<String> = self
            .findings()
            .iter()
            .filter(|kind| kind.count > 0)
            .map(|kind| format!("{} {}", kind.count, kind.what))
            .collect();
        if !left_out.is_empty() {
            words.push_str(&format!(" Left out: {}.", left_out.join("; ")));
        }
        if self.missing_scores > 0 {
            words.push_str(&format!(" {} missing.", counted(self.missing_scores, "score")));
        }
        words
    }

    fn findings(&self) -> Vec<Finding> {
        let pairs = |items: &[(String, String)]| {
            items.iter().map(|(name, reason)| format!("{name} ({reason})")).collect::<Vec<_>>()
        };
        let named = |what, examples: Vec<String>| Finding { what, count: examples.len(), examples };
        let people: Vec<String> =
            self.people_dropped.iter().map(|(name, count)| format!("{name} ({count})")).collect();
        vec![
            named("pictures that could not be read", pairs(&self.unreadable)),
            named("pictures without scores", self.without_scores.clone()),
            named("rows without a picture", self.without_picture.clone()),
            named("rows that repeat another", self.repeated.clone()),
            named("people with too many pictures", people.clone()),
            Finding {
                what: "pictures of these people",
                count: self.pictures_dropped,
                examples: people,
            },
            named("files that are no pictures of the set", pairs(&self.ignored)),
        ]
    }
}

impl Show for FaceReport {
    /// The table in HTML; in text, a line for each kind of thing that was left out.
    fn rich(&self) -> Rich {
        let line = |found: &Finding| format!("{}: {}", found.what, found.examples());
        findings_shown(&self.words(), &self.findings(), line, self.frame())
    }
}
