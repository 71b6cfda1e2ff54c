//! Outputs from marked-up text.

use super::Rich;

/// An output from Markdown. Its plain-text form is the source.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// markdown("**Result**: the loss fell by *half*.").show();
/// ```
pub fn markdown(source: impl Into<String>) -> Rich {
    let source = source.into();
    Rich::text(source.clone()).markdown(source)
}

/// An output from LaTeX mathematics, which is set as a displayed formula where it brings no delimiters (`$…$`,
/// `\[…\]`, `\(…\)`, `\begin{…}`). Its plain-text form is the source.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let formula = latex(r"\Theta = \Sigma^{-1}");
/// assert_eq!(formula.get("text/latex"), Some(r"$$\Theta = \Sigma^{-1}$$"));
/// assert_eq!(formula.get("text/plain"), Some(r"\Theta = \Sigma^{-1}"));
/// ```
pub fn latex(source: impl Into<String>) -> Rich {
    let source = source.into();
    let delimited = ["$", r"\[", r"\(", r"\begin{"].iter().any(|mark| source.contains(mark));
    let formula = if delimited { source.clone() } else { format!("$${source}$$") };
    Rich::text(source).latex(formula)
}

/// An output from HTML. Its plain-text form is what a reader would see: the text without the tags.
///
/// # Example
/// ```
/// use latentlab::prelude::*;
///
/// let note = html("<p>loss &lt; <b>0.1</b></p>");
/// assert_eq!(note.get("text/plain"), Some("loss < 0.1"));
/// ```
pub fn html(source: impl Into<String>) -> Rich {
    let source = source.into();
    Rich::text(visible_text(&source)).html(source)
}

/// Elements whose content is not for reading.
const UNSEEN: [&str; 3] = ["script", "style", "title"];
/// Elements that start a new line.
const BREAKS: [&str; 12] =
    ["br", "p", "div", "tr", "li", "ul", "ol", "table", "h1", "h2", "h3", "pre"];

/// HTML without its tags, with its lines where a browser would break them.
fn visible_text(html: &str) -> String {
    let mut text = String::new();
    let mut rest = html;
    while let Some(start) = rest.find('<') {
        text.push_str(&rest[..start]);
        let tag = &rest[start + 1..];
        // A sign for "less" that opens no tag is text.
        if !tag.starts_with(|first: char| first.is_ascii_alphabetic() || "/!".contains(first)) {
            text.push('<');
            rest = tag;
            continue;
        }
        let end = if tag.starts_with("!--") { "-->" } else { ">" };
        let name = tag.trim_start_matches('/');
        let name = name.split(|letter: char| !letter.is_ascii_alphanumeric()).next();
        let name = name.unwrap_or_default().to_ascii_lowercase();
        rest = after(tag, end);
        if UNSEEN.contains(&name.as_str()) && !tag.starts_with('/') {
            rest = after(rest, &format!("</{name}>"));
        } else if BREAKS.contains(&name.as_str()) {
            text.push('\n');
        } else if name == "td" || name == "th" {
            text.push(' ');
        }
    }
    text.push_str(rest);
    let entities =
        [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&#39;", "'"), ("&nbsp;", " ")];
    for (entity, letter) in entities {
        text = text.replace(entity, letter);
    }
    let text = text.replace("&amp;", "&");
    let lines = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join("\n")
}

/// What follows the first occurrence of a mark; nothing where it never comes.
fn after<'a>(text: &'a str, mark: &str) -> &'a str {
    text.find(mark).map_or("", |place| &text[place + mark.len()..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_twin_of_html_is_its_visible_text() {
        let table = "<style>td { color: red }</style><table><tr><td>A&amp;B</td><td>2</td></tr>\
                     <!-- no > yes --><tr><td>C</td><td>3 < 4</td></tr></table>";
        assert_eq!(visible_text(table), "A&B 2\nC 3 < 4");
        assert_eq!(visible_text("one<br/>two"), "one\ntwo");
        assert_eq!(visible_text("<script>alert(1)"), "");
        assert_eq!(visible_text("an <unfinished"), "an");
    }

    #[test]
    fn formulas_keep_their_own_delimiters() {
        assert_eq!(latex("$x$").get("text/latex"), Some("$x$"));
        assert_eq!(latex("x").get("text/latex"), Some("$$x$$"));
    }
}
