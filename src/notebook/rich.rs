//! One value in several forms, so that every front end finds one it can show.

use std::io::Write;

use base64::Engine;

/// One output: the same value in one or more MIME types. Every output has a plain-text form.
///
/// # Example
/// ```
/// use latentlab::notebook::Rich;
///
/// let output = Rich::text("2 + 2 = 4").html("<b>2 + 2 = 4</b>");
/// assert_eq!(output.get("text/html"), Some("<b>2 + 2 = 4</b>"));
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rich {
    forms: Vec<(String, String)>,
}

impl Rich {
    /// Starts an output from its plain-text form, which terminals and logs fall back to.
    pub fn text(text: impl Into<String>) -> Self {
        Self { forms: vec![("text/plain".into(), text.into())] }
    }

    /// Adds a form under any MIME type; a second form of the same type replaces the first.
    pub fn with(mut self, mime: &str, content: impl Into<String>) -> Self {
        self.forms.retain(|(known, _)| known != mime);
        self.forms.push((mime.to_owned(), content.into()));
        self
    }

    /// Adds an HTML form.
    pub fn html(self, html: impl Into<String>) -> Self {
        self.with("text/html", html)
    }

    /// Adds a Markdown form.
    pub fn markdown(self, markdown: impl Into<String>) -> Self {
        self.with("text/markdown", markdown)
    }

    /// Adds a LaTeX form, delimiters included.
    pub fn latex(self, latex: impl Into<String>) -> Self {
        self.with("text/latex", latex)
    }

    /// Adds an SVG form.
    pub fn svg(self, svg: impl Into<String>) -> Self {
        self.with("image/svg+xml", svg)
    }

    /// Adds a PNG form from the encoded file's bytes.
    pub fn png(self, bytes: &[u8]) -> Self {
        self.with("image/png", base64::engine::general_purpose::STANDARD.encode(bytes))
    }

    /// The content stored under a MIME type (base64 for bitmaps).
    pub fn get(&self, mime: &str) -> Option<&str> {
        self.forms.iter().find(|(known, _)| known == mime).map(|(_, content)| content.as_str())
    }

    /// Writes the output in the form that evcxr reads from a cell's standard output.
    pub(crate) fn write_evcxr(&self, sink: &mut impl Write) -> std::io::Result<()> {
        for (mime, content) in &self.forms {
            writeln!(sink, "EVCXR_BEGIN_CONTENT {mime}\n{content}\nEVCXR_END_CONTENT")?;
        }
        sink.flush()
    }

    /// Sends the output to the page. Where standard output is closed there is no page, and nothing to do.
    pub fn send(&self) {
        let _closed = self.write_evcxr(&mut std::io::stdout().lock());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn evcxr_reads_one_block_per_form() -> std::io::Result<()> {
        let mut page = Vec::new();
        Rich::text("a").html("<i>a</i>").html("<b>a</b>").write_evcxr(&mut page)?;
        assert_eq!(
            String::from_utf8_lossy(&page),
            "EVCXR_BEGIN_CONTENT text/plain\na\nEVCXR_END_CONTENT\n\
             EVCXR_BEGIN_CONTENT text/html\n<b>a</b>\nEVCXR_END_CONTENT\n"
        );
        Ok(())
    }
}
