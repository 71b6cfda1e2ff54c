//! A notebook's variables as a table.

use std::fmt::Write;

use super::Inspection;
use crate::notebook::{Rich, Show, escape};

const HEADER: [&str; 7] = ["Name", "Type", "Shape", "Dtype", "Device", "Memory", "Value"];
/// The columns of numbers, aligned right.
const MEMORY: usize = 5;

/// Variables with their type, shape, element type, device, memory and value. It shows itself as a table with the total.
///
/// # Example
/// ```
/// use latentlab::notebook::VariableTable;
/// use latentlab::notebook::variables::Inspection;
/// use latentlab::notebook::Show;
///
/// let mut table = VariableTable::new();
/// table.add("x", "Vec<f64>", Inspection::of(&vec![0.5; 1000]));
/// assert!(table.rich().get("text/plain").is_some_and(|text| text.contains("8.0 KB")));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct VariableTable {
    rows: Vec<[String; 7]>,
    memory: usize,
}

impl VariableTable {
    /// A table without variables.
    ///
    /// # Example
    /// ```
    /// assert!(latentlab::notebook::VariableTable::new().is_empty());
    /// ```
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a variable: its name, its type as written in Rust, and what was found.
    ///
    /// # Example
    /// ```
    /// use latentlab::notebook::variables::Inspection;
    ///
    /// let mut table = latentlab::notebook::VariableTable::new();
    /// table.add("alpha", "f64", Inspection::of(&0.4));
    /// assert_eq!(table.len(), 1);
    /// ```
    pub fn add(&mut self, name: &str, type_name: &str, found: Inspection) {
        self.memory = self.memory.saturating_add(found.memory);
        self.rows.push([
            name.to_owned(),
            type_name.to_owned(),
            found.shape.unwrap_or_default(),
            found.dtype.unwrap_or_default(),
            found.device.unwrap_or_default(),
            bytes(found.memory),
            found.preview,
        ]);
    }

    /// The number of variables.
    ///
    /// # Example
    /// ```
    /// assert_eq!(latentlab::notebook::VariableTable::new().len(), 0);
    /// ```
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no variable.
    ///
    /// # Example
    /// ```
    /// assert!(latentlab::notebook::VariableTable::new().is_empty());
    /// ```
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    fn total(&self) -> String {
        let plural = if self.len() == 1 { "" } else { "s" };
        format!("{} variable{plural}, {}", self.len(), bytes(self.memory))
    }

    fn text(&self) -> String {
        let header = HEADER.map(str::to_owned);
        let lines = || std::iter::once(&header).chain(&self.rows);
        let letters = |cell: &String| cell.chars().count();
        let widths: [usize; 7] = std::array::from_fn(|column| {
            lines().map(|cells| letters(&cells[column])).max().unwrap_or_default()
        });
        let mut text = String::new();
        for cells in lines() {
            let mut line = String::new();
            for (column, cell) in cells.iter().enumerate() {
                let blanks = " ".repeat(widths[column] - letters(cell));
                let _infallible = match column {
                    MEMORY => write!(line, "{blanks}{cell}  "),
                    _ => write!(line, "{cell}{blanks}  "),
                };
            }
            text.push_str(line.trim_end());
            text.push('\n');
        }
        text + &self.total()
    }

    fn html(&self) -> String {
        let mut html = String::from(
            "<div style=\"overflow-x:auto\"><table style=\"border-collapse:collapse;\
             font-variant-numeric:tabular-nums\">\n<thead>\n<tr>",
        );
        for (column, name) in HEADER.iter().enumerate() {
            let _infallible = write!(html, "<th style=\"text-align:{}\">{name}</th>", side(column));
        }
        html.push_str("</tr>\n</thead>\n<tbody>\n");
        for cells in &self.rows {
            html.push_str("<tr>");
            for (column, cell) in cells.iter().enumerate() {
                let _infallible = write!(
                    html,
                    "<td style=\"text-align:{};white-space:nowrap\">{}</td>",
                    side(column),
                    escape(cell)
                );
            }
            html.push_str("</tr>\n");
        }
        let total = self.total();
        let _infallible =
            write!(html, "</tbody>\n</table>\n<small style=\"opacity:.6\">{total}</small></div>");
        html
    }
}

impl Show for VariableTable {
    fn rich(&self) -> Rich {
        if self.is_empty() {
            return Rich::text("no variables yet").html("<i>no variables yet</i>");
        }
        Rich::text(self.text()).html(self.html())
    }
}

fn side(column: usize) -> &'static str {
    if column == MEMORY { "right" } else { "left" }
}

/// In units of a thousand, with two digits that count.
fn bytes(count: usize) -> String {
    let mut size = count as f64;
    for unit in ["B", "KB", "MB", "GB"] {
        // What would round to 1000 is one of the next unit.
        if size < 999.5 {
            let decimals = usize::from(size < 9.95 && unit != "B");
            return format!("{size:.decimals$} {unit}");
        }
        size /= 1000.0;
    }
    format!("{size:.1} TB")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_a_unit_one_can_read() {
        let sizes = [0, 999, 1000, 9_960, 123_456, 999_600, 1 << 30, 5 << 40];
        let expected = ["0 B", "999 B", "1.0 KB", "10 KB", "123 KB", "1.0 MB", "1.1 GB", "5.5 TB"];
        assert_eq!(sizes.map(bytes), expected);
    }

    #[test]
    fn the_text_is_aligned_and_the_total_adds_up() {
        let mut table = VariableTable::new();
        let found = |memory, preview: &str| Inspection {
            memory,
            preview: preview.into(),
            ..Inspection::default()
        };
        table.add("α", "f64", found(8, "0.4"));
        table.add("samples", "Array2<f64>", found(64_000, "[1.0, …]"));
        let text = table.text();
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with("Name     Type"), "{text}");
        assert_eq!(lines[3], "2 variables, 64 KB");
        let place = |line: &str, word: &str| {
            line.find(word).map(|byte| line[..byte].chars().count()).unwrap_or_default()
        };
        assert_eq!(place(lines[1], "0.4"), place(lines[2], "[1.0"), "{text}");
        assert_eq!(place(lines[1], " B") + 2, place(lines[2], " KB") + 3, "{text}");
    }

    #[test]
    fn hostile_names_and_values_stay_text() {
        let mut table = VariableTable::new();
        let found = Inspection {
            shape: Some("<s>".into()),
            dtype: Some("<d>".into()),
            device: Some("<e>".into()),
            preview: "<script>".into(),
            memory: 1,
        };
        table.add("<name>", "Vec<u8>", found);
        let html = table.html();
        for tag in ["<name>", "<u8>", "<s>", "<d>", "<e>", "<script>"] {
            assert!(!html.contains(tag), "{html}");
        }
        assert!(html.contains("Vec&lt;u8&gt;"));
    }

    #[test]
    fn without_variables_it_says_so() {
        assert_eq!(VariableTable::new().rich().get("text/plain"), Some("no variables yet"));
    }
}
