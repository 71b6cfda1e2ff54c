//! A finished figure: on the page, in a file, as text.

use std::path::Path;

use super::canvas::{Canvas, Mark};
use super::style::WHITE;
use super::{bitmap, pdf, vector};
use crate::notebook::variables::Inspect;
use crate::notebook::{Rich, Show};
use crate::{Error, Result};

/// Beyond this many marks a browser scrolls slowly over an SVG.
const MOST_MARKS: usize = 5_000;
/// Beyond this many bytes an SVG makes notebooks heavier than a bitmap does.
const MOST_BYTES: usize = 300_000;

/// A drawn figure. The builders ([`LineChart`](super::LineChart), [`HeatMap`](super::HeatMap),
/// [`NetworkDiagram`](super::NetworkDiagram)) make it with their method `figure`.
///
/// **What reaches the page.** An SVG of at most 5,000 marks and 300 kB is sent as `image/svg+xml`: sharp at any size,
/// in JupyterLab, VS Code, nbconvert and Typst alike. Beside it, or alone for a larger figure, goes a PNG with twice the
/// pixels and the size at which to show it (marked as 192 dots per inch in the file, too): JupyterLab shows no SVG in a
/// notebook that was run elsewhere and that the reader has not declared trusted. Every output has a plain-text form that
/// names what the figure shows, and a white background, so it stays legible in dark themes.
///
/// # Example
/// ```
/// use latentlab::notebook::Show;
/// use latentlab::plot::LineChart;
///
/// let figure = LineChart::new("Loss").series("train", [0.9, 0.4, 0.2]).figure()?;
/// assert_eq!(figure.size(), (640.0, 400.0));
/// assert!(figure.rich().get("text/plain").is_some_and(|text| text.starts_with("Line chart \"Loss\"")));
///
/// let file = std::env::temp_dir().join("latentlab-doc-loss.png");
/// figure.save(&file)?;
/// # std::fs::remove_file(&file).ok();
/// # Ok::<(), latentlab::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Figure {
    kind: &'static str,
    title: String,
    size: [f64; 2],
    detail: String,
    marks: Vec<Mark>,
}

impl Figure {
    /// A figure from what was drawn; `detail` says in words what it shows.
    pub(crate) fn new(
        kind: &'static str,
        title: &str,
        size: [f64; 2],
        detail: String,
        canvas: Canvas,
    ) -> Self {
        Self { kind, title: title.to_owned(), size, detail, marks: canvas.into_marks() }
    }

    /// The title, as given.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LineChart;
    /// let figure = LineChart::new("Loss").series("train", [0.9, 0.4]).figure()?;
    /// assert_eq!(figure.title(), "Loss");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn title(&self) -> &str {
        &self.title
    }

    /// Width and height in CSS pixels.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LineChart;
    /// let figure = LineChart::new("Loss").series("train", [0.9, 0.4]).figure()?;
    /// assert_eq!(figure.size(), (640.0, 400.0));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn size(&self) -> (f64, f64) {
        (self.size[0], self.size[1])
    }

    /// What the figure shows, in words: kind, title, numbers of things shown, what is missing.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LineChart;
    /// let figure = LineChart::new("Loss").series("train", [0.9, 0.4]).figure()?;
    /// assert!(figure.description().contains("1 series × 2 points"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn description(&self) -> String {
        let [width, height] = self.size;
        format!("{}: {} ({width} × {height} px)", name(self.kind, &self.title), self.detail)
    }

    /// The figure as an SVG document.
    ///
    /// # Errors
    /// [`Error::Figure`] when the drawing library refuses a mark.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LineChart;
    /// let figure = LineChart::new("Loss").series("train", [0.9, 0.4]).figure()?;
    /// assert!(figure.svg()?.starts_with("<svg"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn svg(&self) -> Result<String> {
        vector::document(&self.description(), self.size, &self.background())
            .map_err(|error| self.blame(error))
    }

    /// The figure as the bytes of a PNG file, two pixels for each CSS pixel.
    ///
    /// # Errors
    /// [`Error::Figure`] when the drawing or the encoding fails.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LineChart;
    /// let figure = LineChart::new("Loss").series("train", [0.9, 0.4]).figure()?;
    /// assert_eq!(figure.png()?[1..4], *b"PNG");
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn png(&self) -> Result<Vec<u8>> {
        bitmap::png(self.size, &self.marks).map_err(|error| self.blame(error))
    }

    /// The figure as the bytes of a PDF file of one page, with shapes and text that stay sharp. Text can be selected
    /// and searched; what is in use of DejaVu Sans is embedded.
    ///
    /// # Errors
    /// [`Error::Figure`] when the font cannot be embedded.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LineChart;
    /// let figure = LineChart::new("Loss").series("train", [0.9, 0.4]).figure()?;
    /// assert!(figure.pdf()?.starts_with(b"%PDF"));
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn pdf(&self) -> Result<Vec<u8>> {
        pdf::document(&self.description(), self.size, &self.background())
            .map_err(|error| self.blame(error))
    }

    /// Writes the figure to a file, aside first, so that nothing is left half-written; the ending decides: `.svg`,
    /// `.png` or `.pdf`.
    ///
    /// # Errors
    /// [`Error::Figure`] for another ending, [`Error::Io`] when the file cannot be written.
    ///
    /// # Example
    /// ```
    /// # use latentlab::plot::LineChart;
    /// let figure = LineChart::new("Loss").series("train", [0.9, 0.4]).figure()?;
    /// assert!(figure.save("loss.gif").is_err());
    /// # Ok::<(), latentlab::Error>(())
    /// ```
    pub fn save(&self, path: impl AsRef<Path>) -> Result<()> {
        let path = path.as_ref();
        let ending = path.extension().and_then(|ending| ending.to_str()).unwrap_or_default();
        let bytes = match ending.to_ascii_lowercase().as_str() {
            "svg" => self.svg()?.into_bytes(),
            "png" => self.png()?,
            "pdf" => self.pdf()?,
            _ => {
                let problem = format!(
                    "cannot be saved as `{}`: a file name that ends in .svg, .png or .pdf is needed",
                    path.display()
                );
                return Err(refused(self.kind, &self.title, problem));
            }
        };
        let aside = path.with_added_extension("part");
        std::fs::write(&aside, bytes)
            .and_then(|()| std::fs::rename(&aside, path))
            .map_err(|source| Error::io("write", path, source))
    }

    /// The same picture under the name of another kind.
    pub(crate) fn called(self, kind: &'static str, detail: String) -> Self {
        Self { kind, detail, ..self }
    }

    /// A page in a dark theme shines through an SVG, so its first mark is white paper.
    fn background(&self) -> Vec<Mark> {
        let mut marks = Vec::with_capacity(self.marks.len() + 1);
        marks.push(Mark::Rectangle { corner: [0.0, 0.0], size: self.size, color: WHITE });
        marks.extend_from_slice(&self.marks);
        marks
    }

    fn page(&self) -> Result<Rich> {
        let [width, height] = self.size.map(|side| side.round() as u32);
        let page = Rich::text(self.description()).sized_png(&self.png()?, width, height);
        if self.marks.len() > MOST_MARKS {
            return Ok(page);
        }
        let svg = self.svg()?;
        Ok(if svg.len() <= MOST_BYTES { page.svg(svg) } else { page })
    }

    fn blame(&self, error: Error) -> Error {
        match error {
            Error::Figure { problem, .. } => refused(self.kind, &self.title, problem),
            other => other,
        }
    }

    pub(crate) fn marks(&self) -> &[Mark] {
        &self.marks
    }
}

/// How messages and descriptions call a figure.
pub(crate) fn name(kind: &str, title: &str) -> String {
    if title.is_empty() { kind.to_owned() } else { format!("{kind} \"{title}\"") }
}

/// Why there is no figure.
pub(crate) fn refused(kind: &str, title: &str, problem: impl Into<String>) -> Error {
    Error::Figure { figure: name(kind, title), problem: problem.into() }
}

impl Show for Figure {
    fn rich(&self) -> Rich {
        match self.page() {
            Ok(page) => page,
            Err(error) => Rich::text(format!("error: {error}")),
        }
    }
}

impl Inspect for Figure {
    fn shape(&self) -> Option<String> {
        let [width, height] = self.size;
        Some(format!("{width} × {height} px"))
    }

    fn memory(&self) -> usize {
        size_of_val(self) + size_of_val(self.marks.as_slice())
    }

    fn preview(&self) -> String {
        self.description()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plot::{HeatMap, LineChart};

    #[test]
    fn small_figures_go_to_the_page_as_svg() -> Result<()> {
        let page = LineChart::new("<T> & \"U\"").series("a", [1.0, 2.0]).figure()?.rich();
        let svg = page.get("image/svg+xml").unwrap_or_default();
        assert!(svg.starts_with("<svg xmlns") && svg.ends_with("</svg>\n"));
        assert!(
            svg.contains("width=\"640\" height=\"400\"")
                && svg.contains("viewBox=\"0 0 6400 4000\"")
        );
        assert!(svg.contains("&lt;T&gt; &amp; &quot;U&quot;") && !svg.contains("<T>"));
        assert!(svg.contains("font-family=\"DejaVu Sans, sans-serif\""));
        assert!(page.get("image/png").is_some() && page.get("text/html").is_none());
        Ok(())
    }

    #[test]
    fn large_figures_go_to_the_page_as_bitmaps_of_the_right_size() -> Result<()> {
        let wild = ndarray::Array2::from_shape_fn((600, 600), |(r, c)| ((r * c * c) as f64).sin());
        let figure = HeatMap::new("T", &wild).figure()?;
        let page = figure.rich();
        let (width, _) = figure.size();
        assert_eq!(page.get("image/svg+xml"), None);
        assert_eq!(page.png_size().map(|[width, _]| f64::from(width)), Some(width));
        assert!(page.get("image/png").is_some() && page.get("text/html").is_none());
        Ok(())
    }

    #[test]
    fn files_end_in_svg_or_png() -> Result<()> {
        let figure = LineChart::new("T").series("a", [1.0, 2.0]).figure()?;
        let refused = figure.save("figure.gif");
        assert!(refused.is_err_and(|error| error.to_string().contains("`figure.gif`")));
        let nowhere = figure.save("/no such folder/figure.svg");
        assert!(
            nowhere.is_err_and(|error| error.to_string().contains("/no such folder/figure.svg"))
        );
        Ok(())
    }
}
