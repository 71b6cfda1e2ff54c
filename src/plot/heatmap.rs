//! Heat maps: a matrix as a grid of colours.

use ndarray::{Array2, Axis};

use self::grid::{Colors, draw_bar, labels_or_indices};
use super::canvas::Canvas;
use super::figure::{Figure, refused};
use super::options::Request;
use super::style::TICK_SIZE;
use super::tick::{linear, short};
use super::{ColorMap, Matrix, Plot};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::words::note;
use crate::{Error, Result};

mod grid;
mod order;

const KIND: &str = "Heat map";
/// A matrix of any shape as a grid of colours, row 0 at the top, with a colour bar.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`labels`](Self::labels), [`row_labels`](Self::row_labels), [`column_labels`](Self::column_labels) | indices from 0 | names of rows and columns |
/// | [`color_map`](Self::color_map) | `RdBu` for mixed signs, else `Viridis` | colours |
/// | [`range`](Self::range) | ± the largest magnitude for mixed signs, `RdBu` or `Coolwarm`, else least to greatest | values at the ends of the colour bar |
/// | [`hide_diagonal`](Self::hide_diagonal) | `false` | leave the diagonal blank and out of the range |
/// | [`numbers`](Self::numbers) | up to 12 × 12 | write values into the cells |
/// | [`clustered`](Self::clustered) | `false` | similar rows (and columns) side by side |
/// | [`x_label`](Self::x_label), [`y_label`](Self::y_label) | none | words below and beside |
/// | [`size`](Self::size) | fits the matrix | CSS pixels |
///
/// NaN and infinite entries stay grey and are counted in the figure's text. Sides longer than 1,000 are condensed: each
/// drawn cell then shows the entry of largest magnitude among those it stands for.
///
/// # Example
/// ```
/// use latentlab::plot::{ColorMap, HeatMap};
/// use latentlab::ndarray::array;
///
/// let precision = array![[2.0, -0.7, 0.0], [-0.7, 2.5, 0.3], [0.0, 0.3, 1.8]];
/// let figure = HeatMap::new("Precision", &precision)
///     .labels(["AAPL", "MSFT", "XOM"])
///     .hide_diagonal(true)
///     .color_map(ColorMap::RdBu)
///     .figure()?;
/// assert!(figure.description().contains("3 × 3, colours from −0.7 to 0.7"));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct HeatMap {
    title: String,
    matrix: Array2<f64>,
    /// A shape that is no matrix; told when the map is drawn.
    problem: Option<String>,
    row_labels: Option<Vec<String>>,
    column_labels: Option<Vec<String>>,
    color_map: Option<ColorMap>,
    range: Option<[f64; 2]>,
    hide_diagonal: bool,
    numbers: Option<bool>,
    clustered: bool,
    axis_labels: [String; 2],
    texts: Option<Array2<String>>,
    /// Most CSS pixels of a cell's side where nobody set a size.
    cell: f64,
    size: Option<[f64; 2]>,
}

impl HeatMap {
    /// A heat map of a matrix: an `ndarray` matrix, a tensor, or rows of numbers.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::HeatMap;
    /// use latentlab::ndarray::Array2;
    /// use latentlab::tch::{Device, Kind, Tensor};
    ///
    /// assert!(HeatMap::new("Identity", Array2::<f64>::eye(20)).figure().is_ok());
    /// assert!(HeatMap::new("Weights", Tensor::ones([3, 4], (Kind::Float, Device::Cpu))).figure().is_ok());
    /// assert!(HeatMap::new("Counts", [[5, 1], [0, 7]]).figure().is_ok());
    /// ```
    pub fn new(title: impl Into<String>, matrix: impl Matrix) -> Self {
        let (matrix, problem) = match matrix.matrix() {
            Ok(matrix) => (matrix, None),
            Err(problem) => (Array2::zeros((0, 0)), Some(problem)),
        };
        Self {
            title: title.into(),
            matrix,
            problem,
            row_labels: None,
            column_labels: None,
            color_map: None,
            range: None,
            hide_diagonal: false,
            numbers: None,
            clustered: false,
            axis_labels: [String::new(), String::new()],
            texts: None,
            cell: grid::CELL,
            size: None,
        }
    }

    /// Names of both the rows and the columns of a square matrix, in order.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::HeatMap;
    /// # use latentlab::ndarray::Array2;
    /// let map = HeatMap::new("Correlation", &Array2::<f64>::eye(2)).labels(["AAPL", "MSFT"]);
    /// assert!(map.figure()?.svg()?.contains("AAPL"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn labels(mut self, names: impl IntoIterator<Item = impl ToString>) -> Self {
        let names: Vec<String> = names.into_iter().map(|name| name.to_string()).collect();
        self.row_labels = Some(names.clone());
        self.column_labels = Some(names);
        self
    }

    /// Names of the rows, from the top.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::HeatMap;
    /// # use latentlab::ndarray::array;
    /// let loadings = array![[0.9, 0.1], [0.2, 0.8], [0.5, 0.5]];
    /// let map = HeatMap::new("Loadings", &loadings)
    ///     .row_labels(["AAPL", "XOM", "JNJ"])
    ///     .column_labels(["factor 1", "factor 2"]);
    /// assert!(map.figure().is_ok());
    /// ```
    pub fn row_labels(mut self, names: impl IntoIterator<Item = impl ToString>) -> Self {
        self.row_labels = Some(names.into_iter().map(|name| name.to_string()).collect());
        self
    }

    /// Names of the columns, from the left.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::HeatMap;
    /// # use latentlab::ndarray::array;
    /// let map = HeatMap::new("Means", &array![[1.0, 2.0]]).column_labels(["up", "down"]);
    /// assert!(map.figure().is_ok());
    /// ```
    pub fn column_labels(mut self, names: impl IntoIterator<Item = impl ToString>) -> Self {
        self.column_labels = Some(names.into_iter().map(|name| name.to_string()).collect());
        self
    }

    /// The colours.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::{ColorMap, HeatMap};
    /// # use latentlab::ndarray::Array2;
    /// let map = HeatMap::new("Counts", &Array2::<f64>::eye(3)).color_map(ColorMap::Blues);
    /// assert!(map.figure().is_ok());
    /// ```
    pub fn color_map(mut self, map: ColorMap) -> Self {
        self.color_map = Some(map);
        self
    }

    /// The values at the two ends of the colour bar; entries beyond take the end's colour.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::HeatMap;
    /// # use latentlab::ndarray::Array2;
    /// let map = HeatMap::new("Correlation", &Array2::<f64>::eye(3)).range(-1.0, 1.0);
    /// assert!(map.figure()?.description().contains("from −1 to 1"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some([low, high]);
        self
    }

    /// Leaves the diagonal blank, so that it does not outshine what lies beside it.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::HeatMap;
    /// # use latentlab::ndarray::array;
    /// let map = HeatMap::new("Edges", &array![[9.0, 0.2], [0.2, 9.0]]).hide_diagonal(true);
    /// assert!(map.figure()?.description().contains("diagonal hidden"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn hide_diagonal(mut self, hide: bool) -> Self {
        self.hide_diagonal = hide;
        self
    }

    /// Whether to write the values into the cells. They are left out where cells are too small for them.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::HeatMap;
    /// # use latentlab::ndarray::array;
    /// let map = HeatMap::new("Plain", &array![[0.25]]).numbers(false);
    /// assert!(map.figure().is_ok());
    /// ```
    pub fn numbers(mut self, write: bool) -> Self {
        self.numbers = Some(write);
        self
    }

    /// Reorders rows and columns so that similar ones lie side by side, by average linkage over Euclidean
    /// distances. A square matrix with equal labels on both sides keeps one order for both.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::HeatMap;
    /// # use latentlab::ndarray::array;
    /// let correlation = array![[1.0, 0.0, 0.9], [0.0, 1.0, 0.1], [0.9, 0.1, 1.0]];
    /// let map = HeatMap::new("Correlation", &correlation).clustered(true);
    /// assert!(map.figure()?.description().contains("clustered"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn clustered(mut self, reorder: bool) -> Self {
        self.clustered = reorder;
        self
    }

    /// Words below the columns.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::HeatMap;
    /// # use latentlab::ndarray::Array2;
    /// let map = HeatMap::new("Lags", &Array2::<f64>::eye(3)).x_label("lag");
    /// assert!(map.figure()?.svg()?.contains("lag"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn x_label(mut self, label: impl Into<String>) -> Self {
        self.axis_labels[0] = label.into();
        self
    }

    /// Words beside the rows.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::HeatMap;
    /// # use latentlab::ndarray::Array2;
    /// let map = HeatMap::new("Lags", &Array2::<f64>::eye(3)).y_label("series");
    /// assert!(map.figure()?.svg()?.contains("series"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn y_label(mut self, label: impl Into<String>) -> Self {
        self.axis_labels[1] = label.into();
        self
    }

    /// What to write into the cells in place of the numbers; at most two lines each.
    pub(crate) fn texts(mut self, texts: Array2<String>) -> Self {
        self.texts = Some(texts);
        self
    }

    /// The largest cell that a map of few cells gets.
    pub(crate) fn cell(mut self, pixels: f64) -> Self {
        self.cell = pixels;
        self
    }

    /// The map with its rows and columns in clustered order.
    fn reordered(&self) -> Self {
        let symmetric = self.row_labels == self.column_labels && self.matrix.is_square();
        let rows = order::clustered(&self.matrix);
        let columns =
            if symmetric { rows.clone() } else { order::clustered(&self.matrix.t().to_owned()) };
        let names = |labels: &Option<Vec<String>>, order: &[usize]| {
            let labels = labels_or_indices(labels, order.len());
            Some(order.iter().map(|index| labels[*index].clone()).collect())
        };
        let mut map = self.clone();
        map.row_labels = names(&self.row_labels, &rows);
        map.column_labels = names(&self.column_labels, &columns);
        map.matrix = self.matrix.select(Axis(0), &rows).select(Axis(1), &columns);
        map
    }

    /// Width and height in CSS pixels, from 160 × 120 to 4,000 × 4,000.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::HeatMap;
    /// # use latentlab::ndarray::Array2;
    /// let map = HeatMap::new("Identity", &Array2::<f64>::eye(5)).size(400.0, 300.0);
    /// assert_eq!(map.figure()?.size(), (400.0, 300.0));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn size(mut self, width: f64, height: f64) -> Self {
        self.size = Some([width, height]);
        self
    }

    /// Draws the heat map.
    ///
    /// # Errors
    /// [`Error::Figure`] for an empty matrix, one without any finite entry, labels that do not match its shape, a hidden
    /// diagonal of a matrix that is not square, a range that is not increasing, or a size that leaves the cells no room.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::HeatMap;
    /// # use latentlab::ndarray::Array2;
    /// let map = HeatMap::new("Correlation", &Array2::<f64>::eye(3)).labels(["AAPL"]);
    /// assert!(map.figure().is_err_and(|error| error.to_string().contains("1 row labels for 3 rows")));
    /// ```
    pub fn figure(&self) -> Result<Figure> {
        self.check()?;
        if self.clustered { self.reordered().drawn() } else { self.drawn() }
    }

    fn drawn(&self) -> Result<Figure> {
        let colors = self.colors()?;
        let mut canvas = Canvas::new()?;
        let (rows, columns) = self.matrix.dim();
        let names = [
            labels_or_indices(&self.row_labels, rows),
            labels_or_indices(&self.column_labels, columns),
        ]
        .map(|names| {
            names
                .iter()
                .map(|name| canvas.fonts.shorten(name, TICK_SIZE, grid::LONGEST))
                .collect::<Vec<_>>()
        });
        let bar = linear(colors.low, colors.high, 6);
        let bar_text = canvas.widest(bar.ticks.iter().map(|tick| tick.label.as_str()), TICK_SIZE);
        let bar_text = bar_text.max(canvas.width(&bar.multiplier, TICK_SIZE));
        let sizes = self.sizes(&mut canvas, &names, bar_text)?;
        self.draw_cells(&mut canvas, &sizes, &colors);
        self.draw_numbers(&mut canvas, &sizes, &colors);
        self.draw_names(&mut canvas, &sizes, &names);
        self.draw_axis_labels(&mut canvas, &sizes);
        draw_bar(&mut canvas, &sizes, &colors, &bar);
        Ok(Figure::new(KIND, &self.title, sizes.figure, self.detail(&colors), canvas))
    }

    fn error(&self, problem: impl Into<String>) -> Error {
        refused(KIND, &self.title, problem)
    }

    fn check(&self) -> Result<()> {
        if let Some(problem) = &self.problem {
            return Err(self.error(problem));
        }
        let (rows, columns) = self.matrix.dim();
        if rows == 0 || columns == 0 {
            return Err(self.error(format!("the matrix is empty ({rows} × {columns})")));
        }
        for (labels, side, count) in
            [(&self.row_labels, "row", rows), (&self.column_labels, "column", columns)]
        {
            if let Some(labels) = labels.as_ref().filter(|labels| labels.len() != count) {
                return Err(
                    self.error(format!("{} {side} labels for {count} {side}s", labels.len()))
                );
            }
        }
        if self.hide_diagonal && rows != columns {
            return Err(self.error(format!(
                "only a square matrix has a diagonal to hide; this one is {rows} × {columns}"
            )));
        }
        self.range
            .map_or(Ok(()), super::check_range)
            .and_then(|()| self.size.map_or(Ok(()), super::check_size))
            .map_err(|problem| self.error(problem))
    }

    /// What the map shows, in words.
    fn detail(&self, colors: &Colors) -> String {
        let (rows, columns) = self.matrix.dim();
        let [low, high] = [colors.low, colors.high].map(short);
        let mut text = format!("{rows} × {columns}, colours from {low} to {high}");
        if self.hide_diagonal {
            text.push_str("; diagonal hidden");
        }
        if self.clustered {
            text.push_str("; clustered order");
        }
        let missing = self.matrix.iter().filter(|value| !value.is_finite()).count();
        text.push_str(&note(missing, "missing entry is grey", "missing entries are grey"));
        if rows.max(columns) > grid::MOST_PIXELS {
            text.push_str("; condensed, each cell shows the entry of largest magnitude");
        }
        text
    }
}

impl Show for HeatMap {
    fn rich(&self) -> Rich {
        self.figure().rich()
    }
}

impl Plot for HeatMap {
    fn draw(&self, request: &Request) -> Result<Figure> {
        let mut map = self.clone();
        map.size = self.size.or(request.size);
        map.figure()
    }
}

impl Inspect for HeatMap {
    fn shape(&self) -> Option<String> {
        Inspect::shape(&self.matrix)
    }

    fn dtype(&self) -> Option<String> {
        Inspect::dtype(&self.matrix)
    }

    fn memory(&self) -> usize {
        size_of_val(self) + self.matrix.memory()
    }

    fn preview(&self) -> String {
        self.title.clone()
    }
}

#[cfg(test)]
mod tests;
