//! The faces of a data set: pictures, whose they are, and how well words describe them.

use ndarray::{Array2, Array4, ArrayView4, Axis};
use polars::prelude::{Column, DataFrame};
use tch::{Device, Kind, Tensor};

use super::attributes::PictureName;
use super::drawn::FaceParameters;
use super::reader::FaceReader;
use super::report::FaceReport;
use super::source::FaceSource;
use crate::data::alignment::first_few;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};
use crate::words::{close_to, counted};
use crate::{Error, Result};

/// Pictures of faces, all of one size, with scores that say how well words describe them.
///
/// # Example
/// ```
/// use latentlab::data::faces::FaceData;
///
/// let faces = FaceData::drawn(50, 365)?;
/// assert_eq!(faces.images().dim(), (50, 45, 45, 3));
/// let smiling = faces.highest("Smiling", 6)?;
/// assert!(smiling.scores("Smiling")?.iter().all(|score| *score > 0.0));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct FaceData {
    pub(super) source: String,
    /// Faces × height × width × 3.
    pub(super) images: Array4<u8>,
    pub(super) names: Vec<PictureName>,
    /// The words.
    pub(super) attributes: Vec<String>,
    /// Faces × words.
    pub(super) scores: Array2<f32>,
    pub(super) parameters: Option<Vec<FaceParameters>>,
    pub(super) report: FaceReport,
}

impl FaceData {
    /// Labeled Faces in the Wild where `LATENTLAB_DATA` points to a folder with `lfw/` in it, or where `cargo lab fetch lfw`
    /// has put it, else 5,000 drawn faces; cut and brought to 45 × 45 pixels as in the assignment. [`source`](Self::source) says which. [`FaceReader`] has other options.
    ///
    /// # Errors
    /// As for [`FaceReader::read`].
    ///
    /// # Example
    /// ```no_run
    /// use latentlab::prelude::*;
    ///
    /// let faces = FaceData::open()?;
    /// println!("{} faces: {}", faces.len(), faces.source());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn open() -> Result<Self> {
        FaceReader::new().read()
    }

    /// The first `count` of the faces that a seed stands for, 45 × 45 pixels. They show people who appear in one picture or
    /// several, with another expression, light and pose in each.
    ///
    /// # Errors
    /// [`Error::Invalid`] for no face or more than a million; [`Error::Interrupted`] where the cell was asked to stop.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::faces::FaceData;
    ///
    /// let (few, more) = (FaceData::drawn(10, 1)?, FaceData::drawn(20, 1)?);
    /// assert_eq!(few.images(), more.first(10)?.images());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn drawn(count: usize, seed: u64) -> Result<Self> {
        FaceReader::new().source(FaceSource::Drawn { count, seed }).read()
    }

    /// The number of faces, at least one.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::faces::FaceData;
    /// assert_eq!(FaceData::drawn(3, 1)?.len(), 3);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    #[allow(clippy::len_without_is_empty)]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Where the faces come from, in words.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What reading kept and left out. Parts of a data set have the report of the whole.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::faces::FaceData;
    /// assert!(FaceData::drawn(3, 1)?.report().unreadable.is_empty());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn report(&self) -> &FaceReport {
        &self.report
    }

    /// The pictures: levels from 0 to 255 in one block of shape (faces, height, width, 3), with red, green and blue last.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::faces::FaceData;
    /// let faces = FaceData::drawn(3, 1)?;
    /// assert_eq!(faces.images().as_slice().map(<[u8]>::len), Some(3 * 45 * 45 * 3));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn images(&self) -> ArrayView4<'_, u8> {
        self.images.view()
    }

    /// The pictures as a tensor on a device: `f32` from 0 to 1, of shape (faces, 3, height, width). Bytes travel to the
    /// device and become numbers there.
    ///
    /// # Errors
    /// [`Error::Torch`] where the device refuses, for example for want of memory.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::faces::FaceData;
    /// use latentlab::tch::{Device, Kind};
    ///
    /// let pictures = FaceData::drawn(3, 1)?.tensor(Device::Cpu)?;
    /// assert_eq!((pictures.size(), pictures.kind()), (vec![3, 3, 45, 45], Kind::Float));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn tensor(&self, device: Device) -> Result<Tensor> {
        let shape: Vec<i64> = self.images.shape().iter().map(|side| *side as i64).collect();
        let levels = self.images.as_standard_layout();
        let bytes = Tensor::f_from_slice(levels.as_slice().unwrap_or_default())?;
        let planes =
            bytes.f_view(shape.as_slice())?.f_to_device(device)?.f_permute([0, 3, 1, 2])?;
        Ok(planes.f_contiguous()?.f_to_kind(Kind::Float)?.f_div_scalar_(255.0)?)
    }

    /// Whose picture each one is.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::faces::FaceData;
    /// assert_eq!(FaceData::drawn(3, 1)?.people()[0], "Person 1");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn people(&self) -> Vec<&str> {
        self.names.iter().map(|name| name.person.as_str()).collect()
    }

    /// The words that have scores.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::faces::FaceData;
    /// assert!(FaceData::drawn(3, 1)?.attribute_names().contains(&"Smiling".into()));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn attribute_names(&self) -> &[String] {
        &self.attributes
    }

    /// How well a word describes each face: large positive where it does, large negative where it does not, NaN where the
    /// score is missing. The name may be written in large or small letters.
    ///
    /// # Errors
    /// [`Error::Invalid`] where no attribute has that name; the message names those that come near.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::faces::FaceData;
    /// let faces = FaceData::drawn(3, 1)?;
    /// assert_eq!(faces.scores("Smiling")?.len(), 3);
    /// assert!(faces.scores("Smile").is_err_and(|error| error.to_string().contains("Smiling")));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn scores(&self, attribute: &str) -> Result<Vec<f32>> {
        let place =
            self.attributes.iter().position(|name| name.eq_ignore_ascii_case(attribute.trim()));
        let place = place.ok_or_else(|| {
            let near = close_to(attribute, &self.attributes).join("`, `");
            let problem =
                format!("no such attribute; the nearest of {} are `{near}`", self.attributes.len());
            Error::invalid(format!("attribute `{attribute}`"), problem)
        })?;
        Ok(self.scores.column(place).to_vec())
    }

    /// Everything that is known of the faces beside the pictures: `person`, `imagenum`, and a column for each attribute.
    ///
    /// # Errors
    /// [`Error::Frame`] where polars refuses.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::faces::FaceData;
    /// let table = FaceData::drawn(3, 1)?.attributes()?;
    /// assert_eq!((table.height(), table.column("Smiling")?.len()), (3, 3));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn attributes(&self) -> Result<DataFrame> {
        let numbers: Vec<u32> = self.names.iter().map(|name| name.number).collect();
        let mut columns = vec![
            Column::new("person".into(), self.people()),
            Column::new("imagenum".into(), numbers),
        ];
        for (name, scores) in self.attributes.iter().zip(self.scores.columns()) {
            columns.push(Column::new(name.as_str().into(), scores.to_vec()));
        }
        Ok(DataFrame::new(self.len(), columns)?)
    }

    /// What drawn faces were drawn from: the truth behind the scores. None for photographs.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::faces::FaceData;
    /// let faces = FaceData::drawn(20, 1)?;
    /// let smiling = faces.highest("Smiling", 1)?;
    /// assert!(smiling.parameters().is_some_and(|faces| faces[0].smile > 0.4));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn parameters(&self) -> Option<&[FaceParameters]> {
        self.parameters.as_deref()
    }

    /// The parameters of drawn faces as a table, one column for each.
    ///
    /// # Errors
    /// [`Error::Invalid`] for photographs; [`Error::Frame`] where polars refuses.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::faces::FaceData;
    /// let table = FaceData::drawn(20, 1)?.parameter_frame()?;
    /// assert_eq!(table.column("smile")?.len(), 20);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn parameter_frame(&self) -> Result<DataFrame> {
        let Some(faces) = &self.parameters else {
            let problem = "photographs have no parameters; drawn faces have";
            return Err(Error::invalid(self.source.clone(), problem));
        };
        let rows: Vec<Vec<f32>> = faces.iter().map(FaceParameters::values).collect();
        let column = |(place, name): (usize, &&str)| {
            Column::new((*name).into(), rows.iter().map(|row| row[place]).collect::<Vec<_>>())
        };
        let columns = FaceParameters::NAMES.iter().enumerate().map(column).collect();
        Ok(DataFrame::new(rows.len(), columns)?)
    }

    /// Some of the faces, in the order of the indices, which may repeat.
    ///
    /// # Errors
    /// [`Error::Invalid`] without any index, and for an index beyond the last face.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::faces::FaceData;
    /// let faces = FaceData::drawn(5, 1)?;
    /// let two = faces.select(&[4, 0])?;
    /// assert_eq!(two.people(), [faces.people()[4], faces.people()[0]]);
    /// assert!(faces.select(&[5]).is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn select(&self, indices: &[usize]) -> Result<Self> {
        if indices.is_empty() {
            return Err(Error::invalid(
                "an empty list of indices",
                "a data set has at least one face",
            ));
        }
        if let Some(beyond) = indices.iter().find(|index| **index >= self.len()) {
            let problem = format!("there are {}, counted from 0", counted(self.len(), "face"));
            return Err(Error::invalid(format!("index {beyond}"), problem));
        }
        let pick = |faces: &Vec<FaceParameters>| {
            indices.iter().map(|index| faces[*index].clone()).collect()
        };
        Ok(Self {
            source: self.source.clone(),
            images: self.images.select(Axis(0), indices),
            names: indices.iter().map(|index| self.names[*index].clone()).collect(),
            attributes: self.attributes.clone(),
            scores: self.scores.select(Axis(0), indices),
            parameters: self.parameters.as_ref().map(pick),
            report: self.report.clone(),
        })
    }

    /// The first faces.
    ///
    /// # Errors
    /// [`Error::Invalid`] for none, or for more than there are.
    ///
    /// # Example
    /// ```
    /// # use latentlab::data::faces::FaceData;
    /// assert_eq!(FaceData::drawn(5, 1)?.first(2)?.len(), 2);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn first(&self, count: usize) -> Result<Self> {
        if count > self.len() {
            let problem = format!("there are {}", counted(self.len(), "face"));
            return Err(Error::invalid(format!("the first {count} faces"), problem));
        }
        self.select(&(0..count).collect::<Vec<_>>())
    }

    /// Height and width of the pictures.
    pub(super) fn size(&self) -> [usize; 2] {
        [self.images.dim().1, self.images.dim().2]
    }

    /// What this is, in a sentence.
    pub(super) fn words(&self) -> String {
        let mut people = self.people();
        people.sort_unstable();
        people.dedup();
        let [height, width] = self.size();
        format!(
            "{} of {}, {height} × {width} pixels, {}; {}",
            counted(self.len(), "face"),
            counted(people.len(), "person").replace("persons", "people"),
            counted(self.attributes.len(), "attribute"),
            self.source
        )
    }
}

impl Show for FaceData {
    /// What it is, and the table of attributes.
    fn rich(&self) -> Rich {
        titled_frame(&self.words(), self.attributes())
    }
}

impl Inspect for FaceData {
    fn shape(&self) -> Option<String> {
        Inspect::shape(&self.images)
    }

    fn dtype(&self) -> Option<String> {
        Inspect::dtype(&self.images)
    }

    fn memory(&self) -> usize {
        let names: usize =
            self.names.iter().map(|name| size_of_val(name) + name.person.len()).sum();
        let parameters = self.parameters.as_ref().map_or(0, |faces| size_of_val(faces.as_slice()));
        size_of_val(self) + names + parameters + self.images.memory() + self.scores.memory()
    }

    fn preview(&self) -> String {
        first_few(&self.attributes, 6)
    }
}
