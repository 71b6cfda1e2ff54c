//! Parts of a data set: by the scores of an attribute, by chance, by person.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::face_data::FaceData;
use crate::random::Random;
use crate::{Error, Result};

impl FaceData {
    /// The faces that a word describes best, the best first. Faces without a score are passed over, and of equal scores the
    /// earlier face comes first.
    ///
    /// # Errors
    /// [`Error::Invalid`] where no attribute has that name, for no face, and for more than have a score.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::faces::FaceData;
    ///
    /// let faces = FaceData::drawn(60, 365)?;
    /// let (men, women) = (faces.highest("Male", 9)?, faces.lowest("Male", 9)?);
    /// assert!(men.scores("Male")?[8] > women.scores("Male")?[8]);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn highest(&self, attribute: &str, count: usize) -> Result<Self> {
        self.ranked(attribute, count, |one, other| other.total_cmp(one))
    }

    /// The faces that a word describes worst, the worst first: as [`highest`](Self::highest) from the other end.
    ///
    /// # Errors
    /// As for [`highest`](Self::highest).
    ///
    /// # Example
    /// ```
    /// use latentlab::data::faces::FaceData;
    ///
    /// let closed = FaceData::drawn(60, 365)?.lowest("Eyes Open", 3)?;
    /// assert_eq!(closed.len(), 3);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn lowest(&self, attribute: &str, count: usize) -> Result<Self> {
        self.ranked(attribute, count, f32::total_cmp)
    }

    fn ranked(
        &self,
        attribute: &str,
        count: usize,
        order: impl Fn(&f32, &f32) -> Ordering,
    ) -> Result<Self> {
        let scores = self.scores(attribute)?;
        let mut faces: Vec<usize> =
            (0..scores.len()).filter(|face| !scores[*face].is_nan()).collect();
        if count == 0 || count > faces.len() {
            let problem =
                format!("choose 1 to {}, the faces with a score of `{attribute}`", faces.len());
            return Err(Error::invalid(format!("a group of {count}"), problem));
        }
        // A stable sort keeps the earlier of equal faces first.
        faces.sort_by(|one, other| order(&scores[*one], &scores[*other]));
        self.select(&faces[..count])
    }

    /// Splits the faces by chance into those to learn from and those to test with. The share of the second is rounded up,
    /// as scikit-learn does it; equal seeds give equal parts. People may have pictures in both: see
    /// [`split_by_person`](Self::split_by_person).
    ///
    /// # Errors
    /// [`Error::Invalid`] for a share that leaves one part without faces.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::faces::FaceData;
    ///
    /// let (train, test) = FaceData::drawn(51, 1)?.split(0.2, 365)?;
    /// assert_eq!((train.len(), test.len()), (40, 11));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn split(&self, test_share: f64, seed: u64) -> Result<(Self, Self)> {
        let wanted = self.test_size(test_share)?;
        let mut faces: Vec<usize> = (0..self.len()).collect();
        Random::new(seed).shuffle(&mut faces);
        let (test, train) = faces.split_at(wanted);
        Ok((self.select(train)?, self.select(test)?))
    }

    /// As [`split`](Self::split), with all pictures of a person in the same part, so that a model is tested on people whom it
    /// has never seen. The second part is as large as was asked, or larger by some pictures of its last person.
    ///
    /// # Errors
    /// As for [`split`](Self::split), and where everybody would have to be in the second part.
    ///
    /// # Example
    /// ```
    /// use latentlab::data::faces::FaceData;
    ///
    /// let (train, test) = FaceData::drawn(100, 1)?.split_by_person(0.2, 365)?;
    /// assert!(test.people().iter().all(|person| !train.people().contains(person)));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn split_by_person(&self, test_share: f64, seed: u64) -> Result<(Self, Self)> {
        let wanted = self.test_size(test_share)?;
        let mut people: Vec<Vec<usize>> = Vec::new();
        let mut places = HashMap::new();
        for (face, person) in self.people().into_iter().enumerate() {
            let place = *places.entry(person).or_insert(people.len());
            match people.get_mut(place) {
                Some(pictures) => pictures.push(face),
                None => people.push(vec![face]),
            }
        }
        Random::new(seed).shuffle(&mut people);
        let (mut train, mut test) = (Vec::new(), Vec::new());
        for pictures in people {
            if test.len() < wanted { test.extend(pictures) } else { train.extend(pictures) }
        }
        if train.is_empty() {
            let problem = "too few people for two parts; split by pictures with `split`";
            return Err(Error::invalid(format!("a test share of {test_share}"), problem));
        }
        Ok((self.select(&train)?, self.select(&test)?))
    }

    fn test_size(&self, share: f64) -> Result<usize> {
        let size = (share * self.len() as f64).ceil();
        if share > 0.0 && size < self.len() as f64 {
            return Ok(size as usize);
        }
        let problem = format!(
            "choose more than 0 and less than 1, such that of {} some are left for both parts",
            self.len()
        );
        Err(Error::invalid(format!("a test share of {share}"), problem))
    }
}
