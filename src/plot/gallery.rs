//! Galleries of images: samples, originals beside reconstructions, strips.

use super::axis::draw_title;
use super::canvas::{Align, Area, Canvas, TextStyle};
use super::figure::{Figure, refused};
use super::images::{Images, Picture};
use super::options::Request;
use super::style::{Color, GAP, LINE_HEIGHT, MARGIN, MISSING, SMALLEST_SIZE, TEXT, TICK_SIZE};
use super::tick::short;
use super::{ColorMap, Plot};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::words::counted;
use crate::{Error, Result};

const KIND: &str = "Image gallery";
/// The width that a gallery takes where nobody set a zoom.
const WIDTH: f64 = 640.0;
/// No gallery is higher.
const TALLEST: f64 = 4000.0;
/// Distance between images.
const APART: f64 = 6.0;
/// Most images in a row where nobody said how many.
const MOST_COLUMNS: usize = 8;
const MOST_ZOOM: f64 = 12.0;

/// Images in rows, all with the same zoom and the same range of levels.
///
/// | Option | Default | Purpose |
/// |---|---|---|
/// | [`images`](Self::images), [`image`](Self::image) | | what to show |
/// | [`pairs`](Self::pairs) | | rows of originals over rows of reconstructions |
/// | [`titles`](Self::titles) | none | words over the images |
/// | [`row_titles`](Self::row_titles) | none | words beside the rows |
/// | [`columns`](Self::columns) | up to 8 | images in a row; as many as there are give a strip |
/// | [`range`](Self::range) | 0 to 1, 0 to 255, or least to greatest | levels for black and white |
/// | [`color_map`](Self::color_map) | grey | colours for images of one channel |
/// | [`zoom`](Self::zoom) | fills 640 CSS pixels | CSS pixels of a pixel's side |
///
/// The default range is that of the data's kind: 0 to 1 where all levels lie in it, 0 to 255 where all are whole numbers in
/// that, else from the least to the greatest level. It is common to all images, so that these compare; the figure's text
/// says it. Pixels are drawn with hard edges (nearest neighbour); NaN is grey.
///
/// # Example
/// ```
/// use latentlab::plot::ImageGallery;
/// use latentlab::ndarray::Array3;
///
/// let strip = Array3::from_shape_fn((5, 8, 8), |(step, row, column)| {
///     if row + column < 3 * step { 1.0 } else { 0.0 }
/// });
/// let figure = ImageGallery::new("From one to the other")
///     .images(&strip)
///     .titles([0.0, 0.25, 0.5, 0.75, 1.0].map(|alpha| format!("α = {alpha}")))
///     .columns(5)
///     .figure()?;
/// assert!(figure.description().contains("5 images of 8 × 8, levels from 0 to 1"));
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct ImageGallery {
    title: String,
    images: Vec<Picture>,
    paired: Option<Vec<Picture>>,
    titles: Vec<String>,
    row_titles: Vec<String>,
    columns: Option<usize>,
    range: Option<[f64; 2]>,
    color_map: Option<ColorMap>,
    zoom: Option<f64>,
    /// The first shape that did not fit; told when the gallery is drawn.
    problem: Option<String>,
}

impl ImageGallery {
    /// A gallery with a title and no images yet. The title may be empty.
    ///
    /// # Example
    /// ```
    /// use latentlab::plot::ImageGallery;
    ///
    /// let empty = ImageGallery::new("Faces").figure();
    /// assert!(empty.is_err_and(|error| error.to_string().contains("no images")));
    /// ```
    pub fn new(title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            images: Vec::new(),
            paired: None,
            titles: Vec::new(),
            row_titles: Vec::new(),
            columns: None,
            range: None,
            color_map: None,
            zoom: None,
            problem: None,
        }
    }

    /// Adds images.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ImageGallery;
    /// use latentlab::tch::{Device, Kind, Tensor};
    ///
    /// let samples = Tensor::zeros([16, 1, 28, 28], (Kind::Float, Device::Cpu));
    /// let gallery = ImageGallery::new("Samples").images(&samples).columns(4);
    /// assert!(gallery.figure()?.description().contains("16 images"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn images(mut self, images: impl Images) -> Self {
        match images.images() {
            Ok(images) => self.images.extend(images),
            Err(problem) => self.problem = self.problem.or(Some(problem)),
        }
        self
    }

    /// Adds one image with its title.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ImageGallery;
    /// # use latentlab::ndarray::Array2;
    /// let gallery = ImageGallery::new("Two").image("zeros", &Array2::<f64>::zeros((4, 4)));
    /// assert!(gallery.figure()?.svg()?.contains("zeros"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn image(mut self, title: impl Into<String>, image: impl Images) -> Self {
        self.titles.resize(self.images.len(), String::new());
        self.titles.push(title.into());
        self.images(image)
    }

    /// Adds originals and what became of them: under each row of originals comes the row of their reconstructions,
    /// in the same order.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ImageGallery;
    /// # use latentlab::ndarray::Array3;
    /// let (faces, decoded) = (Array3::<f64>::zeros((8, 9, 9)), Array3::<f64>::ones((8, 9, 9)));
    /// let gallery = ImageGallery::new("Autoencoder").pairs(&faces, &decoded);
    /// assert!(gallery.figure()?.svg()?.contains("reconstruction"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn pairs(mut self, originals: impl Images, reconstructions: impl Images) -> Self {
        match reconstructions.images() {
            Ok(images) => self.paired.get_or_insert_default().extend(images),
            Err(problem) => self.problem = self.problem.or(Some(problem)),
        }
        self.images(originals)
    }

    /// Words over the images, in their order; images beyond them have none.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ImageGallery;
    /// # use latentlab::ndarray::Array3;
    /// let gallery = ImageGallery::new("").images(&Array3::<f64>::zeros((2, 4, 4))).titles(["a", "b"]);
    /// assert!(gallery.figure().is_ok());
    /// ```
    pub fn titles(mut self, titles: impl IntoIterator<Item = impl ToString>) -> Self {
        self.titles = titles.into_iter().map(|title| title.to_string()).collect();
        self
    }

    /// Words beside the rows, from the top; rows beyond them have none. Pairs have "original" and "reconstruction" by
    /// themselves.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ImageGallery;
    /// # use latentlab::ndarray::Array3;
    /// let frames = Array3::<f64>::zeros((4, 6, 6));
    /// let gallery = ImageGallery::new("").images(&frames).columns(2).row_titles(["smile", "age"]);
    /// assert!(gallery.figure()?.svg()?.contains("smile"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn row_titles(mut self, titles: impl IntoIterator<Item = impl ToString>) -> Self {
        self.row_titles = titles.into_iter().map(|title| title.to_string()).collect();
        self
    }

    /// Images in a row, from 1 to 64.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ImageGallery;
    /// # use latentlab::ndarray::Array3;
    /// let gallery = ImageGallery::new("").images(&Array3::<f64>::zeros((10, 4, 4))).columns(5);
    /// assert!(gallery.figure().is_ok());
    /// ```
    pub fn columns(mut self, count: usize) -> Self {
        self.columns = Some(count.clamp(1, 64));
        self
    }

    /// The levels of black and of white; levels beyond are cut off.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ImageGallery;
    /// # use latentlab::ndarray::Array2;
    /// let gallery = ImageGallery::new("").image("", &Array2::<f64>::zeros((4, 4))).range(-1.0, 1.0);
    /// assert!(gallery.figure()?.description().contains("from −1 to 1"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn range(mut self, low: f64, high: f64) -> Self {
        self.range = Some([low, high]);
        self
    }

    /// Colours for images of one channel.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::{ColorMap, ImageGallery};
    /// # use latentlab::ndarray::Array2;
    /// let gallery = ImageGallery::new("").image("", &Array2::<f64>::eye(4)).color_map(ColorMap::Magma);
    /// assert!(gallery.figure().is_ok());
    /// ```
    pub fn color_map(mut self, map: ColorMap) -> Self {
        self.color_map = Some(map);
        self
    }

    /// The side of a pixel in CSS pixels, from 0.05 to 40. Whole numbers give pixels of equal size.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ImageGallery;
    /// # use latentlab::ndarray::Array2;
    /// let gallery = ImageGallery::new("").image("", &Array2::<f64>::eye(60)).zoom(3.0);
    /// assert!(gallery.figure()?.size().0 > 180.0);
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn zoom(mut self, pixels: f64) -> Self {
        self.zoom = Some(pixels.clamp(0.05, 40.0));
        self
    }

    /// Draws the gallery.
    ///
    /// # Errors
    /// [`Error::Figure`] without an image, for a shape that is no image, for different numbers of originals and
    /// reconstructions, for a range that does not increase, and where all of it would be larger than 4,000 CSS pixels.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::ImageGallery;
    /// # use latentlab::ndarray::{Array1, Array3};
    /// let odd = ImageGallery::new("Odd").images(&Array1::<f64>::zeros(7)).figure();
    /// assert!(odd.is_err_and(|error| error.to_string().contains("shape [7]")));
    /// ```
    pub fn figure(&self) -> Result<Figure> {
        self.draw(&Request::default())
    }

    fn error(&self, problem: impl Into<String>) -> Error {
        refused(KIND, &self.title, problem)
    }

    fn check(&self) -> Result<()> {
        if let Some(problem) = &self.problem {
            return Err(self.error(problem));
        }
        if self.images.is_empty() {
            return Err(self.error("no images to draw; add some with `.images(&tensor)`"));
        }
        if let Some(paired) =
            self.paired.as_ref().filter(|paired| paired.len() != self.images.len())
        {
            let (originals, others) = (self.images.len(), paired.len());
            return Err(self.error(format!("{originals} originals and {others} reconstructions")));
        }
        self.range.map_or(Ok(()), super::check_range).map_err(|problem| self.error(problem))
    }

    fn all(&self) -> impl Iterator<Item = &Picture> {
        self.images.iter().chain(self.paired.iter().flatten())
    }

    /// The levels of black and white.
    fn levels(&self) -> Result<[f64; 2]> {
        if let Some(range) = self.range {
            return Ok(range);
        }
        let values =
            || self.all().flat_map(|image| &image.values).copied().filter(|v| v.is_finite());
        let (low, high) =
            (values().fold(f64::INFINITY, f64::min), values().fold(f64::NEG_INFINITY, f64::max));
        if low > high {
            return Err(self.error("no finite level in any image"));
        }
        if low >= 0.0 && high <= 1.0 {
            return Ok([0.0, 1.0]);
        }
        if low >= 0.0 && high <= 255.0 && values().all(|value| value.fract() == 0.0) {
            return Ok([0.0, 255.0]);
        }
        match low < high && (high - low).is_finite() {
            true => Ok([low, high]),
            false => Ok([low.min(0.0), low.max(0.0)]),
        }
    }

    /// The images of each row, with their titles.
    fn rows(&self, columns: usize) -> Vec<Row<'_>> {
        let title = |index: usize| self.titles.get(index).map(String::as_str).unwrap_or_default();
        let cells = |images: &'_ [Picture], from: usize| -> Vec<usize> {
            (from..(from + columns).min(images.len())).collect()
        };
        let mut rows = Vec::new();
        for from in (0..self.images.len()).step_by(columns) {
            let indices = cells(&self.images, from);
            let images = indices.iter().map(|index| &self.images[*index]).collect();
            let titles = indices.iter().map(|index| title(*index)).collect();
            let beside = if self.paired.is_some() { "original" } else { "" };
            rows.push(Row { images, titles, beside });
            if let Some(paired) = &self.paired {
                let images = indices.iter().map(|index| &paired[*index]).collect();
                rows.push(Row { images, titles: Vec::new(), beside: "reconstruction" });
            }
        }
        for (row, given) in rows.iter_mut().zip(&self.row_titles) {
            row.beside = given;
        }
        rows
    }

    fn pixels(&self, image: &Picture, levels: [f64; 2]) -> Vec<[u8; 4]> {
        let share = |value: f64| ((value - levels[0]) / (levels[1] - levels[0])).clamp(0.0, 1.0);
        let level = |value: f64| (255.0 * share(value)).round() as u8;
        let pixel = |values: &[f64]| match values {
            values if values.iter().any(|value| value.is_nan()) => MISSING.pixel(),
            [red, green, blue] => [level(*red), level(*green), level(*blue), 255],
            values => match self.color_map {
                Some(map) => Color::rgb(map.color(share(values[0]))).pixel(),
                None => [level(values[0]), level(values[0]), level(values[0]), 255],
            },
        };
        image.values.chunks_exact(image.channels).map(pixel).collect()
    }

    fn detail(&self, levels: [f64; 2]) -> String {
        let first = &self.images[0];
        let images = counted(self.all().count(), "image");
        let same =
            self.all().all(|image| (image.rows, image.columns) == (first.rows, first.columns));
        let size = match same {
            true => format!("{} × {}", first.rows, first.columns),
            false => "several sizes".into(),
        };
        let [low, high] = levels.map(short);
        let mut text = format!("{images} of {size}, levels from {low} to {high}");
        let missing = |image: &Picture| image.values.iter().filter(|value| value.is_nan()).count();
        match self.all().map(missing).sum::<usize>() {
            0 => {}
            missing => text.push_str(&format!("; {missing} missing levels are grey")),
        }
        text
    }
}

/// A row of a gallery.
struct Row<'a> {
    images: Vec<&'a Picture>,
    titles: Vec<&'a str>,
    beside: &'a str,
}

impl Plot for ImageGallery {
    fn draw(&self, request: &Request) -> Result<Figure> {
        self.check()?;
        let levels = self.levels()?;
        let columns = self.columns.unwrap_or(MOST_COLUMNS).min(self.images.len());
        let rows = self.rows(columns);
        let mut canvas = Canvas::new()?;
        let beside = canvas.widest(rows.iter().map(|row| row.beside), TICK_SIZE);
        let left = MARGIN + if beside > 0.0 { beside + GAP } else { 0.0 };
        let tallest = self.all().map(|image| image.rows).max().unwrap_or(1) as f64;
        let broadest = self.all().map(|image| image.columns).max().unwrap_or(1) as f64;
        let wanted = request.size.map_or(WIDTH, |[width, _]| width);
        let gaps = APART * (columns - 1) as f64;
        let broad = (wanted - left - MARGIN - gaps) / (columns as f64 * broadest);
        // Titles and gaps take some 25 pixels of each row.
        let tall = (TALLEST - 80.0 - 25.0 * rows.len() as f64) / (rows.len() as f64 * tallest);
        let natural = broad.min(tall);
        let zoom = self.zoom.unwrap_or(match natural {
            // Half pixels are whole ones in a bitmap with twice the resolution.
            zoom if zoom >= 1.0 => ((2.0 * zoom).floor() / 2.0).min(MOST_ZOOM),
            zoom => zoom.max(0.05),
        });
        let [wide, high] = [(broadest * zoom).round().max(1.0), (tallest * zoom).round().max(1.0)];
        let width = (left + columns as f64 * wide + gaps + MARGIN).max(160.0);
        let titles = canvas.widest(self.titles.iter().map(String::as_str), TICK_SIZE).max(1.0);
        let room = wide + APART - 2.0;
        let title_size = (TICK_SIZE * room / titles).clamp(SMALLEST_SIZE, TICK_SIZE);
        let mut y = draw_title(&mut canvas, &self.title, MARGIN, width - MARGIN);
        for row in &rows {
            let titled = row.titles.iter().any(|title| !title.is_empty());
            let top = if titled { y + TICK_SIZE * LINE_HEIGHT } else { y };
            let style = TextStyle::new(TICK_SIZE, TEXT);
            if !row.beside.is_empty() {
                let place = [left - GAP, top + high / 2.0];
                canvas.centred_text(place, row.beside, style.align(Align::End));
            }
            for (column, image) in row.images.iter().enumerate() {
                let x = left + column as f64 * (wide + APART);
                if let Some(title) = row.titles.get(column).filter(|title| !title.is_empty()) {
                    let text = canvas.fonts.shorten(title, title_size, room);
                    let style = TextStyle::new(title_size, TEXT).align(Align::Middle);
                    canvas.text([x + wide / 2.0, top - 4.0], text, style);
                }
                let [across, down] =
                    [image.columns, image.rows].map(|side| (side as f64 * zoom).round().max(1.0));
                let (x, y) =
                    (x + ((wide - across) / 2.0).round(), top + ((high - down) / 2.0).round());
                let area = Area { left: x, top: y, right: x + across, bottom: y + down };
                canvas.image(area, image.columns, self.pixels(image, levels));
            }
            y = top + high + APART;
        }
        let height = (y - APART + MARGIN).max(120.0);
        super::check_size([width, height]).map_err(|problem| {
            self.error(format!("{problem}; fewer images, or a smaller zoom than {zoom}, would fit"))
        })?;
        Ok(Figure::new(
            KIND,
            &self.title,
            [width.ceil(), height.ceil()],
            self.detail(levels),
            canvas,
        ))
    }
}

impl Show for ImageGallery {
    fn rich(&self) -> Rich {
        self.figure().rich()
    }
}

impl Inspect for ImageGallery {
    fn shape(&self) -> Option<String> {
        Some(format!("{} images", self.images.len()))
    }

    fn memory(&self) -> usize {
        size_of_val(self)
            + self.all().map(|image| image.values.len() * size_of::<f64>()).sum::<usize>()
    }

    fn preview(&self) -> String {
        self.title.clone()
    }
}
