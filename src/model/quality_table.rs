//! Qualities side by side.

use polars::prelude::{Column, DataFrame};

use super::digit_quality::DigitQuality;
use crate::Result;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};
use crate::words::counted;

/// What a column says of a row's measurements.
type Part = fn(&DigitQuality) -> f64;
const PARTS: [(&str, Part, usize); 4] = [
    ("Fréchet distance", DigitQuality::frechet, 2),
    ("coverage", DigitQuality::coverage, 2),
    ("entropy", DigitQuality::entropy, 3),
    ("confidence", DigitQuality::confidence, 3),
];

/// Qualities by name. Several under one name, from several seeds say, make one row of means with standard deviations.
///
/// # Example
/// ```
/// use latentlab::model::QualityTable;
///
/// let table = QualityTable::new("Drawn digits");
/// assert!(table.rows().is_empty());
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QualityTable {
    title: String,
    rows: Vec<(String, Vec<DigitQuality>)>,
}

impl QualityTable {
    /// A table without rows.
    ///
    /// # Example
    /// See [`QualityTable`].
    pub fn new(title: impl Into<String>) -> Self {
        Self { title: title.into(), rows: Vec::new() }
    }

    /// Adds a measurement to the row of a name; a new name makes a row at the end.
    ///
    /// # Example
    /// See [`DigitAblation`](super::DigitAblation).
    pub fn add(&mut self, name: &str, quality: DigitQuality) {
        match self.rows.iter_mut().find(|(known, _)| known == name) {
            Some((_, qualities)) => qualities.push(quality),
            None => self.rows.push((name.to_owned(), vec![quality])),
        }
    }

    /// The measurements of each name, in order.
    ///
    /// # Example
    /// See [`QualityTable`].
    pub fn rows(&self) -> &[(String, Vec<DigitQuality>)] {
        &self.rows
    }

    /// A row for each name: measurements, and mean ± standard deviation (dividing by n − 1) of each measure.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses.
    ///
    /// # Example
    /// ```
    /// assert_eq!(latentlab::model::QualityTable::new("Drawn digits").frame()?.width(), 6);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let names: Vec<&str> = self.rows.iter().map(|(name, _)| name.as_str()).collect();
        let counts: Vec<u64> =
            self.rows.iter().map(|(_, qualities)| qualities.len() as u64).collect();
        let mut columns =
            vec![Column::new("pictures of".into(), names), Column::new("runs".into(), counts)];
        for (name, part, digits) in PARTS {
            let cells: Vec<String> = self
                .rows
                .iter()
                .map(|(_, qualities)| {
                    spread(&qualities.iter().map(part).collect::<Vec<f64>>(), digits)
                })
                .collect();
            columns.push(Column::new(name.into(), cells));
        }
        Ok(DataFrame::new(self.rows.len(), columns)?)
    }
}

/// "3.10 ± 0.20"; the deviation only where there are several values.
fn spread(values: &[f64], digits: usize) -> String {
    let count = values.len() as f64;
    let mean = values.iter().sum::<f64>() / count;
    if values.len() < 2 {
        return format!("{mean:.digits$}");
    }
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    format!("{mean:.digits$} ± {:.digits$}", (squares / (count - 1.0)).sqrt())
}

impl Show for QualityTable {
    fn rich(&self) -> Rich {
        titled_frame(&self.title, self.frame())
    }
}

impl Inspect for QualityTable {
    fn shape(&self) -> Option<String> {
        Some(counted(self.rows.len(), "row"))
    }

    fn preview(&self) -> String {
        self.title.clone()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn several_measurements_make_one_row() {
        let even = DigitQuality::of(3.0, 0.9, [0.1; 10]);
        let mut one = [0.0; 10];
        one[3] = 1.0;
        let collapsed = DigitQuality::of(5.0, 1.0, one);
        assert!((even.entropy() - 10.0_f64.ln()).abs() < 1e-12 && even.coverage() == 1.0);
        assert_eq!((collapsed.entropy(), collapsed.coverage()), (0.0, 0.1));
        let mut table = QualityTable::new("Drawn digits");
        table.add("real", even.clone());
        table.add("both", even);
        table.add("both", collapsed);
        let frame = table.frame().unwrap();
        let cell = |column: &str, row: usize| {
            frame.column(column).unwrap().str().unwrap().get(row).unwrap().to_owned()
        };
        assert_eq!(cell("Fréchet distance", 0), "3.00");
        assert_eq!(cell("Fréchet distance", 1), "4.00 ± 1.41");
        assert_eq!(cell("coverage", 1), "0.55 ± 0.64");
        assert!(table.rich().get("text/html").unwrap().contains("Drawn digits"));
    }
}
