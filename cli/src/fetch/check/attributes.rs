//! The table of attribute scores: that every line of it can be read, and that the words are there.

use std::path::Path;

use crate::fetch::words;

/// Some of the words that every copy has.
const EXPECTED: [&str; 8] = [
    "Male",
    "Smiling",
    "Eyeglasses",
    "Sunglasses",
    "Mustache",
    "Eyes Open",
    "Mouth Wide Open",
    "Heavy Makeup",
];

/// Reads a table as the library does (`src/data/faces/attributes.rs` says what is found in the wild).
pub fn check(path: &Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let what = words::kind(&bytes[..bytes.len().min(512)]);
    let text = String::from_utf8(bytes)
        .map_err(|_| format!("it is {what}, not the table of attribute scores"))?;
    let text = text.trim_start_matches('\u{feff}');
    let mut lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    let columns = lines
        .by_ref()
        .find_map(|(_, line)| header(line))
        .ok_or_else(|| format!("it is {what} without a line that names person and imagenum"))?;
    let missing: Vec<&str> = EXPECTED.into_iter().filter(|word| !columns.contains(word)).collect();
    if !missing.is_empty() {
        return Err(format!("the table has no column {}", missing.join(", ")));
    }
    let mut rows = 0;
    for (line, content) in lines.filter(|(_, line)| !line.starts_with('#')) {
        row(content, &columns).map_err(|why| format!("line {}: {why}", line + 1))?;
        rows += 1;
    }
    match rows {
        0 => Err("the table has no rows".into()),
        rows => Ok(format!("{} rows of {} scores", words::number(rows), columns.len() - 2)),
    }
}

/// The columns, where a line names them; the line may begin with a mark in a cell of its own.
fn header(line: &str) -> Option<Vec<&str>> {
    let content = line.trim_start_matches('#');
    let content = if content.len() < line.len() {
        content.strip_prefix('\t').unwrap_or(content)
    } else {
        content
    };
    let columns: Vec<&str> = content.trim_end().split('\t').map(str::trim).collect();
    let has = |word: &str| columns.iter().any(|column| column.eq_ignore_ascii_case(word));
    (has("person") && has("imagenum")).then_some(columns)
}

fn row(content: &str, columns: &[&str]) -> Result<(), String> {
    let content = content.trim_end_matches(['\r', '\n']);
    let mut cells: Vec<&str> = content.split('\t').map(str::trim).collect();
    if cells.len() == columns.len() + 1 && cells.last().is_some_and(|cell| cell.is_empty()) {
        cells.pop();
    }
    if cells.len() != columns.len() {
        return Err(format!("{} cells for {} columns", cells.len(), columns.len()));
    }
    for (cell, column) in cells.iter().zip(columns) {
        let lacking = cell.is_empty() || ["nan", "na"].contains(&cell.to_lowercase().as_str());
        let number = || cell.parse::<f64>().is_ok_and(f64::is_finite);
        if !column.eq_ignore_ascii_case("person") && !lacking && !number() {
            return Err(format!("`{cell}` is no number ({column})"));
        }
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn checked(text: &str) -> Result<String, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, text).unwrap();
        check(&path)
    }

    #[test]
    fn tables_of_every_kind_are_read() {
        let words = EXPECTED.join("\t");
        let row = format!("Ada B. Lovelace\t1{}", "\t-0.5".repeat(8));
        for header in [
            format!("# scores\n#\tperson\timagenum\t{words}\n"),
            format!("\u{feff}#\tPerson\tImagenum\t{words}\t\r\n\n"),
            format!("person\timagenum\t{words}\n"),
        ] {
            assert_eq!(
                checked(&format!("{header}{row}\n{row}\t\n")).unwrap(),
                "2 rows of 8 scores"
            );
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        let header = format!("#\tperson\timagenum\t{}\n", EXPECTED.join("\t"));
        let row = |scores: &str| format!("{header}Ada\t1{scores}\n");
        for (text, words) in [
            ("<!DOCTYPE html><html></html>".into(), "it is an HTML page without a line"),
            (String::new(), "it is an empty file"),
            ("#\tperson\timagenum\tMale\nAda\t1\t2\n".into(), "no column Smiling, Eyeglasses"),
            (header.clone(), "no rows"),
            (row("\t1\t2"), "line 2: 4 cells for 10 columns"),
            (row(&"\tx".repeat(8)), "line 2: `x` is no number (Male)"),
            (row(&"\tinf".repeat(8)), "line 2: `inf` is no number"),
        ] {
            let why = checked(&text).unwrap_err();
            assert!(why.contains(words), "{why}");
        }
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.txt");
        std::fs::write(&path, b"PK\x03\x04\xff\xfe").unwrap();
        assert!(check(&path).unwrap_err().contains("it is a zip archive"));
    }
}
