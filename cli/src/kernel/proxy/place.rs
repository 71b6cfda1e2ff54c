//! Where in the reader's cells something happened.

use std::path::Path;
use std::sync::LazyLock;

use regex::Regex;

/// A line of a cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The number in `In [ ]`.
    pub cell: usize,
    /// From 1.
    pub line: usize,
    pub text: String,
}

impl Place {
    /// The line with its number in the margin, as the compiler shows it.
    pub fn shown(&self) -> String {
        format!("   ╭─[ In[{}], line {} ]\n{:>3} │ {}", self.cell, self.line, self.line, self.text)
    }
}

/// The reader's line behind a panic: evcxr's generated source is looked up at the reported place, and
/// the text there is searched in the cell, then in the earlier ones, whose functions stand in the same source.
pub fn of_panic(said: &str, cell_crate: &Path, cells: &[(usize, &str)]) -> Option<Place> {
    static PLACE: LazyLock<Option<Regex>> =
        LazyLock::new(|| Regex::new(r"src/lib\.rs:(\d+):\d+").ok());
    let generated = std::fs::read_to_string(cell_crate.join("src/lib.rs")).ok()?;
    let generated: Vec<&str> = generated.lines().collect();
    let report = said.lines().rfind(|line| super::ending::is_panic_head(line))?;
    let captures = PLACE.as_ref()?.captures(report)?;
    let text = generated.get(captures[1].parse::<usize>().ok()?.checked_sub(1)?)?;
    cells.iter().rev().find_map(|(cell, source)| {
        let line = line_of(source, text)?;
        let text = source.lines().nth(line - 1)?.trim_end().to_owned();
        Some(Place { cell: *cell, line, text })
    })
}

/// The line of the cell that makes up a generated line, if just one does. A cell's last expression
/// stands inside evcxr's display call.
fn line_of(cell: &str, generated: &str) -> Option<usize> {
    let generated = generated.trim();
    let matching = |line: &&str| {
        let line = line.trim();
        line.len() > 1 && (line == generated || generated.contains(line))
    };
    let found: Vec<usize> = cell
        .lines()
        .enumerate()
        .filter(|(_, line)| matching(line))
        .map(|(index, _)| index + 1)
        .collect();
    match found.as_slice() {
        [only] => Some(*only),
        several => several.iter().copied().find(|number| {
            cell.lines().nth(number - 1).is_some_and(|line| line.trim() == generated)
        }),
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn generated_lines_lead_back_to_the_cell() {
        let cell = "let v = vec![1];\nlet i = 7;\nv[i]";
        assert_eq!(line_of(cell, "(v[i]).evcxr_display();"), Some(3));
        assert_eq!(line_of(cell, "let i = 7;"), Some(2));
        assert_eq!(line_of("a();\na();", "b();"), None);
    }

    #[test]
    fn a_function_of_an_earlier_cell_is_found_there() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("src")).unwrap();
        std::fs::write(folder.path().join("src/lib.rs"), "use x;\n    panic!(\"no\")\ncall();\n")
            .unwrap();
        let cells = [(1, "fn call() {\n    panic!(\"no\")\n}"), (2, "let a = 1;\ncall();")];
        let said = "\nthread '<unnamed>' (1) panicked at src/lib.rs:2:5:\nno\n";
        let place = of_panic(said, folder.path(), &cells).unwrap();
        assert_eq!((place.cell, place.line), (1, 2));
        assert!(place.shown().contains("  2 │     panic!(\"no\")"));
        let elsewhere = "thread 'main' panicked at /lib/x.rs:2:5:\nno\n";
        assert_eq!(of_panic(elsewhere, folder.path(), &cells), None);
    }
}
