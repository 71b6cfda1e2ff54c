//! Digits on the page.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use polars::prelude::{Column, DataFrame};

use super::set::{CLASSES, Digits};
use crate::Result;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, escape, titled_frame};
use crate::plot::{Figure, ImageGallery};
use crate::words::counted;

/// Samples of each class that are shown.
const SAMPLES: usize = 3;

impl Digits {
    /// The first images of each class, a column for each: three rows of ten, where all classes have three.
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::data::Digits;
    ///
    /// let figure = Digits::embedded()?.gallery("Samples of each class").figure()?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn gallery(&self, title: impl Into<String>) -> ImageGallery {
        let mut rows: [Vec<usize>; CLASSES] = std::array::from_fn(|_| Vec::new());
        for (row, class) in self.classes.iter().enumerate() {
            rows[usize::from(*class)].push(row);
        }
        let (mut shown, mut titles) = (Vec::new(), Vec::new());
        for sample in 0..SAMPLES {
            for (class, rows) in rows.iter().enumerate() {
                if let Some(row) = rows.get(sample) {
                    shown.push(*row);
                    titles.push(class);
                }
            }
        }
        ImageGallery::new(title)
            .images(self.picked(&shown).images())
            .titles(titles)
            .columns(CLASSES)
            .range(0.0, 255.0)
    }

    /// The classes with the number of their images and its share of all.
    ///
    /// # Errors
    /// [`Error::Frame`](crate::Error::Frame) where polars refuses.
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::data::Digits;
    ///
    /// assert_eq!(Digits::embedded()?.frame()?.height(), 10);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let counts = self.counts();
        let shares: Vec<f64> =
            counts.iter().map(|count| *count as f64 / self.len() as f64).collect();
        let columns = vec![
            Column::new("digit".into(), (0..CLASSES as u32).collect::<Vec<u32>>()),
            Column::new("images".into(), counts.map(|count| count as u64).to_vec()),
            Column::new("share".into(), shares),
        ];
        Ok(DataFrame::new(CLASSES, columns)?)
    }

    fn words(&self) -> String {
        let count = counted(self.len(), "digit");
        format!("{count} of 28 × 28 pixels; {}", self.source)
    }
}

impl Show for Digits {
    /// What it is, samples of each class, and the table of counts.
    fn rich(&self) -> Rich {
        let table = titled_frame(&self.words(), self.frame());
        let picture = self.gallery("").figure().and_then(|figure| picture(&figure));
        match (table.get("text/html"), picture) {
            (Some(html), Ok(picture)) => {
                let whole = format!("{picture}\n{html}");
                table.clone().html(whole)
            }
            _ => table,
        }
    }
}

/// A figure inside HTML.
fn picture(figure: &Figure) -> Result<String> {
    let ((width, height), png) = (figure.size(), STANDARD.encode(figure.png()?));
    Ok(format!(
        "<img width=\"{width}\" height=\"{height}\" alt=\"{}\" src=\"data:image/png;base64,{png}\">",
        escape(&figure.description())
    ))
}

impl Inspect for Digits {
    fn shape(&self) -> Option<String> {
        Some(format!("{} × 28 × 28", self.len()))
    }

    fn dtype(&self) -> Option<String> {
        Some("u8".into())
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.source.len() + self.levels.len() + 2 * self.len()
    }

    fn preview(&self) -> String {
        self.source.clone()
    }
}
