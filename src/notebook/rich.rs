//! One value in several forms, so that every front end finds one it can show.

use base64::Engine;

use super::channel::{self, Message};

/// One output: the same value in one or more MIME types. Every output has a plain-text form.
///
/// # Example
/// ```
/// use latentlab::notebook::Rich;
///
/// let output = Rich::text("2 + 2 = 4").html("<b>2 + 2 = 4</b>");
/// assert_eq!(output.get("text/html"), Some("<b>2 + 2 = 4</b>"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Rich {
    forms: Vec<(String, String)>,
    /// Width and height in CSS pixels at which the PNG form is meant to be shown.
    png_size: Option<[u32; 2]>,
}

impl Rich {
    /// Starts an output from its plain-text form, which terminals and logs fall back to.
    ///
    /// # Example
    /// ```
    /// let output = latentlab::notebook::Rich::text("done");
    /// assert_eq!(output.get("text/plain"), Some("done"));
    /// ```
    pub fn text(text: impl Into<String>) -> Self {
        Self { forms: vec![("text/plain".into(), text.into())], png_size: None }
    }

    /// Adds a form under any MIME type; a second form of the same type replaces the first.
    ///
    /// # Example
    /// ```
    /// let output = latentlab::notebook::Rich::text("a, b").with("text/csv", "a,b\n");
    /// assert_eq!(output.get("text/csv"), Some("a,b\n"));
    /// ```
    pub fn with(mut self, mime: &str, content: impl Into<String>) -> Self {
        self.forms.retain(|(known, _)| known != mime);
        self.forms.push((mime.to_owned(), content.into()));
        self
    }

    /// Adds an HTML form.
    ///
    /// # Example
    /// ```
    /// let output = latentlab::notebook::Rich::text("loud").html("<b>loud</b>");
    /// assert_eq!(output.get("text/html"), Some("<b>loud</b>"));
    /// ```
    pub fn html(self, html: impl Into<String>) -> Self {
        self.with("text/html", html)
    }

    /// Adds a Markdown form.
    ///
    /// # Example
    /// ```
    /// let output = latentlab::notebook::Rich::text("loud").markdown("**loud**");
    /// assert_eq!(output.get("text/markdown"), Some("**loud**"));
    /// ```
    pub fn markdown(self, markdown: impl Into<String>) -> Self {
        self.with("text/markdown", markdown)
    }

    /// Adds a LaTeX form, delimiters included.
    ///
    /// # Example
    /// ```
    /// let output = latentlab::notebook::Rich::text("sigma").latex("$\\sigma$");
    /// assert_eq!(output.get("text/latex"), Some("$\\sigma$"));
    /// ```
    pub fn latex(self, latex: impl Into<String>) -> Self {
        self.with("text/latex", latex)
    }

    /// Adds a JSON form from its text, which JupyterLab shows as a tree. Text that is not JSON is shown as it is.
    ///
    /// # Example
    /// ```
    /// let output = latentlab::notebook::Rich::text("1 run").json("{\"runs\": [{\"loss\": 0.5}]}");
    /// assert!(output.get("application/json").is_some());
    /// ```
    pub fn json(self, json: impl Into<String>) -> Self {
        self.with("application/json", json)
    }

    /// Adds an SVG form.
    ///
    /// # Example
    /// ```
    /// let dot = "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 2 2'><circle cx='1' cy='1' r='1'/></svg>";
    /// assert!(latentlab::notebook::Rich::text("a dot").svg(dot).get("image/svg+xml").is_some());
    /// ```
    pub fn svg(self, svg: impl Into<String>) -> Self {
        self.with("image/svg+xml", svg)
    }

    /// Adds a PNG form from the encoded file's bytes.
    ///
    /// # Example
    /// ```
    /// let output = latentlab::notebook::Rich::text("a picture").png(b"\x89PNG");
    /// assert_eq!(output.get("image/png"), Some("iVBORw=="));
    /// ```
    pub fn png(self, bytes: &[u8]) -> Self {
        self.with("image/png", base64::engine::general_purpose::STANDARD.encode(bytes))
    }

    /// Adds a PNG form that is to be shown at a size in CSS pixels: smaller than its own pixels are many, for dense
    /// screens. Kernels of this project say the size beside the picture; other kernels cannot, and get an `<img>` of that
    /// size as a `text/html` form where there is no SVG form.
    ///
    /// # Example
    /// ```
    /// let output = latentlab::notebook::Rich::text("a picture").sized_png(b"\x89PNG", 640, 400);
    /// assert_eq!(output.get("image/png"), Some("iVBORw=="));
    /// ```
    pub fn sized_png(self, bytes: &[u8], width: u32, height: u32) -> Self {
        let mut sized = self.png(bytes);
        sized.png_size = Some([width, height]);
        sized
    }

    /// The size of the PNG form.
    pub(crate) fn png_size(&self) -> Option<[u32; 2]> {
        self.png_size
    }

    /// The content stored under a MIME type (base64 for bitmaps).
    ///
    /// # Example
    /// ```
    /// assert_eq!(latentlab::notebook::Rich::text("a").get("text/html"), None);
    /// ```
    pub fn get(&self, mime: &str) -> Option<&str> {
        self.forms.iter().find(|(known, _)| known == mime).map(|(_, content)| content.as_str())
    }

    /// Every form: MIME type and content.
    pub(crate) fn forms(&self) -> impl Iterator<Item = (&str, &str)> {
        self.forms.iter().map(|(mime, content)| (mime.as_str(), content.as_str()))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.forms.is_empty()
    }

    /// Sends the output to the page. Without any form, and where standard output is closed, nothing happens.
    ///
    /// # Example
    /// ```
    /// latentlab::notebook::Rich::text("half-way").send();
    /// ```
    pub fn send(&self) {
        channel::send(Message::Display { output: self, id: None });
    }
}
