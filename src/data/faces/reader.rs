//! Reading faces: from where, which part of each photograph, in what size.

use std::path::PathBuf;

use ndarray::{Array4, Axis};

use super::FaceSource;
use super::archive::Archive;
use super::attributes::AttributeTable;
use super::drawn::population;
use super::face_data::FaceData;
use super::merge::merge;
use super::photographs::photographs;
use super::preparation::Preparation;
use super::report::FaceReport;
use super::resample::ResizeFilter;
use super::source::Place;
use crate::data::location::cache_folder;
use crate::parallel::Workers;
use crate::{Error, Result};

/// Reads or draws faces.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`source`](Self::source) | [`FaceSource::Auto`] | photographs or drawn faces |
/// | [`attributes`](Self::attributes) | `lfw_attributes.txt` beside the photographs | the file of the scores |
/// | [`fewer_than`](Self::fewer_than) | everybody | leaves out people with as many photographs or more |
/// | [`crop`](Self::crop) | 70, 70 | pixels cut off at left and right, at top and bottom |
/// | [`size`](Self::size) | 45, 45 | height and width of the result |
/// | [`filter`](Self::filter) | bicubic | how a photograph is brought to that size |
/// | [`cached`](Self::cached) | yes | whether prepared photographs are kept on disk |
/// | [`threads`](Self::threads) | all cores | threads that share the work |
///
/// Drawn faces have the size alone; they are not cropped, filtered or cached.
///
/// # Example
/// ```
/// use latentlab::data::faces::{FaceReader, FaceSource};
///
/// let large = FaceReader::new()
///     .source(FaceSource::Drawn { count: 6, seed: 1 })
///     .size(64, 64)
///     .read()?;
/// assert_eq!(large.images().dim(), (6, 64, 64, 3));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FaceReader {
    source: FaceSource,
    attributes: Option<PathBuf>,
    fewer_than: Option<usize>,
    preparation: Preparation,
    cached: bool,
    cache_folder: Option<PathBuf>,
    workers: Workers,
}

impl Default for FaceReader {
    fn default() -> Self {
        Self::new()
    }
}

impl FaceReader {
    /// A reader with the options of the table above.
    ///
    /// # Example
    /// ```no_run
    /// let faces = latentlab::data::faces::FaceReader::new().read()?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new() -> Self {
        Self {
            source: FaceSource::Auto,
            attributes: None,
            fewer_than: None,
            preparation: Preparation::default(),
            cached: true,
            cache_folder: None,
            workers: Workers::default(),
        }
    }

    /// Where the faces come from.
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::data::faces::{FaceReader, FaceSource};
    ///
    /// let faces = FaceReader::new()
    ///     .source(FaceSource::LabeledFaces("downloads/lfw-deepfunneled.zip".into()))
    ///     .read()?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn source(mut self, source: FaceSource) -> Self {
        self.source = source;
        self
    }

    /// The file of the scores, where it does not lie beside the photographs as `lfw_attributes.txt`.
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::data::faces::FaceReader;
    ///
    /// let faces = FaceReader::new().attributes("downloads/scores.txt").read()?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn attributes(mut self, path: impl Into<PathBuf>) -> Self {
        self.attributes = Some(path.into());
        self
    }

    /// Keeps people with fewer photographs than this, so that nobody's face outweighs the others'. The assignment lists
    /// its photographs with 100 and trains on everybody's.
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::data::faces::FaceReader;
    ///
    /// let faces = FaceReader::new().fewer_than(100).read()?;
    /// println!("{:?}", faces.report().people_dropped);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn fewer_than(mut self, pictures: usize) -> Self {
        self.fewer_than = Some(pictures);
        self
    }

    /// Pixels to cut off on each side before the size changes: at left and right, at top and bottom.
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::data::faces::FaceReader;
    ///
    /// let whole = FaceReader::new().crop(0, 0).size(125, 125).read()?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn crop(mut self, across: usize, down: usize) -> Self {
        self.preparation.crop = [across, down];
        self
    }

    /// Height and width of the pictures.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::faces::{FaceReader, FaceSource};
    ///
    /// let none = FaceReader::new().source(FaceSource::Drawn { count: 1, seed: 1 }).size(0, 45).read();
    /// assert!(none.is_err());
    /// ```
    pub fn size(mut self, height: usize, width: usize) -> Self {
        self.preparation.size = [height, width];
        self
    }

    /// How photographs are brought to the size.
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::data::faces::{FaceReader, ResizeFilter};
    ///
    /// let faces = FaceReader::new().filter(ResizeFilter::Lanczos).read()?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn filter(mut self, filter: ResizeFilter) -> Self {
        self.preparation.filter = filter;
        self
    }

    /// Whether prepared photographs are kept in the library's cache folder (`faces/` in `LATENTLAB_CACHE`, else in
    /// `~/.cache/latentlab`), from which they are read when neither the files nor the options have changed.
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::data::faces::FaceReader;
    ///
    /// let faces = FaceReader::new().cached(false).read()?;
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn cached(mut self, cached: bool) -> Self {
        self.cached = cached;
        self
    }

    /// Threads that share the work; the result does not depend on them.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::faces::{FaceReader, FaceSource};
    ///
    /// let reader = FaceReader::new().source(FaceSource::Drawn { count: 8, seed: 1 });
    /// let (one, two) = (reader.clone().threads(1).read()?, reader.threads(2).read()?);
    /// assert_eq!(one.images(), two.images());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn threads(mut self, threads: usize) -> Self {
        self.workers.threads = Some(threads);
        self
    }

    #[cfg(test)]
    pub(super) fn cache_folder(mut self, folder: &std::path::Path) -> Self {
        self.cache_folder = Some(folder.to_owned());
        self
    }

    /// Reads or draws the faces.
    ///
    /// # Errors
    /// [`Error::Missing`] where the photographs or the scores are not where they were looked for;
    /// [`Error::Malformed`] for an archive or a table that breaks its format; [`Error::Invalid`] for options that do not
    /// fit, and where no photograph has scores; [`Error::Interrupted`] where the cell was asked to stop. Photographs that
    /// cannot be read are left out and [reported](FaceData::report).
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::data::faces::FaceReader;
    ///
    /// let faces = FaceReader::new().read()?;
    /// println!("{}: {} faces", faces.source(), faces.len());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn read(&self) -> Result<FaceData> {
        self.workers.check()?;
        let found = self.source.find(self.attributes.as_deref())?;
        match &found.place {
            Place::Drawn { count, seed } => {
                population::faces(*count, *seed, self.preparation.size, self.workers, found.words)
            }
            Place::Photographs { pictures, scores } => {
                let archive = Archive::open(pictures)?;
                let table = AttributeTable::read(scores)?;
                self.together(&archive, &table, found.words)
            }
        }
    }

    fn together(
        &self,
        archive: &Archive,
        table: &AttributeTable,
        source: String,
    ) -> Result<FaceData> {
        // Without a folder for it there is no cache, which costs time and nothing else.
        let folder = match &self.cache_folder {
            Some(folder) => Some(folder.clone()),
            None => cache_folder().ok().map(|folder| folder.join("faces")),
        };
        let folder = folder.filter(|_| self.cached);
        let (pictures, preparation) =
            photographs(archive, &self.preparation, folder.as_deref(), self.workers)?;
        let merged = merge(archive, &pictures, table, self.fewer_than);
        let report = FaceReport { preparation, ..merged.report };
        if merged.pairs.is_empty() {
            return Err(Error::invalid(source, format!("no picture is left. {}", report.words())));
        }
        let bytes = self.preparation.bytes();
        let mut levels = Vec::with_capacity(merged.pairs.len() * bytes);
        for (place, _) in &merged.pairs {
            levels.extend_from_slice(&pictures.levels[place * bytes..(place + 1) * bytes]);
        }
        let [height, width] = self.preparation.size;
        let shape = (merged.pairs.len(), height, width, 3);
        let images = Array4::from_shape_vec(shape, levels)
            .map_err(|error| Error::invalid("pictures", error.to_string()))?;
        let rows: Vec<usize> = merged.pairs.iter().map(|(_, row)| *row).collect();
        Ok(FaceData {
            source,
            images,
            names: rows.iter().map(|row| table.rows[*row].clone()).collect(),
            attributes: table.names.clone(),
            scores: table.scores.select(Axis(0), &rows),
            parameters: None,
            report,
        })
    }
}
