//! The cells that both kernels run: a text in which `// %% title` begins a cell.

use std::path::Path;

use crate::failure::{Failure, Result};
use crate::files;

/// Cells that need nothing but the standard library.
const BUILT_IN: &str = include_str!("script.txt");
const HEADER: &str = "// %%";
/// Ends the title of a cell that is a mistake on purpose.
const FAILS: &str = "(fails)";

/// A cell to be timed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    pub title: String,
    pub code: String,
    /// Whether the kernel must refuse it.
    pub fails: bool,
}

impl Cell {
    /// What is wrong with the way the cell ended, given the error the kernel reported.
    pub fn complaint(&self, error: Option<String>) -> Option<String> {
        match error {
            None if self.fails => Some("the kernel ran it, and should have refused it".to_owned()),
            Some(_) if self.fails => None,
            other => other,
        }
    }
}

/// The cells of a file, or the built-in ones.
pub fn cells(file: Option<&Path>) -> Result<Vec<Cell>> {
    let Some(path) = file else { return Ok(parse(BUILT_IN)) };
    if !path.is_file() {
        return Err(Failure::usage(format!("there is no script {}", path.display())).fix(
            "name a text file with --script, or leave the option out for the built-in cells",
        ));
    }
    let cells = parse(&files::read_text(path)?);
    if cells.is_empty() {
        return Err(Failure::usage(format!("no cells in {}", path.display()))
            .fix(format!("begin each cell with a line `{HEADER} TITLE`")));
    }
    Ok(cells)
}

/// What stands before the first header is a comment on the script.
fn parse(text: &str) -> Vec<Cell> {
    let mut cells: Vec<Cell> = Vec::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix(HEADER) {
            let fails = title.trim_end().ends_with(FAILS);
            cells.push(Cell { title: title.trim().to_owned(), code: String::new(), fails });
        } else if let Some(cell) = cells.last_mut() {
            cell.code.push_str(line);
            cell.code.push('\n');
        }
    }
    cells.retain(|cell| !cell.code.trim().is_empty());
    cells
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn headers_divide_and_empty_cells_are_dropped() {
        let text = "about this\n// %% one\nlet a = 1;\n\na\n// %% empty\n\n// %% two (fails)\nb\n";
        let cells = parse(text);
        assert_eq!(cells.len(), 2);
        assert_eq!(cells[0].code, "let a = 1;\n\na\n");
        assert_eq!((cells[0].title.as_str(), cells[0].fails), ("one", false));
        assert!(cells[1].fails);
    }

    #[test]
    fn mistakes_must_fail_and_other_cells_must_not() {
        let error = || Some("E0308".to_owned());
        let cells = parse("// %% one\na\n// %% two (fails)\nb\n");
        assert_eq!((cells[0].complaint(None), cells[0].complaint(error())), (None, error()));
        assert_eq!(cells[1].complaint(error()), None);
        assert!(cells[1].complaint(None).is_some_and(|text| text.contains("refused")));
    }

    #[test]
    fn the_built_in_cells_are_many_and_told_apart_by_their_titles() {
        let cells = cells(None).unwrap();
        let titles: std::collections::BTreeSet<_> = cells.iter().map(|cell| &cell.title).collect();
        assert!(cells.len() >= 30, "{}", cells.len());
        assert_eq!(titles.len(), cells.len());
        assert!(cells.iter().any(|cell| cell.fails));
    }

    #[test]
    fn files_without_cells_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("script.rs");
        assert!(cells(Some(&path)).unwrap_err().what().contains("there is no script"));
        std::fs::write(&path, "let a = 1;\n").unwrap();
        assert!(cells(Some(&path)).unwrap_err().what().contains("no cells in"));
    }
}
