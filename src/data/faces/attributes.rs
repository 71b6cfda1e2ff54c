//! The table of attribute scores, as `lfw_attributes.txt` is found in the wild.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use ndarray::Array2;

use crate::notebook::interrupt;
use crate::{Error, Result};

/// Scores of words for pictures: one row for each picture, named by its person and number.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct AttributeTable {
    /// The words.
    pub(super) names: Vec<String>,
    pub(super) rows: Vec<PictureName>,
    /// Rows × names; NaN where a score is missing.
    pub(super) scores: Array2<f32>,
}

/// Whose picture it is, and which of theirs.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct PictureName {
    pub(super) person: String,
    /// Counted from 1.
    pub(super) number: u32,
}

impl std::fmt::Display for PictureName {
    fn fmt(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(formatter, "{} {}", self.person, self.number)
    }
}

/// A name in one spelling, whatever stands between its parts.
pub(super) fn spelled(name: &str) -> String {
    let parts = name.split(|letter: char| letter == '_' || letter.is_whitespace());
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
}

/// Which cells of a row hold what.
struct Header {
    cells: usize,
    person: usize,
    number: usize,
    /// The cells of the scores.
    scores: Vec<usize>,
    names: Vec<String>,
}

impl AttributeTable {
    /// Reads a table of tab-separated text. Lines that begin with `#` are comments, except the one that names the columns,
    /// which may begin with `#` and a tab or without. The columns of person and number may stand anywhere and be written
    /// in large or small letters. Empty cells, `NaN` and `NA` are missing scores.
    pub(super) fn read(path: &Path) -> Result<Self> {
        let bytes = std::fs::read(path).map_err(|error| Error::io("read", path, error))?;
        let text = String::from_utf8(bytes).map_err(|error| {
            let problem =
                format!("no UTF-8 text from byte {} on", error.utf8_error().valid_up_to());
            Error::malformed(path, None, problem)
        })?;
        Reader { path: path.to_owned() }.table(text.trim_start_matches('\u{feff}'))
    }
}

struct Reader {
    path: PathBuf,
}

impl Reader {
    fn fault(&self, line: usize, problem: impl Into<String>) -> Error {
        Error::malformed(&self.path, line as u64 + 1, problem)
    }

    fn table(&self, text: &str) -> Result<AttributeTable> {
        let mut header = None;
        let (mut rows, mut scores) = (Vec::new(), Vec::new());
        for (line, content) in text.lines().enumerate() {
            if content.trim().is_empty() {
                continue;
            }
            match &header {
                Some(_) if content.starts_with('#') => {}
                Some(header) => rows.push(self.row(line, content, header, &mut scores)?),
                None => header = self.header(line, content)?,
            }
            if line % 256 == 0 {
                interrupt::check()?;
            }
        }
        let Some(header) = header else {
            let problem =
                "no line names the columns; expected `person`, `imagenum` and the attributes";
            return Err(Error::malformed(&self.path, None, problem));
        };
        if rows.is_empty() {
            let problem = "no line below the one that names the columns";
            return Err(Error::malformed(&self.path, None, problem));
        }
        let shape = (rows.len(), header.names.len());
        let scores = Array2::from_shape_vec(shape, scores)
            .map_err(|error| Error::malformed(&self.path, None, error.to_string()))?;
        Ok(AttributeTable { names: header.names, rows, scores })
    }

    /// The header, where the line is it; none for a comment.
    fn header(&self, line: usize, content: &str) -> Result<Option<Header>> {
        let comment = content.starts_with('#');
        let content = content.trim_start_matches('#');
        // The mark stands in a cell of its own, which the rows lack.
        let content = if comment { content.strip_prefix('\t').unwrap_or(content) } else { content };
        let names: Vec<&str> = content.trim_end().split('\t').map(str::trim).collect();
        let place = |wanted: &[&str]| {
            names.iter().position(|name| wanted.iter().any(|word| name.eq_ignore_ascii_case(word)))
        };
        let (person, number) =
            (place(&["person", "name"]), place(&["imagenum", "image", "image number"]));
        let (Some(person), Some(number)) = (person, number) else {
            if comment {
                return Ok(None);
            }
            let lacking = if person.is_none() { "person" } else { "imagenum" };
            let found: Vec<&str> = names.iter().copied().take(6).collect();
            let problem = format!("no column `{lacking}`; found {}", found.join(", "));
            return Err(self.fault(line, problem));
        };
        let scores: Vec<usize> =
            (0..names.len()).filter(|place| ![person, number].contains(place)).collect();
        let mut seen = HashSet::new();
        if let Some(twice) = scores.iter().find(|place| !seen.insert(names[**place])) {
            return Err(self.fault(line, format!("two columns are called `{}`", names[*twice])));
        }
        if scores.is_empty() {
            return Err(self.fault(line, "no column of scores beside `person` and `imagenum`"));
        }
        let named = scores.iter().map(|place| names[*place].to_owned()).collect();
        Ok(Some(Header { cells: names.len(), person, number, scores, names: named }))
    }

    fn row(
        &self,
        line: usize,
        content: &str,
        header: &Header,
        scores: &mut Vec<f32>,
    ) -> Result<PictureName> {
        let content = content.trim_end_matches(['\r', '\n']);
        let mut cells: Vec<&str> = content.split('\t').map(str::trim).collect();
        // Some copies end their lines with a tab.
        if cells.len() == header.cells + 1 && cells.last().is_some_and(|cell| cell.is_empty()) {
            cells.pop();
        }
        if cells.len() != header.cells {
            let problem = format!(
                "the line has {} cells and the header names {} columns; is the file complete?",
                cells.len(),
                header.cells
            );
            return Err(self.fault(line, problem));
        }
        let person = spelled(cells[header.person]);
        if person.is_empty() {
            return Err(self.fault(line, "the name of the person is empty"));
        }
        let number = cells[header.number];
        let number = number.strip_suffix(".0").unwrap_or(number).parse().map_err(|_| {
            self.fault(
                line,
                format!("the number of the picture is `{number}`; expected a whole number"),
            )
        })?;
        for place in &header.scores {
            scores.push(self.score(
                line,
                cells[*place],
                &header.names[scores.len() % header.names.len()],
            )?);
        }
        Ok(PictureName { person, number })
    }

    fn score(&self, line: usize, cell: &str, name: &str) -> Result<f32> {
        if cell.is_empty() || cell.eq_ignore_ascii_case("nan") || cell.eq_ignore_ascii_case("na") {
            return Ok(f32::NAN);
        }
        match cell.parse::<f32>() {
            Ok(score) if score.is_finite() => Ok(score),
            _ => {
                Err(self.fault(line, format!("column `{name}` holds `{cell}`; expected a number")))
            }
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn table(text: &str) -> Result<AttributeTable> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lfw_attributes.txt");
        std::fs::write(&path, text).unwrap();
        AttributeTable::read(&path)
    }

    #[test]
    fn the_table_is_read_as_it_is_in_the_wild() {
        let rows = "Ada B. Lovelace\t1\t0.5\t-2\nBo\t12\t\tNaN\n";
        let forms = [
            format!("# scores\n#\tperson\timagenum\tMale\tEyes Open\n{rows}"),
            format!("\u{feff}#\tPerson\tImagenum\tMale\tEyes Open\t\n\n{rows}"),
            format!("person\timagenum\tMale\tEyes Open\r\n{}", rows.replace('\n', "\t\r\n")),
        ];
        for form in forms {
            let table = table(&form).unwrap();
            assert_eq!(table.names, ["Male", "Eyes Open"]);
            assert_eq!(table.rows[0].to_string(), "Ada B. Lovelace 1");
            assert_eq!((table.rows[1].person.as_str(), table.rows[1].number), ("Bo", 12));
            assert_eq!((table.scores[[0, 0]], table.scores[[0, 1]]), (0.5, -2.0));
            assert!(table.scores.row(1).iter().all(|score| score.is_nan()));
        }
    }

    #[test]
    fn faults_name_their_line() {
        let header = "# c\n#\tperson\timagenum\tMale\n";
        for (text, words) in [
            (String::new(), "no line names the columns"),
            ("# only a comment\n".into(), "no line names the columns"),
            (header.into(), "no line below"),
            ("person\tMale\nA\t1\n".into(), "line 1: no column `imagenum`; found person, Male"),
            ("imagenum\tMale\n1\t1\n".into(), "no column `person`"),
            ("person\timagenum\nA\t1\n".into(), "no column of scores"),
            ("person\timagenum\tMale\tMale\nA\t1\t2\t3\n".into(), "two columns are called `Male`"),
            (
                format!("{header}A\t1\n"),
                "line 3: the line has 2 cells and the header names 3 columns",
            ),
            (format!("{header}A\t1\t2\t3\n"), "line 3: the line has 4 cells"),
            (format!("{header}A\tone\t2\n"), "the number of the picture is `one`"),
            (format!("{header}A\t-1\t2\n"), "the number of the picture is `-1`"),
            (format!("{header} \t1\t2\n"), "the name of the person is empty"),
            (format!("{header}A\t1\tlots\n"), "column `Male` holds `lots`"),
            (format!("{header}A\t1\tinf\n"), "column `Male` holds `inf`"),
        ] {
            let error = table(&text).unwrap_err().to_string();
            assert!(error.contains(words), "{text:?}: {error}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, b"person\xff").unwrap();
        assert!(AttributeTable::read(&path).unwrap_err().to_string().contains("UTF-8"));
        assert!(
            AttributeTable::read(folder.path()).unwrap_err().to_string().contains("cannot read")
        );
    }

    #[test]
    fn names_have_one_spelling() {
        assert_eq!(spelled(" Ada__B. \t Lovelace_"), "Ada B. Lovelace");
    }
}
