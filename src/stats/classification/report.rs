//! Precision, recall and their like.

use ndarray::{Array1, Array2, Axis};
use polars::prelude::{Column, DataFrame};

use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show, titled_frame};
use crate::plot::{ConfusionMatrix, Numbers};
use crate::stats::mean;
use crate::{Error, Result};

/// Precision, recall, F1 and support of each class, and their means, as in scikit-learn's `classification_report`.
///
/// Precision is the share of right ones among the cases taken for a class, recall that among the cases of the class, F1 their
/// harmonic mean. Where nothing was taken for a class, or it has no case, what cannot be divided is 0.
///
/// # Example
/// ```
/// use latentlab::stats::ClassificationReport;
///
/// let report = ClassificationReport::new([0, 0, 1, 2, 2], [0, 1, 1, 2, 2], ["under", "neutral", "over"])?;
/// assert_eq!((report.accuracy(), report.precision()[1], report.recall()[0]), (0.8, 0.5, 0.5));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ClassificationReport {
    confusion: ConfusionMatrix,
    classes: Vec<String>,
}

impl ClassificationReport {
    /// Counts true and predicted classes, numbers from 0 in the order of the names.
    ///
    /// # Errors
    /// [`Error::Invalid`] where the two differ in length, are empty, or hold a number that is no class.
    ///
    /// # Example
    /// See [`ClassificationReport`].
    pub fn new(
        truth: impl Numbers,
        predicted: impl Numbers,
        classes: impl IntoIterator<Item = impl ToString>,
    ) -> Result<Self> {
        let classes: Vec<String> = classes.into_iter().map(|name| name.to_string()).collect();
        match ConfusionMatrix::new("Predictions", truth, predicted, &classes) {
            Ok(confusion) => Ok(Self { confusion, classes }),
            Err(Error::Figure { problem, .. }) => {
                Err(Error::invalid("true and predicted classes", problem))
            }
            Err(other) => Err(other),
        }
    }

    /// The counts: rows are true classes, columns predicted ones.
    pub fn counts(&self) -> &Array2<f64> {
        self.confusion.counts()
    }

    /// The counts as a figure with a title.
    ///
    /// # Example
    /// ```
    /// # use latentlab::stats::ClassificationReport;
    /// let report = ClassificationReport::new([0, 1], [0, 1], ["a", "b"])?;
    /// assert!(report.confusion("Test part").figure()?.svg()?.contains("Test part"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn confusion(&self, title: impl Into<String>) -> ConfusionMatrix {
        self.confusion.clone().title(title)
    }

    /// The names of the classes.
    pub fn classes(&self) -> &[String] {
        &self.classes
    }

    /// The share of right predictions.
    pub fn accuracy(&self) -> f64 {
        self.confusion.accuracy()
    }

    /// The cases of each class.
    pub fn support(&self) -> Vec<usize> {
        self.counts().sum_axis(Axis(1)).iter().map(|count| *count as usize).collect()
    }

    /// The share of right ones among what was taken for each class; 0 where nothing was.
    pub fn precision(&self) -> Vec<f64> {
        self.shares(Axis(0))
    }

    /// The share of right ones among the cases of each class; 0 where there are none.
    pub fn recall(&self) -> Vec<f64> {
        self.shares(Axis(1))
    }

    /// The harmonic mean of precision and recall of each class; 0 where both are.
    pub fn f1(&self) -> Vec<f64> {
        let both = self.precision().into_iter().zip(self.recall());
        both.map(|(precision, recall)| ratio(2.0 * precision * recall, precision + recall))
            .collect()
    }

    /// The mean F1 of the classes, each counting the same.
    pub fn macro_f1(&self) -> f64 {
        mean(&self.f1())
    }

    /// The mean F1 of the classes, each counting as it has cases.
    pub fn weighted_f1(&self) -> f64 {
        self.weighted(&self.f1())
    }

    fn shares(&self, over: Axis) -> Vec<f64> {
        let totals: Array1<f64> = self.counts().sum_axis(over);
        self.counts()
            .diag()
            .iter()
            .zip(&totals)
            .map(|(right, total)| ratio(*right, *total))
            .collect()
    }

    fn weighted(&self, values: &[f64]) -> f64 {
        let cases = self.counts().sum_axis(Axis(1));
        values.iter().zip(&cases).map(|(value, count)| value * count).sum::<f64>() / cases.sum()
    }

    /// One row for each class, then the accuracy and the two kinds of means.
    ///
    /// # Errors
    /// [`Error::Frame`] where polars refuses.
    ///
    /// # Example
    /// ```
    /// # use latentlab::stats::ClassificationReport;
    /// let report = ClassificationReport::new([0, 1], [0, 1], ["a", "b"])?;
    /// assert_eq!(report.frame()?.shape(), (5, 5));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn frame(&self) -> Result<DataFrame> {
        let mut names = self.classes.clone();
        names.extend(["accuracy", "macro mean", "weighted mean"].map(String::from));
        let column = |name: &str, values: Vec<f64>, accuracy: Option<f64>| {
            let (macro_mean, weighted) = (mean(&values), self.weighted(&values));
            let mut cells: Vec<Option<f64>> = values.into_iter().map(Some).collect();
            cells.extend([accuracy, Some(macro_mean), Some(weighted)]);
            Column::new(name.into(), cells)
        };
        let total = self.counts().sum() as u64;
        let mut support: Vec<u64> = self.support().into_iter().map(|count| count as u64).collect();
        support.extend([total; 3]);
        let columns = vec![
            Column::new("class".into(), names),
            column("precision", self.precision(), None),
            column("recall", self.recall(), None),
            column("F1", self.f1(), Some(self.accuracy())),
            Column::new("cases".into(), support),
        ];
        Ok(DataFrame::new(self.classes.len() + 3, columns)?)
    }

    fn title(&self) -> String {
        format!(
            "{} cases in {} classes: accuracy {:.3}, macro F1 {:.3}",
            self.counts().sum(),
            self.classes.len(),
            self.accuracy(),
            self.macro_f1()
        )
    }
}

/// 0 where nothing is divided by nothing.
fn ratio(part: f64, whole: f64) -> f64 {
    if whole > 0.0 { part / whole } else { 0.0 }
}

impl Show for ClassificationReport {
    fn rich(&self) -> Rich {
        titled_frame(&self.title(), self.frame())
    }
}

impl Inspect for ClassificationReport {
    fn preview(&self) -> String {
        self.title()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_divided_is_zero() {
        let report = ClassificationReport::new([0, 0, 1], [0, 0, 0], ["a", "b", "c"]).unwrap();
        assert_eq!(report.precision(), [2.0 / 3.0, 0.0, 0.0]);
        assert_eq!(report.recall(), [1.0, 0.0, 0.0]);
        assert_eq!(report.f1(), [0.8, 0.0, 0.0]);
        assert_eq!(report.support(), [2, 1, 0]);
    }

    #[test]
    fn what_is_no_pair_of_classes_is_refused() {
        let message = |truth: &[f64], predicted: &[f64]| {
            ClassificationReport::new(truth, predicted, ["a", "b"]).unwrap_err().to_string()
        };
        assert!(message(&[0.0], &[0.0, 1.0]).contains("each case needs both"));
        assert!(message(&[], &[]).contains("no cases"));
        assert!(message(&[0.0], &[2.0]).contains("class 2"));
        assert!(message(&[0.5], &[0.0]).contains("class 0.5"));
        assert!(message(&[f64::NAN], &[0.0]).starts_with("true and predicted classes"));
    }

    proptest! {
        #[test]
        fn the_order_of_cases_and_classes_changes_nothing(
            pairs in prop::collection::vec((0_usize..3, 0_usize..3), 1..60),
        ) {
            let report = |pairs: &[(usize, usize)]| {
                let (truth, predicted): (Vec<usize>, Vec<usize>) = pairs.iter().copied().unzip();
                ClassificationReport::new(truth, predicted, ["a", "b", "c"]).unwrap()
            };
            let one = report(&pairs);
            let turned: Vec<_> = pairs.iter().rev().map(|(a, b)| ((a + 1) % 3, (b + 1) % 3)).collect();
            let other = report(&turned);
            prop_assert!((one.macro_f1() - other.macro_f1()).abs() < 1e-12);
            prop_assert_eq!(one.accuracy(), other.accuracy());
            prop_assert!((one.f1()[0] - other.f1()[1]).abs() < 1e-12);
            // Accuracy is the mean recall weighted by the cases.
            prop_assert!((one.weighted(&one.recall()) - one.accuracy()).abs() < 1e-12);
        }
    }
}
