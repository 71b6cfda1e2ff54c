//! Tables and columns of polars.

use polars::prelude::{DataFrame, Series};

use super::{Inspect, product};

impl Inspect for DataFrame {
    fn shape(&self) -> Option<String> {
        let (rows, columns) = DataFrame::shape(self);
        Some(product(&[rows, columns]))
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.estimated_size()
    }

    fn preview(&self) -> String {
        let columns = self.columns().iter();
        let words = columns.map(|column| format!("{}: {}", column.name(), column.dtype()));
        words.collect::<Vec<_>>().join(", ")
    }
}

impl Inspect for Series {
    fn shape(&self) -> Option<String> {
        Some(self.len().to_string())
    }

    fn dtype(&self) -> Option<String> {
        Some((**self).dtype().to_string())
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.estimated_size()
    }

    fn preview(&self) -> String {
        self.name().to_string()
    }
}
