//! Tables of layers.

use polars::prelude::{Column, DataFrame};

use crate::Result;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};
use crate::words::counted;

/// One layer of a [`LayerSummary`].
///
/// # Example
/// ```
/// use latentlab::model::LayerRow;
///
/// let row = LayerRow::new("one", "Linear", &[2], 8);
/// assert_eq!(row.shape, [2]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LayerRow {
    /// Its name, which its weights carry in files.
    pub name: String,
    /// What it does.
    pub kind: String,
    /// The shape of its output, without the batch.
    pub shape: Vec<i64>,
    /// How many numbers it learns.
    pub parameters: usize,
}

impl LayerRow {
    /// A row from its parts.
    ///
    /// # Example
    /// ```
    /// let row = latentlab::model::LayerRow::new("one", "Linear", &[2], 8);
    /// assert_eq!(row.parameters, 8);
    /// ```
    pub fn new(
        name: impl Into<String>,
        kind: impl Into<String>,
        shape: &[i64],
        parameters: usize,
    ) -> Self {
        Self { name: name.into(), kind: kind.into(), shape: shape.to_vec(), parameters }
    }
}

/// A network's layers: name, kind, output shape and parameters of each, and the sum of these. Shows itself as a table.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
/// use latentlab::model::FaceVae;
///
/// let model = FaceVae::new(FaceVaeConfig::default(), Device::Cpu, 1)?;
/// assert_eq!(model.encoder_summary()?.parameters(), 118_056);
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct LayerSummary {
    title: String,
    inputs: Vec<i64>,
    rows: Vec<LayerRow>,
    frame: DataFrame,
}

impl LayerSummary {
    /// A table from its rows, under the name of the network and the shape of its inputs without the batch.
    ///
    /// # Errors
    /// [`crate::Error::Frame`] where the table cannot be made.
    ///
    /// # Example
    /// ```
    /// use latentlab::model::{LayerRow, LayerSummary};
    ///
    /// let rows = vec![LayerRow::new("one", "Linear", &[2], 8), LayerRow::new("two", "ReLU", &[2], 0)];
    /// assert_eq!(LayerSummary::new("Line", &[3], rows)?.parameters(), 8);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(title: impl Into<String>, inputs: &[i64], rows: Vec<LayerRow>) -> Result<Self> {
        let text = |part: fn(&LayerRow) -> String| rows.iter().map(part).collect::<Vec<String>>();
        let parameters: Vec<u64> = rows.iter().map(|row| row.parameters as u64).collect();
        let columns = vec![
            Column::new("layer".into(), text(|row| row.name.clone())),
            Column::new("kind".into(), text(|row| row.kind.clone())),
            Column::new("output shape".into(), text(|row| sides(&row.shape))),
            Column::new("parameters".into(), parameters),
        ];
        let frame = DataFrame::new(rows.len(), columns)?;
        Ok(Self { title: title.into(), inputs: inputs.to_vec(), rows, frame })
    }

    /// The layers, from the input to the output.
    ///
    /// # Example
    /// ```
    /// use latentlab::model::LayerSummary;
    ///
    /// assert!(LayerSummary::new("Nothing", &[3], Vec::new())?.rows().is_empty());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn rows(&self) -> &[LayerRow] {
        &self.rows
    }

    /// How many numbers the network learns.
    ///
    /// # Example
    /// See [`LayerSummary`].
    pub fn parameters(&self) -> usize {
        self.rows.iter().map(|row| row.parameters).sum()
    }

    /// The table as a frame.
    ///
    /// # Example
    /// ```
    /// use latentlab::model::LayerSummary;
    ///
    /// assert_eq!(LayerSummary::new("Nothing", &[3], Vec::new())?.frame().width(), 4);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> &DataFrame {
        &self.frame
    }

    /// "Encoder: inputs 3 × 45 × 45, 118,056 parameters in 11 layers".
    fn headline(&self) -> String {
        let (inputs, layers) = (sides(&self.inputs), counted(self.rows.len(), "layer"));
        format!(
            "{}: inputs {inputs}, {} parameters in {layers}",
            self.title,
            grouped(self.parameters())
        )
    }
}

impl Show for LayerSummary {
    fn rich(&self) -> Rich {
        titled_frame(&self.headline(), Ok(self.frame.clone()))
    }
}

impl Inspect for LayerSummary {
    fn shape(&self) -> Option<String> {
        Some(counted(self.rows.len(), "layer"))
    }

    fn preview(&self) -> String {
        self.headline()
    }
}

fn sides(shape: &[i64]) -> String {
    shape.iter().map(i64::to_string).collect::<Vec<String>>().join(" × ")
}

/// 118056 as "118,056".
fn grouped(number: usize) -> String {
    let digits = number.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(
            [0, 999, 1000, 118_056, 1_234_567].map(grouped),
            ["0", "999", "1,000", "118,056", "1,234,567"]
        );
    }
}
