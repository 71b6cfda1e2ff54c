//! Faces as figures.

use ndarray::s;

use super::face_data::FaceData;
use crate::Result;
use crate::plot::ImageGallery;

/// Faces in a row.
const COLUMNS: usize = 6;
/// Faces in a gallery, unless one takes fewer before.
const MOST: usize = 36;

impl FaceData {
    /// The first 36 faces in rows of 6, with the names of the people over them.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::faces::FaceData;
    ///
    /// let figure = FaceData::drawn(12, 1)?.gallery("A dozen faces").figure()?;
    /// assert!(figure.description().contains("12 images"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn gallery(&self, title: impl Into<String>) -> ImageGallery {
        let names = self.names.iter().take(MOST).map(|name| name.person.clone());
        self.pictures(title.into()).titles(names)
    }

    /// The faces that a word describes best, or those that it describes worst, with their scores over them: up to 36 in rows
    /// of 6.
    ///
    /// # Errors
    /// As for [`highest`](Self::highest).
    ///
    /// # Example
    /// ```
    /// use latentlab::data::faces::FaceData;
    ///
    /// let faces = FaceData::drawn(40, 1)?;
    /// let figure = faces.highest("Smiling", 12)?.scored_gallery("Smiling", "Smiling")?.figure()?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn scored_gallery(
        &self,
        title: impl Into<String>,
        attribute: &str,
    ) -> Result<ImageGallery> {
        let scores = self.scores(attribute)?;
        let titles = scores.iter().take(MOST).map(|score| format!("{score:.2}").replace('-', "−"));
        Ok(self.pictures(title.into()).titles(titles))
    }

    fn pictures(&self, title: String) -> ImageGallery {
        let first = self.images.slice(s![..self.len().min(MOST), .., .., ..]);
        ImageGallery::new(title).images(first).columns(COLUMNS).range(0.0, 255.0)
    }
}
