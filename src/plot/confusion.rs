//! Confusion matrices of a classifier.

use ndarray::Array2;

use super::figure::{Figure, refused};
use super::numbers::Numbers;
use super::options::Request;
use super::tick::fixed;
use super::{ColorMap, HeatMap, Plot};
use crate::Result;
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};

const KIND: &str = "Confusion matrix";

/// How often each true class was taken for which, with the share of the true class in colour.
///
/// Rows are true classes, columns predicted ones. Each cell says the count and, below 12 classes, the share of its
/// row: on the diagonal this is the recall of the class. The text form adds the accuracy.
///
/// # Example
/// ```
/// use latentlab::plot::ConfusionMatrix;
///
/// let truth = [0, 0, 1, 1, 2, 2, 2];
/// let predicted = [0, 1, 1, 1, 2, 2, 0];
/// let matrix = ConfusionMatrix::new("Test part", truth, predicted, ["under", "neutral", "over"])?;
/// assert_eq!(matrix.counts()[[2, 0]], 1.0);
/// assert!(matrix.figure()?.description().contains("accuracy 0.714"));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ConfusionMatrix {
    title: String,
    counts: Array2<f64>,
    classes: Vec<String>,
    size: Option<[f64; 2]>,
}

impl ConfusionMatrix {
    /// Counts pairs of a true and a predicted class, both given as numbers from 0 in the order of the names.
    ///
    /// # Errors
    /// [`Error::Figure`](crate::Error::Figure) when the two differ in length, are empty, or hold a number that is no class.
    ///
    /// # Example
    /// ```
    /// use latentlab::plot::ConfusionMatrix;
    /// use latentlab::tch::Tensor;
    ///
    /// let (truth, predicted) = (Tensor::from_slice(&[0_i64, 1, 1]), Tensor::from_slice(&[0_i64, 1, 0]));
    /// let matrix = ConfusionMatrix::new("Digits", &truth, &predicted, ["zero", "one"])?;
    /// assert_eq!(matrix.accuracy(), 2.0 / 3.0);
    /// let unknown = ConfusionMatrix::new("Digits", [0, 7], [0, 1], ["zero", "one"]);
    /// assert!(unknown.is_err_and(|error| error.to_string().contains("class 7")));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn new(
        title: impl Into<String>,
        truth: impl Numbers,
        predicted: impl Numbers,
        classes: impl IntoIterator<Item = impl ToString>,
    ) -> Result<Self> {
        let title = title.into();
        let classes: Vec<String> = classes.into_iter().map(|name| name.to_string()).collect();
        let (truth, predicted) = (truth.numbers(), predicted.numbers());
        if truth.len() != predicted.len() {
            let problem = format!(
                "{} true and {} predicted classes; each case needs both",
                truth.len(),
                predicted.len()
            );
            return Err(refused(KIND, &title, problem));
        }
        let mut counts = Array2::zeros((classes.len(), classes.len()));
        for (one, other) in truth.iter().zip(&predicted) {
            for class in [one, other] {
                if class.fract() != 0.0 || !(0.0..classes.len() as f64).contains(class) {
                    let problem = format!("class {class} among {} classes from 0", classes.len());
                    return Err(refused(KIND, &title, problem));
                }
            }
            counts[[*one as usize, *other as usize]] += 1.0;
        }
        if truth.is_empty() {
            return Err(refused(KIND, &title, "no cases to count"));
        }
        Ok(Self { title, counts, classes, size: None })
    }

    /// The counts: rows are true classes, columns predicted ones.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ConfusionMatrix;
    /// let matrix = ConfusionMatrix::new("T", [0, 1], [0, 0], ["a", "b"])?;
    /// assert_eq!(matrix.counts().sum(), 2.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn counts(&self) -> &Array2<f64> {
        &self.counts
    }

    /// The share of cases on the diagonal.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ConfusionMatrix;
    /// assert_eq!(ConfusionMatrix::new("T", [0, 1], [0, 0], ["a", "b"])?.accuracy(), 0.5);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn accuracy(&self) -> f64 {
        self.counts.diag().sum() / self.counts.sum()
    }

    /// The same counts under another title.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ConfusionMatrix;
    /// let matrix = ConfusionMatrix::new("T", [0, 1], [0, 0], ["a", "b"])?.title("Test part");
    /// assert!(matrix.figure()?.svg()?.contains("Test part"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn title(mut self, title: impl Into<String>) -> Self {
        self.title = title.into();
        self
    }

    /// Width and height in CSS pixels; fits the classes by default.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ConfusionMatrix;
    /// let matrix = ConfusionMatrix::new("T", [0, 1], [0, 0], ["a", "b"])?.size(400.0, 360.0);
    /// assert_eq!(matrix.figure()?.size(), (400.0, 360.0));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn size(mut self, width: f64, height: f64) -> Self {
        self.size = Some([width, height]);
        self
    }

    /// Draws the matrix.
    ///
    /// # Errors
    /// [`Error::Figure`](crate::Error::Figure) when the size leaves the cells no room.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ConfusionMatrix;
    /// let matrix = ConfusionMatrix::new("T", [0, 1], [0, 0], ["a", "b"])?;
    /// assert!(matrix.figure()?.svg()?.contains("predicted"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn figure(&self) -> Result<Figure> {
        self.draw(&Request::default())
    }

    /// The share of each row's cases; a class without cases has no shares.
    fn shares(&self) -> Array2<f64> {
        let mut shares = self.counts.clone();
        for mut row in shares.rows_mut() {
            let total = row.sum();
            row.mapv_inplace(|count| if total > 0.0 { count / total } else { 0.0 });
        }
        shares
    }

    fn texts(&self, shares: &Array2<f64>) -> Array2<String> {
        let few = self.classes.len() < 12;
        Array2::from_shape_fn(self.counts.dim(), |cell| {
            let count = fixed(self.counts[cell], 0);
            if few { format!("{count}\n{:.0} %", 100.0 * shares[cell]) } else { count }
        })
    }
}

impl Plot for ConfusionMatrix {
    fn draw(&self, request: &Request) -> Result<Figure> {
        let shares = self.shares();
        let texts = self.texts(&shares);
        let mut map = HeatMap::new(self.title.clone(), &shares)
            .labels(&self.classes)
            .color_map(ColorMap::Blues)
            .range(0.0, 1.0)
            .x_label("predicted class")
            .y_label("true class")
            .texts(texts)
            .cell(64.0);
        if let Some([width, height]) = self.size.or(request.size) {
            map = map.size(width, height);
        }
        let (cases, classes) = (self.counts.sum(), self.classes.len());
        let accuracy = format!("{:.3}", self.accuracy());
        let detail = format!("{cases} cases in {classes} classes, accuracy {accuracy}");
        Ok(map.figure()?.called(KIND, detail))
    }
}

impl Show for ConfusionMatrix {
    fn rich(&self) -> Rich {
        self.figure().rich()
    }
}

impl Inspect for ConfusionMatrix {
    fn shape(&self) -> Option<String> {
        Inspect::shape(&self.counts)
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.counts.memory()
    }

    fn preview(&self) -> String {
        self.title.clone()
    }
}
