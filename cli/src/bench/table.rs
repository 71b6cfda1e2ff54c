//! Rows of words and numbers, aligned.

use console::{Alignment, measure_text_width, pad_str};

/// Columns are as wide as their widest entry; the first is aligned left, the others right.
#[derive(Default)]
pub struct Table(Vec<Row>);

enum Row {
    /// Runs over all columns.
    Heading(String),
    Entries(Vec<String>),
}

impl Table {
    pub fn heading(&mut self, text: impl Into<String>) {
        self.0.push(Row::Heading(text.into()));
    }

    pub fn row(&mut self, entries: Vec<String>) {
        self.0.push(Row::Entries(entries));
    }

    pub fn render(&self) -> String {
        let widths = self.widths();
        self.0.iter().map(|row| line(row, &widths) + "\n").collect()
    }

    fn widths(&self) -> Vec<usize> {
        let mut widths = Vec::new();
        for row in &self.0 {
            let Row::Entries(entries) = row else { continue };
            widths.resize(entries.len().max(widths.len()), 0);
            for (width, entry) in widths.iter_mut().zip(entries) {
                *width = measure_text_width(entry).max(*width);
            }
        }
        widths
    }
}

fn line(row: &Row, widths: &[usize]) -> String {
    match row {
        Row::Heading(text) => text.clone(),
        Row::Entries(entries) => {
            let padded = entries.iter().zip(widths).enumerate().map(|(column, (entry, width))| {
                let side = if column == 0 { Alignment::Left } else { Alignment::Right };
                pad_str(entry, *width, side, None).into_owned()
            });
            let line = padded.collect::<Vec<_>>().join("  ");
            line.trim_end().to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_align_whatever_the_letters() {
        let mut table = Table::default();
        let row = |entries: [&str; 3]| entries.map(str::to_owned).to_vec();
        table.row(row(["", "ours", "ratio"]));
        table.heading("A heading that is wider than any column");
        table.row(row(["start → reply", "1.250 s", "1.02"]));
        table.row(row(["α", "–", ""]));
        assert_eq!(
            table.render(),
            "                  ours  ratio\n\
             A heading that is wider than any column\n\
             start → reply  1.250 s   1.02\n\
             α                    –\n"
        );
    }
}
